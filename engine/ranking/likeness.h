/* likeness: how much two papers are alike, by the cosine of where both stand. */
#ifndef PITH_ENGINE_RANKING_LIKENESS_H
#define PITH_ENGINE_RANKING_LIKENESS_H

#include "engine/learning/model.h"

enum { LIKENESS_PLACES = 256 }; /* numbers of where a paper stands */

/* Where a paper stands, as LIKENESS_PLACES numbers of unit length: in the model's first dense view, else by its words. */
void likeness_place(const struct model *model, const struct model_row *row, float place[LIKENESS_PLACES]);

/* How much two of them are alike: from -1 to 1. */
double likeness_cosine(const float one[LIKENESS_PLACES], const float other[LIKENESS_PLACES]);

#endif
