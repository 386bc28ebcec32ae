#include "learner.h"

#include "../models/fit.h"
#include "../models/posterior.h"
#include "fitness.h"
#include "spaces.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* FREQUENCY_PAPERS: how many papers the document frequencies are counted over; they cost the same in a store of any size. */
enum { MAX_PAPERS = 1 << 20, FOLDS = 5, FREQUENCY_PAPERS = 8192 };

/* Chosen on topics and readers (LEARNING.md's protocol; ./bootstrap bench quality): unit-norm rows want a prior variance near 1,
 * wider with votes; ups count more than downs; papers without a vote are weak downs. */
static const double UPS_OVER_DOWNS = 4.0;
static const double BACKGROUND_SHARE = 0.25, BACKGROUND_MOST = 4.0; /* of the downs' weight; in votes */
static const double PAIR_WEIGHT = 1.0;
static const double VARIANCE[FEATURE_VIEWS] = {
    [VIEW_WORD] = 0.8, [VIEW_BIGRAM] = 0.1, [VIEW_TITLE] = 0.1, [VIEW_AUTHOR] = 0.5, [VIEW_CATEGORY] = 0.01,
    [VIEW_UPVOTES] = 0.2, [VIEW_COMMENTS] = 0.1, [VIEW_AGE] = 0.1};
/* A seed is a weak up: each weighs so much of a vote, all together at most so many, and half of that after so many votes. */
static const double SEED_WEIGHT = 1.0, SEED_MOST = 10.0, SEED_HALF_VOTES = 60.0;
/* A dense view takes this share of the words' variance: the more, the better titles find their abstracts by it in this store, and
 * less as votes come: at HALF_VOTES half of it. Below, a table that has not seen the reader's field is but a light hint. */
static const double SPACE_LEAST = 0.03, SPACE_MOST = 0.5, RANK_LEAST = 0.90, RANK_MOST = 0.96, SPACE_HALF_VOTES = 400.0;
/* A table learnt from the store finds its own titles too well: it has half its share at so many votes. */
static const double OWN_HALF_VOTES = 20.0, HARDLY_TRUSTED = 0.25;
static const double SPACE_TRACE = 1e-6; /* a share is never 0: its inverse is a precision */
static const size_t FITNESS_PAPERS = 50; /* fewer pairs tell too little: then half of the most */
static const double VARIANCE_VOTES = 50.0, VARIANCE_MOST = 4.0; /* variances grow by one share every so many votes, so far */
static const double BASE_VARIANCE_PER_VOTE = 0.01;
/* Gradient norms at which a fit is done: to the digits that a weight is kept with, and to those that a calibration can tell. */
static const double TOLERANCE = 1e-6, FOLD_TOLERANCE = 1e-3;
/* Rarer terms say nothing that holds beyond their papers. */
static const uint32_t LEAST_PAPERS = 2, LEAST_PAPERS_BIGRAM = 5;

static void paper_free(struct learner_paper *paper)
{
    free(paper->key);
    free(paper->blob);
    features_clear(&paper->features);
}

void learner_clear(struct learner *learner)
{
    for (size_t i = 0; i < learner->papers; i++)
        paper_free(&learner->paper[i]);
    free(learner->paper);
    free(learner->pair);
    frequencies_clear(&learner->frequencies);
    model_free(learner->frame);
    sparse_clear(&learner->rows);
    *learner = (struct learner){0};
}

/* ---- loading ---- */

static enum pith_status keep_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct learner *learner = user;
    enum pith_status status =
        pith_grow(&learner->paper, &learner->paper_cap, learner->papers + 1, sizeof *learner->paper, MAX_PAPERS, reterr);
    if (status)
        return status;
    struct learner_paper paper = {.day = row->day, .blob_length = row->features_length};
    paper.key = strdup(row->key);
    paper.blob = pith_calloc(row->features_length, 1);
    status = paper.key && paper.blob ? PITH_OK : pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    if (!status) {
        memcpy(paper.blob, row->features, row->features_length);
        status = features_read(paper.blob, paper.blob_length, &paper.features, reterr);
    }
    if (status) {
        paper_free(&paper);
        return status;
    }
    learner->paper[learner->papers++] = paper;
    return PITH_OK;
}

/* Words that stand for a paper: a title without an abstract. */
static enum pith_status keep_text(struct learner *learner, const char *key, struct pith_error *reterr)
{
    AUTO(words_free_p) struct words *words = NULL;
    AUTO(pith_free_p) char *title = strdup(key + strlen(PROFILE_TEXT));
    AUTO(bytes_clear) struct bytes blob;
    struct paper paper;
    char none[] = "";
    bytes_init(&blob, STORE_MAX_FEATURES);
    paper_init(&paper);
    paper.title = title;
    paper.abstract = none;
    enum pith_status status = title ? words_new(&words, reterr) : pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    if (!status)
        status = features_derive(words, &paper, &blob, reterr);
    const struct store_row row = {.key = key, .day = PAPER_NO_DAY, .features = blob.data, .features_length = blob.length};
    return status ? status : keep_paper(learner, &row, reterr);
}

