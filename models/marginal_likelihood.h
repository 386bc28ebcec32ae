/* marginal_likelihood: the prior scale of each group of columns, by what the observations themselves say of it: Laplace's approximation
 * of their probability under the prior (MacKay 1992; Rasmussen & Williams 2006, 5.5), times a hyperprior that few observations hardly
 * move. In the dual, n x n over the observations. */
#ifndef PITH_MODELS_MARGINAL_LIKELIHOOD_H
#define PITH_MODELS_MARGINAL_LIKELIHOOD_H

#include "models/fit.h"

enum { MARGINAL_LIKELIHOOD_MAX_ROWS = 400, MARGINAL_LIKELIHOOD_MAX_GROUPS = 16 };
enum { MARGINAL_LIKELIHOOD_FIXED = 255 }; /* in place of a group: a column whose prior scale stays */

struct marginal_likelihood_groups {
    size_t count;            /* at most MARGINAL_LIKELIHOOD_MAX_GROUPS */
    const unsigned char *of; /* of each column: its group, or MARGINAL_LIKELIHOOD_FIXED */
    const double
        *spread; /* of each group, > 0: the hyperprior of its log prior scale is a normal around 0 of this standard deviation */
    /* Or its log prior scale is this one, if greater than the normal's best (a slab beside the spike: George & McCulloch 1993), at odds of
     * 1 to exp(against) before any observation. -INFINITY: never. */
    const double *wide;
    double against;
};

/* Has the groups' kernels over the problem's rows. Problem and groups have to last as long. */
struct marginal_likelihood;
/* PITH_USAGE over MARGINAL_LIKELIHOOD_MAX_ROWS rows or for a group out of range; PITH_NOMEM. n² work for every number of a row. */
enum pith_status marginal_likelihood_new(const struct fit_problem *problem, const struct marginal_likelihood_groups *groups,
                                         struct marginal_likelihood **ret_evidence, struct pith_error *reterr);
void marginal_likelihood_free(struct marginal_likelihood *marginal_likelihood);
PITH_CLEANUP(struct marginal_likelihood, marginal_likelihood_free);

/* The log marginal likelihood with every prior variance of group g times exp(log_prior_scale[g]):
 *   -objective(ŵ) - ½ log det(I + W^½ K W^½),  K = X diag(variance) Xᵀ,  W = c_i loss_i'',  ŵ the fit under that prior.
 * gradient (one number a group; NULL: not wanted) is the exact one, the fit's own movement included (Rasmussen & Williams, 5.22 to 5.24). */
enum pith_status marginal_likelihood_log(struct marginal_likelihood *marginal_likelihood, const double *log_prior_scale,
                                         double *ret_log, double *gradient, struct pith_error *reterr);

/* The log prior scales (one a group) at which marginal likelihood times the normals is greatest, to some hundredths, from 0 on
 * (BFGS); and from there, each group as far towards `wide` as the marginal likelihood makes that probable, the others staying. The same problem, the same prior scales. */
enum pith_status marginal_likelihood_prior_scales(struct marginal_likelihood *marginal_likelihood, double *log_prior_scale,
                                                  struct pith_error *reterr);

#endif
