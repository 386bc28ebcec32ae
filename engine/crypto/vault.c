#include "engine/crypto/vault.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has every byte of this file. */
enum { SLOT_VERSION = 1, SEAL_VERSION = 1, SALT = crypto_pwhash_SALTBYTES, SLOT_HEAD = 1 + 1 + 8 + 8 + SALT };
enum {
    BOX_NONCE = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
enum { SLOT_KEY = NONCE + VAULT_KEY + TAG, SLOT_LABEL = NONCE + VAULT_MAX_LABEL + 1 + TAG };
enum { SLOT_BODY = SLOT_HEAD + SLOT_KEY + SLOT_LABEL, SLOT_SIZE = SLOT_BODY + VAULT_CHECK };
enum { KEY_INBOX = 64, KEY_LABEL = 65, KEY_SIGNER = 66 }; /* subkey numbers: a row kind is its own number */
static const char KDF_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "pithprof";

struct vault_key {
    unsigned char secret[VAULT_KEY];
};

_Static_assert(crypto_kdf_KEYBYTES == 32 && crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32, "one key size");
_Static_assert(VAULT_OVERHEAD == NONCE + TAG, "the header says what sealing adds");
_Static_assert(VAULT_BOX == BOX_NONCE + crypto_aead_chacha20poly1305_ietf_ABYTES, "and what a box does");

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
    struct vault_key *key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (status)
        return status;
    randombytes_buf(key->secret, sizeof key->secret);
    vault_inbox_key(key, public_key);
    *ret_key = key;
    return PITH_OK;
}

void vault_key_free(struct vault_key *key)
{
    sodium_free(key); /* wipes */
}

const unsigned char *vault_key_bytes(const struct vault_key *key)
{
    return key->secret;
}

enum pith_status vault_key_from_bytes(const unsigned char bytes[VAULT_KEY], struct vault_key **ret_key, struct pith_error *reterr)
{
    struct vault_key *key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (status)
        return status;
    memcpy(key->secret, bytes, VAULT_KEY);
    *ret_key = key;
    return PITH_OK;
}

void vault_random(void *bytes, size_t length)
{
    randombytes_buf(bytes, length);
}

/* ---- slots ---- */

struct vault_slot vault_passphrase_slot(enum pith_strength strength)
{
    switch (strength) {
    case PITH_INTERACTIVE:
        return (struct vault_slot){
            PITH_PASSPHRASE, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE, 0, 0, NULL, 0};
    case PITH_MODERATE:
        return (struct vault_slot){
            PITH_PASSPHRASE, crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE, 0, 0, NULL, 0};
    case PITH_SENSITIVE: break;
    }
    return (struct vault_slot){PITH_PASSPHRASE, crypto_pwhash_OPSLIMIT_SENSITIVE, crypto_pwhash_MEMLIMIT_SENSITIVE, 0, 0, NULL, 0};
}

/* The key that a passphrase gives with the slot's own salt and limits. */
static enum pith_status stretch(const void *passphrase, size_t length, const unsigned char *salt, uint64_t operations,
                                uint64_t memory, struct vault_key **ret_key, struct pith_error *reterr)
{
    PITH_AUTO(vault_key_free_p) struct vault_key *key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (status)
        return status;
    if (crypto_pwhash(key->secret, sizeof key->secret, passphrase, length, salt, operations, (size_t)memory,
                      crypto_pwhash_ALG_ARGON2ID13))
        return pith_fail(reterr, PITH_NOMEM, "deriving the key needs %llu MiB of memory, which the system refused",
                         (unsigned long long)(memory >> 20));
    *ret_key = PITH_TAKE(key);
    return PITH_OK;
}

static bool rate_limit_are_sane(uint64_t operations, uint64_t memory)
{
    return operations >= crypto_pwhash_OPSLIMIT_MIN && operations <= crypto_pwhash_OPSLIMIT_SENSITIVE &&
           memory >= crypto_pwhash_MEMLIMIT_MIN && memory <= crypto_pwhash_MEMLIMIT_SENSITIVE;
}

