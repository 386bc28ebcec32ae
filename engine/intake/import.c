#include "engine/intake/import.h"

#include "engine/papers/paper_features.h"
#include "engine/papers/place.h"
#include "engine/papers/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_SAME = PAPER_MAX_KEYS, /* papers of the store that one record can turn out to be */
    MAX_IDENTIFIERS = PAPER_MAX_KEYS - 5,
    MAX_OTHER_TITLES = 4, /* title keys besides that of the title itself */
};

/* ---- merging: every field is the greatest of an order on values, so the order of joining does not matter ---- */

/* Kinds of keys, best known first; others come after these, title keys last. */
static const char *const key_kind[] = {"arxiv:", "doi:", "pmid:", "openreview:", "s2:", "openalex:"};
enum { KEY_KINDS = sizeof key_kind / sizeof *key_kind };

static bool is_title_key(const char *key)
{
    return strncmp(key, "title:", 6) == 0;
}

static int kind_of(const char *key)
{
    if (is_title_key(key)) /* numbered names before plain title keys: a paper keeps its name */
        return strchr(key, '.') ? KEY_KINDS + 1 : KEY_KINDS + 2;
    for (int kind = 0; kind < KEY_KINDS; kind++)
        if (strncmp(key, key_kind[kind], strlen(key_kind[kind])) == 0)
            return kind;
    return KEY_KINDS;
}

static int compare_keys(const void *one, const void *other)
{
    const char *const *first = one, *const *second = other;
    int kinds = kind_of(*first) - kind_of(*second);
    return kinds ? kinds : strcmp(*first, *second);
}

static enum pith_status add_text(struct paper_list *list, const char *text, size_t max, struct pith_error *reterr)
{
    return paper_list_add(list, text, strlen(text), max, reterr);
}

/* `sorted` in the order of keys that every stored paper has: identifiers, older title keys, `own` title key. Of too many, the
 * first of each are kept. */
static enum pith_status choose_keys(const char *const *sorted, size_t count, const char *own, struct paper_list *keys,
                                    struct pith_error *reterr)
{
    size_t identifiers = 0, titles = 0;
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++) {
        bool title = is_title_key(sorted[i]);
        if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
            continue;
        if (title ? titles++ >= MAX_OTHER_TITLES : identifiers++ >= MAX_IDENTIFIERS)
            continue;
        if (strcmp(sorted[i], own) != 0)
            status = add_text(keys, sorted[i], PAPER_MAX_KEYS, reterr);
    }
    return status ? status : add_text(keys, own, PAPER_MAX_KEYS, reterr);
}

