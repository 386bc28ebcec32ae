#include "engine/intake/import.h"
#include "engine/learning/embeddings.h"
#include "tests/lib/tastes.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what votes do ---- */

Test(learner, a_liked_topic_stands_above_a_disliked_one)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_expect_gt(taste_unseen(store, model, 0).low, taste_unseen(store, model, 1).high);
    cr_expect_gt(taste_unseen(store, model, 0).low, taste_unseen(store, model, 2).high, "also above what was not voted on");
    cr_expect_eq(model->ups, VOTED);
    cr_expect_eq(model->downs, VOTED);
    cr_expect_eq(model->pairs, 0);
}

Test(learner, ups_alone_lift_their_topic)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said = {0};
    taste_vote_topic(&said, 2, VERDICT_UP);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        if (topic != 2)
            cr_expect_gt(taste_unseen(store, model, 2).low, taste_unseen(store, model, topic).high, "topic %u", topic);
}

Test(learner, downs_alone_sink_their_topic)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said = {0};
    taste_vote_topic(&said, 3, VERDICT_DOWN);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    for (unsigned topic = 0; topic < 3; topic++)
        cr_expect_lt(taste_unseen(store, model, 3).high, taste_unseen(store, model, topic).low, "topic %u", topic);
}

Test(learner, without_votes_there_is_nothing_to_learn)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    struct model *model = NULL;
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner_fit(&learner, NULL, &model, NULL), PITH_NOT_FOUND);
    cr_expect_eq(learner_centroid(&learner, NULL, &model, NULL), PITH_NOT_FOUND);
    cr_expect_null(model);
}

Test(learner, comparisons_alone_put_winners_above_losers)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said = {0};
    for (unsigned i = 0; i < VOTED; i++)
        taste_prefer(&said, taste_paper(1, i), taste_paper(0, i));
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    for (unsigned i = 0; i < VOTED; i++)
        cr_expect_gt(taste_score(store, model, taste_paper(1, i)), taste_score(store, model, taste_paper(0, i)), "pair %u", i);
    cr_expect_gt(taste_unseen(store, model, 1).low, taste_unseen(store, model, 0).high);
    cr_expect_eq(model->pairs, VOTED);
}

Test(learner, a_comparison_moves_what_thumbs_left_even)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *before = taste_learn(store, &said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    double gap = taste_score(store, model, taste_paper(2, 0)) - taste_score(store, model, taste_paper(3, 0));
    cr_expect_gt(gap, taste_score(store, before, taste_paper(2, 0)) - taste_score(store, before, taste_paper(3, 0)));
}

/* Every paper has a verdict, and one word would tell them apart. */
Test(learner, separable_votes_keep_finite_weights)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said = {0};
    for (unsigned topic = 0; topic < 2; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            taste_vote(&said, taste_paper(topic, i), topic ? VERDICT_DOWN : VERDICT_UP);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_assert_gt(model->terms, 0);
    for (size_t i = 0; i < model->terms; i++)
        cr_assert(isfinite(model->term[i].weight));
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            cr_expect_lt(fabs(taste_score(store, model, taste_paper(topic, i))), 50, "odds of e^50 are no opinion");
}

Test(learner, votes_on_papers_elsewhere_are_counted_and_change_nothing)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    taste_vote(&said, 9000, VERDICT_UP);
    taste_vote(&said, 9001, VERDICT_DOWN);
    taste_prefer(&said, 9002, taste_paper(0, 0));
    taste_prefer(&said, taste_paper(0, 0), 9003);
    PITH_AUTO(learner_clear) struct learner learner = {0};
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner.missing, 4);
    cr_expect_eq(learner.votes, 2 * VOTED);
    cr_expect_eq(learner.pairs, 1);
    PITH_AUTO(model_free_p) struct model *with_missing = taste_fit(&learner, NULL);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) /* a fit's own tolerance: column orders may differ */
        cr_expect_float_eq(taste_score(store, model, taste_paper(topic, 9)),
                           taste_score(store, with_missing, taste_paper(topic, 9)), 1e-4);
}

/* ---- the same votes, the same model ---- */

