/* The catalogue: papers, the days they are listed on, their features. */
#include "engine/store/store_inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_SOURCES = 64,       /* names of formats one store can hold */
    JOINED_POSITION = 1000, /* keys of a joined paper stand after those of the paper that stays */
};

/* Between the items of a list kept in one column: unicode_normalise leaves no control character in any of them. */
#define SEPARATOR '\x1f'

/* ---- reading a paper ---- */

static enum pith_status split_list(const char *items, size_t max, struct paper_list *list, struct pith_error *reterr)
{
    while (*items) {
        size_t length = strcspn(items, (const char[]){SEPARATOR, '\0'});
        enum pith_status status = paper_list_add(list, items, length, max, reterr);
        if (status)
            return status;
        items += length + (items[length] == SEPARATOR);
    }
    return PITH_OK;
}

/* The one copy of a format's name that papers point to. */
static enum pith_status source_name(struct store *store, const char *name, const char **ret_name, struct pith_error *reterr)
{
    struct paper_list *names = &store->sources.keys;
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->item[i], name) == 0) {
            *ret_name = names->item[i];
            return PITH_OK;
        }
    enum pith_status status = paper_list_add(names, name, strlen(name), MAX_SOURCES, reterr);
    if (!status)
        *ret_name = names->item[names->count - 1];
    return status;
}

static enum paper_announce announce_of(int number)
{
    return number >= ANNOUNCE_UNKNOWN && number <= ANNOUNCE_REPLACE_CROSS ? (enum paper_announce)number : ANNOUNCE_UNKNOWN;
}

static void read_numbers(struct row *row, struct paper *paper)
{
    paper->upvotes = row_int(row, 1, PAPER_MISSING);
    paper->comments = row_int(row, 2, PAPER_MISSING);
    paper->citations = row_int(row, 3, PAPER_MISSING);
    paper->version = row_int(row, 4, 0);
    paper->published = row_int(row, 5, PITH_NO_DAY);
    paper->updated = row_int(row, 6, PITH_NO_DAY);
    paper->announced = row_int(row, 7, PITH_NO_DAY);
    paper->announce = announce_of(row_int(row, 8, ANNOUNCE_UNKNOWN));
    paper->withdrawn = row_int(row, 9, 0) != 0;
    paper->source_rank = row_int(row, 11, 0);
}

/* Four little-endian triples; of a paper that an older pith kept there are none, and each text is as new as the paper. */
static void read_origins(const void *data, size_t length, struct paper *paper)
{
    struct bytes_reader reader;
    bytes_reader_init(&reader, data, length);
    for (size_t i = 0; length && i < PAPER_FIELDS; i++) {
        struct paper_origin *origin = &paper->origin[i];
        origin->version = (int)bytes_get_u32(&reader);
        origin->updated = (int32_t)bytes_get_u32(&reader);
        origin->rank = (int)bytes_get_u32(&reader);
    }
}

static void put_origins(const struct paper *paper, struct bytes *out)
{
    for (enum paper_field i = 0; i < PAPER_FIELDS; i++) {
        struct paper_origin origin = paper_origin(paper, i);
        bytes_put_u32(out, (uint32_t)origin.version);
        bytes_put_u32(out, (uint32_t)origin.updated);
        bytes_put_u32(out, (uint32_t)origin.rank);
    }
}

static enum pith_status read_links(struct row *row, struct paper *paper, struct pith_error *reterr)
{
    const struct {
        int column;
        char **link;
    } links[] = {{15, &paper->url}, {19, &paper->pdf}, {20, &paper->code}, {21, &paper->project}};
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < sizeof links / sizeof *links; i++)
        if (!row_is_null(row, links[i].column))
            status = store_copy_text(row_text(row, links[i].column), links[i].link, reterr);
    return status;
}

static enum pith_status read_paper(struct store *store, struct row *row, struct paper *paper, struct pith_error *reterr)
{
    read_numbers(row, paper);
    const void *origins = row_blob(row, 16);
    read_origins(origins, row_length(row, 16), paper);
    paper->part = row_int(row, 17, 0) != 0;
    enum pith_status status = store_copy_text(row_text(row, 0), &paper->title, reterr);
    if (!status)
        status = source_name(store, row_text(row, 10), &paper->source, reterr);
    if (!status)
        status = store_copy_text(row_text(row, 12), &paper->abstract, reterr);
    if (!status)
        status = split_list(row_text(row, 13), PAPER_MAX_AUTHORS, &paper->authors, reterr);
    if (!status)
        status = split_list(row_text(row, 14), PAPER_MAX_CATEGORIES, &paper->categories, reterr);
    if (!status)
        status = split_list(row_text(row, 18), PAPER_MAX_ORGANISATIONS, &paper->organisations, reterr);
    return status ? status : read_links(row, paper, reterr);
}

