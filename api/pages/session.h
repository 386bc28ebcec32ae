/* session: who reads a page. The reader's token stands in a cookie of their browser and nowhere else: the service keeps none between two
 * requests. The cookie is for this host alone, is sent over TLS or to this machine alone, to no script, and with no other site's requests. */
#ifndef PITH_API_PAGES_SESSION_H
#define PITH_API_PAGES_SESSION_H

#include "api/base_url.h"
#include "api/request.h"

#include <stdbool.h>

enum { SESSION_FORM = 33, SESSION_NAME = 40 };

/* The token in the request's cookie; NULL without one. Borrowed from the request. */
const char *session_token(const struct base_url *base_url, const struct request *request, size_t *ret_length);
/* What Set-Cookie is to say: the token for so many seconds (0: until the browser ends), or, with `token` NULL, that there is none any more.
 * malloc'ed. */
enum pith_status session_cookie(const struct base_url *base_url, const char *token, size_t length, int64_t seconds,
                                char **ret_cookie, struct pith_error *reterr);
/* What a form of a page carries to show that it came from a page of this reader: 32 hex digits made from the token, which do not tell it. */
void session_form_token(const char *token, size_t length, char text[SESSION_FORM]);
/* Whether a browser sent the request for a page of the service itself, by its Origin and Sec-Fetch-Site; false where it tells neither. */
bool session_same_origin(const struct base_url *base_url, const struct request *request);

#endif
