/* cutoff: how long a list in order of falling probability should be. */
#ifndef PITH_MODELS_CUTOFF_H
#define PITH_MODELS_CUTOFF_H

#include <stddef.h>

/* A line under the first `length`. Likes are counted in expectation: the sum of the probabilities. */
struct cutoff {
    size_t length;
    double above, below; /* likes expected above the line, and missed below it */
};

/* Of all `count` papers, the first `length`. */
struct cutoff cutoff_at(const double *probability, size_t count, size_t length);
/* The shortest list with so many likes expected on it; all when there are not so many. */
struct cutoff cutoff_expecting(const double *probability, size_t count, double likes);
/* The shortest list that misses at most so many likes, in expectation. */
struct cutoff cutoff_missing(const double *probability, size_t count, double likes);

/* Conformal selection with a bound on the share of unwanted papers. unwanted[0..nulls): scores of papers known to be unwanted, given
 * by models that had not seen them, in any order (sorted here). score[0..count): those to select from, falling. Each score's p-value
 * is (1 + |unwanted scores not below it|) / (nulls + 1), and the first `length` are selected by Benjamini and Hochberg's rule at
 * level `share`. When unwanted papers on the list score like those known, the expected share of unwanted ones among the selected is
 * at most `share` (Bates, Candès, Lei, Romano and Sesia 2023, Testing for outliers with conformal p-values, theorem 2). */
size_t cutoff_conformal(const double *score, size_t count, double *unwanted, size_t nulls, double share);

#endif
