#include "engine/ranking/backtest.h"

#include "engine/learning/learner.h"
#include "engine/ranking/choose.h"
#include "engine/ranking/reliability.h"
#include "models/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Background papers are drawn from days before the one ranked: a pool over the whole store serves all days. */
enum { POOL = 4 * LEARNER_BACKGROUND, MAX_LISTED = 1 << 20, MAX_TOLD = 1 << 26, FIRST = 10 };

struct replaying {
    struct store *store;
    struct learner learner;
    bool *paper, *takes_pair; /* the subset of a day */
    const char **up;          /* keys of the day's ups */
    size_t ups;

    /* the listing of a day */
    const struct model *model, *centroid;
    struct features features;
    struct model_row row;
    double *score, *centroid_score, *order_score;
    unsigned char *truth;
    size_t *scratch;
    size_t listed, cap;

    /* probabilities given to votes before they were seen */
    double *probability;
    unsigned char *voted_up;
    size_t probabilities, unsettled; /* unsettled: given after fewer than PITH_SETTLED votes; they come first */

    /* chances told of all papers of listings, and what came */
    double *chance;
    unsigned char *came;
    size_t told, chance_cap, came_cap;
};

static void replaying_clear(struct replaying *replaying)
{
    learner_clear(&replaying->learner);
    features_clear(&replaying->features);
    model_row_clear(&replaying->row);
    free(replaying->paper);
    free(replaying->takes_pair);
    free(replaying->up);
    free(replaying->score);
    free(replaying->centroid_score);
    free(replaying->order_score);
    free(replaying->truth);
    free(replaying->scratch);
    free(replaying->probability);
    free(replaying->chance);
    free(replaying->came);
    free(replaying->voted_up);
}

static enum pith_status listing_room(struct replaying *replaying, struct pith_error *reterr)
{
    size_t cap[5];
    for (size_t i = 0; i < 5; i++)
        cap[i] = replaying->cap;
    size_t need = replaying->listed + 1;
    enum pith_status status = pith_grow(&replaying->score, &cap[0], need, sizeof(double), MAX_LISTED, reterr);
    if (!status)
        status = pith_grow(&replaying->centroid_score, &cap[1], need, sizeof(double), MAX_LISTED, reterr);
    if (!status)
        status = pith_grow(&replaying->order_score, &cap[2], need, sizeof(double), MAX_LISTED, reterr);
    if (!status)
        status = pith_grow(&replaying->truth, &cap[3], need, 1, MAX_LISTED, reterr);
    if (!status)
        status = pith_grow(&replaying->scratch, &cap[4], need, sizeof(size_t), MAX_LISTED, reterr);
    if (!status)
        replaying->cap = cap[0];
    return status;
}

static enum pith_status score_listed(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct replaying *replaying = user;
    enum pith_status status = listing_room(replaying, reterr);
    if (!status)
        status = features_read(row->features, row->features_length, &replaying->features, reterr);
    if (!status)
        status = model_weigh_kept(replaying->model, &replaying->features, &row->place, &replaying->row, reterr);
    if (status)
        return status;
    size_t i = replaying->listed++;
    replaying->score[i] = model_score(replaying->model, &replaying->row);
    /* again: in the centroid nothing is lifted */
    status = model_weigh_kept(replaying->centroid, &replaying->features, &row->place, &replaying->row, reterr);
    if (status)
        return status;
    replaying->centroid_score[i] = model_score(replaying->centroid, &replaying->row);
    replaying->order_score[i] = -(double)i;
    replaying->truth[i] = 0;
    for (size_t j = 0; j < replaying->ups; j++)
        if (strcmp(replaying->up[j], row->key) == 0)
            replaying->truth[i] = 1;
    return PITH_OK;
}

/* The votes of earlier days, and so many papers of earlier days without a vote. */
static void choose_subset(struct replaying *replaying, int32_t day)
{
    const struct learner *learner = &replaying->learner;
    size_t earlier = 0, taken = 0, seen = 0;
    for (size_t i = 0; i < learner->papers; i++)
        earlier += learner->paper[i].background && learner->paper[i].day < day;
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        replaying->paper[i] = paper->day < day;
        if (!paper->background || !replaying->paper[i])
            continue;
        replaying->paper[i] = seen * LEARNER_BACKGROUND >= taken * earlier && taken < LEARNER_BACKGROUND;
        taken += replaying->paper[i];
        seen++;
    }
    for (size_t i = 0; i < learner->pairs; i++)
        replaying->takes_pair[i] = learner->pair[i].day < day;
}

static bool day_counts(struct replaying *replaying, int32_t day, struct pith_backtest_day *ret_day)
{
    const struct learner *learner = &replaying->learner;
    size_t ups_before = 0, downs_before = 0;
    replaying->ups = 0;
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        if (paper->background)
            continue;
        if (paper->day < day) {
            ups_before += paper->verdict == VERDICT_UP;
            downs_before += paper->verdict == VERDICT_DOWN;
        } else if (paper->day == day && paper->verdict == VERDICT_UP) {
            replaying->up[replaying->ups++] = paper->key;
        }
    }
    *ret_day = (struct pith_backtest_day){.day = day, .ups = replaying->ups, .voted = ups_before + downs_before};
    return replaying->ups && ups_before && downs_before;
}

