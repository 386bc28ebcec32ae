/* Versions and identifiers: whatever order records come in, the same stays. test_import.c has the other fields. */
#include "engine/intake/import.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 6, ORDERS = 720, TEXT = 4096 };

static void put_in(struct paper_list *list, const char *text)
{
    cr_assert_eq(paper_list_add(list, text, strlen(text), PAPER_MAX_AUTHORS, NULL), PITH_OK);
}

/* A record drawn from a seed: versions, updates, ranks and texts that often tie. */
static struct paper draw(unsigned seed)
{
    static const int ranks[] = {RANK_LIBRARY, RANK_RENDERING, RANK_AGGREGATOR, RANK_PUBLISHER};
    static const char *const titles[] = {"A title of kites", "The title of kites", "Kites"};
    static const char *const abstracts[] = {"", "Text.", "Other text.", "NA"};
    struct paper paper;
    unsigned bits = seed * 2654435761U;
    paper_init(&paper);
    put_in(&paper.keys, bits & 1 ? "arxiv:2403.00001" : "doi:10.5555/kite");
    if (bits & 2)
        put_in(&paper.keys, "pmid:38000001");
    paper.title = strdup(titles[(bits >> 2) % 3]);
    paper.abstract = strdup(abstracts[(bits >> 4) % 4]);
    paper.source = bits & 64 ? "one" : "other";
    paper.source_rank = ranks[(bits >> 7) % 4];
    paper.version = (int)((bits >> 9) % 4);
    paper.updated = (bits >> 11) % 3 ? 20000 + (int32_t)((bits >> 11) % 3) : PITH_NO_DAY;
    paper.withdrawn = (bits >> 13) % 3 == 0;
    paper.part = (bits >> 15) % 2;
    paper.announce = (bits >> 16) % 4 == 0 ? ANNOUNCE_REPLACE : ANNOUNCE_UNKNOWN;
    for (unsigned i = 0; i < (bits >> 18) % 3; i++)
        put_in(&paper.authors, i ? "Ann String" : bits & 1 << 20 ? "Kit Flyer" : "K. Flyer");
    cr_assert_eq(paper_finish(&paper, NULL), PITH_OK);
    return paper;
}

static void describe(const struct paper *paper, char text[TEXT])
{
    size_t used = (size_t)snprintf(text, TEXT, "%s|%s|%s|%d|v%d|%d|%d %d", paper->title, paper->abstract, paper->source,
                                   paper->source_rank, paper->version, paper->updated, paper->withdrawn, paper->part);
    for (enum paper_field i = 0; i < PAPER_FIELDS; i++) {
        struct paper_origin origin = paper_origin(paper, i);
        used += (size_t)snprintf(text + used, TEXT - used, "|%d %d %d", origin.version, origin.updated, origin.rank);
    }
    for (size_t i = 0; i < paper->authors.count; i++)
        used += (size_t)snprintf(text + used, TEXT - used, "|%s", paper->authors.item[i]);
    for (size_t i = 0; i < paper->keys.count; i++) /* but for "title:….2", the name of who came second under a title: it keeps it */
        if (strncmp(paper->keys.item[i], "title:", 6) != 0 || !strchr(paper->keys.item[i], '.'))
            used += (size_t)snprintf(text + used, TEXT - used, "|%s", paper->keys.item[i]);
}

/* Joins six records of one paper in the order of number `order`, the first `left` of them before the others are joined to them. */
static void join(unsigned seed, unsigned order, size_t left, char text[TEXT])
{
    unsigned which[RECORDS] = {0, 1, 2, 3, 4, 5};
    struct paper part[2];
    bool begun[2] = {false, false}, changed;
    for (unsigned i = RECORDS; i > 1; order /= i, i--) {
        unsigned swap = which[order % i];
        which[order % i] = which[i - 1];
        which[i - 1] = swap;
    }
    for (size_t i = 0; i < RECORDS; i++) {
        size_t side = i < left ? 0 : 1;
        struct paper record = draw(seed * RECORDS + which[i]);
        if (!begun[side]) {
            part[side] = record;
            begun[side] = true;
            continue;
        }
        cr_assert_eq(import_merge(&part[side], &record, &changed, NULL), PITH_OK);
        cr_assert_eq(import_merge(&part[side], &record, &changed, NULL), PITH_OK);
        cr_assert_not(changed, "a record joined twice changes nothing: seed %u", seed);
        paper_clear(&record);
    }
    if (begun[0] && begun[1])
        cr_assert_eq(import_merge(&part[0], &part[1], &changed, NULL), PITH_OK);
    describe(&part[begun[0] ? 0 : 1], text);
    for (size_t i = 0; i < 2; i++)
        if (begun[i])
            paper_clear(&part[i]);
}

