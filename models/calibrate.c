#include "calibrate.h"

#include "loss.h"

#include <math.h>

enum { MAX_STEPS = 100, MAX_HALVINGS = 30 };
static const double RIDGE = 1e-6; /* keeps the two-number Newton system solvable when all scores are equal */

struct targets {
    const double *score;
    const unsigned char *up;
    size_t count;
    double high, low; /* Platt's smoothed targets */
};

static double cross_entropy(const struct targets *targets, double slope, double offset)
{
    double sum = 0.5 * RIDGE * (slope * slope + offset * offset);
    for (size_t i = 0; i < targets->count; i++) {
        double t = targets->up[i] ? targets->high : targets->low, u = slope * targets->score[i] + offset;
        sum += t * loss_logistic.value(u) + (1 - t) * loss_logistic.value(-u);
    }
    return sum;
}

/* One Newton step with halving; false when it no longer helps. */
static bool improve(const struct targets *targets, double *slope, double *offset)
{
    double g0 = RIDGE * *slope, g1 = RIDGE * *offset, h00 = RIDGE, h01 = 0, h11 = RIDGE;
    for (size_t i = 0; i < targets->count; i++) {
        double s = targets->score[i], p = loss_sigmoid(*slope * s + *offset);
        double t = targets->up[i] ? targets->high : targets->low, d = p * (1 - p);
        g0 += (p - t) * s;
        g1 += p - t;
        h00 += d * s * s;
        h01 += d * s;
        h11 += d;
    }
    double determinant = h00 * h11 - h01 * h01;
    if (fabs(g0) + fabs(g1) < 1e-10 || !(determinant > 0))
        return false;
    double step0 = -(h11 * g0 - h01 * g1) / determinant, step1 = -(h00 * g1 - h01 * g0) / determinant;
    double before = cross_entropy(targets, *slope, *offset), length = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, length *= 0.5) {
        if (cross_entropy(targets, *slope + length * step0, *offset + length * step1) < before) {
            *slope += length * step0;
            *offset += length * step1;
            return true;
        }
    }
    return false;
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
    size_t downs = count - ups;
    if (count < CALIBRATE_MIN_VOTES || ups < CALIBRATE_MIN_EACH || downs < CALIBRATE_MIN_EACH)
        return PITH_OK;
    struct targets targets = {score, up, count, ((double)ups + 1) / ((double)ups + 2), 1 / ((double)downs + 2)};
    double slope = 1, offset = 0;
    for (int step = 0; step < MAX_STEPS && improve(&targets, &slope, &offset); step++)
        ;
    if (slope < 0) { /* the scores order nothing: say the base rate for all rather than turn the order */
        slope = 0;
        offset = log((double)ups / (double)downs);
    }
    *ret = (struct calibration){slope, offset, true};
    return PITH_OK;
}

double calibrate_probability(const struct calibration *calibration, double score)
{
    return loss_sigmoid(calibration->slope * score + calibration->offset);
}
