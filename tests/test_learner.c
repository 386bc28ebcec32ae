#include "../engine/import.h"
#include "../engine/learner.h"
#include "../engine/pith.h"
#include "../engine/spaces.h"
#include "testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Papers of topic t are numbers 100 t, 100 t + 1, …; the first VOTED of a topic are those that tests vote on. */
enum { PER_TOPIC = 20, VOTED = 5 };

static unsigned number(unsigned topic, unsigned i)
{
    return 100 * topic + i;
}

static struct store *make_larger_store(unsigned per_topic)
{
    struct store *store = NULL;
    struct import_report report;
    struct pith_error error;
    size_t length;
    AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(import_bytes(store, lines, length, 0, NULL, NULL, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, per_topic * TESTING_TOPICS);
    return store;
}

static struct store *make_store(void)
{
    return make_larger_store(PER_TOPIC);
}

/* ---- what a reader said ---- */

struct said {
    struct profile_vote vote[100];
    struct profile_pair pair[20];
    char key[140][32];
    size_t votes, pairs, keys;
};

static char *keep_key(struct said *said, unsigned paper)
{
    return strcpy(said->key[said->keys++], testing_paper_key(paper));
}

static void vote(struct said *said, unsigned paper, enum profile_verdict verdict)
{
    said->vote[said->votes++] = (struct profile_vote){keep_key(said, paper), verdict, testing_day(20)};
}

static void prefer(struct said *said, unsigned winner, unsigned loser)
{
    char *key = keep_key(said, winner);
    said->pair[said->pairs++] = (struct profile_pair){key, keep_key(said, loser), testing_day(20)};
}

/* Votes on the first papers of a topic. */
static void vote_topic(struct said *said, unsigned topic, enum profile_verdict verdict)
{
    for (unsigned i = 0; i < VOTED; i++)
        vote(said, number(topic, i), verdict);
}

static void likes_first_not_second(struct said *said)
{
    *said = (struct said){0};
    vote_topic(said, 0, VERDICT_UP);
    vote_topic(said, 1, VERDICT_DOWN);
}

/* ---- fits and scores ---- */

static void load(struct learner *learner, struct store *store, const struct said *said, size_t background)
{
    struct pith_error error;
    cr_assert_eq(learner_load(learner, store, said->vote, said->votes, said->pair, said->pairs, background, &error),
                 PITH_OK, "%s", error.message);
}

static struct model *fit(const struct learner *learner, const struct learner_subset *subset)
{
    struct model *model = NULL;
    struct pith_error error;
    cr_assert_eq(learner_fit(learner, subset, &model, &error), PITH_OK, "%s", error.message);
    return model;
}

static struct model *learn(struct store *store, const struct said *said)
{
    AUTO(learner_clear) struct learner learner = {0};
    load(&learner, store, said, LEARNER_BACKGROUND);
    return fit(&learner, NULL);
}

static enum pith_status take_features(void *user, const struct store_row *row, struct pith_error *reterr)
{
    return features_read(row->features, row->features_length, user, reterr);
}

static void read_features(struct store *store, unsigned paper, struct features *features)
{
    int64_t id;
    cr_assert_eq(store_find_key(store, testing_paper_key(paper), &id, NULL), PITH_OK);
    cr_assert_eq(store_visit_paper(store, id, take_features, features, NULL), PITH_OK);
}

static double score(struct store *store, const struct model *model, unsigned paper)
{
    AUTO(features_clear) struct features features = {0};
    AUTO(model_row_clear) struct model_row row = {0};
    read_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    return model_score(model, &row);
}

/* The lowest and the highest score among the papers of a topic that were not voted on. */
struct range {
    double low, high;
};

static struct range unseen(struct store *store, const struct model *model, unsigned topic)
{
    struct range range = {INFINITY, -INFINITY};
    for (unsigned i = VOTED; i < PER_TOPIC; i++) {
        double got = score(store, model, number(topic, i));
        range.low = fmin(range.low, got);
        range.high = fmax(range.high, got);
    }
    return range;
}

static void expect_same_bytes(const struct model *one, const struct model *other, bool same, const char *what)
{
    AUTO(bytes_clear) struct bytes left;
    AUTO(bytes_clear) struct bytes right;
    bytes_init(&left, MODEL_MAX_BYTES);
    bytes_init(&right, MODEL_MAX_BYTES);
    cr_assert_eq(model_write(one, &left, NULL), PITH_OK);
    cr_assert_eq(model_write(other, &right, NULL), PITH_OK);
    bool equal = left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
    cr_expect_eq(equal, same, "%s", what);
}

/* ---- what votes do ---- */

Test(learner, a_liked_topic_stands_above_a_disliked_one)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_expect_gt(unseen(store, model, 0).low, unseen(store, model, 1).high);
    cr_expect_gt(unseen(store, model, 0).low, unseen(store, model, 2).high, "also above what was not voted on");
    cr_expect_eq(model->ups, VOTED);
    cr_expect_eq(model->downs, VOTED);
    cr_expect_eq(model->pairs, 0);
}

Test(learner, ups_alone_lift_their_topic)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said = {0};
    vote_topic(&said, 2, VERDICT_UP);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        if (topic != 2)
            cr_expect_gt(unseen(store, model, 2).low, unseen(store, model, topic).high, "topic %u", topic);
}

