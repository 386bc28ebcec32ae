#include "engine/learning/model.h"

#include "engine/papers/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TERMS = 1 << 22, MAX_NAMES = 1 << 28 };

/* What a term that no voted paper holds is taken for in the norm: one that this many papers of the store have. */
static const uint32_t UNKNOWN_PAPERS = 2;

struct model_slot { /* all that weighing needs of a term, in one place */
    uint64_t key;   /* 0: free */
    uint32_t column;
    float rarity; /* times its title weight */
};

enum pith_status model_new(struct model **ret_model, struct pith_error *reterr)
{
    struct model *model = pith_calloc(1, sizeof *model);
    if (!model)
        return pith_no_memory(reterr);
    model->features_version = FEATURES_VERSION;
    model->calibration.slope = model->listing.slope = 1;
    model->format = MODEL_FORMAT;
    *ret_model = model;
    return PITH_OK;
}

void model_free(struct model *model)
{
    if (!model)
        return;
    for (size_t i = 0; i < model->embeddings; i++) {
        free(model->embedding[i].mean);
        free(model->embedding[i].weight);
    }
    free(model->term);
    free(model->names);
    free(model->slot);
    free(model->filter);
    free(model);
}

enum pith_status model_add_term(struct model *model, const struct model_term *term, const char *name, struct pith_error *reterr)
{
    size_t length = strlen(name) + 1;
    enum pith_status status = pith_grow(&model->term, &model->term_cap, model->terms + 1, sizeof *model->term, MAX_TERMS, reterr);
    if (!status)
        status = pith_grow(&model->names, &model->names_cap, model->names_length + length, 1, MAX_NAMES, reterr);
    if (status)
        return status;
    memcpy(model->names + model->names_length, name, length);
    model->term[model->terms] = *term;
    model->term[model->terms++].name = (uint32_t)model->names_length;
    model->names_length += length;
    return PITH_OK;
}

/* ---- dense views ---- */

enum pith_status model_add_embedding(struct model *model, const char *table, uint32_t dims, double variance, const float *mean,
                                     const float *weight, struct pith_error *reterr)
{
    if (model->embeddings == MODEL_EMBEDDINGS)
        return pith_fail(reterr, PITH_NOMEM, "a model has at most %d dense views", MODEL_EMBEDDINGS);
    struct model_embedding embedding = {.dims = dims, .variance = variance};
    embedding.mean = pith_calloc(dims, sizeof *embedding.mean);
    embedding.weight = pith_calloc(dims, sizeof *embedding.weight);
    if (!embedding.mean || !embedding.weight) {
        free(embedding.mean);
        free(embedding.weight);
        return pith_no_memory(reterr);
    }
    snprintf(embedding.table, sizeof embedding.table, "%s", table);
    memcpy(embedding.mean, mean, dims * sizeof *mean);
    if (weight)
        memcpy(embedding.weight, weight, dims * sizeof *weight);
    model->embedding[model->embeddings++] = embedding;
    return PITH_OK;
}

void model_bind(struct model *model, const struct embeddings *embeddings)
{
    for (size_t i = 0; i < model->embeddings; i++) {
        const struct embedding *found = embeddings_find(embeddings, model->embedding[i].table);
        model->embedding[i].embedding = found && embedding_dims(found) == model->embedding[i].dims ? found : NULL;
    }
}

bool model_complete(const struct model *model)
{
    bool complete = true;
    for (size_t i = 0; i < model->embeddings; i++)
        complete = complete && model->embedding[i].embedding;
    return complete;
}

size_t model_places(const struct model *model)
{
    size_t places = 0;
    for (size_t i = 0; i < model->embeddings; i++)
        places += model->embedding[i].dims;
    return places;
}

static bool is_zero(const float *place, uint32_t dims)
{
    for (uint32_t d = 0; d < dims; d++)
        if (place[d] != 0)
            return false;
    return true;
}

