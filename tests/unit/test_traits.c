#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EACH = 20, MOST = 5 };

static struct pith *make_home(void)
{
    struct pith_import_report report;
    struct pith *pith = NULL;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(EACH, &length);
    cr_assert_eq(pith_open(testing_folder(), true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, 0, &report, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    return pith;
}

static void unlock(struct pith *pith)
{
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 1000, NULL), PITH_OK);
}

/* Topic 0 up, topic 1 down. */
static void vote(struct pith *pith)
{
    struct pith_vote votes[2 * EACH];
    for (unsigned i = 0; i < 2 * EACH; i++)
        votes[i] = (struct pith_vote){
            .paper = strdup(testing_paper_key(i < EACH ? i : 100 + i - EACH)), .verdict = i < EACH ? 1 : -1, .day = testing_day(5)};
    cr_assert_eq(pith_record(pith, votes, 2 * EACH, NULL, NULL), PITH_OK);
    for (unsigned i = 0; i < 2 * EACH; i++)
        free((char *)(size_t)votes[i].paper);
}

Test(traits, are_the_strongest_of_each_kind_and_sign)
{
    PITH_AUTO(pith_close_p) struct pith *pith = make_home();
    PITH_AUTO(pith_traits_free_p) struct pith_traits *traits = NULL;
    size_t count[PITH_TRAIT_KINDS][2] = {0};
    unlock(pith);
    vote(pith);
    cr_assert_eq(pith_list_traits(pith, MOST, &traits, NULL), PITH_OK);
    for (size_t i = 0; i < traits->count; i++) {
        const struct pith_trait *trait = &traits->item[i];
        cr_expect(trait->weight != 0 && *trait->label && strchr(trait->feature, ':'), "%s", trait->feature);
        cr_expect(!i || fabs(trait->weight) <= fabs(trait[-1].weight), "by falling size");
        cr_expect(strncmp(trait->feature, "title:", 6) != 0, "a word is told once");
        count[trait->kind][trait->weight > 0]++;
    }
    for (size_t sign = 0; sign < 2; sign++) {
        cr_expect_eq(count[PITH_TRAIT_WORD][sign], MOST);
        cr_expect(count[PITH_TRAIT_AUTHOR][sign] >= 1 && count[PITH_TRAIT_AUTHOR][sign] <= MOST);
        cr_expect(count[PITH_TRAIT_CATEGORY][sign] >= 1 && count[PITH_TRAIT_CATEGORY][sign] <= MOST);
    }
}

Test(traits, are_none_before_the_first_vote_and_need_the_key)
{
    PITH_AUTO(pith_close_p) struct pith *pith = make_home();
    PITH_AUTO(pith_traits_free_p) struct pith_traits *traits = NULL;
    cr_expect_eq(pith_list_traits(pith, MOST, &traits, NULL), PITH_LOCKED);
    cr_expect_null(traits);
    unlock(pith);
    cr_assert_eq(pith_list_traits(pith, MOST, &traits, NULL), PITH_OK);
    cr_expect_eq(traits->count, 0);
}

Test(backtest, counts_how_often_which_chance_was_given)
{
    PITH_AUTO(pith_close_p) struct pith *pith = make_home();
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *replay = NULL;
    unlock(pith);
    for (unsigned day = 1; day <= 4; day++)
        for (unsigned i = 0; i < 2 * EACH; i++) {
            unsigned number = i < EACH ? i : 100 + i - EACH;
            const struct pith_vote one = {
                .paper = testing_paper_key(number), .verdict = i < EACH ? 1 : -1, .day = testing_day(1 + number % 4)};
            if (number % 4 + 1 == day)
                cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
        }
    cr_assert_eq(pith_backtest_votes(pith, &replay, NULL), PITH_OK);
    size_t given = 0;
    for (size_t i = 0; i < PITH_BINS; i++)
        given += replay->given[i];
    cr_expect_gt(replay->probabilities, 0);
    cr_expect_eq(given, replay->probabilities);
}

Test(erase, of_an_open_profile_takes_that_one_whoever_else_is_there)
{
    PITH_AUTO(pith_close_p) struct pith *pith = make_home();
    PITH_AUTO(pith_secret_free_p) struct pith_secret *token = NULL, *code = NULL;
    const struct pith_key_request request = {
        .size = sizeof request, .way = PITH_TOKEN, .label = "page", .scopes = PITH_MAY_RANK | PITH_MAY_MANAGE};
    bool has = false;
    unlock(pith);
    cr_assert_eq(pith_put_key(pith, &request, &token, NULL), PITH_OK);
    cr_assert_eq(pith_set_reader(pith, "Ben", NULL), PITH_OK);
    cr_assert_eq(pith_create_by_code(pith, &code, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_TOKEN, token->text, strlen(token->text), 1000, NULL), PITH_OK);
    cr_assert_eq(pith_erase(pith, NULL), PITH_OK);
    cr_expect_neq(pith_unlock(pith, PITH_TOKEN, token->text, strlen(token->text), 1000, NULL), PITH_OK, "it is gone");
    cr_assert_eq(pith_has_profile(pith, &has, NULL), PITH_OK);
    cr_expect(has, "Ben's stays");
}
