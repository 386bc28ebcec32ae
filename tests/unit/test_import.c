#include "engine/intake/import.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/model.h"
#include "engine/papers/paper_features.h"
#include "engine/papers/place.h"
#include "tests/lib/describing.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TODAY = 20600 };

static struct store *open_new(void)
{
    struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    return store;
}

static struct pith_import_report import(struct store *store, const char *text)
{
    struct pith_import_report report;
    struct pith_error error = {0};
    cr_assert_eq(import_bytes(store, text, strlen(text), &(struct import_options){.today = TODAY, .embedding = testing_shipped},
                              &report, &error),
                 PITH_OK, "%s", error.message);
    return report;
}

static int64_t count_papers(struct store *store)
{
    struct store_counts counts;
    cr_assert_eq(store_count(store, &counts, NULL), PITH_OK);
    return counts.papers;
}

static const char two_papers[] =
    "{\"id\":\"arXiv:2506.00001\",\"title\":\"First paper\",\"abstract\":\"About learning.\",\"date\":\"2026-05-01\"}\n"
    "{\"id\":\"arXiv:2506.00002\",\"title\":\"Second paper\",\"abstract\":\"About graphs.\"}\n";

/* ---- importing ---- */

Test(import, adds_then_knows)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct pith_import_report first = import(store, two_papers);
    cr_assert_str_eq(first.format, "jsonl");
    cr_assert_eq(first.records, 2);
    cr_assert_eq(first.added, 2);
    cr_assert_eq(first.skipped, 0);
    char day[16];
    cr_assert_str_eq(days_text(first.last_day, day), "2026-05-01", "a record without a date stands on no listing");
    int64_t stamp = 0, after = 0;
    cr_assert_eq(store_catalogue_stamp(store, &stamp, NULL), PITH_OK);
    struct pith_import_report again = import(store, two_papers);
    cr_assert_eq(again.records, 2);
    cr_assert_eq(again.added, 0);
    cr_assert_eq(again.merged, 0);
    cr_assert_eq(again.known, 2);
    cr_assert_eq(store_catalogue_stamp(store, &after, NULL), PITH_OK);
    cr_assert_eq(after, stamp, "nothing changed");
    cr_assert_eq(count_papers(store), 2);
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0;
    cr_assert_eq(store_days(store, &days, &count, NULL), PITH_OK);
    cr_assert_eq(count, 1);
}

Test(import, a_day_that_cannot_be_a_listings_is_none)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    int32_t latest = 0;
    import(store, "{\"id\":\"a\",\"title\":\"Of today\",\"date\":\"2026-05-01\"}\n{\"id\":\"b\",\"title\":\"In "
                  "press\",\"date\":\"2027-01-01\"}\n"
                  "{\"id\":\"c\",\"title\":\"No date\",\"date\":\"1900-01-01\"}\n");
    cr_expect_eq(count_papers(store), 3);
    cr_assert_eq(store_latest_day(store, INT32_MAX, &latest, NULL), PITH_OK);
    char day[16];
    cr_expect_str_eq(days_text(latest, day), "2026-05-01");
    cr_expect_eq(store_latest_day(store, 20000, &latest, NULL), PITH_NOT_FOUND);
}

Test(import, a_better_record_is_merged)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import(store, two_papers);
    struct pith_import_report report = import(store, "{\"id\":\"arXiv:2506.00002\",\"title\":\"Second "
                                                     "paper\",\"abstract\":\"About graphs.\",\"authors\":[\"A B\"]}\n");
    cr_assert_eq(report.merged, 1);
    cr_assert_eq(report.added, 0);
    int64_t id = 0;
    cr_assert_eq(store_find_key(store, "arxiv:2506.00002", &id, NULL), PITH_OK);
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    cr_assert_eq(store_get_paper(store, id, &paper, NULL), PITH_OK);
    cr_assert_eq(paper.authors.count, 1);
    cr_assert_str_eq(paper.abstract, "About graphs.");
}

