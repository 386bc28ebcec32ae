/* learner_inside: what the learner's own files share. learner_prior.c: what was said, weighed, and the prior under it; learner.c: fits;
 * learning/parts.c: the models that are averaged; learner_influence.c: what each vote did. */
#ifndef PITH_ENGINE_LEARNING_LEARNER_INSIDE_H
#define PITH_ENGINE_LEARNING_LEARNER_INSIDE_H

#include "engine/learning/learner.h"
#include "models/marginal_likelihood.h"
#include "models/mixture.h"

/* What has a prior scale of its own: words (their latent directions with them), each view of facts, each dense view. */
enum prior_scale {
    SCALE_WORDS,
    SCALE_FACTS,
    SCALE_EMBEDDINGS = SCALE_FACTS + FEATURE_VIEWS,
    SCALES = SCALE_EMBEDDINGS + MODEL_EMBEDDINGS,
};
_Static_assert((int)SCALES <= (int)MARGINAL_LIKELIHOOD_MAX_GROUPS, "the marginal likelihood tells all prior scales");

/* What one observation of each kind weighs, and how many there are. */
struct weighting {
    size_t ups, downs, background, pairs, seeds, texts; /* texts: of the seeds, words that stand for a paper */
    double up, down, pair, weak, seed;                  /* weak: of all background papers together */
    double seed_votes;                                  /* what all seeds together count as */
    double word_share, embedding_share[MODEL_EMBEDDINGS],
        lsa_prior_share; /* of the variance that words and dense views have together */
    double embedding_lean[MODEL_EMBEDDINGS], latent_lean;
    double log_prior_scale[SCALES]; /* by which this reader's votes make the prior wider or narrower than everybody's */
    double title_weight;            /* power of the lift */
    const struct learner_hyperparameters *hyperparameters;
    const struct sparse *rows; /* of the papers, lifted (learner.c) */
    const struct sparse
        *background_row; /* the mean of the background papers' rows, negated: for a fit it does what they do, in one row */
};

bool learner_takes_paper(const struct learner_subset *subset, size_t i);
bool learner_takes_pair(const struct learner_subset *subset, size_t i);
bool learner_is_thumb(const struct learner_paper *paper);
bool learner_is_text(const struct learner_paper *paper);
/* How many papers of a library the seeds say as much as. */
double learner_seeds_seen(const struct weighting *kinds);

/* What a prior takes the dense views for. */
struct learner_belief {
    double trust;                  /* in the shipped table, 0 to 1 */
    bool silent[MODEL_EMBEDDINGS]; /* a dense view that has no say at all */
};
/* Classes balanced, then ups over downs; the total of the thumbs stays their number. Nothing is lifted yet, all prior scales as they begin. */
struct weighting learner_weigh(const struct learner *learner, const struct learner_subset *subset,
                               const struct learner_belief *belief);
/* What one observation of this paper weighs; 0: it is none. */
double learner_paper_weight(const struct weighting *kinds, const struct learner_paper *paper);
/* How many votes all of it counts as, seeds with what they weigh. */
double learner_votes_of(const struct weighting *kinds);

double learner_view_variance(const struct weighting *kinds, enum feature_view view);
double learner_embedding_variance(const struct weighting *kinds, size_t embedding);
/* The prior variance of every column of the learner's rows, above 0. */
void learner_set_variances(const struct learner *learner, const struct weighting *kinds, double *variance);
/* The prior scale that each column goes by, or MARGINAL_LIKELIHOOD_FIXED; and the hyperprior of the prior scales (marginal_likelihood.h). */
void learner_set_prior_scales(const struct learner *learner, unsigned char *prior_scale);
void learner_set_hyperprior(const struct learner *learner, double spread[SCALES], double wide[SCALES]);

/* A paper's terms and places, as the vocabulary has them. */
enum pith_status learner_add_plain_row(struct sparse *rows, size_t terms, size_t places, const struct model_row *row,
                                       struct pith_error *reterr);
/* Adds the plain rows with what is dense in them along its axes, and the base. */
enum pith_status learner_turn_rows(const struct learner *learner, const struct sparse *plain, struct sparse *rows,
                                   struct pith_error *reterr);
