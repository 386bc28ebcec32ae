/* Where each source of listings was left off, and the receipts of past runs. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <stdio.h>

/* ---- fetching ---- */

static void copy_column(char *to, size_t size, struct row *row, int column)
{
    snprintf(to, size, "%s", row_text(row, column));
}

enum pith_status store_get_fetch(struct store *store, const char *source, struct store_fetch *ret_fetch, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    struct store_fetch fetch = {.day = PITH_NO_DAY, .from = PITH_NO_DAY};
    bool more = false;
    enum pith_status status = store_first_row(store, GET_FETCH, (struct value[]){text(source)}, &row, &more, reterr);
    if (status)
        return status;
    if (more) {
        copy_column(fetch.etag, sizeof fetch.etag, row, 0);
        copy_column(fetch.modified, sizeof fetch.modified, row, 1);
        fetch.day = row_int(row, 2, PITH_NO_DAY);
        copy_column(fetch.next, sizeof fetch.next, row, 3);
        fetch.from = row_int(row, 4, PITH_NO_DAY);
        fetch.usual = (size_t)row_number(row, 5);
    }
    *ret_fetch = fetch;
    return PITH_OK;
}

enum pith_status store_put_fetch(struct store *store, const char *source, const struct store_fetch *fetch,
                                 struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, PUT_FETCH,
                     (struct value[]){text(source), text(fetch->etag), text(fetch->modified), known(fetch->day, PITH_NO_DAY),
                                      text(fetch->next), known(fetch->from, PITH_NO_DAY), integer((int64_t)fetch->usual)},
                     reterr);
}

enum pith_status store_add_receipt(struct store *store, const struct pith_receipt *receipt, struct pith_error *reterr)
{
    assert(store->inside);
    const struct value values[] = {
        text(receipt->source),
        integer(receipt->time),
        known(receipt->first, PITH_NO_DAY),
        known(receipt->last, PITH_NO_DAY),
        integer((int64_t)receipt->announced),
        integer((int64_t)receipt->fetched),
        integer((int64_t)receipt->added),
        integer((int64_t)receipt->merged),
        integer((int64_t)receipt->hidden),
        integer((int64_t)receipt->failed),
        integer(receipt->unchanged),
        text(receipt->failure),
        text(receipt->note),
    };
    enum pith_status status = store_run(store, ADD_RECEIPT, values, reterr);
    return status ? status
                  : store_run(store, DROP_RECEIPTS, (struct value[]){text(receipt->source), integer(STORE_RECEIPTS)}, reterr);
}

static enum pith_status visit_receipts(struct store *store, enum statement which, const struct value *values,
                                       store_receipt_visit *visit, void *user, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, which, values, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        struct pith_receipt receipt = {.time = row_number(row, 1),
                                       .first = row_int(row, 2, PITH_NO_DAY),
                                       .last = row_int(row, 3, PITH_NO_DAY),
                                       .announced = (size_t)row_number(row, 4),
                                       .fetched = (size_t)row_number(row, 5),
                                       .added = (size_t)row_number(row, 6),
                                       .merged = (size_t)row_number(row, 7),
                                       .hidden = (size_t)row_number(row, 8),
                                       .failed = (size_t)row_number(row, 9),
                                       .unchanged = row_number(row, 10) != 0};
        copy_column(receipt.source, sizeof receipt.source, row, 0);
        copy_column(receipt.failure, sizeof receipt.failure, row, 11);
        copy_column(receipt.note, sizeof receipt.note, row, 12);
        status = visit(user, &receipt, reterr);
    }
    return status;
}

enum pith_status store_each_receipt(struct store *store, size_t most, store_receipt_visit *visit, void *user,
                                    struct pith_error *reterr)
{
    return visit_receipts(store, EACH_RECEIPT, (struct value[]){integer((int64_t)most)}, visit, user, reterr);
}

enum pith_status store_receipts_of(struct store *store, int32_t first, int32_t last, store_receipt_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    return visit_receipts(store, RECEIPTS_OF, (struct value[]){integer(first), integer(last)}, visit, user, reterr);
}
