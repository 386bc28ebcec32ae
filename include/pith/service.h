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
