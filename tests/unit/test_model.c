#include "engine/intake/import.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "engine/learning/model.h"
#include "engine/papers/place.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Papers of topic t are numbers 100 t, 100 t + 1, … */
enum { PER_TOPIC = 8, VOTED = 4 };

static void import_more(struct store *store, unsigned per_topic)
{
    struct pith_import_report report;
    struct pith_error error;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    cr_assert_eq(
        import_bytes(store, lines, length, &(struct import_options){.today = 0, .embedding = testing_shipped}, &report, &error),
        PITH_OK, "%s", error.message);
}

static struct store *make_store(unsigned per_topic)
{
    struct store *store = NULL;
    struct pith_error error;
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    import_more(store, per_topic);
    return store;
}

/* A reader who likes topic 0 and not topic 1, and compared two papers. */
static struct model *learn(struct store *store)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    struct profile_vote vote[2 * VOTED];
    char key[2 * VOTED][32], winner[32], loser[32];
    struct model *model = NULL;
    struct pith_error error;
    for (unsigned i = 0; i < 2 * VOTED; i++) {
        strcpy(key[i], testing_paper_key(100 * (i % 2) + i / 2));
        vote[i] = (struct profile_vote){key[i], i % 2 ? VERDICT_DOWN : VERDICT_UP, testing_day(9), 0};
    }
    strcpy(winner, testing_paper_key(200));
    strcpy(loser, testing_paper_key(300));
    struct profile_pair pair = {winner, loser, testing_day(9), 0};
    cr_assert_eq(learner_load(&learner,
                              &(struct learner_request){.store = store,
                                                        .embeddings = {testing_shipped, testing_own},
                                                        .hyperparameters = testing_hyperparameters,
                                                        .vote = vote,
                                                        .votes = 2 * VOTED,
                                                        .pair = &pair,
                                                        .pairs = 1,
                                                        .background = LEARNER_BACKGROUND},
                              &error),
                 PITH_OK, "%s", error.message);
    cr_assert_eq(learner_fit(&learner, NULL, &model, &error), PITH_OK, "%s", error.message);
    snprintf(model->votes, sizeof model->votes, "%064d", 7);
    return model;
}

static void write(const struct model *model, struct bytes *bytes)
{
    bytes_init(bytes, MODEL_MAX_BYTES);
    cr_assert_eq(model_write(model, bytes, NULL), PITH_OK);
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
    PITH_AUTO(features_clear) struct features features = {0};
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    read_features(store, paper, &features);
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    return model_score(model, &row);
}

static unsigned every_paper(unsigned i)
{
    return 100 * (i % TESTING_TOPICS) + i / TESTING_TOPICS;
}

/* ---- bytes ---- */

static void expect_same_head(const struct model *one, const struct model *other)
{
    cr_expect_eq(one->features_version, other->features_version);
    cr_expect_eq(one->papers, other->papers);
    cr_expect_eq(one->fitted_papers, other->fitted_papers);
    cr_expect_str_eq(one->votes, other->votes);
    cr_expect(one->ups == other->ups && one->downs == other->downs && one->pairs == other->pairs);
    cr_expect_eq(one->base, other->base);
    cr_expect_eq(one->weight_up, other->weight_up);
    cr_expect_eq(one->weight_down, other->weight_down);
    cr_expect_eq(one->weight_pair, other->weight_pair);
    cr_expect_eq(one->calibration.known, other->calibration.known);
    cr_expect_eq(one->calibration.slope, other->calibration.slope);
    cr_expect_eq(one->calibration.offset, other->calibration.offset);
    cr_expect_eq(one->calibration.slope_spread, other->calibration.slope_spread);
    cr_expect_eq(one->calibration.offset_slant, other->calibration.offset_slant);
    cr_expect_eq(one->calibration.offset_spread, other->calibration.offset_spread);
    cr_expect(one->listing.known == other->listing.known && one->listing.slope == other->listing.slope &&
              one->listing.offset == other->listing.offset && one->listing.offset_spread == other->listing.offset_spread);
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        cr_expect_eq(one->variance[view], other->variance[view]);
}

