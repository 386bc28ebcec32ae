#include "engine/intake/import.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "engine/ranking/rank.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Papers of topic t are numbers 100 t, 100 t + 1, …, listed in turn on days 1 to 4. */
enum { PER_TOPIC = 20, PER_DAY = PER_TOPIC / 4 * TESTING_TOPICS };

static void import(struct pith *pith, const char *lines, size_t length)
{
    struct pith_import_report report;
    struct pith_error error;
    cr_assert_eq(pith_import(pith, lines, length, testing_day(28), &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(report.skipped, 0);
}

static struct pith *open_at(const char *home)
{
    struct pith *pith = NULL;
    struct pith_error error;
    cr_assert_eq(testing_open(home, true, &pith, &error), PITH_OK, "%s", error.message);
    return pith;
}

static struct pith *open_new(void)
{
    struct pith *pith = open_at(testing_folder());
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    return pith;
}

static struct pith *open_with_papers(void)
{
    struct pith *pith = open_new();
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    import(pith, lines, length);
    return pith;
}

static void vote(struct pith *pith, unsigned paper, int verdict)
{
    struct pith_vote one = {.paper = testing_paper_key(paper), .verdict = verdict, .day = testing_day(20)};
    cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
}

static void like_first_not_second(struct pith *pith)
{
    for (unsigned i = 0; i < 5; i++) {
        vote(pith, i, 1);
        vote(pith, 100 + i, -1);
    }
}

static struct pith_ranking *rank(struct pith *pith, struct pith_rank_request request)
{
    struct pith_ranking *ranking = NULL;
    struct pith_error error;
    cr_assert_eq(pith_rank(pith, &request, &ranking, &error), PITH_OK, "%s", error.message);
    for (size_t i = 0; i < ranking->count; i++) {
        cr_assert_eq(ranking->item[i].rank, i + 1);
        cr_assert(!ranking->learned || i == 0 || ranking->item[i - 1].score >= ranking->item[i].score);
    }
    return ranking;
}

static const struct pith_rank_request everything = {.size = sizeof everything,
                                                    .first = PITH_NO_DAY,
                                                    .last = PITH_NO_DAY,
                                                    .all = true,
                                                    .duplicates = true,
                                                    .reasons = 3}; /* invented titles are much alike */

static struct pith_rank_request days(int32_t first, int32_t last)
{
    return (struct pith_rank_request){
        .size = sizeof(struct pith_rank_request), .first = first, .last = last, .duplicates = true, .reasons = 5};
}

/* ---- before anything is learnt ---- */

Test(rank, without_votes_papers_stand_as_listed)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    PITH_AUTO(pith_ranking_free_p)
    struct pith_ranking *ranking = rank(pith, days(testing_day(2), testing_day(2)));
    cr_assert_eq(ranking->count, PER_DAY);
    cr_expect(!ranking->learned && !ranking->probabilities);
    for (unsigned i = 0; i < PER_DAY; i++) {
        const struct pith_ranked *item = &ranking->item[i];
        cr_expect_str_eq(item->key, testing_paper_key(100 * (i % TESTING_TOPICS) + 1 + i / TESTING_TOPICS * 4));
        cr_expect_eq(item->reason_count, 0);
        cr_expect(isnan(item->probability));
        cr_expect_eq(item->day, testing_day(2));
        cr_expect_eq(item->verdict, 0);
    }
}

Test(rank, without_votes_known_popularity_comes_first)
{
    static const char papers[] =
        "[{\"paper\":{\"id\":\"2401.00001\",\"title\":\"Unknown to all\",\"summary\":\"Text.\"}},"
        "{\"paper\":{\"id\":\"2401.00002\",\"title\":\"Three once\",\"summary\":\"Text.\",\"upvotes\":3}},"
        "{\"paper\":{\"id\":\"2401.00003\",\"title\":\"Nine\",\"summary\":\"Text.\",\"upvotes\":9}},"
        "{\"paper\":{\"id\":\"2401.00004\",\"title\":\"Three again\",\"summary\":\"Text.\",\"upvotes\":3}},"
        "{\"paper\":{\"id\":\"2401.00005\",\"title\":\"None\",\"summary\":\"Text.\",\"upvotes\":0}}]";
    static const unsigned expected[] = {3, 2, 4, 5, 1};
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    import(pith, papers, strlen(papers));
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, everything);
    cr_assert_eq(ranking->count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(ranking->item[i].key, testing_paper_key(expected[i]), "rank %zu", i + 1);
    cr_expect_eq(ranking->item[4].upvotes, -1);
}

Test(rank, a_locked_profile_shows_listing_order)
{
    const char *home = testing_folder();
    PITH_AUTO(pith_close_p) struct pith *pith = open_at(home);
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    import(pith, lines, length);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *before = rank(pith, everything);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    like_first_not_second(pith);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *learned = rank(pith, everything);
    cr_assert(learned->learned);
    PITH_AUTO(pith_close_p) struct pith *locked = open_at(home);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(locked, everything);
    cr_expect(!ranking->learned);
    for (size_t i = 0; i < ranking->count; i++) {
        cr_expect_str_eq(ranking->item[i].key, before->item[i].key);
        cr_expect_eq(ranking->item[i].verdict, 0, "votes are not told");
    }
}

/* ---- order ---- */

/* Six papers of one text, listed on day 1 and on day 2 the other way round. */
static void import_duplicates(struct pith *pith)
{
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);
    for (int i = 0; i < 12; i++)
        fprintf(lines,
                "{\"id\":\"arXiv:2401.%05d\",\"date\":\"2024-01-%02d\",\"title\":\"Diffusion image pixel\","
                "\"abstract\":\"Camera and video of a texture.\"}\n",
                9000 + (i < 6 ? i : 11 - i), i < 6 ? 1 : 2);
    fclose(lines);
    import(pith, text, length);
    free(text);
}

