/* evidence: how wide the prior is to be for each group of columns, by what the observations themselves say of it: Laplace's approximation
 * of their probability under the prior (MacKay 1992; Rasmussen & Williams 2006, 5.5), times a hyperprior that few observations hardly
 * move. In the dual, n x n over the observations. */
#ifndef PITH_EVIDENCE_H
#define PITH_EVIDENCE_H

#include "fit.h"

enum { EVIDENCE_MAX_ROWS = 400, EVIDENCE_MAX_GROUPS = 16 };
enum { EVIDENCE_FIXED = 255 }; /* in place of a group: a column whose width stays */

struct evidence_groups {
    size_t count;            /* at most EVIDENCE_MAX_GROUPS */
    const unsigned char *of; /* of each column: its group, or EVIDENCE_FIXED */
    const double *spread; /* of each group, > 0: the hyperprior of its log width is a normal around 0 of this standard deviation */
    /* Or its log width is this one, if greater than the normal's best (a slab beside the spike: George & McCulloch 1993), at odds of
     * 1 to exp(against) before any observation. -INFINITY: never. */
    const double *wide;
    double against;
};

/* Has the groups' kernels over the problem's rows. Problem and groups have to last as long. */
struct evidence;
/* PITH_USAGE over EVIDENCE_MAX_ROWS rows or for a group out of range; PITH_NOMEM. n² work for every number of a row. */
enum pith_status evidence_new(const struct fit_problem *problem, const struct evidence_groups *groups,
                              struct evidence **ret_evidence, struct pith_error *reterr);
void evidence_free(struct evidence *evidence);
PITH_CLEANUP(struct evidence, evidence_free);

/* log evidence with every prior variance of group g times exp(log_width[g]):
 *   -objective(ŵ) - ½ log det(I + W^½ K W^½),  K = X diag(variance) Xᵀ,  W = c_i loss_i'',  ŵ the fit under that prior.
 * gradient (one number a group; NULL: not wanted) is the exact one, the fit's own movement included (Rasmussen & Williams, 5.22 to 5.24). */
enum pith_status evidence_log(struct evidence *evidence, const double *log_width, double *ret_log, double *gradient,
                              struct pith_error *reterr);

/* The log widths (one a group) at which evidence times the normals is greatest, to some hundredths, from 0 on (BFGS); and from there, each
 * group as far towards `wide` as that is likely by the evidence of it, the others staying. The same problem, the same widths. */
enum pith_status evidence_widths(struct evidence *evidence, double *log_width, struct pith_error *reterr);

#endif
