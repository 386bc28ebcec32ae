#include "evidence.h"

#include "blas.h"

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

struct evidence {
    const struct fit_problem *problem;
    const struct evidence_groups *groups;
    size_t n;
    double *
        part; /* n x n kernel of each group, then that of the fixed columns; of all symmetric matrices here the lower half counts */
    double *kernel;                              /* their sum, each times its width */
    double *factor;                              /* Cholesky's of B = I + W^½ K W^½ */
    double *whitened, *held;                     /* n x n: factor⁻¹ W^½; and R = W^½ B⁻¹ W^½ = whitenedᵀ whitened */
    double *alpha, *margin;                      /* the fit in the dual: margins = K alpha; the next fit starts from it */
    double *root;                                /* W^½ */
    double *step, *trial, *trial_margin, *moved; /* scratch */
};

void evidence_free(struct evidence *evidence)
{
    if (!evidence)
        return;
    double *all[] = {evidence->part, evidence->kernel, evidence->factor,       evidence->whitened,
                     evidence->held, evidence->alpha,  evidence->margin,       evidence->root,
                     evidence->step, evidence->trial,  evidence->trial_margin, evidence->moved};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(evidence);
}

/* ---- kernels ---- */

/* What row i and the row that `scaled` holds, times the prior variances, have in common in each group. */
static void share(const struct evidence *evidence, size_t i, const double *scaled, double sum[EVIDENCE_FIXED + 1])
{
    const struct sparse *rows = evidence->problem->rows;
    unsigned char group = EVIDENCE_FIXED;
    double run = 0; /* neighbours are mostly of one group */
    for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
        uint32_t column = rows->column[k];
        if (evidence->groups->of[column] != group) {
            sum[group] += run;
            group = evidence->groups->of[column];
            run = 0;
        }
        run += rows->value[k] * scaled[column];
    }
    sum[group] += run;
}

/* Every row with itself and every later one: the first, the background's, is the longest, and is walked through once. `scaled`: a number a
 * column, all 0. */
static void sum_kernels(struct evidence *evidence, double *scaled)
{
    const struct sparse *rows = evidence->problem->rows;
    size_t n = evidence->n, groups = evidence->groups->count;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            scaled[rows->column[k]] = rows->value[k] / evidence->problem->precision[rows->column[k]];
        for (size_t j = i; j < n; j++) {
            double sum[EVIDENCE_FIXED + 1];
            memset(sum, 0, groups * sizeof *sum);
            sum[EVIDENCE_FIXED] = 0;
            share(evidence, j, scaled, sum);
            for (size_t g = 0; g <= groups; g++)
                evidence->part[(g * n + j) * n + i] = sum[g < groups ? g : EVIDENCE_FIXED];
        }
        for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            scaled[rows->column[k]] = 0;
    }
}

static bool in_range(const struct evidence_groups *groups, size_t columns)
{
    bool fine = groups->count <= EVIDENCE_MAX_GROUPS;
    for (size_t j = 0; fine && j < columns; j++)
        fine = groups->of[j] < groups->count || groups->of[j] == EVIDENCE_FIXED;
    return fine;
}

