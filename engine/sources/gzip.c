#include "gzip.h"

#include <stdint.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { FIRST = 1 << 16, GZIP_WINDOW = 15 + 16 };

bool gzip_is(const char *bytes, size_t length)
{
    return length >= 3 && (unsigned char)bytes[0] == 0x1F && (unsigned char)bytes[1] == 0x8B && bytes[2] == 8;
}

struct unpacked {
    char *bytes;
    size_t length, cap, max;
};

/* Unpacks until the input is done: Z_STREAM_END, Z_BUF_ERROR when it is cut off, or what is wrong with it. */
static int unpack(z_stream *stream, struct unpacked *out, enum pith_status *status, struct pith_error *reterr)
{
    int code = Z_OK;
    while (code == Z_OK && out->length <= out->max) {
        *status = pith_grow(&out->bytes, &out->cap, out->length + 1, 1, out->max + 1, reterr);
        if (*status)
            break;
        stream->next_out = (Bytef *)out->bytes + out->length;
        stream->avail_out = (uInt)(out->cap - out->length);
        code = inflate(stream, Z_NO_FLUSH);
        out->length = out->cap - stream->avail_out;
        if (code == Z_STREAM_END && stream->avail_in > 0 && gzip_is((const char *)stream->next_in, stream->avail_in))
            code = inflateReset(stream); /* another member follows */
    }
    return code;
}

enum pith_status gzip_unpack(const char *bytes, size_t length, size_t max, char **ret_bytes, size_t *ret_length, bool *ret_cut,
                             struct pith_error *reterr)
{
    struct unpacked out = {.max = max};
    z_stream stream = {.next_in = (const Bytef *)bytes, .avail_in = (uInt)length};
    if (length > UINT32_MAX)
        return pith_fail(reterr, PITH_INPUT, "the packed file is too large");
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to unpack");
    enum pith_status status = pith_grow(&out.bytes, &out.cap, max < FIRST ? max + 1 : FIRST, 1, max + 1, reterr);
    int code = unpack(&stream, &out, &status, reterr);
    inflateEnd(&stream);
    if (!status && out.length > max)
        status = pith_fail(reterr, PITH_INPUT, "the file is larger than %zu MiB unpacked: split it", max >> 20);
    if (!status && code != Z_STREAM_END && code != Z_BUF_ERROR)
        status = pith_fail(reterr, PITH_INPUT, "the gzip file is damaged");
    if (status) {
        free(out.bytes);
        return status;
    }
    *ret_bytes = out.bytes;
    *ret_length = out.length;
    *ret_cut = code != Z_STREAM_END;
    return PITH_OK;
}
