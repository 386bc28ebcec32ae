#include "api/render/digest_html.h"
#include "tests/lib/digests.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *render(const struct pith_digest *digest)
{
    struct base_url base_url;
    char *html = NULL;
    cr_assert_eq(base_url_read("https://pith.example.org/mine", &base_url, NULL), PITH_OK);
    base_url.answers = true;
    cr_assert_eq(digest_html(digest, &base_url, &html, NULL), PITH_OK);
    return html;
}

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        count++;
    return count;
}

Test(digest_html, says_all_that_the_digest_holds)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *html = render(digest);
    static const char *const expected[] = {
        "<html lang=\"en\">",
        ">3 papers for you</h1>",
        "Thursday 26 November 2026",
        "overflow:hidden\">Also: ",
        "Chosen from 120 papers listed on Thu 26 Nov. Expect to like about 2.0 of those for you, and to miss about 1.3",
        "arXiv posted nothing on Wed 25 Nov.",
        "Learnt from 3 new votes; &quot;enzyme&quot; gained the most.",
        ">For you</h2>",
        ">Exploring</h2>",
        ">You may have missed</h2>",
        "Ada Brown, Ben Cole and 5 others",
        "because you liked &quot;Kites&quot;; diffusion models, protein",
        "Proteins fold by themselves, and a model that undoes noise learns how.",
        "href=\"https://arxiv.org/pdf/2611.00001\"",
        "https://pith.example.org/mine/?day=20261126",
        "https://pith.example.org/mine/settings",
        "cross-listed",
        "new version",
        "withdrawn",
        "listed Mon 23 Nov",
        "https://pith.example.org/mine/u/stop_",
        "href=\"https://doi.org/10.1101/2026.11.20.000002\"",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_expect(strstr(html, expected[i]), "\"%s\" is missing", expected[i]);
    cr_expect_eq(times(html, "https://pith.example.org/mine/t/up-"), 5);
    cr_expect_eq(times(html, "https://pith.example.org/mine/t/down-"), 5);
    cr_expect_eq(times(html, ">Like</a>"), 5);
    cr_expect_eq(times(html, "aria-label=\"Not for me: number 4\""), 1);
}

Test(digest_html, shows_a_chance_only_where_there_is_one)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL), *unlearned = digests_unlearned();
    digest->item[1].probability = NAN;
    digest->item[2].probability = 0.999;
    PITH_AUTO(pith_free_p) char *html = render(digest), *without = render(unlearned);
    cr_expect(strstr(html, ">92%</strong>"));
    cr_expect_not(strstr(html, "72%"));
    cr_expect(strstr(html, ">&gt;99%</strong>"));
    cr_expect(strstr(html, "A percentage is the chance"));
    cr_expect_not(strstr(without, "<strong"));
    cr_expect_not(strstr(without, "A percentage"));
    cr_expect(strstr(without, "There are no votes yet"));
}

Test(digest_html, gives_no_thumbs_to_whoever_may_not_vote)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_unlearned();
    PITH_AUTO(pith_free_p) char *html = render(digest);
    cr_expect_not(strstr(html, "/t/"));
    cr_expect_not(strstr(html, "answering this mail"));
    cr_expect(strstr(html, "/u/stop_"));
}

Test(digest_html, escapes_whatever_a_title_holds)
{
    PITH_AUTO(pith_digest_free_p)
    struct pith_digest *digest = digests_make(
        "<script>alert('x')</script> \"a\" & b</a><img src=x> \342\200\256\327\220 \357\277\277\001");
    free(digest->item[0].url);
    digest->item[0].url = strdup("https://example.org/\"onclick=\"x");
    free(digest->item[1].url);
    digest->item[1].url = strdup("javascript:alert(1)");
    PITH_AUTO(pith_free_p) char *html = render(digest);
    cr_expect_not(strstr(html, "<script"));
    cr_expect_not(strstr(html, "<img"));
    cr_expect_not(strstr(html, "javascript:"));
    cr_expect_not(strstr(html, "\"onclick"));
    cr_expect_not(strchr(html, 1));
    cr_expect_not(strstr(html, "\357\277\277"));
    cr_expect(strstr(html, "<bdi><a href=\"https://example.org/&quot;onclick=&quot;x\""));
    cr_expect(strstr(html, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &quot;a&quot; &amp; b&lt;/a&gt;"));
    cr_expect(strstr(html, "<bdi>A Survey of What Enzymes Do at Night</bdi>"), "a link that is none is text");
}

Test(digest_html, loads_nothing_and_runs_nothing)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *html = render(digest);
    static const char *const never[] = {"src=", "url(", "<script", "<link", "<img", "@import", "<iframe", "<form", "srcset"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        cr_expect_not(strstr(html, never[i]), "\"%s\" stands there", never[i]);
    for (const char *at = html; (at = strstr(at, "href=\"")); at++)
        cr_expect(strncmp(at + 6, "https://", 8) == 0);
}

Test(digest_html, is_shorter_than_mail_programs_clip_and_leads_to_the_rest)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_long(200);
    PITH_AUTO(pith_free_p) char *html = render(digest);
    cr_expect(strlen(html) < 95000, "%zu bytes", strlen(html));
    size_t shown = times(html, ">Like</a>");
    cr_expect(shown > 20 && shown < 200, "%zu papers", shown);
    char rest[40];
    snprintf(rest, sizeof rest, ">%zu more papers on the page</a>", 200 - shown);
    cr_expect(strstr(html, rest), "%s", rest);
}

Test(digest_html, says_what_is_missing_of_the_listings_once_at_its_foot)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *html = render(digest);
    const char *notice = strstr(html, "arXiv posted nothing");
    cr_assert(notice);
    cr_expect(notice > strstr(html, ">You may have missed</h2>"));
}

Test(digest_html, says_when_there_is_nothing_and_why_it_is_not_mailed)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_empty();
    PITH_AUTO(pith_free_p) char *html = render(digest);
    cr_expect(strstr(html, "Nothing new for you"));
    cr_expect(strstr(html, "No listing has come since the digest before."));
    cr_expect(strstr(html, "too little in it for an interruption"));
    digest->state = PITH_DIGEST_OFF;
    PITH_AUTO(pith_free_p) char *off = render(digest);
    cr_expect(strstr(off, "you have unsubscribed"));
}
