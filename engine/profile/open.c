/* Opening a profile: as it is at one moment, whoever writes meanwhile; and as it is now, when another pith changed it since. */
#include "engine/profile/profile_inside.h"

#include "engine/crypto/device.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 3 };

void profile_lock(struct profile *profile)
{
    if (!profile)
        return;
    profile_drop_events(profile, 0);
    free(profile->event);
    free(profile->row);
    fold_clear(&profile->stands);
    free(profile->witness);
    vault_key_free(profile->key);
    free(profile);
}

/* ---- reading it ---- */

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
            return reader.exhausted ? pith_no_memory(reterr) : pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged");
        profile->events++;
    }
    return reader.failed ? pith_fail(reterr, PITH_CORRUPT, "the log of votes is damaged") : PITH_OK;
}

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
static enum pith_status check_key(const struct profile *profile, struct pith_error *reterr)
{
    struct store_profile found;
    unsigned char public_key[VAULT_PUBLIC_KEY];
    enum pith_status status = store_find_profile(profile->store, profile->id, &found, reterr);
    if (status)
        return status;
    vault_inbox_key(profile->key, public_key);
    if (memcmp(public_key, found.public_key, sizeof public_key) != 0)
        return pith_fail(reterr, PITH_LOCKED, "this is not the profile's key, or its public key was changed in the store");
    return PITH_OK;
}

/* Head, rows and log, while reading or inside a transaction. */
static enum pith_status load(struct profile *profile, struct pith_error *reterr)
{
    enum pith_status status = check_key(profile, reterr);
    if (!status)
        status = profile_read_head(profile, reterr);
    if (!status)
        status = profile_check_rows(profile, reterr);
    if (!status)
        status = read_events(profile, reterr);
    return status ? status : profile_make_fold(profile, &profile->stands, reterr);
}

enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(vault_key_free_p) struct vault_key *taken = PITH_TAKE(*key);
    PITH_AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    if (!profile)
        return pith_no_memory(reterr);
    profile->store = store;
    profile->scopes = UINT32_MAX;
    memcpy(profile->id, id, VAULT_ID);
    profile->key = PITH_TAKE(taken);
    enum pith_status status = store_begin_reading(store, &reading, reterr);
    if (!status)
        status = load(profile, reterr);
    if (!status)
        *ret_profile = PITH_TAKE(profile);
    return status;
}

/* ---- as it is now ---- */

