/* What a reader is told when the disk, the file or another program is in the way; and that what was stored stays. */
#include "engine/intake/import.h"
#include "engine/ranking/search.h"
#include "engine/store/store.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAPERS = 40, MORE_PAPERS = 2000, NOBODY = 65534 };

/* ---- helpers ---- */

static const char *database(const char *home)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/pith.db", home);
    return path;
}

static char *make_lines(unsigned first, unsigned count, size_t *ret_length)
{
    char *text = NULL;
    FILE *lines = open_memstream(&text, ret_length);
    cr_assert_not_null(lines);
    for (unsigned i = 0; i < count; i++)
        testing_paper(lines, first + i, i % TESTING_TOPICS, 1 + i % 20);
    fclose(lines);
    return text;
}

static enum pith_status import_papers(struct store *store, unsigned first, unsigned count, struct pith_error *reterr)
{
    size_t length;
    struct pith_import_report report;
    PITH_AUTO(pith_free_p) char *lines = make_lines(first, count, &length);
    return import_bytes(store, lines, length, &(struct import_options){.today = testing_day(31), .embedding = testing_shipped},
                        &report, reterr);
}

/* A home with PAPERS papers, closed. */
static const char *make_home(void)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, true, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(import_papers(store, 1, PAPERS, &error), PITH_OK, "%s", error.message);
    return home;
}

static enum pith_status count_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    (void)reterr;
    cr_expect(row->key[0] && row->title[0] && row->features_length > 0);
    ++*(size_t *)user;
    return PITH_OK;
}

static void expect_papers(struct store *store, size_t papers)
{
    struct pith_error error = {0};
    size_t rows = 0;
    int64_t id;
    cr_assert_eq(store_each_listed(store, testing_day(1), testing_day(31), count_row, &rows, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(rows, papers, "%zu papers, not %zu", rows, papers);
    cr_expect_eq(store_find_key(store, testing_paper_key(PAPERS), &id, &error), PITH_OK, "%s", error.message);
}

static void expect_intact(const char *home)
{
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
    expect_papers(store, PAPERS);
}

/* The status, the path in the message, and the word of it that says what to do or what is wrong. */
static void expect_error(enum pith_status status, enum pith_status expected, const struct pith_error *error, const char *path,
                         const char *word)
{
    cr_expect_eq(status, expected, "%s: %s", pith_status_name(status), error->message);
    cr_expect_eq(error->status, expected);
    cr_expect(strstr(error->message, path), "names no %s: %s", path, error->message);
    cr_expect(strstr(error->message, word), "says nothing of \"%s\": %s", word, error->message);
}

static void expect_closed(const char *home, bool create, enum pith_status expected, const char *path, const char *word)
{
    struct store *store = NULL;
    struct pith_error error = {0};
    enum pith_status status = store_open(home, create, &store, &error);
    expect_error(status, expected, &error, path, word);
    cr_expect_null(store);
    store_close(store);
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(text, 1, length, file), length);
    fclose(file);
}

/* SQLite as another program would use it on the file. */
static sqlite3 *connect_other(const char *home)
{
    sqlite3 *other;
    cr_assert_eq(sqlite3_open(database(home), &other), SQLITE_OK);
    return other;
}

static void execute(sqlite3 *other, const char *sql)
{
    cr_assert_eq(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(other));
}

static int schema_version(sqlite3 *other)
{
    sqlite3_stmt *row;
    cr_assert_eq(sqlite3_prepare_v2(other, "PRAGMA user_version", -1, &row, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(row), SQLITE_ROW);
    int version = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    return version;
}

static void set_schema_version(sqlite3 *other, int version)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
    execute(other, sql);
}

/* ---- a home that is none ---- */

Test(store_failures, a_missing_home_is_told_apart_from_a_broken_one)
{
    char home[600];
    snprintf(home, sizeof home, "%s/not/there", testing_folder());
    expect_closed(home, false, PITH_NOT_FOUND, home, "import a listing or make a profile first");
    cr_expect_neq(access(home, F_OK), 0, "asking makes nothing");
}

Test(store_failures, a_home_that_is_a_file_stays_as_it_is)
{
    char home[600], inside[620];
    snprintf(home, sizeof home, "%s/file", testing_folder());
    snprintf(inside, sizeof inside, "%s/home", home);
    write_file(home, "mine", 4);
    expect_closed(home, true, PITH_IO, home, "Not a directory");
    expect_closed(home, false, PITH_NOT_FOUND, home, "there is no");
    expect_closed(inside, true, PITH_IO, home, "cannot be made: Not a directory");
    PITH_AUTO(pith_free_p) char *text = testing_read(home, NULL);
    cr_expect_str_eq(text, "mine");
}

Test(store_failures, a_database_that_is_a_folder_stays_one)
{
    const char *home = testing_folder();
    struct stat entry;
    cr_assert_eq(mkdir(database(home), 0700), 0);
    expect_closed(home, true, PITH_IO, database(home), "cannot be opened");
    expect_closed(home, false, PITH_IO, database(home), "cannot be opened");
    cr_expect(stat(database(home), &entry) == 0 && S_ISDIR(entry.st_mode));
}

/* ---- a file that is no database, or no whole one ---- */

Test(store_failures, a_file_that_is_no_database_stays_as_it_is)
{
    static const size_t lengths[] = {2, 90, 512, 4096, 10000};
    char text[10001];
    memset(text, 'n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const char *home = testing_folder();
        size_t length;
        write_file(database(home), text, lengths[i]);
        expect_closed(home, i % 2, PITH_CORRUPT, database(home), "not a pith database: move it away");
        PITH_AUTO(pith_free_p) char *after = testing_read(database(home), &length);
        cr_expect(length == lengths[i] && memcmp(after, text, length) == 0, "%zu bytes were changed", lengths[i]);
    }
}

/* Cut in the header, in the first page, between two pages, in the middle of one and before the last. */
Test(store_failures, a_truncated_database_is_told_and_whole_again_when_put_back)
{
    const char *home = make_home();
    size_t length;
    PITH_AUTO(pith_free_p) char *whole = testing_read(database(home), &length);
    const size_t cuts[] = {50, 100, 1000, 4096, 8192, length / 2 / 4096 * 4096, length / 2, length - 4096};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct store *store = NULL;
        struct pith_error error = {0};
        write_file(database(home), whole, cuts[i]);
        enum pith_status status = store_open(home, true, &store, &error);
        cr_expect_eq(status, PITH_CORRUPT, "cut to %zu of %zu: %s", cuts[i], length, error.message);
        cr_expect(strstr(error.message, database(home)), "%s", error.message);
        cr_expect(cuts[i] < 512 || strstr(error.message, "restore it from a backup"), "%s", error.message);
        store_close(store);
    }
    write_file(database(home), whole, length);
    expect_intact(home);
}

