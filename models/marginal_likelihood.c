#include "models/marginal_likelihood.h"

#include "models/blas.h"

#include <gsl/gsl_cblas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NEWTON = 50, MAX_HALVINGS = 30, MAX_STEPS = 20 };
/* Of the objective: a Newton step that gains less is the last; and what it may seem to lose by rounding, where the log determinant still
 * gains from taking it. */
static const double FIT_GAIN = 1e-9, ROUNDING = 1e-13;
static const double FIRST_STEP = 0.3, LINE_TOLERANCE = 0.1, GRADIENT_DONE = 0.1;

struct marginal_likelihood {
    const struct fit_problem *problem;
    const struct marginal_likelihood_groups *groups;
    size_t n;
    double *
        part; /* n x n kernel of each group, then that of the fixed columns; of all symmetric matrices here the lower half counts */
    double *kernel;                              /* their sum, each times its prior scale */
    double *factor;                              /* Cholesky's of B = I + W^½ K W^½ */
    double *whitened, *held;                     /* n x n: factor⁻¹ W^½; and R = W^½ B⁻¹ W^½ = whitenedᵀ whitened */
    double *alpha, *margin;                      /* the fit in the dual: margins = K alpha; the next fit starts from it */
    double *root;                                /* W^½ */
    double *step, *trial, *trial_margin, *moved; /* scratch */
};

void marginal_likelihood_free(struct marginal_likelihood *marginal_likelihood)
{
    if (!marginal_likelihood)
        return;
    double *all[] = {marginal_likelihood->part,     marginal_likelihood->kernel,       marginal_likelihood->factor,
                     marginal_likelihood->whitened, marginal_likelihood->held,         marginal_likelihood->alpha,
                     marginal_likelihood->margin,   marginal_likelihood->root,         marginal_likelihood->step,
                     marginal_likelihood->trial,    marginal_likelihood->trial_margin, marginal_likelihood->moved};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(marginal_likelihood);
}

/* ---- kernels ---- */

/* What row i and the row that `scaled` holds, times the prior variances, have in common in each group. */
static void share(const struct marginal_likelihood *marginal_likelihood, size_t i, const double *scaled,
                  double sum[MARGINAL_LIKELIHOOD_FIXED + 1])
{
    const struct sparse *rows = marginal_likelihood->problem->rows;
    unsigned char group = MARGINAL_LIKELIHOOD_FIXED;
    double run = 0; /* neighbours are mostly of one group */
    for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
        uint32_t column = rows->column[k];
        if (marginal_likelihood->groups->of[column] != group) {
            sum[group] += run;
            group = marginal_likelihood->groups->of[column];
            run = 0;
        }
        run += rows->value[k] * scaled[column];
    }
    sum[group] += run;
}

/* Every row with itself and every later one: the first, the background's, is the longest, and is walked through once. `scaled`: a number a
 * column, all 0. */
static void sum_kernels(struct marginal_likelihood *marginal_likelihood, double *scaled)
{
    const struct sparse *rows = marginal_likelihood->problem->rows;
    size_t n = marginal_likelihood->n, groups = marginal_likelihood->groups->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            scaled[rows->column[k]] = rows->value[k] / marginal_likelihood->problem->precision[rows->column[k]];
        for (size_t j = i; j < n; j++) {
            double sum[MARGINAL_LIKELIHOOD_FIXED + 1];
            memset(sum, 0, groups * sizeof *sum);
            sum[MARGINAL_LIKELIHOOD_FIXED] = 0;
            share(marginal_likelihood, j, scaled, sum);
            for (size_t g = 0; g <= groups; g++)
                marginal_likelihood->part[(g * n + j) * n + i] = sum[g < groups ? g : MARGINAL_LIKELIHOOD_FIXED];
        }
        for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            scaled[rows->column[k]] = 0;
    }
}