Test(learner, the_same_votes_give_the_same_bytes)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(store_close_p) struct store *another = taste_store();
    struct said said, other;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    taste_first_not_second(&other);
    PITH_AUTO(model_free_p) struct model *one = taste_learn(store, &said);
    PITH_AUTO(model_free_p) struct model *again = taste_learn(store, &said);
    PITH_AUTO(model_free_p) struct model *elsewhere = taste_learn(another, &said);
    PITH_AUTO(model_free_p) struct model *without_pair = taste_learn(store, &other);
    taste_expect_bytes(one, again, true, "fitted twice");
    taste_expect_bytes(one, elsewhere, true, "fitted over another store with the same papers");
    taste_expect_bytes(one, without_pair, false, "other votes are another model");
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
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *forward = taste_learn(store, &said);
    turn(&said);
    PITH_AUTO(model_free_p) struct model *backward = taste_learn(store, &said);
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++)
        for (unsigned i = 0; i < PER_TOPIC; i++)
            cr_expect_float_eq(taste_score(store, forward, taste_paper(topic, i)),
                               taste_score(store, backward, taste_paper(topic, i)), 1e-4);
}

Test(learner, background_papers_are_none_that_was_voted_on)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    size_t background = 0;
    for (size_t i = 0; i < learner.papers; i++) {
        background += learner.paper[i].background;
        cr_expect(!learner.paper[i].background || learner.paper[i].verdict == VERDICT_NONE);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(learner.paper[i].key, learner.paper[j].key, "each paper once");
    }
    cr_expect_eq(background, PER_TOPIC * TESTING_TOPICS - 2 * VOTED - 2, "all that is left, as there are fewer than wanted");
}

/* ---- subsets ---- */

/* What the votes left out say must not matter. */
Test(learner, a_fold_does_not_see_what_it_leaves_out)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said, lying;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    taste_prefer(&said, taste_paper(0, 0), taste_paper(1, 0));
    lying = said;
    lying.vote[2].verdict = VERDICT_DOWN;
    lying.vote[8].verdict = VERDICT_UP;
    lying.pair[1] = (struct profile_pair){said.pair[1].loser, said.pair[1].winner, said.pair[1].day, 0};
    PITH_AUTO(learner_clear) struct learner honest = {0};
    PITH_AUTO(learner_clear) struct learner false_ones = {0};
    taste_load(&honest, store, &said, 0);
    taste_load(&false_ones, store, &lying, 0);
    bool paper[32], pair[2] = {true, false};
    for (size_t i = 0; i < honest.papers; i++) {
        paper[i] = strcmp(honest.paper[i].key, said.vote[2].paper) != 0 && strcmp(honest.paper[i].key, said.vote[8].paper) != 0;
        cr_assert_str_eq(honest.paper[i].key, false_ones.paper[i].key);
    }
    struct learner_subset fold = {paper, pair};
    PITH_AUTO(model_free_p) struct model *one = taste_fit(&honest, &fold);
    PITH_AUTO(model_free_p) struct model *other = taste_fit(&false_ones, &fold);
    PITH_AUTO(model_free_p) struct model *whole = taste_fit(&honest, NULL);
    PITH_AUTO(model_free_p) struct model *deceived = taste_fit(&false_ones, NULL);
    taste_expect_bytes(one, other, true, "what is left out was not looked at");
    taste_expect_bytes(whole, deceived, false, "without the fold it is");
    cr_expect_eq(one->ups + one->downs, 2 * VOTED - 2);
    cr_expect_eq(one->pairs, 1);
}

Test(learner, a_full_subset_is_no_subset)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    bool all[PER_TOPIC * TESTING_TOPICS], none[PER_TOPIC * TESTING_TOPICS] = {0};
    taste_first_not_second(&said);
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    memset(all, true, sizeof all);
    PITH_AUTO(model_free_p) struct model *whole = taste_fit(&learner, NULL);
    PITH_AUTO(model_free_p) struct model *same = taste_fit(&learner, &(struct learner_subset){all, NULL});
    taste_expect_bytes(whole, same, true, "all of them are the whole");
    struct model *empty = NULL;
    cr_expect_eq(learner_fit(&learner, &(struct learner_subset){none, NULL}, &empty, NULL), PITH_NOT_FOUND);
}

/* ---- the centroid ---- */