enum pith_status evidence_new(const struct fit_problem *problem, const struct evidence_groups *groups,
                              struct evidence **ret_evidence, struct pith_error *reterr)
{
    size_t n = problem->rows->rows, square = n * n + 1;
    if (n > EVIDENCE_MAX_ROWS || !in_range(groups, problem->rows->columns))
        return pith_fail(reterr, PITH_USAGE, "%zu observations of %zu groups: evidence takes at most %d of %d", n, groups->count,
                         EVIDENCE_MAX_ROWS, EVIDENCE_MAX_GROUPS);
    gsl_set_error_handler_off(); /* the default one aborts */
    AUTO(evidence_free_p) struct evidence *evidence = pith_calloc(1, sizeof *evidence);
    AUTO(pith_free_p) double *scaled = pith_calloc(problem->rows->columns + 1, sizeof *scaled);
    if (!evidence || !scaled)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the widths");
    *evidence = (struct evidence){.problem = problem, .groups = groups, .n = n};
    double **room[] = {&evidence->kernel, &evidence->factor,       &evidence->whitened, &evidence->held,
                       &evidence->alpha,  &evidence->margin,       &evidence->root,     &evidence->step,
                       &evidence->trial,  &evidence->trial_margin, &evidence->moved};
    evidence->part = pith_calloc((groups->count + 1) * square, sizeof *evidence->part);
    for (size_t i = 0; i < sizeof room / sizeof *room; i++)
        if (!evidence->part || !(*room[i] = pith_calloc(i < 4 ? square : n + 1, sizeof **room[i])))
            return pith_fail(reterr, PITH_NOMEM, "out of memory for the widths");
    sum_kernels(evidence, scaled);
    *ret_evidence = TAKE(evidence);
    return PITH_OK;
}

/* ---- the fit, in the dual (Rasmussen & Williams, algorithm 3.1) ---- */

static void multiply(const struct evidence *evidence, double scale, const double *matrix, const double *x, double *y)
{
    int n = (int)evidence->n;
    cblas_dsymv(CblasRowMajor, CblasLower, n, scale, matrix, n, x, 1, 0, y, 1);
}

static double objective(const struct evidence *evidence, const double *alpha, double *margin)
{
    multiply(evidence, 1, evidence->kernel, alpha, margin);
    double sum = 0.5 * cblas_ddot((int)evidence->n, alpha, 1, margin, 1);
    for (size_t i = 0; i < evidence->n; i++)
        sum += evidence->problem->weight[i] * evidence->problem->loss[i]->value(margin[i]);
    return sum;
}

static bool factorise(struct evidence *evidence)
{
    size_t n = evidence->n;
    for (size_t i = 0; i < n; i++)
        evidence->root[i] = sqrt(evidence->problem->weight[i] * evidence->problem->loss[i]->curvature(evidence->margin[i]));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            evidence->factor[i * n + j] = (i == j) + evidence->root[i] * evidence->root[j] * evidence->kernel[i * n + j];
    gsl_matrix_view factor = gsl_matrix_view_array(evidence->factor, n, n);
    return gsl_linalg_cholesky_decomp1(&factor.matrix) == GSL_SUCCESS;
}

/* step: where Newton's method would go from alpha. */
static void find_step(struct evidence *evidence)
{
    size_t n = evidence->n;
    double *want = evidence->step, *solved = evidence->moved;
    for (size_t i = 0; i < n; i++)
        want[i] = evidence->root[i] * evidence->root[i] * evidence->margin[i] -
                  evidence->problem->weight[i] * evidence->problem->loss[i]->slope(evidence->margin[i]);
    multiply(evidence, 1, evidence->kernel, want, solved);
    for (size_t i = 0; i < n; i++)
        solved[i] *= evidence->root[i];
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, evidence->factor, (int)n, solved, 1);
    cblas_dtrsv(CblasRowMajor, CblasLower, CblasTrans, CblasNonUnit, (int)n, evidence->factor, (int)n, solved, 1);
    for (size_t i = 0; i < n; i++)
        want[i] -= evidence->root[i] * solved[i] + evidence->alpha[i];
}

/* Goes as far along the step as the objective does not rise; what it gained. */
static double take_step(struct evidence *evidence, double before)
{
    size_t n = evidence->n;
    double part = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, part /= 2) {
        for (size_t i = 0; i < n; i++)
            evidence->trial[i] = evidence->alpha[i] + part * evidence->step[i];
        double after = objective(evidence, evidence->trial, evidence->trial_margin);
        if (!(after <= before + ROUNDING * (1 + fabs(before))))
            continue;
        memcpy(evidence->alpha, evidence->trial, n * sizeof *evidence->alpha);
        memcpy(evidence->margin, evidence->trial_margin, n * sizeof *evidence->margin);
        return before - after;
    }
    return 0;
}

