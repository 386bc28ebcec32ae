#include "cli/mail/imap.h"

#include "cli/passphrase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS = 60, MOST_MAILS = 10000, COMMAND = 80, URL = 2200 };

struct reading {
    struct inbound *inbound;
    struct transport_mailbox mailbox;
    const char *url;
};

static enum pith_status refuse(const struct transport_receipt *receipt, struct pith_error *reterr)
{
    return receipt->fate == TRANSPORT_DONE ? PITH_OK : pith_fail(reterr, PITH_IO, "%s", receipt->reason);
}

/* One command; *ret_body is what was said, malloc'ed. */
static enum pith_status ask(struct reading *reading, const char *url, const char *command, char **ret_body, size_t *ret_length,
                            struct pith_error *reterr)
{
    struct transport_receipt receipt;
    reading->mailbox.url = url;
    reading->mailbox.command = command;
    enum pith_status status = transport_read(reading->inbound->wire, &reading->mailbox, &receipt, ret_body, ret_length, reterr);
    return status ? status : refuse(&receipt, reterr);
}

static enum pith_status mark(struct reading *reading, unsigned long number, enum inbound_fate fate, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *said = NULL;
    char command[COMMAND];
    size_t length;
    snprintf(command, sizeof command, "UID STORE %lu +FLAGS (\\Answered%s)", number, fate == INBOUND_UNUSED ? " \\Flagged" : "");
    return fate == INBOUND_LATER ? PITH_OK : ask(reading, reading->url, command, &said, &length, reterr);
}

static enum pith_status take(struct reading *reading, unsigned long number, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *mail = NULL;
    char url[URL], name[32];
    enum inbound_fate fate;
    size_t length = 0;
    snprintf(url, sizeof url, "%.2000s;UID=%lu", reading->url, number);
    snprintf(name, sizeof name, "mail %lu", number);
    enum pith_status status = ask(reading, url, NULL, &mail, &length, reterr);
    if (!status)
        status = inbound_take(reading->inbound, name, mail ? mail : "", length, &fate, reterr);
    return status ? status : mark(reading, number, fate, reterr);
}

/* "* SEARCH 3 5 8": each in turn. */
static enum pith_status take_each(struct reading *reading, const char *found, struct pith_error *reterr)
{
    const char *at = found ? strstr(found, "SEARCH") : NULL;
    enum pith_status status = PITH_OK;
    if (!at)
        return PITH_OK;
    at += strlen("SEARCH");
    for (size_t count = 0; !status && count < MOST_MAILS; count++) {
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        if (end == at || !number)
            break;
        at = end;
        status = take(reading, number, reterr);
    }
    return status;
}

enum pith_status imap_read(struct inbound *inbound, const char *url, struct pith_error *reterr)
{
    const struct mail_config *mailing = inbound->mailing;
    PITH_AUTO(pith_free_p) char *found = NULL;
    struct passphrase password = {0};
    struct reading reading = {.inbound = inbound,
                              .url = url,
                              .mailbox = {.user = mailing->inbound.user,
                                          .certificate = mailing->smtp.certificate,
                                          .insecure = mailing->smtp.insecure,
                                          .seconds = SECONDS}};
    size_t length = 0;
    enum pith_status status = mailing->inbound.password_file
                                  ? passphrase_read_private(&password, mailing->inbound.password_file, "password", reterr)
                                  : PITH_OK;
    password.text[password.length] = '\0';
    reading.mailbox.password = password.length ? password.text : NULL;
    if (!status)
        status = ask(&reading, url, "UID SEARCH UNANSWERED", &found, &length, reterr);
    if (!status)
        status = take_each(&reading, found, reterr);
    passphrase_wipe(&password);
    return status;
}