/* score = mean over ups of row · x less mean over downs of row · x, from the learner's own rows. */
Test(learner, the_centroid_is_the_difference_of_means)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(model_free_p) struct model *centroid = NULL;
    struct said said;
    taste_first_not_second(&said);
    taste_vote(&said, taste_paper(2, 0), VERDICT_UP);
    taste_load(&learner, store, &said, 0);
    cr_assert_eq(learner_centroid(&learner, NULL, &centroid, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers; i++) {
        double expected = 0;
        for (size_t j = 0; j < learner.papers; j++) { /* less the last column, which is the base's */
            double shared = sparse_kernel(&learner.rows, i, j, NULL) - 1;
            expected += learner.paper[j].verdict == VERDICT_UP ? shared / (VOTED + 1) : -shared / VOTED;
        }
        PITH_AUTO(model_row_clear) struct model_row row = {0};
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
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    taste_load(&learner, store, &said, 0);
    PITH_AUTO(model_free_p) struct model *model = taste_fit(&learner, NULL);
    double influence[32];
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) {
        PITH_AUTO(features_clear) struct features features = {0};
        taste_features(store, taste_paper(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        double sum = model->base;
        for (size_t i = 0; i < learner.papers + learner.pairs; i++)
            sum += influence[i];
        cr_expect_float_eq(sum, taste_score(store, model, taste_paper(topic, 9)), 1e-3, "topic %u", topic);
    }
}

Test(learner, the_strongest_influence_is_a_vote_on_the_topic)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    taste_load(&learner, store, &said, 0);
    double influence[32];
    for (unsigned topic = 0; topic < 2; topic++) {
        PITH_AUTO(features_clear) struct features features = {0};
        taste_features(store, taste_paper(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        size_t best = strongest(influence, learner.papers + learner.pairs);
        cr_assert_lt(best, learner.papers);
        cr_expect_eq(learner.paper[best].verdict, topic ? VERDICT_DOWN : VERDICT_UP);
        cr_expect(topic ? influence[best] < 0 : influence[best] > 0, "topic %u: %g", topic, influence[best]);
        for (size_t i = 0; i < learner.papers; i++)
            cr_expect(learner.paper[i].verdict != VERDICT_NONE || influence[i] == 0, "no vote, no influence");
    }
    for (unsigned topic = 2; topic < 4; topic++) { /* the comparison's topics: the winner's first */
        PITH_AUTO(features_clear) struct features features = {0};
        taste_features(store, taste_paper(topic, 9), &features);
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
    PITH_AUTO(features_clear) struct features features = {0};
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    double sum = 0;
    taste_features(store, paper, &features);
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
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    PITH_AUTO(features_clear) struct features up = {0}, down = {0};
    struct said said = {0};
    taste_vote(&said, taste_paper(0, 0), VERDICT_UP);
    taste_vote(&said, taste_paper(1, 0), VERDICT_DOWN);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    taste_features(store, taste_paper(0, 0), &up);
    taste_features(store, taste_paper(1, 0), &down);
    double liked = 0, disliked = 0;
    size_t liked_words = 0, disliked_words = 0;
    for (unsigned i = 1; i < STORE_PER_TOPIC; i++) {
        liked += by_other_words(store, model, taste_paper(0, i), &up, &down, &liked_words);
        disliked += by_other_words(store, model, taste_paper(1, i), &up, &down, &disliked_words);
    }
    cr_expect_gt(liked_words, STORE_PER_TOPIC);
    cr_expect_gt(disliked_words, STORE_PER_TOPIC);
    cr_expect_gt(liked / (double)liked_words, 0.001);
    cr_expect_lt(disliked / (double)disliked_words, -0.001);
}

/* Without an up the background papers weigh nothing: the comparisons' parts and one number, the same for every paper, make the score. */
Test(learner, influences_account_for_what_lies_along_the_stores_directions)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    testing_shipped = testing_embedding(true);
    for (unsigned i = 0; i < 4; i++)
        taste_prefer(&said, taste_paper(i % 2, i), taste_paper(2 + i % 2, i));
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_assert_gt(learner.lsa_prior.pca.dims, 0);
    cr_assert_gt(learner.vocabulary->embeddings, 0);
    cr_assert_gt(learner.embedding_pca[0].spread[0], 2 * learner.embedding_pca[0].spread[learner.embedding_pca[0].dims - 1]);
    learner.title_weight.apart = 1;
    PITH_AUTO(model_free_p) struct model *model = taste_fit(&learner, NULL);
    PITH_AUTO(pith_free_p) double *influence = calloc(learner.papers + learner.pairs, sizeof *influence);
    double rest = 0;
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) {
        PITH_AUTO(features_clear) struct features features = {0};
        taste_features(store, taste_paper(topic, 9), &features);
        cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
        double left = taste_score(store, model, taste_paper(topic, 9));
        for (size_t i = 0; i < learner.papers + learner.pairs; i++)
            left -= influence[i];
        if (topic == 0)
            rest = left;
        cr_expect_float_eq(left, rest, 1e-4, "topic %u", topic);
    }
    testing_shipped = NULL;
}

/* How many terms have an title weight of their own after so many votes. */
static size_t lifted_terms(struct store *store, unsigned votes)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said = {0};
    for (unsigned i = 0; i < votes; i++)
        taste_vote(&said, taste_paper(i % 2, i / 2), i % 2 ? VERDICT_DOWN : VERDICT_UP);
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect(votes > 10 || learner.title_weight.apart > 0, "subjects are set apart by their titles' words");
    learner.title_weight.apart = 1; /* also when few papers are left without a vote */
    PITH_AUTO(model_free_p) struct model *model = taste_fit(&learner, NULL);
    size_t lifted = 0;
    for (size_t i = 0; i < model->terms; i++)
        lifted += model->term[i].title_weight != 1;
    return lifted;
}

Test(learner, what_titles_name_is_lifted_until_votes_say_what_matters)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    cr_expect_gt(lifted_terms(store, 10), 50);
    cr_expect_eq(lifted_terms(store, 80), 0);
}