/* The keys of both in one order; `own` is the key of the title that stays. */
static enum pith_status unite_keys(const struct paper_list *one, const struct paper_list *other, const char *own,
                                   struct paper_list *keys, struct pith_error *reterr)
{
    size_t count = one->count + other->count;
    PITH_AUTO(pith_free_p) const char **sorted = pith_calloc(count, sizeof *sorted);
    if (!sorted)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    for (size_t i = 0; i < one->count; i++)
        sorted[i] = one->item[i];
    for (size_t i = 0; i < other->count; i++)
        sorted[one->count + i] = other->item[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    return choose_keys(sorted, count, own, keys, reterr);
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

/* Which record's title and abstract stay: one with an abstract, then the better source, then the smaller in byte order. */
static bool better_text(const struct paper *one, const struct paper *other)
{
    bool has = *text_or_empty(one->abstract), other_has = *text_or_empty(other->abstract);
    if (has != other_has)
        return has;
    if (one->source_rank != other->source_rank)
        return one->source_rank > other->source_rank;
    int order = strcmp(one->title, other->title);
    if (!order)
        order = strcmp(text_or_empty(one->abstract), text_or_empty(other->abstract));
    if (!order)
        order = strcmp(text_or_empty(one->source), text_or_empty(other->source));
    return order <= 0;
}

static size_t list_length(const struct paper_list *list)
{
    size_t length = 0;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->item[i]);
    return length;
}

/* The fuller list: more items, then more text (full names over initials), then the smaller in byte order. */
static const struct paper_list *better_list(const struct paper_list *one, const struct paper_list *other)
{
    if (one->count != other->count)
        return one->count > other->count ? one : other;
    size_t length = list_length(one), other_length = list_length(other);
    if (length != other_length)
        return length > other_length ? one : other;
    for (size_t i = 0; i < one->count; i++) {
        int order = strcmp(one->item[i], other->item[i]);
        if (order)
            return order < 0 ? one : other;
    }
    return one;
}

static int larger(int one, int other)
{
    return one > other ? one : other;
}

/* PITH_NO_DAY is the smallest day: unknown loses to any in both. */
static int32_t earlier(int32_t one, int32_t other)
{
    if (one == PITH_NO_DAY || other == PITH_NO_DAY)
        return one == PITH_NO_DAY ? other : one;
    return one < other ? one : other;
}

static enum paper_announce stronger(enum paper_announce one, enum paper_announce other)
{
    if (one == ANNOUNCE_UNKNOWN || other == ANNOUNCE_UNKNOWN)
        return one == ANNOUNCE_UNKNOWN ? other : one;
    return one < other ? one : other;
}

/* The smaller of two in byte order, or the one there is. */
static const char *known_url(const char *one, const char *other)
{
    if (!one || !other)
        return one ? one : other;
    return strcmp(one, other) <= 0 ? one : other;
}

static void merge_numbers(const struct paper *one, const struct paper *other, struct paper *merged)
{
    merged->version = larger(one->version, other->version);
    merged->published = earlier(one->published, other->published);
    merged->updated = larger(one->updated, other->updated);
    merged->announced = earlier(one->announced, other->announced);
    merged->announce = stronger(one->announce, other->announce);
    merged->upvotes = larger(one->upvotes, other->upvotes);
    merged->comments = larger(one->comments, other->comments);
    merged->citations = larger(one->citations, other->citations);
    merged->withdrawn = one->withdrawn || other->withdrawn;
}

static enum pith_status copy_text(const char *from, char **ret_text, struct pith_error *reterr)
{
    *ret_text = from ? strdup(from) : NULL;
    return from && !*ret_text ? pith_fail(reterr, PITH_NOMEM, "out of memory") : PITH_OK;
}

static enum pith_status copy_list(const struct paper_list *from, struct paper_list *to, size_t max, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < from->count; i++)
        status = add_text(to, from->item[i], max, reterr);
    return status;
}

static enum pith_status merge_texts(const struct paper *one, const struct paper *other, struct paper *merged,
                                    struct pith_error *reterr)
{
    const struct paper *text = better_text(one, other) ? one : other;
    merged->source = text->source;
    merged->source_rank = text->source_rank;
    enum pith_status status = copy_text(text->title, &merged->title, reterr);
    if (!status)
        status = copy_text(text_or_empty(text->abstract), &merged->abstract, reterr);
    if (!status)
        status = copy_text(known_url(one->url, other->url), &merged->url, reterr);
    if (!status)
        status = copy_list(better_list(&one->authors, &other->authors), &merged->authors, PAPER_MAX_AUTHORS, reterr);
    if (!status)
        status = copy_list(better_list(&one->categories, &other->categories), &merged->categories, PAPER_MAX_CATEGORIES, reterr);
    /* A paper's last key is that of its title. */
    return status ? status : unite_keys(&one->keys, &other->keys, text->keys.item[text->keys.count - 1], &merged->keys, reterr);
}

static bool same_text(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool same_list(const struct paper_list *one, const struct paper_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++)
        same = strcmp(one->item[i], other->item[i]) == 0;
    return same;
}

