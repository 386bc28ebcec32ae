/* Whole runs over sources, in a world that answers by a script. */
#include "engine/crypto/vault.h"
#include "engine/intake/fetch/run.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ASKED = 64 };

struct answer { /* to the first address that holds `part` */
    const char *part, *body;
    int times; /* how often it is given; 0: always. Then the next one that fits */
    bool broken;
};

struct world {
    int64_t clock;
    const struct answer *answer;
    int given[MOST_ASKED];
    size_t asked;
    char url[MOST_ASKED][512];
};

static int64_t now(void *user)
{
    return ((struct world *)user)->clock;
}

static void sleep_on(void *user, int64_t milliseconds)
{
    ((struct world *)user)->clock += milliseconds;
}

static enum pith_status get(void *user, const struct http_request *request, struct http_answer *ret_answer,
                            struct pith_error *reterr)
{
    struct world *world = user;
    cr_assert_lt(world->asked, MOST_ASKED);
    snprintf(world->url[world->asked++], sizeof *world->url, "%s", request->url);
    for (size_t i = 0; world->answer[i].part; i++) {
        const struct answer *answer = &world->answer[i];
        if (!strstr(request->url, answer->part) || (answer->times && world->given[i] >= answer->times))
            continue;
        world->given[i]++;
        if (answer->broken)
            return pith_fail(reterr, PITH_USAGE, "the wire was cut");
        *ret_answer = (struct http_answer){.code = 200,
                                           .retry_after = -1,
                                           .type = "application/xml",
                                           .body = strdup(answer->body),
                                           .length = strlen(answer->body)};
        return PITH_OK;
    }
    *ret_answer = (struct http_answer){.code = 404, .retry_after = -1, .body = strdup("")};
    return PITH_OK;
}

static int32_t day(const char *text)
{
    int32_t got = 0;
    cr_assert(days_from_text(text, strlen(text), &got));
    return got;
}

static struct store *open_new(void)
{
    struct store *store = NULL;
    cr_assert_eq(vault_start(NULL), PITH_OK);
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    return store;
}

static struct pith_receipt fetch(struct store *store, struct world *world, const char *source, const char *today, const char *since,
                                 const struct answer *answers)
{
    struct pith_receipt receipt;
    struct pith_error error;
    *world = (struct world){.clock = 1000, .answer = answers};
    const struct throttle_world functions = {now, sleep_on, get, world};
    const struct pith_fetch_request request = {.size = sizeof request,
                                               .source = source,
                                               .name = "it",
                                               .today = day(today),
                                               .since = since ? day(since) : PITH_NO_DAY,
                                               .time = 1};
    cr_assert_eq(fetch_source(store, NULL, &request, &functions, &receipt, &error), PITH_OK, "%s", error.message);
    return receipt;
}

#define FEED(date, items) "<rss><channel><pubDate>" date " 00:00:00 -0500</pubDate>" items "</channel></rss>"
#define ITEM(id, date)                                                                                                             \
    "<item><guid>oai:arXiv.org:" id "v1</guid><title>Paper " id "</title><description>arXiv:" id                                   \
    "v1 Announce Type: new \nAbstract: Text.</description><category>cs.LG</category><pubDate>" date                                \
    " 00:00:00 -0500</pubDate></item>"
#define RECORD(id)                                                                                                                 \
    "<record><header/><metadata><arXivRaw><id>" id "</id><title>Paper " id                                                         \
    "</title><abstract>Text.</abstract><authors>I. Wind</authors>"                                                                 \
    "<categories>cs.LG</categories></arXivRaw></metadata></record>"
#define PAGE(records, token) "<OAI-PMH><ListRecords>" records "<resumptionToken>" token "</resumptionToken></ListRecords></OAI-PMH>"

#define FRIDAY "Fri, 05 Jan 2024"
#define TUESDAY "Tue, 09 Jan 2024"

static const struct answer friday[] = {{"/rss/", FEED(FRIDAY, ITEM("2401.00001", FRIDAY) ITEM("2401.00002", FRIDAY)), 0, false},
                                       {0}};

