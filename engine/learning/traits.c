#include "engine/learning/traits.h"

#include "engine/papers/tokens.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pith_traits_free(struct pith_traits *traits)
{
    for (size_t i = 0; i < traits->count; i++) {
        free(traits->item[i].feature);
        free(traits->item[i].label);
    }
    free(traits->item);
    free(traits);
}

/* A title's words once more say no other word; levels of numbers are no trait of papers in words. */
static bool has_kind(enum feature_view view, enum pith_trait_kind *kind)
{
    const char *name = feature_view_name(view);
    *kind = view == VIEW_AUTHOR                 ? PITH_TRAIT_AUTHOR
            : view == VIEW_CATEGORY             ? PITH_TRAIT_CATEGORY
            : strcmp(name, "organisation") == 0 ? PITH_TRAIT_ORGANISATION
                                                : PITH_TRAIT_WORD;
    return *kind != PITH_TRAIT_WORD || view == VIEW_WORD || view == VIEW_BIGRAM;
}

static double strength(const struct model_term *term)
{
    return (double)term->weight * (double)term->title_weight;
}

struct found {
    double strength;
    size_t term;
};

static int by_strength(const void *a, const void *b)
{
    const struct found *left = a, *right = b;
    double l = fabs(left->strength), r = fabs(right->strength);
    if (l != r)
        return l > r ? -1 : 1;
    return left->term < right->term ? -1 : left->term > right->term;
}

/* ---- as papers spell it ---- */

/* The first of the papers that were voted on which has the term; the number of papers when none has. */
static size_t paper_with(const struct learner *learner, uint64_t key)
{
    for (size_t i = 0; i < learner->papers; i++)
        for (size_t k = 0; !learner->paper[i].background && k < learner->paper[i].features.count; k++)
            if (learner->paper[i].features.item[k].key == key)
                return i;
    return learner->papers;
}

static void spell(struct tokens *words, const struct paper *record, enum feature_view view, const char *name,
                  char label[FEATURE_NAME_SIZE])
{
    for (size_t i = 0; view == VIEW_CATEGORY && i < record->categories.count; i++)
        if (strcasecmp(record->categories.item[i], name) == 0)
            snprintf(label, FEATURE_NAME_SIZE, "%s", record->categories.item[i]);
    if ((view != VIEW_WORD && view != VIEW_BIGRAM) || feature_surface(words, record->title, name, label) ||
        feature_surface(words, record->abstract, name, label))
        return;
    snprintf(label, FEATURE_NAME_SIZE, "%s", name);
}

static enum pith_status label_of(struct store *store, struct tokens *words, const struct learner *learner,
                                 const struct model_term *term, const char *name, char label[FEATURE_NAME_SIZE],
                                 struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper record;
    paper_init(&record);
    size_t at = paper_with(learner, term->key);
    int64_t id;
    snprintf(label, FEATURE_NAME_SIZE, "%s", name);
    if (at == learner->papers || store_find_key(store, learner->paper[at].key, &id, NULL))
        return PITH_OK;
    enum pith_status status = store_get_paper(store, id, &record, reterr);
    if (!status)
        spell(words, &record, (enum feature_view)term->view, name, label);
    return status;
}

static enum pith_status add_trait(struct store *store, struct tokens *words, const struct learner *learner,
                                  const struct model *model, const struct found *found, struct pith_traits *traits,
                                  struct pith_error *reterr)
{
    const struct model_term *term = &model->term[found->term];
    const char *name = model->names + term->name;
    char label[FEATURE_NAME_SIZE];
    struct pith_trait *trait = &traits->item[traits->count];
    has_kind((enum feature_view)term->view, &trait->kind);
    trait->weight = found->strength;
    enum pith_status status = label_of(store, words, learner, term, name, label, reterr);
    if (status)
        return status;
    traits->count++;
    trait->label = strdup(label);
    if (asprintf(&trait->feature, "%s:%s", feature_view_name((enum feature_view)term->view), name) < 0)
        trait->feature = NULL;
    return trait->label && trait->feature ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status traits_of(struct store *store, const struct model *model, const struct learner *learner, size_t most,
                           struct pith_traits *traits, struct pith_error *reterr)
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(pith_free_p) struct found *found = pith_calloc(model->terms + 1, sizeof *found);
    size_t count = 0, taken[PITH_TRAIT_KINDS][2] = {0};
    traits->item = pith_calloc(2 * PITH_TRAIT_KINDS * most + 1, sizeof *traits->item);
    if (!found || !traits->item)
        return pith_no_memory(reterr);
    enum pith_trait_kind kind;
    for (size_t i = 0; i < model->terms; i++)
        if (has_kind((enum feature_view)model->term[i].view, &kind) && strength(&model->term[i]) != 0)
            found[count++] = (struct found){strength(&model->term[i]), i};
    qsort(found, count, sizeof *found, by_strength);
    enum pith_status status = tokens_new(&words, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        has_kind((enum feature_view)model->term[found[i].term].view, &kind);
        size_t *used = &taken[kind][found[i].strength > 0];
        if (*used < most)
            status = add_trait(store, words, learner, model, &found[i], traits, reterr);
        (*used)++;
    }
    return status;
}
