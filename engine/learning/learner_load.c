#include "engine/learning/embedding_fit.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* FREQUENCY_PAPERS: how many papers the document frequencies are counted over; they cost the same in a store of any size.
 * LSA_PRIOR_DIMS directions in which the store's words go together are learnt from the background papers, LSA_PRIOR_PAPERS at most, in words
 * that at least LSA_PRIOR_LEAST of them hold; fewer than PCA_LEAST papers say too little of any direction. */
enum {
    MAX_PAPERS = 1 << 20,
    FREQUENCY_PAPERS = 8192,
    LSA_PRIOR_DIMS = 32,
    LSA_PRIOR_PAPERS = 1024,
    LSA_PRIOR_LEAST = 3,
    LSA_PRIOR_SEED = 1,
    PCA_LEAST = 100,
};

/* Between these a title finds its abstract from too seldom to trust a table to often enough. A table finds the papers of its training text
 * yet more often (.96 and above), which says nothing of papers to come. */
static const double RANK_LEAST = 0.50, RANK_MOST = 0.85;
/* In a store of one subject a table tells little of what sets its papers apart, as it learnt to tell subjects apart. */
static const double BELIEVED_ONE_SUBJECT = 0.1;
static const size_t EMBEDDING_FIT_PAPERS = 50; /* fewer pairs tell too little: then it is trusted by half */
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
    model_free(learner->vocabulary);
    for (size_t i = 0; i < MODEL_EMBEDDINGS; i++)
        pca_clear(&learner->embedding_pca[i]);
    title_weighting_clear(&learner->title_weight);
    lsa_prior_clear(&learner->lsa_prior);
    sparse_clear(&learner->rows);
    learner_listings_clear(&learner->listings);
    *learner = (struct learner){0};
}
/* ---- loading ---- */

static enum pith_status keep_paper(void *user, const struct store_row *row, struct pith_error *reterr)
{
    struct learner *learner = user;
    enum pith_status status = pith_grow(&learner->paper, &learner->paper_cap, learner->papers + 1, sizeof *learner->paper,
                                        MAX_PAPERS, reterr);
    if (status)
        return status;
    struct learner_paper paper = {.id = row->id, .day = row->day, .listed = row->day, .blob_length = row->features_length};
    paper.key = strdup(row->key);
    paper.blob = pith_calloc(row->features_length, 1);
    status = paper.key && paper.blob ? PITH_OK : pith_no_memory(reterr);
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
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(pith_free_p) char *title = strdup(key + strlen(PAPER_TEXT));
    PITH_AUTO(bytes_clear) struct bytes blob;
    struct paper paper;
    char none[] = "";
    bytes_init(&blob, STORE_MAX_FEATURES);
    paper_init(&paper);
    paper.title = title;
    paper.abstract = none;
    enum pith_status status = title ? tokens_new(&words, reterr) : pith_no_memory(reterr);
    if (!status)
        status = features_derive(words, &paper, &blob, reterr);
    const struct store_row row = {.key = key, .day = PITH_NO_DAY, .features = blob.data, .features_length = blob.length};
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
    if (strncmp(key, PAPER_TEXT, strlen(PAPER_TEXT)) == 0) {
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
        paper->order = votes[i].order;
    }
    return PITH_OK;
}

static enum pith_status load_pairs(struct learner *learner, struct store *store, struct loaded *loaded,
                                   const struct profile_pair *pairs, size_t count, struct pith_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        struct learner_pair pair = {.day = pairs[i].day, .order = pairs[i].order};
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

/* In how many background papers their words stand. */
static enum pith_status count_background(const struct learner *learner, struct frequencies *background, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < learner->papers; i++) {
        const struct features *features = &learner->paper[i].features;
        for (size_t k = 0; !status && learner->paper[i].background && k < features->count; k++)
            if (features->item[k].view == VIEW_WORD)
                status = frequencies_want_key(background, features->item[k].key, reterr);
    }
    for (size_t i = 0; !status && i < learner->papers; i++)
        if (learner->paper[i].background)
            frequencies_count(background, &learner->paper[i].features);
    return status;
}

