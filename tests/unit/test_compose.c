#include "engine/intake/listing_gaps.h"
#include "engine/profile/digest_log.h"
#include "engine/store/store.h"
#include "tests/lib/describing.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_DAY = 40, VOTED = 36, DAY_SECONDS = 86400 };

/* Six in the morning of that day of January 2024. */
static int64_t morning(unsigned day)
{
    return (int64_t)testing_day(day) * DAY_SECONDS + 6 * 3600;
}

static unsigned number_of(unsigned day, unsigned i)
{
    return 100 * day + i;
}

/* Papers `from` to `to` of a day's listing; those of topic i % 4. */
static void list_papers(struct pith *pith, unsigned day, unsigned from, unsigned to)
{
    struct pith_import_report report;
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);
    for (unsigned i = from; i < to; i++)
        testing_paper(lines, number_of(day, i), i % TESTING_TOPICS, day);
    fclose(lines);
    cr_assert_eq(pith_import(pith, text, length, 0, &report, NULL), PITH_OK);
    free(text);
}

static void list_day(struct pith *pith, unsigned day)
{
    list_papers(pith, day, 0, PER_DAY);
}

static struct pith *open_at(const char *folder)
{
    struct pith *pith;
    struct pith_error error;
    cr_assert_eq(pith_open(folder, true, &pith, &error), PITH_OK, "%s", error.message);
    bool has;
    cr_assert_eq(pith_has_profile(pith, &has, NULL), PITH_OK);
    if (!has)
        cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    return pith;
}

static void vote(struct pith *pith, unsigned number, int verdict)
{
    struct pith_vote change = {.paper = testing_paper_key(number), .verdict = verdict, .day = testing_day(1)};
    cr_assert_eq(pith_record(pith, &change, 1, NULL, NULL), PITH_OK);
}

/* The first day's papers voted on: topic 0 liked, the others not. */
static struct pith *open_taught(const char *folder)
{
    struct pith *pith = open_at(folder);
    list_day(pith, 1);
    for (unsigned i = 0; i < VOTED; i++)
        vote(pith, number_of(1, i), i % TESTING_TOPICS == 0 ? 1 : -1);
    return pith;
}

static struct pith_digest *get(struct pith *pith, unsigned day)
{
    struct pith_digest *digest;
    struct pith_error error;
    cr_assert_eq(pith_get_digest(pith, testing_day(day), morning(day), &digest, &error), PITH_OK, "%s", error.message);
    return digest;
}

static struct pith_digest *claim(struct pith *pith, unsigned day)
{
    struct pith_digest *digest;
    struct pith_error error;
    cr_assert_eq(pith_claim_digest(pith, testing_day(day), morning(day), &digest, &error), PITH_OK, "%s", error.message);
    return digest;
}

/* All of a digest as text; malloc'ed. */
static void expect_same(const struct pith_digest *one, const struct pith_digest *other)
{
    char *left = describe_digest(one), *right = describe_digest(other);
    cr_expect_str_eq(left, right);
    free(left);
    free(right);
}

static size_t count_section(const struct pith_digest *digest, enum pith_section section)
{
    size_t count = 0;
    for (size_t i = 0; i < digest->count; i++)
        count += digest->item[i].section == section;
    return count;
}

static struct pith_settings change_settings(struct pith *pith)
{
    struct pith_settings settings;
    cr_assert_eq(pith_get_settings(pith, &settings, NULL), PITH_OK);
    return settings;
}

static void put(struct pith *pith, struct pith_settings settings)
{
    struct pith_error error;
    cr_assert_eq(pith_put_settings(pith, &settings, &error), PITH_OK, "%s", error.message);
}

