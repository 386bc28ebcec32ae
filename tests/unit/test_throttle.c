#include "engine/intake/fetch/throttle.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A world that answers by a script, and whose clock moves only by waiting. */
struct reply {
    long code, retry_after;
    const char *location;
    bool broken;
};

struct world {
    int64_t clock, slept;
    const struct reply *reply;
    size_t asked;
    char url[16][256];
    bool had_etag[16];
};

static int64_t now(void *user)
{
    return ((struct world *)user)->clock;
}

static void sleep_on(void *user, int64_t milliseconds)
{
    struct world *world = user;
    cr_assert_gt(milliseconds, 0);
    world->clock += milliseconds;
    world->slept += milliseconds;
}

static enum pith_status get(void *user, const struct http_request *request, struct http_answer *ret_answer,
                            struct pith_error *reterr)
{
    struct world *world = user;
    const struct reply *reply = &world->reply[world->asked];
    cr_assert_lt(world->asked, 16);
    world->had_etag[world->asked] = request->etag != NULL;
    snprintf(world->url[world->asked++], sizeof *world->url, "%s", request->url);
    world->clock += 10;
    if (reply->broken)
        return pith_fail(reterr, PITH_IO, "no connection");
    *ret_answer = (struct http_answer){.code = reply->code, .retry_after = reply->retry_after, .body = strdup("body"), .length = 4};
    snprintf(ret_answer->location, sizeof ret_answer->location, "%s", reply->location ? reply->location : "");
    return PITH_OK;
}

static enum pith_status ask(struct world *world, struct throttle *polite, const char *url, const struct reply *reply,
                            struct pith_error *error)
{
    static struct throttle_world functions;
    PITH_AUTO(http_answer_clear) struct http_answer answer = {0};
    functions = (struct throttle_world){now, sleep_on, get, world};
    polite->world = &functions;
    world->reply = reply;
    world->asked = 0;
    world->slept = 0;
    const struct http_request request = {.url = url, .etag = "\"v1\""};
    enum pith_status status = throttle_get(polite, &request, &answer, error);
    cr_expect(status || answer.body);
    return status;
}

Test(polite, requests_to_a_host_are_spaced)
{
    struct world world = {.clock = 1000000};
    struct throttle polite = {0};
    struct pith_error error;
    const struct reply good[] = {{200, -1, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://rss.arxiv.org/rss/cs.LG", good, &error), PITH_OK);
    cr_expect_eq(world.slept, 0);
    cr_expect_eq(ask(&world, &polite, "https://rss.arxiv.org/rss/cs.CL", good, &error), PITH_OK);
    cr_expect_eq(world.slept, POLITE_ARXIV_SPACING - 10);
    cr_expect_eq(ask(&world, &polite, "https://example.org/feed", good, &error), PITH_OK);
    cr_expect_eq(world.slept, 0, "another host need not wait");
    cr_expect_eq(ask(&world, &polite, "https://example.org/other", good, &error), PITH_OK);
    cr_expect_eq(world.slept, POLITE_SPACING - 10);
    for (int i = 0; i < 3 * POLITE_HOSTS; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://host%d.example.org/", i);
        cr_expect_eq(ask(&world, &polite, url, good, &error), PITH_OK);
        cr_expect_eq(world.slept, 0);
    }
}

Test(polite, it_waits_as_it_is_told)
{
    struct world world = {.clock = 1000000};
    struct throttle polite = {0};
    struct pith_error error;
    const struct reply busy[] = {{429, 30, NULL, false}, {503, -1, NULL, false}, {200, -1, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/", busy, &error), PITH_OK);
    cr_expect_eq(world.asked, 3);
    cr_expect_geq(world.slept, 30000 + 15000);
    const struct reply too_long[] = {{503, 3600, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/", too_long, &error), PITH_IO);
    cr_expect_eq(world.asked, 1);
    cr_expect(strstr(error.message, "503") && strstr(error.message, "left alone"), "%s", error.message);
    const struct reply never[] = {{0, -1, NULL, true}, {0, -1, NULL, true}, {502, -1, NULL, false}, {500, -1, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/", never, &error), PITH_IO);
    cr_expect_eq(world.asked, POLITE_TRIES);
    const struct reply missing[] = {{404, -1, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/", missing, &error), PITH_IO);
    cr_expect_eq(world.asked, 1, "what is not there is not asked for twice");
}

Test(polite, redirects_are_followed_as_far_as_they_are_safe)
{
    struct world world = {.clock = 1000000};
    struct throttle polite = {0};
    struct pith_error error;
    const struct reply moved[] = {{301, -1, "https://other.example.org/b", false}, {200, -1, NULL, false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/a", moved, &error), PITH_OK);
    cr_expect_str_eq(world.url[1], "https://other.example.org/b");
    cr_expect(world.had_etag[0] && !world.had_etag[1], "what is known of one address is not told another");
    const struct reply bare[] = {{302, -1, "http://example.org/a", false}};
    cr_expect_eq(ask(&world, &polite, "https://example.org/a", bare, &error), PITH_USAGE);
    const struct reply file[] = {{302, -1, "file:///etc/passwd", false}};
    cr_expect_eq(ask(&world, &polite, "http://example.org/a", file, &error), PITH_USAGE);
    cr_expect_eq(world.asked, 1);
    struct reply loop[16];
    for (int i = 0; i < 16; i++)
        loop[i] = (struct reply){302, -1, "https://example.org/a", false};
    cr_expect_eq(ask(&world, &polite, "https://example.org/a", loop, &error), PITH_USAGE);
    cr_expect_eq(world.asked, POLITE_REDIRECTS + 1);
}
