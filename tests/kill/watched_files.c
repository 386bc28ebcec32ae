#include "tests/kill/watched_files.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct {
    sqlite3_vfs *real;
    sqlite3_vfs vfs;
    int (*tell)(void *user, const struct watched_action *action);
    void *user;
} watch;

struct file {
    sqlite3_file base;
    const char *path;
    sqlite3_file real[];
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)(void *)file)->real;
}

static int tell(const struct watched_action *action)
{
    return watch.tell ? watch.tell(watch.user, action) : SQLITE_OK;
}

static int tell_file(sqlite3_file *file, enum watched what, const void *bytes, int length, int64_t offset)
{
    const struct watched_action action = {what, ((struct file *)(void *)file)->path, bytes, length, offset};
    return tell(&action);
}

/* ---- a file ---- */

static int close_file(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int read_file(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
    int code = tell_file(file, WATCHED_READ, NULL, length, offset);
    return code ? code : real_of(file)->pMethods->xRead(real_of(file), bytes, length, offset);
}

static int write_file(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    int code = tell_file(file, WATCHED_WRITE, bytes, length, offset);
    return code ? code : real_of(file)->pMethods->xWrite(real_of(file), bytes, length, offset);
}

static int cut_file(sqlite3_file *file, sqlite3_int64 size)
{
    int code = tell_file(file, WATCHED_CUT, NULL, 0, size);
    return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int sync_file(sqlite3_file *file, int flags)
{
    int code = tell_file(file, WATCHED_SYNC, NULL, 0, 0);
    return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int size_file(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = tell_file(file, WATCHED_SIZE, NULL, 0, 0);
    return code ? code : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int lock_file(sqlite3_file *file, int level)
{
    int code = tell_file(file, WATCHED_LOCK, NULL, level, 0);
    return code ? code : real_of(file)->pMethods->xLock(real_of(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int check_reserved(sqlite3_file *file, int *held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}

static int control_file(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int share_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
    int code = tell_file(file, WATCHED_SHARE, NULL, 0, 0);
    return code ? code : real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, memory);
}

static int share_lock(sqlite3_file *file, int offset, int count, int flags)
{
    int code = flags & SQLITE_SHM_LOCK ? tell_file(file, WATCHED_SHARE, NULL, 0, 0) : SQLITE_OK;
    return code ? code : real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void share_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int share_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without memory-mapped reading: each read is told */
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = cut_file,
    .xSync = sync_file,
    .xFileSize = size_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = share_map,
    .xShmLock = share_lock,
    .xShmBarrier = share_barrier,
    .xShmUnmap = share_unmap,
};

/* ---- files by name ---- */

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *got)
{
    struct file *made = (struct file *)(void *)file;
    const struct watched_action action = {WATCHED_OPEN, path ? path : "", NULL, !!(flags & SQLITE_OPEN_CREATE), 0};
    (void)vfs;
    file->pMethods = NULL;
    int code = tell(&action);
    if (!code)
        code = watch.real->xOpen(watch.real, path, made->real, flags, got);
    made->path = path ? path : "";
    if (made->real->pMethods && !code)
        file->pMethods = &methods;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync)
{
    const struct watched_action action = {WATCHED_DELETE, path, NULL, sync, 0};
    int code = tell(&action);
    (void)vfs;
    return code ? code : watch.real->xDelete(watch.real, path, sync);
}

static int access_file(sqlite3_vfs *vfs, const char *path, int flags, int *found)
{
    const struct watched_action action = {WATCHED_ACCESS, path, NULL, 0, 0};
    int code = tell(&action);
    (void)vfs;
    return code ? code : watch.real->xAccess(watch.real, path, flags, found);
}

void watch_files(int (*told)(void *user, const struct watched_action *action), void *user)
{
    watch.tell = told;
    watch.user = user;
    if (watch.real)
        return;
    watch.real = sqlite3_vfs_find(NULL);
    watch.vfs = *watch.real;
    watch.vfs.zName = "watched";
    watch.vfs.szOsFile = (int)sizeof(struct file) + watch.real->szOsFile;
    watch.vfs.xOpen = open_file;
    watch.vfs.xDelete = delete_file;
    watch.vfs.xAccess = access_file;
    if (sqlite3_vfs_register(&watch.vfs, 1) != SQLITE_OK)
        abort();
}
