#include "axes.h"

#include "blas.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void axes_clear(struct axes *axes)
{
    free(axes->direction);
    free(axes->mean);
    free(axes->spread);
    *axes = (struct axes){0};
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
    AUTO(pith_free_p) double *centred = pith_calloc(count * dims, sizeof *centred);
    if (!centred)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for principal axes");
    for (size_t i = 0; i < count * dims; i++)
        centred[i] = point[i] - mean[i % dims];
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)dims, (int)count, 1 / (double)count, centred, (int)dims, 0,
                covariance->data, (int)covariance->tda);
    return PITH_OK;
}

/* Of an axis and its mirror image, the one whose largest number is positive. */
static void take_axis(const struct spectrum *spectrum, uint32_t axis, struct axes *axes)
{
    double largest = 0, *direction = axes->direction + (size_t)axis * axes->dims;
    for (uint32_t j = 0; j < axes->dims; j++) {
        direction[j] = gsl_matrix_get(spectrum->vectors, j, axis);
        largest = fabs(direction[j]) > fabs(largest) ? direction[j] : largest;
    }
    for (uint32_t j = 0; largest < 0 && j < axes->dims; j++)
        direction[j] = -direction[j];
    axes->spread[axis] = fmax(gsl_vector_get(spectrum->values, axis), 0);
}

static void set_factor(struct axes *axes)
{
    double total = 0, square = 0;
    for (uint32_t d = 0; d < axes->dims; d++) {
        total += axes->spread[d];
        square += axes->spread[d] * axes->spread[d];
    }
    axes->factor = total / square;
}

static void set_plain(struct axes *axes)
{
    memset(axes->direction, 0, (size_t)axes->dims * axes->dims * sizeof *axes->direction);
    for (uint32_t d = 0; d < axes->dims; d++) {
        axes->direction[(size_t)d * axes->dims + d] = 1;
        axes->mean[d] = 0;
        axes->spread[d] = 1;
    }
    axes->factor = 1;
}

static enum pith_status find_spectrum(const double *point, size_t count, const double *mean, struct axes *axes,
                                      struct pith_error *reterr)
{
    AUTO(spectrum_clear)
    struct spectrum spectrum = {gsl_matrix_calloc(axes->dims, axes->dims), gsl_matrix_alloc(axes->dims, axes->dims),
                                gsl_vector_alloc(axes->dims), gsl_eigen_symmv_alloc(axes->dims)};
    if (!spectrum.matrix || !spectrum.vectors || !spectrum.values || !spectrum.work)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for principal axes");
    blas_enter();
    enum pith_status status = make_covariance(point, count, axes->dims, mean, spectrum.matrix, reterr);
    if (!status)
        gsl_eigen_symmv(spectrum.matrix, spectrum.values, spectrum.vectors, spectrum.work);
    blas_leave();
    if (status)
        return status;
    gsl_eigen_symmv_sort(spectrum.values, spectrum.vectors, GSL_EIGEN_SORT_VAL_DESC);
    for (uint32_t d = 0; d < axes->dims; d++)
        take_axis(&spectrum, d, axes);
    for (uint32_t d = 0; d < axes->dims; d++)
        axes->mean[d] = cblas_ddot((int)axes->dims, axes->direction + (size_t)d * axes->dims, 1, mean, 1);
    if (axes_total(axes) > 1e-12)
        set_factor(axes);
    else
        set_plain(axes);
    return PITH_OK;
}

enum pith_status axes_find(const double *point, size_t count, uint32_t dims, struct axes *ret_axes, struct pith_error *reterr)
{
    AUTO(axes_clear) struct axes axes = {.dims = dims};
    AUTO(pith_free_p) double *mean = pith_calloc(dims, sizeof *mean);
    axes.direction = pith_calloc((size_t)dims * dims, sizeof *axes.direction);
    axes.mean = pith_calloc(dims, sizeof *axes.mean);
    axes.spread = pith_calloc(dims, sizeof *axes.spread);
    if (!axes.direction || !axes.mean || !axes.spread || !mean)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for principal axes");
    set_plain(&axes);
    for (size_t i = 0; i < count * dims; i++)
        mean[i % dims] += point[i] / (double)count;
    enum pith_status status = count ? find_spectrum(point, count, mean, &axes, reterr) : PITH_OK;
    if (status)
        return status;
    *ret_axes = axes;
    axes = (struct axes){0};
    return PITH_OK;
}

void axes_scale(struct axes *axes, double by)
{
    for (uint32_t d = 0; d < axes->dims; d++) {
        axes->mean[d] *= by;
        axes->spread[d] *= by * by;
    }
    axes->factor /= by * by;
}

void axes_turn(const struct axes *axes, const double *x, double *along)
{
    for (uint32_t d = 0; d < axes->dims; d++)
        along[d] = cblas_ddot((int)axes->dims, axes->direction + (size_t)d * axes->dims, 1, x, 1) - axes->mean[d];
}

void axes_turn_back(const struct axes *axes, const double *weight, double *back)
{
    memset(back, 0, axes->dims * sizeof *back);
    for (uint32_t d = 0; d < axes->dims; d++)
        cblas_daxpy((int)axes->dims, weight[d], axes->direction + (size_t)d * axes->dims, 1, back, 1);
}

double axes_variance(const struct axes *axes, uint32_t axis, double lean)
{
    return 1 - lean + lean * axes->factor * axes->spread[axis];
}

double axes_total(const struct axes *axes)
{
    double total = 0;
    for (uint32_t d = 0; d < axes->dims; d++)
        total += axes->spread[d];
    return total;
}