Test(digest, before_votes_it_is_the_listing_alone)
{
    struct pith *pith = open_at(testing_folder());
    list_day(pith, 2);
    struct pith_digest *digest = get(pith, 2);
    cr_expect_eq(digest->state, PITH_DIGEST_OPEN);
    cr_expect(!digest->learned && !digest->probabilities);
    cr_expect_eq(digest->count, 12);
    cr_expect_eq(count_section(digest, PITH_FOR_YOU), 12);
    cr_expect_eq(digest->listed, PER_DAY);
    cr_expect_eq(digest->first, testing_day(2));
    cr_expect(isnan(digest->expected) && isnan(digest->chance) && isnan(digest->item[0].probability));
    for (unsigned i = 0; i < 12; i++)
        cr_expect_str_eq(digest->item[i].key, testing_paper_key(number_of(2, i)));
    cr_expect_str_eq(digest->item[0].id, "arXiv:2401.00200");
    cr_expect_str_eq(digest->item[1].category, "cs.T1");
    cr_expect(strncmp(digest->item[0].authors, "Ada Author", 10) == 0 && strstr(digest->item[0].url, "2401.00200"));
    cr_expect_eq(digest->notices, 0);
    cr_expect(*digest->item[0].up && !*digest->reply, "numbers mean nothing until it is kept");
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, a_withdrawn_paper_stands_in_it_as_withdrawn)
{
    struct pith *pith = open_at(testing_folder());
    static const char line[] = "{\"id\":\"arXiv:2401.09001\",\"title\":\"WITHDRAWN: Kites of lead\",\"date\":\"2024-01-02\"}\n";
    struct pith_import_report report;
    cr_assert_eq(pith_import(pith, line, strlen(line), testing_day(2), &report, NULL), PITH_OK);
    struct pith_digest *digest = get(pith, 2);
    cr_expect_eq(digest->count, 1);
    cr_expect(digest->count == 1 && digest->item[0].withdrawn && strstr(digest->item[0].title, "lead"));
    pith_digest_free(digest);
    pith_close(pith);
}

static void expect_ends(struct pith *pith, double likes, unsigned most)
{
    struct pith_settings settings = change_settings(pith);
    settings.likes = likes;
    settings.most = most;
    put(pith, settings);
    struct pith_digest *digest = get(pith, 2);
    size_t shown = count_section(digest, PITH_FOR_YOU);
    double sum = 0, none = 1;
    for (size_t i = 0; i < shown; i++) {
        cr_expect(i == 0 || digest->item[i].probability <= digest->item[i - 1].probability + 1e-12);
        cr_expect(i + 1 == shown || sum + digest->item[i].probability < likes, "it ended already");
        sum += digest->item[i].probability;
        none *= 1 - digest->item[i].probability;
    }
    cr_expect(sum >= likes || shown == most || shown == digest->listed);
    cr_expect_float_eq(digest->expected, sum, 1e-9);
    cr_expect_float_eq(digest->chance, 1 - none, 1e-9);
    cr_expect(digest->below >= 0);
    pith_digest_free(digest);
}

Test(digest, ends_where_enough_likes_are_expected)
{
    struct pith *pith = open_taught(testing_folder());
    list_day(pith, 2);
    expect_ends(pith, 1, 200);
    expect_ends(pith, 5, 200);
    expect_ends(pith, 100, 200);
    expect_ends(pith, 100, 3);
    pith_close(pith);
}

