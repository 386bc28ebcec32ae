/* digest_log: the digests that were kept, the last 62 of them, as the bytes that are sealed (FORMAT.md, "Digests"). They are kept whole:
 * what was claimed is given again to the byte, whatever came since, and an answer by number means what was sent. */
#ifndef PITH_ENGINE_PROFILE_DIGEST_LOG_H
#define PITH_ENGINE_PROFILE_DIGEST_LOG_H

#include "engine/base/bytes.h"
#include "engine/papers/paper.h"
#include <pith/pith.h>

struct digest_kept {
    struct pith_digest *digest; /* without its tickets */
    int64_t *number;            /* of each item's paper in the store, when it was composed */
    bool cut;                   /* something of its listing was missing: the rest may come later */
};
void digest_kept_clear(struct digest_kept *kept); /* for PITH_AUTO */

struct digest_log {
    struct digest_kept *item; /* by day */
    size_t count, cap;
};
void digest_log_clear(struct digest_log *log); /* for PITH_AUTO */

/* PITH_CORRUPT for bytes that are none. No bytes: an empty log. */
enum pith_status digest_log_read(const struct bytes *bytes, struct digest_log *ret_log, struct pith_error *reterr);
/* `bytes` is cleared first. The lists of the oldest digests go when all together are too long. */
enum pith_status digest_log_write(const struct digest_log *log, struct bytes *bytes, struct pith_error *reterr);

/* The one of a day; NULL for none. */
struct digest_kept *digest_log_find(const struct digest_log *log, int32_t day);
/* Takes that one out and hands it over; false for none. */
bool digest_log_take(struct digest_log *log, int32_t day, struct digest_kept *ret_kept);
/* Takes it over, in its place by day; the oldest goes when there are too many. *kept is then empty. */
enum pith_status digest_log_add(struct digest_log *log, struct digest_kept *kept, struct pith_error *reterr);

#endif
