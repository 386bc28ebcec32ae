/* candidates: the papers that a list is chosen from, each with its score. */
#ifndef PITH_ENGINE_RANKING_CANDIDATES_H
#define PITH_ENGINE_RANKING_CANDIDATES_H

#include "engine/learning/model.h"
#include "engine/profile/profile.h"
#include "engine/profile/shown.h"
#include "engine/store/store.h"
#include <pith/ranking.h>

/* Papers that a list leaves out, whatever the request says. */
struct candidates_except {
    bool (*leaves_out)(void *user, const struct store_row *row);
    void *user;
};

struct candidates {
    const struct model *model; /* NULL: nothing is learnt yet */
    struct profile *profile;   /* NULL: locked */
    const struct pith_rank_request *request;
    const struct candidates_except *except; /* NULL: none */
    struct shown shown;                     /* before, by rankings */
    struct features features;
    struct model_row row;
    int64_t *id;
    int32_t *day;
    double *score;   /* by the model; without one upvotes, -1 where they are unknown */
    uint64_t *title; /* what duplicates have in common (candidates_title) */
    float *place;    /* LIKENESS_PLACES numbers each, when papers are to be unlike each other */
    size_t count, id_cap, day_cap, score_cap, title_cap, place_cap;
    size_t listed; /* papers of these days that were announced as asked for, those left out too */
    size_t seen;   /* left out: voted on, or shown in an earlier listing */
};
void candidates_clear(struct candidates *candidates); /* for PITH_AUTO */

/* Those listed on the request's days, or every paper where it asks for all. PITH_NOT_FOUND where none is left. */
enum pith_status candidates_find(struct candidates *candidates, struct store *store, struct pith_error *reterr);
/* These papers, in this order. */
enum pith_status candidates_take(struct candidates *candidates, struct store *store, const int64_t *ids, size_t count,
                                 struct pith_error *reterr);

/* A number that titles have in common which differ in form alone: the same word stems, in any order, as often. 0 for a title of
 * fewer than three words, which tells nothing. */
uint64_t candidates_title(const struct features *features);

#endif
