/* frequencies: in how many papers of the store each feature of interest stands, and in how many of their titles.
 *
 * A set of feature keys is gathered first (those of the papers that will train a model), then counted over the store in one
 * pass. The model keeps what it was fitted with, so that it ranks the same in any store. */
#ifndef PITH_ENGINE_LEARNING_FREQUENCIES_H
#define PITH_ENGINE_LEARNING_FREQUENCIES_H

#include "engine/papers/paper_features.h"
#include <pith/status.h>

struct frequencies {
    uint64_t papers;     /* counted */
    size_t count, slots; /* keys; table size, a power of two */
    uint64_t *key;       /* open addressing; 0 is free */
    uint32_t *papers_with, *titles_with;
    uint64_t words, titled; /* distinct words of the counted papers; those of them that stand in their paper's title */
    uint64_t *filter;       /* one bit per hash: most keys of most papers are of no interest and stop here */
};

void frequencies_clear(struct frequencies *frequencies); /* frees; for PITH_AUTO */
/* Adds the features of a paper to the keys of interest. A title's word is as rare as the word: titles are not counted apart. */
enum pith_status frequencies_want(struct frequencies *frequencies, const struct features *features, struct pith_error *reterr);
enum pith_status frequencies_want_key(struct frequencies *frequencies, uint64_t key, struct pith_error *reterr);
/* Counts one paper. */
void frequencies_count(struct frequencies *frequencies, const struct features *features);
/* Where a key of interest stands in the table (asserted to be one). */
size_t frequencies_slot(const struct frequencies *frequencies, uint64_t key);
/* In how many of the counted papers a key stands; 0 for one that is of no interest. */
uint32_t frequencies_papers(const struct frequencies *frequencies, uint64_t key);
/* In how many of these it stands in the title. */
uint32_t frequencies_titles(const struct frequencies *frequencies, uint64_t key);
/* The share of their words that counted papers have in their titles; 1 when no word was counted. */
double frequencies_title_share(const struct frequencies *frequencies);

#endif
