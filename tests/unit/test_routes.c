#include "api/routes.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <jansson.h>
#include <string.h>

extern const char openapi_document[];

static const json_t *described(const json_t *document, const char *method, const char *pattern)
{
    char verb[16] = "";
    for (size_t i = 0; method[i] && i + 1 < sizeof verb; i++)
        verb[i] = (char)tolower((unsigned char)method[i]);
    return json_object_get(json_object_get(json_object_get(document, "paths"), pattern), verb);
}

Test(routes, are_all_described_and_nothing_else_is)
{
    json_t *document = json_loads(openapi_document, JSON_REJECT_DUPLICATES, NULL);
    size_t routes = 0, operations = 0;
    const char *pattern, *verb;
    json_t *verbs, *operation;
    cr_assert(document);
    for (const struct route *route = route_table(); route->method; route++, routes++) {
        const json_t *found = described(document, route->method, route->pattern);
        cr_expect(found, "%s %s is not described", route->method, route->pattern);
        cr_expect_eq(json_object_get(found, "requestBody") != NULL, route->body != NULL, "%s %s: a body or none", route->method,
                     route->pattern);
    }
    json_object_foreach(json_object_get(document, "paths"), pattern, verbs) json_object_foreach(verbs, verb, operation)
        operations += strcmp(verb, "parameters") != 0;
    cr_expect_eq(operations, routes, "%zu are described, %zu are there", operations, routes);
    json_decref(document);
}

static const struct target *target_of(const char *raw)
{
    static struct target target;
    cr_assert_eq(target_read(raw, &target, NULL), PITH_OK);
    return &target;
}

Test(routes, are_found_by_their_whole_path)
{
    char allow[64];
    const char *part = NULL;
    struct request request = {.method = "PUT", .target = target_of("/v1/me/votes/doi%3A10.1%2Fx")};
    const struct route *route = route_find(&request, &part, allow);
    cr_assert(route);
    cr_expect_str_eq(route->pattern, "/v1/me/votes/{id}");
    cr_expect_str_eq(part, "doi:10.1/x");
    static const char *const nowhere[] = {"//",     "/v1",     "/v1/",     "/v1/me/", "/v1/me/votes/", "/v1/me/votes/a/b",
                                          "/V1/me", "/v1//me", "/healthz/"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        request.target = target_of(nowhere[i]);
        cr_expect_null(route_find(&request, &part, allow), "%s", nowhere[i]);
        cr_expect_str_empty(allow, "%s", nowhere[i]);
    }
}

Test(routes, know_the_pages_of_readers_beside_their_own)
{
    char allow[64];
    const char *part = NULL;
    struct request request = {.method = "GET", .target = target_of("/paper/arxiv%3A2506.02483")};
    const struct route *route = route_find(&request, &part, allow);
    cr_assert(route);
    cr_expect_str_eq(route->pattern, "/paper/{id}");
    cr_expect_str_eq(part, "arxiv:2506.02483");
    for (const struct route *page = pages_table(); page->method; page++) {
        bool changes = strcmp(page->method, "POST") == 0;
        cr_expect_eq(page->body != NULL, changes, "%s %s", page->method, page->pattern);
        cr_expect(!page->kept || page->who == ROUTE_SITE, "%s", page->pattern);
        for (const struct route *other = route_table(); other->method; other++)
            cr_expect(strcmp(page->pattern, other->pattern) != 0, "%s is there twice", page->pattern);
    }
}

Test(routes, say_which_methods_an_address_takes)
{
    char allow[64];
    const char *part;
    const struct request request = {.method = "PATCH", .target = target_of("/v1/me/votes/x")};
    cr_expect_null(route_find(&request, &part, allow));
    cr_expect_str_eq(allow, "GET, HEAD, PUT, DELETE");
}
