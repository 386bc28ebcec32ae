#include "engine/store/store.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- helpers ---- */

static struct store *open_new(void)
{
    struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(testing_folder(), true, &store, &error), PITH_OK, "%s", error.message);
    return store;
}

static void put_in(struct paper_list *list, const char *text)
{
    cr_assert_eq(paper_list_add(list, text, strlen(text), PAPER_MAX_AUTHORS, NULL), PITH_OK);
}

/* A finished paper; `key` may be NULL: only a title. */
static struct paper make_paper(const char *key, const char *title, const char *abstract)
{
    struct paper paper;
    paper_init(&paper);
    if (key)
        put_in(&paper.keys, key);
    paper.title = strdup(title);
    paper.abstract = strdup(abstract);
    paper.source = "jsonl";
    paper.source_rank = RANK_LIBRARY;
    struct pith_error error = {0};
    cr_assert_eq(paper_finish(&paper, &error), PITH_OK, "%s", error.message);
    return paper;
}

static int64_t put_paper(struct store *store, const struct paper *paper, int64_t id)
{
    PITH_AUTO(bytes_clear) struct bytes features;
    PITH_AUTO(bytes_clear) struct bytes place;
    bytes_init(&features, STORE_MAX_FEATURES);
    bytes_put(&features, paper->title, strlen(paper->title));
    bytes_init(&place, 8);
    bytes_put(&place, "place", 5);
    struct pith_error error = {0};
    cr_assert_eq(store_put_paper(store, paper, &features, &place, &id, &error), PITH_OK, "%s", error.message);
    cr_assert_gt(id, 0);
    struct store_marks marks;
    cr_assert_eq(store_marks_of(paper, &marks, NULL), PITH_OK);
    cr_assert_eq(store_mark_paper(store, id, &marks, NULL), PITH_OK);
    return id;
}

static int64_t add(struct store *store, const char *key, const char *title, const char *abstract)
{
    PITH_AUTO(paper_clear) struct paper paper = make_paper(key, title, abstract);
    return put_paper(store, &paper, 0);
}

static bool list(struct store *store, int32_t day, int64_t id)
{
    bool added = false;
    cr_assert_eq(store_list_paper(store, day, id, ANNOUNCE_UNKNOWN, &added, NULL), PITH_OK);
    return added;
}

struct shown {
    size_t count;
    int64_t id[16];
    int32_t day[16];
    char text[512]; /* "key=features;" of each */
};

static enum pith_status see(void *user, const struct store_row *row, struct pith_error *reterr)
{
    (void)reterr;
    struct shown *seen = user;
    cr_assert_lt(seen->count, 16);
    seen->id[seen->count] = row->id;
    seen->day[seen->count++] = row->day;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%s=%.*s;", row->key, (int)row->features_length,
             (const char *)row->features);
    return PITH_OK;
}

static void begin(struct store *store)
{
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
}

static void commit(struct store *store)
{
    struct pith_error error = {0};
    cr_assert_eq(store_commit(store, &error), PITH_OK, "%s", error.message);
}

static size_t same(struct store *store, const struct paper *paper, int64_t ids[8])
{
    size_t count = 99;
    struct store_marks marks;
    cr_assert_eq(store_marks_of(paper, &marks, NULL), PITH_OK);
    cr_assert_eq(store_same_papers(store, paper, &marks, ids, 8, &count, NULL), PITH_OK);
    return count;
}

/* Overwrites bytes of a home's database. */
static void damage(const char *home, long at, const char *bytes, size_t length)
{
    char path[600];
    snprintf(path, sizeof path, "%s/pith.db", home);
    FILE *file = fopen(path, "r+b");
    cr_assert_not_null(file);
    cr_assert_eq(fseek(file, at, SEEK_SET), 0);
    cr_assert_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* ---- opening ---- */

Test(store, makes_folder_and_file_for_the_owner_only)
{
    char home[600], path[620];
    snprintf(home, sizeof home, "%s/a/b", testing_folder());
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, true, &store, &error), PITH_OK, "%s", error.message);
    struct stat stat_of;
    cr_assert_eq(stat(home, &stat_of), 0);
    cr_assert_eq(stat_of.st_mode & 0777, 0700);
    static const char *const files[] = {"pith.db", "pith.db-wal"};
    begin(store);
    add(store, "arxiv:2506.00001", "A title", "");
    commit(store);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", home, files[i]);
        cr_assert_eq(stat(path, &stat_of), 0, "%s", path);
        cr_assert_eq(stat_of.st_mode & 0777, 0600, "%s", path);
    }
}

Test(store, without_create_there_must_be_one)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, false, &store, &error), PITH_NOT_FOUND);
    cr_assert_not_null(strstr(error.message, home));
    cr_assert_null(store);
    char path[600];
    snprintf(path, sizeof path, "%s/pith.db", home);
    cr_assert_neq(access(path, F_OK), 0);
}