static bool in_range(const struct marginal_likelihood_groups *groups, size_t columns)
{
    bool fine = groups->count <= MARGINAL_LIKELIHOOD_MAX_GROUPS;
    for (size_t j = 0; fine && j < columns; j++)
        fine = groups->of[j] < groups->count || groups->of[j] == MARGINAL_LIKELIHOOD_FIXED;
    return fine;
}

enum pith_status marginal_likelihood_new(const struct fit_problem *problem, const struct marginal_likelihood_groups *groups,
                                         struct marginal_likelihood **ret_evidence, struct pith_error *reterr)
{
    size_t n = problem->rows->rows, square = n * n + 1;
    if (n > MARGINAL_LIKELIHOOD_MAX_ROWS || !in_range(groups, problem->rows->columns))
        return pith_fail(reterr, PITH_USAGE, "%zu observations of %zu groups: the marginal likelihood takes at most %d of %d", n,
                         groups->count, MARGINAL_LIKELIHOOD_MAX_ROWS, MARGINAL_LIKELIHOOD_MAX_GROUPS);
    gsl_set_error_handler_off(); /* the default one aborts */
    PITH_AUTO(marginal_likelihood_free_p)
    struct marginal_likelihood *marginal_likelihood = pith_calloc(1, sizeof *marginal_likelihood);
    PITH_AUTO(pith_free_p) double *scaled = pith_calloc(problem->rows->columns + 1, sizeof *scaled);
    if (!marginal_likelihood || !scaled)
        return pith_no_memory(reterr);
    *marginal_likelihood = (struct marginal_likelihood){.problem = problem, .groups = groups, .n = n};
    double **room[] = {&marginal_likelihood->kernel,       &marginal_likelihood->factor, &marginal_likelihood->whitened,
                       &marginal_likelihood->held,         &marginal_likelihood->alpha,  &marginal_likelihood->margin,
                       &marginal_likelihood->root,         &marginal_likelihood->step,   &marginal_likelihood->trial,
                       &marginal_likelihood->trial_margin, &marginal_likelihood->moved};
    marginal_likelihood->part = pith_calloc((groups->count + 1) * square, sizeof *marginal_likelihood->part);
    for (size_t i = 0; i < sizeof room / sizeof *room; i++)
        if (!marginal_likelihood->part || !(*room[i] = pith_calloc(i < 4 ? square : n + 1, sizeof **room[i])))
            return pith_no_memory(reterr);
    sum_kernels(marginal_likelihood, scaled);
    *ret_evidence = PITH_TAKE(marginal_likelihood);
    return PITH_OK;
}

/* ---- the fit, in the dual (Rasmussen & Williams, algorithm 3.1) ---- */

static void multiply(const struct marginal_likelihood *marginal_likelihood, double scale, const double *matrix, const double *x,
                     double *y)
{
    int n = (int)marginal_likelihood->n;
    cblas_dsymv(CblasRowMajor, CblasLower, n, scale, matrix, n, x, 1, 0, y, 1);
}

static double objective(const struct marginal_likelihood *marginal_likelihood, const double *alpha, double *margin)
{
    multiply(marginal_likelihood, 1, marginal_likelihood->kernel, alpha, margin);
    double sum = 0.5 * cblas_ddot((int)marginal_likelihood->n, alpha, 1, margin, 1);
    for (size_t i = 0; i < marginal_likelihood->n; i++)
        sum += marginal_likelihood->problem->weight[i] * marginal_likelihood->problem->loss[i]->value(margin[i]);
    return sum;
}

