#include "engine/profile/profile_inside.h"

#include "engine/base/unicode.h"
#include "engine/crypto/device.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- whose profile ---- */

/* The keyed hash of a name, one for all spellings of the same text. */
static enum pith_status hash_name(struct store *store, const char *reader, struct store_profile *named, char **ret_name,
                                  struct pith_error *reterr)
{
    unsigned char key[STORE_NAME_KEY];
    PITH_AUTO(pith_free_p) char *name = NULL;
    size_t length;
    enum pith_status status = unicode_normalise(reader, strlen(reader), false, &name, &length, reterr);
    if (!status && (!length || length > PROFILE_MAX_NAME))
        status = pith_fail(reterr, PITH_USAGE, "a reader's name has 1 to %d bytes", PROFILE_MAX_NAME);
    if (!status)
        status = store_name_key(store, key, reterr);
    if (status)
        return status;
    vault_keyed_hash16(key, name, length, named->name);
    named->named = true;
    if (ret_name)
        *ret_name = PITH_TAKE(name);
    return PITH_OK;
}

/* Whose profile is meant where no name is given: the only one; of several nobody can tell. */
static enum pith_status only_profile(struct store *store, struct store_profile *ret_found, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0;
    enum pith_status status = store_profiles(store, &profiles, &count, reterr);
    if (!status && count > 1)
        status = pith_fail(
            reterr, PITH_USAGE,
            "there are %zu readers here: say which with --reader NAME, or --reader default for the one without a name (`pith "
            "readers` lists them)",
            count);
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no profile here yet: `pith init` makes one");
    if (!status)
        *ret_found = profiles[0];
    return status;
}

/* Whether `hex`, PROFILE_LEAST_HEX digits or more, begins the id. */
static bool has_id(const struct store_profile *profile, const char *hex)
{
    char all[2 * STORE_PROFILE_ID + 1];
    profile_write_id(profile->id, all);
    return strlen(hex) >= PROFILE_LEAST_HEX && strlen(hex) < sizeof all && strncasecmp(hex, all, strlen(hex)) == 0;
}

/* The profile with this id, by its first digits: the way to one without a name among others. */
static enum pith_status profile_by_id(struct store *store, const char *hex, struct store_profile *ret_found,
                                      struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0, found = 0;
    enum pith_status status = store_profiles(store, &profiles, &count, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        if (!has_id(&profiles[i], hex))
            continue;
        *ret_found = profiles[i];
        found++;
    }
    if (!status && found > 1)
        status = pith_fail(reterr, PITH_AMBIGUOUS, "several profiles have an id that begins so: give more of its digits");
    return status || found ? status : PITH_NOT_FOUND;
}