Test(store, opens_again_with_what_was_committed)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    begin(store);
    int64_t id = add(store, "arxiv:2506.00001", "A title", "Text.");
    commit(store);
    store_close(store);
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    int64_t found = 0;
    cr_assert_eq(store_find_key(store, "arxiv:2506.00001", &found, NULL), PITH_OK);
    cr_assert_eq(found, id);
    store_close(store);
}

Test(store, refuses_a_newer_schema)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    store_close(store);
    store = NULL;
    damage(home, 60, "\0\0\x03\xe7", 4); /* the user version in the file's header: 999 */
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, false, &store, &error), PITH_INPUT);
    cr_assert_not_null(strstr(error.message, "newer"), "%s", error.message);
    cr_assert_null(store);
}

Test(store, refuses_what_is_no_database)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    struct pith_error error = {0};
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    store_close(store);
    store = NULL;
    damage(home, 0, "this is no database at all", 26);
    cr_assert_eq(store_open(home, true, &store, &error), PITH_CORRUPT);
    cr_assert_not_null(strstr(error.message, "pith.db"), "%s", error.message);
    cr_assert_null(store);
}

Test(store, refuses_the_database_of_another_program)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    store_close(store);
    store = NULL;
    damage(home, 68, "\0\0\0\1", 4); /* the application id */
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_CORRUPT);
}

Test(store, opens_an_empty_file_as_a_new_store)
{
    const char *home = testing_folder();
    char path[600];
    snprintf(path, sizeof path, "%s/pith.db", home);
    fclose(fopen(path, "wb"));
    PITH_AUTO(store_close_p) struct store *store = NULL;
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
}

/* ---- transactions ---- */

Test(store, a_rollback_leaves_nothing)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    int64_t stamp = 0, after = 0;
    cr_assert_eq(store_catalogue_stamp(store, &stamp, NULL), PITH_OK);
    begin(store);
    list(store, 20000, add(store, "arxiv:2506.00001", "A title", ""));
    store_rollback(store);
    store_rollback(store);
    struct store_counts counts;
    cr_assert_eq(store_count(store, &counts, NULL), PITH_OK);
    cr_assert_eq(counts.papers, 0);
    cr_assert_eq(counts.days, 0);
    cr_assert_eq(counts.first_day, PITH_NO_DAY);
    cr_assert_eq(store_catalogue_stamp(store, &after, NULL), PITH_OK);
    cr_assert_eq(after, stamp);
    begin(store);
    add(store, "arxiv:2506.00001", "A title", "");
    commit(store);
    cr_assert_eq(store_catalogue_stamp(store, &after, NULL), PITH_OK);
    cr_assert_neq(after, stamp);
}

Test(store, a_close_in_a_transaction_rolls_back)
{
    const char *home = testing_folder();
    struct store *store = NULL;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    begin(store);
    add(store, "arxiv:2506.00001", "A title", "");
    store_close(store);
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    int64_t id;
    cr_assert_eq(store_find_key(store, "arxiv:2506.00001", &id, NULL), PITH_NOT_FOUND);
    store_close(store);
}

Test(store, a_second_writer_waits_then_is_told)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *one = NULL;
    PITH_AUTO(store_close_p) struct store *two = NULL;
    cr_assert_eq(store_open(home, true, &one, NULL), PITH_OK);
    cr_assert_eq(store_open(home, true, &two, NULL), PITH_OK);
    cr_assert_eq(store_begin(one, true, NULL), PITH_OK);
    struct pith_error error = {0};
    cr_assert_eq(store_begin(two, false, &error), PITH_IO);
    cr_assert_not_null(strstr(error.message, "another pith"), "%s", error.message);
    commit(one);
    begin(two);
    commit(two);
}

/* ---- papers ---- */

Test(store, gives_back_the_whole_record)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    PITH_AUTO(paper_clear) struct paper paper = make_paper("arxiv:2506.00001", "Über 0<δ<1", "An abstract.");
    put_in(&paper.authors, "Jane Doe");
    put_in(&paper.authors, "Max Müller");
    put_in(&paper.categories, "cs.LG");
    paper.url = strdup("https://example.org/1");
    paper.version = 3;
    paper.published = 20000, paper.updated = 20010, paper.announced = 0;
    paper.announce = ANNOUNCE_CROSS;
    paper.upvotes = 0, paper.citations = 7;
    paper.withdrawn = true;
    begin(store);
    int64_t id = put_paper(store, &paper, 0);
    commit(store);

    PITH_AUTO(paper_clear) struct paper read;
    paper_init(&read);
    cr_assert_eq(store_get_paper(store, id, &read, NULL), PITH_OK);
    cr_assert_str_eq(read.title, paper.title);
    cr_assert_str_eq(read.abstract, paper.abstract);
    cr_assert_str_eq(read.url, paper.url);
    cr_assert_str_eq(read.source, "jsonl");
    cr_assert_eq(read.authors.count, 2);
    cr_assert_str_eq(read.authors.item[1], "Max Müller");
    cr_assert_eq(read.categories.count, 1);
    cr_assert_str_eq(read.categories.item[0], "cs.LG");
    cr_assert_eq(read.keys.count, 2);
    cr_assert_str_eq(read.keys.item[0], "arxiv:2506.00001");
    cr_assert_str_eq(read.keys.item[1], paper.keys.item[1]);
    cr_assert_eq(read.version, 3);
    cr_assert_eq(read.published, 20000);
    cr_assert_eq(read.updated, 20010);
    cr_assert_eq(read.announced, 0);
    cr_assert_eq(read.announce, ANNOUNCE_CROSS);
    cr_assert_eq(read.upvotes, 0);
    cr_assert_eq(read.comments, PAPER_MISSING);
    cr_assert_eq(read.citations, 7);
    cr_assert(read.withdrawn);
    cr_assert_eq(read.source_rank, RANK_LIBRARY);
    cr_assert_eq(store_get_paper(store, id + 1, &read, NULL), PITH_NOT_FOUND);
}

