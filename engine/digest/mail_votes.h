/* mail_votes: a mail that answers a digest, read: votes by number, and the ticket that names the digest.
 *
 * A line of votes holds nothing but votes: "1+ 4- 7+", with blanks or commas between them, and blanks before a sign or not. What the mail
 * quotes is not read (reply_quotes), nor is a mail that a program wrote. A line that could be votes but is not clear is an error, never a
 * guess; so is a number that the digest does not have, or one voted both ways.
 */
#ifndef PITH_ENGINE_DIGEST_MAIL_VOTES_H
#define PITH_ENGINE_DIGEST_MAIL_VOTES_H

#include "engine/digest/ticket.h"
#include <pith/pith.h>

/* The ticket of a reply in In-Reply-To, References (the last first) or Subject, wherever it stands there. PITH_INPUT when it is no mail,
 * PITH_NOT_FOUND for a mail without a ticket of this key. */
enum pith_status reply_ticket(const unsigned char key[STORE_TICKET_KEY], const char *mail, size_t length, struct ticket *ret_ticket,
                              struct pith_error *reterr);

/* The votes in a mail on a digest of so many papers, in order of number, into `vote` and `votes`. PITH_INPUT when there are none, for a
 * mail that a program wrote, or what is wrong with one. */
enum pith_status reply_votes(const char *mail, size_t length, size_t papers, struct pith_reply *reply, struct pith_error *reterr);

#endif
