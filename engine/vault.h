/* vault: libsodium behind one door. Keys in guarded memory, sealed bytes, key slots. The only file that includes sodium.
 *
 * Formats are FORMAT.md's. Knows no SQL and no meaning of what it seals. */
#ifndef PITH_VAULT_H
#define PITH_VAULT_H

#include "bytes.h"
#include "status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    VAULT_ID = 16,         /* profile id */
    VAULT_PUBLIC_KEY = 32, /* X25519 */
    VAULT_DIGEST = 32,
    VAULT_MAX_PASSPHRASE = 1024, /* bytes */
    VAULT_OVERHEAD = 24 + 16,    /* nonce and tag that sealing adds to the padded length */
};

/* How long deriving a key from a passphrase takes an attacker, and you: libsodium's Argon2id presets. Stored in the slot. */
enum vault_strength { VAULT_INTERACTIVE, VAULT_MODERATE, VAULT_SENSITIVE };

enum vault_slot_kind { SLOT_PASSPHRASE = 1, SLOT_RECOVERY = 2, SLOT_KEY_FILE = 3, SLOT_TOKEN = 4 };

/* What the sealed bytes are. Numbers are stored: append only. */
enum vault_row_kind { ROW_HEAD = 1, ROW_EVENTS = 2, ROW_SETTINGS = 3, ROW_MODEL = 4, ROW_SHOWN = 5 };

/* A profile's unlocked key, in guarded memory, wiped when freed. */
struct vault_key;

/* Once per process, before all else; safe to repeat. PITH_IO when the system gives no randomness. */
enum pith_status vault_start(struct pith_error *reterr);

/* A fresh random key, and the key pair of its inbox: the public half is written to public_key. */
enum pith_status vault_key_new(struct vault_key **ret_key, unsigned char public_key[VAULT_PUBLIC_KEY],
                               struct pith_error *reterr);
void vault_key_free(struct vault_key *key);
PITH_CLEANUP(struct vault_key, vault_key_free);

/* Writes `length` random bytes. */
void vault_random(void *bytes, size_t length);

/* A passphrase slot: Argon2id over the passphrase, the result wraps the key. `profile` and the slot's parameters are bound. */
enum pith_status vault_wrap_passphrase(const struct vault_key *key, const unsigned char profile[VAULT_ID], const char *passphrase,
                                       size_t length, enum vault_strength strength, struct bytes *slot,
                                       struct pith_error *reterr);
/* PITH_LOCKED for a wrong passphrase; PITH_CORRUPT when the slot itself cannot be one (length, version, parameters out of
 * range: memory asked for is capped at SENSITIVE's). A damaged wrapped key cannot be told from a wrong passphrase by the
 * cipher; a plain checksum over the slot tells damage: then PITH_CORRUPT. */
enum pith_status vault_unwrap_passphrase(const unsigned char profile[VAULT_ID], const char *passphrase, size_t length,
                                         const void *slot, size_t slot_length, struct vault_key **ret_key,
                                         struct pith_error *reterr);

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

/* Unkeyed BLAKE2b-256 of several runs of bytes, in lower-case hex with a NUL. */
struct vault_digest;
enum pith_status vault_digest_new(struct vault_digest **ret_digest, struct pith_error *reterr);
void vault_digest_add(struct vault_digest *digest, const void *data, size_t length);
void vault_digest_free(struct vault_digest *digest, char hex[2 * VAULT_DIGEST + 1]); /* hex may be NULL */

/* BLAKE2b of 16 bytes, unkeyed: title keys. */
void vault_hash16(const void *data, size_t length, unsigned char hash[16]);

/* Overwrites memory that held a secret; never optimised away. */
void vault_wipe(void *memory, size_t length);

#endif
