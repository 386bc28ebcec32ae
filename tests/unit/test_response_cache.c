#include "engine/crypto/vault.h"
#include "engine/door/response_cache.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char now_state[ANSWERS_STATE] = "state of now....", later_state[ANSWERS_STATE] = "state of later..";

static struct response_cache *make(size_t most)
{
    struct response_cache *answers = NULL;
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(response_cache_new(most, &answers, NULL), PITH_OK);
    return answers;
}

static struct response_cache_question ask(const char *token, const char *what, const unsigned char *state)
{
    return (struct response_cache_question){token, strlen(token), what, state};
}

static bool gives(struct response_cache *answers, const struct response_cache_question *question, int64_t now, const char *expected)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    size_t length = 0;
    return response_cache_find(answers, question, now, &answer, &length) && length == strlen(expected) &&
           memcmp(answer, expected, length) == 0;
}

Test(answers, are_for_the_token_the_question_and_the_state_that_they_were_kept_for)
{
    PITH_AUTO(response_cache_free_p) struct response_cache *answers = make(1 << 20);
    const struct response_cache_question question = ask("token one", "GET /a", now_state),
                                         other_token = ask("token two", "GET /a", now_state),
                                         other_what = ask("token one", "GET /b", now_state),
                                         other_state = ask("token one", "GET /a", later_state);
    response_cache_keep(answers, &question, 0, "hello", 5);
    cr_expect(gives(answers, &question, 1, "hello"));
    cr_expect_not(gives(answers, &other_token, 1, "hello"));
    cr_expect_not(gives(answers, &other_what, 1, "hello"));
    cr_expect_not(gives(answers, &other_state, 1, "hello"));
    response_cache_keep(answers, &other_state, 0, "news", 4);
    cr_expect(gives(answers, &other_state, 1, "news"), "a newer state takes the place");
    cr_expect_not(gives(answers, &question, 1, "hello"));
}

Test(answers, end_when_their_token_does)
{
    PITH_AUTO(response_cache_free_p) struct response_cache *answers = make(1 << 20);
    const struct response_cache_question question = ask("token", "GET /a", now_state);
    response_cache_keep(answers, &question, 100, "hello", 5);
    cr_expect(gives(answers, &question, 99, "hello"));
    cr_expect_not(gives(answers, &question, 100, "hello"));
}

Test(answers, stay_within_their_bytes_whatever_is_kept)
{
    PITH_AUTO(response_cache_free_p) struct response_cache *answers = make(100000);
    char *large = calloc(1, 200000), what[32];
    size_t found = 0;
    cr_assert(large);
    memset(large, 'x', 199999);
    const struct response_cache_question too_large = ask("token", "large", now_state);
    response_cache_keep(answers, &too_large, 0, large, 199999);
    cr_expect_not(gives(answers, &too_large, 1, large), "larger than all that may be kept");
    large[1000] = '\0';
    for (int i = 0; i < 1000; i++) {
        snprintf(what, sizeof what, "GET /%d", i);
        const struct response_cache_question question = ask("token", what, now_state);
        response_cache_keep(answers, &question, 0, large, 1000);
        cr_assert(gives(answers, &question, 1, large), "the newest is always there");
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(what, sizeof what, "GET /%d", i);
        const struct response_cache_question question = ask("token", what, now_state);
        found += gives(answers, &question, 1, large);
    }
    cr_expect(found > 10 && found <= 97, "%zu of 1,000 answers of 1,028 bytes in 100,000", found);
    free(large);
}
