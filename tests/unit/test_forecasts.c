#include "engine/profile/forecasts.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A ranking of numbered papers with these chances. */
static void note(struct bytes *record, const double *probability, size_t count, size_t first, bool expected)
{
    struct pith_ranked item[16] = {0};
    char key[16][16];
    bool changed;
    for (size_t i = 0; i < count; i++) {
        snprintf(key[i], sizeof key[i], "id:%zu", first + i);
        item[i] = (struct pith_ranked){.key = key[i], .probability = probability[i]};
    }
    const struct pith_ranking ranking = {.item = item, .count = count};
    cr_assert_eq(forecasts_note(record, &ranking, &changed, NULL), PITH_OK);
    cr_expect_eq(changed, expected);
}

static struct profile_vote vote(const char *paper, enum profile_verdict verdict, int32_t day)
{
    return (struct profile_vote){.paper = (char *)(uintptr_t)paper, .verdict = verdict, .day = day};
}

static void expect(const struct bytes *record, const struct profile_vote *votes, size_t count, size_t given, size_t liked)
{
    size_t got_given, got_liked;
    cr_assert_eq(forecasts_count(record, votes, count, &got_given, &got_liked, NULL), PITH_OK);
    cr_expect_eq(got_given, given);
    cr_expect_eq(got_liked, liked);
}

Test(track, what_was_given_much_is_counted_once_it_was_voted_on)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 20);
    const double chance[] = {0.95, 0.8, 0.79, NAN};
    const struct profile_vote votes[] = {vote("id:1", VERDICT_UP, 5), vote("id:2", VERDICT_DOWN, 6), vote("id:3", VERDICT_UP, 7),
                                         vote("id:4", VERDICT_UP, 7), vote("id:9", VERDICT_UP, 8)};
    expect(&record, votes, 5, 0, 0);
    note(&record, chance, 4, 1, true);
    note(&record, chance, 4, 1, false);
    expect(&record, votes, 0, 0, 0);
    expect(&record, votes, 5, 2, 1);
    const struct profile_vote seed = vote("id:1", VERDICT_SEED, 5);
    expect(&record, &seed, 1, 0, 0);
}

Test(track, the_last_ten_count)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 20);
    const double chance[] = {0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9};
    char key[12][16];
    struct profile_vote votes[12];
    note(&record, chance, 12, 0, true);
    for (int i = 0; i < 12; i++) {
        snprintf(key[i], sizeof key[i], "id:%d", i);
        votes[i] = vote(key[i], i < 4 ? VERDICT_UP : VERDICT_DOWN, 100 - i); /* the ups are the newest */
    }
    expect(&record, votes, 12, 10, 4);
    for (int i = 0; i < 12; i++)
        votes[i].day = 100 + i;
    expect(&record, votes, 12, 10, 2);
}

Test(track, the_oldest_go_when_there_are_too_many)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 20);
    const double chance[10] = {0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9};
    for (size_t first = 0; first < FORECASTS_MOST + 20; first += 10)
        note(&record, chance, 10, first, true);
    const struct profile_vote votes[] = {vote("id:19", VERDICT_UP, 1), vote("id:20", VERDICT_UP, 1),
                                         vote("id:1019", VERDICT_UP, 1)};
    expect(&record, votes, 3, 2, 2);
}

Test(track, a_damaged_record_is_told)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 10);
    size_t given, liked;
    bool changed;
    struct pith_ranked item = {.key = (char[]){"id:1"}, .probability = 0.9};
    const struct pith_ranking ranking = {.item = &item, .count = 1};
    bytes_put(&record, "\x02\x01", 2);
    cr_expect_eq(forecasts_count(&record, NULL, 0, &given, &liked, NULL), PITH_CORRUPT);
    cr_expect_eq(forecasts_note(&record, &ranking, &changed, NULL), PITH_CORRUPT);
    record.length = 0;
    bytes_put(&record, "\x01\x02\x7F", 3);
    cr_expect_eq(forecasts_note(&record, &ranking, &changed, NULL), PITH_CORRUPT);
}
