/* files: a whole file or standard input in, a private file out. */
#ifndef PITH_FILES_H
#define PITH_FILES_H

#include "../engine/status.h"

#include <stdbool.h>

/* The file whole ("-": standard input), malloc'ed, with a NUL after it. PITH_NOT_FOUND, PITH_IO, or PITH_NOMEM past 1 GiB. */
enum pith_status files_read(const char *name, char **ret_bytes, size_t *ret_length, struct pith_error *reterr);
/* Writes a file that only its owner can read, on the disk when this returns. PITH_EXISTS when it is there, unless `force`;
 * then the old one is replaced only once the new one is whole. */
enum pith_status files_write_private(const char *name, const char *bytes, size_t length, bool force,
                                     struct pith_error *reterr);

#endif