Test(learner, downs_alone_sink_their_topic)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said = {0};
    vote_topic(&said, 3, VERDICT_DOWN);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    for (unsigned topic = 0; topic < 3; topic++)
        cr_expect_lt(unseen(store, model, 3).high, unseen(store, model, topic).low, "topic %u", topic);
}

Test(learner, without_votes_there_is_nothing_to_learn)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    struct model *model = NULL;
    load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner_fit(&learner, NULL, &model, NULL), PITH_NOT_FOUND);
    cr_expect_eq(learner_centroid(&learner, NULL, &model, NULL), PITH_NOT_FOUND);
    cr_expect_null(model);
}

Test(learner, comparisons_alone_put_winners_above_losers)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said = {0};
    for (unsigned i = 0; i < VOTED; i++)
        prefer(&said, number(1, i), number(0, i));
    AUTO(model_free_p) struct model *model = learn(store, &said);
    for (unsigned i = 0; i < VOTED; i++)
        cr_expect_gt(score(store, model, number(1, i)), score(store, model, number(0, i)), "pair %u", i);
    cr_expect_gt(unseen(store, model, 1).low, unseen(store, model, 0).high);
    cr_expect_eq(model->pairs, VOTED);
}

Test(learner, a_comparison_moves_what_thumbs_left_even)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *before = learn(store, &said);
    prefer(&said, number(2, 0), number(3, 0));
    AUTO(model_free_p) struct model *model = learn(store, &said);
    double gap = score(store, model, number(2, 0)) - score(store, model, number(3, 0));
    cr_expect_gt(gap, score(store, before, number(2, 0)) - score(store, before, number(3, 0)));
}

/* Every paper has a verdict, and one word would tell them apart. */
Test(learner, separable_votes_keep_finite_weights)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said = {0};
    for (unsigned topic = 0; topic < 2; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            vote(&said, number(topic, i), topic ? VERDICT_DOWN : VERDICT_UP);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_assert_gt(model->terms, 0);
    for (size_t i = 0; i < model->terms; i++)
        cr_assert(isfinite(model->term[i].weight));
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            cr_expect_lt(fabs(score(store, model, number(topic, i))), 50, "odds of e^50 are no opinion");
}

Test(learner, votes_on_papers_elsewhere_are_counted_and_change_nothing)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    AUTO(model_free_p) struct model *model = learn(store, &said);
    vote(&said, 9000, VERDICT_UP);
    vote(&said, 9001, VERDICT_DOWN);
    prefer(&said, 9002, number(0, 0));
    prefer(&said, number(0, 0), 9003);
    AUTO(learner_clear) struct learner learner = {0};
    load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner.missing, 4);
    cr_expect_eq(learner.votes, 2 * VOTED);
    cr_expect_eq(learner.pairs, 1);
    AUTO(model_free_p) struct model *with_missing = fit(&learner, NULL);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) /* a fit's own tolerance: column orders may differ */
        cr_expect_float_eq(score(store, model, number(topic, 9)), score(store, with_missing, number(topic, 9)), 1e-4);
}

/* ---- the same votes, the same model ---- */

Test(learner, the_same_votes_give_the_same_bytes)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(store_close_p) struct store *another = make_store();
    struct said said, other;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    likes_first_not_second(&other);
    AUTO(model_free_p) struct model *one = learn(store, &said);
    AUTO(model_free_p) struct model *again = learn(store, &said);
    AUTO(model_free_p) struct model *elsewhere = learn(another, &said);
    AUTO(model_free_p) struct model *without_pair = learn(store, &other);
    expect_same_bytes(one, again, true, "fitted twice");
    expect_same_bytes(one, elsewhere, true, "fitted over another store with the same papers");
    expect_same_bytes(one, without_pair, false, "other votes are another model");
}

static void turn(struct said *said)
{
    for (size_t i = 0; i < said->votes / 2; i++) {
        struct profile_vote kept = said->vote[i];
        said->vote[i] = said->vote[said->votes - 1 - i];
        said->vote[said->votes - 1 - i] = kept;
    }
}

Test(learner, the_order_of_votes_does_not_matter)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *forward = learn(store, &said);
    turn(&said);
    AUTO(model_free_p) struct model *backward = learn(store, &said);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            cr_expect_float_eq(score(store, forward, number(topic, i)), score(store, backward, number(topic, i)), 1e-4);
}

Test(learner, background_papers_are_none_that_was_voted_on)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    load(&learner, store, &said, LEARNER_BACKGROUND);
    size_t background = 0;
    for (size_t i = 0; i < learner.papers; i++) {
        background += learner.paper[i].background;
        cr_expect(!learner.paper[i].background || learner.paper[i].verdict == VERDICT_NONE);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(learner.paper[i].key, learner.paper[j].key, "each paper once");
    }
    cr_expect_eq(background, PER_TOPIC * TESTING_TOPICS - 2 * VOTED - 2,
                 "all that is left, as there are fewer than wanted");
}

/* ---- subsets ---- */