Test(digest, explores_outside_the_list_and_the_same_each_time)
{
    struct pith *pith = open_taught(testing_folder());
    list_day(pith, 2);
    struct pith_settings settings = change_settings(pith);
    settings.explore = 2;
    put(pith, settings);
    struct pith_digest *digest = get(pith, 2), *again = get(pith, 2);
    expect_same(digest, again);
    cr_expect_eq(count_section(digest, PITH_EXPLORE), 2);
    for (size_t i = 0; i < digest->count; i++) {
        cr_expect_eq(digest->item[i].number, i + 1);
        cr_expect(*digest->item[i].reason && isfinite(digest->item[i].probability));
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(digest->item[i].key, digest->item[k].key);
    }
    pith_digest_free(digest);
    pith_digest_free(again);
    settings.explore = 0;
    put(pith, settings);
    digest = get(pith, 2);
    cr_expect_eq(count_section(digest, PITH_EXPLORE), 0);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, claimed_it_stays_the_same_to_the_byte)
{
    const char *folder = testing_folder();
    struct pith *pith = open_taught(folder);
    list_day(pith, 2);
    struct pith_digest *claimed = claim(pith, 2);
    cr_expect_eq(claimed->state, PITH_DIGEST_CLAIMED);
    vote(pith, number_of(2, 1), 1);
    vote(pith, number_of(2, 0), -1);
    list_papers(pith, 2, PER_DAY, 2 * PER_DAY);
    struct pith_settings settings = change_settings(pith);
    settings.most = 1;
    settings.mail = false;
    put(pith, settings);
    pith_close(pith);
    pith = open_at(folder);
    struct pith_digest *again, *looked = get(pith, 2);
    cr_assert_eq(pith_claim_digest(pith, testing_day(2), morning(2) + 999, &again, NULL), PITH_OK);
    expect_same(claimed, again);
    expect_same(claimed, looked);
    pith_digest_free(again);
    pith_digest_free(looked);
    cr_assert_eq(pith_settle_digest(pith, testing_day(2), NULL), PITH_OK);
    cr_assert_eq(pith_settle_digest(pith, testing_day(2), NULL), PITH_OK);
    again = claim(pith, 2);
    cr_expect_eq(again->state, PITH_DIGEST_SENT);
    again->state = PITH_DIGEST_CLAIMED;
    expect_same(claimed, again);
    pith_digest_free(again);
    pith_digest_free(claimed);
    cr_expect_eq(pith_settle_digest(pith, testing_day(3), NULL), PITH_NOT_FOUND);
    pith_close(pith);
}

/* How many papers a ranking of that day's listing shows, and how many it leaves out as seen. */
static void expect_ranked(struct pith *pith, unsigned day, size_t shown, size_t seen, const char *why)
{
    const struct pith_rank_request request = {
        .size = sizeof request, .first = testing_day(day), .last = testing_day(day), .duplicates = true};
    struct pith_ranking *ranking;
    cr_assert_eq(pith_rank(pith, &request, &ranking, NULL), PITH_OK);
    cr_expect(ranking->count == shown && ranking->seen == seen, "%s: %zu shown, %zu seen", why, ranking->count, ranking->seen);
    pith_ranking_free(ranking);
}

/* The papers of the second day, listed on the fourth again. */
static void list_again(struct pith *pith)
{
    struct pith_import_report report;
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);
    for (unsigned i = 0; i < PER_DAY; i++)
        testing_paper(lines, number_of(2, i), i % TESTING_TOPICS, 4);
    fclose(lines);
    cr_assert_eq(pith_import(pith, text, length, 0, &report, NULL), PITH_OK);
    free(text);
}

Test(digest, sent_its_papers_count_as_shown)
{
    struct pith *pith = open_at(testing_folder());
    list_day(pith, 2);
    struct pith_digest *sent = claim(pith, 2);
    list_again(pith);
    expect_ranked(pith, 4, PER_DAY, 0, "claimed alone, nobody has seen it");
    cr_assert_eq(pith_settle_digest(pith, testing_day(2), NULL), PITH_OK);
    expect_ranked(pith, 4, PER_DAY - sent->count, sent->count, "sent");
    struct pith_digest *next = claim(pith, 4);
    cr_assert(next->count > 0);
    for (size_t i = 0; i < next->count; i++)
        for (size_t k = 0; k < sent->count; k++)
            cr_expect_str_neq(next->item[i].key, sent->item[k].key);
    pith_digest_free(next);
    pith_digest_free(sent);
    pith_close(pith);
}

/* Two who would send it, the second with an older state at hand: it gets what the first was given, to the byte. */
Test(digest, two_at_once_send_it_once)
{
    const char *folder = testing_folder();
    struct pith *pith = open_taught(folder), *other;
    list_day(pith, 2);
    pith_digest_free(get(pith, 2));
    other = open_at(folder);
    struct pith_digest *first = claim(pith, 2), *second = claim(other, 2);
    expect_same(first, second);
    pith_digest_free(first);
    pith_digest_free(second);
    pith_close(other);
    pith_close(pith);
}

