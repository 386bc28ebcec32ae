/* service: what a program needs that answers many readers. */
#ifndef PITH_SERVICE_H
#define PITH_SERVICE_H

#include <pith/home.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All that an answer to a token's holder depends on, as bytes that are others as soon as any of it changes. Needs no key and tells
 * nothing. PITH_USAGE for what is no token, PITH_LOCKED for one of no profile here. */
enum { PITH_STATE = 16 };
enum pith_status pith_state(struct pith *pith, const char *token, size_t length, unsigned char state[PITH_STATE],
                            struct pith_error *reterr);
/* ---- requests that are done once, however often they come ---- */

enum { PITH_ONCE_HASH = 16 };
/* A request, as hashes: its name (who asks, what, and under which key of theirs), and what it brings. */
struct pith_once {
    unsigned char name[PITH_ONCE_HASH], body[PITH_ONCE_HASH];
};
/* Begins one change of all that is written until pith_once_end; whoever else writes waits. The profile is unlocked after this. PITH_IO. */
enum pith_status pith_once_begin(struct pith *pith, struct pith_error *reterr);
/* What the request was answered within a day before `now` (seconds since 1970-01-01 UTC), by whichever process: malloc'ed, "" for an answer
 * that was too long to keep. PITH_NOT_FOUND: it is to be done. PITH_EXISTS: another body came under that name. */
enum pith_status pith_once_recall(struct pith *pith, const struct pith_once *once, int64_t now, char **ret_answer,
                                  int *ret_answered, struct pith_error *reterr);
/* Makes the change durable together with its answer, which is kept for a day; without an answer takes the change back and locks the
 * profile. */
enum pith_status pith_once_end(struct pith *pith, const struct pith_once *once, int64_t now, const char *answer, int answered,
                               struct pith_error *reterr);

/* Whether a token opens a profile here at `now` (seconds since 1970-01-01 UTC), opening nothing: PITH_USAGE for what is no token, PITH_LOCKED
 * for one that opens none, or not any more. */
enum pith_status pith_prove(struct pith *pith, const char *token, size_t length, int64_t now, struct pith_error *reterr);

/* Finished answers, each sealed under the token that asked, in at most so many bytes. Safe to use from several threads. */
struct pith_response_cache;
enum pith_status pith_response_cache_new(size_t most_bytes, struct pith_response_cache **ret_cache, struct pith_error *reterr);
void pith_response_cache_free(struct pith_response_cache *cache);
PITH_CLEANUP(struct pith_response_cache, pith_response_cache_free);
struct pith_response_key {
    const char *token;
    size_t token_length;
    const char *what;           /* what was asked, in a form of the caller's own */
    const unsigned char *state; /* PITH_STATE bytes: an answer in another state is none */
};
void pith_response_cache_keep(struct pith_response_cache *cache, const struct pith_response_key *question, int64_t expires,
                              const void *answer, size_t length);
/* Whether there is one. Free it with pith_free. */
bool pith_response_cache_find(struct pith_response_cache *cache, const struct pith_response_key *question, int64_t now,
                              char **ret_answer, size_t *ret_length);

/* Random bytes; whether two secrets are the same, in a time that does not tell where they differ; 32 hex digits that tell two texts
 * apart. */
void pith_random(void *bytes, size_t length);
bool pith_same(const void *a, const void *b, size_t length);
void pith_fingerprint(const void *bytes, size_t length, char hex[33]);

#ifdef __cplusplus
}
#endif

#endif
