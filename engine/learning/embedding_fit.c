#include "engine/learning/embedding_fit.h"

#include "engine/papers/place.h"
#include "models/metrics.h"

#include <stdlib.h>
#include <string.h>

/* Finding one of 400 tells fields apart that an embedding knows from those that it does not; the mean takes a few more. */
enum { SAMPLE = 800, PAIRS = 400 };

struct measuring {
    const struct embedding *embedding;
    uint32_t dims;
    struct features features;
    float *title, *abstract; /* PAIRS * dims */
    double *sum;
    size_t seen, placed, pairs;
};

static void measuring_clear(struct measuring *measuring)
{
    features_clear(&measuring->features);
    free(measuring->title);
    free(measuring->abstract);
    free(measuring->sum);
}

static bool is_place(const float *place, uint32_t dims)
{
    bool some = false;
    for (uint32_t d = 0; d < dims; d++)
        some |= place[d] != 0;
    return some;
}

/* Every second paper's title and abstract are kept apart too. */
static enum pith_status measure_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct measuring *measuring = user;
    float place[EMBEDDING_MAX_DIMS];
    enum pith_status status = features_read(row->features, row->features_length, &measuring->features, reterr);
    if (status)
        return status;
    if (!embedding_read_kept(measuring->embedding, &row->place, place))
        place_paper(measuring->embedding, &measuring->features, place);
    measuring->placed += is_place(place, measuring->dims);
    for (uint32_t d = 0; d < measuring->dims; d++)
        measuring->sum[d] += (double)place[d];
    if (measuring->seen++ % (SAMPLE / PAIRS) || measuring->pairs == PAIRS)
        return PITH_OK;
    float *title = measuring->title + measuring->pairs * measuring->dims;
    float *abstract = measuring->abstract + measuring->pairs * measuring->dims;
    place_title(measuring->embedding, &measuring->features, title);
    place_abstract(measuring->embedding, &measuring->features, abstract);
    measuring->pairs += is_place(title, measuring->dims) && is_place(abstract, measuring->dims);
    return PITH_OK;
}

/* By their own mean: titles stand elsewhere than abstracts. */
static void centre(float *place, size_t count, uint32_t dims)
{
    float mean[EMBEDDING_MAX_DIMS] = {0};
    for (size_t i = 0; i < count * dims; i++)
        mean[i % dims] += place[i] / (float)count;
    for (size_t i = 0; i < count; i++)
        embedding_centre(place + i * dims, mean, dims);
}

static enum pith_status measure(struct measuring *measuring, struct store *store, struct embedding_fit *fitness,
                                struct pith_error *reterr)
{
    enum pith_status status = store_each_features(store, SAMPLE, measure_paper, measuring, reterr);
    if (status)
        return status;
    *fitness = (struct embedding_fit){.papers = measuring->placed, .pairs = measuring->pairs};
    for (uint32_t d = 0; d < measuring->dims && measuring->placed; d++)
        fitness->mean[d] = (float)(measuring->sum[d] / (double)measuring->placed);
    centre(measuring->title, measuring->pairs, measuring->dims);
    centre(measuring->abstract, measuring->pairs, measuring->dims);
    return metrics_reciprocal_rank(measuring->title, measuring->abstract, measuring->pairs, measuring->dims,
                                   &fitness->reciprocal_rank, reterr);
}

enum pith_status embedding_fit_measure(struct store *store, const struct embedding *embedding, struct embedding_fit *ret_fitness,
                                       struct pith_error *reterr)
{
    PITH_AUTO(measuring_clear) struct measuring measuring = {.embedding = embedding, .dims = embedding_dims(embedding)};
    measuring.title = pith_calloc((size_t)PAIRS * measuring.dims, sizeof *measuring.title);
    measuring.abstract = pith_calloc((size_t)PAIRS * measuring.dims, sizeof *measuring.abstract);
    measuring.sum = pith_calloc(measuring.dims, sizeof *measuring.sum);
    if (!measuring.title || !measuring.abstract || !measuring.sum)
        return pith_no_memory(reterr);
    return measure(&measuring, store, ret_fitness, reterr);
}
