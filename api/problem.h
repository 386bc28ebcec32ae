/* problem: what went wrong, as RFC 9457's problem details, or as a page. One status means one thing. */
#ifndef PITH_API_PROBLEM_H
#define PITH_API_PROBLEM_H

#include "api/request.h"

enum problem {
    PROBLEM_MALFORMED, /* 400: the request cannot be read: address, parameters, JSON */
    PROBLEM_UNPROVEN,  /* 401: no token, or none that opens anything */
    PROBLEM_FORBIDDEN, /* 403: the token or link may not do this (any more) */
    PROBLEM_NOT_FOUND, /* 404 */
    PROBLEM_METHOD,    /* 405 */
    PROBLEM_CONFLICT,  /* 409: it exists already, is several things, or changed meanwhile */
    PROBLEM_LENGTH,    /* 411: a body without Content-Length */
    PROBLEM_LARGE,     /* 413 */
    PROBLEM_TYPE,      /* 415 */
    PROBLEM_UNUSABLE,  /* 422: it can be read but not be used */
    PROBLEM_MANY,      /* 429 */
    PROBLEM_INTERNAL,  /* 500 */
    PROBLEM_BUSY,      /* 503 */
};

/* Makes it the reply, in place of whatever stood there; where people read it, as a page. The detail is for people; those of 500 and 503 go
 * to the log alone. */
void problem_set(struct reply *reply, enum problem problem, const char *detail);
/* The one place that translates what the engine says. */
enum problem problem_of_status(enum pith_status status);
/* "/problems/NAME" says in a line of text what a type means. NULL for no such name. */
const char *problem_meaning(const char *name);

#endif
