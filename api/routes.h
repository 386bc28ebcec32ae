/* routes: the table of all there is to ask. It drives dispatch, rights and limits; api/openapi.json describes it to clients, and a test
 * holds the two together. */
#ifndef PITH_API_ROUTES_H
#define PITH_API_ROUTES_H

#include "api/exchange.h"

enum route_who {
    ROUTE_OPEN,    /* anybody */
    ROUTE_COUNTED, /* anybody, so often from one address */
    ROUTE_PAGE,    /* the same, and people read it: failures are pages too */
    ROUTE_OPERATOR,
    ROUTE_READER, /* a reader's token, in Authorization */
    ROUTE_SITE,   /* a reader's token, in a cookie; people read it, and what changes anything is a form of a page */
    ROUTE_FEED,   /* a reader's token in the address, of these scopes and no more */
};

struct route {
    const char *method, *pattern; /* "/v1/me/votes/{id}": one part may be anything */
    enum route_who who;
    unsigned scopes;        /* that a reader's token needs, all of them */
    const char *parameters; /* that it takes, each with a blank before and after; "" for none */
    const char *body;       /* content types it takes, blanks between; NULL: no body; "": any */
    size_t most;            /* bytes of the body */
    bool kept;              /* answers may be kept while nothing changes */
    exchange_handler *handler;
};

/* The route, here or among the reader's pages, and what stood for its {…}; NULL for none, with the methods that the address takes in `allow`, "" when it takes none. */
const struct route *route_find(const struct request *request, const char **ret_part, char allow[64]);
/* All, ended by one without a method. */
const struct route *route_table(void);

/* api/routes_open.c */
exchange_handler open_health, open_ready, open_metrics, open_description, open_problem;
/* api/routes_operator.c */
exchange_handler operator_create_reader, operator_erase_reader, operator_import, operator_days, operator_receipts;
/* api/routes_reading.c */
exchange_handler reading_ranking, reading_why, reading_search, reading_replay;
/* api/routes_votes.c */
exchange_handler votes_list, votes_get, votes_put, votes_delete, votes_post, votes_compare, votes_undo, votes_redo;
exchange_handler seeds_post;
/* api/routes_digest.c */
exchange_handler digest_get, digest_put, digest_list, digest_settings, digest_put_settings, digest_answer;
/* api/handlers/pages.c */
exchange_handler page_thumb, page_record_thumb, page_return_thumb, page_mail, page_stop_mail, page_return_mail;
/* api/routes_feeds.c */
exchange_handler feeds_atom, feeds_json;
/* api/routes_profile.c */
exchange_handler profile_summary, profile_export, profile_tokens, profile_add_token, profile_revoke_token;

/* api/pages/pages.c: the reader's pages */
/* All, ended by one without a method; route_find knows them beside the service's others. They are for people, and openapi.json leaves them
 * out. */
const struct route *pages_table(void);

/* From the address that was asked for to the first page: "", "../", … */
void pages_root(const struct request *request, char root[REPLY_ROOT]);
/* Whoever asks and may not: leads to the page that asks for a token, which leads back; `ended`: the cookie opens nothing any more. */
void pages_ask_token(const struct service *service, const struct request *request, bool ended, struct reply *reply);
/* Why a form is refused, before its handler sees it; NULL when it is a page's of this reader. */
const char *pages_refuse_form(const struct exchange *exchange);

#endif