void profile_write_id(const unsigned char id[VAULT_ID], char hex[2 * VAULT_ID + 1])
{
    for (size_t i = 0; i < VAULT_ID; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
}

/* The one without a name, as the first of a store is made. */
static enum pith_status unnamed_profile(struct store *store, struct store_profile *ret_found, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0, found = 0;
    enum pith_status status = store_profiles(store, &profiles, &count, reterr);
    for (size_t i = 0; !status && i < count; i++)
        if (!profiles[i].named) {
            *ret_found = profiles[i];
            found++;
        }
    if (!status && found > 1)
        status = pith_fail(reterr, PITH_AMBIGUOUS, "%zu readers here have no name: `pith readers` tells the id of each", found);
    return status || found ? status : PITH_NOT_FOUND;
}

enum pith_status profile_find(struct store *store, const char *reader, struct store_profile *ret_found, struct pith_error *reterr)
{
    struct store_profile wanted;
    if (!reader)
        return only_profile(store, ret_found, reterr);
    enum pith_status status = hash_name(store, reader, &wanted, NULL, reterr);
    if (!status)
        status = store_named_profile(store, wanted.name, ret_found, reterr);
    if (status == PITH_NOT_FOUND && strncmp(reader, PROFILE_ID_MARK, strlen(PROFILE_ID_MARK)) == 0)
        status = profile_by_id(store, reader + strlen(PROFILE_ID_MARK), ret_found, reterr);
    if (status == PITH_NOT_FOUND && strcmp(reader, PROFILE_UNNAMED) == 0)
        status = unnamed_profile(store, ret_found, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no reader of this name here: `pith init --reader NAME` makes one");
    return status;
}

enum pith_status profile_name(struct profile *profile, char name[PROFILE_MAX_NAME + 1], struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
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

/* A way in, wrapped before the transaction that writes it: from a passphrase that takes a second. */
struct wrapped {
    enum pith_way kind;
    struct bytes slot;
};

static void wrapped_clear(struct wrapped *wrapped)
{
    bytes_clear(&wrapped->slot);
}

static enum pith_status wrap(const struct vault_key *key, const unsigned char *id, const struct vault_slot *terms,
                             const struct vault_secret *secret, const char *label, struct wrapped *ret_wrapped,
                             struct pith_error *reterr)
{
    bytes_init(&ret_wrapped->slot, 1024 + VAULT_MAX_RECORD);
    ret_wrapped->kind = terms->kind;
    return vault_wrap(key, id, terms, secret, label, &ret_wrapped->slot, reterr);
}

/* Puts the slot there and notes it for the head. */
static enum pith_status write_slot(struct profile *profile, int64_t number, const struct wrapped *wrapped,
                                   struct pith_error *reterr)
{
    enum pith_status status = store_put_slot(profile->store, profile->id, number, (int)wrapped->kind, &wrapped->slot, reterr);
    if (status)
        return status;
    struct row row = profile_row_of_slot(number, wrapped->slot.data, wrapped->slot.length);
    return profile_note_row(profile, &row, reterr);
}

static enum pith_status write_name(struct profile *profile, const char *name, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, PROFILE_MAX_NAME + 1);
    bytes_put(&plain, name, strlen(name));
    enum pith_status status = bytes_done(&plain, reterr);
    return status ? status : profile_write_row(profile, ROW_NAME, 0, &plain, reterr);
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

/* A profile about to be made. */
struct creating {
    const char *reader; /* as it was given; NULL: no name */
    char *name;         /* in the one spelling that is kept */
    struct store_profile made;
    struct wrapped way;
};

static void creating_clear(struct creating *creating)
{
    free(creating->name);
    wrapped_clear(&creating->way);
}

static enum pith_status write_new(struct profile *profile, const struct creating *creating, struct pith_error *reterr)
{
    enum pith_status status = store_begin(profile->store, true, reterr);
    if (!status)
        status = check_free(profile->store, creating->reader, reterr);
    if (!status)
        status = store_add_profile(profile->store, &creating->made, reterr);
    if (!status)
        status = write_slot(profile, 1, &creating->way, reterr);
    if (!status && creating->name)
        status = write_name(profile, creating->name, reterr);
    if (!status)
        status = profile_write_head(profile, reterr);
    if (!status)
        status = store_commit(profile->store, reterr);
    store_rollback(profile->store);
    return status;
}

enum pith_status profile_create_with(struct store *store, const char *reader, const struct vault_slot *terms,
                                     const struct vault_secret *secret, struct pith_error *reterr)
{
    PITH_AUTO(creating_clear) struct creating creating = {.reader = reader};
    PITH_AUTO(profile_lock_p) struct profile *profile = pith_calloc(1, sizeof *profile);
    bytes_init(&creating.way.slot, 0);
    if (!profile)
        return pith_no_memory(reterr);
    enum pith_status status = check_free(store, reader, reterr); /* and again in the transaction: before a second's work */
    if (!status && reader)
        status = hash_name(store, reader, &creating.made, &creating.name, reterr);
    vault_random(creating.made.id, sizeof creating.made.id);
    memcpy(profile->id, creating.made.id, sizeof creating.made.id);
    profile->store = store;
    if (!status)
        status = vault_key_new(&profile->key, creating.made.public_key, reterr);
    if (!status)
        status = wrap(profile->key, profile->id, terms, secret, "", &creating.way, reterr);
    return status ? status : write_new(profile, &creating, reterr);
}

enum pith_status profile_create(struct store *store, const char *reader, const char *passphrase, size_t length,
                                enum pith_strength strength, struct pith_error *reterr)
{
    const struct vault_slot terms = vault_passphrase_slot(strength);
    return profile_create_with(store, reader, &terms, &(struct vault_secret){PITH_PASSPHRASE, passphrase, length}, reterr);
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

/* ---- ways in ---- */

/* The file is read before the profile is, as a change is noted there after it was made: only an older store is behind it. */
static enum pith_status check_witness(struct profile *profile, const char *path, struct pith_error *reterr)
{
    struct witness_head head = profile_witness_head(profile);
    enum pith_status status = witness_check(path, &head, reterr);
    while (status == PITH_CORRUPT && profile_is_stale(profile)) {
        status = profile_refresh(profile, reterr);
        head = profile_witness_head(profile);
        if (!status)
            status = witness_check(path, &head, reterr);
    }
    return status;
}

enum pith_status profile_witness(struct profile *profile, const char *path, struct pith_error *reterr)
{
    enum pith_status status = check_witness(profile, path, reterr);
    struct witness_head head = profile_witness_head(profile);
    if (!status)
        status = witness_note(path, &head, reterr);
    char *copy = status ? NULL : strdup(path);
    if (!status && !copy)
        status = pith_no_memory(reterr);
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

static enum pith_status list_slot(void *user, int64_t number, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    struct slot_list *list = user;
    struct profile *profile = list->profile;
    (void)kind;
    enum pith_status status = pith_grow(&list->slot, &list->cap, list->count + 1, sizeof *list->slot, MAX_ROWS, reterr);
    if (status)
        return status;
    struct profile_slot *slot = &list->slot[list->count++];
    *slot = (struct profile_slot){.number = number, .used = number == profile->slot};
    status = vault_slot_read(blob, length, &slot->terms, reterr);
    slot->terms.record = NULL; /* of the blob, which is not kept */
    slot->terms.record_length = 0;
    if (!status)
        status = vault_slot_label(profile->key, profile->id, blob, length, slot->label, reterr);
    if (status && status != PITH_CORRUPT)
        return status;
    slot->good = !status;
    if (slot->good) {
        struct row row = profile_row_of_slot(number, blob, length);
        slot->good = profile_check_slot(profile, &row, NULL) == PITH_OK;
    }
    if (!slot->good)
        *slot = (struct profile_slot){.number = number, .used = slot->used};
    return PITH_OK;
}

enum pith_status profile_slots(struct profile *profile, struct profile_slot **ret_slots, size_t *ret_count,
                               struct pith_error *reterr)
{
    struct slot_list list = {.profile = profile};
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = store_begin_reading(profile->store, &reading, reterr);
    if (!status)
        status = profile_refresh(profile, reterr);
    if (!status)
        status = store_each_slot(profile->store, profile->id, list_slot, &list, reterr);
    if (status) {
        free(list.slot);
        return status;
    }
    *ret_slots = list.slot;
    *ret_count = list.count;
    return PITH_OK;
}

enum pith_status profile_rename(struct profile *profile, const char *reader, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *name = NULL;
    struct store_profile wanted;
    struct before before;
    enum pith_status status = hash_name(profile->store, reader, &wanted, &name, reterr);
    if (status)
        return status;
    status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = check_free(profile->store, reader, reterr);
    if (!status)
        status = store_rename_profile(profile->store, profile->id, wanted.name, reterr);
    if (!status)
        status = write_name(profile, name, reterr);
    return profile_finish(profile, status, &before, reterr);
}

/* One more than the highest number in the store or the head. */
static enum pith_status free_number(struct profile *profile, int64_t *ret_number, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count;
    int64_t highest = 0;
    enum pith_status status = profile_slots(profile, &slot, &count, reterr);
    if (!status && count >= PROFILE_MAX_SLOTS)
        status = pith_fail(reterr, PITH_NOMEM, "a profile has at most %d ways in: revoke some first", PROFILE_MAX_SLOTS);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        highest = slot[i].number > highest ? slot[i].number : highest;
    *ret_number = highest + 1;
    return PITH_OK;
}

/* Whether those stay that a profile needs, without slot `gone` and with one of kind `added` (either 0: none): one that is no token, and
 * beside a device, which can break or be cleared, a recovery code. */
static enum pith_status check_ways_left(struct profile *profile, int64_t gone, int added, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct profile_slot *slot = NULL;
    size_t count = 0, codes = added == PITH_RECOVERY_CODE, devices = device_opens((enum pith_way)added),
           others = added && added != PITH_TOKEN;
    bool found = false, code = false;
    enum pith_status status = profile_slots(profile, &slot, &count, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        if (slot[i].number == gone) {
            found = true;
            code = slot[i].terms.kind == PITH_RECOVERY_CODE;
        } else if (slot[i].good) {
            others += slot[i].terms.kind != PITH_TOKEN;
            codes += slot[i].terms.kind == PITH_RECOVERY_CODE;
            devices += device_opens(slot[i].terms.kind);
        }
    }
    if (!status && gone && !found)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no key slot %" PRId64 ": `pith key list` shows them", gone);
    if (!status && gone && !others)
        return pith_fail(reterr, PITH_USAGE, "slot %" PRId64 " is the last way in: add another first", gone);
    if (!status && code && devices && !codes)
        return pith_fail(reterr, PITH_USAGE,
                         "slot %" PRId64
                         " is the last recovery code, and security keys and TPMs open a profile only beside one: revoke "
                         "them first, or add another code with `pith key add recovery`",
                         gone);
    if (!status && device_opens((enum pith_way)added) && !codes)
        return pith_fail(
            reterr, PITH_NOT_FOUND,
            "a security key or a TPM opens a profile only beside a recovery code, as it can be lost or cleared: add one first "
            "with `pith key add recovery`");
    return status;
}

enum pith_status profile_check_device(struct profile *profile, enum pith_way kind, int64_t replaced, struct pith_error *reterr)
{
    return check_ways_left(profile, replaced, (int)kind, reterr);
}

enum pith_status profile_put_slot(struct profile *profile, int64_t *number, const struct vault_slot *terms,
                                  const struct vault_secret *secret, const char *label, struct pith_error *reterr)
{
    PITH_AUTO(wrapped_clear) struct wrapped wrapped;
    struct before before;
    int64_t at = *number;
    enum pith_status status = wrap(profile->key, profile->id, terms, secret, label, &wrapped, reterr);
    if (status)
        return status;
    status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = check_ways_left(profile, at, (int)terms->kind, reterr);
    if (!status && !at)
        status = free_number(profile, &at, reterr);
    if (!status)
        status = write_slot(profile, at, &wrapped, reterr);
    status = profile_finish(profile, status, &before, reterr);
    if (!status)
        *number = at;
    return status;
}

enum pith_status profile_revoke_slot(struct profile *profile, int64_t number, struct pith_error *reterr)
{
    struct before before;
    enum pith_status status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = check_ways_left(profile, number, 0, reterr);
    if (!status)
        status = store_delete_slot(profile->store, profile->id, number, reterr);
    if (!status)
        status = profile_delete_row(profile, ROW_SLOT, number, reterr);
    return profile_finish(profile, status, &before, reterr);
}

/* Opens every row under the old key and writes it under the new one, which is then the profile's. */
static enum pith_status reseal(struct profile *profile, struct vault_key **fresh, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < profile->rows; i++) {
        struct row row = profile->row[i];
        int64_t counter;
        if (row.kind == ROW_SLOT)
            continue;
        status = profile_open_row(profile, row.kind, row.number, &plain, &counter, reterr);
        struct vault_key *old = profile->key;
        profile->key = *fresh;
        if (!status)
            status = profile_write_row(profile, row.kind, row.number, &plain, reterr);
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

static enum pith_status write_rotated(struct profile *profile, struct vault_key **fresh,
                                      const unsigned char public_key[VAULT_PUBLIC_KEY], const struct wrapped *way,
                                      struct pith_error *reterr)
{
    enum pith_status status = store_delete_slots(profile->store, profile->id, reterr);
    if (!status)
        status = store_set_public_key(profile->store, profile->id, public_key, reterr);
    if (!status)
        status = reseal(profile, fresh, reterr); /* the last that can leave the old key in place */
    if (status)
        return status;
    forget_slots(profile);
    return write_slot(profile, 1, way, reterr);
}

enum pith_status profile_rotate(struct profile *profile, const struct vault_slot *terms, const struct vault_secret *secret,
                                const char *label, struct pith_error *reterr)
{
    unsigned char public_key[VAULT_PUBLIC_KEY];
    PITH_AUTO(vault_key_free_p) struct vault_key *fresh = NULL;
    PITH_AUTO(wrapped_clear) struct wrapped way;
    struct before before;
    bytes_init(&way.slot, 0);
    enum pith_status status = profile_receive(profile, &(size_t){0}, &(size_t){0}, reterr);
    if (!status)
        status = vault_key_new(&fresh, public_key, reterr);
    if (!status)
        status = wrap(fresh, profile->id, terms, secret, label, &way, reterr);
    if (status)
        return status;
    const struct vault_key *old = profile->key;
    status = profile_begin(profile, true, &before, reterr);
    if (!status)
        status = write_rotated(profile, &fresh, public_key, &way, reterr);
    status = profile_finish(profile, status, &before, reterr);
    if (status && profile->key != old) { /* rolled back: the old key stays the profile's */
        struct vault_key *unused = profile->key;
        profile->key = fresh;
        fresh = unused;
    }
    if (!status)
        profile->slot = 1;
    return status;
}
