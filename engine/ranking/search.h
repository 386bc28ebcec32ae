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

struct search_wanted {
    const char *query;
    size_t most;                                           /* papers at most */
    void (*progress)(void *user, size_t done, size_t all); /* of indexing what is new; may be NULL */
    void *user;
};
/* Finds papers, the most relevant first (BM25, the title weighing most, then authors, categories, abstract), once the index has taken
 * in what is new. `ids` has room for `most`. PITH_USAGE for a query that makes no sense. */
enum pith_status search_papers(struct store *store, const struct search_wanted *wanted, int64_t *ids, size_t *ret_count,
                               struct pith_error *reterr);

#endif
