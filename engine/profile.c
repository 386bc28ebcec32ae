#include "profile.h"

#include "digest_log.h"
#include "event.h"
#include "message.h"
#include "settings.h"
#include "text.h"
#include "witness.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has the bytes of events, segments and head. */
enum { SEGMENT = 16 << 10, STEP = 4 << 10, HEAD_VERSION = 1, TAG = 16, MAX_ROWS = 1 << 16 };
enum { ROW_SLOT = 0 }; /* the head lists key slots as rows of kind 0 */

/* What the head says of a row: the tag that seals it; of a key slot: its checksum, without a counter. */
struct row {
    int kind;
    int64_t number, counter;
    unsigned char tag[TAG];
};

_Static_assert((int)TAG == VAULT_CHECK && (int)TAG == WITNESS_TAG, "slots' checksums and heads' tags fit in a row's");
_Static_assert((int)VAULT_ID == WITNESS_ID && (int)VAULT_ID == STORE_PROFILE_ID, "one size of id");

struct profile {
    struct store *store;
    struct vault_key *key;
    unsigned char id[VAULT_ID];
    int64_t counter;
    unsigned char head[TAG]; /* the head's own tag */
    int64_t slot;            /* the one that opened it; 0: none */
    uint32_t scopes;
    int64_t expires;
    char *witness; /* NULL: none */
    struct pith_error unwitnessed;
    struct row *row;
    size_t rows, row_cap;
    struct event *event;
    size_t events, event_cap;
    struct profile_vote *vote; /* the fold; strings belong to the events */
    size_t votes;
    struct profile_pair *pair;
    size_t pairs;
};

void profile_lock(struct profile *profile)
{
    if (!profile)
        return;
    for (size_t i = 0; i < profile->events; i++)
        event_clear(&profile->event[i]);
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
    const struct profile_vote *vote = profile->votes ? bsearch(paper, profile->vote, profile->votes, sizeof *vote,
                                                               key_against_vote)
                                                     : NULL;
    return vote ? vote->verdict : VERDICT_NONE;
}

static bool pair_stands(const struct profile *profile, const char *winner, const char *loser)
{
    struct profile_pair wanted = {(char *)winner, (char *)loser, 0};
    return profile->pairs && bsearch(&wanted, profile->pair, profile->pairs, sizeof wanted, by_winner);
}

enum pith_status profile_digest(const struct profile *profile, char hex[2 * VAULT_DIGEST + 1],
                                struct pith_error *reterr)
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

/* Adds what the head says of a row, or replaces it. */
static enum pith_status note_row(struct profile *profile, const struct row *noted, struct pith_error *reterr)
{
    struct row *row = find_row(profile, noted->kind, noted->number);
    if (!row) {
        enum pith_status status = pith_grow(&profile->row, &profile->row_cap, profile->rows + 1, sizeof *row, MAX_ROWS,
                                            reterr);
        if (status)
            return status;
        row = &profile->row[profile->rows++];
    }
    *row = *noted;
    return PITH_OK;
}

static enum pith_status write_row(struct profile *profile, int kind, int64_t number, const struct bytes *plain,
                                  struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    struct row row = {.kind = kind, .number = number, .counter = profile->counter + 1};
    struct vault_place place = place_of(profile, kind, number, row.counter);
    enum pith_status status = vault_seal(profile->key, &place, plain->data, plain->length, STEP, &sealed, reterr);
    if (!status)
        status = store_put_sealed(profile->store, profile->id, kind, number, row.counter, &sealed, reterr);
    if (status)
        return status;
    profile->counter = row.counter;
    memcpy(row.tag, sealed.data + sealed.length - TAG, TAG);
    if (kind != ROW_HEAD)
        return note_row(profile, &row, reterr);
    memcpy(profile->head, row.tag, TAG);
    return PITH_OK;
}

static enum pith_status delete_row(struct profile *profile, int kind, int64_t number, struct pith_error *reterr)
{
    struct row *row = find_row(profile, kind, number);
    if (!row)
        return PITH_OK;
    enum pith_status status = kind == ROW_SLOT ? store_delete_slot(profile->store, profile->id, number, reterr)
                                               : store_delete_sealed(profile->store, profile->id, kind, number, reterr);
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
        event_put(&one, &profile->event[i]);
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

static enum pith_status read_segment(struct profile *profile, const struct bytes *plain, struct pith_error *reterr)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, plain->data, plain->length);
    unsigned version = bytes_get_u8(&reader);
    if (version < 1 || version > EVENTS_VERSION)
        return pith_fail(reterr, PITH_CORRUPT, "the log of votes is of an unknown version");
    while (!reader.failed && reader.at < reader.end) {
        enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1,
                                            sizeof *profile->event, PROFILE_MAX_EVENTS, reterr);
        if (status)
            return status;
        if (!event_get(&reader, version, &profile->event[profile->events]))
            return pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged");
        profile->events++;
    }
    return reader.failed ? pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged") : PITH_OK;
}

