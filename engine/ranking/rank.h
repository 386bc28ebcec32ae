/* rank: papers in the reader's order, as a list to show: found (candidates), chosen (choose), explained (explain_score). */
#ifndef PITH_ENGINE_RANKING_RANK_H
#define PITH_ENGINE_RANKING_RANK_H

#include "engine/ranking/choose.h"

/* What a ranking is made with. */
struct rank_means {
    struct store *store;
    const struct model *model;              /* NULL: nothing is learnt; then listing order, by upvotes where known */
    struct profile *profile;                /* NULL: locked; else it marks papers voted on, and says what was shown before */
    const struct choose_unwanted *unwanted; /* NULL: none; for a request that bounds the share of unwanted papers */
    const struct candidates_except *except; /* NULL: none */
};

/* Ranks the listed papers of a request. Scores tie in listing order. PITH_NOT_FOUND when nothing is listed on these days. */
enum pith_status rank_listing(const struct rank_means *means, const struct pith_rank_request *request,
                              struct pith_ranking **ret_ranking, struct pith_error *reterr);

/* These papers in this order, or with `by_score` in the model's, the first `limit` of them (0: all). */
struct rank_subset {
    const int64_t *id;
    size_t count;
    bool by_score, unread;
    size_t limit, reasons;
};
enum pith_status rank_papers(const struct rank_means *means, const struct rank_subset *subset, struct pith_ranking **ret_ranking,
                             struct pith_error *reterr);

#endif
