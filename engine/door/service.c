#include "engine/door/handle.h"

#include "engine/crypto/credentials.h"
#include "engine/crypto/vault.h"

#include <string.h>

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