Test(fetch, days_that_were_missed_are_asked_for)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    struct pith_receipt receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-05", NULL, friday);
    cr_expect_eq(receipt.added, 2);
    cr_expect_eq(world.asked, 1, "the first time nothing was missed");
    const struct answer tuesday[] = {{"/rss/", FEED(TUESDAY, ITEM("2401.00009", TUESDAY)), 0, false},
                                     {"/oai?verb=ListRecords&metadataPrefix", PAGE(RECORD("2401.00007"), "t1"), 0, false},
                                     {"resumptionToken=t1", PAGE(RECORD("2401.00008"), ""), 0, false},
                                     {0}};
    receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-09", NULL, tuesday);
    cr_expect_eq(receipt.added, 3, "Monday's too");
    cr_expect_eq(receipt.fetched, 3);
    cr_expect(strstr(world.url[1], "from=2024-01-02"), "from some days before, as sources are late: %s", world.url[1]);
    cr_expect_str_eq(receipt.failure, "");
    cr_expect(strstr(receipt.note, "missed"), "%s", receipt.note);
}

Test(fetch, a_weekend_is_no_gap_and_an_empty_feed_is_said)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    fetch(store, &world, "arxiv:cs.LG", "2024-01-05", NULL, friday);
    const struct answer none[] = {{"/rss/", FEED("Sat, 06 Jan 2024", ""), 0, false}, {0}};
    struct pith_receipt receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-06", NULL, none);
    cr_expect_eq(world.asked, 1);
    cr_expect_str_eq(receipt.note, "arXiv announced nothing");
}

Test(fetch, yesterdays_feed_is_noticed)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    fetch(store, &world, "arxiv:cs.LG", "2024-01-05", NULL, friday);
    struct pith_receipt receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-08", NULL, friday);
    cr_expect(strstr(receipt.note, "still is that of 2024-01-05"), "%s", receipt.note);
    const struct answer dated_anew[] = {
        {"/rss/", FEED("Mon, 08 Jan 2024", ITEM("2401.00001", "Mon, 08 Jan 2024") ITEM("2401.00002", "Mon, 08 Jan 2024")), 0,
         false},
        {"/oai", PAGE(RECORD("2401.00003"), ""), 0, false},
        {0}};
    receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-08", NULL, dated_anew);
    cr_expect(strstr(receipt.note, "old feed under a new date"), "%s", receipt.note);
    cr_expect_eq(receipt.added, 1, "the day was asked for in another way");
}

Test(fetch, a_harvest_that_was_cut_goes_on_there)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    const struct answer cut[] = {{"set=cs:cs:LG", PAGE(RECORD("2401.00001"), "t1"), 0, false},
                                 {"resumptionToken=t1", PAGE(RECORD("2401.00002"), "t2"), 0, false},
                                 {"resumptionToken=t2", NULL, 0, true},
                                 {0}};
    struct pith_receipt receipt = fetch(store, &world, "arxiv:cs.LG+cs.CL", "2024-01-09", "2024-01-02", cut);
    cr_expect_eq(receipt.added, 2, "what came is kept");
    cr_expect(strstr(receipt.failure, "wire was cut"), "%s", receipt.failure);
    const struct answer whole[] = {{"resumptionToken=t2", PAGE(RECORD("2401.00003"), ""), 0, false},
                                   {"set=cs:cs:CL", PAGE(RECORD("2401.00004"), ""), 0, false},
                                   {"/rss/", FEED(TUESDAY, ITEM("2401.00005", TUESDAY)), 0, false},
                                   {0}};
    receipt = fetch(store, &world, "arxiv:cs.LG+cs.CL", "2024-01-09", NULL, whole);
    cr_expect(strstr(world.url[0], "resumptionToken=t2"), "%s", world.url[0]);
    cr_expect(strstr(world.url[1], "set=cs:cs:CL"), "%s", world.url[1]);
    cr_expect_eq(receipt.added, 3);
    cr_expect_str_eq(receipt.failure, "");
    receipt = fetch(store, &world, "arxiv:cs.LG+cs.CL", "2024-01-09", NULL, whole + 2);
    cr_expect_eq(world.asked, 1, "and is over");
}

Test(fetch, a_place_that_expired_begins_anew_once)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    static const char stale[] = "<OAI-PMH><error code=\"badResumptionToken\">expired</error></OAI-PMH>";
    const struct answer once[] = {{"set=cs:cs:LG", PAGE(RECORD("2401.00001"), "t1"), 0, false},
                                  {"resumptionToken=t1", stale, 1, false},
                                  {"resumptionToken=t1", PAGE(RECORD("2401.00002"), ""), 0, false},
                                  {0}};
    struct pith_receipt receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-09", "2024-01-02", once);
    cr_expect_str_eq(receipt.failure, "");
    cr_expect_eq(receipt.added, 2);
    const struct answer always[] = {
        {"set=cs:cs:LG", PAGE(RECORD("2401.00001"), "t1"), 0, false}, {"resumptionToken=t1", stale, 0, false}, {0}};
    receipt = fetch(store, &world, "arxiv:cs.LG", "2024-01-09", "2024-01-02", always);
    cr_expect(*receipt.failure);
    cr_expect_lt(world.asked, 6);
}

