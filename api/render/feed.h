/* feed: a ranking as feed readers take it: Atom (RFC 4287) and JSON Feed 1.1. A feed, and a paper in it, keep their identifiers as long as
 * they are: a paper's is made from its key, a feed's from whoever reads it. */
#ifndef PITH_API_RENDER_FEED_H
#define PITH_API_RENDER_FEED_H

#include <pith/pith.h>

/* `reader`: what tells this feed from others; it does not stand in the feed. malloc'ed. */
enum pith_status feed_atom(const struct pith_ranking *ranking, const char *reader, char **ret_feed, struct pith_error *reterr);
enum pith_status feed_json(const struct pith_ranking *ranking, char **ret_feed, struct pith_error *reterr);

#endif
