#include "profile.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has the bytes of events, segments and head. */
enum { SEGMENT = 16 << 10, STEP = 4 << 10, HEAD_VERSION = 1, EVENTS_VERSION = 1, TAG = 16, MAX_ROWS = 1 << 16 };
enum { EVENT_STARTS_BATCH = 1, EVENT_PAIR = 2, EVENT_VERDICT_SHIFT = 2 };

struct event {
    char *paper, *loser; /* loser NULL: a verdict */
    enum profile_verdict verdict;
    int32_t day;
    bool starts_batch;
};

/* What the head says of a row. */
struct row {
    int kind;
    int64_t number, counter;
    unsigned char tag[TAG];
};

struct profile {
    struct store *store;
    struct vault_key *key;
    unsigned char id[VAULT_ID];
    int64_t counter;
    struct row *row;
    size_t rows, row_cap;
    struct event *event;
    size_t events, event_cap;
    struct profile_vote *vote; /* the fold; strings belong to the events */
    size_t votes;
    struct profile_pair *pair;
    size_t pairs;
};

static void event_free(struct event *event)
{
    free(event->paper);
    free(event->loser);
}

void profile_lock(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < profile->events; i++)
        event_free(&profile->event[i]);
    free(profile->event);
    free(profile->row);
    free(profile->vote);
    free(profile->pair);
    vault_key_free(profile->key);
    free(profile);
}

/* ---- what stands ---- */

/* A change's subject: the paper, or the two papers whichever won. */
struct subject {
    const char *first, *second; /* second NULL for a verdict */
    size_t order;
};

static struct subject subject_of(const char *paper, const char *loser, size_t order)
{
    bool turned = loser && strcmp(paper, loser) > 0;
    return (struct subject){turned ? loser : paper, turned ? paper : loser, order};
}

static int same_subject(const struct subject *a, const struct subject *b)
{
    if (!a->second != !b->second)
        return a->second ? 1 : -1;
    int first = strcmp(a->first, b->first);
    return first || !a->second ? first : strcmp(a->second, b->second);
}

static int by_subject(const void *a, const void *b)
{
    const struct subject *left = a, *right = b;
    int same = same_subject(left, right);
    return same ? same : left->order < right->order ? -1 : left->order > right->order;
}

static int by_winner(const void *a, const void *b)
{
    const struct profile_pair *left = a, *right = b;
    int winner = strcmp(left->winner, right->winner);
    return winner ? winner : strcmp(left->loser, right->loser);
}

/* The last event on each subject stands. */
static enum pith_status fold(struct profile *profile, struct pith_error *reterr)
{
    size_t events = profile->events, votes = 0, pairs = 0;
    AUTO(pith_free_p) struct subject *subject = pith_calloc(events, sizeof *subject);
    struct profile_vote *vote = pith_calloc(events, sizeof *vote);
    struct profile_pair *pair = pith_calloc(events, sizeof *pair);
    if (!subject || !vote || !pair) {
        free(vote);
        free(pair);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    }
    for (size_t i = 0; i < events; i++)
        subject[i] = subject_of(profile->event[i].paper, profile->event[i].loser, i);
    if (events)
        qsort(subject, events, sizeof *subject, by_subject);
    for (size_t i = 0; i < events; i++) {
        const struct event *event = &profile->event[subject[i].order];
        if (i + 1 < events && same_subject(&subject[i], &subject[i + 1]) == 0)
            continue;
        if (event->loser)
            pair[pairs++] = (struct profile_pair){event->paper, event->loser, event->day};
        else if (event->verdict != VERDICT_NONE)
            vote[votes++] = (struct profile_vote){event->paper, event->verdict, event->day};
    }
    if (pairs)
        qsort(pair, pairs, sizeof *pair, by_winner);
    free(profile->vote);
    free(profile->pair);
    profile->vote = vote;
    profile->votes = votes;
    profile->pair = pair;
    profile->pairs = pairs;
    return PITH_OK;
}

const struct profile_vote *profile_votes(const struct profile *profile, size_t *ret_count)
{
    *ret_count = profile->votes;
    return profile->vote;
}

const struct profile_pair *profile_pairs(const struct profile *profile, size_t *ret_count)
{
    *ret_count = profile->pairs;
    return profile->pair;
}

static int key_against_vote(const void *key, const void *vote)
{
    return strcmp(key, ((const struct profile_vote *)vote)->paper);
}

