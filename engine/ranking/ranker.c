#include "engine/ranking/ranker.h"

#include "engine/papers/facts.h"
#include "engine/papers/tokens.h"
#include "engine/profile/shown.h"
#include "engine/ranking/nearest.h"
#include "engine/ranking/reason_line.h"
#include "engine/ranking/selection.h"
#include "models/cutoff.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RANKED = 1 << 24, MOST_DIVERSE = 200 };

enum pith_status ranker_paper_id(const char *key, char **ret_id, struct pith_error *reterr)
{
    char *id = NULL;
    if (strncmp(key, "arxiv:", 6) == 0) {
        if (asprintf(&id, "arXiv:%s", key + 6) < 0)
            id = NULL;
    } else {
        bool words = strncmp(key, PROFILE_TEXT, strlen(PROFILE_TEXT)) == 0;
        id = strdup(words ? "words" : strncmp(key, "id:", 3) == 0 ? key + 3 : key);
    }
    if (!id)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    *ret_id = id;
    return PITH_OK;
}

void ranker_clear(struct pith_ranked *paper)
{
    free(paper->key);
    free(paper->id);
    free(paper->title);
    free(paper->url);
    for (size_t i = 0; i < paper->duplicates; i++)
        free(paper->duplicate[i]);
    free(paper->duplicate);
    for (size_t i = 0; i < paper->reason_count; i++) {
        free(paper->reasons[i].feature);
        free(paper->reasons[i].label);
    }
    free(paper->reasons);
    for (size_t i = 0; i < paper->nears; i++) {
        free(paper->near[i].key);
        free(paper->near[i].id);
        free(paper->near[i].title);
    }
    free(paper->near);
    facts_clear(&paper->facts);
    *paper = (struct pith_ranked){0};
}

/* ---- order ---- */

struct place {
    double score;
    size_t position;
};

static int by_score(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->position < right->position ? -1 : left->position > right->position;
}

enum pith_status ranker_order(const double *score, size_t count, size_t **ret_order, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct place *place = pith_calloc(count, sizeof *place);
    size_t *order = pith_calloc(count, sizeof *order);
    if (!place || !order) {
        free(order);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    }
    for (size_t i = 0; i < count; i++)
        place[i] = (struct place){score[i], i};
    qsort(place, count, sizeof *place, by_score);
    for (size_t i = 0; i < count; i++)
        order[i] = place[i].position;
    *ret_order = order;
    return PITH_OK;
}

/* ---- scoring a listing ---- */

struct candidates {
    const struct model *model;
    const struct profile *profile;
    const struct pith_rank_request *request;
    const struct ranker_except *except; /* may be NULL */
    struct shown shown;                 /* before, by rankings */
    struct features features;
    struct model_row row;
    int64_t *id;
    int32_t *day;
    double *score;
    uint64_t *title; /* what twins have in common */
    float *place;    /* SELECTION_PLACES numbers each, when papers are to be unlike each other */
    size_t count, id_cap, day_cap, score_cap, title_cap, place_cap;
    size_t listed, seen;
};

static void candidates_clear(struct candidates *candidates)
{
    shown_clear(&candidates->shown);
    features_clear(&candidates->features);
    model_row_clear(&candidates->row);
    free(candidates->id);
    free(candidates->day);
    free(candidates->score);
    free(candidates->title);
    free(candidates->place);
}

static enum pith_status score_row(struct candidates *candidates, const struct store_row *row, double *ret_score,
                                  struct pith_error *reterr)
{
    enum pith_status status = features_read(row->features, row->features_length, &candidates->features, reterr);
    if (status)
        return status;
    candidates->title[candidates->count] = selection_title(&candidates->features);
    if (!candidates->model) {
        *ret_score = row->upvotes; /* unknown is -1: after those that are known */
        return PITH_OK;
    }
    if (!status)
        status = model_weigh_kept(candidates->model, &candidates->features, &row->place, &candidates->row, reterr);
    if (!status)
        *ret_score = model_score(candidates->model, &candidates->row);
    if (!status && candidates->request->diverse > 0)
        selection_place(candidates->model, &candidates->row, candidates->place + candidates->count * SELECTION_PLACES);
    return status;
}

static int by_paper(const void *key, const void *item)
{
    return strcmp(key, ((const struct profile_vote *)item)->paper);
}

