/* bytes: a growable run of bytes born with a maximum, and a reader that never runs past the end.
 *
 * Every binary format of pith (features, sealed rows, models) is written and read with these.
 * Integers are LEB128 varints or little-endian; strings are a varint length and the bytes. */
#ifndef PITH_ENGINE_BASE_BYTES_H
#define PITH_ENGINE_BASE_BYTES_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    unsigned char *data;
    size_t length, cap, max;
    bool failed; /* a put went past max or out of memory; later puts do nothing. Ask once, at the end: bytes_done */
    bool full;   /* and it was past max */
};

void bytes_init(struct bytes *bytes, size_t max);
void bytes_clear(struct bytes *bytes); /* frees; for PITH_AUTO. Contents are not wiped: secrets live in vault's memory */

void bytes_put(struct bytes *bytes, const void *data, size_t length);
/* Where byte `at` is; of an empty buffer NULL, to which nothing may be added. */
static inline const unsigned char *bytes_at(const struct bytes *bytes, size_t at)
{
    return at ? bytes->data + at : bytes->data;
}
void bytes_put_u8(struct bytes *bytes, uint8_t value);
void bytes_put_u32(struct bytes *bytes, uint32_t value); /* little-endian */
void bytes_put_u64(struct bytes *bytes, uint64_t value);
void bytes_put_varint(struct bytes *bytes, uint64_t value);
void bytes_put_float(struct bytes *bytes, float value); /* IEEE 754, little-endian */
void bytes_put_double(struct bytes *bytes, double value);
void bytes_put_string(struct bytes *bytes, const char *text, size_t length);

/* PITH_NOMEM when a put failed. */
enum pith_status bytes_done(const struct bytes *bytes, struct pith_error *reterr);

struct bytes_reader {
    const unsigned char *at, *end;
    bool failed;    /* something was missing; what was read since is 0 or "" */
    bool exhausted; /* memory ran out for a copy: no fault of the data */
};

void bytes_reader_init(struct bytes_reader *reader, const void *data, size_t length);
uint8_t bytes_get_u8(struct bytes_reader *reader);
uint32_t bytes_get_u32(struct bytes_reader *reader);
uint64_t bytes_get_u64(struct bytes_reader *reader);
uint64_t bytes_get_varint(struct bytes_reader *reader);
float bytes_get_float(struct bytes_reader *reader);
double bytes_get_double(struct bytes_reader *reader);
/* Borrowed from the data read, not NUL-terminated. */
const char *bytes_get_string(struct bytes_reader *reader, size_t *ret_length);
const unsigned char *bytes_get(struct bytes_reader *reader, size_t length);
/* A string's copy, malloc'ed and NUL-terminated; NULL when there is none, it holds a NUL, or memory ran out. */
char *bytes_take_string(struct bytes_reader *reader);
/* A count of things that take at least `each` bytes apiece: fails when the rest could not hold them, so that a damaged
 * count never sizes an allocation. */
size_t bytes_get_count(struct bytes_reader *reader, size_t each);

#endif
