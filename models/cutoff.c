#include "models/cutoff.h"

#include <stdlib.h>

struct cutoff cutoff_at(const double *probability, size_t count, size_t length)
{
    struct cutoff at = {.length = length < count ? length : count};
    for (size_t i = 0; i < count; i++)
        *(i < at.length ? &at.above : &at.below) += probability[i];
    return at;
}

struct cutoff cutoff_expecting(const double *probability, size_t count, double likes)
{
    size_t length = 0;
    for (double sum = 0; length < count && sum < likes; length++)
        sum += probability[length];
    return cutoff_at(probability, count, length);
}

struct cutoff cutoff_missing(const double *probability, size_t count, double likes)
{
    size_t length = count;
    for (double sum = 0; length > 0 && sum + probability[length - 1] <= likes; length--)
        sum += probability[length - 1];
    return cutoff_at(probability, count, length);
}

static int falling(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left > right ? -1 : left < right;
}

size_t cutoff_conformal(const double *score, size_t count, double *unwanted, size_t nulls, double share)
{
    size_t length = 0, above = 0;
    if (nulls)
        qsort(unwanted, nulls, sizeof *unwanted, falling);
    for (size_t i = 0; i < count; i++) {
        while (above < nulls && unwanted[above] >= score[i])
            above++;
        double p = (1 + (double)above) / (double)(nulls + 1);
        if (p <= share * (double)(i + 1) / (double)count)
            length = i + 1;
    }
    return length;
}