/* ---- opening ---- */

static const char *kind_name(int kind)
{
    switch (kind) {
    case ROW_HEAD: return "head";
    case ROW_EVENTS: return "votes";
    case ROW_SETTINGS: return "settings";
    case ROW_MODEL: return "model";
    case ROW_SHOWN: return "last listing shown";
    case ROW_NAME: return "reader's name";
    case ROW_GIVEN: return "chances given";
    case ROW_DIGESTS: return "digests";
    default: return "row of an unknown kind";
    }
}

static enum pith_status open_row(struct profile *profile, int kind, int64_t number, struct bytes *plain,
                                 int64_t *ret_counter, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter;
    enum pith_status status = store_get_sealed(profile->store, profile->id, kind, number, &counter, &sealed, reterr);
    if (status)
        return status;
    struct vault_place place = place_of(profile, kind, number, counter);
    struct pith_error error;
    status = vault_open(profile->key, &place, sealed.data, sealed.length, plain, &error);
    if (status)
        return pith_fail(reterr, status, "the profile's %s (%" PRId64 "): %s", kind_name(kind), number, error.message);
    *ret_counter = counter;
    if (kind == ROW_HEAD)
        memcpy(profile->head, sealed.data + sealed.length - TAG, TAG);
    return PITH_OK;
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

struct checking {
    struct profile *profile;
    size_t found;
};

static enum pith_status check_row(void *user, int kind, int64_t number, int64_t counter, const void *blob,
                                  size_t length, struct pith_error *reterr)
{
    struct checking *checking = user;
    if (kind == ROW_HEAD)
        return PITH_OK;
    const struct row *row = find_row(checking->profile, kind, number);
    if (!row)
        return pith_fail(reterr, PITH_CORRUPT, "the profile holds a %s (%lld) that its head does not know",
                         kind_name(kind), (long long)number);
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
    size_t listed = 0;
    for (size_t i = 0; i < profile->rows; i++)
        listed += profile->row[i].kind != ROW_SLOT;
    if (!status && checking.found != listed)
        status = pith_fail(reterr, PITH_CORRUPT, "%zu of the profile's %zu sealed rows are missing",
                           listed - checking.found, listed);
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
        return pith_fail(reterr, PITH_LOCKED,
                         "this is not the profile's key, or its public key was changed in the store");
    return PITH_OK;
}

enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr)
{
    AUTO(vault_key_free_p) struct vault_key *taken = TAKE(*key);
    AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    if (!profile)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    profile->store = store;
    profile->scopes = UINT32_MAX;
    memcpy(profile->id, id, VAULT_ID);
    enum pith_status status = check_key(store, id, taken, reterr);
    profile->key = TAKE(taken);
    if (!status)
        status = read_head(profile, reterr);
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
    const struct vault_secret *secret;
    struct vault_key *key;
    struct vault_slot terms;
    struct row slot; /* the one that opened */
    enum pith_status worst;
    struct pith_error error;
};

/* What the head must say of this slot. */
static struct row row_of_slot(int64_t number, const void *blob, size_t length)
{
    struct row row = {.kind = ROW_SLOT, .number = number};
    memcpy(row.tag, (const unsigned char *)blob + length - VAULT_CHECK, VAULT_CHECK);
    return row;
}

