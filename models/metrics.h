/* metrics: how good an order and its probabilities are. Every figure that pith prints about itself uses these definitions. */
#ifndef PITH_MODELS_METRICS_H
#define PITH_MODELS_METRICS_H

#include <pith/status.h>

#include <stddef.h>

struct metrics_ranking {
    double auc;      /* P(an up stands before a non-up), ties count half */
    double ndcg10;   /* binary gains, log2 discount, ideal = min(10, ups) */
    double ap;       /* average precision */
    double recall10; /* ups in the first ten over min(10, ups) */
};

/* Positions 0 to count - 1 by falling value; ties in place. */
void metrics_order(const double *value, size_t count, size_t *ret_order);

/* Measures the order by falling score; ties keep the given order (AUC counts them half). truth[i] is 1 or 0, with at least one
 * of each (asserted). `scratch` holds count indices. */
struct metrics_ranking metrics_ranking(const double *score, const unsigned char *truth, size_t count, size_t *scratch);

/* Mean squared error of the probabilities. count >= 1. */
double metrics_brier(const double *probability, const unsigned char *truth, size_t count);
/* Mean of -log of the probability of what came true, each held to 1e-15 at least. count >= 1. */
double metrics_log_loss(const double *probability, const unsigned char *truth, size_t count);

/* How well pairs find each other: the mean over i of 1 / (rank of right i among all rights by its cosine with left i), as
 * reciprocal rank is defined in information retrieval; ties count half. left and right are count rows of dims numbers, each of unit
 * length or zeros. 0 for no pair. `reterr`: PITH_NOMEM. */
enum pith_status metrics_reciprocal_rank(const float *left, const float *right, size_t count, size_t dims, double *ret_rank,
                                         struct pith_error *reterr);

#endif
