#include "models/pca.h"

#include "models/blas.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void pca_clear(struct pca *pca)
{
    free(pca->direction);
    free(pca->mean);
    free(pca->spread);
    *pca = (struct pca){0};
}

struct spectrum { /* of a symmetric matrix */
    gsl_matrix *matrix, *vectors;
    gsl_vector *values;
    gsl_eigen_symmv_workspace *work;
};

static void spectrum_clear(struct spectrum *spectrum)
{
    gsl_matrix_free(spectrum->matrix);
    gsl_matrix_free(spectrum->vectors);
    gsl_vector_free(spectrum->values);
    gsl_eigen_symmv_free(spectrum->work);
}

/* The points' covariance about their mean. */
static enum pith_status make_covariance(const double *point, size_t count, uint32_t dims, const double *mean,
                                        gsl_matrix *covariance, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *centred = pith_calloc(count * dims, sizeof *centred);
    if (!centred)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count * dims; i++)
        centred[i] = point[i] - mean[i % dims];
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)dims, (int)count, 1 / (double)count, centred, (int)dims, 0,
                covariance->data, (int)covariance->tda);
    return PITH_OK;
}

/* Of an axis and its mirror image, the one whose largest number is positive. */
static void take_axis(const struct spectrum *spectrum, uint32_t axis, struct pca *pca)
{
    double largest = 0, *direction = pca->direction + (size_t)axis * pca->dims;
    for (uint32_t j = 0; j < pca->dims; j++) {
        direction[j] = gsl_matrix_get(spectrum->vectors, j, axis);
        largest = fabs(direction[j]) > fabs(largest) ? direction[j] : largest;
    }
    for (uint32_t j = 0; largest < 0 && j < pca->dims; j++)
        direction[j] = -direction[j];
    pca->spread[axis] = fmax(gsl_vector_get(spectrum->values, axis), 0);
}

static void set_factor(struct pca *pca)
{
    double total = 0, square = 0;
    for (uint32_t d = 0; d < pca->dims; d++) {
        total += pca->spread[d];
        square += pca->spread[d] * pca->spread[d];
    }
    pca->factor = total / square;
}

static void set_plain(struct pca *pca)
{
    memset(pca->direction, 0, (size_t)pca->dims * pca->dims * sizeof *pca->direction);
    for (uint32_t d = 0; d < pca->dims; d++) {
        pca->direction[(size_t)d * pca->dims + d] = 1;
        pca->mean[d] = 0;
        pca->spread[d] = 1;
    }
    pca->factor = 1;
}

static enum pith_status find_spectrum(const double *point, size_t count, const double *mean, struct pca *pca,
                                      struct pith_error *reterr)
{
    PITH_AUTO(spectrum_clear)
    struct spectrum spectrum = {gsl_matrix_calloc(pca->dims, pca->dims), gsl_matrix_alloc(pca->dims, pca->dims),
                                gsl_vector_alloc(pca->dims), gsl_eigen_symmv_alloc(pca->dims)};
    if (!spectrum.matrix || !spectrum.vectors || !spectrum.values || !spectrum.work)
        return pith_no_memory(reterr);
    blas_enter();
    enum pith_status status = make_covariance(point, count, pca->dims, mean, spectrum.matrix, reterr);
    if (!status)
        gsl_eigen_symmv(spectrum.matrix, spectrum.values, spectrum.vectors, spectrum.work);
    blas_leave();
    if (status)
        return status;
    gsl_eigen_symmv_sort(spectrum.values, spectrum.vectors, GSL_EIGEN_SORT_VAL_DESC);
    for (uint32_t d = 0; d < pca->dims; d++)
        take_axis(&spectrum, d, pca);
    for (uint32_t d = 0; d < pca->dims; d++)
        pca->mean[d] = cblas_ddot((int)pca->dims, pca->direction + (size_t)d * pca->dims, 1, mean, 1);
    if (pca_total(pca) > 1e-12)
        set_factor(pca);
    else
        set_plain(pca);
    return PITH_OK;
}

enum pith_status pca_find(const double *point, size_t count, uint32_t dims, struct pca *ret_pca, struct pith_error *reterr)
{
    PITH_AUTO(pca_clear) struct pca pca = {.dims = dims};
    PITH_AUTO(pith_free_p) double *mean = pith_calloc(dims, sizeof *mean);
    pca.direction = pith_calloc((size_t)dims * dims, sizeof *pca.direction);
    pca.mean = pith_calloc(dims, sizeof *pca.mean);
    pca.spread = pith_calloc(dims, sizeof *pca.spread);
    if (!pca.direction || !pca.mean || !pca.spread || !mean)
        return pith_no_memory(reterr);
    set_plain(&pca);
    for (size_t i = 0; i < count * dims; i++)
        mean[i % dims] += point[i] / (double)count;
    enum pith_status status = count ? find_spectrum(point, count, mean, &pca, reterr) : PITH_OK;
    if (status)
        return status;
    *ret_pca = pca;
    pca = (struct pca){0};
    return PITH_OK;
}

void pca_scale(struct pca *pca, double by)
{
    for (uint32_t d = 0; d < pca->dims; d++) {
        pca->mean[d] *= by;
        pca->spread[d] *= by * by;
    }
    pca->factor /= by * by;
}

void pca_turn(const struct pca *pca, const double *x, double *along)
{
    for (uint32_t d = 0; d < pca->dims; d++)
        along[d] = cblas_ddot((int)pca->dims, pca->direction + (size_t)d * pca->dims, 1, x, 1) - pca->mean[d];
}

void pca_turn_back(const struct pca *pca, const double *weight, double *back)
{
    memset(back, 0, pca->dims * sizeof *back);
    for (uint32_t d = 0; d < pca->dims; d++)
        cblas_daxpy((int)pca->dims, weight[d], pca->direction + (size_t)d * pca->dims, 1, back, 1);
}

double pca_variance(const struct pca *pca, uint32_t axis, double lean)
{
    return 1 - lean + lean * pca->factor * pca->spread[axis];
}

double pca_total(const struct pca *pca)
{
    double total = 0;
    for (uint32_t d = 0; d < pca->dims; d++)
        total += pca->spread[d];
    return total;
}
