#include "engine/door/handle.h"

#include "engine/crypto/vault.h"
#include "engine/intake/listing_gaps.h"
#include "engine/learning/learner.h"
#include "engine/profile/forecasts.h"
#include "engine/profile/shown.h"
#include "engine/ranking/backtest.h"
#include "engine/ranking/ranker.h"
#include "engine/ranking/search.h"

#include <math.h>
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
    if (model->features_version == FEATURES_VERSION && strcmp(model->votes, votes) == 0 && !outgrown && model_complete(model) &&
        model->embeddings == embeddings_count(&pith->embeddings)) /* one that is new wants a fit too */
        *ret_model = PITH_TAKE(model);
    return PITH_OK;
}

enum pith_status handle_keep_model(struct pith *pith, const struct model *model, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    bytes_init(&bytes, MODEL_MAX_BYTES);
    enum pith_status status = model_write(model, &bytes, reterr);
    if (status || profile_is_stale(pith->profile)) /* one that is not kept is fitted again */
        return status;
    /* not durable: after a power cut it is fitted again */
    return profile_keep(pith->profile, ROW_MODEL, &bytes, false, reterr);
}

enum pith_status handle_load_learner(struct pith *pith, size_t background, struct learner *learner, struct pith_error *reterr)
{
    struct learner_request request = {.store = pith->store, .embeddings = pith->embeddings, .background = background};
    request.vote = profile_votes(pith->profile, &request.votes);
    request.pair = profile_pairs(pith->profile, &request.pairs);
    return learner_load(learner, &request, reterr);
}

/* The fitted model, refitted and sealed when votes changed; *ret_model is NULL when there is nothing to learn from. */
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
    if (status == PITH_NOT_FOUND) {
        *ret_model = NULL;
        return profile_is_stale(pith->profile) ? PITH_OK : profile_drop(pith->profile, ROW_MODEL, reterr);
    }
    if (status)
        return status;
    memcpy(model->votes, digest, sizeof digest);
    status = handle_keep_model(pith, model, reterr);
    if (!status)
        *ret_model = PITH_TAKE(model);
    return status;
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
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    return store_receipts_of(pith->store, ranking->first, request->last == PITH_NO_DAY ? INT32_MAX : request->last, tell_shortfall,
                             ranking, reterr);
}

void pith_ranking_free(struct pith_ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        ranker_clear(&ranking->item[i]);
    for (size_t i = 0; i < ranking->shortfalls; i++)
        free(ranking->shortfall[i]);
    free(ranking->shortfall);
    free(ranking->item);
    free(ranking);
}

static enum pith_status remember(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes shown;
    bytes_init(&shown, STORE_MAX_SEALED);
    bytes_put_varint(&shown, ranking->count);
    for (size_t i = 0; i < ranking->count; i++)
        bytes_put_string(&shown, ranking->item[i].key, strlen(ranking->item[i].key));
    enum pith_status status = bytes_done(&shown, reterr);
    return status ? status : profile_keep(pith->profile, ROW_LAST_LIST, &shown, false, reterr);
}

