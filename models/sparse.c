#include "models/sparse.h"

#include "models/vectors.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void sparse_init(struct sparse *matrix, size_t columns)
{
    *matrix = (struct sparse){.columns = columns};
}

void sparse_clear(struct sparse *matrix)
{
    free(matrix->start);
    free(matrix->column);
    free(matrix->value);
    sparse_init(matrix, matrix->columns);
}

static enum pith_status make_room(struct sparse *matrix, size_t count, struct pith_error *reterr)
{
    size_t used = matrix->rows ? matrix->start[matrix->rows] : 0, value_cap = matrix->cap;
    enum pith_status status = pith_grow(&matrix->start, &matrix->row_cap, matrix->rows + 2, sizeof *matrix->start, SIZE_MAX / 16,
                                        reterr);
    if (!status)
        status = pith_grow(&matrix->value, &value_cap, used + count, sizeof *matrix->value, SIZE_MAX / 16, reterr);
    if (!status)
        status = pith_grow(&matrix->column, &matrix->cap, used + count, sizeof *matrix->column, SIZE_MAX / 16, reterr);
    if (!status && matrix->rows == 0)
        matrix->start[0] = 0;
    return status;
}

enum pith_status sparse_reserve(struct sparse *matrix, size_t cells, struct pith_error *reterr)
{
    return make_room(matrix, cells, reterr);
}

enum pith_status sparse_add_row(struct sparse *matrix, const uint32_t *column, const double *value, size_t count,
                                struct pith_error *reterr)
{
    for (size_t i = 0; i < count; i++)
        assert(column[i] < matrix->columns && (i == 0 || column[i - 1] < column[i]));
    enum pith_status status = make_room(matrix, count, reterr);
    if (status)
        return status;
    size_t at = matrix->start[matrix->rows];
    if (count) {
        memcpy(matrix->column + at, column, count * sizeof *column);
        memcpy(matrix->value + at, value, count * sizeof *value);
    }
    matrix->start[++matrix->rows] = at + count;
    return PITH_OK;
}

enum pith_status sparse_add_scaled(struct sparse *to, const struct sparse *from, size_t row, double scale,
                                   struct pith_error *reterr)
{
    assert(to != from && row < from->rows && to->columns == from->columns);
    size_t start = from->start[row];
    enum pith_status status = sparse_add_row(to, from->column + start, from->value + start, from->start[row + 1] - start, reterr);
    for (size_t i = to->rows && !status ? to->start[to->rows - 1] : 0; !status && i < to->start[to->rows]; i++)
        to->value[i] *= scale;
    return status;
}

enum pith_status sparse_add_difference(struct sparse *to, const struct sparse *from, size_t a, size_t b, struct pith_error *reterr)
{
    assert(to != from && a < from->rows && b < from->rows && to->columns == from->columns);
    size_t i = from->start[a], i_end = from->start[a + 1], j = from->start[b], j_end = from->start[b + 1];
    enum pith_status status = make_room(to, i_end - i + j_end - j, reterr);
    if (status)
        return status;
    size_t at = to->start[to->rows];
    while (i < i_end || j < j_end) {
        bool left = j == j_end || (i < i_end && from->column[i] <= from->column[j]);
        bool right = i == i_end || (j < j_end && from->column[j] <= from->column[i]);
        to->column[at] = left ? from->column[i] : from->column[j];
        to->value[at] = (left ? from->value[i] : 0) - (right ? from->value[j] : 0);
        at += to->value[at] != 0;
        i += left;
        j += right;
    }
    to->start[++to->rows] = at;
    return PITH_OK;
}

/* Where the last columns begin that the row holds all of: its end, when it does not. */
static size_t dense_from(const struct sparse *matrix, size_t row)
{
    size_t start = matrix->start[row], end = matrix->start[row + 1], dense = matrix->dense;
    bool holds = dense && end - start >= dense && matrix->column[end - dense] == matrix->columns - dense;
    return holds ? end - dense : end;
}

double sparse_dot(const struct sparse *matrix, size_t row, const double *x)
{
    const double *value = matrix->value;
    const uint32_t *column = matrix->column;
    double one = 0, two = 0, three = 0, four = 0; /* an addition waits for the one before: four at once */
    size_t i = matrix->start[row], end = dense_from(matrix, row), dense = matrix->start[row + 1] - end;
    for (; i + 4 <= end; i += 4) {
        one += value[i] * x[column[i]];
        two += value[i + 1] * x[column[i + 1]];
        three += value[i + 2] * x[column[i + 2]];
        four += value[i + 3] * x[column[i + 3]];
    }
    for (; i < end; i++)
        one += value[i] * x[column[i]];
    double sum = one + two + (three + four);
    return dense ? sum + vectors_dot(value + end, x + matrix->columns - dense, dense) : sum;
}

void sparse_add_row_to(const struct sparse *matrix, size_t row, double scale, double *y)
{
    size_t end = dense_from(matrix, row), dense = matrix->start[row + 1] - end;
    for (size_t i = matrix->start[row]; i < end; i++)
        y[matrix->column[i]] += scale * matrix->value[i];
    if (dense)
        vectors_add(y + matrix->columns - dense, scale, matrix->value + end, dense);
}

double sparse_kernel(const struct sparse *matrix, size_t a, size_t b, const double *scale)
{
    size_t i = matrix->start[a], i_end = matrix->start[a + 1], j = matrix->start[b], j_end = matrix->start[b + 1];
    double sum = 0;
    while (i < i_end && j < j_end) {
        uint32_t left = matrix->column[i], right = matrix->column[j];
        if (left == right)
            sum += matrix->value[i] * matrix->value[j] * (scale ? scale[left] : 1.0);
        i += left <= right;
        j += right <= left;
    }
    return sum;
}

void sparse_multiply(const struct sparse *matrix, const double *x, double *y)
{
    for (size_t row = 0; row < matrix->rows; row++)
        y[row] = sparse_dot(matrix, row, x);
}

void sparse_gram_multiply(const struct sparse *matrix, const double *d, const double *x, double *y)
{
    memset(y, 0, matrix->columns * sizeof *y);
    for (size_t row = 0; row < matrix->rows; row++)
        sparse_add_row_to(matrix, row, d[row] * sparse_dot(matrix, row, x), y);
}

void sparse_transpose_multiply(const struct sparse *matrix, const double *u, double *y)
{
    memset(y, 0, matrix->columns * sizeof *y);
    for (size_t row = 0; row < matrix->rows; row++)
        sparse_add_row_to(matrix, row, u[row], y);
}