enum profile_verdict profile_verdict(const struct profile *profile, const char *paper)
{
    const struct profile_vote *vote =
        profile->votes ? bsearch(paper, profile->vote, profile->votes, sizeof *vote, key_against_vote) : NULL;
    return vote ? vote->verdict : VERDICT_NONE;
}

static bool pair_stands(const struct profile *profile, const char *winner, const char *loser)
{
    struct profile_pair wanted = {(char *)winner, (char *)loser, 0};
    return profile->pairs && bsearch(&wanted, profile->pair, profile->pairs, sizeof wanted, by_winner);
}

enum pith_status profile_digest(const struct profile *profile, char hex[2 * VAULT_DIGEST + 1], struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes state;
    bytes_init(&state, STORE_MAX_SEALED);
    bytes_put_varint(&state, profile->votes);
    for (size_t i = 0; i < profile->votes; i++) {
        bytes_put_string(&state, profile->vote[i].paper, strlen(profile->vote[i].paper));
        bytes_put_u8(&state, (uint8_t)(profile->vote[i].verdict + 1));
        bytes_put_u32(&state, (uint32_t)profile->vote[i].day);
    }
    bytes_put_varint(&state, profile->pairs);
    for (size_t i = 0; i < profile->pairs; i++) {
        bytes_put_string(&state, profile->pair[i].winner, strlen(profile->pair[i].winner));
        bytes_put_string(&state, profile->pair[i].loser, strlen(profile->pair[i].loser));
        bytes_put_u32(&state, (uint32_t)profile->pair[i].day);
    }
    struct vault_digest *digest;
    enum pith_status status = bytes_done(&state, reterr);
    if (!status)
        status = vault_digest_new(&digest, reterr);
    if (status)
        return status;
    vault_digest_add(digest, state.data, state.length);
    vault_digest_free(digest, hex);
    return PITH_OK;
}

/* ---- sealed rows ---- */

static struct vault_place place_of(const struct profile *profile, int kind, int64_t number, int64_t counter)
{
    return (struct vault_place){profile->id, (enum vault_row_kind)kind, number, counter};
}

static struct row *find_row(struct profile *profile, int kind, int64_t number)
{
    for (size_t i = 0; i < profile->rows; i++)
        if (profile->row[i].kind == kind && profile->row[i].number == number)
            return &profile->row[i];
    return NULL;
}

static enum pith_status write_row(struct profile *profile, int kind, int64_t number, const struct bytes *plain,
                                  struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter = profile->counter + 1;
    struct vault_place place = place_of(profile, kind, number, counter);
    enum pith_status status = vault_seal(profile->key, &place, plain->data, plain->length, STEP, &sealed, reterr);
    if (!status)
        status = store_put_sealed(profile->store, profile->id, kind, number, counter, &sealed, reterr);
    if (status)
        return status;
    profile->counter = counter;
    if (kind == ROW_HEAD)
        return PITH_OK;
    struct row *row = find_row(profile, kind, number);
    if (!row) {
        status = pith_grow(&profile->row, &profile->row_cap, profile->rows + 1, sizeof *row, MAX_ROWS, reterr);
        if (status)
            return status;
        row = &profile->row[profile->rows++];
    }
    *row = (struct row){.kind = kind, .number = number, .counter = counter};
    memcpy(row->tag, sealed.data + sealed.length - TAG, TAG);
    return PITH_OK;
}

static enum pith_status delete_row(struct profile *profile, int kind, int64_t number, struct pith_error *reterr)
{
    struct row *row = find_row(profile, kind, number);
    if (!row)
        return PITH_OK;
    enum pith_status status = store_delete_sealed(profile->store, profile->id, kind, number, reterr);
    if (!status)
        *row = profile->row[--profile->rows];
    return status;
}

static enum pith_status write_head(struct profile *profile, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    bytes_put_u8(&plain, HEAD_VERSION);
    bytes_put_varint(&plain, profile->rows);
    for (size_t i = 0; i < profile->rows; i++) {
        bytes_put_u8(&plain, (uint8_t)profile->row[i].kind);
        bytes_put_varint(&plain, (uint64_t)profile->row[i].number);
        bytes_put_varint(&plain, (uint64_t)profile->row[i].counter);
        bytes_put(&plain, profile->row[i].tag, TAG);
    }
    enum pith_status status = bytes_done(&plain, reterr);
    return status ? status : write_row(profile, ROW_HEAD, 0, &plain, reterr);
}

