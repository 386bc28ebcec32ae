#include "engine/door/handle.h"

#include "engine/crypto/vault.h"
#include "engine/door/numbers.h"
#include "engine/intake/listing_gaps.h"
#include "engine/learning/learner.h"
#include "engine/learning/traits.h"
#include "engine/profile/forecasts.h"
#include "engine/profile/shown.h"
#include "engine/ranking/backtest.h"
#include "engine/ranking/explain_score.h"
#include "engine/ranking/rank.h"
#include "engine/ranking/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPLAINED = 1 << 20, OUTGROWN = 2, MOST_SHORTFALLS = 32 };

/* ---- the model of the votes that stand ---- */

/* The sealed model when it still is what the votes say, else NULL. */
enum pith_status handle_kept_model(struct pith *pith, const char *votes, struct model **ret_model, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    PITH_AUTO(model_free_p) struct model *model = NULL;
    bytes_init(&bytes, MODEL_MAX_BYTES);
    *ret_model = NULL;
    enum pith_status status = profile_fetch(pith->profile, ROW_MODEL, &bytes, reterr);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    if (!status)
        status = model_read(bytes.data, bytes.length, &model, reterr);
    struct store_counts counts;
    if (!status)
        model_bind(model, &pith->embeddings);
    if (!status)
        status = store_count(pith->store, &counts, reterr);
    if (status)
        return status;
    bool outgrown = model->fitted_papers && (uint64_t)counts.papers >= OUTGROWN * model->fitted_papers;
    if (model->features_version == FEATURES_VERSION && model->format == MODEL_FORMAT && strcmp(model->votes, votes) == 0 &&
        !outgrown && model_complete(model) &&
        model->embeddings == embeddings_count(&pith->embeddings)) /* one that is new wants a fit too */
        *ret_model = PITH_TAKE(model);
    return PITH_OK;
}

enum pith_status handle_load_learner(struct pith *pith, size_t background, struct learner *learner, struct pith_error *reterr)
{
    struct learner_request request = {.store = pith->store, .embeddings = pith->embeddings, .background = background};
    request.listings = LEARNER_LISTINGS;
    request.vote = profile_votes(pith->profile, &request.votes);
    request.pair = profile_pairs(pith->profile, &request.pairs);
    return learner_load(learner, &request, reterr);
}

/* Puts a fit by, to be kept once reading has ended. */
static enum pith_status put_by(struct pith *pith, const struct model *model, const char *votes, struct pith_error *reterr)
{
    struct handle_fit *fit = &pith->fit;
    fit->made = false;
    bytes_clear(&fit->model);
    bytes_init(&fit->model, MODEL_MAX_BYTES);
    enum pith_status status = model ? model_write(model, &fit->model, reterr) : PITH_OK;
    snprintf(fit->votes, sizeof fit->votes, "%s", votes);
    fit->made = !status;
    return status;
}

enum pith_status handle_current_model(struct pith *pith, struct model **ret_model, struct pith_error *reterr)
{
    char digest[2 * VAULT_FINGERPRINT + 1];
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = profile_fingerprint(pith->profile, digest, reterr);
    if (!status)
        status = handle_kept_model(pith, digest, &model, reterr);
    if (status || model) {
        *ret_model = PITH_TAKE(model);
        return status;
    }
    status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    if (!status)
        status = learner_fit(&learner, NULL, &model, reterr);
    if (status && status != PITH_NOT_FOUND)
        return status;
    if (status)
        model = NULL;
    else
        memcpy(model->votes, digest, sizeof digest);
    status = put_by(pith, model, digest, reterr);
    if (!status)
        *ret_model = PITH_TAKE(model);
    return status;
}

/* A fit of votes that are others by now is not kept: it is made again. */
static enum pith_status keep_fit(void *user, struct bytes *kept, bool *ret_changed, struct pith_error *reterr)
{
    struct pith *pith = user;
    char now[2 * VAULT_FINGERPRINT + 1];
    enum pith_status status = profile_fingerprint(pith->profile, now, reterr);
    *ret_changed = !status && strcmp(now, pith->fit.votes) == 0 && (kept->length || pith->fit.model.length);
    if (status || !*ret_changed)
        return status;
    bytes_clear(kept);
    bytes_put(kept, pith->fit.model.data, pith->fit.model.length);
    return bytes_done(kept, reterr);
}

