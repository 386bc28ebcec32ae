#include "engine/learning/learner.h"

#include "engine/learning/learner_inside.h"
#include "models/fit.h"
#include "models/posterior.h"
#include "models/random.h"
#include <pith/ranking.h>

#include <stdlib.h>
#include <string.h>

/* WIDTHS_ASKED: of more votes every second, third, … is asked how wide the prior is to be. */
enum { FOLDS = 5, SCALES_ASKED = 64 };
/* Gradient norm at which a fit is done to the digits that a calibration can tell. */
static const double FOLD_TOLERANCE = 1e-3;

/* ---- lifting ---- */

enum pith_status learner_lift_terms(const struct learner *learner, const double *lift, const struct sparse *rows,
                                    struct sparse *ret_rows, struct pith_error *reterr)
{
    size_t places = model_places(learner->vocabulary);
    enum pith_status status = title_weighting_rows(&learner->title_weight, lift, rows, ret_rows, reterr);
    ret_rows->dense = rows->dense;
    for (size_t i = 0; !status && learner->lsa_prior.pca.dims && i < ret_rows->rows; i++) {
        const uint32_t *column = ret_rows->column + ret_rows->start[i];
        double *value = ret_rows->value + ret_rows->start[i];
        size_t dense = places + learner->lsa_prior.pca.dims + 1, count = ret_rows->start[i + 1] - ret_rows->start[i] - dense;
        lsa_prior_share(&learner->lsa_prior, column, value, count, value + count + places);
    }
    return status;
}

enum pith_status learner_lift_rows(const struct learner *learner, struct weighting *kinds, struct sparse *lifted,
                                   struct pith_error *reterr)
{
    if (kinds->title_weight * learner->title_weight.apart <= 0)
        return PITH_OK;
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(learner->vocabulary->terms + 1, sizeof *lift);
    if (!lift)
        return pith_no_memory(reterr);
    title_weighting_lift(&learner->title_weight, kinds->title_weight, lift);
    kinds->rows = lifted;
    return learner_lift_terms(learner, lift, &learner->rows, lifted, reterr);
}

/* ---- observations ---- */

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

enum pith_status learner_average_background(const struct learner *learner, const struct learner_subset *subset,
                                            const struct weighting *kinds, struct sparse *ret_row, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, filled = 0;
    PITH_AUTO(pith_free_p) double *mean = pith_calloc(columns, sizeof *mean);
    PITH_AUTO(pith_free_p) uint32_t *column = pith_calloc(columns, sizeof *column);
    if (!mean || !column)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < learner->papers; i++)
        if (learner->paper[i].background && learner_takes_paper(subset, i))
            for (size_t k = kinds->rows->start[i]; k < kinds->rows->start[i + 1]; k++)
                mean[kinds->rows->column[k]] -= kinds->rows->value[k] / (double)kinds->background;
    for (uint32_t j = 0; j < columns; j++) {
        if (mean[j] == 0)
            continue;
        column[filled] = j;
        mean[filled++] = mean[j];
    }
    sparse_init(ret_row, columns);
    ret_row->dense = learner->rows.dense;
    return sparse_add_row(ret_row, column, mean, filled, reterr);
}

/* How many numbers the observations of a subset hold. */
static size_t count_cells(const struct learner *learner, const struct learner_subset *subset, const struct weighting *kinds)
{
    const size_t *start = kinds->rows->start;
    size_t cells = kinds->weak > 0 ? kinds->background_row->start[1] : 0;
    for (size_t i = 0; i < learner->papers; i++)
        if (learner_takes_paper(subset, i) && learner_paper_weight(kinds, &learner->paper[i]) > 0)
            cells += start[i + 1] - start[i];
    return cells;
}

