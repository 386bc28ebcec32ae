/* replay: the honest self-test. Day by day, train on the votes of earlier days only, rank the whole of the day's listing, score
 * it against that day's ups (the definitions: models/metrics.h). */
#ifndef PITH_ENGINE_RANKING_BACKTEST_H
#define PITH_ENGINE_RANKING_BACKTEST_H

#include "engine/profile/profile.h"
#include "engine/store/store.h"
#include <pith/pith.h>

/* A day counts when it has at least one up and something that is not one, after at least one earlier up and one earlier down.
 * PITH_NOT_FOUND when no day counts. `progress` may be NULL. */
enum pith_status backtest_votes(struct store *store, const struct profile_vote *votes, size_t vote_count,
                                const struct profile_pair *pairs, size_t pair_count, pith_progress *progress, void *user,
                                struct pith_backtest **ret_replay, struct pith_error *reterr);

#endif
