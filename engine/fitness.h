/* fitness: how well a table of term vectors fits a store, told from the papers alone, without a vote. */
#ifndef PITH_FITNESS_H
#define PITH_FITNESS_H

#include "../models/space.h"
#include "store.h"

struct fitness {
    size_t papers;              /* looked at: a sample spread evenly over the store */
    float mean[SPACE_MAX_DIMS]; /* of their unit places */
    size_t pairs;               /* of them with title and abstract in the table */
    double reciprocal_rank;     /* mean over the pairs: how well a title finds its abstract among those of all pairs; 0 without */
};

/* Measures the table on the store. The same store gives the same numbers. */
enum pith_status fitness_measure(struct store *store, const struct space *space, struct fitness *ret_fitness,
                                 struct pith_error *reterr);

#endif
