#include "engine/ranking/likeness.h"

#include <math.h>
#include <string.h>

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

void likeness_place(const struct model *model, const struct model_row *row, float place[LIKENESS_PLACES])
{
    double square = 0;
    memset(place, 0, LIKENESS_PLACES * sizeof *place);
    if (model->embeddings) {
        for (size_t d = 0; d < model->embedding[0].dims && d < LIKENESS_PLACES; d++)
            place[d] = row->place[d];
    } else {
        for (size_t i = 0; i < row->count; i++) {
            uint64_t hash = mix(row->column[i] + UINT64_C(1));
            place[hash % LIKENESS_PLACES] += (hash >> 32 & 1 ? 1.0F : -1.0F) * (float)row->value[i];
        }
    }
    for (size_t d = 0; d < LIKENESS_PLACES; d++)
        square += (double)place[d] * (double)place[d];
    float scale = square > 0 ? (float)(1 / sqrt(square)) : 0;
    for (size_t d = 0; d < LIKENESS_PLACES; d++)
        place[d] *= scale;
}

double likeness_cosine(const float one[LIKENESS_PLACES], const float other[LIKENESS_PLACES])
{
    float sum = 0;
    for (size_t d = 0; d < LIKENESS_PLACES; d++)
        sum += one[d] * other[d];
    return (double)sum;
}
