/* service: a request to its reply. Knows who asks, what they may, and which handler answers; testable without a socket.
 *
 * Shared by all threads; each brings a handle of its own. A reader's profile is open only while their request is answered. */
#ifndef PITH_API_SERVICE_H
#define PITH_API_SERVICE_H

#include "api/base_url.h"
#include "api/request.h"
#include "api/room.h"
#include <pith/pith.h>

#include <stdatomic.h>

struct rate_limit;
struct once;
struct route;

enum { SERVICE_OPERATOR = 80, SERVICE_BODY = 1 << 20, SERVICE_LISTING = 64 << 20 };

/* Counted for /metrics; only ever added to. */
struct service_counts {
    _Atomic uint64_t answered[6]; /* by hundreds of the status: [2] for 200 to 299 */
    _Atomic uint64_t kept;        /* answered without opening a profile */
    _Atomic uint64_t refused;     /* by rate */
    _Atomic uint64_t microseconds;
};

struct service {
    char operator_token[SERVICE_OPERATOR];
    struct base_url base_url;
    char origin[SITE_BASE];              /* whose pages may read answers; "" for none */
    struct pith_response_cache *answers; /* kept while nothing changes */
    struct once *once;                   /* requests under an Idempotency-Key that are under way */
    struct pith_response_cache *link;    /* the token of the link that signs in once */
    _Atomic bool link_is_used;
    struct rate_limit *rate;     /* of requests, by token; where none is needed, by address */
    struct rate_limit *failures; /* of wrong tokens, by address */
    struct room *room;           /* of bodies that are being received */
    struct service_counts counts;
    int64_t started;
};

/* What the service is to be. */
struct service_options {
    const char *operator_token; /* at most SERVICE_OPERATOR - 1 bytes */
    const char *base_url;       /* what links in mails begin with: "https://pith.example.org" */
    const char *origin;         /* whose pages may read answers, besides the service's own; NULL: none */
    double rate;                /* requests a second of one token, or one address without; 0: no limit */
    size_t answers;             /* bytes of answers that are kept while nothing changes */
    const char *link_code;      /* a link /in/CODE signs in by the token beside it, once and soon; NULL: there is none */
    const char *link_token;
    int64_t now;
};
enum pith_status service_new(const struct service_options *options, struct service **ret_service, struct pith_error *reterr);
void service_free(struct service *service);
PITH_CLEANUP(struct service, service_free);

/* The body that may come: at most how many bytes, and out of whose room. */
struct service_body {
    size_t most;
    struct room_taker taker;
};
/* What is known once the headers are there: a reply that refuses the request (true), or what body may come: a token that one may come
 * with has then proved itself. Fills in the state that the reader's data is in. */
bool service_refuses(struct service *service, struct pith *pith, struct request *request, struct reply *reply,
                     struct service_body *ret_body);
/* Answers from what is kept for that state, opening nothing: false when that cannot be. */
bool service_recalls(struct service *service, const struct request *request, struct reply *reply);
/* Answers, whatever it takes. */
void service_answers(struct service *service, struct pith *pith, const struct request *request, struct reply *reply);
/* All three in turn. */
void service_handle(struct service *service, struct pith *pith, struct request *request, struct reply *reply);

/* Whether pages of the origin that asks may read the reply: never those that people read, as a link's. */
bool service_shares(const struct service *service, const struct request *request);

/* The token of the link that signs in once; malloc'ed. False when that is not its code, or it was used, or is too old. */
bool service_take_link(struct service *service, const char *code, int64_t now, char **ret_token, size_t *ret_length);

/* Counts a finished reply, and says in `what` (for the log) which route it was: no identifier of a reader or paper. */
void service_note(struct service *service, const struct request *request, const struct reply *reply, int64_t microseconds,
                  char what[64]);

#endif
