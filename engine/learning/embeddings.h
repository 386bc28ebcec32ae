/* spaces: the tables of term vectors that are here. One is linked into pith: constant data, opened at first need, the same for
 * every store and reader, so no call carries it along. */
#ifndef PITH_ENGINE_LEARNING_EMBEDDINGS_H
#define PITH_ENGINE_LEARNING_EMBEDDINGS_H

#include "models/embedding.h"

/* The table that came with pith, or NULL in a program that was linked without it. */
const struct embedding *embeddings_shipped(void);
/* Takes another table (NULL: none) for the shipped one, for tests and measurements; it must outlive every use. Not while another
 * thread is in the library. */
void embeddings_replace(const struct embedding *embedding);
/* The table learnt from the reader's own store, or NULL; and takes another one for it (NULL: none), which must outlive every use. Not
 * while another thread is in the library. */
const struct embedding *embeddings_own(void);
void embeddings_set_own(const struct embedding *embedding);
/* The table of this name (space_name), or NULL. */
const struct embedding *embeddings_find(const char *name);

#endif
