/* answers: finished answers, kept for whoever asks the same again. Each is sealed under a key made from the asker's own token, so that
 * between requests nothing readable of any reader lies in memory.
 *
 * Safe to use from several threads. Bounded: what was not asked for the longest goes first. */
#ifndef PITH_ANSWERS_H
#define PITH_ANSWERS_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANSWERS_STATE = 16 };

struct answers;

enum pith_status answers_new(size_t most_bytes, struct answers **ret_answers, struct pith_error *reterr);
void answers_free(struct answers *answers);
PITH_CLEANUP(struct answers, answers_free);

/* What is asked: by which token, what, and in which state of all that the answer depends on. */
struct answers_question {
    const char *token;
    size_t token_length;
    const char *what;
    const unsigned char *state; /* ANSWERS_STATE bytes */
};
/* Keeps a copy until `expires` (seconds since 1970-01-01 UTC; 0: no end), in place of an answer in an older state. Where memory is
 * short nothing is kept. */
void answers_keep(struct answers *answers, const struct answers_question *question, int64_t expires, const void *answer,
                  size_t length);
/* Whether there is one; malloc'ed. */
bool answers_find(struct answers *answers, const struct answers_question *question, int64_t now, char **ret_answer,
                  size_t *ret_length);

#endif
