#include "engine/profile/profile_inside.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has the bytes of events and segments. */
enum { SEGMENT = 16 << 10 };

void profile_lock(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < profile->events; i++)
        vote_event_clear(&profile->event[i]);
    free(profile->event);
    free(profile->row);
    free(profile->vote);
    free(profile->pair);
    free(profile->witness);
    vault_key_free(profile->key);
    free(profile);
}

const struct vault_key *profile_key(const struct profile *profile)
{
    return profile->key;
}

const unsigned char *profile_id(const struct profile *profile)
{
    return profile->id;
}

uint32_t profile_scopes(const struct profile *profile)
{
    return profile->scopes;
}

int64_t profile_expires(const struct profile *profile)
{
    return profile->expires;
}

/* ---- what stands ---- */

struct subject profile_subject_of(const char *paper, const char *loser, size_t order)
{
    bool turned = loser && strcmp(paper, loser) > 0;
    return (struct subject){turned ? loser : paper, turned ? paper : loser, order};
}

int profile_same_subject(const struct subject *a, const struct subject *b)
{
    if (!a->second != !b->second)
        return a->second ? 1 : -1;
    int first = strcmp(a->first, b->first);
    return first || !a->second ? first : strcmp(a->second, b->second);
}

static int by_subject(const void *a, const void *b)
{
    const struct subject *left = a, *right = b;
    int same = profile_same_subject(left, right);
    return same ? same : left->order < right->order ? -1 : left->order > right->order;
}

static int by_winner(const void *a, const void *b)
{
    const struct profile_pair *left = a, *right = b;
    int winner = strcmp(left->winner, right->winner);
    return winner ? winner : strcmp(left->loser, right->loser);
}

enum pith_status profile_fold(struct profile *profile, struct pith_error *reterr)
{
    size_t events = profile->events, votes = 0, pairs = 0;
    PITH_AUTO(pith_free_p) struct subject *subject = pith_calloc(events, sizeof *subject);
    struct profile_vote *vote = pith_calloc(events, sizeof *vote);
    struct profile_pair *pair = pith_calloc(events, sizeof *pair);
    if (!subject || !vote || !pair) {
        free(vote);
        free(pair);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    }
    for (size_t i = 0; i < events; i++)
        subject[i] = profile_subject_of(profile->event[i].paper, profile->event[i].loser, i);
    if (events)
        qsort(subject, events, sizeof *subject, by_subject);
    for (size_t i = 0; i < events; i++) {
        const struct vote_event *event = &profile->event[subject[i].order];
        if (i + 1 < events && profile_same_subject(&subject[i], &subject[i + 1]) == 0)
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
    const struct profile_vote *vote = profile->votes ? bsearch(paper, profile->vote, profile->votes, sizeof *vote, key_against_vote)
                                                     : NULL;
    return vote ? vote->verdict : VERDICT_NONE;
}

static bool pair_stands(const struct profile *profile, const char *winner, const char *loser)
{
    struct profile_pair wanted = {(char *)winner, (char *)loser, 0};
    return profile->pairs && bsearch(&wanted, profile->pair, profile->pairs, sizeof wanted, by_winner);
}

enum pith_status profile_fingerprint(const struct profile *profile, char hex[2 * VAULT_FINGERPRINT + 1], struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes state;
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
    struct vault_fingerprint *digest;
    enum pith_status status = bytes_done(&state, reterr);
    if (!status)
        status = vault_fingerprint_new(&digest, reterr);
    if (status)
        return status;
    vault_fingerprint_add(digest, state.data, state.length);
    vault_fingerprint_free(digest, hex);
    return PITH_OK;
}

/* ---- events ---- */

enum pith_status profile_write_segments(struct profile *profile, size_t changed, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes segment;
    PITH_AUTO(bytes_clear) struct bytes one;
    bytes_init(&segment, STORE_MAX_SEALED);
    bytes_init(&one, STORE_MAX_SEALED);
    int64_t number = 0;
    enum pith_status status = PITH_OK;
    bytes_put_u8(&segment, EVENTS_VERSION);
    for (size_t i = 0; !status && i < profile->events; i++) {
        one.length = 0;
        vote_event_put(&one, &profile->event[i]);
        if (segment.length > 1 && segment.length + one.length >= SEGMENT) {
            if (i > changed)
                status = profile_write_row(profile, ROW_EVENTS, number, &segment, reterr);
            number++;
            segment.length = 1;
        }
        bytes_put(&segment, one.data, one.length);
        segment.failed |= one.failed;
    }
    if (!status)
        status = bytes_done(&segment, reterr);
    if (!status && segment.length > 1)
        status = profile_write_row(profile, ROW_EVENTS, number++, &segment, reterr);
    for (; !status && profile_find_row(profile, ROW_EVENTS, number); number++)
        status = profile_delete_row(profile, ROW_EVENTS, number, reterr);
    return status;
}

static enum pith_status read_segment(struct profile *profile, const struct bytes *plain, struct pith_error *reterr)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, plain->data, plain->length);
    unsigned version = bytes_get_u8(&reader);
    if (version < 1 || version > EVENTS_VERSION)
        return pith_fail(reterr, PITH_CORRUPT, "the log of votes is of an unknown version");
    while (!reader.failed && reader.at < reader.end) {
        enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1, sizeof *profile->event,
                                            PROFILE_MAX_EVENTS, reterr);
        if (status)
            return status;
        if (!vote_event_get(&reader, version, &profile->event[profile->events]))
            return pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged");
        profile->events++;
    }
    return reader.failed ? pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged") : PITH_OK;
}

