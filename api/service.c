#include "api/service.h"

#include "api/compress.h"
#include "api/form.h"
#include "api/once.h"
#include "api/pages/session.h"
#include "api/rate_limit.h"
#include "api/routes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

_Static_assert((int)REQUEST_STATE == (int)PITH_STATE, "one size of state");

enum { LINK = 16384 /* bytes */, LINK_LASTS = 600 /* seconds */ };
enum {
    FAILURES = 30,
    BURST = 4 /* seconds' worth of requests at once */,
    BODIES = 160 << 20 /* bytes of those that tokens bring which proved themselves */,
    OTHER_BODIES = 32 << 20,
    SHARE = 8 << 20 /* of one token, or of one address of the others: */,
    OTHER_SHARE = 4 << 20,
    MOST_TOKEN = 256,
    DAY = 86400
};

static const unsigned char no_state[PITH_STATE];

/* The token that a link signs in by is kept sealed under the link's code, which nobody here knows. */
static void keep_link(struct service *service, const struct service_options *options)
{
    const struct pith_response_key question = {options->link_code, strlen(options->link_code), "link", no_state};
    pith_response_cache_keep(service->link, &question, options->now + LINK_LASTS, options->link_token, strlen(options->link_token));
}

bool service_take_link(struct service *service, const char *code, int64_t now, char **ret_token, size_t *ret_length)
{
    const struct pith_response_key question = {code, strlen(code), "link", no_state};
    char *token = NULL;
    if (!pith_response_cache_find(service->link, &question, now, &token, ret_length))
        return false;
    if (atomic_exchange(&service->link_is_used, true)) {
        explicit_bzero(token, *ret_length);
        free(token);
        return false;
    }
    *ret_token = token;
    return true;
}

enum pith_status service_new(const struct service_options *options, struct service **ret_service, struct pith_error *reterr)
{
    PITH_AUTO(service_free_p) struct service *service = pith_calloc(1, sizeof *service);
    if (!service)
        return pith_no_memory(reterr);
    if (strlen(options->operator_token) >= SERVICE_OPERATOR)
        return pith_fail(reterr, PITH_USAGE, "the operator's token is longer than %d characters", SERVICE_OPERATOR - 1);
    strcpy(service->operator_token, options->operator_token);
    service->started = options->now;
    service->link_is_used = !options->link_code;
    enum pith_status status = base_url_read(options->base_url, &service->base_url, reterr);
    if (!status && options->origin)
        status = base_url_read_origin(options->origin, service->origin, reterr);
    if (!status)
        status = pith_response_cache_new(options->answers, &service->answers, reterr);
    if (!status)
        status = once_new(&service->once, reterr);
    if (!status)
        status = rate_limit_new(options->rate, options->rate * BURST, &service->rate, reterr);
    if (!status)
        status = rate_limit_new(1, FAILURES, &service->failures, reterr);
    if (!status)
        status = room_new(BODIES, OTHER_BODIES, &service->room, reterr);
    if (!status)
        status = pith_response_cache_new(LINK, &service->link, reterr);
    if (!status && options->link_code)
        keep_link(service, options);
    if (!status)
        *ret_service = PITH_TAKE(service);
    return status;
}

