#include "../models/posterior.h"

#include <criterion/criterion.h>
#include <math.h>

/* Two observations of two weights: everything can be written out. */
struct small {
    struct sparse rows;
    double weight[2], precision[2], w[2];
    const struct loss *loss[2];
    struct fit_problem problem;
};

static void make(struct small *small)
{
    struct fit_result result;
    *small = (struct small){.weight = {1, 2}, .precision = {0.5, 2}, .loss = {&loss_logistic, &loss_logistic}};
    sparse_init(&small->rows, 2);
    cr_assert_eq(sparse_add_row(&small->rows, (uint32_t[]){0, 1}, (double[]){1, 0.5}, 2, NULL), PITH_OK);
    cr_assert_eq(sparse_add_row(&small->rows, (uint32_t[]){0, 1}, (double[]){-0.5, 1}, 2, NULL), PITH_OK);
    small->problem = (struct fit_problem){&small->rows, small->weight, small->loss, small->precision};
    cr_assert_eq(fit_minimise(&small->problem, &(struct fit_options){1e-10, 100}, small->w, &result, NULL), PITH_OK);
}

/* The Hessian at w, column by column. */
static void hessian(const struct small *small, double h[2][2])
{
    double scratch[2], column[2];
    for (int j = 0; j < 2; j++) {
        double unit[2] = {j == 0, j == 1};
        fit_hessian_multiply(&small->problem, small->w, unit, column, scratch);
        h[0][j] = column[0];
        h[1][j] = column[1];
    }
}

Test(posterior, variance_is_that_of_the_inverse_hessian)
{
    struct small small;
    struct posterior *posterior;
    double h[2][2];
    make(&small);
    hessian(&small, h);
    cr_assert_eq(posterior_new(&small.problem, small.w, &posterior, NULL), PITH_OK);
    double x[2] = {0.3, -0.7}, det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
    double expected = (x[0] * x[0] * h[1][1] - 2 * x[0] * x[1] * h[0][1] + x[1] * x[1] * h[0][0]) / det;
    cr_expect_float_eq(posterior_variance(posterior, (uint32_t[]){0, 1}, x, 2), expected, 1e-10);
    cr_expect_float_eq(posterior_variance(posterior, (uint32_t[]){0, 1}, x, 2), expected, 1e-10, "asking changes nothing");
    posterior_free(posterior);
    sparse_clear(&small.rows);
}

Test(posterior, draws_vary_as_much_as_is_not_known)
{
    enum { DRAWS = 20000 };
    struct small small;
    struct posterior *posterior;
    make(&small);
    cr_assert_eq(posterior_new(&small.problem, small.w, &posterior, NULL), PITH_OK);
    double x[2] = {0.3, -0.7}, deviation[2], again[2], sum = 0, squares = 0;
    double variance = posterior_variance(posterior, (uint32_t[]){0, 1}, x, 2);
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        posterior_draw(posterior, seed, deviation);
        double moved = x[0] * deviation[0] + x[1] * deviation[1];
        sum += moved;
        squares += moved * moved;
    }
    cr_expect_float_eq(sum / DRAWS, 0, 5 * sqrt(variance / DRAWS));
    cr_expect_float_eq(squares / DRAWS, variance, 5 * variance * sqrt(2.0 / DRAWS), "five standard errors");
    posterior_draw(posterior, DRAWS - 1, again);
    cr_expect_arr_eq(again, deviation, sizeof again, "the same seed");
    cr_expect_float_eq(posterior_variance(posterior, (uint32_t[]){0, 1}, x, 2), variance, 1e-12, "drawing changes nothing");
    posterior_free(posterior);
    sparse_clear(&small.rows);
}

Test(posterior, evidence_is_laplaces_in_the_primal)
{
    struct small small;
    double h[2][2], evidence;
    make(&small);
    hessian(&small, h);
    double det = h[0][0] * h[1][1] - h[0][1] * h[1][0], prior = small.precision[0] * small.precision[1];
    cr_assert_eq(posterior_log_evidence(&small.problem, small.w, &evidence, NULL), PITH_OK);
    cr_expect_float_eq(evidence, -fit_objective(&small.problem, small.w, NULL) - 0.5 * log(det / prior), 1e-10);
    sparse_clear(&small.rows);
}

Test(posterior, averaging_pulls_towards_a_half)
{
    cr_expect_float_eq(posterior_mean_probability(0, 4), 0.5, 1e-12);
    cr_expect(posterior_mean_probability(2, 4) < posterior_mean_probability(2, 0));
    cr_expect_float_eq(posterior_mean_probability(2, 0), loss_sigmoid(2), 1e-12);
}