/* ---- events ---- */

static void put_event(struct bytes *bytes, const struct event *event)
{
    unsigned flags = (event->starts_batch ? EVENT_STARTS_BATCH : 0U) | (event->loser ? EVENT_PAIR : 0U) |
                     (unsigned)(event->verdict + 1) << EVENT_VERDICT_SHIFT;
    bytes_put_u8(bytes, (uint8_t)flags);
    bytes_put_u32(bytes, (uint32_t)event->day);
    bytes_put_string(bytes, event->paper, strlen(event->paper));
    if (event->loser)
        bytes_put_string(bytes, event->loser, strlen(event->loser));
}

/* Writes the segments from the one that holds event `changed` on, and drops those past the end. */
static enum pith_status write_segments(struct profile *profile, size_t changed, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes segment;
    AUTO(bytes_clear) struct bytes one;
    bytes_init(&segment, STORE_MAX_SEALED);
    bytes_init(&one, STORE_MAX_SEALED);
    int64_t number = 0;
    enum pith_status status = PITH_OK;
    bytes_put_u8(&segment, EVENTS_VERSION);
    for (size_t i = 0; !status && i < profile->events; i++) {
        one.length = 0;
        put_event(&one, &profile->event[i]);
        if (segment.length > 1 && segment.length + one.length >= SEGMENT) {
            if (i > changed)
                status = write_row(profile, ROW_EVENTS, number, &segment, reterr);
            number++;
            segment.length = 1;
        }
        bytes_put(&segment, one.data, one.length);
        segment.failed |= one.failed;
    }
    if (!status)
        status = bytes_done(&segment, reterr);
    if (!status && segment.length > 1)
        status = write_row(profile, ROW_EVENTS, number++, &segment, reterr);
    for (; !status && find_row(profile, ROW_EVENTS, number); number++)
        status = delete_row(profile, ROW_EVENTS, number, reterr);
    return status;
}

static char *take_string(struct bytes_reader *reader)
{
    size_t length;
    const char *text = bytes_get_string(reader, &length);
    return memchr(text, 0, length) ? NULL : strndup(text, length);
}

static enum pith_status read_segment(struct profile *profile, const struct bytes *plain, struct pith_error *reterr)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, plain->data, plain->length);
    if (bytes_get_u8(&reader) != EVENTS_VERSION)
        return pith_fail(reterr, PITH_CORRUPT, "the log of votes is of an unknown version");
    while (!reader.failed && reader.at < reader.end) {
        unsigned flags = bytes_get_u8(&reader);
        struct event event = {.starts_batch = flags & EVENT_STARTS_BATCH,
                              .verdict = (enum profile_verdict)((int)(flags >> EVENT_VERDICT_SHIFT) - 1)};
        event.day = (int32_t)bytes_get_u32(&reader);
        event.paper = take_string(&reader);
        event.loser = flags & EVENT_PAIR ? take_string(&reader) : NULL;
        enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1,
                                            sizeof *profile->event, PROFILE_MAX_EVENTS, reterr);
        if (!status && (reader.failed || !event.paper || (flags & EVENT_PAIR && !event.loser) || event.verdict > VERDICT_UP))
            status = pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged");
        if (status) {
            event_free(&event);
            return status;
        }
        profile->event[profile->events++] = event;
    }
    return reader.failed ? pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged") : PITH_OK;
}

/* ---- opening ---- */

static enum pith_status open_row(struct profile *profile, int kind, int64_t number, struct bytes *plain, int64_t *ret_counter,
                                 struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter;
    enum pith_status status =
        store_get_sealed(profile->store, profile->id, kind, number, &counter, &sealed, reterr);
    if (status)
        return status;
    struct vault_place place = place_of(profile, kind, number, counter);
    status = vault_open(profile->key, &place, sealed.data, sealed.length, plain, reterr);
    if (!status)
        *ret_counter = counter;
    return status;
}

