#include "engine/intake/import.h"
#include "tests/lib/describing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_in(struct paper_list *list, const char *text)
{
    cr_assert_eq(paper_list_add(list, text, strlen(text), PAPER_MAX_AUTHORS, NULL), PITH_OK);
}

enum { RECORDS = 5 };

static struct paper make_record(const char *key, const char *title, const char *abstract, int rank)
{
    struct paper paper;
    paper_init(&paper);
    if (key)
        put_in(&paper.keys, key);
    paper.title = strdup(title);
    paper.abstract = strdup(abstract);
    paper.source = rank == RANK_PUBLISHER ? "atom" : "jsonl";
    paper.source_rank = rank;
    cr_assert_eq(paper_finish(&paper, NULL), PITH_OK);
    return paper;
}

/* Five records of one paper, each knowing something that another does not, or knowing it better. */
static struct paper record(int which)
{
    static const struct {
        const char *key, *title, *abstract;
        int rank;
    } text[RECORDS] = {
        {"arxiv:2506.00001", "A title", "", RANK_PUBLISHER},
        {"doi:10.1234/x", "A Title", "Text with TeX damaged.", RANK_RENDERING},
        {"s2:abc", "The title", "Text of an aggregator.", RANK_AGGREGATOR},
        {"arxiv:2506.00001", "The Title", "Other text of an aggregator.", RANK_AGGREGATOR},
        {NULL, "A title", "Text from a library.", RANK_LIBRARY},
    };
    struct paper paper = make_record(text[which].key, text[which].title, text[which].abstract, text[which].rank);
    static const char *const author[RECORDS] = {"J. Doe", "Jane Doe", NULL, "Jane Doe", "Jane Dof"};
    if (author[which])
        put_in(&paper.authors, author[which]);
    if (which == 3)
        put_in(&paper.authors, "Max Moe");
    put_in(&paper.categories, which % 2 ? "cs.LG" : "cs.AI");
    paper.published = which == 1 ? PITH_NO_DAY : 20000 - which;
    paper.updated = which == 2 ? 20100 : PITH_NO_DAY;
    paper.announced = which < 2 ? 20001 + which : PITH_NO_DAY;
    paper.announce = which == 4 ? ANNOUNCE_UNKNOWN : (enum paper_announce)(1 + which % 4);
    paper.upvotes = which == 0 ? PAPER_MISSING : which;
    paper.comments = which == 1 ? 0 : PAPER_MISSING;
    paper.version = which;
    paper.withdrawn = which == 3;
    if (which > 2) {
        paper.url = strdup("https://example.org/0");
        paper.url[strlen(paper.url) - 1] = (char)('0' + which);
    }
    return paper;
}

/* All a paper holds, as one line. */
static void merge_in_order(const int order[RECORDS], char *text, size_t size)
{
    PITH_AUTO(paper_clear) struct paper into = record(order[0]);
    for (int i = 1; i < RECORDS; i++) {
        PITH_AUTO(paper_clear) struct paper other = record(order[i]);
        bool changed;
        cr_assert_eq(import_merge(&into, &other, &changed, NULL), PITH_OK);
        cr_assert_eq(import_merge(&into, &other, &changed, NULL), PITH_OK);
        cr_assert_not(changed, "a record joined twice changes nothing");
    }
    describe_paper(&into, text, size);
}

/* Steps to the next permutation; false after the last. */
static bool permute(int order[RECORDS])
{
    int i = RECORDS - 2, j = RECORDS - 1;
    while (i >= 0 && order[i] > order[i + 1])
        i--;
    if (i < 0)
        return false;
    while (order[j] < order[i])
        j--;
    for (int swap = order[i]; i < j; i = RECORDS) {
        order[i] = order[j];
        order[j] = swap;
        for (int low = i + 1, high = RECORDS - 1; low < high; low++, high--) {
            int kept = order[low];
            order[low] = order[high];
            order[high] = kept;
        }
    }
    return true;
}

Test(merge_order, any_order_of_merging_gives_the_same)
{
    int order[RECORDS] = {0, 1, 2, 3, 4}, permutations = 0;
    char first[2048], text[2048];
    merge_in_order(order, first, sizeof first);
    do {
        merge_in_order(order, text, sizeof text);
        cr_assert_str_eq(text, first, "%d%d%d%d%d", order[0], order[1], order[2], order[3], order[4]);
        permutations++;
    } while (permute(order));
    cr_assert_eq(permutations, 120);
}

Test(merge_order, groups_of_records_merge_to_the_same)
{
    char one[2048], other[2048];
    int order[RECORDS] = {0, 1, 2, 3, 4};
    merge_in_order(order, one, sizeof one);
    PITH_AUTO(paper_clear) struct paper left = record(4), right = record(2);
    PITH_AUTO(paper_clear) struct paper third = record(0), fourth = record(3), fifth = record(1);
    bool changed;
    cr_assert_eq(import_merge(&left, &third, &changed, NULL), PITH_OK);
    cr_assert_eq(import_merge(&right, &fourth, &changed, NULL), PITH_OK);
    cr_assert_eq(import_merge(&right, &fifth, &changed, NULL), PITH_OK);
    cr_assert_eq(import_merge(&left, &right, &changed, NULL), PITH_OK);
    describe_paper(&left, other, sizeof other);
    cr_assert_str_eq(other, one);
}

Test(merge_order, merging_keeps_the_best_of_each_field)
{
    PITH_AUTO(paper_clear) struct paper into = record(0);
    PITH_AUTO(paper_clear) struct paper other = record(2);
    bool changed = false;
    cr_assert_eq(import_merge(&into, &other, &changed, NULL), PITH_OK);
    cr_assert(changed);
    cr_assert_str_eq(into.abstract, "Text of an aggregator.", "a known abstract wins over none");
    cr_assert_str_eq(into.keys.item[0], "arxiv:2506.00001");
    cr_assert_str_eq(into.keys.item[1], "s2:abc");
    cr_assert_eq(into.keys.count, 4);
    cr_assert_eq(into.upvotes, 2);
    cr_assert_eq(into.comments, PAPER_MISSING);
    cr_assert_eq(into.published, 19998);
    cr_assert_eq(into.updated, 20100);
    cr_assert_eq(into.announced, 20001);
}

Test(merge_order, many_keys_merge_to_the_same)
{
    char one[4096], other[4096];
    PITH_AUTO(paper_clear) struct paper forward = record(0), backward = record(0);
    bool changed;
    for (int i = 0; i < 30; i++) {
        char key[32], title[32];
        snprintf(key, sizeof key, "s2:%02d", i);
        snprintf(title, sizeof title, "Title number %d", i);
        PITH_AUTO(paper_clear) struct paper more = make_record(key, title, "Text.", RANK_LIBRARY);
        cr_assert_eq(import_merge(&forward, &more, &changed, NULL), PITH_OK);
        snprintf(key, sizeof key, "s2:%02d", 29 - i);
        snprintf(title, sizeof title, "Title number %d", 29 - i);
        PITH_AUTO(paper_clear) struct paper less = make_record(key, title, "Text.", RANK_LIBRARY);
        cr_assert_eq(import_merge(&backward, &less, &changed, NULL), PITH_OK);
    }
    cr_assert_leq(forward.keys.count, PAPER_MAX_KEYS);
    describe_paper(&forward, one, sizeof one);
    describe_paper(&backward, other, sizeof other);
    cr_assert_str_eq(one, other);
}