/* Tries a slot; one that does not open, or is damaged, leaves the next to be tried. */
static enum pith_status try_slot(void *user, int64_t number, int kind, const void *blob, size_t length,
                                 struct pith_error *reterr)
{
    struct unlocking *unlocking = user;
    (void)reterr;
    if (unlocking->key || kind != (int)unlocking->secret->kind)
        return PITH_OK;
    enum pith_status status = vault_unwrap(unlocking->id, unlocking->secret, blob, length, &unlocking->key,
                                           &unlocking->error);
    if (status) {
        unlocking->worst = status;
        return PITH_OK;
    }
    unlocking->slot = row_of_slot(number, blob, length);
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

/* A slot that the head does not know, though it holds the true key, is an old one put back. */
static enum pith_status check_slot(struct profile *profile, const struct row *slot, struct pith_error *reterr)
{
    const struct row *row = find_row(profile, ROW_SLOT, slot->number);
    if (row && memcmp(row->tag, slot->tag, TAG) == 0)
        return PITH_OK;
    return pith_fail(reterr, PITH_LOCKED,
                     "key slot %" PRId64 " was revoked or changed: an old one was put back in its place", slot->number);
}

enum pith_status profile_unlock(struct store *store, const unsigned char id[VAULT_ID],
                                const struct vault_secret *secret, int64_t now, struct profile **ret_profile,
                                struct pith_error *reterr)
{
    AUTO(profile_lock_p) struct profile *profile = NULL;
    struct unlocking unlocking = {.id = id, .secret = secret};
    enum pith_status status = unwrap(store, &unlocking, now, reterr);
    if (!status)
        status = profile_open(store, id, &unlocking.key, &profile, reterr);
    vault_key_free(unlocking.key);
    if (!status)
        status = check_slot(profile, &unlocking.slot, reterr);
    if (status)
        return status;
    profile->slot = unlocking.slot.number;
    if (unlocking.terms.kind == SLOT_TOKEN) {
        profile->scopes = unlocking.terms.scopes;
        profile->expires = unlocking.terms.expires;
    }
    *ret_profile = TAKE(profile);
    return PITH_OK;
}

/* ---- whose profile ---- */

/* The keyed hash of a name, one for all spellings of the same text. */
static enum pith_status hash_name(struct store *store, const char *reader, struct store_profile *named, char **ret_name,
                                  struct pith_error *reterr)
{
    unsigned char key[STORE_NAME_KEY];
    AUTO(pith_free_p) char *name = NULL;
    size_t length;
    enum pith_status status = text_normalise(reader, strlen(reader), false, &name, &length, reterr);
    if (!status && (!length || length > PROFILE_MAX_NAME))
        status = pith_fail(reterr, PITH_USAGE, "a reader's name has 1 to %d bytes", PROFILE_MAX_NAME);
    if (!status)
        status = store_name_key(store, key, reterr);
    if (status)
        return status;
    vault_keyed_hash16(key, name, length, named->name);
    named->named = true;
    if (ret_name)
        *ret_name = TAKE(name);
    return PITH_OK;
}

static enum pith_status only_profile(struct store *store, struct store_profile *ret_found, struct pith_error *reterr)
{
    AUTO(pith_free_p) struct store_profile *profiles = NULL;
    int64_t readers;
    size_t count = 0;
    enum pith_status status = store_count_profiles(store, &readers, reterr);
    if (!status && readers > 1)
        status = pith_fail(reterr, PITH_USAGE, "there are %" PRId64 " readers here: say which with --reader NAME",
                           readers);
    if (!status)
        status = store_profiles(store, &profiles, &count, reterr);
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no profile here yet: `pith init` makes one");
    if (!status)
        *ret_found = profiles[0];
    return status;
}

enum pith_status profile_find(struct store *store, const char *reader, struct store_profile *ret_found,
                              struct pith_error *reterr)
{
    struct store_profile wanted;
    if (!reader)
        return only_profile(store, ret_found, reterr);
    enum pith_status status = hash_name(store, reader, &wanted, NULL, reterr);
    if (!status)
        status = store_named_profile(store, wanted.name, ret_found, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND,
                         "there is no reader of this name here: `pith init --reader NAME` makes one");
    return status;
}

enum pith_status profile_name(struct profile *profile, char name[PROFILE_MAX_NAME + 1], struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, PROFILE_MAX_NAME + 1);
    enum pith_status status = profile_fetch(profile, ROW_NAME, &plain, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    if (plain.length > PROFILE_MAX_NAME)
        return pith_fail(reterr, PITH_CORRUPT, "the reader's name is damaged");
    if (plain.length)
        memcpy(name, plain.data, plain.length);
    name[plain.length] = '\0';
    return PITH_OK;
}

/* ---- creating and erasing ---- */

/* Wraps the key for a secret, puts the slot there and notes it for the head. */
static enum pith_status write_slot(struct profile *profile, int64_t number, const struct vault_slot *terms,
                                   const struct vault_secret *secret, const char *label, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes slot;
    bytes_init(&slot, 1024);
    enum pith_status status = vault_wrap(profile->key, profile->id, terms, secret, label, &slot, reterr);
    if (!status)
        status = store_put_slot(profile->store, profile->id, number, (int)terms->kind, &slot, reterr);
    if (status)
        return status;
    struct row row = row_of_slot(number, slot.data, slot.length);
    return note_row(profile, &row, reterr);
}

static enum pith_status write_name(struct profile *profile, const char *name, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, PROFILE_MAX_NAME + 1);
    bytes_put(&plain, name, strlen(name));
    enum pith_status status = bytes_done(&plain, reterr);
    return status ? status : write_row(profile, ROW_NAME, 0, &plain, reterr);
}