static enum pith_status read_head(struct profile *profile, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = open_row(profile, ROW_HEAD, 0, &plain, &profile->counter, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_CORRUPT, "the profile's head is missing: restore a backup of the store");
    if (status)
        return status;
    struct bytes_reader reader;
    bytes_reader_init(&reader, plain.data, plain.length);
    bool known = bytes_get_u8(&reader) == HEAD_VERSION;
    size_t rows = bytes_get_count(&reader, 3 + TAG);
    status = pith_grow(&profile->row, &profile->row_cap, rows, sizeof *profile->row, MAX_ROWS, reterr);
    for (size_t i = 0; !status && i < rows; i++) {
        struct row *row = &profile->row[profile->rows++];
        *row = (struct row){.kind = bytes_get_u8(&reader)};
        row->number = (int64_t)bytes_get_varint(&reader);
        row->counter = (int64_t)bytes_get_varint(&reader);
        const unsigned char *tag = bytes_get(&reader, TAG);
        if (tag)
            memcpy(row->tag, tag, TAG);
    }
    if (!status && (!known || reader.failed))
        status = pith_fail(reterr, PITH_CORRUPT, "the profile's head is damaged");
    return status;
}

static const char *kind_name(int kind)
{
    switch (kind) {
    case ROW_HEAD: return "head";
    case ROW_EVENTS: return "votes";
    case ROW_SETTINGS: return "settings";
    case ROW_MODEL: return "model";
    case ROW_SHOWN: return "last listing shown";
    default: return "row of an unknown kind";
    }
}

struct checking {
    struct profile *profile;
    size_t found;
};

static enum pith_status check_row(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                  struct pith_error *reterr)
{
    struct checking *checking = user;
    if (kind == ROW_HEAD)
        return PITH_OK;
    const struct row *row = find_row(checking->profile, kind, number);
    if (!row)
        return pith_fail(reterr, PITH_CORRUPT, "the profile holds a %s (%lld) that its head does not know", kind_name(kind),
                         (long long)number);
    if (row->counter != counter || length < TAG ||
        memcmp(row->tag, (const unsigned char *)blob + length - TAG, TAG) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "the profile's %s (%lld) is not the one its head knows: old or moved",
                         kind_name(kind), (long long)number);
    checking->found++;
    return PITH_OK;
}

/* Every row that the head lists is there, as it was written, and no other. */
static enum pith_status check_rows(struct profile *profile, struct pith_error *reterr)
{
    struct checking checking = {.profile = profile};
    enum pith_status status = store_each_sealed(profile->store, profile->id, check_row, &checking, reterr);
    if (!status && checking.found != profile->rows)
        status = pith_fail(reterr, PITH_CORRUPT, "%zu of the profile's %zu sealed rows are missing",
                           profile->rows - checking.found, profile->rows);
    return status;
}

static enum pith_status read_events(struct profile *profile, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = PITH_OK;
    int64_t counter;
    for (int64_t number = 0; !status && find_row(profile, ROW_EVENTS, number); number++) {
        status = open_row(profile, ROW_EVENTS, number, &plain, &counter, reterr);
        if (!status)
            status = read_segment(profile, &plain, reterr);
    }
    return status;
}

enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr)
{
    AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    if (!profile)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    profile->store = store;
    profile->key = TAKE(*key);
    memcpy(profile->id, id, VAULT_ID);
    enum pith_status status = read_head(profile, reterr);
    if (!status)
        status = check_rows(profile, reterr);
    if (!status)
        status = read_events(profile, reterr);
    if (!status)
        status = fold(profile, reterr);
    if (!status)
        *ret_profile = TAKE(profile);
    return status;
}

struct unlocking {
    const unsigned char *id;
    const char *passphrase;
    size_t length;
    struct vault_key *key;
    enum pith_status worst;
    struct pith_error error;
};

/* Tries a slot; a wrong passphrase or a damaged slot leaves the next to be tried. */
static enum pith_status try_slot(void *user, int64_t slot, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct unlocking *unlocking = user;
    (void)slot;
    (void)reterr;
    if (unlocking->key || kind != SLOT_PASSPHRASE)
        return PITH_OK;
    enum pith_status status = vault_unwrap_passphrase(unlocking->id, unlocking->passphrase, unlocking->length, blob, length,
                                                      &unlocking->key, &unlocking->error);
    if (status)
        unlocking->worst = status;
    return PITH_OK;
}

static enum pith_status only_profile(struct store *store, struct store_profile *ret_profile, struct pith_error *reterr)
{
    AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count;
    enum pith_status status = store_profiles(store, &profiles, &count, reterr);
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no profile here yet: `pith init` makes one");
    if (!status)
        *ret_profile = profiles[0];
    return status;
}

