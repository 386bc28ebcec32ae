#include "cli/mail/delivery.h"

#include "cli/files.h"
#include "cli/passphrase.h"
#include <pith/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SECONDS = 120, URL = 2048, ADDRESS = 320, LETTER = 4096 /* a file's name */ };

struct step { /* what every step of an attempt needs */
    const struct delivery_means *means;
    struct delivery *delivery;
    const struct passphrase *token;
    enum journal_event last; /* before this attempt */
    const char *folder;      /* of a rehearsal */
};

static const char not_pith[] = "the service does not answer as pith does: is its url right?";

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

static void settle(struct delivery *delivery, enum delivery_outcome outcome, const char *reason)
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

/* ---- the service ---- */

/* Asks; what fails settles the delivery or leaves it pending, and *ret_body is NULL. */
static enum pith_status ask(const struct step *step, const char *method, const char *path, const char *body, char **ret_body,
                            size_t *ret_length, struct pith_error *reterr)
{
    const struct mail_config *mailing = step->means->mailing;
    char url[URL];
    struct transport_receipt receipt;
    if (snprintf(url, sizeof url, "%s%s", mailing->url, path) >= (int)sizeof url)
        return pith_fail(reterr, PITH_USAGE, "an address of the service is longer than %d bytes", URL);
    const struct transport_request request = {.method = method,
                                              .url = url,
                                              .body = body,
                                              .token = step->token->text,
                                              .token_length = step->token->length,
                                              .certificate = mailing->certificate,
                                              .insecure = mailing->insecure,
                                              .seconds = ANSWER_SECONDS};
    enum pith_status status = transport_ask(step->means->wire, &request, &receipt, ret_body, ret_length, reterr);
    if (!status && receipt.fate != TRANSPORT_DONE)
        settle(step->delivery, receipt.fate == TRANSPORT_LATER ? DELIVERY_PENDING : DELIVERY_FAILED, receipt.reason);
    return status;
}

static enum pith_status read_state(struct delivery *delivery, const char *body, size_t length, struct pith_error *reterr)
{
    enum pith_status status = pith_json_member(body, length, "state", delivery->state, sizeof delivery->state, reterr);
    if (!status)
        status = pith_json_member(body, length, "message_id", delivery->inbox_message_id, sizeof delivery->inbox_message_id,
                                  reterr);
    if (!status)
        status = pith_json_member(body, length, "papers", delivery->papers, sizeof delivery->papers, reterr);
    if (!status && !*delivery->state)
        status = pith_fail(reterr, PITH_INPUT, "there is no state in it");
    return status;
}

/* Puts the digest into a state; *ret_done: the service has answered what it is in now. */
static enum pith_status put_state(const struct step *step, const char *state, bool *ret_done, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    char path[64], body[40], day[16];
    struct pith_error error;
    size_t length = 0;
    snprintf(path, sizeof path, "/v1/me/digests/%s", pith_day_text(step->delivery->day, day));
    snprintf(body, sizeof body, "{\"state\":\"%s\"}", state);
    *ret_done = false;
    enum pith_status status = ask(step, "PUT", path, body, &answer, &length, reterr);
    if (status || !answer)
        return status;
    *ret_done = read_state(step->delivery, answer, length, &error) == PITH_OK;
    if (!*ret_done)
        settle(step->delivery, DELIVERY_FAILED, not_pith);
    return PITH_OK;
}

/* The mail as the service makes it; NULL when there is none. */
static enum pith_status get_mail(const struct step *step, char **ret_mail, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *from = NULL, *to = NULL;
    char path[URL], day[16];
    *ret_mail = NULL;
    enum pith_status status = transport_escape(step->means->mailing->smtp.from, &from, reterr);
    if (!status)
        status = transport_escape(step->delivery->reader->address, &to, reterr);
    if (status)
        return status;
    if (snprintf(path, sizeof path, "/v1/me/digest?date=%s&format=eml&from=%s&to=%s", pith_day_text(step->delivery->day, day), from,
                 to) >= (int)sizeof path)
        return pith_fail(reterr, PITH_USAGE, "an address of the service is longer than %d bytes", URL);
    return ask(step, "GET", path, NULL, ret_mail, ret_length, reterr);
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
    enum pith_status status = put_state(step, "sent", &done, reterr);
    if (!status && done)
        status = note(step, JOURNAL_TOLD, NULL, reterr);
    if (!status && done)
        settle(step->delivery, outcome, "");
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
        settle(step->delivery, DELIVERY_FAILED, receipt->reason);
        return note(step, JOURNAL_REFUSED, receipt->reason, reterr);
    case TRANSPORT_LATER:
        settle(step->delivery, DELIVERY_PENDING, receipt->reason);
        return note(step, doubted ? JOURNAL_HANDING_OVER : JOURNAL_FAILED, receipt->reason, reterr);
    case TRANSPORT_IN_DOUBT: break;
    }
    settle(step->delivery, step->means->in_doubt == MAIL_CONFIG_HOLD ? DELIVERY_IN_DOUBT : DELIVERY_PENDING, receipt->reason);
    return PITH_OK;
}