/* The fit under the kernel; leaves the factor of there. False: a number was not finite. */
static bool refit(struct evidence *evidence, double *ret_objective)
{
    double gained = INFINITY, now = objective(evidence, evidence->alpha, evidence->margin);
    for (int newton = 0; newton < MAX_NEWTON && gained > FIT_GAIN * (1 + fabs(now)); newton++) {
        if (!factorise(evidence))
            return false;
        find_step(evidence);
        gained = take_step(evidence, now);
        now -= gained;
    }
    *ret_objective = now;
    return isfinite(now) && factorise(evidence);
}

/* ---- evidence ---- */

/* whitened, held; and in `moved` what each margin's move does to the evidence through W: -½ (K - K R K)_ii dW_ii. */
static void find_moves(struct evidence *evidence)
{
    size_t n = evidence->n;
    int size = (int)n;
    double *covered = evidence->held; /* first whitened K, whose columns' squares are the diagonal of K R K */
    memset(evidence->whitened, 0, n * n * sizeof *evidence->whitened);
    for (size_t i = 0; i < n; i++)
        evidence->whitened[i * n + i] = evidence->root[i];
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size, size, 1, evidence->factor, size,
                evidence->whitened, size);
    cblas_dsymm(CblasRowMajor, CblasRight, CblasLower, size, size, 1, evidence->kernel, size, evidence->whitened, size, 0, covered,
                size);
    for (size_t i = 0; i < n; i++) {
        double variance = evidence->kernel[i * n + i] - cblas_ddot(size, covered + i, size, covered + i, size);
        evidence->moved[i] = -0.5 * variance * evidence->problem->weight[i] * evidence->problem->loss[i]->bend(evidence->margin[i]);
    }
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, size, size, 1, evidence->whitened, size, 0, evidence->held, size);
}

/* Whether no row has anything in this group: its kernel's diagonal is 0. */
static bool is_empty(const struct evidence *evidence, const double *part)
{
    return cblas_dasum((int)evidence->n, part, (int)evidence->n + 1) <= 0;
}

static double slope_of(struct evidence *evidence, const double *part, double width)
{
    size_t n = evidence->n;
    double *along = evidence->step, *held = evidence->trial, *back = evidence->trial_margin, trace = 0;
    if (is_empty(evidence, part))
        return 0;
    multiply(evidence, width, part, evidence->alpha, along);
    for (size_t i = 0; i < n; i++)
        trace += 2 * cblas_ddot((int)i, evidence->held + i * n, 1, part + i * n, 1) + evidence->held[i * n + i] * part[i * n + i];
    double slope = 0.5 * cblas_ddot((int)n, evidence->alpha, 1, along, 1) - 0.5 * width * trace;
    multiply(evidence, 1, evidence->held, along, held);
    multiply(evidence, 1, evidence->kernel, held, back);
    for (size_t i = 0; i < n; i++)
        slope += evidence->moved[i] * (along[i] - back[i]);
    return slope;
}

static bool find_evidence(struct evidence *evidence, const double *log_width, double *ret_log, double *gradient)
{
    size_t n = evidence->n, groups = evidence->groups->count;
    memcpy(evidence->kernel, evidence->part + groups * n * n, n * n * sizeof *evidence->kernel);
    for (size_t g = 0; g < groups; g++)
        cblas_daxpy((int)(n * n), exp(log_width[g]), evidence->part + g * n * n, 1, evidence->kernel, 1);
    double least = 0;
    if (n && !refit(evidence, &least))
        return false;
    *ret_log = -least;
    for (size_t i = 0; i < n; i++) /* half the log determinant is the sum over the factor's diagonal */
        *ret_log -= log(evidence->factor[i * n + i]);
    if (n && gradient)
        find_moves(evidence);
    for (size_t g = 0; gradient && g < groups; g++)
        gradient[g] = n ? slope_of(evidence, evidence->part + g * n * n, exp(log_width[g])) : 0;
    return true;
}

