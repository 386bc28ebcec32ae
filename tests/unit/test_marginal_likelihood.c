#include "models/marginal_likelihood.h"
#include "models/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { COLUMNS = 24, GROUPS = 3, MOST = 300 };

/* Columns 0 to 7 are of group 0, then 8 of group 1, then 4 of group 2; the last four are fixed. */
struct drawn {
    struct sparse rows;
    double weight[MOST], precision[COLUMNS];
    const struct loss *loss[MOST];
    unsigned char of[COLUMNS];
    double spread[GROUPS], wide[GROUPS];
    struct fit_problem problem;
    struct marginal_likelihood_groups groups;
};

static unsigned char group_of(size_t column)
{
    return column < 20 ? (unsigned char)(column / 8) : MARGINAL_LIKELIHOOD_FIXED;
}

/* Votes on random papers, as a logistic reader gives them, by a taste whose parts in the first two groups have these standard deviations. */
static void draw(uint64_t seed, size_t votes, const double taste_of[2], struct drawn *drawn)
{
    struct random random = {seed};
    double taste[COLUMNS];
    uint32_t column[COLUMNS];
    *drawn = (struct drawn){.spread = {2, 2, 2}, .wide = {-INFINITY, -INFINITY, -INFINITY}};
    sparse_init(&drawn->rows, COLUMNS);
    for (size_t j = 0; j < COLUMNS; j++) {
        column[j] = (uint32_t)j;
        drawn->of[j] = group_of(j);
        drawn->precision[j] = j < 8 ? 1 : 2;
        taste[j] = j < 16 ? taste_of[j / 8] * random_normal(&random) : 0;
    }
    for (size_t i = 0; i < votes; i++) {
        double paper[COLUMNS], utility = 0;
        for (size_t j = 0; j < COLUMNS; j++) {
            paper[j] = random_normal(&random) / 2;
            utility += taste[j] * paper[j];
        }
        bool up = random_uniform(&random) < loss_sigmoid(utility);
        for (size_t j = 0; j < COLUMNS; j++)
            paper[j] = up ? paper[j] : -paper[j];
        cr_assert_eq(sparse_add_row(&drawn->rows, column, paper, COLUMNS, NULL), PITH_OK);
        drawn->weight[i] = 0.5 + (double)(i % 3);
        drawn->loss[i] = i % 2 ? &loss_logistic : &loss_bradley_terry;
    }
    drawn->problem = (struct fit_problem){&drawn->rows, drawn->weight, drawn->loss, drawn->precision};
    drawn->groups = (struct marginal_likelihood_groups){GROUPS, drawn->of, drawn->spread, drawn->wide, 5};
}

static double marginal_likelihood_at(struct marginal_likelihood *marginal_likelihood, const double *log_prior_scale,
                                     double *gradient)
{
    double found;
    cr_assert_eq(marginal_likelihood_log(marginal_likelihood, log_prior_scale, &found, gradient, NULL), PITH_OK);
    return found;
}

/* Two observations of two weights: everything can be written out. */
Test(marginal_likelihood, is_laplaces_in_the_primal)
{
    PITH_AUTO(sparse_clear) struct sparse rows;
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    const double weight[2] = {1, 2}, wider = 1.5, precision[2] = {0.5, 2}, moved[2] = {0.5 / exp(wider), 2};
    const struct loss *loss[2] = {&loss_logistic, &loss_logistic};
    const unsigned char of[2] = {0, MARGINAL_LIKELIHOOD_FIXED};
    const struct marginal_likelihood_groups groups = {1, of, (double[]){1}, (double[]){-INFINITY}, 0};
    double w[2] = {0}, h[2][2], scratch[2];
    sparse_init(&rows, 2);
    cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){0, 1}, (double[]){1, 0.5}, 2, NULL), PITH_OK);
    cr_assert_eq(sparse_add_row(&rows, (uint32_t[]){0, 1}, (double[]){-0.5, 1}, 2, NULL), PITH_OK);
    struct fit_problem problem = {&rows, weight, loss, precision}, under = {&rows, weight, loss, moved};
    struct fit_result result;
    cr_assert_eq(fit_minimise(&under, &(struct fit_options){1e-10, 100}, w, &result, NULL), PITH_OK);
    for (int j = 0; j < 2; j++)
        fit_hessian_multiply(&under, w, (double[2]){j == 0, j == 1}, h[j], scratch);
    double det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
    cr_assert_eq(marginal_likelihood_new(&problem, &groups, &marginal_likelihood, NULL), PITH_OK);
    cr_expect_float_eq(marginal_likelihood_at(marginal_likelihood, &wider, NULL),
                       -fit_objective(&under, w, NULL) - 0.5 * log(det / (moved[0] * moved[1])), 1e-8);
}

