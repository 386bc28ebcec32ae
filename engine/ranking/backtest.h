/* replay: the honest self-test. Day by day, train on the votes of earlier days only, rank the whole of the day's listing, score
 * it against that day's ups (the definitions: models/metrics.h). */
#ifndef PITH_ENGINE_RANKING_BACKTEST_H
#define PITH_ENGINE_RANKING_BACKTEST_H

#include "engine/learning/learner.h"
#include "engine/profile/profile.h"
#include "engine/store/store.h"
#include <pith/pith.h>

struct backtest_request {
    struct store *store;
    struct embeddings embeddings;
    const struct learner_hyperparameters *hyperparameters; /* NULL: learner_defaults */
    const struct profile_vote *vote;
    size_t votes;
    const struct profile_pair *pair;
    size_t pairs;
    pith_progress *progress; /* NULL: silence */
    void *user;
};
/* A day counts when it has at least one up and something that is not one, after at least one earlier up and one earlier down.
 * PITH_NOT_FOUND when no day counts. */
enum pith_status backtest_votes(const struct backtest_request *request, struct pith_backtest **ret_backtest,
                                struct pith_error *reterr);

#endif
