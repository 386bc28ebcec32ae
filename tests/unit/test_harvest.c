#include "engine/intake/fetch/harvest.h"

#include <criterion/criterion.h>
#include <string.h>

static int32_t day(const char *text)
{
    int32_t got = 0;
    cr_assert(days_from_text(text, strlen(text), &got));
    return got;
}

static struct harvest_source parse(const char *name)
{
    struct harvest_source source;
    struct pith_error error;
    cr_assert_eq(harvest_parse(name, &source, &error), PITH_OK, "%s", error.message);
    return source;
}

static struct harvest start(const char *name, int32_t last, int32_t since)
{
    struct harvest harvest;
    struct harvest_source source = parse(name);
    cr_assert_eq(harvest_start(&harvest, &source, NULL, last, since, day("2024-01-10"), NULL), PITH_OK);
    return harvest;
}

static void step(struct harvest *harvest, const char *body, size_t records)
{
    cr_assert_eq(harvest_step(harvest, body, strlen(body), records, NULL), PITH_OK);
}

Test(harvest, names_of_sources)
{
    static const char *const bad[] = {
        "",      "arxiv",    "arxiv:",    "arxiv:cs.LG+",   "arxiv:../x",   "arxiv:cs LG", "openreview:",  "ftp://x/y",
        "cs.LG", "hf:today", "arxiv:1.2", "openreview:a b", "https://x/ y", "gopher:x",    "arxiv:cs..LG", "http"};
    cr_expect_eq(parse("arxiv:cs.LG+hep-th").service, HARVEST_ARXIV);
    cr_expect_eq(parse("HF").service, HARVEST_HF);
    cr_expect_eq(parse("biorxiv").service, HARVEST_BIORXIV);
    cr_expect_str_eq(parse("medrxiv:infectious diseases").argument, "infectious diseases");
    cr_expect_str_eq(parse("openreview:ICLR.cc/2025/Conference").argument, "ICLR.cc/2025/Conference");
    cr_expect_str_eq(parse("https://example.org/feed?x=1").argument, "https://example.org/feed?x=1");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct harvest_source source;
        cr_expect_eq(harvest_parse(bad[i], &source, NULL), PITH_USAGE, "%s", bad[i]);
    }
    char longer[HARVEST_MAX_NAME + 8];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    memcpy(longer, "https://", 8);
    struct harvest_source source;
    cr_expect_eq(harvest_parse(longer, &source, NULL), PITH_USAGE);
}

Test(harvest, a_days_feed_is_one_request)
{
    struct harvest harvest = start("arxiv:cs.LG+cs.CL", day("2024-01-09"), PITH_NO_DAY);
    cr_expect_str_eq(harvest.url, "https://rss.arxiv.org/rss/cs.LG+cs.CL");
    step(&harvest, "<rss/>", 7);
    cr_expect(harvest.done);
    cr_expect_eq(harvest.announced, 7);
    harvest = start("https://example.org/feed", PITH_NO_DAY, PITH_NO_DAY);
    cr_expect_str_eq(harvest.url, "https://example.org/feed");
}

Test(harvest, the_past_goes_from_page_to_page_and_category_to_category)
{
    struct harvest harvest = start("arxiv:cs.LG+hep-th+physics.optics+math", PITH_NO_DAY, day("2024-01-02"));
    cr_expect_str_eq(harvest.url,
                     "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2024-01-02&set=cs:cs:LG");
    step(&harvest, "<OAI-PMH><resumptionToken expires='x'>verb%3DListRecords&amp;skip</resumptionToken></OAI-PMH>", 2000);
    cr_expect_str_eq(harvest.url, "https://oaipmh.arxiv.org/oai?verb=ListRecords&resumptionToken=verb%253DListRecords%26skip");
    step(&harvest, "<OAI-PMH><resumptionToken/></OAI-PMH>", 3);
    cr_expect(strstr(harvest.url, "set=physics:hep-th"), "%s", harvest.url);
    step(&harvest, "<OAI-PMH/>", 0);
    cr_expect(strstr(harvest.url, "set=physics:physics:optics"), "%s", harvest.url);
    step(&harvest, "<OAI-PMH><resumptionToken></resumptionToken></OAI-PMH>", 0);
    cr_expect(strstr(harvest.url, "set=math"), "%s", harvest.url);
    cr_expect_not(harvest.done);
    step(&harvest, "", 0);
    cr_expect(harvest.done);
    cr_expect_eq(harvest.announced, 2003);
    cr_expect(harvest_is_stale("<error code=\"badResumptionToken\">", 34));
    cr_expect_not(harvest_is_stale("<error code=\"noRecordsMatch\">", 30));
}