/* Voted on before the day of this listing, or shown in an earlier one: a later version of a paper that the reader knows. */
static bool is_seen(const struct candidates *candidates, const struct store_row *row)
{
    if (!candidates->profile || candidates->request->seen)
        return false;
    if (shown_before(&candidates->shown, row->key, row->day))
        return true;
    size_t count;
    const struct profile_vote *votes = profile_votes(candidates->profile, &count);
    const struct profile_vote *vote = count ? bsearch(row->key, votes, count, sizeof *votes, by_paper) : NULL;
    return vote && vote->verdict != VERDICT_SEED && vote->day < row->day;
}

static enum pith_status make_room(struct candidates *candidates, struct pith_error *reterr)
{
    size_t need = candidates->count + 1;
    enum pith_status status = pith_grow(&candidates->id, &candidates->id_cap, need, sizeof(int64_t), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->day, &candidates->day_cap, need, sizeof(int32_t), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->score, &candidates->score_cap, need, sizeof(double), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->title, &candidates->title_cap, need, sizeof(uint64_t), MAX_RANKED, reterr);
    if (!status && candidates->request->diverse > 0)
        status = pith_grow(&candidates->place, &candidates->place_cap, need, SELECTION_PLACES * sizeof(float), MAX_RANKED, reterr);
    return status;
}

static enum pith_announce announce_of(enum paper_announce announce)
{
    switch (announce) {
    case ANNOUNCE_UNKNOWN:
    case ANNOUNCE_NEW: return PITH_NEW;
    case ANNOUNCE_CROSS: return PITH_CROSS;
    case ANNOUNCE_REPLACE:
    case ANNOUNCE_REPLACE_CROSS: return PITH_REPLACED;
    }
    return PITH_NEW;
}

static enum pith_status add_candidate(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct candidates *candidates = user;
    if (candidates->request->announce && !(candidates->request->announce & announce_of(row->announce)))
        return PITH_OK;
    candidates->listed++;
    if (candidates->except && candidates->except->leaves_out(candidates->except->user, row))
        return PITH_OK;
    if (is_seen(candidates, row)) {
        candidates->seen++;
        return PITH_OK;
    }
    enum pith_status status = make_room(candidates, reterr);
    if (!status)
        status = score_row(candidates, row, &candidates->score[candidates->count], reterr);
    if (status)
        return status;
    candidates->id[candidates->count] = row->id;
    candidates->day[candidates->count++] = row->day;
    return PITH_OK;
}

/* ---- explaining ---- */

struct contribution {
    uint32_t index; /* of the paper's features */
    double value;
};

static int by_size(const void *a, const void *b)
{
    const struct contribution *left = a, *right = b;
    double l = fabs(left->value), r = fabs(right->value);
    if (l != r)
        return l > r ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

struct explaining {
    struct store *store;
    const struct model *model;
    size_t reasons;
    struct pith_ranked *paper;
    struct features *features;
    const struct nearest *nearest;      /* NULL: they are not asked for */
    double embedding[MODEL_EMBEDDINGS]; /* what each dense view adds */
    float place[SELECTION_PLACES];      /* where the paper stands; with `nearest` */
    struct contribution *contribution;  /* those that are named, the largest first */
    char (*name)[FEATURE_NAME_SIZE];
    size_t named;
};

static void explaining_clear(struct explaining *explaining)
{
    free(explaining->contribution);
    free(explaining->name);
}

static enum pith_status add_reason(struct pith_ranked *paper, const char *view, const char *name, const char *label,
                                   double contribution, struct pith_error *reterr)
{
    struct pith_reason *reason = &paper->reasons[paper->reason_count];
    *reason = (struct pith_reason){.contribution = contribution};
    int length = name ? asprintf(&reason->feature, "%s:%s", view, name) : asprintf(&reason->feature, "%s", view);
    if (length < 0)
        reason->feature = NULL;
    reason->label = strdup(label);
    paper->reason_count++; /* from here ranker_clear frees it */
    if (!reason->feature || !reason->label)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the reasons");
    return PITH_OK;
}

static enum pith_status explain_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct explaining *explaining = user;
    struct pith_ranked *paper = explaining->paper;
    paper->key = strdup(row->key);
    paper->title = strdup(row->title);
    paper->day = row->day;
    paper->upvotes = row->upvotes;
    paper->announce = announce_of(row->announce);
    paper->withdrawn = row->withdrawn;
    if (!paper->key || !paper->title)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    enum pith_status status = features_read(row->features, row->features_length, explaining->features, reterr);
    if (status || !explaining->model)
        return status;
    PITH_AUTO(model_row_clear) struct model_row weighed = {0};
    status = model_weigh_kept(explaining->model, explaining->features, &row->place, &weighed, reterr);
    if (status)
        return status;
    paper->score = model_score(explaining->model, &weighed);
    if (explaining->nearest)
        selection_place(explaining->model, &weighed, explaining->place);
    for (size_t i = 0; i < explaining->model->embeddings; i++)
        explaining->embedding[i] = model_embedding_score(explaining->model, i, &weighed);
    explaining->contribution = pith_calloc(weighed.count, sizeof *explaining->contribution);
    if (!explaining->contribution)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the reasons");
    for (size_t i = 0; i < weighed.count; i++)
        explaining->contribution[i] = (struct contribution){
            weighed.index[i], (double)explaining->model->term[weighed.column[i]].weight * weighed.value[i]};
    qsort(explaining->contribution, weighed.count, sizeof *explaining->contribution, by_size);
    explaining->named = weighed.count < explaining->reasons ? weighed.count : explaining->reasons;
    explaining->name = pith_calloc(explaining->named, sizeof *explaining->name);
    if (!explaining->name)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the reasons");
    for (size_t i = 0; i < explaining->named; i++)
        feature_name(row->features, row->features_length, explaining->features->item[explaining->contribution[i].index].index,
                     explaining->name[i]);
    return PITH_OK;
}