static enum pith_status observe(const struct learner *learner, const struct learner_subset *subset, const struct weighting *kinds,
                                struct observations *observations, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns, most = learner->papers + learner->pairs + 1, count = 0;
    sparse_init(&observations->rows, columns);
    observations->rows.dense = learner->rows.dense;
    observations->weight = pith_calloc(most, sizeof *observations->weight);
    observations->loss = pith_calloc(most, sizeof *observations->loss);
    observations->precision = pith_calloc(columns, sizeof *observations->precision);
    if (!observations->weight || !observations->loss || !observations->precision)
        return pith_no_memory(reterr);
    learner_set_variances(learner, kinds, observations->precision);
    for (size_t j = 0; j < columns; j++)
        observations->precision[j] = 1.0 / observations->precision[j];
    enum pith_status status = sparse_reserve(&observations->rows, count_cells(learner, subset, kinds), reterr);
    if (!status && kinds->weak > 0)
        status = sparse_add_scaled(&observations->rows, kinds->background_row, 0, 1, reterr);
    observations->weight[0] = kinds->weak;
    observations->loss[0] = &loss_logistic;
    count = kinds->weak > 0;
    for (size_t i = 0; !status && i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        double weight = learner_paper_weight(kinds, paper);
        if (!learner_takes_paper(subset, i) || weight <= 0)
            continue;
        observations->weight[count] = weight;
        observations->loss[count++] = &loss_logistic;
        double sign = paper->verdict == VERDICT_DOWN ? -1 : 1; /* a down's row is the negated paper */
        status = sparse_add_scaled(&observations->rows, kinds->rows, i, sign, reterr);
    }
    for (size_t i = 0; !status && i < learner->pairs; i++) {
        if (!learner_takes_pair(subset, i))
            continue;
        observations->weight[count] = kinds->pair;
        observations->loss[count++] = &loss_bradley_terry;
        status = sparse_add_difference(&observations->rows, kinds->rows, learner->pair[i].winner, learner->pair[i].loser, reterr);
    }
    return status;
}

/* ---- prior scales ---- */

/* Every k-th vote, seed and comparison, so that there are at most `most`; the background as it is. taken: papers + pairs places. */
static void thin(const struct learner *learner, const struct learner_subset *subset, size_t most, bool *taken)
{
    size_t all = 0, seen = 0;
    for (size_t i = 0; i < learner->papers; i++)
        all += learner_takes_paper(subset, i) && learner->paper[i].verdict != VERDICT_NONE;
    for (size_t i = 0; i < learner->pairs; i++)
        all += learner_takes_pair(subset, i);
    size_t step = (all + most - 1) / most;
    for (size_t i = 0; i < learner->papers; i++) {
        bool said = learner->paper[i].verdict != VERDICT_NONE;
        taken[i] = learner_takes_paper(subset, i) && (!said || seen++ % step == 0);
    }
    for (size_t i = 0; i < learner->pairs; i++)
        taken[learner->papers + i] = learner_takes_pair(subset, i) && seen++ % step == 0;
}

enum pith_status learner_find_prior_scales(const struct learner *learner, const struct learner_subset *subset,
                                           struct weighting *kinds, double *ret_log_evidence, struct pith_error *reterr)
{
    *ret_log_evidence = 0;
    if (learner->hyperparameters->text_spread <= 0 || learner->hyperparameters->facts_spread <= 0 || learner_votes_of(kinds) < 1)
        return PITH_OK;
    double spread[SCALES], wide[SCALES];
    PITH_AUTO(pith_free_p) bool *taken = pith_calloc(learner->papers + learner->pairs, sizeof *taken);
    PITH_AUTO(pith_free_p) unsigned char *prior_scale = pith_calloc(learner->rows.columns, sizeof *prior_scale);
    PITH_AUTO(observations_clear) struct observations observations = {0};
    PITH_AUTO(marginal_likelihood_free_p) struct marginal_likelihood *marginal_likelihood = NULL;
    if (!taken || !prior_scale)
        return pith_no_memory(reterr);
    learner_set_hyperprior(learner, spread, wide);
    learner_set_prior_scales(learner, prior_scale);
    thin(learner, subset, SCALES_ASKED, taken);
    struct learner_subset asked = {taken, taken + learner->papers};
    struct marginal_likelihood_groups groups = {SCALES, prior_scale, spread, wide, learner->hyperparameters->facts_against};
    enum pith_status status = observe(learner, &asked, kinds, &observations, reterr);
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    if (!status)
        status = marginal_likelihood_new(&problem, &groups, &marginal_likelihood, reterr);
    if (!status)
        status = marginal_likelihood_prior_scales(marginal_likelihood, kinds->log_prior_scale, reterr);
    return status ? status : marginal_likelihood_log(marginal_likelihood, kinds->log_prior_scale, ret_log_evidence, NULL, reterr);
}

