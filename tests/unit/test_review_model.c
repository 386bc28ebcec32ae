/* What `pith review` shows and chooses, over a store with invented papers on four days, eight a day. */
#include "cli/review/model.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { A_DAY = 8, TODAY = 20000 };

static struct pith *open_home(void)
{
    struct pith *pith;
    struct pith_error error;
    cr_assert_eq(pith_open(testing_folder(), true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, &error), PITH_OK, "%s", error.message);
    return pith;
}

static struct model start(void)
{
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    struct model model = {.pith = open_home()};
    char *papers = testing_papers(A_DAY, &length);
    cr_assert_eq(pith_import(model.pith, papers, length, TODAY, &report, &error), PITH_OK, "%s", error.message);
    free(papers);
    cr_assert_eq(model_open(&model, PITH_NO_DAY, &error), PITH_OK, "%s", error.message);
    return model;
}

static void end(struct model *model)
{
    model_clear(model);
    pith_close(model->pith);
}

static void expect_said(const struct model *model, const char *part)
{
    cr_expect(strstr(model->said, part), "\"%s\" has no \"%s\"", model->said, part);
}

static void vote(struct model *model, int verdict)
{
    struct pith_error error;
    cr_assert_eq(model_vote(model, verdict, TODAY, &error), PITH_OK, "%s", error.message);
}

static void undo(struct model *model)
{
    struct pith_error error;
    cr_assert_eq(model_undo(model, &error), PITH_OK, "%s", error.message);
}

static void turn(struct model *model, int direction)
{
    struct pith_error error;
    cr_assert_eq(model_turn(model, direction, &error), PITH_OK, "%s", error.message);
}

/* What the profile has of a paper: 9 for nothing. */
static int stands(const struct model *model, const char *key)
{
    int verdict = 9;
    struct pith_votes *votes;
    cr_assert_eq(pith_list_votes(model->pith, &votes, NULL), PITH_OK);
    for (size_t i = 0; i < votes->count; i++)
        if (!votes->item[i].loser && strcmp(votes->item[i].key, key) == 0)
            verdict = votes->item[i].verdict;
    pith_votes_free(votes);
    return verdict;
}

Test(review_model, the_newest_day_is_shown)
{
    struct model model = start();
    cr_expect_eq(model_list(&model)->first, testing_day(4));
    cr_expect_eq(model_list(&model)->count, A_DAY);
    cr_expect_eq(model_unread(&model), A_DAY);
    cr_expect_eq(model.at, 0);
    expect_said(&model, "No votes yet");
    end(&model);
}

Test(review_model, nothing_listed_is_an_error_that_says_what_to_do)
{
    struct model model = {.pith = open_home()};
    struct pith_error error;
    cr_assert_eq(model_open(&model, PITH_NO_DAY, &error), PITH_NOT_FOUND);
    cr_expect(strstr(error.message, "pith import FILE"), "%s", error.message);
    end(&model);
}

Test(review_model, a_day_without_a_listing_is_an_error_and_changes_nothing)
{
    struct model model = start();
    struct pith_error error;
    cr_assert_eq(model_open(&model, testing_day(20), &error), PITH_NOT_FOUND);
    cr_expect(strstr(error.message, "these days"), "%s", error.message);
    cr_expect_eq(model_list(&model)->first, testing_day(4));
    end(&model);
}

Test(review_model, a_vote_is_recorded_and_moves_on_to_the_next_unread)
{
    struct model model = start();
    const char *first = model_paper(&model)->key;
    vote(&model, 1);
    cr_expect_eq(model.at, 1);
    cr_expect_eq(stands(&model, first), 1);
    expect_said(&model, "Voted up, z undoes it: ");
    model_move(&model, 1);
    vote(&model, -1);
    vote(&model, PITH_LATER);
    cr_expect_eq(model.at, 4);
    model_move(&model, -4);
    vote(&model, 1);
    expect_said(&model, "Voted up already");
    cr_expect_eq(model.at, 1, "the next unread one, not the next");
    vote(&model, 1);
    cr_expect_eq(model.at, 4, "over two that were read");
    cr_expect_eq(model_unread(&model), A_DAY - 4);
    end(&model);
}

Test(review_model, the_list_ends_at_the_last_unread)
{
    struct model model = start();
    model_move(&model, 1000);
    cr_expect_eq(model.at, A_DAY - 1);
    model_move(&model, 1);
    expect_said(&model, "last paper of the day");
    vote(&model, -1);
    cr_expect_eq(model.at, A_DAY - 1);
    expect_said(&model, "No unread paper follows");
    model_move(&model, -1000);
    cr_expect_eq(model.at, 0);
    cr_expect_str_empty(model.said);
    model_move(&model, -1);
    expect_said(&model, "first paper");
    end(&model);
}

