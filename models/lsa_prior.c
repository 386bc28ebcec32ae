#include "models/lsa_prior.h"

#include "models/lsa.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void lsa_prior_clear(struct lsa_prior *lsa_prior)
{
    pca_clear(&lsa_prior->pca);
    free(lsa_prior->at);
    free(lsa_prior->vector);
    *lsa_prior = (struct lsa_prior){0};
}

/* Numbers the columns that are taken; returns how many there are. */
static uint32_t number_columns(const bool *taken, size_t columns, uint32_t *at)
{
    uint32_t count = 0;
    for (size_t j = 0; j < columns; j++)
        at[j] = taken[j] ? count++ : UINT32_MAX;
    return count;
}

/* The learnt rows, of the taken columns alone. */
static enum pith_status gather(const struct sparse *rows, const bool *learnt, const uint32_t *at, struct sparse *gathered,
                               struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) uint32_t *column = pith_calloc(gathered->columns + 1, sizeof *column);
    PITH_AUTO(pith_free_p) double *value = pith_calloc(gathered->columns + 1, sizeof *value);
    if (!column || !value)
        return pith_no_memory(reterr);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < rows->rows; i++) {
        size_t count = 0;
        for (size_t k = rows->start[i]; learnt[i] && k < rows->start[i + 1]; k++) {
            if (at[rows->column[k]] == UINT32_MAX)
                continue;
            column[count] = at[rows->column[k]];
            value[count++] = rows->value[k];
        }
        if (learnt[i])
            status = sparse_add_row(gathered, column, value, count, reterr);
    }
    return status;
}

/* A row's share before it is turned along the axes. */
static void place(const struct lsa_prior *lsa_prior, uint32_t dims, const uint32_t *column, const double *value, size_t count,
                  double *to)
{
    memset(to, 0, dims * sizeof *to);
    for (size_t k = 0; k < count; k++) {
        uint32_t at = lsa_prior->at[column[k]];
        if (at != UINT32_MAX)
            cblas_daxpy((int)dims, value[k], lsa_prior->vector + (size_t)at * dims, 1, to, 1);
    }
}

static enum pith_status learn_vectors(const struct sparse *gathered, uint32_t dims, uint64_t seed, struct lsa_prior *lsa_prior,
                                      struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) float *vector = pith_calloc(gathered->columns * dims, sizeof *vector);
    lsa_prior->vector = pith_calloc(gathered->columns * dims, sizeof *lsa_prior->vector);
    if (!vector || !lsa_prior->vector)
        return pith_no_memory(reterr);
    enum pith_status status = lsa_learn(gathered, dims, seed, NULL, vector, reterr);
    for (size_t i = 0; i < gathered->columns * dims; i++)
        lsa_prior->vector[i] = (double)vector[i];
    return status;
}

static enum pith_status find_pca(const struct sparse *rows, const bool *learnt, size_t count, uint32_t dims,
                                 struct lsa_prior *lsa_prior, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *point = pith_calloc(count * dims, sizeof *point);
    if (!point)
        return pith_no_memory(reterr);
    for (size_t i = 0, k = 0; i < rows->rows; i++)
        if (learnt[i])
            place(lsa_prior, dims, rows->column + rows->start[i], rows->value + rows->start[i], rows->start[i + 1] - rows->start[i],
                  point + k++ * dims);
    enum pith_status status = pca_find(point, count, dims, &lsa_prior->pca, reterr);
    if (status)
        return status;
    double scale = 1 / sqrt(pca_total(&lsa_prior->pca));
    pca_scale(&lsa_prior->pca, scale);
    for (size_t j = 0; j < lsa_prior->columns; j++)
        if (lsa_prior->at[j] != UINT32_MAX)
            cblas_dscal((int)dims, scale, lsa_prior->vector + (size_t)lsa_prior->at[j] * dims, 1);
    return PITH_OK;
}

enum pith_status lsa_prior_learn(const struct sparse *rows, const bool *learnt, const bool *taken, uint32_t dims, uint64_t seed,
                                 struct lsa_prior *ret_latent, struct pith_error *reterr)
{
    PITH_AUTO(lsa_prior_clear) struct lsa_prior lsa_prior = {.columns = rows->columns};
    PITH_AUTO(sparse_clear) struct sparse gathered = {0};
    lsa_prior.at = pith_calloc(rows->columns + 1, sizeof *lsa_prior.at);
    if (!lsa_prior.at)
        return pith_no_memory(reterr);
    sparse_init(&gathered, number_columns(taken, rows->columns, lsa_prior.at));
    enum pith_status status = gather(rows, learnt, lsa_prior.at, &gathered, reterr);
    *ret_latent = (struct lsa_prior){0};
    if (status || gathered.rows < dims + LSA_EXTRA || gathered.columns < dims + LSA_EXTRA)
        return status;
    status = learn_vectors(&gathered, dims, seed, &lsa_prior, reterr);
    if (!status)
        status = find_pca(rows, learnt, gathered.rows, dims, &lsa_prior, reterr);
    if (status)
        return status;
    *ret_latent = lsa_prior;
    lsa_prior = (struct lsa_prior){0};
    return PITH_OK;
}

void lsa_prior_share(const struct lsa_prior *lsa_prior, const uint32_t *column, const double *value, size_t count, double *share)
{
    double at[LSA_MAX_DIMS];
    place(lsa_prior, lsa_prior->pca.dims, column, value, count, at);
    pca_turn(&lsa_prior->pca, at, share);
}

double lsa_prior_fold(const struct lsa_prior *lsa_prior, const double *along, double *weight)
{
    double back[LSA_MAX_DIMS];
    int dims = (int)lsa_prior->pca.dims;
    pca_turn_back(&lsa_prior->pca, along, back);
    for (size_t j = 0; j < lsa_prior->columns; j++)
        if (lsa_prior->at[j] != UINT32_MAX)
            weight[j] += cblas_ddot(dims, lsa_prior->vector + (size_t)lsa_prior->at[j] * lsa_prior->pca.dims, 1, back, 1);
    return -cblas_ddot(dims, along, 1, lsa_prior->pca.mean, 1);
}
