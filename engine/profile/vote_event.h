/* vote_event: one entry of a reader's log as bytes (FORMAT.md, "Events"), in sealed rows and in the inbox. */
#ifndef PITH_ENGINE_PROFILE_VOTE_EVENT_H
#define PITH_ENGINE_PROFILE_VOTE_EVENT_H

#include "engine/base/bytes.h"
#include "engine/profile/profile.h"

/* Version 3 may set a paper aside; version 2 may name the ticket that left an event; both and version 1 are read. */
enum { EVENTS_VERSION = 3 };

struct vote_event {
    char *paper, *loser; /* loser NULL: a verdict */
    enum profile_verdict verdict;
    int32_t day;
    bool starts_batch;
    uint64_t name; /* of the ticket that left it, so that it alone can be taken back; 0: none */
};

void vote_event_clear(struct vote_event *event); /* wipes and frees what it owns */
void vote_event_put(struct bytes *bytes, const struct vote_event *event);
/* False when there is no event of this version here, or memory ran out (reader->exhausted); *ret_event then owns nothing. */
bool vote_event_get(struct bytes_reader *reader, unsigned version, struct vote_event *ret_event);

#endif