Test(digest, yesterdays_does_not_stop_todays_and_no_paper_comes_twice)
{
    struct pith *pith = open_taught(testing_folder());
    struct pith_digest *digest[3];
    for (unsigned day = 2; day < 5; day++) {
        list_day(pith, day);
        list_papers(pith, day + 1, 0, 10); /* also listed before: the last ones of a day come again */
        digest[day - 2] = claim(pith, day);
        cr_expect_eq(digest[day - 2]->state, PITH_DIGEST_CLAIMED);
        cr_expect_eq(digest[day - 2]->last, testing_day(day));
        cr_expect(digest[day - 2]->count > 0);
    }
    for (size_t one = 0; one < 3; one++)
        for (size_t i = 0; i < digest[one]->count; i++)
            for (size_t other = 0; other < one; other++)
                for (size_t k = 0; k < digest[other]->count; k++)
                    cr_expect_str_neq(digest[one]->item[i].key, digest[other]->item[k].key);
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    size_t count;
    cr_assert_eq(pith_list_digests(pith, days, &count, NULL), PITH_OK);
    cr_assert_eq(count, 3);
    cr_expect_eq(days[0].day, testing_day(4));
    cr_expect_eq(days[2].papers, digest[0]->count);
    cr_expect_eq(days[2].state, PITH_DIGEST_CLAIMED);
    for (size_t i = 0; i < 3; i++)
        pith_digest_free(digest[i]);
    pith_close(pith);
}

Test(digest, what_was_missed_comes_from_days_that_were_not_mailed)
{
    struct pith *pith = open_taught(testing_folder());
    list_day(pith, 2);
    struct pith_digest *digest = claim(pith, 2);
    pith_digest_free(digest);
    for (unsigned day = 3; day < 6; day++)
        list_day(pith, day);
    struct pith_settings settings = change_settings(pith);
    settings.missed = 4;
    put(pith, settings);
    digest = claim(pith, 5);
    cr_expect_eq(digest->last, testing_day(5));
    cr_expect_eq(count_section(digest, PITH_MISSED), 4);
    double bar = INFINITY;
    for (size_t i = 0; i < digest->count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        if (item->section == PITH_FOR_YOU)
            bar = item->probability;
        if (item->section != PITH_MISSED)
            continue;
        cr_expect(item->day == testing_day(3) || item->day == testing_day(4), "neither day 2, which was mailed, nor today");
        cr_expect(item->probability >= bar, "it would have stood on the list");
    }
    pith_digest_free(digest);
    list_day(pith, 6);
    digest = claim(pith, 6);
    cr_expect_eq(count_section(digest, PITH_MISSED), 0, "all days were covered");
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, a_dull_day_is_held_and_mail_can_be_off)
{
    struct pith *pith = open_taught(testing_folder());
    list_papers(pith, 2, 1, TESTING_TOPICS); /* none of the topic that is liked */
    struct pith_settings settings = change_settings(pith);
    struct pith_digest *digest = get(pith, 2);
    double chance = digest->chance;
    pith_digest_free(digest);
    settings.cost = 1.01 * chance / (1 - chance);
    settings.likes = 1e-9; /* one paper alone */
    put(pith, settings);
    digest = claim(pith, 2);
    cr_expect(digest->chance < settings.cost / (1 + settings.cost));
    cr_expect_eq(digest->state, PITH_DIGEST_HELD);
    pith_digest_free(digest);
    settings.cost = 0;
    settings.mail = false;
    put(pith, settings);
    digest = claim(pith, 2);
    cr_expect_eq(digest->state, PITH_DIGEST_OFF);
    pith_digest_free(digest);
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    size_t count;
    cr_assert_eq(pith_list_digests(pith, days, &count, NULL), PITH_OK);
    cr_expect_eq(count, 0, "neither was kept");
    settings.mail = true;
    put(pith, settings);
    digest = claim(pith, 2);
    cr_expect_eq(digest->state, PITH_DIGEST_CLAIMED);
    pith_digest_free(digest);
    digest = claim(pith, 3);
    cr_expect_eq(digest->state, PITH_DIGEST_CLAIMED, "with no cost, a day without a listing is told too");
    cr_expect_eq(digest->first, PITH_NO_DAY);
    pith_digest_free(digest);
    pith_close(pith);
}

static void add_receipt(const char *folder, struct pith_receipt receipt)
{
    struct store *store;
    cr_assert_eq(store_open(folder, false, &store, NULL), PITH_OK);
    cr_assert_eq(store_begin(store, false, NULL), PITH_OK);
    cr_assert_eq(store_add_receipt(store, &receipt, NULL), PITH_OK);
    cr_assert_eq(store_commit(store, NULL), PITH_OK);
    store_close(store);
}

