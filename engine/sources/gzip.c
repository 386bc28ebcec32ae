#include "engine/sources/gzip.h"

#include <stdint.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 };

struct gzip {
    z_stream stream;
    bool ended; /* a member has, and no other follows so far */
};

bool gzip_is(const char *bytes, size_t length)
{
    return length >= 3 && (unsigned char)bytes[0] == 0x1F && (unsigned char)bytes[1] == 0x8B && bytes[2] == 8;
}

enum pith_status gzip_new(struct gzip **ret_gzip, struct pith_error *reterr)
{
    struct gzip *gzip = pith_calloc(1, sizeof *gzip);
    if (!gzip || inflateInit2(&gzip->stream, GZIP_WINDOW) != Z_OK) {
        free(gzip);
        return pith_no_memory(reterr);
    }
    *ret_gzip = gzip;
    return PITH_OK;
}

void gzip_free(struct gzip *gzip)
{
    inflateEnd(&gzip->stream);
    free(gzip);
}

bool gzip_is_whole(const struct gzip *gzip)
{
    return gzip->ended;
}

/* Another member follows, or what is no member and counts for nothing. */
static void step_behind(struct gzip *gzip)
{
    if (*gzip->stream.next_in != 0x1F) {
        gzip->stream.avail_in = 0;
        return;
    }
    inflateReset(&gzip->stream);
    gzip->ended = false;
}

enum pith_status gzip_next(struct gzip *gzip, const char *bytes, size_t length, size_t *at, char *out, size_t size, size_t *ret_got,
                           struct pith_error *reterr)
{
    z_stream *stream = &gzip->stream;
    int code = Z_OK;
    stream->next_in = (const Bytef *)bytes + *at;
    stream->avail_in = (uInt)(length - *at < UINT32_MAX ? length - *at : UINT32_MAX);
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)(size < UINT32_MAX ? size : UINT32_MAX);
    uInt room = stream->avail_out;
    while (code == Z_OK && stream->avail_in > 0 && stream->avail_out > 0) {
        if (gzip->ended)
            step_behind(gzip);
        if (stream->avail_in > 0)
            code = inflate(stream, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            gzip->ended = true;
            code = Z_OK;
        }
    }
    if (code != Z_OK && code != Z_BUF_ERROR)
        return pith_fail(reterr, PITH_INPUT, "the gzip file is damaged");
    *at = gzip->ended && stream->avail_in == 0 ? length : length - stream->avail_in;
    *ret_got = room - stream->avail_out;
    return PITH_OK;
}
