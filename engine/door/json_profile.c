#include "engine/door/json_profile.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Version 2 has dense views; without one a profile is written as version 1. */
enum { PROFILE_VERSION = 5 };

void json_profile_clear(struct json_profile *profile)
{
    model_free(profile->model);
    for (size_t i = 0; i < profile->votes; i++)
        free(profile->vote[i].paper);
    free(profile->vote);
    for (size_t i = 0; i < profile->pairs; i++) {
        free(profile->pair[i].winner);
        free(profile->pair[i].loser);
    }
    free(profile->pair);
    for (size_t i = 0; i < profile->shelved; i++)
        free(profile->shelf[i].paper);
    free(profile->shelf);
    *profile = (struct json_profile){0};
}

static void unref(json_t **json)
{
    json_decref(*json);
}

/* ---- writing ---- */

static const char *verdict_name(enum profile_verdict verdict)
{
    switch (verdict) {
    case VERDICT_UP: return "up";
    case VERDICT_DOWN: return "down";
    case VERDICT_SEED: return "seed";
    case VERDICT_LATER: return "later";
    case VERDICT_DONE: return "done";
    case VERDICT_NONE: break;
    }
    return "none";
}

static json_t *votes_json(const struct json_profile *profile)
{
    json_t *votes = json_array();
    for (size_t i = 0; i < profile->votes; i++) {
        char day[16];
        json_array_append_new(votes,
                              json_pack("{s:s, s:s, s:s}", "id", profile->vote[i].paper, "vote",
                                        verdict_name(profile->vote[i].verdict), "date", days_text(profile->vote[i].day, day)));
    }
    return votes;
}

static json_t *shelf_json(const struct json_profile *profile)
{
    json_t *shelf = json_array();
    for (size_t i = 0; i < profile->shelved; i++) {
        char day[16];
        json_array_append_new(
            shelf, json_pack("{s:s, s:s}", "id", profile->shelf[i].paper, "date", days_text(profile->shelf[i].day, day)));
    }
    return shelf;
}

static json_t *pairs_json(const struct json_profile *profile)
{
    json_t *pairs = json_array();
    for (size_t i = 0; i < profile->pairs; i++) {
        char day[16];
        json_array_append_new(pairs, json_pack("{s:s, s:s, s:s}", "winner", profile->pair[i].winner, "loser",
                                               profile->pair[i].loser, "date", days_text(profile->pair[i].day, day)));
    }
    return pairs;
}

static json_t *numbers_json(const float *number, uint32_t count)
{
    json_t *numbers = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(numbers, json_real((double)number[i]));
    return numbers;
}

static json_t *embeddings_json(const struct model *model)
{
    json_t *embeddings = json_array();
    for (size_t i = 0; i < model->embeddings; i++) {
        const struct model_embedding *embedding = &model->embedding[i];
        json_array_append_new(embeddings, json_pack("{s:s, s:f, s:o, s:o}", "table", embedding->table, "variance",
                                                    embedding->variance, "mean", numbers_json(embedding->mean, embedding->dims),
                                                    "weight", numbers_json(embedding->weight, embedding->dims)));
    }
    return embeddings;
}

static bool has_spreads(const struct calibration *calibration)
{
    return calibration->slope_spread > 0 || calibration->offset_spread > 0;
}

static json_t *calibration_json(const struct calibration *calibration)
{
    json_t *json = json_pack("{s:b, s:f, s:f}", "known", calibration->known, "slope", calibration->slope, "offset",
                             calibration->offset);
    if (json && has_spreads(calibration)) {
        json_object_set_new(json, "slope_spread", json_real(calibration->slope_spread));
        json_object_set_new(json, "offset_slant", json_real(calibration->offset_slant));
        json_object_set_new(json, "offset_spread", json_real(calibration->offset_spread));
    }
    return json;
}