struct loaded { /* which paper of the store stands where */
    int64_t *id;
    size_t *position;
    size_t count, slots;
};

static void loaded_clear(struct loaded *loaded)
{
    free(loaded->id);
    free(loaded->position);
}

static size_t loaded_slot(const struct loaded *loaded, int64_t id)
{
    size_t slot = (size_t)((uint64_t)id * UINT64_C(0x9E3779B97F4A7C15) >> 20) % loaded->slots;
    while (loaded->id[slot] && loaded->id[slot] != id)
        slot = (slot + 1) % loaded->slots;
    return slot;
}

/* The position of the paper with this key, loading it the first time; PITH_NOT_FOUND when the store does not hold it. */
static enum pith_status load_paper(struct learner *learner, struct store *store, struct loaded *loaded, const char *key,
                                   size_t *ret_position, struct pith_error *reterr)
{
    int64_t id;
    if (strncmp(key, PROFILE_TEXT, strlen(PROFILE_TEXT)) == 0) {
        *ret_position = learner->papers;
        return keep_text(learner, key, reterr);
    }
    enum pith_status status = store_find_key(store, key, &id, reterr);
    if (status)
        return status;
    size_t slot = loaded_slot(loaded, id);
    if (!loaded->id[slot]) {
        status = store_visit_paper(store, id, keep_paper, learner, reterr);
        if (status)
            return status;
        loaded->id[slot] = id;
        loaded->position[slot] = learner->papers - 1;
    }
    *ret_position = loaded->position[slot];
    return PITH_OK;
}

static enum pith_status load_votes(struct learner *learner, struct store *store, struct loaded *loaded,
                                   const struct profile_vote *votes, size_t count, struct pith_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        size_t position;
        enum pith_status status = load_paper(learner, store, loaded, votes[i].paper, &position, reterr);
        if (status == PITH_NOT_FOUND) {
            learner->missing++;
            continue;
        }
        if (status)
            return status;
        struct learner_paper *paper = &learner->paper[position];
        if (votes[i].verdict == VERDICT_SEED && paper->verdict != VERDICT_NONE)
            continue; /* two names of one paper: the vote stands */
        learner->votes += paper->verdict == VERDICT_NONE || paper->verdict == VERDICT_SEED;
        paper->verdict = votes[i].verdict;
        paper->day = votes[i].day;
    }
    return PITH_OK;
}

static enum pith_status load_pairs(struct learner *learner, struct store *store, struct loaded *loaded,
                                   const struct profile_pair *pairs, size_t count, struct pith_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        struct learner_pair pair = {.day = pairs[i].day};
        enum pith_status status = load_paper(learner, store, loaded, pairs[i].winner, &pair.winner, reterr);
        if (!status)
            status = load_paper(learner, store, loaded, pairs[i].loser, &pair.loser, reterr);
        if (status == PITH_NOT_FOUND) {
            learner->missing++;
            continue;
        }
        if (!status)
            status = pith_grow(&learner->pair, &learner->pair_cap, learner->pairs + 1, sizeof *learner->pair, MAX_PAPERS, reterr);
        if (status)
            return status;
        if (pair.winner != pair.loser) /* two keys may have turned out to be one paper */
            learner->pair[learner->pairs++] = pair;
    }
    return PITH_OK;
}

/* Evenly over the order of import, so over all days: no randomness, and undoing a vote brings the same papers back. */
static enum pith_status load_background(struct learner *learner, struct store *store, struct loaded *loaded, size_t count,
                                        struct pith_error *reterr)
{
    struct store_counts counts;
    enum pith_status status = store_count(store, &counts, reterr);
    int64_t last = -1;
    for (size_t i = 0; !status && i < count; i++) {
        int64_t after = (int64_t)((double)counts.papers * (double)i / (double)count), id;
        status = store_next_paper(store, after > last ? after : last, &id, reterr);
        if (status == PITH_NOT_FOUND)
            return PITH_OK;
        if (status)
            return status;
        last = id;
        size_t slot = loaded_slot(loaded, id);
        if (loaded->id[slot])
            continue;
        status = store_visit_paper(store, id, keep_paper, learner, reterr);
        if (status)
            return status;
        learner->paper[learner->papers - 1].background = true;
    }
    return status;
}

struct counting {
    struct frequencies *frequencies;
    const struct loaded *loaded;
    struct features features;
};

static enum pith_status count_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct counting *counting = user;
    if (counting->loaded->id[loaded_slot(counting->loaded, row->id)]) /* voted: counted already */
        return PITH_OK;
    enum pith_status status = features_read(row->features, row->features_length, &counting->features, reterr);
    if (!status)
        frequencies_count(counting->frequencies, &counting->features);
    return status;
}

