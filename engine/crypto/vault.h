/* vault: libsodium behind one door. Keys in guarded memory, sealed bytes, key slots. The only file that includes sodium.
 *
 * Formats are FORMAT.md's. Knows no SQL and no meaning of what it seals. */
#ifndef PITH_ENGINE_CRYPTO_VAULT_H
#define PITH_ENGINE_CRYPTO_VAULT_H

#include "engine/base/bytes.h"
#include <pith/reader.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VAULT_ID = 16,         /* profile id */
    VAULT_KEY = 32,        /* a profile's key */
    VAULT_PUBLIC_KEY = 32, /* X25519 */
    VAULT_SIGNER = 32,     /* Ed25519 public key */
    VAULT_SIGNATURE = 64,
    VAULT_FINGERPRINT = 32,
    VAULT_CHECK = 16,            /* the checksum at a slot's end */
    VAULT_MAX_LABEL = 63,        /* bytes */
    VAULT_MAX_RECORD = 1280,     /* bytes that a slot keeps of its device */
    VAULT_MAX_PASSPHRASE = 1024, /* bytes */
    VAULT_OVERHEAD = 24 + 16,    /* nonce and tag that sealing adds to the padded length */
};

/* What the sealed bytes are. Numbers are stored: append only. */
enum vault_row_kind {
    ROW_HEAD = 1,
    ROW_EVENTS = 2,
    ROW_SETTINGS = 3,
    ROW_MODEL = 4,
    ROW_LAST_LIST = 5,
    ROW_NAME = 6,
    ROW_GIVEN = 7,
    ROW_DIGESTS = 8,
    ROW_SHOWN = 9,
    ROW_ONCE = 10,
    ROW_ANSWERS = 16,
    ROW_REDO = 17
};

/* A profile's unlocked key, in guarded memory, wiped when freed. */
struct vault_key;

/* Once per process, before all else; safe to repeat. PITH_IO when the system gives no randomness. */
enum pith_status vault_start(struct pith_error *reterr);

/* A fresh random key, and the key pair of its inbox: the public half is written to public_key. */
enum pith_status vault_key_new(struct vault_key **ret_key, unsigned char public_key[VAULT_PUBLIC_KEY], struct pith_error *reterr);
void vault_key_free(struct vault_key *key);
PITH_CLEANUP(struct vault_key, vault_key_free);

/* The VAULT_KEY bytes, borrowed: for the kernel's keyring alone. */
const unsigned char *vault_key_bytes(const struct vault_key *key);
enum pith_status vault_key_from_bytes(const unsigned char bytes[VAULT_KEY], struct vault_key **ret_key, struct pith_error *reterr);

/* Writes `length` random bytes. */
void vault_random(void *bytes, size_t length);

/* ---- key slots: the profile's key, wrapped once for each way in ---- */

/* What opens a slot: a passphrase as typed, or the random bytes (16 to 64) of a recovery code, key file or token, or that a device gives. */
struct vault_secret {
    enum pith_way kind;
    const void *bytes;
    size_t length;
};

/* What a slot says of itself in clear; all of it is bound to the key wrapped in it. Unused members are 0. */
struct vault_slot {
    enum pith_way kind;
    uint64_t operations, memory; /* passphrase: Argon2id's limits, memory in bytes */
    uint32_t scopes;             /* token: what it may, in bits that vault does not know */
    int64_t expires;             /* token: seconds since 1970-01-01 UTC after which it ends; 0 never */
    const unsigned char *record; /* fido2, tpm: what the device needs to give the secret again, borrowed (of the slot read) */
    size_t record_length;        /* 1 to VAULT_MAX_RECORD */
};

/* A passphrase slot of that strength. */
struct vault_slot vault_passphrase_slot(enum pith_strength strength);

/* Wraps the key for a secret. `label` (at most VAULT_MAX_LABEL bytes; what the reader calls this way in) is sealed under the key
 * itself and goes into the slot. `slot` is cleared first. */
enum pith_status vault_wrap(const struct vault_key *key, const unsigned char profile[VAULT_ID], const struct vault_slot *terms,
                            const struct vault_secret *secret, const char *label, struct bytes *slot, struct pith_error *reterr);

/* What the slot says in clear. PITH_CORRUPT when it cannot be one: length, checksum, version, kind, limits out of range (memory
 * asked for is capped at SENSITIVE's). */
enum pith_status vault_slot_read(const void *slot, size_t length, struct vault_slot *ret_slot, struct pith_error *reterr);

/* PITH_LOCKED when the secret does not open this slot (or is of another kind); PITH_CORRUPT as vault_slot_read: the cipher alone
 * could not tell a damaged slot from a wrong passphrase. */
enum pith_status vault_unwrap(const unsigned char profile[VAULT_ID], const struct vault_secret *secret, const void *slot,
                              size_t length, struct vault_key **ret_key, struct pith_error *reterr);

/* The slot's label. PITH_CORRUPT when the slot is none of this key's. */
enum pith_status vault_slot_label(const struct vault_key *key, const unsigned char profile[VAULT_ID], const void *slot,
                                  size_t length, char label[VAULT_MAX_LABEL + 1], struct pith_error *reterr);

/* ---- sealed rows ---- */

/* Where a sealed row belongs: all of it is bound as associated data. */
struct vault_place {
    const unsigned char *profile; /* VAULT_ID bytes */
    enum vault_row_kind kind;
    int64_t number, counter;
};