/* ---- opening ---- */

static enum pith_status read_events(struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = PITH_OK;
    int64_t counter;
    for (int64_t number = 0; !status && profile_find_row(profile, ROW_EVENTS, number); number++) {
        status = profile_open_row(profile, ROW_EVENTS, number, &plain, &counter, reterr);
        if (!status)
            status = read_segment(profile, &plain, reterr);
    }
    return status;
}

/* That this key is the profile's, before anything sealed is called damaged. */
static enum pith_status check_key(struct store *store, const unsigned char id[VAULT_ID], const struct vault_key *key,
                                  struct pith_error *reterr)
{
    struct store_profile found;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    enum pith_status status = store_find_profile(store, id, &found, reterr);
    if (status)
        return status;
    vault_inbox_key(key, public_key);
    if (memcmp(public_key, found.public_key, sizeof public_key) != 0)
        return pith_fail(reterr, PITH_LOCKED, "this is not the profile's key, or its public key was changed in the store");
    return PITH_OK;
}

enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(vault_key_free_p) struct vault_key *taken = PITH_TAKE(*key);
    PITH_AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    if (!profile)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    profile->store = store;
    profile->scopes = UINT32_MAX;
    memcpy(profile->id, id, VAULT_ID);
    enum pith_status status = check_key(store, id, taken, reterr);
    profile->key = PITH_TAKE(taken);
    if (!status)
        status = profile_read_head(profile, reterr);
    if (!status)
        status = profile_check_rows(profile, reterr);
    if (!status)
        status = read_events(profile, reterr);
    if (!status)
        status = profile_fold(profile, reterr);
    if (!status)
        *ret_profile = PITH_TAKE(profile);
    return status;
}

struct unlocking {
    const unsigned char *id;
    const struct vault_secret *secret;
    struct vault_key *key;
    struct vault_slot terms;
    struct row slot; /* the one that opened */
    enum pith_status worst;
    struct pith_error error;
};

struct row profile_row_of_slot(int64_t number, const void *blob, size_t length)
{
    struct row row = {.kind = ROW_SLOT, .number = number};
    memcpy(row.tag, (const unsigned char *)blob + length - VAULT_CHECK, VAULT_CHECK);
    return row;
}