Test(import, a_record_that_names_two_papers_joins_them)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import(store, "{\"id\":\"doi:10.1234/x\",\"title\":\"One name\",\"abstract\":\"About a thing.\"}\n"
                  "{\"id\":\"arXiv:2506.00001\",\"title\":\"Another name\",\"abstract\":\"About other things.\"}\n");
    cr_assert_eq(count_papers(store), 2);
    struct pith_import_report report = import(
        store, "{\"id\":\"arXiv:2506.00001\",\"title\":\"One name\",\"abstract\":\"About a thing.\"}\n");
    cr_assert_eq(report.merged, 1);
    cr_assert_eq(count_papers(store), 1);
    int64_t one = 0, other = 1;
    cr_assert_eq(store_find_key(store, "doi:10.1234/x", &one, NULL), PITH_OK);
    cr_assert_eq(store_find_key(store, "arxiv:2506.00001", &other, NULL), PITH_OK);
    cr_assert_eq(one, other);
    char key[PAPER_KEY_SIZE];
    cr_assert_eq(store_paper_key(store, one, key, NULL), PITH_OK);
    cr_assert_str_eq(key, "arxiv:2506.00001");
}

Test(import, a_bad_record_costs_only_itself)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct pith_import_report report = import(store,
                                              "{\"id\":\"arXiv:2506.00001\",\"title\":\"First paper\",\"abstract\":\"Text.\"}\n"
                                              "{\"id\":\"arXiv:2506.00003\",\"title\":\"\",\"abstract\":\"\"}\n"
                                              "{\"id\":\"arXiv:2506.00004\",\"title\":\"Cut o\n"
                                              "{\"id\":\"arXiv:2506.00002\",\"title\":\"Second paper\",\"abstract\":\"Text.\"}\n");
    cr_assert_eq(report.added, 2);
    cr_assert_eq(report.skipped, 2);
    cr_assert_eq(report.problems, 2);
    cr_assert_eq(report.problem[0].line, 2);
    cr_assert_eq(report.problem[1].line, 3);
    cr_assert_gt(strlen(report.problem[0].reason), 5);
    cr_assert_eq(count_papers(store), 2);
}

/* Of one paper: without a title, with one, and again without, the newest. */
static const char untitled[] = "{\"id\":\"arXiv:2506.00007v1\",\"abstract\":\"Kites fly. They need wind.\"}\n",
                  titled[] = "{\"id\":\"arXiv:2506.00007v2\",\"title\":\"On kites\",\"abstract\":\"Kites fly. They need wind.\"}\n",
                  untitled_again[] = "{\"id\":\"arXiv:2506.00007v3\",\"abstract\":\"Kites fly high.\"}\n";

static enum pith_status take_title(void *user, const struct store_row *row, struct paper *paper, struct pith_error *reterr)
{
    (void)row, (void)reterr;
    snprintf(user, 64, "%s", paper->title);
    return PITH_OK;
}

static void expect_title(struct store *store, const char *expected)
{
    char title[64] = "";
    int64_t id;
    cr_assert_eq(store_find_key(store, "arxiv:2506.00007", &id, NULL), PITH_OK);
    cr_assert_eq(store_show_paper(store, id, take_title, title, NULL), PITH_OK);
    cr_expect_str_eq(title, expected);
}

Test(import, a_record_without_a_title_is_kept_by_the_beginning_of_its_abstract)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct pith_import_report report = import(store, untitled);
    cr_expect(report.added == 1 && report.skipped == 0);
    expect_title(store, "Kites fly. …");
    import(store, titled);
    expect_title(store, "On kites");
    import(store, untitled_again);
    expect_title(store, "On kites");
    cr_expect_eq(count_papers(store), 1);
}

