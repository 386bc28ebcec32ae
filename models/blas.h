/* blas: one thread at a time in OpenBLAS. Its serial build hands out its buffers without a lock, so whoever calls more of it than
 * sums and products of vectors (level 1), or GSL's factorisations over it, does so between these two. Not to be nested. The
 * training of contrastive.h takes no turn: its program has no threads. */
#ifndef PITH_MODELS_BLAS_H
#define PITH_MODELS_BLAS_H

void blas_enter(void);
void blas_leave(void);

#endif