static struct pith_quality quality(struct replaying *replaying, const double *score)
{
    struct metrics_ranking got = metrics_ranking(score, replaying->truth, replaying->listed, replaying->scratch);
    return (struct pith_quality){got.auc, got.ndcg10, got.ap, got.recall10};
}

static enum pith_status note_probabilities(struct replaying *replaying, int32_t day, struct pith_error *reterr)
{
    const struct learner *learner = &replaying->learner;
    if (!replaying->model->calibration.known)
        return PITH_OK;
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        if (paper->background || (paper->verdict != VERDICT_UP && paper->verdict != VERDICT_DOWN) || paper->day != day)
            continue;
        enum pith_status status = model_weigh(replaying->model, &paper->features, &replaying->row, reterr);
        if (status)
            return status;
        double score = model_score(replaying->model, &replaying->row);
        replaying->probability[replaying->probabilities] = calibrate_probability(&replaying->model->calibration, score);
        replaying->voted_up[replaying->probabilities++] = paper->verdict == VERDICT_UP;
        replaying->unsettled += replaying->model->ups + replaying->model->downs < PITH_SETTLED;
    }
    return PITH_OK;
}

/* What the listing as a whole was told to hold. */
static enum pith_status note_listing(struct replaying *replaying, const size_t *order, struct pith_backtest *replay,
                                     struct pith_error *reterr)
{
    const struct calibration *calibration = &replaying->model->listing;
    double square = 0;
    if (!calibration->known)
        return PITH_OK;
    size_t need = replaying->told + replaying->listed;
    enum pith_status status = pith_grow(&replaying->chance, &replaying->chance_cap, need, sizeof *replaying->chance, MAX_TOLD,
                                        reterr);
    if (!status)
        status = pith_grow(&replaying->came, &replaying->came_cap, need, sizeof *replaying->came, MAX_TOLD, reterr);
    if (status)
        return status;
    replay->told++;
    for (size_t rank = 0; rank < replaying->listed; rank++) {
        size_t i = order[rank];
        double chance = calibrate_probability(calibration, replaying->score[i]), up = replaying->truth[i];
        replay->expected += chance;
        replay->liked += up;
        replay->expected_first += rank < FIRST ? chance : 0;
        replay->liked_first += rank < FIRST ? up : 0;
        square += (chance - up) * (chance - up);
        replaying->chance[replaying->told] = chance;
        replaying->came[replaying->told++] = replaying->truth[i];
    }
    replay->listing_brier += square / (double)replaying->listed;
    return PITH_OK;
}

/* *ret_counts false: nothing on that day's listing but ups, or the ups are not on it. */
static enum pith_status play_day(struct replaying *replaying, struct pith_backtest *replay, bool *ret_counts,
                                 struct pith_error *reterr)
{
    struct pith_backtest_day *day = &replay->day[replay->days];
    PITH_AUTO(pith_free_p) size_t *order = NULL;
    PITH_AUTO(model_free_p) struct model *model = NULL;
    PITH_AUTO(model_free_p) struct model *centroid = NULL;
    choose_subset(replaying, day->day);
    struct learner_subset subset = {replaying->paper, replaying->takes_pair};
    enum pith_status status = learner_fit(&replaying->learner, &subset, &model, reterr);
    if (!status)
        status = learner_centroid(&replaying->learner, &subset, &centroid, reterr);
    if (status)
        return status;
    replaying->model = model;
    replaying->centroid = centroid;
    replaying->listed = 0;
    status = store_each_listed(replaying->store, day->day, day->day, score_listed, replaying, reterr);
    if (!status)
        status = note_probabilities(replaying, day->day, reterr);
    if (status)
        return status;
    size_t found = 0;
    for (size_t i = 0; i < replaying->listed; i++)
        found += replaying->truth[i];
    *ret_counts = found > 0 && found < replaying->listed;
    if (!*ret_counts)
        return PITH_OK;
    day->listed = replaying->listed;
    day->ups = found;
    day->model = quality(replaying, replaying->score);
    day->centroid = quality(replaying, replaying->centroid_score);
    day->listing = quality(replaying, replaying->order_score);
    status = choose_order(replaying->score, replaying->listed, &order, reterr);
    return status ? status : note_listing(replaying, order, replay, reterr);
}

static void add_quality(struct pith_quality *sum, const struct pith_quality *day, double days)
{
    sum->auc += day->auc / days;
    sum->ndcg10 += day->ndcg10 / days;
    sum->ap += day->ap / days;
    sum->recall10 += day->recall10 / days;
}