Test(store, a_rewritten_paper_keeps_its_number)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t id = add(store, "arxiv:2506.00001", "First title", "");
    PITH_AUTO(paper_clear) struct paper paper = make_paper("doi:10.1/x", "Second title", "");
    cr_assert_eq(put_paper(store, &paper, id), id);
    commit(store);
    int64_t found;
    cr_assert_eq(store_find_key(store, "doi:10.1/x", &found, NULL), PITH_OK);
    cr_assert_eq(found, id);
    cr_assert_eq(store_find_key(store, "arxiv:2506.00001", &found, NULL), PITH_NOT_FOUND);
    struct shown seen = {0};
    cr_assert_eq(store_visit_paper(store, id, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "doi:10.1/x=Second title;");
    cr_assert_eq(seen.day[0], PITH_NO_DAY);
}

Test(store, an_identifier_makes_papers_the_same)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t id = add(store, "arxiv:2506.00001", "One title", "");
    int64_t ids[8];
    PITH_AUTO(paper_clear) struct paper again = make_paper("arxiv:2506.00001", "Quite another title", "Text.");
    cr_assert_eq(same(store, &again, ids), 1);
    cr_assert_eq(ids[0], id);
    PITH_AUTO(paper_clear) struct paper other = make_paper("arxiv:2506.00002", "Quite another title", "Text.");
    cr_assert_eq(same(store, &other, ids), 0);
}

Test(store, an_equal_title_needs_the_year_or_the_abstract)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    PITH_AUTO(paper_clear) struct paper known = make_paper(NULL, "A Title that Tells of Things", "We show that things are so.");
    known.published = 20000; /* 2024-10-04 */
    int64_t id = put_paper(store, &known, 0);
    int64_t ids[8];
    PITH_AUTO(paper_clear)
    struct paper abstract = make_paper("doi:10.1/x", "a title that tells of things!", "We  show that THINGS are so");
    cr_assert_eq(same(store, &abstract, ids), 1);
    cr_assert_eq(ids[0], id);
    PITH_AUTO(paper_clear) struct paper year = make_paper("doi:10.1/x", "A title that tells of things", "Other words.");
    cr_assert_eq(same(store, &year, ids), 0);
    year.published = 20020;
    cr_assert_eq(same(store, &year, ids), 1);
    year.published = 20200;
    cr_assert_eq(same(store, &year, ids), 0);
    PITH_AUTO(paper_clear) struct paper editorial = make_paper(NULL, "Editorial", "One text.");
    PITH_AUTO(paper_clear) struct paper another = make_paper(NULL, "Editorial", "Another text.");
    editorial.published = another.published = 20000;
    put_paper(store, &editorial, 0);
    cr_assert_eq(same(store, &another, ids), 0, "many papers of a year have such a title");
}

Test(store, joining_forgets_no_mark)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    PITH_AUTO(paper_clear) struct paper first = make_paper("doi:10.1/x", "A title that tells of things", "First text.");
    PITH_AUTO(paper_clear) struct paper second = make_paper("doi:10.1/y", "A title that tells of things", "Second text.");
    PITH_AUTO(paper_clear) struct paper third = make_paper(NULL, "A title that tells of things", "Second text.");
    int64_t ids[8];
    int64_t keep = put_paper(store, &first, 0), drop = put_paper(store, &second, 0);
    cr_assert_eq(store_join_papers(store, keep, drop, NULL), PITH_OK);
    cr_assert_eq(same(store, &third, ids), 1);
    cr_assert_eq(ids[0], keep);
}

Test(store, abstracts_are_compared_by_their_beginning)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    char one[600], other[600];
    memset(one, 'a', sizeof one - 1);
    one[sizeof one - 1] = '\0';
    strcpy(other, one);
    one[200] = other[201] = 'b'; /* the 201st letter differs, and no earlier one */
    begin(store);
    add(store, NULL, "A title", one);
    int64_t ids[8];
    PITH_AUTO(paper_clear) struct paper far = make_paper(NULL, "A title", other);
    cr_assert_eq(same(store, &far, ids), 1);
    other[199] = 'c';
    PITH_AUTO(paper_clear) struct paper near = make_paper(NULL, "A title", other);
    cr_assert_eq(same(store, &near, ids), 0);
}

