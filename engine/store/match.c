/* Which papers are meant: by identifiers, by what two records have in common, by words. */
#include "engine/base/unicode.h"
#include "engine/store/store_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CONFIRM_CHARACTERS = 200, /* of an abstract, folded, that show two papers of one title to be one */
    MARGIN = 8,               /* a cut may fall in a character that folds with its neighbour */
    TELLING_TITLE = 20,       /* letters and digits of a title that with its year names one paper */
};

/* ---- finding papers ---- */

bool store_is_title_key(const char *key)
{
    return strncmp(key, "title:", 6) == 0;
}

struct matches { /* distinct ids, ascending */
    int64_t *id;
    size_t count, max;
};

static bool has_match(const struct matches *matches, int64_t id)
{
    for (size_t i = 0; i < matches->count; i++)
        if (matches->id[i] == id)
            return true;
    return false;
}

static void add_match(struct matches *matches, int64_t id)
{
    if (matches->count == matches->max || has_match(matches, id))
        return;
    size_t at = matches->count++;
    for (; at > 0 && matches->id[at - 1] > id; at--)
        matches->id[at] = matches->id[at - 1];
    matches->id[at] = id;
}

static int year_of(int32_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm calendar;
    return gmtime_r(&seconds, &calendar) ? calendar.tm_year : INT32_MAX;
}

/* Bytes of the first `characters` of valid UTF-8. */
static size_t prefix_length(const char *folded, size_t characters)
{
    size_t length = 0;
    for (; folded[length]; length++)
        if (((unsigned char)folded[length] & 0xC0) != 0x80 && characters-- == 0)
            break;
    return length;
}

/* The first 64 bits of a key made by paper_title_key. */
static uint64_t hash_of_key(const char *key)
{
    char digits[17] = "";
    memcpy(digits, key + strlen("title:"), 16);
    return strtoull(digits, NULL, 16);
}

/* Title and year; not of a title like "Editorial", which many papers of one year have. */
static enum pith_status mark_year(const struct paper *paper, uint64_t title, struct store_marks *marks, struct pith_error *reterr)
{
    if (paper->published == PITH_NO_DAY)
        return PITH_OK;
    PITH_AUTO(pith_free_p) char *folded = NULL;
    enum pith_status status = unicode_fold(paper->title, &folded, reterr);
    if (!status && unicode_characters(folded) >= TELLING_TITLE)
        marks->mark[marks->count++] = (int64_t)(title + (uint64_t)year_of(paper->published));
    return status;
}

/* The first characters of an abstract, folded. The rest is not looked at, as long as the beginning gives enough of them. */
static enum pith_status fold_beginning(const char *abstract, char **ret_folded, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *folded = NULL;
    PITH_AUTO(pith_free_p) char *beginning = strndup(abstract, prefix_length(abstract, 3 * CONFIRM_CHARACTERS));
    if (!beginning)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    enum pith_status status = unicode_fold(beginning, &folded, reterr);
    if (!status && unicode_characters(folded) < CONFIRM_CHARACTERS + MARGIN && strlen(beginning) < strlen(abstract)) {
        free(folded);
        folded = NULL;
        status = unicode_fold(abstract, &folded, reterr);
    }
    if (status)
        return status;
    folded[prefix_length(folded, CONFIRM_CHARACTERS)] = '\0';
    *ret_folded = PITH_TAKE(folded);
    return PITH_OK;
}

static enum pith_status mark_abstract(const struct paper *paper, uint64_t title, struct store_marks *marks,
                                      struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *folded = NULL;
    char key[PAPER_KEY_SIZE];
    enum pith_status status = fold_beginning(paper->abstract, &folded, reterr);
    if (status || !*folded)
        return status;
    status = paper_title_key(folded, key, reterr);
    if (!status)
        marks->mark[marks->count++] = (int64_t)(title ^ hash_of_key(key));
    return status;
}

enum pith_status store_marks_of(const struct paper *paper, struct store_marks *ret_marks, struct pith_error *reterr)
{
    struct store_marks marks = {.count = 0};
    char own[PAPER_KEY_SIZE];
    enum pith_status status = PITH_OK;
    snprintf(own, sizeof own, "%s", paper->keys.count ? paper->keys.item[paper->keys.count - 1] : "");
    if (!store_is_title_key(own))
        status = paper_title_key(paper->title, own, reterr);
    uint64_t title = status ? 0 : hash_of_key(own);
    if (!status)
        status = mark_year(paper, title, &marks, reterr);
    if (!status)
        status = mark_abstract(paper, title, &marks, reterr);
    if (!status)
        *ret_marks = marks;
    return status;
}

static enum pith_status has_arxiv(struct store *store, int64_t id, bool *ret_has, struct pith_error *reterr)
{
    int64_t has;
    enum pith_status status = store_ask(store, HAS_ARXIV, (struct value[]){integer(id)}, 0, &has, reterr);
    if (!status)
        *ret_has = has != 0;
    return status;
}

/* Whether the paper, or one it was matched with, has an arXiv id. */
static enum pith_status any_arxiv(struct store *store, const struct paper *paper, const struct matches *matches, bool *ret_has,
                                  struct pith_error *reterr)
{
    bool has = false;
    for (size_t i = 0; i < paper->keys.count; i++)
        has = has || strncmp(paper->keys.item[i], "arxiv:", 6) == 0;
    for (size_t i = 0; !has && i < matches->count; i++) {
        enum pith_status status = has_arxiv(store, matches->id[i], &has, reterr);
        if (status)
            return status;
    }
    *ret_has = has;
    return PITH_OK;
}

