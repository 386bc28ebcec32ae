#include "engine/door/handle.h"

#include "engine/crypto/credentials.h"
#include "engine/crypto/vault.h"
#include "engine/door/response_cache.h"

#include <string.h>

_Static_assert((int)PITH_STATE == (int)ANSWERS_STATE, "one size of state");

enum pith_status pith_state(struct pith *pith, const char *token, size_t length, unsigned char state[PITH_STATE],
                            struct pith_error *reterr)
{
    struct credentials_token read;
    struct {
        unsigned char profile[VAULT_ID];
        int64_t number[STORE_STATE];
    } all;
    enum pith_status status = credentials_read_token(token, length, &read, reterr);
    if (status)
        return status;
    memcpy(all.profile, read.profile, sizeof all.profile);
    vault_wipe(&read, sizeof read);
    status = store_profile_state(pith->store, all.profile, all.number, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_LOCKED, "this token is of no profile here");
    if (!status)
        vault_hash16(&all, sizeof all, state);
    return status;
}

/* ---- answers: the engine's, under the public names ---- */

static struct response_cache *inner(struct pith_response_cache *answers)
{
    return (struct response_cache *)answers;
}

static struct response_cache_question question_of(const struct pith_response_key *question)
{
    return (struct response_cache_question){question->token, question->token_length, question->what, question->state};
}

enum pith_status pith_response_cache_new(size_t most_bytes, struct pith_response_cache **ret_answers, struct pith_error *reterr)
{
    struct response_cache *answers = NULL;
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = response_cache_new(most_bytes, &answers, reterr);
    if (!status)
        *ret_answers = (struct pith_response_cache *)answers;
    return status;
}

void pith_response_cache_free(struct pith_response_cache *answers)
{
    response_cache_free(inner(answers));
}

void pith_response_cache_keep(struct pith_response_cache *answers, const struct pith_response_key *question, int64_t expires,
                              const void *answer, size_t length)
{
    const struct response_cache_question asked = question_of(question);
    response_cache_keep(inner(answers), &asked, expires, answer, length);
}

bool pith_response_cache_find(struct pith_response_cache *answers, const struct pith_response_key *question, int64_t now,
                              char **ret_answer, size_t *ret_length)
{
    const struct response_cache_question asked = question_of(question);
    return response_cache_find(inner(answers), &asked, now, ret_answer, ret_length);
}

void pith_random(void *bytes, size_t length)
{
    vault_random(bytes, length);
}

bool pith_same(const void *a, const void *b, size_t length)
{
    return vault_same(a, b, length);
}

void pith_fingerprint(const void *bytes, size_t length, char hex[33])
{
    unsigned char hash[16];
    vault_hash16(bytes, length, hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        hex[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    hex[32] = '\0';
}
