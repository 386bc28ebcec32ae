#include "models/fit.h"

#include <criterion/criterion.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>

enum { ROWS = 30, COLUMNS = 12 };

struct sample { /* a problem with random rows of both losses, difference rows among them */
    struct sparse papers, rows;
    double weight[ROWS], precision[COLUMNS];
    const struct loss *loss[ROWS];
    struct fit_problem problem;
};

static double uniform(void)
{
    return (double)rand() / RAND_MAX;
}

static void make(struct sample *sample, unsigned seed)
{
    srand(seed);
    sparse_init(&sample->papers, COLUMNS);
    sparse_init(&sample->rows, COLUMNS);
    for (int i = 0; i < ROWS; i++) {
        uint32_t column[COLUMNS];
        double value[COLUMNS];
        size_t count = 0;
        for (uint32_t j = 0; j < COLUMNS; j++) {
            if (uniform() < 0.5) {
                column[count] = j;
                value[count++] = uniform() - 0.3;
            }
        }
        cr_assert_eq(sparse_add_row(&sample->papers, column, value, count, NULL), PITH_OK);
    }
    for (size_t i = 0; i < ROWS; i++) {
        bool pair = i % 3 == 0;
        enum pith_status status = pair ? sparse_add_difference(&sample->rows, &sample->papers, i, (i + 7) % ROWS, NULL)
                                       : sparse_add_scaled(&sample->rows, &sample->papers, i, i % 2 ? 1 : -1, NULL);
        cr_assert_eq(status, PITH_OK);
        sample->loss[i] = pair ? &loss_bradley_terry : &loss_logistic;
        sample->weight[i] = 0.2 + uniform();
    }
    for (int j = 0; j < COLUMNS; j++)
        sample->precision[j] = 0.5 + uniform();
    sample->problem = (struct fit_problem){&sample->rows, sample->weight, sample->loss, sample->precision};
}

static void done(struct sample *sample)
{
    sparse_clear(&sample->papers);
    sparse_clear(&sample->rows);
}

static const struct fit_options exact = {.tolerance = 1e-9, .max_newton = 100};

Test(fit, gradient_agrees_with_differences)
{
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct sample sample;
        double w[COLUMNS], gradient[COLUMNS], h = 1e-6;
        make(&sample, seed);
        for (int j = 0; j < COLUMNS; j++)
            w[j] = 4 * uniform() - 2;
        fit_objective(&sample.problem, w, gradient);
        for (int j = 0; j < COLUMNS; j++) {
            double at = w[j];
            w[j] = at + h;
            double up = fit_objective(&sample.problem, w, NULL);
            w[j] = at - h;
            double down = fit_objective(&sample.problem, w, NULL);
            w[j] = at;
            cr_expect_float_eq((up - down) / (2 * h), gradient[j], 1e-6);
        }
        done(&sample);
    }
}

Test(fit, hessian_products_agree_with_differences_of_gradients)
{
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct sample sample;
        double w[COLUMNS], v[COLUMNS], shifted[COLUMNS], up[COLUMNS], down[COLUMNS], hv[COLUMNS], scratch[ROWS], h = 1e-5;
        make(&sample, seed);
        for (int j = 0; j < COLUMNS; j++) {
            w[j] = uniform() - 0.5;
            v[j] = uniform() - 0.5;
        }
        fit_hessian_multiply(&sample.problem, w, v, hv, scratch);
        for (int j = 0; j < COLUMNS; j++)
            shifted[j] = w[j] + h * v[j];
        fit_objective(&sample.problem, shifted, up);
        for (int j = 0; j < COLUMNS; j++)
            shifted[j] = w[j] - h * v[j];
        fit_objective(&sample.problem, shifted, down);
        for (int j = 0; j < COLUMNS; j++)
            cr_expect_float_eq((up[j] - down[j]) / (2 * h), hv[j], 1e-6);
        done(&sample);
    }
}

Test(fit, minimum_does_not_depend_on_the_start)
{
    struct sample sample;
    struct fit_result result;
    double a[COLUMNS] = {0}, b[COLUMNS];
    make(&sample, 3);
    for (int j = 0; j < COLUMNS; j++)
        b[j] = 20 * uniform() - 10;
    cr_assert_eq(fit_minimise(&sample.problem, &exact, a, &result, NULL), PITH_OK);
    cr_expect(result.converged);
    cr_assert_eq(fit_minimise(&sample.problem, &exact, b, &result, NULL), PITH_OK);
    cr_expect(result.converged);
    for (int j = 0; j < COLUMNS; j++)
        cr_expect_float_eq(a[j], b[j], 1e-7);
    done(&sample);
}

