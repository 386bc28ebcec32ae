#include "cli/mail/delivery.h"

#include "cli/files.h"
#include "cli/mail/digests.h"
#include "cli/mail/local_mail.h"
#include "cli/passphrase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS = 320, LETTER = 4096 /* a file's name */ };

struct step { /* what every step of an attempt needs */
    const struct delivery_means *means;
    struct delivery *delivery;
    struct digests digests;
    enum journal_event last; /* before this attempt */
    const char *folder;      /* of a rehearsal */
};

const char *delivery_outcome_name(enum delivery_outcome outcome)
{
    static const char *const names[] = {
        [DELIVERY_PENDING] = "pending", [DELIVERY_SENT] = "sent",          [DELIVERY_AGAIN] = "sent again",
        [DELIVERY_TOLD] = "told",       [DELIVERY_BEFORE] = "sent before", [DELIVERY_HELD] = "held",
        [DELIVERY_OFF] = "off",         [DELIVERY_WRITTEN] = "written",    [DELIVERY_IN_DOUBT] = "in doubt",
        [DELIVERY_FAILED] = "failed",
    };
    return names[outcome];
}

void delivery_settle(struct delivery *delivery, enum delivery_outcome outcome, const char *reason)
{
    delivery->outcome = outcome;
    snprintf(delivery->reason, sizeof delivery->reason, "%.299s", reason);
}

static enum pith_status note(const struct step *step, enum journal_event event, const char *reason, struct pith_error *reterr)
{
    const struct delivery *delivery = step->delivery;
    const struct journal_entry entry = {.day = delivery->day,
                                        .reader = delivery->reader->name,
                                        .event = event,
                                        .inbox_message_id = *delivery->inbox_message_id ? delivery->inbox_message_id : NULL,
                                        .reason = reason};
    return journal_put(step->means->journal, &entry, step->means->now, reterr);
}

/* ---- sending ---- */

static enum pith_status handing_over(void *user, struct pith_error *reterr)
{
    return note(user, JOURNAL_HANDING_OVER, NULL, reterr);
}

/* It was sent: the service is to know, now or at the next attempt. */
static enum pith_status tell(const struct step *step, enum delivery_outcome outcome, struct pith_error *reterr)
{
    bool done;
    enum pith_status status = digests_put(&step->digests, step->delivery, "sent", &done, reterr);
    if (!status && done)
        status = note(step, JOURNAL_TOLD, NULL, reterr);
    if (!status && done)
        delivery_settle(step->delivery, outcome, "");
    return status;
}

static enum pith_status sent(const struct step *step, enum delivery_outcome outcome, struct pith_error *reterr)
{
    enum pith_status status = note(step, JOURNAL_SENT, NULL, reterr);
    return status ? status : tell(step, outcome, reterr);
}

/* A doubt that an earlier attempt left stays in the journal whatever comes of later ones, but for their success or refusal. */
static enum pith_status conclude(const struct step *step, const struct transport_receipt *receipt, struct pith_error *reterr)
{
    bool doubted = step->last == JOURNAL_HANDING_OVER;
    switch (receipt->fate) {
    case TRANSPORT_DONE: return sent(step, doubted ? DELIVERY_AGAIN : DELIVERY_SENT, reterr);
    case TRANSPORT_REFUSED:
        delivery_settle(step->delivery, DELIVERY_FAILED, receipt->reason);
        return note(step, JOURNAL_REFUSED, receipt->reason, reterr);
    case TRANSPORT_LATER:
        delivery_settle(step->delivery, DELIVERY_PENDING, receipt->reason);
        return note(step, doubted ? JOURNAL_HANDING_OVER : JOURNAL_FAILED, receipt->reason, reterr);
    case TRANSPORT_IN_DOUBT: break;
    }
    delivery_settle(step->delivery, step->means->in_doubt == MAIL_CONFIG_HOLD ? DELIVERY_IN_DOUBT : DELIVERY_PENDING,
                    receipt->reason);
    return PITH_OK;
}

static enum pith_status send_by_smtp(struct step *step, struct transport_mail *mail, struct transport_receipt *ret_receipt,
                                     struct pith_error *reterr)
{
    const struct mail_config *mailing = step->means->mailing;
    char from[ADDRESS], to[ADDRESS];
    enum pith_status status = mail_config_bare(delivery_from(step->means, step->delivery->reader), from, sizeof from, reterr);
    if (!status)
        status = mail_config_bare(step->delivery->reader->address, to, sizeof to, reterr);
    if (status)
        return status;
    mail->url = mailing->smtp.url;
    mail->user = mailing->smtp.user;
    mail->password = step->means->password;
    mail->certificate = mailing->smtp.certificate;
    mail->starttls = mailing->smtp.starttls;
    mail->insecure = mailing->smtp.insecure;
    mail->seconds = mailing->smtp.timeout;
    mail->from = from;
    mail->to = to;
    return transport_send(step->means->wire, mail, ret_receipt, reterr);
}

static enum pith_status hand_over(struct step *step, const char *bytes, size_t length, struct pith_error *reterr)
{
    const char *maildir = step->delivery->reader->maildir, *sendmail = step->means->sendmail;
    struct transport_receipt receipt;
    struct transport_mail mail = {.bytes = bytes, .length = length, .handing_over = handing_over, .handing_over_user = step};
    enum pith_status status = maildir    ? local_mail_put(maildir, &mail, &receipt, reterr)
                              : sendmail ? local_mail_send(sendmail, &mail, &receipt, reterr)
                                         : send_by_smtp(step, &mail, &receipt, reterr);
    return status ? status : conclude(step, &receipt, reterr);
}

