#include "engine/intake/import.h"

#include "engine/papers/paper_features.h"
#include "engine/papers/place.h"
#include "engine/papers/tokens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SAME = PAPER_MAX_KEYS }; /* papers of the store that one record can turn out to be */

/* ---- importing ---- */

enum {
    MOST_WAITING = 256,           /* records that are stored in one transaction: others wait no longer than these take */
    MOST_WAITING_BYTES = 8 << 20, /* about: of their text */
};

/* A record that was read and whose features were derived, before the transaction that stores it. */
struct waiting {
    struct paper paper;
    struct bytes features, place;
};

struct importing {
    struct store *store;
    struct tokens *words;
    struct waiting *waiting;  /* MOST_WAITING of them */
    size_t count, bytes;      /* of those that are filled */
    size_t stored;            /* records of the transactions before */
    struct bytes blob, place; /* of the paper at hand */
    struct features features;
    const struct embedding *embedding; /* NULL: none */
    const struct source *source;       /* of the file, once it was recognised */
    const struct import_options *options;
    struct pith_import_report report;
    void (*progress)(void *user, size_t done, size_t all);
    void *user;
};

/* A paper's features, and its place in the embedding, where there is one. */
static enum pith_status derive(struct importing *importing, const struct paper *paper, struct bytes *features, struct bytes *kept,
                               struct pith_error *reterr)
{
    const struct embedding *embedding = importing->embedding;
    float place[EMBEDDING_MAX_DIMS];
    kept->length = 0;
    enum pith_status status = features_derive(importing->words, paper, features, reterr);
    if (status || !embedding)
        return status;
    status = features_read(features->data, features->length, &importing->features, reterr);
    if (status)
        return status;
    place_paper(embedding, &importing->features, place);
    for (uint32_t d = 0; d < embedding_dims(embedding); d++)
        bytes_put_float(kept, place[d]);
    return bytes_done(kept, reterr);
}

static enum pith_status put_paper(struct importing *importing, const struct paper *paper, int64_t *id, struct pith_error *reterr)
{
    enum pith_status status = derive(importing, paper, &importing->blob, &importing->place, reterr);
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
    status = derive(importing, record, &importing->blob, &importing->place, reterr);
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

static enum pith_status add_paper(struct importing *importing, const struct waiting *waiting, int64_t *id,
                                  struct pith_error *reterr)
{
    *id = 0;
    importing->report.added++;
    return store_put_paper(importing->store, &waiting->paper, &waiting->features, &waiting->place, id, reterr);
}

/* Whether papers can have been announced on a day: not before there were listings, nor later than the next page. A journal's date of next
 * year, or a 1900 that stands for none, is no listing day. */
static bool is_listing_day(const struct importing *importing, int32_t day)
{
    enum { FIRST_LISTINGS = 7670 /* 1991 */, NEXT_PAGE = 7 };
    bool dated = importing->options->today > FIRST_LISTINGS; /* else the caller does not say what day it is */
    return day != PITH_NO_DAY && (!dated || (day >= FIRST_LISTINGS && day <= importing->options->today + NEXT_PAGE));
}

/* A listing's paper stands on the day that its listing names, else on that of its publication; a library's and an undated one on none. */
static enum pith_status list_paper(struct importing *importing, const struct paper *paper, int64_t id, struct pith_error *reterr)
{
    struct pith_import_report *report = &importing->report;
    int32_t day = paper->listed != PITH_NO_DAY      ? paper->listed
                  : paper->announced != PITH_NO_DAY ? paper->announced
                                                    : paper->published;
    if (importing->options->library || (importing->source && importing->source->library) || !is_listing_day(importing, day))
        return PITH_OK;
    if (report->first_day == PITH_NO_DAY || day < report->first_day)
        report->first_day = day;
    if (day > report->last_day)
        report->last_day = day;
    bool added;
    return store_list_paper(importing->store, day, id, paper->announce, &added, reterr);
}

static enum pith_status store_record(struct importing *importing, const struct waiting *waiting, struct pith_error *reterr)
{
    const struct paper *paper = &waiting->paper;
    int64_t ids[MAX_SAME];
    size_t count;
    struct store_marks marks;
    enum pith_status status = store_marks_of(paper, &marks, reterr);
    if (!status)
        status = store_same_papers(importing->store, paper, &marks, ids, MAX_SAME, &count, reterr);
    if (!status)
        status = count > 0 ? merge_known(importing, paper, ids, count, reterr) : add_paper(importing, waiting, &ids[0], reterr);
    if (!status)
        status = store_mark_paper(importing->store, ids[0], &marks, reterr);
    return status ? status : list_paper(importing, paper, ids[0], reterr);
}

static void forget_waiting(struct importing *importing)
{
    for (size_t i = 0; i < importing->count; i++)
        paper_clear(&importing->waiting[i].paper);
    importing->count = importing->bytes = 0;
}

/* Stores what waits, in one transaction. */
static enum pith_status flush(struct importing *importing, struct pith_error *reterr)
{
    if (!importing->count)
        return PITH_OK;
    enum pith_status status = store_begin(importing->store, false, reterr);
    for (size_t i = 0; !status && i < importing->count; i++)
        status = store_record(importing, &importing->waiting[i], reterr);
    if (!status)
        status = store_commit(importing->store, reterr);
    store_rollback(importing->store); /* when it did not come to a commit */
    importing->stored += status ? 0 : importing->count;
    forget_waiting(importing);
    return status;
}

static enum pith_status take_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct importing *importing = user;
    if (importing->options->announce && paper->announce != ANNOUNCE_UNKNOWN &&
        !(importing->options->announce & paper_announced(paper->announce))) {
        importing->report.hidden++;
        return PITH_OK;
    }
    importing->report.records++;
    if (importing->options->record) {
        enum pith_status heard = importing->options->record(importing->options->record_user, paper, reterr);
        if (heard)
            return heard;
    }
    struct waiting *waiting = &importing->waiting[importing->count];
    /* Its keys in the order that merging gives: the last, of its title, stays last. */
    merge_order_keys(&paper->keys);
    enum pith_status status = derive(importing, paper, &waiting->features, &waiting->place, reterr);
    if (status)
        return status;
    waiting->paper = *paper;
    paper_init(paper);
    importing->count++;
    importing->bytes += strlen(waiting->paper.title) + strlen(waiting->paper.abstract) + waiting->features.length;
    return importing->count < MOST_WAITING && importing->bytes < MOST_WAITING_BYTES ? PITH_OK : flush(importing, reterr);
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
        status = derive(importing, &paper, &importing->blob, &importing->place, reterr);
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

/* Whether features are of this version, and places in the embedding: without one they stay as they are, unused. */
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
    const struct source_context context = {.today = importing->options->today,
                                           .paper = take_paper,
                                           .problem = take_problem,
                                           .progress = tell_progress,
                                           .user = importing};
    enum pith_status status = sources_read_input(from, &context, &importing->source, reterr);
    if (importing->source)
        importing->report.format = importing->source->name;
    return status ? status : flush(importing, reterr);
}

