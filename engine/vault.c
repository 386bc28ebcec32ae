#include "vault.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has every byte of this file. */
enum { SLOT_VERSION = 1, SEAL_VERSION = 1, SALT = crypto_pwhash_SALTBYTES, SLOT_HEAD = 1 + 1 + 8 + 8 + SALT };
enum { SLOT_BODY = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES };
enum { SLOT_CHECK = 16, SLOT_SIZE = SLOT_HEAD + SLOT_BODY + SLOT_CHECK };
enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES };
enum { KEY_INBOX = 64 }; /* subkey numbers: a row kind is its own number */
static const char KDF_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "pithprof";

struct vault_key {
    unsigned char secret[32];
};

_Static_assert(crypto_kdf_KEYBYTES == 32 && crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32, "one key size");
_Static_assert(VAULT_OVERHEAD == NONCE + TAG, "the header says what sealing adds");

enum pith_status vault_start(struct pith_error *reterr)
{
    if (sodium_init() < 0)
        return pith_fail(reterr, PITH_IO, "the system gives no randomness: libsodium cannot start");
    return PITH_OK;
}

static enum pith_status allocate_key(struct vault_key **ret_key, struct pith_error *reterr)
{
    struct vault_key *key = sodium_malloc(sizeof *key);
    if (!key)
        return pith_fail(reterr, PITH_NOMEM, "no guarded memory for a key (see `ulimit -l`)");
    *ret_key = key;
    return PITH_OK;
}

/* The wrapped key of the slot, or the profile's: read-only once it is there. */
static enum pith_status subkey(const struct vault_key *key, unsigned number, struct vault_key **ret_subkey,
                               struct pith_error *reterr)
{
    struct vault_key *made = NULL;
    enum pith_status status = allocate_key(&made, reterr);
    if (status)
        return status;
    crypto_kdf_derive_from_key(made->secret, sizeof made->secret, number, KDF_CONTEXT, key->secret);
    *ret_subkey = made;
    return PITH_OK;
}

enum pith_status vault_key_new(struct vault_key **ret_key, unsigned char public_key[VAULT_PUBLIC_KEY], struct pith_error *reterr)
{
    AUTO(vault_key_free_p) struct vault_key *key = NULL;
    AUTO(vault_key_free_p) struct vault_key *seed = NULL;
    AUTO(vault_key_free_p) struct vault_key *private_key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (!status)
        status = allocate_key(&private_key, reterr);
    if (status)
        return status;
    randombytes_buf(key->secret, sizeof key->secret);
    status = subkey(key, KEY_INBOX, &seed, reterr);
    if (status)
        return status;
    crypto_box_seed_keypair(public_key, private_key->secret, seed->secret);
    *ret_key = TAKE(key);
    return PITH_OK;
}

void vault_key_free(struct vault_key *key)
{
    sodium_free(key); /* wipes */
}

void vault_random(void *bytes, size_t length)
{
    randombytes_buf(bytes, length);
}

/* ---- slots ---- */

static void strength_limits(enum vault_strength strength, uint64_t *operations, uint64_t *memory)
{
    switch (strength) {
    case VAULT_INTERACTIVE:
        *operations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
        *memory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
        return;
    case VAULT_MODERATE:
        *operations = crypto_pwhash_OPSLIMIT_MODERATE;
        *memory = crypto_pwhash_MEMLIMIT_MODERATE;
        return;
    case VAULT_SENSITIVE: break;
    }
    *operations = crypto_pwhash_OPSLIMIT_SENSITIVE;
    *memory = crypto_pwhash_MEMLIMIT_SENSITIVE;
}

/* The key that a passphrase gives with the slot's own salt and limits. */
static enum pith_status stretch(const char *passphrase, size_t length, const unsigned char *salt, uint64_t operations,
                                uint64_t memory, struct vault_key **ret_key, struct pith_error *reterr)
{
    AUTO(vault_key_free_p) struct vault_key *key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (status)
        return status;
    if (crypto_pwhash(key->secret, sizeof key->secret, passphrase, length, salt, operations, (size_t)memory,
                      crypto_pwhash_ALG_ARGON2ID13))
        return pith_fail(reterr, PITH_NOMEM, "deriving the key needs %llu MiB of memory, which the system refused",
                         (unsigned long long)(memory >> 20));
    *ret_key = TAKE(key);
    return PITH_OK;
}