static void expect_notice(struct pith *pith, unsigned day, const char *expected)
{
    struct pith_digest *digest = get(pith, day);
    cr_assert_eq(digest->notices, 1);
    cr_expect_str_eq(digest->notice[0], expected);
    pith_digest_free(digest);
}

Test(digest, says_what_is_missing_of_the_listings)
{
    const char *folder = testing_folder();
    struct pith *pith = open_at(folder);
    expect_notice(pith, 4, "No listing has come yet.");
    list_day(pith, 5);
    expect_notice(pith, 8, "No listing since Friday, 5 January.");
    struct pith_digest *digest = get(pith, 8);
    cr_expect_eq(digest->first, testing_day(5), "what is still new is shown");
    pith_digest_free(digest);
    digest = claim(pith, 8);
    pith_digest_free(digest);
    add_receipt(folder,
                (struct pith_receipt){
                    .source = "arxiv:cs.LG", .first = testing_day(9), .last = testing_day(9), .note = "arXiv announced nothing"});
    expect_notice(pith, 9, "arXiv posted nothing on Tuesday, 9 January.");
    list_day(pith, 10);
    add_receipt(folder, (struct pith_receipt){.source = "arxiv:cs.LG",
                                              .first = testing_day(10),
                                              .last = testing_day(10),
                                              .announced = 500,
                                              .fetched = 214,
                                              .added = 214});
    expect_notice(pith, 10, "Listing incomplete: 214 of 500 papers of arxiv:cs.LG came for Wednesday, 10 January.");
    add_receipt(folder, (struct pith_receipt){.source = "arxiv:cs.LG",
                                              .first = testing_day(10),
                                              .last = testing_day(10),
                                              .announced = 500,
                                              .fetched = 300,
                                              .failure = "the server is gone"});
    expect_notice(pith, 10, "arxiv:cs.LG, 2024-01-10: 300 of 500 papers came: the server is gone.");
    add_receipt(folder,
                (struct pith_receipt){
                    .source = "arxiv:cs.LG", .first = testing_day(10), .last = testing_day(10), .announced = 40, .fetched = 40});
    digest = get(pith, 10);
    cr_expect_eq(digest->notices, 0, "all is well again");
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, a_failure_is_told_until_the_source_answers_again)
{
    const char *folder = testing_folder();
    struct pith *pith = open_at(folder);
    list_day(pith, 10);
    add_receipt(folder,
                (struct pith_receipt){
                    .source = "arxiv:cs.LG", .first = testing_day(11), .last = testing_day(11), .failure = "the server is gone"});
    struct pith_digest *digest = get(pith, 11);
    cr_assert_eq(digest->notices, 2);
    cr_expect_str_eq(digest->notice[0], "arxiv:cs.LG, 2024-01-11: the server is gone.");
    pith_digest_free(digest);
    add_receipt(folder, (struct pith_receipt){
                            .source = "hf", .first = testing_day(12), .last = testing_day(12), .announced = 5, .fetched = 5});
    digest = get(pith, 11);
    cr_expect_eq(digest->notices, 2, "another source's answer is none of its own");
    pith_digest_free(digest);
    add_receipt(folder,
                (struct pith_receipt){
                    .source = "arxiv:cs.LG", .first = testing_day(12), .last = testing_day(12), .announced = 5, .fetched = 5});
    expect_notice(pith, 11, "No listing since Wednesday, 10 January.");
    pith_close(pith);
}

