#include "models/lsa.h"

#include "models/blas.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct learning {
    const struct sparse *papers;
    size_t width;  /* dims and some more, which steady the last of them */
    double *left;  /* papers * width */
    double *right; /* terms * width */
    gsl_matrix *gram, *rotation;
    gsl_vector *value;
    gsl_eigen_symmv_workspace *work;
    const struct lsa_watch *watch;
    size_t done; /* steps */
};

static void learning_clear(struct learning *learning)
{
    free(learning->left);
    free(learning->right);
    gsl_matrix_free(learning->gram);
    gsl_matrix_free(learning->rotation);
    gsl_vector_free(learning->value);
    gsl_eigen_symmv_free(learning->work);
}

static void tell(struct learning *learning)
{
    learning->done++;
    if (learning->watch && learning->watch->progress)
        learning->watch->progress(learning->watch->user, learning->done, 2 * LSA_POWER + 3);
}

/* splitmix64 (Steele, Lea and Flood 2014). */
static double uniform(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

/* left = papers · right */
static void to_papers(struct learning *learning)
{
    const struct sparse *papers = learning->papers;
    size_t width = learning->width;
    memset(learning->left, 0, papers->rows * width * sizeof *learning->left);
    for (size_t i = 0; i < papers->rows; i++)
        for (size_t at = papers->start[i]; at < papers->start[i + 1]; at++)
            cblas_daxpy((int)width, papers->value[at], learning->right + papers->column[at] * width, 1, learning->left + i * width,
                        1);
    tell(learning);
}

/* right = papersᵀ · left */
static void to_terms(struct learning *learning)
{
    const struct sparse *papers = learning->papers;
    size_t width = learning->width;
    memset(learning->right, 0, papers->columns * width * sizeof *learning->right);
    for (size_t i = 0; i < papers->rows; i++)
        for (size_t at = papers->start[i]; at < papers->start[i + 1]; at++)
            cblas_daxpy((int)width, papers->value[at], learning->left + i * width, 1, learning->right + papers->column[at] * width,
                        1);
    tell(learning);
}

/* The inner products of a tall matrix's columns. */
static void make_gram(struct learning *learning, const double *tall, size_t rows)
{
    int width = (int)learning->width;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, width, (int)rows, 1, tall, width, 0, learning->gram->data,
                (int)learning->gram->tda);
    for (size_t i = 0; i < learning->width; i++)
        for (size_t j = i + 1; j < learning->width; j++)
            gsl_matrix_set(learning->gram, i, j, gsl_matrix_get(learning->gram, j, i));
}

/* Orthonormal columns by Cholesky's factor of the Gram matrix, twice, as the first time leaves errors of its square. */
static void orthonormalise(struct learning *learning, double *tall, size_t rows)
{
    int width = (int)learning->width;
    for (int time = 0; time < 2; time++) {
        blas_enter();
        make_gram(learning, tall, rows);
        double trace = 0;
        for (size_t i = 0; i < learning->width; i++)
            trace += gsl_matrix_get(learning->gram, i, i);
        for (size_t i = 0; i < learning->width; i++) /* a rank below the width must not stop it */
            *gsl_matrix_ptr(learning->gram, i, i) += 1e-12 * trace + 1e-300;
        gsl_linalg_cholesky_decomp1(learning->gram);
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, (int)rows, width, 1, learning->gram->data,
                    (int)learning->gram->tda, tall, width);
        blas_leave();
    }
}

/* right now holds papersᵀ · Q: its singular vectors on the side of the terms, the largest values first. */
static void take_vectors(struct learning *learning, uint32_t dims, float *vector)
{
    size_t width = learning->width;
    double direction[LSA_MAX_DIMS + LSA_EXTRA];
    blas_enter();
    make_gram(learning, learning->right, learning->papers->columns);
    gsl_eigen_symmv(learning->gram, learning->value, learning->rotation, learning->work);
    blas_leave();
    gsl_eigen_symmv_sort(learning->value, learning->rotation, GSL_EIGEN_SORT_VAL_DESC);
    for (size_t d = 0; d < dims; d++) {
        double value = gsl_vector_get(learning->value, d), largest = 0;
        double scale = value > 1e-18 ? 1 / sqrt(value) : 0;
        for (size_t j = 0; j < width; j++)
            direction[j] = gsl_matrix_get(learning->rotation, j, d);
        for (size_t i = 0; i < learning->papers->columns; i++) {
            double sum = cblas_ddot((int)width, learning->right + i * width, 1, direction, 1);
            vector[i * dims + d] = (float)(sum * scale);
            largest = fabs(sum) > fabs(largest) ? sum : largest;
        }
        for (size_t i = 0; largest < 0 && i < learning->papers->columns; i++) /* of two mirror images one */
            vector[i * dims + d] = -vector[i * dims + d];
    }
}

static void keep(const struct learning *learning, uint32_t powers)
{
    if (learning->watch && learning->watch->keep)
        learning->watch->keep(learning->watch->user, powers, learning->left);
}

/* The sketch that was kept, or the first one: the papers seen from random directions. Returns how many power steps went into it. */
static uint32_t begin(struct learning *learning, uint64_t seed)
{
    const struct lsa_watch *watch = learning->watch;
    if (watch && watch->sketch) {
        memcpy(learning->left, watch->sketch, learning->papers->rows * learning->width * sizeof *learning->left);
        learning->done = 2 * (size_t)watch->powers + 1;
        return watch->powers;
    }
    for (size_t i = 0; i < learning->papers->columns * learning->width; i++)
        learning->right[i] = sqrt(-2 * log(uniform(&seed))) * cos(6.283185307179586 * uniform(&seed));
    to_papers(learning);
    keep(learning, 0);
    return 0;
}

enum pith_status lsa_learn(const struct sparse *papers, uint32_t dims, uint64_t seed, const struct lsa_watch *watch, float *vector,
                           struct pith_error *reterr)
{
    PITH_AUTO(learning_clear) struct learning learning = {.papers = papers, .width = dims + LSA_EXTRA, .watch = watch};
    if (dims == 0 || dims > LSA_MAX_DIMS || learning.width > papers->rows || learning.width > papers->columns)
        return pith_fail(reterr, PITH_USAGE, "%zu papers with %zu terms are too few for %u dimensions", papers->rows,
                         papers->columns, dims);
    gsl_set_error_handler_off();
    learning.left = pith_calloc(papers->rows * learning.width, sizeof *learning.left);
    learning.right = pith_calloc(papers->columns * learning.width, sizeof *learning.right);
    learning.gram = gsl_matrix_alloc(learning.width, learning.width);
    learning.rotation = gsl_matrix_alloc(learning.width, learning.width);
    learning.value = gsl_vector_alloc(learning.width);
    learning.work = gsl_eigen_symmv_alloc(learning.width);
    if (!learning.left || !learning.right || !learning.gram || !learning.rotation || !learning.value || !learning.work)
        return pith_no_memory(reterr);
    for (uint32_t power = begin(&learning, seed); power < LSA_POWER;) {
        orthonormalise(&learning, learning.left, papers->rows);
        to_terms(&learning);
        orthonormalise(&learning, learning.right, papers->columns);
        to_papers(&learning);
        keep(&learning, ++power);
    }
    orthonormalise(&learning, learning.left, papers->rows);
    to_terms(&learning);
    take_vectors(&learning, dims, vector);
    tell(&learning);
    return PITH_OK;
}
