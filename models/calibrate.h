/* calibrate: scores -> probabilities that mean what they say (Platt 1999), fitted on scores of votes that the scoring model had
 * not seen. */
#ifndef PITH_CALIBRATE_H
#define PITH_CALIBRATE_H

#include "../engine/status.h"

#include <stdbool.h>
#include <stddef.h>

struct calibration {
    double slope, offset; /* P(up) = σ(slope · score + offset) */
    bool known;           /* false: too few votes for a percentage; slope and offset are then 1 and 0 */
};

/* Percentages are shown from this many votes with this many of each kind (LEARNING.md 1.7). */
enum { CALIBRATE_MIN_VOTES = 30, CALIBRATE_MIN_EACH = 3 };

/* Platt scaling by Newton's method, with Platt's smoothed targets (n₊+1)/(n₊+2) and 1/(n₋+2); slope kept >= 0, so that the
 * order is never turned. up[i] is 1 or 0. Fewer votes than the thresholds: *ret is not known. */
enum pith_status calibrate_fit(const double *score, const unsigned char *up, size_t count, struct calibration *ret,
                               struct pith_error *reterr);
double calibrate_probability(const struct calibration *calibration, double score);

#endif
