/* limits: how often somebody may ask: a bucket of so many requests that fills again at a steady rate. Safe to use from several
 * threads. Who is counted is known by a hash; two that share one share a bucket. */
#ifndef PITH_API_LIMITS_H
#define PITH_API_LIMITS_H

#include "../engine/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limits;

/* `rate`: requests a second; `most`: saved up. A rate of 0: no limit. */
enum pith_status limits_new(double rate, double most, struct limits **ret_limits, struct pith_error *reterr);
void limits_free(struct limits *limits);
PITH_CLEANUP(struct limits, limits_free);

/* Takes one request of `who` at `milliseconds`, on any clock that goes forward; false when there is none left. */
bool limits_take(struct limits *limits, const char *who, size_t length, int64_t milliseconds);
/* Whether there is one, taking none. */
bool limits_allow(struct limits *limits, const char *who, size_t length, int64_t milliseconds);

#endif