/* A stem as this paper spells it, a category as its source does. */
static void label_of(struct tokens *words, const struct paper *record, enum feature_view view, const char *name,
                     char label[FEATURE_NAME_SIZE])
{
    snprintf(label, FEATURE_NAME_SIZE, "%s", name);
    if (view == VIEW_TITLE) {
        if (!feature_surface(words, record->title, name, label))
            snprintf(label, FEATURE_NAME_SIZE, "%s", name);
        size_t length = strlen(label);
        snprintf(label + length, FEATURE_NAME_SIZE - length, " (in the title)");
        return;
    }
    if (view == VIEW_UPVOTES || view == VIEW_COMMENTS || view == VIEW_AGE) {
        const char *of = view == VIEW_UPVOTES ? "upvotes" : view == VIEW_COMMENTS ? "comments" : "days old when listed";
        if (strcmp(name, "0+") == 0) /* of every number that is known */
            snprintf(label, FEATURE_NAME_SIZE, "%s known", view == VIEW_AGE ? "age when listed" : of);
        else
            snprintf(label, FEATURE_NAME_SIZE, "%.*s or more %s", (int)strcspn(name, "+"), name, of);
        return;
    }
    if (view == VIEW_WORD || view == VIEW_BIGRAM) {
        if (!feature_surface(words, record->title, name, label) && !feature_surface(words, record->abstract, name, label))
            snprintf(label, FEATURE_NAME_SIZE, "%s", name);
        return;
    }
    for (size_t i = 0; view == VIEW_CATEGORY && i < record->categories.count; i++)
        if (strcasecmp(record->categories.item[i], name) == 0)
            snprintf(label, FEATURE_NAME_SIZE, "%s", record->categories.item[i]);
}

static enum pith_status name_reasons(struct explaining *explaining, struct tokens *words, const struct paper *record,
                                     struct pith_error *reterr)
{
    struct pith_ranked *paper = explaining->paper;
    paper->reasons = pith_calloc(explaining->named + explaining->model->embeddings + 2, sizeof *paper->reasons);
    if (!paper->reasons)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the reasons");
    double rest = paper->score - explaining->model->base;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < explaining->model->embeddings && explaining->reasons; i++) {
        status = add_reason(paper, "space", explaining->model->embedding[i].table, "what it is about as a whole",
                            explaining->embedding[i], reterr);
        rest -= explaining->embedding[i];
    }
    for (size_t i = 0; !status && i < explaining->named; i++) {
        const struct contribution *contribution = &explaining->contribution[i];
        enum feature_view view = explaining->features->item[contribution->index].view;
        char label[FEATURE_NAME_SIZE];
        label_of(words, record, view, explaining->name[i], label);
        status = add_reason(paper, feature_view_name(view), explaining->name[i], label, contribution->value, reterr);
        rest -= contribution->value;
    }
    if (!status)
        status = add_reason(paper, "base", NULL, "base rate", explaining->model->base, reterr);
    if (!status)
        status = add_reason(paper, "other", NULL, "everything else", rest, reterr);
    return status;
}

