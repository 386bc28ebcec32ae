/* device: a secret that hardware gives: a FIDO2 security key (libfido2, extension hmac-secret) or this machine's TPM (tpm2-tss). A slot
 * keeps in clear, as its record, what the device needs to give the secret again; without the device it tells nothing.
 *
 * Either may be left out of a build: its functions then fail with a sentence that says so. FORMAT.md has the records' bytes. */
#ifndef PITH_ENGINE_CRYPTO_DEVICE_H
#define PITH_ENGINE_CRYPTO_DEVICE_H

#include "engine/base/bytes.h"
#include "engine/crypto/vault.h"

enum { DEVICE_SECRET = 32 /* bytes */, DEVICE_MAX_PIN = 63 /* bytes, as CTAP2 has it */ };

/* What the caller knows of the device: the PIN of a security key ("" for none), or the TPM's name as tpm2-tss has it
 * ("device:/dev/tpmrm0"; "" for the first that answers). */
struct device_words {
    const char *text;
    size_t length;
};

/* Whether slots of this kind are a device's. */
bool device_opens(enum pith_way kind);

/* Makes up a secret that this device alone gives again. `record` is cleared first. A security key is touched twice.
 * PITH_IO: no device answers, or the build has no such part; PITH_USAGE: the security key has a PIN, and none was given;
 * PITH_LOCKED: a wrong PIN, or nobody touched the key; PITH_AMBIGUOUS: several security keys are plugged in. */
enum pith_status device_make(enum pith_way kind, const struct device_words *words, struct bytes *record,
                             unsigned char secret[DEVICE_SECRET], struct pith_error *reterr);

/* The secret of a record again. Statuses as above, and PITH_LOCKED: another device's record, or one from before the device was cleared;
 * PITH_CORRUPT: no record of this kind. */
enum pith_status device_ask(enum pith_way kind, const struct device_words *words, const unsigned char *record, size_t length,
                            unsigned char secret[DEVICE_SECRET], struct pith_error *reterr);

/* ---- the two parts, each in a file of its own ---- */

enum pith_status security_key_make(const struct device_words *pin, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                                   struct pith_error *reterr);
enum pith_status security_key_ask(const struct device_words *pin, const unsigned char *record, size_t length,
                                  unsigned char secret[DEVICE_SECRET], struct pith_error *reterr);
enum pith_status tpm_make(const struct device_words *name, struct bytes *record, unsigned char secret[DEVICE_SECRET],
                          struct pith_error *reterr);
enum pith_status tpm_ask(const struct device_words *name, const unsigned char *record, size_t length,
                         unsigned char secret[DEVICE_SECRET], struct pith_error *reterr);

#endif
