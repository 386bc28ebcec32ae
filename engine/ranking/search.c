#include "engine/ranking/search.h"

#include "engine/base/bytes.h"
#include "engine/base/unicode.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_MATCH = 16 * SEARCH_MAX_QUERY, BATCH = 1000 /* papers a transaction, so that others may write in between */ };

static const char *const field[][2] = {/* as it is typed, as the index calls it */
                                       {"title", "title"},
                                       {"abstract", "abstract"},
                                       {"author", "authors"},
                                       {"category", "categories"}};
enum { FIELDS = sizeof field / sizeof *field };

struct term {
    const char *column; /* NULL: any */
    const char *text;   /* not NUL-terminated */
    size_t length;
    bool without, beginning, quoted;
};

struct parsing {
    const char *at;
    struct bytes wanted, unwanted; /* in the index's own language */
    bool alternative;              /* OR stands between the last term and the next */
    int32_t first, last;
};

static bool is_word(const struct term *term, const char *word)
{
    return !term->quoted && !term->column && !term->without && term->length == strlen(word) &&
           memcmp(term->text, word, term->length) == 0;
}

/* A text up to its closing quotation mark, or up to a blank. */
static void take_text(struct parsing *parsing, struct term *term)
{
    term->quoted = *parsing->at == '"';
    parsing->at += term->quoted;
    term->text = parsing->at;
    term->length = strcspn(parsing->at, term->quoted ? "\"" : " \"");
    parsing->at += term->length;
    parsing->at += term->quoted && *parsing->at == '"';
    if (!term->quoted && term->length && term->text[term->length - 1] == '*') {
        term->beginning = true;
        term->length--;
    } else if (term->quoted && *parsing->at == '*') {
        term->beginning = true;
        parsing->at++;
    }
}

static size_t prefix_of(const char *text, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(text, name, length) == 0 && text[length] == ':' ? length + 1 : 0;
}

static enum pith_status take_day(struct parsing *parsing, size_t prefix, int32_t *day, struct pith_error *reterr)
{
    const char *text = parsing->at + prefix;
    size_t length = strcspn(text, " ");
    parsing->at = text + length;
    if (days_from_text(text, length, day))
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE, "%.*s: a day is written YYYY-MM-DD", (int)(length + prefix), text - prefix);
}

/* A letter, digit or anything beyond ASCII: what words are made of. */
static bool has_word(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (isalnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80)
            return true;
    return false;
}

/* Quotation marks cannot stand inside of a term; all else means only itself between them. */
static void put_term(struct bytes *out, const struct term *term)
{
    if (term->column) {
        bytes_put(out, term->column, strlen(term->column));
        bytes_put(out, ":", 1);
    }
    bytes_put(out, "\"", 1);
    bytes_put(out, term->text, term->length);
    bytes_put(out, term->beginning ? "\"*" : "\"", term->beginning ? 2 : 1);
}

static enum pith_status add_term(struct parsing *parsing, const struct term *term, struct pith_error *reterr)
{
    if (!has_word(term->text, term->length))
        return pith_fail(reterr, PITH_USAGE, "\"%.*s\" holds no word to look for", (int)term->length, term->text);
    if (term->without) {
        bytes_put(&parsing->unwanted, " NOT ", 5);
        put_term(&parsing->unwanted, term);
        return PITH_OK;
    }
    const char *between = parsing->alternative ? " OR " : ") AND (";
    if (parsing->wanted.length > 1)
        bytes_put(&parsing->wanted, between, strlen(between));
    put_term(&parsing->wanted, term);
    parsing->alternative = false;
    return PITH_OK;
}

static enum pith_status take_term(struct parsing *parsing, struct pith_error *reterr)
{
    struct term term = {.without = *parsing->at == '-' && parsing->at[1] && parsing->at[1] != ' '};
    parsing->at += term.without;
    size_t prefix;
    if ((prefix = prefix_of(parsing->at, "since")) > 0)
        return take_day(parsing, prefix, &parsing->first, reterr);
    if ((prefix = prefix_of(parsing->at, "until")) > 0)
        return take_day(parsing, prefix, &parsing->last, reterr);
    for (size_t i = 0; i < FIELDS && !term.column; i++) {
        prefix = prefix_of(parsing->at, field[i][0]);
        term.column = prefix ? field[i][1] : NULL;
        parsing->at += prefix;
    }
    take_text(parsing, &term);
    if (is_word(&term, "AND"))
        return PITH_OK; /* all words must stand there anyway */
    if (is_word(&term, "OR") && parsing->wanted.length > 1) {
        parsing->alternative = true;
        return PITH_OK;
    }
    return add_term(parsing, &term, reterr);
}