Test(model, bytes_read_and_written_again_are_the_same)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    model->weight_pair = 0.75; /* every number another than its neighbours */
    model->calibration = (struct calibration){1.5, -0.5, 0.25, -0.125, 0.375, true};
    model->listing = (struct calibration){2.5, -5.5, 0.125, -0.25, 0.75, true};
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = (double)view + 0.125;
    PITH_AUTO(model_free_p) struct model *read = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    PITH_AUTO(bytes_clear) struct bytes again;
    write(model, &bytes);
    cr_assert_eq(model_read(bytes.data, bytes.length, &read, NULL), PITH_OK);
    write(read, &again);
    cr_assert_eq(bytes.length, again.length);
    cr_expect_eq(memcmp(bytes.data, again.data, bytes.length), 0);
    expect_same_head(read, model);
    cr_assert_eq(read->terms, model->terms);
    for (size_t i = 0; i < model->terms; i++)
        cr_expect_str_eq(read->names + read->term[i].name, model->names + model->term[i].name);
}

/* Takes out the `count` bytes after the first place where `after` stands. */
static void take_out(struct bytes *bytes, const void *after, size_t length, size_t count)
{
    unsigned char *at = memmem(bytes->data, bytes->length, after, length);
    cr_assert(at);
    at += length;
    bytes->length -= count;
    memmove(at, at + count, bytes->length - (size_t)(at - bytes->data));
}

/* As format 5 had a model: today's without the calibration of a listing. */
static void write_without_listing(struct model *model, struct bytes *bytes)
{
    model->calibration = (struct calibration){1.5, -0.625, 0.25, -0.125, 0.375, true};
    unsigned char known[1 + 5 * sizeof(double)] = {true};
    memcpy(known + 1, &model->calibration, 5 * sizeof(double));
    write(model, bytes);
    take_out(bytes, known, sizeof known, sizeof known);
    bytes->data[0] = 5;
}

/* As format 4 had one: without spreads of the calibration too. */
static void write_without_spreads(struct model *model, struct bytes *bytes)
{
    write_without_listing(model, bytes);
    unsigned char known[1 + 2 * sizeof(double)] = {true};
    memcpy(known + 1, &model->calibration, 2 * sizeof(double));
    take_out(bytes, known, sizeof known, 3 * sizeof(double));
    bytes->data[0] = 4;
}

/* What an older format's bytes read as; as today's they are refused. */
static struct model *read_older(struct bytes *bytes)
{
    struct model *read = NULL, *refused = NULL;
    struct pith_error error = {0};
    cr_assert_eq(model_read(bytes->data, bytes->length, &read, &error), PITH_OK, "%s", error.message);
    bytes->data[0] = MODEL_FORMAT;
    cr_expect_eq(model_read(bytes->data, bytes->length, &refused, NULL), PITH_CORRUPT);
    return read;
}

Test(model, one_from_before_chances_were_of_listings_is_read_and_has_none)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write_without_listing(model, &bytes);
    PITH_AUTO(model_free_p) struct model *read = read_older(&bytes);
    cr_expect_eq(read->terms, model->terms);
    cr_expect_eq(read->calibration.offset_spread, 0.375);
    cr_expect(!read->listing.known && read->format == 5);
}

Test(model, one_from_before_chances_were_averaged_is_read)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write_without_spreads(model, &bytes);
    PITH_AUTO(model_free_p) struct model *read = read_older(&bytes);
    cr_expect_eq(read->terms, model->terms);
    cr_expect_float_eq(calibrate_probability(&read->calibration, 0.75), 1 / (1 + exp(-0.5)), 1e-12, "the likeliest numbers' alone");
}

/* As format 3 had a model: without title weights too. */
static void write_without_emphasis(struct model *model, struct bytes *bytes)
{
    size_t terms = model->terms;
    model->terms = 0;
    write_without_spreads(model, bytes);
    model->terms = terms;
    bytes->length--; /* the count of terms */
    bytes_put_varint(bytes, terms);
    for (const struct model_term *term = model->term; term < model->term + terms; term++) {
        bytes_put_u64(bytes, term->key);
        bytes_put_u8(bytes, term->view);
        bytes_put_varint(bytes, term->papers);
        bytes_put_float(bytes, term->weight);
        bytes_put_string(bytes, model->names + term->name, strlen(model->names + term->name));
    }
    bytes->data[0] = 3;
    cr_assert_eq(bytes_done(bytes, NULL), PITH_OK);
}