static json_t *model_json(const struct model *model)
{
    if (!model)
        return json_null();
    json_t *weights = json_array(), *variance = json_object();
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        json_object_set_new(variance, feature_view_name((enum feature_view)view), json_real(model->variance[view]));
    for (size_t i = 0; i < model->terms; i++) {
        const struct model_term *term = &model->term[i];
        char key[17];
        snprintf(key, sizeof key, "%016llx", (unsigned long long)term->key);
        json_t *weight = json_pack("{s:s++, s:s, s:I, s:f}", "feature", feature_view_name((enum feature_view)term->view), ":",
                                   model->names + term->name, "key", key, "papers", (json_int_t)term->papers, "weight",
                                   (double)term->weight);
        if (weight && term->title_weight != 1)
            json_object_set_new(weight, "emphasis", json_real((double)term->title_weight));
        json_array_append_new(weights, weight);
    }
    json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:f, s:o, s:{s:f, s:f, s:f}, s:o, s:o}", "papers", (json_int_t)model->papers,
                             "ups", (json_int_t)model->ups, "downs", (json_int_t)model->downs, "pairs", (json_int_t)model->pairs,
                             "base", model->base, "variance", variance, "observation_weight", "up", model->weight_up, "down",
                             model->weight_down, "pair", model->weight_pair, "calibration", calibration_json(&model->calibration),
                             "weights", weights);
    if (model->listing.known)
        json_object_set_new(json, "listing_calibration", calibration_json(&model->listing));
    if (model->embeddings)
        json_object_set_new(json, "spaces", embeddings_json(model));
    return json;
}

/* The oldest version that says all that the model holds. */
static int version_of(const struct model *model)
{
    if (model && model->listing.known)
        return PROFILE_VERSION;
    if (model && has_spreads(&model->calibration))
        return 4;
    for (size_t i = 0; model && i < model->terms; i++)
        if (model->term[i].title_weight != 1)
            return 3;
    return model && model->embeddings ? 2 : 1;
}

enum pith_status json_profile_write(const struct json_profile *profile, char **ret_json, struct pith_error *reterr)
{
    PITH_AUTO(unref)
    json_t *root = json_pack("{s:s, s:i, s:i, s:o, s:o, s:o}", "format", "pith-profile", "version", version_of(profile->model),
                             "feature_version", profile->model ? profile->model->features_version : FEATURES_VERSION, "votes",
                             votes_json(profile), "pairs", pairs_json(profile), "model", model_json(profile->model));
    if (root && profile->shelved)
        json_object_set_new(root, "later", shelf_json(profile));
    /* 17 digits give every double back exactly: the model must rank the same elsewhere */
    char *json = root ? json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    if (!json)
        return pith_no_memory(reterr);
    *ret_json = json;
    return PITH_OK;
}

/* ---- reading ---- */

static enum pith_status wrong(struct pith_error *reterr, const char *member)
{
    return pith_fail(reterr, PITH_INPUT, "the profile's \"%s\" is missing or not what FORMAT.md says", member);
}

/* A whole number from 0 to `most`. */
static bool read_count(const json_t *object, const char *name, uint64_t most, uint64_t *ret_count)
{
    const json_t *json = json_object_get(object, name);
    if (!json_is_integer(json) || json_integer_value(json) < 0 || (uint64_t)json_integer_value(json) > most)
        return false;
    *ret_count = (uint64_t)json_integer_value(json);
    return true;
}

/* A number from `least` up. */
static bool read_number(const json_t *object, const char *name, double least, double *ret_number)
{
    const json_t *json = json_object_get(object, name);
    *ret_number = json_number_value(json);
    return json_is_number(json) && *ret_number >= least;
}

static bool read_verdict(const char *text, enum profile_verdict *ret_verdict)
{
    for (int verdict = VERDICT_DOWN; text && verdict <= VERDICT_LATER; verdict++) {
        if (strcmp(text, verdict_name((enum profile_verdict)verdict)) == 0) {
            *ret_verdict = (enum profile_verdict)verdict;
            return true;
        }
    }
    return false;
}

static bool read_day(const json_t *json, int32_t *ret_day)
{
    const char *text = json_string_value(json);
    *ret_day = PITH_NO_DAY;
    return text && (!*text || days_from_text(text, strlen(text), ret_day));
}

static enum pith_status read_votes(const json_t *votes, struct json_profile *profile, struct pith_error *reterr)
{
    if (!json_is_array(votes) || json_array_size(votes) > PROFILE_MAX_BATCH)
        return wrong(reterr, "votes");
    profile->vote = pith_calloc(json_array_size(votes), sizeof *profile->vote);
    for (size_t i = 0; profile->vote && i < json_array_size(votes); i++) {
        const json_t *item = json_array_get(votes, i);
        struct profile_vote vote;
        const char *id = json_string_value(json_object_get(item, "id"));
        if (!id || !*id || strlen(id) >= PAPER_KEY_SIZE ||
            !read_verdict(json_string_value(json_object_get(item, "vote")), &vote.verdict) || vote.verdict == VERDICT_NONE ||
            verdict_is_of_shelf(vote.verdict) || !read_day(json_object_get(item, "date"), &vote.day))
            return wrong(reterr, "votes");
        vote.paper = strdup(id);
        if (!vote.paper)
            return pith_no_memory(reterr);
        profile->vote[profile->votes++] = vote;
    }
    return profile->vote ? PITH_OK : pith_no_memory(reterr);
}