Test(store, two_arxiv_papers_of_one_title_stay_two)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t first = add(store, "arxiv:2506.00001", "A title", "The same text.");
    int64_t ids[8];
    PITH_AUTO(paper_clear) struct paper second = make_paper("arxiv:2506.00002", "A title", "The same text.");
    cr_assert_eq(same(store, &second, ids), 0);
    int64_t id = put_paper(store, &second, 0);
    cr_assert_neq(id, first);
    /* Which of them a record without an identifier is, the title does not tell. */
    PITH_AUTO(paper_clear) struct paper third = make_paper(NULL, "A title", "The same text.");
    cr_assert_eq(same(store, &third, ids), 0);
}

Test(store, several_matches_are_distinct_and_ascending)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t first = add(store, "doi:10.1/x", "One", "");
    int64_t second = add(store, "s2:abc", "Two", "");
    int64_t ids[8];
    PITH_AUTO(paper_clear) struct paper both;
    paper_init(&both);
    put_in(&both.keys, "s2:abc");
    put_in(&both.keys, "doi:10.1/x");
    both.title = strdup("One");
    both.abstract = strdup("");
    cr_assert_eq(paper_finish(&both, NULL), PITH_OK);
    cr_assert_eq(same(store, &both, ids), 2);
    cr_assert_eq(ids[0], first);
    cr_assert_eq(ids[1], second);
    size_t count = 0;
    struct store_marks marks;
    cr_assert_eq(store_marks_of(&both, &marks, NULL), PITH_OK);
    cr_assert_eq(store_same_papers(store, &both, &marks, ids, 1, &count, NULL), PITH_OK);
    cr_assert_eq(count, 1);
}

Test(store, papers_of_one_title_get_names_of_their_own)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t first = add(store, NULL, "Editorial", "Of May.");
    int64_t second = add(store, NULL, "Editorial", "Of June.");
    int64_t third = add(store, NULL, "Editorial", "Of July.");
    char one[PAPER_KEY_SIZE], two[PAPER_KEY_SIZE], three[PAPER_KEY_SIZE], wanted[PAPER_KEY_SIZE + 2];
    cr_assert_eq(store_paper_key(store, first, one, NULL), PITH_OK);
    cr_assert_eq(store_paper_key(store, second, two, NULL), PITH_OK);
    cr_assert_eq(store_paper_key(store, third, three, NULL), PITH_OK);
    snprintf(wanted, sizeof wanted, "%s.2", one);
    cr_assert_str_eq(two, wanted);
    snprintf(wanted, sizeof wanted, "%s.3", one);
    cr_assert_str_eq(three, wanted);
    int64_t found;
    cr_assert_eq(store_find_key(store, one, &found, NULL), PITH_OK);
    cr_assert_eq(found, first);
    cr_assert_eq(store_find_key(store, two, &found, NULL), PITH_OK);
    cr_assert_eq(found, second);
    /* Rewritten as it was read, it keeps the name. */
    PITH_AUTO(paper_clear) struct paper read;
    paper_init(&read);
    cr_assert_eq(store_get_paper(store, second, &read, NULL), PITH_OK);
    put_paper(store, &read, second);
    cr_assert_eq(store_paper_key(store, second, two, NULL), PITH_OK);
    snprintf(wanted, sizeof wanted, "%s.2", one);
    cr_assert_str_eq(two, wanted);
    cr_assert_eq(store_paper_key(store, 99, two, NULL), PITH_NOT_FOUND);
}

Test(store, finds_a_part_of_a_title)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t first = add(store, "arxiv:2506.00001", "Diffusion Models Beat GANs", "");
    int64_t second = add(store, "arxiv:2506.00002", "On DIFFUSION-models", "");
    add(store, "arxiv:2506.00003", "Something else", "");
    commit(store);
    int64_t ids[4];
    size_t count = 0;
    cr_assert_eq(store_find_title(store, "diffusion  mödels", ids, 4, &count, NULL), PITH_OK);
    cr_assert_eq(count, 2);
    cr_assert_eq(ids[0], first);
    cr_assert_eq(ids[1], second);
    cr_assert_eq(store_find_title(store, "diffusion", ids, 1, &count, NULL), PITH_OK);
    cr_assert_eq(count, 1);
    cr_assert_eq(store_find_title(store, "nothing such", ids, 4, &count, NULL), PITH_OK);
    cr_assert_eq(count, 0);
    cr_assert_eq(store_find_title(store, "a %", ids, 4, &count, NULL), PITH_USAGE);
}

/* ---- listings ---- */

