/* card: one paper on a page: title first, who wrote it, why it stands here, its abstract folded, what can be said of it. */
#ifndef PITH_API_RENDER_CARD_H
#define PITH_API_RENDER_CARD_H

#include "api/render/page.h"

enum { CARD_WHOLE = 1 << 20, CARD_PAGE = 98000 /* bytes of HTML that a page of cards has at most */ };

/* An <article>; of the abstract so many bytes of HTML at most, between two words, with a link to the rest. CARD_WHOLE: all, unfolded, and
 * every author. */
void card_put(FILE *to, const struct page *page, const struct pith_ranked *paper, size_t abstract);
/* Cards, their abstracts cut alike so that a page of them stays below CARD_PAGE where `used` bytes are there already. */
enum pith_status card_put_all(FILE *to, const struct page *page, const struct pith_ranked *paper, size_t count, size_t used,
                              struct pith_error *reterr);
/* "paper/arxiv%3A2506.02483", from the root. */
void card_address(FILE *to, const struct page *page, const char *key);

#endif
