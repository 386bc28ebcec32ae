/* learner_inside: what the learner's own files share. learner_prior.c: what was said, weighed, and the prior under it; learner.c: fits;
 * learner_influence.c: what each vote did. */
#ifndef PITH_ENGINE_LEARNING_LEARNER_INSIDE_H
#define PITH_ENGINE_LEARNING_LEARNER_INSIDE_H

#include "engine/learning/learner.h"
#include "models/marginal_likelihood.h"

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
    size_t ups, downs, background, pairs, seeds;
    double up, down, pair, weak, seed; /* weak: of all background papers together */
    double seed_votes;                 /* what all seeds together count as */
    double word_share, embedding_share[MODEL_EMBEDDINGS],
        lsa_prior_share; /* of the variance that words and dense views have together */
    double embedding_lean[MODEL_EMBEDDINGS], latent_lean;
    double log_prior_scale[SCALES]; /* by which this reader's votes make the prior wider or narrower than everybody's */
    double title_weight;            /* power of the lift */
    const struct learner_hyperparameters *hyperparameters;
    const struct sparse *rows; /* of the papers, lifted (learner.c) */
};

bool learner_takes_paper(const struct learner_subset *subset, size_t i);
bool learner_takes_pair(const struct learner_subset *subset, size_t i);
bool learner_is_thumb(const struct learner_paper *paper);

/* Classes balanced, then ups over downs; the total of the thumbs stays their number. Nothing is lifted yet, all prior scales as they begin. */
struct weighting learner_weigh(const struct learner *learner, const struct learner_subset *subset);
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

/* The papers' rows, their terms times `lift`: what lies along the latent directions is summed anew, all else stays. */
enum pith_status learner_lift_terms(const struct learner *learner, const double *lift, struct sparse *ret_rows,
                                    struct pith_error *reterr);

#endif
