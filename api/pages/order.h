/* order: the order that a list had when its reader began to read it. A vote changes the model and with it the ranking; the list on the page
 * stays as it was until the reader asks for a new one. Orders are kept with the service's answers, sealed under the reader's token, and
 * named by what they hold; one that is gone costs nothing but a new order. */
#ifndef PITH_API_PAGES_ORDER_H
#define PITH_API_PAGES_ORDER_H

#include "api/exchange.h"

enum { ORDER_NAME = 17 };

/* Keeps the order of a ranking, all of it. `name` takes what it can be had by. */
void order_keep(struct exchange *exchange, const struct pith_ranking *ranking, char name[ORDER_NAME]);
/* Puts a ranking in the order of that name, what is new behind it; false, and nothing done, when there is none. */
bool order_restore(struct exchange *exchange, const char *name, struct pith_ranking *ranking);

#endif