/* ---- weights ---- */

enum pith_status learner_fit_weights(const struct learner *learner, const struct learner_subset *subset,
                                     const struct weighting *kinds, double tolerance, double *w, struct pith_error *reterr)
{
    PITH_AUTO(observations_clear) struct observations observations = {0};
    enum pith_status status = observe(learner, subset, kinds, &observations, reterr);
    if (status)
        return status;
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    struct fit_options options = {.tolerance = tolerance, .max_newton = 100};
    struct fit_result result;
    return fit_minimise(&problem, &options, w, &result, reterr);
}

/* What fits had not seen when they scored it: thumbs, and all papers of the listings that the reader went through. */
struct held_out {
    double *score, *listed_score;
    unsigned char *up, *listed_up;
    size_t count, listed, listings;
};

static void held_out_clear(struct held_out *held)
{
    free(held->score);
    free(held->up);
    free(held->listed_score);
    free(held->listed_up);
}

static enum pith_status held_out_init(const struct learner *learner, const struct weighting *kinds, struct held_out *held,
                                      struct pith_error *reterr)
{
    size_t votes = kinds->ups + kinds->downs, listed = learner->listings.rows.rows;
    held->score = pith_calloc(votes, sizeof *held->score);
    held->up = pith_calloc(votes, sizeof *held->up);
    held->listed_score = pith_calloc(listed, sizeof *held->listed_score);
    held->listed_up = pith_calloc(listed, sizeof *held->listed_up);
    if (!held->score || !held->up || !held->listed_score || !held->listed_up)
        return pith_no_memory(reterr);
    return PITH_OK;
}

/* Thumbs on one listing are in one fold; of the others, in order of key, every fifth. */
static size_t fold_of(const struct learner *learner, size_t first, size_t last, size_t i)
{
    size_t listing = learner_listing_of(learner, i);
    return (listing >= first && listing < last ? last - 1 - listing : i) % FOLDS;
}

static void score_listings(const struct learner *learner, const struct learner_subset *subset, const struct sparse *rows,
                           size_t first, size_t last, size_t fold, const double *w, struct held_out *held)
{
    const struct learner_listings *listings = &learner->listings;
    for (size_t k = first; k < last; k++) {
        if ((last - 1 - k) % FOLDS != fold)
            continue;
        held->listings++;
        for (size_t row = listings->start[k]; row < listings->start[k + 1]; row++) {
            size_t paper = listings->paper[row];
            held->listed_score[held->listed] = sparse_dot(rows, row, w);
            held->listed_up[held->listed++] = paper != SIZE_MAX && learner_takes_paper(subset, paper) &&
                                              learner->paper[paper].verdict == VERDICT_UP;
        }
    }
}

/* The listings' rows as the parts' rows are. */
static enum pith_status lift_listings(const struct learner *learner, const struct weighting *kinds, struct sparse *lifted,
                                      const struct sparse **ret_rows, struct pith_error *reterr)
{
    *ret_rows = &learner->listings.rows;
    if (kinds->rows == &learner->rows || !learner->listings.count)
        return PITH_OK;
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(learner->vocabulary->terms + 1, sizeof *lift);
    if (!lift)
        return pith_no_memory(reterr);
    title_weighting_lift(&learner->title_weight, kinds->title_weight, lift);
    *ret_rows = lifted;
    return learner_lift_terms(learner, lift, &learner->listings.rows, lifted, reterr);
}