/* "(a) AND (b OR c) NOT d": every text between quotation marks. */
static enum pith_status parse(struct parsing *parsing, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    bytes_put(&parsing->wanted, "(", 1);
    while (!status && *(parsing->at += strspn(parsing->at, " ")))
        status = take_term(parsing, reterr);
    if (!status && parsing->wanted.length == 1)
        status = pith_fail(reterr, PITH_USAGE,
                           "the query names no word that papers must hold: give one, as in `pith search diffusion "
                           "-survey since:2025-05-01`");
    bytes_put(&parsing->wanted, ")", 1);
    bytes_put(&parsing->wanted, parsing->unwanted.data, parsing->unwanted.length);
    bytes_put_u8(&parsing->wanted, 0);
    return status ? status : bytes_done(&parsing->wanted, reterr);
}

/* ---- the index ---- */

/* Where the index lies in memory, others may write anyway. */
static enum pith_status index_batch(struct store *store, int64_t *last, size_t *ret_indexed, struct pith_error *reterr)
{
    bool aside = store_searches_aside(store);
    *ret_indexed = 0;
    enum pith_status status = aside ? PITH_OK : store_begin(store, false, reterr);
    while (!status && *ret_indexed < BATCH) {
        status = store_next_unindexed(store, *last, last, reterr);
        if (status == PITH_NOT_FOUND) {
            status = PITH_OK;
            break;
        }
        if (!status)
            status = store_index_paper(store, *last, reterr);
        *ret_indexed += !status;
    }
    if (!status && !aside)
        status = store_commit(store, reterr);
    store_rollback(store);
    return status;
}

static enum pith_status index_all(struct store *store, const struct search_wanted *wanted, struct pith_error *reterr)
{
    struct store_counts counts;
    size_t indexed = 1, done = 0;
    int64_t last = 0;
    enum pith_status status = store_count(store, &counts, reterr);
    for (; !status && indexed; done += indexed) {
        status = index_batch(store, &last, &indexed, reterr);
        if (!status && wanted->progress && indexed)
            wanted->progress(wanted->user, done + indexed, (size_t)counts.papers);
    }
    return status;
}

/* On a full disk or where nothing may be written the words are indexed in memory: searching needs no write. */
static enum pith_status index_new(struct store *store, const struct search_wanted *wanted, struct pith_error *reterr)
{
    int64_t first = 0;
    store_searches_aside(store); /* one that the papers outgrew is dropped */
    enum pith_status status = store_next_unindexed(store, 0, &first, NULL);
    if (status)
        return status == PITH_NOT_FOUND ? PITH_OK : pith_fail(reterr, status, "the store could not be searched");
    status = index_all(store, wanted, reterr);
    if (status != PITH_IO || store_searches_aside(store))
        return status;
    status = store_index_aside(store, reterr);
    return status ? status : index_all(store, wanted, reterr);
}

enum pith_status search_papers(struct store *store, const struct search_wanted *wanted, int64_t *ids, size_t *ret_count,
                               struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *plain = NULL;
    struct parsing parsing = {.first = PITH_NO_DAY, .last = PITH_NO_DAY};
    if (strlen(wanted->query) > SEARCH_MAX_QUERY)
        return pith_fail(reterr, PITH_USAGE, "the query is longer than %d bytes", SEARCH_MAX_QUERY);
    enum pith_status status = unicode_normalise(wanted->query, strlen(wanted->query), false, &plain, NULL, reterr);
    if (status)
        return status;
    bytes_init(&parsing.wanted, MAX_MATCH);
    bytes_init(&parsing.unwanted, MAX_MATCH);
    parsing.at = plain;
    status = parse(&parsing, reterr);
    if (!status)
        status = index_new(store, wanted, reterr);
    const struct store_match match = {(const char *)parsing.wanted.data, parsing.first, parsing.last, wanted->most};
    if (!status)
        status = store_search(store, &match, ids, ret_count, reterr);
    bytes_clear(&parsing.wanted);
    bytes_clear(&parsing.unwanted);
    return status;
}
