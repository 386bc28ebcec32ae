/* exchange: one request being answered, as its handler sees it, and what handlers share. */
#ifndef PITH_API_EXCHANGE_H
#define PITH_API_EXCHANGE_H

#include "api/problem.h"
#include "api/request.h"
#include "api/service.h"
#include <pith/pith.h>

struct json_t; /* jansson's */

struct form;

struct exchange {
    struct service *service;
    struct pith *pith; /* the reader's profile is open, where the route is a reader's */
    const struct request *request;
    struct reply *reply;
    const char *part;        /* what stood for {…} in the route's pattern; NULL for none */
    const struct form *form; /* of a page of the reader's; NULL for none */
    const char *token;       /* a reader's */
    size_t token_length;
};

/* A handler fills the reply, or fails: then the status makes a problem of it. */
typedef enum pith_status exchange_handler(struct exchange *exchange, struct pith_error *reterr);

/* Makes a problem the reply, whatever the status would make of it; PITH_INPUT. */
enum pith_status exchange_refuse(struct exchange *exchange, enum problem problem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes over malloc'ed JSON text, and sends it as one line. */
enum pith_status exchange_json(struct exchange *exchange, int status, char *json);
/* Takes over a document. */
enum pith_status exchange_document(struct exchange *exchange, int status, struct json_t *document, struct pith_error *reterr);
enum pith_status exchange_nothing(struct exchange *exchange); /* 204 */

/* A member that a JSON body may have. */
enum exchange_type { EXCHANGE_TEXT, EXCHANGE_LIST, EXCHANGE_NUMBER, EXCHANGE_FLAG };
struct exchange_member {
    const char *name;
    enum exchange_type type;
    bool needed;
};
/* The body as an object of these members alone (the last has no name), each of its type. */
enum pith_status exchange_body(struct exchange *exchange, const struct exchange_member *members, struct json_t **ret_body);
void exchange_drop(struct json_t **document);                           /* for PITH_AUTO */
const char *exchange_text(const struct json_t *body, const char *name); /* NULL when it is not there */

/* Parameters: left as they were when not given. */
enum pith_status exchange_day(struct exchange *exchange, const char *name, int32_t *day);
enum pith_status exchange_number(struct exchange *exchange, const char *name, double least, double most, double *number);
/* A whole number, in digits. */
enum pith_status exchange_count(struct exchange *exchange, const char *name, size_t least, size_t most, size_t *count);
enum pith_status exchange_flag(struct exchange *exchange, const char *name, bool *flag);

/* Paging: where the list is to begin, by `cursor`, and how many are wanted, by `limit`. */
enum { EXCHANGE_MOST = 1000 };
struct exchange_page {
    size_t first, limit;
};
enum pith_status exchange_page(struct exchange *exchange, size_t usual, struct exchange_page *ret_page, struct pith_error *reterr);
/* How many of a list of `count` the page shows, from *ret_first on; says in the reply where the list, now that it is made, goes on: one
 * that changes has no next page. */
enum pith_status exchange_cut(struct exchange *exchange, const struct exchange_page *page, size_t count, size_t *ret_first,
                              size_t *ret_shown, struct pith_error *reterr);

/* The paper named in the route. */
enum pith_status exchange_paper(struct exchange *exchange, struct pith_papers **ret_paper, struct pith_error *reterr);
/* Today, UTC. */
int32_t exchange_today(const struct exchange *exchange);
/* "rank", … of a list as bits of pith_scope. */
enum pith_status exchange_scopes(struct exchange *exchange, const struct json_t *list, unsigned *ret_scopes);
/* "YYYY-MM-DD" as the end of that day; 0 for NULL. */
enum pith_status exchange_expires(struct exchange *exchange, const char *day, int64_t *ret_expires);

#endif