/* The key that wraps: slow from a passphrase, at once from random bytes, which nobody can guess. */
static enum pith_status wrapping_key(const struct vault_slot *terms, const struct vault_secret *secret,
                                     const unsigned char salt[SALT], struct vault_key **ret_key, struct pith_error *reterr)
{
    static const unsigned char purpose[crypto_generichash_blake2b_PERSONALBYTES] = "pith key slot";
    if (terms->kind == PITH_PASSPHRASE)
        return stretch(secret->bytes, secret->length, salt, terms->operations, terms->memory, ret_key, reterr);
    struct vault_key *key = NULL;
    enum pith_status status = allocate_key(&key, reterr);
    if (status)
        return status;
    crypto_generichash_blake2b_salt_personal(key->secret, sizeof key->secret, terms->record, terms->record_length, secret->bytes,
                                             secret->length, salt, purpose);
    *ret_key = key;
    return PITH_OK;
}

static bool can_be_secret(const struct vault_secret *secret)
{
    if (secret->kind == PITH_PASSPHRASE)
        return secret->length >= 1 && secret->length <= VAULT_MAX_PASSPHRASE;
    return secret->length >= crypto_generichash_blake2b_KEYBYTES_MIN && secret->length <= crypto_generichash_blake2b_KEYBYTES_MAX;
}

/* Associated data of both sealed parts of a slot: the profile and the slot's head. */
static void slot_place(const unsigned char profile[VAULT_ID], const unsigned char *head, unsigned char place[VAULT_ID + SLOT_HEAD])
{
    memcpy(place, profile, VAULT_ID);
    memcpy(place + VAULT_ID, head, SLOT_HEAD);
}

static void put_sealed(struct bytes *slot, const unsigned char place[VAULT_ID + SLOT_HEAD], const struct vault_key *key,
                       const unsigned char *plain, size_t length)
{
    unsigned char nonce[NONCE], sealed[VAULT_MAX_LABEL + 1 + TAG];
    randombytes_buf(nonce, sizeof nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, plain, length, place, VAULT_ID + SLOT_HEAD, NULL, nonce, key->secret);
    bytes_put(slot, nonce, sizeof nonce);
    bytes_put(slot, sealed, length + TAG);
}

static bool open_sealed(const unsigned char *sealed, size_t length, const unsigned char place[VAULT_ID + SLOT_HEAD],
                        const struct vault_key *key, unsigned char *plain)
{
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed + NONCE, length - NONCE, place,
                                                      VAULT_ID + SLOT_HEAD, sealed, key->secret) == 0;
}

enum pith_status vault_wrap(const struct vault_key *key, const unsigned char profile[VAULT_ID], const struct vault_slot *terms,
                            const struct vault_secret *secret, const char *label, struct bytes *slot, struct pith_error *reterr)
{
    unsigned char salt[SALT], place[VAULT_ID + SLOT_HEAD], padded[VAULT_MAX_LABEL + 1] = {0}, check[VAULT_CHECK];
    PITH_AUTO(vault_key_free_p) struct vault_key *wrapping = NULL;
    PITH_AUTO(vault_key_free_p) struct vault_key *naming = NULL;
    bool passphrase = terms->kind == PITH_PASSPHRASE;
    size_t length = strlen(label);
    if (!can_be_secret(secret) || length > VAULT_MAX_LABEL)
        return pith_fail(reterr, PITH_USAGE, "a passphrase has 1 to %d bytes, the name of a way in at most %d",
                         VAULT_MAX_PASSPHRASE, VAULT_MAX_LABEL);
    randombytes_buf(salt, sizeof salt);
    enum pith_status status = wrapping_key(terms, secret, salt, &wrapping, reterr);
    if (!status)
        status = subkey(key, KEY_LABEL, &naming, reterr);
    if (status)
        return status;
    slot->length = 0;
    bytes_put_u8(slot, SLOT_VERSION);
    bytes_put_u8(slot, (uint8_t)terms->kind);
    bytes_put_u64(slot, passphrase ? terms->operations : terms->scopes);
    bytes_put_u64(slot, passphrase ? terms->memory : (uint64_t)terms->expires);
    bytes_put(slot, salt, sizeof salt);
    status = bytes_done(slot, reterr);
    if (status)
        return status;
    slot_place(profile, slot->data, place);
    put_sealed(slot, place, wrapping, key->secret, sizeof key->secret);
    memcpy(padded, label, length);
    padded[length] = 0x80;
    put_sealed(slot, place, naming, padded, sizeof padded);
    bytes_put(slot, terms->record, terms->record_length);
    status = bytes_done(slot, reterr);
    if (status)
        return status;
    vault_hash16(slot->data, slot->length, check);
    bytes_put(slot, check, sizeof check);
    return bytes_done(slot, reterr);
}