Test(store, lists_in_order_of_day_and_arrival)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t a = add(store, "arxiv:2506.00001", "Aaa", ""), b = add(store, "arxiv:2506.00002", "Bbb", ""),
            c = add(store, "arxiv:2506.00003", "Ccc", "");
    cr_assert(list(store, 20001, c));
    cr_assert(list(store, 20001, a));
    cr_assert(list(store, 20000, b));
    cr_assert(list(store, 20000, c));
    cr_assert_not(list(store, 20001, c));
    cr_assert(list(store, -5, b));
    commit(store);

    struct shown seen = {0};
    cr_assert_eq(store_each_listed(store, 20001, 20001, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "arxiv:2506.00003=Ccc;arxiv:2506.00001=Aaa;");
    seen = (struct shown){0};
    cr_assert_eq(store_each_listed(store, 20000, 20001, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "arxiv:2506.00002=Bbb;arxiv:2506.00003=Ccc;arxiv:2506.00001=Aaa;");
    cr_assert_eq(seen.day[0], 20000);
    cr_assert_eq(seen.day[1], 20001);
    seen = (struct shown){0};
    cr_assert_eq(store_each_listed(store, INT32_MIN, 20000, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "arxiv:2506.00002=Bbb;arxiv:2506.00003=Ccc;");

    struct store_counts counts;
    cr_assert_eq(store_count(store, &counts, NULL), PITH_OK);
    cr_assert_eq(counts.papers, 3);
    cr_assert_eq(counts.days, 3);
    cr_assert_eq(counts.first_day, -5);
    cr_assert_eq(counts.last_day, 20001);
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0;
    cr_assert_eq(store_days(store, &days, &count, NULL), PITH_OK);
    cr_assert_eq(count, 3);
    cr_assert_eq(days[0], -5);
    cr_assert_eq(days[2], 20001);
    int32_t day = 0;
    cr_assert_eq(store_latest_day(store, INT32_MAX, &day, NULL), PITH_OK);
    cr_assert_eq(day, 20001);
    cr_assert_eq(store_latest_day(store, 20000, &day, NULL), PITH_OK);
    cr_assert_eq(day, 20000);
    cr_assert_eq(store_latest_day(store, -6, &day, NULL), PITH_NOT_FOUND);
}

static enum pith_status refuse(void *user, const struct store_row *row, struct pith_error *reterr)
{
    (void)row;
    ++*(int *)user;
    return pith_fail(reterr, PITH_NOMEM, "enough");
}

Test(store, a_visit_that_fails_stops_and_the_store_goes_on)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    list(store, 1, add(store, "arxiv:2506.00001", "Aaa", ""));
    list(store, 1, add(store, "arxiv:2506.00002", "Bbb", ""));
    commit(store);
    int visits = 0;
    cr_assert_eq(store_each_listed(store, 1, 1, refuse, &visits, NULL), PITH_NOMEM);
    cr_assert_eq(visits, 1);
    struct shown seen = {0};
    cr_assert_eq(store_each_listed(store, 1, 1, see, &seen, NULL), PITH_OK);
    cr_assert_eq(seen.count, 2);
    cr_assert_eq(store_visit_paper(store, 77, see, &seen, NULL), PITH_NOT_FOUND);
}

Test(store, joins_two_papers)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int64_t keep = add(store, "arxiv:2506.00001", "Aaa", ""), drop = add(store, "doi:10.1/x", "Bbb", "");
    list(store, 1, keep);
    list(store, 1, drop);
    list(store, 2, drop);
    cr_assert_eq(store_join_papers(store, keep, drop, NULL), PITH_OK);
    commit(store);
    int64_t found;
    cr_assert_eq(store_find_key(store, "doi:10.1/x", &found, NULL), PITH_OK);
    cr_assert_eq(found, keep);
    char key[PAPER_KEY_SIZE];
    cr_assert_eq(store_paper_key(store, keep, key, NULL), PITH_OK);
    cr_assert_str_eq(key, "arxiv:2506.00001");
    struct shown seen = {0};
    cr_assert_eq(store_each_listed(store, 1, 1, see, &seen, NULL), PITH_OK);
    cr_assert_eq(store_each_listed(store, 2, 2, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "arxiv:2506.00001=Aaa;arxiv:2506.00001=Aaa;");
    PITH_AUTO(paper_clear) struct paper read;
    paper_init(&read);
    cr_assert_eq(store_get_paper(store, drop, &read, NULL), PITH_NOT_FOUND);
    cr_assert_eq(store_get_paper(store, keep, &read, NULL), PITH_OK);
    cr_assert_eq(read.keys.count, 4);
}

/* ---- features ---- */

Test(store, goes_over_features)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    begin(store);
    int version = -1;
    cr_assert_eq(store_set_feature_version(store, 7, NULL), PITH_OK);
    cr_assert_eq(store_feature_version(store, &version, NULL), PITH_OK);
    cr_assert_eq(version, 0, "a store without papers has no version");
    int64_t first = add(store, "arxiv:2506.00001", "Aaa", ""), second = add(store, "arxiv:2506.00002", "Bbb", ""), next;
    cr_assert_eq(store_feature_version(store, &version, NULL), PITH_OK);
    cr_assert_eq(version, 7);
    cr_assert_eq(store_next_paper(store, 0, &next, NULL), PITH_OK);
    cr_assert_eq(next, first);
    cr_assert_eq(store_next_paper(store, first, &next, NULL), PITH_OK);
    cr_assert_eq(next, second);
    cr_assert_eq(store_next_paper(store, second, &next, NULL), PITH_NOT_FOUND);

    PITH_AUTO(bytes_clear) struct bytes features;
    bytes_init(&features, STORE_MAX_FEATURES);
    cr_assert_eq(store_put_features(store, first, &features, &features, NULL), PITH_OK); /* none at all */
    commit(store);
    struct shown seen = {0};
    cr_assert_eq(store_each_features(store, 10, see, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "=Bbb;=;");
    cr_assert_eq(seen.id[0], second);
    seen = (struct shown){0};
    cr_assert_eq(store_each_features(store, 1, see, &seen, NULL), PITH_OK);
    cr_assert_eq(seen.count, 1);
}

/* ---- profiles ---- */

static const struct store_profile profile_a = {.id = "aaaaaaaaaaaaaaa", .public_key = "public a"};
static const struct store_profile profile_b = {.id = "bbbbbbbbbbbbbbb", .public_key = "public b"};

Test(store, keeps_profiles)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_add_profile(store, &profile_b, NULL), PITH_OK);
    cr_assert_eq(store_add_profile(store, &profile_a, NULL), PITH_OK);
    struct pith_error error = {0};
    cr_assert_eq(store_add_profile(store, &profile_a, &error), PITH_EXISTS, "%s", error.message);
    commit(store);
    PITH_AUTO(pith_free_p) struct store_profile *profiles = NULL;
    size_t count = 0;
    cr_assert_eq(store_profiles(store, &profiles, &count, NULL), PITH_OK);
    cr_assert_eq(count, 2);
    cr_assert_eq(memcmp(&profiles[0], &profile_a, sizeof profile_a), 0);
    cr_assert_eq(memcmp(&profiles[1], &profile_b, sizeof profile_b), 0);
}