static enum pith_status explain(struct explaining *explaining, struct tokens *words, const struct profile *profile, int64_t id,
                                struct pith_error *reterr)
{
    struct pith_ranked *paper = explaining->paper;
    paper->probability = NAN;
    enum pith_status status = store_visit_paper(explaining->store, id, explain_row, explaining, reterr);
    PITH_AUTO(paper_clear) struct paper record;
    paper_init(&record);
    if (!status)
        status = store_get_paper(explaining->store, id, &record, reterr);
    if (!status)
        status = ranker_paper_id(paper->key, &paper->id, reterr);
    if (status)
        return status;
    char buffer[PAPER_URL_SIZE];
    paper->url = strdup(paper_url(record.url, paper->key, buffer));
    if (!paper->url)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    for (size_t i = 0; profile && i < record.keys.count && !paper->verdict; i++)
        paper->verdict = profile_verdict(profile, record.keys.item[i]);
    for (size_t i = 0; profile && i < record.keys.count && !paper->later; i++)
        paper->later = profile_is_later(profile, record.keys.item[i]);
    if (explaining->model && explaining->model->calibration.known)
        paper->probability = calibrate_probability(&explaining->model->calibration, paper->score);
    if (explaining->model)
        status = name_reasons(explaining, words, &record, reterr);
    if (!status && explaining->nearest)
        status = nearest_name(explaining->nearest, explaining->store, id, explaining->place, reason_line_whole(paper) < 0, paper,
                              reterr);
    return status ? status : facts_take(&record, &paper->facts, reterr);
}

static enum pith_status explain_one(struct store *store, const struct model *model, const struct profile *profile,
                                    struct tokens *words, const struct nearest *nearest, int64_t id, size_t reasons,
                                    struct pith_ranked *ret_paper, struct features *features, struct pith_error *reterr)
{
    struct pith_ranked paper = {0};
    PITH_AUTO(explaining_clear)
    struct explaining explaining = {
        .store = store, .model = model, .reasons = reasons, .paper = &paper, .features = features, .nearest = nearest};
    enum pith_status status = explain(&explaining, words, profile, id, reterr);
    if (status)
        ranker_clear(&paper);
    else
        *ret_paper = paper;
    return status;
}

enum pith_status ranker_explain(struct store *store, const struct model *model, const struct profile *profile, int64_t id,
                                size_t reasons, struct pith_ranked *ret_paper, struct features *ret_features,
                                struct pith_error *reterr)
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(nearest_clear) struct nearest nearest = {0};
    enum pith_status status = tokens_new(&words, reterr);
    bool named = model && profile && reasons;
    if (!status && named)
        status = nearest_load(store, model, profile, &nearest, reterr);
    if (!status)
        status = explain_one(store, model, profile, words, named ? &nearest : NULL, id, reasons, ret_paper, ret_features, reterr);
    return status;
}

/* ---- ranking ---- */

static enum pith_status find_days(struct store *store, const struct pith_rank_request *request, int32_t *first, int32_t *last,
                                  struct pith_error *reterr)
{
    *first = request->first;
    *last = request->last;
    enum pith_status status = PITH_OK;
    if (request->all) {
        *first = PITH_NO_DAY + 1;
        *last = INT32_MAX;
    } else if (request->first == PITH_NO_DAY && request->last == PITH_NO_DAY) {
        status = store_latest_day(store, INT32_MAX, last, reterr);
        *first = *last;
    } else if (request->first == PITH_NO_DAY) {
        *first = PITH_NO_DAY + 1;
    } else if (request->last == PITH_NO_DAY) {
        *last = INT32_MAX;
    }
    return status;
}

/* A list being chosen: positions of candidates in order, and who stands for whom. */
struct choice {
    size_t *order, *duplicate_of;
    size_t count;
    double *probability; /* in order */
};

static void choice_clear(struct choice *choice)
{
    free(choice->order);
    free(choice->duplicate_of);
    free(choice->probability);
}

/* The probability, or where there is none what would be one. */
static double worth_of(const struct model *model, double score)
{
    return model->calibration.known ? calibrate_probability(&model->calibration, score) : 1 / (1 + exp(-score));
}

