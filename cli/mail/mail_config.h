/* mailing: what the config file says of mail (config.h reads it, sections.h says how it is written). No secret stands in it, only where one
 * does.
 *
 *   [server]                              # none: digests come from this home
 *   url = https://pith.lab.example        # certificate = FILE, insecure = yes
 *   base-url = https://pith.lab.example   # that links in mails lead to; none: there are no links
 *   [smtp]
 *   url = smtp://mail.lab.example:587     # or smtps://
 *   from = "pith <pith@lab.example>"      # user, password-file, starttls, certificate, insecure, retries, timeout
 *   [mail]
 *   to = ann@lab.example                  # one's own digest; sendmail = PROGRAM or maildir = DIR in place of [smtp]
 *   in-doubt = again                      # journal = FILE, inbound = maildir:DIR or imaps://host/INBOX, reply-to = ADDRESS
 *   [reader "Ann"]
 *   address = ann@lab.example             # maildir = DIR in place of all that
 *   token-file = tokens/ann */
#ifndef PITH_CLI_MAIL_MAIL_CONFIG_H
#define PITH_CLI_MAIL_MAIL_CONFIG_H

#include "cli/mail/transport.h"
#include "cli/sections.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { MAIL_CONFIG_MAX_READERS = 10000, MAIL_CONFIG_INBOUND = 4200 /* bytes */ };

/* What is done about a mail that was handed over while nothing was heard of it. */
enum mail_config_doubt { MAIL_CONFIG_AGAIN, MAIL_CONFIG_HOLD, MAIL_CONFIG_SENT };

struct mail_config_reader {
    char *name, *address, *token_file;
    char *maildir; /* mails go there; NULL: as everybody's */
    size_t line;
};
struct mail_config {
    char *url, *certificate; /* of the service; url NULL: there is none; certificate NULL: the system's */
    char *base_url;          /* where readers reach it; NULL: nowhere */
    bool insecure;
    struct {
        char *url, *user, *password_file, *from, *certificate; /* user to password_file, certificate: NULL for none */
        enum transport_starttls starttls;
        bool insecure;
        unsigned retries, timeout; /* attempts after the first; seconds */
    } smtp;
    char *to, *token_file, *sendmail, *maildir; /* of [mail]; NULL for none. The token opens the profile for one's own digest */
    char *reply_to;                             /* where answers go; NULL: to whom the mail is from */
    struct {
        char *from;                 /* "maildir:DIR", "imaps://host/INBOX"; NULL: answers are not read */
        char *user, *password_file; /* of imap; NULL for none */
    } inbound;
    char *journal; /* NULL: the usual place */
    enum mail_config_doubt in_doubt;
    struct mail_config_reader *reader;
    size_t readers, cap;
};
void mail_config_free(struct mail_config *mailing);
PITH_CLEANUP(struct mail_config, mail_config_free);

enum pith_status mail_config_new(struct mail_config **ret_mailing, struct pith_error *reterr);
/* Takes a line of these sections; *ret_known false: it is of another. PITH_INPUT names file and line, and what was expected. */
enum pith_status mail_config_take(struct mail_config *mailing, const struct sections_line *line, bool *ret_known,
                                  struct pith_error *reterr);
/* That each reader is whole, and what goes together is there. */
enum pith_status mail_config_check(const struct mail_config *mailing, const char *path, struct pith_error *reterr);
/* That mails can be sent: everybody's (there are readers) or one's own. PITH_INPUT says what is missing. */
enum pith_status mail_config_check_sending(const struct mail_config *mailing, const char *path, bool everybody,
                                           struct pith_error *reterr);
/* "again", "hold", "sent". */
bool mail_config_doubt_from_text(const char *text, enum mail_config_doubt *ret_doubt);
/* Whether the text is one address, with or without a name. */
bool mail_config_is_address(const char *text);
/* The address alone of "Ann Lee <ann@lab.example>"; PITH_USAGE when it is longer than `size`. */
enum pith_status mail_config_bare(const char *address, char *bare, size_t size, struct pith_error *reterr);

#endif