Test(store_failures, a_newer_schema_is_left_alone)
{
    const char *home = make_home();
    sqlite3 *other = connect_other(home);
    int version = schema_version(other);
    execute(other, "CREATE TABLE of_the_future(x)");
    set_schema_version(other, version + 1);
    expect_closed(home, true, PITH_INPUT, database(home), "newer pith");
    expect_closed(home, false, PITH_INPUT, database(home), "update pith");
    cr_expect_eq(schema_version(other), version + 1);
    execute(other, "DROP TABLE of_the_future");
    set_schema_version(other, version);
    sqlite3_close(other);
    expect_intact(home);
}

/* ---- somebody else is writing ---- */

Test(store_failures, a_locked_database_can_be_read_and_written_later)
{
    const char *home = make_home();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    sqlite3 *other = connect_other(home);
    execute(other, "BEGIN EXCLUSIVE");
    cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
    expect_papers(store, PAPERS);
    enum pith_status status = import_papers(store, 1000, 1, &error);
    expect_error(status, PITH_IO, &error, database(home), "another pith is writing");
    expect_error(status, PITH_IO, &error, database(home), "try again");
    execute(other, "ROLLBACK");
    sqlite3_close(other);
    expect_papers(store, PAPERS);
    cr_expect_eq(import_papers(store, 1000, 1, &error), PITH_OK, "%s", error.message);
    expect_papers(store, PAPERS + 1);
}

Test(store_failures, a_new_store_waits_for_who_else_is_making_one)
{
    const char *home = testing_folder();
    sqlite3 *other = connect_other(home);
    execute(other, "BEGIN EXCLUSIVE");
    expect_closed(home, true, PITH_IO, database(home), "try again");
    execute(other, "ROLLBACK");
    sqlite3_close(other);
    PITH_AUTO(store_close_p) struct store *store = NULL;
    cr_expect_eq(store_open(home, true, &store, NULL), PITH_OK);
}

/* ---- no room ---- */

