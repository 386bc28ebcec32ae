#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 64 * 1024, LARGEST = 1024 * 1024 * 1024, PRIVATE = 0600 };

static enum pith_status read_all(int file, const char *name, char **ret_bytes, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *bytes = NULL;
    size_t cap = 0, length = 0;
    for (;;) {
        enum pith_status status = pith_grow(&bytes, &cap, length + STEP, 1, LARGEST, NULL);
        if (status)
            return pith_fail(reterr, status, "%s does not fit into memory", name);
        ssize_t got = read(file, bytes + length, cap - length - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pith_fail(reterr, PITH_IO, "could not read %s: %s", name, strerror(errno));
        if (got == 0)
            break;
        length += (size_t)got;
    }
    bytes[length] = '\0';
    *ret_bytes = PITH_TAKE(bytes);
    *ret_length = length;
    return PITH_OK;
}

static enum pith_status open_file(const char *name, int *ret_file, struct pith_error *reterr)
{
    *ret_file = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (*ret_file < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO, "could not open %s: %s", name, strerror(errno));
    return PITH_OK;
}

static enum pith_status read_some(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    const struct files_input *input = user;
    ssize_t got;
    do
        got = read(input->file, buffer, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return pith_fail(reterr, PITH_IO, "could not be read: %s", strerror(errno));
    *ret_got = (size_t)got;
    return PITH_OK;
}

enum pith_status files_open(const char *name, struct files_input *ret_input, struct pith_error *reterr)
{
    struct stat stat;
    int file = -1;
    enum pith_status status = open_file(name, &file, reterr);
    if (status)
        return status;
    bool sized = fstat(file, &stat) == 0 && S_ISREG(stat.st_mode);
    *ret_input = (struct files_input){.name = name, .file = file};
    ret_input->input = (struct pith_input){.read = read_some, .user = ret_input, .size = sized ? (size_t)stat.st_size : 0};
    return PITH_OK;
}

void files_close(struct files_input *input)
{
    if (input->file > STDIN_FILENO)
        close(input->file);
    input->file = -1;
}

enum pith_status files_read(const char *name, char **ret_bytes, size_t *ret_length, struct pith_error *reterr)
{
    int file = -1;
    enum pith_status status = open_file(name, &file, reterr);
    if (status)
        return status;
    status = read_all(file, file == STDIN_FILENO ? "standard input" : name, ret_bytes, ret_length, reterr);
    if (file != STDIN_FILENO)
        close(file);
    return status;
}

/* Writes, syncs and closes. */
static bool write_all(int file, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t put = write(file, bytes, length);
        if (put < 0 && errno != EINTR)
            break;
        if (put > 0) {
            bytes += put;
            length -= (size_t)put;
        }
    }
    bool whole = length == 0 && fsync(file) == 0;
    int cause = errno;
    if (close(file) != 0)
        return false;
    errno = cause;
    return whole;
}

/* Fills a temporary file beside the wanted one, then gives it the name: by link, which never replaces, or by rename. */
static enum pith_status write_file(const char *name, const char *bytes, size_t length, bool force, mode_t mode,
                                   struct pith_error *reterr)
{
    char temporary[PATH_MAX];
    int named = snprintf(temporary, sizeof temporary, "%s.XXXXXX", name);
    if (named < 0 || (size_t)named >= sizeof temporary)
        return pith_fail(reterr, PITH_USAGE, "the file name is longer than %d bytes", PATH_MAX - 8);
    int file = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (file < 0)
        return errno == ENOENT ? pith_fail(reterr, PITH_IO, "there is no folder to put %s in", name)
                               : pith_fail(reterr, PITH_IO, "could not write beside %s: %s", name, strerror(errno));
    if (mode != PRIVATE && fchmod(file, mode) != 0)
        mode = PRIVATE; /* then its owner alone can read it */
    bool placed = write_all(file, bytes, length) && (force ? rename(temporary, name) : link(temporary, name)) == 0;
    int cause = errno;
    if (!placed || !force)
        unlink(temporary);
    if (placed)
        return PITH_OK;
    if (cause == EEXIST && !force)
        return pith_fail(reterr, PITH_EXISTS, "%s is there already: choose another name or give --force", name);
    return pith_fail(reterr, PITH_IO, "could not write %s: %s", name, strerror(cause));
}

enum pith_status files_write_private(const char *name, const char *bytes, size_t length, bool force, struct pith_error *reterr)
{
    return write_file(name, bytes, length, force, PRIVATE, reterr);
}

void files_make_folders(const char *name)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s", name) >= (int)sizeof folder)
        return;
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
}

enum pith_status files_replace(const char *name, const char *bytes, size_t length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *real = realpath(name, NULL); /* a link stays one */
    struct stat before;
    mode_t mode = real && stat(real, &before) == 0 ? before.st_mode & 0777 : PRIVATE;
    if (!real)
        files_make_folders(name);
    return write_file(real ? real : name, bytes, length, true, mode, reterr);
}