Test(model, one_from_before_there_was_emphasis_is_read)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write_without_emphasis(model, &bytes);
    PITH_AUTO(model_free_p) struct model *read = read_older(&bytes);
    cr_assert_eq(read->terms, model->terms);
    for (size_t i = 0; i < read->terms; i++)
        cr_expect(read->term[i].title_weight == 1 && read->term[i].weight == model->term[i].weight);
}

/* A model of format 2 is without the last three variances too. */
Test(model, one_from_before_there_were_levels_is_read)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(model_free_p) struct model *read = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = (double)view + 0.125;
    write_without_emphasis(model, &bytes);
    unsigned char head[1 + VIEW_UPVOTES * sizeof(double)] = {FEATURE_VIEWS};
    memcpy(head + 1, model->variance, VIEW_UPVOTES * sizeof(double));
    take_out(&bytes, head, sizeof head, (FEATURE_VIEWS - VIEW_UPVOTES) * sizeof(double));
    unsigned char *views = memmem(bytes.data, bytes.length, head, sizeof head);
    cr_assert(views);
    *views = VIEW_UPVOTES;
    bytes.data[0] = 2;
    struct pith_error error = {0};
    cr_assert_eq(model_read(bytes.data, bytes.length, &read, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(read->terms, model->terms);
    cr_expect_eq(read->variance[VIEW_TITLE], model->variance[VIEW_TITLE]);
    bytes.data[0] = 3;
    cr_expect_eq(model_read(bytes.data, bytes.length, &read, NULL), PITH_CORRUPT);
}

/* Scores are the same to the bit: after a round trip, and in a store that holds other papers besides. */
Test(model, scores_the_same_papers_the_same_everywhere)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(store_close_p) struct store *larger = make_store(4 * PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(model_free_p) struct model *read = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write(model, &bytes);
    cr_assert_eq(model_read(bytes.data, bytes.length, &read, NULL), PITH_OK);
    for (unsigned i = 0; i < PER_TOPIC * TESTING_TOPICS; i++) {
        double expected = score(store, model, every_paper(i));
        cr_expect_eq(score(store, read, every_paper(i)), expected);
        cr_expect_eq(score(larger, read, every_paper(i)), expected);
    }
    cr_expect_neq(score(store, read, 0), score(store, read, 101), "and not by all being one number");
}

/* A term in more papers than there are has no rarity: model_read lets it pass, and only unsealed bytes can say so. */
static bool counts_agree(const struct model *model)
{
    for (size_t i = 0; i < model->terms; i++)
        if (model->term[i].papers > model->papers)
            return false;
    return true;
}

/* Damaged bytes are told, or make another model that still gives numbers. */
static void expect_sane(struct store *store, const void *data, size_t length, size_t at)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    enum pith_status status = model_read(data, length, &model, NULL);
    if (status == PITH_OK)
        cr_expect(!counts_agree(model) || isfinite(score(store, model, 0)), "byte %zu", at);
    else
        cr_expect_eq(status, PITH_CORRUPT, "byte %zu", at);
}

Test(model, changed_bytes_are_told_or_give_numbers)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write(model, &bytes);
    for (size_t i = 0; i < bytes.length; i++) {
        /* the head at every bit, the terms at some: they are many and alike */
        for (unsigned bit = i < 256 ? 0 : (unsigned)i % 8; bit < 8; bit += i < 256 ? 1 : 8) {
            bytes.data[i] ^= (unsigned char)(1U << bit);
            expect_sane(store, bytes.data, bytes.length, i);
            bytes.data[i] ^= (unsigned char)(1U << bit);
        }
        if (i < 256) {
            bytes.data[i] ^= 0xFF;
            expect_sane(store, bytes.data, bytes.length, i);
            bytes.data[i] ^= 0xFF;
        }
    }
}