static bool same_record(const struct paper *one, const struct paper *other)
{
    return one->version == other->version && one->published == other->published && one->updated == other->updated &&
           one->announced == other->announced && one->announce == other->announce && one->upvotes == other->upvotes &&
           one->comments == other->comments && one->citations == other->citations && one->withdrawn == other->withdrawn &&
           one->source_rank == other->source_rank && same_text(one->source, other->source) && same_text(one->title, other->title) &&
           same_text(one->abstract, other->abstract) && same_text(one->url, other->url) && same_list(&one->keys, &other->keys) &&
           same_list(&one->authors, &other->authors) && same_list(&one->categories, &other->categories);
}

enum pith_status import_merge(struct paper *into, const struct paper *other, bool *ret_changed, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper merged;
    paper_init(&merged);
    enum pith_status status = merge_texts(into, other, &merged, reterr);
    if (status)
        return status;
    merge_numbers(into, other, &merged);
    *ret_changed = !same_record(into, &merged);
    struct paper before = *into;
    *into = merged;
    merged = before; /* freed on the way out */
    return PITH_OK;
}

/* ---- importing ---- */

struct importing {
    struct store *store;
    struct tokens *words;
    struct bytes blob, place; /* of the paper at hand */
    struct features features;
    const struct embedding *embedding; /* NULL: none */
    int32_t today;
    unsigned announce;
    struct pith_import_report report;
    void (*progress)(void *user, size_t done, size_t all);
    void *user;
};

/* A paper's features, and its place in the table that came with pith, where there is one. */
static enum pith_status derive(struct importing *importing, const struct paper *paper, struct pith_error *reterr)
{
    const struct embedding *embedding = importing->embedding;
    float place[EMBEDDING_MAX_DIMS];
    importing->place.length = 0;
    enum pith_status status = features_derive(importing->words, paper, &importing->blob, reterr);
    if (status || !embedding)
        return status;
    status = features_read(importing->blob.data, importing->blob.length, &importing->features, reterr);
    if (status)
        return status;
    place_paper(embedding, &importing->features, place);
    for (uint32_t d = 0; d < embedding_dims(embedding); d++)
        bytes_put_float(&importing->place, place[d]);
    return bytes_done(&importing->place, reterr);
}

static enum pith_status put_paper(struct importing *importing, const struct paper *paper, int64_t *id, struct pith_error *reterr)
{
    enum pith_status status = derive(importing, paper, reterr);
    return status ? status : store_put_paper(importing->store, paper, &importing->blob, &importing->place, id, reterr);
}

/* The papers of the store that a new record shows to be one: all into the first. */
static enum pith_status join_known(struct importing *importing, const int64_t *ids, size_t count, struct paper *record,
                                   struct pith_error *reterr)
{
    enum pith_status status = store_get_paper(importing->store, ids[0], record, reterr);
    for (size_t i = 1; !status && i < count; i++) {
        PITH_AUTO(paper_clear) struct paper duplicate;
        paper_init(&duplicate);
        bool changed;
        status = store_get_paper(importing->store, ids[i], &duplicate, reterr);
        if (!status)
            status = import_merge(record, &duplicate, &changed, reterr);
        if (!status)
            status = store_join_papers(importing->store, ids[0], ids[i], reterr);
    }
    return status;
}

static enum pith_status read_features(void *user, const struct store_row *row, struct pith_error *reterr)
{
    return features_read(row->features, row->features_length, user, reterr);
}

/* `pith check` sends whoever has a damaged paper here: its text is whole, so its features can be had again. */
static enum pith_status mend(struct importing *importing, const struct paper *record, int64_t id, struct pith_error *reterr)
{
    enum pith_status status = store_visit_paper(importing->store, id, read_features, &importing->features, reterr);
    if (status != PITH_CORRUPT)
        return status;
    status = derive(importing, record, reterr);
    return status ? status : store_put_features(importing->store, id, &importing->blob, &importing->place, reterr);
}

static enum pith_status merge_known(struct importing *importing, const struct paper *paper, int64_t *ids, size_t count,
                                    struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper record;
    paper_init(&record);
    bool changed = false;
    enum pith_status status = join_known(importing, ids, count, &record, reterr);
    if (!status)
        status = import_merge(&record, paper, &changed, reterr);
    if (status)
        return status;
    if (!changed && count == 1) {
        importing->report.known++;
        return mend(importing, &record, ids[0], reterr);
    }
    importing->report.merged++;
    return put_paper(importing, &record, &ids[0], reterr);
}

