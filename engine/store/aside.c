/* The index of words beside the file, in memory: for searching where nothing can be written, and for telling whether the index in the file
 * holds the words of its papers. */
#include "engine/store/store_inside.h"

#include <stdlib.h>
#include <string.h>

#define WORDS                                                                                                                      \
    "USING fts5(title, abstract, authors, categories, content='', tokenize='porter unicode61 remove_diacritics 2');" /* as the file's */

enum { PROBED = 2000 /* papers at a time */, MAX_INDEXED = 1 << 30 };

/* ---- searching ---- */

static enum pith_status read_stamp(struct store *store, int64_t *ret_stamp, struct pith_error *reterr)
{
    return store_ask(store, STAMP, NULL, 0, ret_stamp, reterr);
}

bool store_searches_aside(struct store *store)
{
    int64_t stamp = 0;
    if (store->aside && (read_stamp(store, &stamp, NULL) || stamp != store->aside_stamp))
        store_end_aside(store);
    return store->aside;
}

void store_end_aside(struct store *store)
{
    if (store->aside)
        store_make_aside(store, "DROP TABLE IF EXISTS temp.search; DROP TABLE IF EXISTS temp.searchable;", false, NULL);
    store->aside = false;
}

/* Tables of these names in memory go before those of the file, whatever statement names them. */
enum pith_status store_index_aside(struct store *store, struct pith_error *reterr)
{
    enum pith_status status = read_stamp(store, &store->aside_stamp, reterr);
    if (status)
        return status;
    store->aside = true;
    status = store_make_aside(store,

                              "CREATE VIRTUAL TABLE temp.search " WORDS
                              "CREATE TABLE temp.searchable(paper INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE);",
                              false, reterr);
    if (status)
        store_end_aside(store);
    return status;
}

/* ---- checking ---- */

/* A paper in the index: what stands there of it minus what its text gives; 0 when they are the same words at the same places. */
struct indexed {
    int64_t place, paper;
    uint64_t difference;
};

struct index_check {
    struct indexed *paper; /* by place */
    size_t count, cap;
};

static void index_check_clear(struct index_check *check)
{
    free(check->paper);
}

static enum pith_status read_indexed(struct store *store, struct index_check *check, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, INDEXED, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&check->paper, &check->cap, check->count + 1, sizeof *check->paper, MAX_INDEXED, reterr);
        if (!status)
            check->paper[check->count++] = (struct indexed){row_number(row, 0), row_number(row, 1), 0};
    }
    return status;
}

static int by_place(const void *wanted, const void *element)
{
    int64_t one = *(const int64_t *)wanted, other = ((const struct indexed *)element)->place;
    return (one > other) - (one < other);
}

/* Adds, or takes away, each word of an index where it stands. Rows of papers that were indexed anew since are left. */
static enum pith_status sum_words(struct store *store, enum statement which, bool add, struct index_check *check,
                                  struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, which, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        int64_t place = row_number(row, 0), at = row_number(row, 3);
        struct indexed *paper = bsearch(&place, check->paper, check->count, sizeof *check->paper, by_place);
        if (!paper)
            continue;
        uint64_t sum = (uint64_t)at;
        const char *word = row_text(row, 1);
        store_add_to_sum(&sum, word, strlen(word));
        const char *column = row_text(row, 2);
        store_add_to_sum(&sum, column, strlen(column));
        paper->difference += add ? sum : -sum;
    }
    return status;
}

/* The words of some papers, indexed anew in memory. */
static enum pith_status probe(struct store *store, struct index_check *check, size_t from, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = from; !status && i < check->count && i < from + PROBED; i++)
        status = store_run(store, PROBE_PAPER, (struct value[]){integer(check->paper[i].place), integer(check->paper[i].paper)},
                           reterr);
    if (!status)
        status = sum_words(store, EACH_MADE_WORD, false, check, reterr);
    return status ? status : store_run(store, EMPTY_PROBE, NULL, reterr);
}

enum pith_status store_check_index(struct store *store, void (*problem)(void *user, int64_t id), void *user, size_t *ret_count,
                                   struct pith_error *reterr)
{
    PITH_AUTO(index_check_clear) struct index_check check = {0};
    enum pith_status status = store_make_aside(
        store,

        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.probe " WORDS
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.kept_words USING fts5vocab(main, search, instance);"
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.made_words USING fts5vocab(temp, probe, instance);",
        true, reterr);
    if (!status)
        status = read_indexed(store, &check, reterr);
    if (!status)
        status = sum_words(store, EACH_KEPT_WORD, true, &check, reterr);
    for (size_t i = 0; !status && i < check.count; i += PROBED)
        status = probe(store, &check, i, reterr);
    for (size_t i = 0; !status && i < check.count; i++)
        if (check.paper[i].difference)
            problem(user, check.paper[i].paper);
    if (!status)
        *ret_count = check.count;
    return status;
}