Test(model, cut_bytes_are_told)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write(model, &bytes);
    for (size_t length = 0; length < bytes.length; length++) {
        PITH_AUTO(pith_free_p) char *cut = pith_calloc(length, 1); /* so that a read past the end is seen */
        struct model *read = NULL;
        memcpy(cut, bytes.data, length);
        cr_expect_eq(model_read(cut, length, &read, NULL), PITH_CORRUPT, "%zu of %zu bytes", length, bytes.length);
        cr_expect_null(read);
    }
}

/* ---- weighing ---- */

struct norms {
    double square[FEATURE_VIEWS]; /* of the row's values */
    bool whole[FEATURE_VIEWS];    /* the model knows every feature of the view, and there is one */
};

static struct norms norms_of(const struct model *model, const struct features *features, const struct model_row *row)
{
    struct norms norms = {0};
    size_t have[FEATURE_VIEWS] = {0}, known[FEATURE_VIEWS] = {0};
    for (size_t i = 0; i < features->count; i++)
        have[features->item[i].view]++;
    for (size_t i = 0; i < row->count; i++) {
        size_t view = features->item[row->index[i]].view;
        cr_assert_eq(model->term[row->column[i]].key, features->item[row->index[i]].key);
        norms.square[view] += row->value[i] * row->value[i];
        known[view]++;
    }
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        norms.whole[view] = have[view] && known[view] == have[view];
    return norms;
}

/* A view all of whose features are known has length 1; unknown ones take their share of it. */
Test(model, rows_have_unit_length_per_view)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    size_t whole = 0, partly = 0;
    for (unsigned i = 0; i < PER_TOPIC * TESTING_TOPICS; i++) {
        PITH_AUTO(features_clear) struct features features = {0};
        PITH_AUTO(model_row_clear) struct model_row row = {0};
        read_features(store, every_paper(i), &features);
        cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
        struct norms norms = norms_of(model, &features, &row);
        for (size_t view = 0; view < FEATURE_VIEWS; view++) {
            whole += norms.whole[view];
            partly += !norms.whole[view] && norms.square[view] > 0;
            if (norms.whole[view])
                cr_expect_float_eq(norms.square[view], 1, 1e-9, "paper %u view %zu", every_paper(i), view);
            else
                cr_expect_lt(norms.square[view], 1, "paper %u view %zu", every_paper(i), view);
        }
    }
    cr_expect(whole > 0 && partly > 0, "both were met: %zu, %zu", whole, partly);
}

Test(model, a_score_is_base_and_contributions)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(PER_TOPIC);
    PITH_AUTO(model_free_p) struct model *model = learn(store);
    for (unsigned i = 0; i < PER_TOPIC * TESTING_TOPICS; i++) {
        PITH_AUTO(features_clear) struct features features = {0};
        PITH_AUTO(model_row_clear) struct model_row row = {0};
        read_features(store, every_paper(i), &features);
        cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
        double sum = model->base;
        for (size_t j = 0; j < row.count; j++)
            sum += row.value[j] * (double)model->term[row.column[j]].weight;
        cr_expect_float_eq(sum, model_score(model, &row), 1e-9);
    }
}

/* ---- models by hand ---- */

/* Words "one" (in 1 paper of 9), "three" (in 3), "three again" (in 3): keys 101, 103, 104. */
static struct model *small_model(void)
{
    struct model *model = NULL;
    cr_assert_eq(model_new(&model, NULL), PITH_OK);
    model->papers = 9;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = 1;
    struct model_term term[] = {{.key = 104, .papers = 3, .title_weight = 1, .weight = 1, .view = VIEW_WORD},
                                {.key = 101, .papers = 1, .title_weight = 1, .weight = 2, .view = VIEW_WORD},
                                {.key = 103, .papers = 3, .title_weight = 1, .weight = -1, .view = VIEW_WORD}};
    cr_assert_eq(model_add_term(model, &term[0], "three again", NULL), PITH_OK);
    cr_assert_eq(model_add_term(model, &term[1], "one", NULL), PITH_OK);
    cr_assert_eq(model_add_term(model, &term[2], "three", NULL), PITH_OK);
    model->base = 0.25;
    cr_assert_eq(model_finish(model, NULL), PITH_OK);
    return model;
}

