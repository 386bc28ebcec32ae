/* The file as a whole: checked, copied, put back. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "PATH" and an ending. */
static enum pith_status join(const char *path, const char *ending, char **ret_name, struct pith_error *reterr)
{
    char *name = NULL;
    if (asprintf(&name, "%s%s", path, ending) < 0)
        return pith_no_memory(reterr);
    *ret_name = name;
    return PITH_OK;
}

/* ---- the file as a whole ---- */

enum pith_status store_check(struct store *store, void (*problem)(void *user, const char *what), void *user,
                             struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, CHECK, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const char *said = row_text(row, 0);
        status = store_unread(store, said, reterr);
        if (!status && strcmp(said, "ok") != 0)
            problem(user, said);
    }
    return status;
}

/* What was written to a file, or which names stand in a folder, outlives a power cut. */
static enum pith_status sync_path(const char *path, struct pith_error *reterr)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int failed = file < 0 || fsync(file) != 0 ? errno : 0;
    if (file >= 0)
        close(file);
    return failed ? pith_fail(reterr, PITH_IO, "%s could not be written to the disk: %s", path, strerror(failed)) : PITH_OK;
}

static enum pith_status sync_folder_of(const char *path, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *copy = NULL;
    enum pith_status status = store_copy_text(path, &copy, reterr);
    return status ? status : sync_path(dirname(copy), reterr);
}

/* Puts a finished file under its name; with `force` in place of what stood there. */
static enum pith_status name_file(const char *from, const char *to, bool force, struct pith_error *reterr)
{
    int failed = force ? rename(from, to) : link(from, to);
    if (failed && errno == EEXIST)
        return pith_fail(reterr, PITH_EXISTS, "%s is there already: nothing was changed (--force replaces it)", to);
    if (failed)
        return pith_fail(reterr, PITH_IO, "%s could not be made: %s", to, strerror(errno));
    enum pith_status status = sync_folder_of(to, reterr);
    if (status && !force)
        unlink(to); /* a name that may be gone after a power cut is none to rely on */
    return status;
}

static enum pith_status temporary_beside(const char *path, char **ret_name, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    enum pith_status status = join(path, ".XXXXXX", &name, reterr);
    if (status)
        return status;
    int file = mkstemp(name); /* mode 0600 */
    if (file < 0)
        return pith_fail(reterr, PITH_IO, "%s could not be made: %s", path, strerror(errno));
    close(file);
    *ret_name = PITH_TAKE(name);
    return PITH_OK;
}

enum pith_status store_backup(struct store *store, const char *path, bool force, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *made = NULL;
    assert(!store->inside);
    enum pith_status status = store_check_place(store, reterr);
    if (!status)
        status = temporary_beside(path, &made, reterr);
    if (status)
        return status;
    status = store_run(store, BACKUP, (struct value[]){text(made)}, reterr);
    if (!status)
        status = sync_path(made, reterr);
    if (!status)
        status = name_file(made, path, force, reterr);
    unlink(made);
    return status;
}

static void keep_first(void *user, const char *what)
{
    struct pith_error *first = user;
    if (!first->status)
        pith_fail(first, PITH_CORRUPT, "%s", what);
}

static enum pith_status copy_file(const char *from, const char *to, struct pith_error *reterr)
{
    char chunk[1 << 16];
    enum pith_status status = PITH_OK;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO, "%s could not be read: %s", from, strerror(errno));
    int out = open(to, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    for (ssize_t got = 1; !status && got;) {
        got = out < 0 ? -1 : read(in, chunk, sizeof chunk);
        if (got < 0 || (got > 0 && write(out, chunk, (size_t)got) != got))
            status = pith_fail(reterr, PITH_IO, "%s could not be copied to %s: %s", from, to, strerror(errno));
    }
    close(in);
    if (out >= 0)
        close(out);
    return status ? status : sync_path(to, reterr);
}

/* Whether the file is a whole store: opened as one in a folder of its own, so that nothing is written beside the original. */
static enum pith_status note_damage(const char *home, struct pith_error *reterr)
{
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error first = {0};
    enum pith_status status = store_open(home, false, &store, reterr);
    if (!status)
        status = store_check(store, keep_first, &first, reterr);
    if (!status && first.status)
        status = pith_fail(reterr, PITH_CORRUPT, "the backup is damaged (%s): nothing was changed", first.message);
    return status;
}

/* A WAL that stays, beside a file that does not open, is moved aside: it must not meet another file of this name. */
static enum pith_status move_wal_aside(const char *target, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *wal = NULL;
    PITH_AUTO(pith_free_p) char *aside = NULL;
    enum pith_status status = join(target, "-wal", &wal, reterr);
    if (!status)
        status = join(target, ".replaced-wal", &aside, reterr);
    if (status)
        return status;
    if (rename(wal, aside) == 0 || errno == ENOENT)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO, "%s could not be moved aside: %s", wal, strerror(errno));
}

/* The store that stood there is kept as pith.db.replaced; at no moment is there none, and nobody can write to it meanwhile. */
static enum pith_status take_place(const char *copy, const char *target, bool force, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *aside = NULL;
    PITH_AUTO(store_let_go_p) struct store_hold *hold = NULL;
    if (access(target, F_OK) != 0)
        return name_file(copy, target, false, reterr);
    if (!force)
        return pith_fail(reterr, PITH_EXISTS, "%s is there already: nothing was changed (--force puts the backup in its place)",
                         target);
    enum pith_status status = join(target, ".replaced", &aside, reterr);
    if (!status)
        status = store_hold(target, &hold, reterr);
    if (!status)
        status = move_wal_aside(target, reterr);
    if (status)
        return status;
    unlink(aside);
    status = name_file(target, aside, false, reterr);
    return status ? status : name_file(copy, target, true, reterr);
}

static enum pith_status restore_by(const char *folder, const char *target, const char *backup, bool force,
                                   struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *copy = NULL;
    enum pith_status status = join(folder, "/pith.db", &copy, reterr);
    if (status)
        return status;
    status = copy_file(backup, copy, reterr);
    if (!status)
        status = note_damage(folder, reterr);
    if (!status)
        status = take_place(copy, target, force, reterr);
    unlink(copy);
    return status;
}

enum pith_status store_restore(const char *home, const char *backup, bool force, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *target = NULL;
    PITH_AUTO(pith_free_p) char *folder = NULL;
    enum pith_status status = join(home, "/pith.db", &target, reterr);
    if (!status)
        status = join(home, "/restore.XXXXXX", &folder, reterr);
    if (!status)
        status = store_make_folder(home, reterr);
    if (!status && !mkdtemp(folder))
        status = pith_fail(reterr, PITH_IO, "%s could not be made: %s", folder, strerror(errno));
    if (status)
        return status;
    status = restore_by(folder, target, backup, force, reterr);
    rmdir(folder);
    return status;
}
