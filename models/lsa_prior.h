/* lsa_prior: a prior from latent semantic analysis (lsa.h): a few directions in which columns go together, shared by each row more or less.
 *
 * A prior over these directions lets a taste reach words that no voted paper holds, by those that they stand beside. They are folded
 * into the weights of the columns afterwards, so that what was fitted is one linear taste. */
#ifndef PITH_MODELS_LSA_PRIOR_H
#define PITH_MODELS_LSA_PRIOR_H

#include "models/pca.h"
#include "models/sparse.h"

#include <stdbool.h>

struct lsa_prior {
    struct pca pca; /* of the learnt rows' shares; dims 0: nothing was learnt */
    size_t columns; /* of the rows */
    uint32_t *at;   /* columns of them: which vector; UINT32_MAX: the column has none */
    double *vector; /* dims numbers each, scaled so that a learnt row's share is of unit length in the mean */
};
void lsa_prior_clear(struct lsa_prior *lsa_prior); /* frees; for PITH_AUTO */

/* Learns `dims` directions of the columns that `taken` names from the rows that `learnt` names. Too few rows or columns for so many
 * directions: none (pca.dims 0). The same rows and seed, the same directions, on one kind of processor. PITH_NOMEM. */
enum pith_status lsa_prior_learn(const struct sparse *rows, const bool *learnt, const bool *taken, uint32_t dims, uint64_t seed,
                                 struct lsa_prior *ret_latent, struct pith_error *reterr);

/* How a row shares the directions: `share` gets pca.dims numbers, along the principal axes, 0 in the mean of the learnt rows. */
void lsa_prior_share(const struct lsa_prior *lsa_prior, const uint32_t *column, const double *value, size_t count, double *share);
/* Adds to `weight` (columns of them) what weights along the principal axes mean for each column; returns what they add to every row besides:
 * along·lsa_prior_share(row) = added weight·row + returned. */
double lsa_prior_fold(const struct lsa_prior *lsa_prior, const double *along, double *weight);

#endif
