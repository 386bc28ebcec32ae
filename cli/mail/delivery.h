/* delivery: one digest to one reader: claimed, written, handed over, and settled, each step in the journal first. digests.h says where it comes
 * from; it goes to a mail server, to the program sendmail or into a maildir.
 *
 * SMTP cannot tell whether a mail was taken when the answer to its last dot is lost. Until that dot, a killed delivery has sent nothing and
 * begins anew; after the answer, it is never sent again; between them it is in doubt, and sent again as the same mail under the same
 * Message-ID, unless the config says otherwise. */
#ifndef PITH_CLI_MAIL_DELIVERY_H
#define PITH_CLI_MAIL_DELIVERY_H

#include "cli/mail/journal.h"
#include "cli/mail/mail_config.h"
#include "cli/mail/transport.h"

#include <stdint.h>

enum delivery_outcome {
    DELIVERY_PENDING, /* another attempt may do better */
    DELIVERY_SENT,
    DELIVERY_AGAIN,    /* sent, and an earlier hand-over was in doubt */
    DELIVERY_TOLD,     /* an earlier run had sent it; the service knows now */
    DELIVERY_BEFORE,   /* it was sent before */
    DELIVERY_HELD,     /* not worth an interruption */
    DELIVERY_OFF,      /* the reader wants no mail */
    DELIVERY_WRITTEN,  /* to a file */
    DELIVERY_IN_DOUBT, /* left to the operator */
    DELIVERY_FAILED,
};
/* "sent", "sent again", "told", …; static. */
const char *delivery_outcome_name(enum delivery_outcome outcome);

enum { DELIVERY_ID = 512, DELIVERY_STATE = 16 };
struct delivery {
    const struct mail_config_reader *reader;
    int32_t day;
    enum delivery_outcome outcome;
    char state[DELIVERY_STATE], inbox_message_id[DELIVERY_ID], papers[16]; /* as the service says; "" before it did */
    char reason[TRANSPORT_REASON];                                         /* of what failed last; "" for nothing */
};

/* What deliveries share. Borrowed. */
struct delivery_means {
    const struct mail_config *mailing;
    struct pith
        *pith; /* the home that digests come from, open by a reader's key or opened by each one's token; NULL: the service */
    const char *sendmail; /* mails go through this program; NULL: to the mail server */
    enum mail_config_doubt in_doubt;
    struct transport *wire;
    struct journal *journal;
    const char *password; /* of the mail server; NULL: none */
    int64_t now;
};

/* One attempt; what came of it is the outcome. A failure is one of the bot's own (its journal, memory), and ends the run. */
enum pith_status delivery_attempt(const struct delivery_means *means, struct delivery *delivery, struct pith_error *reterr);
/* Writes the mail to the file FOLDER/DATE-READER.eml instead; claims and sends nothing, and keeps no journal. */
enum pith_status delivery_rehearse(const struct delivery_means *means, struct delivery *delivery, const char *folder,
                                   struct pith_error *reterr);
/* How it ends, or why it waits. */
void delivery_settle(struct delivery *delivery, enum delivery_outcome outcome, const char *reason);
/* Whom a mail to this reader is from; NULL: nobody is named. Borrowed. */
const char *delivery_from(const struct delivery_means *means, const struct mail_config_reader *reader);
/* No more attempts: what is pending has failed, or is in doubt. */
void delivery_give_up(const struct delivery_means *means, struct delivery *delivery);

#endif
