#include "api/exchange.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

enum pith_status exchange_refuse(struct exchange *exchange, enum problem problem, const char *format, ...)
{
    char detail[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    problem_set(exchange->reply, problem, detail);
    return PITH_INPUT;
}

/* Takes the lines and their indentation out, in place: what programs read is kept, packed and sent as often as it is asked for. */
static void join_lines(char *json)
{
    char *to = json;
    bool inside = false; /* a string */
    for (const char *at = json; *at; at++) {
        if (*at == '"')
            inside = !inside;
        else if (*at == '\\') /* and what follows it, a quotation mark perhaps */
            *to++ = *at++;
        if (inside || (*at != ' ' && *at != '\n'))
            *to++ = *at;
    }
    *to = '\0';
}

enum pith_status exchange_json(struct exchange *exchange, int status, char *json)
{
    join_lines(json);
    reply_take(exchange->reply, status, TYPE_JSON, json);
    return PITH_OK;
}

enum pith_status exchange_document(struct exchange *exchange, int status, json_t *document, struct pith_error *reterr)
{
    char *text = document ? json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    json_decref(document);
    return text ? exchange_json(exchange, status, text) : pith_no_memory(reterr);
}

enum pith_status exchange_nothing(struct exchange *exchange)
{
    exchange->reply->status = 204;
    return PITH_OK;
}

/* ---- bodies ---- */

void exchange_drop(json_t **document)
{
    json_decref(*document);
    *document = NULL;
}

const char *exchange_text(const json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

static const char *const type_names[] = {
    [EXCHANGE_TEXT] = "a text", [EXCHANGE_LIST] = "a list", [EXCHANGE_NUMBER] = "a number", [EXCHANGE_FLAG] = "true or false"};

static bool is_of(const json_t *value, enum exchange_type type)
{
    switch (type) {
    case EXCHANGE_TEXT: return json_is_string(value);
    case EXCHANGE_LIST: return json_is_array(value);
    case EXCHANGE_NUMBER: return json_is_number(value);
    case EXCHANGE_FLAG: return json_is_boolean(value);
    }
    return false;
}

static enum pith_status check_members(struct exchange *exchange, json_t *body, const struct exchange_member *members)
{
    const char *name;
    json_t *value;
    json_object_foreach(body, name, value)
    {
        const struct exchange_member *member = members;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name)
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "\"%.60s\" is not known here", name);
        if (!is_of(value, member->type))
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "\"%s\" is to be %s", name, type_names[member->type]);
    }
    for (const struct exchange_member *member = members; member->name; member++)
        if (member->needed && !json_object_get(body, member->name))
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "\"%s\" is missing", member->name);
    return PITH_OK;
}

enum pith_status exchange_body(struct exchange *exchange, const struct exchange_member *members, json_t **ret_body)
{
    json_error_t error;
    PITH_AUTO(exchange_drop)
    json_t *body = json_loadb(exchange->request->body, exchange->request->length, JSON_REJECT_DUPLICATES, &error);
    if (!body)
        return exchange_refuse(exchange, PROBLEM_MALFORMED, "the body is no JSON: line %d, column %d: %s", error.line, error.column,
                               error.text);
    if (!json_is_object(body))
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "the body is to be an object");
    enum pith_status status = check_members(exchange, body, members);
    if (!status)
        *ret_body = PITH_TAKE(body);
    return status;
}

/* ---- parameters ---- */

enum pith_status exchange_day(struct exchange *exchange, const char *name, int32_t *day)
{
    const char *value = target_parameter(exchange->request->target, name);
    if (!value || pith_day_from_text(value, day))
        return PITH_OK;
    return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s is to be a day, as YYYY-MM-DD", name);
}

enum pith_status exchange_number(struct exchange *exchange, const char *name, double least, double most, double *number)
{
    const char *value = target_parameter(exchange->request->target, name);
    if (!value)
        return PITH_OK;
    char *end;
    double read = strtod(value, &end);
    if (end == value || *end || !isfinite(read) || read < least || read > most)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s is to be a number from %g to %g", name, least, most);
    *number = read;
    return PITH_OK;
}

enum pith_status exchange_count(struct exchange *exchange, const char *name, size_t least, size_t most, size_t *count)
{
    const char *value = target_parameter(exchange->request->target, name);
    if (!value)
        return PITH_OK;
    size_t digits = strspn(value, "0123456789");
    unsigned long read = strtoul(value, NULL, 10);
    if (!digits || value[digits] || read < least || read > most)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s is to be a whole number from %zu to %zu", name, least, most);
    *count = read;
    return PITH_OK;
}

enum pith_status exchange_flag(struct exchange *exchange, const char *name, bool *flag)
{
    const char *value = target_parameter(exchange->request->target, name);
    if (!value)
        return PITH_OK;
    if (strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "%s is to be true or false", name);
    *flag = *value == 't';
    return PITH_OK;
}

