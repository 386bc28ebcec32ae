/* reliability: how true chances come, in groups of like size (Murphy and Winkler 1977). */
#ifndef PITH_ENGINE_RANKING_RELIABILITY_H
#define PITH_ENGINE_RANKING_RELIABILITY_H

#include <pith/learning.h>

#include <stddef.h>

/* The chances in up to PITH_BINS groups of equal mass, by falling chance; truth[i] is 1 for an up, else 0. Returns how many groups:
 * `count` where that is less. `scratch` holds count indices. */
size_t reliability_bins(const double *probability, const unsigned char *truth, size_t count, size_t *scratch,
                        struct pith_bin bin[PITH_BINS]);
/* The same in groups that were each told as many likes: of a listing nearly all papers have a chance of nearly none. */
size_t reliability_bins_of_likes(const double *probability, const unsigned char *truth, size_t count, size_t *scratch,
                                 struct pith_bin bin[PITH_BINS]);
/* Expected calibration error over these groups: the mean distance, by mass, of the chance given from the share that came (Naeini, Cooper
 * and Hauskrecht 2015). count >= 1. */
double reliability_error(const double *probability, const unsigned char *truth, size_t count, size_t *scratch);

#endif
