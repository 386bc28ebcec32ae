#include "engine/door/handle.h"

#include "engine/crypto/credentials.h"
#include "engine/crypto/vault.h"
#include "engine/profile/once.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };
_Static_assert(sizeof(struct pith_once) == sizeof(struct once_request), "one request");

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

enum pith_status pith_prove(struct pith *pith, const char *token, size_t length, int64_t now, struct pith_error *reterr)
{
    struct credentials_token read;
    enum pith_status status = credentials_read_token(token, length, &read, reterr);
    if (status)
        return status;
    const struct vault_secret secret = {PITH_TOKEN, read.secret, sizeof read.secret};
    status = profile_prove(pith->store, read.profile, &secret, now, reterr);
    vault_wipe(&read, sizeof read);
    return status;
}

/* ---- done once ---- */

static struct once_request request_of(const struct pith_once *once)
{
    struct once_request request;
    memcpy(&request, once, sizeof request);
    return request;
}

/* What is kept, none at first. */
static enum pith_status fetch_once(struct pith *pith, struct bytes *record, struct pith_error *reterr)
{
    enum pith_status status = profile_fetch(pith->profile, ROW_ONCE, record, reterr);
    return status == PITH_NOT_FOUND ? PITH_OK : status;
}

enum pith_status pith_once_begin(struct pith *pith, struct pith_error *reterr)
{
    return store_begin_group(pith->store, reterr);
}

enum pith_status pith_once_recall(struct pith *pith, const struct pith_once *once, int64_t now, char **ret_answer,
                                  int *ret_answered, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    const struct once_request request = request_of(once);
    struct once_answer answer;
    bytes_init(&record, STORE_MAX_SEALED);
    enum pith_status status = handle_need(pith, 0, reterr);
    if (!status)
        status = fetch_once(pith, &record, reterr);
    if (!status)
        status = once_find(&record, &request, now, &answer, reterr);
    if (status)
        return status;
    *ret_answered = (int)answer.status;
    *ret_answer = strndup((const char *)answer.text, answer.length);
    return *ret_answer ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status pith_once_end(struct pith *pith, const struct pith_once *once, int64_t now, const char *answer, int answered,
                               struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    const struct once_request request = request_of(once);
    const struct once_answer made = {now + DAY, (uint32_t)answered, (const unsigned char *)answer, answer ? strlen(answer) : 0};
    bytes_init(&record, STORE_MAX_SEALED);
    enum pith_status status = answer ? handle_need(pith, 0, reterr) : PITH_OK;
    if (answer && !status)
        status = fetch_once(pith, &record, reterr);
    if (answer && !status)
        status = once_add(&record, &request, &made, now, reterr);
    if (answer && !status)
        status = profile_keep(pith->profile, ROW_ONCE, &record, true, reterr);
    enum pith_status ended = store_end_group(pith->store, answer && !status, reterr);
    status = status ? status : ended;
    if (!answer || status) { /* what is in memory is ahead of the store */
        profile_lock(pith->profile);
        pith->profile = NULL;
    }
    return status;
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
