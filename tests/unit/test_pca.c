#include "models/pca.h"
#include "models/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DIMS = 5, POINTS = 4000 };

/* Points that differ by `width` along directions that are known: a turned cube's. */
static void make_points(double *point, const double *width)
{
    struct random random = {7};
    for (size_t i = 0; i < POINTS; i++) {
        double along[DIMS];
        for (size_t d = 0; d < DIMS; d++)
            along[d] = width[d] * random_normal(&random);
        for (size_t d = 0; d < DIMS; d++)
            point[i * DIMS + d] = 3 + (double)d + along[d];
        double first = point[i * DIMS], second = point[i * DIMS + 1]; /* the first two, turned by 45 degrees */
        point[i * DIMS] = (first - second) / sqrt(2);
        point[i * DIMS + 1] = (first + second) / sqrt(2);
    }
}

static const double widths[DIMS] = {4, 0.5, 2, 1, 0.1};

Test(pca, are_found_with_their_spread)
{
    static double point[POINTS * DIMS];
    PITH_AUTO(pca_clear) struct pca pca = {0};
    make_points(point, widths);
    cr_assert_eq(pca_find(point, POINTS, DIMS, &pca, NULL), PITH_OK);
    static const double sorted[DIMS] = {4, 2, 1, 0.5, 0.1};
    for (size_t d = 0; d < DIMS; d++)
        cr_expect_float_eq(sqrt(pca.spread[d]) / sorted[d], 1, 0.05, "axis %zu: %g", d, pca.spread[d]);
    cr_expect_float_eq(fabs(pca.direction[0]), sqrt(0.5), 0.01);
    cr_expect_float_eq(pca.direction[0] * pca.direction[1], 0.5, 0.01);
    cr_expect_float_eq(pca_total(&pca), 16 + 4 + 1 + 0.25 + 0.01, 1);
}

Test(pca, turning_keeps_distances_and_turns_back)
{
    static double point[POINTS * DIMS];
    PITH_AUTO(pca_clear) struct pca pca = {0};
    make_points(point, widths);
    cr_assert_eq(pca_find(point, POINTS, DIMS, &pca, NULL), PITH_OK);
    double one[DIMS], other[DIMS], weight[DIMS] = {0.3, -1, 2, 0.7, -0.2}, back[DIMS], mean = 0, sum[DIMS] = {0};
    pca_turn_back(&pca, weight, back);
    for (size_t d = 0; d < DIMS; d++)
        mean += weight[d] * pca.mean[d];
    for (size_t i = 0; i < 20; i++) {
        double before = 0, after = 0, along = 0, plain = 0;
        pca_turn(&pca, point + i * DIMS, one);
        pca_turn(&pca, point + (i + 1) * DIMS, other);
        for (size_t d = 0; d < DIMS; d++) {
            before += pow(point[i * DIMS + d] - point[(i + 1) * DIMS + d], 2);
            after += pow(one[d] - other[d], 2);
            along += weight[d] * one[d];
            plain += back[d] * point[i * DIMS + d];
        }
        cr_expect_float_eq(before, after, 1e-9 * before);
        cr_expect_float_eq(along + mean, plain, 1e-9);
    }
    for (size_t i = 0; i < POINTS; i++) {
        pca_turn(&pca, point + i * DIMS, one);
        for (size_t d = 0; d < DIMS; d++)
            sum[d] += one[d] / POINTS;
    }
    for (size_t d = 0; d < DIMS; d++)
        cr_expect_float_eq(sum[d], 0, 1e-9, "the mean is 0 along axis %zu", d);
}

/* What a taste is expected to vary by over the points: the sum of spread times prior variance. */
Test(pca, a_lean_keeps_the_expected_variance)
{
    static double point[POINTS * DIMS];
    PITH_AUTO(pca_clear) struct pca pca = {0};
    make_points(point, widths);
    cr_assert_eq(pca_find(point, POINTS, DIMS, &pca, NULL), PITH_OK);
    for (int scaled = 0; scaled < 2; scaled++) {
        for (double lean = 0; lean <= 1; lean += 0.25) {
            double expected = 0;
            for (uint32_t d = 0; d < DIMS; d++)
                expected += pca.spread[d] * pca_variance(&pca, d, lean);
            cr_expect_float_eq(expected, pca_total(&pca), 1e-9 * expected, "lean %g", lean);
        }
        cr_expect_eq(pca_variance(&pca, 2, 0), 1);
        cr_expect_float_eq(pca_variance(&pca, 0, 1) / pca_variance(&pca, 1, 1), pca.spread[0] / pca.spread[1], 1e-9);
        pca_scale(&pca, 0.01);
    }
}

Test(pca, of_points_that_say_nothing_are_the_coordinates)
{
    double point[3 * DIMS], along[DIMS];
    for (size_t i = 0; i < 3 * DIMS; i++)
        point[i] = 2;
    for (size_t count = 0; count <= 3; count += 3) {
        PITH_AUTO(pca_clear) struct pca pca = {0};
        cr_assert_eq(pca_find(point, count, DIMS, &pca, NULL), PITH_OK);
        pca_turn(&pca, (const double[DIMS]){1, 2, 3, 4, 5}, along);
        for (uint32_t d = 0; d < DIMS; d++) {
            cr_expect_eq(along[d], d + 1.0, "%zu points", count);
            cr_expect_eq(pca_variance(&pca, d, 0.7), 1);
        }
    }
}

/* ---- many at once ---- */

enum { THREADS = 4, TIMES = 40, MANY_DIMS = 96, MANY_POINTS = 300 };

struct finding {
    pthread_t thread;
    double *point;
    struct pca alone;
    bool same;
};

static void *find_again(void *user)
{
    struct finding *finding = user;
    finding->same = true;
    for (int time = 0; time < TIMES; time++) {
        PITH_AUTO(pca_clear) struct pca pca = {0};
        bool found = pca_find(finding->point, MANY_POINTS, MANY_DIMS, &pca, NULL) == PITH_OK;
        finding->same = finding->same && found && memcmp(pca.spread, finding->alone.spread, MANY_DIMS * sizeof *pca.spread) == 0 &&
                        memcmp(pca.direction, finding->alone.direction, MANY_DIMS * MANY_DIMS * sizeof *pca.direction) == 0;
    }
    return NULL;
}

/* A service's workers fit at the same time, over a BLAS that keeps its buffers without locks. */
Test(pca, are_the_same_however_many_look_for_theirs)
{
    static struct finding finding[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        struct random random = {t + 1};
        finding[t].point = malloc(MANY_POINTS * MANY_DIMS * sizeof(double));
        for (size_t i = 0; i < MANY_POINTS * MANY_DIMS; i++)
            finding[t].point[i] = random_normal(&random);
        cr_assert_eq(pca_find(finding[t].point, MANY_POINTS, MANY_DIMS, &finding[t].alone, NULL), PITH_OK);
    }
    for (size_t t = 0; t < THREADS; t++)
        cr_assert_eq(pthread_create(&finding[t].thread, NULL, find_again, &finding[t]), 0);
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(finding[t].thread, NULL);
        cr_expect(finding[t].same, "thread %zu", t);
        pca_clear(&finding[t].alone);
        free(finding[t].point);
    }
}
