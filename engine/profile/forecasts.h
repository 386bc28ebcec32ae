/* forecasts: what chance papers were given before the reader voted on them, and what became of those given much.
 *
 * A record in a fixed form, kept sealed with the profile; it is history and never learnt from. */
#ifndef PITH_ENGINE_PROFILE_FORECASTS_H
#define PITH_ENGINE_PROFILE_FORECASTS_H

#include "engine/base/bytes.h"
#include "engine/profile/profile.h"
#include <pith/pith.h>

enum { FORECASTS_MOST = 1000, FORECASTS_LAST = 10, FORECASTS_PERCENT = 80 };

/* Adds the papers of a ranking that were given FORECASTS_PERCENT or more and are not voted on yet to `record` (bytes as made here, or
 * none), each with the first chance it was given; of too many the oldest go. *ret_changed tells whether there were any. PITH_CORRUPT
 * for bytes that are no record. */
enum pith_status forecasts_note(struct bytes *record, const struct pith_ranking *ranking, bool *ret_changed,
                                struct pith_error *reterr);

/* Of the last FORECASTS_LAST thumbs (by day, then key) on papers in the record: how many there are, and how many of them are ups. */
enum pith_status forecasts_count(const struct bytes *record, const struct profile_vote *votes, size_t count, size_t *ret_given,
                                 size_t *ret_liked, struct pith_error *reterr);

#endif
