#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_TOPIC = 20 };

static struct pith *open_new(void)
{
    struct pith *pith = NULL;
    struct pith_import_report report;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    cr_assert_eq(pith_open(testing_folder(), true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, testing_day(1), &report, NULL), PITH_OK);
    return pith;
}

static void vote(struct pith *pith, unsigned paper, int verdict)
{
    struct pith_vote one = {.paper = testing_paper_key(paper), .verdict = verdict, .day = testing_day(20)};
    cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
}

static struct pith_seed_report seed(struct pith *pith, const char *bytes, const char *about)
{
    struct pith_seed_report report = {0};
    struct pith_error error;
    cr_assert_eq(pith_seed_file(pith, bytes, strlen(bytes), about, testing_day(20), &report, &error), PITH_OK, "%s", error.message);
    return report;
}

static struct pith_summary summary(struct pith *pith)
{
    struct pith_summary got;
    cr_assert_eq(pith_summarise(pith, &got, NULL), PITH_OK);
    return got;
}

static struct pith_ranking *rank_all(struct pith *pith)
{
    struct pith_ranking *ranking = NULL;
    struct pith_error error;
    const struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .all = true};
    cr_assert_eq(pith_rank(pith, &request, &ranking, &error), PITH_OK, "%s", error.message);
    return ranking;
}

/* How many of the first ten are about a topic. */
static unsigned first_ten(const struct pith_ranking *ranking, unsigned topic)
{
    unsigned count = 0;
    for (size_t i = 0; i < 10; i++)
        for (unsigned number = 100 * topic; number < 100 * topic + PER_TOPIC; number++)
            count += strcmp(ranking->item[i].key, testing_paper_key(number)) == 0;
    return count;
}

static double score_of(const struct pith_ranking *ranking, unsigned number)
{
    for (size_t i = 0; i < ranking->count; i++)
        if (strcmp(ranking->item[i].key, testing_paper_key(number)) == 0)
            return ranking->item[i].score;
    cr_assert_fail("paper %u is not ranked", number);
    return NAN;
}

Test(seeds, a_few_order_the_day_before_any_vote)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    struct pith_seed_report report = seed(pith, "2401.00201\narXiv:2401.00202v3\n\nhttps://arxiv.org/abs/2401.00203\n", NULL);
    cr_expect_eq(report.seeded, 3);
    cr_expect_null(report.import.format);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank_all(pith);
    cr_expect(ranking->learned);
    cr_expect_not(ranking->probabilities, "seeds are no votes to tell a chance from");
    cr_expect_eq(ranking->ups + ranking->downs, 0);
    cr_expect_geq(first_ten(ranking, 2), 9);
}

Test(seeds, tokens_are_as_good_as_a_paper)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *before = rank_all(pith);
    const char *title = NULL;
    for (size_t i = 0; i < before->count && !title; i++)
        if (strcmp(before->item[i].key, testing_paper_key(301)) == 0)
            title = before->item[i].title;
    bool seeded = false;
    cr_assert_eq(pith_seed_words(pith, title, testing_day(20), &seeded, NULL), PITH_OK);
    cr_expect(seeded);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank_all(pith);
    cr_expect_geq(first_ten(ranking, 3), 8);
    cr_assert_eq(pith_seed_words(pith, title, testing_day(20), &seeded, NULL), PITH_OK);
    cr_expect_not(seeded, "the same again changes nothing");
    cr_expect_eq(pith_seed_words(pith, " \t ", 0, &seeded, NULL), PITH_USAGE);
    char many[PITH_SEED_MOST + 2];
    memset(many, 'x', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    cr_expect_eq(pith_seed_words(pith, many, 0, &seeded, NULL), PITH_USAGE);
}

Test(seeds, a_vote_replaces_a_seed_and_never_the_other_way)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    vote(pith, 101, -1);
    struct pith_summary voted = summary(pith);
    struct pith_seed_report report = seed(pith, "2401.00101\n2401.00102\n", NULL);
    cr_expect_eq(report.seeded, 1);
    cr_expect_eq(report.standing, 1);
    cr_expect_eq(summary(pith).downs, 1);
    cr_expect_eq(summary(pith).seeds, 1);
    vote(pith, 102, -1);
    cr_expect_eq(summary(pith).downs, 2);
    cr_expect_eq(summary(pith).seeds, 0);
    struct pith_votes *undone = NULL;
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    pith_votes_free(undone);
    cr_expect_eq(summary(pith).seeds, 1, "what stood before the vote stands again");
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    cr_expect_eq(undone->count, 1);
    pith_votes_free(undone);
    cr_expect_str_eq(summary(pith).digest, voted.digest, "an undone seed leaves no trace");
}

