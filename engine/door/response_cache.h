/* answers: finished answers, kept for whoever asks the same again. Each is sealed under a key made from the asker's own token, so that
 * between requests nothing readable of any reader lies in memory.
 *
 * Safe to use from several threads. Bounded: what was not asked for the longest goes first. */
#ifndef PITH_ENGINE_DOOR_RESPONSE_CACHE_H
#define PITH_ENGINE_DOOR_RESPONSE_CACHE_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANSWERS_STATE = 16 };

struct response_cache;

enum pith_status response_cache_new(size_t most_bytes, struct response_cache **ret_answers, struct pith_error *reterr);
void response_cache_free(struct response_cache *answers);
PITH_CLEANUP(struct response_cache, response_cache_free);

/* What is asked: by which token, what, and in which state of all that the answer depends on. */
struct response_cache_question {
    const char *token;
    size_t token_length;
    const char *what;
    const unsigned char *state; /* ANSWERS_STATE bytes */
};
/* Keeps a copy until `expires` (seconds since 1970-01-01 UTC; 0: no end), in place of an answer in an older state. Where memory is
 * short nothing is kept. */
void response_cache_keep(struct response_cache *answers, const struct response_cache_question *question, int64_t expires,
                         const void *answer, size_t length);
/* Whether there is one; malloc'ed. */
bool response_cache_find(struct response_cache *answers, const struct response_cache_question *question, int64_t now,
                         char **ret_answer, size_t *ret_length);

#endif