static enum pith_status group_listings(const struct replaying *replaying, struct pith_backtest *replay, struct pith_error *reterr)
{
    if (!replaying->told)
        return PITH_OK;
    PITH_AUTO(pith_free_p) size_t *scratch = pith_calloc(replaying->told, sizeof *scratch);
    if (!scratch)
        return pith_no_memory(reterr);
    replay->listing_bins = reliability_bins_of_likes(replaying->chance, replaying->came, replaying->told, scratch,
                                                     replay->listing_bin);
    return PITH_OK;
}

static enum pith_status summarise(struct replaying *replaying, struct pith_backtest *replay, struct pith_error *reterr)
{
    if (!replay->days)
        return pith_fail(reterr, PITH_NOT_FOUND,
                         "nothing to replay yet: a day counts when it has an up, after an up and a down of earlier days");
    for (size_t i = 0; i < replay->days; i++) {
        add_quality(&replay->model, &replay->day[i].model, (double)replay->days);
        add_quality(&replay->centroid, &replay->day[i].centroid, (double)replay->days);
        add_quality(&replay->listing, &replay->day[i].listing, (double)replay->days);
    }
    enum pith_status status = group_listings(replaying, replay, reterr);
    if (status)
        return status;
    replay->listing_brier = replay->told ? replay->listing_brier / (double)replay->told : NAN;
    replay->probabilities = replaying->probabilities;
    replay->settled = replaying->probabilities - replaying->unsettled;
    replay->brier = replay->log_loss = replay->ece = replay->settled_ece = NAN;
    if (!replay->probabilities)
        return PITH_OK;
    PITH_AUTO(pith_free_p) size_t *scratch = pith_calloc(replay->probabilities, sizeof *scratch);
    if (!scratch)
        return pith_no_memory(reterr);
    replay->brier = metrics_brier(replaying->probability, replaying->voted_up, replay->probabilities);
    replay->log_loss = metrics_log_loss(replaying->probability, replaying->voted_up, replay->probabilities);
    replay->ece = reliability_error(replaying->probability, replaying->voted_up, replay->probabilities, scratch);
    if (replay->settled)
        replay->settled_ece = reliability_error(replaying->probability + replaying->unsettled,
                                                replaying->voted_up + replaying->unsettled, replay->settled, scratch);
    for (size_t i = 0; i < replay->probabilities; i++) {
        size_t tenth = (size_t)(replaying->probability[i] * PITH_BINS);
        replay->given[tenth < PITH_BINS ? tenth : PITH_BINS - 1]++;
    }
    replay->bins = reliability_bins(replaying->probability, replaying->voted_up, replay->probabilities, scratch, replay->bin);
    return PITH_OK;
}

static enum pith_status prepare(struct replaying *replaying, const struct backtest_request *request, struct pith_error *reterr)
{
    struct learner *learner = &replaying->learner;
    const struct learner_request all = {
        .store = request->store,
        .embeddings = request->embeddings,
        .hyperparameters = request->hyperparameters,
        .vote = request->vote,
        .votes = request->votes,
        .pair = request->pair,
        .pairs = request->pairs,
        .background = POOL,
        .listings = SIZE_MAX,
    };
    enum pith_status status = learner_load(learner, &all, reterr);
    if (status)
        return status;
    replaying->paper = pith_calloc(learner->papers, sizeof *replaying->paper);
    replaying->takes_pair = pith_calloc(learner->pairs, sizeof *replaying->takes_pair);
    replaying->up = pith_calloc(learner->papers, sizeof *replaying->up);
    replaying->probability = pith_calloc(learner->papers, sizeof *replaying->probability);
    replaying->voted_up = pith_calloc(learner->papers, 1);
    if (!replaying->paper || !replaying->takes_pair || !replaying->up || !replaying->probability || !replaying->voted_up)
        return pith_no_memory(reterr);
    return PITH_OK;
}

void pith_backtest_free(struct pith_backtest *replay)
{
    free(replay->day);
    free(replay);
}

enum pith_status backtest_votes(const struct backtest_request *request, struct pith_backtest **ret_backtest,
                                struct pith_error *reterr)
{
    PITH_AUTO(replaying_clear) struct replaying replaying = {.store = request->store};
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *replay = pith_calloc(1, sizeof *replay);
    PITH_AUTO(pith_free_p) int32_t *day = NULL;
    size_t days;
    if (!replay)
        return pith_no_memory(reterr);
    enum pith_status status = prepare(&replaying, request, reterr);
    if (!status)
        status = store_days(request->store, &day, &days, reterr);
    if (status)
        return status;
    replay->day = pith_calloc(days, sizeof *replay->day);
    if (!replay->day)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < days; i++) {
        bool counts = day_counts(&replaying, day[i], &replay->day[replay->days]);
        if (counts)
            status = play_day(&replaying, replay, &counts, reterr);
        if (status)
            return status;
        replay->days += counts;
        if (request->progress)
            request->progress(request->user, "replaying", i + 1, days);
    }
    status = summarise(&replaying, replay, reterr);
    if (!status)
        *ret_backtest = PITH_TAKE(replay);
    return status;
}
