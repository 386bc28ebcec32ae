#include "engine/ranking/reliability.h"

#include <criterion/criterion.h>
#include <math.h>

Test(reliability, the_error_is_the_mean_distance_of_chances_from_what_came)
{
    double probability[] = {0.5, 0.5, 1, 0};
    unsigned char truth[] = {1, 0, 1, 0};
    size_t scratch[4];
    cr_expect_float_eq(reliability_error(probability, truth, 4, scratch), (0 + 0.5 + 0.5 + 0) / 4, 1e-12);
    double sure[20];
    unsigned char right[20];
    size_t wide[20];
    for (int i = 0; i < 20; i++) {
        sure[i] = i < 10 ? 0 : 1;
        right[i] = i >= 10;
    }
    cr_expect_eq(reliability_error(sure, right, 20, wide), 0);
}

Test(reliability, predictions_in_groups)
{
    enum { COUNT = 40 };
    double probability[COUNT];
    unsigned char truth[COUNT];
    size_t scratch[COUNT];
    struct pith_bin bin[PITH_BINS];
    for (size_t i = 0; i < COUNT; i++) {
        probability[i] = (double)(i / 4) / 10 + 0.05;
        truth[i] = i % 4 < i / 10;
    }
    cr_assert_eq(reliability_bins(probability, truth, COUNT, scratch, bin), PITH_BINS);
    double error = 0;
    for (size_t i = 0; i < PITH_BINS; i++) {
        cr_expect_eq(bin[i].count, 4);
        cr_expect_float_eq(bin[i].said, 0.95 - (double)i / 10, 1e-12);
        cr_expect(bin[i].low <= bin[i].liked && bin[i].liked <= bin[i].high && bin[i].low >= 0 && bin[i].high <= 1);
        error += fabs(bin[i].said - bin[i].liked) / PITH_BINS;
    }
    cr_expect_float_eq(reliability_error(probability, truth, COUNT, scratch), error, 1e-12);
    /* One of one: low is 1 / (1 + z²). */
    const double ten[10] = {0};
    unsigned char four[10] = {1, 1, 1, 1};
    struct pith_bin one[PITH_BINS];
    cr_expect_eq(reliability_bins(ten, four, 1, scratch, one), 1);
    cr_expect_float_eq(one[0].low, 0.2065, 1e-4);
    cr_expect_float_eq(one[0].high, 1, 1e-12);
}

Test(reliability, groups_of_a_listing_were_each_told_as_many_likes)
{
    enum { COUNT = 1000 };
    double probability[COUNT], all = 0;
    unsigned char truth[COUNT];
    size_t scratch[COUNT], papers = 0, liked = 0;
    struct pith_bin bin[PITH_BINS];
    for (size_t i = 0; i < COUNT; i++) {
        probability[i] = 0.5 / (1 + (double)(i * 7 % COUNT)); /* a few of some chance, the rest of hardly any */
        truth[i] = i * 7 % COUNT < 3;
        all += probability[i];
        liked += truth[i];
    }
    size_t bins = reliability_bins_of_likes(probability, truth, COUNT, scratch, bin);
    cr_assert(bins > 1 && bins <= PITH_BINS);
    double told = 0, came = 0;
    for (size_t i = 0; i < bins; i++) {
        papers += bin[i].count;
        told += bin[i].said * (double)bin[i].count;
        came += bin[i].liked * (double)bin[i].count;
        cr_expect(i == 0 || bin[i].said < bin[i - 1].said);
        cr_expect(bin[i].low <= bin[i].liked + 1e-12 && bin[i].liked <= bin[i].high + 1e-12);
        cr_expect(i + 1 == bins || told >= all * (double)(i + 1) / PITH_BINS - 1e-12, "group %zu", i);
    }
    cr_expect_eq(papers, COUNT);
    cr_expect_float_eq(told, all, 1e-12);
    cr_expect_float_eq(came, (double)liked, 1e-9);
}

Test(reliability, without_papers_there_is_no_group)
{
    struct pith_bin bin[PITH_BINS];
    size_t scratch[1];
    cr_expect_eq(reliability_bins_of_likes(NULL, NULL, 0, scratch, bin), 0);
}
