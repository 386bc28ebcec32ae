#include "api/problem.h"
#include "api/service.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1704200000, TODAY = 19724, TOKEN = 200 };
#define OPERATOR "the operator's own token, long enough"
#define PAGE "https://reader.example.org"

/* A service without a socket, and two readers' tokens: Ann's may do all, Ben's may rank. */
struct place {
    struct pith *pith;
    struct service *service;
    char ann[TOKEN], ben[TOKEN];
};

static void make_reader(struct pith *pith, const char *name, unsigned scopes, char token[TOKEN])
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *code = NULL, *made = NULL;
    const struct pith_key_request key = {.size = sizeof key, .way = PITH_TOKEN, .label = "first", .scopes = scopes};
    cr_assert_eq(pith_set_reader(pith, name, NULL), PITH_OK);
    cr_assert_eq(pith_create_by_code(pith, &code, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_RECOVERY_CODE, code->text, strlen(code->text), NOW, NULL), PITH_OK);
    cr_assert_eq(pith_put_key(pith, &key, &made, NULL), PITH_OK);
    snprintf(token, TOKEN, "Bearer %s", made->text);
    cr_assert_eq(pith_set_reader(pith, NULL, NULL), PITH_OK);
}

static struct place make_at_rate(double rate)
{
    struct place place = {0};
    struct pith_import_report report;
    const struct service_options options = {.operator_token = OPERATOR,
                                            .base_url = "http://127.0.0.1:8417",
                                            .origin = PAGE,
                                            .rate = rate,
                                            .answers = 1 << 20,
                                            .now = NOW};
    size_t length;
    PITH_AUTO(pith_free_p) char *papers = testing_papers(4, &length);
    cr_assert_eq(pith_open(testing_folder(), true, &place.pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(place.pith, papers, length, TODAY, &report, NULL), PITH_OK);
    make_reader(place.pith, "Ann", PITH_MAY_RANK | PITH_MAY_VOTE | PITH_MAY_EXPORT | PITH_MAY_MANAGE, place.ann);
    make_reader(place.pith, "Ben", PITH_MAY_RANK, place.ben);
    cr_assert_eq(service_new(&options, &place.service, NULL), PITH_OK);
    return place;
}

static struct place make(void)
{
    return make_at_rate(0);
}

static void place_clear(struct place *place)
{
    service_free(place->service);
    pith_close(place->pith);
}

/* Asks for what `request` says, "GET" where it names no method, with JSON where it has a body of no type. */
static struct reply ask(struct place *place, const char *raw, struct request request)
{
    struct target target;
    struct reply reply = {0};
    cr_assert_eq(target_read(raw, &target, NULL), PITH_OK, "%s", raw);
    request.raw = raw;
    request.target = &target;
    request.method = request.method ? request.method : "GET";
    request.content_type = request.body && !request.content_type ? TYPE_JSON : request.content_type;
    request.body = request.body ? request.body : "";
    request.length = strlen(request.body);
    request.peer = "127.0.0.1";
    request.now = NOW;
    service_handle(place->service, place->pith, &request, &reply);
    return reply;
}

static int status_of(struct place *place, const char *raw, struct request request)
{
    PITH_AUTO(reply_clear) struct reply reply = ask(place, raw, request);
    return reply.status;
}

static const char *vote_address(unsigned number)
{
    static char address[64];
    snprintf(address, sizeof address, "/v1/me/votes/%s", testing_paper_key(number));
    return address;
}

static void vote(struct place *place, const char *token, unsigned number, const char *body)
{
    cr_assert_eq(status_of(place, vote_address(number), (struct request){.method = "PUT", .authorization = token, .body = body}),
                 200);
}

Test(service, asks_who_it_is)
{
    PITH_AUTO(place_clear) struct place place = make();
    PITH_AUTO(reply_clear) struct reply none = ask(&place, "/v1/me", (struct request){0});
    cr_expect_eq(none.status, 401);
    cr_expect(none.challenge);
    cr_expect_str_eq(none.type, "application/problem+json");
    cr_expect_eq(status_of(&place, "/v1/me", (struct request){.authorization = place.ann}), 200);
    cr_expect_eq(status_of(&place, "/v1/me", (struct request){.authorization = "Bearer pith_wrong"}), 401);
    cr_expect_eq(status_of(&place, "/v1/me", (struct request){.authorization = place.ann + strlen("Bearer ")}), 401, "no kind");
    cr_expect_eq(status_of(&place, "/v1/me", (struct request){.authorization = "Bearer " OPERATOR}), 401,
                 "an operator reads nobody");
    cr_expect_eq(status_of(&place, "/v1/days", (struct request){.authorization = place.ann}), 401, "a reader operates nothing");
    cr_expect_eq(status_of(&place, "/v1/days", (struct request){.authorization = "Bearer " OPERATOR}), 200);
}

Test(service, lets_a_token_do_what_its_scopes_say)
{
    PITH_AUTO(place_clear) struct place place = make();
    static const char *const beyond[] = {"/v1/me/votes", "/v1/me/settings", "/v1/me/export", "/v1/me/tokens"};
    cr_expect_eq(status_of(&place, "/v1/me/ranking", (struct request){.authorization = place.ben}), 200);
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        cr_expect_eq(status_of(&place, beyond[i], (struct request){.authorization = place.ben}), 403, "%s", beyond[i]);
        cr_expect_eq(status_of(&place, beyond[i], (struct request){.authorization = place.ann}), 200, "%s", beyond[i]);
    }
}

