#include "models/posterior.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

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

Test(posterior, averaging_pulls_towards_a_half)
{
    cr_expect_float_eq(posterior_mean_probability(0, 4), 0.5, 1e-12);
    cr_expect(posterior_mean_probability(2, 4) < posterior_mean_probability(2, 0));
    cr_expect_float_eq(posterior_mean_probability(2, 0), loss_sigmoid(2), 1e-12);
}

/* ---- readers drawn from the prior ---- */

enum { DIMS = 12, VOTES = 60, ASKED = 40, READERS = 150 };
static const double PRIOR_VARIANCE = 1.0;

/* xorshift64* and the polar method: the same readers on every machine. */
static double uniform(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)(*state * UINT64_C(0x2545F4914F6CDD1D) >> 11) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
    double x, y, square;
    do {
        x = 2 * uniform(state) - 1;
        y = 2 * uniform(state) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * sqrt(-2 * log(square) / square);
}

static double dot(const double *x, const double *y)
{
    double sum = 0;
    for (size_t j = 0; j < DIMS; j++)
        sum += x[j] * y[j];
    return sum;
}

static void draw_paper(uint64_t *state, double *paper)
{
    double square = 0;
    for (size_t j = 0; j < DIMS; j++)
        paper[j] = normal(state);
    square = dot(paper, paper);
    for (size_t j = 0; j < DIMS; j++)
        paper[j] *= 2 / sqrt(square);
}

struct reader {
    double taste[DIMS], w[DIMS], precision[DIMS];
    struct sparse rows;
    double *weight;
    const struct loss **loss;
    struct fit_problem problem;
    struct posterior *posterior;
};

/* A taste from the prior, votes on random papers as the taste has them by chance, and what is learnt from these. */
static void draw_reader(uint64_t *state, size_t votes, struct reader *reader)
{
    static const uint32_t column[DIMS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    struct fit_result result;
    *reader = (struct reader){.weight = pith_calloc(votes, sizeof(double)), .loss = pith_calloc(votes, sizeof *reader->loss)};
    cr_assert(reader->weight && reader->loss);
    sparse_init(&reader->rows, DIMS);
    for (size_t j = 0; j < DIMS; j++) {
        reader->taste[j] = sqrt(PRIOR_VARIANCE) * normal(state);
        reader->precision[j] = 1 / PRIOR_VARIANCE;
    }
    for (size_t i = 0; i < votes; i++) {
        double paper[DIMS];
        draw_paper(state, paper);
        double sign = uniform(state) < loss_sigmoid(dot(reader->taste, paper)) ? 1 : -1;
        for (size_t j = 0; j < DIMS; j++)
            paper[j] *= sign;
        cr_assert_eq(sparse_add_row(&reader->rows, column, paper, DIMS, NULL), PITH_OK);
        reader->weight[i] = 1;
        reader->loss[i] = &loss_logistic;
    }
    reader->problem = (struct fit_problem){&reader->rows, reader->weight, reader->loss, reader->precision};
    cr_assert_eq(fit_minimise(&reader->problem, &(struct fit_options){1e-8, 100}, reader->w, &result, NULL), PITH_OK);
    cr_assert_eq(posterior_new(&reader->problem, reader->w, &reader->posterior, NULL), PITH_OK);
}

static void reader_clear(struct reader *reader)
{
    posterior_free(reader->posterior);
    sparse_clear(&reader->rows);
    free(reader->weight);
    free(reader->loss);
}

static double variance_of(const struct reader *reader, const double *paper)
{
    static const uint32_t column[DIMS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    return posterior_variance(reader->posterior, column, paper, DIMS);
}

/* Laplace's method is an approximation: a few hundredths of its promise it may miss. */
Test(posterior, intervals_hold_the_tastes_of_readers_drawn_from_the_prior)
{
    uint64_t state = 1;
    size_t within_half = 0, within_most = 0;
    for (size_t i = 0; i < READERS; i++) {
        struct reader reader;
        draw_reader(&state, VOTES, &reader);
        for (size_t k = 0; k < ASKED; k++) {
            double paper[DIMS];
            draw_paper(&state, paper);
            double off = fabs(dot(reader.taste, paper) - dot(reader.w, paper)) / sqrt(variance_of(&reader, paper));
            within_half += off < 0.6745;
            within_most += off < 1.6449;
        }
        reader_clear(&reader);
    }
    cr_expect_float_eq((double)within_half / (READERS * ASKED), 0.5, 0.04, "%zu", within_half);
    cr_expect_float_eq((double)within_most / (READERS * ASKED), 0.9, 0.03, "%zu", within_most);
}

Test(posterior, averaged_chances_come_true_where_plain_ones_are_too_sure)
{
    uint64_t state = 2;
    double averaged = 0, plain = 0, came = 0, votes = 0;
    for (size_t i = 0; i < 4 * READERS; i++) {
        struct reader reader;
        draw_reader(&state, VOTES / 4, &reader);
        for (size_t k = 0; k < ASKED; k++) {
            double paper[DIMS];
            draw_paper(&state, paper);
            double utility = dot(reader.w, paper), chance = loss_sigmoid(utility);
            bool up = uniform(&state) < loss_sigmoid(dot(reader.taste, paper));
            if (chance < 0.7)
                continue;
            plain += chance;
            averaged += posterior_mean_probability(utility, variance_of(&reader, paper));
            came += up;
            votes++;
        }
        reader_clear(&reader);
    }
    cr_assert(votes > 1000);
    averaged = fabs(averaged - came) / votes;
    plain = fabs(plain - came) / votes;
    cr_expect(averaged < 0.03, "off by %g", averaged);
    cr_expect(averaged < 0.75 * plain, "off by %g, plain chances by %g", averaged, plain);
}

Test(posterior, a_known_taste_is_found_the_better_the_more_votes)
{
    double cosine[2];
    for (int many = 0; many < 2; many++) {
        uint64_t state = 3;
        struct reader reader;
        draw_reader(&state, many ? 1000 : 20, &reader);
        cosine[many] = dot(reader.taste, reader.w) / sqrt(dot(reader.taste, reader.taste) * dot(reader.w, reader.w));
        reader_clear(&reader);
    }
    cr_expect(cosine[1] > 0.97, "%g", cosine[1]);
    cr_expect(cosine[1] > cosine[0], "%g, with few votes %g", cosine[1], cosine[0]);
}
