#include "engine/ranking/nearest.h"

#include <stdlib.h>
#include <string.h>

void nearest_clear(struct nearest *nearest)
{
    free(nearest->paper);
    free(nearest->place);
    *nearest = (struct nearest){0};
}

/* ---- loading ---- */

struct loading {
    const struct model *model;
    struct features features;
    struct model_row row;
    float *place; /* of the next paper */
};

static void loading_clear(struct loading *loading)
{
    features_clear(&loading->features);
    model_row_clear(&loading->row);
}

static enum pith_status place_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct loading *loading = user;
    enum pith_status status = features_read(row->features, row->features_length, &loading->features, reterr);
    if (!status)
        status = model_weigh_kept(loading->model, &loading->features, &row->place, &loading->row, reterr);
    if (!status)
        likeness_place(loading->model, &loading->row, loading->place);
    return status;
}

enum pith_status nearest_load(struct store *store, const struct model *model, const struct profile *profile,
                              struct nearest *ret_nearest, struct pith_error *reterr)
{
    PITH_AUTO(loading_clear) struct loading loading = {.model = model};
    PITH_AUTO(nearest_clear) struct nearest nearest = {0};
    size_t votes;
    const struct profile_vote *vote = profile_votes(profile, &votes);
    nearest.paper = pith_calloc(votes, sizeof *nearest.paper);
    nearest.place = pith_calloc(votes, LIKENESS_PLACES * sizeof *nearest.place);
    if (!nearest.paper || !nearest.place)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < votes; i++) {
        int64_t id;
        struct pith_error error;
        enum pith_status status = store_find_key(store, vote[i].paper, &id, &error);
        if (status == PITH_NOT_FOUND)
            continue;
        loading.place = nearest.place + nearest.count * LIKENESS_PLACES;
        if (!status)
            status = store_visit_paper(store, id, place_row, &loading, &error);
        if (status)
            return pith_fail(reterr, status, "%s", error.message);
        nearest.paper[nearest.count++] = (struct nearest_paper){id, vote[i].verdict};
    }
    *ret_nearest = nearest;
    nearest = (struct nearest){0};
    return PITH_OK;
}

/* ---- naming ---- */

struct found {
    size_t at;
    double likeness;
};

/* The best of them, the first of equals first. */
static size_t find(const struct nearest *nearest, int64_t id, const float *place, bool disliked, struct found found[NEAREST_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < nearest->count; i++) {
        if (nearest->paper[i].id == id || (nearest->paper[i].verdict == VERDICT_DOWN) != disliked)
            continue;
        double likeness = likeness_cosine(place, nearest->place + i * LIKENESS_PLACES);
        size_t at = count < NEAREST_MOST ? count : NEAREST_MOST - 1;
        if (likeness < NEAREST_LEAST || (count == NEAREST_MOST && likeness <= found[at].likeness))
            continue;
        for (; at > 0 && found[at - 1].likeness < likeness; at--)
            found[at] = found[at - 1];
        found[at] = (struct found){i, likeness};
        count += count < NEAREST_MOST;
    }
    return count;
}

static enum pith_status copy_title(void *user, const struct store_row *row, struct pith_error *reterr)
{
    char **title = user;
    *title = strdup(row->title);
    return *title ? PITH_OK : pith_no_memory(reterr);
}

static enum pith_status name_one(struct store *store, const struct nearest_paper *paper, struct pith_near *near,
                                 struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    near->verdict = paper->verdict;
    enum pith_status status = store_paper_key(store, paper->id, key, reterr);
    if (!status)
        status = paper_display_id(key, &near->id, reterr);
    if (!status)
        status = store_visit_paper(store, paper->id, copy_title, &near->title, reterr);
    if (!status && !(near->key = strdup(key)))
        status = pith_no_memory(reterr);
    return status;
}

enum pith_status nearest_name(const struct nearest *nearest, struct store *store, int64_t id, const float place[LIKENESS_PLACES],
                              bool disliked, struct pith_ranked *paper, struct pith_error *reterr)
{
    struct found found[NEAREST_MOST];
    size_t count = find(nearest, id, place, disliked, found);
    paper->near = pith_calloc(count, sizeof *paper->near);
    if (!paper->near)
        return pith_no_memory(reterr);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++) {
        struct pith_near *near = &paper->near[paper->nears++];
        near->likeness = found[i].likeness;
        status = name_one(store, &nearest->paper[found[i].at], near, reterr);
    }
    return status;
}