/* What the votes left out say must not matter. */
Test(learner, a_fold_does_not_see_what_it_leaves_out)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said, lying;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    prefer(&said, number(0, 0), number(1, 0));
    lying = said;
    lying.vote[2].verdict = VERDICT_DOWN;
    lying.vote[8].verdict = VERDICT_UP;
    lying.pair[1] = (struct profile_pair){said.pair[1].loser, said.pair[1].winner, said.pair[1].day};
    AUTO(learner_clear) struct learner honest = {0};
    AUTO(learner_clear) struct learner false_ones = {0};
    load(&honest, store, &said, 0);
    load(&false_ones, store, &lying, 0);
    bool paper[32], pair[2] = {true, false};
    for (size_t i = 0; i < honest.papers; i++) {
        paper[i] = strcmp(honest.paper[i].key, said.vote[2].paper) != 0 &&
                   strcmp(honest.paper[i].key, said.vote[8].paper) != 0;
        cr_assert_str_eq(honest.paper[i].key, false_ones.paper[i].key);
    }
    struct learner_subset fold = {paper, pair};
    AUTO(model_free_p) struct model *one = fit(&honest, &fold);
    AUTO(model_free_p) struct model *other = fit(&false_ones, &fold);
    AUTO(model_free_p) struct model *whole = fit(&honest, NULL);
    AUTO(model_free_p) struct model *deceived = fit(&false_ones, NULL);
    expect_same_bytes(one, other, true, "what is left out was not looked at");
    expect_same_bytes(whole, deceived, false, "without the fold it is");
    cr_expect_eq(one->ups + one->downs, 2 * VOTED - 2);
    cr_expect_eq(one->pairs, 1);
}

Test(learner, a_full_subset_is_no_subset)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    bool all[PER_TOPIC * TESTING_TOPICS], none[PER_TOPIC * TESTING_TOPICS] = {0};
    likes_first_not_second(&said);
    load(&learner, store, &said, LEARNER_BACKGROUND);
    memset(all, true, sizeof all);
    AUTO(model_free_p) struct model *whole = fit(&learner, NULL);
    AUTO(model_free_p) struct model *same = fit(&learner, &(struct learner_subset){all, NULL});
    expect_same_bytes(whole, same, true, "all of them are the whole");
    struct model *empty = NULL;
    cr_expect_eq(learner_fit(&learner, &(struct learner_subset){none, NULL}, &empty, NULL), PITH_NOT_FOUND);
}

/* ---- the centroid ---- */

/* score = mean over ups of row · x less mean over downs of row · x, from the learner's own rows. */
Test(learner, the_centroid_is_the_difference_of_means)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    AUTO(model_free_p) struct model *centroid = NULL;
    struct said said;
    likes_first_not_second(&said);
    vote(&said, number(2, 0), VERDICT_UP);
    load(&learner, store, &said, 0);
    cr_assert_eq(learner_centroid(&learner, NULL, &centroid, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers; i++) {
        double expected = 0;
        for (size_t j = 0; j < learner.papers; j++) { /* less the last column, which is the base's */
            double shared = sparse_kernel(&learner.rows, i, j, NULL) - 1;
            expected += learner.paper[j].verdict == VERDICT_UP ? shared / (VOTED + 1) : -shared / VOTED;
        }
        AUTO(model_row_clear) struct model_row row = {0};
        cr_assert_eq(model_weigh(centroid, &learner.paper[i].features, &row, NULL), PITH_OK);
        cr_expect_float_eq(model_score(centroid, &row), expected, 1e-5);
    }
}

/* ---- influence ---- */

static size_t strongest(const double *influence, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(influence[i]) > fabs(influence[best]))
            best = i;
    return best;
}

