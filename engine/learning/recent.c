#include "engine/learning/learner_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A reader who changes votes against what was said before. Beside the fit to all votes stand fits to the latest ones; each is asked how well
 * it told the last CHAIN_VOTES votes, by forward chaining: CHAIN_BLOCK votes at a time, by a fit to the votes before them. Under a strong
 * prior for all votes they are averaged by that. */
enum { WINDOWS = 2, CHAIN_VOTES = 20, CHAIN_BLOCK = 5, CHAIN_REFERENCE = 4, LEAST_OF_A_KIND = 3 };
static const size_t window_votes[WINDOWS] = {50, 20};
static const size_t LEAST_BEFORE = 12; /* votes before the first that is told */
static const double PRIOR_ALL = 0.9, LEAST_WEIGHT = 0.1, CHAIN_TOLERANCE = 0.05;

/* Thumbs of a subset, the oldest first. */
struct aged {
    size_t *paper;
    size_t count;
};

struct chain {
    const struct learner *learner;
    const struct learner_subset *subset;
    const struct learner_belief *belief;
    struct learner_parts *parts;
    struct aged aged;
    bool *paper, *pair; /* what one fit is to */
    bool *reference;
    double *w, *scratch;
    double score[CHAIN_VOTES + 1]; /* of the votes told, and of the background's mean */
    unsigned char up[CHAIN_VOTES + 1];
};

static void chain_clear(struct chain *chain)
{
    free(chain->aged.paper);
    free(chain->paper);
    free(chain->pair);
    free(chain->reference);
    free(chain->w);
    free(chain->scratch);
}

static enum pith_status chain_init(struct chain *chain, struct pith_error *reterr)
{
    const struct learner *learner = chain->learner;
    chain->aged.paper = pith_calloc(learner->papers, sizeof *chain->aged.paper);
    chain->paper = pith_calloc(learner->papers, sizeof *chain->paper);
    chain->pair = pith_calloc(learner->pairs, sizeof *chain->pair);
    chain->reference = pith_calloc(learner->papers, sizeof *chain->reference);
    chain->w = pith_calloc(learner->rows.columns, sizeof *chain->w);
    chain->scratch = pith_calloc(learner->papers, sizeof *chain->scratch);
    if (!chain->aged.paper || !chain->paper || !chain->pair || !chain->reference || !chain->w || !chain->scratch)
        return pith_no_memory(reterr);
    learner_reference(learner, chain->subset, CHAIN_REFERENCE, chain->reference);
    return PITH_OK;
}

/* ---- ages ---- */

static bool is_older(const struct learner_paper *one, const struct learner_paper *other)
{
    return one->day != other->day ? one->day < other->day : one->order < other->order;
}

static int by_age(const void *a, const void *b, void *user)
{
    const struct learner *learner = user;
    size_t one = *(const size_t *)a, other = *(const size_t *)b;
    if (is_older(&learner->paper[one], &learner->paper[other]))
        return -1;
    if (is_older(&learner->paper[other], &learner->paper[one]))
        return 1;
    return strcmp(learner->paper[one].key, learner->paper[other].key);
}

static void find_ages(struct chain *chain)
{
    const struct learner *learner = chain->learner;
    for (size_t i = 0; i < learner->papers; i++)
        if (learner_takes_paper(chain->subset, i) && learner_is_thumb(&learner->paper[i]))
            chain->aged.paper[chain->aged.count++] = i;
    if (chain->aged.count)
        qsort_r(chain->aged.paper, chain->aged.count, sizeof *chain->aged.paper, by_age, (void *)learner);
}

/* Whether votes have ages at all: those of one day in no order have none. */
static bool have_ages(const struct chain *chain)
{
    const struct learner_paper *paper = chain->learner->paper;
    return chain->aged.count && is_older(&paper[chain->aged.paper[0]], &paper[chain->aged.paper[chain->aged.count - 1]]);
}

/* The thumbs from..to by age, comparisons as old as these, and the background. Seeds are what was before any vote: they are with the
 * first. */