static enum pith_status read_keys(struct store *store, int64_t id, struct paper_list *keys, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, GET_KEYS, (struct value[]){integer(id)}, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const char *key = row_text(row, 0);
        status = paper_list_add(keys, key, strlen(key), PAPER_MAX_KEYS * 4, reterr); /* joined ones too */
    }
    return status;
}

enum pith_status store_get_paper(struct store *store, int64_t id, struct paper *ret_paper, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    bool more = false;
    enum pith_status status = store_first_row(store, GET_PAPER, (struct value[]){integer(id)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more)
        return store_no_paper(id, reterr);
    status = read_paper(store, row, &paper, reterr);
    if (!status)
        status = read_keys(store, id, &paper.keys, reterr);
    if (status)
        return status;
    *ret_paper = paper;
    paper_init(&paper);
    return PITH_OK;
}

/* ---- writing a paper ---- */

static enum pith_status join_list(const struct paper_list *list, char **ret_text, struct pith_error *reterr)
{
    size_t length = 1;
    for (size_t i = 0; i < list->count; i++)
        length += strlen(list->item[i]) + 1;
    char *joined = pith_calloc(length, 1);
    if (!joined)
        return pith_no_memory(reterr);
    char *at = joined;
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            *at++ = SEPARATOR;
        at = stpcpy(at, list->item[i]);
    }
    *ret_text = joined;
    return PITH_OK;
}

static enum pith_status put_record(struct store *store, const struct paper *paper, int64_t *id, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes origins;
    bytes_init(&origins, PAPER_FIELDS * 3 * sizeof(uint32_t));
    put_origins(paper, &origins);
    enum pith_status status = bytes_done(&origins, reterr);
    if (status)
        return status;
    const struct value values[] = {
        known(*id, 0),
        text(paper->title),
        known(paper->upvotes, PAPER_MISSING),
        known(paper->comments, PAPER_MISSING),
        known(paper->citations, PAPER_MISSING),
        integer(paper->version),
        known(paper->published, PITH_NO_DAY),
        known(paper->updated, PITH_NO_DAY),
        known(paper->announced, PITH_NO_DAY),
        integer((int64_t)paper->announce),
        integer(paper->withdrawn),
        text(paper->source ? paper->source : ""),
        integer(paper->source_rank),
        bytes(&origins),
        integer(paper->part),
    };
    status = store_run(store, PUT_PAPER, values, reterr);
    if (!status && *id == 0)
        *id = store_last_id(store);
    return status;
}

static enum pith_status put_text(struct store *store, const struct paper *paper, int64_t id, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *authors = NULL;
    PITH_AUTO(pith_free_p) char *categories = NULL;
    PITH_AUTO(pith_free_p) char *organisations = NULL;
    enum pith_status status = join_list(&paper->authors, &authors, reterr);
    if (!status)
        status = join_list(&paper->categories, &categories, reterr);
    if (!status)
        status = join_list(&paper->organisations, &organisations, reterr);
    if (status)
        return status;
    const struct value values[] = {integer(id),      text(paper->abstract), text(authors),
                                   text(categories), text(paper->url),      text(organisations),
                                   text(paper->pdf), text(paper->code),     text(paper->project)};
    return store_run(store, PUT_TEXT, values, reterr);
}

static enum pith_status key_taken(struct store *store, const char *key, int64_t id, int64_t *ret_taken, struct pith_error *reterr)
{
    return store_ask(store, KEY_TAKEN, (struct value[]){text(key), integer(id)}, 0, ret_taken, reterr);
}

