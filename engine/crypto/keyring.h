/* keyring: an unlocked key kept by the Linux kernel for a while, for this user, never in a file. The only file that includes
 * keyutils.
 *
 * The user keyring is taken: it outlives a terminal and is gone with the user's last process, at the latest. Who can run programs
 * as this user can read it, as they could read this process. */
#ifndef PITH_ENGINE_CRYPTO_KEYRING_H
#define PITH_ENGINE_CRYPTO_KEYRING_H

#include "engine/crypto/vault.h"
#include <pith/status.h>

/* Keeps the key for `seconds` (1 to KEYRING_LONGEST). PITH_IO, saying so, where the kernel offers no keyring (many containers). */
enum { KEYRING_LONGEST = 7 * 24 * 3600 };
enum pith_status keyring_put(const unsigned char profile[VAULT_ID], const struct vault_key *key, unsigned seconds,
                             struct pith_error *reterr);
/* PITH_NOT_FOUND when none is kept (any more), or no keyring is offered. */
enum pith_status keyring_get(const unsigned char profile[VAULT_ID], struct vault_key **ret_key, struct pith_error *reterr);
/* Ends it; nothing happens when none is kept. */
enum pith_status keyring_drop(const unsigned char profile[VAULT_ID], struct pith_error *reterr);

#endif