Test(marginal_likelihood, gradient_is_the_differences)
{
    const double step = 1e-4, at[][GROUPS] = {{0, 0, 0}, {1, -1, 0.5}, {-2, 2, -0.5}};
    struct drawn drawn;
    draw(1, 40, (double[]){1, 1}, &drawn);
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    cr_assert_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_OK);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        double gradient[GROUPS], prior_scale[GROUPS];
        marginal_likelihood_at(marginal_likelihood, at[i], gradient);
        for (size_t g = 0; g < GROUPS; g++) {
            for (size_t k = 0; k < GROUPS; k++)
                prior_scale[k] = at[i][k] + (k == g ? step : 0);
            double above = marginal_likelihood_at(marginal_likelihood, prior_scale, NULL);
            prior_scale[g] = at[i][g] - step;
            double difference = (above - marginal_likelihood_at(marginal_likelihood, prior_scale, NULL)) / (2 * step);
            cr_expect_float_eq(gradient[g], difference, 1e-5 * (1 + fabs(difference)), "group %zu at %zu: %.9g, not %.9g", g, i,
                               gradient[g], difference);
        }
    }
    sparse_clear(&drawn.rows);
}

static void prior_scales_of(struct drawn *drawn, double *log_prior_scale)
{
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    cr_assert_eq(marginal_likelihood_new(&drawn->problem, &drawn->groups, &marginal_likelihood, NULL), PITH_OK);
    cr_assert_eq(marginal_likelihood_prior_scales(marginal_likelihood, log_prior_scale, NULL), PITH_OK);
}

Test(marginal_likelihood, prior_scales_are_where_evidence_and_hyperprior_pull_alike)
{
    struct drawn drawn;
    double prior_scale[GROUPS], again[GROUPS], gradient[GROUPS];
    draw(2, 120, (double[]){2, 0}, &drawn);
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    cr_assert_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_OK);
    cr_assert_eq(marginal_likelihood_prior_scales(marginal_likelihood, prior_scale, NULL), PITH_OK);
    marginal_likelihood_at(marginal_likelihood, prior_scale, gradient);
    for (size_t g = 0; g < GROUPS; g++)
        cr_expect_float_eq(gradient[g], prior_scale[g] / (drawn.spread[g] * drawn.spread[g]), 0.15, "group %zu", g);
    prior_scales_of(&drawn, again);
    cr_expect_arr_eq(again, prior_scale, sizeof prior_scale, "the same problem, the same widths");
    sparse_clear(&drawn.rows);
}

/* A taste that is all in the first group widens that one and narrows the others: the more votes, the further. */
Test(marginal_likelihood, what_the_votes_follow_is_widened_as_they_allow)
{
    double mean[3][GROUPS] = {{0}};
    static const size_t votes[3] = {4, 40, 250};
    enum { READERS = 8 };
    for (size_t i = 0; i < 3; i++) {
        for (uint64_t seed = 0; seed < READERS; seed++) {
            struct drawn drawn;
            double prior_scale[GROUPS];
            draw(100 + seed, votes[i], (double[]){3, 0}, &drawn);
            prior_scales_of(&drawn, prior_scale);
            for (size_t g = 0; g < GROUPS; g++)
                mean[i][g] += prior_scale[g] / READERS;
            sparse_clear(&drawn.rows);
        }
    }
    cr_expect(mean[2][0] > 1 && mean[2][1] < -1 && mean[2][2] < -0.5, "%g %g %g", mean[2][0], mean[2][1], mean[2][2]);
    for (size_t g = 0; g < GROUPS; g++)
        cr_expect(fabs(mean[0][g]) < 0.3, "four votes: group %zu by %g", g, mean[0][g]);
    cr_expect(mean[1][0] > mean[0][0] && mean[2][1] < mean[1][1], "%g %g, %g %g", mean[0][0], mean[1][0], mean[1][1], mean[2][1]);
}

