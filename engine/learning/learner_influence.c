#include "engine/learning/learner_inside.h"
#include "models/loss.h"

#include <math.h>
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

/* A model's weights in the learner's columns: what lies along the latent directions is in the terms already. `lift`: its title weight. */
static void take_weights(const struct learner *learner, const struct model *model, double *w, double *lift)
{
    size_t terms = learner->vocabulary->terms, at = terms;
    double base = model->base, weight[EMBEDDING_MAX_DIMS];
    memset(w, 0, learner->rows.columns * sizeof *w);
    for (size_t i = 0, j = 0; i < terms; i++) { /* both in order of key */
        while (j < model->terms && model->term[j].key < learner->vocabulary->term[i].key)
            j++;
        bool known = j < model->terms && model->term[j].key == learner->vocabulary->term[i].key;
        w[i] = known ? (double)model->term[j].weight : 0;
        lift[i] = known ? (double)model->term[j].title_weight : 1;
    }
    for (size_t i = 0; i < learner->vocabulary->embeddings; at += learner->vocabulary->embedding[i++].dims) {
        const struct model_embedding *embedding = same_embedding(model, &learner->vocabulary->embedding[i]);
        const struct pca *pca = &learner->embedding_pca[i];
        for (uint32_t d = 0; embedding && d < embedding->dims; d++)
            weight[d] = (double)embedding->weight[d];
        if (embedding)
            pca_turn(pca, weight, w + at);
        for (uint32_t d = 0; embedding && d < embedding->dims; d++) {
            w[at + d] += pca->mean[d]; /* weights are turned about 0, not about the mean */
            base += w[at + d] * pca->mean[d];
        }
    }
    w[learner->rows.columns - 1] = base;
}

/* The variances of a model's prior; what it knows nothing of has none. */
static void take_variances(const struct learner *learner, const struct model *model, double *variance)
{
    struct weighting kinds = learner_weigh(learner, NULL);
    size_t terms = learner->vocabulary->terms, at = terms;
    kinds.log_prior_scale[SCALE_WORDS] = log(model->variance[VIEW_WORD] /
                                             learner_view_variance(&kinds, VIEW_WORD)); /* the latent directions' too */
    learner_set_variances(learner, &kinds, variance);
    for (size_t i = 0; i < terms; i++)
        variance[i] = model->variance[learner->vocabulary->term[i].view];
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++) {
        const struct model_embedding *embedding = same_embedding(model, &learner->vocabulary->embedding[i]);
        for (uint32_t d = 0; d < learner->vocabulary->embedding[i].dims; d++, at++)
            variance[at] = embedding ? embedding->variance * pca_variance(&learner->embedding_pca[i], d, kinds.embedding_lean[i])
                                     : 0;
    }
}

/* A paper's row in the learner's columns, lifted, times each column's prior variance: a row · x is then the kernel of the two papers. What
 * votes add to the base is left in the base. */
static enum pith_status prior_row(const struct learner *learner, const struct model *model, const double *lift,
                                  const struct features *features, double *x, struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms, places = model_places(learner->vocabulary), columns = learner->rows.columns;
    PITH_AUTO(pith_free_p) double *variance = pith_calloc(columns, sizeof *variance);
    PITH_AUTO(pith_free_p) double *place = pith_calloc(places + 1, sizeof *place);
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    if (!variance || !place)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    enum pith_status status = model_weigh(learner->vocabulary, features, &row, reterr);
    if (status)
        return status;
    take_variances(learner, model, variance);
    for (size_t d = 0; d < places; d++)
        place[d] = (double)row.place[d];
    title_weighting_row(&learner->title_weight, lift, row.column, row.value, row.count);
    memset(x, 0, columns * sizeof *x);
    for (size_t i = 0; i < row.count; i++)
        x[row.column[i]] = row.value[i];
    learner_along(learner, row.column, row.value, row.count, place, x + terms);
    for (size_t j = 0; j + 1 < columns; j++)
        x[j] *= variance[j];
    return PITH_OK;
}

enum pith_status learner_influence(const struct learner *learner, const struct model *model, const struct features *features,
                                   double *influence, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns;
    PITH_AUTO(pith_free_p) double *x = pith_calloc(columns, sizeof *x);
    PITH_AUTO(pith_free_p) double *utility = pith_calloc(learner->papers, sizeof *utility);
    PITH_AUTO(pith_free_p) double *shared = pith_calloc(learner->papers, sizeof *shared);
    PITH_AUTO(pith_free_p) double *w = pith_calloc(columns, sizeof *w);
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(columns, sizeof *lift);
    PITH_AUTO(sparse_clear) struct sparse lifted = {0};
    if (!x || !utility || !shared || !w || !lift)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    take_weights(learner, model, w, lift);
    enum pith_status status = learner_lift_terms(learner, lift, &lifted, reterr);
    if (!status)
        status = prior_row(learner, model, lift, features, x, reterr);
    if (status)
        return status;
    sparse_multiply(&lifted, w, utility);
    sparse_multiply(&lifted, x, shared);
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        influence[i] = 0;
        if (!learner_is_thumb(paper)) /* a seed is part of what was before any vote */
            continue;
        double sign = paper->verdict == VERDICT_UP ? 1 : -1;
        double weight = paper->verdict == VERDICT_UP ? model->weight_up : model->weight_down;
        influence[i] = -weight * loss_logistic.slope(sign * utility[i]) * sign * shared[i];
    }
    for (size_t i = 0; i < learner->pairs; i++) {
        size_t winner = learner->pair[i].winner, loser = learner->pair[i].loser;
        double slope = loss_bradley_terry.slope(utility[winner] - utility[loser]);
        influence[learner->papers + i] = -model->weight_pair * slope * (shared[winner] - shared[loser]);
    }
    return PITH_OK;
}
