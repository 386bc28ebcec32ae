#include "models/vectors.h"

/* Four numbers side by side, wide ones where the processor has them; one product and one sum a number, in an order that is the same
 * everywhere. */
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));

#ifdef __SANITIZE_THREAD__ /* it would watch what chooses the clone, too, which runs before the watch is ready */
#define WIDE_TOO
#else
#define WIDE_TOO __attribute__((target_clones("avx2", "default")))
#endif

/* A sum waits for the one before: four are on their way at once. */
enum { STEP = 16 };

WIDE_TOO double vectors_dot(const double *a, const double *b, size_t count)
{
    four sum[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + STEP <= count; i += STEP)
        for (int k = 0; k < 4; k++)
            sum[k] += *(const four *)(a + i + 4 * k) * *(const four *)(b + i + 4 * k);
    double rest = 0;
    for (; i < count; i++)
        rest += a[i] * b[i];
    four all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return (all[0] + all[1]) + (all[2] + all[3]) + rest;
}

WIDE_TOO double vectors_weighted_square(const double *a, const double *b, size_t count)
{
    four sum[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + STEP <= count; i += STEP)
        for (int k = 0; k < 4; k++) {
            four at = *(const four *)(b + i + 4 * k);
            sum[k] += at * at * *(const four *)(a + i + 4 * k);
        }
    double rest = 0;
    for (; i < count; i++)
        rest += b[i] * b[i] * a[i];
    four all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return (all[0] + all[1]) + (all[2] + all[3]) + rest;
}

WIDE_TOO void vectors_add(double *to, double scale, const double *a, size_t count)
{
    size_t i = 0;
    for (; i + 4 <= count; i += 4)
        *(four *)(to + i) += scale * *(const four *)(a + i);
    for (; i < count; i++)
        to[i] += scale * a[i];
}
