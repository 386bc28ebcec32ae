#include "engine/learning/learner_inside.h"
#include "models/loss.h"

#include <stdlib.h>
#include <string.h>

/* The model's view over the same table as the vocabulary's; NULL when it has none. */
static const struct model_embedding *same_embedding(const struct model *model, const struct model_embedding *framed)
{
    for (size_t i = 0; i < model->embeddings; i++)
        if (strcmp(model->embedding[i].table, framed->table) == 0 && model->embedding[i].dims == framed->dims)
            return &model->embedding[i];
    return NULL;
}

/* What the model was fitted under: a dense view that it has not got had no say. */
static struct learner_belief belief_of(const struct learner *learner, const struct model *model)
{
    struct learner_belief belief = {.trust = learner->believed};
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++)
        belief.silent[i] = !same_embedding(model, &learner->vocabulary->embedding[i]);
    return belief;
}

/* A paper's row in the learner's columns, lifted. What votes add to the base is left in the base. */
static enum pith_status paper_row(const struct learner *learner, double title_weight, const struct features *features, double *x,
                                  struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms, places = model_places(learner->vocabulary);
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(terms + 1, sizeof *lift);
    PITH_AUTO(pith_free_p) double *place = pith_calloc(places + 1, sizeof *place);
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    if (!lift || !place)
        return pith_no_memory(reterr);
    enum pith_status status = model_weigh(learner->vocabulary, features, &row, reterr);
    if (status)
        return status;
    title_weighting_lift(&learner->title_weight, title_weight, lift);
    for (size_t d = 0; d < places; d++)
        place[d] = (double)row.place[d];
    title_weighting_row(&learner->title_weight, lift, row.column, row.value, row.count);
    for (size_t i = 0; i < row.count; i++)
        x[row.column[i]] = row.value[i];
    learner_along(learner, row.column, row.value, row.count, place, x + terms);
    return PITH_OK;
}

struct explaining {
    const struct learner *learner;
    const double *x;                   /* the paper's row */
    double *scaled, *utility, *shared; /* scratch: a number a column, a paper, a paper */
    double *influence;
};

/* Adds what each vote does in one fit, times what the fit is multiplied by in the average. */
static void add_part(const struct explaining *explaining, const struct learner_part *part, double factor)
{
    const struct learner *learner = explaining->learner;
    struct learner_subset subset = {part->paper, part->pair};
    const double *utility = explaining->utility, *shared = explaining->shared;
    learner_set_variances(learner, &part->kinds, explaining->scaled);
    for (size_t j = 0; j < learner->rows.columns; j++)
        explaining->scaled[j] *= explaining->x[j];
    sparse_multiply(part->kinds.rows, part->w, explaining->utility);
    sparse_multiply(part->kinds.rows, explaining->scaled, explaining->shared);
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        if (!learner_is_thumb(paper) || !learner_takes_paper(&subset, i)) /* a seed is part of what was before any vote */
            continue;
        double sign = paper->verdict == VERDICT_UP ? 1 : -1, weight = learner_paper_weight(&part->kinds, paper);
        explaining->influence[i] -= factor * weight * loss_logistic.slope(sign * utility[i]) * sign * shared[i];
    }
    for (size_t i = 0; i < learner->pairs; i++) {
        size_t winner = learner->pair[i].winner, loser = learner->pair[i].loser;
        double slope = loss_bradley_terry.slope(utility[winner] - utility[loser]);
        if (learner_takes_pair(&subset, i))
            explaining->influence[learner->papers + i] -= factor * part->kinds.pair * slope * (shared[winner] - shared[loser]);
    }
}

enum pith_status learner_influence(const struct learner *learner, const struct model *model, const struct features *features,
                                   double *influence, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, papers = learner->papers;
    PITH_AUTO(pith_free_p) double *x = pith_calloc(columns, sizeof *x);
    PITH_AUTO(pith_free_p) double *scratch = pith_calloc(columns + 2 * papers, sizeof *scratch);
    PITH_AUTO(learner_parts_clear) struct learner_parts parts = {0};
    struct mixture_part mixed[LEARNER_PARTS];
    struct learner_belief belief = belief_of(learner, model);
    if (!x || !scratch)
        return pith_no_memory(reterr);
    enum pith_status status = learner_parts_fit(learner, NULL, &belief, &parts, reterr);
    if (!status)
        status = paper_row(learner, parts.part[0].kinds.title_weight, features, x, reterr);
    if (status)
        return status;
    memset(influence, 0, (papers + learner->pairs) * sizeof *influence);
    for (size_t i = 0; i < parts.count; i++)
        mixed[i] = parts.part[i].mixed;
    struct explaining explaining = {learner, x, scratch, scratch + columns, scratch + columns + papers, influence};
    for (size_t i = 0; i < parts.count; i++)
        if (parts.part[i].fitted)
            add_part(&explaining, &parts.part[i], mixture_factor(mixed, parts.count, i));
    return PITH_OK;
}