static enum pith_status find_places(const struct model *model, const struct features *features, const struct embedding_kept *kept,
                                    struct model_row *row, struct pith_error *reterr)
{
    size_t places = model_places(model);
    enum pith_status status = pith_grow(&row->place, &row->place_cap, places, sizeof *row->place,
                                        MODEL_EMBEDDINGS * EMBEDDING_MAX_DIMS, reterr);
    float *place = row->place;
    for (size_t i = 0; !status && i < model->embeddings; place += model->embedding[i++].dims) {
        const struct model_embedding *embedding = &model->embedding[i];
        memset(place, 0, embedding->dims * sizeof *place);
        if (embedding->embedding && !embedding_read_kept(embedding->embedding, kept, place))
            place_paper(embedding->embedding, features, place);
        if (!is_zero(place, embedding->dims))
            embedding_centre(place, embedding->mean, embedding->dims);
    }
    return status;
}

double model_embedding_score(const struct model *model, size_t embedding, const struct model_row *row)
{
    const float *place = row->place;
    double score = 0;
    for (size_t i = 0; i < embedding; i++)
        place += model->embedding[i].dims;
    for (uint32_t d = 0; d < model->embedding[embedding].dims; d++)
        score += (double)model->embedding[embedding].weight[d] * (double)place[d];
    return score;
}

/* ---- terms ---- */

/* The root of the smoothed idf: plain idf lets single rare words decide. */
static float rarity(const struct model *model, uint32_t papers)
{
    return sqrtf(logf((1.0F + (float)model->papers) / (1.0F + (float)papers)) + 1.0F);
}

static int by_key(const void *a, const void *b)
{
    uint64_t left = ((const struct model_term *)a)->key, right = ((const struct model_term *)b)->key;
    return left < right ? -1 : left > right;
}

/* Eight bits a slot, picked by other bits of the key than the slot: most terms that the model does not know stop here. */
static size_t filter_byte(uint64_t key, size_t slots)
{
    return (size_t)(key >> 32) & (slots - 1);
}

static unsigned char filter_bit(uint64_t key)
{
    return (unsigned char)(1U << (key >> 29 & 7));
}

enum pith_status model_finish(struct model *model, struct pith_error *reterr)
{
    if (model->terms)
        qsort(model->term, model->terms, sizeof *model->term, by_key);
    size_t slots = 64;
    while (slots < 2 * model->terms)
        slots *= 2;
    struct model_slot *slot = pith_calloc(slots, sizeof *slot);
    unsigned char *filter = pith_calloc(slots, sizeof *filter);
    if (!slot || !filter) {
        free(slot);
        free(filter);
        return pith_no_memory(reterr);
    }
    for (size_t i = 0; i < model->terms; i++) {
        const struct model_term *term = &model->term[i];
        size_t at = (size_t)term->key & (slots - 1);
        while (slot[at].key)
            at = (at + 1) & (slots - 1);
        slot[at] = (struct model_slot){term->key, (uint32_t)i, rarity(model, term->papers) * term->title_weight};
        filter[filter_byte(term->key, slots)] |= filter_bit(term->key);
    }
    free(model->slot);
    free(model->filter);
    model->slot = slot;
    model->filter = filter;
    model->slots = slots;
    return PITH_OK;
}

/* NULL when the model does not know it. */
static const struct model_slot *find_term(const struct model *model, uint64_t key)
{
    if (!(model->filter[filter_byte(key, model->slots)] & filter_bit(key)))
        return NULL;
    size_t at = (size_t)key & (model->slots - 1);
    while (model->slot[at].key && model->slot[at].key != key)
        at = (at + 1) & (model->slots - 1);
    return model->slot[at].key ? &model->slot[at] : NULL;
}

void model_row_clear(struct model_row *row)
{
    free(row->column);
    free(row->index);
    free(row->value);
    free(row->place);
    *row = (struct model_row){0};
}

