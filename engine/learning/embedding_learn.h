/* embedding_learn: an embedding learnt from the papers of one store, for fields that the shipped one never saw. */
#ifndef PITH_ENGINE_LEARNING_EMBEDDING_LEARN_H
#define PITH_ENGINE_LEARNING_EMBEDDING_LEARN_H

#include "engine/store/store.h"
#include "models/embedding.h"

#include <stdint.h>

enum {
    EMBEDDING_LEARN_DIMS = 128,
    EMBEDDING_LEARN_LEAST =
        5000, /* papers, for readers: of stores of a thousand, what was learnt did harm (docs/measurements.md) */
    EMBEDDING_LEARN_MOST = 50000, /* learnt from, spread evenly over the store */
};

struct embedding_learn_options {
    const char *home; /* where HOME/learned.sketch keeps what was done so far; NULL: nowhere */
    size_t least;     /* papers */
    uint64_t seed;
    int32_t today;                                         /* the day that the embedding says it was trained on */
    void (*progress)(void *user, size_t done, size_t all); /* may be NULL */
    void *user;
};
/* Learns from the words and pairs of words of the store's papers, each weighed √count · log(papers / papers with it). The bytes,
 * malloc'ed, are an embedding as models/embedding has it. The same store and seed, the same embedding. A later call for the same papers
 * and seed goes on from what was kept. PITH_NOT_FOUND for fewer than `least` papers. */
enum pith_status embedding_learn(struct store *store, const struct embedding_learn_options *options, unsigned char **ret_bytes,
                                 size_t *ret_length, struct pith_error *reterr);

/* An embedding kept beside a home's store, as HOME/learned.space. */
struct own_embedding {
    unsigned char *bytes;
    struct embedding *embedding; /* over the bytes; NULL: none */
};
void own_embedding_clear(struct own_embedding *own); /* for PITH_AUTO */
/* None when there is no such file, or one that is no embedding (any more): it can be learnt again. PITH_IO when it cannot be read. */
enum pith_status own_embedding_load(const char *home, struct own_embedding *ret_own, struct pith_error *reterr);
/* Puts these bytes in the place of the file, once they are on the disk as a whole, and drops what was kept while learning them. */
enum pith_status own_embedding_save(const char *home, const unsigned char *bytes, size_t length, struct pith_error *reterr);

#endif