/* Whether a slot of this kind can ask for this. */
static bool terms_are_sane(const struct vault_slot *slot)
{
    bool device = slot->kind == PITH_FIDO2 || slot->kind == PITH_TPM;
    if (device != (slot->record_length > 0) || slot->record_length > VAULT_MAX_RECORD)
        return false;
    switch (slot->kind) {
    case PITH_PASSPHRASE: return rate_limit_are_sane(slot->operations, slot->memory);
    case PITH_RECOVERY_CODE:
    case PITH_KEY_FILE:
    case PITH_FIDO2:
    case PITH_TPM: return slot->scopes == 0 && slot->expires == 0;
    case PITH_TOKEN: return slot->expires >= 0;
    }
    return false;
}

enum pith_status vault_slot_read(const void *slot, size_t length, struct vault_slot *ret_slot, struct pith_error *reterr)
{
    unsigned char check[VAULT_CHECK];
    const unsigned char *raw = slot;
    if (length >= SLOT_SIZE)
        vault_hash16(slot, length - VAULT_CHECK, check);
    if (length < SLOT_SIZE || memcmp(check, raw + length - VAULT_CHECK, VAULT_CHECK) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "the key slot is damaged: restore a backup of the store");
    struct bytes_reader reader;
    bytes_reader_init(&reader, slot, length);
    bool known = bytes_get_u8(&reader) == SLOT_VERSION;
    struct vault_slot read = {.kind = (enum pith_way)bytes_get_u8(&reader)};
    uint64_t first = bytes_get_u64(&reader), second = bytes_get_u64(&reader);
    if (read.kind == PITH_PASSPHRASE) {
        read.operations = first;
        read.memory = second;
    } else {
        known = known && first <= UINT32_MAX;
        read.scopes = (uint32_t)first;
        read.expires = (int64_t)second;
    }
    read.record_length = length - SLOT_SIZE;
    read.record = read.record_length ? raw + SLOT_BODY : NULL;
    if (!known || !terms_are_sane(&read))
        return pith_fail(reterr, PITH_CORRUPT, "the key slot asks for what no pith writes: restore a backup of the store");
    *ret_slot = read;
    return PITH_OK;
}

static const char *wrong_secret(enum pith_way kind)
{
    switch (kind) {
    case PITH_PASSPHRASE: return "wrong passphrase";
    case PITH_RECOVERY_CODE: return "this recovery code does not open the profile";
    case PITH_KEY_FILE: return "this key file does not open the profile";
    case PITH_TOKEN: return "this token does not open the profile";
    case PITH_FIDO2: return "this security key does not open the profile";
    case PITH_TPM: return "this TPM does not open the profile";
    }
    return "this does not open the profile";
}

enum pith_status vault_unwrap(const unsigned char profile[VAULT_ID], const struct vault_secret *secret, const void *slot,
                              size_t length, struct vault_key **ret_key, struct pith_error *reterr)
{
    const unsigned char *raw = slot;
    unsigned char place[VAULT_ID + SLOT_HEAD];
    struct vault_slot terms;
    PITH_AUTO(vault_key_free_p) struct vault_key *wrapping = NULL;
    PITH_AUTO(vault_key_free_p) struct vault_key *key = NULL;
    enum pith_status status = vault_slot_read(slot, length, &terms, reterr);
    if (!status && (terms.kind != secret->kind || !can_be_secret(secret)))
        status = pith_fail(reterr, PITH_LOCKED, "%s", wrong_secret(secret->kind));
    if (!status)
        status = wrapping_key(&terms, secret, raw + SLOT_HEAD - SALT, &wrapping, reterr);
    if (!status)
        status = allocate_key(&key, reterr);
    if (status)
        return status;
    slot_place(profile, raw, place);
    if (!open_sealed(raw + SLOT_HEAD, SLOT_KEY, place, wrapping, key->secret))
        return pith_fail(reterr, PITH_LOCKED, "%s", wrong_secret(secret->kind));
    *ret_key = PITH_TAKE(key);
    return PITH_OK;
}

/* Where padding by ISO 7816-4 starts; `length` when there is none. */
static size_t unpadded(const unsigned char *padded, size_t length)
{
    size_t end = length;
    while (end && padded[end - 1] == 0)
        end--;
    return end && padded[end - 1] == 0x80 ? end - 1 : length;
}

