#include "models/calibrate.h"
#include "models/loss.h"
#include "models/random.h"

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
    cr_expect(got.slope_spread < 0.05 && got.offset_spread < 0.05, "so many votes leave little open");
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
    cr_expect_geq(got.slope, 0);
    double before = 0;
    for (double at = -1e4; at <= 1e4; at += 0.5) {
        double probability = calibrate_probability(&got, at);
        cr_assert(probability >= before && probability <= 1, "at %g", at);
        before = probability;
    }
}

Test(calibrate, grows_with_the_score_whatever_is_open)
{
    struct random random = {5};
    for (int round = 0; round < 500; round++) {
        struct calibration calibration = {.slope = 5 * random_uniform(&random),
                                          .offset = 3 * random_normal(&random),
                                          .slope_spread = 2 * random_uniform(&random),
                                          .offset_slant = 3 * random_normal(&random),
                                          .offset_spread = 2 * random_uniform(&random),
                                          .known = true};
        double before = 0;
        for (double at = -20; at <= 20; at += 0.1) {
            double probability = calibrate_probability(&calibration, at);
            cr_assert(probability >= before, "round %d at %g", round, at);
            before = probability;
        }
    }
}

/* The integral by brute force: two hundred steps each way. */
static double integrated(const struct calibration *calibration, double score)
{
    double sum = 0, mass = 0;
    for (double a = -5; a <= 5; a += 0.05) {
        for (double b = -5; b <= 5; b += 0.05) {
            double density = exp(-0.5 * (a * a + b * b)), slope = calibration->slope * exp(calibration->slope_spread * a);
            double offset = calibration->offset + calibration->offset_slant * a + calibration->offset_spread * b;
            sum += density * loss_sigmoid(slope * score + offset);
            mass += density;
        }
    }
    return sum / mass;
}

Test(calibrate, averages_as_the_integral_does)
{
    struct calibration calibration = {
        .slope = 2.5, .offset = -1.8, .slope_spread = 0.25, .offset_slant = -0.3, .offset_spread = 0.5, .known = true};
    for (double score = -2; score <= 3; score += 0.25)
        cr_expect_float_eq(calibrate_probability(&calibration, score), integrated(&calibration, score), 0.003, "at %g", score);
    calibration.slope_spread = calibration.offset_slant = calibration.offset_spread = 0;
    cr_expect_float_eq(calibrate_probability(&calibration, 1), loss_sigmoid(0.7), 1e-12);
}

/* Readers drawn from the prior: averaged over what forty votes leave open, their chances cost less on later votes than the likeliest
 * numbers' do, and as many are liked as they say. */
Test(calibrate, averaged_chances_are_true_of_simulated_readers)
{
    enum { READERS = 4000, VOTES = 40, LATER = 50 };
    struct random random = {11};
    double averaged = 0, likeliest = 0, said = 0, liked = 0;
    for (int reader = 0; reader < READERS; reader++) {
        double slope = exp(1.1 + 0.4 * random_normal(&random)), offset = -2 + 1.5 * random_normal(&random), score[VOTES];
        unsigned char up[VOTES];
        struct calibration got, alone;
        for (int i = 0; i < VOTES; i++) {
            score[i] = random_normal(&random);
            up[i] = random_uniform(&random) < loss_sigmoid(slope * score[i] + offset);
        }
        cr_assert_eq(calibrate_fit(score, up, VOTES, &got, NULL), PITH_OK);
        alone = (struct calibration){.slope = got.slope, .offset = got.offset, .known = true};
        for (int i = 0; got.known && i < LATER; i++) {
            double later = random_normal(&random), p = calibrate_probability(&got, later), q = calibrate_probability(&alone, later);
            bool up_later = random_uniform(&random) < loss_sigmoid(slope * later + offset);
            averaged -= log(up_later ? p : 1 - p);
            likeliest -= log(up_later ? q : 1 - q);
            said += p;
            liked += up_later;
        }
    }
    cr_expect_lt(averaged, likeliest);
    cr_expect_float_eq(said / liked, 1, 0.03, "said %g, liked %g", said, liked);
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
    cr_expect_float_eq(calibrate_probability(&got, 0), 0.5, 0.06, "half of them, less what is usual");
    cr_assert_eq(calibrate_fit(apart, up, 40, &got, NULL), PITH_OK);
    double sure = calibrate_probability(&got, 5);
    cr_expect(sure > 0.9 && sure < 1);
}

/* ---- listings ---- */

enum { LISTINGS = 12, LISTED = 300 };

/* Scores of so many listings, and ups by a slope and an offset that the fit does not know. */
static size_t make_listings(size_t listings, double slope, double offset, double *score, unsigned char *up)
{
    struct random random = {11};
    size_t ups = 0;
    for (size_t i = 0; i < listings * LISTED; i++) {
        score[i] = random_normal(&random);
        up[i] = random_uniform(&random) < 1 / (1 + exp(-(slope * score[i] + offset)));
        ups += up[i];
    }
    return ups;
}

static double sum_of(const struct calibration *calibration, const double *score, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += calibrate_probability(calibration, score[i]);
    return sum;
}

Test(calibrate, chances_of_listings_sum_to_the_ups_given_there)
{
    static double score[LISTINGS * LISTED];
    static unsigned char up[LISTINGS * LISTED];
    struct calibration listing;
    double ups = (double)make_listings(LISTINGS, 3, -7, score, up);
    cr_assert_gt(ups, 10);
    cr_assert_eq(calibrate_listing_fit(score, up, LISTINGS * LISTED, LISTINGS, &listing, NULL), PITH_OK);
    cr_assert(listing.known && calibrate_sane(&listing));
    double usual = (ups + 1.5) * LISTINGS / (LISTINGS + 1.0); /* the prior stands in as one listing more */
    cr_expect_float_eq(sum_of(&listing, score, LISTINGS * LISTED) / usual, 1, 2e-3);
    cr_expect(listing.slope > 2 && listing.slope < 4.5, "%f", listing.slope);
}

Test(calibrate, a_listing_without_an_up_is_told_few)
{
    static double score[LISTED];
    static unsigned char up[LISTED];
    struct calibration listing;
    make_listings(1, 3, -60, score, up);
    cr_assert_eq(calibrate_listing_fit(score, up, LISTED, 1, &listing, NULL), PITH_OK);
    cr_expect_float_eq(sum_of(&listing, score, LISTED), 0.75, 2e-3, "half of what is usual");
}

Test(calibrate, without_a_listing_no_chance_of_one_is_known)
{
    struct calibration listing = {.known = true};
    cr_assert_eq(calibrate_listing_fit(NULL, NULL, 0, 0, &listing, NULL), PITH_OK);
    cr_expect(!listing.known);
    const double none = NAN;
    cr_expect_eq(calibrate_listing_fit(&none, (const unsigned char *)"", 1, 1, &listing, NULL), PITH_USAGE);
}