Test(learner, what_titles_name_is_lifted_by_the_whole_power_where_the_field_is_known)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct said said;
    taste_first_not_second(&said);
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    learner.title_weight.apart = 1;
    cr_assert_eq(learner.field_known, 0, "there is no table");
    PITH_AUTO(model_free_p) struct model *half = taste_fit(&learner, NULL);
    learner.field_known = 1;
    PITH_AUTO(model_free_p) struct model *whole = taste_fit(&learner, NULL);
    cr_assert_eq(half->terms, whole->terms);
    for (size_t i = 0; i < half->terms; i++)
        cr_expect_float_eq(whole->term[i].title_weight, half->term[i].title_weight * half->term[i].title_weight, 1e-4);
}

Test(learner, choices_can_be_left_out_to_measure_them)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    taste_first_not_second(&said);
    taste_vote(&said, taste_paper(1, VOTED), VERDICT_DOWN);
    struct learner_hyperparameters hyperparameters = learner_defaults;
    hyperparameters.ups_over_downs = 1;
    hyperparameters.variance[VIEW_BIGRAM] = 1e-9;
    testing_hyperparameters = &hyperparameters;
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    testing_hyperparameters = &learner_defaults;
    cr_expect_float_eq(model->weight_up * VOTED, model->weight_down * (VOTED + 1), 1e-9);
    for (size_t i = 0; i < model->terms; i++)
        cr_expect(model->term[i].view != VIEW_BIGRAM || fabsf(model->term[i].weight) < 1e-6F);
}

/* Votes on two topics, every fifth against the taste. */
static struct calibration calibration_of(struct store *store, unsigned votes)
{
    struct said said = {0};
    for (unsigned i = 0; i < votes; i++)
        taste_vote(&said, taste_paper(i % 2, i / 2), (i % 2) ^ (i % 5 == 0) ? VERDICT_DOWN : VERDICT_UP);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    return model->calibration;
}

Test(learner, chances_are_averaged_over_what_votes_leave_open)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    struct learner_hyperparameters likeliest = learner_defaults;
    likeliest.left_open = 0;
    struct calibration few = calibration_of(store, 20), some = calibration_of(store, 40), many = calibration_of(store, 96);
    testing_hyperparameters = &likeliest;
    struct calibration alone = calibration_of(store, 40);
    testing_hyperparameters = &learner_defaults;
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
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
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
    PITH_AUTO(pith_free_p) char *json = NULL;
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
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    for (unsigned i = 0; i < VOTED; i++) {
        cast(pith, taste_paper(0, i), 1);
        cast(pith, taste_paper(1, i), -1);
    }
    PITH_AUTO(pith_free_p) char *before = state(pith);
    cast(pith, taste_paper(2, 3), 1);
    PITH_AUTO(pith_free_p) char *with_vote = state(pith); /* fits: the model must be unlearnt, not only never learnt */
    cr_expect_str_neq(strstr(before, "\"model\""), strstr(with_vote, "\"model\""), "a vote refits");
    PITH_AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    PITH_AUTO(pith_free_p) char *after = state(pith);
    cr_expect_str_eq(before, after);
    cast(pith, taste_paper(0, 0), -1); /* a verdict turned and turned back */
    free(state(pith));
    cast(pith, taste_paper(0, 0), 1);
    PITH_AUTO(pith_free_p) char *turned_back = state(pith);
    cr_expect_str_eq(before, turned_back);
}