/* A paper of one mark: taken, unless both have arXiv ids, which then differ. */
static enum pith_status consider(struct store *store, const struct paper *paper, int64_t id, struct matches *matches,
                                 struct pith_error *reterr)
{
    bool other = false;
    enum pith_status status = has_arxiv(store, id, &other, reterr);
    if (!status && other)
        status = any_arxiv(store, paper, matches, &other, reterr);
    if (!status && !other)
        add_match(matches, id);
    return status;
}

static enum pith_status match_key(struct store *store, const char *key, struct matches *matches, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, KEY_HOLDERS, (struct value[]){text(key)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            return status;
        add_match(matches, row_number(row, 0));
    }
    return status;
}

static enum pith_status match_mark(struct store *store, const struct paper *paper, int64_t mark, struct matches *matches,
                                   struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, MARK_HOLDERS, (struct value[]){integer(mark)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            return status;
        int64_t id = row_number(row, 0);
        if (!has_match(matches, id))
            status = consider(store, paper, id, matches, reterr);
    }
    return status;
}

enum pith_status store_same_papers(struct store *store, const struct paper *paper, const struct store_marks *marks, int64_t *ids,
                                   size_t max, size_t *ret_count, struct pith_error *reterr)
{
    struct matches matches = {.id = ids, .max = max};
    enum pith_status status = PITH_OK;
    /* What identifiers say comes before what titles suggest. */
    for (size_t i = 0; !status && i < paper->keys.count; i++)
        if (!store_is_title_key(paper->keys.item[i]))
            status = match_key(store, paper->keys.item[i], &matches, reterr);
    for (size_t i = 0; !status && i < marks->count; i++)
        status = match_mark(store, paper, marks->mark[i], &matches, reterr);
    if (!status)
        *ret_count = matches.count;
    return status;
}

enum pith_status store_mark_paper(struct store *store, int64_t id, const struct store_marks *marks, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < marks->count; i++)
        status = store_run(store, PUT_MARK, (struct value[]){integer(marks->mark[i]), integer(id)}, reterr);
    return status;
}

enum pith_status store_is_marked(struct store *store, bool *ret_marked, struct pith_error *reterr)
{
    int64_t marked;
    enum pith_status status = store_ask(store, MARKED, NULL, 1, &marked, reterr);
    if (!status)
        *ret_marked = marked != 0;
    return status;
}

enum pith_status store_set_marked(struct store *store, struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, SET_MARKED, NULL, reterr);
}

enum pith_status store_find_key(struct store *store, const char *key, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_ask(store, FIND_KEY, (struct value[]){text(key)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no paper is known as %s", key);
    *ret_id = id;
    return PITH_OK;
}

enum pith_status store_no_paper(int64_t id, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_NOT_FOUND, "there is no paper with number %lld", (long long)id);
}

enum pith_status store_paper_key(struct store *store, int64_t id, char key[PAPER_KEY_SIZE], struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, FIRST_KEY, (struct value[]){integer(id)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more || row_is_null(row, 0))
        return store_no_paper(id, reterr);
    snprintf(key, PAPER_KEY_SIZE, "%s", row_text(row, 0));
    return PITH_OK;
}

enum pith_status store_find_title(struct store *store, const char *part, int64_t *ids, size_t max, size_t *ret_count,
                                  struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *wanted = NULL;
    enum pith_status status = unicode_fold(part, &wanted, reterr);
    if (status)
        return status;
    if (unicode_characters(wanted) < 3)
        return pith_fail(reterr, PITH_USAGE, "\"%s\" is too short to look for in titles: give at least 3 letters or digits", part);
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    status = store_query(store, TITLES, NULL, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status && count < max;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        PITH_AUTO(pith_free_p) char *title = NULL;
        status = unicode_fold(row_text(row, 1), &title, reterr);
        if (!status && strstr(title, wanted))
            ids[count++] = row_number(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}

/* ---- the index of words ---- */

enum pith_status store_next_unindexed(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_ask(store, NEXT_UNINDEXED, (struct value[]){integer(after)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "every paper is indexed");
    *ret_id = id;
    return PITH_OK;
}

enum pith_status store_index_paper(struct store *store, int64_t id, struct pith_error *reterr)
{
    assert(store->inside);
    enum pith_status status = store_run(store, INDEX_PLACE, (struct value[]){integer(id)}, reterr);
    return status ? status : store_run(store, INDEX_WORDS, (struct value[]){integer(id)}, reterr);
}

enum pith_status store_search(struct store *store, const char *expression, int32_t first, int32_t last, int64_t *ids, size_t max,
                              size_t *ret_count, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    const struct value values[] = {text(expression), known(first, PITH_NO_DAY), known(last, PITH_NO_DAY), integer((int64_t)max)};
    enum pith_status status = store_query(store, SEARCH, values, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status && count < max; count++) {
        status = store_next_row(store, row, &more, reterr);
        if (status && store_misunderstood(store)) /* what FTS5 says of an expression */
            return pith_fail(reterr, PITH_USAGE, "the query cannot be understood: %s", store_misunderstood(store));
        if (status || !more)
            break;
        ids[count] = row_number(row, 0);
    }
    if (!status)
        *ret_count = count;
    return status;
}
