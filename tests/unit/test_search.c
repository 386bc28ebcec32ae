#include "engine/intake/import.h"
#include "engine/ranking/search.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16 };

static void import_line(struct store *store, const char *line)
{
    struct pith_import_report report;
    struct pith_error error;
    cr_assert_eq(import_bytes(store, line, strlen(line), &(struct import_options){.today = 0, .embedding = testing_shipped},
                              &report, &error),
                 PITH_OK, "%s", error.message);
}

static struct store *open_with_papers(void)
{
    struct store *store = NULL;
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    import_line(store,
                "{\"id\":\"arXiv:2401.00001\",\"title\":\"Mending kites in the wind\",\"abstract\":\"We mend what the wind tore.\","
                "\"authors\":[\"Jos\xC3\xA9 Thread\",\"Ida Wind\"],\"categories\":[\"cs.RO\"],\"date\":\"2024-01-01\"}\n"
                "{\"id\":\"arXiv:2401.00002\",\"title\":\"A survey of strings\",\"abstract\":\"Strings hold kites and the like.\","
                "\"authors\":[\"Lou Gale\"],\"categories\":[\"math.GT\",\"cs.LG\"],\"date\":\"2024-01-02\"}\n"
                "{\"id\":\"arXiv:2401.00003\",\"title\":\"Sailing upwind\",\"abstract\":\"A boat, a kite, a calm sea.\","
                "\"authors\":[\"Ida Gale\"],\"categories\":[\"physics.ao-ph\"],\"date\":\"2024-01-03\"}\n");
    return store;
}

/* The last digits of what is found, in order: "13". */
static const char *find(struct store *store, const char *query)
{
    static char found[MOST + 1];
    int64_t ids[MOST];
    size_t count = 0;
    struct pith_error error;
    cr_assert_eq(search_papers(store, &(struct search_wanted){.query = query, .most = MOST}, ids, &count, &error), PITH_OK,
                 "%s: %s", query, error.message);
    for (size_t i = 0; i < count; i++) {
        char key[PAPER_KEY_SIZE];
        cr_assert_eq(store_paper_key(store, ids[i], key, NULL), PITH_OK);
        found[i] = key[strlen(key) - 1];
    }
    found[count] = '\0';
    return found;
}

Test(search, tokens_are_found_in_any_form_and_all_of_them)
{
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    cr_expect_str_eq(find(store, "mended"), "1");
    cr_expect_str_eq(find(store, "KITE"), "132", "the title weighs most, then the shorter text");
    cr_expect_str_eq(find(store, "kite wind"), "1");
    cr_expect_str_eq(find(store, "kite AND wind"), "1");
    cr_expect_str_eq(find(store, "nothing"), "");
    cr_expect_str_eq(find(store, "kite -strings"), "13");
    cr_expect_str_eq(find(store, "boat OR strings"), "23");
    cr_expect_str_eq(find(store, "boat OR strings survey"), "2");
    cr_expect_str_eq(find(store, "up*"), "3");
}

Test(search, phrases_and_fields)
{
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    cr_expect_str_eq(find(store, "\"hold kites\""), "2");
    cr_expect_str_eq(find(store, "\"kites hold\""), "");
    cr_expect_str_eq(find(store, "title:wind"), "1");
    cr_expect_str_eq(find(store, "title:kite"), "1");
    cr_expect_str_eq(find(store, "author:wind"), "1");
    cr_expect_str_eq(find(store, "author:\"ida gale\""), "3");
    cr_expect_str_eq(find(store, "author:jose"), "1", "accents do not matter");
    cr_expect_str_eq(find(store, "category:cs.LG"), "2");
    cr_expect_str_eq(find(store, "kite -author:gale"), "1");
    cr_expect_str_eq(find(store, "\"hold kit\"*"), "2");
}

Test(search, listing_days_bound_it)
{
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    cr_expect_str_eq(find(store, "kite since:2024-01-02"), "32");
    cr_expect_str_eq(find(store, "kite until:2024-01-02"), "12");
    cr_expect_str_eq(find(store, "kite since:2024-01-02 until:2024-01-02"), "2");
}

Test(search, what_makes_no_sense_is_said)
{
    static const char *const senseless[] = {
        "", "   ", "-kite", "since:2024-01-01", "kite since:yesterday", "\"", "title:", "+++", "(", "kite )"};
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    int64_t ids[MOST];
    size_t count;
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        struct pith_error error = {0};
        cr_expect_eq(search_papers(store, &(struct search_wanted){.query = senseless[i], .most = MOST}, ids, &count, &error),
                     PITH_USAGE, "\"%s\"", senseless[i]);
        cr_expect(*error.message);
    }
    char longer[SEARCH_MAX_QUERY + 2];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_expect_eq(search_papers(store, &(struct search_wanted){.query = longer, .most = MOST}, ids, &count, NULL), PITH_USAGE);
}