Test(marginal_likelihood, a_narrow_hyperprior_holds_the_prior_scales)
{
    struct drawn drawn;
    double free_prior_scale[GROUPS], held[GROUPS];
    draw(3, 250, (double[]){3, 0}, &drawn);
    prior_scales_of(&drawn, free_prior_scale);
    for (size_t g = 0; g < GROUPS; g++)
        drawn.spread[g] = 0.05;
    prior_scales_of(&drawn, held);
    for (size_t g = 0; g < GROUPS; g++)
        cr_expect(fabs(held[g]) < 0.2 && fabs(held[g]) < fabs(free_prior_scale[g]), "group %zu: %g, free %g", g, held[g],
                  free_prior_scale[g]);
    sparse_clear(&drawn.rows);
}

/* Groups that begin far too narrow to tell anything: the one that the taste is in is let go, the other is not; and neither against any
 * odds. */
Test(marginal_likelihood, a_narrow_group_that_decides_is_let_go)
{
    const double wide = 7;
    struct drawn drawn;
    double slab[GROUPS], held[GROUPS], spike[GROUPS];
    draw(6, 120, (double[]){3, 0}, &drawn);
    for (size_t j = 0; j < 16; j++)
        drawn.precision[j] *= exp(wide);
    for (size_t g = 0; g < 2; g++)
        drawn.spread[g] = 0.7;
    prior_scales_of(&drawn, spike);
    drawn.wide[0] = drawn.wide[1] = wide;
    prior_scales_of(&drawn, slab);
    drawn.groups.against = 1000;
    prior_scales_of(&drawn, held);
    cr_expect(spike[0] < 1, "the normal alone holds it: %g", spike[0]);
    cr_expect(slab[0] > 0.99 * wide && slab[1] < 0.1 * wide, "%g %g", slab[0], slab[1]);
    for (size_t g = 0; g < GROUPS; g++)
        cr_expect_float_eq(held[g], spike[g], 1e-9);
    sparse_clear(&drawn.rows);
}

Test(marginal_likelihood, nothing_said_moves_nothing)
{
    struct drawn drawn;
    double prior_scale[GROUPS] = {9, 9, 9}, gradient[GROUPS], found;
    draw(4, 0, (double[]){1, 1}, &drawn);
    prior_scales_of(&drawn, prior_scale);
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    cr_assert_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_OK);
    cr_assert_eq(marginal_likelihood_log(marginal_likelihood, prior_scale, &found, gradient, NULL), PITH_OK);
    cr_expect_eq(found, 0);
    for (size_t g = 0; g < GROUPS; g++) {
        cr_expect_eq(prior_scale[g], 0);
        cr_expect_eq(gradient[g], 0);
    }
    sparse_clear(&drawn.rows);
}

Test(marginal_likelihood, what_cannot_be_told_is_refused)
{
    struct drawn drawn;
    double prior_scale[GROUPS] = {0}, found;
    struct marginal_likelihood *marginal_likelihood = NULL;
    draw(5, 10, (double[]){1, 1}, &drawn);
    drawn.of[3] = GROUPS;
    cr_expect_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_USAGE,
                 "a group that is none");
    drawn.of[3] = 0;
    drawn.rows.value[5] = NAN;
    cr_assert_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_OK);
    cr_expect_eq(marginal_likelihood_log(marginal_likelihood, prior_scale, &found, NULL, NULL), PITH_USAGE);
    cr_expect_eq(marginal_likelihood_prior_scales(marginal_likelihood, prior_scale, NULL), PITH_USAGE);
    marginal_likelihood_free(marginal_likelihood);
    size_t rows = drawn.rows.rows;
    drawn.rows.rows = MARGINAL_LIKELIHOOD_MAX_ROWS + 1;
    cr_expect_eq(marginal_likelihood_new(&drawn.problem, &drawn.groups, &marginal_likelihood, NULL), PITH_USAGE, "too many rows");
    drawn.rows.rows = rows;
    sparse_clear(&drawn.rows);
}
