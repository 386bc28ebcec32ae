#include "engine/crypto/vault.h"
#include <pith/service.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char now_state[PITH_STATE] = "state of now....", later_state[PITH_STATE] = "state of later..";

static struct pith_response_cache *make(size_t most)
{
    struct pith_response_cache *cache = NULL;
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(pith_response_cache_new(most, &cache, NULL), PITH_OK);
    return cache;
}

static struct pith_response_key ask(const char *token, const char *what, const unsigned char *state)
{
    return (struct pith_response_key){token, strlen(token), what, state};
}

static bool gives(struct pith_response_cache *cache, const struct pith_response_key *question, int64_t now, const char *expected)
{
    PITH_AUTO(pith_free_p) char *answer = NULL;
    size_t length = 0;
    return pith_response_cache_find(cache, question, now, &answer, &length) && length == strlen(expected) &&
           memcmp(answer, expected, length) == 0;
}

Test(response_cache, are_for_the_token_the_question_and_the_state_that_they_were_kept_for)
{
    PITH_AUTO(pith_response_cache_free_p) struct pith_response_cache *cache = make(1 << 20);
    const struct pith_response_key question = ask("token one", "GET /a", now_state),
                                   other_token = ask("token two", "GET /a", now_state),
                                   other_what = ask("token one", "GET /b", now_state),
                                   other_state = ask("token one", "GET /a", later_state);
    pith_response_cache_keep(cache, &question, 0, "hello", 5);
    cr_expect(gives(cache, &question, 1, "hello"));
    cr_expect_not(gives(cache, &other_token, 1, "hello"));
    cr_expect_not(gives(cache, &other_what, 1, "hello"));
    cr_expect_not(gives(cache, &other_state, 1, "hello"));
    pith_response_cache_keep(cache, &other_state, 0, "news", 4);
    cr_expect(gives(cache, &other_state, 1, "news"), "a newer state takes the place");
    cr_expect_not(gives(cache, &question, 1, "hello"));
}

Test(response_cache, end_when_their_token_does)
{
    PITH_AUTO(pith_response_cache_free_p) struct pith_response_cache *cache = make(1 << 20);
    const struct pith_response_key question = ask("token", "GET /a", now_state);
    pith_response_cache_keep(cache, &question, 100, "hello", 5);
    cr_expect(gives(cache, &question, 99, "hello"));
    cr_expect_not(gives(cache, &question, 100, "hello"));
}

Test(response_cache, stay_within_their_bytes_whatever_is_kept)
{
    PITH_AUTO(pith_response_cache_free_p) struct pith_response_cache *cache = make(100000);
    char *large = calloc(1, 200000), what[32];
    size_t found = 0;
    cr_assert(large);
    memset(large, 'x', 199999);
    const struct pith_response_key too_large = ask("token", "large", now_state);
    pith_response_cache_keep(cache, &too_large, 0, large, 199999);
    cr_expect_not(gives(cache, &too_large, 1, large), "larger than all that may be kept");
    large[1000] = '\0';
    for (int i = 0; i < 1000; i++) {
        snprintf(what, sizeof what, "GET /%d", i);
        const struct pith_response_key question = ask("token", what, now_state);
        pith_response_cache_keep(cache, &question, 0, large, 1000);
        cr_assert(gives(cache, &question, 1, large), "the newest is always there");
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(what, sizeof what, "GET /%d", i);
        const struct pith_response_key question = ask("token", what, now_state);
        found += gives(cache, &question, 1, large);
    }
    cr_expect(found > 10 && found <= 97, "%zu of 1,000 answers of 1,028 bytes in 100,000", found);
    free(large);
}