static enum pith_status make_room(struct model_row *row, size_t need, struct pith_error *reterr)
{
    if (need <= row->cap)
        return PITH_OK;
    free(row->column);
    free(row->index);
    free(row->value);
    row->cap = 0;
    row->column = pith_calloc(need, sizeof *row->column);
    row->index = pith_calloc(need, sizeof *row->index);
    row->value = pith_calloc(need, sizeof *row->value);
    if (!row->column || !row->index || !row->value) {
        model_row_clear(row);
        return pith_no_memory(reterr);
    }
    row->cap = need;
    return PITH_OK;
}

static double term_frequency(const struct feature *feature)
{
    return features_root(feature->view == VIEW_TITLE ? feature->title : MODEL_TITLE * feature->title + feature->body);
}

enum pith_status model_weigh(const struct model *model, const struct features *features, struct model_row *row,
                             struct pith_error *reterr)
{
    return model_weigh_kept(model, features, NULL, row, reterr);
}

enum pith_status model_weigh_kept(const struct model *model, const struct features *features, const struct embedding_kept *kept,
                                  struct model_row *row, struct pith_error *reterr)
{
    enum pith_status status = make_room(row, features->count, reterr);
    if (!status && model->embeddings)
        status = find_places(model, features, kept, row, reterr);
    if (status)
        return status;
    double norm[FEATURE_VIEWS] = {0}, unknown = (double)rarity(model, UNKNOWN_PAPERS);
    row->count = 0;
    for (size_t i = 0; i < features->count;) {
        enum feature_view view = features->item[i].view;
        double square = 0;
        for (; i < features->count && features->item[i].view == view; i++) {
            const struct feature *feature = &features->item[i];
            const struct model_slot *term = find_term(model, feature->key);
            double value = term_frequency(feature) * (term ? (double)term->rarity : unknown);
            square += value * value;
            if (!term)
                continue;
            row->column[row->count] = term->column;
            row->index[row->count] = (uint32_t)i;
            row->value[row->count++] = value;
        }
        norm[view] += square;
    }
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        norm[view] = norm[view] > 0 ? 1 / sqrt(norm[view]) : 0;
    for (size_t i = 0; i < row->count; i++)
        row->value[i] *= norm[features->item[row->index[i]].view];
    return PITH_OK;
}

double model_score(const struct model *model, const struct model_row *row)
{
    double score = model->base;
    for (size_t i = 0; i < row->count; i++)
        score += (double)model->term[row->column[i]].weight * row->value[i];
    for (size_t i = 0; i < model->embeddings; i++)
        score += model_embedding_score(model, i, row);
    return score;
}

static void write_embedding(const struct model_embedding *embedding, struct bytes *bytes)
{
    bytes_put_string(bytes, embedding->table, strlen(embedding->table));
    bytes_put_double(bytes, embedding->variance);
    bytes_put_varint(bytes, embedding->dims);
    for (uint32_t d = 0; d < embedding->dims; d++)
        bytes_put_float(bytes, embedding->mean[d]);
    for (uint32_t d = 0; d < embedding->dims; d++)
        bytes_put_float(bytes, embedding->weight[d]);
}

static void write_calibration(const struct calibration *calibration, struct bytes *bytes)
{
    bytes_put_u8(bytes, calibration->known);
    bytes_put_double(bytes, calibration->slope);
    bytes_put_double(bytes, calibration->offset);
    bytes_put_double(bytes, calibration->slope_spread);
    bytes_put_double(bytes, calibration->offset_slant);
    bytes_put_double(bytes, calibration->offset_spread);
}

