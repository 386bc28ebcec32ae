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

enum { PER_TOPIC = 20 };

static const struct pith_rank_request everything = {
    .size = sizeof everything, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .all = true, .duplicates = true, .reasons = 3};

static void no_table(void)
{
    testing_shipped = NULL;
}

static struct store *open_store(void)
{
    struct store *store;
    struct pith_import_report report;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(PER_TOPIC, &length);
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    cr_assert_eq(import_bytes(store, lines, length,
                              &(struct import_options){.today = testing_day(28), .embedding = testing_shipped}, &report, NULL),
                 PITH_OK);
    return store;
}

static struct model *learn_topics(struct store *store)
{
    enum { VOTES = 20 };
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct profile_vote vote[VOTES];
    char key[VOTES][32];
    struct model *model = NULL;
    for (unsigned i = 0; i < VOTES; i++) {
        strcpy(key[i], testing_paper_key(100 * (i % 2) + i / 2));
        vote[i] = (struct profile_vote){key[i], i % 2 ? VERDICT_DOWN : VERDICT_UP, testing_day(9), 0};
    }
    cr_assert_eq(learner_load(&learner,
                              &(struct learner_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = vote,
                                                        .votes = VOTES,
                                                        .pair = NULL,
                                                        .pairs = 0,
                                                        .background = LEARNER_BACKGROUND},
                              NULL),
                 PITH_OK);
    cr_assert_eq(learner_fit(&learner, NULL, &model, NULL), PITH_OK);
    return model;
}

struct kept {
    struct bytes features, place;
};

static void kept_clear(struct kept *kept)
{
    bytes_clear(&kept->features);
    bytes_clear(&kept->place);
}

static enum pith_status take_kept(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct kept *kept = user;
    (void)reterr;
    bytes_init(&kept->features, STORE_MAX_FEATURES);
    bytes_init(&kept->place, EMBEDDING_MAX_DIMS * sizeof(float));
    bytes_put(&kept->features, row->features, row->features_length);
    bytes_put(&kept->place, row->place.bytes, row->place.length);
    cr_expect_gt(row->place.length, 0);
    return PITH_OK;
}

/* What change does to the place of every paper, or of the first alone. */
static void change_places(struct store *store, void (*change)(struct bytes *place, int64_t id), bool all)
{
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    for (int64_t id = 0; store_next_paper(store, id, &id, NULL) == PITH_OK && (all || id == 1);) {
        PITH_AUTO(kept_clear) struct kept kept = {0};
        cr_assert_eq(store_visit_paper(store, id, take_kept, &kept, NULL), PITH_OK);
        change(&kept.place, id);
        cr_assert_eq(store_put_features(store, id, &kept.features, &kept.place, NULL), PITH_OK);
    }
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
}

static void drop_place(struct bytes *place, int64_t id)
{
    (void)id;
    place->length = 0;
}

/* Numbers that no place has, or too few of them. */
static void spoil_place(struct bytes *place, int64_t id)
{
    static const float number[] = {NAN, 1e30F, 0.5F, 0};
    size_t dims = place->length / sizeof *number;
    place->length = 0;
    for (size_t d = 0; d < (id % 5 ? dims : dims / 2); d++)
        bytes_put_float(place, number[id % 4]);
}

/* Of unit length, and not where the paper stands. */
static void turn_place(struct bytes *place, int64_t id)
{
    (void)id;
    place->data[3] ^= 0x80; /* the sign of its first number */
}

static struct pith_ranking *rank_all(struct store *store, const struct model *model)
{
    struct pith_ranking *ranking = NULL;
    struct pith_error error;
    cr_assert_eq(rank_listing(&(struct rank_means){.store = store, .model = model}, &everything, &ranking, &error), PITH_OK, "%s",
                 error.message);
    return ranking;
}

static void expect_same(const struct pith_ranking *one, const struct pith_ranking *other)
{
    cr_assert_eq(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        cr_expect_str_eq(one->item[i].key, other->item[i].key);
        cr_expect_float_eq(one->item[i].score, other->item[i].score, 1e-6);
    }
}

/* What befalls the places that are kept changes no ranking. */
static void expect_unmoved_by(void (*change)(struct bytes *place, int64_t id))
{
    testing_shipped = testing_embedding(true);
    PITH_AUTO(store_close_p) struct store *store = open_store();
    PITH_AUTO(model_free_p) struct model *model = learn_topics(store);
    cr_assert_eq(model->embeddings, 1);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *kept = rank_all(store, model);
    change_places(store, change, true);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *summed = rank_all(store, model);
    expect_same(kept, summed);
}

Test(rank_places, spoilt_ones_are_summed, .fini = no_table)
{
    expect_unmoved_by(spoil_place);
}

Test(rank_places, without_any_the_ranking_is_the_same, .fini = no_table)
{
    expect_unmoved_by(drop_place);
}

Test(rank_places, those_kept_are_read_and_not_summed, .fini = no_table)
{
    testing_shipped = testing_embedding(true);
    PITH_AUTO(store_close_p) struct store *store = open_store();
    PITH_AUTO(model_free_p) struct model *model = learn_topics(store);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *kept = rank_all(store, model);
    change_places(store, turn_place, true);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *turned = rank_all(store, model);
    cr_expect_gt(fabs(kept->item[0].score - turned->item[0].score), 1e-3);
}

Test(rank_places, those_of_another_table_are_not_taken, .fini = no_table)
{
    testing_shipped = testing_embedding(false);
    PITH_AUTO(store_close_p) struct store *other = open_store();
    testing_shipped = testing_embedding(true);
    PITH_AUTO(store_close_p) struct store *store = open_store();
    PITH_AUTO(model_free_p) struct model *model = learn_topics(store);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *own = rank_all(store, model);
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *foreign = rank_all(other, model);
    expect_same(own, foreign);
}

static void count_bad(void *user, bool good, const char *what)
{
    *(size_t *)user += !good && strstr(what, "the place of paper 1 ") != NULL;
}

Test(rank_places, a_check_tells_of_one_that_is_wrong, .fini = no_table)
{
    const char *home = testing_folder();
    struct store *store;
    size_t length, bad = 0;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(2, &length);
    testing_shipped = testing_embedding(true);
    PITH_AUTO(pith_close_p) struct pith *pith = NULL;
    struct pith_import_report report;
    cr_assert_eq(testing_open(home, true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, testing_day(28), &report, NULL), PITH_OK);
    cr_assert_eq(pith_check(pith, count_bad, &bad, NULL), PITH_OK);
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    change_places(store, turn_place, false);
    store_close(store);
    cr_expect_eq(pith_check(pith, count_bad, &bad, NULL), PITH_CORRUPT);
    cr_expect_eq(bad, 1);
}