/* Missing where nothing is set aside. */
static enum pith_status read_shelf(const json_t *shelf, struct json_profile *profile, struct pith_error *reterr)
{
    if (!shelf)
        return PITH_OK;
    if (!json_is_array(shelf) || json_array_size(shelf) > PROFILE_MAX_BATCH)
        return wrong(reterr, "later");
    profile->shelf = pith_calloc(json_array_size(shelf), sizeof *profile->shelf);
    for (size_t i = 0; profile->shelf && i < json_array_size(shelf); i++) {
        const json_t *item = json_array_get(shelf, i);
        struct profile_vote later = {.verdict = VERDICT_LATER};
        const char *id = json_string_value(json_object_get(item, "id"));
        if (!id || !*id || strlen(id) >= PAPER_KEY_SIZE || !read_day(json_object_get(item, "date"), &later.day))
            return wrong(reterr, "later");
        later.paper = strdup(id);
        if (!later.paper)
            return pith_no_memory(reterr);
        profile->shelf[profile->shelved++] = later;
    }
    return profile->shelf ? PITH_OK : pith_no_memory(reterr);
}

static enum pith_status read_pairs(const json_t *pairs, struct json_profile *profile, struct pith_error *reterr)
{
    if (!json_is_array(pairs) || json_array_size(pairs) > PROFILE_MAX_BATCH)
        return wrong(reterr, "pairs");
    profile->pair = pith_calloc(json_array_size(pairs), sizeof *profile->pair);
    for (size_t i = 0; profile->pair && i < json_array_size(pairs); i++) {
        const json_t *item = json_array_get(pairs, i);
        struct profile_pair pair = {0};
        const char *winner = json_string_value(json_object_get(item, "winner"));
        const char *loser = json_string_value(json_object_get(item, "loser"));
        if (!winner || !loser || !*winner || !*loser || strlen(winner) >= PAPER_KEY_SIZE || strlen(loser) >= PAPER_KEY_SIZE ||
            !read_day(json_object_get(item, "date"), &pair.day))
            return wrong(reterr, "pairs");
        pair.winner = strdup(winner);
        pair.loser = strdup(loser);
        profile->pair[profile->pairs++] = pair;
        if (!pair.winner || !pair.loser)
            return pith_no_memory(reterr);
    }
    return profile->pair ? PITH_OK : pith_no_memory(reterr);
}

static enum pith_status read_weight(const json_t *item, struct model *model, struct pith_error *reterr)
{
    const char *feature = json_string_value(json_object_get(item, "feature"));
    const char *key = json_string_value(json_object_get(item, "key"));
    const char *colon = feature ? strchr(feature, ':') : NULL;
    uint64_t papers;
    double weight, title_weight = 1;
    if (!read_count(item, "papers", model->papers < UINT32_MAX ? model->papers : UINT32_MAX, &papers) ||
        !read_number(item, "weight", -DBL_MAX, &weight) ||
        (json_object_get(item, "emphasis") && !read_number(item, "emphasis", 0, &title_weight)) ||
        !model_title_weight_sane(title_weight))
        return wrong(reterr, "weights");
    struct model_term term = {
        .papers = (uint32_t)papers, .weight = (float)weight, .title_weight = (float)title_weight, .view = FEATURE_VIEWS};
    for (size_t view = 0; colon && view < FEATURE_VIEWS; view++) {
        const char *name = feature_view_name((enum feature_view)view);
        if (strlen(name) == (size_t)(colon - feature) && strncmp(name, feature, strlen(name)) == 0)
            term.view = (uint8_t)view;
    }
    bool hex = key && strlen(key) == 16 && strspn(key, "0123456789abcdefABCDEF") == 16;
    term.key = hex ? strtoull(key, NULL, 16) : 0;
    if (term.view == FEATURE_VIEWS || !hex || term.key == 0 || !isfinite(term.weight) || strlen(colon + 1) >= FEATURE_NAME_SIZE)
        return wrong(reterr, "weights");
    return model_add_term(model, &term, colon + 1, reterr);
}