/* Over the voted papers and a sample of the others. */
static enum pith_status count_frequencies(struct learner *learner, struct store *store, const struct loaded *loaded,
                                          const struct frequencies *background, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < learner->papers; i++)
        if (!learner->paper[i].background)
            status = frequencies_want(&learner->frequencies, &learner->paper[i].features, reterr);
    for (size_t slot = 0; !status && slot < background->slots; slot++)
        if (background->papers_with[slot] >= LSA_PRIOR_LEAST)
            status = frequencies_want_key(&learner->frequencies, background->key[slot], reterr);
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

static bool is_common(const struct frequencies *background, const struct feature *feature)
{
    return feature->view == VIEW_WORD && frequencies_papers(background, feature->key) >= LSA_PRIOR_LEAST;
}

/* Adds the terms of a paper that the vocabulary has not got yet; of a background paper the words that are common there. `seen`: per slot
 * of the frequencies, a bit for the term and one for the title's word. */
static enum pith_status vocabulary_paper(struct learner *learner, const struct learner_paper *paper,
                                         const struct frequencies *background, unsigned char *seen, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < paper->features.count; i++) {
        const struct feature *feature = &paper->features.item[i];
        if (paper->background && !is_common(background, feature))
            continue;
        size_t slot = frequency_slot(learner, &paper->features, feature);
        uint32_t papers = learner->frequencies.papers_with[slot];
        unsigned char bit = feature->view == VIEW_TITLE ? 2 : 1;
        if (seen[slot] & bit || papers < (feature->view == VIEW_BIGRAM ? LEAST_PAPERS_BIGRAM : LEAST_PAPERS))
            continue;
        seen[slot] |= bit;
        char name[FEATURE_NAME_SIZE];
        feature_name(paper->blob, paper->blob_length, feature->index, name);
        struct model_term term = {.key = feature->key, .papers = papers, .title_weight = 1, .view = (uint8_t)feature->view};
        status = model_add_term(learner->vocabulary, &term, name, reterr);
    }
    return status;
}

/* 0 for a table that knows nothing of the store's field, 1 for one that knows it well. */
static double trust_in(const struct embedding_fit *fitness)
{
    if (fitness->pairs < EMBEDDING_FIT_PAPERS)
        return 0.5;
    return fmin(fmax((fitness->reciprocal_rank - RANK_LEAST) / (RANK_MOST - RANK_LEAST), 0), 1);
}

static enum pith_status vocabulary_embedding(struct learner *learner, struct store *store, const struct embedding *embedding,
                                             struct pith_error *reterr)
{
    struct embedding_fit fitness;
    if (!embedding)
        return PITH_OK;
    enum pith_status status = embedding_fit_measure(store, embedding, &fitness, reterr);
    if (status)
        return status;
    learner->own[learner->vocabulary->embeddings] = embedding_origin(embedding)->method == EMBEDDING_LSA;
    learner->trust[learner->vocabulary->embeddings] = trust_in(&fitness);
    if (!learner->own[learner->vocabulary->embeddings])
        learner->field_known = learner->trust[learner->vocabulary->embeddings];
    return model_add_embedding(learner->vocabulary, embedding_name(embedding), embedding_dims(embedding), 1, fitness.mean, NULL,
                               reterr);
}

