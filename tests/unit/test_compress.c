#include "api/compress.h"

#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

Test(compress, is_for_those_who_take_gzip)
{
    static const char *const takes[] = {"gzip", "GZIP", "deflate, gzip", "br;q=1.0, gzip;q=0.8", "*", "gzip;q=0.001", " gzip "},
                             *const refuses[] = {"", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip", "gzipped", "identity"};
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++)
        cr_expect(compress_accepted(takes[i]), "%s", takes[i]);
    for (size_t i = 0; i < sizeof refuses / sizeof *refuses; i++)
        cr_expect_not(compress_accepted(refuses[i]), "%s", refuses[i]);
    cr_expect_not(compress_accepted(NULL));
}

Test(compress, gives_the_same_bytes_back_and_leaves_short_ones)
{
    struct reply reply = {0};
    char *text = malloc(5001), back[6000];
    memset(text, 'a', 5000);
    text[5000] = '\0';
    reply_take(&reply, 200, TYPE_TEXT, text);
    compress_reply(&reply, "gzip");
    cr_assert(reply.packed && reply.length < 500);
    z_stream stream = {.next_in = (unsigned char *)reply.body,
                       .avail_in = (uInt)reply.length,
                       .next_out = (unsigned char *)back,
                       .avail_out = sizeof back};
    cr_assert_eq(inflateInit2(&stream, 31), Z_OK);
    cr_expect_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_expect_eq(stream.total_out, 5000);
    inflateEnd(&stream);
    reply_take(&reply, 200, TYPE_TEXT, strdup("short"));
    reply.packed = false;
    compress_reply(&reply, "gzip");
    cr_expect_not(reply.packed);
    reply_clear(&reply);
}
