/* selection: which of the papers in order a list shows. Numbers in, positions out. */
#ifndef PITH_ENGINE_RANKING_SELECTION_H
#define PITH_ENGINE_RANKING_SELECTION_H

#include "engine/learning/model.h"
#include "engine/papers/paper_features.h"

enum { SELECTION_PLACES = 256 }; /* numbers of a paper's place, when how much papers are alike is asked */

/* A number that titles have in common which differ in form alone: the same word stems, in any order, as often. 0 for a title of
 * fewer than three words, which tells nothing. */
uint64_t selection_title(const struct features *features);

/* Twins collapse: of papers with the same title (not 0) the first in `order` stays. order[0..count) is thinned in place; twin_of
 * (count numbers, by position) tells for each paper left out which one stands for it, and for each other itself. Returns how many
 * stay. */
size_t selection_collapse(const uint64_t *title, size_t *order, size_t count, size_t *duplicate_of);

/* Where a paper stands, as SELECTION_PLACES numbers of unit length: in the model's first dense view, else by its words. */
void selection_place(const struct model *model, const struct model_row *row, float place[SELECTION_PLACES]);

/* How much two of them are alike: from -1 to 1. */
double selection_cosine(const float one[SELECTION_PLACES], const float other[SELECTION_PLACES]);

/* Orders anew by maximal marginal relevance (Carbonell and Goldstein 1998): the next paper is the one with the largest
 * (1 - diverse) · worth - diverse · (largest cosine with a paper above it). worth and place by position; worth from 0 to 1. Only the
 * first `most` of `order` are moved, among themselves. PITH_NOMEM. */
enum pith_status selection_diversify(const double *worth, const float *place, double diverse, size_t most, size_t *order,
                                     size_t count, struct pith_error *reterr);

#endif
