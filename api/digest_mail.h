/* digest_mail: a digest as a mail: text and HTML, and the headers that say what it is and how to be rid of it (RFC 8058, 2919, 3834). The
 * same digest is the same mail, byte for byte. Printable ASCII, lines ending in CRLF. */
#ifndef PITH_API_DIGEST_MAIL_H
#define PITH_API_DIGEST_MAIL_H

#include "../engine/pith.h"
#include "letter.h"
#include "site.h"

enum { DIGEST_MESSAGE_ID = PITH_TICKET_TEXT + SITE_BASE + 4 };

/* "<…@HOST>": the ticket that names the digest in answers to it. */
void digest_message_id(const struct pith_digest *digest, const struct site *site, char id[DIGEST_MESSAGE_ID]);
/* `from` NULL: pith at the site's host; `recipient` NULL: nobody is named. malloc'ed. */
enum pith_status digest_mail(const struct pith_digest *digest, const struct site *site, const struct letter_address *from,
                             const struct letter_address *recipient, char **ret_mail, struct pith_error *reterr);

#endif