/* Every term of the voted papers that is not too rare, the words that are common in the background, and the dense views. */
static enum pith_status make_vocabulary(struct learner *learner, struct store *store, const struct frequencies *background,
                                        uint64_t store_papers, struct pith_error *reterr)
{
    enum pith_status status = model_new(&learner->vocabulary, reterr);
    PITH_AUTO(pith_free_p) unsigned char *seen = pith_calloc(learner->frequencies.slots, sizeof *seen);
    if (!status && !seen)
        status = pith_no_memory(reterr);
    if (status)
        return status;
    learner->vocabulary->papers = learner->frequencies.papers;
    learner->vocabulary->fitted_papers = store_papers;
    for (size_t i = 0; !status && i < learner->papers; i++)
        status = vocabulary_paper(learner, &learner->paper[i], background, seen, reterr);
    if (!status)
        status = vocabulary_embedding(learner, store, learner->embeddings.shipped, reterr);
    if (!status)
        status = vocabulary_embedding(learner, store, learner->embeddings.own, reterr);
    model_bind(learner->vocabulary, &learner->embeddings);
    return status ? status : model_finish(learner->vocabulary, reterr);
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

/* A paper's terms and its places, as the vocabulary has them. */
enum pith_status learner_add_plain_row(struct sparse *rows, size_t terms, size_t places, const struct model_row *row,
                                       struct pith_error *reterr)
{
    size_t count = row->count + places;
    PITH_AUTO(pith_free_p) struct cell *cell = pith_calloc(row->count + 1, sizeof *cell);
    PITH_AUTO(pith_free_p) uint32_t *column = pith_calloc(count + 1, sizeof *column);
    PITH_AUTO(pith_free_p) double *value = pith_calloc(count + 1, sizeof *value);
    if (!cell || !column || !value)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < row->count; i++)
        cell[i] = (struct cell){row->column[i], row->value[i]};
    qsort(cell, row->count, sizeof *cell, by_column);
    size_t kept = 0;
    for (size_t i = 0; i < row->count; i++) {
        bool twice = kept > 0 && column[kept - 1] == cell[i].column; /* in a damaged blob only */
        column[kept] = cell[i].column;
        value[kept] = cell[i].value;
        kept += !twice;
    }
    for (size_t d = 0; d < places; d++, kept++) {
        column[kept] = (uint32_t)(terms + d);
        value[kept] = (double)row->place[d];
    }
    return sparse_add_row(rows, column, value, kept, reterr);
}

static enum pith_status make_plain_rows(const struct learner *learner, struct sparse *rows, struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms, places = model_places(learner->vocabulary);
    PITH_AUTO(model_row_clear) struct model_row row = {0};
    enum pith_status status = PITH_OK;
    sparse_init(rows, terms + places);
    for (size_t i = 0; !status && i < learner->papers; i++) {
        status = model_weigh(learner->vocabulary, &learner->paper[i].features, &row, reterr);
        if (!status)
            status = learner_add_plain_row(rows, terms, places, &row, reterr);
    }
    return status;
}

/* The axes of the dense view whose columns begin at `first`, from the rows that are learnt from. */
static enum pith_status find_place_pca(const struct sparse *rows, const bool *learnt, size_t count, size_t first, uint32_t dims,
                                       struct pca *pca, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) double *point = pith_calloc(count * dims + 1, sizeof *point);
    if (!point)
        return pith_no_memory(reterr);
    for (size_t i = 0, k = 0; i < rows->rows; i++)
        if (learnt[i]) /* the places stand last in a row */
            memcpy(point + k++ * dims, rows->value + rows->start[i + 1] - (rows->columns - first), dims * sizeof *point);
    return pca_find(point, count, dims, pca, reterr);
}

/* Evenly of the background papers, no more than are needed. */
static size_t choose_learnt(const struct learner *learner, bool *learnt)
{
    size_t background = 0, seen = 0, count = 0;
    for (size_t i = 0; i < learner->papers; i++)
        background += learner->paper[i].background;
    for (size_t i = 0; i < learner->papers; i++) {
        if (!learner->paper[i].background)
            continue;
        learnt[i] = background <= LSA_PRIOR_PAPERS ||
                    seen * LSA_PRIOR_PAPERS / background != (seen + 1) * LSA_PRIOR_PAPERS / background;
        count += learnt[i];
        seen++;
    }
    if (count >= PCA_LEAST)
        return count;
    memset(learnt, 0, learner->papers * sizeof *learnt);
    return 0;
}

_Static_assert((int)FEATURE_VIEWS <= (int)TITLE_WEIGHTING_PARTS, "each view of a row keeps its own length");

