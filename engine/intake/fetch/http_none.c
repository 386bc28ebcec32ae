/* http for a pith that was built without libcurl: every request is refused. */
#include "engine/intake/fetch/http.h"

#include <stdlib.h>

static enum pith_status refuse(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_USAGE, "this pith was built without fetching: build it with -Dfetch=enabled, or import files");
}

void http_answer_clear(struct http_answer *answer)
{
    free(answer->body);
    *answer = (struct http_answer){0};
}

enum pith_status http_new(struct http **ret_http, struct pith_error *reterr)
{
    (void)ret_http;
    return refuse(reterr);
}

void http_free(struct http *http)
{
    (void)http;
}

enum pith_status http_get(struct http *http, const struct http_request *request, struct http_answer *ret_answer,
                          struct pith_error *reterr)
{
    (void)http;
    (void)request;
    (void)ret_answer;
    return refuse(reterr);
}

bool http_is_public(const struct sockaddr *address)
{
    (void)address;
    return false;
}
