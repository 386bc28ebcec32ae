/* calibrate: scores -> probabilities that mean what they say, fitted on scores of votes that the scoring model had not seen: Platt's
 * (1999) slope and offset, averaged over their posterior. */
#ifndef PITH_MODELS_CALIBRATE_H
#define PITH_MODELS_CALIBRATE_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

/* The likeliest slope and offset, and what the votes leave open of them: with a and b standard normal, the slope is
 * slope · exp(slope_spread · a) and the offset is offset + offset_slant · a + offset_spread · b. All spreads 0: nothing is open. */
struct calibration {
    double slope, offset;
    double slope_spread, offset_slant, offset_spread;
    bool known; /* false: too few votes for a percentage; the slope is then 1 and all else 0 */
};

/* Percentages are shown from this many votes with this many of each kind (LEARNING.md 1.7). */
enum { CALIBRATE_MIN_VOTES = 30, CALIBRATE_MIN_EACH = 3 };

/* The slope's logarithm and the offset have a normal prior, as readers' are (docs/measurements.md); their posterior is Laplace's, by Fisher
 * scoring. up[i] is 1 or 0. Fewer votes than the thresholds: *ret is not known. PITH_USAGE for a score that is not finite. */
enum pith_status calibrate_fit(const double *score, const unsigned char *up, size_t count, struct calibration *ret,
                               struct pith_error *reterr);
/* The same over all papers of `listings` listings that the reader went through: up[i] tells whether the paper was voted up there. The
 * chances of these papers sum to what the reader likes of such listings: the ups given, with a Gamma prior on the rate, as the few
 * listings of a beginner say little of it. No listing: *ret is not known. */
enum pith_status calibrate_listing_fit(const double *score, const unsigned char *up, size_t count, size_t listings,
                                       struct calibration *ret, struct pith_error *reterr);
/* E[σ(slope · score + offset)] over what is open: Gauss–Hermite's five nodes over a, MacKay's approximation over b (posterior.h). Grows
 * with the score, so the order is never turned. */
double calibrate_probability(const struct calibration *calibration, double score);
/* Whether numbers read from outside are a calibration: slope and spreads from 0 up, none so great that it could not be
 * computed with. */
bool calibrate_sane(const struct calibration *calibration);

#endif