/* What titles name among the vocabulary's words, by all the papers counted; the store's papers say whether that sets them apart. */
static enum pith_status find_emphasis(struct learner *learner, const struct sparse *rows, const bool *sample,
                                      struct pith_error *reterr)
{
    const struct model *vocabulary = learner->vocabulary;
    double usual = frequencies_title_share(&learner->frequencies);
    enum pith_status status = title_weighting_init(&learner->title_weight, vocabulary->terms, reterr);
    for (size_t j = 0; !status && j < vocabulary->terms; j++) {
        const char *name = vocabulary->names + vocabulary->term[j].name;
        uint64_t word = feature_key(VIEW_WORD, name, strlen(name));
        learner->title_weight.part[j] = vocabulary->term[j].view;
        if (vocabulary->term[j].view == VIEW_WORD || vocabulary->term[j].view == VIEW_TITLE)
            learner->title_weight.titled[j] = title_weighting_titled(frequencies_papers(&learner->frequencies, word),
                                                                     frequencies_titles(&learner->frequencies, word), usual);
    }
    return status ? status : title_weighting_measure(&learner->title_weight, rows, sample, VIEW_WORD, reterr);
}

/* The latent directions, of lifted rows where a dense view that knows the field stands beside them: there they are to be of what papers
 * are about; alone they are to be of all that goes together. */
static enum pith_status find_latent(struct learner *learner, const struct sparse *rows, const bool *learnt, const bool *common,
                                    struct pith_error *reterr)
{
    double power = learner->hyperparameters->title_weight * learner->field_known;
    if (power * learner->title_weight.apart <= 0)
        return lsa_prior_learn(rows, learnt, common, LSA_PRIOR_DIMS, LSA_PRIOR_SEED, &learner->lsa_prior, reterr);
    PITH_AUTO(sparse_clear) struct sparse lifted = {0};
    PITH_AUTO(pith_free_p) double *lift = pith_calloc(learner->vocabulary->terms + 1, sizeof *lift);
    if (!lift)
        return pith_no_memory(reterr);
    title_weighting_lift(&learner->title_weight, power, lift);
    enum pith_status status = title_weighting_rows(&learner->title_weight, lift, rows, &lifted, reterr);
    return status ? status : lsa_prior_learn(&lifted, learnt, common, LSA_PRIOR_DIMS, LSA_PRIOR_SEED, &learner->lsa_prior, reterr);
}

static enum pith_status find_directions(struct learner *learner, const struct sparse *rows, const struct frequencies *background,
                                        struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms, first = terms;
    PITH_AUTO(pith_free_p) bool *learnt = pith_calloc(learner->papers + 1, sizeof *learnt);
    PITH_AUTO(pith_free_p) bool *common = pith_calloc(rows->columns + 1, sizeof *common);
    if (!learnt || !common)
        return pith_no_memory(reterr);
    size_t count = choose_learnt(learner, learnt);
    for (size_t j = 0; j < terms; j++)
        common[j] = learner->vocabulary->term[j].view == VIEW_WORD &&
                    frequencies_papers(background, learner->vocabulary->term[j].key) >= LSA_PRIOR_LEAST;
    enum pith_status status = find_emphasis(learner, rows, learnt, reterr);
    learner->believed = learner->field_known * (BELIEVED_ONE_SUBJECT + (1 - BELIEVED_ONE_SUBJECT) * learner->title_weight.apart);
    if (!status)
        status = find_latent(learner, rows, learnt, common, reterr);
    for (size_t i = 0; !status && i < learner->vocabulary->embeddings; first += learner->vocabulary->embedding[i++].dims)
        status = find_place_pca(rows, learnt, count, first, learner->vocabulary->embedding[i].dims, &learner->embedding_pca[i],
                                reterr);
    return status;
}

