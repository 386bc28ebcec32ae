#include "latent.h"

#include "lsa.h"

#include <gsl/gsl_cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void latent_clear(struct latent *latent)
{
    axes_clear(&latent->axes);
    free(latent->at);
    free(latent->vector);
    *latent = (struct latent){0};
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
    AUTO(pith_free_p) uint32_t *column = pith_calloc(gathered->columns + 1, sizeof *column);
    AUTO(pith_free_p) double *value = pith_calloc(gathered->columns + 1, sizeof *value);
    if (!column || !value)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to learn which words go together");
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
static void place(const struct latent *latent, uint32_t dims, const uint32_t *column, const double *value, size_t count, double *to)
{
    memset(to, 0, dims * sizeof *to);
    for (size_t k = 0; k < count; k++) {
        uint32_t at = latent->at[column[k]];
        if (at != UINT32_MAX)
            cblas_daxpy((int)dims, value[k], latent->vector + (size_t)at * dims, 1, to, 1);
    }
}

static enum pith_status learn_vectors(const struct sparse *gathered, uint32_t dims, uint64_t seed, struct latent *latent,
                                      struct pith_error *reterr)
{
    AUTO(pith_free_p) float *vector = pith_calloc(gathered->columns * dims, sizeof *vector);
    latent->vector = pith_calloc(gathered->columns * dims, sizeof *latent->vector);
    if (!vector || !latent->vector)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to learn which words go together");
    enum pith_status status = lsa_learn(gathered, dims, seed, NULL, vector, reterr);
    for (size_t i = 0; i < gathered->columns * dims; i++)
        latent->vector[i] = (double)vector[i];
    return status;
}

static enum pith_status find_axes(const struct sparse *rows, const bool *learnt, size_t count, uint32_t dims, struct latent *latent,
                                  struct pith_error *reterr)
{
    AUTO(pith_free_p) double *point = pith_calloc(count * dims, sizeof *point);
    if (!point)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to learn which words go together");
    for (size_t i = 0, k = 0; i < rows->rows; i++)
        if (learnt[i])
            place(latent, dims, rows->column + rows->start[i], rows->value + rows->start[i], rows->start[i + 1] - rows->start[i],
                  point + k++ * dims);
    enum pith_status status = axes_find(point, count, dims, &latent->axes, reterr);
    if (status)
        return status;
    double scale = 1 / sqrt(axes_total(&latent->axes));
    axes_scale(&latent->axes, scale);
    for (size_t j = 0; j < latent->columns; j++)
        if (latent->at[j] != UINT32_MAX)
            cblas_dscal((int)dims, scale, latent->vector + (size_t)latent->at[j] * dims, 1);
    return PITH_OK;
}

enum pith_status latent_learn(const struct sparse *rows, const bool *learnt, const bool *taken, uint32_t dims, uint64_t seed,
                              struct latent *ret_latent, struct pith_error *reterr)
{
    AUTO(latent_clear) struct latent latent = {.columns = rows->columns};
    AUTO(sparse_clear) struct sparse gathered = {0};
    latent.at = pith_calloc(rows->columns + 1, sizeof *latent.at);
    if (!latent.at)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to learn which words go together");
    sparse_init(&gathered, number_columns(taken, rows->columns, latent.at));
    enum pith_status status = gather(rows, learnt, latent.at, &gathered, reterr);
    *ret_latent = (struct latent){0};
    if (status || gathered.rows < dims + LSA_EXTRA || gathered.columns < dims + LSA_EXTRA)
        return status;
    status = learn_vectors(&gathered, dims, seed, &latent, reterr);
    if (!status)
        status = find_axes(rows, learnt, gathered.rows, dims, &latent, reterr);
    if (status)
        return status;
    *ret_latent = latent;
    latent = (struct latent){0};
    return PITH_OK;
}

void latent_share(const struct latent *latent, const uint32_t *column, const double *value, size_t count, double *share)
{
    double at[LSA_MAX_DIMS];
    place(latent, latent->axes.dims, column, value, count, at);
    axes_turn(&latent->axes, at, share);
}

double latent_fold(const struct latent *latent, const double *along, double *weight)
{
    double back[LSA_MAX_DIMS];
    int dims = (int)latent->axes.dims;
    axes_turn_back(&latent->axes, along, back);
    for (size_t j = 0; j < latent->columns; j++)
        if (latent->at[j] != UINT32_MAX)
            weight[j] += cblas_ddot(dims, latent->vector + (size_t)latent->at[j] * latent->axes.dims, 1, back, 1);
    return -cblas_ddot(dims, along, 1, latent->axes.mean, 1);
}