/* Whether the head in the store still is the one that was read or written here. */
static enum pith_status is_current(const struct profile *profile, bool *ret_current, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter = 0;
    enum pith_status status = store_get_sealed(profile->store, profile->id, ROW_HEAD, 0, &counter, &sealed, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    *ret_current = !status && counter == profile->counter && sealed.length >= TAG &&
                   memcmp(sealed.data + sealed.length - TAG, profile->head, TAG) == 0;
    return PITH_OK;
}

bool profile_is_stale(const struct profile *profile)
{
    bool current = false;
    return is_current(profile, &current, NULL) != PITH_OK || !current;
}

/* That the slot which opened it still is one of its ways in. */
static enum pith_status check_way(const struct profile *profile, struct profile *fresh, struct pith_error *reterr)
{
    const struct row *was = profile_find_row((struct profile *)profile, ROW_SLOT, profile->slot);
    const struct row *is = profile_find_row(fresh, ROW_SLOT, profile->slot);
    if (!profile->slot || (was && is && memcmp(was->tag, is->tag, TAG) == 0))
        return PITH_OK;
    return pith_fail(reterr, PITH_LOCKED, "the way in that opened the profile was revoked meanwhile: open it by another");
}

static void swap_contents(struct profile *one, struct profile *other)
{
    struct profile kept = *one;
    *one = *other;
    *other = kept;
    one->slot = kept.slot; /* who opened it, and what may be done, stays */
    one->scopes = kept.scopes;
    one->expires = kept.expires;
    one->witness = kept.witness;
    one->unwitnessed = kept.unwitnessed;
    one->key = kept.key;
    other->witness = NULL;
    other->key = NULL;
}

static enum pith_status reload(struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(profile_lock_p) struct profile *fresh = pith_calloc(1, sizeof *fresh);
    if (!fresh)
        return pith_no_memory(reterr);
    fresh->store = profile->store;
    fresh->key = profile->key;
    memcpy(fresh->id, profile->id, VAULT_ID);
    enum pith_status status = load(fresh, reterr);
    if (status == PITH_NOT_FOUND)
        status = pith_fail(reterr, PITH_LOCKED, "the profile was erased meanwhile");
    else if (status == PITH_LOCKED)
        pith_fail(reterr, status, "the profile was sealed anew meanwhile: open it by a way in that it has now");
    if (!status)
        status = check_way(profile, fresh, reterr);
    if (!status)
        swap_contents(profile, fresh);
    else
        fresh->key = NULL; /* borrowed */
    return status;
}

enum pith_status profile_refresh(struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    bool current = false;
    enum pith_status status = store_begin_reading(profile->store, &reading, reterr);
    if (!status)
        status = is_current(profile, &current, reterr);
    return status || current ? status : reload(profile, reterr);
}

/* ---- unlocking ---- */

struct slot_copy {
    int64_t number;
    int kind;
    unsigned char *blob;
    size_t length;
};

/* A profile's slots, copied: deriving a key takes a second, and nobody is to wait for that. */
struct slot_copies {
    struct slot_copy *slot;
    size_t count, cap;
};

static void slot_copies_clear(struct slot_copies *copies)
{
    for (size_t i = 0; i < copies->count; i++)
        free(copies->slot[i].blob);
    free(copies->slot);
    *copies = (struct slot_copies){0};
}

static enum pith_status copy_slot(void *user, int64_t number, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct slot_copies *copies = user;
    enum pith_status status = pith_grow(&copies->slot, &copies->cap, copies->count + 1, sizeof *copies->slot, MAX_ROWS, reterr);
    unsigned char *copy = status ? NULL : pith_calloc(length + 1, 1);
    if (!status && !copy)
        status = pith_no_memory(reterr);
    if (status)
        return status;
    memcpy(copy, blob, length);
    copies->slot[copies->count++] = (struct slot_copy){number, kind, copy, length};
    return PITH_OK;
}

static bool same_slots(const struct slot_copies *one, const struct slot_copies *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++)
        same = one->slot[i].number == other->slot[i].number && one->slot[i].length == other->slot[i].length &&
               memcmp(one->slot[i].blob, other->slot[i].blob, one->slot[i].length) == 0;
    return same;
}

struct unlocking {
    const unsigned char *id;
    const struct vault_secret *secret;
    struct vault_key *key;
    struct vault_slot terms;
    struct row slot; /* the one that opened */
};

struct row profile_row_of_slot(int64_t number, const void *blob, size_t length)
{
    struct row row = {.kind = ROW_SLOT, .number = number};
    memcpy(row.tag, (const unsigned char *)blob + length - VAULT_CHECK, VAULT_CHECK);
    return row;
}

/* By a secret in hand, or by one that the slot's device gives. */
static enum pith_status unwrap_slot(struct unlocking *unlocking, const struct slot_copy *slot, struct pith_error *reterr)
{
    unsigned char given[DEVICE_SECRET];
    struct vault_slot terms;
    const struct vault_secret *secret = unlocking->secret;
    if (!device_opens(secret->kind))
        return vault_unwrap(unlocking->id, secret, slot->blob, slot->length, &unlocking->key, reterr);
    enum pith_status status = vault_slot_read(slot->blob, slot->length, &terms, reterr);
    if (!status && terms.kind != secret->kind)
        status = pith_fail(reterr, PITH_CORRUPT, "the key slot is damaged: restore a backup of the store");
    if (!status)
        status = device_ask(secret->kind, &(struct device_words){secret->bytes, secret->length}, terms.record, terms.record_length,
                            given, reterr);
    if (!status)
        status = vault_unwrap(unlocking->id, &(struct vault_secret){secret->kind, given, sizeof given}, slot->blob, slot->length,
                              &unlocking->key, reterr);
    vault_wipe(given, sizeof given);
    return status;
}

