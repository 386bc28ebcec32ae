#include "engine/learning/learner_inside.h"

#include <math.h>
#include <string.h>

/* Unit-norm rows want a prior variance near 1, wider with votes; ups count more than downs; papers without a vote are weak downs. */
const struct learner_hyperparameters learner_defaults = {
    .variance = {[VIEW_WORD] = 0.8,
                 [VIEW_BIGRAM] = 0.1,
                 [VIEW_TITLE] = 0.1,
                 [VIEW_AUTHOR] = 0.5,
                 [VIEW_CATEGORY] = 0.01,
                 [VIEW_UPVOTES] = 0.2,
                 [VIEW_COMMENTS] = 0.1,
                 [VIEW_AGE] = 0.1},
    .growth = 0.02,
    .ups_over_downs = 4.0,
    .background_share = 0.25,
    .embedding_share = 0.5,
    .lsa_prior_share = 0.2,
    .lean = 1.0,
    .title_weight = 1.0,
    .text_spread = 0.1,
    .facts_spread = 0.7,
    .facts_against = 11.0,
    .left_open = 1.0,
};

static const double BACKGROUND_MOST = 4.0; /* votes */
static const double PAIR_WEIGHT = 1.0;
/* A seed is a weak up: each weighs so much of a vote, all together at most so many, and half of that after so many votes. */
static const double SEED_WEIGHT = 1.0, SEED_MOST = 10.0, SEED_HALF_VOTES = 60.0;
/* A dense view has its share of the words' variance: the more, the better titles find their abstracts by it in this store, and less as
 * votes come: at HALF_VOTES half of it. EMBEDDING_LEAST: a table that has not seen the reader's field is but a light hint. */
static const double EMBEDDING_LEAST = 0.03, EMBEDDING_HALF_VOTES = 400.0;
/* A table learnt from the store finds its own titles too well: it has half its share at so many votes. */
static const double OWN_HALF_VOTES = 20.0, HARDLY_TRUSTED = 0.25;
static const double EMBEDDING_TRACE = 1e-6, LEAST_VARIANCE = 1e-9; /* never 0: its inverse is a precision */
/* What the papers of the store say without a vote stands back soon: the share of the latent directions, and how much the prior leans
 * towards what many papers differ by (pca.h), are half at so many votes. */
static const double STORE_HALF_VOTES = 10.0;
/* What titles name is lifted by half the power, by all of it where the field is known; less with every vote, and no more from so many
 * votes on: then the votes say what matters. */
static const double TITLE_WEIGHTING_VOTES = 60.0,
                    TITLE_WEIGHTING_SEED = 4.0; /* a paper of a library says as much of it as four votes */
/* Words that stand for a paper are chosen to say what is wanted: as much as so many papers. */
static const double TEXT_SEEDS = 5.0;
static const double GROWTH_MOST = 4.0;
/* Of a view of facts that alone decides. */
static const double SLAB_VARIANCE = 3.0;
static const double BASE_VARIANCE_PER_VOTE = 0.01;

/* ---- what was said, weighed ---- */

bool learner_takes_paper(const struct learner_subset *subset, size_t i)
{
    return !subset || !subset->paper || subset->paper[i];
}

bool learner_takes_pair(const struct learner_subset *subset, size_t i)
{
    return !subset || !subset->pair || subset->pair[i];
}

bool learner_is_thumb(const struct learner_paper *paper)
{
    return paper->verdict == VERDICT_UP || paper->verdict == VERDICT_DOWN;
}

bool learner_is_text(const struct learner_paper *paper)
{
    return strncmp(paper->key, PAPER_TEXT, strlen(PAPER_TEXT)) == 0;
}

double learner_seeds_seen(const struct weighting *kinds)
{
    return (double)(kinds->seeds - kinds->texts) + TEXT_SEEDS * (double)kinds->texts;
}

/* The first table takes what it is trusted with; one learnt from the store, after it, its share only where the first is hardly
 * trusted: it brings something where that has not seen the field, and nothing beside one that has (docs/measurements.md). */
