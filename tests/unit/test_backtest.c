#include "engine/intake/import.h"
#include "engine/ranking/backtest.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- listings and votes ---- */

struct reader {
    struct store *store;
    struct profile_vote vote[120];
    char key[120][32];
    size_t votes;
};

static void reader_clear(struct reader *reader)
{
    store_close(reader->store);
}

static void open_store(struct reader *reader)
{
    struct pith_error error;
    *reader = (struct reader){0};
    cr_assert_eq(store_open(testing_folder(), true, &reader->store, &error), PITH_OK, "%s", error.message);
}

/* Papers of one day, in this order; paper n is about topic n / 100. */
static void list(struct reader *reader, unsigned day, const unsigned *paper, size_t count)
{
    struct pith_import_report report;
    struct pith_error error;
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);
    for (size_t i = 0; i < count; i++)
        testing_paper(lines, paper[i], paper[i] / 100, day);
    fclose(lines);
    cr_assert_eq(import_bytes(reader->store, text, length, &(struct import_options){.today = 0, .embedding = testing_shipped},
                              &report, &error),
                 PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, count);
    free(text);
}

static void vote(struct reader *reader, unsigned day, unsigned paper, enum profile_verdict verdict)
{
    char *key = strcpy(reader->key[reader->votes], testing_paper_key(paper));
    reader->vote[reader->votes++] = (struct profile_vote){key, verdict, testing_day(day), 0};
}

static struct pith_backtest *replay(const struct reader *reader)
{
    struct pith_backtest *replay = NULL;
    struct pith_error error;
    cr_assert_eq(backtest_votes(
                     &(struct backtest_request){
                         .store = reader->store, .vote = reader->vote, .votes = reader->votes, .pair = NULL, .pairs = 0},
                     &replay, &error),
                 PITH_OK, "%s", error.message);
    return replay;
}

static void expect_nothing(const struct reader *reader, const char *why)
{
    struct pith_backtest *replay = NULL;
    cr_expect_eq(backtest_votes(
                     &(struct backtest_request){
                         .store = reader->store, .vote = reader->vote, .votes = reader->votes, .pair = NULL, .pairs = 0},
                     &replay, NULL),
                 PITH_NOT_FOUND, "%s", why);
    cr_expect_null(replay);
}

/* ---- a replay by hand ---- */

/* Ups are all of topic 0, so that any learner puts them first; the listing puts them where the hand says. */
static void likes_topic_0(struct reader *reader)
{
    open_store(reader);
    list(reader, 1, (unsigned[]){0, 1, 2, 100, 101, 102, 200, 300}, 8);
    for (unsigned i = 0; i < 3; i++) {
        vote(reader, 1, i, VERDICT_UP);
        vote(reader, 1, 100 + i, VERDICT_DOWN);
    }
    list(reader, 2, (unsigned[]){110, 210, 10, 310, 211}, 5);
    vote(reader, 2, 10, VERDICT_UP);
    list(reader, 3, (unsigned[]){111, 212, 11}, 3); /* a down alone */
    vote(reader, 3, 111, VERDICT_DOWN);
    list(reader, 4, (unsigned[]){12}, 1); /* nothing that is not an up */
    vote(reader, 4, 12, VERDICT_UP);
    list(reader, 5, (unsigned[]){213, 13, 112, 311, 14, 214}, 6);
    vote(reader, 5, 13, VERDICT_UP);
    vote(reader, 5, 14, VERDICT_UP);
    vote(reader, 5, 112, VERDICT_DOWN);
    list(reader, 6, (unsigned[]){312, 215}, 2); /* an up on a paper of another day */
    vote(reader, 6, 15, VERDICT_UP);
    list(reader, 7, (unsigned[]){15, 321}, 2); /* which nobody voted on that day */
    list(reader, 8, (unsigned[]){216, 313, 17, 217, 113, 114, 314, 218, 315, 219, 316, 16}, 12);
    vote(reader, 8, 16, VERDICT_UP);
    vote(reader, 8, 17, VERDICT_UP);
}

static void expect_quality(struct pith_quality got, struct pith_quality expected, const char *what)
{
    cr_expect_float_eq(got.auc, expected.auc, 1e-9, "%s: AUC %g", what, got.auc);
    cr_expect_float_eq(got.ndcg10, expected.ndcg10, 1e-9, "%s: nDCG %g", what, got.ndcg10);
    cr_expect_float_eq(got.ap, expected.ap, 1e-9, "%s: AP %g", what, got.ap);
    cr_expect_float_eq(got.recall10, expected.recall10, 1e-9, "%s: recall %g", what, got.recall10);
}