static bool factorise(struct marginal_likelihood *marginal_likelihood)
{
    size_t n = marginal_likelihood->n;
    for (size_t i = 0; i < n; i++)
        marginal_likelihood->root[i] = sqrt(marginal_likelihood->problem->weight[i] *
                                            marginal_likelihood->problem->loss[i]->curvature(marginal_likelihood->margin[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            marginal_likelihood->factor[i * n + j] = (i == j) + marginal_likelihood->root[i] * marginal_likelihood->root[j] *
                                                                    marginal_likelihood->kernel[i * n + j];
    gsl_matrix_view factor = gsl_matrix_view_array(marginal_likelihood->factor, n, n);
    return gsl_linalg_cholesky_decomp1(&factor.matrix) == GSL_SUCCESS;
}

/* step: where Newton's method would go from alpha. */
static void find_step(struct marginal_likelihood *marginal_likelihood)
{
    size_t n = marginal_likelihood->n;
    double *want = marginal_likelihood->step, *solved = marginal_likelihood->moved;
    for (size_t i = 0; i < n; i++)
        want[i] = marginal_likelihood->root[i] * marginal_likelihood->root[i] * marginal_likelihood->margin[i] -
                  marginal_likelihood->problem->weight[i] *
                      marginal_likelihood->problem->loss[i]->slope(marginal_likelihood->margin[i]);
    multiply(marginal_likelihood, 1, marginal_likelihood->kernel, want, solved);
    for (size_t i = 0; i < n; i++)
        solved[i] *= marginal_likelihood->root[i];
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, marginal_likelihood->factor, (int)n, solved, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (int)n, marginal_likelihood->factor, (int)n, solved, 1);
    for (size_t i = 0; i < n; i++)
        want[i] -= marginal_likelihood->root[i] * solved[i] + marginal_likelihood->alpha[i];
}

/* Goes as far along the step as the objective does not rise; what it gained. */
static double take_step(struct marginal_likelihood *marginal_likelihood, double before)
{
    size_t n = marginal_likelihood->n;
    double part = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, part /= 2) {
        for (size_t i = 0; i < n; i++)
            marginal_likelihood->trial[i] = marginal_likelihood->alpha[i] + part * marginal_likelihood->step[i];
        double after = objective(marginal_likelihood, marginal_likelihood->trial, marginal_likelihood->trial_margin);
        if (!(after <= before + ROUNDING * (1 + fabs(before))))
            continue;
        memcpy(marginal_likelihood->alpha, marginal_likelihood->trial, n * sizeof *marginal_likelihood->alpha);
        memcpy(marginal_likelihood->margin, marginal_likelihood->trial_margin, n * sizeof *marginal_likelihood->margin);
        return before - after;
    }
    return 0;
}

/* The fit under the kernel; leaves the factor of there. False: a number was not finite. */
static bool refit(struct marginal_likelihood *marginal_likelihood, double *ret_objective)
{
    double gained = INFINITY, now = objective(marginal_likelihood, marginal_likelihood->alpha, marginal_likelihood->margin);
    for (int newton = 0; newton < MAX_NEWTON && gained > FIT_GAIN * (1 + fabs(now)); newton++) {
        if (!factorise(marginal_likelihood))
            return false;
        find_step(marginal_likelihood);
        gained = take_step(marginal_likelihood, now);
        now -= gained;
    }
    *ret_objective = now;
    return isfinite(now) && factorise(marginal_likelihood);
}

/* ---- the marginal likelihood ---- */

/* whitened, held; and in `moved` what each margin's move does to the marginal likelihood through W: -½ (K - K R K)_ii dW_ii. */
static void find_moves(struct marginal_likelihood *marginal_likelihood)
{
    size_t n = marginal_likelihood->n;
    int size = (int)n;
    double *covered = marginal_likelihood->held; /* first whitened K, whose columns' squares are the diagonal of K R K */
    memset(marginal_likelihood->whitened, 0, n * n * sizeof *marginal_likelihood->whitened);
    for (size_t i = 0; i < n; i++)
        marginal_likelihood->whitened[i * n + i] = marginal_likelihood->root[i];
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size, size, 1, marginal_likelihood->factor, size,
                marginal_likelihood->whitened, size);
    cblas_dsymm(CblasRowMajor, CblasRight, CblasLower, size, size, 1, marginal_likelihood->kernel, size,
                marginal_likelihood->whitened, size, 0, covered, size);
    for (size_t i = 0; i < n; i++) {
        double variance = marginal_likelihood->kernel[i * n + i] - cblas_ddot(size, covered + i, size, covered + i, size);
        marginal_likelihood->moved[i] = -0.5 * variance * marginal_likelihood->problem->weight[i] *
                                        marginal_likelihood->problem->loss[i]->bend(marginal_likelihood->margin[i]);
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, size, size, 1, marginal_likelihood->whitened, size, 0,
                marginal_likelihood->held, size);
}

