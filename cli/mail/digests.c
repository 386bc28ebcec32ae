#include "cli/mail/digests.h"

#include <pith/json.h>
#include <pith/mail.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SECONDS = 120, URL = 2048 };

struct asking {
    const struct digests *from;
    struct delivery *delivery;
};

static const char not_pith[] = "the service does not answer as pith does: is its url right?";

/* ---- the service ---- */

/* Asks; what fails settles the delivery or leaves it pending, and *ret_body is NULL. */
static enum pith_status ask(const struct asking *asking, const char *method, const char *path, const char *body, char **ret_body,
                            size_t *ret_length, struct pith_error *reterr)
{
    const struct mail_config *mailing = asking->from->means->mailing;
    char url[URL];
    struct transport_receipt receipt;
    if (snprintf(url, sizeof url, "%s%s", mailing->url, path) >= (int)sizeof url)
        return pith_fail(reterr, PITH_USAGE, "an address of the service is longer than %d bytes", URL);
    const struct transport_request request = {.method = method,
                                              .url = url,
                                              .body = body,
                                              .token = asking->from->token->text,
                                              .token_length = asking->from->token->length,
                                              .certificate = mailing->certificate,
                                              .insecure = mailing->insecure,
                                              .seconds = ANSWER_SECONDS};
    enum pith_status status = transport_ask(asking->from->means->wire, &request, &receipt, ret_body, ret_length, reterr);
    if (!status && receipt.fate != TRANSPORT_DONE)
        delivery_settle(asking->delivery, receipt.fate == TRANSPORT_LATER ? DELIVERY_PENDING : DELIVERY_FAILED, receipt.reason);
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
static enum pith_status ask_state(const struct asking *asking, const char *state, bool *ret_done, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    char path[64], body[40], day[16];
    struct pith_error error;
    size_t length = 0;
    snprintf(path, sizeof path, "/v1/me/digests/%s", pith_day_text(asking->delivery->day, day));
    snprintf(body, sizeof body, "{\"state\":\"%s\"}", state);
    *ret_done = false;
    enum pith_status status = ask(asking, "PUT", path, body, &answer, &length, reterr);
    if (status || !answer)
        return status;
    *ret_done = read_state(asking->delivery, answer, length, &error) == PITH_OK;
    if (!*ret_done)
        delivery_settle(asking->delivery, DELIVERY_FAILED, not_pith);
    return PITH_OK;
}

/* The mail as the service makes it; NULL when there is none. */
static enum pith_status ask_mail(const struct asking *asking, char **ret_mail, size_t *ret_length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *from = NULL, *to = NULL, *reply_to = NULL;
    const struct mail_config *mailing = asking->from->means->mailing;
    char path[URL], day[16];
    *ret_mail = NULL;
    enum pith_status status = transport_escape(delivery_from(asking->from->means, asking->delivery->reader), &from, reterr);
    if (!status)
        status = transport_escape(asking->delivery->reader->address, &to, reterr);
    if (!status && mailing->reply_to)
        status = transport_escape(mailing->reply_to, &reply_to, reterr);
    if (status)
        return status;
    if (snprintf(path, sizeof path, "/v1/me/digest?date=%s&format=eml&from=%s&to=%s%s%s%s",
                 pith_day_text(asking->delivery->day, day), from, to, mailing->inbound.from ? "&answers=yes" : "",
                 reply_to ? "&reply_to=" : "", reply_to ? reply_to : "") >= (int)sizeof path)
        return pith_fail(reterr, PITH_USAGE, "an address of the service is longer than %d bytes", URL);
    return ask(asking, "GET", path, NULL, ret_mail, ret_length, reterr);
}

static enum pith_status ask_look(const struct asking *asking, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    struct delivery *delivery = asking->delivery;
    char path[64], day[16];
    size_t length = 0;
    snprintf(path, sizeof path, "/v1/me/digest?date=%s", pith_day_text(delivery->day, day));
    enum pith_status status = ask(asking, "GET", path, NULL, &answer, &length, reterr);
    if (!status && answer && read_state(delivery, answer, length, NULL))
        delivery_settle(delivery, DELIVERY_FAILED, not_pith);
    return status;
}

/* ---- this home ---- */

/* What another attempt does not mend, fails. */
static void give_up(struct delivery *delivery, const struct pith_error *error)
{
    delivery_settle(delivery, error->status == PITH_IO ? DELIVERY_PENDING : DELIVERY_FAILED, error->message);
}

static struct pith_form_request form_of(const struct digests *from, const struct delivery *delivery,
                                        const struct pith_digest *digest)
{
    const struct mail_config *mailing = from->means->mailing;
    return (struct pith_form_request){.size = sizeof(struct pith_form_request),
                                      .digest = digest,
                                      .form = PITH_FORM_MAIL,
                                      .base_url = mailing->base_url,
                                      .answers = mailing->inbound.from,
                                      .from = delivery_from(from->means, delivery->reader),
                                      .to = delivery->reader->address,
                                      .reply_to = mailing->reply_to};
}

static enum pith_status take_state(const struct digests *from, struct delivery *delivery, const struct pith_digest *digest,
                                   struct pith_error *reterr)
{
    const struct pith_form_request form = form_of(from, delivery, digest);
    char id[PITH_MESSAGE_ID];
    enum pith_status status = pith_message_id(&form, id, reterr);
    if (status)
        return status;
    snprintf(delivery->state, sizeof delivery->state, "%s", pith_json_digest_state(digest->state));
    snprintf(delivery->papers, sizeof delivery->papers, "%zu", digest->count);
    snprintf(delivery->inbox_message_id, sizeof delivery->inbox_message_id, "%s", id);
    return PITH_OK;
}

static enum pith_status own_state(const struct digests *from, struct delivery *delivery, const char *state, bool *ret_done,
                                  struct pith_error *reterr)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    struct pith *pith = from->means->pith;
    struct pith_error error;
    bool claims = strcmp(state, "claimed") == 0;
    enum pith_status status = claims ? pith_claim_digest(pith, delivery->day, from->means->now, &digest, &error)
                                     : pith_settle_digest(pith, delivery->day, &error);
    if (!status && !claims)
        status = pith_get_digest(pith, delivery->day, from->means->now, &digest, &error);
    *ret_done = !status;
    if (status)
        give_up(delivery, &error);
    return status ? PITH_OK : take_state(from, delivery, digest, reterr);
}