/* Over the voted papers and a sample of the others. */
static enum pith_status count_frequencies(struct learner *learner, struct store *store, const struct loaded *loaded,
                                          struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < learner->papers; i++)
        if (!learner->paper[i].background)
            status = frequencies_want(&learner->frequencies, &learner->paper[i].features, reterr);
    for (size_t i = 0; !status && i < learner->papers; i++)
        if (!learner->paper[i].background)
            frequencies_count(&learner->frequencies, &learner->paper[i].features);
    struct counting counting = {.frequencies = &learner->frequencies, .loaded = loaded};
    if (!status)
        status = store_each_features(store, FREQUENCY_PAPERS, count_paper, &counting, reterr);
    features_clear(&counting.features);
    return status;
}

/* ---- rows ---- */

/* Where the frequencies hold what a feature's rarity goes by: a title's word is as rare as the word. */
static size_t frequency_slot(const struct learner *learner, const struct features *features, const struct feature *feature)
{
    const struct feature *counted = feature->view == VIEW_TITLE ? &features->item[feature->index] : feature;
    return frequencies_slot(&learner->frequencies, counted->key);
}

/* Adds the terms of a paper that the frame has not got yet. `seen`: per slot of the frequencies, a bit for the term and one for
 * the title's word. */
static enum pith_status frame_paper(struct learner *learner, const struct learner_paper *paper, unsigned char *seen,
                                    struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < paper->features.count; i++) {
        const struct feature *feature = &paper->features.item[i];
        size_t slot = frequency_slot(learner, &paper->features, feature);
        uint32_t papers = learner->frequencies.papers_with[slot];
        unsigned char bit = feature->view == VIEW_TITLE ? 2 : 1;
        if (seen[slot] & bit || papers < (feature->view == VIEW_BIGRAM ? LEAST_PAPERS_BIGRAM : LEAST_PAPERS))
            continue;
        seen[slot] |= bit;
        char name[FEATURE_NAME_SIZE];
        feature_name(paper->blob, paper->blob_length, feature->index, name);
        struct model_term term = {.key = feature->key, .papers = papers, .view = (uint8_t)feature->view};
        status = model_add_term(learner->frame, &term, name, reterr);
    }
    return status;
}

/* 0 for a table that knows nothing of the store's field, 1 for one that knows it well. */
static double trust_in(const struct fitness *fitness)
{
    if (fitness->pairs < FITNESS_PAPERS)
        return 0.5;
    return fmin(fmax((fitness->reciprocal_rank - RANK_LEAST) / (RANK_MOST - RANK_LEAST), 0), 1);
}

static enum pith_status frame_space(struct learner *learner, struct store *store, const struct space *space,
                                    struct pith_error *reterr)
{
    struct fitness fitness;
    if (!space)
        return PITH_OK;
    enum pith_status status = fitness_measure(store, space, &fitness, reterr);
    if (status)
        return status;
    learner->own[learner->frame->spaces] = space_origin(space)->method == SPACE_LSA;
    learner->trust[learner->frame->spaces] = trust_in(&fitness);
    return model_add_space(learner->frame, space_name(space), space_dims(space), 1, fitness.mean, NULL, reterr);
}

/* Every term of the voted papers that is not too rare, and the dense views. */
static enum pith_status make_frame(struct learner *learner, struct store *store, uint64_t store_papers, struct pith_error *reterr)
{
    enum pith_status status = model_new(&learner->frame, reterr);
    AUTO(pith_free_p) unsigned char *seen = pith_calloc(learner->frequencies.slots, sizeof *seen);
    if (!status && !seen)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    if (status)
        return status;
    learner->frame->papers = learner->frequencies.papers;
    learner->frame->fitted_papers = store_papers;
    for (size_t i = 0; !status && i < learner->papers; i++)
        if (!learner->paper[i].background)
            status = frame_paper(learner, &learner->paper[i], seen, reterr);
    if (!status)
        status = frame_space(learner, store, spaces_shipped(), reterr);
    if (!status)
        status = frame_space(learner, store, spaces_own(), reterr);
    return status ? status : model_finish(learner->frame, reterr);
}

struct cell {
    uint32_t column;
    double value;
};

static int by_column(const void *a, const void *b)
{
    uint32_t left = ((const struct cell *)a)->column, right = ((const struct cell *)b)->column;
    return left < right ? -1 : left > right;
}