void learner_along(const struct learner *learner, const uint32_t *column, const double *value, size_t count, const double *place,
                   double *along)
{
    for (size_t i = 0; i < learner->vocabulary->embeddings; i++) {
        uint32_t dims = learner->vocabulary->embedding[i].dims;
        pca_turn(&learner->embedding_pca[i], place, along);
        place += dims;
        along += dims;
    }
    if (learner->lsa_prior.pca.dims)
        lsa_prior_share(&learner->lsa_prior, column, value, count, along);
}

/* The plain rows with what is dense in them along its axes, and the base. */
enum pith_status learner_turn_rows(const struct learner *learner, const struct sparse *plain, struct sparse *rows,
                                   struct pith_error *reterr)
{
    size_t terms = learner->vocabulary->terms, places = model_places(learner->vocabulary),
           dense = places + learner->lsa_prior.pca.dims;
    PITH_AUTO(pith_free_p) uint32_t *column = pith_calloc(terms + dense + 1, sizeof *column);
    PITH_AUTO(pith_free_p) double *value = pith_calloc(terms + dense + 1, sizeof *value);
    if (!column || !value)
        return pith_no_memory(reterr);
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < plain->rows; i++) {
        size_t count = plain->start[i + 1] - plain->start[i] - places;
        const uint32_t *from = plain->column + plain->start[i];
        const double *number = plain->value + plain->start[i];
        for (size_t k = 0; k < count; k++) {
            column[k] = from[k];
            value[k] = number[k];
        }
        learner_along(learner, from, number, count, number + count, value + count);
        value[count + dense] = 1;
        for (size_t d = 0; d <= dense; d++)
            column[count + d] = (uint32_t)(terms + d);
        status = sparse_add_row(rows, column, value, count + dense + 1, reterr);
    }
    return status;
}

static enum pith_status weigh_papers(struct learner *learner, const struct frequencies *background, struct pith_error *reterr)
{
    PITH_AUTO(sparse_clear) struct sparse plain = {0};
    enum pith_status status = make_plain_rows(learner, &plain, reterr);
    if (!status)
        status = find_directions(learner, &plain, background, reterr);
    sparse_init(&learner->rows, plain.columns + learner->lsa_prior.pca.dims + 1);
    learner->rows.dense = learner->rows.columns - learner->vocabulary->terms;
    return status ? status : learner_turn_rows(learner, &plain, &learner->rows, reterr);
}

enum pith_status learner_load(struct learner *learner, const struct learner_request *request, struct pith_error *reterr)
{
    struct store *store = request->store;
    PITH_AUTO(learner_clear)
    struct learner loading = {
        .embeddings = request->embeddings,
        .hyperparameters = request->hyperparameters ? request->hyperparameters : &learner_defaults,
    };
    PITH_AUTO(frequencies_clear) struct frequencies common = {0};
    PITH_AUTO(loaded_clear) struct loaded loaded = {.slots = 4 * (request->votes + 2 * request->pairs) + 64};
    loaded.id = pith_calloc(loaded.slots, sizeof *loaded.id);
    loaded.position = pith_calloc(loaded.slots, sizeof *loaded.position);
    if (!loaded.id || !loaded.position)
        return pith_no_memory(reterr);
    enum pith_status status = load_votes(&loading, store, &loaded, request->vote, request->votes, reterr);
    if (!status)
        status = load_pairs(&loading, store, &loaded, request->pair, request->pairs, reterr);
    if (!status)
        status = load_background(&loading, store, &loaded, request->background, reterr);
    if (!status)
        status = count_background(&loading, &common, reterr);
    if (!status)
        status = count_frequencies(&loading, store, &loaded, &common, reterr);
    struct store_counts counts;
    if (!status)
        status = store_count(store, &counts, reterr);
    if (!status)
        status = make_vocabulary(&loading, store, &common, (uint64_t)counts.papers, reterr);
    if (!status)
        status = weigh_papers(&loading, &common, reterr);
    if (!status)
        status = learner_load_listings(&loading, store, request->listings, reterr);
    if (status)
        return status;
    *learner = loading;
    loading = (struct learner){0};
    return PITH_OK;
}
