/* place: where a paper stands in an embedding: its vector, from its words. */
#ifndef PITH_ENGINE_PAPERS_PLACE_H
#define PITH_ENGINE_PAPERS_PLACE_H

#include "engine/papers/paper_features.h"
#include "models/embedding.h"

/* How often a word of the title counts. Changing it is another FEATURES_VERSION. */
enum { PLACE_TITLE = 6 };

/* Before centring: Σ √tf · vector over the words and bigrams that the embedding knows, of unit length; zeros when it knows none.
 * tf = PLACE_TITLE·title + body. place: embedding_dims numbers. */
void place_paper(const struct embedding *embedding, const struct features *features, float *place);
/* The same by its title alone and by its abstract alone. */
void place_title(const struct embedding *embedding, const struct features *features, float *place);
void place_abstract(const struct embedding *embedding, const struct features *features, float *place);

#endif
