#include "engine/crypto/vault.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char profile[VAULT_ID] = {1, 2, 3};

/* Opens a slot by a passphrase. */
static enum pith_status open_slot(const unsigned char *whose, const char *passphrase, const struct bytes *slot, size_t length,
                                  struct vault_key **ret_key)
{
    struct vault_secret secret = {PITH_PASSPHRASE, passphrase, strlen(passphrase)};
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
    struct vault_slot terms = vault_passphrase_slot(PITH_INTERACTIVE);
    struct vault_secret secret = {PITH_PASSPHRASE, "horse", 5};
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
    struct vault_place wrong[] = {
        {other, ROW_EVENTS, 3, 7}, {profile, ROW_MODEL, 3, 7}, {profile, ROW_EVENTS, 4, 7}, {profile, ROW_EVENTS, 3, 8}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(vault_open(key, &wrong[i], sealed.data, sealed.length, &plain, NULL), PITH_CORRUPT);
    cr_assert_eq(vault_seal(key, &place, "", 0, 64, &sealed, NULL), PITH_OK);
    cr_assert_eq(vault_open(key, &place, sealed.data, sealed.length, &plain, NULL), PITH_OK);
    cr_expect_eq(plain.length, 0);
    vault_key_free(key);
    bytes_clear(&sealed);
    bytes_clear(&plain);
}

/* ---- other ways in ---- */

static const unsigned char random_secret[32] = "thirty-two bytes nobody guesses";

static struct vault_key *new_key(void)
{
    struct vault_key *key;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(vault_key_new(&key, public_key, NULL), PITH_OK);
    return key;
}

static void expect_bound(struct bytes *slot, const struct vault_secret *secret)
{
    for (size_t i = 0; i < slot->length; i++) {
        struct vault_key *none = NULL;
        slot->data[i] ^= 1;
        cr_expect_eq(vault_unwrap(profile, secret, slot->data, slot->length, &none, NULL), PITH_CORRUPT, "byte %zu", i);
        if (i < slot->length - VAULT_CHECK) { /* an attacker makes the checksum right */
            unsigned char check[VAULT_CHECK];
            memcpy(check, slot->data + slot->length - VAULT_CHECK, VAULT_CHECK);
            vault_hash16(slot->data, slot->length - VAULT_CHECK, slot->data + slot->length - VAULT_CHECK);
            enum pith_status status = vault_unwrap(profile, secret, slot->data, slot->length, &none, NULL);
            bool in_label = i >= 34 + 24 + 48 && i < 34 + 24 + 48 + 24 + 80;
            cr_expect(in_label ? status == PITH_OK : status == PITH_LOCKED || status == PITH_CORRUPT, "byte %zu: %d", i, status);
            vault_key_free(none);
            memcpy(slot->data + slot->length - VAULT_CHECK, check, VAULT_CHECK);
        }
        slot->data[i] ^= 1;
    }
}

Test(vault, random_secrets_open_their_own_slot_alone_and_bind_its_terms)
{
    static const struct vault_slot terms[] = {{.kind = PITH_RECOVERY_CODE},
                                              {.kind = PITH_KEY_FILE},
                                              {.kind = PITH_TOKEN, .scopes = 5, .expires = 1800000000},
                                              {.kind = PITH_FIDO2, .record = random_secret, .record_length = 1},
                                              {.kind = PITH_TPM, .record = random_secret, .record_length = 30}};
    struct vault_key *key = new_key(), *got;
    struct bytes slot;
    bytes_init(&slot, 1000);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        struct vault_secret secret = {terms[i].kind, random_secret, terms[i].kind == PITH_RECOVERY_CODE ? 20 : 32}, wrong = secret;
        struct vault_slot read;
        char label[VAULT_MAX_LABEL + 1];
        cr_assert_eq(vault_wrap(key, profile, &terms[i], &secret, "in the drawer", &slot, NULL), PITH_OK);
        cr_assert_eq(vault_slot_read(slot.data, slot.length, &read, NULL), PITH_OK);
        cr_expect(read.kind == terms[i].kind && read.scopes == terms[i].scopes && read.expires == terms[i].expires);
        cr_expect(read.record_length == terms[i].record_length &&
                  memcmp(read.record_length ? read.record : slot.data, read.record_length ? terms[i].record : slot.data,
                         read.record_length) == 0);
        cr_assert_eq(vault_slot_label(key, profile, slot.data, slot.length, label, NULL), PITH_OK);
        cr_expect_str_eq(label, "in the drawer");
        cr_assert_eq(vault_unwrap(profile, &secret, slot.data, slot.length, &got, NULL), PITH_OK);
        cr_expect_eq(memcmp(vault_key_bytes(got), vault_key_bytes(key), VAULT_KEY), 0);
        vault_key_free(got);
        wrong.bytes = "another thirty-two bytes, as long";
        cr_expect_eq(vault_unwrap(profile, &wrong, slot.data, slot.length, &got, NULL), PITH_LOCKED);
        wrong = secret;
        wrong.kind = PITH_PASSPHRASE;
        cr_expect_eq(vault_unwrap(profile, &wrong, slot.data, slot.length, &got, NULL), PITH_LOCKED, "of another kind");
        expect_bound(&slot, &secret);
    }
    struct vault_secret short_one = {PITH_TOKEN, random_secret, 8};
    cr_expect_eq(vault_wrap(key, profile, &terms[2], &short_one, "", &slot, NULL), PITH_USAGE);
    bytes_clear(&slot);
    vault_key_free(key);
}

/* ---- the inbox ---- */

