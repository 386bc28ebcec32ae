/* files: a file or standard input in, whole or as it comes; a private file out. */
#ifndef PITH_CLI_FILES_H
#define PITH_CLI_FILES_H

#include <pith/pith.h>

#include <stdbool.h>

/* The file whole ("-": standard input), malloc'ed, with a NUL after it. PITH_NOT_FOUND, PITH_IO, or PITH_NOMEM past 1 GiB. */
enum pith_status files_read(const char *name, char **ret_bytes, size_t *ret_length, struct pith_error *reterr);
/* The file as an input that pith reads as it comes. PITH_NOT_FOUND, PITH_IO. */
struct files_input {
    struct pith_input input; /* valid while the struct stays where it is */
    const char *name;
    int file;
};
enum pith_status files_open(const char *name, struct files_input *ret_input, struct pith_error *reterr);
void files_close(struct files_input *input); /* for PITH_AUTO, once it was opened */

/* Writes a file that only its owner can read, on the disk when this returns. PITH_EXISTS when it is there, unless `force`;
 * then the old one is replaced only once the new one is whole. */
enum pith_status files_write_private(const char *name, const char *bytes, size_t length, bool force, struct pith_error *reterr);

/* Puts other bytes in a file, whole or not at all, and on the disk when this returns; a new one only its owner can read, another keeps who can.
 * Folders on the way are made, for their owner alone. */
enum pith_status files_replace(const char *name, const char *bytes, size_t length, struct pith_error *reterr);
/* Makes the folders that lead to a file, for their owner alone, as far as that can be done. */
void files_make_folders(const char *name);

#endif
