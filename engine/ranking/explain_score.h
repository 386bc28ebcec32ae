/* explain_score: one paper as a reader is shown it, with reasons that add up to its score. */
#ifndef PITH_ENGINE_RANKING_EXPLAIN_SCORE_H
#define PITH_ENGINE_RANKING_EXPLAIN_SCORE_H

#include "engine/learning/model.h"
#include "engine/papers/tokens.h"
#include "engine/profile/profile.h"
#include "engine/ranking/nearest.h"
#include "engine/store/store.h"
#include <pith/ranking.h>

/* What explaining one paper after another shares. Set the first four, then open it. */
struct explainer {
    struct store *store;
    const struct model *model;     /* NULL: no reasons */
    const struct profile *profile; /* NULL: no verdicts, no near papers */
    size_t reasons;                /* named at most, besides "base" and "other" for the rest */
    bool names_near;
    struct tokens *words;
    struct nearest nearest;
    struct features features; /* of the paper explained last */
};
enum pith_status explainer_open(struct explainer *explainer, struct pith_error *reterr);
void explainer_clear(struct explainer *explainer); /* for PITH_AUTO */

/* One visit of the store. *ret_paper is yours to explain_score_clear. */
enum pith_status explain_score(struct explainer *explainer, int64_t id, struct pith_ranked *ret_paper, struct pith_error *reterr);
void explain_score_clear(struct pith_ranked *paper); /* frees what it owns */

#endif
