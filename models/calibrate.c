#include "models/calibrate.h"

#include "models/loss.h"
#include "models/posterior.h"

#include <math.h>

enum { MAX_STEPS = 100, MAX_HALVINGS = 30, NODES = 5, ANCHOR_STEPS = 40 };
static const double ANCHOR_MOST = 40, ANCHOR_DONE = 1e-3;
/* What is usual of a listing, as if so many listings had said it. */
static const double USUAL_LIKES = 1.5, USUAL_LISTINGS = 1;
static const double SPREAD_MOST = 10, NUMBER_MOST = 1e9; /* what is read may have: nothing overflows to no number */
/* What is usual among readers, and how far they are from it (standard deviations). */
static const double USUAL_LOG_SLOPE = 1.1, LOG_SLOPE_SPREAD = 0.4, USUAL_OFFSET = -2, OFFSET_SPREAD = 1.5, LISTING_OFFSET = -6,
                    LISTING_OFFSET_SPREAD = 3;

struct votes {
    const double *score;
    const unsigned char *up;
    size_t count;
    double usual_offset, offset_spread;
};

struct numbers {
    double log_slope, offset;
};

/* -log of likelihood times prior. */
static double cost(const struct votes *votes, struct numbers at)
{
    double a = (at.log_slope - USUAL_LOG_SLOPE) / LOG_SLOPE_SPREAD, b = (at.offset - votes->usual_offset) / votes->offset_spread;
    double slope = exp(at.log_slope), sum = 0.5 * (a * a + b * b);
    for (size_t i = 0; i < votes->count; i++) {
        double u = slope * votes->score[i] + at.offset;
        sum += loss_logistic.value(votes->up[i] ? u : -u);
    }
    return sum;
}

/* The cost's gradient by log slope and offset, and its expected second derivatives. */
struct slopes {
    double g0, g1, h00, h01, h11;
};

static struct slopes slopes_at(const struct votes *votes, struct numbers at)
{
    double precision0 = 1 / (LOG_SLOPE_SPREAD * LOG_SLOPE_SPREAD), precision1 = 1 / (votes->offset_spread * votes->offset_spread);
    double slope = exp(at.log_slope);
    struct slopes sum = {(at.log_slope - USUAL_LOG_SLOPE) * precision0, (at.offset - votes->usual_offset) * precision1, precision0,
                         0, precision1};
    for (size_t i = 0; i < votes->count; i++) {
        double along = slope * votes->score[i], p = loss_sigmoid(along + at.offset), d = p * (1 - p), off = p - votes->up[i];
        sum.g0 += off * along;
        sum.g1 += off;
        sum.h00 += d * along * along;
        sum.h01 += d * along;
        sum.h11 += d;
    }
    return sum;
}

/* One step of Fisher scoring with halving; false when it no longer helps. */
static bool improve(const struct votes *votes, struct numbers *at)
{
    struct slopes slopes = slopes_at(votes, *at);
    double determinant = slopes.h00 * slopes.h11 - slopes.h01 * slopes.h01;
    if (fabs(slopes.g0) + fabs(slopes.g1) < 1e-10 || !(determinant > 0))
        return false;
    double step0 = -(slopes.h11 * slopes.g0 - slopes.h01 * slopes.g1) / determinant;
    double step1 = -(slopes.h00 * slopes.g1 - slopes.h01 * slopes.g0) / determinant;
    double before = cost(votes, *at), length = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, length *= 0.5) {
        struct numbers next = {at->log_slope + length * step0, at->offset + length * step1};
        if (cost(votes, next) < before) {
            *at = next;
            return true;
        }
    }
    return false;
}

/* The numbers, and the Cholesky factor of their covariance. */
static struct calibration posterior_at(const struct votes *votes, struct numbers at)
{
    struct slopes slopes = slopes_at(votes, at);
    double slant = -slopes.h01 / slopes.h11; /* of the offset, for each of the log slope */
    double spread = 1 / sqrt(fmax(slopes.h00 + slopes.h01 * slant, 1 / (LOG_SLOPE_SPREAD * LOG_SLOPE_SPREAD)));
    return (struct calibration){.slope = exp(at.log_slope),
                                .offset = at.offset,
                                .slope_spread = spread,
                                .offset_slant = slant * spread,
                                .offset_spread = 1 / sqrt(slopes.h11),
                                .known = true};
}