enum pith_status model_write(const struct model *model, struct bytes *bytes, struct pith_error *reterr)
{
    bytes_put_u8(bytes, MODEL_FORMAT);
    bytes_put_varint(bytes, (uint64_t)model->features_version);
    bytes_put_varint(bytes, model->papers);
    bytes_put_varint(bytes, model->fitted_papers);
    bytes_put_string(bytes, model->votes, strlen(model->votes));
    bytes_put_varint(bytes, model->ups);
    bytes_put_varint(bytes, model->downs);
    bytes_put_varint(bytes, model->pairs);
    bytes_put_double(bytes, model->base);
    bytes_put_u8(bytes, FEATURE_VIEWS);
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        bytes_put_double(bytes, model->variance[view]);
    bytes_put_double(bytes, model->weight_up);
    bytes_put_double(bytes, model->weight_down);
    bytes_put_double(bytes, model->weight_pair);
    write_calibration(&model->calibration, bytes);
    write_calibration(&model->listing, bytes);
    bytes_put_u8(bytes, (uint8_t)model->embeddings);
    for (size_t i = 0; i < model->embeddings; i++)
        write_embedding(&model->embedding[i], bytes);
    bytes_put_varint(bytes, model->terms);
    for (size_t i = 0; i < model->terms; i++) {
        const struct model_term *term = &model->term[i];
        bytes_put_u64(bytes, term->key);
        bytes_put_u8(bytes, term->view);
        bytes_put_varint(bytes, term->papers);
        bytes_put_float(bytes, term->weight);
        bytes_put_float(bytes, term->title_weight);
        bytes_put_string(bytes, model->names + term->name, strlen(model->names + term->name));
    }
    return bytes_done(bytes, reterr);
}

bool model_title_weight_sane(double title_weight)
{
    return title_weight >= 1 / MODEL_TITLE_WEIGHT_MOST && title_weight <= MODEL_TITLE_WEIGHT_MOST; /* no NaN either */
}

bool model_embedding_sane(const struct model_embedding *embedding)
{
    bool sane = strlen(embedding->table) == EMBEDDING_NAME - 1 &&
                strspn(embedding->table, "0123456789abcdef") == EMBEDDING_NAME - 1 && isfinite(embedding->variance) &&
                embedding->variance > 0 && embedding->dims > 0 && embedding->dims <= EMBEDDING_MAX_DIMS;
    for (uint32_t d = 0; sane && d < embedding->dims; d++)
        sane = isfinite(embedding->mean[d]) && isfinite(embedding->weight[d]);
    return sane;
}

static enum pith_status read_embedding(struct bytes_reader *reader, struct model *model, struct pith_error *reterr)
{
    float mean[EMBEDDING_MAX_DIMS], weight[EMBEDDING_MAX_DIMS];
    struct model_embedding embedding = {.mean = mean, .weight = weight};
    size_t length;
    const char *table = bytes_get_string(reader, &length);
    if (length < sizeof embedding.table && !memchr(table, 0, length))
        memcpy(embedding.table, table, length);
    embedding.variance = bytes_get_double(reader);
    size_t dims = bytes_get_count(reader, 2 * sizeof(float));
    embedding.dims = dims <= EMBEDDING_MAX_DIMS ? (uint32_t)dims : 0;
    for (uint32_t d = 0; d < embedding.dims; d++)
        mean[d] = bytes_get_float(reader);
    for (uint32_t d = 0; d < embedding.dims; d++)
        weight[d] = bytes_get_float(reader);
    if (reader->failed || !model_embedding_sane(&embedding))
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is damaged at its dense view %zu", model->embeddings);
    return model_add_embedding(model, embedding.table, embedding.dims, embedding.variance, mean, weight, reterr);
}

static enum pith_status read_term(struct bytes_reader *reader, uint8_t format, struct model *model, struct pith_error *reterr)
{
    struct model_term term = {.key = bytes_get_u64(reader), .view = bytes_get_u8(reader)};
    uint64_t papers = bytes_get_varint(reader);
    term.papers = (uint32_t)papers;
    term.weight = bytes_get_float(reader);
    term.title_weight = format < 4 ? 1 : bytes_get_float(reader);
    size_t length;
    const char *text = bytes_get_string(reader, &length);
    char name[FEATURE_NAME_SIZE];
    if (reader->failed || length >= sizeof name || term.view >= FEATURE_VIEWS || !isfinite(term.weight) || term.key == 0 ||
        !model_title_weight_sane(term.title_weight) || papers > model->papers || papers > UINT32_MAX || memchr(text, 0, length) ||
        (model->terms && model->term[model->terms - 1].key >= term.key))
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is damaged at term %zu", model->terms);
    memcpy(name, text, length);
    name[length] = '\0';
    return model_add_term(model, &term, name, reterr);
}