/* Without background papers the votes are all there is: their parts and the base make the score. */
Test(learner, influences_and_base_make_the_score)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    load(&learner, store, &said, 0);
    AUTO(model_free_p) struct model *model = fit(&learner, NULL);
    double influence[32];
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) {
        AUTO(features_clear) struct features features = {0};
        read_features(store, number(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        double sum = model->base;
        for (size_t i = 0; i < learner.papers + learner.pairs; i++)
            sum += influence[i];
        cr_expect_float_eq(sum, score(store, model, number(topic, 9)), 1e-3, "topic %u", topic);
    }
}

Test(learner, the_strongest_influence_is_a_vote_on_the_topic)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    AUTO(model_free_p) struct model *model = learn(store, &said);
    load(&learner, store, &said, 0);
    double influence[32];
    for (unsigned topic = 0; topic < 2; topic++) {
        AUTO(features_clear) struct features features = {0};
        read_features(store, number(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        size_t best = strongest(influence, learner.papers + learner.pairs);
        cr_assert_lt(best, learner.papers);
        cr_expect_eq(learner.paper[best].verdict, topic ? VERDICT_DOWN : VERDICT_UP);
        cr_expect(topic ? influence[best] < 0 : influence[best] > 0, "topic %u: %g", topic, influence[best]);
        for (size_t i = 0; i < learner.papers; i++)
            cr_expect(learner.paper[i].verdict != VERDICT_NONE || influence[i] == 0, "no vote, no influence");
    }
    for (unsigned topic = 2; topic < 4; topic++) { /* the comparison's topics: the winner's first */
        AUTO(features_clear) struct features features = {0};
        read_features(store, number(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        cr_expect(topic == 2 ? influence[learner.papers] > 0 : influence[learner.papers] < 0, "topic %u", topic);
    }
}

/* ---- what the store says without a vote ---- */

enum { STORE_PER_TOPIC = 40 }; /* enough for directions to be learnt from */

static bool holds(const struct features *features, uint64_t key)
{
    for (size_t i = 0; i < features->count; i++)
        if (features->item[i].key == key)
            return true;
    return false;
}

/* What the words of a paper that are in neither of two others add to its score. */
static double by_other_words(struct store *store, const struct model *model, unsigned paper, const struct features *one,
                             const struct features *other, size_t *words)
{
    AUTO(features_clear) struct features features = {0};
    AUTO(model_row_clear) struct model_row row = {0};
    double sum = 0;
    read_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    for (size_t i = 0; i < row.count; i++) {
        const struct model_term *term = &model->term[row.column[i]];
        if (term->view != VIEW_WORD || holds(one, term->key) || holds(other, term->key))
            continue;
        sum += (double)term->weight * row.value[i];
        ++*words;
    }
    return sum;
}

Test(learner, a_taste_reaches_words_that_no_vote_named)
{
    AUTO(store_close_p) struct store *store = make_larger_store(STORE_PER_TOPIC);
    AUTO(features_clear) struct features up = {0}, down = {0};
    struct said said = {0};
    vote(&said, number(0, 0), VERDICT_UP);
    vote(&said, number(1, 0), VERDICT_DOWN);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    read_features(store, number(0, 0), &up);
    read_features(store, number(1, 0), &down);
    double liked = 0, disliked = 0;
    size_t liked_words = 0, disliked_words = 0;
    for (unsigned i = 1; i < STORE_PER_TOPIC; i++) {
        liked += by_other_words(store, model, number(0, i), &up, &down, &liked_words);
        disliked += by_other_words(store, model, number(1, i), &up, &down, &disliked_words);
    }
    cr_expect_gt(liked_words, STORE_PER_TOPIC);
    cr_expect_gt(disliked_words, STORE_PER_TOPIC);
    cr_expect_gt(liked / (double)liked_words, 0.001);
    cr_expect_lt(disliked / (double)disliked_words, -0.001);
}

/* Without an up the background papers weigh nothing: the comparisons' parts and one number, the same for every paper, make the score. */
Test(learner, influences_account_for_what_lies_along_the_stores_directions)
{
    AUTO(store_close_p) struct store *store = make_larger_store(STORE_PER_TOPIC);
    AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    spaces_replace(testing_space(true));
    for (unsigned i = 0; i < 4; i++)
        prefer(&said, number(i % 2, i), number(2 + i % 2, i));
    load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_assert_gt(learner.latent.axes.dims, 0);
    cr_assert_gt(learner.frame->spaces, 0);
    cr_assert_gt(learner.space_axes[0].spread[0], 2 * learner.space_axes[0].spread[learner.space_axes[0].dims - 1]);
    learner.emphasis.apart = 1;
    AUTO(model_free_p) struct model *model = fit(&learner, NULL);
    AUTO(pith_free_p) double *influence = calloc(learner.papers + learner.pairs, sizeof *influence);
    double rest = 0;
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) {
        AUTO(features_clear) struct features features = {0};
        read_features(store, number(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        double left = score(store, model, number(topic, 9));
        for (size_t i = 0; i < learner.papers + learner.pairs; i++)
            left -= influence[i];
        if (topic == 0)
            rest = left;
        cr_expect_float_eq(left, rest, 1e-4, "topic %u", topic);
    }
    spaces_replace(NULL);
}

/* How many terms have an emphasis of their own after so many votes. */
static size_t lifted_terms(struct store *store, unsigned votes)
{
    AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    for (unsigned i = 0; i < votes; i++)
        vote(&said, number(i % 2, i / 2), i % 2 ? VERDICT_DOWN : VERDICT_UP);
    load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect(votes > 10 || learner.emphasis.apart > 0, "subjects are set apart by their titles' words");
    learner.emphasis.apart = 1; /* also when few papers are left without a vote */
    AUTO(model_free_p) struct model *model = fit(&learner, NULL);
    size_t lifted = 0;
    for (size_t i = 0; i < model->terms; i++)
        lifted += model->term[i].emphasis != 1;
    return lifted;
}

Test(learner, what_titles_name_is_lifted_until_votes_say_what_matters)
{
    AUTO(store_close_p) struct store *store = make_larger_store(STORE_PER_TOPIC);
    cr_expect_gt(lifted_terms(store, 10), 50);
    cr_expect_eq(lifted_terms(store, 80), 0);
}

Test(learner, what_titles_name_is_lifted_by_the_whole_power_where_the_field_is_known)
{
    AUTO(store_close_p) struct store *store = make_larger_store(STORE_PER_TOPIC);
    AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    likes_first_not_second(&said);
    load(&learner, store, &said, LEARNER_BACKGROUND);
    learner.emphasis.apart = 1;
    cr_assert_eq(learner.field_known, 0, "there is no table");
    AUTO(model_free_p) struct model *half = fit(&learner, NULL);
    learner.field_known = 1;
    AUTO(model_free_p) struct model *whole = fit(&learner, NULL);
    cr_assert_eq(half->terms, whole->terms);
    for (size_t i = 0; i < half->terms; i++)
        cr_expect_float_eq(whole->term[i].emphasis, half->term[i].emphasis * half->term[i].emphasis, 1e-4);
}

Test(learner, choices_can_be_left_out_to_measure_them)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    likes_first_not_second(&said);
    vote(&said, number(1, VOTED), VERDICT_DOWN);
    struct learner_choices choices = learner_defaults;
    choices.ups_over_downs = 1;
    choices.variance[VIEW_BIGRAM] = 1e-9;
    learner_choose(&choices);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    learner_choose(&learner_defaults);
    cr_expect_float_eq(model->weight_up * VOTED, model->weight_down * (VOTED + 1), 1e-9);
    for (size_t i = 0; i < model->terms; i++)
        cr_expect(model->term[i].view != VIEW_BIGRAM || fabsf(model->term[i].weight) < 1e-6F);
}

/* Votes on two topics, every fifth against the taste. */
static struct calibration calibration_of(struct store *store, unsigned votes)
{
    struct said said = {0};
    for (unsigned i = 0; i < votes; i++)
        vote(&said, number(i % 2, i / 2), (i % 2) ^ (i % 5 == 0) ? VERDICT_DOWN : VERDICT_UP);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    return model->calibration;
}

Test(learner, chances_are_averaged_over_what_votes_leave_open)
{
    AUTO(store_close_p) struct store *store = make_larger_store(STORE_PER_TOPIC);
    struct learner_choices likeliest = learner_defaults;
    likeliest.left_open = 0;
    struct calibration few = calibration_of(store, 20), some = calibration_of(store, 40), many = calibration_of(store, 96);
    learner_choose(&likeliest);
    struct calibration alone = calibration_of(store, 40);
    learner_choose(&learner_defaults);
    cr_expect(!few.known && some.known && many.known);
    cr_expect(many.slope_spread < some.slope_spread && many.offset_spread < some.offset_spread && many.offset_spread > 0);
    cr_expect(alone.slope == some.slope && alone.offset == some.offset && alone.slope_spread == 0 && alone.offset_spread == 0);
    cr_expect_lt(fabs(calibrate_probability(&some, 3) - 0.5), fabs(calibrate_probability(&alone, 3) - 0.5), "more careful");
}

/* ---- through the public door: undo leaves no trace ---- */

static struct pith *open_home(void)
{
    struct pith *pith = NULL;
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    cr_assert_eq(pith_open(testing_folder(), true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(pith, lines, length, 0, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, &error), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, &error), PITH_OK);
    return pith;
}

static void cast(struct pith *pith, unsigned paper, int verdict)
{
    struct pith_vote one = {.paper = testing_paper_key(paper), .verdict = verdict, .day = testing_day(20)};
    cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
}

/* Votes, model and digest as one text: equal texts are equal to the bit. */
static char *state(struct pith *pith)
{
    AUTO(pith_free_p) char *json = NULL;
    struct pith_summary summary;
    struct pith_error error;
    char *text = NULL;
    cr_assert_eq(pith_export(pith, &json, &error), PITH_OK, "%s", error.message);
    testing_take_signature_off(json);
    cr_assert_eq(pith_summarise(pith, &summary, NULL), PITH_OK);
    cr_assert_neq(asprintf(&text, "%s%s", summary.digest, json), -1);
    return text;
}

Test(learner, an_undone_vote_leaves_no_trace_in_the_model)
{
    AUTO(pith_close_p) struct pith *pith = open_home();
    for (unsigned i = 0; i < VOTED; i++) {
        cast(pith, number(0, i), 1);
        cast(pith, number(1, i), -1);
    }
    AUTO(pith_free_p) char *before = state(pith);
    cast(pith, number(2, 3), 1);
    AUTO(pith_free_p) char *with_vote = state(pith); /* fits: the model must be unlearnt, not only never learnt */
    cr_expect_str_neq(strstr(before, "\"model\""), strstr(with_vote, "\"model\""), "a vote refits");
    AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    AUTO(pith_free_p) char *after = state(pith);
    cr_expect_str_eq(before, after);
    cast(pith, number(0, 0), -1); /* a verdict turned and turned back */
    free(state(pith));
    cast(pith, number(0, 0), 1);
    AUTO(pith_free_p) char *turned_back = state(pith);
    cr_expect_str_eq(before, turned_back);
}

Test(learner, the_order_in_which_votes_were_cast_does_not_show)
{
    AUTO(pith_close_p) struct pith *pith = open_home();
    AUTO(pith_close_p) struct pith *other = open_home();
    for (unsigned i = 0; i < 4 * VOTED; i++) {
        cast(pith, number(i % 2, i / 2), i % 2 ? -1 : 1);
        unsigned turned = 4 * VOTED - 1 - i;
        cast(other, number(turned % 2, turned / 2), turned % 2 ? -1 : 1);
    }
    AUTO(pith_free_p) char *one = state(pith);
    AUTO(pith_free_p) char *another = state(other);
    cr_expect_str_eq(one, another);
}

Test(learner, an_account_adds_up_to_the_score)
{
    AUTO(pith_close_p) struct pith *pith = open_home();
    for (unsigned i = 0; i < VOTED; i++) {
        cast(pith, number(0, i), 1);
        cast(pith, number(1, i), -1);
    }
    AUTO(pith_account_free_p) struct pith_account *account = NULL;
    cr_assert_eq(pith_why(pith, testing_paper_key(number(0, 9)), &account, NULL), PITH_OK);
    cr_assert(account->learned && account->influence_count > 0);
    double sum = account->prior;
    for (size_t i = 0; i < account->influence_count; i++) {
        sum += account->influences[i].contribution;
        if (i)
            cr_expect_geq(fabs(account->influences[i - 1].contribution), fabs(account->influences[i].contribution));
    }
    cr_expect_float_eq(sum, account->paper.score, 1e-9);
    cr_expect_eq(account->influences[0].verdict, 1);
    cr_expect_gt(account->influences[0].contribution, 0);
}

/* ---- a store larger than the sample that frequencies are counted over ---- */

static struct store *make_large_store(unsigned papers)
{
    struct store *store = NULL;
    struct import_report report;
    struct pith_error error;
    char *lines = NULL;
    size_t length;
    FILE *out = open_memstream(&lines, &length);
    cr_assert(out);
    for (unsigned i = 0; i < papers; i++)
        testing_paper(out, i, i % TESTING_TOPICS, 1 + i % 4);
    fclose(out);
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(import_bytes(store, lines, length, 0, NULL, NULL, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, papers);
    free(lines);
    return store;
}

Test(learner, a_large_store_is_counted_by_a_sample_and_known_by_its_size)
{
    enum { LARGE = 9000, SAMPLE = 8192 };
    AUTO(store_close_p) struct store *store = make_large_store(LARGE);
    struct said said = {0};
    for (unsigned i = 0; i < VOTED; i++) {
        vote(&said, 4 * i, VERDICT_UP);
        vote(&said, 4 * i + 1, VERDICT_DOWN);
    }
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_expect_eq(model->fitted_papers, LARGE);
    cr_expect_geq(model->papers, SAMPLE);
    cr_expect_leq(model->papers, SAMPLE + 2 * VOTED, "the sample and the papers voted on");
    cr_expect_gt(score(store, model, 4 * 100), score(store, model, 4 * 100 + 1));
}

/* ---- the dense view ---- */

static void use_table(const struct space *space)
{
    spaces_replace(space);
}

static void no_table(void)
{
    spaces_replace(NULL);
}

Test(learner_space, without_a_table_there_is_no_dense_view)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    no_table();
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_assert_eq(model->spaces, 0);
    cr_assert(model_complete(model));
}

static double space_score(struct store *store, const struct model *model, unsigned paper)
{
    AUTO(features_clear) struct features features = {0};
    AUTO(model_row_clear) struct model_row row = {0};
    read_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    return model_space_score(model, 0, &row);
}

Test(learner_space, papers_near_the_liked_ones_are_lifted, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    use_table(testing_space(true));
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_assert_eq(model->spaces, 1);
    cr_assert_str_eq(model->space[0].table, space_name(testing_space(true)));
    for (unsigned i = VOTED; i < PER_TOPIC; i++) {
        cr_expect_gt(space_score(store, model, number(0, i)), 0, "paper %u of the liked topic", i);
        cr_expect_lt(space_score(store, model, number(1, i)), 0, "paper %u of the other", i);
    }
}

/* At the optimum the score is the base and what the votes add, in the dense view as in the others. */
Test(learner_space, influences_add_up_to_the_score, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    AUTO(features_clear) struct features features = {0};
    struct said said;
    double influence[200], sum = 0;
    use_table(testing_space(true));
    likes_first_not_second(&said);
    prefer(&said, number(2, 0), number(3, 0));
    load(&learner, store, &said, 0);
    AUTO(model_free_p) struct model *model = fit(&learner, NULL);
    read_features(store, number(0, 9), &features);
    cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers + learner.pairs; i++)
        sum += influence[i];
    cr_expect_float_eq(sum + model->base, score(store, model, number(0, 9)), 1e-4);
}

/* A model that was fitted without the table explains what it knows. */
Test(learner_space, a_model_without_the_view_is_explained_all_the_same, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(learner_clear) struct learner learner = {0};
    AUTO(features_clear) struct features features = {0};
    struct said said;
    double influence[200], sum = 0;
    no_table();
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *model = NULL;
    {
        AUTO(learner_clear) struct learner before = {0};
        load(&before, store, &said, 0);
        model = fit(&before, NULL);
    }
    use_table(testing_space(true));
    load(&learner, store, &said, 0);
    read_features(store, number(0, 9), &features);
    cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers; i++)
        sum += influence[i];
    cr_expect_float_eq(sum + model->base, score(store, model, number(0, 9)), 1e-4);
}

static double share_of(const struct model *model)
{
    return model->space[0].variance / (model->space[0].variance + model->variance[VIEW_WORD]);
}

Test(learner_space, the_share_falls_as_votes_come, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said = {0};
    use_table(testing_space(true));
    vote(&said, number(0, 0), VERDICT_UP);
    vote(&said, number(1, 0), VERDICT_DOWN);
    AUTO(model_free_p) struct model *few = learn(store, &said);
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *more = learn(store, &said);
    cr_expect_gt(share_of(few), share_of(more));
    cr_expect_gt(share_of(more), 0);
}

Test(learner_space, a_table_that_knows_little_weighs_little, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_larger_store(40);
    struct said said;
    likes_first_not_second(&said);
    use_table(testing_space(false));
    AUTO(learner_clear) struct learner learner = {0};
    load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner.trust[0], 0, "%f", learner.trust[0]);
}

Test(learner_space, the_same_votes_give_the_same_model, .fini = no_table)
{
    AUTO(store_close_p) struct store *store = make_store();
    AUTO(bytes_clear) struct bytes first, again;
    struct said said;
    use_table(testing_space(true));
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *one = learn(store, &said);
    AUTO(model_free_p) struct model *other = learn(store, &said);
    bytes_init(&first, MODEL_MAX_BYTES);
    bytes_init(&again, MODEL_MAX_BYTES);
    cr_assert_eq(model_write(one, &first, NULL), PITH_OK);
    cr_assert_eq(model_write(other, &again, NULL), PITH_OK);
    cr_assert(first.length == again.length && memcmp(first.data, again.data, first.length) == 0);
}

static double drawn_score(const struct learner *learner, uint64_t seed, struct store *store, unsigned paper)
{
    AUTO(model_free_p) struct model *model = NULL;
    cr_assert_eq(learner_draw(learner, seed, &model, NULL), PITH_OK);
    return score(store, model, paper);
}

Test(learner, drawn_tastes_differ_by_seed_and_agree_on_what_is_known)
{
    enum { DRAWS = 40 };
    struct store *store = make_store();
    struct said said = {0};
    AUTO(learner_clear) struct learner learner = {0};
    for (unsigned i = 0; i < VOTED; i++) {
        vote(&said, number(0, i), VERDICT_UP);
        vote(&said, number(1, i), VERDICT_DOWN);
    }
    load(&learner, store, &said, LEARNER_BACKGROUND);
    double first = drawn_score(&learner, 1, store, number(0, VOTED)), liked = 0, disliked = 0;
    cr_expect_eq(drawn_score(&learner, 1, store, number(0, VOTED)), first, "the same seed");
    cr_expect_neq(drawn_score(&learner, 2, store, number(0, VOTED)), first);
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        liked += drawn_score(&learner, seed, store, number(0, VOTED)) / DRAWS;
        disliked += drawn_score(&learner, seed, store, number(1, VOTED)) / DRAWS;
    }
    cr_expect(liked > disliked, "%g, %g", liked, disliked);
    store_close(store);
}