static enum pith_status write_new(struct profile *profile, const struct store_profile *made, const char *name,
                                  const struct vault_slot *terms, const struct vault_secret *secret,
                                  struct pith_error *reterr)
{
    enum pith_status status = store_begin(profile->store, true, reterr);
    if (!status)
        status = store_add_profile(profile->store, made, reterr);
    if (!status)
        status = write_slot(profile, 1, terms, secret, "", reterr);
    if (!status && name)
        status = write_name(profile, name, reterr);
    if (!status)
        status = write_head(profile, reterr);
    if (!status)
        status = store_commit(profile->store, reterr);
    store_rollback(profile->store);
    return status;
}

/* PITH_EXISTS when the reader has a profile. */
static enum pith_status check_free(struct store *store, const char *reader, struct pith_error *reterr)
{
    struct store_profile found;
    enum pith_status status = profile_find(store, reader, &found, reterr);
    if (!status || (status == PITH_USAGE && !reader))
        return pith_fail(reterr, PITH_EXISTS,
                         reader ? "this reader has a profile here already: nothing was changed"
                                : "there is a profile here already: nothing was changed "
                                  "(--reader NAME makes one for another reader)");
    return status == PITH_NOT_FOUND ? PITH_OK : status;
}

enum pith_status profile_create_with(struct store *store, const char *reader, const struct vault_slot *terms,
                                     const struct vault_secret *secret, struct pith_error *reterr)
{
    struct store_profile made = {0};
    AUTO(pith_free_p) char *name = NULL;
    enum pith_status status = check_free(store, reader, reterr);
    if (!status && reader)
        status = hash_name(store, reader, &made, &name, reterr);
    if (status)
        return status;
    AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    if (!profile)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the profile");
    vault_random(made.id, sizeof made.id);
    memcpy(profile->id, made.id, sizeof made.id);
    profile->store = store;
    status = vault_key_new(&profile->key, made.public_key, reterr);
    return status ? status : write_new(profile, &made, name, terms, secret, reterr);
}

enum pith_status profile_create(struct store *store, const char *reader, const char *passphrase, size_t length,
                                enum vault_strength strength, struct pith_error *reterr)
{
    const struct vault_slot terms = vault_passphrase_slot(strength);
    return profile_create_with(store, reader, &terms, &(struct vault_secret){SLOT_PASSPHRASE, passphrase, length}, reterr);
}

enum pith_status profile_erase(struct store *store, const unsigned char id[VAULT_ID], struct pith_error *reterr)
{
    enum pith_status status = store_begin(store, true, reterr);
    if (!status)
        status = store_delete_slots(store, id, reterr);
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    if (!status)
        status = store_begin(store, true, reterr);
    if (!status)
        status = store_delete_profile(store, id, reterr);
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

/* ---- changing ---- */

/* The bookkeeping to go back to when a transaction fails. */
struct before {
    struct row *row;
    size_t rows;
    int64_t counter;
    unsigned char head[TAG];
};

/* That the head in the store still is the one that was read or written here: else what another pith wrote since would be lost. */
static enum pith_status check_head(const struct profile *profile, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes sealed;
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

static enum pith_status begin(struct profile *profile, bool durable, struct before *before, struct pith_error *reterr)
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

static struct witness_head witness_head(const struct profile *profile)
{
    struct witness_head head = {.counter = profile->counter};
    memcpy(head.id, profile->id, VAULT_ID);
    memcpy(head.tag, profile->head, TAG);
    return head;
}

/* What is committed stays, whatever becomes of the witness: its failure is told apart. */
static void tell_witness(struct profile *profile)
{
    struct witness_head head = witness_head(profile);
    profile->unwitnessed = (struct pith_error){0};
    if (profile->witness)
        witness_note(profile->witness, &head, &profile->unwitnessed);
}

/* Commits when all went well so far; else everything is as before. */
static enum pith_status finish(struct profile *profile, enum pith_status status, struct before *before,
                               struct pith_error *reterr)
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
        memcpy(profile->head, before->head, TAG);
    }
    free(before->row);
    if (!status)
        tell_witness(profile);
    return status;
}

static bool stands(const struct profile *profile, const struct profile_change *change)
{
    if (change->loser)
        return pair_stands(profile, change->paper, change->loser);
    enum profile_verdict now = profile_verdict(profile, change->paper);
    return now == change->verdict || (change->verdict == VERDICT_SEED && now != VERDICT_NONE);
}

