/* Handles of one process know nothing of each other: two homes, one after the other and in two threads. ThreadSanitizer runs this too. */
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PER_TOPIC = 20, VOTED = 12, ROUNDS = 6 };

/* A home with papers, a vote on some of two topics, and an embedding learnt from its store when it `knows` one. */
static void make_home(const char *home, bool learned, bool knows)
{
    char path[4096];
    size_t length;
    struct pith_error error;
    struct pith_import_report report;
    PITH_AUTO(pith_close_p) struct pith *pith = NULL;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    cr_assert_eq(pith_open(home, true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(pith, lines, length, 0, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_create_profile(pith, "a secret", 8, PITH_INTERACTIVE, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "a secret", 8, 0, &error), PITH_OK, "%s", error.message);
    for (unsigned i = 0; i < VOTED; i++) {
        struct pith_vote vote = {
            .paper = testing_paper_key(100 * (i % 2) + i / 2), .verdict = i % 2 ? -1 : 1, .day = testing_day(9)};
        cr_assert_eq(pith_record(pith, &vote, 1, NULL, &error), PITH_OK, "%s", error.message);
    }
    snprintf(path, sizeof path, "%s/learned.space", home);
    if (learned)
        testing_write_embedding(path, knows);
}

static struct pith *open_home(const char *home)
{
    struct pith *pith = NULL;
    struct pith_error error;
    cr_assert_eq(pith_open(home, false, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "a secret", 8, 0, &error), PITH_OK, "%s", error.message);
    return pith;
}

/* The score of the last topic's last paper, of which nothing was voted on. */
static double score_of(struct pith *pith)
{
    struct pith_error error;
    PITH_AUTO(pith_account_free_p) struct pith_account *account = NULL;
    cr_assert_eq(pith_why(pith, testing_paper_key(PER_TOPIC - 1), &account, &error), PITH_OK, "%s", error.message);
    return account->paper.score;
}

Test(handles, a_second_home_changes_no_score_of_the_first)
{
    const char *first_home = testing_folder(), *second_home = testing_folder(), *plain_home = testing_folder();
    make_home(first_home, true, true);
    make_home(second_home, true, false);
    make_home(plain_home, false, false);
    struct pith *first = open_home(first_home);
    double before = score_of(first);
    struct pith *second = open_home(second_home), *plain = open_home(plain_home);
    double during = score_of(first);
    cr_expect_neq(score_of(plain), before, "the learnt embedding counts");
    cr_expect_neq(score_of(second), before, "each home has its own");
    pith_close(second);
    pith_close(plain);
    cr_expect_eq(during, before);
    cr_expect_eq(score_of(first), before);
    pith_close(first);
}

struct reading {
    const char *home;
    double score[ROUNDS];
};

static void *read_again_and_again(void *argument)
{
    struct reading *reading = argument;
    for (int i = 0; i < ROUNDS; i++) {
        struct pith *pith = open_home(reading->home);
        reading->score[i] = score_of(pith);
        pith_close(pith);
    }
    return NULL;
}

Test(handles, two_threads_open_score_and_close_beside_each_other)
{
    struct reading reading[2] = {{.home = testing_folder()}, {.home = testing_folder()}};
    pthread_t thread[2];
    make_home(reading[0].home, true, true);
    make_home(reading[1].home, true, false);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(pthread_create(&thread[i], NULL, read_again_and_again, &reading[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    for (int i = 1; i < ROUNDS; i++) {
        cr_expect_eq(reading[0].score[i], reading[0].score[0]);
        cr_expect_eq(reading[1].score[i], reading[1].score[0]);
    }
    cr_expect_neq(reading[0].score[0], reading[1].score[0]);
}

/* ---- requests of programs that were built for another version ---- */

struct later_request {
    struct pith_rank_request today;
    size_t more;
};

Test(handles, a_request_may_be_shorter_or_longer_than_todays)
{
    PITH_AUTO(pith_close_p) struct pith *pith = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(2, &length);
    cr_assert_eq(testing_open(testing_folder(), true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, testing_day(1), &report, NULL), PITH_OK);
    const struct pith_rank_request none = {.first = PITH_NO_DAY, .last = PITH_NO_DAY};
    cr_expect_eq(pith_rank(pith, &none, &ranking, &error), PITH_USAGE, "no size");
    cr_expect_not_null(strstr(error.message, "size"));
    /* Built when `limit` was not a member yet: what stands there is no limit. */
    const struct pith_rank_request older = {
        .size = offsetof(struct pith_rank_request, limit), .first = PITH_NO_DAY, .last = PITH_NO_DAY, .limit = 1};
    cr_assert_eq(pith_rank(pith, &older, &ranking, &error), PITH_OK, "%s", error.message);
    cr_expect_gt(ranking->count, 1);
    pith_ranking_free(ranking);
    ranking = NULL;
    struct later_request later = {.today = {.size = sizeof later, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .limit = 1}};
    cr_assert_eq(pith_rank(pith, &later.today, &ranking, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(ranking->count, 1);
    pith_ranking_free(ranking);
    ranking = NULL;
    later.more = 1;
    cr_expect_eq(pith_rank(pith, &later.today, &ranking, &error), PITH_USAGE, "what this version does not know is not passed over");
}