/* Tries a slot; one that does not open, or is damaged, leaves the next to be tried. */
static enum pith_status try_slot(void *user, int64_t number, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct unlocking *unlocking = user;
    (void)reterr;
    if (unlocking->key || kind != (int)unlocking->secret->kind)
        return PITH_OK;
    enum pith_status status = vault_unwrap(unlocking->id, unlocking->secret, blob, length, &unlocking->key, &unlocking->error);
    if (status) {
        unlocking->worst = status;
        return PITH_OK;
    }
    unlocking->slot = profile_row_of_slot(number, blob, length);
    return vault_slot_read(blob, length, &unlocking->terms, reterr);
}

static enum pith_status unwrap(struct store *store, struct unlocking *unlocking, int64_t now, struct pith_error *reterr)
{
    enum pith_status status = store_each_slot(store, unlocking->id, try_slot, unlocking, reterr);
    if (status)
        return status;
    if (!unlocking->key && unlocking->worst)
        return pith_fail(reterr, unlocking->worst, "%s", unlocking->error.message);
    if (!unlocking->key)
        return pith_fail(reterr, PITH_LOCKED, "the profile has no way in of this kind: `pith key list` shows them");
    if (unlocking->terms.expires && now > unlocking->terms.expires)
        return pith_fail(reterr, PITH_LOCKED, "this token has ended: make another with `pith token add`");
    return PITH_OK;
}

enum pith_status profile_check_slot(struct profile *profile, const struct row *slot, struct pith_error *reterr)
{
    const struct row *row = profile_find_row(profile, ROW_SLOT, slot->number);
    if (row && memcmp(row->tag, slot->tag, TAG) == 0)
        return PITH_OK;
    return pith_fail(reterr, PITH_LOCKED, "key slot %" PRId64 " was revoked or changed: an old one was put back in its place",
                     slot->number);
}

enum pith_status profile_unlock(struct store *store, const unsigned char id[VAULT_ID], const struct vault_secret *secret,
                                int64_t now, struct profile **ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(profile_lock_p) struct profile *profile = NULL;
    struct unlocking unlocking = {.id = id, .secret = secret};
    enum pith_status status = unwrap(store, &unlocking, now, reterr);
    if (!status)
        status = profile_open(store, id, &unlocking.key, &profile, reterr);
    vault_key_free(unlocking.key);
    if (!status)
        status = profile_check_slot(profile, &unlocking.slot, reterr);
    if (status)
        return status;
    profile->slot = unlocking.slot.number;
    if (unlocking.terms.kind == SLOT_TOKEN) {
        profile->scopes = unlocking.terms.scopes;
        profile->expires = unlocking.terms.expires;
    }
    *ret_profile = PITH_TAKE(profile);
    return PITH_OK;
}

/* ---- changing ---- */