/* Adds a paper that the store did not know, its keys in the order that merging gives: the last, of its title, stays last. */
static enum pith_status add_paper(struct importing *importing, struct paper *paper, int64_t *id, struct pith_error *reterr)
{
    qsort(paper->keys.item, paper->keys.count - 1, sizeof *paper->keys.item, compare_keys);
    *id = 0;
    importing->report.added++;
    return put_paper(importing, paper, id, reterr);
}

static enum pith_status list_paper(struct importing *importing, const struct paper *paper, int64_t id, struct pith_error *reterr)
{
    struct pith_import_report *report = &importing->report;
    int32_t day = paper->announced != PITH_NO_DAY   ? paper->announced
                  : paper->published != PITH_NO_DAY ? paper->published
                                                    : importing->today;
    report->first_day = earlier(report->first_day, day);
    report->last_day = larger(report->last_day, day);
    bool added;
    return store_list_paper(importing->store, day, id, paper->announce, &added, reterr);
}

static enum pith_status take_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct importing *importing = user;
    if (importing->announce && paper->announce != ANNOUNCE_UNKNOWN && !(importing->announce & 1U << paper->announce)) {
        importing->report.hidden++;
        return PITH_OK;
    }
    importing->report.records++;
    int64_t ids[MAX_SAME];
    size_t count;
    struct store_marks marks;
    enum pith_status status = store_marks_of(paper, &marks, reterr);
    if (!status)
        status = store_same_papers(importing->store, paper, &marks, ids, MAX_SAME, &count, reterr);
    if (!status)
        status = count > 0 ? merge_known(importing, paper, ids, count, reterr) : add_paper(importing, paper, &ids[0], reterr);
    if (!status)
        status = store_mark_paper(importing->store, ids[0], &marks, reterr);
    return status ? status : list_paper(importing, paper, ids[0], reterr);
}

static void take_problem(void *user, size_t line, const char *reason)
{
    struct pith_import_report *report = &((struct importing *)user)->report;
    report->skipped++;
    if (report->problems == PITH_IMPORT_PROBLEMS)
        return;
    struct pith_import_problem *problem = &report->problem[report->problems++];
    problem->line = line;
    snprintf(problem->reason, sizeof problem->reason, "%s", reason);
}

static void tell_progress(void *user, size_t done, size_t all)
{
    const struct importing *importing = user;
    if (importing->progress)
        importing->progress(importing->user, done, all);
}

/* What a newer pith keeps of a paper and an older one did not, or in another way. */
static enum pith_status derive_again(struct importing *importing, int64_t id, bool features, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    struct store_marks marks;
    enum pith_status status = store_get_paper(importing->store, id, &paper, reterr);
    if (!status)
        status = store_marks_of(&paper, &marks, reterr);
    if (!status)
        status = store_mark_paper(importing->store, id, &marks, reterr);
    if (!status && features)
        status = derive(importing, &paper, reterr);
    return status || !features ? status : store_put_features(importing->store, id, &importing->blob, &importing->place, reterr);
}

static enum pith_status derive_all(struct importing *importing, bool features, struct pith_error *reterr)
{
    struct store_counts counts;
    enum pith_status status = store_count(importing->store, &counts, reterr);
    int64_t id = 0;
    for (size_t done = 0; !status && done < (size_t)counts.papers; done++) {
        status = store_next_paper(importing->store, id, &id, reterr);
        if (!status)
            status = derive_again(importing, id, features, reterr);
        if (!status)
            tell_progress(importing, done + 1, (size_t)counts.papers);
    }
    return status;
}

