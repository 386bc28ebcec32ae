/* gzip: files that were packed, read as if they were not. */
#ifndef PITH_GZIP_H
#define PITH_GZIP_H

#include "../status.h"

#include <stdbool.h>
#include <stddef.h>

bool gzip_is(const char *bytes, size_t length);

/* Unpacks all members of a gzip file. PITH_INPUT when it is damaged or holds more than `max` bytes. A file that is cut off gives
 * what there is of it, with *ret_cut. malloc'ed. */
enum pith_status gzip_unpack(const char *bytes, size_t length, size_t max, char **ret_bytes, size_t *ret_length, bool *ret_cut,
                             struct pith_error *reterr);

#endif