static void take(struct chain *chain, size_t from, size_t to)
{
    const struct learner *learner = chain->learner;
    const struct learner_paper *first = &learner->paper[chain->aged.paper[from]],
                               *last = &learner->paper[chain->aged.paper[to - 1]];
    for (size_t i = 0; i < learner->papers; i++)
        chain->paper[i] = learner_takes_paper(chain->subset, i) && !learner_is_thumb(&learner->paper[i]) &&
                          (from == 0 || learner->paper[i].verdict != VERDICT_SEED);
    for (size_t i = from; i < to; i++)
        chain->paper[chain->aged.paper[i]] = true;
    for (size_t i = 0; i < learner->pairs; i++) {
        const struct learner_paper age = {.day = learner->pair[i].day, .order = learner->pair[i].order};
        chain->pair[i] = learner_takes_pair(chain->subset, i) && (from == 0 || !is_older(&age, first)) && !is_older(last, &age);
    }
}

/* ---- forward chaining ---- */

static struct weighting weigh(const struct chain *chain, const struct learner_subset *taken)
{
    const struct weighting *all = &chain->parts->part[0].kinds;
    struct learner_belief belief = *chain->belief;
    belief.trust = belief.trust >= 0.5 ? 1 : 0; /* as of the first part */
    struct weighting kinds = learner_weigh(chain->learner, taken, &belief);
    kinds.rows = all->rows;
    kinds.background_row = all->background_row;
    memcpy(kinds.log_prior_scale, all->log_prior_scale, sizeof kinds.log_prior_scale);
    return kinds;
}

/* Scores the votes from..to by a fit to the `most` before them, started from the fit before. */
static enum pith_status tell_block(struct chain *chain, size_t most, size_t from, size_t to, double *score,
                                   struct pith_error *reterr)
{
    const struct learner *learner = chain->learner;
    struct learner_subset taken = {chain->paper, chain->pair};
    take(chain, from > most ? from - most : 0, from);
    struct weighting kinds = weigh(chain, &taken);
    enum pith_status status = learner_fit_weights(learner, &taken, &kinds, CHAIN_TOLERANCE, chain->w, reterr);
    if (status)
        return status;
    struct mixture_part part = {.w = chain->w};
    mixture_standardise(&part, kinds.rows, chain->reference, chain->scratch);
    for (size_t i = from; i < to; i++)
        score[i - from] = (sparse_dot(kinds.rows, chain->aged.paper[i], chain->w) - part.mean) / part.spread;
    return PITH_OK;
}

/* Notes what the last votes were. As many balanced votes tell an order as well as these ups and downs: the variance of how often an up
 * comes before a down goes by 1/ups + 1/downs. Ups alone are told from the background's mean, which is as good as many downs; few of
 * a kind tell nothing. */
static double count_told(struct chain *chain)
{
    size_t first = chain->aged.count - CHAIN_VOTES, ups = 0;
    for (size_t i = 0; i < CHAIN_VOTES; i++)
        ups += chain->up[i] = chain->learner->paper[chain->aged.paper[first + i]].verdict == VERDICT_UP;
    size_t downs = CHAIN_VOTES - ups;
    if (!downs)
        return CHAIN_VOTES;
    return ups < LEAST_OF_A_KIND || downs < LEAST_OF_A_KIND ? 0 : 4.0 / (1.0 / (double)ups + 1.0 / (double)downs);
}

/* How well fits to the latest `most` votes told the last ones, which count as `told`. */
static enum pith_status tell(struct chain *chain, size_t most, double told, double *ret_log, struct pith_error *reterr)
{
    size_t first = chain->aged.count - CHAIN_VOTES, columns = chain->learner->rows.columns;
    memset(chain->w, 0, columns * sizeof *chain->w);
    if (most == chain->aged.count)
        memcpy(chain->w, chain->parts->part[0].w, columns * sizeof *chain->w);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < CHAIN_VOTES; i += CHAIN_BLOCK)
        status = tell_block(chain, most, first + i, first + i + CHAIN_BLOCK, chain->score + i, reterr);
    bool ups_alone = !memchr(chain->up, 0, CHAIN_VOTES);
    chain->score[CHAIN_VOTES] = 0; /* the background's mean */
    *ret_log = told * mixture_log_order(chain->score, chain->up, CHAIN_VOTES + ups_alone);
    return status;
}

