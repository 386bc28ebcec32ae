#include "api/compress.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum { WORTH = 512, GZIP = 15 + 16 };

bool compress_accepted(const char *header)
{
    for (const char *at = header; at && *at;) {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ",");
        size_t name = strcspn(at, ";, \t");
        if ((name == 4 && strncasecmp(at, "gzip", 4) == 0) || (name == 1 && *at == '*')) {
            const char *quality = memmem(at, length, "q=", 2);
            return !quality || strtod(quality + 2, NULL) > 0;
        }
        at += length;
    }
    return false;
}

void compress_reply(struct reply *reply, const char *accept_encoding)
{
    if (reply->length < WORTH || reply->packed || !compress_accepted(accept_encoding))
        return;
    z_stream stream = {0};
    if (deflateInit2(&stream, 1, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    uLong bound = deflateBound(&stream, reply->length);
    unsigned char *packed = malloc(bound);
    if (packed) {
        stream.next_in = (unsigned char *)reply->body;
        stream.avail_in = (uInt)reply->length;
        stream.next_out = packed;
        stream.avail_out = (uInt)bound;
        if (deflate(&stream, Z_FINISH) == Z_STREAM_END) {
            free(reply->body);
            reply->body = (char *)packed;
            reply->length = stream.total_out;
            reply->packed = true;
            packed = NULL;
        }
    }
    free(packed);
    deflateEnd(&stream);
}
