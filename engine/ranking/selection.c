#include "engine/ranking/selection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TELLING_WORDS = 3 };

/* ---- twins ---- */

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

uint64_t selection_title(const struct features *features)
{
    uint64_t sum = 0;
    size_t words = 0;
    for (size_t i = 0; i < features->count; i++) {
        const struct feature *feature = &features->item[i];
        if (feature->view != VIEW_WORD || feature->title == 0)
            continue;
        sum += mix(feature->key + feature->title); /* a sum: the order does not matter */
        words++;
    }
    return words < TELLING_WORDS ? 0 : sum ? sum : 1;
}

struct titled {
    uint64_t title;
    size_t rank; /* in the order */
};

static int by_title(const void *a, const void *b)
{
    const struct titled *left = a, *right = b;
    if (left->title != right->title)
        return left->title < right->title ? -1 : 1;
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

size_t selection_collapse(const uint64_t *title, size_t *order, size_t count, size_t *duplicate_of)
{
    struct titled *titled = pith_calloc(count, sizeof *titled);
    for (size_t i = 0; i < count; i++)
        duplicate_of[order[i]] = order[i];
    if (!titled) /* every paper by itself is a list too */
        return count;
    for (size_t i = 0; i < count; i++)
        titled[i] = (struct titled){title[order[i]], i};
    qsort(titled, count, sizeof *titled, by_title);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (titled[i].title != titled[first].title)
            first = i;
        else if (titled[i].title)
            duplicate_of[order[titled[i].rank]] = order[titled[first].rank];
    }
    free(titled);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (duplicate_of[order[i]] == order[i])
            order[kept++] = order[i];
    return kept;
}

/* ---- diversity ---- */

void selection_place(const struct model *model, const struct model_row *row, float place[SELECTION_PLACES])
{
    double square = 0;
    memset(place, 0, SELECTION_PLACES * sizeof *place);
    if (model->embeddings) {
        for (size_t d = 0; d < model->embedding[0].dims && d < SELECTION_PLACES; d++)
            place[d] = row->place[d];
    } else {
        for (size_t i = 0; i < row->count; i++) {
            uint64_t hash = mix(row->column[i] + UINT64_C(1));
            place[hash % SELECTION_PLACES] += (hash >> 32 & 1 ? 1.0F : -1.0F) * (float)row->value[i];
        }
    }
    for (size_t d = 0; d < SELECTION_PLACES; d++)
        square += (double)place[d] * (double)place[d];
    float scale = square > 0 ? (float)(1 / sqrt(square)) : 0;
    for (size_t d = 0; d < SELECTION_PLACES; d++)
        place[d] *= scale;
}

double selection_cosine(const float one[SELECTION_PLACES], const float other[SELECTION_PLACES])
{
    float sum = 0;
    for (size_t d = 0; d < SELECTION_PLACES; d++)
        sum += one[d] * other[d];
    return (double)sum;
}

enum pith_status selection_diversify(const double *worth, const float *place, double diverse, size_t most, size_t *order,
                                     size_t count, struct pith_error *reterr)
{
    most = most < count ? most : count;
    PITH_AUTO(pith_free_p) double *alike = pith_calloc(most, sizeof *alike); /* the largest cosine with any paper above */
    if (!alike)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    for (size_t done = 0; done < most; done++) {
        size_t best = done;
        double highest = -INFINITY;
        for (size_t i = done; i < most; i++) {
            double value = (1 - diverse) * worth[order[i]] - diverse * alike[i];
            if (value > highest) {
                highest = value;
                best = i;
            }
        }
        size_t chosen = order[best]; /* the others keep their order */
        memmove(order + done + 1, order + done, (best - done) * sizeof *order);
        memmove(alike + done + 1, alike + done, (best - done) * sizeof *alike);
        order[done] = chosen;
        for (size_t i = done + 1; i < most; i++)
            alike[i] = fmax(alike[i], selection_cosine(place + chosen * SELECTION_PLACES, place + order[i] * SELECTION_PLACES));
    }
    return PITH_OK;
}
