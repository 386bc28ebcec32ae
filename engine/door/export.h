/* export: a profile's JSON as it leaves the store: signed, compared with another.
 *
 * The signature is over the bytes of the file before it, so that any language can check it: FORMAT.md, "Exported profile". */
#ifndef PITH_ENGINE_DOOR_EXPORT_H
#define PITH_ENGINE_DOOR_EXPORT_H

#include "engine/crypto/vault.h"
#include <pith/pith.h>

/* Puts a signature at the end of the JSON object; the old text is wiped and freed. */
enum pith_status export_sign(const struct vault_key *key, char **json, struct pith_error *reterr);
/* *ret_signed false: there is no signature, and `signer` is left alone. PITH_CORRUPT when there is one and the text was changed. */
enum pith_status export_verify(const char *json, size_t length, bool *ret_signed, unsigned char signer[VAULT_SIGNER],
                               struct pith_error *reterr);
/* What changed from one export to another, signatures checked first. */
enum pith_status export_diff(const char *from, size_t from_length, const char *to, size_t to_length, struct pith_diff **ret_diff,
                             struct pith_error *reterr);

#endif
