/* The newest ranking for feed readers, which can send no header: the token is in the address. */
#include "api/routes.h"

#include "api/render/feed.h"

enum { PAPERS = 20, REASONS = 5 };

static enum pith_status rank(struct exchange *exchange, struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    const struct pith_rank_request request = {
        .size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .limit = PAPERS, .reasons = REASONS};
    return pith_rank(exchange->pith, &request, ret_ranking, reterr);
}

enum pith_status feeds_atom(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    char *feed = NULL;
    enum pith_status status = rank(exchange, &ranking, reterr);
    if (!status)
        status = feed_atom(ranking, exchange->part, &feed, reterr);
    if (!status)
        reply_take(exchange->reply, 200, TYPE_ATOM, feed);
    return status;
}

enum pith_status feeds_json(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    char *feed = NULL;
    enum pith_status status = rank(exchange, &ranking, reterr);
    if (!status)
        status = feed_json(ranking, &feed, reterr);
    if (!status)
        reply_take(exchange->reply, 200, TYPE_FEED, feed);
    return status;
}