static char *daily(const char *date, unsigned first, unsigned count)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    fputc('[', out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out,
                "%s{\"paper\":{\"id\":\"2401.%05u\",\"title\":\"Paper "
                "%u\",\"summary\":\"Text.\",\"authors\":[],\"submittedOnDailyAt\":\"%sT00:00:00.000Z\"}}",
                i ? "," : "", first + i, first + i, date);
    fputc(']', out);
    fclose(out);
    return text;
}

Test(fetch, a_page_that_still_fills_is_said)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    PITH_AUTO(pith_free_p) char *monday = daily("2024-01-08", 100, 20);
    PITH_AUTO(pith_free_p) char *early = daily("2024-01-09", 200, 3);
    PITH_AUTO(pith_free_p) char *late = daily("2024-01-09", 200, 19);
    struct world world;
    const struct answer full[] = {{"date=2024-01-08", monday, 0, false}, {0}};
    const struct answer half[] = {{"date=2024-01-08", monday, 0, false}, {"date=2024-01-09", early, 0, false}, {0}};
    const struct answer later[] = {{"date=2024-01-09", late, 0, false}, {0}};
    struct pith_receipt receipt = fetch(store, &world, "hf", "2024-01-08", NULL, full);
    cr_expect_str_eq(receipt.note, "");
    receipt = fetch(store, &world, "hf", "2024-01-09", NULL, half);
    cr_expect_str_eq(receipt.note, "3 papers so far today, where 20 are usual: fetch again later");
    receipt = fetch(store, &world, "hf", "2024-01-09", NULL, later);
    cr_expect_str_eq(receipt.note, "");
    cr_expect_eq(receipt.added, 16);
}

Test(fetch, a_shortfall_is_counted)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world;
    const struct answer short_of[] = {
        {"/0/json",
         "{\"messages\":[{\"status\":\"ok\",\"total\":\"500\"}],\"collection\":[{\"doi\":\"10.1101/"
         "1\",\"title\":\"Cells\",\"abstract\":\"Cells.\",\"version\":\"1\","
         "\"date\":\"2024-01-08\",\"server\":\"biorxiv\"}]}",
         0, false},
        {"/1/json", "{\"messages\":[{\"status\":\"ok\",\"total\":\"500\"}],\"collection\":[]}", 0, false},
        {0}};
    struct pith_receipt receipt = fetch(store, &world, "biorxiv", "2024-01-09", NULL, short_of);
    cr_expect_eq(receipt.announced, 500);
    cr_expect_eq(receipt.fetched, 1);
}

Test(fetch, only_what_is_wanted_is_kept)
{
    PITH_AUTO(store_close_p) struct store *store = open_new();
    struct world world = {.clock = 1000};
    struct pith_receipt receipt;
    const struct answer mixed[] = {
        {"/rss/",
         FEED(FRIDAY, ITEM("2401.00001",
                           FRIDAY) "<item><guid>oai:arXiv.org:2312.00002v2</guid><title>Old</title><description>arXiv:2312.00002v2 "
                                   "Announce Type: replace \nAbstract: Text.</description></item>"),
         0, false},
        {0}};
    world.answer = mixed;
    const struct throttle_world functions = {now, sleep_on, get, &world};
    const struct pith_fetch_request request = {.size = sizeof request,
                                               .source = "arxiv:cs.LG",
                                               .today = day("2024-01-05"),
                                               .since = PITH_NO_DAY,
                                               .announce = PITH_NEW | PITH_CROSS};
    cr_assert_eq(fetch_source(store, NULL, &request, &functions, &receipt, NULL), PITH_OK);
    cr_expect_eq(receipt.fetched, 2);
    cr_expect_eq(receipt.added, 1);
    cr_expect_eq(receipt.hidden, 1);
    int64_t id;
    cr_expect_eq(store_find_key(store, "arxiv:2312.00002", &id, NULL), PITH_NOT_FOUND);
}
