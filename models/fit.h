/* fit: the weights that make  Σ_i c_i loss_i(row_i · w) + ½ Σ_j precision_j w_j²  smallest.
 *
 * Newton's method with conjugate gradients (Lin, Weng & Keerthi 2008), preconditioned by the prior. The objective is convex;
 * with every precision > 0 the minimum is unique, so the result does not depend on the start. */
#ifndef PITH_MODELS_FIT_H
#define PITH_MODELS_FIT_H

#include "models/loss.h"
#include "models/sparse.h"

#include <stdbool.h>

struct fit_problem {
    const struct sparse *rows;      /* each observation's row, sign included: a down's row is the negated paper */
    const double *weight;           /* c_i > 0, one a row */
    const struct loss *const *loss; /* one a row */
    const double *precision;        /* prior precision (1/variance) of every column, > 0 */
};

struct fit_options {
    double tolerance; /* stop at this Euclidean norm of the gradient; 1e-6 is pith's */
    int max_newton;   /* Newton steps; 100 is ample */
};

struct fit_result {
    double objective, gradient_norm;
    int newton_steps, products; /* Hessian-vector products */
    bool converged;             /* not to is an answer, not an error */
};

/* PITH_USAGE for numbers that are not finite or not positive where they must be; PITH_NOMEM. `w` (columns numbers) is the start
 * and, on success, the result. No rows: w = 0. */
enum pith_status fit_minimise(const struct fit_problem *problem, const struct fit_options *options, double *w,
                              struct fit_result *ret_result, struct pith_error *reterr);

/* The objective at w; gradient (columns numbers) may be NULL. */
double fit_objective(const struct fit_problem *problem, const double *w, double *gradient);
/* Hessian at w times v. `scratch` holds rows numbers. */
void fit_hessian_multiply(const struct fit_problem *problem, const double *w, const double *v, double *hv, double *scratch);

#endif
