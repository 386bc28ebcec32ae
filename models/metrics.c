#include "models/metrics.h"

#include "models/blas.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

enum { TOP = 10 };

static int by_falling(const void *a, const void *b, void *values)
{
    const double *value = values;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    if (value[left] != value[right])
        return value[left] > value[right] ? -1 : 1;
    return left < right ? -1 : left > right;
}

void metrics_order(const double *value, size_t count, size_t *order)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, by_falling, (void *)value);
}

/* Mann–Whitney by ranks, groups of equal scores counting half. */
static double auc(const double *score, const unsigned char *truth, size_t count, const size_t *order, size_t ups)
{
    double won = 0;
    size_t ups_above = 0;
    for (size_t i = 0; i < count;) {
        size_t group_ups = 0, end = i;
        while (end < count && score[order[end]] == score[order[i]])
            group_ups += truth[order[end++]];
        double others = (double)(end - i - group_ups);
        won += others * ((double)ups_above + 0.5 * (double)group_ups);
        ups_above += group_ups;
        i = end;
    }
    return won / ((double)ups * (double)(count - ups));
}

struct metrics_ranking metrics_ranking(const double *score, const unsigned char *truth, size_t count, size_t *scratch)
{
    size_t ups = 0, found = 0;
    for (size_t i = 0; i < count; i++)
        ups += truth[i];
    assert(ups > 0 && ups < count);
    metrics_order(score, count, scratch);
    size_t best = ups < TOP ? ups : TOP;
    double gain = 0, ideal = 0, precision = 0, top = 0;
    for (size_t i = 0; i < best; i++)
        ideal += 1.0 / log2((double)i + 2);
    for (size_t i = 0; i < count; i++) {
        if (!truth[scratch[i]])
            continue;
        found++;
        precision += (double)found / (double)(i + 1);
        if (i < TOP) {
            gain += 1.0 / log2((double)i + 2);
            top++;
        }
    }
    return (struct metrics_ranking){auc(score, truth, count, scratch, ups), gain / ideal, precision / (double)ups,
                                    top / (double)best};
}

double metrics_brier(const double *probability, const unsigned char *truth, size_t count)
{
    assert(count);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (probability[i] - truth[i]) * (probability[i] - truth[i]);
    return sum / (double)count;
}

double metrics_log_loss(const double *probability, const unsigned char *truth, size_t count)
{
    assert(count);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum -= log(fmax(truth[i] ? probability[i] : 1 - probability[i], 1e-15));
    return sum / (double)count;
}

enum pith_status metrics_reciprocal_rank(const float *left, const float *right, size_t count, size_t dims, double *ret_rank,
                                         struct pith_error *reterr)
{
    *ret_rank = 0;
    PITH_AUTO(pith_free_p) float *cosine = pith_calloc(count * count + 1, sizeof *cosine);
    if (!cosine)
        return pith_no_memory(reterr);
    blas_enter();
    if (count && dims)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)count, (int)dims, 1, left, (int)dims, right,
                    (int)dims, 0, cosine, (int)count);
    blas_leave();
    for (size_t i = 0; i < count; i++) {
        double rank = 1;
        for (size_t j = 0; j < count; j++) {
            float other = cosine[i * count + j], own = cosine[i * count + i];
            rank += j == i ? 0 : other > own ? 1 : other == own ? 0.5 : 0;
        }
        *ret_rank += 1 / (rank * (double)count);
    }
    return PITH_OK;
}
