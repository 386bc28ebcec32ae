/* digest_mail: a digest as a mail: text and HTML, and the headers that say what it is and how to be rid of it (RFC 8058, 2919, 3834). The
 * same digest is the same mail, byte for byte. Printable ASCII, lines ending in CRLF. */
#ifndef PITH_API_RENDER_DIGEST_MAIL_H
#define PITH_API_RENDER_DIGEST_MAIL_H

#include "api/base_url.h"
#include "api/render/mail_format.h"
#include <pith/pith.h>

enum { DIGEST_MESSAGE_ID = PITH_TICKET_TEXT + SITE_BASE + 4 };

/* "<…@HOST>": the ticket that names the digest in answers to it. */
void digest_message_id(const struct pith_digest *digest, const struct base_url *base_url, char id[DIGEST_MESSAGE_ID]);
/* `from` NULL: pith at the site's host; `recipient` NULL: nobody is named. malloc'ed. */
enum pith_status digest_mail(const struct pith_digest *digest, const struct base_url *base_url,
                             const struct mail_format_address *from, const struct mail_format_address *recipient, char **ret_mail,
                             struct pith_error *reterr);

#endif
