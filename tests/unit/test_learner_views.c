#include "engine/learning/embeddings.h"
#include "tests/lib/tastes.h"

#include <criterion/criterion.h>
#include <string.h>

/* ---- the dense view ---- */

static void use_table(const struct embedding *embedding)
{
    testing_shipped = embedding;
}

static void no_table(void)
{
    testing_shipped = NULL;
}

Test(learner_views, without_a_table_there_is_no_dense_view)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    no_table();
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_assert_eq(model->embeddings, 0);
    cr_assert(model_complete(model));
}

static double embedding_score(struct store *store, const struct model *model, unsigned paper)
{
    PITH_AUTO(features_clear) struct features features = {0};
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    taste_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    return model_embedding_score(model, 0, &row);
}

Test(learner_views, papers_near_the_liked_ones_are_lifted, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    use_table(testing_embedding(true));
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_assert_eq(model->embeddings, 1);
    cr_assert_str_eq(model->embedding[0].table, embedding_name(testing_embedding(true)));
    for (unsigned i = VOTED; i < PER_TOPIC; i++) {
        cr_expect_gt(embedding_score(store, model, taste_paper(0, i)), 0, "paper %u of the liked topic", i);
        cr_expect_lt(embedding_score(store, model, taste_paper(1, i)), 0, "paper %u of the other", i);
    }
}

/* At the optimum the score is the base and what the votes add, in the dense view as in the others. */
Test(learner_views, influences_add_up_to_the_score, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(features_clear) struct features features = {0};
    struct said said;
    double influence[200], sum = 0;
    use_table(testing_embedding(true));
    taste_first_not_second(&said);
    taste_prefer(&said, taste_paper(2, 0), taste_paper(3, 0));
    taste_load(&learner, store, &said, 0);
    PITH_AUTO(model_free_p) struct model *model = taste_fit(&learner, NULL);
    taste_features(store, taste_paper(0, 9), &features);
    cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers + learner.pairs; i++)
        sum += influence[i];
    cr_expect_float_eq(sum + model->base, taste_score(store, model, taste_paper(0, 9)), 1e-4);
}

/* A model that was fitted without the table explains what it knows. */
Test(learner_views, a_model_without_the_view_is_explained_all_the_same, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(learner_clear) struct learner learner = {0};
    PITH_AUTO(features_clear) struct features features = {0};
    struct said said;
    double influence[200], sum = 0;
    no_table();
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *model = NULL;
    {
        PITH_AUTO(learner_clear) struct learner before = {0};
        taste_load(&before, store, &said, 0);
        model = taste_fit(&before, NULL);
    }
    use_table(testing_embedding(true));
    taste_load(&learner, store, &said, 0);
    taste_features(store, taste_paper(0, 9), &features);
    cr_assert_eq(learner_influence(&learner, model, &features, influence, NULL), PITH_OK);
    for (size_t i = 0; i < learner.papers; i++)
        sum += influence[i];
    cr_expect_float_eq(sum + model->base, taste_score(store, model, taste_paper(0, 9)), 1e-4);
}

static double share_of(const struct model *model)
{
    return model->embedding[0].variance / (model->embedding[0].variance + model->variance[VIEW_WORD]);
}

Test(learner_views, the_share_falls_as_votes_come, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said = {0};
    use_table(testing_embedding(true));
    taste_vote(&said, taste_paper(0, 0), VERDICT_UP);
    taste_vote(&said, taste_paper(1, 0), VERDICT_DOWN);
    PITH_AUTO(model_free_p) struct model *few = taste_learn(store, &said);
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *more = taste_learn(store, &said);
    cr_expect_gt(share_of(few), share_of(more));
    cr_expect_gt(share_of(more), 0);
}

Test(learner_views, a_table_that_knows_little_weighs_little, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_larger_store(40);
    struct said said;
    taste_first_not_second(&said);
    use_table(testing_embedding(false));
    PITH_AUTO(learner_clear) struct learner learner = {0};
    taste_load(&learner, store, &said, LEARNER_BACKGROUND);
    cr_expect_eq(learner.trust[0], 0, "%f", learner.trust[0]);
}

Test(learner_views, the_same_votes_give_the_same_model, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    PITH_AUTO(bytes_clear) struct bytes first, again;
    struct said said;
    use_table(testing_embedding(true));
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *one = taste_learn(store, &said);
    PITH_AUTO(model_free_p) struct model *other = taste_learn(store, &said);
    bytes_init(&first, MODEL_MAX_BYTES);
    bytes_init(&again, MODEL_MAX_BYTES);
    cr_assert_eq(model_write(one, &first, NULL), PITH_OK);
    cr_assert_eq(model_write(other, &again, NULL), PITH_OK);
    cr_assert(first.length == again.length && memcmp(first.data, again.data, first.length) == 0);
}

/* ---- numbers ---- */

