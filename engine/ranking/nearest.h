/* nearest: which of the papers voted on a paper is most like, by the cosine of where both stand (likeness_place). */
#ifndef PITH_ENGINE_RANKING_NEAREST_H
#define PITH_ENGINE_RANKING_NEAREST_H

#include "engine/learning/model.h"
#include "engine/profile/profile.h"
#include "engine/ranking/likeness.h"
#include "engine/store/store.h"
#include <pith/pith.h>

enum { NEAREST_MOST = 3 };
/* Cosines below this say nothing: of two papers drawn at random about one pair in eighty reaches it (two days of arXiv, computer science). */
#define NEAREST_LEAST 0.4

struct nearest_paper {
    int64_t id;
    enum profile_verdict verdict; /* up, down, seed */
};
struct nearest {
    struct nearest_paper *paper;
    float *place; /* LIKENESS_PLACES numbers each */
    size_t count;
};
void nearest_clear(struct nearest *nearest); /* for AUTO */

/* Where the papers voted on stand; those that the store does not hold are left out. */
enum pith_status nearest_load(struct store *store, const struct model *model, const struct profile *profile,
                              struct nearest *ret_nearest, struct pith_error *reterr);

/* Names in `paper` the nearest liked ones (or with `disliked` the nearest that were not), itself excepted, by falling likeness; NEAREST_MOST
 * at most, none below NEAREST_LEAST. */
enum pith_status nearest_name(const struct nearest *nearest, struct store *store, int64_t id, const float place[LIKENESS_PLACES],
                              bool disliked, struct pith_ranked *paper, struct pith_error *reterr);

#endif
