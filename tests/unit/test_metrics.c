#include "models/metrics.h"

#include <criterion/criterion.h>
#include <math.h>

Test(measure, a_perfect_and_a_reversed_order)
{
    double score[] = {4, 3, 2, 1};
    unsigned char up_first[] = {1, 1, 0, 0}, up_last[] = {0, 0, 1, 1};
    size_t scratch[4];
    struct metrics_ranking best = metrics_ranking(score, up_first, 4, scratch);
    cr_expect(best.auc == 1 && best.ap == 1 && best.recall10 == 1 && fabs(best.ndcg10 - 1) < 1e-12);
    struct metrics_ranking worst = metrics_ranking(score, up_last, 4, scratch);
    cr_expect_eq(worst.auc, 0);
    cr_expect_float_eq(worst.ap, (1.0 / 3 + 2.0 / 4) / 2, 1e-12);
    double ideal = 1 + 1 / log2(3), got = 1 / log2(4) + 1 / log2(5);
    cr_expect_float_eq(worst.ndcg10, got / ideal, 1e-12);
}

Test(measure, ties_keep_the_order_and_count_half_in_auc)
{
    double score[] = {1, 1, 1, 1};
    unsigned char truth[] = {0, 1, 0, 0};
    size_t scratch[4];
    struct metrics_ranking got = metrics_ranking(score, truth, 4, scratch);
    cr_expect_float_eq(got.auc, 0.5, 1e-12);
    cr_expect_float_eq(got.ap, 0.5, 1e-12);
    cr_expect_float_eq(got.ndcg10, 1 / log2(3), 1e-12);
}

Test(measure, only_the_first_ten_count_for_ndcg_and_recall)
{
    double score[12];
    unsigned char truth[12] = {0};
    size_t scratch[12];
    for (int i = 0; i < 12; i++)
        score[i] = -i;
    truth[9] = truth[10] = 1;
    struct metrics_ranking got = metrics_ranking(score, truth, 12, scratch);
    cr_expect_float_eq(got.recall10, 0.5, 1e-12);
    cr_expect_float_eq(got.ndcg10, (1 / log2(11)) / (1 + 1 / log2(3)), 1e-12);
}

Test(measure, probabilities)
{
    double probability[] = {0.5, 0.5, 1, 0};
    unsigned char truth[] = {1, 0, 1, 0};
    cr_expect_float_eq(metrics_brier(probability, truth, 4), 0.125, 1e-12);
    cr_expect_float_eq(metrics_log_loss(probability, truth, 2), log(2), 1e-12);
}

Test(measure, reciprocal_rank)
{
    float left[3][2] = {{1, 0}, {0, 1}, {1, 0}}, right[3][2] = {{1, 0}, {1, 0}, {0, 1}};
    double got;
    /* the first ties with the second for rank 1.5; the second finds the third first and ties with the first: 2.5; so the third is
     * behind both of the first */
    cr_assert_eq(metrics_reciprocal_rank(&left[0][0], &right[0][0], 3, 2, &got, NULL), PITH_OK);
    cr_expect_float_eq(got, (1 / 1.5 + 1 / 2.5 + 1 / 3.0) / 3, 1e-12);
    cr_assert_eq(metrics_reciprocal_rank(&left[0][0], &left[0][0], 2, 2, &got, NULL), PITH_OK);
    cr_expect_eq(got, 1, "each finds itself first");
    cr_assert_eq(metrics_reciprocal_rank(NULL, NULL, 0, 2, &got, NULL), PITH_OK);
    cr_expect_eq(got, 0);
}
