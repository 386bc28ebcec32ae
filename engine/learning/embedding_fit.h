/* embedding_fit: how well an embedding fits a store, told from the papers alone, without a vote. */
#ifndef PITH_ENGINE_LEARNING_EMBEDDING_FIT_H
#define PITH_ENGINE_LEARNING_EMBEDDING_FIT_H

#include "engine/store/store.h"
#include "models/embedding.h"

struct embedding_fit {
    size_t papers;                  /* looked at: a sample spread evenly over the store */
    float mean[EMBEDDING_MAX_DIMS]; /* of their unit places */
    size_t pairs;                   /* of them with title and abstract in the embedding */
    double reciprocal_rank; /* mean over the pairs: how well a title finds its abstract among those of all pairs; 0 without */
};

/* Measures the embedding on the store. The same store gives the same numbers. */
enum pith_status embedding_fit_measure(struct store *store, const struct embedding *embedding, struct embedding_fit *ret_fitness,
                                       struct pith_error *reterr);

#endif
