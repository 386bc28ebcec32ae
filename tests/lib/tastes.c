#include "tests/lib/tastes.h"

#include "engine/intake/import.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

unsigned taste_paper(unsigned topic, unsigned i)
{
    return 100 * topic + i;
}

struct store *taste_larger_store(unsigned per_topic)
{
    struct store *store = NULL;
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(
        import_bytes(store, lines, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
        PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, per_topic * TESTING_TOPICS);
    return store;
}

struct store *taste_store(void)
{
    return taste_larger_store(PER_TOPIC);
}

/* ---- what a reader said ---- */

static char *keep_key(struct said *said, unsigned paper)
{
    return strcpy(said->key[said->keys++], testing_paper_key(paper));
}

void taste_vote(struct said *said, unsigned paper, enum profile_verdict verdict)
{
    said->vote[said->votes++] = (struct profile_vote){keep_key(said, paper), verdict, testing_day(20), 0};
}

void taste_prefer(struct said *said, unsigned winner, unsigned loser)
{
    char *key = keep_key(said, winner);
    said->pair[said->pairs++] = (struct profile_pair){key, keep_key(said, loser), testing_day(20), 0};
}

void taste_vote_topic(struct said *said, unsigned topic, enum profile_verdict verdict)
{
    for (unsigned i = 0; i < VOTED; i++)
        taste_vote(said, taste_paper(topic, i), verdict);
}

void taste_first_not_second(struct said *said)
{
    *said = (struct said){0};
    taste_vote_topic(said, 0, VERDICT_UP);
    taste_vote_topic(said, 1, VERDICT_DOWN);
}

/* ---- fits and scores ---- */

void taste_load(struct learner *learner, struct store *store, const struct said *said, size_t background)
{
    struct pith_error error;
    cr_assert_eq(learner_load(learner,
                              &(struct learner_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = said->vote,
                                                        .votes = said->votes,
                                                        .pair = said->pair,
                                                        .pairs = said->pairs,
                                                        .background = background},
                              &error),
                 PITH_OK, "%s", error.message);
}

struct model *taste_fit(const struct learner *learner, const struct learner_subset *subset)
{
    struct model *model = NULL;
    struct pith_error error;
    cr_assert_eq(learner_fit(learner, subset, &model, &error), PITH_OK, "%s", error.message);
    return model;
}

struct model *taste_learn(struct store *store, const struct said *said)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    taste_load(&learner, store, said, LEARNER_BACKGROUND);
    return taste_fit(&learner, NULL);
}

static enum pith_status take_features(void *user, const struct store_row *row, struct pith_error *reterr)
{
    return features_read(row->features, row->features_length, user, reterr);
}

void taste_features(struct store *store, unsigned paper, struct features *features)
{
    int64_t id;
    cr_assert_eq(store_find_key(store, testing_paper_key(paper), &id, NULL), PITH_OK);
    cr_assert_eq(store_visit_paper(store, id, take_features, features, NULL), PITH_OK);
}

double taste_score(struct store *store, const struct model *model, unsigned paper)
{
    PITH_AUTO(features_clear) struct features features = {0};
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    taste_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    return model_score(model, &row);
}

struct range taste_unseen(struct store *store, const struct model *model, unsigned topic)
{
    struct range range = {INFINITY, -INFINITY};
    for (unsigned i = VOTED; i < PER_TOPIC; i++) {
        double got = taste_score(store, model, taste_paper(topic, i));
        range.low = fmin(range.low, got);
        range.high = fmax(range.high, got);
    }
    return range;
}

void taste_expect_bytes(const struct model *one, const struct model *other, bool same, const char *what)
{
    PITH_AUTO(bytes_clear) struct bytes left;
    PITH_AUTO(bytes_clear) struct bytes right;
    bytes_init(&left, MODEL_MAX_BYTES);
    bytes_init(&right, MODEL_MAX_BYTES);
    cr_assert_eq(model_write(one, &left, NULL), PITH_OK);
    cr_assert_eq(model_write(other, &right, NULL), PITH_OK);
    bool equal = left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
    cr_expect_eq(equal, same, "%s", what);
}