/* Whether no row has anything in this group: its kernel's diagonal is 0. */
static bool is_empty(const struct marginal_likelihood *marginal_likelihood, const double *part)
{
    return cblas_dasum((int)marginal_likelihood->n, part, (int)marginal_likelihood->n + 1) <= 0;
}

static double slope_of(struct marginal_likelihood *marginal_likelihood, const double *part, double prior_scale)
{
    size_t n = marginal_likelihood->n;
    double *along = marginal_likelihood->step, *held = marginal_likelihood->trial, *back = marginal_likelihood->trial_margin,
           trace = 0;
    if (is_empty(marginal_likelihood, part))
        return 0;
    multiply(marginal_likelihood, prior_scale, part, marginal_likelihood->alpha, along);
    for (size_t i = 0; i < n; i++)
        trace += 2 * cblas_ddot((int)i, marginal_likelihood->held + i * n, 1, part + i * n, 1) +
                 marginal_likelihood->held[i * n + i] * part[i * n + i];
    double slope = 0.5 * cblas_ddot((int)n, marginal_likelihood->alpha, 1, along, 1) - 0.5 * prior_scale * trace;
    multiply(marginal_likelihood, 1, marginal_likelihood->held, along, held);
    multiply(marginal_likelihood, 1, marginal_likelihood->kernel, held, back);
    for (size_t i = 0; i < n; i++)
        slope += marginal_likelihood->moved[i] * (along[i] - back[i]);
    return slope;
}

static bool find_evidence(struct marginal_likelihood *marginal_likelihood, const double *log_prior_scale, double *ret_log,
                          double *gradient)
{
    size_t n = marginal_likelihood->n, groups = marginal_likelihood->groups->count;
    memcpy(marginal_likelihood->kernel, marginal_likelihood->part + groups * n * n, n * n * sizeof *marginal_likelihood->kernel);
    for (size_t g = 0; g < groups; g++)
        cblas_daxpy((int)(n * n), exp(log_prior_scale[g]), marginal_likelihood->part + g * n * n, 1, marginal_likelihood->kernel,
                    1);
    double least = 0;
    if (n && !refit(marginal_likelihood, &least))
        return false;
    *ret_log = -least;
    for (size_t i = 0; i < n; i++) /* half the log determinant is the sum over the factor's diagonal */
        *ret_log -= log(marginal_likelihood->factor[i * n + i]);
    if (n && gradient)
        find_moves(marginal_likelihood);
    for (size_t g = 0; gradient && g < groups; g++)
        gradient[g] = n ? slope_of(marginal_likelihood, marginal_likelihood->part + g * n * n, exp(log_prior_scale[g])) : 0;
    return true;
}

static enum pith_status no_number(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_USAGE, "the prior scales cannot be told: a number of the observations is not finite");
}

enum pith_status marginal_likelihood_log(struct marginal_likelihood *marginal_likelihood, const double *log_prior_scale,
                                         double *ret_log, double *gradient, struct pith_error *reterr)
{
    blas_enter();
    bool found = find_evidence(marginal_likelihood, log_prior_scale, ret_log, gradient);
    blas_leave();
    return found ? PITH_OK : no_number(reterr);
}

/* ---- prior scales ---- */