/* As many numbers as a dense view may have; false for anything else. */
static bool read_numbers(const json_t *json, float number[EMBEDDING_MAX_DIMS], uint32_t *ret_count)
{
    if (!json_is_array(json) || json_array_size(json) > EMBEDDING_MAX_DIMS)
        return false;
    for (*ret_count = 0; *ret_count < json_array_size(json); ++*ret_count) {
        const json_t *item = json_array_get(json, *ret_count);
        if (!json_is_number(item))
            return false;
        number[*ret_count] = (float)json_number_value(item);
    }
    return true;
}

static enum pith_status read_embedding(const json_t *item, struct model *model, struct pith_error *reterr)
{
    float mean[EMBEDDING_MAX_DIMS], weight[EMBEDDING_MAX_DIMS];
    struct model_embedding embedding = {.mean = mean, .weight = weight};
    const char *table = json_string_value(json_object_get(item, "table"));
    uint32_t weights;
    if (!table || strlen(table) >= sizeof embedding.table || !read_number(item, "variance", DBL_MIN, &embedding.variance) ||
        !read_numbers(json_object_get(item, "mean"), mean, &embedding.dims) ||
        !read_numbers(json_object_get(item, "weight"), weight, &weights) || weights != embedding.dims)
        return wrong(reterr, "spaces");
    memcpy(embedding.table, table, strlen(table) + 1);
    if (!model_embedding_sane(&embedding))
        return wrong(reterr, "spaces");
    return model_add_embedding(model, embedding.table, embedding.dims, embedding.variance, mean, weight, reterr);
}

static enum pith_status read_embeddings(const json_t *embeddings, struct model *model, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (embeddings && (!json_is_array(embeddings) || json_array_size(embeddings) > MODEL_EMBEDDINGS))
        return wrong(reterr, "spaces");
    for (size_t i = 0; !status && i < json_array_size(embeddings); i++)
        status = read_embedding(json_array_get(embeddings, i), model, reterr);
    return status;
}

/* Its spreads are there together or not at all. */
static bool read_calibration(const json_t *json, struct calibration *calibration)
{
    const json_t *known = json_object_get(json, "known");
    *calibration = (struct calibration){.known = json_is_true(known)};
    if (!json_is_boolean(known) || !read_number(json, "slope", 0, &calibration->slope) ||
        !read_number(json, "offset", -DBL_MAX, &calibration->offset))
        return false;
    bool spreads = json_object_get(json, "slope_spread") || json_object_get(json, "offset_slant") ||
                   json_object_get(json, "offset_spread");
    if (spreads && (!read_number(json, "slope_spread", 0, &calibration->slope_spread) ||
                    !read_number(json, "offset_slant", -DBL_MAX, &calibration->offset_slant) ||
                    !read_number(json, "offset_spread", 0, &calibration->offset_spread)))
        return false;
    return calibrate_sane(calibration);
}

static enum pith_status read_model(const json_t *json, int feature_version, struct model **ret_model, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    enum pith_status status = model_new(&model, reterr);
    if (status)
        return status;
    const json_t *weights = json_object_get(json, "weights"), *variance = json_object_get(json, "variance");
    const json_t *each = json_object_get(json, "observation_weight"), *calibration = json_object_get(json, "calibration");
    if (!json_is_array(weights) || !json_is_object(variance) || !json_is_object(each) || !json_is_object(calibration))
        return wrong(reterr, "model");
    model->features_version = feature_version;
    uint64_t ups, downs, pairs;
    if (!read_count(json, "papers", INT64_MAX, &model->papers) || !read_count(json, "ups", UINT32_MAX, &ups) ||
        !read_count(json, "downs", UINT32_MAX, &downs) || !read_count(json, "pairs", UINT32_MAX, &pairs) ||
        !read_number(json, "base", -DBL_MAX, &model->base))
        return wrong(reterr, "model");
    model->ups = (uint32_t)ups;
    model->downs = (uint32_t)downs;
    model->pairs = (uint32_t)pairs;
    if (!read_number(each, "up", 0, &model->weight_up) || !read_number(each, "down", 0, &model->weight_down) ||
        !read_number(each, "pair", 0, &model->weight_pair))
        return wrong(reterr, "observation_weight");
    if (!read_calibration(calibration, &model->calibration))
        return wrong(reterr, "calibration");
    const json_t *listing = json_object_get(json, "listing_calibration");
    if (listing && !read_calibration(listing, &model->listing))
        return wrong(reterr, "listing_calibration");
    for (size_t view = 0; view < FEATURE_VIEWS; view++) {
        bool unknown = view >= VIEW_UPVOTES && feature_version < 2; /* from before there were such views */
        if (unknown)
            model->variance[view] = MODEL_NO_VIEW;
        else if (!read_number(variance, feature_view_name((enum feature_view)view), DBL_MIN, &model->variance[view]))
            return wrong(reterr, "variance");
    }
    status = read_embeddings(json_object_get(json, "spaces"), model, reterr);
    for (size_t i = 0; !status && i < json_array_size(weights); i++)
        status = read_weight(json_array_get(weights, i), model, reterr);
    if (!status)
        status = model_finish(model, reterr);
    for (size_t i = 1; !status && i < model->terms; i++) /* kept, such a model could not be read again */
        if (model->term[i - 1].key == model->term[i].key)
            status = wrong(reterr, "weights");
    if (!status)
        *ret_model = PITH_TAKE(model);
    return status;
}

