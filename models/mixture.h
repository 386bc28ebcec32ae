/* mixture: several linear scores of the same rows, averaged into one.
 *
 * Scores of different fits have different spreads, so each is standardised over reference rows (mean 0, standard deviation 1) before it
 * counts with its weight. All are linear in the same columns, so the average is one linear score again, and its parts add up. It is
 * given the mean and spread of the first: of one score alone it is that score. */
#ifndef PITH_MODELS_MIXTURE_H
#define PITH_MODELS_MIXTURE_H

#include "models/sparse.h"

#include <stdbool.h>

struct mixture_part {
    const double *w;     /* a weight a column */
    double weight;       /* in the average, from 0 up */
    double mean, spread; /* of its scores over the reference rows (mixture_standardise) */
};

/* Sets mean and spread of a part from the rows that `reference` names; of fewer than two, or rows that all score alike, 0 and 1.
 * `score` is scratch: a number a row. */
void mixture_standardise(struct mixture_part *part, const struct sparse *rows, const bool *reference, double *score);

/* What a part's weights are multiplied by in the average: its share of all weights, first spread over its own. */
double mixture_factor(const struct mixture_part *part, size_t parts, size_t which);
/* The average's weights (columns numbers); what it adds to every score besides goes to *ret_base. */
void mixture_join(const struct mixture_part *part, size_t parts, size_t columns, double *w, double *ret_base);

/* weight[i] = prior[i] · exp(log_evidence[i]), made to sum to 1. prior from 0 up, one of them above 0; log_evidence finite. */
void mixture_weigh(const double *prior, const double *log_evidence, size_t parts, double *weight);

/* How well scores tell ups from downs: the mean over all pairs of log σ(score of the up - score of the down); 0 without a pair. */
double mixture_log_order(const double *score, const unsigned char *up, size_t count);

#endif
