#include "models/fit.h"

#include "models/vectors.h"

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
        sparse_add_row_to(rows, row, problem->weight[row] * problem->loss[row]->slope(margin), gradient);
    }
    for (size_t j = 0; j < rows->columns; j++) {
        objective += 0.5 * problem->precision[j] * w[j] * w[j];
        if (gradient)
            gradient[j] += problem->precision[j] * w[j];
    }
    return objective;
}

static void curvatures(const struct fit_problem *problem, const double *margin, double *d)
{
    for (size_t row = 0; row < problem->rows->rows; row++)
        d[row] = problem->weight[row] * problem->loss[row]->curvature(margin[row]);
}

static void multiply(const struct fit_problem *problem, const double *d, const double *v, double *hv)
{
    sparse_gram_multiply(problem->rows, d, v, hv);
    for (size_t j = 0; j < problem->rows->columns; j++)
        hv[j] += problem->precision[j] * v[j];
}

void fit_hessian_multiply(const struct fit_problem *problem, const double *w, const double *v, double *hv, double *scratch)
{
    sparse_multiply(problem->rows, w, scratch);
    curvatures(problem, scratch, scratch);
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
    double *gradient, *step, *residual, *direction, *product, *preconditioner; /* columns each */
    double *margin, *along, *trial, *d; /* rows each: w·row, step·row, what a step makes of w·row, curvatures */
};

static void workspace_clear(struct workspace *work)
{
    free(work->memory);
}

static enum pith_status make_workspace(const struct fit_problem *problem, struct workspace *work, struct pith_error *reterr)
{
    size_t columns = problem->rows->columns, rows = problem->rows->rows;
    double *at = work->memory = pith_calloc(6 * columns + 4 * rows, sizeof *work->memory);
    if (!at)
        return pith_no_memory(reterr);
    work->gradient = at;
    work->step = at += columns;
    work->residual = at += columns;
    work->direction = at += columns;
    work->product = at += columns;
    work->preconditioner = at += columns;
    work->margin = at += columns;
    work->along = at += rows;
    work->trial = at += rows;
    work->d = at + rows;
    return PITH_OK;
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
        double alpha = rho / vectors_dot(work->direction, work->product, n);
        vectors_add(work->step, alpha, work->direction, n);
        vectors_add(work->residual, -alpha, work->product, n);
        double square = vectors_dot(work->residual, work->residual, n);
        double next = vectors_weighted_square(work->preconditioner, work->residual, n);
        if (sqrt(square) <= enough)
            break;
        double beta = next / rho;
        rho = next;
        for (size_t j = 0; j < n; j++)
            work->direction[j] = work->preconditioner[j] * work->residual[j] + beta * work->direction[j];
    }
    return products;
}

/* What the data say against w at these margins. */
static double data_loss(const struct fit_problem *problem, const double *margin)
{
    double sum = 0;
    for (size_t row = 0; row < problem->rows->rows; row++)
        sum += problem->weight[row] * problem->loss[row]->value(margin[row]);
    return sum;
}

/* Backtracks from the full step. False when no decrease can be seen any more: rounding's floor. The prior's share of the objective is a
 * parabola along the step, and the margins a line: a trial costs no pass over the columns. */
static bool line_search(const struct fit_problem *problem, struct workspace *work, double *w, double *objective)
{
    size_t n = problem->rows->columns, rows = problem->rows->rows;
    double slope = vectors_dot(work->gradient, work->step, n), length = 1, linear = 0;
    double quadratic = vectors_weighted_square(problem->precision, work->step, n), before = data_loss(problem, work->margin);
    for (size_t j = 0; j < n; j++)
        linear += problem->precision[j] * w[j] * work->step[j];
    sparse_multiply(problem->rows, work->step, work->along);
    for (int halving = 0; halving < MAX_HALVINGS && slope < 0; halving++, length *= 0.5) {
        for (size_t row = 0; row < rows; row++)
            work->trial[row] = work->margin[row] + length * work->along[row];
        double change = data_loss(problem, work->trial) - before + length * (linear + 0.5 * length * quadratic);
        /* near the minimum the decrease drowns in rounding: take the full Newton step then */
        if (change <= ARMIJO * length * slope || -slope < 1e-13 * (1 + fabs(*objective))) {
            vectors_add(w, length, work->step, n);
            memcpy(work->margin, work->trial, rows * sizeof *work->margin);
            *objective += change;
            return true;
        }
    }
    return false;
}

/* Of what fit_objective says, the gradient, from the margins. */
static void find_gradient(const struct fit_problem *problem, const double *w, const double *margin, double *gradient)
{
    for (size_t j = 0; j < problem->rows->columns; j++)
        gradient[j] = problem->precision[j] * w[j];
    for (size_t row = 0; row < problem->rows->rows; row++)
        sparse_add_row_to(problem->rows, row, problem->weight[row] * problem->loss[row]->slope(margin[row]), gradient);
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
    result.objective = fit_objective(problem, w, NULL);
    sparse_multiply(problem->rows, w, work.margin);
    for (;;) {
        find_gradient(problem, w, work.margin, work.gradient);
        result.gradient_norm = sqrt(vectors_dot(work.gradient, work.gradient, n));
        result.converged = result.gradient_norm <= options->tolerance;
        if (result.converged || result.newton_steps == options->max_newton)
            break;
        curvatures(problem, work.margin, work.d);
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