static enum pith_status diversify(const struct candidates *candidates, struct choice *choice, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *worth = pith_calloc(candidates->count, sizeof *worth);
    if (!worth)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    for (size_t i = 0; i < candidates->count; i++)
        worth[i] = worth_of(candidates->model, candidates->score[i]);
    return selection_diversify(worth, candidates->place, candidates->request->diverse, MOST_DIVERSE, choice->order, choice->count,
                               reterr);
}

/* In order, twins collapsed, unlike each other as far as asked. */
static enum pith_status choose(const struct candidates *candidates, struct choice *choice, struct pith_error *reterr)
{
    enum pith_status status = ranker_order(candidates->score, candidates->count, &choice->order, reterr);
    choice->duplicate_of = pith_calloc(candidates->count, sizeof *choice->duplicate_of);
    choice->probability = pith_calloc(candidates->count, sizeof *choice->probability);
    if (!status && (!choice->duplicate_of || !choice->probability))
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    if (status)
        return status;
    choice->count = candidates->count;
    for (size_t i = 0; i < candidates->count; i++)
        choice->duplicate_of[i] = i;
    if (!candidates->request->duplicates)
        choice->count = selection_collapse(candidates->title, choice->order, candidates->count, choice->duplicate_of);
    if (candidates->model && candidates->request->diverse > 0)
        status = diversify(candidates, choice, reterr);
    for (size_t i = 0; candidates->model && i < choice->count; i++)
        choice->probability[i] = worth_of(candidates->model, candidates->score[choice->order[i]]);
    return status;
}

/* How many of them are wanted. `unwanted`: scores of papers known to be unwanted, for the request that needs them. */
static enum pith_status cut(const struct candidates *candidates, const struct choice *choice,
                            const struct ranker_unwanted *unwanted, size_t *ret_length, struct pith_error *reterr)
{
    const struct pith_rank_request *request = candidates->request;
    size_t length = choice->count;
    if (request->expect > 0 && candidates->model && candidates->model->calibration.known) {
        size_t enough = cutoff_expecting(choice->probability, choice->count, request->expect).length;
        length = enough < length ? enough : length;
    }
    if (request->unwanted > 0 && candidates->model && unwanted) {
        PITH_AUTO(pith_free_p) double *score = pith_calloc(choice->count, sizeof *score);
        if (!score)
            return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
        for (size_t i = 0; i < choice->count; i++)
            score[i] = candidates->score[choice->order[i]];
        size_t sure = cutoff_conformal(score, choice->count, unwanted->score, unwanted->count, request->unwanted);
        length = sure < length ? sure : length;
    }
    *ret_length = request->limit && request->limit < length ? request->limit : length;
    return PITH_OK;
}

/* Who this paper stands for, by identifier. */
static enum pith_status name_duplicates(struct store *store, const struct candidates *candidates, const struct choice *choice,
                                        size_t position, struct pith_ranked *item, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    size_t duplicates = 0;
    for (size_t i = 0; i < candidates->count; i++)
        duplicates += i != position && choice->duplicate_of[i] == position;
    if (!duplicates)
        return PITH_OK;
    item->duplicate = pith_calloc(duplicates, sizeof *item->duplicate);
    if (!item->duplicate)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    for (size_t i = 0; !status && i < candidates->count; i++) {
        char key[PAPER_KEY_SIZE];
        if (i == position || choice->duplicate_of[i] != position)
            continue;
        status = store_paper_key(store, candidates->id[i], key, reterr);
        if (!status)
            status = ranker_paper_id(key, &item->duplicate[item->duplicates], reterr);
        item->duplicates += !status;
    }
    return status;
}

static enum pith_status fill(struct store *store, const struct candidates *candidates, const struct choice *choice, size_t length,
                             struct pith_ranking *ranking, struct pith_error *reterr)
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(features_clear) struct features features = {0};
    PITH_AUTO(nearest_clear) struct nearest nearest = {0};
    bool named = candidates->model && candidates->profile && candidates->request->reasons && length;
    enum pith_status status = tokens_new(&words, reterr);
    if (!status && named)
        status = nearest_load(store, candidates->model, candidates->profile, &nearest, reterr);
    ranking->item = pith_calloc(length, sizeof *ranking->item);
    if (!status && !ranking->item)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    while (!status && ranking->count < length) {
        struct pith_ranked *item = &ranking->item[ranking->count];
        size_t position = choice->order[ranking->count];
        status = explain_one(store, candidates->model, candidates->profile, words, named ? &nearest : NULL,
                             candidates->id[position], candidates->request->reasons, item, &features, reterr);
        if (status)
            break;
        item->rank = ++ranking->count;
        item->day = candidates->day[position];
        status = name_duplicates(store, candidates, choice, position, item, reterr);
    }
    return status;
}