/* What the minimiser asks for: -log (marginal likelihood · hyperprior) and its gradient. */
static void value_and_slope(const gsl_vector *at, void *user, double *ret_value, gsl_vector *slope)
{
    struct marginal_likelihood *marginal_likelihood = user;
    double found = 0;
    if (!find_evidence(marginal_likelihood, at->data, &found, slope ? slope->data : NULL))
        found = -INFINITY;
    *ret_value = -found;
    for (size_t g = 0; g < marginal_likelihood->groups->count; g++) {
        double precision = 1 / (marginal_likelihood->groups->spread[g] * marginal_likelihood->groups->spread[g]);
        *ret_value += 0.5 * precision * at->data[g] * at->data[g];
        if (slope)
            slope->data[g] = precision * at->data[g] - slope->data[g];
    }
}

static double value_alone(const gsl_vector *at, void *user)
{
    double value;
    value_and_slope(at, user, &value, NULL);
    return value;
}

static void slope_alone(const gsl_vector *at, void *user, gsl_vector *slope)
{
    double value;
    value_and_slope(at, user, &value, slope);
}

static void minimise(struct marginal_likelihood *marginal_likelihood, gsl_multimin_fdfminimizer *minimizer, gsl_vector *start)
{
    gsl_multimin_function_fdf function = {value_alone, slope_alone, value_and_slope, marginal_likelihood->groups->count,
                                          marginal_likelihood};
    gsl_multimin_fdfminimizer_set(minimizer, &function, start, FIRST_STEP, LINE_TOLERANCE);
    for (int step = 0; step < MAX_STEPS && gsl_multimin_test_gradient(minimizer->gradient, GRADIENT_DONE) == GSL_CONTINUE; step++)
        if (gsl_multimin_fdfminimizer_iterate(minimizer))
            break; /* no step is better: as good as it gets */
}

/* Each group by itself as far towards its slab as the marginal likelihood makes that probable; false: a number was not finite. */
static bool widen(struct marginal_likelihood *marginal_likelihood, double *log_prior_scale)
{
    const struct marginal_likelihood_groups *groups = marginal_likelihood->groups;
    double narrow, wide, at[MARGINAL_LIKELIHOOD_MAX_GROUPS];
    memcpy(at, log_prior_scale, groups->count * sizeof *at);
    if (!find_evidence(marginal_likelihood, at, &narrow, NULL))
        return false;
    for (size_t g = 0; g < groups->count; g++) {
        const double *part = marginal_likelihood->part + g * marginal_likelihood->n * marginal_likelihood->n;
        if (groups->wide[g] <= at[g] || is_empty(marginal_likelihood, part))
            continue;
        at[g] = groups->wide[g];
        bool found = find_evidence(marginal_likelihood, at, &wide, NULL);
        at[g] = log_prior_scale[g];
        if (!found)
            return false;
        log_prior_scale[g] += (groups->wide[g] - at[g]) / (1 + exp(groups->against - (wide - narrow)));
    }
    return true;
}

enum pith_status marginal_likelihood_prior_scales(struct marginal_likelihood *marginal_likelihood, double *log_prior_scale,
                                                  struct pith_error *reterr)
{
    size_t groups = marginal_likelihood->groups->count;
    memset(log_prior_scale, 0, groups * sizeof *log_prior_scale);
    if (!groups || !marginal_likelihood->n)
        return PITH_OK;
    gsl_vector *start = gsl_vector_calloc(groups);
    gsl_multimin_fdfminimizer *minimizer = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, groups);
    bool finite = true;
    if (start && minimizer) {
        blas_enter();
        minimise(marginal_likelihood, minimizer, start);
        finite = isfinite(minimizer->f);
        for (size_t g = 0; g < groups; g++)
            finite &= isfinite(log_prior_scale[g] = gsl_vector_get(minimizer->x, g));
        finite = finite && widen(marginal_likelihood, log_prior_scale);
        blas_leave();
    }
    enum pith_status status = start && minimizer ? PITH_OK : pith_no_memory(reterr);
    gsl_multimin_fdfminimizer_free(minimizer);
    gsl_vector_free(start);
    return status || finite ? status : no_number(reterr);
}