enum pith_status json_profile_read(const char *json, size_t length, struct json_profile *ret_profile, struct pith_error *reterr)
{
    json_error_t error;
    PITH_AUTO(unref) json_t *root = json_loadb(json, length, 0, &error);
    if (!root)
        return pith_fail(reterr, PITH_INPUT, "line %d, column %d: %s: a profile is the JSON that `pith export` writes", error.line,
                         error.column, error.text);
    const char *format = json_string_value(json_object_get(root, "format"));
    if (!format || strcmp(format, "pith-profile") != 0)
        return pith_fail(reterr, PITH_INPUT, "no pith profile: \"format\" is not \"pith-profile\"");
    json_int_t version = json_integer_value(json_object_get(root, "version"));
    if (version < 1 || version > PROFILE_VERSION)
        return pith_fail(reterr, PITH_INPUT, "the profile is of version %lld, this pith reads version %d", version,
                         PROFILE_VERSION);
    PITH_AUTO(json_profile_clear) struct json_profile profile = {0};
    enum pith_status status = read_votes(json_object_get(root, "votes"), &profile, reterr);
    if (!status)
        status = read_pairs(json_object_get(root, "pairs"), &profile, reterr);
    if (!status)
        status = read_shelf(json_object_get(root, "later"), &profile, reterr);
    const json_t *model = json_object_get(root, "model");
    uint64_t feature_version;
    if (!status && !read_count(root, "feature_version", INT32_MAX, &feature_version))
        status = wrong(reterr, "feature_version");
    if (!status && !json_is_object(model) && !json_is_null(model))
        status = wrong(reterr, "model");
    if (!status && json_is_object(model))
        status = read_model(model, (int)feature_version, &profile.model, reterr);
    if (status)
        return status;
    *ret_profile = profile;
    profile = (struct json_profile){0};
    return PITH_OK;
}

enum pith_status json_vote_read(const char *line, size_t length, int32_t today, char key[PAPER_KEY_SIZE],
                                enum profile_verdict *ret_verdict, int32_t *ret_day, struct pith_error *reterr)
{
    json_error_t error;
    PITH_AUTO(unref) json_t *root = json_loadb(line, length, 0, &error);
    if (!root)
        return pith_fail(reterr, PITH_INPUT, "column %d: %s", error.column, error.text);
    const json_t *id = json_object_get(root, "id"), *date = json_object_get(root, "date");
    enum profile_verdict verdict;
    int32_t day = today;
    if (!json_is_string(id) || !json_string_length(id))
        return pith_fail(reterr, PITH_INPUT, "no \"id\"");
    if (!read_verdict(json_string_value(json_object_get(root, "vote")), &verdict))
        return pith_fail(reterr, PITH_INPUT, "\"vote\" is not \"up\", \"down\", \"none\", \"later\" or \"done\"");
    if (date && !json_is_null(date) &&
        (!json_is_string(date) || !days_from_text(json_string_value(date), json_string_length(date), &day)))
        return pith_fail(reterr, PITH_INPUT, "\"date\" is not YYYY-MM-DD");
    char read[PAPER_KEY_SIZE];
    if (!paper_key_of_kind("id:", json_string_value(id), json_string_length(id), read, NULL))
        return pith_fail(reterr, PITH_INPUT, "\"id\" is blank or longer than any identifier");
    memcpy(key, read, PAPER_KEY_SIZE);
    *ret_verdict = verdict;
    *ret_day = day;
    return PITH_OK;
}