/* That the head in the store still is the one that was read or written here: else what another pith wrote since would be lost. */
static enum pith_status check_head(const struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter;
    enum pith_status status = store_get_sealed(profile->store, profile->id, ROW_HEAD, 0, &counter, &sealed, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    if (status || counter != profile->counter || sealed.length < TAG ||
        memcmp(sealed.data + sealed.length - TAG, profile->head, TAG) != 0)
        return pith_fail(reterr, PITH_IO, "another pith changed this profile meanwhile: nothing was changed here; try again");
    return PITH_OK;
}

bool profile_is_stale(const struct profile *profile)
{
    return check_head(profile, NULL) != PITH_OK;
}

enum pith_status profile_begin(struct profile *profile, bool durable, struct before *before, struct pith_error *reterr)
{
    before->row = pith_calloc(profile->rows, sizeof *before->row);
    before->rows = profile->rows;
    before->counter = profile->counter;
    memcpy(before->head, profile->head, TAG);
    if (!before->row)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    if (profile->rows)
        memcpy(before->row, profile->row, profile->rows * sizeof *profile->row);
    enum pith_status status = store_begin(profile->store, durable, reterr);
    return status ? status : check_head(profile, reterr);
}

struct witness_head profile_witness_head(const struct profile *profile)
{
    struct witness_head head = {.counter = profile->counter};
    memcpy(head.id, profile->id, VAULT_ID);
    memcpy(head.tag, profile->head, TAG);
    return head;
}

/* What is committed stays, whatever becomes of the witness: its failure is told apart. */
static void tell_witness(struct profile *profile)
{
    struct witness_head head = profile_witness_head(profile);
    profile->unwitnessed = (struct pith_error){0};
    if (profile->witness)
        witness_note(profile->witness, &head, &profile->unwitnessed);
}

enum pith_status profile_finish(struct profile *profile, enum pith_status status, struct before *before, struct pith_error *reterr)
{
    if (!status)
        status = profile_write_head(profile, reterr);
    if (!status)
        status = store_commit(profile->store, reterr);
    store_rollback(profile->store);
    if (status && before->row) {
        if (before->rows)
            memcpy(profile->row, before->row, before->rows * sizeof *before->row);
        profile->rows = before->rows;
        profile->counter = before->counter;
        memcpy(profile->head, before->head, TAG);
    }
    free(before->row);
    if (!status)
        tell_witness(profile);
    return status;
}

bool profile_stands(const struct profile *profile, const struct profile_change *change)
{
    if (change->loser)
        return pair_stands(profile, change->paper, change->loser);
    enum profile_verdict now = profile_verdict(profile, change->paper);
    return now == change->verdict || (change->verdict == VERDICT_SEED && now != VERDICT_NONE);
}

enum pith_status profile_append(struct profile *profile, const struct profile_change *change, bool first, uint64_t name,
                                struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1, sizeof *profile->event,
                                        PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct vote_event event = {
        .verdict = change->loser ? VERDICT_NONE : change->verdict, .day = change->day, .starts_batch = first, .name = name};
    event.paper = strdup(change->paper);
    event.loser = change->loser ? strdup(change->loser) : NULL;
    if (!event.paper || (change->loser && !event.loser)) {
        vote_event_clear(&event);
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    }
    profile->event[profile->events++] = event;
    return PITH_OK;
}

enum pith_status profile_check_changes(const struct profile_change *changes, size_t count, struct pith_error *reterr)
{
    if (count > PROFILE_MAX_BATCH)
        return pith_fail(reterr, PITH_NOMEM, "more than %d votes at once", PROFILE_MAX_BATCH);
    for (size_t i = 0; i < count; i++)
        if (changes[i].loser && strcmp(changes[i].paper, changes[i].loser) == 0)
            return pith_fail(reterr, PITH_USAGE, "a paper cannot be preferred over itself");
    return PITH_OK;
}

/* Appends what does not stand already, as one change; of several on one subject the last counts. */
static enum pith_status append_all(struct profile *profile, const struct profile_change *changes, size_t count,
                                   struct pith_error *reterr)
{
    size_t before = profile->events;
    PITH_AUTO(pith_free_p) struct subject *subject = pith_calloc(count, sizeof *subject);
    PITH_AUTO(pith_free_p) bool *last = pith_calloc(count, sizeof *last);
    if (!subject || !last)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    for (size_t i = 0; i < count; i++)
        subject[i] = profile_subject_of(changes[i].paper, changes[i].loser, i);
    if (count)
        qsort(subject, count, sizeof *subject, by_subject);
    for (size_t i = 0; i < count; i++)
        last[subject[i].order] = i + 1 == count || profile_same_subject(&subject[i], &subject[i + 1]) != 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++)
        if (last[i] && !profile_stands(profile, &changes[i]))
            status = profile_append(profile, &changes[i], profile->events == before, 0, reterr);
    return status;
}

