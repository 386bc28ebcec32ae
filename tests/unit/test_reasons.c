/* Why a paper stands where it does: the line for people, and the papers it is close to. */
#include "engine/learning/embeddings.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void check_line(const struct pith_ranked *paper, const char *expected)
{
    char *line;
    cr_assert_eq(pith_reason_line(paper, &line, NULL), PITH_OK);
    cr_expect_str_eq(line, expected);
    free(line);
}

Test(reasons, the_largest_comes_first_the_whole_too)
{
    struct pith_reason reasons[] = {{"space:one", "what it is about as a whole", 1.5},
                                    {"space:own", "what it is about as a whole", 0.6},
                                    {"word:kite", "kites", 2},
                                    {"title:kite", "Kites (in the title)", 0.7},
                                    {"author:a", "Ada Brown", 0.5},
                                    {"word:survey", "survey", -0.4},
                                    {"base", "base rate", -9},
                                    {"other", "everything else", 5}};
    struct pith_near near = {.title = "Mending kites in a mild wind", .verdict = 1, .likeness = 0.7};
    struct pith_ranked paper = {
        .reasons = reasons, .reason_count = sizeof reasons / sizeof *reasons, .near = &near, .nears = 1, .upvotes = 9};
    check_line(&paper, "close to \"Mending kites in a mild wind\" (liked), kites, Ada Brown");
    reasons[2].contribution = 2.2;
    check_line(&paper, "kites, close to \"Mending kites in a mild wind\" (liked), Ada Brown");
    paper.nears = 0;
    check_line(&paper, "kites, what it is about as a whole, Ada Brown");
    near.title = "A title of many words that goes on and on until nobody would want to read all of it in a line";
    paper.nears = 1;
    check_line(&paper, "kites, close to \"A title of many words that goes on and on until nobody would...\" (liked), Ada Brown");
}

Test(reasons, what_speaks_against_is_told_where_nothing_speaks_for)
{
    struct pith_reason reasons[] = {
        {"space:one", "what it is about as a whole", -1}, {"word:survey", "survey", -0.4}, {"base", "base rate", 2}};
    struct pith_near near = {.title = "A survey of kites", .verdict = -1, .likeness = 0.7};
    struct pith_ranked paper = {.reasons = reasons, .reason_count = 3, .near = &near, .nears = 1};
    check_line(&paper, "against: close to \"A survey of kites\" (not for you), survey");
    reasons[1].contribution = 0.1;
    check_line(&paper, "survey");
    paper = (struct pith_ranked){.upvotes = 12};
    check_line(&paper, "12 upvotes");
    paper.upvotes = -1;
    check_line(&paper, "");
}

/* Papers of one topic are close to liked ones of it; those of another that is not liked to what was voted down. */
static void check_near(void)
{
    struct pith *pith;
    struct pith_import_report report;
    struct pith_error error;
    struct pith_ranking *ranking;
    const struct pith_rank_request request = {.size = sizeof request, .all = true, .seen = true, .duplicates = true, .reasons = 3};
    size_t length, told = 0;
    char *papers = testing_papers(12, &length);
    cr_assert_eq(testing_open(testing_folder(), true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(pith, papers, length, 0, &report, &error), PITH_OK, "%s", error.message);
    free(papers);
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    cr_assert_eq(pith_rank(pith, &request, &ranking, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(ranking->item[0].nears, 0, "nothing was voted on");
    for (size_t i = 0; i < ranking->count; i++) {
        const struct pith_vote vote = {.paper = ranking->item[i].key, .verdict = i % 2 ? 1 : -1, .day = 20000};
        if (i % 3 == 0)
            cr_assert_eq(pith_record(pith, &vote, 1, NULL, NULL), PITH_OK);
    }
    pith_ranking_free(ranking);
    cr_assert_eq(pith_rank(pith, &request, &ranking, &error), PITH_OK, "%s", error.message);
    for (size_t i = 0; i < ranking->count; i++) {
        const struct pith_ranked *paper = &ranking->item[i];
        cr_assert_leq(paper->nears, 3);
        for (size_t k = 0; k < paper->nears; k++) {
            cr_expect_str_neq(paper->near[k].key, paper->key, "a paper is not close to itself");
            cr_expect(*paper->near[k].title && *paper->near[k].id);
            cr_expect_eq(paper->near[k].verdict, paper->near[0].verdict, "one side alone");
            cr_expect_leq(paper->near[k].likeness, k ? paper->near[k - 1].likeness : 1.0001);
            told++;
        }
    }
    cr_expect_gt(told, 0);
    pith_ranking_free(ranking);
    pith_close(pith);
}

Test(reasons, near_papers_by_words)
{
    check_near();
}

Test(reasons, near_papers_by_a_table)
{
    testing_shipped = testing_embedding(true);
    check_near();
}
