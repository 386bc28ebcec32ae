/* learner: what a reader said -> a fitted model.
 *
 * Thumbs become logistic rows, comparisons Bradley–Terry rows (the difference of two papers), papers without a vote weak downs;
 * all under one Gaussian prior (models/fit). The same votes over the same store give the same model to the bit. */
#ifndef PITH_ENGINE_LEARNING_LEARNER_H
#define PITH_ENGINE_LEARNING_LEARNER_H

#include "engine/learning/embeddings.h"
#include "engine/learning/frequencies.h"
#include "engine/learning/model.h"
#include "engine/profile/profile.h"
#include "engine/store/store.h"
#include "models/lsa_prior.h"
#include "models/pca.h"
#include "models/sparse.h"
#include "models/title_weighting.h"

/* What was chosen by measurement (docs/measurements.md, ./bootstrap bench quality). A prior variance is of a unit-norm row's weights. */
struct learner_hyperparameters {
    double variance
        [FEATURE_VIEWS];     /* > 0: of each view, before any vote; words, bigrams and titles share theirs with the dense views */
    double growth;           /* >= 0: so much more of all variances with every vote, to four times */
    double ups_over_downs;   /* > 0: what ups weigh of what downs weigh, each kind together */
    double background_share; /* >= 0: what all background papers weigh of what the downs weigh */
    double embedding_share;  /* 0 to 1 of the words' variance, for a dense view that fits the store */
    double lsa_prior_share;  /* 0 to 1 of the words' variance, for the latent directions */
    double lean;             /* 0 to below 1: of the prior, before any vote (pca.h) */
    double title_weight; /* 0 to 1: power of the lift of what titles name (title_weighting.h), before any vote, in a known field */
    /* Standard deviations of the log prior scales that a reader's votes may give the prior (marginal_likelihood.h): of words and dense views; of authors,
     * categories and numbers. >= 0; neither moves where one of them is 0. */
    double text_spread, facts_spread;
    /* Or a view of facts has a variance that lets it decide alone, at odds of 1 to exp(facts_against) (a slab); > 0, or 0: never. */
    double facts_against;
    double left_open; /* >= 0: times what votes leave open of the calibration; 0: chances are by its likeliest numbers alone */
};
extern const struct learner_hyperparameters learner_defaults;

/* What is learnt from, and how. */
struct learner_request {
    struct store *store;
    struct embeddings embeddings; /* the dense views; {0}: none */
    const struct learner_hyperparameters
        *hyperparameters; /* NULL: learner_defaults; stay the caller's and must outlive the learner */
    const struct profile_vote *vote;
    size_t votes;
    const struct profile_pair *pair;
    size_t pairs;
    size_t background; /* papers without a vote */
    size_t
        listings; /* at most so many of the latest ones that the reader went through, to tell chances by; 0: no chances of a listing */
};

/* One paper to learn from. */
struct learner_paper {
    char *key;
    void *blob; /* its features' bytes, for their names */
    size_t blob_length;
    struct features features;
    enum profile_verdict verdict; /* NONE: only stands in comparisons */
    bool background;              /* a paper without a vote: a weak down */
    int32_t day;                  /* of the vote; of a background paper its latest listing */
    uint32_t order;               /* among votes of one day */
    int64_t id;                   /* in the store; 0: words */
    int32_t listed;               /* its latest listing; PITH_NO_DAY for words */
};
struct learner_pair {
    size_t winner, loser; /* positions among the papers */
    int32_t day;
    uint32_t order;
};

/* Listings that the reader went through: days with a thumb on one of their papers. Chances are told by all papers of them, as votes are
 * no sample of a listing. */
struct learner_listings {
    size_t count;
    int32_t *day;  /* ascending */
    size_t *start; /* count + 1: listing i is rows start[i]..start[i + 1] */
    size_t *paper; /* of each row: which of the learner's papers it is, or SIZE_MAX */
    struct sparse rows;
};