/* ---- numbers ---- */

/* Changes every paper by its number within its topic. */
static void change_papers(struct store *store, void (*change)(struct paper *paper, unsigned of_topic))
{
    AUTO(words_free_p) struct words *words = NULL;
    AUTO(bytes_clear) struct bytes blob;
    const struct bytes no_place = {0};
    bytes_init(&blob, STORE_MAX_FEATURES);
    cr_assert_eq(words_new(&words, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    for (unsigned i = 0; i < TESTING_TOPICS * PER_TOPIC; i++) {
        int64_t id;
        struct paper paper;
        unsigned of_topic = i % PER_TOPIC;
        cr_assert_eq(store_find_key(store, testing_paper_key(number(i / PER_TOPIC, of_topic)), &id, NULL), PITH_OK);
        cr_assert_eq(store_get_paper(store, id, &paper, NULL), PITH_OK);
        change(&paper, of_topic);
        cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
        cr_assert_eq(store_put_paper(store, &paper, &blob, &no_place, &id, NULL), PITH_OK);
        paper_clear(&paper);
    }
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
}

/* Every second paper of a topic has many upvotes, the others few. */
static void give_upvotes(struct paper *paper, unsigned of_topic)
{
    paper->upvotes = of_topic % 2 ? (int)(of_topic % 3) : (int)(60 + 5 * of_topic);
}

/* And all of them some comments and an age. */
static void give_numbers(struct paper *paper, unsigned of_topic)
{
    give_upvotes(paper, of_topic);
    paper->comments = (int)(1 + of_topic % 3);
    paper->announced = 20000;
    paper->published = 20000 - (int32_t)(of_topic % 5);
}

/* Whatever it is about, a reader likes every second paper. */
static void like_every_second(struct said *said)
{
    *said = (struct said){0};
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < 2 * VOTED; i++)
            vote(said, number(topic, i), i % 2 ? VERDICT_DOWN : VERDICT_UP);
}

static size_t terms_of(const struct model *model, enum feature_view view)
{
    size_t terms = 0;
    for (size_t i = 0; i < model->terms; i++)
        terms += model->term[i].view == view;
    return terms;
}

/* Of all pairs of papers without a vote, of which such a reader likes one: the share that the model has in this order. */
static double second_first(struct store *store, const struct model *model)
{
    size_t right = 0, all = 0;
    for (unsigned liked = 0; liked < TESTING_TOPICS * PER_TOPIC; liked++) {
        for (unsigned other = 0; other < TESTING_TOPICS * PER_TOPIC; other++) {
            unsigned one = liked % PER_TOPIC, two = other % PER_TOPIC;
            if (one < 2 * VOTED || two < 2 * VOTED || one % 2 || !(two % 2))
                continue;
            unsigned first = number(liked / PER_TOPIC, one), second = number(other / PER_TOPIC, two);
            right += score(store, model, first) > score(store, model, second);
            all++;
        }
    }
    return (double)right / (double)all;
}

Test(learner, who_follows_upvotes_is_found_to_do_so)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    like_every_second(&said);
    AUTO(model_free_p) struct model *blind = learn(store, &said);
    change_papers(store, give_numbers);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_expect_eq(terms_of(model, VIEW_COMMENTS), 3);
    cr_expect_eq(terms_of(model, VIEW_AGE), 4);
    cr_expect_geq(second_first(store, model), 0.9);
    cr_expect_lt(second_first(store, blind), 0.7, "by words alone");
}

