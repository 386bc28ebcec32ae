/* wire: the network, for the mail bot: a request to pith's service, a mail to a mail server, answers from one. The only file of the command line that
 * knows libcurl.
 *
 * http, https, smtp, smtps, imap and imaps alone; certificates are checked; no redirect is followed; no proxy is used. Without TLS, a token or a
 * password goes to this machine alone (the address that is connected to counts, whatever its name), unless `insecure` says otherwise.
 * Secrets stand in no error. */
#ifndef PITH_CLI_MAIL_TRANSPORT_H
#define PITH_CLI_MAIL_TRANSPORT_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

struct transport; /* connections kept for what comes next */
enum pith_status transport_new(struct transport **ret_wire, struct pith_error *reterr);
void transport_free(struct transport *wire);
PITH_CLEANUP(struct transport, transport_free);

/* What came of an attempt. */
enum transport_fate {
    TRANSPORT_DONE,     /* answered with 2xx; the mail server took the mail */
    TRANSPORT_LATER,    /* nothing was done, and another attempt may do better: no connection, busy, 4xx of a mail server */
    TRANSPORT_REFUSED,  /* nothing was done, and no other attempt will do better */
    TRANSPORT_IN_DOUBT, /* of a mail: handed over, but whether it was taken was not heard */
};
enum { TRANSPORT_REASON = 300 };
struct transport_receipt {
    enum transport_fate fate;
    char
        reason[TRANSPORT_REASON]; /* a sentence for people; "" when it is done. May quote the other end: print with terminal_text */
};

struct transport_request {
    const char *method, *url, *body; /* body NULL: none */
    const char *type;                /* of the body; NULL: JSON */
    const char *token;               /* a bearer's; NULL: none */
    size_t token_length;
    const char *certificate; /* a file of those trusted instead of the system's; NULL: none */
    bool insecure;
    unsigned seconds; /* for the whole answer */
};
/* *ret_body: the answer's, malloc'ed, with a NUL after it; NULL unless it is done. PITH_OK for any fate. */
enum pith_status transport_ask(struct transport *wire, const struct transport_request *request,
                               struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                               struct pith_error *reterr);

enum transport_starttls { TRANSPORT_REQUIRED, TRANSPORT_IF_OFFERED, TRANSPORT_NEVER };
struct transport_mail {
    const char *url;                  /* "smtp://host:587", "smtps://host" */
    const char *user, *password;      /* NULL: none */
    const char *certificate;          /* as above */
    enum transport_starttls starttls; /* of smtp */
    bool insecure;
    unsigned seconds;
    const char *from, *to; /* addresses without names */
    const char *bytes;     /* the mail, its lines ended by CR LF */
    size_t length;
    /* Called when all has been sent but the dot that hands the mail over; on failure that is not sent. */
    enum pith_status (*handing_over)(void *handing_over_user, struct pith_error *reterr);
    void *handing_over_user;
};
/* One attempt. PITH_OK for any fate; the status of `handing_over` when that failed. */
enum pith_status transport_send(struct transport *wire, const struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                struct pith_error *reterr);

struct transport_mailbox {
    const char *url; /* "imaps://host/FOLDER", with ";UID=5" behind it of one mail; "imap://…" with STARTTLS where it is offered */
    const char *command;         /* of IMAP; NULL: fetch the mail that the url names */
    const char *user, *password; /* NULL: none */
    const char *certificate;     /* as above */
    bool insecure;
    unsigned seconds;
};
/* *ret_body: what the server said, or the mail; malloc'ed, with a NUL after it; NULL for nothing. PITH_OK for any fate. */
enum pith_status transport_read(struct transport *wire, const struct transport_mailbox *mailbox,
                                struct transport_receipt *ret_receipt, char **ret_body, size_t *ret_length,
                                struct pith_error *reterr);

/* `text` as it may stand in a query; malloc'ed. */
enum pith_status transport_escape(const char *text, char **ret_escaped, struct pith_error *reterr);

#endif
