/* ranker: papers in the reader's order, with reasons that add up to the score. */
#ifndef PITH_ENGINE_RANKING_RANKER_H
#define PITH_ENGINE_RANKING_RANKER_H

#include "engine/learning/model.h"
#include "engine/profile/profile.h"
#include "engine/store/store.h"
#include <pith/pith.h>

/* Scores of papers known to be unwanted, by models that had not seen them: for a request that bounds the share of such papers. Sorted
 * on the way. */
struct ranker_unwanted {
    double *score;
    size_t count;
};

/* Papers that a list leaves out, whatever the request says. */
struct ranker_except {
    bool (*leaves_out)(void *user, const struct store_row *row);
    void *user;
};

/* Ranks the listed papers of a request. `model` NULL: listing order, by upvotes where known. `profile` (may be NULL) marks
 * papers voted on, and says what it was shown before; `unwanted` and `except` may be NULL. Scores tie in listing order. PITH_NOT_FOUND
 * when nothing is listed on these days. */
enum pith_status ranker_rank(struct store *store, const struct model *model, struct profile *profile,
                             const struct pith_rank_request *request, const struct ranker_unwanted *unwanted,
                             const struct ranker_except *except, struct pith_ranking **ret_ranking, struct pith_error *reterr);

/* These papers in this order, or with `by_score` in the model's, the first `limit` of them (0: all). */
enum pith_status ranker_rank_papers(struct store *store, const struct model *model, const struct profile *profile,
                                    const int64_t *ids, size_t count, bool by_score, size_t limit, size_t reasons,
                                    struct pith_ranking **ret_ranking, struct pith_error *reterr);

/* One paper with at most `reasons` named reasons (and "base", and "other" for the rest); `ret_row` holds its features until
 * features_clear. Without a model: no reasons. */
enum pith_status ranker_explain(struct store *store, const struct model *model, const struct profile *profile, int64_t id,
                                size_t reasons, struct pith_ranked *ret_paper, struct features *ret_features,
                                struct pith_error *reterr);
void ranker_clear(struct pith_ranked *paper); /* frees what it owns */

/* Order of positions 0..count by falling score, ties in place. malloc'ed. */
enum pith_status ranker_order(const double *score, size_t count, size_t **ret_order, struct pith_error *reterr);

/* The identifier for people: "arXiv:2506.02483" for "arxiv:2506.02483", a bare DOI's "doi:…", else as it came. malloc'ed. */
enum pith_status ranker_paper_id(const char *key, char **ret_id, struct pith_error *reterr);

#endif
