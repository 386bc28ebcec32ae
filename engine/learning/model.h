/* model: a fitted taste as a value. Named weights, the document frequencies they were fitted with, the calibration.
 *
 * It scores any paper's features in any store, and its bytes (FORMAT.md) are what is sealed. A dense view needs the embedding that it names (embeddings.h) and brings all else of its own. */
#ifndef PITH_ENGINE_LEARNING_MODEL_H
#define PITH_ENGINE_LEARNING_MODEL_H

#include "engine/base/bytes.h"
#include "engine/learning/embeddings.h"
#include "engine/papers/paper_features.h"
#include "models/calibrate.h"
#include "models/embedding.h"
#include <pith/status.h>

/* Formats 1 to 5 are read too: they have no calibration of a listing, 1 to 4 no spreads of the calibration, 1 to 3 no title weight, 1 and 2
 * no levels of numbers, and 1 no dense view. */
enum { MODEL_FORMAT = 6, MODEL_MAX_BYTES = 32 << 20, MODEL_EMBEDDINGS = 2 };
/* The prior variance of a view that a model of before does not know: it has no term there, so any will do. */
#define MODEL_NO_VIEW 1.0

struct model_term {
    uint64_t key;
    uint32_t name;   /* offset into names */
    uint32_t papers; /* document frequency at the fit */
    float weight;
    float title_weight; /* times its value, above 0 (title_weighting.h); 1: as any other */
    uint8_t view;       /* enum feature_view */
};

/* How often a word of the title counts as a term. Changing it is another FEATURES_VERSION. */
enum { MODEL_TITLE = 2 };

struct model_slot;

/* A dense view: where a paper stands in an embedding. */
struct model_embedding {
    char table[EMBEDDING_NAME]; /* embedding_name of it */
    uint32_t dims;
    double variance;                   /* prior variance of a dimension's weight, in the mean over all */
    float *mean;                       /* dims: of the unit places of the store's papers at the fit */
    float *weight;                     /* dims */
    const struct embedding *embedding; /* it; NULL: it is not here, and the view is silent (model_complete) */
};

struct model {
    int format; /* that it was read from: an older one wants a fit before it says all that this pith can */
    int features_version;
    uint64_t papers;        /* that the frequencies were counted over */
    uint64_t fitted_papers; /* papers in the store when it was fitted here; 0: brought from another home */
    char votes[65];         /* digest of the votes it was fitted on */
    uint32_t ups, downs, pairs;
    double base;                                /* log-odds before any feature */
    double variance[FEATURE_VIEWS];             /* prior variance per view */
    double weight_up, weight_down, weight_pair; /* of one observation */
    struct calibration calibration;             /* of a vote: of what the reader votes on */
    struct calibration listing;                 /* of a paper on a listing; not known where the reader went through none */

    struct model_embedding embedding[MODEL_EMBEDDINGS];
    size_t embeddings;

    struct model_term *term; /* by ascending key: column number = position */
    size_t terms, term_cap;
    char *names; /* NUL-terminated names, one after the other */
    size_t names_length, names_cap;
    struct model_slot *slot; /* hash of keys */
    unsigned char *filter;   /* and what is surely not among them */
    size_t slots;
};

enum pith_status model_new(struct model **ret_model, struct pith_error *reterr);
void model_free(struct model *model);
PITH_CLEANUP(struct model, model_free);

/* Adds a term; names need not be distinct in memory. */
enum pith_status model_add_term(struct model *model, const struct model_term *term, const char *name, struct pith_error *reterr);
/* Adds a dense view; mean and weight (dims numbers each) are copied, weight NULL means zeros. Its embedding is not
 * found yet (model_bind). PITH_NOMEM also past MODEL_EMBEDDINGS. */
enum pith_status model_add_embedding(struct model *model, const char *table, uint32_t dims, double variance, const float *mean,
                                     const float *weight, struct pith_error *reterr);
/* Whether an title weight read from outside is one. */
#define MODEL_TITLE_WEIGHT_MOST 1e3
bool model_title_weight_sane(double title_weight);
/* Whether a dense view read from outside is one: an embedding's name, numbers in range. */
bool model_embedding_sane(const struct model_embedding *embedding);
/* Finds the embedding of each dense view by its name; one that is not among them, or has another size, stays silent. They must outlive the
 * model. */
void model_bind(struct model *model, const struct embeddings *embeddings);
/* Whether every embedding that the model names is here, in the size it had: else its ranking would be another. */
bool model_complete(const struct model *model);
/* Numbers of all dense views together. */
size_t model_places(const struct model *model);

/* After the last term and after changing papers: sorts the terms by key and hashes them. */
enum pith_status model_finish(struct model *model, struct pith_error *reterr);

/* A paper as the model sees it, in order of its features; values of unit length per view. Reusable. */
struct model_row {
    uint32_t *column; /* position in model->term */
    uint32_t *index;  /* which feature of the paper it is (features->item[index]) */
    double *value;
    size_t count, cap;
    float *place; /* where it stands in each dense view, one after the other: model_places numbers, of unit length per view, or
                   * zeros for a paper of which the embedding knows no term */
    size_t place_cap;
};
void model_row_clear(struct model_row *row); /* frees; for PITH_AUTO */

/* Weighs a paper's counts: √tf · √idf · title weight to unit length per view, with tf = MODEL_TITLE·title + body (a title's words: title) and
 * idf = ln((1 + papers) / (1 + papers with it)) + 1. A term that the model does not know lengthens the norm as a rare one would. */
enum pith_status model_weigh(const struct model *model, const struct features *features, struct model_row *row,
                             struct pith_error *reterr);
/* The same of a paper whose place is kept, as store_row has it: where that is in an embedding of the model, it need not be summed. */
enum pith_status model_weigh_kept(const struct model *model, const struct features *features, const struct embedding_kept *kept,
                                  struct model_row *row, struct pith_error *reterr);
/* What a dense view adds to the score. */
double model_embedding_score(const struct model *model, size_t embedding, const struct model_row *row);
/* base + Σ weight·value + Σ weight·place. */
double model_score(const struct model *model, const struct model_row *row);

enum pith_status model_write(const struct model *model, struct bytes *bytes, struct pith_error *reterr);
/* PITH_CORRUPT when it is no model of this format. */
enum pith_status model_read(const void *bytes, size_t length, struct model **ret_model, struct pith_error *reterr);

#endif