enum pith_status handle_keep(struct pith *pith, const struct profile_edit *edits, size_t count, struct pith_error *reterr)
{
    struct profile_edit all[HANDLE_EDITS + 1];
    size_t have = 0;
    struct pith_error error = {0};
    pith->unkept = error;
    for (size_t i = 0; i < count; i++)
        all[have++] = edits[i];
    if (pith->fit.made)
        all[have++] = (struct profile_edit){ROW_MODEL, keep_fit, pith};
    pith->fit.made = false;
    enum pith_status status = have ? profile_edit(pith->profile, all, have, false, &error) : PITH_OK;
    if (status == PITH_CORRUPT)
        return pith_fail(reterr, status, "%s", error.message);
    if (status && count) /* without a listing to keep nobody misses anything: a model is fitted again */
        pith->unkept = error;
    return PITH_OK;
}

const char *pith_unkept(const struct pith *pith)
{
    return pith->unkept.message;
}

/* ---- ranking ---- */

static enum pith_status tell_shortfall(void *user, const struct pith_receipt *receipt, struct pith_error *reterr)
{
    struct pith_ranking *ranking = user;
    char *line = NULL;
    if (ranking->shortfalls == MOST_SHORTFALLS)
        return PITH_OK;
    enum pith_status status = listing_gaps_shortfall(receipt, &line, reterr);
    if (line)
        ranking->shortfall[ranking->shortfalls++] = line;
    return status;
}

/* Of the days covered and, when the newest were asked for, of what should have come since. */
static enum pith_status add_shortfalls(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking *ranking,
                                       struct pith_error *reterr)
{
    ranking->shortfall = pith_calloc(MOST_SHORTFALLS, sizeof *ranking->shortfall);
    if (!ranking->shortfall)
        return pith_no_memory(reterr);
    return store_receipts_of(pith->store, ranking->first, request->last == PITH_NO_DAY ? INT32_MAX : request->last, tell_shortfall,
                             ranking, reterr);
}

enum pith_status handle_note_shown(void *ranking, struct bytes *record, bool *ret_changed, struct pith_error *reterr)
{
    return shown_note(record, ranking, ret_changed, reterr);
}

/* The chances that this ranking gives, for counting later what came of them. */
static enum pith_status note_given(void *ranking, struct bytes *record, bool *ret_changed, struct pith_error *reterr)
{
    return forecasts_note(record, ranking, ret_changed, reterr);
}

static enum pith_status fetch_given(struct pith *pith, struct bytes *record, struct pith_error *reterr)
{
    enum pith_status status = profile_fetch(pith->profile, ROW_GIVEN, record, reterr);
    return status == PITH_NOT_FOUND ? PITH_OK : status;
}

/* What a listing that was shown leaves behind. */
static enum pith_status remember(struct pith *pith, struct pith_ranking *ranking, bool piped, struct pith_error *reterr)
{
    PITH_AUTO(numbers_clear) struct numbers numbers = {0};
    enum pith_status status = numbers_of(ranking, piped, &numbers, reterr);
    if (status)
        return status;
    const struct profile_edit edit[] = {
        {ROW_LAST_LIST, numbers_note, &numbers}, {ROW_SHOWN, handle_note_shown, ranking}, {ROW_GIVEN, note_given, ranking}};
    return handle_keep(pith, edit, ranking->probabilities ? 3 : 2, reterr);
}

static void unwanted_clear(struct choose_unwanted *unwanted)
{
    free(unwanted->score);
}

static enum pith_status load_unwanted(struct pith *pith, struct choose_unwanted *unwanted, struct pith_error *reterr)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    return status ? status : learner_unwanted(&learner, &unwanted->score, &unwanted->count, reterr);
}

static enum pith_status check_request(const struct pith_rank_request *request, struct pith_error *reterr)
{
    if (!(request->expect >= 0) || !(request->unwanted >= 0 && request->unwanted < 1) ||
        !(request->diverse >= 0 && request->diverse <= 1))
        return pith_fail(reterr, PITH_USAGE,
                         "a number of likes is not negative, a share of unwanted papers from 0 to below 1, diversity from 0 "
                         "to 1");
    return PITH_OK;
}

