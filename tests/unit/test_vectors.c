#include "models/random.h"
#include "models/vectors.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MOST = 70, SHIFTS = 4 };

static struct {
    double a[MOST + SHIFTS], b[MOST + SHIFTS], to[MOST + SHIFTS + 1];
} drawn;

static void draw_all(void)
{
    struct random random = {7};
    for (size_t i = 0; i < MOST + SHIFTS; i++) {
        drawn.a[i] = random_normal(&random);
        drawn.b[i] = random_normal(&random);
        drawn.to[i] = random_normal(&random);
    }
}

TestSuite(vectors, .init = draw_all);

Test(vectors, sums_are_those_of_one_number_after_the_other)
{
    for (size_t shift = 0; shift < SHIFTS; shift++)
        for (size_t count = 0; count <= MOST; count++) {
            const double *a = drawn.a + shift, *b = drawn.b + (shift + 1) % SHIFTS;
            double dot = 0, square = 0;
            for (size_t i = 0; i < count; i++) {
                dot += a[i] * b[i];
                square += a[i] * b[i] * b[i];
            }
            cr_expect(fabs(vectors_dot(a, b, count) - dot) < 1e-12, "%zu numbers", count);
            cr_expect(fabs(vectors_weighted_square(a, b, count) - square) < 1e-12, "%zu numbers", count);
        }
}

Test(vectors, what_is_added_is_added_to_these_numbers_alone)
{
    for (size_t shift = 0; shift < SHIFTS; shift++)
        for (size_t count = 0; count <= MOST; count++) {
            double *to = drawn.to + shift, before[MOST + 1];
            for (size_t i = 0; i <= MOST; i++)
                before[i] = to[i];
            vectors_add(to, -1.5, drawn.a + shift, count);
            for (size_t i = 0; i < count; i++)
                cr_expect_eq(to[i], before[i] + -1.5 * drawn.a[shift + i], "number %zu of %zu", i, count);
            for (size_t i = count; i <= MOST; i++)
                cr_expect_eq(to[i], before[i], "number %zu, past %zu", i, count);
        }
}