/* Rows, their terms times `lift`: what lies along the latent directions is summed anew, all else stays. */
enum pith_status learner_lift_terms(const struct learner *learner, const double *lift, const struct sparse *rows,
                                    struct sparse *ret_rows, struct pith_error *reterr);

/* ---- listings ---- */

void learner_listings_clear(struct learner_listings *listings);
/* The latest `most` listings that have a thumb among their papers. */
enum pith_status learner_load_listings(struct learner *learner, struct store *store, size_t most, struct pith_error *reterr);
/* The latest LEARNER_LISTINGS of those with a thumb that the subset takes: *ret_first to *ret_last, the end not among them. */
void learner_listings_of(const struct learner *learner, const struct learner_subset *subset, size_t *ret_first, size_t *ret_last);
/* Which listing a paper was last in; SIZE_MAX: none of those loaded. */
size_t learner_listing_of(const struct learner *learner, size_t paper);

/* Lifts what titles name as far as so many votes leave it to them; `lifted` has to last as long as kinds. */
enum pith_status learner_lift_rows(const struct learner *learner, struct weighting *kinds, struct sparse *lifted,
                                   struct pith_error *reterr);
/* Fills the row that kinds->background_row is to be, from kinds->rows. */
enum pith_status learner_average_background(const struct learner *learner, const struct learner_subset *subset,
                                            const struct weighting *kinds, struct sparse *ret_row, struct pith_error *reterr);
/* Moves the prior's prior scales as far as these votes give reason to; *ret_log_evidence is what they then say for it. */
enum pith_status learner_find_prior_scales(const struct learner *learner, const struct learner_subset *subset,
                                           struct weighting *kinds, double *ret_log_evidence, struct pith_error *reterr);
/* w: columns numbers, the start on entry and the fit on return. */
enum pith_status learner_fit_weights(const struct learner *learner, const struct learner_subset *subset,
                                     const struct weighting *kinds, double tolerance, double *w, struct pith_error *reterr);
/* Gradient norm at which a fit is done to the digits that a weight is kept with. */
#define LEARNER_TOLERANCE 1e-6

/* ---- the models that are averaged ---- */

/* One of them: a fit of some of the votes under one prior, or how near a paper is to the seeds, by words or in the dense view. */
struct learner_part {
    struct weighting kinds;
    bool fitted;        /* false: nearness to the seeds, the same whatever the thumbs are */
    bool *paper, *pair; /* what it was fitted to, of all papers and pairs; NULL: the whole subset */
    double log_evidence;
    double *w;
    struct mixture_part mixed;
};

enum { LEARNER_PARTS = 8 };
struct learner_parts {
    struct learner_part part[LEARNER_PARTS];
    size_t count;
    struct sparse lifted;         /* the rows of all of them, when something is lifted */
    struct sparse background_row; /* of all of them */
};
void learner_parts_clear(struct learner_parts *parts); /* frees; for AUTO */
/* Adds fits to the latest votes alone, as far as the last votes were told better by such. `w` and scales of the first part, a fit to all,
 * are there. */
enum pith_status learner_parts_recent(const struct learner *learner, const struct learner_subset *subset,
                                      const struct learner_belief *belief, struct learner_parts *parts, struct pith_error *reterr);
enum pith_status learner_part_add(const struct learner *learner, const struct weighting *kinds, bool fitted, double weight,
                                  struct learner_parts *parts, struct pith_error *reterr);
/* Background papers, every `step`-th; where there is none, all papers. reference: a place a paper. */
void learner_reference(const struct learner *learner, const struct learner_subset *subset, size_t step, bool *reference);
/* Lists the parts, fits each, and weighs them. PITH_NOT_FOUND when there is nothing to learn from. */
enum pith_status learner_parts_fit(const struct learner *learner, const struct learner_subset *subset,
                                   const struct learner_belief *belief, struct learner_parts *parts, struct pith_error *reterr);
/* The average's weights, columns numbers. */
void learner_parts_join(const struct learner *learner, const struct learner_parts *parts, double *w);
/* The same of a fit of each part to what `subset` leaves of it, the scales and weights staying; `w` columns numbers. */
enum pith_status learner_parts_refit(const struct learner *learner, const struct learner_subset *subset,
                                     const struct learner_parts *parts, double tolerance, double *w, struct pith_error *reterr);

#endif
