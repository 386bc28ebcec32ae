/* Any bytes as a fitted model: what reads has ordered, finite terms, scores, and is written as it reads back. */
#include "tests/fuzz/fuzz.h"

#include "engine/learning/model.h"

#include <math.h>
#include <string.h>

static void check_terms(const struct model *model)
{
    for (size_t i = 0; i < model->terms; i++) {
        HOLDS(i == 0 || model->term[i - 1].key < model->term[i].key);
        HOLDS(model->term[i].view < FEATURE_VIEWS && isfinite(model->term[i].weight));
        HOLDS(model->term[i].name < model->names_length);
        HOLDS(strlen(model->names + model->term[i].name) < FEATURE_NAME_SIZE);
    }
}

/* Of no term more papers than there are: what pith writes, and nobody else can seal a model. */
static bool possible(const struct model *model)
{
    for (size_t i = 0; i < model->terms; i++)
        if (model->term[i].papers > model->papers)
            return false;
    return true;
}

/* A paper that has the model's first terms, as few as tells a wrong column. */
static void check_score(const struct model *model)
{
    enum { MOST = 8 };
    struct feature item[MOST];
    struct features features = {.item = item};
    struct model_row row = {0};
    for (; features.count < MOST && features.count < model->terms; features.count++)
        item[features.count] = (struct feature){
            .key = model->term[features.count].key, .body = 1, .view = (enum feature_view)model->term[features.count].view};
    HOLDS(model_weigh(model, &features, &row, NULL) == PITH_OK && row.count <= features.count);
    HOLDS(model->embeddings <= MODEL_EMBEDDINGS && model_places(model) <= (size_t)MODEL_EMBEDDINGS * EMBEDDING_MAX_DIMS);
    for (size_t i = 0; i < model->embeddings; i++)
        HOLDS(model_embedding_sane(&model->embedding[i]) && model_embedding_score(model, i, &row) == 0); /* its table is nowhere */
    for (double score = -1e6; score <= 1e6; score += 1e5) {
        double chance = calibrate_probability(&model->calibration, score);
        HOLDS(chance >= 0 && chance <= 1);
    }
    for (size_t i = 0; i < row.count; i++) {
        HOLDS(row.column[i] == row.index[i]);
        HOLDS(isfinite(row.value[i]) || !possible(model));
    }
    model_row_clear(&row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(model_free_p) struct model *again = NULL;
    PITH_AUTO(bytes_clear) struct bytes first, second;
    struct pith_error error;
    bytes_init(&first, MODEL_MAX_BYTES);
    bytes_init(&second, MODEL_MAX_BYTES);
    enum pith_status status = model_read(data, size, &model, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    HOLDS((status == PITH_OK) == (model != NULL));
    if (status)
        return 0;
    check_terms(model);
    check_score(model);
    HOLDS(model_write(model, &first, NULL) == PITH_OK);
    HOLDS(model_read(first.data, first.length, &again, NULL) == PITH_OK);
    HOLDS(model_write(again, &second, NULL) == PITH_OK);
    HOLDS(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
    return 0;
}
