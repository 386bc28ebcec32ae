/* embeddings: the embeddings of one handle: the one that comes with pith, and one learnt from its store. */
#ifndef PITH_ENGINE_LEARNING_EMBEDDINGS_H
#define PITH_ENGINE_LEARNING_EMBEDDINGS_H

#include "models/embedding.h"

#include <stdbool.h>

struct embeddings {
    const struct embedding *shipped; /* NULL: none */
    const struct embedding *own;     /* NULL: none was learnt */
};
/* The one of this name (embedding_name), or NULL. */
const struct embedding *embeddings_find(const struct embeddings *embeddings, const char *name);
/* How many there are. */
size_t embeddings_count(const struct embeddings *embeddings);

/* An embedding in a file, mapped: all programs that use it share its pages. */
struct mapped_embedding {
    void *bytes;
    size_t length;
    struct embedding *embedding; /* over the bytes; NULL: none */
};
void mapped_embedding_clear(struct mapped_embedding *mapped); /* for PITH_AUTO */
/* Maps the embedding that comes with pith. It is looked for in this order:
 *   1. the file that the environment variable PITH_EMBEDDINGS names; an empty value means to do without,
 *   2. FOLDER/pith/terms.embedding, where FOLDER holds the program or libpith.so that this code is in,
 *   3. FOLDER/../models/terms.embedding: the build tree,
 *   4. where `meson install` puts it.
 * The bytes of a file that was found without the variable must be those that this pith was built with. PITH_NOT_FOUND when there is no
 * such file, PITH_CORRUPT for a damaged file or another embedding, PITH_IO when it cannot be read. */
enum pith_status mapped_embedding_open(struct mapped_embedding *ret_mapped, struct pith_error *reterr);

#endif