enum pith_status vault_slot_label(const struct vault_key *key, const unsigned char profile[VAULT_ID], const void *slot,
                                  size_t length, char label[VAULT_MAX_LABEL + 1], struct pith_error *reterr)
{
    const unsigned char *raw = slot;
    unsigned char place[VAULT_ID + SLOT_HEAD], padded[VAULT_MAX_LABEL + 1];
    struct vault_slot terms;
    PITH_AUTO(vault_key_free_p) struct vault_key *naming = NULL;
    enum pith_status status = vault_slot_read(slot, length, &terms, reterr);
    if (!status)
        status = subkey(key, KEY_LABEL, &naming, reterr);
    if (status)
        return status;
    slot_place(profile, raw, place);
    if (!open_sealed(raw + SLOT_HEAD + SLOT_KEY, SLOT_LABEL, place, naming, padded))
        return pith_fail(reterr, PITH_CORRUPT, "the key slot belongs to another profile or an older key");
    size_t size = unpadded(padded, sizeof padded);
    if (size == sizeof padded)
        return pith_fail(reterr, PITH_CORRUPT, "the name in the key slot is damaged");
    memcpy(label, padded, size);
    label[size] = '\0';
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
    PITH_AUTO(vault_key_free_p) struct vault_key *kind_key = NULL;
    enum pith_status status = subkey(key, (unsigned)place->kind, &kind_key, reterr);
    unsigned char *work = pith_calloc(padded + TAG, 1);
    if (!status && !work)
        status = pith_no_memory(reterr);
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
    PITH_AUTO(vault_key_free_p) struct vault_key *kind_key = NULL;
    PITH_AUTO(wiped_free) struct bytes work;
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
    size_t end = unpadded(work.data + NONCE, (size_t)size);
    if (end == size)
        return pith_fail(reterr, PITH_CORRUPT, "a sealed row's padding is damaged");
    plain->length = 0;
    plain->failed = false;
    bytes_put(plain, work.data + NONCE, end);
    return bytes_done(plain, reterr);
}

/* ---- boxes ---- */

enum pith_status vault_box(const unsigned char key[VAULT_KEY], const void *bound, size_t bound_length, const void *plain,
                           size_t length, unsigned char **ret_sealed, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) unsigned char *work = malloc(length + VAULT_BOX);
    if (!work)
        return pith_no_memory(reterr);
    randombytes_buf(work, BOX_NONCE);
    crypto_aead_chacha20poly1305_ietf_encrypt(work + BOX_NONCE, NULL, plain, length, bound, bound_length, NULL, work, key);
    *ret_sealed = PITH_TAKE(work);
    return PITH_OK;
}

enum pith_status vault_unbox(const unsigned char key[VAULT_KEY], const void *bound, size_t bound_length, const void *sealed,
                             size_t length, unsigned char **ret_plain, struct pith_error *reterr)
{
    const unsigned char *at = sealed;
    if (length < VAULT_BOX)
        return pith_fail(reterr, PITH_CORRUPT, "a sealed box is cut short");
    PITH_AUTO(pith_free_p) unsigned char *work = malloc(length - VAULT_BOX + 1);
    if (!work)
        return pith_no_memory(reterr);
    if (crypto_aead_chacha20poly1305_ietf_decrypt(work, NULL, NULL, at + BOX_NONCE, length - BOX_NONCE, bound, bound_length, at,
                                                  key) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "a sealed box was changed, or is of another key");
    *ret_plain = PITH_TAKE(work);
    return PITH_OK;
}

enum { FIXED_NONCE = crypto_aead_chacha20poly1305_ietf_NPUBBYTES, FIXED_TAG = crypto_aead_chacha20poly1305_ietf_ABYTES };
_Static_assert(VAULT_FIXED_OVERHEAD == FIXED_NONCE + FIXED_TAG, "the header says what a fixed box adds");
static const char FIXED_CONTEXT[crypto_kdf_CONTEXTBYTES + 1] = "pithtick";

/* The keys that make nonces and that seal. */
static void fixed_keys(const unsigned char key[VAULT_KEY], unsigned char naming[VAULT_KEY], unsigned char sealing[VAULT_KEY])
{
    crypto_kdf_derive_from_key(naming, VAULT_KEY, 1, FIXED_CONTEXT, key);
    crypto_kdf_derive_from_key(sealing, VAULT_KEY, 2, FIXED_CONTEXT, key);
}

