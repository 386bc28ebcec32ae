#include "engine/learning/learner_inside.h"

#include <stdlib.h>
#include <string.h>

/* More papers than this in a day are no listing that anybody went through, but an archive that was imported. */
enum { MOST_OF_A_DAY = 3000, MOST_LISTED = 1 << 22 };

void learner_listings_clear(struct learner_listings *listings)
{
    free(listings->day);
    free(listings->start);
    free(listings->paper);
    sparse_clear(&listings->rows);
    *listings = (struct learner_listings){0};
}

/* ---- which there are ---- */

static int by_day(const void *a, const void *b)
{
    int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;
    return one < other ? -1 : one > other;
}

/* The latest `most` days, ascending, with a thumb on a paper of theirs. *ret_days is malloc'ed. */
static enum pith_status find_days(const struct learner *learner, size_t most, int32_t **ret_days, size_t *ret_count,
                                  struct pith_error *reterr)
{
    size_t all = 0, kept = 0;
    int32_t *day = pith_calloc(learner->papers, sizeof *day);
    if (!day)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < learner->papers; i++)
        if (learner_is_thumb(&learner->paper[i]) && learner->paper[i].listed != PITH_NO_DAY)
            day[all++] = learner->paper[i].listed;
    if (all)
        qsort(day, all, sizeof *day, by_day);
    for (size_t i = 0; i < all; i++)
        if (!i || day[i] != day[i - 1])
            day[kept++] = day[i];
    if (kept > most)
        memmove(day, day + kept - most, most * sizeof *day);
    *ret_count = kept < most ? kept : most;
    *ret_days = day;
    return PITH_OK;
}

size_t learner_listing_of(const struct learner *learner, size_t paper)
{
    const struct learner_listings *listings = &learner->listings;
    if (!listings->count || learner->paper[paper].listed == PITH_NO_DAY)
        return SIZE_MAX;
    const int32_t *found = bsearch(&learner->paper[paper].listed, listings->day, listings->count, sizeof *found, by_day);
    return found ? (size_t)(found - listings->day) : SIZE_MAX;
}

void learner_listings_of(const struct learner *learner, const struct learner_subset *subset, size_t *ret_first, size_t *ret_last)
{
    size_t last = 0;
    for (size_t i = 0; i < learner->papers; i++) {
        size_t listing = learner_is_thumb(&learner->paper[i]) && learner_takes_paper(subset, i) ? learner_listing_of(learner, i)
                                                                                                : SIZE_MAX;
        last = listing != SIZE_MAX && listing >= last ? listing + 1 : last;
    }
    *ret_last = last;
    *ret_first = last > LEARNER_LISTINGS ? last - LEARNER_LISTINGS : 0;
}

/* ---- loading ---- */

struct position {
    int64_t id;
    size_t paper;
};

struct loading {
    struct learner *learner;
    struct position *position; /* of every paper, by its id in the store */
    struct features features;
    struct model_row row;
    struct sparse plain; /* of one day */
    size_t paper_cap;
};

static void loading_clear(struct loading *loading)
{
    free(loading->position);
    features_clear(&loading->features);
    model_row_clear(&loading->row);
    sparse_clear(&loading->plain);
}

static int by_id(const void *a, const void *b)
{
    int64_t one = ((const struct position *)a)->id, other = ((const struct position *)b)->id;
    return one < other ? -1 : one > other;
}

static size_t find_paper(const struct loading *loading, int64_t id)
{
    const struct position wanted = {id, 0};
    const struct position *found = bsearch(&wanted, loading->position, loading->learner->papers, sizeof wanted, by_id);
    return found ? found->paper : SIZE_MAX;
}

static enum pith_status load_row(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct loading *loading = user;
    struct learner *learner = loading->learner;
    struct learner_listings *listings = &learner->listings;
    size_t terms = learner->vocabulary->terms, places = model_places(learner->vocabulary),
           at = listings->rows.rows + loading->plain.rows;
    if (loading->plain.rows > MOST_OF_A_DAY)
        return PITH_OK;
    enum pith_status status = pith_grow(&listings->paper, &loading->paper_cap, at + 1, sizeof *listings->paper, MOST_LISTED,
                                        reterr);
    if (!status)
        status = features_read(row->features, row->features_length, &loading->features, reterr);
    if (!status)
        status = model_weigh_kept(learner->vocabulary, &loading->features, &row->place, &loading->row, reterr);
    if (!status)
        status = learner_add_plain_row(&loading->plain, terms, places, &loading->row, reterr);
    if (!status)
        listings->paper[at] = find_paper(loading, row->id);
    return status;
}

static enum pith_status load_day(struct loading *loading, struct store *store, int32_t day, struct pith_error *reterr)
{
    struct learner *learner = loading->learner;
    struct learner_listings *listings = &learner->listings;
    sparse_clear(&loading->plain);
    sparse_init(&loading->plain, learner->vocabulary->terms + model_places(learner->vocabulary));
    enum pith_status status = store_each_listed(store, day, day, load_row, loading, reterr);
    if (status || !loading->plain.rows || loading->plain.rows > MOST_OF_A_DAY)
        return status;
    status = learner_turn_rows(learner, &loading->plain, &listings->rows, reterr);
    listings->day[listings->count++] = day;
    listings->start[listings->count] = listings->rows.rows;
    return status;
}

enum pith_status learner_load_listings(struct learner *learner, struct store *store, size_t most, struct pith_error *reterr)
{
    PITH_AUTO(loading_clear) struct loading loading = {.learner = learner};
    PITH_AUTO(pith_free_p) int32_t *day = NULL;
    struct learner_listings *listings = &learner->listings;
    size_t days = 0;
    if (!most)
        return PITH_OK;
    enum pith_status status = find_days(learner, most, &day, &days, reterr);
    if (status)
        return status;
    loading.position = pith_calloc(learner->papers, sizeof *loading.position);
    listings->day = pith_calloc(days, sizeof *listings->day);
    listings->start = pith_calloc(days + 1, sizeof *listings->start);
    if (!loading.position || !listings->day || !listings->start)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < learner->papers; i++)
        loading.position[i] = (struct position){learner->paper[i].id, i};
    if (learner->papers)
        qsort(loading.position, learner->papers, sizeof *loading.position, by_id);
    sparse_init(&listings->rows, learner->rows.columns);
    listings->rows.dense = learner->rows.dense;
    for (size_t i = 0; !status && i < days; i++)
        status = load_day(&loading, store, day[i], reterr);
    return status;
}
