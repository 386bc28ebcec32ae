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
#ifndef PITH_MAILING_H
#define PITH_MAILING_H

#include "../engine/status.h"
#include "wire.h"

#include <stdbool.h>
#include <stddef.h>

enum { MAILING_MAX_READERS = 10000 };

/* What is done about a mail that was handed over while nothing was heard of it. */
enum mailing_doubt { MAILING_AGAIN, MAILING_HOLD, MAILING_SENT };

struct mailing_reader {
    char *name, *address, *token_file;
    size_t line;
};
struct mailing {
    char *url, *certificate; /* of the service; certificate NULL: the system's */
    bool insecure;
    struct {
        char *url, *user, *password_file, *from, *certificate; /* user to password_file, certificate: NULL for none */
        enum wire_starttls starttls;
        bool insecure;
        unsigned retries, timeout; /* attempts after the first; seconds */
    } smtp;
    char *journal; /* NULL: the usual place */
    enum mailing_doubt in_doubt;
    struct mailing_reader *reader;
    size_t readers;
};
void mailing_free(struct mailing *mailing);
PITH_CLEANUP(struct mailing, mailing_free);

/* PITH_INPUT names file and line, and what was expected. */
enum pith_status mailing_read(const char *path, struct mailing **ret_mailing, struct pith_error *reterr);
/* "again", "hold", "sent". */
bool mailing_doubt_from_text(const char *text, enum mailing_doubt *ret_doubt);
/* The address alone of "Ann Lee <ann@lab.example>"; PITH_USAGE when it is longer than `size`. */
enum pith_status mailing_bare(const char *address, char *bare, size_t size, struct pith_error *reterr);

#endif
