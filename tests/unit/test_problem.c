#include "api/problem.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

Test(problem, each_has_a_status_of_its_own_and_says_what_it_means)
{
    int seen[PROBLEM_BUSY + 1] = {0};
    for (enum problem problem = PROBLEM_MALFORMED; problem <= PROBLEM_BUSY; problem++) {
        struct reply reply = {0};
        problem_set(&reply, problem, "it was so");
        json_t *document = json_loadb(reply.body, reply.length, 0, NULL);
        cr_assert(document);
        cr_expect_str_eq(reply.type, "application/problem+json");
        cr_expect_eq(json_integer_value(json_object_get(document, "status")), reply.status);
        const char *type = json_string_value(json_object_get(document, "type"));
        cr_assert(type && strncmp(type, "/problems/", 10) == 0);
        cr_expect_not_null(problem_meaning(type + 10));
        seen[problem] = reply.status;
        for (enum problem other = PROBLEM_MALFORMED; other < problem; other++)
            cr_expect_neq(seen[other], reply.status);
        cr_expect_eq(json_object_get(document, "detail") == NULL, reply.status >= 500, "what is inside stays inside: %d",
                     reply.status);
        cr_expect_eq(reply.retry > 0, reply.status == 429 || reply.status == 503);
        cr_expect_eq(reply.challenge, reply.status == 401);
        json_decref(document);
        reply_clear(&reply);
    }
    cr_expect_null(problem_meaning("nonsense"));
}

Test(problem, takes_the_place_of_whatever_was_answered)
{
    struct reply reply = {0};
    reply_take(&reply, 200, TYPE_JSON, strdup("{}"));
    reply.link = strdup("<x>");
    strcpy(reply.etag, "W/\"x\"");
    problem_set(&reply, PROBLEM_CONFLICT, NULL);
    cr_expect_eq(reply.status, 409);
    cr_expect_null(reply.link);
    cr_expect_str_empty(reply.etag);
    reply_clear(&reply);
}

Test(problem, no_status_of_the_engine_that_is_a_failure_of_ours_is_said_to_be_the_clients)
{
    cr_expect_eq(problem_of_status(PITH_CORRUPT), PROBLEM_INTERNAL);
    cr_expect_eq(problem_of_status(PITH_IO), PROBLEM_BUSY);
    cr_expect_eq(problem_of_status(PITH_NOMEM), PROBLEM_BUSY);
    cr_expect_eq(problem_of_status(PITH_INPUT), PROBLEM_UNUSABLE);
    cr_expect_eq(problem_of_status(PITH_NOT_FOUND), PROBLEM_NOT_FOUND);
    cr_expect_eq(problem_of_status(PITH_EXISTS), PROBLEM_CONFLICT);
    cr_expect_eq(problem_of_status(PITH_LOCKED), PROBLEM_FORBIDDEN);
}
