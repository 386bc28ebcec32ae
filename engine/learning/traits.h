/* traits: what a model has learnt of its reader in few words: the strongest words, authors, categories and organisations for and against. */
#ifndef PITH_ENGINE_LEARNING_TRAITS_H
#define PITH_ENGINE_LEARNING_TRAITS_H

#include "engine/learning/learner.h"
#include <pith/pith.h>

/* The `most` strongest of each kind and sign. `learner` has the papers whose spelling of a word is shown. */
enum pith_status traits_of(struct store *store, const struct model *model, const struct learner *learner, size_t most,
                           struct pith_traits *traits, struct pith_error *reterr);

#endif