/* What a paper without an identifier is called: its title key, numbered when another paper has it. */
static enum pith_status title_name(struct store *store, const char *key, int64_t id, char name[PAPER_KEY_SIZE],
                                   struct pith_error *reterr)
{
    snprintf(name, PAPER_KEY_SIZE, "%s", key);
    int length = (int)strcspn(key, "."), taken_until = 1;
    int64_t taken;
    enum pith_status status = key_taken(store, name, id, &taken, reterr);
    if (status || !taken)
        return status;
    for (int free_from = 0; !status && free_from != taken_until + 1;) { /* twice as far until one is free, then halving */
        int number = free_from ? taken_until + (free_from - taken_until) / 2 : 2 * taken_until;
        snprintf(name, PAPER_KEY_SIZE, "%.*s.%d", length, key, number);
        status = key_taken(store, name, id, &taken, reterr);
        *(taken ? &taken_until : &free_from) = number;
    }
    snprintf(name, PAPER_KEY_SIZE, "%.*s.%d", length, key, taken_until + 1);
    return status;
}

static enum pith_status put_keys(struct store *store, const struct paper_list *keys, int64_t id, struct pith_error *reterr)
{
    char name[PAPER_KEY_SIZE];
    enum pith_status status = PITH_OK;
    if (store_is_title_key(keys->item[0])) {
        status = title_name(store, keys->item[0], id, name, reterr);
        if (!status)
            status = store_run(store, PUT_KEY, (struct value[]){text(name), integer(id), integer(0)}, reterr);
    }
    for (size_t i = 0; !status && i < keys->count; i++)
        status = store_run(store, PUT_KEY, (struct value[]){text(keys->item[i]), integer(id), integer((int64_t)i + 1)}, reterr);
    return status;
}

enum pith_status store_put_paper(struct store *store, const struct paper *paper, const struct bytes *features,
                                 const struct bytes *place, int64_t *id, struct pith_error *reterr)
{
    assert(store->inside && paper->keys.count > 0 && *id >= 0);
    int64_t number = *id;
    enum pith_status status = store_touch(store, number, reterr);
    if (!status && number > 0)
        status = store_run(store, DROP_KEYS, (struct value[]){integer(number)}, reterr);
    if (!status && number > 0)
        status = store_run(store, UNINDEX, (struct value[]){integer(number)}, reterr);
    if (!status)
        status = put_record(store, paper, &number, reterr);
    if (!status && *id == 0)
        status = store_touch(store, number, reterr);
    if (!status)
        status = put_text(store, paper, number, reterr);
    if (!status)
        status = put_keys(store, &paper->keys, number, reterr);
    if (!status)
        status = store_put_features(store, number, features, place, reterr);
    if (!status)
        *id = number;
    return status;
}

enum pith_status store_put_features(struct store *store, int64_t id, const struct bytes *features, const struct bytes *place,
                                    struct pith_error *reterr)
{
    assert(store->inside && !features->failed && features->length <= STORE_MAX_FEATURES && !place->failed);
    store->touched = true;
    const struct value values[] = {integer(id), bytes(features), place->length ? bytes(place) : (struct value){0}};
    enum pith_status status = store_touch(store, id, reterr);
    return status ? status : store_run(store, PUT_FEATURES, values, reterr);
}

enum pith_status store_join_papers(struct store *store, int64_t keep, int64_t drop, struct pith_error *reterr)
{
    assert(store->inside && keep != drop);
    store->touched = true;
    const struct value move[] = {integer(keep), integer(drop), integer(JOINED_POSITION)};
    /* What both had is not moved, and goes with the rest. */
    static const enum statement moves[] = {MERGE_ANNOUNCES, MOVE_LISTINGS, MOVE_KEYS, MOVE_MARKS, NOTE_JOINED};
    static const enum statement drops[] = {UNINDEX, DROP_LISTINGS, DROP_KEYS, DROP_MARKS, DROP_TEXT, DROP_FEATURES, DROP_PAPER};
    enum pith_status status = store_touch(store, drop, reterr);
    if (status)
        return status;
    status = store_touch(store, keep, reterr);
    for (size_t i = 0; !status && i < sizeof moves / sizeof *moves; i++)
        status = store_run(store, moves[i], move, reterr);
    for (size_t i = 0; !status && i < sizeof drops / sizeof *drops; i++)
        status = store_run(store, drops[i], (struct value[]){integer(drop)}, reterr);
    return status;
}

enum pith_status store_list_paper(struct store *store, int32_t day, int64_t id, enum paper_announce announce, bool *ret_added,
                                  struct pith_error *reterr)
{
    assert(store->inside);
    const struct value values[] = {integer(day), integer(id), integer((int64_t)announce)};
    enum pith_status status = store_touch(store, id, reterr);
    if (!status)
        status = store_run(store, LIST_PAPER, values, reterr);
    bool added = !status && store_changed(store) > 0;
    if (!status && !added && announce != ANNOUNCE_UNKNOWN)
        status = store_run(store, ANNOUNCE, values, reterr);
    if (!status)
        *ret_added = added;
    return status;
}

