#include "engine/learning/frequencies.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PAPER_WORDS = 200 };

/* A paper by the keys of its words. */
struct some_paper {
    struct feature item[PAPER_WORDS];
    struct features features;
};

static const struct features *paper_of(struct some_paper *paper, const uint64_t *key, size_t count)
{
    cr_assert_leq(count, PAPER_WORDS);
    for (uint32_t i = 0; i < count; i++)
        paper->item[i] = (struct feature){.key = key[i], .body = 1, .index = i, .view = VIEW_WORD};
    paper->features = (struct features){paper->item, count, PAPER_WORDS};
    return &paper->features;
}

static void want(struct frequencies *frequencies, const uint64_t *key, size_t count)
{
    struct some_paper paper;
    for (size_t i = 0; i < count; i += PAPER_WORDS) {
        size_t some = count - i < PAPER_WORDS ? count - i : PAPER_WORDS;
        cr_assert_eq(frequencies_want(frequencies, paper_of(&paper, key + i, some), NULL), PITH_OK);
    }
}

static void count(struct frequencies *frequencies, const uint64_t *key, size_t words)
{
    struct some_paper paper;
    frequencies_count(frequencies, paper_of(&paper, key, words));
}

static uint32_t papers_with(const struct frequencies *frequencies, uint64_t key)
{
    return frequencies->papers_with[frequencies_slot(frequencies, key)];
}

/* The finaliser of MurmurHash3: as well mixed as feature keys are. */
static uint64_t mixed(uint64_t number)
{
    number = (number ^ number >> 33) * UINT64_C(0xff51afd7ed558ccd);
    number = (number ^ number >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return number ^ number >> 33;
}

/* ---- the contract, small ---- */

Test(frequencies, counts_papers_and_not_mentions)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    want(&frequencies, (uint64_t[]){11, 12, 13}, 3);
    want(&frequencies, (uint64_t[]){12, 14}, 2);
    cr_expect_eq(frequencies.count, 4, "12 is wanted once");
    count(&frequencies, (uint64_t[]){11, 12}, 2);
    count(&frequencies, (uint64_t[]){12, 99}, 2);
    count(&frequencies, (uint64_t[]){99}, 1);
    count(&frequencies, NULL, 0);
    cr_expect_eq(frequencies.papers, 4, "also those without any wanted word");
    cr_expect_eq(papers_with(&frequencies, 11), 1);
    cr_expect_eq(papers_with(&frequencies, 12), 2);
    cr_expect_eq(papers_with(&frequencies, 13), 0);
    cr_expect_eq(papers_with(&frequencies, 14), 0);
}

Test(frequencies, nothing_wanted_counts_papers_only)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    count(&frequencies, (uint64_t[]){11, 12}, 2);
    cr_expect_eq(frequencies.papers, 1);
    cr_expect_eq(frequencies.count, 0);
}

Test(frequencies, wanting_more_keeps_what_was_counted)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    want(&frequencies, (uint64_t[]){11}, 1);
    count(&frequencies, (uint64_t[]){11}, 1);
    for (uint64_t i = 1; i <= 20000; i++) {
        uint64_t key = mixed(i);
        want(&frequencies, &key, 1);
    }
    count(&frequencies, (uint64_t[]){11, mixed(20000)}, 2);
    cr_expect_eq(papers_with(&frequencies, 11), 2);
    cr_expect_eq(papers_with(&frequencies, mixed(20000)), 1);
    cr_expect_eq(papers_with(&frequencies, mixed(1)), 0);
    cr_expect_eq(frequencies.count, 20001);
}

/* A title's words stand after all else in a paper's list, by keys of their own. */
Test(frequencies, titles_are_not_counted_apart)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    struct feature item[] = {{.key = 11, .title = 1, .body = 2, .index = 0, .view = VIEW_WORD},
                             {.key = 21, .body = 1, .index = 1, .view = VIEW_AUTHOR},
                             {.key = 12, .title = 1, .index = 0, .view = VIEW_TITLE}};
    struct features features = {item, 3, 3};
    cr_assert_eq(frequencies_want(&frequencies, &features, NULL), PITH_OK);
    frequencies_count(&frequencies, &features);
    cr_expect_eq(frequencies.count, 2);
    cr_expect_eq(papers_with(&frequencies, 11), 1);
    cr_expect_eq(papers_with(&frequencies, 21), 1);
}

/* ---- against a plain table ---- */

enum { MANY = 120000, PAPERS = 3000 };

