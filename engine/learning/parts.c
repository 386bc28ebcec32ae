#include "engine/learning/learner_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A part that weighs less than this is left out: what it costs is more than what it says. */
static const double LEAST_WEIGHT = 0.05;
/* Nearness to the seeds weighs as much as the fit when there are so many. */
static const double NEARNESS_SEEDS = 5.0;

static void part_clear(struct learner_part *part)
{
    free(part->paper);
    free(part->pair);
    free(part->w);
}

void learner_parts_clear(struct learner_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        part_clear(&parts->part[i]);
    sparse_clear(&parts->lifted);
    sparse_clear(&parts->background_row);
    *parts = (struct learner_parts){0};
}

enum pith_status learner_part_add(const struct learner *learner, const struct weighting *kinds, bool fitted, double weight,
                                  struct learner_parts *parts, struct pith_error *reterr)
{
    struct learner_part part = {.kinds = *kinds, .fitted = fitted, .mixed.weight = weight};
    part.mixed.w = part.w = pith_calloc(learner->rows.columns, sizeof *part.w);
    if (!part.w)
        return pith_no_memory(reterr);
    parts->part[parts->count++] = part;
    return PITH_OK;
}

/* ---- which there are ---- */

/* Two priors: one that trusts the shipped table, one that hardly does; the likelier one first, as the average has its scale. */
static enum pith_status list_fits(const struct learner *learner, const struct learner_subset *subset,
                                  const struct learner_belief *belief, double share, struct learner_parts *parts,
                                  struct pith_error *reterr)
{
    struct learner_belief with = *belief, without = *belief;
    double trusted = belief->trust;
    with.trust = 1;
    without.trust = 0;
    enum pith_status status = PITH_OK;
    for (size_t turn = 0; !status && turn < 2; turn++) {
        bool takes = (turn == 0) == (trusted >= 0.5);
        double weight = takes ? trusted : 1 - trusted;
        struct weighting kinds = learner_weigh(learner, subset, takes ? &with : &without);
        if (weight >= LEAST_WEIGHT)
            status = learner_part_add(learner, &kinds, true, share * weight, parts, reterr);
    }
    return status;
}

/* What nearness to the seeds weighs of the whole: the more, the more seeds there are and the fewer votes. */
static double nearness_weight(const struct weighting *kinds)
{
    double votes = (double)(kinds->ups + kinds->downs + kinds->pairs), seeds = learner_seeds_seen(kinds);
    return kinds->seeds ? seeds / (seeds + NEARNESS_SEEDS) * kinds->seed_votes / (kinds->seed_votes + votes) : 0;
}

/* ---- nearness to the seeds ---- */

/* As a term tells what is looked for (BM25: Robertson and Zaragoza 2009): one in half of the papers tells nothing. Times the root of the
 * smoothed idf that is in a row's values already. */
static double telling(const struct learner *learner, const struct model_term *term)
{
    double papers = (double)learner->vocabulary->papers, smooth = log((1 + papers) / (1 + term->papers)) + 1;
    return fmax(log((papers - term->papers + 0.5) / (term->papers + 0.5)), 0) / smooth;
}

/* Sums the seeds' rows: words for what papers say, or the first dense view. w·row is then how near a paper is to them in the mean. */
static void sum_seeds(const struct learner *learner, const struct learner_subset *subset, const struct sparse *rows, bool words,
                      double *w)
{
    size_t terms = learner->vocabulary->terms,
           places = learner->vocabulary->embeddings ? learner->vocabulary->embedding[0].dims : 0;
    for (size_t i = 0; i < learner->papers; i++) {
        if (!learner_takes_paper(subset, i) || learner->paper[i].verdict != VERDICT_SEED)
            continue;
        bool text = learner_is_text(&learner->paper[i]);
        for (size_t k = rows->start[i]; k < rows->start[i + 1]; k++) {
            uint32_t column = rows->column[k];
            if (words && column < terms) {
                const struct model_term *term = &learner->vocabulary->term[column];
                if (term->view == VIEW_WORD || term->view == VIEW_BIGRAM)
                    w[column] += rows->value[k] * (text ? telling(learner, term) : 1);
            } else if (!words && column >= terms && column < terms + places) {
                w[column] += rows->value[k] + learner->embedding_pca[0].mean[column - terms];
            }
        }
    }
}

static enum pith_status list_nearness(const struct learner *learner, const struct learner_subset *subset,
                                      const struct weighting *kinds, double weight, struct learner_parts *parts,
                                      struct pith_error *reterr)
{
    size_t ways = learner->vocabulary->embeddings ? 2 : 1;
    enum pith_status status = PITH_OK;
    for (size_t way = 0; !status && way < ways; way++) {
        status = learner_part_add(learner, kinds, false, weight / (double)ways, parts, reterr);
        if (!status)
            sum_seeds(learner, subset, kinds->rows, way == 0, parts->part[parts->count - 1].w);
    }
    return status;
}

/* ---- fitting ---- */

static struct learner_subset subset_of(const struct learner_part *part, const struct learner_subset *subset)
{
    if (part->paper)
        return (struct learner_subset){part->paper, part->pair};
    return subset ? *subset : (struct learner_subset){NULL, NULL};
}

