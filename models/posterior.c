#include "models/posterior.h"

#include "models/blas.h"

#include "models/random.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

struct posterior {
    const struct fit_problem *problem;
    double *variance;     /* prior variance of each column */
    double *root;         /* sqrt of W, one a row */
    gsl_matrix *cholesky; /* of I + W^1/2 K W^1/2 */
    gsl_vector *shared;   /* scratch, one a row */
    double *dense;        /* scratch, one a column */
};

void posterior_free(struct posterior *posterior)
{
    if (!posterior)
        return;
    free(posterior->variance);
    free(posterior->root);
    free(posterior->dense);
    gsl_matrix_free(posterior->cholesky);
    gsl_vector_free(posterior->shared);
    free(posterior);
}

static enum pith_status factor(struct posterior *posterior, const double *w, struct pith_error *reterr)
{
    const struct fit_problem *problem = posterior->problem;
    size_t n = problem->rows->rows;
    for (size_t j = 0; j < problem->rows->columns; j++)
        posterior->variance[j] = 1.0 / problem->precision[j];
    for (size_t i = 0; i < n; i++)
        posterior->root[i] = sqrt(problem->weight[i] * problem->loss[i]->curvature(sparse_dot(problem->rows, i, w)));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double entry = posterior->root[i] * posterior->root[j] * sparse_kernel(problem->rows, i, j, posterior->variance);
            gsl_matrix_set(posterior->cholesky, i, j, entry + (i == j));
        }
    }
    blas_enter();
    int failed = n ? gsl_linalg_cholesky_decomp1(posterior->cholesky) : 0;
    blas_leave();
    if (failed)
        return pith_fail(reterr, PITH_USAGE, "the observations' covariance cannot be factored: a number is not finite");
    return PITH_OK;
}

enum pith_status posterior_new(const struct fit_problem *problem, const double *w, struct posterior **ret_posterior,
                               struct pith_error *reterr)
{
    size_t rows = problem->rows->rows;
    if (rows > POSTERIOR_MAX_ROWS)
        return pith_fail(reterr, PITH_USAGE, "%zu observations: a posterior takes at most %d", rows, POSTERIOR_MAX_ROWS);
    gsl_set_error_handler_off(); /* the default one aborts */
    PITH_AUTO(posterior_free_p) struct posterior *posterior = pith_calloc(1, sizeof *posterior);
    if (!posterior)
        return pith_no_memory(reterr);
    posterior->problem = problem;
    posterior->variance = pith_calloc(problem->rows->columns, sizeof *posterior->variance);
    posterior->dense = pith_calloc(problem->rows->columns, sizeof *posterior->dense);
    posterior->root = pith_calloc(rows, sizeof *posterior->root);
    posterior->cholesky = gsl_matrix_alloc(rows ? rows : 1, rows ? rows : 1);
    posterior->shared = gsl_vector_alloc(rows ? rows : 1);
    if (!posterior->variance || !posterior->dense || !posterior->root || !posterior->cholesky || !posterior->shared)
        return pith_no_memory(reterr);
    enum pith_status status = factor(posterior, w, reterr);
    if (!status)
        *ret_posterior = PITH_TAKE(posterior);
    return status;
}

double posterior_variance(const struct posterior *posterior, const uint32_t *column, const double *value, size_t count)
{
    const struct sparse *rows = posterior->problem->rows;
    double prior = 0, explained = 0;
    for (size_t i = 0; i < count; i++) {
        posterior->dense[column[i]] = value[i] * posterior->variance[column[i]];
        prior += value[i] * posterior->dense[column[i]];
    }
    for (size_t i = 0; i < rows->rows; i++)
        gsl_vector_set(posterior->shared, i, posterior->root[i] * sparse_dot(rows, i, posterior->dense));
    for (size_t i = 0; i < count; i++)
        posterior->dense[column[i]] = 0;
    if (rows->rows) {
        blas_enter();
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, posterior->cholesky, posterior->shared);
        blas_leave();
        gsl_blas_ddot(posterior->shared, posterior->shared, &explained);
    }
    return fmax(prior - explained, 0);
}

void posterior_draw(const struct posterior *posterior, uint64_t seed, double *deviation)
{
    const struct sparse *rows = posterior->problem->rows;
    struct random random = {seed};
    for (size_t j = 0; j < rows->columns; j++)
        deviation[j] = sqrt(posterior->variance[j]) * random_normal(&random);
    for (size_t i = 0; i < rows->rows; i++)
        gsl_vector_set(posterior->shared, i, posterior->root[i] * sparse_dot(rows, i, deviation) + random_normal(&random));
    if (!rows->rows)
        return;
    blas_enter();
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, posterior->cholesky, posterior->shared);
    gsl_blas_dtrsv(CblasLower, CblasTrans, CblasNonUnit, posterior->cholesky, posterior->shared);
    blas_leave();
    for (size_t i = 0; i < rows->rows; i++)
        gsl_vector_set(posterior->shared, i, posterior->root[i] * gsl_vector_get(posterior->shared, i));
    sparse_transpose_multiply(rows, gsl_vector_const_ptr(posterior->shared, 0), posterior->dense);
    for (size_t j = 0; j < rows->columns; j++) {
        deviation[j] -= posterior->variance[j] * posterior->dense[j];
        posterior->dense[j] = 0;
    }
}

double posterior_mean_probability(double mean, double variance)
{
    return loss_sigmoid(mean / sqrt(1 + M_PI * variance / 8));
}