Test(learner, the_order_in_which_votes_were_cast_does_not_show)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    PITH_AUTO(pith_close_p) struct pith *other = open_home();
    for (unsigned i = 0; i < 4 * VOTED; i++) {
        cast(pith, taste_paper(i % 2, i / 2), i % 2 ? -1 : 1);
        unsigned turned = 4 * VOTED - 1 - i;
        cast(other, taste_paper(turned % 2, turned / 2), turned % 2 ? -1 : 1);
    }
    PITH_AUTO(pith_free_p) char *one = state(pith);
    PITH_AUTO(pith_free_p) char *another = state(other);
    cr_expect_str_eq(one, another);
}

Test(learner, an_account_adds_up_to_the_score)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    for (unsigned i = 0; i < VOTED; i++) {
        cast(pith, taste_paper(0, i), 1);
        cast(pith, taste_paper(1, i), -1);
    }
    PITH_AUTO(pith_account_free_p) struct pith_account *account = NULL;
    cr_assert_eq(pith_why(pith, testing_paper_key(taste_paper(0, 9)), &account, NULL), PITH_OK);
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
    struct pith_import_report report;
    struct pith_error error;
    char *lines = NULL;
    size_t length;
    FILE *out = open_memstream(&lines, &length);
    cr_assert(out);
    for (unsigned i = 0; i < papers; i++)
        testing_paper(out, i, i % TESTING_TOPICS, 1 + i % 4);
    fclose(out);
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(
        import_bytes(store, lines, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
        PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, papers);
    free(lines);
    return store;
}

Test(learner, a_large_store_is_counted_by_a_sample_and_known_by_its_size)
{
    enum { LARGE = 9000, SAMPLE = 8192 };
    PITH_AUTO(store_close_p) struct store *store = make_large_store(LARGE);
    struct said said = {0};
    for (unsigned i = 0; i < VOTED; i++) {
        taste_vote(&said, 4 * i, VERDICT_UP);
        taste_vote(&said, 4 * i + 1, VERDICT_DOWN);
    }
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_expect_eq(model->fitted_papers, LARGE);
    cr_expect_geq(model->papers, SAMPLE);
    cr_expect_leq(model->papers, SAMPLE + 2 * VOTED, "the sample and the papers voted on");
    cr_expect_gt(taste_score(store, model, 4 * 100), taste_score(store, model, 4 * 100 + 1));
}

/* ---- drawn tastes ---- */

static double drawn_score(const struct learner *learner, uint64_t seed, struct store *store, unsigned paper)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    cr_assert_eq(learner_draw(learner, seed, &model, NULL), PITH_OK);
    return taste_score(store, model, paper);
}

Test(learner, drawn_tastes_differ_by_seed_and_agree_on_what_is_known)
{
    enum { DRAWS = 40 };
    struct store *store = taste_store();
    struct said said = {0};
    PITH_AUTO(learner_clear) struct learner learner = {0};
    for (unsigned i = 0; i < VOTED; i++) {
        taste_vote(&said, taste_paper(0, i), VERDICT_UP);
        taste_vote(&said, taste_paper(1, i), VERDICT_DOWN);
    }
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    double first = drawn_score(&learner, 1, store, taste_paper(0, VOTED)), liked = 0, disliked = 0;
    cr_expect_eq(drawn_score(&learner, 1, store, taste_paper(0, VOTED)), first, "the same seed");
    cr_expect_neq(drawn_score(&learner, 2, store, taste_paper(0, VOTED)), first);
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        liked += drawn_score(&learner, seed, store, taste_paper(0, VOTED)) / DRAWS;
        disliked += drawn_score(&learner, seed, store, taste_paper(1, VOTED)) / DRAWS;
    }
    cr_expect(liked > disliked, "%g, %g", liked, disliked);
    store_close(store);
}

