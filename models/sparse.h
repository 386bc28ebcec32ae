/* sparse: rows of few non-zeros (CSR), and the few kernels that fitting and scoring need. */
#ifndef PITH_MODELS_SPARSE_H
#define PITH_MODELS_SPARSE_H

#include <pith/status.h>

#include <stddef.h>
#include <stdint.h>

/* Row i is column[start[i]..start[i+1]) with value[...]; columns within a row ascend and are distinct. */
struct sparse {
    size_t rows, columns;
    size_t dense; /* a row that holds all of so many last columns is multiplied without looking up which; 0 is as right */
    size_t row_cap, cap;
    size_t *start; /* rows + 1 of them once a row is there */
    uint32_t *column;
    double *value;
};

void sparse_init(struct sparse *matrix, size_t columns);
void sparse_clear(struct sparse *matrix); /* frees; for PITH_AUTO */

/* y += scale · row; y has `columns` numbers. */
void sparse_add_row_to(const struct sparse *matrix, size_t row, double scale, double *y);
/* Makes room for so many more non-zeros at once. */
enum pith_status sparse_reserve(struct sparse *matrix, size_t cells, struct pith_error *reterr);
/* Appends a row; columns must ascend, be distinct and < columns (asserted). */
enum pith_status sparse_add_row(struct sparse *matrix, const uint32_t *column, const double *value, size_t count,
                                struct pith_error *reterr);
/* Appends scale * (row of another matrix with as many columns). */
enum pith_status sparse_add_scaled(struct sparse *to, const struct sparse *from, size_t row, double scale,
                                   struct pith_error *reterr);
/* Appends row a - row b of another matrix: a comparison's row. */
enum pith_status sparse_add_difference(struct sparse *to, const struct sparse *from, size_t a, size_t b, struct pith_error *reterr);

/* row i · x; x has `columns` numbers. */
double sparse_dot(const struct sparse *matrix, size_t row, const double *x);
/* row a · (scale ∘ row b): a kernel's entry; scale has `columns` numbers, NULL means ones. */
double sparse_kernel(const struct sparse *matrix, size_t a, size_t b, const double *scale);
/* y = X x (y: rows numbers). */
void sparse_multiply(const struct sparse *matrix, const double *x, double *y);
/* y = Xᵀ (d ∘ (X x)): a Gauss–Newton product in one pass over the rows; d: rows numbers, y and x: columns numbers. */
void sparse_gram_multiply(const struct sparse *matrix, const double *d, const double *x, double *y);
/* y = Xᵀ u. */
void sparse_transpose_multiply(const struct sparse *matrix, const double *u, double *y);

#endif
