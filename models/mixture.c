#include "models/mixture.h"

#include "models/loss.h"

#include <math.h>
#include <string.h>

void mixture_standardise(struct mixture_part *part, const struct sparse *rows, const bool *reference, double *score)
{
    double sum = 0, square = 0, count = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!reference[i])
            continue;
        score[i] = sparse_dot(rows, i, part->w);
        sum += score[i];
        count++;
    }
    part->mean = count > 0 ? sum / count : 0;
    for (size_t i = 0; i < rows->rows; i++)
        if (reference[i])
            square += (score[i] - part->mean) * (score[i] - part->mean);
    part->spread = count > 1 ? sqrt(square / count) : 0;
    if (part->spread > 1e-12)
        return;
    part->mean = 0;
    part->spread = 1;
}

static double total(const struct mixture_part *part, size_t parts)
{
    double sum = 0;
    for (size_t i = 0; i < parts; i++)
        sum += part[i].weight;
    return sum;
}

double mixture_factor(const struct mixture_part *part, size_t parts, size_t which)
{
    return part[which].weight / total(part, parts) * part[0].spread / part[which].spread;
}

void mixture_join(const struct mixture_part *part, size_t parts, size_t columns, double *w, double *ret_base)
{
    memset(w, 0, columns * sizeof *w);
    *ret_base = part[0].mean;
    for (size_t i = 0; i < parts; i++) {
        double factor = mixture_factor(part, parts, i);
        *ret_base -= factor * part[i].mean;
        for (size_t j = 0; j < columns; j++)
            w[j] += factor * part[i].w[j];
    }
}

void mixture_weigh(const double *prior, const double *log_evidence, size_t parts, double *weight)
{
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < parts; i++)
        if (prior[i] > 0)
            most = fmax(most, log_evidence[i]);
    for (size_t i = 0; i < parts; i++)
        sum += weight[i] = prior[i] > 0 ? prior[i] * exp(log_evidence[i] - most) : 0;
    for (size_t i = 0; i < parts; i++)
        weight[i] /= sum;
}

double mixture_log_order(const double *score, const unsigned char *up, size_t count)
{
    double sum = 0;
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count && up[i]; j++) {
            if (up[j])
                continue;
            sum -= loss_logistic.value(score[i] - score[j]);
            pairs++;
        }
    return pairs ? sum / (double)pairs : 0;
}
