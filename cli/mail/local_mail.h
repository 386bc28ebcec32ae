/* local_mail: a mail handed over on this machine: to the program sendmail, or into a maildir. Nothing is handed over but the whole mail. */
#ifndef PITH_CLI_MAIL_LOCAL_MAIL_H
#define PITH_CLI_MAIL_LOCAL_MAIL_H

#include "cli/mail/transport.h"

/* Runs `PROGRAM -t -i`, with the mail as its input: whom it goes to stands in its headers. Of `mail` only bytes and handing_over count. PITH_OK
 * for any fate; the status of handing_over when that failed. */
enum pith_status local_mail_send(const char *program, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                 struct pith_error *reterr);
/* Puts the mail in DIR/new, under a name made from its bytes: the same mail is there once, for as long as its reader keeps it. Folders are made
 * where they are missing. Likewise. */
enum pith_status local_mail_put(const char *folder, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                struct pith_error *reterr);
/* Where the program is: in PATH, /usr/sbin or /usr/lib; false: nowhere. */
bool local_mail_find(char path[4096]);

#endif