enum pith_status calibrate_fit(const double *score, const unsigned char *up, size_t count, struct calibration *ret,
                               struct pith_error *reterr)
{
    size_t ups = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(score[i]))
            return pith_fail(reterr, PITH_USAGE, "score %zu is not finite", i);
        ups += up[i];
    }
    *ret = (struct calibration){.slope = 1};
    if (count < CALIBRATE_MIN_VOTES || ups < CALIBRATE_MIN_EACH || count - ups < CALIBRATE_MIN_EACH)
        return PITH_OK;
    struct votes votes = {score, up, count, USUAL_OFFSET, OFFSET_SPREAD};
    struct numbers at = {USUAL_LOG_SLOPE, USUAL_OFFSET};
    for (int step = 0; step < MAX_STEPS && improve(&votes, &at); step++)
        ;
    *ret = posterior_at(&votes, at);
    return PITH_OK;
}

/* How far all offsets have to move for the chances to sum to `wanted`: they grow with the offset, so halving finds it. */
static void anchor(const double *score, size_t count, double wanted, struct calibration *calibration)
{
    double low = -ANCHOR_MOST, high = ANCHOR_MOST, start = calibration->offset;
    for (int step = 0; step < ANCHOR_STEPS; step++) {
        double sum = 0, middle = (low + high) / 2;
        calibration->offset = start + middle;
        for (size_t i = 0; i < count; i++)
            sum += calibrate_probability(calibration, score[i]);
        if (fabs(sum - wanted) < ANCHOR_DONE * wanted)
            return;
        *(sum < wanted ? &low : &high) = middle;
    }
}

enum pith_status calibrate_listing_fit(const double *score, const unsigned char *up, size_t count, size_t listings,
                                       struct calibration *ret, struct pith_error *reterr)
{
    size_t ups = 0;
    for (size_t i = 0; i < count; i++)
        ups += up[i];
    *ret = (struct calibration){.slope = 1};
    if (!listings || !count)
        return PITH_OK;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(score[i]))
            return pith_fail(reterr, PITH_USAGE, "score %zu is not finite", i);
    struct votes votes = {score, up, count, LISTING_OFFSET, LISTING_OFFSET_SPREAD};
    struct numbers at = {USUAL_LOG_SLOPE, LISTING_OFFSET};
    for (int step = 0; step < MAX_STEPS && improve(&votes, &at); step++)
        ;
    *ret = posterior_at(&votes, at);
    double rate = ((double)ups + USUAL_LIKES * USUAL_LISTINGS) / ((double)listings + USUAL_LISTINGS);
    anchor(score, count, fmin(rate * (double)listings, (double)count / 2), ret);
    return PITH_OK;
}

double calibrate_probability(const struct calibration *calibration, double score)
{
    /* nodes and weights for a standard normal: the roots of its fifth Hermite polynomial, a⁵ - 10a³ + 15a (Abramowitz & Stegun 25.4.46) */
    static const double node[NODES] = {-2.8569700138728056, -1.3556261799742657, 0, 1.3556261799742657, 2.8569700138728056};
    static const double weight[NODES] = {0.011257411327720689, 0.22207592200561266, 0.5333333333333333, 0.22207592200561266,
                                         0.011257411327720689};
    if (calibration->slope_spread == 0 && calibration->offset_spread == 0)
        return loss_sigmoid(calibration->slope * score + calibration->offset);
    double probability = 0, open = calibration->offset_spread * calibration->offset_spread;
    for (size_t i = 0; i < NODES; i++) {
        double slope = calibration->slope * exp(calibration->slope_spread * node[i]);
        double offset = calibration->offset + calibration->offset_slant * node[i];
        probability += weight[i] * posterior_mean_probability(slope * score + offset, open);
    }
    return probability;
}

bool calibrate_sane(const struct calibration *calibration)
{
    return calibration->slope >= 0 && calibration->slope <= NUMBER_MOST && fabs(calibration->offset) <= NUMBER_MOST &&
           fabs(calibration->offset_slant) <= NUMBER_MOST && calibration->slope_spread >= 0 &&
           calibration->slope_spread <= SPREAD_MOST && calibration->offset_spread >= 0 &&
           calibration->offset_spread <= SPREAD_MOST; /* no NaN either */
}
