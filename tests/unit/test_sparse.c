#include "models/sparse.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- pseudo-random rows, and the same dense ---- */

enum { ROWS = 40, COLUMNS = 23 };

static uint64_t state = 42;

static double draw(void) /* in [-1, 1), many exact zeros */
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 63 ? 0.0 : (double)(state >> 11) / (double)(UINT64_C(1) << 51) - 1.0;
}

static void fill(struct sparse *matrix, double dense[ROWS][COLUMNS])
{
    sparse_init(matrix, COLUMNS);
    memset(dense, 0, sizeof(double[ROWS][COLUMNS]));
    for (size_t row = 0; row < ROWS; row++) {
        uint32_t column[COLUMNS];
        double value[COLUMNS];
        size_t count = 0;
        for (uint32_t i = 0; i < COLUMNS && row % 7 != 3; i++) { /* some rows are empty */
            dense[row][i] = draw();
            column[count] = i;
            value[count] = dense[row][i];
            count += dense[row][i] != 0;
        }
        cr_assert_eq(sparse_add_row(matrix, column, value, count, NULL), PITH_OK);
    }
}

static void draw_vector(double *vector, size_t count)
{
    for (size_t i = 0; i < count; i++)
        vector[i] = draw();
}

static double dense_dot(const double *a, const double *b, const double *scale)
{
    double sum = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        sum += a[i] * b[i] * (scale ? scale[i] : 1);
    return sum;
}

static void expect_near(double got, double expected, const char *what)
{
    cr_expect(fabs(got - expected) < 1e-13, "%s: %.17g, not %.17g", what, got, expected);
}

/* A row is in order and says what the dense one says. */
static void expect_row(const struct sparse *matrix, size_t row, const double dense[COLUMNS])
{
    double spread[COLUMNS] = {0};
    for (size_t i = matrix->start[row]; i < matrix->start[row + 1]; i++) {
        cr_assert_lt(matrix->column[i], COLUMNS);
        cr_expect(i == matrix->start[row] || matrix->column[i - 1] < matrix->column[i], "columns ascend");
        spread[matrix->column[i]] = matrix->value[i];
    }
    for (size_t i = 0; i < COLUMNS; i++)
        cr_expect(spread[i] == dense[i], "row %zu, column %zu: %g, not %g", row, i, spread[i], dense[i]);
}

/* ---- rows ---- */

Test(sparse, rows_are_as_they_were_added)
{
    PITH_AUTO(sparse_clear) struct sparse matrix;
    static double dense[ROWS][COLUMNS];
    fill(&matrix, dense);
    cr_assert_eq(matrix.rows, ROWS);
    cr_assert_eq(matrix.start[0], 0);
    for (size_t row = 0; row < ROWS; row++)
        expect_row(&matrix, row, dense[row]);
}

Test(sparse, a_difference_is_that_of_the_dense_rows)
{
    PITH_AUTO(sparse_clear) struct sparse matrix, difference;
    static double dense[ROWS][COLUMNS];
    fill(&matrix, dense);
    sparse_init(&difference, COLUMNS);
    for (size_t a = 0; a < ROWS; a++) {
        for (size_t b = 0; b < ROWS; b++) {
            double expected[COLUMNS];
            for (size_t i = 0; i < COLUMNS; i++)
                expected[i] = dense[a][i] - dense[b][i];
            cr_assert_eq(sparse_add_difference(&difference, &matrix, a, b, NULL), PITH_OK);
            expect_row(&difference, difference.rows - 1, expected);
            size_t kept = difference.start[difference.rows] - difference.start[difference.rows - 1];
            cr_expect(a != b || kept == 0, "a row less itself is empty");
        }
    }
}

Test(sparse, a_scaled_row_is_the_row_times_a_number)
{
    PITH_AUTO(sparse_clear) struct sparse matrix, scaled;
    static double dense[ROWS][COLUMNS];
    fill(&matrix, dense);
    sparse_init(&scaled, COLUMNS);
    for (size_t row = 0; row < ROWS; row++) {
        double expected[COLUMNS];
        for (size_t i = 0; i < COLUMNS; i++)
            expected[i] = -1.5 * dense[row][i];
        cr_assert_eq(sparse_add_scaled(&scaled, &matrix, row, -1.5, NULL), PITH_OK);
        expect_row(&scaled, row, expected);
    }
    for (size_t row = 0; row < ROWS; row++) /* those before were left alone, and so was the source */
        expect_row(&matrix, row, dense[row]);
}

