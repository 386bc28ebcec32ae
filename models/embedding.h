/* embedding: static term vectors, and a paper's place in it.
 *
 * An embedding gives each term, known by a 64-bit key, a row of small whole numbers and one scale. It lies in memory as in its file
 * (FORMAT.md, "Embedding file"), so a mapped file is used where it is; which weight a term has is folded into its row.
 * A paper's place is Σ √count · vector(term) over its terms, made of unit length; centred by the mean of a store's papers it is
 * made of unit length again (embedding_centre). The arithmetic has one order: the same embedding gives the same numbers to the bit. */
#ifndef PITH_MODELS_EMBEDDING_H
#define PITH_MODELS_EMBEDDING_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EMBEDDING_FORMAT = 1,
    EMBEDDING_MAX_DIMS = 512,
    EMBEDDING_MAX_BYTES = 16 << 20,
    EMBEDDING_FINGERPRINT = 32, /* bytes of the corpus's fingerprint */
    EMBEDDING_NAME = 33,        /* an embedding's own fingerprint in hexadecimal digits, and the NUL */
};
#define EMBEDDING_NO_DAY INT32_MIN

enum embedding_method {                         /* stored: append only */
                        EMBEDDING_CONTRAST = 1, /* models/contrastive: over a corpus */
                        EMBEDDING_LSA = 2,      /* models/lsa: over a reader's store */
};

/* Where an embedding comes from. */
struct embedding_origin {
    uint32_t method; /* enum embedding_method */
    uint32_t papers; /* learnt from */
    uint64_t seed;
    int32_t first_day, last_day; /* of those papers that say one, days since 1970-01-01; EMBEDDING_NO_DAY when none does */
    int32_t trained_day;         /* as the caller says; EMBEDDING_NO_DAY */
    unsigned char corpus[EMBEDDING_FINGERPRINT]; /* fingerprint of what it was learnt from, as the caller computes it */
};

struct embedding;

/* An embedding over `length` bytes, which stay the caller's and must outlive it and lie at a multiple of 8. PITH_CORRUPT for bytes that
 * are cut, altered or no embedding of this version; PITH_NOMEM. */
enum pith_status embedding_open(const void *bytes, size_t length, struct embedding **ret_embedding, struct pith_error *reterr);
void embedding_close(struct embedding *embedding);
PITH_CLEANUP(struct embedding, embedding_close);

uint32_t embedding_dims(const struct embedding *embedding);
uint32_t embedding_terms(const struct embedding *embedding);
const struct embedding_origin *embedding_origin(const struct embedding *embedding);
/* 32 hexadecimal digits that tell this embedding from any other. */
const char *embedding_name(const struct embedding *embedding);

/* Where a term stands: 0 to terms - 1, or EMBEDDING_NO_TERM when the embedding does not know it. */
#define EMBEDDING_NO_TERM UINT32_MAX
uint32_t embedding_find(const struct embedding *embedding, uint64_t key);
/* Adds weight · vector of a term (by where it stands) to sum (dims numbers). */
void embedding_add(const struct embedding *embedding, uint32_t term, float weight, float *sum);
/* Sums weight[i] · vector(key[i]) over the terms that the embedding knows; returns how many it does. As often embedding_find and embedding_add,
 * but waits for memory once instead of at every term. */
size_t embedding_sum(const struct embedding *embedding, const uint64_t *key, const float *weight, size_t count, float *sum);
/* Makes sum of unit length; a sum of nothing stays 0. */
void embedding_unit(float *sum, uint32_t dims);
/* A paper's place before centring as it is kept (FORMAT.md), and the name of the embedding that it is in; NULL: none is kept. Borrowed. */
struct embedding_kept {
    const char *table;
    const void *bytes;
    size_t length;
};
/* Reads one. False, and `place` untouched, when none is kept, or one in another embedding, or one that is not of unit length: that of a
 * paper of no known term, or a damaged one. Then it is to be summed. */
bool embedding_read_kept(const struct embedding *embedding, const struct embedding_kept *kept, float *place);
/* From the mean of a store's unit places: place - mean, of unit length. */
void embedding_centre(float *place, const float *mean, uint32_t dims);

struct embedding_rows {
    const uint64_t *key; /* `terms` of them, distinct, none 0 */
    const float *vector; /* terms * dims finite numbers */
    uint32_t terms, dims;
};
/* The bytes of an embedding of these terms, malloc'ed. Each row is rounded to 127 steps either way of 0. PITH_USAGE for no term, too
 * many for EMBEDDING_MAX_BYTES, too many dimensions, or keys and numbers as they may not be. */
enum pith_status embedding_make(const struct embedding_origin *origin, const struct embedding_rows *from, unsigned char **ret_bytes,
                                size_t *ret_length, struct pith_error *reterr);
/* The most terms that an embedding of so many dimensions may have. */
uint32_t embedding_most_terms(uint32_t dims);

#endif
