#include "engine/crypto/keyring.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static unsigned char profile[VAULT_ID];

static struct vault_key *new_key(void)
{
    struct vault_key *key;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(vault_key_new(&key, public_key, NULL), PITH_OK);
    vault_random(profile, sizeof profile); /* nobody else's name */
    return key;
}

Test(keyring, a_kept_key_is_given_back_until_it_is_dropped)
{
    struct vault_key *key = new_key(), *got = NULL;
    struct pith_error error;
    cr_expect_eq(keyring_get(profile, &got, NULL), PITH_NOT_FOUND);
    if (keyring_put(profile, key, 60, &error)) {
        cr_expect_eq(error.status, PITH_IO);
        cr_expect(strstr(error.message, "goes on asking"), "%s", error.message);
        vault_key_free(key);
        cr_skip("the kernel keeps no keys here");
    }
    cr_assert_eq(keyring_get(profile, &got, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(memcmp(vault_key_bytes(key), vault_key_bytes(got), VAULT_KEY), 0);
    vault_key_free(got);
    cr_expect_eq(keyring_drop(profile, NULL), PITH_OK);
    cr_expect_eq(keyring_get(profile, &got, NULL), PITH_NOT_FOUND);
    cr_expect_eq(keyring_drop(profile, NULL), PITH_OK, "again is no error");
    vault_key_free(key);
}

Test(keyring, it_ends_by_itself)
{
    struct vault_key *key = new_key(), *got = NULL;
    if (keyring_put(profile, key, 1, NULL)) {
        vault_key_free(key);
        cr_skip("the kernel keeps no keys here");
    }
    for (int tenths = 0; tenths < 100 && keyring_get(profile, &got, NULL) == PITH_OK; tenths++) {
        vault_key_free(got);
        usleep(100000);
    }
    cr_expect_eq(keyring_get(profile, &got, NULL), PITH_NOT_FOUND);
    vault_key_free(key);
}
