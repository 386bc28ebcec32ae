#include "engine/ranking/choose.h"
#include "engine/ranking/likeness.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t title_of(const char *text)
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(bytes_clear) struct bytes blob;
    PITH_AUTO(features_clear) struct features features = {0};
    struct paper paper;
    char title[200], none[] = "";
    bytes_init(&blob, 1 << 16);
    paper_init(&paper);
    snprintf(title, sizeof title, "%s", text);
    paper.title = title;
    paper.abstract = none;
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    return candidates_title(&features);
}

Test(choose, titles_that_differ_in_form_alone_are_one)
{
    uint64_t title = title_of("Mending Kites in a Mild Wind");
    cr_expect_neq(title, 0);
    cr_expect_eq(title_of("mending kite in the mild winds"), title);
    cr_expect_eq(title_of("In a mild wind: mending kites"), title);
    cr_expect_neq(title_of("Mending kites in a strong wind"), title);
    cr_expect_neq(title_of("Mending kites in a mild wind, part two"), title);
    cr_expect_eq(title_of("Kites"), 0, "a word says too little");
    cr_expect_eq(title_of("The wind"), 0);
}

Test(choose, of_duplicates_the_first_in_order_stays)
{
    const uint64_t title[] = {7, 0, 9, 7, 0, 9, 7};
    size_t order[] = {3, 1, 2, 0, 4, 5, 6}, duplicate_of[7];
    cr_expect_eq(choose_collapse(title, order, 7, duplicate_of), 4);
    const size_t kept[] = {3, 1, 2, 4}, stands[] = {3, 1, 2, 3, 4, 2, 3};
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(order[i], kept[i]);
    for (size_t i = 0; i < 7; i++)
        cr_expect_eq(duplicate_of[i], stands[i]);
    cr_expect_eq(choose_collapse(title, order, 0, duplicate_of), 0);
}

/* Papers at angles on one plane. */
static void place_at(float *place, double angle)
{
    memset(place, 0, LIKENESS_PLACES * sizeof *place);
    place[0] = (float)cos(angle);
    place[1] = (float)sin(angle);
}

Test(choose, diversity_brings_up_what_is_unlike)
{
    enum { COUNT = 4 };
    static float place[COUNT * LIKENESS_PLACES];
    const double worth[COUNT] = {0.9, 0.89, 0.88, 0.5}, angle[COUNT] = {0, 0.01, 0.02, 1.57};
    for (size_t i = 0; i < COUNT; i++)
        place_at(place + i * LIKENESS_PLACES, angle[i]);
    size_t order[COUNT] = {0, 1, 2, 3};
    cr_assert_eq(choose_diverse(worth, place, 0, COUNT, order, COUNT, NULL), PITH_OK);
    for (size_t i = 0; i < COUNT; i++)
        cr_expect_eq(order[i], i, "none asked, none given");
    cr_assert_eq(choose_diverse(worth, place, 0.5, COUNT, order, COUNT, NULL), PITH_OK);
    const size_t mixed[COUNT] = {0, 3, 1, 2};
    for (size_t i = 0; i < COUNT; i++)
        cr_expect_eq(order[i], mixed[i]);
    size_t first[COUNT] = {0, 1, 2, 3};
    cr_assert_eq(choose_diverse(worth, place, 0.5, 2, first, COUNT, NULL), PITH_OK);
    cr_expect_eq(first[3], 3, "what is far down stays there");
    cr_assert_eq(choose_diverse(worth, place, 0.5, COUNT, order, 0, NULL), PITH_OK);
}