static void expect_day(const struct pith_backtest_day *day, unsigned number, size_t listed, size_t ups, size_t voted)
{
    cr_expect_eq(day->day, testing_day(number));
    cr_expect_eq(day->listed, listed, "day %u: %zu", number, day->listed);
    cr_expect_eq(day->ups, ups, "day %u: %zu", number, day->ups);
    cr_expect_eq(day->voted, voted, "day %u: %zu", number, day->voted);
}

Test(replay, agrees_with_the_hand)
{
    PITH_AUTO(reader_clear) struct reader reader;
    likes_topic_0(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = replay(&reader);
    cr_assert_eq(got->days, 3, "%zu days", got->days);
    expect_day(&got->day[0], 2, 5, 1, 6);
    expect_day(&got->day[1], 5, 6, 2, 9);
    expect_day(&got->day[2], 8, 12, 2, 13);
    /* third of five; second and fifth of six; third and last of twelve */
    struct pith_quality listing[] = {
        {0.5, 0.5, 1.0 / 3, 1},
        {0.5, (1 / log2(3) + 1 / log2(6)) / (1 + 1 / log2(3)), (1.0 / 2 + 2.0 / 5) / 2, 1},
        {8.0 / 20, (1 / log2(4)) / (1 + 1 / log2(3)), (1.0 / 3 + 2.0 / 12) / 2, 1.0 / 2},
    };
    static const struct pith_quality perfect = {1, 1, 1, 1};
    struct pith_quality mean = {0};
    for (size_t i = 0; i < 3; i++) {
        expect_quality(got->day[i].listing, listing[i], "listing");
        expect_quality(got->day[i].centroid, perfect, "centroid");
        expect_quality(got->day[i].model, perfect, "model");
        mean.auc += listing[i].auc / 3;
        mean.ndcg10 += listing[i].ndcg10 / 3;
        mean.ap += listing[i].ap / 3;
        mean.recall10 += listing[i].recall10 / 3;
    }
    expect_quality(got->listing, mean, "mean of the listing");
    expect_quality(got->model, perfect, "mean of the model");
    expect_quality(got->centroid, perfect, "mean of the centroid");
    cr_expect_eq(got->probabilities, 0);
    cr_expect(isnan(got->brier) && isnan(got->log_loss) && isnan(got->ece), "too few votes for a percentage");
}

/* ---- which days count ---- */

Test(replay, needs_an_earlier_up_and_an_earlier_down)
{
    PITH_AUTO(reader_clear) struct reader reader;
    open_store(&reader);
    list(&reader, 1, (unsigned[]){0, 100, 200}, 3);
    list(&reader, 2, (unsigned[]){1, 101, 201}, 3);
    list(&reader, 3, (unsigned[]){2, 102, 202}, 3);
    expect_nothing(&reader, "no vote");
    vote(&reader, 1, 0, VERDICT_UP);
    vote(&reader, 2, 1, VERDICT_UP);
    expect_nothing(&reader, "no down");
    vote(&reader, 2, 101, VERDICT_DOWN);
    expect_nothing(&reader, "the down is of the same day");
    vote(&reader, 3, 102, VERDICT_DOWN);
    expect_nothing(&reader, "no up on the day after");
    vote(&reader, 3, 2, VERDICT_UP);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = replay(&reader);
    cr_assert_eq(got->days, 1);
    expect_day(&got->day[0], 3, 3, 1, 3);
}

Test(replay, downs_alone_are_no_replay)
{
    PITH_AUTO(reader_clear) struct reader reader;
    open_store(&reader);
    list(&reader, 1, (unsigned[]){0, 100, 200}, 3);
    list(&reader, 2, (unsigned[]){1, 101, 201}, 3);
    vote(&reader, 1, 100, VERDICT_DOWN);
    vote(&reader, 2, 1, VERDICT_UP);
    expect_nothing(&reader, "no earlier up");
}

Test(replay, comparisons_are_no_ups)
{
    PITH_AUTO(reader_clear) struct reader reader;
    open_store(&reader);
    list(&reader, 1, (unsigned[]){0, 100, 200}, 3);
    list(&reader, 2, (unsigned[]){1, 101, 201}, 3);
    char winner[32], loser[32];
    strcpy(winner, testing_paper_key(0));
    strcpy(loser, testing_paper_key(100));
    struct profile_pair pair = {winner, loser, testing_day(1), 0};
    struct pith_backtest *got = NULL;
    vote(&reader, 2, 1, VERDICT_UP);
    cr_expect_eq(backtest_votes(
                     &(struct backtest_request){
                         .store = reader.store, .vote = reader.vote, .votes = reader.votes, .pair = &pair, .pairs = 1},
                     &got, NULL),
                 PITH_NOT_FOUND);
}

/* ---- only the past is known ---- */

enum { DAYS = 12, PER_DAY = 15, TURNED = 8 };

/* Papers and votes by lot: there is little to learn, so that whatever training sees shows in the order. */
static void votes_by_lot(struct reader *reader)
{
    unsigned next[TESTING_TOPICS] = {0};
    open_store(reader);
    srand(3);
    for (unsigned day = 1; day <= DAYS; day++) {
        unsigned paper[PER_DAY];
        for (size_t i = 0; i < PER_DAY; i++) {
            unsigned topic = (unsigned)rand() % TESTING_TOPICS;
            paper[i] = 100 * topic + next[topic]++;
            cr_assert_lt(next[topic], 100);
        }
        list(reader, day, paper, PER_DAY);
        for (size_t i = 0; i < 6; i++) /* one of each every day */
            vote(reader, day, paper[2 * i], i == 0 || (i > 1 && rand() % 2) ? VERDICT_UP : VERDICT_DOWN);
    }
}

static bool same_day(const struct pith_backtest_day *one, const struct pith_backtest_day *other)
{
    return one->day == other->day && one->listed == other->listed && one->ups == other->ups && one->voted == other->voted &&
           memcmp(&one->model, &other->model, sizeof one->model) == 0 &&
           memcmp(&one->listing, &other->listing, sizeof one->listing) == 0 &&
           memcmp(&one->centroid, &other->centroid, sizeof one->centroid) == 0;
}

Test(replay, later_verdicts_never_reach_back)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *before = replay(&reader);
    for (size_t i = 0; i < reader.votes; i++)
        if (reader.vote[i].day >= testing_day(TURNED))
            reader.vote[i].verdict = reader.vote[i].verdict == VERDICT_UP ? VERDICT_DOWN : VERDICT_UP;
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *after = replay(&reader);
    cr_assert_eq(before->days, DAYS - 1);
    cr_assert_eq(after->days, DAYS - 1);
    for (size_t i = 0; i < DAYS - 1; i++)
        cr_expect_eq(same_day(&before->day[i], &after->day[i]), before->day[i].day < testing_day(TURNED), "day %zu", i + 2);
}

