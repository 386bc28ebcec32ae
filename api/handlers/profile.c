/* A reader's profile as a whole: what it is, its export, its tokens. */
#include "api/routes.h"

#include <pith/json.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *scope_list(unsigned scopes)
{
    static const char *const names[] = {"rank", "vote", "export", "manage"}; /* in order of pith_scope's bits */
    json_t *list = json_array();
    for (size_t i = 0; i < 4; i++)
        if (scopes & 1U << i)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *day(int32_t value)
{
    char buffer[16];
    return value == PITH_NO_DAY ? json_null() : json_string(pith_day_text(value, buffer));
}

enum pith_status profile_summary(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_summary summary;
    enum pith_status status = pith_summarise(exchange->pith, &summary, reterr);
    if (status)
        return status;
    unsigned scopes = pith_scopes(exchange->pith);
    json_t *given = summary.given ? json_pack("{s:I, s:I}", "votes", (json_int_t)summary.given, "liked", (json_int_t)summary.liked)
                                  : json_null();
    json_t *votes = json_pack("{s:I, s:I, s:I, s:I}", "up", (json_int_t)summary.ups, "down", (json_int_t)summary.downs, "pairs",
                              (json_int_t)summary.pairs, "seeds", (json_int_t)summary.seeds);
    return exchange_document(exchange, 200,
                             json_pack("{s:o, s:o, s:o, s:s, s:I, s:I, s:o, s:o}", "scopes", scope_list(scopes), "votes", votes,
                                       "given", given, "digest", summary.digest, "papers", (json_int_t)summary.papers, "days",
                                       (json_int_t)summary.days, "first_day", day(summary.first_day), "last_day",
                                       day(summary.last_day)),
                             reterr);
}

enum pith_status profile_export(struct exchange *exchange, struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_export(exchange->pith, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

/* ---- tokens ---- */

enum pith_status profile_tokens(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    char *json = NULL;
    enum pith_status status = pith_list_keys(exchange->pith, &keys, reterr);
    if (status)
        return status;
    struct pith_keys tokens = {pith_calloc(keys->count ? keys->count : 1, sizeof *tokens.item), 0};
    if (!tokens.item)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < keys->count; i++)
        if (keys->item[i].way == PITH_TOKEN && !keys->item[i].damaged)
            tokens.item[tokens.count++] = keys->item[i];
    status = pith_json_keys(&tokens, &json, reterr);
    free(tokens.item);
    return status ? status : exchange_json(exchange, 200, json);
}

static const struct exchange_member token_members[] = {
    {"label", EXCHANGE_TEXT, true}, {"scopes", EXCHANGE_LIST, true}, {"until", EXCHANGE_TEXT, false}, {0}};

enum pith_status profile_add_token(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN};
    char *json = NULL;
    enum pith_status status = exchange_body(exchange, token_members, &body);
    if (!status)
        status = exchange_scopes(exchange, json_object_get(body, "scopes"), &request.scopes);
    if (!status)
        status = exchange_expires(exchange, exchange_text(body, "until"), &request.expires);
    if (status)
        return status;
    request.label = exchange_text(body, "label");
    status = pith_put_key(exchange->pith, &request, &secret, reterr);
    if (!status)
        status = pith_json_secret(secret, &json, reterr);
    return status ? status : exchange_json(exchange, 201, json);
}

enum pith_status profile_revoke_token(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    char *end;
    int64_t slot = strtoll(exchange->part, &end, 10);
    enum pith_status status = pith_list_keys(exchange->pith, &keys, reterr);
    for (size_t i = 0; !status && !*end && i < keys->count; i++)
        if (keys->item[i].slot == slot && keys->item[i].way == PITH_TOKEN) {
            status = pith_revoke_key(exchange->pith, slot, reterr);
            return status ? status : exchange_nothing(exchange);
        }
    return status ? status : pith_fail(reterr, PITH_NOT_FOUND, "there is no token in slot %s", exchange->part);
}
