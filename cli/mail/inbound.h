/* inbound: answers to digests, read where mail comes in: a maildir, or a folder of an IMAP server. Each votes once, however often it is read; what came of
 * it stands in its reader's next digest. */
#ifndef PITH_CLI_MAIL_INBOUND_H
#define PITH_CLI_MAIL_INBOUND_H

#include "cli/call.h"
#include "cli/mail/transport.h"

enum { INBOUND_MOST = 1 << 20 /* bytes of a mail */ };

/* What came of a mail. */
enum inbound_fate {
    INBOUND_COUNTED,
    INBOUND_KNOWN,  /* it was read before */
    INBOUND_UNUSED, /* no answer to a digest, or one that is not clear: left to people */
    INBOUND_LATER,  /* it could not be looked at now */
};

struct inbound {
    struct call *call;
    const struct mail_config *mailing;
    struct transport *wire; /* NULL where neither a service nor a server is asked */
    size_t counted, known, unused, later;
};

/* Reads what is new in `from`: "maildir:DIR" or "imaps://host/FOLDER", and prints a line each. PITH_IO when some is left for later. */
enum pith_status inbound_run(struct inbound *inbound, const char *from, struct pith_error *reterr);

/* Takes one mail; `name` is what it is called in the line. */
enum pith_status inbound_take(struct inbound *inbound, const char *name, const char *mail, size_t length,
                              enum inbound_fate *ret_fate, struct pith_error *reterr);

#endif