/* A day's downs are no part of its truth; cast a day later, they change nothing on it. */
Test(replay, votes_of_the_day_do_not_train_for_it)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *before = replay(&reader);
    for (size_t i = 0; i < reader.votes; i++)
        if (reader.vote[i].day == testing_day(TURNED) && reader.vote[i].verdict == VERDICT_DOWN)
            reader.vote[i].day++;
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *after = replay(&reader);
    for (size_t i = 0; i < TURNED - 1; i++)
        cr_expect(same_day(&before->day[i], &after->day[i]), "day %zu", i + 2);
    cr_expect(!same_day(&before->day[TURNED - 1], &after->day[TURNED - 1]), "the day after knows fewer votes");
    cr_expect(before->model.auc > 0.3 && before->model.auc < 0.7, "nobody guesses a lot: %g", before->model.auc);
    cr_expect(before->centroid.auc > 0.3 && before->centroid.auc < 0.7, "%g", before->centroid.auc);
}

/* Less than with verdicts: words that only papers voted on later hold are terms of every day's model, and background papers
 * give them weights. So the model's order may differ a little; all else may not. */
Test(replay, votes_not_yet_cast_hardly_reach_back)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *whole = replay(&reader);
    while (reader.vote[reader.votes - 1].day >= testing_day(TURNED))
        reader.votes--;
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *start = replay(&reader);
    cr_assert_eq(start->days, TURNED - 2);
    for (size_t i = 0; i < start->days; i++) {
        struct pith_backtest_day *one = &whole->day[i], *other = &start->day[i];
        cr_expect_float_eq(one->model.auc, other->model.auc, 0.1, "day %zu", i + 2);
        other->model = one->model;
        cr_expect(same_day(one, other), "day %zu", i + 2);
    }
}