/* ---- parts ---- */

static enum pith_status add_window(struct chain *chain, size_t most, double weight, struct pith_error *reterr)
{
    const struct learner *learner = chain->learner;
    struct learner_parts *parts = chain->parts;
    struct learner_subset taken = {chain->paper, chain->pair};
    take(chain, chain->aged.count - most, chain->aged.count);
    struct weighting kinds = weigh(chain, &taken);
    enum pith_status status = learner_part_add(learner, &kinds, true, weight, parts, reterr);
    if (status)
        return status;
    struct learner_part *part = &parts->part[parts->count - 1];
    part->paper = pith_calloc(learner->papers, sizeof *part->paper);
    part->pair = pith_calloc(learner->pairs, sizeof *part->pair);
    if (!part->paper || !part->pair)
        return pith_no_memory(reterr);
    memcpy(part->paper, chain->paper, learner->papers * sizeof *part->paper);
    memcpy(part->pair, chain->pair, learner->pairs * sizeof *part->pair);
    memcpy(part->w, parts->part[0].w, learner->rows.columns * sizeof *part->w);
    return learner_fit_weights(learner, &taken, &kinds, LEARNER_TOLERANCE, part->w, reterr);
}

/* Windows that leave something out, each with what it says for itself; all votes first. Returns how many. */
static enum pith_status tell_windows(struct chain *chain, double told, size_t most[WINDOWS + 1], double prior[WINDOWS + 1],
                                     double log_order[WINDOWS + 1], size_t *ret_count, struct pith_error *reterr)
{
    size_t count = 1;
    most[0] = chain->aged.count;
    enum pith_status status = tell(chain, most[0], told, &log_order[0], reterr);
    for (size_t i = 0; !status && i < WINDOWS; i++) {
        if (window_votes[i] + CHAIN_VOTES > chain->aged.count)
            continue;
        most[count] = window_votes[i];
        status = tell(chain, most[count], told, &log_order[count], reterr);
        count++;
    }
    prior[0] = PRIOR_ALL;
    for (size_t i = 1; i < count; i++)
        prior[i] = (1 - PRIOR_ALL) / WINDOWS;
    *ret_count = count;
    return status;
}

enum pith_status learner_parts_recent(const struct learner *learner, const struct learner_subset *subset,
                                      const struct learner_belief *belief, struct learner_parts *parts, struct pith_error *reterr)
{
    PITH_AUTO(chain_clear) struct chain chain = {.learner = learner, .subset = subset, .belief = belief, .parts = parts};
    size_t most[WINDOWS + 1], count = 0, fits = parts->count;
    double prior[WINDOWS + 1], log_order[WINDOWS + 1], weight[WINDOWS + 1], left = 1, share = 0;
    enum pith_status status = chain_init(&chain, reterr);
    if (status)
        return status;
    find_ages(&chain);
    if (chain.aged.count < CHAIN_VOTES + LEAST_BEFORE || !have_ages(&chain))
        return PITH_OK;
    double told = count_told(&chain);
    if (told <= 0)
        return PITH_OK;
    status = tell_windows(&chain, told, most, prior, log_order, &count, reterr);
    if (status)
        return status;
    mixture_weigh(prior, log_order, count, weight);
    for (size_t i = 0; i < fits; i++)
        share += parts->part[i].mixed.weight;
    for (size_t i = 1; !status && i < count; i++) {
        if (weight[i] < LEAST_WEIGHT)
            continue;
        left -= weight[i];
        status = add_window(&chain, most[i], share * weight[i], reterr);
    }
    for (size_t i = 0; i < fits; i++)
        parts->part[i].mixed.weight *= left;
    return status;
}