/* Number i of MANY is wanted when i is even; a paper holds PAPER_WORDS of them, all distinct. */
Test(frequencies, agrees_with_a_plain_table_over_many_keys)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    static uint32_t table[MANY];
    static uint64_t wanted[MANY / 2];
    for (uint64_t i = 0; i < MANY; i += 2)
        wanted[i / 2] = mixed(i + 1);
    want(&frequencies, wanted, MANY / 2);
    cr_expect_eq(frequencies.count, MANY / 2);
    srand(5);
    for (size_t paper = 0; paper < PAPERS; paper++) {
        uint64_t key[PAPER_WORDS];
        size_t start = (size_t)rand() % MANY, step = 1 + (size_t)rand() % (MANY / PAPER_WORDS);
        for (size_t i = 0; i < PAPER_WORDS; i++) {
            size_t number = (start + i * step) % MANY;
            key[i] = mixed(number + 1);
            table[number]++;
        }
        count(&frequencies, key, PAPER_WORDS);
    }
    cr_expect_eq(frequencies.papers, PAPERS);
    for (size_t i = 0; i < MANY; i += 2)
        cr_assert_eq(papers_with(&frequencies, mixed(i + 1)), table[i], "key %zu", i);
}

Test(frequencies, grows_past_a_hundred_thousand_keys)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    static uint64_t wanted[MANY];
    for (uint64_t i = 0; i < MANY; i++)
        wanted[i] = mixed(i + 1);
    want(&frequencies, wanted, MANY);
    want(&frequencies, wanted, MANY);
    cr_expect_eq(frequencies.count, MANY);
    for (size_t i = 0; i < MANY; i += PAPER_WORDS)
        count(&frequencies, wanted + i, PAPER_WORDS);
    for (size_t i = 0; i < MANY; i++)
        cr_assert_eq(papers_with(&frequencies, wanted[i]), 1, "key %zu", i);
}

/* ---- keys that a careless hash takes for one another ---- */

/* Wants keys 1, 3, 5, … in units of `unit` and counts all: those between must not be counted for their neighbours. */
static void count_alike(uint64_t unit, uint64_t keys)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    for (uint64_t i = 1; i < keys; i += 2) {
        uint64_t key = i * unit;
        want(&frequencies, &key, 1);
    }
    for (uint64_t i = 1; i < keys; i++) {
        uint64_t key = i * unit;
        for (uint64_t times = 0; times < i % 5; times++)
            count(&frequencies, &key, 1);
    }
    for (uint64_t i = 1; i < keys; i += 2)
        cr_assert_eq(papers_with(&frequencies, i * unit), i % 5, "key %zu of unit %zx", (size_t)i, (size_t)unit);
    cr_expect_eq(frequencies.count, keys / 2);
}

Test(frequencies, keys_that_differ_in_low_bits_alone)
{
    count_alike(1, 3000);
}

Test(frequencies, keys_that_differ_in_high_bits_alone)
{
    count_alike(UINT64_C(1) << 52, 1 << 12);
}

Test(frequencies, keys_that_differ_in_the_middle_alone)
{
    count_alike(UINT64_C(1) << 30, 3000);
}

Test(frequencies, the_largest_and_the_smallest_key)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    uint64_t ends[] = {1, UINT64_MAX};
    want(&frequencies, ends, 2);
    count(&frequencies, ends, 2);
    count(&frequencies, ends + 1, 1);
    cr_expect_eq(papers_with(&frequencies, 1), 1);
    cr_expect_eq(papers_with(&frequencies, UINT64_MAX), 2);
}

Test(frequencies, one_key_wanted_and_asked_for)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    const uint64_t key[2] = {mixed(1), mixed(2)};
    cr_expect_eq(frequencies_papers(&frequencies, key[0]), 0, "nothing is wanted yet");
    cr_assert_eq(frequencies_want_key(&frequencies, key[0], NULL), PITH_OK);
    for (int i = 0; i < 3; i++)
        count(&frequencies, key, 2);
    cr_expect_eq(frequencies_papers(&frequencies, key[0]), 3);
    cr_expect_eq(frequencies_papers(&frequencies, key[1]), 0, "of no interest");
}

/* ---- titles ---- */

Test(frequencies, titles_are_counted_apart)
{
    PITH_AUTO(frequencies_clear) struct frequencies frequencies = {0};
    cr_expect_eq(frequencies_title_share(&frequencies), 1, "nothing counted");
    cr_expect_eq(frequencies_titles(&frequencies, 11), 0);
    want(&frequencies, (uint64_t[]){11, 12}, 2);
    struct some_paper paper;
    paper_of(&paper, (uint64_t[]){11, 12, 13, 11}, 4);
    paper.item[0].title = 2;
    paper.item[2].title = 1; /* of no interest, and a word all the same */
    paper.item[3] = (struct feature){.key = 11, .title = 1, .view = VIEW_TITLE};
    frequencies_count(&frequencies, &paper.features);
    count(&frequencies, (uint64_t[]){11, 12}, 2);
    cr_expect_eq(frequencies_papers(&frequencies, 11), 2);
    cr_expect_eq(frequencies_titles(&frequencies, 11), 1);
    cr_expect_eq(frequencies_titles(&frequencies, 12), 0);
    cr_expect_eq(frequencies_titles(&frequencies, 13), 0);
    cr_expect_float_eq(frequencies_title_share(&frequencies), 2.0 / 5, 1e-12);
}
