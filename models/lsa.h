/* lsa: term vectors by latent semantic analysis (Deerwester et al. 1990): the leading right singular vectors of papers by terms, by
 * the randomised method of Halko, Martinsson and Tropp (2011, algorithm 4.4 and 5.1) with two power steps. */
#ifndef PITH_MODELS_LSA_H
#define PITH_MODELS_LSA_H

#include "models/sparse.h"
#include <pith/status.h>

#include <stdint.h>

enum { LSA_MAX_DIMS = 256, LSA_EXTRA = 16, LSA_POWER = 2 };

/* How learning is watched and taken up again; whatever is left out is not done. */
struct lsa_watch {
    void (*progress)(void *user, size_t done, size_t all); /* steps */
    /* Shown the sketch, papers * (dims + LSA_EXTRA) numbers, each time that so many power steps went into it. */
    void (*keep)(void *user, uint32_t powers, const double *sketch);
    void *user;
    const double *sketch; /* where to go on: one that was shown for the same papers, dims and seed after `powers` steps */
    uint32_t powers;      /* 0 to LSA_POWER */
};

/* vector: columns * dims numbers, row i the vector of term i, so that a paper's row times it is the paper's place. Rows of `papers`
 * should be of unit length. The same papers, dims and seed give the same numbers on one kind of processor, taken up again or not.
 * `watch` may be NULL. PITH_USAGE for more dims than LSA_MAX_DIMS, or than papers or terms allow. */
enum pith_status lsa_learn(const struct sparse *papers, uint32_t dims, uint64_t seed, const struct lsa_watch *watch, float *vector,
                           struct pith_error *reterr);

#endif