void service_free(struct service *service)
{
    if (service->answers)
        pith_response_cache_free(service->answers);
    if (service->once)
        once_free(service->once);
    if (service->link)
        pith_response_cache_free(service->link);
    if (service->rate)
        rate_limit_free(service->rate);
    if (service->failures)
        rate_limit_free(service->failures);
    if (service->room)
        room_free(service->room);
    explicit_bzero(service->operator_token, sizeof service->operator_token);
    free(service);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- who asks ---- */

/* The token of "Authorization: Bearer TOKEN"; NULL without one. */
static const char *bearer(const struct request *request, size_t *ret_length)
{
    const char *header = request->authorization;
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7 + strspn(header + 7, " ");
    size_t length = strlen(header);
    while (length && header[length - 1] == ' ')
        length--;
    *ret_length = length;
    return length && length <= MOST_TOKEN ? header : NULL;
}

/* The token that the route is asked by; NULL without one. */
static const char *token_of(const struct service *service, const struct route *route, const struct request *request,
                            const char *part, size_t *ret_length)
{
    if (route->who == ROUTE_SITE)
        return session_token(&service->base_url, request, ret_length);
    if (route->who != ROUTE_FEED)
        return bearer(request, ret_length);
    *ret_length = strlen(part);
    return *ret_length <= MOST_TOKEN ? part : NULL;
}

static bool is_operator(const struct service *service, const char *token, size_t length)
{
    char given[33], right[33];
    pith_fingerprint(token, length, given);
    pith_fingerprint(service->operator_token, strlen(service->operator_token), right);
    return pith_same(given, right, sizeof given);
}

static bool refuse(struct reply *reply, enum problem problem, const char *detail)
{
    problem_set(reply, problem, detail);
    return true;
}

/* A token that proves nothing: it alone is slowed down, by address, and never one from there that proves itself. */
static bool refuse_token(struct service *service, const struct route *route, const struct request *request, struct reply *reply)
{
    if (!rate_limit_take(service->failures, request->peer, strlen(request->peer), milliseconds()))
        return refuse(reply, PROBLEM_MANY, "too many wrong tokens came from this address");
    if (route->who == ROUTE_SITE) {
        pages_ask_token(service, request, true, reply);
        return true;
    }
    return refuse(reply, PROBLEM_UNPROVEN,
                  request->authorization || route->who == ROUTE_FEED ? "this token opens nothing here (any more)"
                                                                     : "no token came");
}

static bool refuses_address(struct service *service, const struct request *request, struct reply *reply)
{
    if (rate_limit_take(service->rate, request->peer, strlen(request->peer), milliseconds()))
        return false;
    service->counts.refused++;
    return refuse(reply, PROBLEM_MANY, "too many requests came from this address");
}

/* Whether the token, if the route needs one, can be one of those who may. A reader's proves itself when it opens the profile, or before that
 * where a body is to come or others are to wait. */
static bool refuses_asker(struct service *service, struct pith *pith, const struct route *route, const char *part,
                          struct request *request, struct reply *reply)
{
    size_t length = 0;
    if (route->who == ROUTE_OPEN)
        return false;
    if (route->who == ROUTE_COUNTED || route->who == ROUTE_PAGE)
        return refuses_address(service, request, reply);
    const char *token = token_of(service, route, request, part, &length);
    if (!token && route->who == ROUTE_SITE) { /* nobody guesses: they are led to where they sign in */
        pages_ask_token(service, request, false, reply);
        return true;
    }
    if (!token || (route->who == ROUTE_OPERATOR && !is_operator(service, token, length)))
        return refuse_token(service, route, request, reply);
    bool reader = route->who != ROUTE_OPERATOR;
    enum pith_status status = reader ? pith_state(pith, token, length, request->state, NULL) : PITH_OK;
    if (!status && reader && (route->body || once_is_asked(request)))
        status = pith_prove(pith, token, length, request->now, NULL);
    if (status == PITH_LOCKED || status == PITH_USAGE || status == PITH_NOT_FOUND)
        return refuse_token(service, route, request, reply);
    request->known = reader && !status;
    if (rate_limit_take(service->rate, token, length, milliseconds()))
        return false;
    service->counts.refused++;
    return refuse(reply, PROBLEM_MANY, "this token asks too often");
}

/* ---- what is asked ---- */

static bool refuses_parameters(const struct route *route, const struct request *request, struct reply *reply)
{
    for (size_t i = 0; i < request->target->parameters; i++) {
        char name[64], detail[128];
        const char *given = request->target->parameter[i].name;
        if (snprintf(name, sizeof name, " %s ", given) < (int)sizeof name && *given && !strchr(given, ' ') &&
            strstr(route->parameters, name))
            continue;
        snprintf(detail, sizeof detail, "%.40s is no parameter of this address", given);
        return refuse(reply, PROBLEM_MALFORMED, detail);
    }
    return false;
}

static bool refuses_type(const struct route *route, const struct request *request, struct reply *reply)
{
    char detail[128];
    const char *type = request->content_type;
    if (!route->body || !*route->body)
        return false;
    for (const char *one = route->body; type && *one; one += strspn(one, " ")) {
        size_t name = strcspn(one, " ");
        if (strncasecmp(type, one, name) == 0 && strchr("; \t", type[name]))
            return false;
        one += name;
    }
    snprintf(detail, sizeof detail, "this address takes %s", route->body);
    return refuse(reply, PROBLEM_TYPE, detail);
}

static const struct route *find_route(const struct request *request, const char **ret_part, struct reply *reply)
{
    char allow[64];
    const struct route *route = route_find(request, ret_part, allow);
    reply->people = route && (route->who == ROUTE_PAGE || route->who == ROUTE_SITE);
    reply->base_url = route && route->who == ROUTE_SITE;
    pages_root(request, reply->root);
    if (route)
        return route;
    problem_set(reply, *allow ? PROBLEM_METHOD : PROBLEM_NOT_FOUND, *allow ? NULL : "nothing is at this address");
    strcpy(reply->allow, allow);
    return NULL;
}

/* ---- pages of another origin ---- */

bool service_shares(const struct service *service, const struct request *request)
{
    char allow[64];
    const char *part;
    struct request get = *request;
    if (!*service->origin || !request->origin || !request->target || strcmp(request->origin, service->origin) != 0)
        return false;
    get.method = "GET"; /* each page can be looked at */
    const struct route *route = route_find(&get, &part, allow);
    return !route || (route->who != ROUTE_PAGE && route->who != ROUTE_SITE);
}

/* A browser asks leave for a page's request, and brings no token: `allow` takes the methods of the address. */
static bool asks_leave(const struct service *service, const struct request *request, char allow[64])
{
    const char *part;
    return strcmp(request->method, "OPTIONS") == 0 && request->asked_method && service_shares(service, request) &&
           !route_find(request, &part, allow) && *allow;
}

/* Whose room the body takes: that of the token, which has proved itself, or of the address. */
static struct room_taker taker_of(const struct service *service, const struct route *route, const struct request *request,
                                  const char *part)
{
    size_t length = 0;
    bool proves = route->who == ROUTE_READER || route->who == ROUTE_SITE || route->who == ROUTE_OPERATOR;
    const char *token = proves ? token_of(service, route, request, part, &length) : NULL;
    return token ? room_taker_of(service->room, token, length, true, route->who == ROUTE_OPERATOR ? BODIES : SHARE)
                 : room_taker_of(service->room, request->peer, strlen(request->peer), false, OTHER_SHARE);
}

bool service_refuses(struct service *service, struct pith *pith, struct request *request, struct reply *reply,
                     struct service_body *ret_body)
{
    const char *part;
    char allow[64];
    if (asks_leave(service, request, allow)) {
        ret_body->most = 0;
        return refuses_address(service, request, reply);
    }
    const struct route *route = find_route(request, &part, reply);
    if (!route)
        return true;
    ret_body->most = route->body ? route->most : 0;
    if (refuses_asker(service, pith, route, part, request, reply) || refuses_parameters(route, request, reply) ||
        refuses_type(route, request, reply))
        return true;
    if (route->body)
        ret_body->taker = taker_of(service, route, request, part);
    return false;
}

/* ---- answers that are kept ---- */

/* An answer is kept as its body, its link and, at the end, this. */
struct kept {
    size_t length; /* of the body */
    char etag[REPLY_ETAG], type[REPLY_TYPE];
    bool packed;
};

static void keep(struct service *service, const struct pith_response_key *question, int64_t expires, const struct reply *reply)
{
    struct kept kept = {.length = reply->length, .packed = reply->packed};
    size_t link = reply->link ? strlen(reply->link) : 0, length = reply->length + link + sizeof kept;
    PITH_AUTO(pith_free_p) char *whole = malloc(length);
    if (!whole)
        return;
    memcpy(kept.etag, reply->etag, sizeof kept.etag);
    memcpy(kept.type, reply->type, sizeof kept.type);
    memcpy(whole, reply->body, reply->length);
    memcpy(whole + reply->length, link ? reply->link : "", link);
    memcpy(whole + reply->length + link, &kept, sizeof kept);
    pith_response_cache_keep(service->answers, question, expires, whole, length);
    explicit_bzero(whole, length);
}

/* Takes over what was kept. */
static void take_kept(char *whole, size_t length, struct reply *reply)
{
    struct kept kept;
    assert(length >= sizeof kept);
    memcpy(&kept, whole + length - sizeof kept, sizeof kept);
    size_t link = length - sizeof kept - kept.length;
    memcpy(reply->etag, kept.etag, sizeof kept.etag);
    memcpy(reply->type, kept.type, sizeof kept.type);
    reply->link = link ? strndup(whole + kept.length, link) : NULL;
    reply->packed = kept.packed;
    reply->status = 200;
    reply->length = kept.length;
    reply->body = whole;
}

enum { WHAT = TARGET_LONGEST + 32 };

/* With the day: what is asked without one may mean today's. */
static void describe(const struct request *request, char what[WHAT])
{
    snprintf(what, WHAT, "%s%s %s %d", compress_accepted(request->accept_encoding) ? "packed " : "", request->method, request->raw,
             (int)(request->now / DAY));
}

/* The tag may stand among others in If-None-Match. */
static void compare_tag(const struct request *request, struct reply *reply)
{
    const char *given = request->if_none_match;
    if (!given || !*reply->etag || reply->status != 200 || (!strstr(given, reply->etag + 2) && strcmp(given, "*") != 0))
        return;
    free(reply->body);
    reply->body = NULL;
    reply->length = 0;
    reply->packed = false;
    reply->status = 304;
}

bool service_recalls(struct service *service, const struct request *request, struct reply *reply)
{
    char allow[64], what[WHAT];
    const char *part;
    size_t length = 0;
    char *answer = NULL;
    const struct route *route = request->known ? route_find(request, &part, allow) : NULL;
    const char *token = route && route->kept ? token_of(service, route, request, part, &length) : NULL;
    if (!token)
        return false;
    describe(request, what);
    const struct pith_response_key question = {token, length, what, request->state};
    size_t size;
    if (!pith_response_cache_find(service->answers, &question, request->now, &answer, &size))
        return false;
    take_kept(answer, size, reply);
    reply->strict = reply->base_url;
    compare_tag(request, reply);
    service->counts.kept++;
    return true;
}

/* ---- answering ---- */

static void set_tag(struct reply *reply)
{
    char hex[33];
    pith_fingerprint(reply->body, reply->length, hex);
    snprintf(reply->etag, sizeof reply->etag, "W/\"%s\"", hex);
}

static void answer_failure(struct exchange *exchange, enum pith_status status, const struct pith_error *error)
{
    if (exchange->reply->status)
        return; /* the handler said it itself */
    const struct request *request = exchange->request;
    if (status == PITH_LOCKED && exchange->token && /* what opened the profile may have ended since: revoked, sealed anew, erased */
        pith_unlock(exchange->pith, PITH_TOKEN, exchange->token, exchange->token_length, request->now, NULL)) {
        problem_set(exchange->reply, PROBLEM_UNPROVEN, "this token opens nothing here any more");
        return;
    }
    enum problem problem = problem_of_status(status);
    if (problem == PROBLEM_INTERNAL || problem == PROBLEM_BUSY)
        fprintf(stderr, "pith-serve: %s: %s\n", pith_status_name(status), error->message);
    problem_set(exchange->reply, problem, error->message);
}

/* Opens the reader's profile; the reply says why it cannot be. */
static bool unlock(struct exchange *exchange, const struct route *route)
{
    struct pith_error error = {0};
    enum pith_status status = pith_unlock(exchange->pith, PITH_TOKEN, exchange->token, exchange->token_length,
                                          exchange->request->now, &error);
    if (status == PITH_LOCKED || status == PITH_USAGE || status == PITH_NOT_FOUND)
        return !refuse_token(exchange->service, route, exchange->request, exchange->reply);
    if (status) {
        answer_failure(exchange, status, &error);
        return false;
    }
    unsigned scopes = pith_scopes(exchange->pith);
    bool more = route->who == ROUTE_FEED && scopes != route->scopes;
    if (!more && (scopes & route->scopes) == route->scopes)
        return true;
    problem_set(exchange->reply, PROBLEM_FORBIDDEN,
                more ? "an address is seen by more eyes than a header: a feed takes a token with the scope rank alone" : NULL);
    return false;
}

static void run(struct exchange *exchange, const struct route *route)
{
    struct pith_error error = {0};
    enum pith_status status = route->handler(exchange, &error);
    if (!status && !exchange->reply->status)
        status = pith_fail(&error, PITH_CORRUPT, "a handler gave no answer");
    if (!status && exchange->reply->status != 204 && exchange->reply->status != 303 && !exchange->reply->body)
        status = pith_no_memory(&error);
    if (status)
        answer_failure(exchange, status, &error);
}

/* A form of a page: read, and of this reader; the reply says why it is not. */
static bool take_form(struct exchange *exchange, struct form *form)
{
    const struct request *request = exchange->request;
    struct pith_error error;
    if (form_read(request->content_type, request->body, request->length, form, &error))
        return !refuse(exchange->reply, PROBLEM_MALFORMED, error.message);
    exchange->form = form;
    const char *why = pages_refuse_form(exchange);
    return !why || !refuse(exchange->reply, PROBLEM_FORBIDDEN, why);
}

/* Runs a reader's route with the profile open, and keeps the answer if nothing changed since before it was opened: an open profile is as
 * it was then, and what is answered from it too. */
static void run_for_reader(struct exchange *exchange, const struct route *route)
{
    PITH_AUTO(form_clear) struct form form = {0};
    const struct request *request = exchange->request;
    unsigned char after[PITH_STATE];
    char what[WHAT];
    exchange->token = token_of(exchange->service, route, request, exchange->part, &exchange->token_length);
    if (route->who != ROUTE_SITE && once_is_asked(request)) {
        once_answer(exchange->service->once, exchange, route, unlock, run);
        return;
    }
    if (!unlock(exchange, route))
        return;
    int64_t expires = pith_expires(exchange->pith);
    if (route->who == ROUTE_SITE && route->body && !take_form(exchange, &form))
        return;
    run(exchange, route);
    if (!route->kept || exchange->reply->status != 200)
        return;
    set_tag(exchange->reply);
    compress_reply(exchange->reply, request->accept_encoding);
    describe(request, what);
    const struct pith_response_key question = {exchange->token, exchange->token_length, what, request->state};
    if (request->known && pith_state(exchange->pith, exchange->token, exchange->token_length, after, NULL) == PITH_OK &&
        memcmp(request->state, after, sizeof after) == 0)
        keep(exchange->service, &question, expires, exchange->reply);
}

void service_answers(struct service *service, struct pith *pith, const struct request *request, struct reply *reply)
{
    struct exchange exchange = {.service = service, .pith = pith, .request = request, .reply = reply};
    if (asks_leave(service, request, reply->allow)) {
        reply->status = 204;
        return;
    }
    const struct route *route = find_route(request, &exchange.part, reply);
    if (!route)
        return;
    if (route->who == ROUTE_READER || route->who == ROUTE_SITE || route->who == ROUTE_FEED)
        run_for_reader(&exchange, route);
    else
        run(&exchange, route);
    pith_set_reader(pith, NULL, NULL); /* locks */
    compress_reply(reply, request->accept_encoding);
    compare_tag(request, reply);
}

void service_handle(struct service *service, struct pith *pith, struct request *request, struct reply *reply)
{
    struct service_body body = {0};
    if (service_refuses(service, pith, request, reply, &body))
        return;
    if (request->length > body.most)
        problem_set(reply, PROBLEM_LARGE, NULL);
    else if (!service_recalls(service, request, reply))
        service_answers(service, pith, request, reply);
}

void service_note(struct service *service, const struct request *request, const struct reply *reply, int64_t microseconds,
                  char what[64])
{
    char allow[64];
    const char *part;
    const struct route *route = request && request->target ? route_find(request, &part, allow) : NULL;
    service->counts.answered[reply->status / 100 % 6]++;
    service->counts.microseconds += (uint64_t)microseconds;
    snprintf(what, 64, "%s %s", route ? route->method : "-", route ? route->pattern : "-");
}
