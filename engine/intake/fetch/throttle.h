/* throttle: requests spaced by host. It waits when a server says so, tries again later each time, and follows no redirect astray. */
#ifndef PITH_ENGINE_INTAKE_FETCH_THROTTLE_H
#define PITH_ENGINE_INTAKE_FETCH_THROTTLE_H

#include "engine/intake/fetch/http.h"

#include <stdint.h>

/* What a guest needs of the world; tests bring their own. */
struct throttle_world {
    int64_t (*now)(void *user); /* milliseconds on a clock that only goes forward */
    void (*sleep)(void *user, int64_t milliseconds);
    enum pith_status (*get)(void *user, const struct http_request *request, struct http_answer *ret_answer,
                            struct pith_error *reterr);
    void *user;
};

enum {
    POLITE_TRIES = 4,
    POLITE_REDIRECTS = 5,
    POLITE_LONGEST_WAIT = 120, /* seconds: told to wait longer, it is given up instead */
    POLITE_SPACING = 1000,     /* milliseconds between requests to a host; 3 s for arXiv's */
    POLITE_ARXIV_SPACING = 3000,
    POLITE_HOSTS = 8,
};

struct throttle {
    const struct throttle_world *world;
    struct {
        char name[256];
        int64_t asked; /* when last */
    } host[POLITE_HOSTS];
    size_t hosts;
};

/* Waits its turn, asks, follows redirects (never from https to http), and tries again after 429, 500, 502, 503, 504 or a failed
 * connection: after Retry-After, else 5, 15 and 45 s. PITH_OK with code 200 or 304 alone; PITH_IO for any other, whose code and
 * address are named. */
enum pith_status throttle_get(struct throttle *polite, const struct http_request *request, struct http_answer *ret_answer,
                              struct pith_error *reterr);

#endif