Test(digest, what_an_incomplete_listing_lacked_is_missed_later)
{
    const char *folder = testing_folder();
    struct pith *pith = open_taught(folder);
    list_papers(pith, 2, 0, 8);
    add_receipt(folder,
                (struct pith_receipt){
                    .source = "arxiv:cs.LG", .first = testing_day(2), .last = testing_day(2), .announced = PER_DAY, .fetched = 8});
    pith_digest_free(claim(pith, 2));
    list_papers(pith, 2, 8, PER_DAY);
    list_day(pith, 3);
    struct pith_digest *digest = claim(pith, 3);
    size_t missed = count_section(digest, PITH_MISSED);
    cr_expect(missed > 0);
    for (size_t i = 0; i < digest->count; i++)
        cr_expect(digest->item[i].section != PITH_MISSED || digest->item[i].day == testing_day(2));
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, tells_what_was_learnt_since)
{
    struct pith *pith = open_taught(testing_folder());
    list_day(pith, 2);
    struct pith_digest *digest = claim(pith, 2);
    cr_expect_eq(digest->changes, 0, "nothing was before");
    pith_digest_free(digest);
    for (unsigned i = 0; i < 4; i++)
        vote(pith, number_of(2, 20 + i), i == 3 ? -1 : 1);
    list_day(pith, 3);
    digest = claim(pith, 3);
    cr_assert_eq(digest->changes, 1);
    cr_expect_str_eq(digest->change[0], "Learnt from 4 new votes: 3 up, 1 down.");
    pith_digest_free(digest);
    struct pith_vote pair = {
        .paper = testing_paper_key(number_of(1, 0)), .loser = testing_paper_key(number_of(1, 1)), .day = testing_day(3)};
    cr_assert_eq(pith_record(pith, &pair, 1, NULL, NULL), PITH_OK);
    list_day(pith, 4);
    digest = claim(pith, 4);
    cr_assert_eq(digest->changes, 1);
    cr_expect_str_eq(digest->change[0], "Learnt from 1 new vote: 1 comparison.");
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, its_tickets_vote_and_are_not_for_those_who_may_not)
{
    struct pith *pith = open_taught(testing_folder());
    list_day(pith, 2);
    struct pith_digest *digest = claim(pith, 2);
    struct pith_ticket *ticket;
    bool done;
    cr_assert_eq(pith_read_ticket(pith, digest->item[0].up, testing_day(2), &ticket, NULL), PITH_OK);
    cr_expect_str_eq(ticket->paper.key, digest->item[0].key);
    cr_expect(ticket->verdict == 1 && ticket->day == testing_day(2) && ticket->last == testing_day(2) + 45);
    pith_ticket_free(ticket);
    cr_assert_eq(pith_use_ticket(pith, digest->item[0].down, testing_day(3), &done, NULL), PITH_OK);
    cr_assert_eq(pith_read_ticket(pith, digest->stop, testing_day(2), &ticket, NULL), PITH_OK);
    cr_expect_eq(ticket->kind, PITH_TICKET_MAIL);
    pith_ticket_free(ticket);
    cr_assert_eq(pith_read_ticket(pith, digest->reply, testing_day(2), &ticket, NULL), PITH_OK);
    cr_expect_eq(ticket->kind, PITH_TICKET_REPLY);
    pith_ticket_free(ticket);
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .scopes = PITH_MAY_RANK};
    struct pith_secret *ranks, *votes;
    cr_assert_eq(pith_put_key(pith, &request, &ranks, NULL), PITH_OK);
    request.scopes = PITH_MAY_VOTE;
    cr_assert_eq(pith_put_key(pith, &request, &votes, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_TOKEN, ranks->text, strlen(ranks->text), 0, NULL), PITH_OK);
    struct pith_digest *seen = claim(pith, 2);
    cr_expect_str_eq(seen->item[0].key, digest->item[0].key);
    cr_expect(!*seen->item[0].up && !*seen->item[0].down && !*seen->reply && *seen->stop);
    pith_digest_free(seen);
    cr_assert_eq(pith_unlock(pith, PITH_TOKEN, votes->text, strlen(votes->text), 0, NULL), PITH_OK);
    cr_expect_eq(pith_claim_digest(pith, testing_day(2), morning(2), &seen, NULL), PITH_LOCKED);
    cr_expect_eq(pith_settle_digest(pith, testing_day(2), NULL), PITH_LOCKED);
    pith_secret_free(ranks);
    pith_secret_free(votes);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, is_of_a_day_that_has_come)
{
    struct pith *pith = open_taught(testing_folder());
    struct pith_digest *digest;
    cr_expect_eq(pith_get_digest(pith, testing_day(3), morning(2), &digest, NULL), PITH_USAGE);
    cr_expect_eq(pith_claim_digest(pith, testing_day(3), morning(2), &digest, NULL), PITH_USAGE);
    cr_expect_eq(pith_claim_digest(pith, testing_day(1), morning(16), &digest, NULL), PITH_USAGE, "too late");
    cr_expect_eq(pith_get_digest(pith, -1, morning(2), &digest, NULL), PITH_USAGE);
    cr_assert_eq(pith_get_digest(pith, PITH_NO_DAY, morning(2), &digest, NULL), PITH_OK);
    cr_expect_eq(digest->day, testing_day(2));
    pith_digest_free(digest);
    pith_close(pith);
}

