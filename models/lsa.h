/* lsa: term vectors by latent semantic analysis (Deerwester et al. 1990): the leading right singular vectors of papers by terms, by
 * the randomised method of Halko, Martinsson and Tropp (2011, algorithm 4.4 and 5.1) with two power steps. */
#ifndef PITH_LSA_H
#define PITH_LSA_H

#include "../engine/status.h"
#include "sparse.h"

#include <stdint.h>

enum { LSA_MAX_DIMS = 256, LSA_EXTRA = 16, LSA_POWER = 2 };

/* vector: columns * dims numbers, row i the vector of term i, so that a paper's row times it is the paper's place. Rows of `papers`
 * should be of unit length. The same papers, dims and seed give the same numbers on one kind of processor. `progress` (may be NULL)
 * is told steps done of all. PITH_USAGE for more dims than LSA_MAX_DIMS, or than papers or terms allow. */
enum pith_status lsa_learn(const struct sparse *papers, uint32_t dims, uint64_t seed,
                           void (*progress)(void *user, size_t done, size_t all), void *user, float *vector, struct pith_error *reterr);

#endif
