#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define SECRET "correct horse battery"

static struct pith *open_at(const char *home)
{
    struct pith *pith = NULL;
    cr_assert_eq(pith_open(home, true, &pith, NULL), PITH_OK);
    bool has = false;
    cr_assert_eq(pith_has_profile(pith, &has, NULL), PITH_OK);
    if (!has)
        cr_assert_eq(pith_create_profile(pith, SECRET, strlen(SECRET), PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, SECRET, strlen(SECRET), 0, NULL), PITH_OK);
    return pith;
}

static struct pith *open_home(void)
{
    return open_at(testing_folder());
}

static void vote(struct pith *pith, const char *first, const char *second)
{
    const struct pith_vote votes[] = {{.paper = first, .verdict = 1, .day = 20000},
                                      {.paper = second ? second : "", .verdict = -1, .day = 20000}};
    size_t recorded = 0;
    cr_assert_eq(pith_record(pith, votes, second ? 2 : 1, &recorded, NULL), PITH_OK);
    cr_assert_eq(recorded, second ? 2 : 1);
}

/* What stands, as text: "arxiv:1+ arxiv:2-". */
static const char *standing(struct pith *pith)
{
    static char text[1000];
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    cr_assert_eq(pith_list_votes(pith, &votes, NULL), PITH_OK);
    *text = '\0';
    for (size_t i = 0; i < votes->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%c", i ? " " : "", votes->item[i].key,
                 votes->item[i].verdict > 0 ? '+' : '-');
    return text;
}

static size_t undo(struct pith *pith)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *looked = NULL;
    PITH_AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    cr_assert_eq(pith_last_change(pith, &looked, NULL), PITH_OK);
    cr_assert_eq(pith_undo(pith, &undone, NULL), PITH_OK);
    cr_assert_eq(looked->count, undone->count, "what is shown is what is taken back");
    for (size_t i = 0; i < undone->count; i++)
        cr_expect_str_eq(looked->item[i].key, undone->item[i].key);
    return undone->count;
}

static enum pith_status redo(struct pith *pith, size_t expected)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *redone = NULL;
    enum pith_status status = pith_redo(pith, &redone, NULL);
    if (!status)
        cr_expect_eq(redone->count, expected);
    return status;
}

Test(redo, brings_back_what_was_taken_back_the_last_first)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    struct pith_votes *none = NULL;
    cr_expect_eq(pith_last_change(pith, &none, NULL), PITH_NOT_FOUND);
    cr_expect_eq(redo(pith, 0), PITH_NOT_FOUND);
    vote(pith, "arxiv:1", NULL);
    vote(pith, "arxiv:2", "arxiv:3");
    vote(pith, "arxiv:4", NULL);
    cr_expect_eq(undo(pith), 1);
    cr_expect_eq(undo(pith), 2);
    cr_expect_str_eq(standing(pith), "arxiv:1+");
    cr_expect_eq(redo(pith, 2), PITH_OK);
    cr_expect_str_eq(standing(pith), "arxiv:1+ arxiv:2+ arxiv:3-");
    cr_expect_eq(redo(pith, 1), PITH_OK);
    cr_expect_str_eq(standing(pith), "arxiv:1+ arxiv:2+ arxiv:3- arxiv:4+");
    cr_expect_eq(redo(pith, 0), PITH_NOT_FOUND);
    cr_expect_eq(undo(pith), 1, "each is a change of its own again");
    cr_expect_eq(undo(pith), 2);
}

Test(redo, another_vote_ends_it)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    vote(pith, "arxiv:1", NULL);
    vote(pith, "arxiv:2", NULL);
    undo(pith);
    vote(pith, "arxiv:3", NULL);
    cr_expect_eq(redo(pith, 0), PITH_NOT_FOUND);
    undo(pith);
    cr_expect_eq(redo(pith, 1), PITH_OK);
    cr_expect_eq(redo(pith, 0), PITH_NOT_FOUND, "what was taken back before the vote stays gone");
    cr_expect_str_eq(standing(pith), "arxiv:1+ arxiv:3+");
}

Test(redo, is_kept_with_the_profile)
{
    char home[4096];
    snprintf(home, sizeof home, "%s", testing_folder());
    struct pith *pith = open_at(home);
    vote(pith, "arxiv:1", "arxiv:2");
    undo(pith);
    pith_close(pith);
    pith = open_at(home);
    cr_expect_str_eq(standing(pith), "");
    cr_expect_eq(redo(pith, 2), PITH_OK);
    cr_expect_str_eq(standing(pith), "arxiv:1+ arxiv:2-");
    pith_close(pith);
}

Test(redo, what_waited_in_the_inbox_ends_it_too)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    const struct pith_vote waiting = {.paper = "arxiv:9", .verdict = 1, .day = 20001};
    vote(pith, "arxiv:1", NULL);
    undo(pith);
    cr_assert_eq(pith_post(pith, &waiting, NULL, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, SECRET, strlen(SECRET), 0, NULL), PITH_OK);
    cr_expect_str_eq(standing(pith), "arxiv:9+");
    cr_expect_eq(redo(pith, 0), PITH_NOT_FOUND);
}
