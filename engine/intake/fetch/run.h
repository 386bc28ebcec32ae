/* run: a source's papers into the store, and a receipt of it. harvest says what is asked, throttle how. */
#ifndef PITH_ENGINE_INTAKE_FETCH_RUN_H
#define PITH_ENGINE_INTAKE_FETCH_RUN_H

#include "engine/intake/fetch/throttle.h"
#include "engine/store/store.h"
#include "models/embedding.h"
#include <pith/pith.h>

/* Runs over a source and stores its papers, placed in `embedding` (NULL: in none), a transaction an answer: what was fetched before a
 * failure stays, and a harvest goes on where it was cut. The receipt is stored, also of a run that failed; PITH_OK then too, and `failure` says why. Else fails as a
 * request that makes no sense (PITH_USAGE), or as the store does. */
enum pith_status fetch_source(struct store *store, const struct embedding *embedding, const struct pith_fetch_request *request,
                              const struct throttle_world *world, struct pith_receipt *ret_receipt, struct pith_error *reterr);

#endif