/* From now on no file of this process grows past this size. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN); /* a write then fails as on a full disk */
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Some hundreds of records are one transaction: there are all of them or none, and the message says how many there are. */
Test(store_failures, an_import_that_does_not_fit_keeps_whole_transactions)
{
    const char *home = make_home();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    struct stat file;
    cr_assert_eq(stat(database(home), &file), 0);
    cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
    for (rlim_t room = 4096; room <= 1 << 20; room *= 16) {
        limit_files((rlim_t)file.st_size + room);
        struct store_counts before, after;
        cr_assert_eq(store_count(store, &before, NULL), PITH_OK);
        expect_error(import_papers(store, 1000, MORE_PAPERS, &error), PITH_IO, &error, database(home), "written");
        cr_assert_eq(store_count(store, &after, NULL), PITH_OK);
        cr_expect_eq((after.papers - PAPERS) % 256, 0, "%lld papers", (long long)after.papers);
        cr_expect(after.papers == before.papers || strstr(error.message, " papers read before are stored"), "%s", error.message);
        expect_papers(store, (size_t)after.papers);
    }
    limit_files(RLIM_INFINITY);
    cr_expect_eq(import_papers(store, 1000, MORE_PAPERS, &error), PITH_OK, "%s", error.message);
    expect_papers(store, PAPERS + MORE_PAPERS);
}

Test(store_failures, a_new_store_that_does_not_fit_can_be_made_later)
{
    const char *home = testing_folder();
    limit_files(10000);
    expect_closed(home, true, PITH_IO, database(home), "written");
    limit_files(RLIM_INFINITY);
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, true, &store, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(import_papers(store, 1, PAPERS, &error), PITH_OK, "%s", error.message);
    expect_papers(store, PAPERS);
}

/* The numbers of what is found, in order. */
static void expect_found(struct store *store, const char *query, const int64_t *wanted, size_t count)
{
    int64_t ids[MORE_PAPERS];
    size_t found = 0;
    struct pith_error error = {0};
    cr_assert_eq(search_papers(store, &(struct search_wanted){.query = query, .most = MORE_PAPERS}, ids, &found, &error), PITH_OK,
                 "%s", error.message);
    cr_assert_eq(found, count, "%s: %zu papers", query, found);
    cr_expect_arr_eq(ids, wanted, count * sizeof *ids);
}

