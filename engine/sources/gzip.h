/* gzip: files that were packed, read as if they were not, piece by piece. */
#ifndef PITH_ENGINE_SOURCES_GZIP_H
#define PITH_ENGINE_SOURCES_GZIP_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

bool gzip_is(const char *bytes, size_t length);

struct gzip; /* a file being unpacked, all its members as one */
enum pith_status gzip_new(struct gzip **ret_gzip, struct pith_error *reterr);
void gzip_free(struct gzip *gzip);
PITH_CLEANUP(struct gzip, gzip_free);

/* Unpacks bytes[*at..length) to out[0..size), moving *at; *ret_got 0 when it needs more bytes, or has ended. What stands behind the
 * last member is passed over. PITH_INPUT when the file is damaged. */
enum pith_status gzip_next(struct gzip *gzip, const char *bytes, size_t length, size_t *at, char *out, size_t size, size_t *ret_got,
                           struct pith_error *reterr);
/* Whether what was unpacked ends where a member ends: false after the last byte tells a file that was cut off. */
bool gzip_is_whole(const struct gzip *gzip);

#endif