static enum pith_status add_row(struct learner *learner, const struct model_row *row, struct pith_error *reterr)
{
    size_t places = model_places(learner->frame), count = row->count + places + 1;
    AUTO(pith_free_p) struct cell *cell = pith_calloc(count, sizeof *cell);
    AUTO(pith_free_p) uint32_t *column = pith_calloc(count, sizeof *column);
    AUTO(pith_free_p) double *value = pith_calloc(count, sizeof *value);
    if (!cell || !column || !value)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a paper's row");
    for (size_t i = 0; i < row->count; i++)
        cell[i] = (struct cell){row->column[i], row->value[i]};
    for (size_t d = 0; d < places; d++)
        cell[row->count + d] = (struct cell){(uint32_t)(learner->frame->terms + d), (double)row->place[d]};
    cell[count - 1] = (struct cell){(uint32_t)(learner->frame->terms + places), 1.0};
    qsort(cell, row->count, sizeof *cell, by_column);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool twice = kept > 0 && column[kept - 1] == cell[i].column; /* in a damaged blob only */
        column[kept] = cell[i].column;
        value[kept] = cell[i].value;
        kept += !twice;
    }
    return sparse_add_row(&learner->rows, column, value, kept, reterr);
}

static enum pith_status make_rows(struct learner *learner, struct pith_error *reterr)
{
    sparse_init(&learner->rows, learner->frame->terms + model_places(learner->frame) + 1);
    struct model_row row = {0};
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < learner->papers; i++) {
        status = model_weigh(learner->frame, &learner->paper[i].features, &row, reterr);
        if (!status)
            status = add_row(learner, &row, reterr);
    }
    model_row_clear(&row);
    return status;
}

enum pith_status learner_load(struct learner *learner, struct store *store, const struct profile_vote *votes, size_t vote_count,
                              const struct profile_pair *pairs, size_t pair_count, size_t background,
                              struct pith_error *reterr)
{
    AUTO(learner_clear) struct learner loading = {0};
    AUTO(loaded_clear) struct loaded loaded = {.slots = 4 * (vote_count + 2 * pair_count) + 64};
    loaded.id = pith_calloc(loaded.slots, sizeof *loaded.id);
    loaded.position = pith_calloc(loaded.slots, sizeof *loaded.position);
    if (!loaded.id || !loaded.position)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    enum pith_status status = load_votes(&loading, store, &loaded, votes, vote_count, reterr);
    if (!status)
        status = load_pairs(&loading, store, &loaded, pairs, pair_count, reterr);
    if (!status)
        status = load_background(&loading, store, &loaded, background, reterr);
    if (!status)
        status = count_frequencies(&loading, store, &loaded, reterr);
    struct store_counts counts;
    if (!status)
        status = store_count(store, &counts, reterr);
    if (!status)
        status = make_frame(&loading, store, (uint64_t)counts.papers, reterr);
    if (!status)
        status = make_rows(&loading, reterr);
    if (status)
        return status;
    *learner = loading;
    loading = (struct learner){0};
    return PITH_OK;
}

/* ---- fitting ---- */

/* What one observation of each kind weighs, and how many there are. */
struct weighting {
    size_t ups, downs, background, pairs, seeds;
    double up, down, pair, weak, seed; /* weak: of all background papers together */
    double seed_votes;                 /* what all seeds together count as */
    double word_share, space_share[MODEL_SPACES]; /* of the variance that words and dense views have together */
};

static bool takes_paper(const struct learner_subset *subset, size_t i)
{
    return !subset || !subset->paper || subset->paper[i];
}

static bool is_thumb(const struct learner_paper *paper)
{
    return paper->verdict == VERDICT_UP || paper->verdict == VERDICT_DOWN;
}

static bool takes_pair(const struct learner_subset *subset, size_t i)
{
    return !subset || !subset->pair || subset->pair[i];
}

/* The first table takes what it is trusted with; one learnt from the store, after it, its share only where the first is hardly
 * trusted: it brings something where that has not seen the field, and nothing beside one that has (models/README.md). */
static void share_variance(const struct learner *learner, double votes, struct weighting *kinds)
{
    double left = 1;
    kinds->word_share = 1;
    for (size_t i = 0; i < learner->frame->spaces; i++) {
        double most = SPACE_LEAST + (SPACE_MOST - SPACE_LEAST) * learner->trust[i];
        double ready = learner->own[i] ? votes / (votes + OWN_HALF_VOTES) : 1;
        kinds->space_share[i] = fmax(left * most * ready, SPACE_TRACE) / (1 + votes / SPACE_HALF_VOTES);
        kinds->word_share -= kinds->space_share[i];
        left = fmax(left - learner->trust[i] / HARDLY_TRUSTED, 0);
    }
}

/* As ups among downs that are all background papers. */
static void weigh_seeds(double votes, struct weighting *kinds)
{
    kinds->seed_votes = fmin(SEED_WEIGHT * (double)kinds->seeds, SEED_MOST) / (1 + votes / SEED_HALF_VOTES);
    double down_total = kinds->background ? kinds->seed_votes / (1.0 + UPS_OVER_DOWNS) : 0;
    kinds->seed = (kinds->seed_votes - down_total) / (double)kinds->seeds;
    kinds->weak += down_total;
}