/* Gets the memory of one run; close_run gives it back. */
static enum pith_status open_run(struct importing *importing, size_t waiting, struct pith_error *reterr)
{
    bytes_init(&importing->blob, STORE_MAX_FEATURES);
    bytes_init(&importing->place, EMBEDDING_MAX_DIMS * sizeof(float));
    importing->waiting = waiting ? pith_calloc(waiting, sizeof *importing->waiting) : NULL;
    if (waiting && !importing->waiting)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < waiting; i++) {
        bytes_init(&importing->waiting[i].features, STORE_MAX_FEATURES);
        bytes_init(&importing->waiting[i].place, EMBEDDING_MAX_DIMS * sizeof(float));
    }
    return tokens_new(&importing->words, reterr);
}

static void close_run(struct importing *importing)
{
    forget_waiting(importing);
    for (size_t i = 0; importing->waiting && i < MOST_WAITING; i++) {
        bytes_clear(&importing->waiting[i].features);
        bytes_clear(&importing->waiting[i].place);
    }
    free(importing->waiting);
    tokens_free(importing->words);
    bytes_clear(&importing->blob);
    bytes_clear(&importing->place);
    features_clear(&importing->features);
}

static enum pith_status refresh_now(struct importing *importing, struct pith_error *reterr)
{
    enum pith_status status = store_begin(importing->store, false, reterr);
    if (!status)
        status = refresh(importing, reterr);
    if (!status)
        status = store_commit(importing->store, reterr);
    store_rollback(importing->store);
    return status;
}

/* A failure after some transactions says what stays. */
static enum pith_status tell_stored(const struct importing *importing, enum pith_status status, const struct pith_error *error,
                                    struct pith_error *reterr)
{
    if (!importing->stored)
        return pith_fail(reterr, status, "%s", error->message);
    return pith_fail(reterr, status, "%s (the %zu papers read before are stored; importing again stores none of them twice)",
                     error->message, importing->stored);
}

enum pith_status import_input(struct store *store, const struct pith_input *from, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct importing importing = {.store = store,
                                  .embedding = options->embedding,
                                  .options = options,
                                  .report = {.first_day = PITH_NO_DAY, .last_day = PITH_NO_DAY},
                                  .progress = options->progress,
                                  .user = options->user};
    struct pith_error error;
    enum pith_status status = open_run(&importing, MOST_WAITING, &error);
    if (!status)
        status = refresh_now(&importing, &error);
    if (!status)
        status = read_papers(&importing, from, &error);
    close_run(&importing);
    if (status)
        return tell_stored(&importing, status, &error, reterr);
    *ret_report = importing.report;
    return PITH_OK;
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
    status = open_run(&importing, 0, reterr);
    if (!status)
        status = refresh_now(&importing, reterr);
    close_run(&importing);
    return status;
}
