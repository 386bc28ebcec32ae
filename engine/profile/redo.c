#include "engine/profile/redo.h"

#include "engine/profile/profile_inside.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, MOST_BYTES = 1 << 20 };

/* The record: the number of events in the log that it goes with, then the changes, the one taken back last at the end. */
struct record {
    uint64_t events;
    struct vote_event *event;
    size_t count, cap;
};

static void record_clear(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        vote_event_clear(&record->event[i]);
    free(record->event);
    *record = (struct record){0};
}

static enum pith_status take_event(struct record *record, struct bytes_reader *reader, bool *good, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&record->event, &record->cap, record->count + 1, sizeof *record->event, PROFILE_MAX_EVENTS,
                                        reterr);
    if (status)
        return status;
    *good = vote_event_get(reader, EVENTS_VERSION, &record->event[record->count]);
    record->count += *good;
    return PITH_OK;
}

/* Nothing where nothing is kept, or what is kept goes with another log. */
static enum pith_status load(struct profile *profile, struct record *record, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    struct bytes_reader reader;
    bytes_init(&plain, STORE_MAX_SEALED);
    if (!profile_find_row(profile, ROW_REDO, 0))
        return PITH_OK;
    enum pith_status status = profile_fetch(profile, ROW_REDO, &plain, reterr);
    if (status)
        return status;
    bytes_reader_init(&reader, plain.data, plain.length);
    bool good = bytes_get_u8(&reader) == VERSION;
    record->events = bytes_get_u64(&reader);
    size_t count = bytes_get_count(&reader, 1);
    while (!status && good && record->count < count)
        status = take_event(record, &reader, &good, reterr);
    if (!status && (!good || reader.failed || reader.at != reader.end))
        status = pith_fail(reterr, reader.exhausted ? PITH_NOMEM : PITH_CORRUPT,
                           "what was taken back is damaged, or of a newer pith");
    if (status || record->events != profile->events)
        record_clear(record);
    return status;
}

static enum pith_status keep(struct profile *profile, const struct record *record, size_t events, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, MOST_BYTES);
    if (!record->count)
        return redo_forget(profile, reterr);
    bytes_put_u8(&plain, VERSION);
    bytes_put_u64(&plain, events);
    bytes_put_varint(&plain, record->count);
    for (size_t i = 0; i < record->count; i++)
        vote_event_put(&plain, &record->event[i]);
    if (plain.failed) /* so much cannot be brought back */
        return redo_forget(profile, reterr);
    return profile_write_row(profile, ROW_REDO, 0, &plain, reterr);
}

enum pith_status redo_forget(struct profile *profile, struct pith_error *reterr)
{
    return profile_find_row(profile, ROW_REDO, 0) ? profile_delete_row(profile, ROW_REDO, 0, reterr) : PITH_OK;
}

static enum pith_status copy_event(struct record *record, const struct vote_event *event, bool first, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&record->event, &record->cap, record->count + 1, sizeof *record->event,
                                        2 * (size_t)PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct vote_event copy = *event;
    copy.paper = strdup(event->paper);
    copy.loser = event->loser ? strdup(event->loser) : NULL;
    copy.starts_batch = first;
    if (!copy.paper || (event->loser && !copy.loser)) {
        vote_event_clear(&copy);
        return pith_no_memory(reterr);
    }
    record->event[record->count++] = copy;
    return PITH_OK;
}

enum pith_status redo_note(struct profile *profile, size_t from, struct pith_error *reterr)
{
    PITH_AUTO(record_clear) struct record record = {0};
    enum pith_status status = load(profile, &record, reterr);
    for (size_t i = from; !status && i < profile->events; i++)
        status = copy_event(&record, &profile->event[i], i == from, reterr);
    return status ? status : keep(profile, &record, from, reterr);
}

/* ---- looking and bringing back ---- */

static size_t last_change(const struct vote_event *event, size_t count)
{
    size_t first = count;
    while (first && !event[--first].starts_batch)
        continue;
    return first;
}

static struct profile_change change_of(const struct vote_event *event)
{
    return (struct profile_change){event->paper, event->loser, event->verdict, event->day};
}

enum pith_status profile_last_change(struct profile *profile, void (*visit)(void *user, const struct profile_change *change),
                                     void *user, struct pith_error *reterr)
{
    enum pith_status status = profile_refresh(profile, reterr);
    if (!status && !profile->events)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is nothing to undo");
    for (size_t i = status ? profile->events : last_change(profile->event, profile->events); i < profile->events; i++) {
        const struct profile_change change = change_of(&profile->event[i]);
        visit(user, &change);
    }
    return status;
}

/* Appends the last change of the record, and takes it out of there. */
static enum pith_status bring_back(struct profile *profile, struct record *record, size_t first, struct pith_error *reterr)
{
    size_t events = profile->events;
    enum pith_status status = PITH_OK;
    for (size_t i = first; !status && i < record->count; i++) {
        const struct profile_change change = change_of(&record->event[i]);
        status = profile_append(profile, &change, i == first, record->event[i].name, reterr);
    }
    while (!status && record->count > first)
        vote_event_clear(&record->event[--record->count]);
    if (!status)
        status = profile_write_segments(profile, events, reterr);
    return status ? status : keep(profile, record, profile->events, reterr);
}

enum pith_status profile_redo(struct profile *profile, void (*visit)(void *user, const struct profile_change *change), void *user,
                              struct pith_error *reterr)
{
    struct before before;
    PITH_AUTO(record_clear) struct record record = {0};
    PITH_AUTO(fold_clear) struct fold stands = {0};
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    size_t events = profile->events;
    if (!status)
        status = load(profile, &record, reterr);
    if (!status && !record.count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is nothing to redo: nothing was taken back since the last vote");
    if (!status)
        status = bring_back(profile, &record, last_change(record.event, record.count), reterr);
    if (!status)
        status = profile_make_fold(profile, &stands, reterr);
    status = profile_finish(profile, status, &before, reterr);
    if (status) {
        profile_drop_events(profile, events);
        return status;
    }
    profile_take_fold(profile, &stands);
    for (size_t i = events; i < profile->events; i++) {
        const struct profile_change change = change_of(&profile->event[i]);
        visit(user, &change);
    }
    return PITH_OK;
}