void vault_fixed_box(const unsigned char key[VAULT_KEY], const void *plain, size_t length, unsigned char *sealed)
{
    unsigned char naming[VAULT_KEY], sealing[VAULT_KEY], hash[16];
    fixed_keys(key, naming, sealing);
    vault_keyed_hash16(naming, plain, length, hash);
    memcpy(sealed, hash, FIXED_NONCE);
    crypto_aead_chacha20poly1305_ietf_encrypt(sealed + FIXED_NONCE, NULL, plain, length, NULL, 0, NULL, sealed, sealing);
    sodium_memzero(naming, sizeof naming);
    sodium_memzero(sealing, sizeof sealing);
}

bool vault_fixed_unbox(const unsigned char key[VAULT_KEY], const void *sealed, size_t length, unsigned char *plain)
{
    unsigned char naming[VAULT_KEY], sealing[VAULT_KEY];
    const unsigned char *at = sealed;
    if (length < VAULT_FIXED_OVERHEAD)
        return false;
    fixed_keys(key, naming, sealing);
    bool good = crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, at + FIXED_NONCE, length - FIXED_NONCE, NULL, 0, at,
                                                          sealing) == 0;
    sodium_memzero(naming, sizeof naming);
    sodium_memzero(sealing, sizeof sealing);
    return good;
}

/* ---- inbox ---- */

/* The pair for what others seal to this profile; the private half is the caller's to wipe. */
static void inbox_pair(const struct vault_key *key, unsigned char public_key[VAULT_PUBLIC_KEY], unsigned char *private_key)
{
    unsigned char seed[crypto_box_SEEDBYTES];
    crypto_kdf_derive_from_key(seed, sizeof seed, KEY_INBOX, KDF_CONTEXT, key->secret);
    crypto_box_seed_keypair(public_key, private_key, seed);
    sodium_memzero(seed, sizeof seed);
}

void vault_inbox_key(const struct vault_key *key, unsigned char public_key[VAULT_PUBLIC_KEY])
{
    unsigned char private_key[crypto_box_SECRETKEYBYTES];
    inbox_pair(key, public_key, private_key);
    sodium_memzero(private_key, sizeof private_key);
}

enum pith_status vault_post(const unsigned char public_key[VAULT_PUBLIC_KEY], const void *plain, size_t length, size_t step,
                            struct bytes *sealed, struct pith_error *reterr)
{
    size_t padded = (length / step + 1) * step, size = padded + crypto_box_SEALBYTES;
    unsigned char *text = pith_calloc(padded + size, 1), *work = text + padded;
    if (!text)
        return pith_no_memory(reterr);
    memcpy(text, plain, length);
    text[length] = 0x80;
    bool done = crypto_box_seal(work, text, padded, public_key) == 0;
    sealed->length = 0;
    sealed->failed = false;
    bytes_put(sealed, work, size);
    sodium_memzero(text, padded);
    free(text);
    return done ? bytes_done(sealed, reterr) : pith_fail(reterr, PITH_CORRUPT, "the profile's public key is damaged");
}

enum pith_status vault_receive(const struct vault_key *key, const void *sealed, size_t length, struct bytes *plain,
                               struct pith_error *reterr)
{
    unsigned char public_key[VAULT_PUBLIC_KEY];
    if (length <= crypto_box_SEALBYTES)
        return pith_fail(reterr, PITH_INPUT, "a message in the inbox is cut short");
    PITH_AUTO(vault_key_free_p) struct vault_key *private_key = NULL;
    PITH_AUTO(wiped_free) struct bytes work;
    size_t size = length - crypto_box_SEALBYTES;
    bytes_init(&work, length);
    enum pith_status status = allocate_key(&private_key, reterr);
    bytes_put(&work, sealed, size); /* only for the room */
    if (!status)
        status = bytes_done(&work, reterr);
    if (status)
        return status;
    inbox_pair(key, public_key, private_key->secret);
    if (crypto_box_seal_open(work.data, sealed, length, public_key, private_key->secret))
        return pith_fail(reterr, PITH_INPUT, "a message in the inbox was not sealed to this profile");
    size_t end = unpadded(work.data, size);
    if (end == size)
        return pith_fail(reterr, PITH_INPUT, "a message in the inbox is not padded");
    plain->length = 0;
    plain->failed = false;
    bytes_put(plain, work.data, end);
    return bytes_done(plain, reterr);
}

