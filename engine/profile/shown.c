#include "engine/profile/shown.h"

#include "engine/crypto/vault.h"

#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, ITEM_BYTES = 12 };

static uint64_t name_of(const char *key)
{
    unsigned char hash[16];
    struct bytes_reader reader;
    vault_hash16(key, strlen(key), hash);
    bytes_reader_init(&reader, hash, sizeof hash);
    return bytes_get_u64(&reader);
}

static enum pith_status damaged(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_CORRUPT, "the record of papers shown is damaged");
}

/* The record as it is kept: the oldest first. Room for `more`. */
static enum pith_status load(const struct bytes *record, size_t more, struct shown *ret_seen, struct pith_error *reterr)
{
    struct bytes_reader reader;
    size_t count = 0;
    bytes_reader_init(&reader, record->length ? record->data : (const unsigned char *)"", record->length);
    if (record->length) {
        bool known = bytes_get_u8(&reader) == VERSION;
        count = bytes_get_count(&reader, ITEM_BYTES);
        if (!known || reader.failed || count > SHOWN_MOST)
            return damaged(reterr);
    }
    PITH_AUTO(pith_free_p) struct shown_paper *item = pith_calloc(count + more, sizeof *item);
    if (!item && count + more)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        item[i].paper = bytes_get_u64(&reader);
        item[i].day = (int32_t)bytes_get_u32(&reader);
    }
    if (reader.failed || reader.at != reader.end)
        return damaged(reterr);
    ret_seen->item = PITH_TAKE(item);
    ret_seen->count = count;
    return PITH_OK;
}

void shown_clear(struct shown *seen)
{
    free(seen->item);
    *seen = (struct shown){0};
}

static int by_paper(const void *a, const void *b)
{
    uint64_t left = ((const struct shown_paper *)a)->paper, right = ((const struct shown_paper *)b)->paper;
    return left < right ? -1 : left > right;
}

enum pith_status shown_read(const struct bytes *record, struct shown *ret_seen, struct pith_error *reterr)
{
    enum pith_status status = load(record, 0, ret_seen, reterr);
    if (!status && ret_seen->count)
        qsort(ret_seen->item, ret_seen->count, sizeof *ret_seen->item, by_paper);
    return status;
}

static const struct shown_paper *find(const struct shown *seen, uint64_t paper)
{
    const struct shown_paper wanted = {.paper = paper};
    return seen->count ? bsearch(&wanted, seen->item, seen->count, sizeof *seen->item, by_paper) : NULL;
}

bool shown_before(const struct shown *seen, const char *key, int32_t day)
{
    const struct shown_paper *found = seen->count ? find(seen, name_of(key)) : NULL;
    return found && found->day < day;
}

static enum pith_status write_record(const struct shown *all, struct bytes *record, struct pith_error *reterr)
{
    size_t dropped = all->count > SHOWN_MOST ? all->count - SHOWN_MOST : 0;
    record->length = 0;
    bytes_put_u8(record, VERSION);
    bytes_put_varint(record, all->count - dropped);
    for (size_t i = dropped; i < all->count; i++) {
        bytes_put_u64(record, all->item[i].paper);
        bytes_put_u32(record, (uint32_t)all->item[i].day);
    }
    return bytes_done(record, reterr);
}

enum pith_status shown_note(struct bytes *record, const struct pith_ranking *ranking, bool *ret_changed, struct pith_error *reterr)
{
    PITH_AUTO(shown_clear) struct shown all = {0}, known = {0};
    enum pith_status status = load(record, ranking->count, &all, reterr);
    if (!status)
        status = shown_read(record, &known, reterr);
    if (status)
        return status;
    size_t before = all.count;
    for (size_t i = 0; i < ranking->count; i++) {
        const struct shown_paper paper = {name_of(ranking->item[i].key), ranking->item[i].day};
        if (!find(&known, paper.paper))
            all.item[all.count++] = paper;
    }
    *ret_changed = all.count > before;
    return *ret_changed ? write_record(&all, record, reterr) : PITH_OK;
}