static enum pith_status append(struct profile *profile, const struct profile_change *change, bool first, uint64_t name,
                               struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&profile->event, &profile->event_cap, profile->events + 1,
                                        sizeof *profile->event, PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct event event = {
        .verdict = change->loser ? VERDICT_NONE : change->verdict, .day = change->day, .starts_batch = first, .name = name};
    event.paper = strdup(change->paper);
    event.loser = change->loser ? strdup(change->loser) : NULL;
    if (!event.paper || (change->loser && !event.loser)) {
        event_clear(&event);
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

/* Appends what does not stand already, as one change; of several on one subject the last counts. */
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
            status = append(profile, &changes[i], profile->events == before, 0, reterr);
    return status;
}

static void drop_events(struct profile *profile, size_t keep)
{
    while (profile->events > keep)
        event_clear(&profile->event[--profile->events]);
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

enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain,
                               struct pith_error *reterr)
{
    int64_t counter;
    if (!find_row(profile, kind, 0))
        return pith_fail(reterr, PITH_NOT_FOUND, "the profile keeps no %s yet", kind_name(kind));
    return open_row(profile, kind, 0, plain, &counter, reterr);
}

enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain,
                              bool durable, struct pith_error *reterr)
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

/* ---- ways in ---- */

enum pith_status profile_witness(struct profile *profile, const char *path, struct pith_error *reterr)
{
    struct witness_head head = witness_head(profile);
    enum pith_status status = witness_check(path, &head, reterr);
    if (!status)
        status = witness_note(path, &head, reterr);
    char *copy = status ? NULL : strdup(path);
    if (!status && !copy)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for the witness");
    if (status)
        return status;
    free(profile->witness);
    profile->witness = copy;
    return PITH_OK;
}

const char *profile_unwitnessed(const struct profile *profile)
{
    return profile->unwitnessed.message;
}

struct slot_list {
    struct profile *profile;
    struct profile_slot *slot;
    size_t count, cap;
};

static enum pith_status list_slot(void *user, int64_t number, int kind, const void *blob, size_t length,
                                  struct pith_error *reterr)
{
    struct slot_list *list = user;
    struct profile *profile = list->profile;
    (void)kind;
    enum pith_status status = pith_grow(&list->slot, &list->cap, list->count + 1, sizeof *list->slot, MAX_ROWS, reterr);
    if (status)
        return status;
    struct profile_slot *slot = &list->slot[list->count++];
    *slot = (struct profile_slot){.number = number, .used = number == profile->slot};
    slot->good = vault_slot_read(blob, length, &slot->terms, NULL) == PITH_OK &&
                 vault_slot_label(profile->key, profile->id, blob, length, slot->label, NULL) == PITH_OK;
    if (slot->good) {
        struct row row = row_of_slot(number, blob, length);
        slot->good = check_slot(profile, &row, NULL) == PITH_OK;
    }
    if (!slot->good)
        *slot = (struct profile_slot){.number = number, .used = slot->used};
    return PITH_OK;
}

enum pith_status profile_slots(struct profile *profile, struct profile_slot **ret_slots, size_t *ret_count,
                               struct pith_error *reterr)
{
    struct slot_list list = {.profile = profile};
    enum pith_status status = store_each_slot(profile->store, profile->id, list_slot, &list, reterr);
    if (status) {
        free(list.slot);
        return status;
    }
    *ret_slots = list.slot;
    *ret_count = list.count;
    return PITH_OK;
}

/* One more than the highest number in the store or the head. */
static enum pith_status free_number(struct profile *profile, int64_t *ret_number, struct pith_error *reterr)
{
    AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count;
    int64_t highest = 0;
    enum pith_status status = profile_slots(profile, &slot, &count, reterr);
    if (!status && count >= PROFILE_MAX_SLOTS)
        status = pith_fail(reterr, PITH_NOMEM, "a profile has at most %d ways in: revoke some first",
                           PROFILE_MAX_SLOTS);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        highest = slot[i].number > highest ? slot[i].number : highest;
    *ret_number = highest + 1;
    return PITH_OK;
}