/* Changes every paper by its number within its topic. */
static void change_papers(struct store *store, void (*change)(struct paper *paper, unsigned of_topic))
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(bytes_clear) struct bytes blob;
    const struct bytes no_place = {0};
    bytes_init(&blob, STORE_MAX_FEATURES);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    for (unsigned i = 0; i < TESTING_TOPICS * PER_TOPIC; i++) {
        int64_t id;
        struct paper paper;
        unsigned of_topic = i % PER_TOPIC;
        cr_assert_eq(store_find_key(store, testing_paper_key(taste_paper(i / PER_TOPIC, of_topic)), &id, NULL), PITH_OK);
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
            taste_vote(said, taste_paper(topic, i), i % 2 ? VERDICT_DOWN : VERDICT_UP);
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
            unsigned first = taste_paper(liked / PER_TOPIC, one), second = taste_paper(other / PER_TOPIC, two);
            right += taste_score(store, model, first) > taste_score(store, model, second);
            all++;
        }
    }
    return (double)right / (double)all;
}

Test(learner_views, who_follows_upvotes_is_found_to_do_so)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    like_every_second(&said);
    PITH_AUTO(model_free_p) struct model *blind = taste_learn(store, &said);
    change_papers(store, give_numbers);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_expect_eq(terms_of(model, VIEW_COMMENTS), 3);
    cr_expect_eq(terms_of(model, VIEW_AGE), 4);
    cr_expect_geq(second_first(store, model), 0.9);
    cr_expect_lt(second_first(store, blind), 0.7, "by words alone");
}

Test(learner_views, numbers_that_no_paper_has_leave_no_trace)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    like_every_second(&said);
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    cr_expect_eq(terms_of(model, VIEW_UPVOTES) + terms_of(model, VIEW_COMMENTS) + terms_of(model, VIEW_AGE), 0);
    change_papers(store, give_upvotes);
    PITH_AUTO(model_free_p) struct model *with = taste_learn(store, &said);
    cr_expect_gt(terms_of(with, VIEW_UPVOTES), 5);
    cr_expect_eq(terms_of(with, VIEW_COMMENTS) + terms_of(with, VIEW_AGE), 0);
}

/* ---- prior scales ---- */

static double prior_scale_of(const struct model *model, enum feature_view view)
{
    return model->variance[view] / model->variance[VIEW_AGE]; /* as wide as for anybody: no paper has an age */
}

Test(learner_views, the_view_that_a_reader_follows_gets_wider)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    change_papers(store, give_upvotes);
    like_every_second(&said);
    PITH_AUTO(model_free_p) struct model *follower = taste_learn(store, &said);
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *by_topic = taste_learn(store, &said);
    const double usual = learner_defaults.variance[VIEW_UPVOTES] / learner_defaults.variance[VIEW_AGE];
    cr_expect(prior_scale_of(follower, VIEW_UPVOTES) > 1.1 * usual, "%g, usually %g", prior_scale_of(follower, VIEW_UPVOTES),
              usual);
    cr_expect(prior_scale_of(by_topic, VIEW_UPVOTES) < usual, "%g, usually %g", prior_scale_of(by_topic, VIEW_UPVOTES), usual);
    cr_expect(prior_scale_of(by_topic, VIEW_WORD) > prior_scale_of(follower, VIEW_WORD));
}

static void give_category(struct paper *paper, unsigned of_topic)
{
    cr_assert_eq(paper->categories.count, 1);
    strcpy(paper->categories.item[0], of_topic % 2 ? "b" : "a"); /* shorter than what is there */
}

/* Categories begin with hardly any prior scale: who votes by nothing else gets them let go. */
Test(learner_views, who_votes_by_category_alone_is_found_to_do_so)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    struct learner_hyperparameters held = learner_defaults;
    held.facts_against = 0;
    change_papers(store, give_category);
    like_every_second(&said);
    PITH_AUTO(model_free_p) struct model *follower = taste_learn(store, &said);
    testing_hyperparameters = &held;
    PITH_AUTO(model_free_p) struct model *without = taste_learn(store, &said);
    testing_hyperparameters = &learner_defaults;
    taste_first_not_second(&said);
    PITH_AUTO(model_free_p) struct model *by_topic = taste_learn(store, &said);
    const double usual = learner_defaults.variance[VIEW_CATEGORY] / learner_defaults.variance[VIEW_AGE];
    cr_expect_gt(prior_scale_of(follower, VIEW_CATEGORY), 50 * usual);
    cr_expect_lt(prior_scale_of(without, VIEW_CATEGORY), 5 * usual);
    cr_expect_lt(prior_scale_of(by_topic, VIEW_CATEGORY), 2 * usual);
    cr_expect_gt(second_first(store, follower), 0.99);
}

Test(learner_views, prior_scales_stay_where_they_are_not_asked_for)
{
    PITH_AUTO(store_close_p) struct store *store = taste_store();
    struct said said;
    struct learner_hyperparameters fixed = learner_defaults;
    fixed.text_spread = fixed.facts_spread = 0;
    change_papers(store, give_upvotes);
    like_every_second(&said);
    testing_hyperparameters = &fixed;
    PITH_AUTO(model_free_p) struct model *model = taste_learn(store, &said);
    testing_hyperparameters = &learner_defaults;
    cr_expect_float_eq(prior_scale_of(model, VIEW_UPVOTES), fixed.variance[VIEW_UPVOTES] / fixed.variance[VIEW_AGE], 1e-9);
}