/* Tries the slots of the secret's kind; one that does not open, or is damaged, leaves the next to be tried. */
static enum pith_status unwrap(struct unlocking *unlocking, const struct slot_copies *copies, int64_t now,
                               struct pith_error *reterr)
{
    struct pith_error error = {0};
    enum pith_status worst = PITH_OK;
    for (size_t i = 0; i < copies->count && !unlocking->key; i++) {
        const struct slot_copy *slot = &copies->slot[i];
        if (slot->kind != (int)unlocking->secret->kind)
            continue;
        enum pith_status status = unwrap_slot(unlocking, slot, &error);
        worst = status ? status : worst;
        if (status == PITH_LOCKED || status == PITH_CORRUPT)
            continue;
        if (status)
            break;
        unlocking->slot = profile_row_of_slot(slot->number, slot->blob, slot->length);
        status = vault_slot_read(slot->blob, slot->length, &unlocking->terms, reterr);
        if (status)
            return status;
    }
    if (!unlocking->key && worst)
        return pith_fail(reterr, worst, "%s", error.message);
    if (!unlocking->key)
        return pith_fail(reterr, PITH_LOCKED, "the profile has no way in of this kind: `pith key list` shows them");
    if (unlocking->terms.expires && now > unlocking->terms.expires)
        return pith_fail(reterr, PITH_LOCKED, "this token has ended: make another with `pith token add`");
    return PITH_OK;
}

enum pith_status profile_prove(struct store *store, const unsigned char id[VAULT_ID], const struct vault_secret *secret,
                               int64_t now, struct pith_error *reterr)
{
    PITH_AUTO(slot_copies_clear) struct slot_copies copies = {0};
    struct unlocking unlocking = {.id = id, .secret = secret};
    enum pith_status status = store_each_slot(store, id, copy_slot, &copies, reterr);
    if (!status)
        status = unwrap(&unlocking, &copies, now, reterr);
    vault_key_free(unlocking.key);
    return status;
}

enum pith_status profile_check_slot(struct profile *profile, const struct row *slot, struct pith_error *reterr)
{
    const struct row *row = profile_find_row(profile, ROW_SLOT, slot->number);
    if (row && memcmp(row->tag, slot->tag, TAG) == 0)
        return PITH_OK;
    return pith_fail(reterr, PITH_LOCKED, "key slot %" PRId64 " was revoked or changed: an old one was put back in its place",
                     slot->number);
}

static enum pith_status unlock_by(struct store *store, const struct slot_copies *copies, struct unlocking *unlocking, int64_t now,
                                  struct profile **ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(profile_lock_p) struct profile *profile = NULL;
    enum pith_status status = unwrap(unlocking, copies, now, reterr);
    if (!status)
        status = profile_open(store, unlocking->id, &unlocking->key, &profile, reterr);
    vault_key_free(unlocking->key);
    unlocking->key = NULL;
    if (!status)
        status = profile_check_slot(profile, &unlocking->slot, reterr);
    if (status)
        return status;
    profile->slot = unlocking->slot.number;
    if (unlocking->terms.kind == PITH_TOKEN) {
        profile->scopes = unlocking->terms.scopes;
        profile->expires = unlocking->terms.expires;
    }
    *ret_profile = PITH_TAKE(profile);
    return PITH_OK;
}

enum pith_status profile_unlock(struct store *store, const unsigned char id[VAULT_ID], const struct vault_secret *secret,
                                int64_t now, struct profile **ret_profile, struct pith_error *reterr)
{
    PITH_AUTO(slot_copies_clear) struct slot_copies copies = {0};
    struct unlocking unlocking = {.id = id, .secret = secret};
    enum pith_status status = store_each_slot(store, id, copy_slot, &copies, reterr);
    if (!status)
        status = unlock_by(store, &copies, &unlocking, now, ret_profile, reterr);
    for (int i = 1; status == PITH_LOCKED && i < TRIES; i++) { /* the ways in may have changed while the key was derived */
        PITH_AUTO(slot_copies_clear) struct slot_copies later = {0};
        if (store_each_slot(store, id, copy_slot, &later, NULL) || same_slots(&copies, &later))
            break;
        status = unlock_by(store, &later, &unlocking, now, ret_profile, reterr);
        slot_copies_clear(&copies);
        copies = later;
        later = (struct slot_copies){0};
    }
    return status;
}
