#include "handle.h"

#include "answers.h"
#include "codes.h"
#include "vault.h"

#include <string.h>

_Static_assert((int)PITH_STATE == (int)ANSWERS_STATE, "one size of state");

enum pith_status pith_state(struct pith *pith, const char *token, size_t length, unsigned char state[PITH_STATE],
                            struct pith_error *reterr)
{
    struct codes_token read;
    struct {
        unsigned char profile[VAULT_ID];
        int64_t number[STORE_STATE];
    } all;
    enum pith_status status = codes_read_token(token, length, &read, reterr);
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

static struct answers *inner(struct pith_answers *answers)
{
    return (struct answers *)answers;
}

static struct answers_question question_of(const struct pith_question *question)
{
    return (struct answers_question){question->token, question->token_length, question->what, question->state};
}

enum pith_status pith_answers_new(size_t most_bytes, struct pith_answers **ret_answers, struct pith_error *reterr)
{
    struct answers *answers = NULL;
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = answers_new(most_bytes, &answers, reterr);
    if (!status)
        *ret_answers = (struct pith_answers *)answers;
    return status;
}

void pith_answers_free(struct pith_answers *answers)
{
    answers_free(inner(answers));
}

void pith_answers_keep(struct pith_answers *answers, const struct pith_question *question, int64_t expires, const void *answer,
                       size_t length)
{
    const struct answers_question asked = question_of(question);
    answers_keep(inner(answers), &asked, expires, answer, length);
}

bool pith_answers_find(struct pith_answers *answers, const struct pith_question *question, int64_t now, char **ret_answer,
                       size_t *ret_length)
{
    const struct answers_question asked = question_of(question);
    return answers_find(inner(answers), &asked, now, ret_answer, ret_length);
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