enum pith_status handle_note_shown(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bool changed = false;
    bytes_init(&record, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(pith->profile, ROW_SHOWN, &record, reterr);
    if (!status || status == PITH_NOT_FOUND)
        status = shown_note(&record, ranking, &changed, reterr);
    return status || !changed ? status : profile_keep(pith->profile, ROW_SHOWN, &record, false, reterr);
}

static enum pith_status fetch_given(struct pith *pith, struct bytes *record, struct pith_error *reterr)
{
    enum pith_status status = profile_fetch(pith->profile, ROW_GIVEN, record, reterr);
    return status == PITH_NOT_FOUND ? PITH_OK : status;
}

/* The chances that this ranking gives, for counting later what came of them. */
static enum pith_status remember_given(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bool changed = false;
    bytes_init(&record, STORE_MAX_SEALED);
    if (!ranking->probabilities)
        return PITH_OK;
    enum pith_status status = fetch_given(pith, &record, reterr);
    if (!status)
        status = forecasts_note(&record, ranking, &changed, reterr);
    return status || !changed ? status : profile_keep(pith->profile, ROW_GIVEN, &record, false, reterr);
}

static void unwanted_clear(struct ranker_unwanted *unwanted)
{
    free(unwanted->score);
}

static enum pith_status load_unwanted(struct pith *pith, struct ranker_unwanted *unwanted, struct pith_error *reterr)
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

enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(unwanted_clear) struct ranker_unwanted unwanted = {0};
    enum pith_status status = pith->profile ? handle_need(pith, PITH_MAY_RANK, reterr) : PITH_OK;
    if (!status)
        status = check_request(request, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    if (!status && model && request->unwanted > 0)
        status = load_unwanted(pith, &unwanted, reterr);
    if (!status)
        status = ranker_rank(pith->store, model, pith->profile, request, &unwanted, NULL, &ranking, reterr);
    if (!status)
        status = add_shortfalls(pith, request, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember_given(pith, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = handle_note_shown(pith, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember(pith, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

enum pith_status pith_search(struct pith *pith, const char *query, const struct pith_search_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(pith_free_p) int64_t *ids = pith_calloc(PITH_SEARCH_MOST, sizeof *ids);
    struct handle_stage stage = {pith, "indexing"};
    size_t count = 0;
    if (!ids)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to search");
    if (request->mine && !pith->profile)
        return pith_fail(reterr, PITH_LOCKED, "the order of your own needs your profile: unlock it");
    enum pith_status status = pith->profile ? handle_need(pith, PITH_MAY_RANK, reterr) : PITH_OK;
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = search_papers(pith->store, query, handle_progress, &stage, ids, PITH_SEARCH_MOST, &count, reterr);
    if (!status && count == 0)
        status = pith_fail(reterr, PITH_NOT_FOUND, "no paper of this store matches \"%s\"", query);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    if (!status)
        status = ranker_rank_papers(pith->store, model, pith->profile, ids, count, request->mine && model, request->limit,
                                    request->reasons, &ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember(pith, ranking, reterr);
    if (!status)
        *ret_ranking = PITH_TAKE(ranking);
    return status;
}

void pith_account_free(struct pith_account *account)
{
    ranker_clear(&account->paper);
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
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
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

enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr)
{
    PITH_AUTO(pith_account_free_p) struct pith_account *account = pith_calloc(1, sizeof *account);
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(features_clear) struct features features = {0};
    if (!account)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    int64_t id;
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    if (!status)
        status = ranker_explain(pith->store, model, pith->profile, id, EXPLAINED, &account->paper, &features, reterr);
    if (!status && model)
        status = account_for(pith, model, &features, account, reterr);
    if (status)
        return status;
    account->learned = model != NULL;
    *ret_account = PITH_TAKE(account);
    return PITH_OK;
}

/* ---- self-test and state ---- */

void pith_backtest_free(struct pith_backtest *replay)
{
    free(replay->day);
    free(replay);
}

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

enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr)
{
    struct store_counts counts;
    struct pith_summary summary = {.unlocked = pith->profile != NULL};
    enum pith_status status = store_count_profiles(pith->store, &summary.readers, reterr);
    if (!status && (pith->reader || summary.readers == 1))
        status = pith_has_profile(pith, &summary.has_profile, reterr);
    if (!status)
        status = store_count(pith->store, &counts, reterr);
    if (!status && pith->profile)
        status = profile_fingerprint(pith->profile, summary.digest, reterr);
    if (status)
        return status;
    summary.papers = counts.papers;
    summary.days = counts.days;
    summary.first_day = counts.first_day;
    summary.last_day = counts.last_day;
    if (pith->profile) {
        size_t votes;
        const struct profile_vote *vote = profile_votes(pith->profile, &votes);
        for (size_t i = 0; i < votes; i++) {
            summary.ups += vote[i].verdict == VERDICT_UP;
            summary.downs += vote[i].verdict == VERDICT_DOWN;
            summary.seeds += vote[i].verdict == VERDICT_SEED;
        }
        profile_pairs(pith->profile, &summary.pairs);
        PITH_AUTO(bytes_clear) struct bytes record;
        bytes_init(&record, STORE_MAX_SEALED);
        status = fetch_given(pith, &record, reterr);
        if (!status)
            status = forecasts_count(&record, vote, votes, &summary.given, &summary.liked, reterr);
        if (status)
            return status;
    }
    *ret_summary = summary;
    return PITH_OK;
}
