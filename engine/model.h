/* model: a fitted taste as a value. Named weights, the document frequencies they were fitted with, the calibration.
 *
 * Self-contained: it scores any paper's features in any store, and its bytes (FORMAT.md) are what is sealed. */
#ifndef PITH_MODEL_H
#define PITH_MODEL_H

#include "../models/calibrate.h"
#include "bytes.h"
#include "features.h"
#include "status.h"

enum { MODEL_FORMAT = 1, MODEL_MAX_BYTES = 32 << 20 };

struct model_term {
    uint64_t key;
    uint32_t name;   /* offset into names */
    uint32_t papers; /* document frequency at the fit */
    float weight;
    uint8_t view;    /* enum feature_view */
};

struct model_slot;

struct model {
    int features_version;
    uint64_t papers;        /* that the frequencies were counted over */
    uint64_t fitted_papers; /* papers in the store when it was fitted here; 0: brought from another home */
    char votes[65];         /* digest of the votes it was fitted on */
    uint32_t ups, downs, pairs;
    double base;            /* log-odds before any feature */
    double variance[FEATURE_VIEWS];      /* prior variance per view */
    double weight_up, weight_down, weight_pair; /* of one observation */
    struct calibration calibration;

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
enum pith_status model_add_term(struct model *model, const struct model_term *term, const char *name,
                                struct pith_error *reterr);
/* After the last term and after changing papers: sorts the terms by key and hashes them. */
enum pith_status model_finish(struct model *model, struct pith_error *reterr);

/* A paper as the model sees it, in order of its features; values of unit length per view. Reusable. */
struct model_row {
    uint32_t *column; /* position in model->term */
    uint32_t *index;  /* which feature of the paper it is (features->item[index]) */
    double *value;
    size_t count, cap;
};
void model_row_clear(struct model_row *row); /* frees; for AUTO */

/* Weighs a paper's counts: √tf · √idf to unit length per view, with tf = TITLE_WEIGHT·title + body (a title's words: title) and
 * idf = ln((1 + papers) / (1 + papers with it)) + 1. A term that the model does not know lengthens the norm as a rare one would. */
enum pith_status model_weigh(const struct model *model, const struct features *features, struct model_row *row,
                             struct pith_error *reterr);
/* base + Σ weight·value. */
double model_score(const struct model *model, const struct model_row *row);

enum pith_status model_write(const struct model *model, struct bytes *bytes, struct pith_error *reterr);
/* PITH_CORRUPT when it is no model of this format. */
enum pith_status model_read(const void *bytes, size_t length, struct model **ret_model, struct pith_error *reterr);

#endif
