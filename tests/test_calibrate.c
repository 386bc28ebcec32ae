#include "../models/calibrate.h"
#include "../models/loss.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { MANY = 20000 };

Test(calibrate, recovers_a_known_slope_and_offset)
{
    static double score[MANY];
    static unsigned char up[MANY];
    struct calibration got;
    srand(7);
    for (int i = 0; i < MANY; i++) {
        score[i] = 6.0 * rand() / RAND_MAX - 3;
        up[i] = (double)rand() / RAND_MAX < loss_sigmoid(2 * score[i] - 1);
    }
    cr_assert_eq(calibrate_fit(score, up, MANY, &got, NULL), PITH_OK);
    cr_expect(got.known);
    cr_expect_float_eq(got.slope, 2, 0.1);
    cr_expect_float_eq(got.offset, -1, 0.1);
    cr_expect_float_eq(calibrate_probability(&got, 0.5), 0.5, 0.03);
}

Test(calibrate, says_nothing_before_the_thresholds)
{
    double score[40];
    unsigned char up[40] = {0};
    struct calibration got;
    for (int i = 0; i < 40; i++)
        score[i] = i;
    up[38] = up[39] = 1;
    cr_assert_eq(calibrate_fit(score, up, 40, &got, NULL), PITH_OK);
    cr_expect(!got.known, "two ups are too few");
    up[37] = 1;
    cr_assert_eq(calibrate_fit(score, up, 40, &got, NULL), PITH_OK);
    cr_expect(got.known);
    cr_assert_eq(calibrate_fit(score + 11, up + 11, 29, &got, NULL), PITH_OK);
    cr_expect(!got.known, "29 votes are too few");
}

Test(calibrate, never_turns_the_order)
{
    double score[40];
    unsigned char up[40];
    struct calibration got;
    for (int i = 0; i < 40; i++) {
        score[i] = i;
        up[i] = i < 10;
    }
    cr_assert_eq(calibrate_fit(score, up, 40, &got, NULL), PITH_OK);
    cr_expect_eq(got.slope, 0);
    cr_expect_float_eq(calibrate_probability(&got, 100), 0.25, 1e-9);
}

Test(calibrate, equal_and_separable_scores_stay_finite)
{
    double equal[40] = {0}, apart[40];
    unsigned char up[40];
    struct calibration got;
    for (int i = 0; i < 40; i++) {
        up[i] = i >= 20;
        apart[i] = up[i] ? 5 : -5;
    }
    cr_assert_eq(calibrate_fit(equal, up, 40, &got, NULL), PITH_OK);
    cr_expect_float_eq(calibrate_probability(&got, 0), 0.5, 1e-6);
    cr_assert_eq(calibrate_fit(apart, up, 40, &got, NULL), PITH_OK);
    double sure = calibrate_probability(&got, 5);
    cr_expect(sure > 0.9 && sure < 1);
}
