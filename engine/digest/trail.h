/* trail: the papers that stand after one in a mail, as text that its links carry beside their ticket: their pages then offer the next
 * paper without the profile, which is locked and alone knows what was mailed. Sealed under the key of the store's tickets, for one reader and
 * one mail: FORMAT.md, "Ticket". Pure: what it names may be gone. */
#ifndef PITH_ENGINE_DIGEST_TRAIL_H
#define PITH_ENGINE_DIGEST_TRAIL_H

#include "engine/digest/ticket.h"

enum { TRAIL_MOST = 11 /* papers */ };

struct trail {
    struct {
        int64_t number; /* in the store */
        uint32_t paper; /* ticket_paper */
    } item[TRAIL_MOST];
    size_t count;
};
/* As text beside tickets of this profile and day; "" for no papers. */
void trail_write(const unsigned char key[STORE_TICKET_KEY], const struct ticket *beside, const struct trail *trail,
                 char text[PITH_TRAIL_TEXT]);
/* PITH_NOT_FOUND for what is no trail of this key, or of another reader or mail than the ticket. */
enum pith_status trail_read(const unsigned char key[STORE_TICKET_KEY], const struct ticket *beside, const char *text,
                            struct trail *ret_trail, struct pith_error *reterr);

#endif