/* Pads `plain` to a multiple of `step` bytes (step >= 1; ISO 7816-4), seals it (XChaCha20-Poly1305, fresh nonce, a subkey per
 * kind) and puts nonce || ciphertext || tag into `sealed` (cleared first). */
enum pith_status vault_seal(const struct vault_key *key, const struct vault_place *place, const void *plain, size_t length,
                            size_t step, struct bytes *sealed, struct pith_error *reterr);
/* PITH_CORRUPT when any byte or the place differs. `plain` is cleared first and untouched content never shows. */
enum pith_status vault_open(const struct vault_key *key, const struct vault_place *place, const void *sealed, size_t length,
                            struct bytes *plain, struct pith_error *reterr);

/* ---- boxes: sealed under a key in hand, for what lives no longer than a process or a ticket ---- */

/* nonce || ciphertext || tag (ChaCha20-Poly1305), bound to `bound`: VAULT_BOX bytes more, malloc'ed. For keys that live in memory alone and
 * see few boxes: the nonce is random, and short. */
enum { VAULT_BOX = 12 + 16 };
enum pith_status vault_box(const unsigned char key[VAULT_KEY], const void *bound, size_t bound_length, const void *plain,
                           size_t length, unsigned char **ret_sealed, struct pith_error *reterr);
/* VAULT_BOX bytes less, malloc'ed. PITH_CORRUPT when any byte differs, or what it is bound to. */
enum pith_status vault_unbox(const unsigned char key[VAULT_KEY], const void *bound, size_t bound_length, const void *sealed,
                             size_t length, unsigned char **ret_plain, struct pith_error *reterr);

/* The same plain bytes give the same sealed ones: the nonce is made from them (BLAKE2b under a key of its own, as in SIV mode), so that
 * equal boxes show and nothing else does. nonce (12) || ciphertext || tag (16), ChaCha20-Poly1305. */
enum { VAULT_FIXED_OVERHEAD = 12 + 16 };
void vault_fixed_box(const unsigned char key[VAULT_KEY], const void *plain, size_t length, unsigned char *sealed);
/* False when any byte differs, or it is of another key; `plain` (length - VAULT_FIXED_OVERHEAD bytes) is then zeros. */
bool vault_fixed_unbox(const unsigned char key[VAULT_KEY], const void *sealed, size_t length, unsigned char *plain);

/* ---- the inbox: sealed to the profile's public key, opened with its key ---- */

void vault_inbox_key(const struct vault_key *key, unsigned char public_key[VAULT_PUBLIC_KEY]);
/* Pads as vault_seal and seals (crypto_box_seal). `sealed` is cleared first. */
enum pith_status vault_post(const unsigned char public_key[VAULT_PUBLIC_KEY], const void *plain, size_t length, size_t step,
                            struct bytes *sealed, struct pith_error *reterr);
/* PITH_INPUT when it was not sealed to this key: anybody may drop anything. */
enum pith_status vault_receive(const struct vault_key *key, const void *sealed, size_t length, struct bytes *plain,
                               struct pith_error *reterr);

/* ---- files that leave the store ---- */

/* Seals under a passphrase of its own: Argon2id, then secretstream in chunks of 64 KiB; FORMAT.md, "Sealed export". */
enum pith_status vault_stream_seal(const char *passphrase, size_t length, enum pith_strength strength, const void *plain,
                                   size_t plain_length, struct bytes *sealed, struct pith_error *reterr);
bool vault_is_stream(const void *sealed, size_t length);
/* PITH_LOCKED for a wrong passphrase or a changed first chunk (the cipher cannot tell which), PITH_CORRUPT for any later change
 * or a file cut short. */
enum pith_status vault_stream_open(const char *passphrase, size_t length, const void *sealed, size_t sealed_length,
                                   struct bytes *plain, struct pith_error *reterr);

/* Ed25519, by a key pair derived from the profile's. */
void vault_sign(const struct vault_key *key, const void *data, size_t length, unsigned char signer[VAULT_SIGNER],
                unsigned char signature[VAULT_SIGNATURE]);
bool vault_verify(const unsigned char signer[VAULT_SIGNER], const void *data, size_t length,
                  const unsigned char signature[VAULT_SIGNATURE]);

/* ---- digests ---- */

/* Unkeyed BLAKE2b-256 of several runs of bytes, in lower-case hex with a NUL. */
struct vault_fingerprint;
enum pith_status vault_fingerprint_new(struct vault_fingerprint **ret_digest, struct pith_error *reterr);
void vault_fingerprint_add(struct vault_fingerprint *digest, const void *data, size_t length);
void vault_fingerprint_free(struct vault_fingerprint *digest, char hex[2 * VAULT_FINGERPRINT + 1]); /* hex may be NULL */

/* BLAKE2b of 16 bytes, unkeyed: title keys. */
void vault_hash16(const void *data, size_t length, unsigned char hash[16]);
/* The same under a key of 32 bytes: names. 32 bytes of it: keys made from another secret. */
void vault_keyed_hash16(const unsigned char key[32], const void *data, size_t length, unsigned char hash[16]);
void vault_keyed_hash32(const unsigned char key[32], const void *data, size_t length, unsigned char hash[32]);

/* Whether two secrets are the same, in a time that does not tell where they differ. */
bool vault_same(const void *a, const void *b, size_t length);

/* Overwrites memory that held a secret; never optimised away. */
void vault_wipe(void *memory, size_t length);

#endif