/* Classes balanced, then ups over downs; the total of the thumbs stays their number. */
static struct weighting weigh_kinds(const struct learner *learner, const struct learner_subset *subset)
{
    struct weighting kinds = {.pair = PAIR_WEIGHT};
    for (size_t i = 0; i < learner->papers; i++) {
        if (!takes_paper(subset, i))
            continue;
        kinds.ups += learner->paper[i].verdict == VERDICT_UP;
        kinds.downs += learner->paper[i].verdict == VERDICT_DOWN;
        kinds.seeds += learner->paper[i].verdict == VERDICT_SEED;
        kinds.background += learner->paper[i].background;
    }
    for (size_t i = 0; i < learner->pairs; i++)
        kinds.pairs += takes_pair(subset, i);
    double votes = (double)(kinds.ups + kinds.downs);
    share_variance(learner, votes + (double)kinds.pairs, &kinds);
    double down_total = votes / (1.0 + UPS_OVER_DOWNS), up_total = votes - down_total;
    if (kinds.ups)
        kinds.up = up_total / (double)kinds.ups;
    if (kinds.downs)
        kinds.down = down_total / (double)kinds.downs;
    if (kinds.background && kinds.ups) /* without an up, unseen papers say nothing */
        kinds.weak = kinds.downs ? fmin(BACKGROUND_SHARE * down_total, BACKGROUND_MOST) : down_total;
    if (kinds.seeds)
        weigh_seeds(votes + (double)kinds.pairs, &kinds);
    return kinds;
}

static double votes_of(const struct weighting *kinds)
{
    return (double)(kinds->ups + kinds->downs + kinds->pairs) + kinds->seed_votes;
}

static double growth(const struct weighting *kinds)
{
    return fmin(1.0 + votes_of(kinds) / VARIANCE_VOTES, VARIANCE_MOST);
}

static double view_variance(const struct weighting *kinds, enum feature_view view)
{
    bool words = view == VIEW_WORD || view == VIEW_BIGRAM || view == VIEW_TITLE;
    return VARIANCE[view] * (words ? kinds->word_share : 1) * growth(kinds);
}

static double space_variance(const struct weighting *kinds, size_t space)
{
    return kinds->space_share[space] * growth(kinds);
}

static double paper_weight(const struct weighting *kinds, const struct learner_paper *paper)
{
    switch (paper->verdict) {
    case VERDICT_UP: return kinds->up;
    case VERDICT_DOWN: return kinds->down;
    case VERDICT_SEED: return kinds->seed;
    case VERDICT_NONE: break;
    }
    return 0;
}

struct observations { /* a fit_problem and what it points to */
    struct sparse rows;
    double *weight;
    const struct loss **loss;
    double *precision;
};

static void observations_clear(struct observations *observations)
{
    sparse_clear(&observations->rows);
    free(observations->weight);
    free(observations->loss);
    free(observations->precision);
}

/* The mean of the background papers that are taken, as one weak down: for the fit it does what they do, in one row. */
static enum pith_status observe_background(const struct learner *learner, const struct learner_subset *subset,
                                           const struct weighting *kinds, struct observations *observations, size_t *count,
                                           struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, filled = 0;
    AUTO(pith_free_p) double *share = pith_calloc(learner->papers, sizeof *share);
    AUTO(pith_free_p) double *mean = pith_calloc(columns, sizeof *mean);
    AUTO(pith_free_p) uint32_t *column = pith_calloc(columns, sizeof *column);
    if (!share || !mean || !column)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the background papers");
    for (size_t i = 0; i < learner->papers; i++)
        if (learner->paper[i].background && takes_paper(subset, i))
            share[i] = -1.0 / (double)kinds->background;
    sparse_transpose_multiply(&learner->rows, share, mean);
    for (uint32_t j = 0; j < columns; j++) {
        if (mean[j] == 0)
            continue;
        column[filled] = j;
        mean[filled++] = mean[j];
    }
    observations->weight[*count] = kinds->weak;
    observations->loss[(*count)++] = &loss_logistic;
    return sparse_add_row(&observations->rows, column, mean, filled, reterr);
}

