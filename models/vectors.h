/* vectors: loops over plain arrays of numbers, several at a time where the processor can. The same bits on every processor. */
#ifndef PITH_MODELS_VECTORS_H
#define PITH_MODELS_VECTORS_H

#include <stddef.h>

/* Σ a[i]·b[i]. */
double vectors_dot(const double *a, const double *b, size_t count);
/* Σ a[i]·b[i]²: a norm with weights. */
double vectors_weighted_square(const double *a, const double *b, size_t count);
/* to[i] += scale · a[i]; they do not overlap. */
void vectors_add(double *to, double scale, const double *a, size_t count);

#endif
