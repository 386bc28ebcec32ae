/* mailing: what the mail bot is told by its config file (sections.h says how it is written). No secret stands in it, only where one does.
 *
 *   [server]
 *   url = https://pith.lab.example        # certificate = FILE, insecure = yes
 *   [smtp]
 *   url = smtp://mail.lab.example:587     # or smtps://
 *   from = "pith <pith@lab.example>"      # user, password-file, starttls, certificate, insecure, retries, timeout
 *   [mail]
 *   in-doubt = again                      # journal = FILE
 *   [reader "Ann"]
 *   address = ann@lab.example
 *   token-file = tokens/ann
 *
 * Names of files that begin with no slash are meant beside the config file; those of secrets, where systemd set CREDENTIALS_DIRECTORY,
 * there, with _ for a slash, as it names what it loads from a folder. */
#ifndef PITH_CLI_MAIL_MAIL_CONFIG_H
#define PITH_CLI_MAIL_MAIL_CONFIG_H

#include "cli/mail/transport.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { MAIL_CONFIG_MAX_READERS = 10000 };

/* What is done about a mail that was handed over while nothing was heard of it. */
enum mail_config_doubt { MAIL_CONFIG_AGAIN, MAIL_CONFIG_HOLD, MAIL_CONFIG_SENT };

struct mail_config_reader {
    char *name, *address, *token_file;
    size_t line;
};
struct mail_config {
    char *url, *certificate; /* of the service; certificate NULL: the system's */
    bool insecure;
    struct {
        char *url, *user, *password_file, *from, *certificate; /* user to password_file, certificate: NULL for none */
        enum transport_starttls starttls;
        bool insecure;
        unsigned retries, timeout; /* attempts after the first; seconds */
    } smtp;
    char *journal; /* NULL: the usual place */
    enum mail_config_doubt in_doubt;
    struct mail_config_reader *reader;
    size_t readers;
};
void mail_config_free(struct mail_config *mailing);
PITH_CLEANUP(struct mail_config, mail_config_free);

/* PITH_INPUT names file and line, and what was expected. */
enum pith_status mail_config_read(const char *path, struct mail_config **ret_mailing, struct pith_error *reterr);
/* "again", "hold", "sent". */
bool mail_config_doubt_from_text(const char *text, enum mail_config_doubt *ret_doubt);
/* The address alone of "Ann Lee <ann@lab.example>"; PITH_USAGE when it is longer than `size`. */
enum pith_status mail_config_bare(const char *address, char *bare, size_t size, struct pith_error *reterr);

#endif