/* The weights of word features with these keys and counts; 0 for what the model does not know. */
static void weigh(const struct model *model, const uint64_t *key, const uint32_t *title, const uint32_t *body, size_t count,
                  double *value, double *ret_score)
{
    struct feature item[8] = {0};
    struct features features = {item, count, 8};
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    for (uint32_t i = 0; i < count; i++)
        item[i] = (struct feature){.key = key[i], .title = title[i], .body = body[i], .index = i, .view = VIEW_WORD};
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    memset(value, 0, count * sizeof *value);
    for (size_t i = 0; i < row.count; i++)
        value[row.index[i]] = row.value[i];
    *ret_score = model_score(model, &row);
}

Test(model, terms_stand_by_key)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    cr_assert_eq(model->terms, 3);
    cr_expect(model->term[0].key == 101 && model->term[1].key == 103 && model->term[2].key == 104);
    cr_expect_str_eq(model->names + model->term[0].name, "one");
    cr_expect_str_eq(model->names + model->term[2].name, "three again");
}

/* A word of half the title weight is worth half as much beside the others; the row keeps its length. */
Test(model, title_weighting_multiplies_a_terms_value)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    const uint64_t key[] = {101, 103};
    const uint32_t title[] = {0, 0}, body[] = {1, 1};
    double plain[2], lifted[2], score;
    weigh(model, key, title, body, 2, plain, &score);
    model->term[0].title_weight = 0.5F;
    cr_assert_eq(model_finish(model, NULL), PITH_OK);
    weigh(model, key, title, body, 2, lifted, &score);
    cr_expect_float_eq(lifted[0] / lifted[1], 0.5 * plain[0] / plain[1], 1e-6);
    cr_expect_float_eq(lifted[0] * lifted[0] + lifted[1] * lifted[1], 1, 1e-6);
}

Test(model, rare_and_frequent_words_weigh_more)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    double value[3], got;
    weigh(model, (uint64_t[]){101, 103, 104}, (uint32_t[]){0, 0, 0}, (uint32_t[]){1, 1, 2}, 3, value, &got);
    cr_expect_gt(value[0], value[1], "in fewer papers");
    cr_expect_gt(value[2], value[1], "more often in this one");
    cr_expect_float_eq(value[0] * value[0] + value[1] * value[1] + value[2] * value[2], 1, 1e-9);
    cr_expect_float_eq(got, 0.25 + 2 * value[0] - value[1] + value[2], 1e-9);
    weigh(model, (uint64_t[]){103, 104}, (uint32_t[]){0, 1}, (uint32_t[]){1, 0}, 2, value, &got);
    cr_expect_gt(value[1], value[0], "a title's word counts for more");
}

Test(model, unknown_words_lengthen_the_norm_only)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    double value[3], alone[1], got;
    weigh(model, (uint64_t[]){101}, (uint32_t[]){0}, (uint32_t[]){1}, 1, alone, &got);
    cr_expect_float_eq(alone[0], 1, 1e-9);
    weigh(model, (uint64_t[]){7, 101, UINT64_MAX}, (uint32_t[]){0, 0, 9}, (uint32_t[]){1, 1, 0}, 3, value, &got);
    cr_expect(value[0] == 0 && value[2] == 0);
    cr_expect(value[1] > 0 && value[1] < alone[0]);
    cr_expect_float_eq(got, 0.25 + 2 * value[1], 1e-9);
}

Test(model, nothing_known_scores_the_base)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    double value[2], got;
    weigh(model, (uint64_t[]){1, 102}, (uint32_t[]){1, 0}, (uint32_t[]){1, UINT32_MAX}, 2, value, &got);
    cr_expect_eq(got, 0.25);
    weigh(model, (uint64_t[]){1}, (uint32_t[]){0}, (uint32_t[]){0}, 0, value, &got);
    cr_expect_eq(got, 0.25);
}