enum pith_status profile_unlock(struct store *store, const char *passphrase, size_t length, struct profile **ret_profile,
                                struct pith_error *reterr)
{
    struct store_profile found;
    enum pith_status status = only_profile(store, &found, reterr);
    if (status)
        return status;
    struct unlocking unlocking = {.id = found.id, .passphrase = passphrase, .length = length};
    status = store_each_slot(store, found.id, try_slot, &unlocking, reterr);
    if (!status && !unlocking.key)
        status = unlocking.worst ? pith_fail(reterr, unlocking.worst, "%s", unlocking.error.message)
                                 : pith_fail(reterr, PITH_CORRUPT, "the profile has no key slot: restore a backup of the store");
    if (!status)
        status = profile_open(store, found.id, &unlocking.key, ret_profile, reterr);
    vault_key_free(unlocking.key);
    return status;
}

/* ---- creating and changing ---- */

static enum pith_status write_new(struct store *store, const struct store_profile *made, const struct bytes *slot,
                                  struct profile *profile, struct pith_error *reterr)
{
    enum pith_status status = store_begin(store, true, reterr);
    if (!status)
        status = store_add_profile(store, made, reterr);
    if (!status)
        status = store_put_slot(store, made->id, 1, SLOT_PASSPHRASE, slot, reterr);
    if (!status)
        status = write_head(profile, reterr);
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

enum pith_status profile_create(struct store *store, const char *passphrase, size_t length, enum vault_strength strength,
                                struct pith_error *reterr)
{
    struct store_profile made;
    enum pith_status status = only_profile(store, &made, reterr);
    if (!status)
        return pith_fail(reterr, PITH_EXISTS, "there is a profile here already");
    if (status != PITH_NOT_FOUND)
        return status;
    if (!length || length > VAULT_MAX_PASSPHRASE)
        return pith_fail(reterr, PITH_USAGE, "a passphrase has 1 to %d bytes", VAULT_MAX_PASSPHRASE);
    AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    AUTO(bytes_clear) struct bytes slot;
    bytes_init(&slot, 1024);
    if (!profile)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    vault_random(made.id, sizeof made.id);
    memcpy(profile->id, made.id, sizeof made.id);
    profile->store = store;
    status = vault_key_new(&profile->key, made.public_key, reterr);
    if (!status)
        status = vault_wrap_passphrase(profile->key, made.id, passphrase, length, strength, &slot, reterr);
    return status ? status : write_new(store, &made, &slot, profile, reterr);
}

/* The bookkeeping to go back to when a transaction fails. */
struct before {
    struct row *row;
    size_t rows;
    int64_t counter;
};

static enum pith_status begin(struct profile *profile, bool durable, struct before *before, struct pith_error *reterr)
{
    before->row = pith_calloc(profile->rows, sizeof *before->row);
    before->rows = profile->rows;
    before->counter = profile->counter;
    if (!before->row)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    if (profile->rows)
        memcpy(before->row, profile->row, profile->rows * sizeof *profile->row);
    return store_begin(profile->store, durable, reterr);
}

/* Commits when all went well so far; else everything is as before. */
static enum pith_status finish(struct profile *profile, enum pith_status status, struct before *before, struct pith_error *reterr)
{
    if (!status)
        status = write_head(profile, reterr);
    if (!status)
        status = store_commit(profile->store, reterr);
    store_rollback(profile->store);
    if (status && before->row) {
        if (before->rows)
            memcpy(profile->row, before->row, before->rows * sizeof *before->row);
        profile->rows = before->rows;
        profile->counter = before->counter;
    }
    free(before->row);
    return status;
}

static bool stands(const struct profile *profile, const struct profile_change *change)
{
    return change->loser ? pair_stands(profile, change->paper, change->loser)
                         : profile_verdict(profile, change->paper) == change->verdict;
}

static enum pith_status append(struct profile *profile, const struct profile_change *change, bool first,
                               struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1, sizeof *profile->event,
                                        PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct event event = {.verdict = change->loser ? VERDICT_NONE : change->verdict, .day = change->day, .starts_batch = first};
    event.paper = strdup(change->paper);
    event.loser = change->loser ? strdup(change->loser) : NULL;
    if (!event.paper || (change->loser && !event.loser)) {
        event_free(&event);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    }
    profile->event[profile->events++] = event;
    return PITH_OK;
}

static enum pith_status check_changes(const struct profile_change *changes, size_t count, struct pith_error *reterr)
{
    if (count > PROFILE_MAX_BATCH)
        return pith_fail(reterr, PITH_NOMEM, "more than %d votes at once", PROFILE_MAX_BATCH);
    for (size_t i = 0; i < count; i++)
        if (changes[i].loser && strcmp(changes[i].paper, changes[i].loser) == 0)
            return pith_fail(reterr, PITH_USAGE, "a paper cannot be preferred over itself");
    return PITH_OK;
}

/* Appends what does not stand already; of several changes on one subject the last counts. */
static enum pith_status append_all(struct profile *profile, const struct profile_change *changes, size_t count,
                                   struct pith_error *reterr)
{
    size_t before = profile->events;
    AUTO(pith_free_p) struct subject *subject = pith_calloc(count, sizeof *subject);
    AUTO(pith_free_p) bool *last = pith_calloc(count, sizeof *last);
    if (!subject || !last)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    for (size_t i = 0; i < count; i++)
        subject[i] = subject_of(changes[i].paper, changes[i].loser, i);
    if (count)
        qsort(subject, count, sizeof *subject, by_subject);
    for (size_t i = 0; i < count; i++)
        last[subject[i].order] = i + 1 == count || same_subject(&subject[i], &subject[i + 1]) != 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++)
        if (last[i] && !stands(profile, &changes[i]))
            status = append(profile, &changes[i], profile->events == before, reterr);
    return status;
}

