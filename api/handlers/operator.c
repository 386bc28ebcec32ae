/* What the operator may: make and erase readers, bring in listings. Never what is in a profile. */
#include "api/routes.h"

#include <pith/json.h>

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct exchange_member reader_members[] = {{"name", EXCHANGE_TEXT, true},
                                                        {"label", EXCHANGE_TEXT, false},
                                                        {"scopes", EXCHANGE_LIST, false},
                                                        {"until", EXCHANGE_TEXT, false},
                                                        {0}};

/* The first token of a profile that was just made, by its recovery code. */
static enum pith_status first_token(struct exchange *exchange, const struct pith_secret *code,
                                    const struct pith_key_request *request, struct pith_secret **ret_token,
                                    struct pith_error *reterr)
{
    assert(code);
    enum pith_status status = pith_unlock(exchange->pith, PITH_RECOVERY_CODE, code->text, strlen(code->text),
                                          exchange->request->now, reterr);
    return status ? status : pith_put_key(exchange->pith, request, ret_token, reterr);
}

enum pith_status operator_create_reader(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_secret_free_p) struct pith_secret *code = NULL, *token = NULL;
    struct pith_key_request request = {
        .size = sizeof request, .way = PITH_TOKEN, .scopes = PITH_MAY_RANK | PITH_MAY_VOTE | PITH_MAY_EXPORT | PITH_MAY_MANAGE};
    enum pith_status status = exchange_body(exchange, reader_members, &body);
    if (!status && json_object_get(body, "scopes"))
        status = exchange_scopes(exchange, json_object_get(body, "scopes"), &request.scopes);
    if (!status)
        status = exchange_expires(exchange, exchange_text(body, "until"), &request.expires);
    if (status)
        return status;
    const char *name = exchange_text(body, "name");
    request.label = exchange_text(body, "label") ? exchange_text(body, "label") : "first";
    status = pith_set_reader(exchange->pith, name, reterr);
    if (!status)
        status = pith_create_by_code(exchange->pith, &code, reterr);
    if (!status)
        status = first_token(exchange, code, &request, &token, reterr);
    if (status)
        return status;
    return exchange_document(exchange, 201,
                             json_pack("{s:s, s:s, s:s, s:I}", "name", name, "recovery_code", code->text, "token", token->text,
                                       "slot", (json_int_t)token->slot),
                             reterr);
}

enum pith_status operator_erase_reader(struct exchange *exchange, struct pith_error *reterr)
{
    enum pith_status status = pith_set_reader(exchange->pith, exchange->part, reterr);
    if (!status)
        status = pith_erase(exchange->pith, reterr);
    return status ? status : exchange_nothing(exchange);
}

enum pith_status operator_import(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_import_report report;
    char *json = NULL;
    int32_t today = exchange_today(exchange);
    enum pith_status status = exchange_day(exchange, "today", &today);
    if (!status)
        status = pith_import(exchange->pith, exchange->request->body, exchange->request->length, today, &report, reterr);
    if (!status)
        status = pith_json_import("body", &report, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status operator_days(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0;
    int32_t since = PITH_NO_DAY;
    enum pith_status status = exchange_day(exchange, "since", &since);
    if (!status)
        status = pith_list_days(exchange->pith, &days, &count, reterr);
    if (status)
        return status;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char buffer[16];
        if (days[i] >= since)
            json_array_append_new(list, json_string(pith_day_text(days[i], buffer)));
    }
    return exchange_document(exchange, 200, json_pack("{s:o}", "days", list), reterr);
}

enum pith_status operator_receipts(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_receipts_free_p) struct pith_receipts *receipts = NULL;
    char *json = NULL;
    size_t limit = 20;
    enum pith_status status = exchange_count(exchange, "limit", 1, EXCHANGE_MOST, &limit);
    if (!status)
        status = pith_list_receipts(exchange->pith, limit, &receipts, reterr);
    if (!status)
        status = pith_json_receipts(receipts, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}