static struct bytes blob_of(const char *text)
{
    struct bytes blob;
    bytes_init(&blob, 1000);
    bytes_put(&blob, text, strlen(text));
    return blob;
}

static enum pith_status see_slot(void *user, int64_t slot, int kind, const void *blob, size_t length, struct pith_error *reterr)
{
    (void)reterr;
    struct shown *seen = user;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%d/%d=%.*s;", (int)slot, kind, (int)length, (const char *)blob);
    return PITH_OK;
}

static bool file_holds(const char *path, const char *text)
{
    size_t length;
    PITH_AUTO(pith_free_p) char *content = testing_read(path, &length);
    return memmem(content, length, text, strlen(text)) != NULL;
}

Test(store, keeps_slots_and_leaves_no_copy_of_deleted_ones)
{
    const char *home = testing_folder();
    PITH_AUTO(store_close_p) struct store *store = NULL;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    PITH_AUTO(bytes_clear)
    struct bytes old = blob_of("the old wrapped key"), new = blob_of("the new wrapped key"), other = blob_of("recovery");
    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_slot(store, profile_a.id, 2, 1, &old, NULL), PITH_OK);
    cr_assert_eq(store_put_slot(store, profile_a.id, 1, 2, &other, NULL), PITH_OK);
    cr_assert_eq(store_put_slot(store, profile_b.id, 1, 1, &other, NULL), PITH_OK);
    commit(store);
    struct shown seen = {0};
    cr_assert_eq(store_each_slot(store, profile_a.id, see_slot, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "1/2=recovery;2/1=the old wrapped key;");

    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_slot(store, profile_a.id, 2, 1, &new, NULL), PITH_OK);
    cr_assert_eq(store_delete_slot(store, profile_a.id, 1, NULL), PITH_OK);
    commit(store);
    seen = (struct shown){0};
    cr_assert_eq(store_each_slot(store, profile_a.id, see_slot, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "2/1=the new wrapped key;");
    static const char *const files[] = {"pith.db", "pith.db-wal"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", home, files[i]);
        cr_assert_not(file_holds(path, "the old wrapped key"), "%s", path);
    }
}

static enum pith_status see_sealed(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                   struct pith_error *reterr)
{
    (void)reterr;
    struct shown *seen = user;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%d/%d@%d=%.*s;", kind, (int)number, (int)counter, (int)length,
             (const char *)blob);
    return PITH_OK;
}

