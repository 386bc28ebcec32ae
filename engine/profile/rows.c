#include "engine/profile/profile_inside.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* FORMAT.md, "Sealed profile", has the bytes of the head. STEP: a row is padded to a multiple of it. */
enum { STEP = 4 << 10, HEAD_VERSION = 1 };

static struct vault_place place_of(const struct profile *profile, int kind, int64_t number, int64_t counter)
{
    return (struct vault_place){profile->id, (enum vault_row_kind)kind, number, counter};
}

struct row *profile_find_row(struct profile *profile, int kind, int64_t number)
{
    for (size_t i = 0; i < profile->rows; i++)
        if (profile->row[i].kind == kind && profile->row[i].number == number)
            return &profile->row[i];
    return NULL;
}

enum pith_status profile_note_row(struct profile *profile, const struct row *noted, struct pith_error *reterr)
{
    struct row *row = profile_find_row(profile, noted->kind, noted->number);
    if (!row) {
        enum pith_status status = pith_grow(&profile->row, &profile->row_cap, profile->rows + 1, sizeof *row, MAX_ROWS, reterr);
        if (status)
            return status;
        row = &profile->row[profile->rows++];
    }
    *row = *noted;
    return PITH_OK;
}

enum pith_status profile_write_row(struct profile *profile, int kind, int64_t number, const struct bytes *plain,
                                   struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes sealed;
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
        return profile_note_row(profile, &row, reterr);
    memcpy(profile->head, row.tag, TAG);
    return PITH_OK;
}

enum pith_status profile_delete_row(struct profile *profile, int kind, int64_t number, struct pith_error *reterr)
{
    struct row *row = profile_find_row(profile, kind, number);
    if (!row)
        return PITH_OK;
    enum pith_status status = kind == ROW_SLOT ? store_delete_slot(profile->store, profile->id, number, reterr)
                                               : store_delete_sealed(profile->store, profile->id, kind, number, reterr);
    if (!status)
        *row = profile->row[--profile->rows];
    return status;
}

enum pith_status profile_write_head(struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
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
    return status ? status : profile_write_row(profile, ROW_HEAD, 0, &plain, reterr);
}

const char *profile_kind_name(int kind)
{
    switch (kind) {
    case ROW_HEAD: return "head";
    case ROW_EVENTS: return "votes";
    case ROW_SETTINGS: return "settings";
    case ROW_MODEL: return "model";
    case ROW_LAST_LIST: return "last listing shown";
    case ROW_NAME: return "reader's name";
    case ROW_GIVEN: return "chances given";
    case ROW_DIGESTS: return "digests";
    case ROW_SHOWN: return "papers shown";
    case ROW_ANSWERS: return "answers";
    case ROW_REDO: return "votes taken back";
    case ROW_ONCE: return "answered requests";
    default: return "row of an unknown kind";
    }
}

static enum pith_status open_sealed(struct profile *profile, int kind, int64_t number, struct bytes *sealed, struct bytes *plain,
                                    int64_t *ret_counter, struct pith_error *reterr)
{
    struct pith_error error;
    enum pith_status status = store_get_sealed(profile->store, profile->id, kind, number, ret_counter, sealed, reterr);
    if (status)
        return status;
    struct vault_place place = place_of(profile, kind, number, *ret_counter);
    status = vault_open(profile->key, &place, sealed->data, sealed->length, plain, &error);
    if (status)
        return pith_fail(reterr, status, "the profile's %s (%" PRId64 "): %s", profile_kind_name(kind), number, error.message);
    const struct row *row = kind == ROW_HEAD ? NULL : profile_find_row(profile, kind, number);
    if (row && (row->counter != *ret_counter || memcmp(row->tag, sealed->data + sealed->length - TAG, TAG) != 0))
        return pith_fail(reterr, PITH_CORRUPT, "the profile's %s (%" PRId64 ") is not the one its head knows: old or moved",
                         profile_kind_name(kind), number);
    return PITH_OK;
}

enum pith_status profile_open_row(struct profile *profile, int kind, int64_t number, struct bytes *plain, int64_t *ret_counter,
                                  struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes sealed;
    bytes_init(&sealed, STORE_MAX_SEALED);
    int64_t counter;
    enum pith_status status = open_sealed(profile, kind, number, &sealed, plain, &counter, reterr);
    if ((status == PITH_CORRUPT || status == PITH_NOT_FOUND) && kind != ROW_HEAD && profile_is_stale(profile))
        status = pith_fail(reterr, PITH_IO, "another pith changed this profile meanwhile: try again");
    if (status)
        return status;
    *ret_counter = counter;
    if (kind == ROW_HEAD)
        memcpy(profile->head, sealed.data + sealed.length - TAG, TAG);
    return PITH_OK;
}

enum pith_status profile_read_head(struct profile *profile, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    bytes_init(&plain, STORE_MAX_SEALED);
    enum pith_status status = profile_open_row(profile, ROW_HEAD, 0, &plain, &profile->counter, reterr);
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

static enum pith_status check_row(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                  struct pith_error *reterr)
{
    struct checking *checking = user;
    if (kind == ROW_HEAD)
        return PITH_OK;
    const struct row *row = profile_find_row(checking->profile, kind, number);
    if (!row)
        return pith_fail(reterr, PITH_CORRUPT, "the profile holds a %s (%lld) that its head does not know", profile_kind_name(kind),
                         (long long)number);
    if (row->counter != counter || length < TAG || memcmp(row->tag, (const unsigned char *)blob + length - TAG, TAG) != 0)
        return pith_fail(reterr, PITH_CORRUPT, "the profile's %s (%lld) is not the one its head knows: old or moved",
                         profile_kind_name(kind), (long long)number);
    checking->found++;
    return PITH_OK;
}

enum pith_status profile_check_rows(struct profile *profile, struct pith_error *reterr)
{
    struct checking checking = {.profile = profile};
    enum pith_status status = store_each_sealed(profile->store, profile->id, check_row, &checking, reterr);
    size_t listed = 0;
    for (size_t i = 0; i < profile->rows; i++)
        listed += profile->row[i].kind != ROW_SLOT;
    if (!status && checking.found != listed)
        status = pith_fail(reterr, PITH_CORRUPT, "%zu of the profile's %zu sealed rows are missing", listed - checking.found,
                           listed);
    return status;
}