Test(merge, any_order_and_any_grouping_of_versions_gives_the_same)
{
    for (unsigned seed = 1; seed <= 40; seed++) {
        char first[TEXT], text[TEXT];
        join(seed, 0, RECORDS, first);
        for (unsigned order = 0; order < ORDERS; order += 7) {
            join(seed, order, RECORDS, text);
            cr_assert_str_eq(text, first, "seed %u, order %u", seed, order);
            join(seed, order, 1 + order % (RECORDS - 1), text);
            cr_assert_str_eq(text, first, "seed %u, order %u in two groups", seed, order);
        }
    }
}

static struct paper revision(int version, int32_t updated, int rank, const char *title, const char *author)
{
    struct paper paper;
    paper_init(&paper);
    put_in(&paper.keys, "arxiv:2403.00001");
    put_in(&paper.authors, author);
    paper.title = strdup(title);
    paper.version = version;
    paper.updated = updated;
    paper.source = "test";
    paper.source_rank = rank;
    cr_assert_eq(paper_finish(&paper, NULL), PITH_OK);
    return paper;
}

/* Each row's second record is the newer one. */
Test(merge, a_later_version_then_a_later_update_then_the_better_source_wins)
{
    static const struct {
        int version[2];
        int32_t updated[2];
        int rank[2];
    } rows[] = {
        {{1, 2}, {20050, 20000}, {RANK_PUBLISHER, RANK_LIBRARY}},
        {{0, 1}, {PITH_NO_DAY, PITH_NO_DAY}, {RANK_PUBLISHER, RANK_LIBRARY}},
        {{2, 2}, {20000, 20001}, {RANK_PUBLISHER, RANK_PUBLISHER}},
        {{2, 2}, {PITH_NO_DAY, 20001}, {RANK_PUBLISHER, RANK_PUBLISHER}},
        {{0, 0}, {20001, PITH_NO_DAY}, {RANK_AGGREGATOR, RANK_PUBLISHER}}, /* its own entry was touched, not the paper */
        {{0, 0}, {20000, 20001}, {RANK_AGGREGATOR, RANK_AGGREGATOR}},
        {{1, 1}, {20000, 20000}, {RANK_RENDERING, RANK_AGGREGATOR}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int swap = 0; swap < 2; swap++) {
            PITH_AUTO(paper_clear)
            struct paper older = revision(rows[i].version[0], rows[i].updated[0], rows[i].rank[0], "A name", "Ann Old");
            PITH_AUTO(paper_clear)
            struct paper newer = revision(rows[i].version[1], rows[i].updated[1], rows[i].rank[1], "B name", "Bo New");
            struct paper *into = swap ? &newer : &older;
            bool changed;
            cr_assert_eq(import_merge(into, swap ? &older : &newer, &changed, NULL), PITH_OK);
            cr_expect_str_eq(into->title, "B name", "row %zu", i);
            cr_expect_str_eq(into->authors.item[0], "Bo New", "row %zu", i);
            cr_expect_eq(into->authors.count, 1);
        }
}

/* ---- in a store ---- */

static char *import_lines(const char *const *line, const unsigned *order, size_t count)
{
    PITH_AUTO(store_close_p) struct store *store = NULL;
    char *all = NULL, *items[16];
    size_t length, papers = 0;
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    for (size_t i = 0; i < count; i++) {
        struct pith_import_report report;
        const char *text = line[order[i]];
        cr_assert_eq(import_bytes(store, text, strlen(text), &(struct import_options){.today = 20000}, &report, NULL), PITH_OK);
    }
    for (int64_t id = 0; store_next_paper(store, id, &id, NULL) == PITH_OK; papers++) {
        PITH_AUTO(paper_clear) struct paper paper;
        char text[TEXT];
        paper_init(&paper);
        cr_assert_eq(store_get_paper(store, id, &paper, NULL), PITH_OK);
        describe(&paper, text);
        items[papers] = strdup(text);
    }
    FILE *out = open_memstream(&all, &length);
    for (size_t left = papers; left > 0; left--) { /* in the order of their texts, not of their numbers */
        size_t least = 0;
        for (size_t i = 1; i < left; i++)
            least = strcmp(items[i], items[least]) < 0 ? i : least;
        fprintf(out, "%s\n", items[least]);
        free(items[least]);
        items[least] = items[left - 1];
    }
    fclose(out);
    return all;
}

Test(merge, papers_of_other_identifiers_stay_apart_in_any_order)
{
    static const char *const line[] = {
        "{\"id\":\"doi:10.5555/a\",\"title\":\"Notes from the editors of kites\",\"abstract\":\"Same.\",\"date\":\"2024-01-01\"}",
        "{\"id\":\"doi:10.5555/b\",\"title\":\"Notes from the editors of kites\",\"abstract\":\"Same.\",\"date\":\"2024-01-01\"}",
        "{\"id\":\"arXiv:2403.00001v1\",\"title\":\"A kite with two names\",\"abstract\":\"Old.\"}",
        "{\"id\":\"arXiv:2403.00001v2\",\"title\":\"A kite renamed\",\"abstract\":\"New.\"}",
        "{\"id\":\"doi:10.1101/2023.01.02.523001\",\"title\":\"A kite renamed\",\"abstract\":\"New.\"}",
        "{\"id\":\"pmid:38000001\",\"title\":\"A kite renamed\",\"abstract\":\"New.\"}",
    };
    unsigned order[] = {0, 1, 2, 3, 4, 5};
    size_t count = sizeof line / sizeof *line, lines = 0;
    PITH_AUTO(pith_free_p) char *first = import_lines(line, order, count);
    for (const char *at = first; *at; at++)
        lines += *at == '\n';
    cr_expect_eq(lines, 3, "%s", first);
    srand(3);
    for (int round = 0; round < 25; round++) {
        for (size_t i = count; i > 1; i--) {
            size_t j = (size_t)rand() % i;
            unsigned swap = order[j];
            order[j] = order[i - 1];
            order[i - 1] = swap;
        }
        PITH_AUTO(pith_free_p) char *text = import_lines(line, order, count);
        cr_expect_str_eq(text, first, "%u%u%u%u%u%u:\n%s", order[0], order[1], order[2], order[3], order[4], order[5], text);
    }
}

/* One paper as a preprint in two versions, of which one is withdrawn, as an entry of two libraries, and as a journal article in three
 * data bases: what each knows differs, and nothing contradicts. */
static const char *const told[] = {
#define FEED(version, day, title, abstract, comment)                                                                               \
    "<feed "                                                                                                                       \
    "xmlns=\"http://www.w3.org/2005/Atom\"><id>http://arxiv.org/api/x</id><entry><id>http://arxiv.org/abs/2403.00001" version      \
    "</id><published>2024-03-01T12:00:00Z</published><updated>2024-03-" day "T12:00:00Z</updated><title>" title                    \
    "</title><summary>" abstract "</summary><author><name>Ann Kite</name></author>"                                                \
    "<arxiv:comment xmlns:arxiv=\"http://arxiv.org/schemas/atom\">" comment "</arxiv:comment></entry></feed>"
    FEED("v2", "02", "A long title of kites and their many strings", "We fly kites over two lakes.",
         "This paper has been withdrawn"),
    FEED("v3", "05", "The long title of kites and their many strings", "We fly kites over two lakes and a hill.", "5 pages"),
    "@article{a, title={A long title of kites and their many strings}, year={2024}, author={Kite, A.}}\n",
    "@article{b, title={A Long Title of Kites and their many Strings}, abstract={We fly kites over the lake.}, author={Kite, Ann "
    "and "
    "Lake, Bo}, eprint={2403.00001}, archiveprefix={arXiv}, doi={10.5555/kite}}\n",
    "PMID- 38000001\nTI  - A long title of kites and their many strings.\nFAU - Kite, Ann\nDP  - 2024 Mar\nLID - 10.5555/kite "
    "[doi]\n\n",
    "{\"meta\":{},\"results\":[{\"id\":\"https://openalex.org/W1001\",\"doi\":\"https://doi.org/10.5555/kite\",\"title\":\"A long "
    "title of "
    "kites and their many strings\",\"publication_date\":\"2024-03-09\",\"authorships\":[],\"cited_by_count\":4}]}",
    "TY  - JOUR\nTI  - RETRACTED: A long title of kites and their many strings\nDO  - 10.5555/kite\nPY  - 2024\nER  - \n",
};
enum { TOLD = sizeof told / sizeof *told };

/* Every order of every three of them. */
Test(merge, versions_libraries_and_journals_meet_in_any_order)
{
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (unsigned a = 0; a < TOLD; a++)
        for (unsigned b = a + 1; b < TOLD; b++)
            for (unsigned c = b + 1; c < TOLD; c++) {
                const unsigned of[] = {a, b, c};
                PITH_AUTO(pith_free_p) char *first = import_lines(told, of, 3);
                for (size_t i = 1; i < 6; i++) {
                    const unsigned order[] = {of[orders[i][0]], of[orders[i][1]], of[orders[i][2]]};
                    PITH_AUTO(pith_free_p) char *text = import_lines(told, order, 3);
                    cr_expect_str_eq(text, first, "%u %u %u:\n%sfirst\n%s", order[0], order[1], order[2], text, first);
                }
            }
}
