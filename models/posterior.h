/* posterior: what a fit does not know. Laplace's method around the fitted weights (Rasmussen & Williams 2006, ch. 3), in the
 * dual: n x n over the observations, by GSL's Cholesky. */
#ifndef PITH_MODELS_POSTERIOR_H
#define PITH_MODELS_POSTERIOR_H

#include "models/fit.h"

enum { POSTERIOR_MAX_ROWS = 2000 }; /* n³ work: beyond, a caller thins its observations */

struct posterior; /* factored covariance: variances of many candidates */
enum pith_status posterior_new(const struct fit_problem *problem, const double *w, struct posterior **ret_posterior,
                               struct pith_error *reterr);
void posterior_free(struct posterior *posterior);
PITH_CLEANUP(struct posterior, posterior_free);
/* Variance of a row's utility under the posterior; the row is column[0..count) with value. */
double posterior_variance(const struct posterior *posterior, const uint32_t *column, const double *value, size_t count);

/* Draws weights from the posterior: writes how far they are from the fitted ones (columns numbers), the same for the same seed. By
 * perturbation: a draw from the prior, less what the observations, each with a draw of its noise, say against it (Papandreou & Yuille
 * 2010, Gaussian sampling by local perturbations). */
void posterior_draw(const struct posterior *posterior, uint64_t seed, double *deviation);

/* E[σ(u)] for u ~ N(mean, variance): MacKay's (1992) approximation σ(mean / sqrt(1 + π variance / 8)). */
double posterior_mean_probability(double mean, double variance);

#endif