/* Searching needs no write: what could not be indexed in the file is indexed in memory, and found in the same order. */
Test(store_failures, a_search_answers_on_a_full_disk)
{
    const char *home = make_home();
    PITH_AUTO(store_close_p) struct store *full = NULL;
    PITH_AUTO(store_close_p) struct store *free_again = NULL;
    int64_t wanted[PAPERS], later[MORE_PAPERS];
    size_t count = 0, more = 0;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, false, &full, &error), PITH_OK, "%s", error.message);
    limit_files(4096);
    cr_assert_eq(search_papers(full, &(struct search_wanted){.query = "author:ada", .most = PAPERS}, wanted, &count, &error),
                 PITH_OK, "%s", error.message);
    cr_expect_eq(count, (size_t)PAPERS);
    cr_expect(store_searches_aside(full), "the disk was full enough");
    expect_found(full, "author:ada", wanted, count);
    expect_error(import_papers(full, 1000, MORE_PAPERS, &error), PITH_IO, &error, database(home), "written");
    expect_found(full, "author:ada", wanted, count);
    limit_files(RLIM_INFINITY);
    cr_assert_eq(store_open(home, false, &free_again, &error), PITH_OK, "%s", error.message);
    expect_found(free_again, "author:ada", wanted, count);
    cr_assert_eq(import_papers(free_again, 1000, 10, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(search_papers(full, &(struct search_wanted){.query = "author:ada", .most = MORE_PAPERS}, later, &more, &error),
                 PITH_OK);
    cr_expect_eq(more, (size_t)PAPERS + 10, "what others brought in is found");
    cr_expect_not(store_searches_aside(full), "in the file again");
}

static void count_problem(void *user, int64_t id)
{
    (void)id;
    ++*(size_t *)user;
}

/* Words that are missing, words that are another paper's, and a paper twice. */
Test(store_failures, an_index_of_other_words_is_told)
{
    const char *home = make_home();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    int64_t found[PAPERS];
    size_t count = 0, problems = 0;
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    cr_assert_eq(search_papers(store, &(struct search_wanted){.query = "author:ada", .most = PAPERS}, found, &count, NULL),
                 PITH_OK);
    cr_assert_eq(store_check_index(store, count_problem, &problems, &count, NULL), PITH_OK);
    cr_expect(problems == 0 && count == (size_t)PAPERS, "%zu of %zu", problems, count);
    sqlite3 *other = connect_other(home);
    execute(other, "UPDATE searchable SET place = -place WHERE paper IN (1, 2)");
    execute(other, "UPDATE searchable SET place = 3 + place WHERE paper IN (1, 2)");
    sqlite3_close(other);
    cr_assert_eq(store_check_index(store, count_problem, &problems, &count, NULL), PITH_OK);
    cr_expect_eq(problems, 2u, "two papers whose words were exchanged: %zu told", problems);
}

/* Votes are what cannot be got back: one that could not be written is not there, and all before it are. */
Test(store_failures, a_vote_that_does_not_fit_leaves_the_votes_before_it)
{
    const char *home = make_home();
    PITH_AUTO(pith_close_p) struct pith *pith = NULL;
    struct pith_error error = {0};
    struct pith_summary before, after;
    struct pith_vote up = {.paper = testing_paper_key(1), .verdict = 1, .day = 20000};
    struct pith_vote down = {.paper = testing_paper_key(2), .verdict = -1, .day = 20000};
    cr_assert_eq(pith_open(home, false, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_record(pith, &up, 1, NULL, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_summarise(pith, &before, &error), PITH_OK);
    limit_files(4096);
    expect_error(pith_record(pith, &down, 1, NULL, &error), PITH_IO, &error, database(home), "written");
    cr_assert_eq(pith_summarise(pith, &after, &error), PITH_OK, "%s", error.message);
    cr_expect_str_eq(after.digest, before.digest);
    limit_files(RLIM_INFINITY);
    cr_expect_eq(pith_record(pith, &down, 1, NULL, &error), PITH_OK, "%s", error.message);
    pith_close(pith);
    pith = NULL;
    cr_assert_eq(pith_open(home, false, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_summarise(pith, &after, &error), PITH_OK);
    cr_expect(after.ups == 1 && after.downs == 1, "%zu up, %zu down", after.ups, after.downs);
}

/* ---- no permission ---- */

/* Root may write anywhere: for a while this process is nobody, who owns the home. */
static void become_nobody(const char *home)
{
    if (geteuid() == 0) {
        cr_assert_eq(chown(home, NOBODY, NOBODY), 0);
        cr_assert_eq(chown(database(home), NOBODY, NOBODY), 0);
        cr_assert_eq(seteuid(NOBODY), 0);
    }
}

static void become_oneself(void)
{
    if (getuid() == 0) {
        cr_assert_eq(seteuid(0), 0);
        prctl(PR_SET_DUMPABLE, 1); /* LeakSanitizer traces this process when it ends */
    }
}

Test(store_failures, a_read_only_database_is_told_and_stays)
{
    const char *home = make_home();
    struct store *store = NULL;
    struct pith_error error = {0};
    become_nobody(home);
    cr_assert_eq(chmod(database(home), 0400), 0);
    enum pith_status status = store_open(home, true, &store, &error);
    if (!status)
        status = import_papers(store, 1000, 1, &error);
    expect_error(status, PITH_IO, &error, database(home), "permissions");
    store_close(store);
    cr_assert_eq(chmod(database(home), 0600), 0);
    become_oneself();
    expect_intact(home);
}

Test(store_failures, a_read_only_folder_is_told_and_stays)
{
    const char *home = make_home();
    struct store *store = NULL;
    struct pith_error error = {0};
    become_nobody(home);
    cr_assert_eq(chmod(home, 0500), 0);
    enum pith_status status = store_open(home, true, &store, &error);
    if (!status)
        status = import_papers(store, 1000, 1, &error);
    expect_error(status, PITH_IO, &error, database(home), "permissions");
    store_close(store);
    cr_assert_eq(chmod(home, 0700), 0);
    become_oneself();
    expect_intact(home);
}

Test(store_failures, a_home_that_cannot_be_made_is_told)
{
    char home[600];
    const char *folder = make_home();
    snprintf(home, sizeof home, "%s/new", folder);
    become_nobody(folder);
    cr_assert_eq(chmod(folder, 0500), 0);
    expect_closed(home, true, PITH_IO, home, "cannot be made: Permission denied");
    cr_assert_eq(chmod(folder, 0000), 0);
    expect_closed(folder, false, PITH_IO, folder, "Permission denied");
    cr_assert_eq(chmod(folder, 0700), 0);
    become_oneself();
}