Test(replay, earlier_votes_do_matter)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *before = replay(&reader);
    for (size_t i = 0; i < reader.votes; i++)
        if (reader.vote[i].day == testing_day(1))
            reader.vote[i].verdict = reader.vote[i].verdict == VERDICT_UP ? VERDICT_DOWN : VERDICT_UP;
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *after = replay(&reader);
    cr_expect(!same_day(&before->day[0], &after->day[0]), "or the other tests prove nothing");
}

Test(replay, the_same_votes_replay_the_same)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *one = replay(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *again = replay(&reader);
    cr_assert_eq(one->days, again->days);
    for (size_t i = 0; i < one->days; i++)
        cr_expect(same_day(&one->day[i], &again->day[i]));
    cr_expect_eq(memcmp(&one->brier, &again->brier, sizeof one->brier), 0);
}

/* From 30 votes on, each later vote is given a probability before it is seen. */
Test(replay, probabilities_are_of_votes_not_yet_seen)
{
    PITH_AUTO(reader_clear) struct reader reader;
    votes_by_lot(&reader);
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = replay(&reader);
    cr_expect_eq(got->probabilities, 6 * (DAYS - 5), "day 6 is the first after 30 votes: %zu", got->probabilities);
    cr_expect(got->brier > 0 && got->brier < 1, "%g", got->brier);
    cr_expect(got->ece >= 0 && got->ece <= 1, "%g", got->ece);
    cr_expect(got->settled == 0 && isnan(got->settled_ece), "fewer than a hundred votes in all");
}

Test(replay, probabilities_of_a_clear_taste_are_better_than_a_coin)
{
    PITH_AUTO(reader_clear) struct reader reader;
    open_store(&reader);
    for (unsigned i = 0; i < 20; i++) {
        unsigned day = i < 16 ? 1 : 2;
        list(&reader, day, (unsigned[]){i, 100 + i, 200 + i}, 3);
        vote(&reader, day, i, VERDICT_UP);
        vote(&reader, day, 100 + i, VERDICT_DOWN);
    }
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = replay(&reader);
    cr_expect_eq(got->probabilities, 8);
    cr_expect_lt(got->brier, 0.2, "%g", got->brier);
    cr_expect_lt(got->log_loss, 0.6, "%g", got->log_loss);
}

/* The second day's probabilities come after 40 votes, the third's after 110. */
Test(replay, probabilities_from_a_hundred_votes_on_are_told_apart)
{
    PITH_AUTO(reader_clear) struct reader reader;
    open_store(&reader);
    for (unsigned i = 0; i < 60; i++) {
        unsigned day = i < 20 ? 1 : i < 55 ? 2 : 3;
        list(&reader, day, (unsigned[]){i, 100 + i, 200 + i}, 3);
        vote(&reader, day, i, VERDICT_UP);
        vote(&reader, day, 100 + i, VERDICT_DOWN);
    }
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = replay(&reader);
    cr_expect_eq(got->probabilities, 80);
    cr_expect_eq(got->settled, 10);
    cr_expect_lt(got->settled_ece, 0.1, "%g", got->settled_ece);
    double told = 0, liked = 0;
    cr_assert(got->told > 0 && got->listing_bins > 0);
    for (size_t i = 0; i < got->listing_bins; i++) {
        told += got->listing_bin[i].said * (double)got->listing_bin[i].count;
        liked += got->listing_bin[i].liked * (double)got->listing_bin[i].count;
    }
    cr_expect_float_eq(told, got->expected, 1e-9, "the groups hold every paper that was told of");
    cr_expect_float_eq(liked, got->liked, 1e-9);
}

struct told {
    size_t calls, done, all;
};

static void note(void *user, const char *what, size_t done, size_t all)
{
    struct told *told = user;
    cr_expect_str_eq(what, "replaying");
    cr_expect(done > told->done && done <= all);
    *told = (struct told){told->calls + 1, done, all};
}

Test(replay, progress_comes_to_its_end)
{
    PITH_AUTO(reader_clear) struct reader reader;
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *got = NULL;
    struct told told = {0};
    likes_topic_0(&reader);
    cr_assert_eq(backtest_votes(
                     &(struct backtest_request){
                         .store = reader.store, .vote = reader.vote, .votes = reader.votes, .progress = note, .user = &told},
                     &got, NULL),
                 PITH_OK);
    cr_expect(told.calls > 0 && told.done == told.all);
}