Test(seeds, they_fade_as_votes_come)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    double share[2];
    seed(pith, "2401.00301\n2401.00302\n2401.00303\n", NULL);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 6 * round; i < 6 * round + (round ? 14 : 1); i++) {
            vote(pith, i, 1);
            vote(pith, 100 + i, -1);
        }
        PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank_all(pith);
        /* Liked through seeds alone, and not at all; beside what the votes like and do not. */
        share[round] = (score_of(ranking, 310) - score_of(ranking, 210)) / (score_of(ranking, 3) - score_of(ranking, 103));
    }
    cr_expect_gt(share[0], 0);
    cr_expect_lt(share[1], share[0]);
}

Test(seeds, a_library_keeps_its_days_and_can_be_narrowed)
{
    static const char library[] =
        "@article{a, title = {Mending kites in the wind}, eprint = {2301.00001}, date = {2023-01-02}, keywords = {Kites; wind}}\n"
        "@article{b, title = {Bread from old dough}, eprint = {2301.00002}, date = {2023-01-03}, keywords = {baking}}\n";
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    struct pith_seed_report report = seed(pith, library, "kites");
    cr_expect_eq(report.seeded, 1);
    cr_expect_eq(report.import.added, 2);
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    cr_assert_eq(pith_list_votes(pith, &votes, NULL), PITH_OK);
    cr_assert_eq(votes->count, 1);
    cr_expect_eq(votes->item[0].verdict, PITH_SEED);
    cr_expect_eq(votes->item[0].day, testing_day(1) - 364);
    report = seed(pith, library, NULL);
    cr_expect_eq(report.seeded, 1);
    cr_expect_eq(report.standing, 1);
}

struct sweep {
    size_t done, all, begun;
};

static void watch(void *user, const char *what, size_t done, size_t all)
{
    struct sweep *sweep = user;
    if (strcmp(what, "importing") != 0)
        return;
    sweep->begun += sweep->done == 0 || done < sweep->done;
    sweep->done = done;
    sweep->all = all;
}

Test(seeds, the_progress_of_a_library_goes_from_its_beginning_to_its_end_once)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    struct sweep sweep = {0};
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(100, &length);
    pith_set_progress(pith, watch, &sweep);
    cr_expect_eq(seed(pith, lines, NULL).seeded, 100 * TESTING_TOPICS);
    cr_expect_eq(sweep.begun, 1);
    cr_expect(sweep.done > length / 2 && sweep.done <= length, "%zu of %zu bytes", sweep.done, length);
}

Test(seeds, what_is_no_library_is_refused_and_nothing_is_kept)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    struct pith_seed_report report;
    struct pith_error error;
    static const char *const bad[] = {"", "\n\n", "2401.00101\nno identifier at all\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(pith_seed_file(pith, bad[i], strlen(bad[i]), NULL, 0, &report, &error), PITH_INPUT, "%zu", i);
    cr_expect(strstr(error.message, "line 2"), "%s", error.message);
    cr_expect_eq(summary(pith).seeds, 0);
    pith_set_reader(pith, NULL, NULL);
    cr_expect_eq(pith_seed_file(pith, "2401.00101\n", 11, NULL, 0, &report, NULL), PITH_LOCKED);
}

Test(seeds, an_export_carries_them)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    PITH_AUTO(pith_close_p) struct pith *other = open_new();
    PITH_AUTO(pith_free_p) char *json = NULL;
    bool seeded;
    seed(pith, "2401.00101\n", NULL);
    cr_assert_eq(pith_seed_words(pith, "kites and \"wind\"", testing_day(3), &seeded, NULL), PITH_OK);
    vote(pith, 5, 1);
    cr_assert_eq(pith_export(pith, &json, NULL), PITH_OK);
    cr_assert_eq(pith_import_profile(other, json, strlen(json), NULL, NULL), PITH_OK);
    cr_expect_str_eq(summary(other).digest, summary(pith).digest);
    cr_expect_eq(summary(other).seeds, 2);
}
