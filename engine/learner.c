#include "learner.h"

#include "../models/evidence.h"
#include "../models/fit.h"
#include "../models/posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5 };

/* Unit-norm rows want a prior variance near 1, wider with votes; ups count more than downs; papers without a vote are weak downs. */
const struct learner_choices learner_defaults = {
    .variance = {[VIEW_WORD] = 0.8, [VIEW_BIGRAM] = 0.1, [VIEW_TITLE] = 0.1, [VIEW_AUTHOR] = 0.5, [VIEW_CATEGORY] = 0.01,
                 [VIEW_UPVOTES] = 0.2, [VIEW_COMMENTS] = 0.1, [VIEW_AGE] = 0.1},
    .growth = 0.02,
    .ups_over_downs = 4.0,
    .background_share = 0.25,
    .space_share = 0.5,
    .latent_share = 0.2,
    .lean = 1.0,
    .emphasis = 1.0,
    .text_spread = 0.1,
    .facts_spread = 0.7,
    .facts_against = 11.0,
    .left_open = 1.0,
};
static const struct learner_choices *chosen = &learner_defaults;

static const double BACKGROUND_MOST = 4.0; /* votes */
static const double PAIR_WEIGHT = 1.0;
/* A seed is a weak up: each weighs so much of a vote, all together at most so many, and half of that after so many votes. */
static const double SEED_WEIGHT = 1.0, SEED_MOST = 10.0, SEED_HALF_VOTES = 60.0;
/* A dense view has its share of the words' variance: the more, the better titles find their abstracts by it in this store, and less as
 * votes come: at HALF_VOTES half of it. SPACE_LEAST: a table that has not seen the reader's field is but a light hint. */
static const double SPACE_LEAST = 0.03, SPACE_HALF_VOTES = 400.0;
/* A table learnt from the store finds its own titles too well: it has half its share at so many votes. */
static const double OWN_HALF_VOTES = 20.0, HARDLY_TRUSTED = 0.25;
static const double SPACE_TRACE = 1e-6, LEAST_VARIANCE = 1e-9; /* never 0: its inverse is a precision */
/* What the papers of the store say without a vote stands back soon: the share of the latent directions, and how much the prior leans
 * towards what many papers differ by (axes.h), are half at so many votes. */
static const double STORE_HALF_VOTES = 10.0;
/* What titles name is lifted by half the power, by all of it where the field is known; less with every vote, and no more from so many
 * votes on: then the votes say what matters. */
static const double EMPHASIS_VOTES = 60.0;
static const double GROWTH_MOST = 4.0;
/* Of more votes every second, third, … is asked how wide the prior is to be; a view of facts that alone decides has this variance. */
enum { WIDTHS_ASKED = 64 };
static const double SLAB_VARIANCE = 3.0;
static const double BASE_VARIANCE_PER_VOTE = 0.01;
/* Gradient norms at which a fit is done: to the digits that a weight is kept with, and to those that a calibration can tell. */
static const double TOLERANCE = 1e-6, FOLD_TOLERANCE = 1e-3;

void learner_choose(const struct learner_choices *choices)
{
    chosen = choices;
}

const struct learner_choices *learner_chosen(void)
{
    return chosen;
}

/* ---- fitting ---- */

/* What has a width of its own: words (their latent directions with them), each view of facts, each dense view. */
enum width {
    WIDTH_WORDS,
    WIDTH_FACTS,
    WIDTH_SPACES = WIDTH_FACTS + FEATURE_VIEWS,
    WIDTHS = WIDTH_SPACES + MODEL_SPACES,
};
_Static_assert((int)WIDTHS <= (int)EVIDENCE_MAX_GROUPS, "the evidence tells all widths");

static enum width width_of(enum feature_view view)
{
    bool words = view == VIEW_WORD || view == VIEW_BIGRAM || view == VIEW_TITLE;
    return words ? WIDTH_WORDS : (enum width)(WIDTH_FACTS + view);
}