/* In one moment: the model of the votes, and the ranking by it. */
static enum pith_status rank_now(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                                 struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(unwanted_clear) struct choose_unwanted unwanted = {0};
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = pith->profile ? handle_read(pith, PITH_MAY_RANK, &reading, reterr)
                                            : store_begin_reading(pith->store, &reading, reterr);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    if (!status && model && request->unwanted > 0)
        status = load_unwanted(pith, &unwanted, reterr);
    if (!status)
        status = rank_listing(
            &(struct rank_means){.store = pith->store, .model = model, .profile = pith->profile, .unwanted = &unwanted}, request,
            ret_ranking, reterr);
    return status ? status : add_shortfalls(pith, request, *ret_ranking, reterr);
}

enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    struct pith_rank_request asked;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status)
        status = check_request(&asked, reterr);
    if (!status && pith->profile)
        status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = rank_now(pith, &asked, &ranking, reterr);
    if (!status && pith->profile)
        status = asked.remember ? remember(pith, ranking, asked.piped, reterr) : handle_keep(pith, NULL, 0, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

/* What papers found leave behind: their numbers alone. */
static enum pith_status remember_found(struct pith *pith, const struct pith_search_request *request, struct pith_ranking *ranking,
                                       struct pith_error *reterr)
{
    PITH_AUTO(numbers_clear) struct numbers numbers = {0};
    if (!pith->profile)
        return PITH_OK;
    enum pith_status status = numbers_of(ranking, request->piped, &numbers, reterr);
    const struct profile_edit edit = {ROW_LAST_LIST, numbers_note, &numbers};
    return status ? status : handle_keep(pith, &edit, request->remember ? 1 : 0, reterr);
}

/* The papers found, of one moment with the model. */
static enum pith_status rank_found(struct pith *pith, const int64_t *ids, size_t count, const struct pith_search_request *request,
                                   struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    enum pith_status status = pith->profile ? handle_read(pith, PITH_MAY_RANK, &reading, reterr)
                                            : store_begin_reading(pith->store, &reading, reterr);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    const struct rank_means means = {.store = pith->store, .model = model, .profile = pith->profile};
    const struct rank_subset found = {.id = ids,
                                      .count = count,
                                      .by_score = request->mine && model,
                                      .unread = request->unread,
                                      .limit = request->limit,
                                      .reasons = request->reasons};
    return status ? status : rank_papers(&means, &found, ret_ranking, reterr);
}

enum pith_status pith_search(struct pith *pith, const char *query, const struct pith_search_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(pith_free_p) int64_t *ids = pith_calloc(PITH_SEARCH_MOST, sizeof *ids);
    struct handle_stage stage = {pith, "indexing"};
    struct pith_search_request asked;
    size_t count = 0;
    if (!ids)
        return pith_no_memory(reterr);
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status && asked.mine && !pith->profile)
        status = pith_fail(reterr, PITH_LOCKED, "the order of your own needs your profile: unlock it");
    if (!status && pith->profile)
        status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    const struct search_wanted wanted = {query, PITH_SEARCH_MOST, handle_progress, &stage};
    if (!status)
        status = search_papers(pith->store, &wanted, ids, &count, reterr);
    if (!status && count == 0)
        status = pith_fail(reterr, PITH_NOT_FOUND, "no paper of this store matches \"%s\"", query);
    if (!status)
        status = rank_found(pith, ids, count, &asked, &ranking, reterr);
    if (!status)
        status = remember_found(pith, &asked, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

/* The ids of the papers set aside that this store holds, as they were set aside. */
static enum pith_status find_shelf(struct pith *pith, int64_t **ret_ids, size_t *ret_count, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *later = NULL;
    PITH_AUTO(pith_free_p) int64_t *ids = NULL;
    size_t count = 0;
    enum pith_status status = pith_list_later(pith, &later, reterr);
    if (!status && !(ids = pith_calloc(later->count, sizeof *ids)))
        status = pith_no_memory(reterr);
    for (size_t i = 0; !status && i < later->count; i++) {
        status = store_find_key(pith->store, later->item[i].key, &ids[count], reterr);
        count += !status;
        status = status == PITH_NOT_FOUND ? PITH_OK : status;
    }
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "nothing is on your reading list: `pith later 3` puts the third paper there");
    if (status)
        return status;
    *ret_ids = PITH_TAKE(ids);
    *ret_count = count;
    return PITH_OK;
}

enum pith_status pith_rank_later(struct pith *pith, const struct pith_search_request *request, struct pith_ranking **ret_ranking,
                                 struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(pith_free_p) int64_t *ids = NULL;
    struct pith_search_request asked;
    size_t count = 0;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status)
        status = handle_need(pith, PITH_MAY_RANK | PITH_MAY_VOTE, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = find_shelf(pith, &ids, &count, reterr);
    if (!status)
        status = rank_found(pith, ids, count, &asked, &ranking, reterr);
    if (!status)
        status = remember_found(pith, &asked, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

void pith_ranked_free(struct pith_ranked *paper)
{
    explain_score_clear(paper);
    free(paper);
}

enum pith_status pith_show(struct pith *pith, const char *key, size_t reasons, struct pith_ranked **ret_paper,
                           struct pith_error *reterr)
{
    PITH_AUTO(pith_ranked_free_p) struct pith_ranked *paper = pith_calloc(1, sizeof *paper);
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(explainer_clear) struct explainer explainer = {.store = pith->store, .profile = pith->profile, .reasons = reasons};
    int64_t id;
    if (!paper)
        return pith_no_memory(reterr);
    enum pith_status status = pith->profile ? handle_need(pith, PITH_MAY_RANK, reterr) : PITH_OK;
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = store_find_key(pith->store, key, &id, reterr);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    explainer.model = model;
    if (!status)
        status = explainer_open(&explainer, reterr);
    if (!status)
        status = explain_score(&explainer, id, paper, reterr);
    if (!status)
        *ret_paper = PITH_TAKE(paper);
    return status;
}

void pith_account_free(struct pith_account *account)
{
    explain_score_clear(&account->paper);
    for (size_t i = 0; i < account->influence_count; i++) {
        free(account->influences[i].key);
        free(account->influences[i].title);
        free(account->influences[i].loser_title);
    }
    free(account->influences);
    free(account);
}

static int by_influence(const void *a, const void *b)
{
    const struct pith_influence *left = a, *right = b;
    double l = fabs(left->contribution), r = fabs(right->contribution);
    if (l != r)
        return l > r ? -1 : 1;
    return strcmp(left->key, right->key);
}

static enum pith_status name_influence(struct pith *pith, const struct learner *learner, size_t i, struct pith_influence *influence,
                                       struct pith_error *reterr)
{
    const struct learner_pair *pair = i < learner->papers ? NULL : &learner->pair[i - learner->papers];
    const struct learner_paper *paper = &learner->paper[pair ? pair->winner : i];
    PITH_AUTO(pith_free_p) char *id = NULL;
    influence->verdict = pair ? VERDICT_NONE : paper->verdict;
    enum pith_status status = handle_describe_key(pith, paper->key, &influence->key, &id, &influence->title, reterr);
    if (status || !pair)
        return status;
    PITH_AUTO(pith_free_p) char *loser_key = NULL;
    PITH_AUTO(pith_free_p) char *loser_id = NULL;
    return handle_describe_key(pith, learner->paper[pair->loser].key, &loser_key, &loser_id, &influence->loser_title, reterr);
}

/* Which votes made the score what it is. The rest of it, from background papers and rounding, is the prior's part. */
static enum pith_status account_for(struct pith *pith, const struct model *model, const struct features *features,
                                    struct pith_account *account, struct pith_error *reterr)
{
    PITH_AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    if (status)
        return status;
    size_t most = learner.papers + learner.pairs;
    PITH_AUTO(pith_free_p) double *influence = pith_calloc(most, sizeof *influence);
    account->influences = pith_calloc(most, sizeof *account->influences);
    if (!influence || !account->influences)
        return pith_no_memory(reterr);
    status = learner_influence(&learner, model, features, influence, reterr);
    account->prior = account->paper.score;
    for (size_t i = 0; !status && i < most; i++) {
        if (influence[i] == 0)
            continue;
        struct pith_influence *item = &account->influences[account->influence_count++];
        item->contribution = influence[i];
        account->prior -= influence[i];
        status = name_influence(pith, &learner, i, item, reterr);
    }
    if (!status && account->influence_count)
        qsort(account->influences, account->influence_count, sizeof *account->influences, by_influence);
    return status;
}

static enum pith_status explain_now(struct pith *pith, const char *key, struct pith_account *account, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(explainer_clear) struct explainer explainer = {.store = pith->store, .profile = pith->profile, .reasons = EXPLAINED};
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    int64_t id;
    enum pith_status status = handle_read(pith, PITH_MAY_RANK, &reading, reterr);
    if (!status)
        status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    explainer.model = model;
    if (!status)
        status = explainer_open(&explainer, reterr);
    if (!status)
        status = explain_score(&explainer, id, &account->paper, reterr);
    account->learned = model != NULL;
    return status || !model ? status : account_for(pith, model, &explainer.features, account, reterr);
}

enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr)
{
    PITH_AUTO(pith_account_free_p) struct pith_account *account = pith_calloc(1, sizeof *account);
    if (!account)
        return pith_no_memory(reterr);
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = explain_now(pith, key, account, reterr);
    if (!status)
        status = handle_keep(pith, NULL, 0, reterr);
    if (!status)
        *ret_account = PITH_TAKE(account);
    return status;
}

enum pith_status pith_list_traits(struct pith *pith, size_t most, struct pith_traits **ret_traits, struct pith_error *reterr)
{
    PITH_AUTO(pith_traits_free_p) struct pith_traits *traits = pith_calloc(1, sizeof *traits);
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(learner_clear) struct learner learner = {0};
    if (!traits)
        return pith_no_memory(reterr);
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    if (!status && model)
        status = handle_load_learner(pith, 0, &learner, reterr);
    if (!status && model)
        status = traits_of(pith->store, model, &learner, most, traits, reterr);
    if (!status)
        *ret_traits = PITH_TAKE(traits);
    return status;
}

/* ---- self-test and state ---- */

enum pith_status pith_backtest_votes(struct pith *pith, struct pith_backtest **ret_backtest, struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (status)
        return status;
    struct backtest_request request = {
        .store = pith->store, .embeddings = pith->embeddings, .progress = pith->progress, .user = pith->progress_user};
    request.vote = profile_votes(pith->profile, &request.votes);
    request.pair = profile_pairs(pith->profile, &request.pairs);
    return backtest_votes(&request, ret_backtest, reterr);
}

/* What an unlocked profile has to say of itself. */
static enum pith_status summarise_profile(struct pith *pith, struct pith_summary *summary, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    size_t votes;
    bytes_init(&record, STORE_MAX_SEALED);
    enum pith_status status = handle_need(pith, 0, reterr);
    if (!status)
        status = profile_fingerprint(pith->profile, summary->digest, reterr);
    if (!status)
        status = fetch_given(pith, &record, reterr);
    if (status)
        return status;
    const struct profile_vote *vote = profile_votes(pith->profile, &votes);
    for (size_t i = 0; i < votes; i++) {
        summary->ups += vote[i].verdict == VERDICT_UP;
        summary->downs += vote[i].verdict == VERDICT_DOWN;
        summary->seeds += vote[i].verdict == VERDICT_SEED;
    }
    profile_pairs(pith->profile, &summary->pairs);
    profile_shelf(pith->profile, &summary->later);
    return forecasts_count(&record, vote, votes, &summary->given, &summary->liked, reterr);
}

enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr)
{
    PITH_AUTO(store_end_reading_p) struct store *reading = NULL;
    struct store_counts counts = {0};
    struct pith_summary summary = {.unlocked = pith->profile != NULL};
    enum pith_status status = store_begin_reading(pith->store, &reading, reterr);
    if (!status)
        status = store_count_profiles(pith->store, &summary.readers, reterr);
    if (!status && (pith->reader || summary.readers == 1))
        status = pith_has_profile(pith, &summary.has_profile, reterr);
    if (!status)
        status = store_count(pith->store, &counts, reterr);
    summary.papers = counts.papers;
    summary.days = counts.days;
    summary.first_day = counts.first_day;
    summary.last_day = counts.last_day;
    if (!status && pith->profile)
        status = summarise_profile(pith, &summary, reterr);
    if (!status)
        *ret_summary = summary;
    return status;
}