Test(vault, a_message_opens_for_its_profile_alone)
{
    struct vault_key *key = new_key(), *other = new_key();
    unsigned char public_key[VAULT_PUBLIC_KEY];
    struct bytes sealed, plain;
    bytes_init(&sealed, 4096);
    bytes_init(&plain, 4096);
    vault_inbox_key(key, public_key);
    cr_assert_eq(vault_post(public_key, "a vote", 6, 256, &sealed, NULL), PITH_OK);
    cr_expect_eq(sealed.length, 256 + 48);
    cr_assert_eq(vault_receive(key, sealed.data, sealed.length, &plain, NULL), PITH_OK);
    cr_expect(plain.length == 6 && memcmp(plain.data, "a vote", 6) == 0);
    cr_expect_eq(vault_receive(other, sealed.data, sealed.length, &plain, NULL), PITH_INPUT);
    for (size_t i = 0; i < sealed.length; i++) {
        sealed.data[i] ^= 1;
        cr_expect_eq(vault_receive(key, sealed.data, sealed.length, &plain, NULL), PITH_INPUT, "byte %zu", i);
        sealed.data[i] ^= 1;
        cr_expect_eq(vault_receive(key, sealed.data, i, &plain, NULL), PITH_INPUT, "cut at %zu", i);
    }
    bytes_clear(&sealed);
    bytes_clear(&plain);
    vault_key_free(key);
    vault_key_free(other);
}

/* ---- sealed files ---- */

enum { CHUNK = 64 << 10 };

static void seal_stream(const char *text, size_t length, struct bytes *sealed)
{
    bytes_init(sealed, 1 << 20);
    cr_assert_eq(vault_stream_seal("horse", 5, PITH_INTERACTIVE, text, length, sealed, NULL), PITH_OK);
    cr_expect(vault_is_stream(sealed->data, sealed->length));
}

static enum pith_status open_stream(const struct bytes *sealed, size_t length, struct bytes *plain)
{
    return vault_stream_open("horse", 5, sealed->data, length, plain, NULL);
}

Test(vault, a_sealed_file_of_any_length_comes_back)
{
    static const size_t lengths[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 200 << 10};
    static char text[200 << 10];
    cr_assert_eq(vault_start(NULL), PITH_OK);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 31 >> 3);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct bytes sealed, plain;
        bytes_init(&plain, 1 << 20);
        seal_stream(text, lengths[i], &sealed);
        cr_assert_eq(open_stream(&sealed, sealed.length, &plain), PITH_OK, "%zu bytes", lengths[i]);
        cr_expect(plain.length == lengths[i] && (!plain.length || memcmp(plain.data, text, plain.length) == 0));
        cr_expect_eq(vault_stream_open("house", 5, sealed.data, sealed.length, &plain, NULL), PITH_LOCKED);
        cr_expect_eq(plain.length, 0);
        bytes_clear(&sealed);
        bytes_clear(&plain);
    }
}

Test(vault, a_changed_cut_or_reordered_file_is_told)
{
    static char text[3 * CHUNK];
    struct bytes sealed, plain;
    cr_assert_eq(vault_start(NULL), PITH_OK);
    bytes_init(&plain, 1 << 20);
    seal_stream(text, sizeof text, &sealed);
    size_t start = 48 + 24, whole = CHUNK + 17;
    static const size_t at[] = {0, 15, 32, 47, 48, 71, 72, 100, CHUNK, CHUNK + 200, 2 * CHUNK + 300, 3 * CHUNK};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) { /* each opening derives a key: a sample */
        sealed.data[at[i]] ^= 1;
        cr_expect_neq(open_stream(&sealed, sealed.length, &plain), PITH_OK, "byte %zu", at[i]);
        cr_expect_eq(plain.length, 0);
        sealed.data[at[i]] ^= 1;
    }
    cr_expect_eq(open_stream(&sealed, sealed.length - 1, &plain), PITH_CORRUPT);
    cr_expect_eq(open_stream(&sealed, start + whole, &plain), PITH_CORRUPT, "whole chunks missing at the end");
    cr_expect_eq(open_stream(&sealed, start, &plain), PITH_CORRUPT);
    cr_expect_eq(open_stream(&sealed, 10, &plain), PITH_INPUT);
    bytes_put(&sealed, "x", 1);
    cr_expect_eq(open_stream(&sealed, sealed.length, &plain), PITH_CORRUPT, "something after the end");
    sealed.length--;
    unsigned char *chunk = malloc(whole);
    cr_assert(chunk);
    memcpy(chunk, sealed.data + start, whole);
    memmove(sealed.data + start, sealed.data + start + whole, whole);
    memcpy(sealed.data + start + whole, chunk, whole);
    cr_expect_neq(open_stream(&sealed, sealed.length, &plain), PITH_OK, "two chunks exchanged");
    free(chunk);
    bytes_clear(&sealed);
    bytes_clear(&plain);
}

Test(vault, a_signature_is_of_one_text_and_one_key)
{
    struct vault_key *key = new_key(), *other = new_key();
    unsigned char signer[VAULT_SIGNER], another[VAULT_SIGNER], signature[VAULT_SIGNATURE], none[VAULT_SIGNATURE];
    vault_sign(key, "text", 4, signer, signature);
    vault_sign(other, "text", 4, another, none);
    cr_expect(vault_verify(signer, "text", 4, signature));
    cr_expect(!vault_verify(signer, "texts", 5, signature));
    cr_expect(!vault_verify(another, "text", 4, signature));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 1;
        cr_expect(!vault_verify(signer, "text", 4, signature), "byte %zu", i);
        signature[i] ^= 1;
    }
    vault_key_free(key);
    vault_key_free(other);
}