Test(service, refuses_what_the_route_does_not_take)
{
    PITH_AUTO(place_clear) struct place place = make();
    static char large[SERVICE_BODY + 2];
    memset(large, ' ', sizeof large - 1);
    const struct request get = {.authorization = place.ann};
    struct request put = {.method = "PUT", .authorization = place.ann, .body = "{\"vote\": \"up\"}"};
    cr_expect_eq(status_of(&place, "/v1/me/nothing", get), 404);
    cr_expect_eq(status_of(&place, "/v1/me/ranking?colour=red", get), 400);
    cr_expect_eq(status_of(&place, "/v1/me/ranking?limit=20.5", get), 422, "a part of a paper");
    cr_expect_eq(status_of(&place, "/v1/me/ranking?limit=20", get), 200);
    cr_expect_eq(status_of(&place, vote_address(1), put), 200);
    put.content_type = "text/plain";
    cr_expect_eq(status_of(&place, vote_address(1), put), 415);
    put.content_type = "application/json; charset=utf-8";
    cr_expect_eq(status_of(&place, vote_address(1), put), 200);
    put.body = "{\"vote\": \"up\", \"colour\": \"red\"}";
    cr_expect_eq(status_of(&place, vote_address(1), put), 422);
    put.body = "{\"vote\":";
    cr_expect_eq(status_of(&place, vote_address(1), put), 400);
    put.body = large;
    cr_expect_eq(status_of(&place, vote_address(1), put), 413);
    PITH_AUTO(reply_clear)
    struct reply post = ask(&place, vote_address(1), (struct request){.method = "POST", .authorization = place.ann});
    cr_expect_eq(post.status, 405);
    cr_expect_str_eq(post.allow, "GET, HEAD, PUT, DELETE");
}

Test(service, tells_by_a_tag_that_nothing_changed)
{
    PITH_AUTO(place_clear) struct place place = make();
    PITH_AUTO(reply_clear) struct reply first = ask(&place, "/v1/me/ranking", (struct request){.authorization = place.ann});
    struct request again = {.authorization = place.ann, .if_none_match = first.etag};
    cr_assert_eq(first.status, 200);
    PITH_AUTO(reply_clear) struct reply same = ask(&place, "/v1/me/ranking", again);
    cr_expect_eq(same.status, 304);
    cr_expect_null(same.body);
    cr_expect_str_eq(same.etag, first.etag);
    again.if_none_match = "\"other\"";
    cr_expect_eq(status_of(&place, "/v1/me/ranking", again), 200);
    vote(&place, place.ann, 1, "{\"vote\": \"up\"}");
    again.if_none_match = first.etag;
    cr_expect_eq(status_of(&place, "/v1/me/ranking", again), 200, "a vote changed the order");
}