static void expect_duplicates(struct pith *pith, unsigned day, bool turned)
{
    PITH_AUTO(pith_ranking_free_p)
    struct pith_ranking *ranking = rank(pith, days(testing_day(day), testing_day(day)));
    unsigned found = 0;
    double score = NAN;
    for (size_t i = 0; i < ranking->count; i++) {
        if (strcmp(ranking->item[i].title, "Diffusion image pixel") != 0)
            continue;
        cr_expect_str_eq(ranking->item[i].key, testing_paper_key(9000 + (turned ? 5 - found : found)), "day %u", day);
        cr_expect(!found || ranking->item[i].score == score, "equal text, equal score");
        cr_expect_eq(ranking->item[i].day, testing_day(day), "the day asked for, not its latest");
        score = ranking->item[i].score;
        found++;
    }
    cr_expect_eq(found, 6);
}

Test(rank, equal_scores_keep_listing_order)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    import_duplicates(pith);
    expect_duplicates(pith, 1, false);
    expect_duplicates(pith, 2, true);
    like_first_not_second(pith);
    expect_duplicates(pith, 1, false);
    expect_duplicates(pith, 2, true);
}

Test(rank, a_paper_of_two_days_stands_once_on_the_later)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    import_duplicates(pith);
    PITH_AUTO(pith_ranking_free_p)
    struct pith_ranking *ranking = rank(pith, days(testing_day(1), testing_day(2)));
    cr_assert_eq(ranking->count, 6);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(ranking->item[i].day, testing_day(2));
}