Test(search, marks_of_the_index_mean_only_themselves)
{
    static const char *const harmless[] = {"kite) OR (a",
                                           "col:kite",
                                           "kite^2",
                                           "NEAR(kite wind)",
                                           "kite NOT wind",
                                           "ki\\te",
                                           "kite'; DROP TABLE papers",
                                           "a* b*",
                                           "authors:x",
                                           "{title}:kite",
                                           "OR kite",
                                           "kite OR",
                                           "\"unclosed kite"};
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        find(store, harmless[i]);
    cr_expect_str_eq(find(store, "kite"), "132");
}

Test(search, the_index_follows_the_papers)
{
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    cr_expect_str_eq(find(store, "tore"), "1");
    import_line(store, "{\"id\":\"arXiv:2401.00004\",\"title\":\"New silk\",\"abstract\":\"Silk.\",\"date\":\"2024-01-04\"}\n");
    cr_expect_str_eq(find(store, "silk"), "4");
    /* A better text takes the place of a library's. */
    import_line(
        store,
        "{\"id\":\"doi:10.1/k\",\"title\":\"An old name of a paper\",\"abstract\":\"Old words.\",\"date\":\"2024-01-04\"}\n");
    cr_expect_str_eq(find(store, "old words"), "k");
    import_line(store, "@article{k, title = {An old name of a paper}, doi = {10.1/k}, abstract = {Aged words.}}");
    cr_expect_str_eq(find(store, "aged"), "k");
    cr_expect_str_eq(find(store, "\"old words\""), "");
}

Test(search, joined_papers_are_found_once)
{
    PITH_AUTO(store_close_p) struct store *store = open_with_papers();
    import_line(store, "{\"id\":\"doi:10.1/7\",\"title\":\"Paper of twins\",\"abstract\":\"Twins.\",\"date\":\"2024-01-04\"}\n"
                       "{\"id\":\"s2:8\",\"title\":\"Another name\",\"abstract\":\"Twins too.\",\"date\":\"2024-01-04\"}\n");
    cr_expect_eq(strlen(find(store, "twins")), 2);
    import_line(store, "@article{k, title = {Paper of twins}, doi = {10.1/7}, url = {https://www.semanticscholar.org/paper/8}}");
    import_line(store, "[{\"paperId\":\"8\",\"externalIds\":{\"DOI\":\"10.1/7\"},\"title\":\"Paper of twins\",\"abstract\":null}]");
    cr_expect_eq(strlen(find(store, "twins")), 1);
}

/* ---- through the door ---- */

static struct pith *open_pith(void)
{
    struct pith *pith = NULL;
    struct pith_import_report report;
    size_t length;
    PITH_AUTO(pith_free_p) char *lines = testing_papers(20, &length);
    cr_assert_eq(pith_open(testing_folder(), true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, lines, length, testing_day(1), &report, NULL), PITH_OK);
    return pith;
}

static void vote(struct pith *pith, unsigned paper, int verdict)
{
    struct pith_vote one = {.paper = testing_paper_key(paper), .verdict = verdict, .day = testing_day(20)};
    cr_assert_eq(pith_record(pith, &one, 1, NULL, NULL), PITH_OK);
}

Test(search, a_page_can_be_in_the_order_of_its_reader)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_pith();
    struct pith_search_request request = {.size = sizeof request, .mine = true, .reasons = 2, .remember = true};
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *relevant = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *mine = NULL;
    cr_assert_eq(pith_search(pith, "category:cs OR category:math OR category:stat OR category:q", &request, &mine, NULL),
                 PITH_LOCKED);
    cr_assert_eq(pith_create_profile(pith, "secret", 6, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "secret", 6, 0, NULL), PITH_OK);
    for (unsigned i = 0; i < 6; i++) {
        vote(pith, 100 + i, 1);
        vote(pith, i, -1);
    }
    struct pith_ranking *some = NULL;
    struct pith_rank_request everything = {.size = sizeof everything, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .all = true};
    cr_assert_eq(pith_rank(pith, &everything, &some, NULL), PITH_OK);
    char query[64];
    snprintf(query, sizeof query, "%.*s", (int)strcspn(some->item[0].title, " "), some->item[0].title);
    pith_ranking_free(some);
    request.mine = false;
    cr_assert_eq(pith_search(pith, query, &request, &relevant, NULL), PITH_OK);
    request.mine = true;
    cr_assert_eq(pith_search(pith, query, &request, &mine, NULL), PITH_OK);
    cr_expect_eq(mine->listed, relevant->listed);
    cr_assert_gt(mine->count, 1);
    for (size_t i = 1; i < mine->count; i++)
        cr_expect_geq(mine->item[i - 1].score, mine->item[i].score);
    PITH_AUTO(pith_papers_free_p) struct pith_papers *first = NULL;
    cr_assert_eq(pith_find(pith, "1", &first, NULL), PITH_OK);
    cr_expect_str_eq(first->item[0].key, mine->item[0].key, "what was found can be voted on by its rank");
    cr_expect_eq(pith_search(pith, "qqqqq", &request, &some, NULL), PITH_NOT_FOUND);
}