Test(model, a_model_without_terms_is_one)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(model_free_p) struct model *read = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    double value[1], got;
    cr_assert_eq(model_new(&model, NULL), PITH_OK);
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = 1;
    model->base = -3;
    cr_assert_eq(model_finish(model, NULL), PITH_OK);
    write(model, &bytes);
    cr_assert_eq(model_read(bytes.data, bytes.length, &read, NULL), PITH_OK);
    weigh(read, (uint64_t[]){101}, (uint32_t[]){1}, (uint32_t[]){1}, 1, value, &got);
    cr_expect_eq(got, -3);
}

/* ---- numbers that are none ---- */

static void expect_refused(const struct model *model, const char *what)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    PITH_AUTO(model_free_p) struct model *read = NULL;
    struct pith_error error = {0};
    write(model, &bytes);
    cr_expect_eq(model_read(bytes.data, bytes.length, &read, &error), PITH_CORRUPT, "%s", what);
    cr_expect_neq(error.message[0], '\0', "%s", what);
}

Test(model, numbers_that_are_none_are_refused)
{
    static const double none[] = {INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < 3; i++) {
        PITH_AUTO(model_free_p) struct model *model = small_model();
        double *number[] = {&model->base,
                            &model->weight_up,
                            &model->weight_down,
                            &model->weight_pair,
                            &model->calibration.slope,
                            &model->calibration.offset,
                            &model->calibration.slope_spread,
                            &model->calibration.offset_slant,
                            &model->calibration.offset_spread,
                            &model->listing.slope,
                            &model->listing.offset_spread,
                            &model->variance[0],
                            &model->variance[FEATURE_VIEWS - 1]};
        for (size_t j = 0; j < sizeof number / sizeof *number; j++) {
            double kept = *number[j];
            *number[j] = none[i];
            expect_refused(model, "a number of the head");
            *number[j] = kept;
        }
        model->term[1].weight = (float)none[i];
        expect_refused(model, "a weight");
    }
}

Test(model, terms_out_of_order_and_widths_of_nothing_are_refused)
{
    PITH_AUTO(model_free_p) struct model *model = small_model();
    model->variance[1] = 0;
    expect_refused(model, "no width");
    model->variance[1] = -1;
    expect_refused(model, "a negative width");
    model->variance[1] = 1;
    model->term[1].key = model->term[0].key;
    expect_refused(model, "a term twice");
    model->term[1].key = 1;
    expect_refused(model, "terms out of order");
    model->term[1].key = 103;
    model->term[1].view = FEATURE_VIEWS;
    expect_refused(model, "a view that there is not");
}

/* ---- dense views ---- */

static void no_table(void)
{
    testing_shipped = NULL;
}

static struct model *learn_with_table(struct store *store)
{
    testing_shipped = testing_embedding(true);
    struct model *model = learn(store);
    cr_assert_eq(model->embeddings, 1);
    return model;
}

Test(model_embedding, bytes_read_back_to_the_same_scores, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(20);
    PITH_AUTO(model_free_p) struct model *model = learn_with_table(store);
    PITH_AUTO(model_free_p) struct model *again = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write(model, &bytes);
    cr_assert_eq(model_read(bytes.data, bytes.length, &again, NULL), PITH_OK);
    cr_assert_not(model_complete(again), "until its embedding is found");
    model_bind(again, &(struct embeddings){.shipped = testing_shipped});
    cr_assert(model_complete(again));
    for (unsigned i = 0; i < 20; i++)
        cr_expect_eq(score(store, again, 100 + i), score(store, model, 100 + i), "paper %u", i);
}

Test(model_embedding, a_model_says_when_its_table_is_not_here, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(20);
    PITH_AUTO(model_free_p) struct model *model = learn_with_table(store);
    PITH_AUTO(model_free_p) struct model *again = NULL;
    PITH_AUTO(bytes_clear) struct bytes bytes;
    write(model, &bytes);
    testing_shipped = testing_embedding(false);
    cr_assert_eq(model_read(bytes.data, bytes.length, &again, NULL), PITH_OK);
    model_bind(again, &(struct embeddings){.shipped = testing_shipped});
    cr_expect(!model_complete(again));
    cr_expect(isfinite(score(store, again, 7)));
}

