#include "engine/crypto/witness.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MARK[] = "pith-witness 1";
enum { LINE = 160 };

static void write_hex(const unsigned char *bytes, size_t count, char *hex)
{
    for (size_t i = 0; i < count; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void write_line(const struct witness_head *head, char line[LINE])
{
    char id[2 * WITNESS_ID + 1], tag[2 * WITNESS_TAG + 1];
    write_hex(head->id, WITNESS_ID, id);
    write_hex(head->tag, WITNESS_TAG, tag);
    snprintf(line, LINE, "%s %s %" PRId64 " %s\n", MARK, id, head->counter, tag);
}

/* Whether the line is of this profile; *ret_counter is then what it says. */
static bool is_of(const char *line, const struct witness_head *head, int64_t *ret_counter)
{
    char wanted[LINE], *end;
    int start = snprintf(wanted, sizeof wanted, "%s ", MARK);
    write_hex(head->id, WITNESS_ID, wanted + start);
    size_t length = strlen(wanted);
    if (strncmp(line, wanted, length) != 0 || line[length] != ' ')
        return false;
    *ret_counter = strtoll(line + length + 1, &end, 10);
    return *end == ' ';
}

/* Visits the lines; PITH_OK without any when there is no such file. */
static enum pith_status each_line(const char *path, enum pith_status (*visit)(void *user, const char *line, struct pith_error *),
                                  void *user, struct pith_error *reterr)
{
    char line[LINE];
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? PITH_OK
                               : pith_fail(reterr, PITH_IO, "the witness %s could not be read: %s", path, strerror(errno));
    enum pith_status status = PITH_OK;
    while (!status && fgets(line, sizeof line, file)) {
        if (strncmp(line, MARK, sizeof MARK - 1) != 0 || !strchr(line, '\n'))
            status = pith_fail(reterr, PITH_INPUT, "%s is no witness of pith: name another file", path);
        else
            status = visit(user, line, reterr);
    }
    fclose(file);
    return status;
}

static enum pith_status compare(void *user, const char *line, struct pith_error *reterr)
{
    const struct witness_head *head = user;
    char same[LINE];
    int64_t counter;
    if (!is_of(line, head, &counter) || counter < head->counter)
        return PITH_OK;
    if (counter > head->counter)
        return pith_fail(reterr, PITH_CORRUPT,
                         "the store is older than the witness says (write %" PRId64 " of at least %" PRId64
                         "): an older copy was put back",
                         head->counter, counter);
    write_line(head, same);
    if (strcmp(line, same) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "the store is not the one the witness saw: two copies were written to apart");
    return PITH_OK;
}

enum pith_status witness_check(const char *path, const struct witness_head *head, struct pith_error *reterr)
{
    return each_line(path, compare, (void *)head, reterr);
}

struct rewriting {
    FILE *out;
    const struct witness_head *head;
};

static enum pith_status keep_other(void *user, const char *line, struct pith_error *reterr)
{
    struct rewriting *rewriting = user;
    int64_t counter;
    (void)reterr;
    if (!is_of(line, rewriting->head, &counter))
        fputs(line, rewriting->out);
    return PITH_OK;
}

static enum pith_status rewrite(const char *path, int made, const struct witness_head *head, struct pith_error *reterr)
{
    char line[LINE];
    struct rewriting rewriting = {fdopen(made, "w"), head};
    if (!rewriting.out) {
        close(made);
        return pith_no_memory(reterr);
    }
    enum pith_status status = each_line(path, keep_other, &rewriting, reterr);
    write_line(head, line);
    fputs(line, rewriting.out);
    bool failed = fflush(rewriting.out) != 0 || fsync(made) != 0;
    failed = fclose(rewriting.out) != 0 || failed;
    if (!status && failed)
        status = pith_fail(reterr, PITH_IO, "the witness %s could not be written: %s", path, strerror(errno));
    return status;
}

enum pith_status witness_note(const char *path, const struct witness_head *head, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    if (asprintf(&name, "%s.XXXXXX", path) < 0) {
        name = NULL;
        return pith_no_memory(reterr);
    }
    int made = mkstemp(name);
    if (made < 0)
        return pith_fail(reterr, PITH_IO, "the witness %s could not be written: %s", path, strerror(errno));
    enum pith_status status = rewrite(path, made, head, reterr);
    if (!status && rename(name, path) != 0)
        status = pith_fail(reterr, PITH_IO, "the witness %s could not be written: %s", path, strerror(errno));
    if (status)
        unlink(name);
    return status;
}