/* ---- listings ---- */

enum pith_status store_count(struct store *store, struct store_counts *ret_counts, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, COUNT, NULL, &row, &more, reterr);
    if (status)
        return status;
    *ret_counts = (struct store_counts){.papers = row_number(row, 0),
                                        .days = row_number(row, 1),
                                        .first_day = row_int(row, 2, PITH_NO_DAY),
                                        .last_day = row_int(row, 3, PITH_NO_DAY)};
    return PITH_OK;
}

static enum pith_status visit_rows(struct store *store, enum statement which, const struct value *values, store_visit *visit,
                                   void *user, size_t *ret_count, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, which, values, &row, reterr);
    size_t count = 0;
    for (bool more = true; !status; count++) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        const void *features = row_blob(row, 6);
        size_t features_length = row_length(row, 6);
        const struct embedding_kept place = {row_is_null(row, 9) ? NULL : row_text(row, 10), row_blob(row, 9), row_length(row, 9)};
        const struct store_row seen = {.id = row_number(row, 0),
                                       .day = row_int(row, 1, PITH_NO_DAY),
                                       .key = row_text(row, 2),
                                       .title = row_text(row, 3),
                                       .upvotes = row_int(row, 4, PAPER_MISSING),
                                       .comments = row_int(row, 5, PAPER_MISSING),
                                       .announce = announce_of(row_int(row, 7, ANNOUNCE_UNKNOWN)),
                                       .withdrawn = row_int(row, 8, 0) != 0,
                                       .features = features,
                                       .features_length = features_length,
                                       .place = place};
        status = visit(user, &seen, reterr);
    }
    if (!status)
        *ret_count = count;
    return status;
}

enum pith_status store_each_listed(struct store *store, int32_t first, int32_t last, store_visit *visit, void *user,
                                   struct pith_error *reterr)
{
    size_t count;
    return visit_rows(store, EACH_LISTED, (struct value[]){integer(first), integer(last)}, visit, user, &count, reterr);
}

enum pith_status store_each_paper(struct store *store, store_visit *visit, void *user, struct pith_error *reterr)
{
    size_t count;
    return visit_rows(store, EACH_PAPER, NULL, visit, user, &count, reterr);
}

/* Columns of SHOW_PAPER after those of the record. */
enum { SHOWN_DAY = 22, SHOWN_KEY, SHOWN_FEATURES, SHOWN_ANNOUNCE, SHOWN_PLACE, SHOWN_TABLE, SHOWN_KEYS };

static enum pith_status split_keys(const char *keys, struct paper_list *list, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t length = strcspn(keys, "\n"); !status && length; length = strcspn(keys, "\n")) {
        status = paper_list_add(list, keys, length, PAPER_MAX_KEYS * 4, reterr); /* joined ones too */
        keys += length + (keys[length] == '\n');
    }
    return status;
}

enum pith_status store_show_paper(struct store *store, int64_t id, store_show *visit, void *user, struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    PITH_AUTO(paper_clear) struct paper record;
    paper_init(&record);
    bool more = false;
    enum pith_status status = store_first_row(store, SHOW_PAPER, (struct value[]){integer(id)}, &row, &more, reterr);
    if (status)
        return status;
    if (!more)
        return store_no_paper(id, reterr);
    status = read_paper(store, row, &record, reterr);
    if (!status)
        status = split_keys(row_text(row, SHOWN_KEYS), &record.keys, reterr);
    if (status)
        return status;
    const void *features = row_blob(row, SHOWN_FEATURES);
    size_t features_length = row_length(row, SHOWN_FEATURES);
    const struct embedding_kept place = {row_is_null(row, SHOWN_PLACE) ? NULL : row_text(row, SHOWN_TABLE),
                                         row_blob(row, SHOWN_PLACE), row_length(row, SHOWN_PLACE)};
    const struct store_row shown = {.id = id,
                                    .day = row_int(row, SHOWN_DAY, PITH_NO_DAY),
                                    .key = row_text(row, SHOWN_KEY),
                                    .title = record.title,
                                    .upvotes = record.upvotes,
                                    .comments = record.comments,
                                    .announce = announce_of(row_int(row, SHOWN_ANNOUNCE, ANNOUNCE_UNKNOWN)),
                                    .withdrawn = record.withdrawn,
                                    .features = features,
                                    .features_length = features_length,
                                    .place = place};
    return visit(user, &shown, &record, reterr);
}