/* All that a fit needs, loaded once. */
struct learner {
    struct embeddings embeddings;
    const struct learner_hyperparameters *hyperparameters;
    struct learner_paper *paper;
    size_t papers, paper_cap;
    struct learner_pair *pair;
    size_t pairs, pair_cap;
    size_t missing; /* votes on papers that this store does not hold */
    size_t votes;   /* thumbs among the papers */
    struct frequencies frequencies;
    struct model
        *vocabulary; /* every term of the voted papers, the background's common words, and the dense views, without weights */
    bool own[MODEL_EMBEDDINGS];     /* which of the dense views was learnt from this store */
    double trust[MODEL_EMBEDDINGS]; /* how well each dense view fits the store, 0 to 1 (fitness.h) */
    double field_known;             /* the same of the shipped table: whether its text had the store's field; 0 without it */
    double believed;                /* before any vote, how likely the shipped table tells apart what a reader of this store does */
    struct pca embedding_pca[MODEL_EMBEDDINGS]; /* of the places in each dense view, over the background papers */
    struct title_weighting title_weight;        /* of the vocabulary's terms, by what the store's titles name */
    struct lsa_prior lsa_prior;                 /* in which words go together in the background papers */
    struct sparse rows; /* each paper weighed, nothing lifted: terms; places, and then its share of the latent directions, along
                                 * their axes; and a last column of ones for the base */
    struct learner_listings listings;
};
void learner_clear(struct learner *learner); /* frees; for PITH_AUTO */

/* Loads votes and comparisons (papers not in the store are counted as missing), `background` papers spread evenly over the store
 * (none of them voted on), and counts frequencies over the store. */
enum { LEARNER_BACKGROUND = 800, LEARNER_LISTINGS = 12 };
enum pith_status learner_load(struct learner *learner, const struct learner_request *request, struct pith_error *reterr);

/* The dense part of a paper's row: from its terms (columns of the vocabulary, and their values) and its places in the dense views, as
 * model_row has them, to where it stands along the axes of the views and of the latent directions. */
void learner_along(const struct learner *learner, const uint32_t *column, const double *value, size_t count, const double *place,
                   double *along);

/* Which papers and comparisons count: paper[i] and pair[i] are true for those that do, of learner.papers and learner.pairs in all. NULL: all. */
struct learner_subset {
    const bool *paper, *pair;
};

/* Fits a model; PITH_NOT_FOUND when there is no vote to learn from. */
enum pith_status learner_fit(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                             struct pith_error *reterr);
/* The same without the fits that calibrate it: its scores order papers, and are no probabilities. */
enum pith_status learner_fit_alone(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                                   struct pith_error *reterr);
/* A taste that the votes leave possible: a model with weights drawn from the posterior, for exploring (Thompson sampling: Russo, Van Roy,
 * Kazerouni, Osband and Wen 2018). The same seed draws the same; not calibrated. Of more than LEARNER_DRAW_MOST observations every
 * second, third, … counts. */
enum { LEARNER_DRAW_MOST = 1000 };
enum pith_status learner_draw(const struct learner *learner, uint64_t seed, struct model **ret_model, struct pith_error *reterr);
/* Scores of papers known to be unwanted, each by a fit that had not seen it: those on listings that the reader went through and not voted
 * up; where there is no listing, those voted down. *ret_score is malloc'ed; *ret_count may be 0. */
enum pith_status learner_unwanted(const struct learner *learner, double **ret_score, size_t *ret_count, struct pith_error *reterr);

/* The centroid rule in the same terms: mean of ups less mean of downs. The yardstick of the self-test. */
enum pith_status learner_centroid(const struct learner *learner, const struct learner_subset *subset, struct model **ret_model,
                                  struct pith_error *reterr);

/* Parts of a paper's score that each thumb and comparison adds: at the optimum w = -Σ c_i loss'_i(m_i) row_i / precision.
 * influence holds papers + pairs numbers (0 for papers that are not votes); the rest of the score is the base rate's and the
 * background papers'. */
enum pith_status learner_influence(const struct learner *learner, const struct model *model, const struct features *features,
                                   double *influence, struct pith_error *reterr);

#endif
