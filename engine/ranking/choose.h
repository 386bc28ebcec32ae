/* choose: which of the candidates a list shows, and in which order: by score, duplicates as one, unlike each other, cut off. */
#ifndef PITH_ENGINE_RANKING_CHOOSE_H
#define PITH_ENGINE_RANKING_CHOOSE_H

#include "engine/ranking/candidates.h"

/* Scores of papers known to be unwanted, by models that had not seen them: for a request that bounds the share of such papers. Sorted
 * on the way. */
struct choose_unwanted {
    double *score;
    size_t count;
};

/* A list: positions of candidates in order, and who stands for whom. */
struct choice {
    size_t *order, *duplicate_of; /* duplicate_of by position: who stands for it, itself where it stands for itself */
    size_t count;
    double *probability; /* in order */
    size_t length;       /* how many of them the list shows */
};
void choice_clear(struct choice *choice); /* for PITH_AUTO */

/* Chooses as the candidates' request says. Scores tie in the candidates' order. `unwanted` may be NULL. */
enum pith_status choose(const struct candidates *candidates, const struct choose_unwanted *unwanted, struct choice *ret_choice,
                        struct pith_error *reterr);

/* Order of positions 0..count by falling score, ties in place. malloc'ed. */
enum pith_status choose_order(const double *score, size_t count, size_t **ret_order, struct pith_error *reterr);

/* Duplicates collapse: of papers with the same title (not 0) the first in `order` stays. order[0..count) is thinned in place; duplicate_of
 * (count numbers, by position) tells for each paper left out which one stands for it, and for each other itself. Returns how many
 * stay. */
size_t choose_collapse(const uint64_t *title, size_t *order, size_t count, size_t *duplicate_of);

/* Orders anew by maximal marginal relevance (Carbonell and Goldstein 1998): the next paper is the one with the largest
 * (1 - diverse) · worth - diverse · (largest cosine with a paper above it). worth and place (LIKENESS_PLACES numbers each) by position;
 * worth from 0 to 1. Only the first `most` of `order` are moved, among themselves. PITH_NOMEM. */
enum pith_status choose_diverse(const double *worth, const float *place, double diverse, size_t most, size_t *order, size_t count,
                                struct pith_error *reterr);

#endif