static enum pith_status observe(const struct learner *learner, const struct learner_subset *subset,
                                const struct weighting *kinds, struct observations *observations, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, most = learner->papers + learner->pairs + 1, count = 0;
    sparse_init(&observations->rows, columns);
    observations->weight = pith_calloc(most, sizeof *observations->weight);
    observations->loss = pith_calloc(most, sizeof *observations->loss);
    observations->precision = pith_calloc(columns, sizeof *observations->precision);
    if (!observations->weight || !observations->loss || !observations->precision)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    for (size_t i = 0; i < learner->frame->terms; i++)
        observations->precision[i] = 1.0 / view_variance(kinds, (enum feature_view)learner->frame->term[i].view);
    for (size_t i = 0, at = learner->frame->terms; i < learner->frame->spaces; i++)
        for (uint32_t d = 0; d < learner->frame->space[i].dims; d++)
            observations->precision[at++] = 1.0 / space_variance(kinds, i);
    observations->precision[columns - 1] = 1.0 / (BASE_VARIANCE_PER_VOTE * votes_of(kinds));
    enum pith_status status = PITH_OK;
    if (kinds->weak > 0)
        status = observe_background(learner, subset, kinds, observations, &count, reterr);
    for (size_t i = 0; !status && i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        double weight = paper_weight(kinds, paper);
        if (!takes_paper(subset, i) || weight <= 0)
            continue;
        observations->weight[count] = weight;
        observations->loss[count++] = &loss_logistic;
        double sign = paper->verdict == VERDICT_DOWN ? -1 : 1; /* a down's row is the negated paper */
        status = sparse_add_scaled(&observations->rows, &learner->rows, i, sign, reterr);
    }
    for (size_t i = 0; !status && i < learner->pairs; i++) {
        if (!takes_pair(subset, i))
            continue;
        observations->weight[count] = kinds->pair;
        observations->loss[count++] = &loss_bradley_terry;
        status = sparse_add_difference(&observations->rows, &learner->rows, learner->pair[i].winner, learner->pair[i].loser, reterr);
    }
    return status;
}

/* w: columns numbers, the start on entry and the fit on return. */
static enum pith_status fit_weights(const struct learner *learner, const struct learner_subset *subset,
                                    const struct weighting *kinds, double tolerance, double *w, struct pith_error *reterr)
{
    AUTO(observations_clear) struct observations observations = {0};
    enum pith_status status = observe(learner, subset, kinds, &observations, reterr);
    if (status)
        return status;
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    struct fit_options options = {.tolerance = tolerance, .max_newton = 100};
    struct fit_result result;
    return fit_minimise(&problem, &options, w, &result, reterr);
}

/* Scores of votes that the fit had not seen: each fold scored by a fit of the others, started from the whole fit. Papers are in
 * order of key, so a fold is a fixed fifth of them. score and up hold as many numbers as there are thumbs. */
static enum pith_status hold_out(const struct learner *learner, const struct learner_subset *subset, const struct weighting *kinds,
                                 const double *w, double *score, unsigned char *up, size_t *ret_scored, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, scored = 0;
    AUTO(pith_free_p) bool *fold = pith_calloc(learner->papers, sizeof *fold);
    AUTO(pith_free_p) double *fold_w = pith_calloc(columns, sizeof *fold_w);
    if (!fold || !fold_w)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for calibration");
    for (size_t k = 0; k < FOLDS; k++) {
        for (size_t i = 0; i < learner->papers; i++)
            fold[i] = takes_paper(subset, i) && (!is_thumb(&learner->paper[i]) || i % FOLDS != k);
        memcpy(fold_w, w, columns * sizeof *w);
        struct learner_subset others = {fold, subset ? subset->pair : NULL};
        enum pith_status status = fit_weights(learner, &others, kinds, FOLD_TOLERANCE, fold_w, reterr);
        if (status)
            return status;
        for (size_t i = k; i < learner->papers; i += FOLDS) {
            const struct learner_paper *paper = &learner->paper[i];
            if (!takes_paper(subset, i) || !is_thumb(paper))
                continue;
            score[scored] = sparse_dot(&learner->rows, i, fold_w);
            up[scored++] = paper->verdict == VERDICT_UP;
        }
    }
    *ret_scored = scored;
    return PITH_OK;
}

static enum pith_status calibrate(const struct learner *learner, const struct learner_subset *subset,
                                  const struct weighting *kinds, const double *w, struct calibration *ret,
                                  struct pith_error *reterr)
{
    size_t votes = kinds->ups + kinds->downs, scored = 0;
    *ret = (struct calibration){.slope = 1};
    if (votes < CALIBRATE_MIN_VOTES || kinds->ups < CALIBRATE_MIN_EACH || kinds->downs < CALIBRATE_MIN_EACH)
        return PITH_OK;
    AUTO(pith_free_p) double *score = pith_calloc(votes, sizeof *score);
    AUTO(pith_free_p) unsigned char *up = pith_calloc(votes, sizeof *up);
    if (!score || !up)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for calibration");
    enum pith_status status = hold_out(learner, subset, kinds, w, score, up, &scored, reterr);
    return status ? status : calibrate_fit(score, up, scored, ret, reterr);
}