void learner_reference(const struct learner *learner, const struct learner_subset *subset, size_t step, bool *reference)
{
    bool background = false;
    size_t seen = 0;
    for (size_t i = 0; i < learner->papers; i++)
        background |= learner_takes_paper(subset, i) && learner->paper[i].background;
    for (size_t i = 0; i < learner->papers; i++)
        reference[i] = learner_takes_paper(subset, i) && (!background || learner->paper[i].background) && seen++ % step == 0;
}

static enum pith_status standardise(const struct learner *learner, const struct learner_subset *subset, struct learner_parts *parts,
                                    struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) bool *reference = pith_calloc(learner->papers, sizeof *reference);
    PITH_AUTO(pith_free_p) double *score = pith_calloc(learner->papers, sizeof *score);
    if (!reference || !score)
        return pith_no_memory(reterr);
    learner_reference(learner, subset, 1, reference);
    for (size_t i = 0; i < parts->count; i++)
        mixture_standardise(&parts->part[i].mixed, parts->part[0].kinds.rows, reference, score);
    return PITH_OK;
}

enum pith_status learner_parts_fit(const struct learner *learner, const struct learner_subset *subset,
                                   const struct learner_belief *belief, struct learner_parts *parts, struct pith_error *reterr)
{
    struct weighting kinds = learner_weigh(learner, subset, belief);
    if (kinds.ups + kinds.downs + kinds.pairs + kinds.seeds == 0)
        return pith_fail(reterr, PITH_NOT_FOUND, "no vote to learn from yet");
    double nearness = nearness_weight(&kinds);
    nearness = nearness < LEAST_WEIGHT ? 0 : nearness;
    enum pith_status status = learner_lift_rows(learner, &kinds, &parts->lifted, reterr);
    if (!status)
        status = learner_average_background(learner, subset, &kinds, &parts->background_row, reterr);
    kinds.background_row = &parts->background_row;
    if (!status)
        status = list_fits(learner, subset, belief, 1 - nearness, parts, reterr);
    for (size_t i = 0; !status && i < parts->count; i++) {
        struct learner_part *part = &parts->part[i];
        part->kinds.rows = kinds.rows;
        part->kinds.background_row = kinds.background_row;
        status = learner_find_prior_scales(learner, subset, &part->kinds, &part->log_evidence, reterr);
        if (!status)
            status = learner_fit_weights(learner, subset, &part->kinds, LEARNER_TOLERANCE, part->w, reterr);
    }
    if (!status)
        status = learner_parts_recent(learner, subset, belief, parts, reterr);
    if (!status && nearness > 0)
        status = list_nearness(learner, subset, &kinds, nearness, parts, reterr);
    return status ? status : standardise(learner, subset, parts, reterr);
}

/* ---- joining ---- */

static void join(const struct learner *learner, const struct learner_parts *parts, double *const *w, double *joined)
{
    struct mixture_part mixed[LEARNER_PARTS];
    double base;
    for (size_t i = 0; i < parts->count; i++) {
        mixed[i] = parts->part[i].mixed;
        mixed[i].w = w[i];
    }
    mixture_join(mixed, parts->count, learner->rows.columns, joined, &base);
    joined[learner->rows.columns - 1] += base;
}

void learner_parts_join(const struct learner *learner, const struct learner_parts *parts, double *w)
{
    double *own[LEARNER_PARTS];
    for (size_t i = 0; i < parts->count; i++)
        own[i] = parts->part[i].w;
    join(learner, parts, own, w);
}

/* What a part was fitted to and a fold leaves of it. */
static void left_of(const struct learner *learner, const struct learner_part *part, const struct learner_subset *fold, bool *paper,
                    bool *pair)
{
    struct learner_subset own = subset_of(part, fold);
    for (size_t i = 0; i < learner->papers; i++)
        paper[i] = learner_takes_paper(&own, i) && learner_takes_paper(fold, i);
    for (size_t i = 0; i < learner->pairs; i++)
        pair[i] = learner_takes_pair(&own, i) && learner_takes_pair(fold, i);
}

enum pith_status learner_parts_refit(const struct learner *learner, const struct learner_subset *subset,
                                     const struct learner_parts *parts, double tolerance, double *w, struct pith_error *reterr)
{
    size_t columns = learner->rows.columns;
    PITH_AUTO(pith_free_p) double *all = pith_calloc(columns * parts->count, sizeof *all);
    PITH_AUTO(pith_free_p) bool *taken = pith_calloc(learner->papers + learner->pairs, sizeof *taken);
    double *each[LEARNER_PARTS];
    if (!all || !taken)
        return pith_no_memory(reterr);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < parts->count; i++) {
        const struct learner_part *part = &parts->part[i];
        each[i] = all + i * columns;
        memcpy(each[i], part->w, columns * sizeof *all);
        if (!part->fitted)
            continue;
        left_of(learner, part, subset, taken, taken + learner->papers);
        struct learner_subset left = {taken, taken + learner->papers};
        status = learner_fit_weights(learner, &left, &part->kinds, tolerance, each[i], reterr);
    }
    if (!status)
        join(learner, parts, each, w);
    return status;
}
