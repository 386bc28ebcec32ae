/* What is known of a paper, from its listing to whoever reads it. */
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char listing[] =
    "{\"id\":\"2401.00001\",\"title\":\"Kites in a mild wind\",\"abstract\":\"We fly kites.\",\"authors\":[\"Ada "
    "Brown\",\"Ben Cole\"],"
    "\"categories\":[\"cs.RO\",\"cs.LG\"],\"organisations\":[\"Kite Lab\",\"Kite Lab\",7,\"Wind "
    "\\u00dcniversity\"],\"date\":\"2024-01-05\","
    "\"code\":\"https://git.example/kites\",\"project\":\"javascript:alert(1)\"}\n"
    "{\"id\":\"10.1000/kite.2\",\"title\":\"Kites in a strong "
    "wind\",\"pdf\":\"https://files.example/two.pdf\",\"url\":\"ftp://files.example/two\","
    "\"date\":\"2024-01-05\"}\n"
    "{\"title\":\"Kites without a name\",\"abstract\":\"They have none.\",\"date\":\"2024-01-05\"}\n";

static struct pith *open_home(const char *folder)
{
    struct pith *pith;
    struct pith_import_report report;
    struct pith_error error;
    cr_assert_eq(pith_open(folder, true, &pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(pith, listing, strlen(listing), 0, &report, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(report.added, 3);
    return pith;
}

static void check_first(const struct pith_facts *facts)
{
    cr_assert_eq(facts->authors.count, 2);
    cr_expect_str_eq(facts->authors.item[1], "Ben Cole");
    cr_assert_eq(facts->categories.count, 2);
    cr_expect_str_eq(facts->categories.item[0], "cs.RO");
    cr_assert_eq(facts->organisations.count, 2, "the same again and what is no name are left out");
    cr_expect_str_eq(facts->organisations.item[1], "Wind \xC3\x9Cniversity");
    cr_expect_str_eq(facts->abstract, "We fly kites.");
    cr_expect_str_eq(facts->pdf, "https://arxiv.org/pdf/2401.00001");
    cr_expect_str_eq(facts->code, "https://git.example/kites");
    cr_expect_null(facts->project, "no address of the web, no link");
    cr_expect_null(facts->doi);
    cr_expect_eq(facts->published, PITH_NO_DAY);
    cr_expect_eq(facts->upvotes, -1);
}

Test(facts, show_tells_what_a_listing_told, .description = "also with the profile locked")
{
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder);
    struct pith_ranked *paper;
    struct pith_error error;
    cr_assert_eq(pith_show(pith, "arxiv:2401.00001", 3, &paper, &error), PITH_OK, "%s", error.message);
    check_first(&paper->facts);
    cr_expect_str_eq(paper->url, "https://arxiv.org/abs/2401.00001");
    cr_expect_eq(paper->rank, 0);
    cr_expect_eq(paper->reason_count, 0);
    pith_ranked_free(paper);

    cr_assert_eq(pith_show(pith, "doi:10.1000/kite.2", 3, &paper, &error), PITH_OK, "%s", error.message);
    cr_expect_str_eq(paper->url, "https://doi.org/10.1000/kite.2", "the page that was told is none");
    cr_expect_str_eq(paper->facts.doi, "https://doi.org/10.1000/kite.2");
    cr_expect_str_eq(paper->facts.pdf, "https://files.example/two.pdf");
    cr_expect_str_eq(paper->facts.abstract, "");
    cr_expect_eq(paper->facts.authors.count, 0);
    pith_ranked_free(paper);

    paper = NULL;
    cr_expect_eq(pith_show(pith, "arxiv:2401.09999", 3, &paper, &error), PITH_NOT_FOUND);
    cr_expect_null(paper);
    pith_close(pith);
}

Test(facts, rankings_and_searches_tell_them_too)
{
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder);
    const struct pith_rank_request rank = {.size = sizeof rank, .all = true};
    const struct pith_search_request search = {.size = sizeof search, .limit = 1};
    struct pith_ranking *ranking;
    struct pith_error error;
    cr_assert_eq(pith_rank(pith, &rank, &ranking, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(ranking->count, 3);
    check_first(&ranking->item[0].facts);
    pith_ranking_free(ranking);
    cr_assert_eq(pith_search(pith, "mild", &search, &ranking, &error), PITH_OK, "%s", error.message);
    check_first(&ranking->item[0].facts);
    pith_ranking_free(ranking);
    pith_close(pith);
}

/* Two records of one paper, in both orders: nothing of either is lost, and the order does not show. */
Test(facts, merging_keeps_links_and_organisations)
{
    static const char one[] = "{\"id\":\"2401.00007\",\"title\":\"Kites that meet\",\"organisations\":[\"Kite "
                              "Lab\"],\"pdf\":\"https://b.example/7\"}\n";
    static const char other[] =
        "{\"id\":\"2401.00007\",\"title\":\"Kites that meet\",\"organisations\":[\"Wind House\",\"Kite Lab\"],"
        "\"pdf\":\"https://a.example/7\",\"project\":\"https://p.example/\"}\n";
    for (int turned = 0; turned < 2; turned++) {
        const char *folder = testing_folder();
        struct pith *pith;
        struct pith_import_report report;
        struct pith_ranked *paper;
        cr_assert_eq(pith_open(folder, true, &pith, NULL), PITH_OK);
        for (int i = 0; i < 2; i++) {
            const char *text = (i ^ turned) ? other : one;
            cr_assert_eq(pith_import(pith, text, strlen(text), 19700, &report, NULL), PITH_OK);
        }
        cr_assert_eq(pith_show(pith, "arxiv:2401.00007", 0, &paper, NULL), PITH_OK);
        cr_expect_eq(paper->facts.organisations.count, 2);
        cr_expect_str_eq(paper->facts.pdf, "https://a.example/7");
        cr_expect_str_eq(paper->facts.project, "https://p.example/");
        pith_ranked_free(paper);
        pith_close(pith);
    }
}

/* The digest keeps what it said; what is known of its papers is as the store has it. */
Test(facts, a_digest_tells_them)
{
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder);
    struct pith_digest *digest;
    struct pith_error error;
    int32_t day;
    cr_assert(pith_day_from_text("2024-01-05", &day));
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(pith_claim_digest(pith, day, (int64_t)day * 86400 + 21600, &digest, &error), PITH_OK, "%s", error.message);
        cr_assert_eq(digest->count, 3);
        check_first(&digest->item[0].facts);
        pith_digest_free(digest);
    }
    pith_close(pith);
}

/* The byline of a page names who a paper comes from, where it does not count its authors. */
Test(facts, a_page_as_text_tells_organisations)
{
    static const char page[] =
        "Subscribe\n\nDaily Papers\n\nbyAK and the research community\n\nMay 18\n\n"
        "First title\n\nIts abstract, longer than the title.\n\namazon Amazon Web Services\n\xC2\xB7\nApr 5 2\n\n"
        "Second title\n\nIts abstract, longer than the title.\n\nkites\n\xC2\xB7\nApr 5\n\n"
        "Third title\n\nIts abstract, longer than the title.\n\n  \xE2\x80\xA2 2 authors\n\xC2\xB7\nApr 5\n\n";
    static const char *const told[] = {"Amazon Web Services", "kites", NULL};
    const char *folder = testing_folder();
    const struct pith_rank_request request = {.size = sizeof request, .all = true};
    struct pith_import_report report;
    struct pith_ranking *ranking;
    struct pith *pith;
    cr_assert_eq(pith_open(folder, true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, page, strlen(page), 20591, &report, NULL), PITH_OK);
    cr_assert_eq(pith_rank(pith, &request, &ranking, NULL), PITH_OK);
    cr_assert_eq(ranking->count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct pith_names *names = &ranking->item[i].facts.organisations;
        cr_assert_eq(names->count, told[i] ? 1 : 0, "%s", ranking->item[i].title);
        if (told[i])
            cr_expect_str_eq(names->item[0], told[i]);
    }
    pith_ranking_free(ranking);
    pith_close(pith);
}