static enum pith_status no_number(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_USAGE, "the widths cannot be told: a number of the observations is not finite");
}

enum pith_status evidence_log(struct evidence *evidence, const double *log_width, double *ret_log, double *gradient,
                              struct pith_error *reterr)
{
    blas_enter();
    bool found = find_evidence(evidence, log_width, ret_log, gradient);
    blas_leave();
    return found ? PITH_OK : no_number(reterr);
}

/* ---- widths ---- */

/* What the minimiser asks for: -log (evidence · hyperprior) and its gradient. */
static void value_and_slope(const gsl_vector *at, void *user, double *ret_value, gsl_vector *slope)
{
    struct evidence *evidence = user;
    double found = 0;
    if (!find_evidence(evidence, at->data, &found, slope ? slope->data : NULL))
        found = -INFINITY;
    *ret_value = -found;
    for (size_t g = 0; g < evidence->groups->count; g++) {
        double precision = 1 / (evidence->groups->spread[g] * evidence->groups->spread[g]);
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

static void minimise(struct evidence *evidence, gsl_multimin_fdfminimizer *minimizer, gsl_vector *start)
{
    gsl_multimin_function_fdf function = {value_alone, slope_alone, value_and_slope, evidence->groups->count, evidence};
    gsl_multimin_fdfminimizer_set(minimizer, &function, start, FIRST_STEP, LINE_TOLERANCE);
    for (int step = 0; step < MAX_STEPS && gsl_multimin_test_gradient(minimizer->gradient, GRADIENT_DONE) == GSL_CONTINUE; step++)
        if (gsl_multimin_fdfminimizer_iterate(minimizer))
            break; /* no step is better: as good as it gets */
}

/* Each group by itself as far towards its slab as the evidence makes that likely; false: a number was not finite. */
static bool widen(struct evidence *evidence, double *log_width)
{
    const struct evidence_groups *groups = evidence->groups;
    double narrow, wide, at[EVIDENCE_MAX_GROUPS];
    memcpy(at, log_width, groups->count * sizeof *at);
    if (!find_evidence(evidence, at, &narrow, NULL))
        return false;
    for (size_t g = 0; g < groups->count; g++) {
        const double *part = evidence->part + g * evidence->n * evidence->n;
        if (groups->wide[g] <= at[g] || is_empty(evidence, part))
            continue;
        at[g] = groups->wide[g];
        bool found = find_evidence(evidence, at, &wide, NULL);
        at[g] = log_width[g];
        if (!found)
            return false;
        log_width[g] += (groups->wide[g] - at[g]) / (1 + exp(groups->against - (wide - narrow)));
    }
    return true;
}

enum pith_status evidence_widths(struct evidence *evidence, double *log_width, struct pith_error *reterr)
{
    size_t groups = evidence->groups->count;
    memset(log_width, 0, groups * sizeof *log_width);
    if (!groups || !evidence->n)
        return PITH_OK;
    gsl_vector *start = gsl_vector_calloc(groups);
    gsl_multimin_fdfminimizer *minimizer = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, groups);
    bool finite = true;
    if (start && minimizer) {
        blas_enter();
        minimise(evidence, minimizer, start);
        finite = isfinite(minimizer->f);
        for (size_t g = 0; g < groups; g++)
            finite &= isfinite(log_width[g] = gsl_vector_get(minimizer->x, g));
        finite = finite && widen(evidence, log_width);
        blas_leave();
    }
    enum pith_status status = start && minimizer ? PITH_OK : pith_fail(reterr, PITH_NOMEM, "out of memory for the widths");
    gsl_multimin_fdfminimizer_free(minimizer);
    gsl_vector_free(start);
    return status || finite ? status : no_number(reterr);
}
