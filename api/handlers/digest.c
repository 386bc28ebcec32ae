/* The daily digest: as it is, as it is sent, what a reader wants of it, and answers to it. */
#include "api/routes.h"

#include "api/render/digest_html.h"
#include "api/render/digest_mail.h"
#include "api/render/digest_text.h"
#include <pith/json.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the digest ---- */

enum format { FORMAT_JSON, FORMAT_HTML, FORMAT_TEXT, FORMAT_MAIL };

static enum pith_status read_format(struct exchange *exchange, enum format *format)
{
    static const char *const names[] = {"json", "html", "text", "eml"};
    const char *value = target_parameter(exchange->request->target, "format");
    size_t i = 0;
    while (value && i < 4 && strcmp(names[i], value) != 0)
        i++;
    if (i == 4)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "format is to be json, html, text or eml");
    *format = (enum format)i;
    return PITH_OK;
}

/* `*ret_given` false: it did not come. */
static enum pith_status read_address(struct exchange *exchange, const char *name, enum format format,
                                     struct mail_format_address *address, bool *ret_given)
{
    struct pith_error error;
    const char *value = target_parameter(exchange->request->target, name);
    *ret_given = value != NULL;
    if (!value)
        return PITH_OK;
    if (format != FORMAT_MAIL)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s goes with format=eml", name);
    if (mail_format_read_address(value, address, &error))
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s: %s", name, error.message);
    return PITH_OK;
}

/* How the mail may be answered, as whoever sends it says. */
static enum pith_status read_answers(struct exchange *exchange, enum format format, struct base_url *base_url)
{
    const char *answers = target_parameter(exchange->request->target, "answers");
    struct mail_format_address reply_to = {0};
    bool given = false;
    *base_url = exchange->service->base_url;
    if (answers && strcmp(answers, "yes") != 0 && strcmp(answers, "no") != 0)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "answers is to be yes or no");
    base_url->answers = answers && strcmp(answers, "yes") == 0;
    enum pith_status status = read_address(exchange, "reply_to", format, &reply_to, &given);
    snprintf(base_url->reply_to, sizeof base_url->reply_to, "%s", reply_to.address);
    return status;
}

static enum pith_status render(const struct pith_digest *digest, const struct base_url *base_url, enum format format,
                               const struct mail_format_address *from, const struct mail_format_address *to, char **ret_text,
                               struct pith_error *reterr)
{
    switch (format) {
    case FORMAT_JSON: return pith_json_digest(digest, ret_text, reterr);
    case FORMAT_HTML: return digest_html(digest, base_url, ret_text, reterr);
    case FORMAT_TEXT: return digest_text(digest, base_url, ret_text, reterr);
    case FORMAT_MAIL: break;
    }
    return digest_mail(digest, base_url, from, to, ret_text, reterr);
}

enum pith_status digest_get(struct exchange *exchange, struct pith_error *reterr)
{
    static const char *const types[] = {TYPE_JSON, TYPE_HTML, TYPE_TEXT, TYPE_MAIL}; /* by format */
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    struct mail_format_address from, to;
    struct base_url base_url;
    enum format format = FORMAT_JSON;
    int32_t day = PITH_NO_DAY;
    bool has_from = false, has_to = false;
    char *text = NULL;
    enum pith_status status = read_format(exchange, &format);
    if (!status)
        status = exchange_day(exchange, "date", &day);
    if (!status)
        status = read_address(exchange, "from", format, &from, &has_from);
    if (!status)
        status = read_address(exchange, "to", format, &to, &has_to);
    if (!status)
        status = read_answers(exchange, format, &base_url);
    if (status)
        return status;
    status = pith_get_digest(exchange->pith, day, exchange->request->now, &digest, reterr);
    if (status)
        return status;
    status = render(digest, &base_url, format, has_from ? &from : NULL, has_to ? &to : NULL, &text, reterr);
    if (!status)
        reply_take(exchange->reply, 200, types[format], text);
    return status;
}

/* ---- sending it ---- */

static const struct exchange_member state_members[] = {{"state", EXCHANGE_TEXT, true}, {0}};

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static enum pith_status answer_state(struct exchange *exchange, const struct pith_digest *digest, struct pith_error *reterr)
{
    char day[16], id[DIGEST_MESSAGE_ID];
    bool kept = digest->state == PITH_DIGEST_CLAIMED || digest->state == PITH_DIGEST_SENT;
    digest_message_id(digest, &exchange->service->base_url, id);
    return exchange_document(exchange, 200,
                             json_pack("{s:s, s:s, s:o, s:I, s:o, s:o}", "date", pith_day_text(digest->day, day), "state",
                                       pith_json_digest_state(digest->state), "message_id", kept ? json_string(id) : json_null(),
                                       "papers", (json_int_t)digest->count, "chance", number(digest->chance), "expected",
                                       number(digest->expected)),
                             reterr);
}