/* ---- sealed files ---- */

enum { STREAM_MARK = 16, STREAM_HEAD = STREAM_MARK + 8 + 8 + SALT, STREAM_CHUNK = 64 << 10 };
enum { STREAM_START = STREAM_HEAD + crypto_secretstream_xchacha20poly1305_HEADERBYTES };
enum { STREAM_EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES };
static const unsigned char STREAM_NAME[STREAM_MARK] = "pith sealed 1\n";

enum pith_status vault_stream_seal(const char *passphrase, size_t length, enum pith_strength strength, const void *plain,
                                   size_t plain_length, struct bytes *sealed, struct pith_error *reterr)
{
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char salt[SALT], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES], chunk[STREAM_CHUNK + STREAM_EXTRA];
    struct vault_slot terms = vault_passphrase_slot(strength);
    PITH_AUTO(vault_key_free_p) struct vault_key *key = NULL;
    randombytes_buf(salt, sizeof salt);
    if (length < 1 || length > VAULT_MAX_PASSPHRASE)
        return pith_fail(reterr, PITH_USAGE, "a passphrase has 1 to %d bytes", VAULT_MAX_PASSPHRASE);
    enum pith_status status = stretch(passphrase, length, salt, terms.operations, terms.memory, &key, reterr);
    if (status)
        return status;
    sealed->length = 0;
    bytes_put(sealed, STREAM_NAME, STREAM_MARK);
    bytes_put_u64(sealed, terms.operations);
    bytes_put_u64(sealed, terms.memory);
    bytes_put(sealed, salt, sizeof salt);
    crypto_secretstream_xchacha20poly1305_init_push(&state, header, key->secret);
    bytes_put(sealed, header, sizeof header);
    const unsigned char *at = plain;
    for (size_t left = plain_length, first = 1; first || left; first = 0) {
        size_t size = left < STREAM_CHUNK ? left : STREAM_CHUNK;
        unsigned char tag = size == left ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
        status = bytes_done(sealed, reterr);
        if (status)
            break;
        crypto_secretstream_xchacha20poly1305_push(&state, chunk, NULL, at, size, sealed->data, first ? STREAM_HEAD : 0, tag);
        bytes_put(sealed, chunk, size + STREAM_EXTRA);
        at += size;
        left -= size;
    }
    sodium_memzero(&state, sizeof state);
    return status ? status : bytes_done(sealed, reterr);
}

bool vault_is_stream(const void *sealed, size_t length)
{
    return length >= STREAM_MARK && memcmp(sealed, STREAM_NAME, STREAM_MARK) == 0;
}

/* All chunks in turn; the last must say that it is the last. */
static enum pith_status read_chunks(crypto_secretstream_xchacha20poly1305_state *state, const unsigned char *raw, size_t length,
                                    struct bytes *plain, struct pith_error *reterr)
{
    unsigned char chunk[STREAM_CHUNK], tag = 0;
    enum pith_status status = PITH_OK;
    size_t at = STREAM_START;
    while (!status && at < length && tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
        size_t size = length - at < STREAM_CHUNK + STREAM_EXTRA ? length - at : STREAM_CHUNK + STREAM_EXTRA;
        bool first = at == STREAM_START;
        unsigned long long got = 0;
        if (size < STREAM_EXTRA ||
            crypto_secretstream_xchacha20poly1305_pull(state, chunk, &got, &tag, raw + at, size, raw, first ? STREAM_HEAD : 0))
            status = first ? pith_fail(reterr, PITH_LOCKED, "wrong passphrase, or a damaged file")
                           : pith_fail(reterr, PITH_CORRUPT, "the sealed file is damaged at byte %zu", at);
        bytes_put(plain, chunk, (size_t)got);
        at += size;
    }
    sodium_memzero(chunk, sizeof chunk);
    if (!status && (at != length || tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL))
        status = pith_fail(reterr, PITH_CORRUPT, "the sealed file %s",
                           at < length ? "has something after its end" : "is cut short");
    return status ? status : bytes_done(plain, reterr);
}