/* ---- pages ---- */

/* The state of what is listed, as eight digits of a cursor. */
static enum pith_status describe_state(struct exchange *exchange, char digits[9], struct pith_error *reterr)
{
    unsigned char state[PITH_STATE];
    char hex[33];
    enum pith_status status = pith_state(exchange->pith, exchange->token, exchange->token_length, state, reterr);
    if (status)
        return status;
    pith_fingerprint(state, sizeof state, hex);
    memcpy(digits, hex, 8);
    digits[8] = '\0';
    return PITH_OK;
}

enum pith_status exchange_page(struct exchange *exchange, size_t usual, struct exchange_page *ret_page, struct pith_error *reterr)
{
    size_t limit = usual;
    char now[9];
    enum pith_status status = exchange_count(exchange, "limit", 1, EXCHANGE_MOST, &limit);
    if (!status)
        status = describe_state(exchange, now, reterr);
    if (status)
        return status;
    *ret_page = (struct exchange_page){.limit = limit};
    const char *cursor = target_parameter(exchange->request->target, "cursor");
    if (!cursor)
        return PITH_OK;
    char of[9], rest;
    if (sscanf(cursor, "%zu-%8[0-9a-f]%c", &ret_page->first, of, &rest) != 2 || strlen(of) != 8 || *cursor == '-' ||
        ret_page->first > 1U << 24)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "cursor is none that was given here");
    if (strcmp(of, now) != 0)
        return exchange_refuse(exchange, PROBLEM_CONFLICT,
                               "what is listed has changed since the first page: begin again without cursor");
    return PITH_OK;
}

/* The same address, with another cursor. The state is that of now: the first ranking after a vote seals a model, which is a change. */
static enum pith_status link_next(struct exchange *exchange, const struct exchange_page *page, struct pith_error *reterr)
{
    const char *raw = exchange->request->raw;
    size_t path = strcspn(raw, "?");
    char *link = NULL, state[9];
    size_t length = 0;
    enum pith_status status = describe_state(exchange, state, reterr);
    if (status)
        return status;
    FILE *to = open_memstream(&link, &length);
    if (!to)
        return pith_no_memory(reterr);
    fprintf(to, "<%.*s?cursor=%zu-%s", (int)path, raw, page->first + page->limit, state);
    for (const char *at = raw[path] ? raw + path + 1 : ""; *at;) {
        size_t one = strcspn(at, "&");
        if (one && strncmp(at, "cursor=", 7) != 0)
            fprintf(to, "&%.*s", (int)one, at);
        at += one + (at[one] == '&');
    }
    fprintf(to, ">; rel=\"next\"");
    if (fclose(to) != 0) {
        free(link);
        return pith_no_memory(reterr);
    }
    exchange->reply->link = link;
    return PITH_OK;
}

enum pith_status exchange_cut(struct exchange *exchange, const struct exchange_page *page, size_t count, size_t *ret_first,
                              size_t *ret_shown, struct pith_error *reterr)
{
    size_t first = page->first < count ? page->first : count;
    bool more = count - first > page->limit;
    enum pith_status status = more ? link_next(exchange, page, reterr) : PITH_OK;
    if (status)
        return status;
    *ret_first = first;
    *ret_shown = more ? page->limit : count - first;
    return PITH_OK;
}

/* ---- the rest ---- */

enum pith_status exchange_paper(struct exchange *exchange, struct pith_papers **ret_paper, struct pith_error *reterr)
{
    return pith_identify(exchange->pith, exchange->part, ret_paper, reterr);
}

int32_t exchange_today(const struct exchange *exchange)
{
    return (int32_t)(exchange->request->now / DAY);
}

enum pith_status exchange_scopes(struct exchange *exchange, const json_t *list, unsigned *ret_scopes)
{
    static const struct {
        const char *name;
        unsigned scope;
    } known[] = {{"rank", PITH_MAY_RANK}, {"vote", PITH_MAY_VOTE}, {"export", PITH_MAY_EXPORT}, {"manage", PITH_MAY_MANAGE}};
    unsigned scopes = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        size_t k = 0;
        while (k < sizeof known / sizeof *known && (!name || strcmp(known[k].name, name) != 0))
            k++;
        if (k == sizeof known / sizeof *known)
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "scopes are rank, vote, export and manage");
        scopes |= known[k].scope;
    }
    if (!scopes)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "a token needs a scope: rank, vote, export or manage");
    *ret_scopes = scopes;
    return PITH_OK;
}

enum pith_status exchange_expires(struct exchange *exchange, const char *day, int64_t *ret_expires)
{
    int32_t last;
    *ret_expires = 0;
    if (!day)
        return PITH_OK;
    if (!pith_day_from_text(day, &last) || last < exchange_today(exchange))
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "until is to be a day to come, as YYYY-MM-DD");
    *ret_expires = ((int64_t)last + 1) * DAY;
    return PITH_OK;
}
