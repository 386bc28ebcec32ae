#include "models/cutoff.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double falling[] = {0.9, 0.8, 0.5, 0.25, 0.25, 0.1};
enum { COUNT = sizeof falling / sizeof *falling };

static void expect_cut(struct cutoff cut, size_t length, double above, double below)
{
    cr_expect_eq(cut.length, length, "%zu, not %zu", cut.length, length);
    cr_expect_float_eq(cut.above, above, 1e-12);
    cr_expect_float_eq(cut.below, below, 1e-12);
}

Test(cut, likes_are_counted_above_and_below)
{
    expect_cut(cutoff_at(falling, COUNT, 0), 0, 0, 2.8);
    expect_cut(cutoff_at(falling, COUNT, 2), 2, 1.7, 1.1);
    expect_cut(cutoff_at(falling, COUNT, 99), COUNT, 2.8, 0);
    expect_cut(cutoff_at(NULL, 0, 3), 0, 0, 0);
}

Test(cut, a_list_is_as_long_as_wanted)
{
    expect_cut(cutoff_expecting(falling, COUNT, 1.7), 2, 1.7, 1.1);
    expect_cut(cutoff_expecting(falling, COUNT, 1.71), 3, 2.2, 0.6);
    expect_cut(cutoff_expecting(falling, COUNT, 0), 0, 0, 2.8);
    expect_cut(cutoff_expecting(falling, COUNT, 100), COUNT, 2.8, 0);
    expect_cut(cutoff_missing(falling, COUNT, 0), COUNT, 2.8, 0);
    expect_cut(cutoff_missing(falling, COUNT, 0.36), 4, 2.45, 0.35);
    expect_cut(cutoff_missing(falling, COUNT, 100), 0, 0, 2.8);
}

/* xorshift64*, then Box and Muller: the same draws everywhere. */
static uint64_t state;

static double uniform(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return ((double)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static int by_falling(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left > right ? -1 : left < right;
}

/* The mean share of unwanted papers among those selected, over so many simulated days. */
static double simulate(double share, double gap, size_t nulls, size_t wanted, double *ret_found)
{
    enum { DAYS = 4000, LISTED = 200 };
    double sum = 0, found = 0;
    for (int day = 0; day < DAYS; day++) {
        double unwanted[512], score[LISTED], likes[LISTED];
        for (size_t i = 0; i < nulls; i++)
            unwanted[i] = normal();
        for (size_t i = 0; i < LISTED; i++) {
            score[i] = normal() + (i < wanted ? gap : 0);
            likes[i] = i < wanted ? score[i] : -INFINITY;
        }
        qsort(score, LISTED, sizeof *score, by_falling);
        size_t length = cutoff_conformal(score, LISTED, unwanted, nulls, share), good = 0;
        for (size_t i = 0; i < wanted; i++)
            good += length > 0 && likes[i] >= score[length - 1];
        sum += length ? (double)(length - good) / (double)length : 0;
        found += wanted ? (double)good / (double)wanted : 0;
    }
    *ret_found = found / DAYS;
    return sum / DAYS;
}

Test(cut, the_share_of_unwanted_papers_stays_in_its_bound)
{
    static const double shares[] = {0.1, 0.3, 0.5};
    double found;
    state = 88172645463325252;
    for (size_t i = 0; i < 3; i++) {
        double unwanted = simulate(shares[i], 3, 300, 20, &found);
        cr_expect_leq(unwanted, shares[i] + 0.01, "%.3f of %.1f", unwanted, shares[i]);
        cr_expect_geq(found, 0.3, "a rule that selects nothing keeps every bound");
        cr_expect_leq(simulate(shares[i], 1, 60, 20, &found), shares[i] + 0.01, "nor when little is known");
        cr_expect_leq(simulate(shares[i], 0, 300, 0, &found), shares[i] + 0.01, "nor when nothing is wanted");
    }
}

Test(cut, nothing_is_selected_on_no_ground)
{
    const double score[] = {5, 4, 3};
    double none[1];
    cr_expect_eq(cutoff_conformal(score, 3, none, 0, 0.5), 0);
    double few[] = {1, 0};
    cr_expect_eq(cutoff_conformal(score, 3, few, 2, 0.3), 0, "two are too few to be sure");
    double many[200];
    for (size_t i = 0; i < 200; i++)
        many[i] = (double)i / 100;
    cr_expect_eq(cutoff_conformal(score, 3, many, 200, 0.3), 3);
    cr_expect_eq(cutoff_conformal(NULL, 0, many, 200, 0.3), 0);
}
