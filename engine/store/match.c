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

static void add_match(struct matches *matches, int64_t id)
{
    for (size_t i = 0; i < matches->count; i++)
        if (matches->id[i] == id)
            return;
    if (matches->count == matches->max)
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
        return pith_no_memory(reterr);
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

/* Folded text and a title as one mark. */
static enum pith_status mark_with(const char *text, uint64_t title, struct store_marks *marks, struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    enum pith_status status = paper_title_key(text, key, reterr);
    if (!status)
        marks->exact[marks->exacts++] = (int64_t)(3 * title ^ hash_of_key(key)); /* no other mark of this title */
    return status;
}

/* Title and DOI, as chapters of a book may share the book's; where nothing else tells a record, title and authors. */
static enum pith_status mark_exact(const struct paper *paper, uint64_t title, struct store_marks *marks, struct pith_error *reterr)
{
    char names[1024] = "by ";
    size_t used = 3;
    for (size_t i = 0; i < paper->keys.count; i++)
        if (strncmp(paper->keys.item[i], "doi:", 4) == 0)
            return mark_with(paper->keys.item[i], title, marks, reterr);
    if (marks->count || paper->keys.count > 1 || (paper->keys.count && !store_is_title_key(paper->keys.item[0])))
        return PITH_OK;
    for (size_t i = 0; i < paper->authors.count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s;", paper->authors.item[i]);
    return mark_with(names, title, marks, reterr);
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
        status = mark_exact(paper, title, &marks, reterr);
    if (!status)
        *ret_marks = marks;
    return status;
}

/* ---- finding the same paper ---- */

/* The kinds of identifiers that a stored paper has. */
static enum pith_status kinds_of(struct store *store, int64_t id, unsigned *ret_kinds, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    unsigned kinds = 0;
    enum pith_status status = store_query(store, KINDS_OF, (struct value[]){integer(id)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        char *key = (char *)row_text(row, 0); /* only looked at */
        kinds |= paper_kinds(&(struct paper_list){.item = &key, .count = 1});
    }
    if (!status)
        *ret_kinds = kinds;
    return status;
}

/* Ids that a statement answers with, at most `max`. */
static enum pith_status ask_ids(struct store *store, enum statement which, const struct value *values, struct matches *matches,
                                struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, which, values, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            return status;
        add_match(matches, row_number(row, 0));
    }
    return status;
}

/* A chapter's DOI may be its book's: it is found by DOI and title alone, and no other by its DOI. */
static enum pith_status match_keys(struct store *store, const struct paper *paper, struct matches *matches,
                                   struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < paper->keys.count; i++) {
        const char *key = paper->keys.item[i];
        bool doi = strncmp(key, "doi:", 4) == 0;
        const struct value values[] = {text(key), integer(!doi), integer((int64_t)matches->max)};
        if (!store_is_title_key(key) && !(doi && paper->part))
            status = ask_ids(store, KEY_HOLDERS, values, matches, reterr);
    }
    return status;
}

static enum pith_status match_exact(struct store *store, const struct store_marks *marks, struct matches *matches,
                                    struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < marks->exacts; i++)
        status = ask_ids(store, EXACT_HOLDERS, (struct value[]){integer(marks->exact[i]), integer((int64_t)matches->max)}, matches,
                         reterr);
    return status;
}

enum { MOST_KINDS = 32 }; /* of paper_kinds, together */

/* One paper that has a mark and identifiers of these kinds; none when several do: they differ, and the title does not tell which. */
struct holder {
    int64_t id;
    unsigned kinds;
};

static enum pith_status only_holder(struct store *store, int64_t mark, unsigned kinds, struct holder *holder, bool *ret_only,
                                    struct pith_error *reterr)
{
    int64_t ids[2];
    struct matches two = {.id = ids, .max = 2};
    const struct value values[] = {integer(mark), integer(kinds), integer(2)};
    enum pith_status status = ask_ids(store, MARK_HOLDERS, values, &two, reterr);
    if (status)
        return status;
    *ret_only = two.count == 1 || (two.count && !kinds);
    *holder = (struct holder){ids[0], kinds};
    return PITH_OK;
}