/* Associated data of a slot: the profile and the slot's head. */
static void slot_place(const unsigned char profile[VAULT_ID], const unsigned char *head, unsigned char place[VAULT_ID + SLOT_HEAD])
{
    memcpy(place, profile, VAULT_ID);
    memcpy(place + VAULT_ID, head, SLOT_HEAD);
}

static void slot_check(const unsigned char *slot, unsigned char check[SLOT_CHECK])
{
    crypto_generichash(check, SLOT_CHECK, slot, SLOT_HEAD + SLOT_BODY, NULL, 0);
}

enum pith_status vault_wrap_passphrase(const struct vault_key *key, const unsigned char profile[VAULT_ID], const char *passphrase,
                                       size_t length, enum vault_strength strength, struct bytes *slot,
                                       struct pith_error *reterr)
{
    uint64_t operations, memory;
    unsigned char salt[SALT], nonce[NONCE], place[VAULT_ID + SLOT_HEAD], wrapped[32 + TAG], check[SLOT_CHECK];
    strength_limits(strength, &operations, &memory);
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    AUTO(vault_key_free_p) struct vault_key *wrapping = NULL;
    enum pith_status status = stretch(passphrase, length, salt, operations, memory, &wrapping, reterr);
    if (status)
        return status;
    slot->length = 0;
    bytes_put_u8(slot, SLOT_VERSION);
    bytes_put_u8(slot, SLOT_PASSPHRASE);
    bytes_put_u64(slot, operations);
    bytes_put_u64(slot, memory);
    bytes_put(slot, salt, sizeof salt);
    status = bytes_done(slot, reterr);
    if (status)
        return status;
    slot_place(profile, slot->data, place);
    crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped, NULL, key->secret, sizeof key->secret, place, sizeof place, NULL, nonce,
                                               wrapping->secret);
    bytes_put(slot, nonce, sizeof nonce);
    bytes_put(slot, wrapped, sizeof wrapped);
    status = bytes_done(slot, reterr);
    if (status)
        return status;
    slot_check(slot->data, check);
    bytes_put(slot, check, sizeof check);
    return bytes_done(slot, reterr);
}

enum pith_status vault_unwrap_passphrase(const unsigned char profile[VAULT_ID], const char *passphrase, size_t length,
                                         const void *slot, size_t slot_length, struct vault_key **ret_key,
                                         struct pith_error *reterr)
{
    const unsigned char *raw = slot;
    unsigned char check[SLOT_CHECK], place[VAULT_ID + SLOT_HEAD];
    if (slot_length == SLOT_SIZE)
        slot_check(raw, check);
    if (slot_length != SLOT_SIZE || memcmp(check, raw + SLOT_HEAD + SLOT_BODY, SLOT_CHECK) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "the key slot is damaged: restore a backup of the store");
    struct bytes_reader reader;
    bytes_reader_init(&reader, slot, slot_length);
    bool known = bytes_get_u8(&reader) == SLOT_VERSION;
    known = bytes_get_u8(&reader) == SLOT_PASSPHRASE && known;
    uint64_t operations = bytes_get_u64(&reader), memory = bytes_get_u64(&reader);
    if (!known || operations < crypto_pwhash_OPSLIMIT_MIN || operations > crypto_pwhash_OPSLIMIT_SENSITIVE ||
        memory < crypto_pwhash_MEMLIMIT_MIN || memory > crypto_pwhash_MEMLIMIT_SENSITIVE)
        return pith_fail(reterr, PITH_CORRUPT, "the key slot asks for what no pith writes: restore a backup of the store");
    AUTO(vault_key_free_p) struct vault_key *wrapping = NULL;
    AUTO(vault_key_free_p) struct vault_key *key = NULL;
    enum pith_status status = stretch(passphrase, length, raw + SLOT_HEAD - SALT, operations, memory, &wrapping, reterr);
    if (!status)
        status = allocate_key(&key, reterr);
    if (status)
        return status;
    slot_place(profile, raw, place);
    const unsigned char *nonce = raw + SLOT_HEAD, *wrapped = nonce + NONCE;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key->secret, NULL, NULL, wrapped, 32 + TAG, place, sizeof place, nonce,
                                                   wrapping->secret))
        return pith_fail(reterr, PITH_LOCKED, "wrong passphrase");
    *ret_key = TAKE(key);
    return PITH_OK;
}

/* ---- sealed rows ---- */

enum { PLACE = 1 + VAULT_ID + 4 + 8 + 8 };

