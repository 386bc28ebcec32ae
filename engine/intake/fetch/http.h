/* http: one request, one answer. The only file of the engine that speaks to the network (libcurl).
 *
 * http and https alone; certificates are checked; no redirect is followed; no proxy is used; no address of a private network is
 * connected to, whatever a name resolves to. */
#ifndef PITH_ENGINE_INTAKE_FETCH_HTTP_H
#define PITH_ENGINE_INTAKE_FETCH_HTTP_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    HTTP_MAX_URL = 4096,
    HTTP_MAX_HEADER = 256,    /* bytes of a header that is kept */
    HTTP_MAX_BODY = 64 << 20, /* bytes, unpacked */
    HTTP_CONNECT_SECONDS = 20,
    HTTP_SECONDS = 300, /* of the whole answer */
};

struct http_request {
    const char *url;
    const char *etag, *modified; /* of the answer known already; NULL or "": none */
    const char *contact;         /* for the User-Agent: a mail or web address; NULL: none */
    size_t most;                 /* bytes of body; 0: HTTP_MAX_BODY */
    unsigned seconds;            /* 0: HTTP_SECONDS */
    bool local;                  /* addresses of private networks may be connected to */
};

struct http_answer {
    long code;
    long retry_after; /* seconds, of "Retry-After: 120"; -1 for none, or a date */
    char type[HTTP_MAX_HEADER], etag[HTTP_MAX_HEADER], modified[HTTP_MAX_HEADER]; /* "" for none */
    char location[HTTP_MAX_URL];                                                  /* of a redirect, absolute; "" for none */
    char *body;                                                                   /* NUL-terminated */
    size_t length;
};
void http_answer_clear(struct http_answer *answer); /* frees; for PITH_AUTO */

struct http; /* connections kept for the next request */
enum pith_status http_new(struct http **ret_http, struct pith_error *reterr);
void http_free(struct http *http);
PITH_CLEANUP(struct http, http_free);

/* PITH_OK for any answer, whatever its code. PITH_IO when there is none: no connection, a certificate that is not trusted, an answer
 * that is cut off, too large or too slow; PITH_USAGE for an address that may not be asked. */
enum pith_status http_get(struct http *http, const struct http_request *request, struct http_answer *ret_answer,
                          struct pith_error *reterr);

/* Whether an address (struct sockaddr) is one of the public network. */
struct sockaddr;
bool http_is_public(const struct sockaddr *address);

#endif
