#include "models/random.h"
#include "models/title_weighting.h"

#include <criterion/criterion.h>
#include <math.h>

/* Columns: words of how papers are written, in most rows; words of what they are about; one of another part; and one that is no term. */
enum {
    WAYS = 20,
    SUBJECTS = 6,
    SUBJECT = 10, /* words of one */
    TERMS = WAYS + SUBJECTS * SUBJECT + 1,
    OTHER = TERMS - 1,
    COLUMNS = TERMS + 1,
    ROWS = 300,
    WAYS_A_ROW = 8,
    ABOUT_A_ROW = 6,
};

static double uniform(struct random *random)
{
    return (double)(random_next(random) >> 11) / 9007199254740992.0;
}

/* Rows of length `known` in their words, about one of `subjects` subjects each. */
static void make_rows(struct sparse *rows, unsigned subjects, double known)
{
    struct random random = {5};
    sparse_init(rows, COLUMNS);
    for (unsigned i = 0; i < ROWS; i++) {
        bool has[COLUMNS] = {false};
        uint32_t column[COLUMNS];
        double value[COLUMNS];
        size_t count = 0;
        for (unsigned k = 0; k < WAYS_A_ROW; k++)
            has[(unsigned)(uniform(&random) * WAYS)] = true;
        for (unsigned k = 0; k < ABOUT_A_ROW; k++)
            has[WAYS + i % subjects * SUBJECT + (unsigned)(uniform(&random) * SUBJECT)] = true;
        has[OTHER] = has[TERMS] = true;
        for (uint32_t j = 0; j < COLUMNS; j++)
            if (has[j])
                column[count++] = j;
        for (size_t k = 0; k < count; k++)
            value[k] = column[k] < OTHER ? known / sqrt((double)(count - 2)) : 0.7;
        cr_assert_eq(sparse_add_row(rows, column, value, count, NULL), PITH_OK);
    }
}

static void make_emphasis(struct title_weighting *title_weight)
{
    cr_assert_eq(title_weighting_init(title_weight, TERMS, NULL), PITH_OK);
    for (size_t j = 0; j < OTHER; j++)
        title_weight->titled[j] = j < WAYS ? 0.2 : 3;
    title_weight->part[OTHER] = 1;
}

static void measure(struct title_weighting *title_weight, const struct sparse *rows, size_t sampled)
{
    bool sample[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        sample[i] = i < sampled;
    cr_assert_eq(title_weighting_measure(title_weight, rows, sample, 0, NULL), PITH_OK);
}

Test(title_weight, a_term_is_titled_by_its_share_of_titles)
{
    cr_expect_float_eq(title_weighting_titled(100, 10, 0.1), 1, 1e-12, "as often as terms are");
    cr_expect_float_eq(title_weighting_titled(0, 0, 0.1), 1, 1e-12, "of an unknown one nothing is said");
    cr_expect_float_eq(title_weighting_titled(5, 5, 0.1), (5 + 0.5) / 10 / 0.1, 1e-12);
    cr_expect_gt(title_weighting_titled(100, 30, 0.1), title_weighting_titled(10, 3, 0.1), "many papers say it more surely");
    cr_expect_eq(title_weighting_titled(100000, 0, 0.1), 0.1);
    cr_expect_eq(title_weighting_titled(100000, 100000, 0.01), 8);
}

Test(title_weight, many_subjects_are_set_apart_and_one_is_not)
{
    PITH_AUTO(title_weighting_clear) struct title_weighting title_weight = {0};
    PITH_AUTO(sparse_clear) struct sparse many;
    PITH_AUTO(sparse_clear) struct sparse one;
    make_emphasis(&title_weight);
    make_rows(&many, SUBJECTS, 1);
    make_rows(&one, 1, 1);
    measure(&title_weight, &many, ROWS);
    cr_expect_eq(title_weight.apart, 1);
    measure(&title_weight, &one, ROWS);
    cr_expect_eq(title_weight.apart, 0);
    measure(&title_weight, &many, 1);
    cr_expect_eq(title_weight.apart, 0, "one row tells nothing");
    measure(&title_weight, &many, 0);
    cr_expect_eq(title_weight.apart, 0);
}

Test(title_weight, where_papers_are_alike_nothing_is_lifted)
{
    PITH_AUTO(title_weighting_clear) struct title_weighting title_weight = {0};
    double lift[TERMS];
    make_emphasis(&title_weight);
    title_weighting_lift(&title_weight, 1, lift);
    for (size_t j = 0; j < TERMS; j++)
        cr_expect_eq(lift[j], 1);
    title_weight.apart = 0.5;
    title_weighting_lift(&title_weight, 0.5, lift);
    cr_expect_float_eq(lift[0], pow(0.2, 0.25), 1e-12);
    cr_expect_float_eq(lift[WAYS], pow(3, 0.25), 1e-12);
    title_weighting_lift(&title_weight, 0, lift);
    cr_expect_eq(lift[WAYS], 1);
}

/* Each part keeps its length, whether all of it is known or a half; what is no term stays as it is. */
Test(title_weight, parts_keep_their_length)
{
    PITH_AUTO(title_weighting_clear) struct title_weighting title_weight = {0};
    double lift[TERMS];
    make_emphasis(&title_weight);
    title_weight.apart = 1;
    title_weighting_lift(&title_weight, 1, lift);
    for (int half = 0; half < 2; half++) {
        PITH_AUTO(sparse_clear) struct sparse rows;
        PITH_AUTO(sparse_clear) struct sparse lifted = {0};
        make_rows(&rows, SUBJECTS, half ? sqrt(0.5) : 1);
        cr_assert_eq(title_weighting_rows(&title_weight, lift, &rows, &lifted, NULL), PITH_OK);
        cr_assert_eq(lifted.rows, rows.rows);
        for (size_t i = 0; i < rows.rows; i++) {
            double square = 0;
            size_t at = rows.start[i], end = rows.start[i + 1];
            double by = lifted.value[at] / rows.value[at] / lift[rows.column[at]]; /* what an unknown term is multiplied by */
            for (size_t k = at; k < end - 2; k++) {
                cr_expect_float_eq(lifted.value[k], rows.value[k] * lift[rows.column[k]] * by, 1e-9);
                square += lifted.value[k] * lifted.value[k];
            }
            cr_expect_float_eq(square + (half ? 0.5 : 0) * by * by, 1, 1e-9);
            cr_expect_float_eq(lifted.value[end - 2], 0.7, 1e-12, "another part, of one term");
            cr_expect_eq(lifted.value[end - 1], 0.7, "no term");
        }
    }
}