/* Each fold is scored by fits of the others, started from the whole fits. */
static enum pith_status hold_out(const struct learner *learner, const struct learner_subset *subset,
                                 const struct learner_parts *parts, struct held_out *held, struct pith_error *reterr)
{
    size_t first, last;
    const struct sparse *listed;
    const struct weighting *kinds = &parts->part[0].kinds;
    PITH_AUTO(pith_free_p) bool *fold = pith_calloc(learner->papers, sizeof *fold);
    PITH_AUTO(pith_free_p) double *fold_w = pith_calloc(learner->rows.columns, sizeof *fold_w);
    PITH_AUTO(sparse_clear) struct sparse lifted = {0};
    if (!fold || !fold_w)
        return pith_no_memory(reterr);
    learner_listings_of(learner, subset, &first, &last);
    enum pith_status status = held_out_init(learner, kinds, held, reterr);
    if (!status)
        status = lift_listings(learner, kinds, &lifted, &listed, reterr);
    for (size_t k = 0; !status && k < FOLDS; k++) {
        for (size_t i = 0; i < learner->papers; i++)
            fold[i] = learner_takes_paper(subset, i) &&
                      (!learner_is_thumb(&learner->paper[i]) || fold_of(learner, first, last, i) != k);
        struct learner_subset others = {fold, subset ? subset->pair : NULL};
        status = learner_parts_refit(learner, &others, parts, FOLD_TOLERANCE, fold_w, reterr);
        for (size_t i = 0; !status && i < learner->papers; i++) {
            const struct learner_paper *paper = &learner->paper[i];
            if (!learner_takes_paper(subset, i) || !learner_is_thumb(paper) || fold[i])
                continue;
            held->score[held->count] = sparse_dot(kinds->rows, i, fold_w);
            held->up[held->count++] = paper->verdict == VERDICT_UP;
        }
        if (!status)
            score_listings(learner, subset, listed, first, last, k, fold_w, held);
    }
    return status;
}

/* Chances of a vote, and those of a paper on a listing. */
static enum pith_status calibrate(const struct learner *learner, const struct learner_subset *subset,
                                  const struct learner_parts *parts, struct calibration *ret, struct calibration *ret_listing,
                                  struct pith_error *reterr)
{
    const struct weighting *kinds = &parts->part[0].kinds;
    PITH_AUTO(held_out_clear) struct held_out held = {0};
    *ret = *ret_listing = (struct calibration){.slope = 1};
    _Static_assert((int)CALIBRATE_MIN_VOTES == (int)PITH_CHANCE_VOTES && (int)CALIBRATE_MIN_EACH == (int)PITH_CHANCE_EACH,
                   "what is fitted is what readers are told");
    if (kinds->ups + kinds->downs < CALIBRATE_MIN_VOTES || kinds->ups < CALIBRATE_MIN_EACH || kinds->downs < CALIBRATE_MIN_EACH)
        return PITH_OK;
    enum pith_status status = hold_out(learner, subset, parts, &held, reterr);
    if (!status)
        status = calibrate_fit(held.score, held.up, held.count, ret, reterr);
    if (!status)
        status = calibrate_listing_fit(held.listed_score, held.listed_up, held.listed, held.listings, ret_listing, reterr);
    struct calibration *each[] = {ret, ret_listing};
    for (size_t i = 0; i < 2; i++) {
        each[i]->slope_spread *= learner->hyperparameters->left_open;
        each[i]->offset_slant *= learner->hyperparameters->left_open;
        each[i]->offset_spread *= learner->hyperparameters->left_open;
    }
    return status;
}

static struct learner_belief belief_of(const struct learner *learner)
{
    return (struct learner_belief){.trust = learner->believed};
}

enum pith_status learner_unwanted(const struct learner *learner, double **ret_score, size_t *ret_count, struct pith_error *reterr)
{
    struct learner_belief belief = belief_of(learner);
    struct weighting kinds = learner_weigh(learner, NULL, &belief);
    size_t unwanted = 0;
    PITH_AUTO(held_out_clear) struct held_out held = {0};
    PITH_AUTO(learner_parts_clear) struct learner_parts parts = {0};
    enum pith_status status = PITH_OK;
    if (kinds.ups + kinds.downs > 0)
        status = learner_parts_fit(learner, NULL, &belief, &parts, reterr);
    if (!status && kinds.ups + kinds.downs > 0)
        status = hold_out(learner, NULL, &parts, &held, reterr);
    if (status)
        return status;
    size_t known = held.listed ? held.listed : held.count;
    const double *score = held.listed ? held.listed_score : held.score;
    const unsigned char *up = held.listed ? held.listed_up : held.up;
    double *found = pith_calloc(known, sizeof *found);
    if (!found)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < known; i++)
        if (!up[i])
            found[unwanted++] = score[i];
    *ret_count = unwanted;
    *ret_score = found;
    return PITH_OK;
}