Test(import, only_the_first_problems_are_named)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", two_papers);
    for (int i = 0; i < PITH_IMPORT_PROBLEMS + 5; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "{\"id\":\"arXiv:2506.1%04d\",\"authors\":[\"x\"]}\n", i);
    struct pith_import_report report = import(store, text);
    cr_assert_eq(report.skipped, PITH_IMPORT_PROBLEMS + 5);
    cr_assert_eq(report.problems, PITH_IMPORT_PROBLEMS);
}

Test(import, an_unknown_format_stores_nothing)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    static const char junk[] = "\x7f"
                               "ELF\x02\x01 no listing at all";
    struct pith_import_report report = {.records = 42};
    struct pith_error error = {0};
    cr_assert_eq(import_bytes(store, junk, sizeof junk - 1, &(struct import_options){.today = TODAY, .embedding = testing_shipped},
                              &report, &error),
                 PITH_INPUT);
    cr_assert_gt(strlen(error.message), 10);
    cr_assert_eq(report.records, 42, "results are untouched on failure");
    cr_assert_eq(count_papers(store), 0);
    import(store, two_papers); /* and the store is free for the next one */
}

static void count_progress(void *user, size_t done, size_t all)
{
    cr_assert_leq(done, all);
    ++*(int *)user;
}

Test(import, another_feature_version_derives_again)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import(store, two_papers);
    int calls = 0, version = 0;
    cr_assert_eq(store_feature_version(store, &version, NULL), PITH_OK);
    cr_assert_eq(version, FEATURES_VERSION);
    cr_assert_eq(import_refresh(store,
                                &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls},
                                NULL),
                 PITH_OK);
    cr_assert_eq(calls, 0, "nothing to do");

    PITH_AUTO(bytes_clear) struct bytes old;
    PITH_AUTO(bytes_clear) struct bytes none;
    bytes_init(&none, 1);
    bytes_init(&old, 100);
    bytes_put(&old, "old", 3);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    for (int64_t id = 0; store_next_paper(store, id, &id, NULL) == PITH_OK;)
        cr_assert_eq(store_put_features(store, id, &old, &none, NULL), PITH_OK);
    cr_assert_eq(store_set_feature_version(store, FEATURES_VERSION + 1, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    cr_assert_eq(import_refresh(store,
                                &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls},
                                NULL),
                 PITH_OK);
    cr_assert_eq(calls, 2);
    cr_assert_eq(store_feature_version(store, &version, NULL), PITH_OK);
    cr_assert_eq(version, FEATURES_VERSION);
}

static enum pith_status read_features(void *user, const struct store_row *row, struct pith_error *reterr)
{
    ++*(int *)user;
    PITH_AUTO(features_clear) struct features features = {0};
    enum pith_status status = features_read(row->features, row->features_length, &features, reterr);
    cr_assert(status || features.count > 0);
    return status;
}

