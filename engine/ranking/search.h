/* search: papers of the store by words.
 *
 * A query is words, all of which must stand in the paper in any form ("mending" finds "mended"), with these marks:
 * "two words" as a phrase, diffus* as a beginning, -survey for what must not stand there, one OR other, title:WORD, author:NAME,
 * category:cs.LG, since:DAY and until:DAY (listing days, YYYY-MM-DD); author:"Jane Doe" as a phrase. Case and accents do not
 * matter. */
#ifndef PITH_ENGINE_RANKING_SEARCH_H
#define PITH_ENGINE_RANKING_SEARCH_H

#include "engine/store/store.h"

enum { SEARCH_MAX_QUERY = 1000, SEARCH_MAX_MATCHES = 10000 };

/* Finds at most `max` papers, the most relevant first (BM25, the title weighing most, then authors, categories, abstract). The
 * index takes in what is new first, `progress` (may be NULL) telling. PITH_USAGE for a query that makes no sense. */
enum pith_status search_papers(struct store *store, const char *query, void (*progress)(void *user, size_t done, size_t all),
                               void *user, int64_t *ids, size_t max, size_t *ret_count, struct pith_error *reterr);

#endif