static enum pith_status own_look(const struct digests *from, struct delivery *delivery, struct pith_digest **ret_digest,
                                 struct pith_error *reterr)
{
    struct pith_error error;
    enum pith_status status = pith_get_digest(from->means->pith, delivery->day, from->means->now, ret_digest, &error);
    if (status)
        give_up(delivery, &error);
    return status ? PITH_OK : take_state(from, delivery, *ret_digest, reterr);
}

static enum pith_status own_mail(const struct digests *from, struct delivery *delivery, char **ret_mail, size_t *ret_length,
                                 struct pith_error *reterr)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    *ret_mail = NULL;
    enum pith_status status = own_look(from, delivery, &digest, reterr);
    if (status || !digest)
        return status;
    const struct pith_form_request form = form_of(from, delivery, digest);
    status = pith_write_digest(&form, ret_mail, reterr);
    if (!status)
        *ret_length = strlen(*ret_mail);
    return status;
}

/* ---- either ---- */

enum pith_status digests_put(const struct digests *from, struct delivery *delivery, const char *state, bool *ret_done,
                             struct pith_error *reterr)
{
    return from->means->pith ? own_state(from, delivery, state, ret_done, reterr)
                             : ask_state(&(struct asking){from, delivery}, state, ret_done, reterr);
}

enum pith_status digests_mail(const struct digests *from, struct delivery *delivery, char **ret_mail, size_t *ret_length,
                              struct pith_error *reterr)
{
    return from->means->pith ? own_mail(from, delivery, ret_mail, ret_length, reterr)
                             : ask_mail(&(struct asking){from, delivery}, ret_mail, ret_length, reterr);
}

enum pith_status digests_look(const struct digests *from, struct delivery *delivery, struct pith_error *reterr)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    return from->means->pith ? own_look(from, delivery, &digest, reterr) : ask_look(&(struct asking){from, delivery}, reterr);
}
