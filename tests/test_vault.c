#include "../engine/vault.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char profile[VAULT_ID] = {1, 2, 3};

/* Opens a slot by a passphrase. */
static enum pith_status open_slot(const unsigned char *whose, const char *passphrase, const struct bytes *slot, size_t length,
                                  struct vault_key **ret_key)
{
    struct vault_secret secret = {SLOT_PASSPHRASE, passphrase, strlen(passphrase)};
    return vault_unwrap(whose, &secret, slot->data, length, ret_key, NULL);
}

Test(vault, a_slot_opens_with_its_passphrase_alone)
{
    struct vault_key *key, *got = NULL;
    unsigned char public_key[VAULT_PUBLIC_KEY], other[VAULT_ID] = {9};
    struct bytes slot;
    bytes_init(&slot, 1000);
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(vault_key_new(&key, public_key, NULL), PITH_OK);
    struct vault_slot terms = vault_passphrase_slot(VAULT_INTERACTIVE);
    struct vault_secret secret = {SLOT_PASSPHRASE, "horse", 5};
    cr_assert_eq(vault_wrap(key, profile, &terms, &secret, "", &slot, NULL), PITH_OK);
    cr_expect_eq(open_slot(profile, "house", &slot, slot.length, &got), PITH_LOCKED);
    cr_expect_eq(open_slot(other, "horse", &slot, slot.length, &got), PITH_LOCKED);
    cr_assert_eq(open_slot(profile, "horse", &slot, slot.length, &got), PITH_OK);
    for (size_t i = 0; i < slot.length; i++) { /* damage is another sentence than a wrong passphrase */
        struct vault_key *none = NULL;
        slot.data[i] ^= 1;
        cr_expect_eq(open_slot(profile, "horse", &slot, slot.length, &none), PITH_CORRUPT);
        slot.data[i] ^= 1;
    }
    cr_expect_eq(open_slot(profile, "horse", &slot, slot.length - 1, &got), PITH_CORRUPT);
    vault_key_free(got);
    vault_key_free(key);
    bytes_clear(&slot);
}

Test(vault, every_byte_and_the_place_are_bound)
{
    struct vault_key *key;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    struct bytes sealed, plain;
    bytes_init(&sealed, 10000);
    bytes_init(&plain, 10000);
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(vault_key_new(&key, public_key, NULL), PITH_OK);
    struct vault_place place = {profile, ROW_EVENTS, 3, 7};
    cr_assert_eq(vault_seal(key, &place, "secret", 6, 64, &sealed, NULL), PITH_OK);
    cr_expect_eq(sealed.length, 64 + VAULT_OVERHEAD, "padded to the step");
    cr_assert_eq(vault_open(key, &place, sealed.data, sealed.length, &plain, NULL), PITH_OK);
    cr_expect(plain.length == 6 && memcmp(plain.data, "secret", 6) == 0);
    for (size_t i = 0; i < sealed.length; i++) {
        sealed.data[i] ^= 0x10;
        cr_expect_eq(vault_open(key, &place, sealed.data, sealed.length, &plain, NULL), PITH_CORRUPT);
        sealed.data[i] ^= 0x10;
    }
    for (size_t length = 0; length < sealed.length; length++)
        cr_expect_eq(vault_open(key, &place, sealed.data, length, &plain, NULL), PITH_CORRUPT);
    unsigned char other[VAULT_ID] = {1, 2, 4};
    struct vault_place wrong[] = {{other, ROW_EVENTS, 3, 7}, {profile, ROW_MODEL, 3, 7}, {profile, ROW_EVENTS, 4, 7},
                                  {profile, ROW_EVENTS, 3, 8}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(vault_open(key, &wrong[i], sealed.data, sealed.length, &plain, NULL), PITH_CORRUPT);
    cr_assert_eq(vault_seal(key, &place, "", 0, 64, &sealed, NULL), PITH_OK);
    cr_assert_eq(vault_open(key, &place, sealed.data, sealed.length, &plain, NULL), PITH_OK);
    cr_expect_eq(plain.length, 0);
    vault_key_free(key);
    bytes_clear(&sealed);
    bytes_clear(&plain);
}
