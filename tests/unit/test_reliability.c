#include "engine/ranking/reliability.h"

#include <criterion/criterion.h>
#include <math.h>

Test(reliability, the_error_is_the_mean_distance_of_chances_from_what_came)
{
    double probability[] = {0.5, 0.5, 1, 0};
    unsigned char truth[] = {1, 0, 1, 0};
    size_t scratch[4];
    cr_expect_float_eq(reliability_error(probability, truth, 4, scratch), (0 + 0.5 + 0.5 + 0) / 4, 1e-12);
    double sure[20];
    unsigned char right[20];
    size_t wide[20];
    for (int i = 0; i < 20; i++) {
        sure[i] = i < 10 ? 0 : 1;
        right[i] = i >= 10;
    }
    cr_expect_eq(reliability_error(sure, right, 20, wide), 0);
}

Test(reliability, predictions_in_groups)
{
    enum { COUNT = 40 };
    double probability[COUNT];
    unsigned char truth[COUNT];
    size_t scratch[COUNT];
    struct pith_bin bin[PITH_BINS];
    for (size_t i = 0; i < COUNT; i++) {
        probability[i] = (double)(i / 4) / 10 + 0.05;
        truth[i] = i % 4 < i / 10;
    }
    cr_assert_eq(reliability_bins(probability, truth, COUNT, scratch, bin), PITH_BINS);
    double error = 0;
    for (size_t i = 0; i < PITH_BINS; i++) {
        cr_expect_eq(bin[i].count, 4);
        cr_expect_float_eq(bin[i].said, 0.95 - (double)i / 10, 1e-12);
        cr_expect(bin[i].low <= bin[i].liked && bin[i].liked <= bin[i].high && bin[i].low >= 0 && bin[i].high <= 1);
        error += fabs(bin[i].said - bin[i].liked) / PITH_BINS;
    }
    cr_expect_float_eq(reliability_error(probability, truth, COUNT, scratch), error, 1e-12);
    /* One of one: low is 1 / (1 + z²). */
    const double ten[10] = {0};
    unsigned char four[10] = {1, 1, 1, 1};
    struct pith_bin one[PITH_BINS];
    cr_expect_eq(reliability_bins(ten, four, 1, scratch, one), 1);
    cr_expect_float_eq(one[0].low, 0.2065, 1e-4);
    cr_expect_float_eq(one[0].high, 1, 1e-12);
}