static void describe(const struct candidates *candidates, const struct choice *choice, size_t length, struct pith_ranking *ranking)
{
    const struct model *model = candidates->model;
    ranking->first = INT32_MAX;
    ranking->last = PITH_NO_DAY;
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->day[i] == PITH_NO_DAY) /* it stands on no listing */
            continue;
        ranking->first = candidates->day[i] < ranking->first ? candidates->day[i] : ranking->first;
        ranking->last = candidates->day[i] > ranking->last ? candidates->day[i] : ranking->last;
    }
    if (ranking->last == PITH_NO_DAY)
        ranking->first = PITH_NO_DAY;
    ranking->listed = candidates->listed;
    ranking->seen = candidates->seen;
    ranking->learned = model != NULL;
    ranking->probabilities = model && model->calibration.known;
    ranking->expected = ranking->missed = NAN;
    if (ranking->probabilities) {
        struct cut line = cutoff_at(choice->probability, choice->count, length);
        ranking->expected = line.above;
        ranking->missed = line.below;
    }
    if (model) {
        ranking->ups = model->ups;
        ranking->downs = model->downs;
        ranking->pairs = model->pairs;
    }
}

/* What earlier rankings showed, where that matters. */
static enum pith_status load_shown(struct candidates *candidates, struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, STORE_MAX_SEALED);
    if (!profile || candidates->request->seen)
        return PITH_OK;
    enum pith_status status = profile_fetch(profile, ROW_SHOWN, &record, reterr);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    return status ? status : shown_read(&record, &candidates->shown, reterr);
}

enum pith_status ranker_rank(struct store *store, const struct model *model, struct profile *profile,
                             const struct pith_rank_request *request, const struct ranker_unwanted *unwanted,
                             const struct ranker_except *except, struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = pith_calloc(1, sizeof *ranking);
    if (!ranking)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    int32_t first, last;
    size_t length = 0;
    PITH_AUTO(candidates_clear)
    struct candidates candidates = {.model = model, .profile = profile, .request = request, .except = except};
    PITH_AUTO(choice_clear) struct choice choice = {0};
    enum pith_status status = find_days(store, request, &first, &last, reterr);
    if (!status)
        status = load_shown(&candidates, profile, reterr);
    if (!status)
        status = request->all ? store_each_paper(store, add_candidate, &candidates, reterr)
                              : store_each_listed(store, first, last, add_candidate, &candidates, reterr);
    if (status)
        return status;
    if (!candidates.count)
        return pith_fail(reterr, PITH_NOT_FOUND,
                         candidates.seen ? "you have seen every paper of these days before: --seen shows them"
                                         : "no such paper is listed on these days: `pith status` says which days "
                                           "there are");
    status = choose(&candidates, &choice, reterr);
    if (!status)
        status = cut(&candidates, &choice, unwanted, &length, reterr);
    if (status)
        return status;
    describe(&candidates, &choice, length, ranking);
    status = fill(store, &candidates, &choice, length, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

enum pith_status ranker_rank_papers(struct store *store, const struct model *model, const struct profile *profile,
                                    const int64_t *ids, size_t count, bool by_score, size_t limit, size_t reasons,
                                    struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = pith_calloc(1, sizeof *ranking);
    const struct pith_rank_request request = {.limit = limit, .reasons = reasons, .seen = true, .duplicates = true};
    PITH_AUTO(candidates_clear) struct candidates candidates = {.model = model, .profile = profile, .request = &request};
    PITH_AUTO(choice_clear) struct choice choice = {0};
    size_t length = 0;
    if (!ranking)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++)
        status = store_visit_paper(store, ids[i], add_candidate, &candidates, reterr);
    for (size_t i = 0; !status && !by_score && i < count; i++)
        candidates.score[i] = -(double)i;
    if (!status)
        status = choose(&candidates, &choice, reterr);
    if (!status)
        status = cut(&candidates, &choice, NULL, &length, reterr);
    if (status)
        return status;
    describe(&candidates, &choice, length, ranking);
    ranking->expected = ranking->missed = NAN; /* of matches, not of days */
    status = fill(store, &candidates, &choice, length, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}