enum pith_status store_visit_paper(struct store *store, int64_t id, store_visit *visit, void *user, struct pith_error *reterr)
{
    size_t count;
    enum pith_status status = visit_rows(store, VISIT_PAPER, (struct value[]){integer(id)}, visit, user, &count, reterr);
    return status || count > 0 ? status : store_no_paper(id, reterr);
}

enum pith_status store_each_features(struct store *store, int64_t limit, store_visit *visit, void *user, struct pith_error *reterr)
{
    assert(limit >= 0); /* to SQLite a negative limit is none */
    size_t count;
    return visit_rows(store, EACH_FEATURES, (struct value[]){integer(limit)}, visit, user, &count, reterr);
}

enum pith_status store_latest_day(struct store *store, int32_t not_after, int32_t *ret_day, struct pith_error *reterr)
{
    int64_t day;
    enum pith_status status = store_ask(store, LATEST_DAY, (struct value[]){integer(not_after)}, PITH_NO_DAY, &day, reterr);
    if (status)
        return status;
    if (day == PITH_NO_DAY)
        return pith_fail(reterr, PITH_NOT_FOUND, "no paper is listed: import a listing, or have every paper ordered (--all)");
    *ret_day = (int32_t)day;
    return PITH_OK;
}

enum pith_status store_days(struct store *store, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0, cap = 0;
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, DAYS, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&days, &cap, count + 1, sizeof *days, SIZE_MAX / sizeof *days, reterr);
        if (!status)
            days[count++] = row_int(row, 0, 0);
    }
    if (status)
        return status;
    *ret_days = PITH_TAKE(days);
    *ret_count = count;
    return PITH_OK;
}

enum pith_status store_listings(struct store *store, struct pith_listing **ret_listings, size_t *ret_count,
                                struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_listing *listings = NULL;
    size_t count = 0, cap = 0;
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    enum pith_status status = store_query(store, LISTINGS, NULL, &row, reterr);
    for (bool more = true; !status;) {
        status = store_next_row(store, row, &more, reterr);
        if (status || !more)
            break;
        status = pith_grow(&listings, &cap, count + 1, sizeof *listings, SIZE_MAX / sizeof *listings, reterr);
        if (!status)
            listings[count++] = (struct pith_listing){(int32_t)row_int(row, 0, 0), (size_t)row_int(row, 1, 0)};
    }
    if (status)
        return status;
    *ret_listings = PITH_TAKE(listings);
    *ret_count = count;
    return PITH_OK;
}

/* ---- features ---- */

enum pith_status store_feature_version(struct store *store, int *ret_version, struct pith_error *reterr)
{
    int64_t version;
    enum pith_status status = store_ask(store, FEATURE_VERSION, NULL, 0, &version, reterr);
    if (!status)
        *ret_version = (int)version;
    return status;
}

enum pith_status store_set_feature_version(struct store *store, int version, struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, SET_FEATURE_VERSION, (struct value[]){integer(version)}, reterr);
}

enum pith_status store_place_table(struct store *store, char name[EMBEDDING_NAME], struct pith_error *reterr)
{
    PITH_AUTO(store_rest_p) struct row *row = NULL;
    bool more = false;
    enum pith_status status = store_first_row(store, PLACE_TABLE, NULL, &row, &more, reterr);
    if (!status)
        snprintf(name, EMBEDDING_NAME, "%s", more ? row_text(row, 0) : "");
    return status;
}

enum pith_status store_set_place_table(struct store *store, const char *name, struct pith_error *reterr)
{
    assert(store->inside);
    return store_run(store, SET_PLACE_TABLE, (struct value[]){blob(name, strlen(name))}, reterr);
}

enum pith_status store_next_paper(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_ask(store, NEXT_PAPER, (struct value[]){integer(after)}, 0, &id, reterr);
    if (status)
        return status;
    if (id == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no paper after number %lld", (long long)after);
    *ret_id = id;
    return PITH_OK;
}

enum pith_status store_catalogue_stamp(struct store *store, int64_t *ret_stamp, struct pith_error *reterr)
{
    return store_ask(store, STAMP, NULL, 0, ret_stamp, reterr);
}