/* What one observation of each kind weighs, and how many there are. */
struct weighting {
    size_t ups, downs, background, pairs, seeds;
    double up, down, pair, weak, seed; /* weak: of all background papers together */
    double seed_votes;                 /* what all seeds together count as */
    double word_share, space_share[MODEL_SPACES], latent_share; /* of the variance that words and dense views have together */
    double space_lean[MODEL_SPACES], latent_lean;
    double log_width[WIDTHS];  /* by which this reader's votes make the prior wider or narrower than everybody's */
    double emphasis;           /* power of the lift */
    const struct sparse *rows; /* of the papers, lifted (lift_rows) */
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
    double left = 1, early = 1 / (1 + votes / STORE_HALF_VOTES);
    kinds->word_share = 1;
    for (size_t i = 0; i < learner->frame->spaces; i++) {
        double most = SPACE_LEAST + (chosen->space_share - SPACE_LEAST) * learner->trust[i];
        double ready = learner->own[i] ? votes / (votes + OWN_HALF_VOTES) : 1;
        kinds->space_share[i] = fmax(left * most * ready, SPACE_TRACE) / (1 + votes / SPACE_HALF_VOTES);
        kinds->space_lean[i] = chosen->lean * learner->trust[i] * early;
        kinds->word_share -= kinds->space_share[i];
        left = fmax(left - learner->trust[i] / HARDLY_TRUSTED, 0);
    }
    kinds->latent_lean = chosen->lean * early;
    kinds->emphasis = chosen->emphasis * (1 + learner->field_known) / 2 * fmax(1 - votes / EMPHASIS_VOTES, 0);
    kinds->latent_share = learner->latent.axes.dims ? chosen->latent_share * early : 0;
    kinds->word_share -= kinds->latent_share;
}

/* As ups among downs that are all background papers. */
static void weigh_seeds(double votes, struct weighting *kinds)
{
    kinds->seed_votes = fmin(SEED_WEIGHT * (double)kinds->seeds, SEED_MOST) / (1 + votes / SEED_HALF_VOTES);
    double down_total = kinds->background ? kinds->seed_votes / (1.0 + chosen->ups_over_downs) : 0;
    kinds->seed = (kinds->seed_votes - down_total) / (double)kinds->seeds;
    kinds->weak += down_total;
}

/* Classes balanced, then ups over downs; the total of the thumbs stays their number. */
static struct weighting weigh_kinds(const struct learner *learner, const struct learner_subset *subset)
{
    struct weighting kinds = {.pair = PAIR_WEIGHT, .rows = &learner->rows};
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
    double down_total = votes / (1.0 + chosen->ups_over_downs), up_total = votes - down_total;
    if (kinds.ups)
        kinds.up = up_total / (double)kinds.ups;
    if (kinds.downs)
        kinds.down = down_total / (double)kinds.downs;
    if (kinds.background && kinds.ups) /* without an up, unseen papers say nothing */
        kinds.weak = kinds.downs ? fmin(chosen->background_share * down_total, BACKGROUND_MOST) : down_total;
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
    return fmin(1.0 + chosen->growth * votes_of(kinds), GROWTH_MOST);
}

static double view_variance(const struct weighting *kinds, enum feature_view view)
{
    enum width width = width_of(view);
    return chosen->variance[view] * (width == WIDTH_WORDS ? kinds->word_share : 1) * growth(kinds) * exp(kinds->log_width[width]);
}

static double space_variance(const struct weighting *kinds, size_t space)
{
    return kinds->space_share[space] * growth(kinds) * exp(kinds->log_width[WIDTH_SPACES + space]);
}

static double latent_variance(const struct weighting *kinds)
{
    return kinds->latent_share * growth(kinds) * exp(kinds->log_width[WIDTH_WORDS]);
}