static void row_place(const struct vault_place *place, unsigned char raw[PLACE])
{
    struct bytes out;
    bytes_init(&out, PLACE);
    out.data = raw;
    out.cap = PLACE; /* fits by construction: nothing is allocated */
    bytes_put_u8(&out, SEAL_VERSION);
    bytes_put(&out, place->profile, VAULT_ID);
    bytes_put_u32(&out, (uint32_t)place->kind);
    bytes_put_u64(&out, (uint64_t)place->number);
    bytes_put_u64(&out, (uint64_t)place->counter);
}

static void wiped_free(struct bytes *bytes)
{
    sodium_memzero(bytes->data, bytes->length);
    bytes_clear(bytes);
}

enum pith_status vault_seal(const struct vault_key *key, const struct vault_place *place, const void *plain, size_t length,
                            size_t step, struct bytes *sealed, struct pith_error *reterr)
{
    size_t padded = (length / step + 1) * step;
    unsigned char bound[PLACE], nonce[NONCE];
    AUTO(vault_key_free_p) struct vault_key *kind_key = NULL;
    enum pith_status status = subkey(key, (unsigned)place->kind, &kind_key, reterr);
    unsigned char *work = pith_calloc(padded + TAG, 1);
    if (!status && !work)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for sealing");
    if (status) {
        free(work);
        return status;
    }
    if (length)
        memcpy(work, plain, length);
    work[length] = 0x80; /* ISO 7816-4 */
    row_place(place, bound);
    randombytes_buf(nonce, sizeof nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(work, NULL, work, padded, bound, sizeof bound, NULL, nonce, kind_key->secret);
    sealed->length = 0;
    sealed->failed = false;
    bytes_put(sealed, nonce, sizeof nonce);
    bytes_put(sealed, work, padded + TAG);
    free(work);
    return bytes_done(sealed, reterr);
}

enum pith_status vault_open(const struct vault_key *key, const struct vault_place *place, const void *sealed, size_t length,
                            struct bytes *plain, struct pith_error *reterr)
{
    if (length < VAULT_OVERHEAD + 1)
        return pith_fail(reterr, PITH_CORRUPT, "a sealed row is cut short");
    unsigned char bound[PLACE];
    AUTO(vault_key_free_p) struct vault_key *kind_key = NULL;
    AUTO(wiped_free) struct bytes work;
    bytes_init(&work, length);
    enum pith_status status = subkey(key, (unsigned)place->kind, &kind_key, reterr);
    bytes_put(&work, sealed, length);
    if (!status)
        status = bytes_done(&work, reterr);
    if (status)
        return status;
    row_place(place, bound);
    unsigned long long size;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(work.data + NONCE, &size, NULL, work.data + NONCE, length - NONCE, bound,
                                                   sizeof bound, work.data, kind_key->secret))
        return pith_fail(reterr, PITH_CORRUPT, "a sealed row was changed or is not where it belongs");
    while (size && work.data[NONCE + size - 1] == 0)
        size--;
    if (!size || work.data[NONCE + size - 1] != 0x80)
        return pith_fail(reterr, PITH_CORRUPT, "a sealed row's padding is damaged");
    plain->length = 0;
    plain->failed = false;
    bytes_put(plain, work.data + NONCE, (size_t)size - 1);
    return bytes_done(plain, reterr);
}

/* ---- digests ---- */

struct vault_digest {
    crypto_generichash_state state;
};

enum pith_status vault_digest_new(struct vault_digest **ret_digest, struct pith_error *reterr)
{
    struct vault_digest *digest = aligned_alloc(_Alignof(struct vault_digest), sizeof *digest);
    if (!digest)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a digest");
    crypto_generichash_init(&digest->state, NULL, 0, VAULT_DIGEST);
    *ret_digest = digest;
    return PITH_OK;
}

void vault_digest_add(struct vault_digest *digest, const void *data, size_t length)
{
    crypto_generichash_update(&digest->state, data, length);
}

void vault_digest_free(struct vault_digest *digest, char hex[2 * VAULT_DIGEST + 1])
{
    unsigned char raw[VAULT_DIGEST];
    if (digest && hex) {
        crypto_generichash_final(&digest->state, raw, sizeof raw);
        sodium_bin2hex(hex, 2 * VAULT_DIGEST + 1, raw, sizeof raw);
    }
    free(digest);
}

void vault_hash16(const void *data, size_t length, unsigned char hash[16])
{
    crypto_generichash(hash, 16, data, length, NULL, 0);
}

void vault_wipe(void *memory, size_t length)
{
    sodium_memzero(memory, length);
}