Test(import, an_import_into_old_features_derives_them_first)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import(store, two_papers);
    PITH_AUTO(bytes_clear) struct bytes old;
    bytes_init(&old, 100);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(store_put_features(store, 1, &old, &old, NULL), PITH_OK);
    cr_assert_eq(store_set_feature_version(store, FEATURES_VERSION + 1, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    import(store, "{\"id\":\"arXiv:2506.00009\",\"title\":\"Third paper\",\"abstract\":\"More words.\"}\n");
    int visits = 0;
    struct pith_error error = {0};
    cr_assert_eq(store_each_features(store, 10, read_features, &visits, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(visits, 3);
}

Test(import, importing_again_mends_damaged_features)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import(store, two_papers);
    PITH_AUTO(bytes_clear) struct bytes damaged;
    PITH_AUTO(bytes_clear) struct bytes none;
    bytes_init(&damaged, 100);
    bytes_init(&none, 1);
    bytes_put(&damaged, "\377\377\377", 3);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(store_put_features(store, 1, &damaged, &none, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    int visits = 0;
    cr_assert_eq(store_each_features(store, 10, read_features, &visits, NULL), PITH_CORRUPT);
    struct pith_import_report report = import(store, two_papers);
    cr_expect(report.known == 2 && report.added == 0 && report.merged == 0);
    cr_expect_eq(store_each_features(store, 10, read_features, &visits, NULL), PITH_OK);
}

/* ---- places ---- */

static void no_table(void)
{
    testing_shipped = NULL;
}

struct places {
    size_t papers, kept;
};

/* A place that is kept is, to the bit, where the features place the paper. */
static enum pith_status check_place(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct places *places = user;
    PITH_AUTO(features_clear) struct features features = {0};
    float kept[EMBEDDING_MAX_DIMS], summed[EMBEDDING_MAX_DIMS];
    enum pith_status status = features_read(row->features, row->features_length, &features, reterr);
    if (status)
        return status;
    places->papers++;
    if (!testing_shipped || !embedding_read_kept(testing_shipped, &row->place, kept))
        return PITH_OK;
    places->kept++;
    place_paper(testing_shipped, &features, summed);
    cr_expect_eq(memcmp(kept, summed, embedding_dims(testing_shipped) * sizeof *kept), 0, "paper %lld", (long long)row->id);
    return PITH_OK;
}

static void expect_places(struct store *store, size_t papers, size_t kept)
{
    struct places places = {0};
    struct pith_error error = {0};
    cr_assert_eq(store_each_features(store, 1000, check_place, &places, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(places.papers, papers);
    cr_expect_eq(places.kept, kept, "%zu kept, not %zu", places.kept, kept);
}

static void import_topics(struct store *store, unsigned per_topic)
{
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(per_topic, &length);
    import(store, lines);
}

Test(import_places, are_kept_of_all_papers, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    testing_shipped = testing_embedding(true);
    import_topics(store, 3);
    expect_places(store, 3 * TESTING_TOPICS, 3 * TESTING_TOPICS);
    int calls = 0;
    cr_assert_eq(import_refresh(store,
                                &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls},
                                NULL),
                 PITH_OK);
    cr_expect_eq(calls, 0, "nothing to do");
}

Test(import_places, a_joined_paper_has_the_place_of_its_new_text, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    testing_shipped = testing_embedding(true);
    import(store, "{\"id\":\"doi:10.1234/x\",\"title\":\"One name\",\"abstract\":\"About a robot arm.\"}\n"
                  "{\"id\":\"arXiv:2506.00001\",\"title\":\"Another name\",\"abstract\":\"About the protein of a cell.\"}\n");
    import(store, "{\"id\":\"arXiv:2506.00001\",\"title\":\"One name\",\"abstract\":\"About a robot arm.\"}\n");
    expect_places(store, 1, 1);
}

Test(import_places, another_table_places_all_anew, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    testing_shipped = testing_embedding(true);
    import_topics(store, 2);
    testing_shipped = testing_embedding(false);
    expect_places(store, 2 * TESTING_TOPICS, 0);
    int calls = 0;
    cr_assert_eq(import_refresh(store,
                                &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls},
                                NULL),
                 PITH_OK);
    cr_expect_eq(calls, 2 * TESTING_TOPICS);
    expect_places(store, 2 * TESTING_TOPICS, 2 * TESTING_TOPICS);
    testing_shipped = testing_embedding(true); /* and an import does it first, whatever it brings */
    import(store, two_papers);
    expect_places(store, 2 * TESTING_TOPICS + 2, 2 * TESTING_TOPICS + 1); /* the table knows no word of the other */
}

Test(import_places, without_a_table_none_are_made_and_none_lost, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    int calls = 0;
    testing_shipped = testing_embedding(true);
    import_topics(store, 2);
    testing_shipped = NULL;
    import_topics(store, 3);
    cr_assert_eq(import_refresh(store,
                                &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls},
                                NULL),
                 PITH_OK);
    cr_expect_eq(calls, 0);
    testing_shipped = testing_embedding(true);
    expect_places(store, 3 * TESTING_TOPICS, 2 * TESTING_TOPICS);
}

Test(import_places, a_store_without_any_gets_them, .fini = no_table)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    import_topics(store, 2);
    testing_shipped = testing_embedding(true);
    expect_places(store, 2 * TESTING_TOPICS, 0);
    cr_assert_eq(import_refresh(store, &(struct import_options){.embedding = testing_shipped}, NULL), PITH_OK);
    expect_places(store, 2 * TESTING_TOPICS, 2 * TESTING_TOPICS);
}

/* The papers of a store that was kept from an older pith are none of the table's field: what is tested is that they are derived. */
Test(import_places, a_store_of_an_older_schema_gets_them, .fini = no_table)
{
    static const char *const kept[] = {"kept/store-schema-1.db", "kept/store.db"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        PITH_AUTO(store_close_p) struct store *store = NULL;
        struct pith_error error = {0};
        char table[EMBEDDING_NAME];
        int calls = 0;
        const char *home = testing_folder();
        cr_assert_eq(store_restore(home, testing_data(kept[i]), false, &error), PITH_OK, "%s", error.message);
        cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
        testing_shipped = testing_embedding(true);
        cr_assert_eq(
            import_refresh(
                store, &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls}, &error),
            PITH_OK, "%s", error.message);
        cr_expect_gt(calls, 0);
        cr_assert_eq(store_place_table(store, table, NULL), PITH_OK);
        cr_expect_str_eq(table, embedding_name(testing_embedding(true)));
        calls = 0;
        cr_assert_eq(
            import_refresh(
                store, &(struct import_options){.embedding = testing_shipped, .progress = count_progress, .user = &calls}, NULL),
            PITH_OK);
        cr_expect_eq(calls, 0);
    }
}

/* ---- beside others ---- */

/* The one who waits: another handle on the same store, that writes whenever the import tells of its progress. */
struct other {
    struct store *store;
    size_t writes, seen, calls;
};

static void write_beside(void *user, size_t done, size_t all)
{
    struct other *other = user;
    struct store_counts counts;
    (void)done;
    (void)all;
    if (other->calls++ % 500)
        return;
    cr_assert_eq(store_begin(other->store, true, NULL), PITH_OK, "nobody holds the store while records are read");
    cr_assert_eq(store_set_marked(other->store, NULL), PITH_OK);
    cr_assert_eq(store_commit(other->store, NULL), PITH_OK);
    cr_assert_eq(store_count(other->store, &counts, NULL), PITH_OK);
    cr_expect(counts.papers % 256 == 0, "%lld papers: transactions are whole", (long long)counts.papers);
    other->seen += counts.papers > 0;
    other->writes++;
}

Test(import, others_write_while_a_large_file_is_read)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct other other = {.store = NULL};
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    cr_assert_eq(store_open(home, false, &other.store, NULL), PITH_OK);
    size_t length;
    char *lines = NULL;
    FILE *out = open_memstream(&lines, &length);
    fputs("@comment{a library}\n", out);
    for (int i = 0; i < 2000; i++)
        fprintf(out, "@misc{k%d, title={Kite number %d}, doi={10.5555/kite.%d}}\n", i, i, i);
    fclose(out);
    struct pith_import_report report;
    struct pith_error error = {0};
    const struct import_options options = {.today = TODAY, .progress = write_beside, .user = &other};
    cr_assert_eq(import_bytes(store, lines, length, &options, &report, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(report.added, 2000);
    cr_expect_geq(other.writes, 4);
    cr_expect_geq(other.seen, 2, "what was read before is there already");
    store_close(other.store);
    free(lines);
}

/* ---- real data ---- */

Test(import, the_shared_listings_hold_351_papers)
{
    static const char *const listing[] = {
        "listings/000_929bbe48956fa9e7.txt",
        "listings/001_85217d1ccac5de9a.txt",
        "listings/002_e87afd2f7957e101.txt",
        "listings/003_20c5495b3fc19fe7.txt",
    };
    PITH_AUTO(store_close_p) struct store *store = open_new();
    size_t records = 0, added = 0;
    for (size_t i = 0; i < sizeof listing / sizeof *listing; i++) {
        const char *path = testing_shared(listing[i]);
        if (!path)
            cr_skip("needs ../shared/listings");
        size_t length;
        PITH_AUTO(pith_free_p) char *text = testing_read(path, &length);
        struct pith_import_report report;
        struct pith_error error = {0};
        cr_assert_eq(import_bytes(store, text, length, &(struct import_options){.today = TODAY, .embedding = testing_shipped},
                                  &report, &error),
                     PITH_OK, "%s", error.message);
        records += report.records;
        added += report.added;
    }
    cr_assert_eq(records, 361);
    cr_assert_eq(added, 351);
    cr_assert_eq(count_papers(store), 351);
}

/* ---- files of all formats ---- */

enum { MOST_PAPERS = 256, LINE = 16384 };

struct content { /* a line for each paper of each day */
    struct store *store;
    char *line[MOST_PAPERS];
    size_t count;
};

static enum pith_status describe_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct content *content = user;
    PITH_AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    enum pith_status status = store_get_paper(content->store, row->id, &paper, reterr);
    if (status)
        return status;
    char text[LINE];
    describe_paper(&paper, text, sizeof text);
    cr_assert_lt(content->count, MOST_PAPERS);
    cr_assert_geq(asprintf(&content->line[content->count++], "%d %u %s", row->day, (unsigned)row->announce, text), 0);
    return PITH_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What a new store holds after these files, in this order; malloc'ed. */
static char *import_files(char *const *path, size_t count)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct content content = {.store = store};
    struct pith_import_report report;
    for (size_t i = 0; i < count; i++) {
        size_t length;
        char *bytes = testing_read(path[i], &length);
        enum pith_status status = import_bytes(
            store, bytes, length, &(struct import_options){.today = 20000, .embedding = testing_shipped}, &report, NULL);
        cr_assert(status == PITH_OK || status == PITH_INPUT, "%s", path[i]);
        free(bytes);
    }
    cr_assert_eq(store_each_listed(store, INT32_MIN + 1, INT32_MAX, describe_row, &content, NULL), PITH_OK);
    cr_assert_gt(content.count, 25);
    qsort(content.line, content.count, sizeof *content.line, by_text);
    char *all = NULL;
    size_t length;
    FILE *out = open_memstream(&all, &length);
    for (size_t i = 0; i < content.count; i++) {
        fprintf(out, "%s\n", content.line[i]);
        free(content.line[i]);
    }
    fclose(out);
    return all;
}

Test(import, files_of_all_formats_in_any_order_give_the_same_store)
{
    enum { ORDERS = 12 };
    glob_t files;
    cr_assert_eq(glob(testing_data("sources/*"), 0, NULL, &files), 0);
    char *first = import_files(files.gl_pathv, files.gl_pathc);
    srand(1);
    for (int order = 0; order < ORDERS; order++) {
        for (size_t i = files.gl_pathc; i > 1; i--) {
            size_t j = (size_t)rand() % i;
            char *path = files.gl_pathv[j];
            files.gl_pathv[j] = files.gl_pathv[i - 1];
            files.gl_pathv[i - 1] = path;
        }
        char *text = import_files(files.gl_pathv, files.gl_pathc);
        size_t same = 0, from;
        while (text[same] && text[same] == first[same])
            same++;
        for (from = same; from && text[from - 1] != '\n';)
            from--;
        cr_expect_str_eq(text, first, "order %d:\n%.600s\n---\n%.600s", order, text + from, first + from);
        free(text);
    }
    free(first);
    globfree(&files);
}