static void share_variance(const struct learner *learner, double votes, const struct learner_belief *belief,
                           struct weighting *kinds)
{
    double left = 1, seen = votes + learner_seeds_seen(kinds), early = 1 / (1 + seen / STORE_HALF_VOTES);
    kinds->word_share = 1;
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++) {
        double trust = learner->own[i] ? learner->trust[i] : belief->trust;
        double most = EMBEDDING_LEAST + (learner->hyperparameters->embedding_share - EMBEDDING_LEAST) * trust;
        double ready = learner->own[i] ? votes / (votes + OWN_HALF_VOTES) : 1;
        if (belief->silent[i])
            continue;
        kinds->embedding_share[i] = fmax(left * most * ready, EMBEDDING_TRACE) / (1 + votes / EMBEDDING_HALF_VOTES);
        kinds->embedding_lean[i] = learner->hyperparameters->lean * trust * early;
        kinds->word_share -= kinds->embedding_share[i];
        left = fmax(left - trust / HARDLY_TRUSTED, 0);
    }
    kinds->latent_lean = learner->hyperparameters->lean * early;
    kinds->title_weight = learner->hyperparameters->title_weight * (1 + learner->field_known) / 2 *
                          fmax(1 - (votes + TITLE_WEIGHTING_SEED * learner_seeds_seen(kinds)) / TITLE_WEIGHTING_VOTES, 0);
    kinds->lsa_prior_share = learner->lsa_prior.pca.dims ? learner->hyperparameters->lsa_prior_share * early : 0;
    kinds->word_share -= kinds->lsa_prior_share;
}

/* As ups among downs that are all background papers. */
static void weigh_seeds(double votes, struct weighting *kinds)
{
    kinds->seed_votes = fmin(SEED_WEIGHT * (double)kinds->seeds, SEED_MOST) / (1 + votes / SEED_HALF_VOTES);
    double down_total = kinds->background ? kinds->seed_votes / (1.0 + kinds->hyperparameters->ups_over_downs) : 0;
    kinds->seed = (kinds->seed_votes - down_total) / (double)kinds->seeds;
    kinds->weak += down_total;
}

struct weighting learner_weigh(const struct learner *learner, const struct learner_subset *subset,
                               const struct learner_belief *belief)
{
    struct weighting kinds = {.pair = PAIR_WEIGHT, .rows = &learner->rows, .hyperparameters = learner->hyperparameters};
    for (size_t i = 0; i < learner->papers; i++) {
        if (!learner_takes_paper(subset, i))
            continue;
        kinds.ups += learner->paper[i].verdict == VERDICT_UP;
        kinds.downs += learner->paper[i].verdict == VERDICT_DOWN;
        bool seed = learner->paper[i].verdict == VERDICT_SEED;
        kinds.seeds += seed;
        kinds.texts += seed && learner_is_text(&learner->paper[i]);
        kinds.background += learner->paper[i].background;
    }
    for (size_t i = 0; i < learner->pairs; i++)
        kinds.pairs += learner_takes_pair(subset, i);
    double votes = (double)(kinds.ups + kinds.downs);
    share_variance(learner, votes + (double)kinds.pairs, belief, &kinds);
    double down_total = votes / (1.0 + learner->hyperparameters->ups_over_downs), up_total = votes - down_total;
    if (kinds.ups)
        kinds.up = up_total / (double)kinds.ups;
    if (kinds.downs)
        kinds.down = down_total / (double)kinds.downs;
    if (kinds.background && kinds.ups) /* without an up, unseen papers say nothing */
        kinds.weak = kinds.downs ? fmin(learner->hyperparameters->background_share * down_total, BACKGROUND_MOST) : down_total;
    if (kinds.seeds)
        weigh_seeds(votes + (double)kinds.pairs, &kinds);
    return kinds;
}

double learner_paper_weight(const struct weighting *kinds, const struct learner_paper *paper)
{
    switch (paper->verdict) {
    case VERDICT_UP: return kinds->up;
    case VERDICT_DOWN: return kinds->down;
    case VERDICT_SEED: return kinds->seed;
    case VERDICT_NONE:
    case VERDICT_DONE:
    case VERDICT_LATER: break;
    }
    return 0;
}