/* Papers of one mark: those whose identifiers are of other kinds than the record's, which *kinds holds, and of each other's. */
static enum pith_status match_mark(struct store *store, int64_t mark, unsigned *kinds, struct matches *matches,
                                   struct pith_error *reterr)
{
    struct holder holder[MOST_KINDS];
    size_t count = 0;
    unsigned once = 0, twice = 0;
    int64_t next = 0;
    while (next < MOST_KINDS && count < MOST_KINDS) {
        enum pith_status status = store_ask(store, NEXT_KINDS, (struct value[]){integer(mark), integer(next)}, MOST_KINDS, &next,
                                            reterr);
        if (status)
            return status;
        bool only = false;
        if (next < MOST_KINDS && !(next & *kinds))
            status = only_holder(store, mark, (unsigned)next, &holder[count], &only, reterr);
        if (status)
            return status;
        if (next < MOST_KINDS && !(next & *kinds)) {
            twice |= (once & (unsigned)next) | (only ? 0 : (unsigned)next);
            once |= (unsigned)next;
        }
        count += only;
        next++;
    }
    for (size_t i = 0; i < count; i++)
        if (!(holder[i].kinds & twice)) {
            add_match(matches, holder[i].id);
            *kinds |= holder[i].kinds;
        }
    return PITH_OK;
}

enum pith_status store_same_papers(struct store *store, const struct paper *paper, const struct store_marks *marks, int64_t *ids,
                                   size_t max, size_t *ret_count, struct pith_error *reterr)
{
    struct matches matches = {.id = ids, .max = max};
    unsigned kinds = paper_kinds(&paper->keys), more = 0;
    /* What identifiers say comes before what titles suggest. */
    enum pith_status status = match_keys(store, paper, &matches, reterr);
    if (!status)
        status = match_exact(store, marks, &matches, reterr);
    for (size_t i = 0; !status && i < matches.count; i++) {
        status = kinds_of(store, ids[i], &more, reterr);
        kinds |= more;
    }
    for (size_t i = 0; !status && i < marks->count; i++)
        status = match_mark(store, marks->mark[i], &kinds, &matches, reterr);
    if (!status)
        *ret_count = matches.count;
    return status;
}

enum pith_status store_mark_paper(struct store *store, int64_t id, const struct store_marks *marks, struct pith_error *reterr)
{
    assert(store->inside);
    unsigned kinds = 0;
    enum pith_status status = kinds_of(store, id, &kinds, reterr);
    if (!status)
        status = store_run(store, SET_KINDS, (struct value[]){integer(id), integer(kinds)}, reterr);
    for (size_t i = 0; !status && i < marks->count + marks->exacts; i++) {
        int64_t mark = i < marks->count ? marks->mark[i] : marks->exact[i - marks->count];
        status = store_run(store, PUT_MARK, (struct value[]){integer(mark), integer(kinds), integer(id)}, reterr);
    }
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
    size_t count = 0, wholes = 0;
    int64_t whole = 0;
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        PITH_AUTO(pith_free_p) char *title = NULL;
        status = unicode_fold(row_text(row, 1), &title, reterr);
        if (status || !strstr(title, wanted))
            continue;
        if (strcmp(title, wanted) == 0) {
            whole = row_number(row, 0);
            wholes++;
        }
        if (count < max)
            ids[count++] = row_number(row, 0);
    }
    if (!status && wholes == 1) /* another title may go on where this one ends */
        ids[0] = whole;
    if (!status)
        *ret_count = wholes == 1 ? 1 : count;
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
    assert(store->inside || store->aside);
    enum pith_status status = store_run(store, INDEX_PLACE, (struct value[]){integer(id)}, reterr);
    return status ? status : store_run(store, INDEX_WORDS, (struct value[]){integer(id)}, reterr);
}

enum pith_status store_search(struct store *store, const struct store_match *match, int64_t *ids, size_t *ret_count,
                              struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    const struct value values[] = {text(match->expression), known(match->first, PITH_NO_DAY), known(match->last, PITH_NO_DAY),
                                   integer((int64_t)match->most)};
    enum pith_status status = store_query(store, SEARCH, values, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status && count < match->most; count++) {
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
