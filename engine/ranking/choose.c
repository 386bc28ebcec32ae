#include "engine/ranking/choose.h"

#include "engine/ranking/likeness.h"
#include "models/cutoff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIVERSE = 200 };

/* ---- order ---- */

struct place {
    double score;
    size_t position;
};

static int by_score(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->score != right->score)
        return left->score > right->score ? -1 : 1;
    return left->position < right->position ? -1 : left->position > right->position;
}

enum pith_status choose_order(const double *score, size_t count, size_t **ret_order, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct place *place = pith_calloc(count, sizeof *place);
    size_t *order = pith_calloc(count, sizeof *order);
    if (!place || !order) {
        free(order);
        return pith_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++)
        place[i] = (struct place){score[i], i};
    qsort(place, count, sizeof *place, by_score);
    for (size_t i = 0; i < count; i++)
        order[i] = place[i].position;
    *ret_order = order;
    return PITH_OK;
}

/* ---- duplicates ---- */

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

size_t choose_collapse(const uint64_t *title, size_t *order, size_t count, size_t *duplicate_of)
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

enum pith_status choose_diverse(const double *worth, const float *place, double diverse, size_t most, size_t *order, size_t count,
                                struct pith_error *reterr)
{
    most = most < count ? most : count;
    PITH_AUTO(pith_free_p) double *alike = pith_calloc(most, sizeof *alike); /* the largest cosine with any paper above */
    if (!alike)
        return pith_no_memory(reterr);
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
            alike[i] = fmax(alike[i], likeness_cosine(place + chosen * LIKENESS_PLACES, place + order[i] * LIKENESS_PLACES));
    }
    return PITH_OK;
}

/* ---- a list ---- */

void choice_clear(struct choice *choice)
{
    free(choice->order);
    free(choice->duplicate_of);
    free(choice->probability);
}

/* What a paper is worth among others: the chance that a vote on it is an up, or where there is none what would be one. */
static double worth_of(const struct model *model, double score)
{
    return model->calibration.known ? calibrate_probability(&model->calibration, score) : 1 / (1 + exp(-score));
}

static enum pith_status diversify(const struct candidates *candidates, struct choice *choice, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *worth = pith_calloc(candidates->count, sizeof *worth);
    if (!worth)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < candidates->count; i++)
        worth[i] = worth_of(candidates->model, candidates->score[i]);
    return choose_diverse(worth, candidates->place, candidates->request->diverse, MOST_DIVERSE, choice->order, choice->count,
                          reterr);
}

/* In order, duplicates as one, unlike each other as far as asked. */
static enum pith_status order_all(const struct candidates *candidates, struct choice *choice, struct pith_error *reterr)
{
    enum pith_status status = choose_order(candidates->score, candidates->count, &choice->order, reterr);
    choice->duplicate_of = pith_calloc(candidates->count, sizeof *choice->duplicate_of);
    choice->probability = pith_calloc(candidates->count, sizeof *choice->probability);
    if (!status && (!choice->duplicate_of || !choice->probability))
        status = pith_no_memory(reterr);
    if (status)
        return status;
    choice->count = candidates->count;
    for (size_t i = 0; i < candidates->count; i++)
        choice->duplicate_of[i] = i;
    if (!candidates->request->duplicates)
        choice->count = choose_collapse(candidates->title, choice->order, candidates->count, choice->duplicate_of);
    if (candidates->model && candidates->request->diverse > 0)
        status = diversify(candidates, choice, reterr);
    for (size_t i = 0; candidates->model && i < choice->count; i++)
        choice->probability[i] = calibrate_probability(&candidates->model->listing, candidates->score[choice->order[i]]);
    return status;
}

/* How many of them are wanted. `unwanted`: scores of papers known to be unwanted, for the request that needs them. */
static enum pith_status cut_off(const struct candidates *candidates, struct choice *choice, const struct choose_unwanted *unwanted,
                                struct pith_error *reterr)
{
    const struct pith_rank_request *request = candidates->request;
    size_t length = choice->count;
    if (request->expect > 0 && candidates->model && candidates->model->listing.known) {
        size_t enough = cutoff_expecting(choice->probability, choice->count, request->expect).length;
        length = enough < length ? enough : length;
    }
    if (request->unwanted > 0 && candidates->model && unwanted) {
        PITH_AUTO(pith_free_p) double *score = pith_calloc(choice->count, sizeof *score);
        if (!score)
            return pith_no_memory(reterr);
        for (size_t i = 0; i < choice->count; i++)
            score[i] = candidates->score[choice->order[i]];
        size_t sure = cutoff_conformal(score, choice->count, unwanted->score, unwanted->count, request->unwanted);
        length = sure < length ? sure : length;
    }
    choice->length = request->limit && request->limit < length ? request->limit : length;
    return PITH_OK;
}

enum pith_status choose(const struct candidates *candidates, const struct choose_unwanted *unwanted, struct choice *ret_choice,
                        struct pith_error *reterr)
{
    PITH_AUTO(choice_clear) struct choice choice = {0};
    enum pith_status status = order_all(candidates, &choice, reterr);
    if (!status)
        status = cut_off(candidates, &choice, unwanted, reterr);
    if (status)
        return status;
    *ret_choice = choice;
    choice = (struct choice){0};
    return PITH_OK;
}
