/* once: what requests under a key of their own (Idempotency-Key) did, kept for a day, so that one that comes twice is done once.
 *
 * A record in a fixed form (FORMAT.md), kept sealed with the profile; never learnt from. */
#ifndef PITH_ENGINE_ONCE_H
#define PITH_ENGINE_ONCE_H

#include "engine/base/bytes.h"
#include <pith/status.h>

#include <stdint.h>

enum { ONCE_HASH = 16, ONCE_MOST = 256 << 10 /* bytes of a record: of more the oldest go */ };

/* A request: its name (of who asks, what, and under which key) and its body, each as a hash. */
struct once_request {
    unsigned char name[ONCE_HASH], body[ONCE_HASH];
};
/* What it was answered. */
struct once_answer {
    int64_t expires; /* seconds since 1970-01-01 UTC */
    uint32_t status;
    const unsigned char *text; /* borrowed from the record */
    size_t length;
};

/* PITH_NOT_FOUND for one that was not answered, or whose time is over; PITH_EXISTS when the name stands with another body; PITH_CORRUPT for
 * bytes that are no record. */
enum pith_status once_find(const struct bytes *record, const struct once_request *request, int64_t now,
                           struct once_answer *ret_answer, struct pith_error *reterr);
/* Adds an answer, and drops what is over at `now`. An answer too long for a record is kept without its text. */
enum pith_status once_add(struct bytes *record, const struct once_request *request, const struct once_answer *answer, int64_t now,
                          struct pith_error *reterr);

#endif
