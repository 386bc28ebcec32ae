/* order: the order that a list had when its reader began to read it. A vote changes the model and with it the ranking; the list on the page
 * stays as it was until the reader asks for a new one. Orders are kept with the service's answers, sealed under the reader's token, and
 * named by what they hold; one that is gone costs nothing but a new order. */
#ifndef PITH_API_PAGES_ORDER_H
#define PITH_API_PAGES_ORDER_H

#include "api/exchange.h"

enum { ORDER_NAME = 17, ORDER_MOST = 1000 /* papers of an order that are kept */ };

/* A list as it is read: borrowed from the ranking that it was made of, but for papers that have fallen out of that since. */
struct order_list {
    struct pith_ranked *row;
    size_t count;
    struct pith_ranked **own;
    size_t owned;
    char name[ORDER_NAME]; /* of the order that it has now, which is kept; "" when that could not be */
};
void order_clear(struct order_list *list); /* for AUTO */

struct order_from {
    const struct pith_ranking *ranking; /* outlives the list */
    size_t most;                        /* papers that are read of the list */
    size_t reasons;                     /* for each paper that is asked for, as for a ranking */
};
/* The ranking in the order of that name ("": its own), what is new behind that; papers of the order that the ranking has not are asked for,
 * as far as the first `most` go. */
enum pith_status order_make(struct exchange *exchange, const char *name, const struct order_from *from, struct order_list *ret_list,
                            struct pith_error *reterr);

#endif
