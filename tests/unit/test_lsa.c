#include "models/lsa.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS = 300, TERMS = 120, TOPICS = 4, DIMS = 8 };

/* Papers of a topic hold words of that topic alone: six of its thirty, by a fixed rule. */
static void make_papers(struct sparse *papers)
{
    sparse_init(papers, TERMS);
    for (uint32_t i = 0; i < PAPERS; i++) {
        uint32_t column[6];
        double value[6];
        for (uint32_t j = 0; j < 6; j++) {
            column[j] = i % TOPICS * (TERMS / TOPICS) + (i / TOPICS * 7 % 5) + 5 * j;
            value[j] = 1 / sqrt(6);
        }
        cr_assert_eq(sparse_add_row(papers, column, value, 6, NULL), PITH_OK);
    }
}

static double cosine(const float *one, const float *other)
{
    double both = 0, first = 0, second = 0;
    for (size_t d = 0; d < DIMS; d++) {
        both += (double)(one[d] * other[d]);
        first += (double)(one[d] * one[d]);
        second += (double)(other[d] * other[d]);
    }
    return both / sqrt(first * second + 1e-30);
}

Test(lsa, tokens_of_a_topic_stand_together)
{
    PITH_AUTO(sparse_clear) struct sparse papers;
    static float vector[TERMS * DIMS], again[TERMS * DIMS], other[TERMS * DIMS];
    make_papers(&papers);
    cr_assert_eq(lsa_learn(&papers, DIMS, 1, NULL, vector, NULL), PITH_OK);
    cr_assert_eq(lsa_learn(&papers, DIMS, 1, NULL, again, NULL), PITH_OK);
    cr_expect_eq(memcmp(vector, again, sizeof vector), 0, "the same seed, the same numbers");
    cr_assert_eq(lsa_learn(&papers, DIMS, 2, NULL, other, NULL), PITH_OK);
    double within = 0, between = 0;
    for (size_t topic = 0; topic < TOPICS; topic++) {
        const float *first = vector + topic * (TERMS / TOPICS) * DIMS;
        within += cosine(first, first + 5 * DIMS) / TOPICS;
        between += fabs(cosine(first, vector + (topic + 1) % TOPICS * (TERMS / TOPICS) * DIMS)) / TOPICS;
    }
    cr_expect_gt(within, 0.95);
    cr_expect_lt(between, 0.3);
}

/* The planted matrix has its singular values in hand: ‖A V‖ of each vector, falling, and V orthonormal. */
Test(lsa, vectors_are_singular_vectors)
{
    PITH_AUTO(sparse_clear) struct sparse papers;
    static float vector[TERMS * DIMS];
    double value[DIMS];
    make_papers(&papers);
    cr_assert_eq(lsa_learn(&papers, DIMS, 7, NULL, vector, NULL), PITH_OK);
    for (size_t d = 0; d < DIMS; d++) {
        double x[TERMS], y[PAPERS], back[TERMS], square = 0, gap = 0;
        for (size_t i = 0; i < TERMS; i++)
            x[i] = (double)vector[i * DIMS + d];
        for (size_t e = 0; e <= d; e++) {
            double product = 0;
            for (size_t i = 0; i < TERMS; i++)
                product += x[i] * (double)vector[i * DIMS + e];
            cr_expect_float_eq(product, e == d, 1e-5);
        }
        sparse_multiply(&papers, x, y);
        for (size_t i = 0; i < PAPERS; i++)
            square += y[i] * y[i];
        value[d] = sqrt(square);
        cr_expect(d == 0 || value[d] <= value[d - 1] + 1e-6);
        sparse_transpose_multiply(&papers, y, back);
        for (size_t i = 0; i < TERMS; i++)
            gap = fmax(gap, fabs(back[i] - square * x[i]));
        cr_expect_lt(gap, 1e-3 * square, "AᵀA v = σ² v");
    }
}

Test(lsa, too_little_is_refused)
{
    PITH_AUTO(sparse_clear) struct sparse papers;
    float vector[1];
    make_papers(&papers);
    cr_expect_eq(lsa_learn(&papers, 0, 1, NULL, vector, NULL), PITH_USAGE);
    cr_expect_eq(lsa_learn(&papers, TERMS, 1, NULL, vector, NULL), PITH_USAGE);
    cr_expect_eq(lsa_learn(&papers, LSA_MAX_DIMS + 1, 1, NULL, vector, NULL), PITH_USAGE);
}