static enum pith_status hand_over(struct step *step, const char *bytes, size_t length, struct pith_error *reterr)
{
    const struct mail_config *mailing = step->means->mailing;
    char from[ADDRESS], to[ADDRESS];
    struct transport_receipt receipt;
    enum pith_status status = mail_config_bare(mailing->smtp.from, from, sizeof from, reterr);
    if (!status)
        status = mail_config_bare(step->delivery->reader->address, to, sizeof to, reterr);
    if (status)
        return status;
    const struct transport_mail mail = {.url = mailing->smtp.url,
                                        .user = mailing->smtp.user,
                                        .password = step->means->password,
                                        .certificate = mailing->smtp.certificate,
                                        .starttls = mailing->smtp.starttls,
                                        .insecure = mailing->smtp.insecure,
                                        .seconds = mailing->smtp.timeout,
                                        .from = from,
                                        .to = to,
                                        .bytes = bytes,
                                        .length = length,
                                        .handing_over = handing_over,
                                        .handing_over_user = step};
    status = transport_send(step->means->wire, &mail, &receipt, reterr);
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
        status = get_mail(step, &mail, &length, reterr);
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
        settle(delivery, end, "");
        return step->last == JOURNAL_NOTHING || step->last == JOURNAL_TOLD ? PITH_OK : note(step, JOURNAL_TOLD, NULL, reterr);
    }
    if (step->last == JOURNAL_SENT)
        return tell(step, DELIVERY_TOLD, reterr);
    if (step->last == JOURNAL_HANDING_OVER && step->means->in_doubt == MAIL_CONFIG_SENT)
        return sent(step, DELIVERY_TOLD, reterr);
    if (step->last == JOURNAL_HANDING_OVER && step->means->in_doubt == MAIL_CONFIG_HOLD) {
        settle(delivery, DELIVERY_IN_DOUBT, "it was handed over, and whether it was taken is not known");
        return PITH_OK;
    }
    return send_claimed(step, reterr);
}

/* ---- attempts ---- */

static enum pith_status claim(struct step *step, struct pith_error *reterr)
{
    bool done;
    enum pith_status status = put_state(step, "claimed", &done, reterr);
    return status || !done ? status : proceed(step, reterr);
}

/* Opens the reader's token for one attempt. */
static enum pith_status with_token(struct step *step, enum pith_status (*run)(struct step *step, struct pith_error *reterr),
                                   struct pith_error *reterr)
{
    struct passphrase token;
    struct pith_error error;
    step->token = &token;
    enum pith_status status = passphrase_read_private(&token, step->delivery->reader->token_file, "token", &error);
    if (status)
        settle(step->delivery, DELIVERY_FAILED, error.message);
    status = status ? PITH_OK : run(step, reterr);
    passphrase_wipe(&token);
    return status;
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

static enum pith_status look(const struct step *step, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    struct delivery *delivery = step->delivery;
    char path[64], day[16];
    size_t length = 0;
    snprintf(path, sizeof path, "/v1/me/digest?date=%s", pith_day_text(delivery->day, day));
    enum pith_status status = ask(step, "GET", path, NULL, &answer, &length, reterr);
    if (!status && answer && read_state(delivery, answer, length, NULL))
        settle(delivery, DELIVERY_FAILED, not_pith);
    return status;
}

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
    enum pith_status status = look(step, reterr);
    if (status || !*step->delivery->state)
        return status;
    if (is_end(step->delivery->state, &end) && end != DELIVERY_BEFORE) {
        settle(step->delivery, end, "");
        return PITH_OK;
    }
    status = get_mail(step, &mail, &length, reterr);
    if (status || !mail)
        return status;
    name_letter(step, path);
    status = files_write_private(path, mail, length, true, reterr);
    if (!status)
        settle(step->delivery, DELIVERY_WRITTEN, path);
    return status;
}

enum pith_status delivery_rehearse(const struct delivery_means *means, struct delivery *delivery, const char *folder,
                                   struct pith_error *reterr)
{
    struct step step = {.means = means, .delivery = delivery, .folder = folder};
    return with_token(&step, write_letter, reterr);
}