Test(review_model, undo_shows_what_stood_before)
{
    struct model model = start();
    vote(&model, 1);
    model_move(&model, -1);
    vote(&model, -1);
    cr_expect_eq(model_list(&model)->item[0].verdict, -1);
    undo(&model);
    cr_expect_eq(model_list(&model)->item[0].verdict, 1, "the vote before it stands again");
    cr_expect_eq(model.at, 0);
    expect_said(&model, "Taken back: Voted down: ");
    undo(&model);
    cr_expect_eq(model_list(&model)->item[0].verdict, 0);
    vote(&model, PITH_LATER);
    cr_expect(model_list(&model)->item[0].later);
    undo(&model);
    cr_expect(!model_list(&model)->item[0].later);
    struct pith_error error;
    cr_expect_eq(model_undo(&model, &error), PITH_NOT_FOUND);
    end(&model);
}

Test(review_model, a_paper_is_preferred_over_the_one_looked_at_before)
{
    struct model model = start();
    struct pith_votes *votes;
    struct pith_error error;
    cr_expect_eq(model_prefer(&model, TODAY, &error), PITH_USAGE, "nothing was looked at before");
    model_move(&model, 1);
    cr_assert_eq(model_prefer(&model, TODAY, &error), PITH_OK, "%s", error.message);
    expect_said(&model, "Preferred, z undoes it, over: ");
    cr_assert_eq(pith_list_votes(model.pith, &votes, NULL), PITH_OK);
    cr_assert_eq(votes->pairs, 1);
    cr_expect_str_eq(votes->item[0].key, model_list(&model)->item[1].key);
    cr_expect_str_eq(votes->item[0].loser, model_list(&model)->item[0].key);
    pith_votes_free(votes);
    cr_assert_eq(model_prefer(&model, TODAY, &error), PITH_OK);
    expect_said(&model, "Preferred already");
    undo(&model);
    expect_said(&model, "Taken back: Preferred: ");
    end(&model);
}

Test(review_model, days_turn_both_ways_and_end)
{
    struct model model = start();
    turn(&model, 1);
    expect_said(&model, "2024-01-04 is the newest day");
    for (unsigned day = 3; day >= 1; day--) {
        turn(&model, -1);
        cr_expect_eq(model_list(&model)->first, testing_day(day));
    }
    turn(&model, -1);
    expect_said(&model, "2024-01-01 is the oldest day");
    vote(&model, 1);
    turn(&model, 1);
    cr_expect_eq(model_list(&model)->first, testing_day(2));
    cr_expect(model_list(&model)->learned, "the next list knows the vote");
    end(&model);
}

Test(review_model, days_that_were_seen_whole_are_passed_over)
{
    struct model model = start();
    turn(&model, -1); /* voted on before their day, they are left out */
    for (size_t i = 0; i < A_DAY; i++)
        cr_assert_eq(model_vote(&model, 1, testing_day(1), NULL), PITH_OK);
    turn(&model, -1);
    cr_expect_eq(model_list(&model)->first, testing_day(2));
    turn(&model, 1);
    cr_expect_eq(model_list(&model)->first, testing_day(4));
    turn(&model, -1);
    cr_expect_eq(model_list(&model)->first, testing_day(2));
    for (size_t i = 0; i < A_DAY; i++)
        cr_assert_eq(model_vote(&model, -1, testing_day(1), NULL), PITH_OK);
    turn(&model, -1);
    turn(&model, 1);
    cr_expect_eq(model_list(&model)->first, testing_day(4));
    end(&model);
}

Test(review_model, a_search_is_a_list_of_its_own)
{
    struct model model = start();
    struct pith_error error;
    char author[64];
    model_move(&model, 3);
    const char *key = model_paper(&model)->key;
    snprintf(author, sizeof author, "author:\"%s\"", model_paper(&model)->facts.authors.item[0]);
    cr_expect_eq(model_search(&model, "xyzzy", &error), PITH_NOT_FOUND);
    cr_expect_null(model.found, "no hit: the day stays");
    cr_expect_eq(model.at, 3);
    cr_assert_eq(model_search(&model, author, &error), PITH_OK, "%s", error.message);
    cr_assert_not_null(model.found);
    expect_said(&model, "the most relevant first");
    while (strcmp(model_paper(&model)->key, key) != 0)
        model_move(&model, 1);
    vote(&model, 1);
    model_leave_search(&model);
    cr_expect_null(model.found);
    cr_expect_eq(model.at, 3, "where the day was left");
    cr_expect_eq(model_paper(&model)->verdict, 1, "a vote among what was found shows in the day");
    end(&model);
}

Test(review_model, turning_the_day_leaves_a_search)
{
    struct model model = start();
    struct pith_error error;
    cr_assert_eq(model_search(&model, "since:2024-01-01 author:author1", &error), PITH_OK, "%s", error.message);
    turn(&model, -1);
    cr_expect_null(model.found);
    cr_expect_eq(model_list(&model)->first, testing_day(3));
    end(&model);
}