Test(store, keeps_sealed_rows)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    PITH_AUTO(bytes_clear) struct bytes one = blob_of("one"), two = blob_of("two"), none = blob_of("");
    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, profile_a.id, 2, 1, 5, &one, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, profile_a.id, 2, 0, 6, &two, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, profile_a.id, 1, 9, 7, &none, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, profile_b.id, 1, 1, 1, &one, NULL), PITH_OK);
    commit(store);
    struct shown seen = {0};
    cr_assert_eq(store_each_sealed(store, profile_a.id, see_sealed, &seen, NULL), PITH_OK);
    cr_assert_str_eq(seen.text, "1/9@7=;2/0@6=two;2/1@5=one;");

    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_sealed(store, profile_a.id, 2, 1, 8, &two, NULL), PITH_OK);
    cr_assert_eq(store_delete_sealed(store, profile_a.id, 2, 0, NULL), PITH_OK);
    cr_assert_eq(store_delete_sealed(store, profile_a.id, 3, 3, NULL), PITH_OK);
    commit(store);
    PITH_AUTO(bytes_clear) struct bytes read = blob_of("left over");
    int64_t counter = 0;
    cr_assert_eq(store_get_sealed(store, profile_a.id, 2, 1, &counter, &read, NULL), PITH_OK);
    cr_assert_eq(counter, 8);
    cr_assert_eq(read.length, 3);
    cr_assert_eq(memcmp(read.data, "two", 3), 0);
    cr_assert_eq(store_get_sealed(store, profile_a.id, 1, 9, &counter, &read, NULL), PITH_OK);
    cr_assert_eq(read.length, 0);
    cr_assert_eq(store_get_sealed(store, profile_a.id, 2, 0, &counter, &read, NULL), PITH_NOT_FOUND);
    cr_assert_eq(store_get_sealed(store, profile_b.id, 2, 1, &counter, &read, NULL), PITH_NOT_FOUND);
}

/* ---- the file as a whole ---- */

static int64_t papers_in(struct store *store)
{
    struct store_counts counts;
    cr_assert_eq(store_count(store, &counts, NULL), PITH_OK);
    return counts.papers;
}

static void copy_file(const char *from, const char *to, size_t most)
{
    size_t length;
    char *bytes = testing_read(from, &length);
    FILE *out = fopen(to, "w");
    cr_assert(out && fwrite(bytes, 1, length < most ? length : most, out) == (length < most ? length : most));
    fclose(out);
    free(bytes);
}

static const char *in_folder(const char *folder, const char *name)
{
    static char path[4][4096];
    static unsigned next;
    char *at = path[next++ % 4];
    snprintf(at, sizeof *path, "%s/%s", folder, name);
    return at;
}

static void note_problem(void *user, const char *what)
{
    (void)what;
    ++*(size_t *)user;
}

static enum pith_status see_place(void *user, const struct store_row *row, struct pith_error *reterr)
{
    (void)reterr;
    char *text = user;
    size_t used = strlen(text);
    const char *table = row->place.table ? row->place.table : "none";
    snprintf(text + used, 256 - used, "%lld %s %.*s;", (long long)row->id, table, (int)row->place.length,
             (const char *)row->place.bytes);
    return PITH_OK;
}

Test(store, a_place_is_kept_with_its_features_and_goes_with_them)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    PITH_AUTO(bytes_clear) struct bytes none;
    char table[EMBEDDING_NAME], text[256] = "";
    bytes_init(&none, 1);
    cr_assert_eq(store_place_table(store, table, NULL), PITH_OK);
    cr_expect_str_eq(table, "");
    begin(store);
    static const char digits[] = "12345678901234567890123456789012";
    cr_assert_eq(store_set_place_table(store, digits, NULL), PITH_OK);
    int64_t first = add(store, "arxiv:2506.00001", "Aaa", ""), second = add(store, "arxiv:2506.00002", "Bbb", "");
    list(store, 20000, first);
    commit(store);
    cr_assert_eq(store_place_table(store, table, NULL), PITH_OK);
    cr_expect_str_eq(table, digits, "not taken for a number");
    cr_assert_eq(store_each_listed(store, 20000, 20000, see_place, text, NULL), PITH_OK);
    cr_assert_eq(store_visit_paper(store, second, see_place, text, NULL), PITH_OK);
    cr_expect_str_eq(text, "1 12345678901234567890123456789012 place;2 12345678901234567890123456789012 place;");
    begin(store);
    cr_assert_eq(store_put_features(store, second, &none, &none, NULL), PITH_OK);
    cr_assert_eq(store_join_papers(store, second, first, NULL), PITH_OK);
    commit(store);
    text[0] = '\0';
    cr_assert_eq(store_each_features(store, 10, see_place, text, NULL), PITH_OK);
    cr_expect_str_eq(text, "2 none ;");
}

