#include "cli/passphrase.h"
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void passphrase_wipe(struct passphrase *passphrase)
{
    explicit_bzero(passphrase, sizeof *passphrase);
    munlock(passphrase, sizeof *passphrase);
}

static void start(struct passphrase *passphrase)
{
    memset(passphrase, 0, sizeof *passphrase);
    mlock(passphrase, sizeof *passphrase); /* a limit on locked memory is no reason to refuse */
}

/* Reads until a line's end, the file's end, or the buffer's; without stdio, whose buffers would keep a copy. */
static enum pith_status read_first_line(struct passphrase *passphrase, int file, const char *name, const char *what,
                                        struct pith_error *reterr)
{
    size_t length = 0;
    char *end = NULL;
    while (!end && length < sizeof passphrase->text) {
        ssize_t got = read(file, passphrase->text + length, sizeof passphrase->text - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pith_fail(reterr, PITH_IO, "could not read the %s file %s: %s", what, name, strerror(errno));
        if (got == 0)
            break;
        end = memchr(passphrase->text + length, '\n', (size_t)got);
        length += (size_t)got;
    }
    if (end)
        length = (size_t)(end - passphrase->text);
    if (end && length > 0 && passphrase->text[length - 1] == '\r')
        length--;
    if (length > PASSPHRASE_MAX)
        return pith_fail(reterr, PITH_USAGE, "the first line of the %s file %s is longer than %d bytes", what, name,
                         PASSPHRASE_MAX);
    if (length == 0)
        return pith_fail(reterr, PITH_USAGE, "the %s file %s has an empty first line: write the %s there", what, name, what);
    passphrase->length = length;
    return PITH_OK;
}

static enum pith_status open_secret(const char *name, const char *what, int *ret_file, bool *ret_shown, struct pith_error *reterr)
{
    struct stat stat;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO, "could not open the %s file %s: %s", what, name,
                         strerror(errno));
    *ret_shown = fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) && (stat.st_mode & (S_IRGRP | S_IROTH));
    *ret_file = file;
    return PITH_OK;
}

/* systemd shows these to one user by an ACL, whose mask stands where the rights of a group do. */
static bool is_credential(const char *name)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder ? strlen(folder) : 0;
    return length && strncmp(name, folder, length) == 0 && name[length] == '/';
}

enum pith_status passphrase_read(struct passphrase *passphrase, const char *name, const char *what, struct pith_error *reterr)
{
    int file;
    bool shown;
    start(passphrase);
    enum pith_status status = open_secret(name, what, &file, &shown, reterr);
    if (status)
        return status;
    if (shown && !is_credential(name))
        fprintf(stderr, "pith: others can read the %s file %s; take that away with: chmod 600 %s\n", what, name, name);
    status = read_first_line(passphrase, file, name, what, reterr);
    close(file);
    return status;
}

bool passphrase_credential(const char *name, char path[PASSPHRASE_PATH])
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    int length = folder && *folder ? snprintf(path, PASSPHRASE_PATH, "%s/%s", folder, name) : 0;
    if (length > 0 && length < PASSPHRASE_PATH && access(path, F_OK) == 0)
        return true;
    *path = '\0';
    return false;
}

enum pith_status passphrase_read_private(struct passphrase *passphrase, const char *name, const char *what,
                                         struct pith_error *reterr)
{
    int file;
    bool shown;
    start(passphrase);
    enum pith_status status = open_secret(name, what, &file, &shown, reterr);
    if (status)
        return status;
    status = shown && !is_credential(name)
                 ? pith_fail(reterr, PITH_USAGE, "others can read the %s file %s: take that away with: chmod 600 %s", what, name,
                             name)
                 : read_first_line(passphrase, file, name, what, reterr);
    close(file);
    return status;
}

enum pith_status passphrase_ask(struct passphrase *passphrase, const char *prompt, const char *again, struct pith_error *reterr)
{
    start(passphrase);
    enum pith_status status = terminal_ask_secret(prompt, passphrase->text, PASSPHRASE_MAX, &passphrase->length, reterr);
    if (status)
        return status;
    if (passphrase->length == 0)
        return pith_fail(reterr, again ? PITH_USAGE : PITH_LOCKED, "nothing was typed: nothing was done");
    if (!again)
        return PITH_OK;
    struct passphrase second;
    start(&second);
    status = terminal_ask_secret(again, second.text, PASSPHRASE_MAX, &second.length, reterr);
    bool same = second.length == passphrase->length && memcmp(second.text, passphrase->text, second.length) == 0;
    passphrase_wipe(&second);
    if (status)
        return status;
    return same ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the two passphrases differ: nothing was changed");
}