static double gsl_value(const gsl_vector *w, void *problem)
{
    return fit_objective(problem, w->data, NULL);
}

static void gsl_slope(const gsl_vector *w, void *problem, gsl_vector *gradient)
{
    fit_objective(problem, w->data, gradient->data);
}

static void gsl_both(const gsl_vector *w, void *problem, double *value, gsl_vector *gradient)
{
    *value = fit_objective(problem, w->data, gradient->data);
}

Test(fit, agrees_with_gsl_bfgs2)
{
    struct sample sample;
    struct fit_result result;
    double w[COLUMNS] = {0};
    make(&sample, 5);
    cr_assert_eq(fit_minimise(&sample.problem, &exact, w, &result, NULL), PITH_OK);
    gsl_multimin_function_fdf function = {gsl_value, gsl_slope, gsl_both, COLUMNS, &sample.problem};
    gsl_vector *start = gsl_vector_calloc(COLUMNS);
    gsl_multimin_fdfminimizer *minimizer = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, COLUMNS);
    gsl_multimin_fdfminimizer_set(minimizer, &function, start, 0.1, 0.1);
    for (int i = 0; i < 200 && gsl_multimin_fdfminimizer_iterate(minimizer) == 0; i++)
        ;
    for (size_t j = 0; j < COLUMNS; j++)
        cr_expect_float_eq(w[j], gsl_vector_get(minimizer->x, j), 1e-4);
    gsl_multimin_fdfminimizer_free(minimizer);
    gsl_vector_free(start);
    done(&sample);
}

Test(fit, narrow_prior_gives_the_centroid_rule)
{
    struct sparse rows;
    struct fit_result result;
    sparse_init(&rows, 3);
    /* two ups, one down (negated); weights balance the classes */
    cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){0, 1}, (double[]){0.6, 0.8}, 2, NULL), PITH_OK);
    cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){0}, (double[]){1}, 1, NULL), PITH_OK);
    cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){1, 2}, (double[]){-0.8, -0.6}, 2, NULL), PITH_OK);
    const struct loss *loss[] = {&loss_logistic, &loss_logistic, &loss_logistic};
    double weight[] = {0.5, 0.5, 1}, precision[] = {1e6, 1e6, 1e6}, w[3] = {0};
    struct fit_problem problem = {&rows, weight, loss, precision};
    cr_assert_eq(fit_minimise(&problem, &(struct fit_options){1e-12, 100}, w, &result, NULL), PITH_OK);
    double centroid[] = {0.8, 0.4 - 0.8, -0.6};
    for (int j = 0; j < 3; j++)
        cr_expect_float_eq(w[j] / w[0], centroid[j] / centroid[0], 1e-5);
    sparse_clear(&rows);
}

Test(fit, separable_votes_give_finite_weights)
{
    struct sparse rows;
    struct fit_result result;
    sparse_init(&rows, 1);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){0}, (double[]){1}, 1, NULL), PITH_OK);
    const struct loss *loss[50];
    double weight[50], precision = 1e-6, w = 0;
    for (int i = 0; i < 50; i++) {
        loss[i] = &loss_logistic;
        weight[i] = 1;
    }
    struct fit_problem problem = {&rows, weight, loss, &precision};
    cr_assert_eq(fit_minimise(&problem, &exact, &w, &result, NULL), PITH_OK);
    cr_expect(result.converged);
    cr_expect(w > 10 && isfinite(w));
    sparse_clear(&rows);
}

Test(fit, refuses_numbers_that_are_none)
{
    struct sample sample;
    struct fit_result result;
    struct pith_error error;
    double w[COLUMNS] = {0};
    make(&sample, 1);
    sample.precision[3] = 0;
    cr_expect_eq(fit_minimise(&sample.problem, &exact, w, &result, &error), PITH_USAGE);
    sample.precision[3] = 1;
    sample.weight[2] = NAN;
    cr_expect_eq(fit_minimise(&sample.problem, &exact, w, &result, &error), PITH_USAGE);
    done(&sample);
}

Test(fit, no_observation_leaves_the_prior)
{
    struct sparse rows;
    struct fit_result result;
    double precision[2] = {1, 1}, w[2] = {3, 4};
    sparse_init(&rows, 2);
    struct fit_problem problem = {&rows, NULL, NULL, precision};
    cr_assert_eq(fit_minimise(&problem, &exact, w, &result, NULL), PITH_OK);
    cr_expect(w[0] == 0 && w[1] == 0 && result.converged);
}
