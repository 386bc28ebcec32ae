/* input: the bytes of one file, in order and in pieces, unpacked when the file is packed. */
#ifndef PITH_ENGINE_SOURCES_INPUT_H
#define PITH_ENGINE_SOURCES_INPUT_H

#include "engine/sources/sources.h"

#include <stdbool.h>

struct input {
    const struct pith_input *from;
    char *bytes; /* what was read and not dropped yet; moves when more is read */
    size_t length;
    bool end;     /* nothing comes after these bytes */
    bool cut;     /* the file was packed, and is cut off */
    size_t taken; /* bytes of the file so far, as it lies there */
    /* the rest is its own */
    size_t cap, raw_at, raw_length, unpacked;
    char *raw;         /* packed bytes */
    struct gzip *gzip; /* NULL: the file is not packed */
    bool started;
};

void input_init(struct input *input, const struct pith_input *from);
void input_clear(struct input *input); /* for PITH_AUTO */

/* Reads on until `want` bytes (at most SOURCES_MAX_FILE + 1) are there, or the end is. PITH_INPUT for a damaged packed file, or one
 * that unpacks to so much that it can only be meant to do harm. */
enum pith_status input_fill(struct input *input, size_t want, struct pith_error *reterr);
/* The whole file, which was read to its end, as other bytes: malloc'ed, its own from now on. */
void input_replace(struct input *input, char *bytes, size_t length);
/* Drops the first `length` bytes. */
void input_drop(struct input *input, size_t length);

#endif
