/* Checksums of papers: of all that is kept of each, in whatever columns. They tell what SQLite does not see: a text that was changed. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 4096 };

/* MurmurHash3's finaliser. */
static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 33) * 0xff51afd7ed558ccdU;
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53U;
    return number ^ number >> 33;
}

void store_add_to_sum(uint64_t *sum, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t now = mix(*sum ^ (length + 1));
    for (size_t i = 0; i < length; i += sizeof now) {
        uint64_t word = 0;
        for (size_t k = 0; k < sizeof word && i + k < length; k++)
            word |= (uint64_t)at[i + k] << 8 * k;
        now = mix(now + 0x9e3779b97f4a7c15U) ^ word;
    }
    *sum = mix(now);
}

static enum pith_status sum_of(struct store *store, int64_t id, int64_t *ret_sum, struct pith_error *reterr)
{
    static const enum statement parts[] = {SUM_RECORD, SUM_TEXT, SUM_FEATURES, SUM_KEYS, SUM_LISTINGS};
    uint64_t sum = 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < sizeof parts / sizeof *parts; i++) {
        store_add_to_sum(&sum, &(unsigned char){(unsigned char)i}, 1);
        status = store_sum_rows(store, parts[i], id, &sum, reterr);
    }
    if (!status)
        memcpy(ret_sum, &sum, sizeof sum);
    return status;
}

/* Whether what is kept of a paper is what was; true of one without a checksum. */
static enum pith_status is_whole(struct store *store, int64_t id, bool *ret_whole, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    int64_t sum = 0;
    enum pith_status status = store_first_row(store, GET_SUM, (struct value[]){integer(id)}, &row, &more, reterr);
    *ret_whole = true;
    if (status || !more)
        return status;
    status = sum_of(store, id, &sum, reterr);
    *ret_whole = row_number(row, 0) == sum;
    return status;
}

static enum pith_status seal(struct store *store, int64_t id, struct pith_error *reterr)
{
    int64_t sum, there = 0;
    enum pith_status status = sum_of(store, id, &sum, reterr);
    if (!status)
        status = store_ask(store, PAPER_THERE, (struct value[]){integer(id)}, 0, &there, reterr);
    if (status)
        return status;
    return there ? store_run(store, PUT_SUM, (struct value[]){integer(id), integer(sum)}, reterr)
                 : store_run(store, DROP_SUM, (struct value[]){integer(id)}, reterr);
}

enum pith_status store_touch(struct store *store, int64_t id, struct pith_error *reterr)
{
    assert(store->inside);
    bool whole = true;
    if (!id || (store->changed && store->change[store->changed - 1].id == id)) /* most changes of a paper come together */
        return PITH_OK;
    if (store->changed >= BATCH) {
        enum pith_status status = store_seal_touched(store, reterr);
        if (status)
            return status;
    }
    for (size_t i = 0; i < store->changed; i++)
        if (store->change[i].id == id)
            return PITH_OK;
    enum pith_status status = is_whole(store, id, &whole, reterr);
    if (!status)
        status = pith_grow(&store->change, &store->change_cap, store->changed + 1, sizeof *store->change, BATCH, reterr);
    if (!status)
        store->change[store->changed++] = (struct store_change){id, !whole};
    return status;
}

enum pith_status store_seal_touched(struct store *store, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < store->changed; i++)
        if (!store->change[i].damaged)
            status = seal(store, store->change[i].id, reterr);
    store->changed = 0;
    return status;
}

enum pith_status store_seal_all(struct store *store, struct pith_error *reterr)
{
    int64_t id = 0;
    enum pith_status status = store_ask(store, NEXT_UNSUMMED, (struct value[]){integer(0)}, 0, &id, reterr);
    if (status || !id)
        return status;
    status = store_begin(store, false, reterr);
    for (id = 0; !status;) {
        status = store_ask(store, NEXT_UNSUMMED, (struct value[]){integer(id)}, 0, &id, reterr);
        if (status || !id)
            break;
        status = seal(store, id, reterr);
    }
    if (!status)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

enum pith_status store_check_papers(struct store *store, void (*problem)(void *user, int64_t id), void *user, size_t *ret_count,
                                    size_t *ret_unknown, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    size_t count = 0, unknown = 0;
    enum pith_status status = store_query(store, EACH_SUM, NULL, &row, reterr);
    for (bool more = true; !status;) {
        int64_t sum;
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        int64_t id = row_number(row, 0), kept = row_number(row, 1);
        bool known = !row_is_null(row, 1);
        status = sum_of(store, id, &sum, reterr);
        count++;
        unknown += !known;
        if (!status && known && sum != kept)
            problem(user, id);
    }
    if (!status) {
        *ret_count = count;
        *ret_unknown = unknown;
    }
    return status;
}
