#include "engine/ranking/candidates.h"

#include "engine/ranking/likeness.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_RANKED = 1 << 24, TELLING_WORDS = 3 };

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

uint64_t candidates_title(const struct features *features)
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

void candidates_clear(struct candidates *candidates)
{
    shown_clear(&candidates->shown);
    features_clear(&candidates->features);
    model_row_clear(&candidates->row);
    free(candidates->id);
    free(candidates->day);
    free(candidates->score);
    free(candidates->title);
    free(candidates->place);
}

static enum pith_status score_row(struct candidates *candidates, const struct store_row *row, double *ret_score,
                                  struct pith_error *reterr)
{
    enum pith_status status = features_read(row->features, row->features_length, &candidates->features, reterr);
    if (status)
        return status;
    candidates->title[candidates->count] = candidates_title(&candidates->features);
    if (!candidates->model) {
        *ret_score = row->upvotes; /* unknown is -1: after those that are known */
        return PITH_OK;
    }
    if (!status)
        status = model_weigh_kept(candidates->model, &candidates->features, &row->place, &candidates->row, reterr);
    if (!status)
        *ret_score = model_score(candidates->model, &candidates->row);
    if (!status && candidates->request->diverse > 0)
        likeness_place(candidates->model, &candidates->row, candidates->place + candidates->count * LIKENESS_PLACES);
    return status;
}

static int by_paper(const void *key, const void *item)
{
    return strcmp(key, ((const struct profile_vote *)item)->paper);
}

/* The thumb on a paper; NULL for none. */
static const struct profile_vote *find_thumb(const struct candidates *candidates, const char *key)
{
    size_t count;
    const struct profile_vote *votes = profile_votes(candidates->profile, &count);
    const struct profile_vote *vote = count ? bsearch(key, votes, count, sizeof *votes, by_paper) : NULL;
    return vote && vote->verdict != VERDICT_SEED ? vote : NULL;
}

/* Voted on before the day of this listing, or shown in an earlier one: a later version of a paper that the reader knows. Of papers
 * that are wanted unread, voted on at any time. */
static bool is_seen(const struct candidates *candidates, const struct store_row *row)
{
    const struct pith_rank_request *request = candidates->request;
    if (!candidates->profile || (request->seen && !request->unread))
        return false;
    const struct profile_vote *vote = find_thumb(candidates, row->key);
    if (request->unread && vote)
        return true;
    return !request->seen && ((vote && vote->day < row->day) || shown_before(&candidates->shown, row->key, row->day));
}

static enum pith_status make_room(struct candidates *candidates, struct pith_error *reterr)
{
    size_t need = candidates->count + 1;
    enum pith_status status = pith_grow(&candidates->id, &candidates->id_cap, need, sizeof(int64_t), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->day, &candidates->day_cap, need, sizeof(int32_t), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->score, &candidates->score_cap, need, sizeof(double), MAX_RANKED, reterr);
    if (!status)
        status = pith_grow(&candidates->title, &candidates->title_cap, need, sizeof(uint64_t), MAX_RANKED, reterr);
    if (!status && candidates->request->diverse > 0)
        status = pith_grow(&candidates->place, &candidates->place_cap, need, LIKENESS_PLACES * sizeof(float), MAX_RANKED, reterr);
    return status;
}

static enum pith_status add_candidate(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct candidates *candidates = user;
    if (candidates->request->announce && !(candidates->request->announce & paper_announced(row->announce)))
        return PITH_OK;
    candidates->listed++;
    if (candidates->except && candidates->except->leaves_out(candidates->except->user, row))
        return PITH_OK;
    if (is_seen(candidates, row)) {
        candidates->seen++;
        return PITH_OK;
    }
    enum pith_status status = make_room(candidates, reterr);
    if (!status)
        status = score_row(candidates, row, &candidates->score[candidates->count], reterr);
    if (status)
        return status;
    candidates->id[candidates->count] = row->id;
    candidates->day[candidates->count++] = row->day;
    return PITH_OK;
}

static enum pith_status find_days(struct store *store, const struct pith_rank_request *request, int32_t *first, int32_t *last,
                                  struct pith_error *reterr)
{
    *first = request->first;
    *last = request->last;
    enum pith_status status = PITH_OK;
    if (request->all) {
        *first = PITH_NO_DAY + 1;
        *last = INT32_MAX;
    } else if (request->first == PITH_NO_DAY && request->last == PITH_NO_DAY) {
        status = store_latest_day(store, INT32_MAX, last, reterr);
        *first = *last;
    } else if (request->first == PITH_NO_DAY) {
        *first = PITH_NO_DAY + 1;
    } else if (request->last == PITH_NO_DAY) {
        *last = INT32_MAX;
    }
    return status;
}

/* What earlier rankings showed, where that matters. */
static enum pith_status load_shown(struct candidates *candidates, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, STORE_MAX_SEALED);
    if (!candidates->profile || candidates->request->seen)
        return PITH_OK;
    enum pith_status status = profile_fetch(candidates->profile, ROW_SHOWN, &record, reterr);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    return status ? status : shown_read(&record, &candidates->shown, reterr);
}

enum pith_status candidates_find(struct candidates *candidates, struct store *store, struct pith_error *reterr)
{
    int32_t first, last;
    enum pith_status status = find_days(store, candidates->request, &first, &last, reterr);
    if (!status)
        status = load_shown(candidates, reterr);
    if (!status)
        status = candidates->request->all ? store_each_paper(store, add_candidate, candidates, reterr)
                                          : store_each_listed(store, first, last, add_candidate, candidates, reterr);
    if (status || candidates->count)
        return status;
    return pith_fail(reterr, PITH_NOT_FOUND,
                     candidates->seen && candidates->request->unread
                         ? "you have voted on or seen every paper of these days: without --unread, and with --seen, they are shown"
                     : candidates->seen ? "you have seen every paper of these days before: --seen shows them"
                                        : "no such paper is listed on these days: `pith status` says which days there are");
}

enum pith_status candidates_take(struct candidates *candidates, struct store *store, const int64_t *ids, size_t count,
                                 struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < count; i++)
        status = store_visit_paper(store, ids[i], add_candidate, candidates, reterr);
    return status;
}
