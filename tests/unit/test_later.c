/* Papers set aside to be read: sealed, undone, exported as votes are, and no votes. */
#include "engine/profile/profile.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS = 8, STEPS = 600 };

static struct pith *open_home(const char *folder, bool create)
{
    struct pith *pith;
    struct pith_error error;
    cr_assert_eq(pith_open(folder, true, &pith, &error), PITH_OK, "%s", error.message);
    if (create)
        cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, &error), PITH_OK, "%s", error.message);
    return pith;
}

static size_t say(struct pith *pith, const char *paper, int verdict)
{
    size_t recorded = 99;
    struct pith_error error;
    const struct pith_vote vote = {.paper = paper, .verdict = verdict, .day = 20000};
    cr_assert_eq(pith_record(pith, &vote, 1, &recorded, &error), PITH_OK, "%s", error.message);
    return recorded;
}

static struct pith_votes *later(struct pith *pith)
{
    struct pith_votes *votes;
    struct pith_error error;
    cr_assert_eq(pith_list_later(pith, &votes, &error), PITH_OK, "%s", error.message);
    return votes;
}

static struct pith_votes *voted(struct pith *pith)
{
    struct pith_votes *votes;
    cr_assert_eq(pith_list_votes(pith, &votes, NULL), PITH_OK);
    return votes;
}

static const struct pith_standing *standing(const struct pith_votes *votes, const char *key)
{
    for (size_t i = 0; i < votes->count; i++)
        if (strcmp(votes->item[i].key, key) == 0)
            return &votes->item[i];
    return NULL;
}

static void undo(struct pith *pith)
{
    struct pith_votes *undone;
    struct pith_error error;
    cr_assert_eq(pith_undo(pith, &undone, &error), PITH_OK, "%s", error.message);
    pith_votes_free(undone);
}

Test(later, is_no_vote_and_a_vote_ends_it)
{
    struct pith *pith = open_home(testing_folder(), true);
    struct pith_summary before, after;
    cr_assert_eq(pith_summarise(pith, &before, NULL), PITH_OK);
    cr_expect_eq(say(pith, "arxiv:2401.00001", PITH_LATER), 1);
    cr_expect_eq(say(pith, "arxiv:2401.00001", PITH_LATER), 0, "it stands already");
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_eq(after.later, 1);
    cr_expect_str_eq(after.digest, before.digest, "nothing is to be learnt from it");
    cr_expect_eq(say(pith, "arxiv:2401.00001", 1), 1);
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_eq(after.later, 0);
    cr_expect_eq(after.ups, 1);
    cr_expect_eq(say(pith, "arxiv:2401.00001", PITH_LATER), 1, "to read it again");
    cr_expect_eq(say(pith, "arxiv:2401.00001", 1), 1, "the vote stands, and takes it from the list");
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_eq(after.later, 0);
    undo(pith);
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_eq(after.later, 1);
    cr_expect_eq(after.ups, 1);
    cr_expect_eq(say(pith, "arxiv:2401.00001", PITH_DONE), 1);
    cr_expect_eq(say(pith, "arxiv:2401.00002", PITH_DONE), 0);
    cr_expect_eq(say(pith, "arxiv:2401.00001", PITH_SEED), 0, "a seed does not replace the vote");
    pith_close(pith);
}

struct state {
    int verdict[PAPERS];
    bool later[PAPERS];
};

static bool change(struct state *state, int paper, int verdict)
{
    struct state before = *state;
    if (verdict == PITH_LATER || verdict == PITH_DONE)
        state->later[paper] = verdict == PITH_LATER;
    else if (verdict != PITH_SEED || !state->verdict[paper])
        state->verdict[paper] = verdict;
    if (verdict == 1 || verdict == -1)
        state->later[paper] = false;
    return memcmp(&before, state, sizeof before) != 0;
}

static void check(struct pith *pith, const struct state *state)
{
    struct pith_votes *list = later(pith), *votes = voted(pith);
    for (int paper = 0; paper < PAPERS; paper++) {
        char key[32];
        snprintf(key, sizeof key, "id:%d", paper);
        const struct pith_standing *vote = standing(votes, key);
        cr_assert_eq(standing(list, key) != NULL, state->later[paper], "%s", key);
        cr_assert_eq(vote ? vote->verdict : 0, state->verdict[paper], "%s", key);
    }
    pith_votes_free(list);
    pith_votes_free(votes);
}