/* The prior variance of every column of the learner's rows. */
static void set_variances(const struct learner *learner, const struct weighting *kinds, double *variance)
{
    for (size_t i = 0; i < learner->frame->terms; i++)
        *variance++ = view_variance(kinds, (enum feature_view)learner->frame->term[i].view);
    for (size_t i = 0; i < learner->frame->spaces; i++)
        for (uint32_t d = 0; d < learner->frame->space[i].dims; d++)
            *variance++ = space_variance(kinds, i) * axes_variance(&learner->space_axes[i], d, kinds->space_lean[i]);
    for (uint32_t d = 0; d < learner->latent.axes.dims; d++)
        *variance++ = latent_variance(kinds) * axes_variance(&learner->latent.axes, d, kinds->latent_lean);
    *variance = BASE_VARIANCE_PER_VOTE * votes_of(kinds);
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

/* ---- lifting ---- */

/* The papers' rows, their terms times `lift`: what lies along the latent directions is summed anew, all else stays. */
static enum pith_status lift_terms(const struct learner *learner, const double *lift, struct sparse *ret_rows,
                                   struct pith_error *reterr)
{
    size_t places = model_places(learner->frame);
    enum pith_status status = emphasis_rows(&learner->emphasis, lift, &learner->rows, ret_rows, reterr);
    for (size_t i = 0; !status && learner->latent.axes.dims && i < ret_rows->rows; i++) {
        const uint32_t *column = ret_rows->column + ret_rows->start[i];
        double *value = ret_rows->value + ret_rows->start[i];
        size_t dense = places + learner->latent.axes.dims + 1, count = ret_rows->start[i + 1] - ret_rows->start[i] - dense;
        latent_share(&learner->latent, column, value, count, value + count + places);
    }
    return status;
}

/* Lifts what titles name as far as so many votes leave it to them; `lifted` has to last as long as kinds. */
static enum pith_status lift_rows(const struct learner *learner, struct weighting *kinds, struct sparse *lifted,
                                  struct pith_error *reterr)
{
    if (kinds->emphasis * learner->emphasis.apart <= 0)
        return PITH_OK;
    AUTO(pith_free_p) double *lift = pith_calloc(learner->frame->terms + 1, sizeof *lift);
    if (!lift)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    emphasis_lift(&learner->emphasis, kinds->emphasis, lift);
    kinds->rows = lifted;
    return lift_terms(learner, lift, lifted, reterr);
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
    sparse_transpose_multiply(kinds->rows, share, mean);
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
    set_variances(learner, kinds, observations->precision);
    for (size_t j = 0; j < columns; j++)
        observations->precision[j] = 1.0 / fmax(observations->precision[j], LEAST_VARIANCE);
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
        status = sparse_add_scaled(&observations->rows, kinds->rows, i, sign, reterr);
    }
    for (size_t i = 0; !status && i < learner->pairs; i++) {
        if (!takes_pair(subset, i))
            continue;
        observations->weight[count] = kinds->pair;
        observations->loss[count++] = &loss_bradley_terry;
        status = sparse_add_difference(&observations->rows, kinds->rows, learner->pair[i].winner, learner->pair[i].loser, reterr);
    }
    return status;
}

/* ---- widths ---- */

/* Every k-th vote, seed and comparison, so that there are at most `most`; the background as it is. taken: papers + pairs places. */
static void thin(const struct learner *learner, const struct learner_subset *subset, size_t most, bool *taken)
{
    size_t all = 0, seen = 0;
    for (size_t i = 0; i < learner->papers; i++)
        all += takes_paper(subset, i) && learner->paper[i].verdict != VERDICT_NONE;
    for (size_t i = 0; i < learner->pairs; i++)
        all += takes_pair(subset, i);
    size_t step = (all + most - 1) / most;
    for (size_t i = 0; i < learner->papers; i++) {
        bool said = learner->paper[i].verdict != VERDICT_NONE;
        taken[i] = takes_paper(subset, i) && (!said || seen++ % step == 0);
    }
    for (size_t i = 0; i < learner->pairs; i++)
        taken[learner->papers + i] = takes_pair(subset, i) && seen++ % step == 0;
}

/* The width that each column of the learner's rows goes by. */
static void set_widths_of(const struct learner *learner, unsigned char *width)
{
    for (size_t i = 0; i < learner->frame->terms; i++)
        *width++ = (unsigned char)width_of((enum feature_view)learner->frame->term[i].view);
    for (size_t i = 0; i < learner->frame->spaces; i++)
        for (uint32_t d = 0; d < learner->frame->space[i].dims; d++)
            *width++ = (unsigned char)(WIDTH_SPACES + i);
    for (uint32_t d = 0; d < learner->latent.axes.dims; d++)
        *width++ = WIDTH_WORDS;
    *width = EVIDENCE_FIXED; /* the base */
}