enum pith_status digest_put(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = NULL;
    int64_t now = exchange->request->now;
    int32_t day = PITH_NO_DAY;
    enum pith_status status = exchange_body(exchange, state_members, &body);
    if (status)
        return status;
    if (!pith_day_from_text(exchange->part, &day))
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "a digest is named by its day, as YYYY-MM-DD");
    const char *state = exchange_text(body, "state");
    if (strcmp(state, "claimed") == 0) {
        status = pith_claim_digest(exchange->pith, day, now, &digest, reterr);
    } else if (strcmp(state, "sent") == 0) {
        status = pith_settle_digest(exchange->pith, day, reterr);
        if (!status)
            status = pith_get_digest(exchange->pith, day, now, &digest, reterr);
    } else {
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "state is to be claimed or sent");
    }
    return status ? status : answer_state(exchange, digest, reterr);
}

enum pith_status digest_list(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    size_t count = 0;
    char *json = NULL;
    enum pith_status status = pith_list_digests(exchange->pith, days, &count, reterr);
    if (!status)
        status = pith_json_digests(days, count, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

/* ---- settings ---- */

static const struct exchange_member settings_members[] = {{"mail", EXCHANGE_FLAG, false},      {"likes", EXCHANGE_NUMBER, false},
                                                          {"most", EXCHANGE_NUMBER, false},    {"cost", EXCHANGE_NUMBER, false},
                                                          {"explore", EXCHANGE_NUMBER, false}, {"missed", EXCHANGE_NUMBER, false},
                                                          {"announced", EXCHANGE_LIST, false}, {0}};

static enum pith_status answer_settings(struct exchange *exchange, const struct pith_settings *settings, struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_json_settings(settings, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status digest_settings(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_settings settings;
    enum pith_status status = pith_get_settings(exchange->pith, &settings, reterr);
    return status ? status : answer_settings(exchange, &settings, reterr);
}

/* A whole number that a setting can hold; the engine knows which ones make sense. Left as it was when it is not there. */
static enum pith_status take_count(struct exchange *exchange, const json_t *body, const char *name, unsigned *count)
{
    const json_t *value = json_object_get(body, name);
    if (!value)
        return PITH_OK;
    json_int_t whole = json_integer_value(value);
    if (!json_is_integer(value) || whole < 0 || whole > 1000000)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "\"%s\" is to be a whole number from 0 on", name);
    *count = (unsigned)whole;
    return PITH_OK;
}

static enum pith_status take_announced(struct exchange *exchange, const json_t *list, unsigned *announce)
{
    static const struct {
        const char *name;
        enum pith_announce announce;
    } known[] = {{"new", PITH_NEW}, {"cross", PITH_CROSS}, {"replaced", PITH_REPLACED}};
    unsigned read = 0;
    if (!list)
        return PITH_OK;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        size_t k = 0;
        while (k < 3 && (!name || strcmp(known[k].name, name) != 0))
            k++;
        if (k == 3)
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "announced lists new, cross or replaced");
        read |= known[k].announce;
    }
    if (!read)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "announced lists at least one of new, cross and replaced");
    *announce = read;
    return PITH_OK;
}

static enum pith_status take_settings(struct exchange *exchange, const json_t *body, struct pith_settings *settings)
{
    const json_t *mail = json_object_get(body, "mail"), *likes = json_object_get(body, "likes"),
                 *cost = json_object_get(body, "cost");
    settings->mail = mail ? json_is_true(mail) : settings->mail;
    settings->likes = likes ? json_number_value(likes) : settings->likes;
    settings->cost = cost ? json_number_value(cost) : settings->cost;
    enum pith_status status = take_count(exchange, body, "most", &settings->most);
    if (!status)
        status = take_count(exchange, body, "explore", &settings->explore);
    if (!status)
        status = take_count(exchange, body, "missed", &settings->missed);
    return status ? status : take_announced(exchange, json_object_get(body, "announced"), &settings->announce);
}

enum pith_status digest_put_settings(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    struct pith_settings settings;
    enum pith_status status = exchange_body(exchange, settings_members, &body);
    if (!status)
        status = pith_get_settings(exchange->pith, &settings, reterr);
    if (!status)
        status = take_settings(exchange, body, &settings);
    if (!status)
        status = pith_put_settings(exchange->pith, &settings, reterr);
    return status ? status : answer_settings(exchange, &settings, reterr);
}

/* ---- answers by mail ---- */

enum pith_status digest_answer(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_reply reply;
    char *json = NULL;
    enum pith_status status = pith_post_reply(exchange->pith, exchange->request->body, exchange->request->length,
                                              exchange_today(exchange), &reply, reterr);
    if (!status)
        status = pith_json_reply(&reply, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}