enum pith_status learner_unwanted(const struct learner *learner, double **ret_score, size_t *ret_count, struct pith_error *reterr)
{
    struct weighting kinds = weigh_kinds(learner, NULL);
    size_t scored = 0, unwanted = 0;
    AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    AUTO(pith_free_p) double *score = pith_calloc(kinds.ups + kinds.downs, sizeof *score);
    AUTO(pith_free_p) unsigned char *up = pith_calloc(kinds.ups + kinds.downs, sizeof *up);
    if (!w || !score || !up)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    enum pith_status status = PITH_OK;
    if (kinds.ups + kinds.downs > 0)
        status = fit_weights(learner, NULL, &kinds, TOLERANCE, w, reterr);
    if (!status && kinds.ups + kinds.downs > 0)
        status = hold_out(learner, NULL, &kinds, w, score, up, &scored, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < scored; i++)
        if (!up[i])
            score[unwanted++] = score[i];
    *ret_count = unwanted;
    *ret_score = TAKE(score);
    return PITH_OK;
}

/* The frame's dense views with these weights, which stand one after the other. */
static enum pith_status add_spaces(const struct learner *learner, const struct weighting *kinds, const double *w,
                                   struct model *model, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    float weight[SPACE_MAX_DIMS];
    for (size_t i = 0; !status && i < learner->frame->spaces; i++) {
        const struct model_space *space = &learner->frame->space[i];
        for (uint32_t d = 0; d < space->dims; d++)
            weight[d] = (float)*w++;
        status = model_add_space(model, space->table, space->dims, space_variance(kinds, i), space->mean, weight, reterr);
    }
    return status;
}

/* The frame with these weights. */
static enum pith_status make_model(const struct learner *learner, const struct weighting *kinds, const double *w,
                                   struct model **ret_model, struct pith_error *reterr)
{
    AUTO(model_free_p) struct model *model = NULL;
    enum pith_status status = model_new(&model, reterr);
    for (size_t i = 0; !status && i < learner->frame->terms; i++) {
        struct model_term term = learner->frame->term[i];
        const char *name = learner->frame->names + term.name;
        term.weight = (float)w[i];
        status = model_add_term(model, &term, name, reterr);
    }
    if (!status)
        status = add_spaces(learner, kinds, w + learner->frame->terms, model, reterr);
    if (status)
        return status;
    model->papers = learner->frame->papers;
    model->fitted_papers = learner->frame->fitted_papers;
    model->ups = (uint32_t)kinds->ups;
    model->downs = (uint32_t)kinds->downs;
    model->pairs = (uint32_t)kinds->pairs;
    model->base = w[learner->rows.columns - 1];
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = view_variance(kinds, (enum feature_view)view);
    model->weight_up = kinds->up;
    model->weight_down = kinds->down;
    model->weight_pair = kinds->pair;
    status = model_finish(model, reterr);
    if (status)
        return status;
    *ret_model = TAKE(model);
    return PITH_OK;
}