static void set_hyperprior(double spread[WIDTHS], double wide[WIDTHS])
{
    for (size_t i = 0; i < WIDTHS; i++) {
        spread[i] = i == WIDTH_WORDS || i >= WIDTH_SPACES ? chosen->text_spread : chosen->facts_spread;
        wide[i] = -INFINITY;
    }
    for (enum feature_view view = 0; chosen->facts_against > 0 && view < FEATURE_VIEWS; view++)
        if (width_of(view) != WIDTH_WORDS && chosen->variance[view] > LEAST_VARIANCE)
            wide[width_of(view)] = log(SLAB_VARIANCE / chosen->variance[view]);
}

/* Moves the prior's widths as far as these votes give reason to. */
static enum pith_status find_widths(const struct learner *learner, const struct learner_subset *subset, struct weighting *kinds,
                                    struct pith_error *reterr)
{
    if (chosen->text_spread <= 0 || chosen->facts_spread <= 0 || votes_of(kinds) < 1)
        return PITH_OK;
    double spread[WIDTHS], wide[WIDTHS];
    AUTO(pith_free_p) bool *taken = pith_calloc(learner->papers + learner->pairs, sizeof *taken);
    AUTO(pith_free_p) unsigned char *width = pith_calloc(learner->rows.columns, sizeof *width);
    AUTO(observations_clear) struct observations observations = {0};
    AUTO(evidence_free_p) struct evidence *evidence = NULL;
    if (!taken || !width)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the widths");
    set_hyperprior(spread, wide);
    set_widths_of(learner, width);
    thin(learner, subset, WIDTHS_ASKED, taken);
    struct learner_subset asked = {taken, taken + learner->papers};
    struct evidence_groups groups = {WIDTHS, width, spread, wide, chosen->facts_against};
    enum pith_status status = observe(learner, &asked, kinds, &observations, reterr);
    struct fit_problem problem = {&observations.rows, observations.weight, observations.loss, observations.precision};
    if (!status)
        status = evidence_new(&problem, &groups, &evidence, reterr);
    return status ? status : evidence_widths(evidence, kinds->log_width, reterr);
}

/* ---- weights ---- */

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
            score[scored] = sparse_dot(kinds->rows, i, fold_w);
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
    if (!status)
        status = calibrate_fit(score, up, scored, ret, reterr);
    ret->slope_spread *= chosen->left_open;
    ret->offset_slant *= chosen->left_open;
    ret->offset_spread *= chosen->left_open;
    return status;
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
    AUTO(sparse_clear) struct sparse lifted = {0};
    enum pith_status status = lift_rows(learner, &kinds, &lifted, reterr);
    if (!status)
        status = find_widths(learner, NULL, &kinds, reterr);
    if (!status && kinds.ups + kinds.downs > 0)
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

/* Adds the frame's dense views with weights along their axes; what they add to every score goes to *base. */
static enum pith_status add_spaces(const struct learner *learner, const struct weighting *kinds, const double *along,
                                   struct model *model, double *base, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    double back[SPACE_MAX_DIMS];
    float weight[SPACE_MAX_DIMS];
    for (size_t i = 0; !status && i < learner->frame->spaces; i++) {
        const struct model_space *space = &learner->frame->space[i];
        axes_turn_back(&learner->space_axes[i], along, back);
        for (uint32_t d = 0; d < space->dims; d++) {
            weight[d] = (float)back[d];
            *base -= *along++ * learner->space_axes[i].mean[d];
        }
        status = model_add_space(model, space->table, space->dims, space_variance(kinds, i), space->mean, weight, reterr);
    }
    return status;
}