static void drop_events(struct profile *profile, size_t keep)
{
    while (profile->events > keep)
        event_free(&profile->event[--profile->events]);
}

enum pith_status profile_record(struct profile *profile, const struct profile_change *changes, size_t count,
                                size_t *ret_recorded, struct pith_error *reterr)
{
    size_t events = profile->events;
    enum pith_status status = check_changes(changes, count, reterr);
    if (!status)
        status = append_all(profile, changes, count, reterr);
    if (!status && profile->events > events) {
        struct before before;
        status = begin(profile, true, &before, reterr);
        if (!status)
            status = write_segments(profile, events, reterr);
        status = finish(profile, status, &before, reterr);
    }
    if (status) {
        drop_events(profile, events);
        return status;
    }
    if (ret_recorded)
        *ret_recorded = profile->events - events;
    return fold(profile, reterr);
}

enum pith_status profile_undo(struct profile *profile,
                              void (*visit)(void *user, const struct profile_change *undone, enum profile_verdict now),
                              void *user, struct pith_error *reterr)
{
    size_t events = profile->events, keep = events;
    if (!events)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is nothing to undo");
    do
        keep--;
    while (keep && !profile->event[keep].starts_batch);
    struct before before;
    profile->events = keep;
    enum pith_status status = begin(profile, true, &before, reterr);
    if (!status)
        status = write_segments(profile, keep ? keep - 1 : 0, reterr);
    status = finish(profile, status, &before, reterr);
    profile->events = events;
    if (status)
        return status;
    profile->events = keep;
    status = fold(profile, reterr);
    for (size_t i = keep; i < events; i++) {
        const struct event *event = &profile->event[i];
        struct profile_change undone = {event->paper, event->loser, event->verdict, event->day};
        if (visit && !status)
            visit(user, &undone, profile_verdict(profile, event->paper));
    }
    profile->events = events;
    drop_events(profile, keep);
    return status;
}

/* ---- kept values ---- */

enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain, struct pith_error *reterr)
{
    int64_t counter;
    if (!find_row(profile, kind, 0))
        return pith_fail(reterr, PITH_NOT_FOUND, "the profile keeps no %s yet", kind_name(kind));
    return open_row(profile, kind, 0, plain, &counter, reterr);
}

enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, bool durable,
                              struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes kept;
    bytes_init(&kept, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, kind, &kept, reterr);
    if (!status && kept.length == plain->length && memcmp(kept.data, plain->data, kept.length) == 0)
        return PITH_OK;
    if (status && status != PITH_NOT_FOUND)
        return status;
    struct before before;
    status = begin(profile, durable, &before, reterr);
    if (!status)
        status = write_row(profile, kind, 0, plain, reterr);
    return finish(profile, status, &before, reterr);
}

enum pith_status profile_drop(struct profile *profile, enum vault_row_kind kind, struct pith_error *reterr)
{
    if (!find_row(profile, kind, 0))
        return PITH_OK;
    struct before before;
    enum pith_status status = begin(profile, true, &before, reterr);
    if (!status)
        status = delete_row(profile, kind, 0, reterr);
    return finish(profile, status, &before, reterr);
}