static void import_lines(struct pith *pith, const char *lines)
{
    struct pith_import_report report;
    cr_assert_eq(pith_import(pith, lines, strlen(lines), 0, &report, NULL), PITH_OK);
}

Test(digest, a_word_of_title_and_abstract_is_one_reason)
{
    struct pith *pith = open_at(testing_folder());
    import_lines(pith, "{\"id\":\"arXiv:2401.90001\",\"date\":\"2024-01-01\",\"title\":\"Mending kites\",\"abstract\":\"Kites "
                       "tear.\"}\n"
                       "{\"id\":\"arXiv:2401.90002\",\"date\":\"2024-01-01\",\"title\":\"Folding boats\",\"abstract\":\"Boats "
                       "sink.\"}\n"
                       "{\"id\":\"arXiv:2401.90003\",\"date\":\"2024-01-02\",\"title\":\"Kites\",\"abstract\":\"The kites.\"}\n");
    struct pith_vote votes[] = {{.paper = "arxiv:2401.90001", .verdict = 1, .day = testing_day(1)},
                                {.paper = "arxiv:2401.90002", .verdict = -1, .day = testing_day(1)}};
    cr_assert_eq(pith_record(pith, votes, 2, NULL, NULL), PITH_OK);
    struct pith_digest *digest = get(pith, 2);
    cr_assert_geq(digest->count, 1);
    cr_expect_eq(strncasecmp(digest->item[0].reason, "kites", 5), 0, "%s", digest->item[0].reason);
    cr_expect_null(strcasestr(digest->item[0].reason + 1, "kites"), "%s", digest->item[0].reason);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(digest, duplicates_are_one_today_and_later)
{
    struct pith *pith = open_at(testing_folder());
    import_lines(pith, "{\"id\":\"arXiv:2401.90001\",\"date\":\"2024-01-02\",\"title\":\"Mending kites in "
                       "wind\",\"abstract\":\"Of cloth.\","
                       "\"authors\":[\"Ada Brown\",\"Ben Cole\",\"Cy Dunn\",\"Di Eliot\"]}\n"
                       "{\"id\":\"arXiv:2401.90002\",\"date\":\"2024-01-02\",\"title\":\"Mending Kites in "
                       "Wind\",\"abstract\":\"Of paper.\","
                       "\"authors\":[\"Ada Brown\",\"Ben Cole\"]}\n");
    struct pith_digest *digest = claim(pith, 2);
    cr_assert_eq(digest->count, 1);
    cr_expect_str_eq(digest->item[0].authors, "Ada Brown, Ben Cole and 2 others");
    pith_digest_free(digest);
    import_lines(pith, "{\"id\":\"arXiv:2401.90003\",\"date\":\"2024-01-03\",\"title\":\"Mending kites in "
                       "wind!\",\"abstract\":\"Of silk.\"}\n"
                       "{\"id\":\"arXiv:2401.90004\",\"date\":\"2024-01-03\",\"title\":\"Flying kites at "
                       "sea\",\"abstract\":\"Of salt.\","
                       "\"authors\":[\"Ada Brown\",\"Ben Cole\",\"Cy Dunn\"]}\n");
    digest = claim(pith, 3);
    cr_assert_eq(digest->count, 1);
    cr_expect_str_eq(digest->item[0].key, "arxiv:2401.90004");
    cr_expect_str_eq(digest->item[0].authors, "Ada Brown, Ben Cole and Cy Dunn");
    pith_digest_free(digest);
    pith_close(pith);
}