/* Adds the frame's terms with these weights, and in them what lies along the latent directions. */
static enum pith_status add_terms(const struct learner *learner, const double *w, double emphasis, struct model *model, double *base,
                                  struct pith_error *reterr)
{
    size_t terms = learner->frame->terms;
    AUTO(pith_free_p) double *weight = pith_calloc(terms + model_places(learner->frame) + 1, sizeof *weight);
    AUTO(pith_free_p) double *lift = pith_calloc(terms + 1, sizeof *lift);
    if (!weight || !lift)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    emphasis_lift(&learner->emphasis, emphasis, lift);
    memcpy(weight, w, terms * sizeof *weight);
    if (learner->latent.axes.dims)
        *base += latent_fold(&learner->latent, w + terms + model_places(learner->frame), weight);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < terms; i++) {
        struct model_term term = learner->frame->term[i];
        const char *name = learner->frame->names + term.name;
        term.weight = (float)weight[i];
        term.emphasis = (float)lift[i];
        status = model_add_term(model, &term, name, reterr);
    }
    return status;
}

/* The frame with these weights. */
static enum pith_status make_model(const struct learner *learner, const struct weighting *kinds, const double *w,
                                   struct model **ret_model, struct pith_error *reterr)
{
    AUTO(model_free_p) struct model *model = NULL;
    double base = w[learner->rows.columns - 1];
    enum pith_status status = model_new(&model, reterr);
    if (!status)
        status = add_terms(learner, w, kinds->emphasis, model, &base, reterr);
    if (!status)
        status = add_spaces(learner, kinds, w + learner->frame->terms, model, &base, reterr);
    if (status)
        return status;
    model->papers = learner->frame->papers;
    model->fitted_papers = learner->frame->fitted_papers;
    model->ups = (uint32_t)kinds->ups;
    model->downs = (uint32_t)kinds->downs;
    model->pairs = (uint32_t)kinds->pairs;
    model->base = base;
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
    AUTO(sparse_clear) struct sparse lifted = {0};
    enum pith_status status = lift_rows(learner, &kinds, &lifted, reterr);
    if (!status)
        status = find_widths(learner, subset, &kinds, reterr);
    if (!status)
        status = fit_weights(learner, subset, &kinds, TOLERANCE, w, reterr);
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
    AUTO(pith_free_p) bool *taken = pith_calloc(learner->papers + learner->pairs, sizeof *taken);
    AUTO(pith_free_p) double *w = pith_calloc(learner->rows.columns, sizeof *w);
    AUTO(observations_clear) struct observations observations = {0};
    AUTO(sparse_clear) struct sparse lifted = {0};
    struct fit_result result;
    if (!taken || !w)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a model");
    thin(learner, NULL, LEARNER_DRAW_MOST, taken);
    struct learner_subset subset = {taken, taken + learner->papers};
    struct weighting kinds = weigh_kinds(learner, &subset);
    if (kinds.ups + kinds.downs + kinds.pairs + kinds.seeds == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    enum pith_status status = lift_rows(learner, &kinds, &lifted, reterr);
    if (!status)
        status = find_widths(learner, &subset, &kinds, reterr);
    if (!status)
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
    kinds.emphasis = 0; /* a yardstick lifts nothing */
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
    for (size_t j = learner->frame->terms + model_places(learner->frame); j < learner->rows.columns; j++)
        w[j] = 0; /* the latent directions say again what the words say */
    return make_model(learner, &kinds, w, ret_model, reterr);
}

/* ---- what each vote did ---- */

/* The model's view over the same table as the frame's; NULL when it has none. */
static const struct model_space *same_space(const struct model *model, const struct model_space *framed)
{
    for (size_t i = 0; i < model->spaces; i++)
        if (strcmp(model->space[i].table, framed->table) == 0 && model->space[i].dims == framed->dims)
            return &model->space[i];
    return NULL;
}

/* A model's weights in the learner's columns: what lies along the latent directions is in the terms already. `lift`: its emphasis. */
static void take_weights(const struct learner *learner, const struct model *model, double *w, double *lift)
{
    size_t terms = learner->frame->terms, at = terms;
    double base = model->base, weight[SPACE_MAX_DIMS];
    memset(w, 0, learner->rows.columns * sizeof *w);
    for (size_t i = 0, j = 0; i < terms; i++) { /* both in order of key */
        while (j < model->terms && model->term[j].key < learner->frame->term[i].key)
            j++;
        bool known = j < model->terms && model->term[j].key == learner->frame->term[i].key;
        w[i] = known ? (double)model->term[j].weight : 0;
        lift[i] = known ? (double)model->term[j].emphasis : 1;
    }
    for (size_t i = 0; i < learner->frame->spaces; at += learner->frame->space[i++].dims) {
        const struct model_space *space = same_space(model, &learner->frame->space[i]);
        const struct axes *axes = &learner->space_axes[i];
        for (uint32_t d = 0; space && d < space->dims; d++)
            weight[d] = (double)space->weight[d];
        if (space)
            axes_turn(axes, weight, w + at);
        for (uint32_t d = 0; space && d < space->dims; d++) {
            w[at + d] += axes->mean[d]; /* weights are turned about 0, not about the mean */
            base += w[at + d] * axes->mean[d];
        }
    }
    w[learner->rows.columns - 1] = base;
}

/* The variances of a model's prior; what it knows nothing of has none. */
static void take_variances(const struct learner *learner, const struct model *model, double *variance)
{
    struct weighting kinds = weigh_kinds(learner, NULL);
    size_t terms = learner->frame->terms, at = terms;
    kinds.log_width[WIDTH_WORDS] = log(model->variance[VIEW_WORD] / view_variance(&kinds, VIEW_WORD)); /* the latent directions' too */
    set_variances(learner, &kinds, variance);
    for (size_t i = 0; i < terms; i++)
        variance[i] = model->variance[learner->frame->term[i].view];
    for (size_t i = 0; i < learner->frame->spaces; i++) {
        const struct model_space *space = same_space(model, &learner->frame->space[i]);
        for (uint32_t d = 0; d < learner->frame->space[i].dims; d++, at++)
            variance[at] = space ? space->variance * axes_variance(&learner->space_axes[i], d, kinds.space_lean[i]) : 0;
    }
}

/* A paper's row in the learner's columns, lifted, times each column's prior variance: a row · x is then the kernel of the two papers. What
 * votes add to the base is left in the base. */
static enum pith_status prior_row(const struct learner *learner, const struct model *model, const double *lift,
                                  const struct features *features, double *x, struct pith_error *reterr)
{
    size_t terms = learner->frame->terms, places = model_places(learner->frame), columns = learner->rows.columns;
    AUTO(pith_free_p) double *variance = pith_calloc(columns, sizeof *variance);
    AUTO(pith_free_p) double *place = pith_calloc(places + 1, sizeof *place);
    AUTO(model_row_clear) struct model_row row = {0};
    if (!variance || !place)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    enum pith_status status = model_weigh(learner->frame, features, &row, reterr);
    if (status)
        return status;
    take_variances(learner, model, variance);
    for (size_t d = 0; d < places; d++)
        place[d] = (double)row.place[d];
    emphasis_row(&learner->emphasis, lift, row.column, row.value, row.count);
    memset(x, 0, columns * sizeof *x);
    for (size_t i = 0; i < row.count; i++)
        x[row.column[i]] = row.value[i];
    learner_along(learner, row.column, row.value, row.count, place, x + terms);
    for (size_t j = 0; j + 1 < columns; j++)
        x[j] *= variance[j];
    return PITH_OK;
}

enum pith_status learner_influence(const struct learner *learner, const struct model *model, const struct features *features,
                                   double *influence, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns;
    AUTO(pith_free_p) double *x = pith_calloc(columns, sizeof *x);
    AUTO(pith_free_p) double *utility = pith_calloc(learner->papers, sizeof *utility);
    AUTO(pith_free_p) double *shared = pith_calloc(learner->papers, sizeof *shared);
    AUTO(pith_free_p) double *w = pith_calloc(columns, sizeof *w);
    AUTO(pith_free_p) double *lift = pith_calloc(columns, sizeof *lift);
    AUTO(sparse_clear) struct sparse lifted = {0};
    if (!x || !utility || !shared || !w || !lift)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    take_weights(learner, model, w, lift);
    enum pith_status status = lift_terms(learner, lift, &lifted, reterr);
    if (!status)
        status = prior_row(learner, model, lift, features, x, reterr);
    if (status)
        return status;
    sparse_multiply(&lifted, w, utility);
    sparse_multiply(&lifted, x, shared);
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
