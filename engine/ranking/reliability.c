#include "engine/ranking/reliability.h"

#include "models/metrics.h"

#include <assert.h>
#include <math.h>

static void wilson(struct pith_bin *bin)
{
    const double z = 1.959963984540054, n = (double)bin->count;
    double middle = (bin->liked + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(bin->liked * (1 - bin->liked) / n + z * z / (4 * n * n));
    bin->low = fmax(middle - half, 0);
    bin->high = fmin(middle + half, 1);
}

size_t reliability_bins(const double *probability, const unsigned char *truth, size_t count, size_t *scratch,
                        struct pith_bin bin[PITH_BINS])
{
    size_t bins = count < PITH_BINS ? count : PITH_BINS;
    metrics_order(probability, count, scratch);
    for (size_t k = 0; k < bins; k++) {
        bin[k] = (struct pith_bin){.count = (k + 1) * count / bins - k * count / bins};
        for (size_t i = k * count / bins; i < (k + 1) * count / bins; i++) {
            bin[k].said += probability[scratch[i]] / (double)bin[k].count;
            bin[k].liked += truth[scratch[i]] / (double)bin[k].count;
        }
        wilson(&bin[k]);
    }
    return bins;
}

size_t reliability_bins_of_likes(const double *probability, const unsigned char *truth, size_t count, size_t *scratch,
                                 struct pith_bin bin[PITH_BINS])
{
    double told = 0, all = 0;
    size_t bins = 0;
    metrics_order(probability, count, scratch);
    for (size_t i = 0; i < count; i++)
        all += probability[i];
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || (bins < PITH_BINS && told >= all * (double)bins / PITH_BINS))
            bin[bins++] = (struct pith_bin){0};
        struct pith_bin *last = &bin[bins - 1];
        last->said += probability[scratch[i]];
        last->liked += truth[scratch[i]];
        last->count++;
        told += probability[scratch[i]];
    }
    for (size_t k = 0; k < bins; k++) {
        bin[k].said /= (double)bin[k].count;
        bin[k].liked /= (double)bin[k].count;
        wilson(&bin[k]);
    }
    return bins;
}

double reliability_error(const double *probability, const unsigned char *truth, size_t count, size_t *scratch)
{
    assert(count);
    struct pith_bin bin[PITH_BINS];
    double error = 0;
    size_t bins = reliability_bins(probability, truth, count, scratch, bin);
    for (size_t k = 0; k < bins; k++)
        error += fabs(bin[k].said - bin[k].liked) * (double)bin[k].count;
    return error / (double)count;
}