Test(learner, numbers_that_no_paper_has_leave_no_trace)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    like_every_second(&said);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    cr_expect_eq(terms_of(model, VIEW_UPVOTES) + terms_of(model, VIEW_COMMENTS) + terms_of(model, VIEW_AGE), 0);
    change_papers(store, give_upvotes);
    AUTO(model_free_p) struct model *with = learn(store, &said);
    cr_expect_gt(terms_of(with, VIEW_UPVOTES), 5);
    cr_expect_eq(terms_of(with, VIEW_COMMENTS) + terms_of(with, VIEW_AGE), 0);
}

/* ---- widths ---- */

static double width_of(const struct model *model, enum feature_view view)
{
    return model->variance[view] / model->variance[VIEW_AGE]; /* as wide as for anybody: no paper has an age */
}

Test(learner, the_view_that_a_reader_follows_gets_wider)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    change_papers(store, give_upvotes);
    like_every_second(&said);
    AUTO(model_free_p) struct model *follower = learn(store, &said);
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *by_topic = learn(store, &said);
    const double usual = learner_defaults.variance[VIEW_UPVOTES] / learner_defaults.variance[VIEW_AGE];
    cr_expect(width_of(follower, VIEW_UPVOTES) > 1.1 * usual, "%g, usually %g", width_of(follower, VIEW_UPVOTES), usual);
    cr_expect(width_of(by_topic, VIEW_UPVOTES) < usual, "%g, usually %g", width_of(by_topic, VIEW_UPVOTES), usual);
    cr_expect(width_of(by_topic, VIEW_WORD) > width_of(follower, VIEW_WORD));
}