Test(rank, a_ranking_is_the_same_twice_to_the_bit)
{
    const char *home = testing_folder();
    struct pith *pith = open_at(home);
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    import(pith, lines, length);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    like_first_not_second(pith);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *fitted = rank(pith, everything);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *kept = rank(pith, everything);
    pith_close(pith);
    PITH_AUTO(pith_close_p) struct pith *reopened = open_at(home);
    cr_assert_eq(pith_unlock(reopened, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *again = rank(reopened, everything);
    cr_assert_eq(fitted->count, PER_TOPIC * TESTING_TOPICS);
    cr_assert(kept->count == fitted->count && again->count == fitted->count);
    for (size_t i = 0; i < fitted->count; i++) {
        cr_expect_str_eq(fitted->item[i].key, kept->item[i].key);
        cr_expect_str_eq(fitted->item[i].key, again->item[i].key);
        cr_expect_eq(memcmp(&fitted->item[i].score, &kept->item[i].score, sizeof(double)), 0);
        cr_expect_eq(memcmp(&fitted->item[i].score, &again->item[i].score, sizeof(double)), 0);
    }
}

Test(rank, order_falls_and_leaves_ties_in_place)
{
    static const double score[] = {0, 2, -INFINITY, 2, 0, INFINITY, -0.0, 2};
    static const size_t expected[] = {5, 1, 3, 7, 0, 4, 6, 2};
    PITH_AUTO(pith_free_p) size_t *order = NULL;
    cr_assert_eq(choose_order(score, 8, &order, NULL), PITH_OK);
    for (size_t i = 0; i < 8; i++)
        cr_expect_eq(order[i], expected[i], "place %zu: %zu", i, order[i]);
}

/* ---- reasons ---- */

static void expect_reasons(const struct pith_ranked *item, size_t most)
{
    double sum = 0;
    cr_assert_geq(item->reason_count, 2);
    size_t named = item->reason_count - 2;
    cr_expect_leq(named, most);
    for (size_t i = 0; i < item->reason_count; i++) {
        sum += item->reasons[i].contribution;
        cr_expect_neq(item->reasons[i].label[0], '\0');
    }
    for (size_t i = 0; i < named; i++) {
        cr_expect(strchr(item->reasons[i].feature, ':'), "%s", item->reasons[i].feature);
        cr_expect(!i || fabs(item->reasons[i - 1].contribution) >= fabs(item->reasons[i].contribution));
    }
    cr_expect_float_eq(sum, item->score, 1e-9, "%s with %zu reasons", item->key, most);
    cr_expect_str_eq(item->reasons[named].feature, "base");
    cr_expect_str_eq(item->reasons[named + 1].feature, "other");
}

Test(rank, reasons_add_up_to_the_score)
{
    static const size_t most[] = {0, 1, 3, 1000};
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    like_first_not_second(pith);
    for (size_t i = 0; i < 4; i++) {
        struct pith_rank_request request = everything;
        request.reasons = most[i];
        PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
        for (size_t j = 0; j < ranking->count; j++)
            expect_reasons(&ranking->item[j], most[i]);
        const struct pith_ranked *first = &ranking->item[0];
        if (most[i] == 1)
            cr_expect_gt(first->reasons[0].contribution, 0, "%s", first->reasons[0].feature);
        if (most[i] == 1000)
            cr_expect_float_eq(first->reasons[first->reason_count - 1].contribution, 0, 1e-9, "nothing is left over");
    }
}

/* ---- which papers ---- */

static void expect_days(struct pith *pith, struct pith_rank_request request, unsigned first, unsigned last)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
    cr_expect_eq(ranking->first, testing_day(first));
    cr_expect_eq(ranking->last, testing_day(last));
    cr_expect_eq(ranking->listed, (last - first + 1) * PER_DAY);
    cr_expect_eq(ranking->count, ranking->listed);
    for (size_t i = 0; i < ranking->count; i++)
        cr_expect(ranking->item[i].day >= testing_day(first) && ranking->item[i].day <= testing_day(last));
}

static void expect_each_request(struct pith *pith)
{
    expect_days(pith, days(PITH_NO_DAY, PITH_NO_DAY), 4, 4);
    expect_days(pith, days(testing_day(2), PITH_NO_DAY), 2, 4);
    expect_days(pith, days(PITH_NO_DAY, testing_day(3)), 1, 3);
    expect_days(pith, days(testing_day(2), testing_day(3)), 2, 3);
    expect_days(pith, days(testing_day(3), testing_day(3)), 3, 3);
    struct pith_rank_request all = days(testing_day(3), testing_day(3));
    all.all = true;
    expect_days(pith, all, 1, 4);
}

Test(rank, days_are_those_asked_for)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    expect_each_request(pith);
    like_first_not_second(pith);
    expect_each_request(pith);
}

Test(rank, days_without_papers_are_not_found)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_new();
    struct pith_ranking *ranking = NULL;
    cr_expect_eq(pith_rank(pith, &everything, &ranking, NULL), PITH_NOT_FOUND, "nothing was imported");
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    import(pith, lines, length);
    struct pith_rank_request later = days(testing_day(9), PITH_NO_DAY);
    cr_expect_eq(pith_rank(pith, &later, &ranking, NULL), PITH_NOT_FOUND);
    struct pith_rank_request turned = days(testing_day(3), testing_day(2));
    cr_expect_eq(pith_rank(pith, &turned, &ranking, NULL), PITH_NOT_FOUND);
    cr_expect_null(ranking);
}