/* Whether features are of this version, and places in the table that came with pith: without one they stay as they are, unused. */
static enum pith_status are_current(struct store *store, const struct embedding *embedding, bool *ret_current,
                                    struct pith_error *reterr)
{
    int version;
    char table[EMBEDDING_NAME];
    enum pith_status status = store_feature_version(store, &version, reterr);
    if (!status)
        status = store_place_table(store, table, reterr);
    if (!status)
        *ret_current = version == FEATURES_VERSION && (!embedding || strcmp(table, embedding_name(embedding)) == 0);
    return status;
}

static enum pith_status set_current(struct store *store, const struct embedding *embedding, struct pith_error *reterr)
{
    enum pith_status status = store_set_marked(store, reterr);
    if (!status && embedding)
        status = store_set_place_table(store, embedding_name(embedding), reterr);
    return status ? status : store_set_feature_version(store, FEATURES_VERSION, reterr);
}

/* Inside a transaction: the features and places of all papers are current afterwards, and all have their marks. */
static enum pith_status refresh(struct importing *importing, struct pith_error *reterr)
{
    bool current, marked;
    enum pith_status status = are_current(importing->store, importing->embedding, &current, reterr);
    if (!status)
        status = store_is_marked(importing->store, &marked, reterr);
    if (status || (current && marked))
        return status;
    status = derive_all(importing, !current, reterr);
    return status ? status : set_current(importing->store, importing->embedding, reterr);
}

static enum pith_status read_papers(struct importing *importing, const struct pith_input *from, struct pith_error *reterr)
{
    const struct source_context context = {
        .today = importing->today, .paper = take_paper, .problem = take_problem, .progress = tell_progress, .user = importing};
    const struct source *source = NULL;
    enum pith_status status = sources_read_input(from, &context, &source, reterr);
    if (source)
        importing->report.format = source->name;
    return status;
}

/* Gets the memory of one run and opens its transaction; close_run ends both. */
static enum pith_status open_run(struct importing *importing, struct pith_error *reterr)
{
    bytes_init(&importing->blob, STORE_MAX_FEATURES);
    bytes_init(&importing->place, EMBEDDING_MAX_DIMS * sizeof(float));
    enum pith_status status = tokens_new(&importing->words, reterr);
    return status ? status : store_begin(importing->store, false, reterr);
}

static enum pith_status close_run(struct importing *importing, enum pith_status status, struct pith_error *reterr)
{
    if (!status)
        status = store_commit(importing->store, reterr);
    store_rollback(importing->store); /* when it did not come to a commit */
    tokens_free(importing->words);
    bytes_clear(&importing->blob);
    bytes_clear(&importing->place);
    features_clear(&importing->features);
    return status;
}

enum pith_status import_input(struct store *store, const struct pith_input *from, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct importing importing = {.store = store,
                                  .embedding = options->embedding,
                                  .today = options->today,
                                  .announce = options->announce,
                                  .report = {.first_day = PITH_NO_DAY, .last_day = PITH_NO_DAY},
                                  .progress = options->progress,
                                  .user = options->user};
    enum pith_status status = open_run(&importing, reterr);
    if (!status)
        status = refresh(&importing, reterr);
    if (!status)
        status = read_papers(&importing, from, reterr);
    status = close_run(&importing, status, reterr);
    if (!status)
        *ret_report = importing.report;
    return status;
}

enum pith_status import_bytes(struct store *store, const void *bytes, size_t length, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct source_memory memory = {bytes, length};
    const struct pith_input from = sources_memory(&memory);
    return import_input(store, &from, options, ret_report, reterr);
}

enum pith_status import_refresh(struct store *store, const struct import_options *options, struct pith_error *reterr)
{
    bool current;
    struct store_counts counts;
    enum pith_status status = are_current(store, options->embedding, &current, reterr);
    if (!status && !current)
        status = store_count(store, &counts, reterr);
    if (status || current || counts.papers == 0)
        return status;
    struct importing importing = {
        .store = store, .embedding = options->embedding, .progress = options->progress, .user = options->user};
    status = open_run(&importing, reterr);
    if (!status)
        status = refresh(&importing, reterr);
    return close_run(&importing, status, reterr);
}
