/* listing_gaps: what a reader is to know of listings that are missing, empty or cut short, from the receipts of fetching. */
#ifndef PITH_ENGINE_INTAKE_LISTING_GAPS_H
#define PITH_ENGINE_INTAKE_LISTING_GAPS_H

#include "engine/store/store.h"

/* What a receipt says is missing or odd: a line for people, or NULL. malloc'ed. */
enum pith_status listing_gaps_shortfall(const struct pith_receipt *receipt, char **ret_line, struct pith_error *reterr);

enum { NOTICES_MOST = 32 };
struct listing_gaps {
    char *sentence[NOTICES_MOST];
    size_t count;
    bool cut; /* something of these days is known to be missing */
};
void listing_gaps_clear(struct listing_gaps *notices); /* for PITH_AUTO */

/* Of the listings from `first` on, for somebody who looks on `day`: by source, from the newest receipt that covers any of these days,
 *   "arXiv posted nothing on Thursday, 26 November."
 *   "Listing incomplete: 214 of 500 papers of arxiv:cs.LG came for Thursday, 26 November."
 * or what else the receipt says is odd; and when nothing is listed on `day` itself, and no source said that it posted nothing then,
 *   "No listing since Friday, 20 November." */
enum pith_status listing_gaps_of(struct store *store, int32_t first, int32_t day, struct listing_gaps *notices,
                                 struct pith_error *reterr);

/* "Thursday, 26 November". */
enum { NOTICES_DAY = 40 };
const char *listing_gaps_day(int32_t day, char text[NOTICES_DAY]);

#endif
