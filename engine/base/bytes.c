#include "engine/base/bytes.h"

#include <stdlib.h>
#include <string.h>

void bytes_init(struct bytes *bytes, size_t max)
{
    *bytes = (struct bytes){.max = max};
}

void bytes_clear(struct bytes *bytes)
{
    free(bytes->data);
    bytes_init(bytes, bytes->max);
}

void bytes_put(struct bytes *bytes, const void *data, size_t length)
{
    if (length <= bytes->cap - bytes->length && length && !bytes->failed) { /* as a rule */
        memcpy(bytes->data + bytes->length, data, length);
        bytes->length += length;
        return;
    }
    bool past = length > bytes->max - bytes->length;
    if (bytes->failed || past || pith_grow(&bytes->data, &bytes->cap, bytes->length + length, 1, bytes->max, NULL)) {
        bytes->full = past && !bytes->failed;
        bytes->failed = true;
        return;
    }
    if (length)
        memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

void bytes_put_u8(struct bytes *bytes, uint8_t value)
{
    bytes_put(bytes, &value, 1);
}

void bytes_put_u32(struct bytes *bytes, uint32_t value)
{
    unsigned char raw[4];
    for (unsigned i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(value >> 8 * i);
    bytes_put(bytes, raw, sizeof raw);
}

void bytes_put_u64(struct bytes *bytes, uint64_t value)
{
    unsigned char raw[8];
    for (unsigned i = 0; i < sizeof raw; i++)
        raw[i] = (unsigned char)(value >> 8 * i);
    bytes_put(bytes, raw, sizeof raw);
}

void bytes_put_varint(struct bytes *bytes, uint64_t value)
{
    unsigned char raw[10];
    size_t length = 0;
    while (value >= 0x80) {
        raw[length++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    raw[length++] = (unsigned char)value;
    bytes_put(bytes, raw, length);
}

void bytes_put_float(struct bytes *bytes, float value)
{
    uint32_t raw;
    memcpy(&raw, &value, sizeof raw);
    bytes_put_u32(bytes, raw);
}

void bytes_put_double(struct bytes *bytes, double value)
{
    uint64_t raw;
    memcpy(&raw, &value, sizeof raw);
    bytes_put_u64(bytes, raw);
}

void bytes_put_string(struct bytes *bytes, const char *text, size_t length)
{
    bytes_put_varint(bytes, length);
    bytes_put(bytes, text, length);
}

enum pith_status bytes_done(const struct bytes *bytes, struct pith_error *reterr)
{
    if (bytes->failed)
        return pith_fail(reterr, PITH_NOMEM, "out of memory, or a record over %zu bytes", bytes->max);
    return PITH_OK;
}

void bytes_reader_init(struct bytes_reader *reader, const void *data, size_t length)
{
    static const unsigned char nothing[1];
    const unsigned char *start = data ? data : nothing;
    *reader = (struct bytes_reader){.at = start, .end = start + length};
}

const unsigned char *bytes_get(struct bytes_reader *reader, size_t length)
{
    if (reader->failed || length > (size_t)(reader->end - reader->at)) {
        reader->failed = true;
        return NULL;
    }
    const unsigned char *at = reader->at;
    reader->at += length;
    return at;
}

uint8_t bytes_get_u8(struct bytes_reader *reader)
{
    const unsigned char *raw = bytes_get(reader, 1);
    return raw ? *raw : 0;
}

uint32_t bytes_get_u32(struct bytes_reader *reader)
{
    const unsigned char *raw = bytes_get(reader, 4);
    uint32_t value = 0;
    for (unsigned i = 0; raw && i < 4; i++)
        value |= (uint32_t)raw[i] << 8 * i;
    return value;
}

uint64_t bytes_get_u64(struct bytes_reader *reader)
{
    const unsigned char *raw = bytes_get(reader, 8);
    uint64_t value = 0;
    for (unsigned i = 0; raw && i < 8; i++)
        value |= (uint64_t)raw[i] << 8 * i;
    return value;
}

uint64_t bytes_get_varint(struct bytes_reader *reader)
{
    if (!reader->failed && reader->at < reader->end && *reader->at < 0x80) /* most are of one byte */
        return *reader->at++;
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = bytes_get_u8(reader);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return reader->failed ? 0 : value;
    }
    reader->failed = true;
    return 0;
}

float bytes_get_float(struct bytes_reader *reader)
{
    uint32_t raw = bytes_get_u32(reader);
    float value;
    memcpy(&value, &raw, sizeof value);
    return value;
}

double bytes_get_double(struct bytes_reader *reader)
{
    uint64_t raw = bytes_get_u64(reader);
    double value;
    memcpy(&value, &raw, sizeof value);
    return value;
}

const char *bytes_get_string(struct bytes_reader *reader, size_t *ret_length)
{
    size_t length = (size_t)bytes_get_varint(reader);
    const unsigned char *text = bytes_get(reader, length);
    *ret_length = text ? length : 0;
    return text ? (const char *)text : "";
}

char *bytes_take_string(struct bytes_reader *reader)
{
    size_t length;
    const char *text = bytes_get_string(reader, &length);
    if (reader->failed || memchr(text, 0, length))
        return NULL;
    char *copy = strndup(text, length);
    reader->exhausted |= !copy;
    return copy;
}

size_t bytes_get_count(struct bytes_reader *reader, size_t each)
{
    uint64_t count = bytes_get_varint(reader);
    if (count > (size_t)(reader->end - reader->at) / (each ? each : 1))
        reader->failed = true;
    return reader->failed ? 0 : (size_t)count;
}
