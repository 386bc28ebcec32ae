#include "engine/ranking/explain_score.h"

#include "engine/papers/facts.h"
#include "engine/ranking/likeness.h"
#include "engine/ranking/reason_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* One paper being explained. */
struct explaining {
    struct explainer *by;
    struct pith_ranked *paper;
    double embedding[MODEL_EMBEDDINGS]; /* what each dense view adds */
    float place[LIKENESS_PLACES];       /* where the paper stands; where near papers are named */
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
    paper->reason_count++; /* from here explain_score_clear frees it */
    if (!reason->feature || !reason->label)
        return pith_no_memory(reterr);
    return PITH_OK;
}

/* What the row of the store tells, and what each of its features adds. */
static enum pith_status take_row(struct explaining *explaining, const struct store_row *row, struct pith_error *reterr)
{
    struct pith_ranked *paper = explaining->paper;
    paper->key = strdup(row->key);
    paper->title = strdup(row->title);
    paper->day = row->day;
    paper->upvotes = row->upvotes;
    paper->announce = paper_announced(row->announce);
    paper->withdrawn = row->withdrawn;
    if (!paper->key || !paper->title)
        return pith_no_memory(reterr);
    enum pith_status status = features_read(row->features, row->features_length, &explaining->by->features, reterr);
    if (status || !explaining->by->model)
        return status;
    PITH_AUTO(model_row_clear) struct model_row weighed = {0};
    status = model_weigh_kept(explaining->by->model, &explaining->by->features, &row->place, &weighed, reterr);
    if (status)
        return status;
    paper->score = model_score(explaining->by->model, &weighed);
    if (explaining->by->names_near)
        likeness_place(explaining->by->model, &weighed, explaining->place);
    for (size_t i = 0; i < explaining->by->model->embeddings; i++)
        explaining->embedding[i] = model_embedding_score(explaining->by->model, i, &weighed);
    explaining->contribution = pith_calloc(weighed.count, sizeof *explaining->contribution);
    if (!explaining->contribution)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < weighed.count; i++)
        explaining->contribution[i] = (struct contribution){
            weighed.index[i], (double)explaining->by->model->term[weighed.column[i]].weight * weighed.value[i]};
    qsort(explaining->contribution, weighed.count, sizeof *explaining->contribution, by_size);
    explaining->named = weighed.count < explaining->by->reasons ? weighed.count : explaining->by->reasons;
    explaining->name = pith_calloc(explaining->named, sizeof *explaining->name);
    if (!explaining->name)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < explaining->named; i++)
        feature_name(row->features, row->features_length, explaining->by->features.item[explaining->contribution[i].index].index,
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

static enum pith_status name_reasons(struct explaining *explaining, const struct paper *record, struct pith_error *reterr)
{
    struct pith_ranked *paper = explaining->paper;
    paper->reasons = pith_calloc(explaining->named + explaining->by->model->embeddings + 2, sizeof *paper->reasons);
    if (!paper->reasons)
        return pith_no_memory(reterr);
    double rest = paper->score - explaining->by->model->base;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < explaining->by->model->embeddings && explaining->by->reasons; i++) {
        status = add_reason(paper, "space", explaining->by->model->embedding[i].table, "what it is about as a whole",
                            explaining->embedding[i], reterr);
        rest -= explaining->embedding[i];
    }
    for (size_t i = 0; !status && i < explaining->named; i++) {
        const struct contribution *contribution = &explaining->contribution[i];
        enum feature_view view = explaining->by->features.item[contribution->index].view;
        char label[FEATURE_NAME_SIZE];
        label_of(explaining->by->words, record, view, explaining->name[i], label);
        status = add_reason(paper, feature_view_name(view), explaining->name[i], label, contribution->value, reterr);
        rest -= contribution->value;
    }
    if (!status)
        status = add_reason(paper, "base", NULL, "base rate", explaining->by->model->base, reterr);
    if (!status)
        status = add_reason(paper, "other", NULL, "everything else", rest, reterr);
    return status;
}

/* What its record tells of it, and what the reader said. The record's texts are taken over. */
static enum pith_status take_record(struct explaining *explaining, struct paper *record, struct pith_error *reterr)
{
    struct pith_ranked *paper = explaining->paper;
    const struct profile *profile = explaining->by->profile;
    char buffer[PAPER_URL_SIZE];
    enum pith_status status = paper_display_id(paper->key, &paper->id, reterr);
    if (status)
        return status;
    paper->url = strdup(paper_url(record->url, paper->key, buffer));
    if (!paper->url)
        return pith_no_memory(reterr);
    for (size_t i = 0; profile && i < record->keys.count && !paper->verdict; i++)
        paper->verdict = profile_verdict(profile, record->keys.item[i]);
    for (size_t i = 0; profile && i < record->keys.count && !paper->later; i++)
        paper->later = profile_is_later(profile, record->keys.item[i]);
    if (explaining->by->model)
        status = name_reasons(explaining, record, reterr);
    return status ? status : facts_take(record, &paper->facts, reterr);
}

static enum pith_status explain_visit(void *user, const struct store_row *row, struct paper *record, struct pith_error *reterr)
{
    struct explaining *explaining = user;
    const struct model *model = explaining->by->model;
    explaining->paper->probability = NAN;
    enum pith_status status = take_row(explaining, row, reterr);
    if (!status && model && model->listing.known)
        explaining->paper->probability = calibrate_probability(&model->listing, explaining->paper->score);
    return status ? status : take_record(explaining, record, reterr);
}

enum pith_status explainer_open(struct explainer *explainer, struct pith_error *reterr)
{
    explainer->names_near = explainer->model && explainer->profile && explainer->reasons;
    enum pith_status status = tokens_new(&explainer->words, reterr);
    if (!status && explainer->names_near)
        status = nearest_load(explainer->store, explainer->model, explainer->profile, &explainer->nearest, reterr);
    return status;
}

void explainer_clear(struct explainer *explainer)
{
    if (explainer->words)
        tokens_free(explainer->words);
    nearest_clear(&explainer->nearest);
    features_clear(&explainer->features);
}

enum pith_status explain_score(struct explainer *explainer, int64_t id, struct pith_ranked *ret_paper, struct pith_error *reterr)
{
    struct pith_ranked paper = {0};
    PITH_AUTO(explaining_clear) struct explaining explaining = {.by = explainer, .paper = &paper};
    enum pith_status status = store_show_paper(explainer->store, id, explain_visit, &explaining, reterr);
    if (!status && explainer->names_near)
        status = nearest_name(&explainer->nearest, explainer->store, id, explaining.place, reason_line_whole(&paper) < 0, &paper,
                              reterr);
    if (status)
        explain_score_clear(&paper);
    else
        *ret_paper = paper;
    return status;
}

void explain_score_clear(struct pith_ranked *paper)
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