static void give_category(struct paper *paper, unsigned of_topic)
{
    cr_assert_eq(paper->categories.count, 1);
    strcpy(paper->categories.item[0], of_topic % 2 ? "b" : "a"); /* shorter than what is there */
}

/* Categories begin with hardly any width: who votes by nothing else gets them let go. */
Test(learner, who_votes_by_category_alone_is_found_to_do_so)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    struct learner_choices held = learner_defaults;
    held.facts_against = 0;
    change_papers(store, give_category);
    like_every_second(&said);
    AUTO(model_free_p) struct model *follower = learn(store, &said);
    learner_choose(&held);
    AUTO(model_free_p) struct model *without = learn(store, &said);
    learner_choose(&learner_defaults);
    likes_first_not_second(&said);
    AUTO(model_free_p) struct model *by_topic = learn(store, &said);
    const double usual = learner_defaults.variance[VIEW_CATEGORY] / learner_defaults.variance[VIEW_AGE];
    cr_expect_gt(width_of(follower, VIEW_CATEGORY), 50 * usual);
    cr_expect_lt(width_of(without, VIEW_CATEGORY), 5 * usual);
    cr_expect_lt(width_of(by_topic, VIEW_CATEGORY), 2 * usual);
    cr_expect_gt(second_first(store, follower), 0.99);
}

