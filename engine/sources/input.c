#include "engine/sources/input.h"

#include "engine/sources/gzip.h"

#include <stdlib.h>
#include <string.h>

enum { RAW = 1 << 16, LARGEST_RATIO = 200 }; /* text packs to a tenth; a bomb to a thousandth */

void input_init(struct input *input, const struct pith_input *from)
{
    *input = (struct input){.from = from};
}

void input_clear(struct input *input)
{
    free(input->bytes);
    free(input->raw);
    if (input->gzip)
        gzip_free(input->gzip);
    input_init(input, NULL);
}

static enum pith_status read_from(struct input *input, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    enum pith_status status = input->from->read(input->from->user, buffer, size, ret_got, reterr);
    if (!status)
        input->taken += *ret_got;
    return status;
}

static enum pith_status read_raw(struct input *input, struct pith_error *reterr)
{
    input->raw_at = 0;
    return read_from(input, input->raw, RAW, &input->raw_length, reterr);
}

/* The first bytes tell whether the file is packed. */
static enum pith_status start(struct input *input, struct pith_error *reterr)
{
    input->started = true;
    input->raw = pith_calloc(RAW, 1);
    if (!input->raw)
        return pith_no_memory(reterr);
    enum pith_status status = read_raw(input, reterr);
    if (!status && gzip_is(input->raw, input->raw_length))
        status = gzip_new(&input->gzip, reterr);
    return status;
}

static enum pith_status unpack(struct input *input, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    *ret_got = 0;
    while (!status && *ret_got == 0) {
        status = gzip_next(input->gzip, input->raw, input->raw_length, &input->raw_at, buffer, size, ret_got, reterr);
        if (status || *ret_got || input->raw_at < input->raw_length)
            continue;
        status = read_raw(input, reterr);
        if (!status && input->raw_length == 0) {
            input->cut = !gzip_is_whole(input->gzip);
            break;
        }
    }
    input->unpacked += *ret_got;
    if (!status && input->unpacked / LARGEST_RATIO > input->taken + SOURCES_MAX_FILE / LARGEST_RATIO)
        return pith_fail(reterr, PITH_INPUT,
                         "the gzip file unpacks to more than %d times its size: unpack it yourself, if it is meant", LARGEST_RATIO);
    return status;
}

static enum pith_status read_on(struct input *input, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr)
{
    if (input->gzip)
        return unpack(input, buffer, size, ret_got, reterr);
    size_t left = input->raw_length - input->raw_at;
    if (left == 0)
        return read_from(input, buffer, size, ret_got, reterr);
    *ret_got = left < size ? left : size;
    memcpy(buffer, input->raw + input->raw_at, *ret_got);
    input->raw_at += *ret_got;
    return PITH_OK;
}

enum pith_status input_fill(struct input *input, size_t want, struct pith_error *reterr)
{
    enum pith_status status = input->started ? PITH_OK : start(input, reterr);
    while (!status && !input->end && input->length < want) {
        size_t got = 0, more = input->length < RAW ? RAW : 2 * input->length;
        if (input->length == input->cap)
            status = pith_grow(&input->bytes, &input->cap, more < want ? more : want, 1, SOURCES_MAX_FILE + 1, reterr);
        if (!status)
            status = read_on(input, input->bytes + input->length, input->cap - input->length, &got, reterr);
        if (!status)
            input->length += got;
        if (!status && got == 0)
            input->end = true;
    }
    return status;
}

void input_replace(struct input *input, char *bytes, size_t length)
{
    free(input->bytes);
    input->bytes = bytes;
    input->length = input->cap = length;
}

void input_drop(struct input *input, size_t length)
{
    input->length -= length;
    memmove(input->bytes, input->bytes + length, input->length);
}