Test(model_embedding, a_paper_that_the_table_does_not_know_stands_nowhere, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(20);
    PITH_AUTO(model_free_p) struct model *model = learn_with_table(store);
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    struct feature item = {.key = 12345, .title = 1, .body = 2, .view = VIEW_WORD};
    struct features features = {.item = &item, .count = 1};
    cr_assert_eq(model_weigh(model, &features, &row, NULL), PITH_OK);
    for (size_t i = 0; i < model_places(model); i++)
        cr_expect_eq(row.place[i], 0);
    cr_expect_eq(model_score(model, &row), model->base);
}

Test(model_embedding, places_are_the_same_however_many_words, .fini = no_table)
{
    enum { MANY = 1000 };
    const struct embedding *embedding = testing_embedding(true);
    static struct feature item[MANY];
    uint64_t known = feature_key(VIEW_WORD, "robot", 5);
    float one[EMBEDDING_MAX_DIMS], many[EMBEDDING_MAX_DIMS];
    for (size_t i = 0; i < MANY; i++)
        item[i] = (struct feature){.key = i % 300 == 299 ? known : i + 1, .body = 1, .view = VIEW_WORD};
    struct features features = {.item = item, .count = MANY};
    place_paper(embedding, &features, many);
    features.count = 300;
    place_paper(embedding, &features, one);
    for (uint32_t d = 0; d < embedding_dims(embedding); d++)
        cr_expect_float_eq(one[d], many[d], 1e-6F);
}

/* What titles name is what papers are about. */
Test(model_embedding, a_word_of_the_title_places_as_six_of_the_abstract, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(20);
    PITH_AUTO(model_free_p) struct model *model = learn_with_table(store);
    PITH_AUTO(model_row_clear) struct model_row once = {0};
    PITH_AUTO(model_row_clear) struct model_row often = {0};
    uint64_t robot = feature_key(VIEW_WORD, "robot", 5), galaxi = feature_key(VIEW_WORD, "galaxi", 6);
    struct feature titled[] = {{.key = robot, .title = 1, .view = VIEW_WORD}, {.key = galaxi, .body = 1, .view = VIEW_WORD}};
    struct feature written[] = {{.key = robot, .body = 6, .view = VIEW_WORD}, {.key = galaxi, .body = 1, .view = VIEW_WORD}};
    cr_assert_eq(model_weigh(model, &(struct features){.item = titled, .count = 2}, &once, NULL), PITH_OK);
    cr_assert_eq(model_weigh(model, &(struct features){.item = written, .count = 2}, &often, NULL), PITH_OK);
    cr_expect_arr_eq(once.place, often.place, model_places(model) * sizeof *once.place);
    written[0].body = 5;
    cr_assert_eq(model_weigh(model, &(struct features){.item = written, .count = 2}, &often, NULL), PITH_OK);
    cr_expect_arr_neq(once.place, often.place, model_places(model) * sizeof *once.place);
}

Test(model_embedding, a_damaged_view_is_refused, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = make_store(20);
    PITH_AUTO(model_free_p) struct model *model = learn_with_table(store);
    struct model_embedding *embedding = &model->embedding[0];
    const struct model_embedding right = *embedding;
    float nan = NAN, *number[] = {&embedding->mean[3], &embedding->weight[5]};
    for (int i = 0; i < 6; i++) {
        PITH_AUTO(bytes_clear) struct bytes bytes;
        struct model *again = NULL;
        float kept = *number[i % 2];
        if (i < 2)
            *number[i] = nan;
        embedding->variance = i == 2 ? 0 : i == 3 ? INFINITY : right.variance;
        if (i == 4)
            embedding->table[0] = 'g';
        if (i == 5)
            embedding->table[31] = '\0';
        write(model, &bytes);
        cr_expect_eq(model_read(bytes.data, bytes.length, &again, NULL), PITH_CORRUPT, "damage %d", i);
        *number[i % 2] = kept;
        memcpy(embedding->table, right.table, sizeof right.table);
    }
}