/* Adds the vocabulary's dense views with weights along their axes; what they add to every score goes to *base. */
static enum pith_status add_embeddings(const struct learner *learner, const struct weighting *kinds, const double *along,
                                       struct model *model, double *base, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    double back[EMBEDDING_MAX_DIMS];
    float weight[EMBEDDING_MAX_DIMS];
    for (size_t i = 0; !status && i < learner->vocabulary->embeddings; i++) {
        const struct model_embedding *embedding = &learner->vocabulary->embedding[i];
        pca_turn_back(&learner->embedding_pca[i], along, back);
        for (uint32_t d = 0; d < embedding->dims; d++) {
            weight[d] = (float)back[d];
            *base -= *along++ * learner->embedding_pca[i].mean[d];
        }
        status = model_add_embedding(model, embedding->table, embedding->dims, learner_embedding_variance(kinds, i),
                                     embedding->mean, weight, reterr);
    }
    return status;
}

/* Adds the vocabulary's terms with these weights, and in them what lies along the latent directions. */
static enum pith_status add_terms(const struct learner *learner, const double *w, double title_weight, struct model *model,
                                  double *base, struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms;
    PITH_AUTO(pith_free_p) double *weight = pith_calloc(terms + model_places(learner->vocabulary) + 1, sizeof *weight);
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(terms + 1, sizeof *lift);
    if (!weight || !lift)
        return pith_no_memory(reterr);
    title_weighting_lift(&learner->title_weight, title_weight, lift);
    memcpy(weight, w, terms * sizeof *weight);
    if (learner->lsa_prior.pca.dims)
        *base += lsa_prior_fold(&learner->lsa_prior, w + terms + model_places(learner->vocabulary), weight);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < terms; i++) {
        struct model_term term = learner->vocabulary->term[i];
        const char *name = learner->vocabulary->names + term.name;
        term.weight = (float)weight[i];
        term.title_weight = (float)lift[i];
        status = model_add_term(model, &term, name, reterr);
    }
    return status;
}

/* The vocabulary with these weights. */
static enum pith_status make_model(const struct learner *learner, const struct weighting *kinds, const double *w,
                                   struct model **ret_model, struct pith_error *reterr)
{
    PITH_AUTO(model_free_p) struct model *model = NULL;
    double base = w[learner->rows.columns - 1];
    enum pith_status status = model_new(&model, reterr);
    if (!status)
        status = add_terms(learner, w, kinds->title_weight, model, &base, reterr);
    if (!status)
        status = add_embeddings(learner, kinds, w + learner->vocabulary->terms, model, &base, reterr);
    if (status)
        return status;
    model->papers = learner->vocabulary->papers;
    model->fitted_papers = learner->vocabulary->fitted_papers;
    model->ups = (uint32_t)kinds->ups;
    model->downs = (uint32_t)kinds->downs;
    model->pairs = (uint32_t)kinds->pairs;
    model->base = base;
    for (size_t view = 0; view < FEATURE_VIEWS; view++)
        model->variance[view] = learner_view_variance(kinds, (enum feature_view)view);
    model->weight_up = kinds->up;
    model->weight_down = kinds->down;
    model->weight_pair = kinds->pair;
    model_bind(model, &learner->embeddings);
    status = model_finish(model, reterr);
    if (status)
        return status;
    *ret_model = PITH_TAKE(model);
    return PITH_OK;
}

