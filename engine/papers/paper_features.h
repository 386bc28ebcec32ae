/* paper_features: a paper -> the counts that learning works on. Owns the feature version.
 *
 * Features are kept as raw counts with their names, one blob a paper, so that weighting (idf, norms, prior scales) is decided when a
 * model is fitted, and every weight can be named. A feature is known everywhere by a 64-bit key made from its view and name
 * alone: a model means the same in any store. */
#ifndef PITH_ENGINE_PAPERS_PAPER_FEATURES_H
#define PITH_ENGINE_PAPERS_PAPER_FEATURES_H

#include "engine/base/bytes.h"
#include "engine/papers/paper.h"
#include "engine/papers/tokens.h"
#include <pith/status.h>

/* Raise when any paper could get another blob, other keys or another place than before: the store then derives all of them again, models are
 * fitted anew. */
enum { FEATURES_VERSION = 5 };

/* Groups of features with a prior scale of their own. Numbers are stored: append only. The dense semantic views
 * beside these are of another kind (a place, not counts). */
enum feature_view {
    VIEW_WORD,     /* stems of title and abstract */
    VIEW_BIGRAM,   /* two neighbouring stems */
    VIEW_AUTHOR,   /* folded name */
    VIEW_CATEGORY, /* as the source has it, lower case */
    VIEW_TITLE,    /* the title's words once more */
    VIEW_UPVOTES,  /* levels that a number reaches: "0+", "1+", "2+", "4+", … "1024+"; none where it is unknown, here and below */
    VIEW_COMMENTS,
    VIEW_AGE, /* levels in days from a paper's publication to its first listing */
    FEATURE_VIEWS,
};

/* "word", "bigram", "author", "category", "title", "upvotes", "comments", "age": the prefix of a feature's printed name, as in "word:diffus". */
const char *feature_view_name(enum feature_view view);

struct feature {
    uint64_t key;
    uint32_t title, body; /* how often in the title, in the rest; authors, categories and levels count 1 in body */
    uint32_t index;       /* which one of its paper, for feature_name; a title's word has the index of the word */
    enum feature_view view;
};

/* A reusable list, in order of the blob: words, bigrams, authors, categories; then the title's words and the levels. */
struct features {
    struct feature *item;
    size_t count, cap;
};
void features_clear(struct features *features); /* frees; for PITH_AUTO; usable again */

enum { FEATURE_NAME_SIZE = 272 }; /* longest name (author names are cut) and its NUL */

/* Key of a feature by name: what FORMAT.md documents, stable for ever. A bigram's name is two stems and one blank. */
uint64_t feature_key(enum feature_view view, const char *name, size_t length);

/* Derives a paper's features and appends its blob to `blob` (cleared first). Needs title, abstract, authors, categories;
 * upvotes, comments and days where they are known. Same paper, same bytes. At most 64 KiB; words past that are left out. */
enum pith_status features_derive(struct tokens *words, const struct paper *paper, struct bytes *blob, struct pith_error *reterr);

/* Reads a blob into `features` (emptied first). PITH_CORRUPT when it is none. Keys are distinct in what
 * features_derive made; a damaged blob may hold one twice. */
enum pith_status features_read(const void *blob, size_t length, struct features *features, struct pith_error *reterr);

/* Square root of a count: a word's tenth mention says less than its first. */
double features_root(uint32_t count);

/* The name of feature `index` of that blob ("diffus", "diffus model", "jane doe", "cs.cl", "16+"), NUL-terminated. The blob must have
 * been read without error. Authors keep the spelling of the paper here; their key is of the folded name. */
void feature_name(const void *blob, size_t length, uint32_t index, char name[FEATURE_NAME_SIZE]);

/* The words behind a stem or bigram as they stand in this paper's text, for people: "diffusion models" for "diffus model".
 * False when it is not there. */
bool feature_surface(struct tokens *words, const char *text, const char *name, char surface[FEATURE_NAME_SIZE]);

#endif