Test(service, answers_again_without_opening_anything_until_something_changes)
{
    PITH_AUTO(place_clear) struct place place = make();
    const struct request get = {.authorization = place.ann};
    vote(&place, place.ann, 1, "{\"vote\": \"up\"}");
    for (int i = 0; i < 2; i++) /* the first fits a model, which is a change */
        cr_assert_eq(status_of(&place, "/v1/me/ranking", get), 200);
    uint64_t kept = place.service->counts.kept;
    PITH_AUTO(reply_clear) struct reply before = ask(&place, "/v1/me/ranking", get);
    cr_expect_eq(place.service->counts.kept, kept + 1);
    vote(&place, place.ann, 101, "{\"vote\": \"down\"}");
    PITH_AUTO(reply_clear) struct reply after = ask(&place, "/v1/me/ranking", get);
    cr_expect_eq(place.service->counts.kept, kept + 1, "no answer of another state");
    cr_expect_str_neq(after.etag, before.etag);
}

Test(service, keeps_nothing_for_a_token_that_was_revoked)
{
    PITH_AUTO(place_clear) struct place place = make();
    const struct request get = {.authorization = place.ann};
    char token[TOKEN], slot[64];
    PITH_AUTO(reply_clear)
    struct reply made = ask(
        &place, "/v1/me/tokens",
        (struct request){.method = "POST", .authorization = place.ann, .body = "{\"label\": \"bot\", \"scopes\": [\"rank\"]}"});
    json_t *document = json_loads(made.body ? made.body : "", 0, NULL);
    cr_assert_eq(made.status, 201, "%s", made.body);
    snprintf(token, sizeof token, "Bearer %s", json_string_value(json_object_get(document, "secret")));
    snprintf(slot, sizeof slot, "/v1/me/tokens/%d", (int)json_integer_value(json_object_get(document, "slot")));
    json_decref(document);
    uint64_t kept = place.service->counts.kept;
    for (int i = 0; i < 3; i++)
        cr_expect_eq(status_of(&place, "/v1/me/ranking", (struct request){.authorization = token}), 200);
    cr_assert_gt(place.service->counts.kept, kept, "it was kept");
    cr_assert_eq(status_of(&place, slot, (struct request){.method = "DELETE", .authorization = place.ann}), 204);
    cr_expect_eq(status_of(&place, "/v1/me/ranking", (struct request){.authorization = token}), 401);
    cr_expect_eq(status_of(&place, "/v1/me/ranking", get), 200, "the other token goes on");
}

Test(service, writes_json_as_one_line_and_leaves_texts_as_they_are)
{
    PITH_AUTO(place_clear) struct place place = make();
    static const char label[] = "\"say \\\"a  b\\\" \\\\\"", *const wanted = "\"label\":\"say \\\"a  b\\\" \\\\\"";
    char body[128];
    snprintf(body, sizeof body, "{\"label\": %s, \"scopes\": [\"rank\"]}", label);
    cr_assert_eq(status_of(&place, "/v1/me/tokens", (struct request){.method = "POST", .authorization = place.ann, .body = body}),
                 201);
    PITH_AUTO(reply_clear) struct reply keys = ask(&place, "/v1/me/tokens", (struct request){.authorization = place.ann});
    cr_assert_eq(keys.status, 200);
    cr_expect(strstr(keys.body, wanted), "%s", keys.body);
    cr_expect_null(strchr(keys.body, '\n'));
    cr_expect_null(strstr(keys.body, ": "));
}

Test(service, gives_nobody_the_answers_of_another)
{
    PITH_AUTO(place_clear) struct place place = make();
    vote(&place, place.ann, 1, "{\"vote\": \"up\"}");
    for (int i = 0; i < 3; i++) {
        PITH_AUTO(reply_clear)
        struct reply ann = ask(&place, "/v1/me/ranking?seen=true", (struct request){.authorization = place.ann});
        PITH_AUTO(reply_clear)
        struct reply ben = ask(&place, "/v1/me/ranking?seen=true",
                               (struct request){.authorization = place.ben, .if_none_match = ann.etag});
        cr_assert_eq(ann.status, 200);
        cr_expect_eq(ben.status, 200, "nor by their tag");
        cr_expect_str_neq(ben.etag, ann.etag);
    }
    cr_expect_gt(place.service->counts.kept, 0, "both came from what was kept, too");
}

