/* track: what chance papers were given before the reader voted on them, and what became of those given much.
 *
 * A record in a fixed form, kept sealed with the profile; it is history and never learnt from. */
#ifndef PITH_TRACK_H
#define PITH_TRACK_H

#include "bytes.h"
#include "pith.h"
#include "profile.h"

enum { TRACK_MOST = 1000, TRACK_LAST = 10, TRACK_PERCENT = 80 };

/* Adds the papers of a ranking that were given TRACK_PERCENT or more and are not voted on yet to `record` (bytes as made here, or
 * none), each with the first chance it was given; of too many the oldest go. *ret_changed tells whether there were any. PITH_CORRUPT
 * for bytes that are no record. */
enum pith_status track_note(struct bytes *record, const struct pith_ranking *ranking, bool *ret_changed, struct pith_error *reterr);

/* Of the last TRACK_LAST thumbs (by day, then key) on papers in the record: how many there are, and how many of them are ups. */
enum pith_status track_count(const struct bytes *record, const struct profile_vote *votes, size_t count, size_t *ret_given,
                             size_t *ret_liked, struct pith_error *reterr);

#endif