/* ---- the prior ---- */

double learner_votes_of(const struct weighting *kinds)
{
    return (double)(kinds->ups + kinds->downs + kinds->pairs) + kinds->seed_votes;
}

static double growth(const struct weighting *kinds)
{
    return fmin(1.0 + kinds->hyperparameters->growth * learner_votes_of(kinds), GROWTH_MOST);
}

static enum prior_scale learner_prior_scale_of(enum feature_view view)
{
    bool words = view == VIEW_WORD || view == VIEW_BIGRAM || view == VIEW_TITLE;
    return words ? SCALE_WORDS : (enum prior_scale)(SCALE_FACTS + view);
}

double learner_view_variance(const struct weighting *kinds, enum feature_view view)
{
    enum prior_scale prior_scale = learner_prior_scale_of(view);
    return kinds->hyperparameters->variance[view] * (prior_scale == SCALE_WORDS ? kinds->word_share : 1) * growth(kinds) *
           exp(kinds->log_prior_scale[prior_scale]);
}

double learner_embedding_variance(const struct weighting *kinds, size_t embedding)
{
    return kinds->embedding_share[embedding] * growth(kinds) * exp(kinds->log_prior_scale[SCALE_EMBEDDINGS + embedding]);
}

static double lsa_prior_variance(const struct weighting *kinds)
{
    return kinds->lsa_prior_share * growth(kinds) * exp(kinds->log_prior_scale[SCALE_WORDS]);
}

void learner_set_variances(const struct learner *learner, const struct weighting *kinds, double *variance)
{
    double *first = variance, of_view[FEATURE_VIEWS];
    for (enum feature_view view = 0; view < FEATURE_VIEWS; view++)
        of_view[view] = learner_view_variance(kinds, view);
    for (size_t i = 0; i < learner->vocabulary->terms; i++)
        *variance++ = of_view[learner->vocabulary->term[i].view];
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++)
        for (uint32_t d = 0; d < learner->vocabulary->embedding[i].dims; d++)
            *variance++ = learner_embedding_variance(kinds, i) *
                          pca_variance(&learner->embedding_pca[i], d, kinds->embedding_lean[i]);
    for (uint32_t d = 0; d < learner->lsa_prior.pca.dims; d++)
        *variance++ = lsa_prior_variance(kinds) * pca_variance(&learner->lsa_prior.pca, d, kinds->latent_lean);
    *variance = BASE_VARIANCE_PER_VOTE * learner_votes_of(kinds);
    for (double *each = first; each <= variance; each++)
        *each = fmax(*each, LEAST_VARIANCE);
}

void learner_set_prior_scales(const struct learner *learner, unsigned char *prior_scale)
{
    for (size_t i = 0; i < learner->vocabulary->terms; i++)
        *prior_scale++ = (unsigned char)learner_prior_scale_of((enum feature_view)learner->vocabulary->term[i].view);
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++)
        for (uint32_t d = 0; d < learner->vocabulary->embedding[i].dims; d++)
            *prior_scale++ = (unsigned char)(SCALE_EMBEDDINGS + i);
    for (uint32_t d = 0; d < learner->lsa_prior.pca.dims; d++)
        *prior_scale++ = SCALE_WORDS;
    *prior_scale = MARGINAL_LIKELIHOOD_FIXED; /* the base */
}

void learner_set_hyperprior(const struct learner *learner, double spread[SCALES], double wide[SCALES])
{
    for (size_t i = 0; i < SCALES; i++) {
        spread[i] = i == SCALE_WORDS || i >= SCALE_EMBEDDINGS ? learner->hyperparameters->text_spread
                                                              : learner->hyperparameters->facts_spread;
        wide[i] = -INFINITY;
    }
    for (enum feature_view view = 0; learner->hyperparameters->facts_against > 0 && view < FEATURE_VIEWS; view++)
        if (learner_prior_scale_of(view) != SCALE_WORDS && learner->hyperparameters->variance[view] > LEAST_VARIANCE)
            wide[learner_prior_scale_of(view)] = log(SLAB_VARIANCE / learner->hyperparameters->variance[view]);
}