Test(service, does_once_what_comes_twice_under_one_key)
{
    PITH_AUTO(place_clear) struct place place = make();
    char one[200], other[200];
    snprintf(one, sizeof one, "{\"winner\": \"%s\", \"loser\": \"%s\"}", testing_paper_key(1), testing_paper_key(101));
    snprintf(other, sizeof other, "{\"winner\": \"%s\", \"loser\": \"%s\"}", testing_paper_key(1), testing_paper_key(201));
    struct request post = {.method = "POST", .authorization = place.ann, .body = one, .idempotency_key = "first"};
    PITH_AUTO(reply_clear) struct reply done = ask(&place, "/v1/me/comparisons", post);
    PITH_AUTO(reply_clear) struct reply again = ask(&place, "/v1/me/comparisons", post);
    cr_assert_eq(done.status, 200);
    cr_expect_eq(again.status, 200);
    cr_expect_str_eq(again.body, done.body, "told the same");
    post.idempotency_key = "second";
    PITH_AUTO(reply_clear) struct reply another = ask(&place, "/v1/me/comparisons", post);
    cr_expect_str_neq(another.body, done.body, "it stood already");
    post.body = other;
    cr_expect_eq(status_of(&place, "/v1/me/comparisons", post), 422, "one key, two bodies");
    post.idempotency_key = "third";
    cr_expect_eq(status_of(&place, "/v1/me/comparisons", post), 200);
}

Test(service, slows_down_who_asks_too_often)
{
    PITH_AUTO(place_clear) struct place place = make_at_rate(1);
    size_t answered = 0;
    unsigned retry = 0;
    for (int i = 0; i < 60 && !retry; i++) {
        PITH_AUTO(reply_clear) struct reply reply = ask(&place, "/v1/me", (struct request){.authorization = place.ann});
        cr_expect(reply.status == 200 || reply.status == 429);
        answered += reply.status == 200;
        retry = reply.retry;
    }
    cr_expect_geq(answered, 4, "what was saved up");
    cr_expect_gt(retry, 0, "who is refused is told when to come again");
    cr_expect_eq(status_of(&place, "/v1/me", (struct request){.authorization = place.ben}), 200, "and nobody else");
}

Test(service, slows_down_who_guesses)
{
    PITH_AUTO(place_clear) struct place place = make();
    int last = 0;
    for (int i = 0; i < 60 && last != 429; i++)
        last = status_of(&place, "/v1/me", (struct request){.authorization = "Bearer pith_wrong"});
    cr_expect_eq(last, 429);
}

Test(service, gives_leave_to_pages_of_one_origin)
{
    PITH_AUTO(place_clear) struct place place = make();
    struct request request = {.method = "OPTIONS", .origin = PAGE, .asked_method = "PUT"};
    PITH_AUTO(reply_clear) struct reply leave = ask(&place, vote_address(1), request);
    cr_expect_eq(leave.status, 204);
    cr_expect_str_eq(leave.allow, "GET, HEAD, PUT, DELETE");
    cr_expect_eq(status_of(&place, "/t/ticket", request), 405, "what people read");
    request.origin = PAGE ".elsewhere.example";
    cr_expect_eq(status_of(&place, vote_address(1), request), 405);
    request.origin = NULL;
    cr_expect_eq(status_of(&place, vote_address(1), request), 405);
}

Test(service, tells_nobody_what_went_wrong_inside)
{
    static const enum problem inside[] = {PROBLEM_INTERNAL, PROBLEM_BUSY};
    for (size_t i = 0; i < 2; i++) {
        PITH_AUTO(reply_clear) struct reply reply = {0};
        problem_set(&reply, inside[i], "disk I/O error in /var/lib/pith/pith.db");
        cr_assert_geq(reply.status, 500);
        cr_assert(reply.body);
        cr_expect_null(strstr(reply.body, "/var/lib"), "%s", reply.body);
        cr_expect_null(strstr(reply.body, "detail"), "%s", reply.body);
    }
}
