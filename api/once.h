/* once: requests that come twice under one Idempotency-Key are done once: what was answered is answered again, also by a service that was
 * started anew, and while the first is under way the second is refused. */
#ifndef PITH_API_ONCE_H
#define PITH_API_ONCE_H

#include "api/exchange.h"

struct route;

/* Requests under way. Safe to use from several threads. */
struct once;

enum pith_status once_new(struct once **ret_once, struct pith_error *reterr);
void once_free(struct once *once);
PITH_CLEANUP(struct once, once_free);

/* Runs `handler` by way of `run` for an exchange that has an Idempotency-Key: `unlock` opens the profile, and says in the reply why it cannot
 * be. The reply is there afterwards. */
typedef bool once_unlock(struct exchange *exchange, const struct route *route);
typedef void once_run(struct exchange *exchange, const struct route *route);
void once_answer(struct once *once, struct exchange *exchange, const struct route *route, once_unlock *unlock, once_run *run);

/* Whether the request is to be done once. */
bool once_is_asked(const struct request *request);

#endif