Test(rank, a_limit_cuts_the_end_off)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    like_first_not_second(pith);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *whole = rank(pith, everything);
    for (size_t limit = 1; limit <= whole->listed + 1; limit += whole->listed / 4) {
        struct pith_rank_request request = everything;
        request.limit = limit;
        PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
        cr_expect_eq(ranking->count, limit < whole->listed ? limit : whole->listed);
        cr_expect_eq(ranking->listed, whole->listed);
        for (size_t i = 0; i < ranking->count; i++)
            cr_expect_str_eq(ranking->item[i].key, whole->item[i].key);
    }
}

/* ---- votes ---- */

Test(rank, votes_are_marked_and_counted)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    like_first_not_second(pith);
    char winner[32];
    strcpy(winner, testing_paper_key(200));
    struct pith_vote pair = {.paper = winner, .loser = testing_paper_key(300), .day = testing_day(20)};
    cr_assert_eq(pith_record(pith, &pair, 1, NULL, NULL), PITH_OK);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, everything);
    int ups = 0, downs = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        ups += ranking->item[i].verdict == 1;
        downs += ranking->item[i].verdict == -1;
        for (unsigned voted = 0; voted < 5; voted++)
            cr_expect(ranking->item[i].verdict == 1 || strcmp(ranking->item[i].key, testing_paper_key(voted)) != 0);
    }
    cr_expect(ups == 5 && downs == 5, "%d ups, %d downs", ups, downs);
    cr_expect(ranking->ups == 5 && ranking->downs == 5 && ranking->pairs == 1);
}

/* Ups on one topic, downs on another. */
static struct pith_ranking *after_votes(unsigned ups, unsigned downs)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    for (unsigned i = 0; i < ups; i++)
        vote(pith, i < PER_TOPIC ? i : 200 + i - PER_TOPIC, 1);
    for (unsigned i = 0; i < downs; i++)
        vote(pith, i < PER_TOPIC ? 100 + i : 300 + i - PER_TOPIC, -1);
    return rank(pith, everything);
}

static void expect_probabilities(unsigned ups, unsigned downs, bool shown)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = after_votes(ups, downs);
    cr_expect_eq(ranking->probabilities, shown, "%u ups, %u downs", ups, downs);
    for (size_t i = 0; i < ranking->count; i++) {
        double probability = ranking->item[i].probability;
        cr_assert_eq(isfinite(probability) != 0, shown);
        if (!shown)
            continue;
        cr_expect(probability > 0 && probability < 1);
        cr_expect(i == 0 || ranking->item[i - 1].probability >= probability, "they fall with the score");
    }
    if (shown)
        cr_expect_gt(ranking->item[0].probability, ranking->item[ranking->count - 1].probability);
}

Test(rank, probabilities_need_thirty_votes_with_three_of_each)
{
    expect_probabilities(15, 14, false);
    expect_probabilities(15, 15, true);
    expect_probabilities(28, 2, false);
    expect_probabilities(2, 28, false);
    expect_probabilities(27, 3, true);
    expect_probabilities(3, 27, true);
}

/* ---- names ---- */

Test(rank, a_remembered_ranking_gives_ranks_to_vote_on)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    like_first_not_second(pith);
    struct pith_rank_request request = everything;
    request.limit = 7;
    request.remember = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
    request.limit = 3;
    request.remember = false;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *forgotten = rank(pith, request);
    PITH_AUTO(pith_papers_free_p) struct pith_papers *found = NULL;
    cr_assert_eq(pith_find(pith, "7", &found, NULL), PITH_OK);
    cr_expect_eq(found->count, 1);
    cr_expect_str_eq(found->item[0].key, ranking->item[6].key);
    struct pith_papers *none = NULL;
    cr_expect_eq(pith_find(pith, "8", &none, NULL), PITH_NOT_FOUND);
    cr_expect_eq(pith_find(pith, "0", &none, NULL), PITH_NOT_FOUND);
}

Test(rank, identifiers_for_people)
{
    static const char *const pair[][2] = {{"arxiv:2506.02483", "arXiv:2506.02483"},
                                          {"doi:10.1234/x", "doi:10.1234/x"},
                                          {"id:my own", "my own"},
                                          {"title:00ff", "title:00ff"}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        PITH_AUTO(pith_free_p) char *id = NULL;
        cr_assert_eq(paper_display_id(pair[i][0], &id, NULL), PITH_OK);
        cr_expect_str_eq(id, pair[i][1]);
    }
}