static enum pith_status fit_model(const struct learner *learner, const struct learner_subset *subset, bool calibrated,
                                  struct model **ret_model, struct pith_error *reterr)
{
    struct learner_belief belief = belief_of(learner);
    struct calibration calibration = {.slope = 1}, listing = {.slope = 1};
    PITH_AUTO(learner_parts_clear) struct learner_parts parts = {0};
    PITH_AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    if (!w)
        return pith_no_memory(reterr);
    enum pith_status status = learner_parts_fit(learner, subset, &belief, &parts, reterr);
    if (status)
        return status;
    learner_parts_join(learner, &parts, w);
    if (calibrated)
        status = calibrate(learner, subset, &parts, &calibration, &listing, reterr);
    if (!status)
        status = make_model(learner, &parts.part[0].kinds, w, ret_model, reterr);
    if (status)
        return status;
    (*ret_model)->calibration = calibration;
    (*ret_model)->listing = listing;
    return PITH_OK;
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

/* Adds a draw to the fitted weights. */
static enum pith_status perturb(const struct fit_problem *problem, uint64_t seed, double *w, struct pith_error *reterr)
{
    PITH_AUTO(posterior_free_p) struct posterior *posterior = NULL;
    PITH_AUTO(pith_free_p) double *deviation = pith_calloc(problem->rows->columns, sizeof *deviation);
    if (!deviation)
        return pith_no_memory(reterr);
    enum pith_status status = posterior_new(problem, w, &posterior, reterr);
    if (status)
        return status;
    posterior_draw(posterior, seed, deviation);
    for (size_t j = 0; j < problem->rows->columns; j++)
        w[j] += deviation[j];
    return PITH_OK;
}

/* Of the fits that are averaged, the one that a seed draws: as likely as it weighs. */
static const struct learner_part *draw_part(const struct learner_parts *parts, uint64_t seed)
{
    struct random random = {seed};
    double all = 0, sum = 0;
    size_t last = 0;
    for (size_t i = 0; i < parts->count; i++)
        all += parts->part[i].fitted ? parts->part[i].mixed.weight : 0;
    double at = random_uniform(&random) * all;
    for (size_t i = 0; i < parts->count && sum <= at; i++) {
        if (!parts->part[i].fitted)
            continue;
        sum += parts->part[i].mixed.weight;
        last = i;
    }
    return &parts->part[last];
}

enum pith_status learner_draw(const struct learner *learner, uint64_t seed, struct model **ret_model, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) bool *taken = pith_calloc(learner->papers + learner->pairs, sizeof *taken);
    PITH_AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    PITH_AUTO(observations_clear) struct observations observations = {0};
    PITH_AUTO(learner_parts_clear) struct learner_parts parts = {0};
    if (!taken || !w)
        return pith_no_memory(reterr);
    thin(learner, NULL, LEARNER_DRAW_MOST, taken);
    struct learner_subset subset = {taken, taken + learner->papers};
    struct learner_belief belief = belief_of(learner);
    enum pith_status status = learner_parts_fit(learner, &subset, &belief, &parts, reterr);
    if (status)
        return status;
    const struct learner_part *drawn = draw_part(&parts, seed);
    struct learner_subset own = drawn->paper ? (struct learner_subset){drawn->paper, drawn->pair} : subset;
    memcpy(w, drawn->w, learner->rows.columns * sizeof *w);
    status = observe(learner, &own, &drawn->kinds, &observations, reterr);
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    if (!status)
        status = perturb(&problem, seed, w, reterr);
    return status ? status : make_model(learner, &drawn->kinds, w, ret_model, reterr);
}

enum pith_status learner_centroid(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                                  struct pith_error *reterr)
{
    struct learner_belief belief = belief_of(learner);
    struct weighting kinds = learner_weigh(learner, subset, &belief);
    kinds.title_weight = 0; /* a yardstick lifts nothing */
    if (kinds.ups + kinds.downs == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    PITH_AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    PITH_AUTO(pith_free_p) double *share = pith_calloc(learner->papers, sizeof *share);
    if (!w || !share)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < learner->papers; i++) {
        const struct learner_paper *paper = &learner->paper[i];
        if (!learner_takes_paper(subset, i) || paper->background)
            continue;
        if (paper->verdict == VERDICT_UP)
            share[i] = 1.0 / (double)kinds.ups;
        else if (paper->verdict == VERDICT_DOWN)
            share[i] = -1.0 / (double)kinds.downs;
    }
    sparse_transpose_multiply(&learner->rows, share, w);
    for (size_t j = learner->vocabulary->terms + model_places(learner->vocabulary); j < learner->rows.columns; j++)
        w[j] = 0; /* the latent directions say again what the words say */
    return make_model(learner, &kinds, w, ret_model, reterr);
}