enum pith_status profile_put_slot(struct profile *profile, int64_t *number, const struct vault_slot *terms,
                                  const struct vault_secret *secret, const char *label, struct pith_error *reterr)
{
    int64_t at = *number;
    enum pith_status status = PITH_OK;
    if (!at)
        status = free_number(profile, &at, reterr);
    else if (!find_row(profile, ROW_SLOT, at))
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no key slot %" PRId64 ": `pith key list` shows them", at);
    if (status)
        return status;
    struct before before;
    status = begin(profile, true, &before, reterr);
    if (!status)
        status = write_slot(profile, at, terms, secret, label, reterr);
    status = finish(profile, status, &before, reterr);
    if (!status)
        *number = at;
    return status;
}

enum pith_status profile_revoke_slot(struct profile *profile, int64_t number, struct pith_error *reterr)
{
    AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count, others = 0;
    bool found = false;
    enum pith_status status = profile_slots(profile, &slot, &count, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        found |= slot[i].number == number;
        others += slot[i].number != number && slot[i].good && slot[i].terms.kind != SLOT_TOKEN;
    }
    if (!found)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no key slot %" PRId64 ": `pith key list` shows them",
                         number);
    if (!others)
        return pith_fail(reterr, PITH_USAGE, "slot %" PRId64 " is the last way in: add another first", number);
    struct before before;
    status = begin(profile, true, &before, reterr);
    if (!status)
        status = store_delete_slot(profile->store, profile->id, number, reterr);
    if (!status)
        status = delete_row(profile, ROW_SLOT, number, reterr);
    return finish(profile, status, &before, reterr);
}

/* Opens every row under the old key and writes it under the new one, which is then the profile's. */
static enum pith_status reseal(struct profile *profile, struct vault_key **fresh, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < profile->rows; i++) {
        struct row row = profile->row[i];
        int64_t counter;
        if (row.kind == ROW_SLOT)
            continue;
        status = open_row(profile, row.kind, row.number, &plain, &counter, reterr);
        struct vault_key *old = profile->key;
        profile->key = *fresh;
        if (!status)
            status = write_row(profile, row.kind, row.number, &plain, reterr);
        profile->key = old;
    }
    vault_wipe(plain.data, plain.length);
    if (status)
        return status;
    struct vault_key *old = profile->key;
    profile->key = *fresh;
    *fresh = old;
    return PITH_OK;
}

static void forget_slots(struct profile *profile)
{
    size_t kept = 0;
    for (size_t i = 0; i < profile->rows; i++)
        if (profile->row[i].kind != ROW_SLOT)
            profile->row[kept++] = profile->row[i];
    profile->rows = kept;
}

enum pith_status profile_rotate(struct profile *profile, const struct vault_slot *terms,
                                const struct vault_secret *secret, const char *label, struct pith_error *reterr)
{
    unsigned char public_key[VAULT_PUBLIC_KEY];
    AUTO(vault_key_free_p) struct vault_key *fresh = NULL;
    struct before before;
    bool swapped = false;
    enum pith_status status = profile_receive(profile, &(size_t){0}, &(size_t){0}, reterr);
    if (!status)
        status = vault_key_new(&fresh, public_key, reterr);
    if (status)
        return status;
    status = begin(profile, true, &before, reterr);
    if (!status) {
        status = reseal(profile, &fresh, reterr);
        swapped = !status;
    }
    if (!status)
        status = store_delete_slots(profile->store, profile->id, reterr);
    if (!status)
        status = store_set_public_key(profile->store, profile->id, public_key, reterr);
    if (!status) {
        forget_slots(profile);
        status = write_slot(profile, 1, terms, secret, label, reterr);
    }
    status = finish(profile, status, &before, reterr);
    if (status && swapped) { /* rolled back: the old key stays the profile's */
        struct vault_key *unused = profile->key;
        profile->key = fresh;
        fresh = unused;
    }
    if (!status)
        profile->slot = 1;
    return status;
}

/* ---- the inbox ---- */