void profile_drop_events(struct profile *profile, size_t keep)
{
    while (profile->events > keep)
        vote_event_clear(&profile->event[--profile->events]);
}

enum pith_status profile_record(struct profile *profile, const struct profile_change *changes, size_t count, size_t *ret_recorded,
                                struct pith_error *reterr)
{
    size_t events = profile->events;
    enum pith_status status = profile_check_changes(changes, count, reterr);
    if (!status)
        status = append_all(profile, changes, count, reterr);
    if (!status && profile->events > events) {
        struct before before;
        status = profile_begin(profile, true, &before, reterr);
        if (!status)
            status = profile_write_segments(profile, events, reterr);
        status = profile_finish(profile, status, &before, reterr);
    }
    if (status) {
        profile_drop_events(profile, events);
        return status;
    }
    if (ret_recorded)
        *ret_recorded = profile->events - events;
    return profile_fold(profile, reterr);
}

enum pith_status profile_undo(struct profile *profile,
                              void (*visit)(void *user, const struct profile_change *undone, enum profile_verdict now), void *user,
                              struct pith_error *reterr)
{
    size_t events = profile->events, keep = events;
    if (!events)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is nothing to undo");
    do
        keep--;
    while (keep && !profile->event[keep].starts_batch);
    struct before before;
    profile->events = keep;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = profile_write_segments(profile, keep ? keep - 1 : 0, reterr);
    status = profile_finish(profile, status, &before, reterr);
    profile->events = events;
    if (status)
        return status;
    profile->events = keep;
    status = profile_fold(profile, reterr);
    for (size_t i = keep; i < events; i++) {
        const struct vote_event *event = &profile->event[i];
        struct profile_change undone = {event->paper, event->loser, event->verdict, event->day};
        if (visit && !status)
            visit(user, &undone, profile_verdict(profile, event->paper));
    }
    profile->events = events;
    profile_drop_events(profile, keep);
    return status;
}

/* ---- kept values ---- */

enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain, struct pith_error *reterr)
{
    int64_t counter;
    if (!profile_find_row(profile, kind, 0))
        return pith_fail(reterr, PITH_NOT_FOUND, "the profile keeps no %s yet", profile_kind_name(kind));
    return profile_open_row(profile, kind, 0, plain, &counter, reterr);
}

enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, bool durable,
                              struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes kept;
    bytes_init(&kept, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, kind, &kept, reterr);
    if (!status && kept.length == plain->length && memcmp(kept.data, plain->data, kept.length) == 0)
        return PITH_OK;
    if (status && status != PITH_NOT_FOUND)
        return status;
    struct before before;
    status = profile_begin(profile, durable, &before, reterr);
    if (!status)
        status = profile_write_row(profile, kind, 0, plain, reterr);
    return profile_finish(profile, status, &before, reterr);
}

enum pith_status profile_drop(struct profile *profile, enum vault_row_kind kind, struct pith_error *reterr)
{
    if (!profile_find_row(profile, kind, 0))
        return PITH_OK;
    struct before before;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = profile_delete_row(profile, kind, 0, reterr);
    return profile_finish(profile, status, &before, reterr);
}

/* ---- checking ---- */

enum pith_status profile_check(struct profile *profile, struct profile_extent *ret_extent, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    struct profile_extent extent = {.events = profile->events};
    enum pith_status status = profile_check_rows(profile, reterr);
    for (size_t i = 0; !status && i < profile->rows; i++) {
        int64_t counter;
        if (profile->row[i].kind == ROW_SLOT)
            continue;
        status = profile_open_row(profile, profile->row[i].kind, profile->row[i].number, &plain, &counter, reterr);
        extent.rows++;
        extent.bytes += plain.length;
    }
    vault_wipe(plain.data, plain.length);
    if (!status)
        status = profile_count_messages(profile, &extent.messages, reterr);
    if (!status)
        *ret_extent = extent;
    return status;
}
