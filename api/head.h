/* head: whether a request's head can be read in one way alone. What libmicrohttpd lets pass, and a proxy in front may read in another way,
 * is refused: two lengths, a length beside chunks, a blank before a colon, a line that goes on in the next, a CR or LF by itself, bytes
 * of 0 (RFC 9112, 2.2, 5.1, 5.2 and 6.3). Knows nothing of libmicrohttpd but how it leaves the head in memory before 1.0: as it came, with
 * a NUL in place of each blank, colon and line end that it parted at. Since 1.0 it moves what it parts, and refuses by itself what only the
 * places would tell. */
#ifndef PITH_API_HEAD_H
#define PITH_API_HEAD_H

#include <stdbool.h>
#include <stddef.h>

enum head { HEAD_GOOD, HEAD_AMBIGUOUS, HEAD_CHUNKED /* a body in chunks */ };

struct head_check {
    const char *next; /* where the next line is to begin */
    unsigned lengths, chunks, hosts, proofs, cookies;
    bool old, bad; /* old: HTTP/1.0, which needs no host */
    bool moved;    /* places tell nothing */
};

/* The request line: METHOD, one blank, the target, one blank, the version. `raw` is the target as it came, which stands at `place`: there
 * it may have been taken apart; NULL: places tell nothing of this head. */
void head_begin(struct head_check *check, const char *method, const char *place, const char *raw, const char *version);
/* A header, in the order they came. A NULL value is none. */
void head_field(struct head_check *check, const char *name, size_t name_size, const char *value, size_t size);
/* `end`: behind the empty line that ends the head; NULL when that is not known. */
enum head head_end(struct head_check *check, const char *end);

#endif
