/* title_weighting: terms that titles name their papers by weigh more, in a store whose papers that sets apart.
 *
 * How much likelier a title is to hold a term than terms of its paper are in the mean tells, without a vote, which terms say what a
 * paper is about and which belong to how papers are written. In a store of many subjects, lifting the former sets papers apart. In the
 * papers of one subject all titles name that subject, lifting its terms makes papers alike, and what tells them apart is in the
 * abstracts: there nothing is lifted. */
#ifndef PITH_MODELS_TITLE_WEIGHTING_H
#define PITH_MODELS_TITLE_WEIGHTING_H

#include "models/sparse.h"

#include <stdbool.h>

enum { TITLE_WEIGHTING_PARTS = 8 };

struct title_weighting {
    size_t terms;   /* the first so many columns of a row are terms */
    double *titled; /* of each: title_weighting_titled; 1 for a term that is never lifted */
    unsigned char
        *part; /* of each: which part of a row it is in, below TITLE_WEIGHTING_PARTS; a part is of length 1 with what is unknown */
    double apart; /* 0: lifting makes the store's papers alike; 1: it sets them apart */
};
void title_weighting_clear(struct title_weighting *title_weight); /* frees; for PITH_AUTO */
enum pith_status title_weighting_init(struct title_weighting *title_weight, size_t terms,
                                      struct pith_error *reterr); /* titled 1, part 0, apart 0 */

/* How much likelier a title is to hold a term that `papers` hold, `titles` of them in the title, than terms are in the mean (`usual`, a
 * share above 0), as five more papers with the usual share would have it; 1/10 to 8. */
double title_weighting_titled(uint32_t papers, uint32_t titles, double usual);

/* Sets `apart` by the mean cosine of the rows that `sample` names, in one part of them, without any lift and with a mild one. Two rows at
 * least; fewer tell nothing, and apart is 0. PITH_NOMEM. */
enum pith_status title_weighting_measure(struct title_weighting *title_weight, const struct sparse *rows, const bool *sample,
                                         unsigned part, struct pith_error *reterr);

/* What each term's value is multiplied by (`lift`: terms numbers) at a power, 0 to 1: titled^(power · apart). */
void title_weighting_lift(const struct title_weighting *title_weight, double power, double *lift);
/* Lifts a row's values in place; each part keeps its length, with what is not known of it as it was. Columns that are no terms stay. */
void title_weighting_row(const struct title_weighting *title_weight, const double *lift, const uint32_t *column, double *value,
                         size_t count);
/* All rows, lifted. PITH_NOMEM. */
enum pith_status title_weighting_rows(const struct title_weighting *title_weight, const double *lift, const struct sparse *rows,
                                      struct sparse *ret_rows, struct pith_error *reterr);

#endif
