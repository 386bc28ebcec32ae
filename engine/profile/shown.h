/* shown: papers that the reader was shown, and on which day they were listed then. One that is listed again later, as a new version or in
 * another category, need not be shown again.
 *
 * A record in a fixed form (FORMAT.md), kept sealed with the profile; it is history and never learnt from. */
#ifndef PITH_ENGINE_PROFILE_SHOWN_H
#define PITH_ENGINE_PROFILE_SHOWN_H

#include "engine/base/bytes.h"
#include <pith/pith.h>

#include <stdbool.h>
#include <stdint.h>

enum { SHOWN_MOST = 10000 };

/* Adds the papers of a ranking that are not in `record` (bytes as made here, or none), each with its listing's day; of too many the
 * oldest go. *ret_changed tells whether there were any. PITH_CORRUPT for bytes that are no record. */
enum pith_status shown_note(struct bytes *record, const struct pith_ranking *ranking, bool *ret_changed, struct pith_error *reterr);

/* A record in an order to look things up in. Zeroed: nothing was shown. */
struct shown {
    struct shown_paper {
        uint64_t paper; /* the first 8 bytes of BLAKE2b-128 of the key */
        int32_t day;
    } * item;
    size_t count;
};
void shown_clear(struct shown *seen); /* for PITH_AUTO */
enum pith_status shown_read(const struct bytes *record, struct shown *ret_seen, struct pith_error *reterr);
/* Whether the paper was shown in a listing of an earlier day. */
bool shown_before(const struct shown *seen, const char *key, int32_t day);

#endif