/* Whatever is said and taken back, in any order: as a plain table has it, also after opening again. */
Test(later, random_changes_and_undos_agree_with_a_plain_table)
{
    static struct state table[STEPS + 1];
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder, true);
    size_t depth = 0;
    srand(23);
    for (int step = 0; step < STEPS; step++) {
        if (depth && rand() % 3 == 0) {
            undo(pith);
            depth--;
        } else {
            int paper = rand() % PAPERS, verdict = rand() % 6 - 1;
            char key[32];
            snprintf(key, sizeof key, "id:%d", paper);
            table[depth + 1] = table[depth];
            bool new = change(&table[depth + 1], paper, verdict);
            cr_assert_eq(say(pith, key, verdict), new, "step %d: %d on %s", step, verdict, key);
            depth += new;
        }
        if (step % 10 == 0)
            check(pith, &table[depth]);
        if (step % 200 == 199) {
            pith_close(pith);
            pith = open_home(folder, false);
            check(pith, &table[depth]);
        }
    }
    pith_close(pith);
}

/* What waits in the inbox takes part: a vote by mail ends it, and a message may set a paper aside. */
Test(later, the_inbox_knows_it)
{
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder, true);
    static const int said[] = {PITH_LATER, 1, PITH_LATER, PITH_LATER, -1, PITH_LATER};
    struct state state = {0};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const struct pith_vote vote = {.paper = "id:3", .verdict = said[i], .day = 20000};
        cr_assert_eq(pith_post(pith, &vote, NULL, NULL), PITH_OK);
        change(&state, 3, said[i]);
    }
    pith_close(pith);
    pith = open_home(folder, false);
    check(pith, &state);
    pith_close(pith);
}

Test(later, exports_carry_it)
{
    struct pith *pith = open_home(testing_folder(), true), *other = open_home(testing_folder(), true);
    struct pith_error error;
    char *json;
    say(pith, "id:1", 1);
    say(pith, "id:1", PITH_LATER);
    say(pith, "id:2", PITH_LATER);
    cr_assert_eq(pith_export(pith, &json, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import_profile(other, json, strlen(json), NULL, &error), PITH_OK, "%s", error.message);
    check(other, &(struct state){.verdict = {[1] = 1}, .later = {[1] = true, [2] = true}});
    free(json);
    pith_close(pith);
    pith_close(other);
}

Test(later, an_export_with_a_bad_list_is_refused)
{
    static const char *const lists[] = {"7", "[7]", "[{\"id\":\"\",\"date\":\"\"}]", "[{\"id\":\"id:1\",\"date\":\"never\"}]"};
    struct pith *pith = open_home(testing_folder(), true);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        char json[300];
        struct pith_error error;
        snprintf(json, sizeof json,
                 "{\"format\":\"pith-profile\",\"version\":1,\"feature_version\":1,\"votes\":[],\"pairs\":[],\"later\":"
                 "%s,\"model\":null}",
                 lists[i]);
        cr_expect_eq(pith_import_profile(pith, json, strlen(json), NULL, &error), PITH_INPUT);
        cr_expect(strstr(error.message, "later"), "%s", error.message);
    }
    pith_close(pith);
}

/* As lines of votes write it. */
Test(later, lines_of_votes_set_papers_aside)
{
    static const char lines[] = "{\"id\":\"2401.00001\",\"vote\":\"later\"}\n{\"id\":\"2401.00002\",\"vote\":\"later\"}\n"
                                "{\"id\":\"2401.00002\",\"vote\":\"done\"}\n";
    static const char listing[] = "{\"id\":\"2401.00001\",\"title\":\"Kites in a mild "
                                  "wind\"}\n{\"id\":\"2401.00002\",\"title\":\"Kites in a strong wind\"}\n";
    struct pith *pith = open_home(testing_folder(), true);
    struct pith_import_report report;
    struct pith_ranked *paper;
    cr_assert_eq(pith_import(pith, listing, strlen(listing), 19700, &report, NULL), PITH_OK);
    const struct pith_lines_request request = {.size = sizeof request, .bytes = lines, .length = strlen(lines), .today = 20000};
    cr_assert_eq(pith_record_lines(pith, &request, NULL, NULL), PITH_OK);
    struct pith_votes *list = later(pith);
    cr_assert_eq(list->count, 1);
    cr_expect_str_eq(list->item[0].key, "arxiv:2401.00001");
    cr_expect_str_eq(list->item[0].title, "Kites in a mild wind");
    cr_expect_eq(list->item[0].verdict, PITH_LATER);
    pith_votes_free(list);
    cr_assert_eq(pith_show(pith, "arxiv:2401.00001", 0, &paper, NULL), PITH_OK);
    cr_expect(paper->later);
    cr_expect_eq(paper->verdict, 0);
    pith_ranked_free(paper);
    pith_close(pith);
}
