/* event: one entry of a reader's log as bytes (FORMAT.md, "Events"), in sealed rows and in the inbox. */
#ifndef PITH_EVENT_H
#define PITH_EVENT_H

#include "bytes.h"
#include "profile.h"

/* Version 2 may name the ticket that left an event; version 1 is read too. */
enum { EVENTS_VERSION = 2 };

struct event {
    char *paper, *loser; /* loser NULL: a verdict */
    enum profile_verdict verdict;
    int32_t day;
    bool starts_batch;
    uint64_t name; /* of the ticket that left it, so that it alone can be taken back; 0: none */
};

void event_clear(struct event *event); /* wipes and frees what it owns */
void event_put(struct bytes *bytes, const struct event *event);
/* False when there is no event of this version here; *ret_event then owns nothing. */
bool event_get(struct bytes_reader *reader, unsigned version, struct event *ret_event);

#endif
