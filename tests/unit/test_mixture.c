#include "models/mixture.h"
#include "models/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { ROWS = 40, COLUMNS = 12, PARTS = 4 };

struct case_of {
    struct sparse rows;
    double w[PARTS][COLUMNS];
    struct mixture_part part[PARTS];
    bool reference[ROWS];
};

static void case_clear(struct case_of *made)
{
    sparse_clear(&made->rows);
}

/* Random rows and parts; the first thirty rows are the reference. */
static void make_case(struct case_of *made, uint64_t seed)
{
    struct random random = {seed};
    *made = (struct case_of){0};
    sparse_init(&made->rows, COLUMNS);
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t column[COLUMNS];
        double value[COLUMNS];
        size_t count = 0;
        for (uint32_t j = 0; j < COLUMNS; j++) {
            if (random_uniform(&random) < 0.5)
                continue;
            column[count] = j;
            value[count++] = random_normal(&random);
        }
        cr_assert_eq(sparse_add_row(&made->rows, column, value, count, NULL), PITH_OK);
        made->reference[i] = i < 30;
    }
    double score[ROWS];
    for (size_t k = 0; k < PARTS; k++) {
        for (size_t j = 0; j < COLUMNS; j++)
            made->w[k][j] = random_normal(&random) * (double)(k + 1);
        made->part[k] = (struct mixture_part){.w = made->w[k], .weight = random_uniform(&random) + 0.1};
        mixture_standardise(&made->part[k], &made->rows, made->reference, score);
    }
}

Test(mixture, the_average_is_that_of_standardised_scores)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        PITH_AUTO(case_clear) struct case_of made;
        make_case(&made, seed);
        double w[COLUMNS], base, all = 0;
        mixture_join(made.part, PARTS, COLUMNS, w, &base);
        for (size_t k = 0; k < PARTS; k++)
            all += made.part[k].weight;
        for (size_t i = 0; i < ROWS; i++) {
            double expected = 0;
            for (size_t k = 0; k < PARTS; k++)
                expected += made.part[k].weight / all * (sparse_dot(&made.rows, i, made.w[k]) - made.part[k].mean) /
                            made.part[k].spread;
            cr_expect_float_eq(sparse_dot(&made.rows, i, w) + base, made.part[0].mean + made.part[0].spread * expected, 1e-9);
        }
    }
}

Test(mixture, reference_rows_have_mean_0_and_spread_1_in_every_part)
{
    PITH_AUTO(case_clear) struct case_of made;
    make_case(&made, 7);
    for (size_t k = 0; k < PARTS; k++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < 30; i++) {
            double z = (sparse_dot(&made.rows, i, made.w[k]) - made.part[k].mean) / made.part[k].spread;
            sum += z;
            square += z * z;
        }
        cr_expect_float_eq(sum, 0, 1e-9);
        cr_expect_float_eq(square / 30, 1, 1e-9);
    }
}

Test(mixture, contributions_of_the_parts_add_up)
{
    PITH_AUTO(case_clear) struct case_of made;
    make_case(&made, 3);
    double w[COLUMNS], base;
    mixture_join(made.part, PARTS, COLUMNS, w, &base);
    for (size_t j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (size_t k = 0; k < PARTS; k++)
            sum += mixture_factor(made.part, PARTS, k) * made.w[k][j];
        cr_expect_float_eq(sum, w[j], 1e-12);
    }
}

Test(mixture, one_part_alone_is_itself)
{
    PITH_AUTO(case_clear) struct case_of made;
    make_case(&made, 5);
    double w[COLUMNS], base;
    mixture_join(made.part, 1, COLUMNS, w, &base);
    cr_expect_float_eq(base, 0, 1e-12);
    for (size_t j = 0; j < COLUMNS; j++)
        cr_expect_float_eq(w[j], made.w[0][j], 1e-12);
}

Test(mixture, scores_all_alike_are_left_as_they_are)
{
    PITH_AUTO(case_clear) struct case_of made;
    double nothing[COLUMNS] = {0}, score[ROWS];
    make_case(&made, 5);
    struct mixture_part part = {.w = nothing, .weight = 1};
    mixture_standardise(&part, &made.rows, made.reference, score);
    cr_expect_eq(part.mean, 0);
    cr_expect_eq(part.spread, 1);
    bool none[ROWS] = {0};
    part.w = made.w[0];
    mixture_standardise(&part, &made.rows, none, score);
    cr_expect_eq(part.spread, 1);
}

/* ---- weights ---- */

Test(mixture, weights_sum_to_one_and_are_those_of_brute_force)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct random random = {seed};
        double prior[PARTS], marginal_likelihood[PARTS], weight[PARTS], all = 0, sum = 0;
        for (size_t k = 0; k < PARTS; k++) {
            prior[k] = k == seed % PARTS ? 0 : random_uniform(&random) + 0.01;
            marginal_likelihood[k] = 3 * random_normal(&random);
            all += prior[k] * exp(marginal_likelihood[k]);
        }
        mixture_weigh(prior, marginal_likelihood, PARTS, weight);
        for (size_t k = 0; k < PARTS; k++) {
            cr_expect_float_eq(weight[k], prior[k] * exp(marginal_likelihood[k]) / all, 1e-12);
            sum += weight[k];
        }
        cr_expect_float_eq(sum, 1, 1e-12);
    }
}

Test(mixture, great_evidence_overflows_nothing)
{
    double prior[] = {0.5, 0.5, 0}, marginal_likelihood[] = {-2000, -2001, 1e6}, weight[3];
    mixture_weigh(prior, marginal_likelihood, 3, weight);
    cr_expect_float_eq(weight[0], 1 / (1 + exp(-1)), 1e-12);
    cr_expect_float_eq(weight[1], 1 - weight[0], 1e-12);
    cr_expect_eq(weight[2], 0);
}

Test(mixture, the_order_of_ups_and_downs_is_told_by_pairs)
{
    const double score[] = {2, 0, 1};
    const unsigned char up[] = {1, 0, 0}, none[] = {1, 1, 1};
    double expected = -(log1p(exp(-2)) + log1p(exp(-1))) / 2;
    cr_expect_float_eq(mixture_log_order(score, up, 3), expected, 1e-12);
    cr_expect_eq(mixture_log_order(score, none, 3), 0);
    cr_expect_eq(mixture_log_order(NULL, NULL, 0), 0);
}
