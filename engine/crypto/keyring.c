#include "engine/crypto/keyring.h"

#include <errno.h>
#include <keyutils.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 8 + 2 * VAULT_ID };
static const key_perm_t OWNER_ONLY = KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_SEARCH | KEY_USR_WRITE | KEY_USR_SETATTR;

static void name_of(const unsigned char profile[VAULT_ID], char name[NAME])
{
    int length = snprintf(name, NAME, "pith:");
    for (int i = 0; i < VAULT_ID; i++)
        snprintf(name + length + 2 * i, 3, "%02x", profile[i]);
}

/* The number of the key kept, or -1. Searching needs no possession, which a process outside a login session lacks. */
static key_serial_t find(const unsigned char profile[VAULT_ID])
{
    char name[NAME];
    name_of(profile, name);
    return (key_serial_t)keyctl_search(KEY_SPEC_USER_KEYRING, "user", name, 0);
}

enum pith_status keyring_put(const unsigned char profile[VAULT_ID], const struct vault_key *key, unsigned seconds,
                             struct pith_error *reterr)
{
    char name[NAME];
    name_of(profile, name);
    key_serial_t kept = add_key("user", name, vault_key_bytes(key), VAULT_KEY, KEY_SPEC_USER_KEYRING);
    if (kept < 0)
        return pith_fail(reterr, PITH_IO, "the kernel keeps no keys here (%s): pith goes on asking", strerror(errno));
    if (keyctl_setperm(kept, OWNER_ONLY) == 0 && keyctl_set_timeout(kept, seconds) == 0)
        return PITH_OK;
    int failed = errno;
    keyctl_unlink(kept, KEY_SPEC_USER_KEYRING); /* rather none than one that never ends */
    return pith_fail(reterr, PITH_IO, "the kernel would not end the key after %u seconds (%s): pith goes on asking", seconds,
                     strerror(failed));
}

enum pith_status keyring_get(const unsigned char profile[VAULT_ID], struct vault_key **ret_key, struct pith_error *reterr)
{
    unsigned char bytes[VAULT_KEY + 1];
    key_serial_t kept = find(profile);
    long length = kept < 0 ? -1 : keyctl_read(kept, (char *)bytes, sizeof bytes);
    enum pith_status status = length == VAULT_KEY ? vault_key_from_bytes(bytes, ret_key, reterr)
                                                  : pith_fail(reterr, PITH_NOT_FOUND, "no key is kept: `pith unlock` keeps one");
    vault_wipe(bytes, sizeof bytes);
    return status;
}

enum pith_status keyring_drop(const unsigned char profile[VAULT_ID], struct pith_error *reterr)
{
    key_serial_t kept = find(profile);
    if (kept < 0)
        return PITH_OK;
    keyctl_revoke(kept); /* for those who hold its number */
    if (keyctl_unlink(kept, KEY_SPEC_USER_KEYRING) == 0 || errno == ENOKEY)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO, "the kept key could not be removed: %s", strerror(errno));
}