Test(harvest, daily_papers_are_asked_for_day_by_day)
{
    struct harvest harvest = start("hf", day("2024-01-09"), PITH_NO_DAY);
    cr_expect_str_eq(harvest.url, "https://huggingface.co/api/daily_papers?date=2024-01-09&limit=100&p=0");
    step(&harvest, "[]", 100);
    cr_expect_str_eq(harvest.url, "https://huggingface.co/api/daily_papers?date=2024-01-09&limit=100&p=1",
                     "a full page is not the last");
    step(&harvest, "[]", 3);
    cr_expect_str_eq(harvest.url, "https://huggingface.co/api/daily_papers?date=2024-01-10&limit=100&p=0");
    step(&harvest, "[]", 0);
    cr_expect(harvest.done);
    harvest = start("hf", day("2020-01-01"), PITH_NO_DAY);
    cr_expect_eq(harvest.from, day("2024-01-10") - HARVEST_MOST_DAYS, "of a long absence not all");
    harvest = start("hf", PITH_NO_DAY, PITH_NO_DAY);
    cr_expect(strstr(harvest.url, "date=2024-01-10"), "%s", harvest.url);
}

Test(harvest, pages_go_on_until_all_came)
{
    struct harvest harvest = start("biorxiv:cell biology", day("2024-01-09"), PITH_NO_DAY);
    cr_expect_str_eq(harvest.url, "https://api.biorxiv.org/details/biorxiv/2024-01-06/2024-01-10/0/json?category=cell%20biology");
    step(&harvest, "{\"messages\":[{\"status\":\"ok\",\"total\":\"70\"}]}", 30);
    cr_expect(strstr(harvest.url, "/30/json"), "%s", harvest.url);
    step(&harvest, "{\"messages\":[{\"status\":\"ok\",\"total\":70}]}", 30);
    step(&harvest, "{\"messages\":[{\"status\":\"ok\",\"total\":\"70\"}]}", 10);
    cr_expect(harvest.done);
    cr_expect_eq(harvest.announced, 70);
    harvest = start("biorxiv", day("2024-01-09"), PITH_NO_DAY);
    step(&harvest, "{\"messages\":[{\"status\":\"ok\",\"total\":\"70\"}]}", 30);
    step(&harvest, "{\"messages\":[{\"status\":\"ok\",\"total\":\"70\"}]}", 0);
    cr_expect(harvest.done, "an empty page ends it");
    cr_expect_eq(harvest.announced, 70, "and the shortfall shows");
    harvest = start("openreview:ICLR.cc/2025/Conference", PITH_NO_DAY, PITH_NO_DAY);
    cr_expect_str_eq(harvest.url, "https://api2.openreview.net/notes?content.venueid=ICLR.cc/2025/Conference&limit=1000&offset=0");
    step(&harvest, "{\"notes\":[]}", 1000);
    cr_expect(strstr(harvest.url, "offset=1000"), "%s", harvest.url);
    step(&harvest, "{\"notes\":[]}", 999);
    cr_expect(harvest.done);
}

Test(harvest, a_mirror_is_asked_instead)
{
    struct harvest harvest;
    struct harvest_source source = parse("hf");
    cr_assert_eq(
        harvest_start(&harvest, &source, "https://mirror.example.org/hf", PITH_NO_DAY, PITH_NO_DAY, day("2024-01-10"), NULL),
        PITH_OK);
    cr_expect_eq(strncmp(harvest.url, "https://mirror.example.org/hf/api/daily_papers?", 47), 0, "%s", harvest.url);
}

Test(harvest, weekends_are_not_missed)
{
    cr_expect_eq(harvest_days_missed(day("2024-01-05"), day("2024-01-08")), 0, "Friday to Monday");
    cr_expect_eq(harvest_days_missed(day("2024-01-05"), day("2024-01-09")), 1);
    cr_expect_eq(harvest_days_missed(day("2024-01-08"), day("2024-01-12")), 3);
    cr_expect_eq(harvest_days_missed(day("2024-01-08"), day("2024-01-08")), 0);
    cr_expect_eq(harvest_days_missed(PITH_NO_DAY, day("2024-01-08")), 0);
}