enum pith_status vault_stream_open(const char *passphrase, size_t length, const void *sealed, size_t sealed_length,
                                   struct bytes *plain, struct pith_error *reterr)
{
    crypto_secretstream_xchacha20poly1305_state state;
    struct bytes_reader reader;
    PITH_AUTO(vault_key_free_p) struct vault_key *key = NULL;
    const unsigned char *raw = sealed;
    if (!vault_is_stream(sealed, sealed_length))
        return pith_fail(reterr, PITH_INPUT, "this is no sealed export of pith");
    bytes_reader_init(&reader, raw + STREAM_MARK, sealed_length - STREAM_MARK);
    uint64_t operations = bytes_get_u64(&reader), memory = bytes_get_u64(&reader);
    if (sealed_length <= STREAM_START || !rate_limit_are_sane(operations, memory))
        return pith_fail(reterr, PITH_CORRUPT, "the head of the sealed file is damaged or cut short");
    if (length < 1 || length > VAULT_MAX_PASSPHRASE)
        return pith_fail(reterr, PITH_LOCKED, "wrong passphrase");
    enum pith_status status = stretch(passphrase, length, raw + STREAM_HEAD - SALT, operations, memory, &key, reterr);
    if (status)
        return status;
    plain->length = 0;
    plain->failed = false;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&state, raw + STREAM_HEAD, key->secret))
        return pith_fail(reterr, PITH_CORRUPT, "the head of the sealed file is damaged");
    status = read_chunks(&state, raw, sealed_length, plain, reterr);
    sodium_memzero(&state, sizeof state);
    if (status && plain->data)
        sodium_memzero(plain->data, plain->length);
    if (status)
        plain->length = 0;
    return status;
}

/* ---- signatures ---- */

void vault_sign(const struct vault_key *key, const void *data, size_t length, unsigned char signer[VAULT_SIGNER],
                unsigned char signature[VAULT_SIGNATURE])
{
    unsigned char seed[crypto_sign_SEEDBYTES], private_key[crypto_sign_SECRETKEYBYTES];
    crypto_kdf_derive_from_key(seed, sizeof seed, KEY_SIGNER, KDF_CONTEXT, key->secret);
    crypto_sign_seed_keypair(signer, private_key, seed);
    crypto_sign_detached(signature, NULL, data, length, private_key);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(private_key, sizeof private_key);
}

bool vault_verify(const unsigned char signer[VAULT_SIGNER], const void *data, size_t length,
                  const unsigned char signature[VAULT_SIGNATURE])
{
    return crypto_sign_verify_detached(signature, data, length, signer) == 0;
}

/* ---- digests ---- */

struct vault_fingerprint {
    crypto_generichash_state state;
};

enum pith_status vault_fingerprint_new(struct vault_fingerprint **ret_digest, struct pith_error *reterr)
{
    struct vault_fingerprint *digest = aligned_alloc(_Alignof(struct vault_fingerprint), sizeof *digest);
    if (!digest)
        return pith_no_memory(reterr);
    crypto_generichash_init(&digest->state, NULL, 0, VAULT_FINGERPRINT);
    *ret_digest = digest;
    return PITH_OK;
}

void vault_fingerprint_add(struct vault_fingerprint *digest, const void *data, size_t length)
{
    crypto_generichash_update(&digest->state, data, length);
}

void vault_fingerprint_free(struct vault_fingerprint *digest, char hex[2 * VAULT_FINGERPRINT + 1])
{
    unsigned char raw[VAULT_FINGERPRINT];
    if (digest && hex) {
        crypto_generichash_final(&digest->state, raw, sizeof raw);
        sodium_bin2hex(hex, 2 * VAULT_FINGERPRINT + 1, raw, sizeof raw);
    }
    free(digest);
}

void vault_hash16(const void *data, size_t length, unsigned char hash[16])
{
    crypto_generichash(hash, 16, data, length, NULL, 0);
}

void vault_keyed_hash16(const unsigned char key[32], const void *data, size_t length, unsigned char hash[16])
{
    crypto_generichash(hash, 16, data, length, key, 32);
}

void vault_keyed_hash32(const unsigned char key[32], const void *data, size_t length, unsigned char hash[32])
{
    crypto_generichash(hash, 32, data, length, key, 32);
}

bool vault_same(const void *a, const void *b, size_t length)
{
    return sodium_memcmp(a, b, length) == 0;
}

void vault_wipe(void *memory, size_t length)
{
    sodium_memzero(memory, length);
}
