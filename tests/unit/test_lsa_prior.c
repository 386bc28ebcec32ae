#include "models/lsa_prior.h"
#include "models/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { TOPICS = 4, WORDS = 30, ROWS = 400, WORDS_A_ROW = 8, COLUMNS = TOPICS * WORDS + 1, DIMS = 6 };

/* Each row holds words of one topic alone; the last column is in every row and never taken. */
static void make_rows(struct sparse *rows)
{
    struct random random = {3};
    sparse_init(rows, COLUMNS);
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t column[WORDS_A_ROW + 1], word = 0;
        double value[WORDS_A_ROW + 1];
        for (uint32_t k = 0; k < WORDS_A_ROW; k++) {
            word += 1 + (uint32_t)(random_next(&random) % 3);
            column[k] = i % TOPICS * WORDS + word - 1;
            value[k] = 1 / sqrt(WORDS_A_ROW);
        }
        column[WORDS_A_ROW] = COLUMNS - 1;
        value[WORDS_A_ROW] = 1;
        cr_assert_eq(sparse_add_row(rows, column, value, WORDS_A_ROW + 1, NULL), PITH_OK);
    }
}

static void learn(const struct sparse *rows, struct lsa_prior *lsa_prior)
{
    bool learnt[ROWS], taken[COLUMNS];
    for (size_t i = 0; i < ROWS; i++)
        learnt[i] = i % 5 != 0;
    for (size_t j = 0; j < COLUMNS; j++)
        taken[j] = j < COLUMNS - 1;
    cr_assert_eq(lsa_prior_learn(rows, learnt, taken, DIMS, 1, lsa_prior, NULL), PITH_OK);
    cr_assert_eq(lsa_prior->pca.dims, DIMS);
}

static double cosine(const double *one, const double *other)
{
    double both = 0, first = 0, second = 0;
    for (size_t d = 0; d < DIMS; d++) {
        both += one[d] * other[d];
        first += one[d] * one[d];
        second += other[d] * other[d];
    }
    return both / sqrt(first * second + 1e-30);
}

static void share_of_word(const struct lsa_prior *lsa_prior, uint32_t word, double *share)
{
    const double one = 1;
    lsa_prior_share(lsa_prior, &word, &one, 1, share);
}

Test(lsa_prior, tokens_that_stand_beside_the_same_words_share_directions)
{
    PITH_AUTO(sparse_clear) struct sparse rows;
    PITH_AUTO(lsa_prior_clear) struct lsa_prior lsa_prior = {0};
    double one[DIMS], same[DIMS], other[DIMS];
    make_rows(&rows);
    learn(&rows, &lsa_prior);
    for (uint32_t word = 3; word < 8; word++) {
        share_of_word(&lsa_prior, WORDS + word, one);
        share_of_word(&lsa_prior, WORDS + word + 6, same);
        share_of_word(&lsa_prior, 2 * WORDS + word, other);
        cr_expect_gt(cosine(one, same), cosine(one, other) + 0.3, "word %u", word);
    }
}

Test(lsa_prior, shares_are_of_unit_length_in_the_mean_and_centred)
{
    PITH_AUTO(sparse_clear) struct sparse rows;
    PITH_AUTO(lsa_prior_clear) struct lsa_prior lsa_prior = {0};
    double share[DIMS], square = 0, mean[DIMS] = {0};
    size_t learnt = 0;
    make_rows(&rows);
    learn(&rows, &lsa_prior);
    for (size_t i = 0; i < ROWS; i++) {
        if (i % 5 == 0)
            continue;
        lsa_prior_share(&lsa_prior, rows.column + rows.start[i], rows.value + rows.start[i], rows.start[i + 1] - rows.start[i],
                        share);
        for (size_t d = 0; d < DIMS; d++) {
            square += share[d] * share[d];
            mean[d] += share[d];
        }
        learnt++;
    }
    cr_expect_float_eq(square / (double)learnt, 1, 1e-9);
    for (size_t d = 0; d < DIMS; d++)
        cr_expect_float_eq(mean[d] / (double)learnt, 0, 1e-9);
}

Test(lsa_prior, folding_changes_no_score)
{
    PITH_AUTO(sparse_clear) struct sparse rows;
    PITH_AUTO(lsa_prior_clear) struct lsa_prior lsa_prior = {0};
    double along[DIMS] = {1, -0.5, 0.25, 2, -1, 0.1}, weight[COLUMNS] = {0}, share[DIMS];
    make_rows(&rows);
    learn(&rows, &lsa_prior);
    weight[COLUMNS - 1] = 0.75; /* what was there stays */
    double constant = lsa_prior_fold(&lsa_prior, along, weight);
    for (size_t i = 0; i < ROWS; i++) {
        double score = 0.75;
        lsa_prior_share(&lsa_prior, rows.column + rows.start[i], rows.value + rows.start[i], rows.start[i + 1] - rows.start[i],
                        share);
        for (size_t d = 0; d < DIMS; d++)
            score += along[d] * share[d];
        cr_expect_float_eq(score, sparse_dot(&rows, i, weight) + constant, 1e-9, "row %zu", i);
    }
}

Test(lsa_prior, too_few_rows_teach_nothing)
{
    PITH_AUTO(sparse_clear) struct sparse rows;
    PITH_AUTO(lsa_prior_clear) struct lsa_prior lsa_prior = {0};
    bool learnt[ROWS] = {true, true, true}, taken[COLUMNS];
    make_rows(&rows);
    for (size_t j = 0; j < COLUMNS; j++)
        taken[j] = true;
    cr_assert_eq(lsa_prior_learn(&rows, learnt, taken, DIMS, 1, &lsa_prior, NULL), PITH_OK);
    cr_expect_eq(lsa_prior.pca.dims, 0);
}