/* ---- what a list shows ---- */

/* Enough votes for percentages: topic 1 is liked, the others are not; on papers of even number. */
static void vote_for_percentages(struct pith *pith)
{
    for (unsigned i = 0; i < PER_TOPIC; i += 2)
        for (unsigned topic = 0; topic < 4; topic++)
            vote(pith, 100 * topic + i, topic == 1 ? 1 : -1);
}

Test(rank, a_list_holds_as_many_likes_as_wanted)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    vote_for_percentages(pith);
    struct pith_rank_request request = everything;
    request.seen = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *whole = rank(pith, request);
    cr_assert(whole->probabilities);
    double sum = 0;
    for (size_t i = 0; i < whole->count; i++)
        sum += whole->item[i].probability;
    cr_expect_float_eq(whole->expected, sum, 1e-9);
    cr_expect_float_eq(whole->missed, 0, 1e-9);
    request.expect = sum / 2;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *some = rank(pith, request);
    cr_expect_geq(some->expected, sum / 2);
    cr_expect_lt(some->expected - some->item[some->count - 1].probability, sum / 2, "one less would not do");
    cr_expect_float_eq(some->expected + some->missed, sum, 1e-9);
    request.limit = 2;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *two = rank(pith, request);
    cr_expect_eq(two->count, 2, "a limit holds too");
    request.expect = -1;
    cr_expect_eq(pith_rank(pith, &request, &two, NULL), PITH_USAGE);
}

Test(rank, a_list_can_be_kept_free_of_unwanted_papers)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    vote_for_percentages(pith);
    struct pith_rank_request request = everything;
    request.unwanted = 0.4;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *sure = rank(pith, request);
    size_t wanted = 0;
    for (size_t i = 0; i < sure->count; i++)
        for (unsigned number = 100; number < 100 + PER_TOPIC; number++)
            wanted += strcmp(sure->item[i].key, testing_paper_key(number)) == 0;
    cr_expect_geq(wanted, PER_TOPIC / 2);
    cr_expect_leq((double)(sure->count - wanted), 0.4 * (double)sure->count);
    request.unwanted = 1;
    cr_expect_eq(pith_rank(pith, &request, &sure, NULL), PITH_USAGE);
}

Test(rank, duplicates_are_shown_as_one)
{
    static const char lines[] = "{\"id\":\"arXiv:2402.00001\",\"title\":\"Mending kites in a mild wind\",\"abstract\":\"We "
                                "mend.\",\"date\":\"2024-01-09\"}\n"
                                "{\"id\":\"doi:10.1/other\",\"title\":\"Mending Kites in Mild Winds\",\"abstract\":\"They "
                                "mend.\",\"date\":\"2024-01-09\"}\n"
                                "{\"id\":\"arXiv:2402.00003\",\"title\":\"Sailing boats in a mild wind\",\"abstract\":\"We "
                                "sail.\",\"date\":\"2024-01-09\"}\n";
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    import(pith, lines, sizeof lines - 1);
    struct pith_rank_request request = days(testing_day(9), testing_day(9));
    request.duplicates = false;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
    cr_assert_eq(ranking->count, 2);
    cr_expect_eq(ranking->listed, 3);
    cr_assert_eq(ranking->item[0].duplicates, 1);
    cr_expect_str_eq(ranking->item[0].duplicate[0], "doi:10.1/other");
    request.duplicates = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *all = rank(pith, request);
    cr_expect_eq(all->count, 3);
    cr_expect_eq(all->item[0].duplicates, 0);
}

