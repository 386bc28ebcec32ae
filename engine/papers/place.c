#include "engine/papers/place.h"

#include <string.h>

/* `title`, `body`: how often a word in each counts. */
static void sum_place(const struct embedding *embedding, const struct features *features, uint32_t title, uint32_t body,
                      float *place)
{
    enum { AT_ONCE = 256 };
    uint64_t key[AT_ONCE];
    float weight[AT_ONCE], part[EMBEDDING_MAX_DIMS];
    size_t filled = 0;
    memset(place, 0, embedding_dims(embedding) * sizeof *place);
    for (size_t i = 0; i <= features->count; i++) {
        const struct feature *feature = &features->item[i];
        if (i < features->count && (feature->view == VIEW_WORD || feature->view == VIEW_BIGRAM)) {
            key[filled] = feature->key;
            weight[filled] = (float)features_root(title * feature->title + body * feature->body);
            filled += weight[filled] > 0;
        }
        if (filled < AT_ONCE && i < features->count)
            continue;
        embedding_sum(embedding, key, weight, filled, part);
        for (uint32_t d = 0; d < embedding_dims(embedding); d++)
            place[d] += part[d];
        filled = 0;
    }
    embedding_unit(place, embedding_dims(embedding));
}

void place_paper(const struct embedding *embedding, const struct features *features, float *place)
{
    sum_place(embedding, features, PLACE_TITLE, 1, place);
}

void place_title(const struct embedding *embedding, const struct features *features, float *place)
{
    sum_place(embedding, features, 1, 0, place);
}

void place_abstract(const struct embedding *embedding, const struct features *features, float *place)
{
    sum_place(embedding, features, 0, 1, place);
}