enum pith_status profile_post(struct store *store, const struct store_profile *to,
                              const unsigned char ticket[STORE_TICKET], const struct profile_change *change,
                              struct pith_error *reterr)
{
    const struct message message = {
        .kind = MESSAGE_CHANGE,
        .event = {.paper = (char *)change->paper, .loser = (char *)change->loser, .day = change->day, .starts_batch = true,
                  .verdict = change->loser ? VERDICT_NONE : change->verdict}};
    enum pith_status status = check_changes(change, 1, reterr);
    if (!status)
        status = store_begin(store, true, reterr);
    if (!status)
        status = message_post(store, to, ticket, &message, reterr);
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

struct removed {
    struct event event;
    bool old; /* it was in the log before */
};

/* What the messages do to the log, and the log as it was. */
struct inbox {
    struct profile *profile;
    struct event *before;
    size_t events;   /* before */
    size_t old;      /* of those, how many are still there: they come first */
    size_t changed;  /* the first event that is not where it was */
    struct removed *removed;
    size_t removals, cap;
    bool told_mail, mail; /* whether digests are wanted */
    size_t taken, junk;
    int64_t last;
};

/* Whether a change stands already; the log's end is not folded yet. */
static bool stands_now(const struct inbox *inbox, const struct profile_change *change)
{
    const struct profile *profile = inbox->profile;
    const struct subject wanted = subject_of(change->paper, change->loser, 0);
    for (size_t i = profile->events; i > inbox->old; i--) {
        const struct event *event = &profile->event[i - 1];
        const struct subject subject = subject_of(event->paper, event->loser, 0);
        if (same_subject(&subject, &wanted) == 0)
            return change->loser ? strcmp(event->paper, change->paper) == 0
                                 : event->verdict == change->verdict || (change->verdict == VERDICT_SEED && event->verdict != VERDICT_NONE);
    }
    return stands(profile, change);
}

static enum pith_status take_change(struct inbox *inbox, const struct event *event, struct pith_error *reterr)
{
    const struct profile_change change = {event->paper, event->loser, event->verdict, event->day};
    return stands_now(inbox, &change) ? PITH_OK : append(inbox->profile, &change, true, event->name, reterr);
}

/* Votes by number mean the papers of the digest that was kept; without it they mean nothing. */
static enum pith_status take_reply(struct inbox *inbox, const struct message *message, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    AUTO(digest_log_clear) struct digest_log log = {0};
    struct profile *profile = inbox->profile;
    size_t before = profile->events, known = 0;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, ROW_DIGESTS, &plain, reterr);
    if (!status)
        status = digest_log_read(&plain, &log, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    const struct digest_kept *kept = digest_log_find(&log, message->digest);
    status = PITH_OK;
    for (size_t i = 0; !status && kept && i < message->votes; i++) {
        if (message->vote[i].number > kept->digest->count)
            continue;
        const char *paper = kept->digest->item[message->vote[i].number - 1].key;
        const struct profile_change change = {.paper = paper, .verdict = message->vote[i].verdict, .day = message->day};
        known++;
        if (!stands_now(inbox, &change))
            status = append(profile, &change, profile->events == before, 0, reterr);
    }
    inbox->taken -= !known;
    inbox->junk += !known;
    return status;
}

/* The change after one that goes must still begin one. */
static void take_out(struct profile *profile, size_t at)
{
    bool starts = profile->event[at].starts_batch;
    memmove(&profile->event[at], &profile->event[at + 1], (profile->events - at - 1) * sizeof *profile->event);
    profile->events--;
    if (at < profile->events)
        profile->event[at].starts_batch |= starts;
}

/* Drops what a ticket left, wherever it stands. */
static enum pith_status take_undo(struct inbox *inbox, uint64_t name, struct pith_error *reterr)
{
    struct profile *profile = inbox->profile;
    size_t at = profile->events;
    while (at && profile->event[at - 1].name != name)
        at--;
    if (!at)
        return PITH_OK;
    enum pith_status status = pith_grow(&inbox->removed, &inbox->cap, inbox->removals + 1, sizeof *inbox->removed, STORE_MAX_INBOX, reterr);
    if (status)
        return status;
    inbox->removed[inbox->removals++] = (struct removed){profile->event[at - 1], at <= inbox->old};
    inbox->old -= at <= inbox->old;
    inbox->changed = at - 1 < inbox->changed ? at - 1 : inbox->changed;
    take_out(profile, at - 1);
    return fold(profile, reterr);
}

static enum pith_status take_message(struct inbox *inbox, const struct message *message, struct pith_error *reterr)
{
    switch (message->kind) {
    case MESSAGE_CHANGE: return take_change(inbox, &message->event, reterr);
    case MESSAGE_UNDO: return take_undo(inbox, message->name, reterr);
    case MESSAGE_REPLY: return take_reply(inbox, message, reterr);
    case MESSAGE_MAIL:
        inbox->told_mail = true;
        inbox->mail = message->mail;
        return PITH_OK;
    }
    return PITH_OK;
}

static enum pith_status read_message(void *user, int64_t sequence, const void *sealed, size_t length,
                                     struct pith_error *reterr)
{
    struct inbox *inbox = user;
    AUTO(bytes_clear) struct bytes plain;
    AUTO(message_clear) struct message message = {0};
    bytes_init(&plain, STORE_MAX_MESSAGE);
    inbox->last = sequence;
    enum pith_status status = vault_receive(inbox->profile->key, sealed, length, &plain, reterr);
    bool none = status == PITH_INPUT || (status == PITH_NOMEM && length > STORE_MAX_MESSAGE);
    if (status && !none)
        return status;
    if (none || !message_read(plain.data, plain.length, &message)) {
        inbox->junk++;
        return PITH_OK;
    }
    inbox->taken++;
    return take_message(inbox, &message, reterr);
}

/* What was said of mail goes into the settings. */
static enum pith_status write_mail(struct profile *profile, bool mail, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    struct pith_settings settings = settings_default();
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(profile, ROW_SETTINGS, &plain, reterr);
    if (!status)
        status = settings_read(&plain, &settings, reterr);
    if (status == PITH_NOT_FOUND)
        status = PITH_OK;
    if (status || settings.mail == mail)
        return status;
    settings.mail = mail;
    status = settings_write(&settings, &plain, reterr);
    return status ? status : write_row(profile, ROW_SETTINGS, 0, &plain, reterr);
}

/* Takes the messages in and out of the inbox, inside a transaction. */
static enum pith_status take_in(struct inbox *inbox, struct pith_error *reterr)
{
    struct profile *profile = inbox->profile;
    enum pith_status status = store_each_message(profile->store, profile->id, read_message, inbox, reterr);
    if (!status && (profile->events != inbox->events || inbox->removals))
        status = write_segments(profile, inbox->changed, reterr);
    if (!status && inbox->told_mail)
        status = write_mail(profile, inbox->mail, reterr);
    if (!status)
        status = store_delete_messages(profile->store, profile->id, inbox->last, reterr);
    return status;
}

/* Once it is known whether the log stays as it is now or as it was. */
static void inbox_clear(struct inbox *inbox, bool done)
{
    struct profile *profile = inbox->profile;
    for (size_t i = 0; i < inbox->removals; i++)
        if (done || !inbox->removed[i].old)
            event_clear(&inbox->removed[i].event);
    free(inbox->removed);
    if (!done) {
        drop_events(profile, inbox->old);
        if (inbox->events)
            memcpy(profile->event, inbox->before, inbox->events * sizeof *inbox->before);
        profile->events = inbox->events;
    }
    free(inbox->before);
}

static enum pith_status receive_all(struct profile *profile, struct inbox *inbox, struct pith_error *reterr)
{
    struct before before = {0};
    inbox->before = pith_calloc(profile->events, sizeof *inbox->before);
    if (!inbox->before)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the inbox");
    if (profile->events)
        memcpy(inbox->before, profile->event, profile->events * sizeof *profile->event);
    enum pith_status status = begin(profile, true, &before, reterr);
    if (!status)
        status = take_in(inbox, reterr);
    status = finish(profile, status, &before, reterr);
    bool done = !status;
    inbox_clear(inbox, done);
    profile->votes = profile->pairs = 0; /* they may be those of events that went */
    enum pith_status folded = fold(profile, done ? reterr : NULL);
    return done ? folded : status;
}

static enum pith_status count_message(void *user, int64_t sequence, const void *message, size_t length,
                                      struct pith_error *reterr)
{
    (void)sequence, (void)message, (void)length, (void)reterr;
    (*(size_t *)user)++;
    return PITH_OK;
}

enum pith_status profile_receive(struct profile *profile, size_t *ret_taken, size_t *ret_junk,
                                 struct pith_error *reterr)
{
    struct inbox inbox = {.profile = profile, .events = profile->events, .old = profile->events, .changed = profile->events};
    size_t waiting = 0;
    enum pith_status status = store_each_message(profile->store, profile->id, count_message, &waiting, reterr);
    if (!status && waiting)
        status = receive_all(profile, &inbox, reterr);
    if (status)
        return status;
    *ret_taken = inbox.taken;
    *ret_junk = inbox.junk;
    return PITH_OK;
}

/* ---- checking ---- */

enum pith_status profile_check(struct profile *profile, struct profile_extent *ret_extent, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    struct profile_extent extent = {.events = profile->events};
    enum pith_status status = check_rows(profile, reterr);
    for (size_t i = 0; !status && i < profile->rows; i++) {
        int64_t counter;
        if (profile->row[i].kind == ROW_SLOT)
            continue;
        status = open_row(profile, profile->row[i].kind, profile->row[i].number, &plain, &counter, reterr);
        extent.rows++;
        extent.bytes += plain.length;
    }
    vault_wipe(plain.data, plain.length);
    if (!status)
        status = store_each_message(profile->store, profile->id, count_message, &extent.messages, reterr);
    if (!status)
        *ret_extent = extent;
    return status;
}
