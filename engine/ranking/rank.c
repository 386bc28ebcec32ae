#include "engine/ranking/rank.h"

#include "engine/ranking/explain_score.h"
#include "models/cutoff.h"

#include <math.h>
#include <stdlib.h>

/* Who this paper stands for, by identifier. */
static enum pith_status name_duplicates(struct store *store, const struct candidates *candidates, const struct choice *choice,
                                        size_t position, struct pith_ranked *item, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    size_t duplicates = 0;
    for (size_t i = 0; i < candidates->count; i++)
        duplicates += i != position && choice->duplicate_of[i] == position;
    if (!duplicates)
        return PITH_OK;
    item->duplicate = pith_calloc(duplicates, sizeof *item->duplicate);
    if (!item->duplicate)
        return pith_no_memory(reterr);
    for (size_t i = 0; !status && i < candidates->count; i++) {
        char key[PAPER_KEY_SIZE];
        if (i == position || choice->duplicate_of[i] != position)
            continue;
        status = store_paper_key(store, candidates->id[i], key, reterr);
        if (!status)
            status = paper_display_id(key, &item->duplicate[item->duplicates], reterr);
        item->duplicates += !status;
    }
    return status;
}

static enum pith_status fill(struct store *store, const struct candidates *candidates, const struct choice *choice,
                             struct pith_ranking *ranking, struct pith_error *reterr)
{
    PITH_AUTO(explainer_clear)
    struct explainer explainer = {.store = store,
                                  .model = candidates->model,
                                  .profile = candidates->profile,
                                  .reasons = choice->length ? candidates->request->reasons : 0};
    enum pith_status status = explainer_open(&explainer, reterr);
    ranking->item = pith_calloc(choice->length, sizeof *ranking->item);
    if (!status && !ranking->item)
        status = pith_no_memory(reterr);
    while (!status && ranking->count < choice->length) {
        struct pith_ranked *item = &ranking->item[ranking->count];
        size_t position = choice->order[ranking->count];
        status = explain_score(&explainer, candidates->id[position], item, reterr);
        if (status)
            break;
        item->rank = ++ranking->count;
        item->day = candidates->day[position];
        status = name_duplicates(store, candidates, choice, position, item, reterr);
    }
    return status;
}

static void describe(const struct candidates *candidates, const struct choice *choice, struct pith_ranking *ranking)
{
    const struct model *model = candidates->model;
    ranking->first = INT32_MAX;
    ranking->last = PITH_NO_DAY;
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->day[i] == PITH_NO_DAY) /* it stands on no listing */
            continue;
        ranking->first = candidates->day[i] < ranking->first ? candidates->day[i] : ranking->first;
        ranking->last = candidates->day[i] > ranking->last ? candidates->day[i] : ranking->last;
    }
    if (ranking->last == PITH_NO_DAY)
        ranking->first = PITH_NO_DAY;
    ranking->listed = candidates->listed;
    ranking->seen = candidates->seen;
    ranking->learned = model != NULL;
    ranking->probabilities = model && model->listing.known;
    ranking->expected = ranking->missed = NAN;
    if (ranking->probabilities) {
        struct cutoff line = cutoff_at(choice->probability, choice->count, choice->length);
        ranking->expected = line.above;
        ranking->missed = line.below;
    }
    if (model) {
        ranking->ups = model->ups;
        ranking->downs = model->downs;
        ranking->pairs = model->pairs;
    }
}

/* What was chosen, as a ranking. */
static enum pith_status rank_chosen(struct store *store, const struct candidates *candidates,
                                    const struct choose_unwanted *unwanted, struct pith_ranking **ret_ranking,
                                    struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = pith_calloc(1, sizeof *ranking);
    PITH_AUTO(choice_clear) struct choice choice = {0};
    if (!ranking)
        return pith_no_memory(reterr);
    enum pith_status status = choose(candidates, unwanted, &choice, reterr);
    if (status)
        return status;
    describe(candidates, &choice, ranking);
    status = fill(store, candidates, &choice, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

enum pith_status rank_listing(const struct rank_means *means, const struct pith_rank_request *request,
                              struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(candidates_clear)
    struct candidates candidates = {.model = means->model, .profile = means->profile, .request = request, .except = means->except};
    enum pith_status status = candidates_find(&candidates, means->store, reterr);
    return status ? status : rank_chosen(means->store, &candidates, means->unwanted, ret_ranking, reterr);
}

enum pith_status rank_papers(const struct rank_means *means, const struct rank_subset *subset, struct pith_ranking **ret_ranking,
                             struct pith_error *reterr)
{
    const struct pith_rank_request request = {.size = sizeof request,
                                              .limit = subset->limit,
                                              .reasons = subset->reasons,
                                              .seen = true,
                                              .duplicates = true,
                                              .unread = subset->unread};
    PITH_AUTO(candidates_clear)
    struct candidates candidates = {.model = means->model, .profile = means->profile, .request = &request};
    enum pith_status status = candidates_take(&candidates, means->store, subset->id, subset->count, reterr);
    for (size_t i = 0; !status && !subset->by_score && i < candidates.count; i++)
        candidates.score[i] = -(double)i;
    if (!status)
        status = rank_chosen(means->store, &candidates, NULL, ret_ranking, reterr);
    if (!status)
        (*ret_ranking)->expected = (*ret_ranking)->missed = NAN; /* of matches, not of days */
    return status;
}

void pith_ranking_free(struct pith_ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        explain_score_clear(&ranking->item[i]);
    for (size_t i = 0; i < ranking->shortfalls; i++)
        free(ranking->shortfall[i]);
    free(ranking->shortfall);
    free(ranking->item);
    free(ranking);
}