/* False when it is none. */
static bool read_calibration(struct bytes_reader *reader, uint8_t format, struct calibration *calibration)
{
    uint8_t known = bytes_get_u8(reader);
    *calibration = (struct calibration){.slope = bytes_get_double(reader), .known = known == 1};
    calibration->offset = bytes_get_double(reader);
    if (format >= 5) {
        calibration->slope_spread = bytes_get_double(reader);
        calibration->offset_slant = bytes_get_double(reader);
        calibration->offset_spread = bytes_get_double(reader);
    }
    return known <= 1 && calibrate_sane(calibration);
}

static bool sane(const struct model *model)
{
    bool finite = isfinite(model->base) && isfinite(model->weight_up) && isfinite(model->weight_down) &&
                  isfinite(model->weight_pair);
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        finite = finite && isfinite(model->variance[view]) && model->variance[view] > 0;
    return finite;
}

enum pith_status model_read(const void *bytes, size_t length, struct model **ret_model, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    enum pith_status status = model_new(&model, reterr);
    if (status)
        return status;
    struct bytes_reader reader;
    bytes_reader_init(&reader, bytes, length);
    uint8_t format = bytes_get_u8(&reader);
    if (format < 1 || format > MODEL_FORMAT)
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is of an unknown format");
    model->features_version = (int)bytes_get_varint(&reader);
    model->papers = bytes_get_varint(&reader);
    model->fitted_papers = bytes_get_varint(&reader);
    size_t digest_length;
    const char *digest = bytes_get_string(&reader, &digest_length);
    if (digest_length >= sizeof model->votes)
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is damaged in its head");
    memcpy(model->votes, digest, digest_length);
    model->ups = (uint32_t)bytes_get_varint(&reader);
    model->downs = (uint32_t)bytes_get_varint(&reader);
    model->pairs = (uint32_t)bytes_get_varint(&reader);
    model->base = bytes_get_double(&reader);
    size_t views = format < 3 ? VIEW_UPVOTES : FEATURE_VIEWS;
    if (bytes_get_u8(&reader) != views)
        return pith_fail(reterr, PITH_CORRUPT, "the stored model has another number of views");
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = view < views ? bytes_get_double(&reader) : MODEL_NO_VIEW;
    model->weight_up = bytes_get_double(&reader);
    model->weight_down = bytes_get_double(&reader);
    model->weight_pair = bytes_get_double(&reader);
    bool calibration = read_calibration(&reader, format, &model->calibration) &&
                       (format < 6 || read_calibration(&reader, format, &model->listing));
    model->format = format;
    uint8_t embeddings = format > 1 ? bytes_get_u8(&reader) : 0;
    if (reader.failed || !calibration || embeddings > MODEL_EMBEDDINGS || !sane(model))
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is damaged in its head");
    for (size_t i = 0; !status && i < embeddings; i++)
        status = read_embedding(&reader, model, reterr);
    if (status)
        return status;
    size_t terms = bytes_get_count(&reader, 15);
    if (reader.failed)
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is damaged in its head");
    for (size_t i = 0; i < terms; i++) {
        status = read_term(&reader, format, model, reterr);
        if (status)
            return status;
    }
    if (reader.at != reader.end)
        return pith_fail(reterr, PITH_CORRUPT, "the stored model is longer than its terms");
    status = model_finish(model, reterr);
    if (status)
        return status;
    *ret_model = PITH_TAKE(model);
    return PITH_OK;
}
