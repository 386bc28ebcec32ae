#include "passphrase.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *file_named(const char *file)
{
    const char *named = file ? file : getenv("PITH_PASSPHRASE_FILE");
    return named && *named ? named : NULL;
}

bool passphrase_at_hand(const char *file)
{
    return file_named(file) != NULL;
}

void passphrase_wipe(struct passphrase *passphrase)
{
    explicit_bzero(passphrase, sizeof *passphrase);
    munlock(passphrase, sizeof *passphrase);
}

/* Reads until a line's end, the file's end, or the buffer's; without stdio, whose buffers would keep a copy. */
static enum pith_status read_first_line(struct passphrase *passphrase, int file, const char *name,
                                        struct pith_error *reterr)
{
    size_t length = 0;
    char *end = NULL;
    while (!end && length < sizeof passphrase->text) {
        ssize_t got = read(file, passphrase->text + length, sizeof passphrase->text - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pith_fail(reterr, PITH_IO, "could not read the passphrase file %s: %s", name, strerror(errno));
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
        return pith_fail(reterr, PITH_USAGE, "the first line of the passphrase file %s is longer than %d bytes", name,
                         PASSPHRASE_MAX);
    if (length == 0)
        return pith_fail(reterr, PITH_USAGE,
                         "the passphrase file %s has an empty first line: write the passphrase there", name);
    passphrase->length = length;
    return PITH_OK;
}

static enum pith_status from_file(struct passphrase *passphrase, const char *name, struct pith_error *reterr)
{
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return pith_fail(reterr, errno == ENOENT ? PITH_NOT_FOUND : PITH_IO,
                         "could not open the passphrase file %s: %s", name, strerror(errno));
    struct stat stat;
    if (fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) && (stat.st_mode & (S_IRGRP | S_IROTH)))
        fprintf(stderr, "pith: others can read the passphrase file %s; take that away with: chmod 600 %s\n", name,
                name);
    enum pith_status status = read_first_line(passphrase, file, name, reterr);
    close(file);
    return status;
}

static enum pith_status typed(struct passphrase *passphrase, bool twice, struct pith_error *reterr)
{
    enum pith_status status = terminal_ask_secret(twice ? "New passphrase: " : "Passphrase: ", passphrase->text,
                                                  PASSPHRASE_MAX, &passphrase->length, reterr);
    if (status)
        return status;
    if (passphrase->length == 0)
        return pith_fail(reterr, twice ? PITH_USAGE : PITH_LOCKED, "the passphrase is empty: nothing was done");
    if (!twice)
        return PITH_OK;
    struct passphrase again = {0};
    mlock(&again, sizeof again);
    status = terminal_ask_secret("Again, to be sure: ", again.text, PASSPHRASE_MAX, &again.length, reterr);
    bool same = again.length == passphrase->length && memcmp(again.text, passphrase->text, again.length) == 0;
    passphrase_wipe(&again);
    if (status)
        return status;
    return same ? PITH_OK : pith_fail(reterr, PITH_USAGE, "the two passphrases differ: nothing was made");
}

enum pith_status passphrase_get(struct passphrase *passphrase, const char *file, bool twice, struct pith_error *reterr)
{
    memset(passphrase, 0, sizeof *passphrase);
    mlock(passphrase, sizeof *passphrase); /* a limit on locked memory is no reason to refuse */
    const char *name = file_named(file);
    return name ? from_file(passphrase, name, reterr) : typed(passphrase, twice, reterr);
}