Test(rank, what_was_voted_on_before_its_day_stays_out)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    static const char again[] =
        "{\"id\":\"arXiv:2401.00101\",\"title\":\"A new version of it\",\"abstract\":\"Text.\",\"date\":\"2024-01-30\"}\n"
        "{\"id\":\"arXiv:2402.00001\",\"title\":\"Something quite new\",\"abstract\":\"Text.\",\"date\":\"2024-01-30\"}\n";
    vote(pith, 101, 1); /* on the 20th */
    import(pith, again, sizeof again - 1);
    struct pith_rank_request request = days(testing_day(30), testing_day(30));
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
    cr_expect_eq(ranking->count, 1);
    cr_expect_eq(ranking->seen, 1);
    cr_expect_eq(ranking->listed, 2);
    request.seen = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *all = rank(pith, request);
    cr_expect_eq(all->count, 2);
    cr_expect_eq(all->seen, 0);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *its_day = rank(pith, days(testing_day(1), testing_day(4)));
    bool shown = false;
    for (size_t i = 0; i < its_day->count; i++)
        shown = shown || its_day->item[i].verdict != 0;
    cr_expect(shown, "on its own day a voted paper stays where it was");
}

Test(rank, a_diverse_list_begins_alike_and_mixes)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    vote_for_percentages(pith);
    struct pith_rank_request request = everything;
    struct pith_ranking *mixed = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *plain = rank(pith, request);
    request.diverse = 0.7;
    cr_assert_eq(pith_rank(pith, &request, &mixed, NULL), PITH_OK);
    cr_expect_eq(mixed->count, plain->count);
    cr_expect_str_eq(mixed->item[0].key, plain->item[0].key, "the best stays the best");
    size_t moved = 0;
    for (size_t i = 0; i < 10; i++)
        moved += strcmp(mixed->item[i].key, plain->item[i].key) != 0;
    cr_expect_geq(moved, 3);
    pith_ranking_free(mixed);
}

Test(rank, what_came_of_the_chances_given_is_counted)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    struct pith_summary summary;
    vote_for_percentages(pith);
    struct pith_rank_request request = everything;
    request.remember = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = rank(pith, request);
    cr_assert_eq(pith_summarise(pith, &summary, NULL), PITH_OK);
    cr_expect_eq(summary.given, 0, "nothing that was given much is voted on yet");
    size_t promised = 0, voted = 0;
    for (size_t i = 0; i < ranking->count; i++)
        promised += ranking->item[i].probability >= 0.8 && ranking->item[i].verdict == 0;
    cr_assert_gt(promised, 1);
    for (size_t i = 0; i < ranking->count && voted < 2; i++) {
        if (ranking->item[i].verdict != 0)
            continue;
        struct pith_vote one = {.paper = ranking->item[i].key, .verdict = voted++ ? -1 : 1, .day = testing_day(21)};
        cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
    }
    cr_assert_eq(pith_summarise(pith, &summary, NULL), PITH_OK);
    cr_expect_eq(summary.given, 2);
    cr_expect_eq(summary.liked, 1);
    struct pith_votes *undone = NULL;
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    pith_votes_free(undone);
    cr_assert_eq(pith_summarise(pith, &summary, NULL), PITH_OK);
    cr_expect_eq(summary.given, 1);
}

Test(rank, what_was_shown_in_an_earlier_listing_stays_out)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_with_papers();
    static const char again[] =
        "{\"id\":\"arXiv:2401.00101\",\"title\":\"A new version of it\",\"abstract\":\"Text.\",\"date\":\"2024-01-30\"}\n"
        "{\"id\":\"arXiv:2402.00001\",\"title\":\"Something quite new\",\"abstract\":\"Text.\",\"date\":\"2024-01-30\"}\n";
    struct pith_rank_request request = days(testing_day(1), testing_day(4));
    request.remember = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *first = rank(pith, request);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *second = rank(pith, request);
    cr_expect_eq(second->count, first->count, "the same listing is shown again as often as it is asked for");
    import(pith, again, sizeof again - 1);
    request = days(testing_day(30), testing_day(30));
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *later = rank(pith, request);
    cr_expect_eq(later->count, 1);
    cr_expect_eq(later->seen, 1);
    request.seen = true;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *all = rank(pith, request);
    cr_expect_eq(all->count, 2);
}

/* ---- chances as readers see them ---- */

Test(rank, no_chance_is_written_as_a_certainty)
{
    static const struct {
        double probability;
        const char *text;
    } written[] = {{0, "<1%"},    {0.0099, "<1%"},  {0.01, "1%"}, {0.504, "50%"}, {0.63, "63%"},
                   {0.99, "99%"}, {0.9951, ">99%"}, {1, ">99%"},  {NAN, ""}};
    char text[PITH_CHANCE_SIZE];
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        cr_expect_str_eq(pith_chance_text(written[i].probability, text), written[i].text);
}
