/* keyring for a pith that was built without libkeyutils: nothing is kept. */
#include "engine/crypto/keyring.h"

enum pith_status keyring_put(const unsigned char profile[VAULT_ID], const struct vault_key *key, unsigned seconds,
                             struct pith_error *reterr)
{
    (void)profile;
    (void)key;
    (void)seconds;
    return pith_fail(reterr, PITH_IO, "this pith was built without the kernel's keyring: build it with -Dkeyring=enabled");
}

enum pith_status keyring_get(const unsigned char profile[VAULT_ID], struct vault_key **ret_key, struct pith_error *reterr)
{
    (void)profile;
    (void)ret_key;
    return pith_fail(reterr, PITH_NOT_FOUND, "no key is kept");
}

enum pith_status keyring_drop(const unsigned char profile[VAULT_ID], struct pith_error *reterr)
{
    (void)profile;
    (void)reterr;
    return PITH_OK;
}