Test(learner, widths_stay_where_they_are_not_asked_for)
{
    AUTO(store_close_p) struct store *store = make_store();
    struct said said;
    struct learner_choices fixed = learner_defaults;
    fixed.text_spread = fixed.facts_spread = 0;
    change_papers(store, give_upvotes);
    like_every_second(&said);
    learner_choose(&fixed);
    AUTO(model_free_p) struct model *model = learn(store, &said);
    learner_choose(&learner_defaults);
    cr_expect_float_eq(width_of(model, VIEW_UPVOTES), fixed.variance[VIEW_UPVOTES] / fixed.variance[VIEW_AGE], 1e-9);
}

/* More seeds than the evidence takes observations: they are thinned, for the widths alone. */
Test(learner, a_library_of_seeds_is_learnt_from_and_drawn_from)
{
    enum { LARGER = 100, ALL = TESTING_TOPICS * LARGER, DOWNS = 20 };
    AUTO(store_close_p) struct store *store = make_larger_store(LARGER);
    AUTO(learner_clear) struct learner learner = {0};
    AUTO(model_free_p) struct model *model = NULL;
    AUTO(model_free_p) struct model *drawn = NULL;
    static struct profile_vote votes[ALL];
    static char key[ALL][32];
    for (unsigned i = 0; i < ALL; i++) {
        strcpy(key[i], testing_paper_key(i));
        votes[i] = (struct profile_vote){key[i], i < ALL - DOWNS ? VERDICT_SEED : VERDICT_DOWN, testing_day(20)};
    }
    struct profile_pair pair = {key[0], key[ALL - 1], testing_day(20)};
    cr_assert_eq(learner_load(&learner, store, votes, ALL, &pair, 1, LEARNER_BACKGROUND, NULL), PITH_OK);
    cr_expect_eq(learner.missing, 0);
    cr_assert_eq(learner_fit(&learner, NULL, &model, NULL), PITH_OK);
    cr_assert_eq(learner_draw(&learner, 1, &drawn, NULL), PITH_OK);
}