/* ---- kernels ---- */

Test(sparse, dots_and_kernels_are_those_of_the_dense_rows)
{
    PITH_AUTO(sparse_clear) struct sparse matrix;
    static double dense[ROWS][COLUMNS];
    double x[COLUMNS];
    fill(&matrix, dense);
    draw_vector(x, COLUMNS);
    for (size_t a = 0; a < ROWS; a++) {
        expect_near(sparse_dot(&matrix, a, x), dense_dot(dense[a], x, NULL), "dot");
        for (size_t b = 0; b < ROWS; b++) {
            expect_near(sparse_kernel(&matrix, a, b, NULL), dense_dot(dense[a], dense[b], NULL), "kernel");
            expect_near(sparse_kernel(&matrix, a, b, x), dense_dot(dense[a], dense[b], x), "scaled kernel");
        }
    }
}

Test(sparse, products_are_those_of_the_dense_matrix)
{
    PITH_AUTO(sparse_clear) struct sparse matrix;
    static double dense[ROWS][COLUMNS];
    double x[COLUMNS], u[ROWS], product[ROWS], transposed[COLUMNS], gram[COLUMNS];
    fill(&matrix, dense);
    draw_vector(x, COLUMNS);
    draw_vector(u, ROWS);
    memset(transposed, 0x7F, sizeof transposed); /* results are set, not added to */
    memset(gram, 0x7F, sizeof gram);
    sparse_multiply(&matrix, x, product);
    sparse_transpose_multiply(&matrix, u, transposed);
    sparse_gram_multiply(&matrix, u, x, gram);
    double expected[COLUMNS] = {0}, squared[COLUMNS] = {0};
    for (size_t row = 0; row < ROWS; row++) {
        double dot = dense_dot(dense[row], x, NULL);
        expect_near(product[row], dot, "multiply");
        for (size_t i = 0; i < COLUMNS; i++) {
            expected[i] += u[row] * dense[row][i];
            squared[i] += u[row] * dot * dense[row][i];
        }
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        expect_near(transposed[i], expected[i], "transpose");
        expect_near(gram[i], squared[i], "gram");
    }
}

Test(sparse, no_rows_at_all_multiply_to_nothing)
{
    PITH_AUTO(sparse_clear) struct sparse matrix;
    double x[3] = {1, 2, 3}, y[3] = {4, 5, 6};
    sparse_init(&matrix, 3);
    sparse_multiply(&matrix, x, NULL);
    sparse_gram_multiply(&matrix, NULL, x, y);
    cr_expect(y[0] == 0 && y[1] == 0 && y[2] == 0);
    sparse_clear(&matrix);
    cr_expect(matrix.rows == 0 && matrix.columns == 3 && !matrix.start, "cleared, it keeps its width alone");
}

/* ---- rows that hold all of the last columns ---- */

Test(sparse, what_a_row_holds_all_of_is_multiplied_alike)
{
    enum { DENSE = 18 };
    struct sparse matrix;
    sparse_init(&matrix, COLUMNS);
    for (size_t row = 0; row < ROWS; row++) {
        uint32_t column[COLUMNS];
        double value[COLUMNS];
        size_t count = 0;
        for (uint32_t i = 0; i < COLUMNS; i++) {
            bool held = i >= COLUMNS - DENSE && row % 3 != 1; /* every third row holds only some of them */
            double drawn = draw();
            if (drawn == 0 && !held)
                continue;
            column[count] = i;
            value[count++] = drawn;
        }
        cr_assert_eq(sparse_add_row(&matrix, column, value, count, NULL), PITH_OK);
    }
    double x[COLUMNS], d[ROWS], one[COLUMNS], other[COLUMNS], plain[ROWS];
    draw_vector(x, COLUMNS);
    draw_vector(d, ROWS);
    sparse_multiply(&matrix, x, plain);
    sparse_gram_multiply(&matrix, d, x, one);
    matrix.dense = DENSE;
    sparse_gram_multiply(&matrix, d, x, other);
    for (size_t row = 0; row < ROWS; row++)
        expect_near(sparse_dot(&matrix, row, x), plain[row], "a row's product");
    for (size_t i = 0; i < COLUMNS; i++)
        expect_near(other[i], one[i], "the product of the Gram matrix");
    sparse_clear(&matrix);
}