/* More seeds than the marginal likelihood takes observations: they are thinned, for the prior scales alone. */
Test(learner, a_library_of_seeds_is_learnt_from_and_drawn_from)
{
    enum { LARGER = 100, ALL = TESTING_TOPICS * LARGER, DOWNS = 20 };
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(LARGER);
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(model_free_p) struct model *drawn = NULL;
    static struct profile_vote votes[ALL];
    static char key[ALL][32];
    for (unsigned i = 0; i < ALL; i++) {
        strcpy(key[i], testing_paper_key(i));
        votes[i] = (struct profile_vote){key[i], i < ALL - DOWNS ? VERDICT_SEED : VERDICT_DOWN, testing_day(20), 0};
    }
    struct profile_pair pair = {key[0], key[ALL - 1], testing_day(20), 0};
    cr_assert_eq(learner_load(&learner,
                              &(struct learner_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = votes,
                                                        .votes = ALL,
                                                        .pair = &pair,
                                                        .pairs = 1,
                                                        .background = LEARNER_BACKGROUND},
                              NULL),
                 PITH_OK);
    cr_expect_eq(learner.missing, 0);
    cr_assert_eq(learner_fit(&learner, NULL, &model, NULL), PITH_OK);
    cr_assert_eq(learner_draw(&learner, 1, &drawn, NULL), PITH_OK);
}

/* ---- ages ---- */

/* Forty votes for topic 0 over topic 1, then thirty for topic 1 over topic 0; with ages or all at once. */
static double lead_of_the_new(struct store *store, bool ages)
{
    struct said said = {0};
    for (unsigned i = 0; i < 70; i++) {
        bool late = i >= 40;
        taste_vote(&said, taste_paper(i % 2, i / 2), (i % 2 == 0) != late ? VERDICT_UP : VERDICT_DOWN);
        said.vote[said.votes - 1].order = ages ? i : 0;
    }
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    return taste_score(store, model, taste_paper(1, 38)) - taste_score(store, model, taste_paper(0, 38));
}

Test(learner, the_latest_votes_tell_of_a_reader_who_changed)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    double without = lead_of_the_new(store, false), with = lead_of_the_new(store, true);
    cr_expect_gt(with, 0);
    cr_expect_gt(with, without);
}

/* Sixty votes of which the last twenty have so many ups, all of these for another topic; with ages or all at once. */
static double score_of_the_new(struct store *store, unsigned ups, bool ages)
{
    enum { VOTES = 60, LAST = 20 };
    struct said said = {0};
    unsigned next[2] = {0};
    for (unsigned i = 0; i < VOTES; i++) {
        bool late = i >= VOTES - LAST, up = late ? i < VOTES - LAST + ups : i % 2 == 0;
        unsigned topic = up == late;
        taste_vote(&said, taste_paper(topic, next[topic]++), up ? VERDICT_UP : VERDICT_DOWN);
        said.vote[said.votes - 1].order = ages ? i : 0;
    }
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    return taste_score(store, model, taste_paper(1, STORE_PER_TOPIC - 1));
}

Test(learner, few_ups_among_the_latest_votes_tell_of_no_change)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    cr_expect_eq(score_of_the_new(store, 2, true), score_of_the_new(store, 2, false));
    cr_expect_neq(score_of_the_new(store, 8, true), score_of_the_new(store, 8, false));
}

/* ---- listings ---- */

static struct model *learn_with_listings(struct store *store, const struct said *said, size_t listings, size_t *ret_unwanted)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(pith_free_p) double *unwanted = NULL;
    const struct learner_request request = {.store = store,
                                            .hyperparameters = testing_hyperparameters,
                                            .vote = said->vote,
                                            .votes = said->votes,
                                            .background = LEARNER_BACKGROUND,
                                            .listings = listings};
    cr_assert_eq(learner_load(&learner, &request, NULL), PITH_OK);
    cr_expect_eq(learner.listings.count > 0, listings > 0);
    cr_assert_eq(learner_unwanted(&learner, &unwanted, ret_unwanted, NULL), PITH_OK);
    return taste_fit(&learner, NULL);
}

Test(learner, chances_are_of_listings_and_none_is_told_without_one)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(STORE_PER_TOPIC);
    struct said said = {0};
    size_t by_votes, by_listings;
    for (unsigned i = 0; i < 40; i++)
        taste_vote(&said, taste_paper(i % 4, i / 4), i % 4 ? VERDICT_DOWN : VERDICT_UP);
    PITH_AUTO(model_free_p) struct model *without = learn_with_listings(store, &said, 0, &by_votes);
    PITH_AUTO(model_free_p) struct model *with = learn_with_listings(store, &said, LEARNER_LISTINGS, &by_listings);
    cr_expect(without->calibration.known && !without->listing.known);
    cr_expect(with->calibration.known && with->listing.known);
    cr_expect_eq(by_votes, 30, "those voted down");
    cr_expect_eq(by_listings, 4 * STORE_PER_TOPIC - 10, "all on listings that were not voted up");
}