static enum pith_status send_claimed(struct step *step, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *mail = NULL;
    size_t length = 0;
    enum pith_status status = PITH_OK;
    if (step->last != JOURNAL_HANDING_OVER)
        status = note(step, JOURNAL_CLAIMED, NULL, reterr);
    if (!status)
        status = digests_mail(&step->digests, step->delivery, &mail, &length, reterr);
    return status || !mail ? status : hand_over(step, mail, length, reterr);
}

/* States in which nothing is to be sent. */
static bool is_end(const char *state, enum delivery_outcome *ret_outcome)
{
    static const struct {
        const char *state;
        enum delivery_outcome outcome;
    } ends[] = {{"sent", DELIVERY_BEFORE}, {"held", DELIVERY_HELD}, {"off", DELIVERY_OFF}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(state, ends[i].state) == 0) {
            *ret_outcome = ends[i].outcome;
            return true;
        }
    return false;
}

/* By what the service says the digest's state is, and what the journal knows beyond that. */
static enum pith_status proceed(struct step *step, struct pith_error *reterr)
{
    struct delivery *delivery = step->delivery;
    enum delivery_outcome end;
    if (is_end(delivery->state, &end)) {
        delivery_settle(delivery, end, "");
        return step->last == JOURNAL_NOTHING || step->last == JOURNAL_TOLD ? PITH_OK : note(step, JOURNAL_TOLD, NULL, reterr);
    }
    if (step->last == JOURNAL_SENT)
        return tell(step, DELIVERY_TOLD, reterr);
    if (step->last == JOURNAL_HANDING_OVER && step->means->in_doubt == MAIL_CONFIG_SENT)
        return sent(step, DELIVERY_TOLD, reterr);
    if (step->last == JOURNAL_HANDING_OVER && step->means->in_doubt == MAIL_CONFIG_HOLD) {
        delivery_settle(delivery, DELIVERY_IN_DOUBT, "it was handed over, and whether it was taken is not known");
        return PITH_OK;
    }
    return send_claimed(step, reterr);
}

/* ---- attempts ---- */

static enum pith_status claim(struct step *step, struct pith_error *reterr)
{
    bool done;
    enum pith_status status = digests_put(&step->digests, step->delivery, "claimed", &done, reterr);
    return status || !done ? status : proceed(step, reterr);
}

/* Opens the reader's token for one attempt, and with it the profile, where digests come from this home. Without one the profile is open. */
static enum pith_status with_token(struct step *step, enum pith_status (*run)(struct step *step, struct pith_error *reterr),
                                   struct pith_error *reterr)
{
    struct pith *pith = step->means->pith;
    const char *file = step->delivery->reader->token_file;
    struct passphrase token = {0};
    struct pith_error error;
    enum pith_status status = file ? passphrase_read_private(&token, file, "token", &error) : PITH_OK;
    if (!status && file && pith)
        status = pith_unlock(pith, PITH_TOKEN, token.text, token.length, step->means->now, &error);
    step->digests = (struct digests){.means = step->means, .token = &token};
    if (status)
        delivery_settle(step->delivery, DELIVERY_FAILED, error.message);
    status = status ? PITH_OK : run(step, reterr);
    passphrase_wipe(&token);
    return status;
}

const char *delivery_from(const struct delivery_means *means, const struct mail_config_reader *reader)
{
    return means->mailing->smtp.from ? means->mailing->smtp.from : reader->address;
}

enum pith_status delivery_attempt(const struct delivery_means *means, struct delivery *delivery, struct pith_error *reterr)
{
    struct step step = {
        .means = means, .delivery = delivery, .last = journal_last(means->journal, delivery->day, delivery->reader->name)};
    return with_token(&step, claim, reterr);
}

void delivery_give_up(const struct delivery_means *means, struct delivery *delivery)
{
    if (delivery->outcome == DELIVERY_PENDING)
        delivery->outcome = means->journal &&
                                    journal_last(means->journal, delivery->day, delivery->reader->name) == JOURNAL_HANDING_OVER
                                ? DELIVERY_IN_DOUBT
                                : DELIVERY_FAILED;
}

/* ---- without sending ---- */

/* A name that is a file's everywhere. */
static void name_letter(const struct step *step, char path[LETTER])
{
    char day[16];
    int start = snprintf(path, LETTER, "%.*s/%s-", LETTER - 300, step->folder, pith_day_text(step->delivery->day, day));
    snprintf(path + start, (size_t)(LETTER - start), "%s.eml", step->delivery->reader->name);
    for (char *at = path + start; *at; at++)
        if (strchr("/\\:*?\"<>| ", *at) || (unsigned char)*at < ' ')
            *at = '_';
}

static enum pith_status write_letter(struct step *step, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *mail = NULL;
    char path[LETTER];
    enum delivery_outcome end;
    size_t length = 0;
    enum pith_status status = digests_look(&step->digests, step->delivery, reterr);
    if (status || !*step->delivery->state)
        return status;
    if (is_end(step->delivery->state, &end) && end != DELIVERY_BEFORE) {
        delivery_settle(step->delivery, end, "");
        return PITH_OK;
    }
    status = digests_mail(&step->digests, step->delivery, &mail, &length, reterr);
    if (status || !mail)
        return status;
    name_letter(step, path);
    status = files_write_private(path, mail, length, true, reterr);
    if (!status)
        delivery_settle(step->delivery, DELIVERY_WRITTEN, path);
    return status;
}

enum pith_status delivery_rehearse(const struct delivery_means *means, struct delivery *delivery, const char *folder,
                                   struct pith_error *reterr)
{
    struct step step = {.means = means, .delivery = delivery, .folder = folder};
    return with_token(&step, write_letter, reterr);
}
