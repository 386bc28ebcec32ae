/* limits: how often somebody may ask: a bucket of so many requests that fills again at a steady rate. Safe to use from several
 * threads. Who is counted is known by a hash; two that share one share a bucket. */
#ifndef PITH_API_RATE_LIMIT_H
#define PITH_API_RATE_LIMIT_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rate_limit;

/* `rate`: requests a second; `most`: saved up. A rate of 0: no limit. */
enum pith_status rate_limit_new(double rate, double most, struct rate_limit **ret_limits, struct pith_error *reterr);
void rate_limit_free(struct rate_limit *limits);
PITH_CLEANUP(struct rate_limit, rate_limit_free);

/* Takes one request of `who` at `milliseconds`, on any clock that goes forward; false when there is none left. */
bool rate_limit_take(struct rate_limit *limits, const char *who, size_t length, int64_t milliseconds);

#endif
