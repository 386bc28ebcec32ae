/* request: what was asked and what is answered, as values: nothing here knows of sockets. */
#ifndef PITH_API_REQUEST_H
#define PITH_API_REQUEST_H

#include "api/target.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REQUEST_STATE = 16 /* PITH_STATE */, REPLY_ETAG = 40, REPLY_TYPE = 64, REPLY_ROOT = 32 }; /* bytes */

/* Borrowed for as long as the request is being answered. Headers that did not come are NULL. */
struct request {
    const char *method; /* "GET", also for HEAD */
    const char *raw;    /* the target as it came: path and query, escaped */
    const struct target *target;
    const char *authorization, *content_type, *accept, *accept_encoding, *if_none_match, *idempotency_key;
    const char *cookie, *host;
    const char *fetch_site;            /* where a browser says that the request comes from: "same-origin", … */
    const char *origin, *asked_method; /* of the page on whose behalf a browser asks; the method that it asks leave for */
    const char *body;                  /* with a NUL after it */
    size_t length;
    const char *peer; /* the address that asks */
    int64_t now;      /* seconds since 1970-01-01 UTC */
    bool known;       /* the token is of a profile here, and this is what state that was in when the headers had come: */
    unsigned char state[REQUEST_STATE];
};

/* Zeroed: nothing was answered yet. */
struct reply {
    int status;
    char type[REPLY_TYPE]; /* content type */
    char *body;            /* malloc'ed */
    size_t length;
    char etag[REPLY_ETAG]; /* "" for none */
    char *link;            /* where the list goes on; malloc'ed, NULL for none */
    char *location;        /* of what was made; malloc'ed, NULL for none */
    char allow[64];        /* methods, for 405 and for a browser that asks leave */
    unsigned retry;        /* seconds until it is worth trying again; 0: not said */
    bool challenge;        /* say how to prove who is asking */
    bool packed;           /* the body is gzip */
    bool people;           /* people read it: what goes wrong is told on a page */
    bool base_url;         /* it is one of the reader's pages, and of nobody else's memory */
    bool strict;           /* its style and script are the service's own, by their addresses */
    bool lasting;          /* the same for everybody, and at this address for ever */
    bool refresh;          /* the page leads on to signed-in by itself */
    char root[REPLY_ROOT]; /* of one of the reader's pages: from there to the first */
    char *cookie;          /* malloc'ed, NULL for none */
    const char *file;      /* what a browser is to save it as; static, NULL: it is to show it */
};
void reply_clear(struct reply *reply); /* for PITH_AUTO */

/* Takes over malloc'ed text as the body. */
void reply_take(struct reply *reply, int status, const char *type, char *text);

#define TYPE_JSON "application/json"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_TEXT "text/plain; charset=utf-8"
#define TYPE_MAIL "message/rfc822"
#define TYPE_ATOM "application/atom+xml; charset=utf-8"
#define TYPE_FEED "application/feed+json; charset=utf-8"

#endif