Test(store, a_store_of_the_first_schema_is_brought_up)
{
    const char *home = testing_folder();
    struct store *store;
    struct pith_error error;
    unsigned char key[STORE_NAME_KEY], again[STORE_NAME_KEY];
    size_t problems = 0;
    copy_file(testing_data("kept/store-schema-1.db"), in_folder(home, "pith.db"), SIZE_MAX);
    cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(papers_in(store), 1);
    cr_assert_eq(store_name_key(store, key, NULL), PITH_OK);
    cr_assert_eq(store_check(store, note_problem, &problems, NULL), PITH_OK);
    cr_expect_eq(problems, 0);
    store_close(store);
    cr_assert_eq(store_open(home, false, &store, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(store_name_key(store, again, NULL), PITH_OK);
    cr_expect_eq(memcmp(key, again, sizeof key), 0, "made once");
    store_close(store);
}

Test(store, a_backup_is_whole_while_others_write)
{
    const char *home = testing_folder(), *there = testing_folder(), *file = in_folder(there, "pith.db");
    struct store *store, *writer, *copy;
    struct stat of;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    cr_assert_eq(store_open(home, true, &writer, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    add(store, "arxiv:2401.00001", "First", "One.");
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    cr_assert_eq(store_begin(writer, false, NULL), PITH_OK);
    add(writer, "arxiv:2401.00002", "Second, not committed yet", "Two.");
    cr_assert_eq(store_backup(store, file, false, NULL), PITH_OK);
    cr_expect_eq(store_backup(store, file, false, NULL), PITH_EXISTS);
    cr_assert_eq(store_commit(writer, NULL), PITH_OK);
    cr_assert_eq(stat(file, &of), 0);
    cr_expect_eq(of.st_mode & 0777, 0600);
    cr_assert_eq(store_open(there, false, &copy, NULL), PITH_OK);
    cr_expect_eq(papers_in(copy), 1, "what was committed, and nothing else");
    store_close(copy);
    cr_assert_eq(store_backup(store, in_folder(there, "again.db"), true, NULL), PITH_OK);
    cr_expect_eq(store_backup(store, "/nowhere/at/all.db", false, NULL), PITH_IO);
    store_close(store);
    store_close(writer);
}

/* Restores over a home of one paper; whatever is refused leaves that paper there. */
static void expect_refused(const char *home, const char *backup, bool force, enum pith_status expected)
{
    struct store *store;
    struct pith_error error;
    cr_expect_eq(store_restore(home, backup, force, &error), expected, "%s: %s", backup, error.message);
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    cr_expect_eq(papers_in(store), 1);
    store_close(store);
}

Test(store, only_a_whole_backup_takes_a_store_s_place)
{
    const char *home = testing_folder(), *there = testing_folder();
    const char *file = in_folder(there, "backup.db"), *cut = in_folder(there, "cut.db"), *text = in_folder(there, "text");
    struct store *store;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    cr_assert_eq(store_backup(store, file, false, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    add(store, "arxiv:2401.00001", "First", "One.");
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    store_close(store);
    copy_file(file, cut, 20000);
    FILE *out = fopen(text, "w");
    cr_assert(out && fputs("a letter to my aunt", out) >= 0 && fclose(out) == 0);
    expect_refused(home, file, false, PITH_EXISTS);
    expect_refused(home, cut, true, PITH_CORRUPT);
    expect_refused(home, text, true, PITH_CORRUPT);
    expect_refused(home, in_folder(there, "absent"), true, PITH_NOT_FOUND);
    cr_assert_eq(store_restore(home, file, true, NULL), PITH_OK);
    cr_assert_eq(store_open(home, false, &store, NULL), PITH_OK);
    cr_expect_eq(papers_in(store), 0, "the backup was made before the paper came");
    store_close(store);
    cr_assert_eq(rename(in_folder(home, "pith.db.replaced"), in_folder(there, "pith.db")), 0);
    cr_assert_eq(store_open(there, false, &store, NULL), PITH_OK);
    cr_expect_eq(papers_in(store), 1, "the store that stood there is kept");
    store_close(store);
    cr_assert_eq(store_restore(in_folder(there, "new/home"), file, false, NULL), PITH_OK, "a home that was not there is made");
}

Test(store, takes_several_transactions_as_one)
{
    PITH_AUTO(store_close_p) struct store *store = NULL, *other = NULL;
    const char *home = testing_folder();
    struct store_fetch fetch = {.day = 1, .usual = 1}, read;
    cr_assert_eq(store_open(home, true, &store, NULL), PITH_OK);
    cr_assert_eq(store_open(home, false, &other, NULL), PITH_OK);
    for (int keep = 0; keep < 2; keep++) {
        cr_assert_eq(store_begin_group(store, NULL), PITH_OK);
        cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
        cr_assert_eq(store_put_fetch(store, "kept", &fetch, NULL), PITH_OK);
        cr_assert_eq(store_commit(store, NULL), PITH_OK);
        cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
        cr_assert_eq(store_put_fetch(store, "dropped", &fetch, NULL), PITH_OK);
        store_rollback(store);
        store_rollback(store);
        cr_assert_eq(store_get_fetch(other, "kept", &read, NULL), PITH_OK);
        cr_expect_eq(read.usual, 0, "nothing of it is there before the end");
        cr_assert_eq(store_end_group(store, keep, NULL), PITH_OK);
        cr_assert_eq(store_get_fetch(other, "kept", &read, NULL), PITH_OK);
        cr_expect_eq(read.usual, (size_t)keep);
        cr_assert_eq(store_get_fetch(other, "dropped", &read, NULL), PITH_OK);
        cr_expect_eq(read.usual, 0, "a part that was rolled back");
    }
    cr_assert_eq(store_begin(store, true, NULL), PITH_OK);
    cr_assert_eq(store_put_fetch(store, "later", &fetch, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    cr_assert_eq(store_get_fetch(other, "later", &read, NULL), PITH_OK);
    cr_expect_eq(read.usual, 1, "and then each is one again");
}
