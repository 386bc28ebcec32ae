#include "models/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PRODUCTS = 500, MAX_HALVINGS = 40 };
static const double ARMIJO = 1e-4;
static const double FORCING = 0.1; /* a Newton system is solved to this share of the gradient's norm, and tighter near the end */

double fit_objective(const struct fit_problem *problem, const double *w, double *gradient)
{
    const struct sparse *rows = problem->rows;
    double objective = 0;
    if (gradient)
        memset(gradient, 0, rows->columns * sizeof *gradient);
    for (size_t row = 0; row < rows->rows; row++) {
        double margin = sparse_dot(rows, row, w);
        objective += problem->weight[row] * problem->loss[row]->value(margin);
        if (!gradient)
            continue;
        double slope = problem->weight[row] * problem->loss[row]->slope(margin);
        for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++)
            gradient[rows->column[i]] += slope * rows->value[i];
    }
    for (size_t j = 0; j < rows->columns; j++) {
        objective += 0.5 * problem->precision[j] * w[j] * w[j];
        if (gradient)
            gradient[j] += problem->precision[j] * w[j];
    }
    return objective;
}

static void curvatures(const struct fit_problem *problem, const double *w, double *d)
{
    for (size_t row = 0; row < problem->rows->rows; row++)
        d[row] = problem->weight[row] * problem->loss[row]->curvature(sparse_dot(problem->rows, row, w));
}

static void multiply(const struct fit_problem *problem, const double *d, const double *v, double *hv)
{
    sparse_gram_multiply(problem->rows, d, v, hv);
    for (size_t j = 0; j < problem->rows->columns; j++)
        hv[j] += problem->precision[j] * v[j];
}

void fit_hessian_multiply(const struct fit_problem *problem, const double *w, const double *v, double *hv, double *scratch)
{
    curvatures(problem, w, scratch);
    multiply(problem, scratch, v, hv);
}

static enum pith_status check(const struct fit_problem *problem, struct pith_error *reterr)
{
    for (size_t j = 0; j < problem->rows->columns; j++)
        if (!(problem->precision[j] > 0) || !isfinite(problem->precision[j]))
            return pith_fail(reterr, PITH_USAGE, "prior precision %zu is not a positive number", j);
    for (size_t i = 0; i < problem->rows->rows; i++)
        if (!(problem->weight[i] > 0) || !isfinite(problem->weight[i]))
            return pith_fail(reterr, PITH_USAGE, "the weight of observation %zu is not a positive number", i);
    for (size_t i = 0; problem->rows->rows && i < problem->rows->start[problem->rows->rows]; i++)
        if (!isfinite(problem->rows->value[i]))
            return pith_fail(reterr, PITH_USAGE, "value %zu of the observations is not finite", i);
    return PITH_OK;
}

struct workspace {
    double *memory;
    double *gradient, *step, *residual, *direction, *product, *trial, *preconditioner; /* columns each */
    double *d;                                                                         /* rows */
};

static void workspace_clear(struct workspace *work)
{
    free(work->memory);
}

static enum pith_status make_workspace(const struct fit_problem *problem, struct workspace *work, struct pith_error *reterr)
{
    size_t columns = problem->rows->columns;
    double *at = work->memory = pith_calloc(7 * columns + problem->rows->rows, sizeof *work->memory);
    if (!at)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for fitting");
    work->gradient = at;
    work->step = at += columns;
    work->residual = at += columns;
    work->direction = at += columns;
    work->product = at += columns;
    work->trial = at += columns;
    work->preconditioner = at += columns;
    work->d = at + columns;
    return PITH_OK;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* 1 / (diagonal of the Hessian). */
static void make_preconditioner(const struct fit_problem *problem, struct workspace *work)
{
    const struct sparse *rows = problem->rows;
    memcpy(work->preconditioner, problem->precision, rows->columns * sizeof *work->preconditioner);
    for (size_t row = 0; row < rows->rows; row++)
        for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++)
            work->preconditioner[rows->column[i]] += work->d[row] * rows->value[i] * rows->value[i];
    for (size_t j = 0; j < rows->columns; j++)
        work->preconditioner[j] = 1.0 / work->preconditioner[j];
}

/* Preconditioned conjugate gradients on H step = -gradient, to norm `enough`. Returns the products made. */
static int solve(const struct fit_problem *problem, struct workspace *work, double enough)
{
    size_t n = problem->rows->columns;
    int products = 0;
    double rho = 0;
    for (size_t j = 0; j < n; j++) {
        work->step[j] = 0;
        work->residual[j] = -work->gradient[j];
        work->direction[j] = work->preconditioner[j] * work->residual[j];
        rho += work->residual[j] * work->direction[j];
    }
    while (products < MAX_PRODUCTS) {
        multiply(problem, work->d, work->direction, work->product);
        products++;
        double alpha = rho / dot(work->direction, work->product, n), square = 0, next = 0;
        for (size_t j = 0; j < n; j++) {
            work->step[j] += alpha * work->direction[j];
            work->residual[j] -= alpha * work->product[j];
            square += work->residual[j] * work->residual[j];
            next += work->residual[j] * work->residual[j] * work->preconditioner[j];
        }
        if (sqrt(square) <= enough)
            break;
        double beta = next / rho;
        rho = next;
        for (size_t j = 0; j < n; j++)
            work->direction[j] = work->preconditioner[j] * work->residual[j] + beta * work->direction[j];
    }
    return products;
}

/* Backtracks from the full step. False when no decrease can be seen any more: rounding's floor. */
static bool line_search(const struct fit_problem *problem, struct workspace *work, double *w, double *objective)
{
    size_t n = problem->rows->columns;
    double slope = dot(work->gradient, work->step, n), length = 1;
    for (int halving = 0; halving < MAX_HALVINGS && slope < 0; halving++, length *= 0.5) {
        for (size_t j = 0; j < n; j++)
            work->trial[j] = w[j] + length * work->step[j];
        double reached = fit_objective(problem, work->trial, NULL);
        /* near the minimum the decrease drowns in rounding: take the full Newton step then */
        if (reached <= *objective + ARMIJO * length * slope || -slope < 1e-13 * (1 + fabs(*objective))) {
            memcpy(w, work->trial, n * sizeof *w);
            *objective = reached;
            return true;
        }
    }
    return false;
}

enum pith_status fit_minimise(const struct fit_problem *problem, const struct fit_options *options, double *w,
                              struct fit_result *ret_result, struct pith_error *reterr)
{
    enum pith_status status = check(problem, reterr);
    PITH_AUTO(workspace_clear) struct workspace work = {0};
    if (!status)
        status = make_workspace(problem, &work, reterr);
    if (status)
        return status;
    struct fit_result result = {0};
    size_t n = problem->rows->columns;
    if (problem->rows->rows == 0)
        memset(w, 0, n * sizeof *w);
    for (;;) {
        result.objective = fit_objective(problem, w, work.gradient);
        result.gradient_norm = sqrt(dot(work.gradient, work.gradient, n));
        result.converged = result.gradient_norm <= options->tolerance;
        if (result.converged || result.newton_steps == options->max_newton)
            break;
        curvatures(problem, w, work.d);
        make_preconditioner(problem, &work);
        double enough = result.gradient_norm * fmin(FORCING, result.gradient_norm);
        result.products += solve(problem, &work, fmax(enough, 0.1 * options->tolerance));
        result.newton_steps++;
        if (!line_search(problem, &work, w, &result.objective))
            break;
    }
    *ret_result = result;
    return PITH_OK;
}
