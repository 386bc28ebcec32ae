/* pca: principal component analysis: the axes along which many points differ, and by how much (Hotelling 1933).
 *
 * The axes carry a prior that leans: of points x with covariance C a linear taste w·x has the prior w ~ N(0, (1 - lean) I + lean c C),
 * c = tr C / tr C², so that a taste's expected variance over the points is the same at any lean. At 1, what many papers differ by is
 * likelier to be what a reader's taste is about; at 0, all directions are alike. In the axes' own coordinates it is diagonal. */
#ifndef PITH_MODELS_PCA_H
#define PITH_MODELS_PCA_H

#include <pith/status.h>

#include <stddef.h>
#include <stdint.h>

struct pca {
    uint32_t dims;
    double *direction; /* dims * dims: row d is axis d, of unit length, each at right angles to all others */
    double *mean;      /* dims: of the points, along the axes */
    double *spread;    /* dims: variance of the points along each axis, the largest first */
    double factor;     /* c */
};
void pca_clear(struct pca *pca); /* frees; for PITH_AUTO */

/* The principal axes of `count` points, dims numbers each. Of no points, or points all alike: the coordinates as they are, mean 0 and spread 1,
 * so that every lean means the same. The same points, the same axes. PITH_NOMEM. */
enum pith_status pca_find(const double *point, size_t count, uint32_t dims, struct pca *ret_pca, struct pith_error *reterr);
/* As if every point had been multiplied by this. */
void pca_scale(struct pca *pca, double by);

/* Where x (dims numbers) stands along the axes, from the mean on. */
void pca_turn(const struct pca *pca, const double *x, double *along);
/* Weights along the axes as weights of x: back·x = weight·pca_turn(x) + weight·mean. */
void pca_turn_back(const struct pca *pca, const double *weight, double *back);

/* The prior variance along an axis, for a lean in [0, 1]. */
double pca_variance(const struct pca *pca, uint32_t axis, double lean);
/* Variance of the points in all directions together. */
double pca_total(const struct pca *pca);

#endif