static enum pith_status fit_model(const struct learner *learner, const struct learner_subset *subset, bool calibrated,
                                  struct model **ret_model, struct pith_error *reterr)
{
    struct weighting kinds = weigh_kinds(learner, subset);
    if (kinds.ups + kinds.downs + kinds.pairs + kinds.seeds == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    if (!w)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    struct calibration calibration = {.slope = 1};
    enum pith_status status = fit_weights(learner, subset, &kinds, TOLERANCE, w, reterr);
    if (!status && calibrated)
        status = calibrate(learner, subset, &kinds, w, &calibration, reterr);
    if (!status)
        status = make_model(learner, &kinds, w, ret_model, reterr);
    if (!status)
        (*ret_model)->calibration = calibration;
    return status;
}

enum pith_status learner_fit(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                             struct pith_error *reterr)
{
    return fit_model(learner, subset, true, ret_model, reterr);
}

enum pith_status learner_fit_alone(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                                   struct pith_error *reterr)
{
    return fit_model(learner, subset, false, ret_model, reterr);
}

/* Every k-th paper and comparison, so that there are few enough of them for a posterior. */
static enum pith_status thin(const struct learner *learner, struct learner_subset *subset, bool **ret_taken, struct pith_error *reterr)
{
    size_t all = learner->papers + learner->pairs, step = (learner->votes + learner->pairs) / LEARNER_DRAW_MOST + 1;
    bool *taken = pith_calloc(all, sizeof *taken);
    if (!taken)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    for (size_t i = 0; i < learner->papers; i++)
        taken[i] = i % step == 0 || learner->paper[i].background;
    for (size_t i = 0; i < learner->pairs; i++)
        taken[learner->papers + i] = i % step == 0;
    *subset = (struct learner_subset){taken, taken + learner->papers};
    *ret_taken = taken;
    return PITH_OK;
}

/* Adds a draw to the fitted weights. */
static enum pith_status perturb(const struct fit_problem *problem, uint64_t seed, double *w, struct pith_error *reterr)
{
    AUTO(posterior_free_p) struct posterior *posterior = NULL;
    AUTO(pith_free_p) double *deviation = pith_calloc(problem->rows->columns, sizeof *deviation);
    if (!deviation)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    enum pith_status status = posterior_new(problem, w, &posterior, reterr);
    if (status)
        return status;
    posterior_draw(posterior, seed, deviation);
    for (size_t j = 0; j < problem->rows->columns; j++)
        w[j] += deviation[j];
    return PITH_OK;
}

enum pith_status learner_draw(const struct learner *learner, uint64_t seed, struct model **ret_model, struct pith_error *reterr)
{
    AUTO(pith_free_p) bool *taken = NULL;
    AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    AUTO(observations_clear) struct observations observations = {0};
    struct learner_subset subset;
    struct fit_result result;
    if (!w)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    enum pith_status status = thin(learner, &subset, &taken, reterr);
    if (status)
        return status;
    struct weighting kinds = weigh_kinds(learner, &subset);
    if (kinds.ups + kinds.downs + kinds.pairs + kinds.seeds == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    status = observe(learner, &subset, &kinds, &observations, reterr);
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    if (!status)
        status = fit_minimise(&problem, &(struct fit_options){.tolerance = TOLERANCE, .max_newton = 100}, w, &result, reterr);
    if (!status)
        status = perturb(&problem, seed, w, reterr);
    return status ? status : make_model(learner, &kinds, w, ret_model, reterr);
}

enum pith_status learner_centroid(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                                  struct pith_error *reterr)
{
    struct weighting kinds = weigh_kinds(learner, subset);
    if (kinds.ups + kinds.downs == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    AUTO(pith_free_p) double *share = pith_calloc(learner->papers, sizeof *share);
    if (!w || !share)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        if (!takes_paper(subset, i) || paper->background)
            continue;
        if (paper->verdict == VERDICT_UP)
            share[i] = 1.0 / (double)kinds.ups;
        else if (paper->verdict == VERDICT_DOWN)
            share[i] = -1.0 / (double)kinds.downs;
    }
    sparse_transpose_multiply(&learner->rows, share, w);
    w[learner->rows.columns - 1] = 0;
    return make_model(learner, &kinds, w, ret_model, reterr);
}

/* The model's view over the same table as the frame's; NULL when it has none. */
static const struct model_space *same_space(const struct model *model, const struct model_space *framed)
{
    for (size_t i = 0; i < model->spaces; i++)
        if (strcmp(model->space[i].table, framed->table) == 0 && model->space[i].dims == framed->dims)
            return &model->space[i];
    return NULL;
}

enum pith_status learner_influence(const struct learner *learner, const struct model *model, const struct features *features,
                                   double *influence, struct pith_error *reterr)
{
    size_t terms = learner->frame->terms, columns = learner->rows.columns;
    AUTO(pith_free_p) double *x = pith_calloc(columns, sizeof *x);
    AUTO(pith_free_p) double *utility = pith_calloc(learner->papers, sizeof *utility);
    AUTO(pith_free_p) double *shared = pith_calloc(learner->papers, sizeof *shared);
    AUTO(pith_free_p) double *w = pith_calloc(columns, sizeof *w);
    if (!x || !utility || !shared || !w)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    AUTO(model_row_clear) struct model_row row = {0};
    enum pith_status status = model_weigh(learner->frame, features, &row, reterr);
    if (status)
        return status;
    /* x scaled by the prior: row · x is then the kernel of the two papers. What votes add to the base is left in the base. */
    for (size_t i = 0; i < row.count; i++)
        x[row.column[i]] = row.value[i] * model->variance[learner->frame->term[row.column[i]].view];
    for (size_t i = 0, j = 0; i < terms; i++) { /* both in order of key */
        while (j < model->terms && model->term[j].key < learner->frame->term[i].key)
            j++;
        if (j < model->terms && model->term[j].key == learner->frame->term[i].key)
            w[i] = (double)model->term[j].weight;
    }
    for (size_t i = 0, at = terms; i < learner->frame->spaces; at += learner->frame->space[i++].dims) {
        const struct model_space *space = same_space(model, &learner->frame->space[i]);
        for (uint32_t d = 0; space && d < space->dims; d++) {
            x[at + d] = (double)row.place[at + d - terms] * space->variance;
            w[at + d] = (double)space->weight[d];
        }
    }
    w[columns - 1] = model->base;
    sparse_multiply(&learner->rows, w, utility);
    sparse_multiply(&learner->rows, x, shared);
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        influence[i] = 0;
        if (!is_thumb(paper)) /* a seed is part of what was before any vote */
            continue;
        double sign = paper->verdict == VERDICT_UP ? 1 : -1;
        double weight = paper->verdict == VERDICT_UP ? model->weight_up : model->weight_down;
        influence[i] = -weight * loss_logistic.slope(sign * utility[i]) * sign * shared[i];
    }
    for (size_t i = 0; i < learner->pairs; i++) {
        size_t winner = learner->pair[i].winner, loser = learner->pair[i].loser;
        double slope = loss_bradley_terry.slope(utility[winner] - utility[loser]);
        influence[learner->papers + i] = -model->weight_pair * slope * (shared[winner] - shared[loser]);
    }
    return PITH_OK;
}
