#include "models/title_weighting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PRIOR_PAPERS = 5.0, TITLED_LEAST = 0.1, TITLED_MOST = 8.0;
/* The mild lift that is tried on the store; and by how much of it the mean cosine may rise for nothing to be lifted, and has to fall for
 * all of it. */
static const double TRIED = 0.25, ALIKE = 1.02, APART = 0.98;

void title_weighting_clear(struct title_weighting *title_weight)
{
    free(title_weight->titled);
    free(title_weight->part);
    *title_weight = (struct title_weighting){0};
}

enum pith_status title_weighting_init(struct title_weighting *title_weight, size_t terms, struct pith_error *reterr)
{
    *title_weight = (struct title_weighting){.terms = terms};
    title_weight->titled = pith_calloc(terms + 1, sizeof *title_weight->titled);
    title_weight->part = pith_calloc(terms + 1, sizeof *title_weight->part);
    if (!title_weight->titled || !title_weight->part) {
        title_weighting_clear(title_weight);
        return pith_no_memory(reterr);
    }
    for (size_t j = 0; j < terms; j++)
        title_weight->titled[j] = 1;
    return PITH_OK;
}

double title_weighting_titled(uint32_t papers, uint32_t titles, double usual)
{
    double share = (titles + PRIOR_PAPERS * usual) / (papers + PRIOR_PAPERS);
    return fmin(fmax(share / usual, TITLED_LEAST), TITLED_MOST);
}

void title_weighting_lift(const struct title_weighting *title_weight, double power, double *lift)
{
    for (size_t j = 0; j < title_weight->terms; j++)
        lift[j] = pow(title_weight->titled[j], power * title_weight->apart);
}

void title_weighting_row(const struct title_weighting *title_weight, const double *lift, const uint32_t *column, double *value,
                         size_t count)
{
    double before[TITLE_WEIGHTING_PARTS] = {0}, after[TITLE_WEIGHTING_PARTS] = {0};
    for (size_t k = 0; k < count && column[k] < title_weight->terms; k++) {
        unsigned char part = title_weight->part[column[k]];
        before[part] += value[k] * value[k];
        value[k] *= lift[column[k]];
        after[part] += value[k] * value[k];
    }
    for (size_t part = 0; part < TITLE_WEIGHTING_PARTS; part++)
        after[part] = 1 / sqrt(fmax(1 - before[part], 0) + after[part]);
    for (size_t k = 0; k < count && column[k] < title_weight->terms; k++)
        value[k] *= after[title_weight->part[column[k]]];
}

enum pith_status title_weighting_rows(const struct title_weighting *title_weight, const double *lift, const struct sparse *rows,
                                      struct sparse *ret_rows, struct pith_error *reterr)
{
    PITH_AUTO(sparse_clear) struct sparse lifted = {0};
    enum pith_status status = PITH_OK;
    sparse_init(&lifted, rows->columns);
    for (size_t i = 0; !status && i < rows->rows; i++) {
        status = sparse_add_scaled(&lifted, rows, i, 1, reterr);
        size_t at = rows->start[i];
        if (!status)
            title_weighting_row(title_weight, lift, rows->column + at, lifted.value + at, rows->start[i + 1] - at);
    }
    *ret_rows = status ? (struct sparse){0} : lifted;
    if (!status)
        lifted = (struct sparse){0};
    return status;
}

/* The mean over all pairs of different sampled rows of their product in one part, lifted or (NULL) not: by the sum of the rows. `sum` and
 * `value` are room for terms and for a row. */
static double mean_product(const struct title_weighting *title_weight, const struct sparse *rows, const bool *sample, unsigned part,
                           const double *lift, double *sum, double *value)
{
    double own = 0, all = 0, count = 0;
    memset(sum, 0, title_weight->terms * sizeof *sum);
    for (size_t i = 0; i < rows->rows; i++) {
        const uint32_t *column = rows->column + rows->start[i];
        size_t cells = rows->start[i + 1] - rows->start[i];
        if (!sample[i])
            continue;
        memcpy(value, rows->value + rows->start[i], cells * sizeof *value);
        if (lift)
            title_weighting_row(title_weight, lift, column, value, cells);
        for (size_t k = 0; k < cells && column[k] < title_weight->terms; k++) {
            if (title_weight->part[column[k]] != part)
                continue;
            sum[column[k]] += value[k];
            own += value[k] * value[k];
        }
        count++;
    }
    for (size_t j = 0; j < title_weight->terms; j++)
        all += sum[j] * sum[j];
    return count > 1 ? (all - own) / (count * (count - 1)) : 0;
}

enum pith_status title_weighting_measure(struct title_weighting *title_weight, const struct sparse *rows, const bool *sample,
                                         unsigned part, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(title_weight->terms + 1, sizeof *lift);
    PITH_AUTO(pith_free_p) double *sum = pith_calloc(title_weight->terms + 1, sizeof *sum);
    PITH_AUTO(pith_free_p) double *value = pith_calloc(rows->columns + 1, sizeof *value);
    if (!lift || !sum || !value)
        return pith_no_memory(reterr);
    title_weight->apart = 1;
    title_weighting_lift(title_weight, TRIED, lift);
    double before = mean_product(title_weight, rows, sample, part, NULL, sum, value);
    double after = mean_product(title_weight, rows, sample, part, lift, sum, value);
    title_weight->apart = before > 0 ? fmin(fmax((ALIKE - after / before) / (ALIKE - APART), 0), 1) : 0;
    return PITH_OK;
}
