/* imap: answers to digests in a folder of an IMAP server. What is not marked as answered is read; what was read is marked so, and flagged where people
 * are to look at it. A run that is killed reads again what it did not mark. */
#ifndef PITH_CLI_MAIL_IMAP_H
#define PITH_CLI_MAIL_IMAP_H

#include "cli/mail/inbound.h"

/* `url`: "imaps://host/FOLDER", or imap:// with STARTTLS; without TLS on this machine alone, unless [smtp]'s insecure says otherwise. */
enum pith_status imap_read(struct inbound *inbound, const char *url, struct pith_error *reterr);

#endif
