/* ticket: what a link in a mail stands for, as text that fits an address. Sealed under a key of the store, and the same each time it is
 * made: FORMAT.md, "Ticket". Pure: what it names may be gone. */
#ifndef PITH_ENGINE_DIGEST_TICKET_H
#define PITH_ENGINE_DIGEST_TICKET_H

#include "engine/crypto/vault.h"
#include "engine/store/store.h"
#include <pith/pith.h>

enum { TICKET_FIRST_DAY = 0, TICKET_LAST_DAY = 65535 /* that one can hold */ };

struct ticket {
    enum pith_ticket_kind kind;
    unsigned char profile[VAULT_ID];
    int64_t number;    /* of a thumb: the paper's in the store; of a reply: how many papers the digest has; else 0 */
    uint32_t paper;    /* of a thumb: tells whether the number still means that paper (ticket_paper) */
    int verdict;       /* of a thumb */
    int32_t day, last; /* within the days above */
};

/* Four bytes of the hash of a paper's key. */
uint32_t ticket_paper(const char *key);

void ticket_write(const unsigned char key[STORE_TICKET_KEY], const struct ticket *ticket, char text[PITH_TICKET_TEXT]);
/* `name`: 16 bytes that stand for it in the store and the inbox. PITH_NOT_FOUND for what is no ticket of this key. */
enum pith_status ticket_read(const unsigned char key[STORE_TICKET_KEY], const char *text, struct ticket *ret_ticket,
                             unsigned char name[STORE_TICKET], struct pith_error *reterr);

#endif
