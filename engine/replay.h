/* replay: the honest self-test. Day by day, train on the votes of earlier days only, rank the whole of the day's listing, score
 * it against that day's ups (the definitions: models/measure.h). */
#ifndef PITH_REPLAY_H
#define PITH_REPLAY_H

#include "pith.h"
#include "profile.h"
#include "store.h"

/* A day counts when it has at least one up and something that is not one, after at least one earlier up and one earlier down.
 * PITH_NOT_FOUND when no day counts. `progress` may be NULL. */
enum pith_status replay_votes(struct store *store, const struct profile_vote *votes, size_t vote_count,
                              const struct profile_pair *pairs, size_t pair_count, pith_progress *progress, void *user,
                              struct pith_replay **ret_replay, struct pith_error *reterr);

#endif
