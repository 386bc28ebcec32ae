#include "api/routes.h"

#include <stdio.h>
#include <string.h>

#define FORM 4096 /* bytes: what a page or a mail program sends says nothing that the address does not */
enum { SEEDS = 16 << 20 /* bytes of a library, as on the page of seeds */ };
#define MAILS "message/rfc822 text/plain"
#define RANKED " date since limit cursor min_probability explain expect diverse seen announced "

static const struct route routes[] = {
    {"GET", "/healthz", ROUTE_OPEN, 0, "", NULL, 0, false, open_health},
    {"GET", "/readyz", ROUTE_OPEN, 0, "", NULL, 0, false, open_ready},
    {"GET", "/metrics", ROUTE_OPERATOR, 0, "", NULL, 0, false, open_metrics},
    {"GET", "/openapi.json", ROUTE_OPEN, 0, "", NULL, 0, false, open_description},
    {"GET", "/problems/{name}", ROUTE_OPEN, 0, "", NULL, 0, false, open_problem},

    {"POST", "/v1/readers", ROUTE_OPERATOR, 0, "", TYPE_JSON, SERVICE_BODY, false, operator_create_reader},
    {"DELETE", "/v1/readers/{name}", ROUTE_OPERATOR, 0, "", NULL, 0, false, operator_erase_reader},
    {"POST", "/v1/listings", ROUTE_OPERATOR, 0, " today ", "", SERVICE_LISTING, false, operator_import},
    {"GET", "/v1/days", ROUTE_OPERATOR, 0, " since ", NULL, 0, false, operator_days},
    {"GET", "/v1/receipts", ROUTE_OPERATOR, 0, " limit ", NULL, 0, false, operator_receipts},

    {"GET", "/v1/me", ROUTE_READER, 0, "", NULL, 0, false, profile_summary},
    {"GET", "/v1/me/ranking", ROUTE_READER, PITH_MAY_RANK, RANKED, NULL, 0, true, reading_ranking},
    {"GET", "/v1/me/search", ROUTE_READER, PITH_MAY_RANK, " q mine limit explain ", NULL, 0, true, reading_search},
    {"GET", "/v1/me/papers/{id}/why", ROUTE_READER, PITH_MAY_RANK, "", NULL, 0, true, reading_why},
    {"GET", "/v1/me/replay", ROUTE_READER, PITH_MAY_RANK, "", NULL, 0, true, reading_replay},
    {"GET", "/v1/me/votes", ROUTE_READER, PITH_MAY_VOTE, " limit cursor ", NULL, 0, false, votes_list},
    {"POST", "/v1/me/votes", ROUTE_READER, PITH_MAY_VOTE, "", TYPE_JSON, SERVICE_BODY, false, votes_post},
    {"GET", "/v1/me/votes/{id}", ROUTE_READER, PITH_MAY_VOTE, "", NULL, 0, false, votes_get},
    {"PUT", "/v1/me/votes/{id}", ROUTE_READER, PITH_MAY_VOTE, "", TYPE_JSON, SERVICE_BODY, false, votes_put},
    {"DELETE", "/v1/me/votes/{id}", ROUTE_READER, PITH_MAY_VOTE, "", NULL, 0, false, votes_delete},
    {"POST", "/v1/me/comparisons", ROUTE_READER, PITH_MAY_VOTE, "", TYPE_JSON, SERVICE_BODY, false, votes_compare},
    {"POST", "/v1/me/undo", ROUTE_READER, PITH_MAY_VOTE, "", NULL, 0, false, votes_undo},
    {"POST", "/v1/me/redo", ROUTE_READER, PITH_MAY_VOTE, "", NULL, 0, false, votes_redo},
    {"POST", "/v1/me/seeds", ROUTE_READER, PITH_MAY_VOTE, " about ", "", SEEDS, false, seeds_post},
    {"GET", "/v1/me/digest", ROUTE_READER, PITH_MAY_RANK, " date format from to answers reply_to ", NULL, 0, true, digest_get},
    {"GET", "/v1/me/digests", ROUTE_READER, PITH_MAY_RANK, "", NULL, 0, false, digest_list},
    {"PUT", "/v1/me/digests/{date}", ROUTE_READER, PITH_MAY_RANK, "", TYPE_JSON, SERVICE_BODY, false, digest_put},
    {"GET", "/v1/me/settings", ROUTE_READER, PITH_MAY_VOTE, "", NULL, 0, false, digest_settings},
    {"PUT", "/v1/me/settings", ROUTE_READER, PITH_MAY_VOTE, "", TYPE_JSON, SERVICE_BODY, false, digest_put_settings},
    {"GET", "/v1/me/export", ROUTE_READER, PITH_MAY_EXPORT, "", NULL, 0, false, profile_export},
    {"GET", "/v1/me/tokens", ROUTE_READER, PITH_MAY_MANAGE, "", NULL, 0, false, profile_tokens},
    {"POST", "/v1/me/tokens", ROUTE_READER, PITH_MAY_MANAGE, "", TYPE_JSON, SERVICE_BODY, false, profile_add_token},
    {"DELETE", "/v1/me/tokens/{slot}", ROUTE_READER, PITH_MAY_MANAGE, "", NULL, 0, false, profile_revoke_token},

    {"POST", "/v1/replies", ROUTE_COUNTED, 0, "", MAILS, SERVICE_BODY, false, digest_answer},
    {"GET", "/t/{ticket}", ROUTE_PAGE, 0, " m ", NULL, 0, false, page_thumb},
    {"POST", "/t/{ticket}", ROUTE_PAGE, 0, " m ", "", FORM, false, page_record_thumb},
    {"GET", "/t/{ticket}/undo", ROUTE_PAGE, 0, " m ", NULL, 0, false, page_thumb},
    {"POST", "/t/{ticket}/undo", ROUTE_PAGE, 0, " m ", "", FORM, false, page_return_thumb},
    {"GET", "/u/{ticket}", ROUTE_PAGE, 0, "", NULL, 0, false, page_mail},
    {"POST", "/u/{ticket}", ROUTE_PAGE, 0, "", "", FORM, false, page_stop_mail},
    {"GET", "/u/{ticket}/undo", ROUTE_PAGE, 0, "", NULL, 0, false, page_mail},
    {"POST", "/u/{ticket}/undo", ROUTE_PAGE, 0, "", "", FORM, false, page_return_mail},
    {"GET", "/feeds/{token}/atom.xml", ROUTE_FEED, PITH_MAY_RANK, "", NULL, 0, true, feeds_atom},
    {"GET", "/feeds/{token}/feed.json", ROUTE_FEED, PITH_MAY_RANK, "", NULL, 0, true, feeds_json},
    {0},
};

const struct route *route_table(void)
{
    return routes;
}

static bool matches(const char *pattern, const struct target *target, const char **ret_part)
{
    const char *at = pattern + 1, *part = NULL;
    for (size_t i = 0; i < target->segments; i++) {
        size_t length = strcspn(at, "/");
        if (*at == '{' && *target->segment[i])
            part = target->segment[i];
        else if (strlen(target->segment[i]) != length || memcmp(at, target->segment[i], length) != 0)
            return false;
        at += length;
        bool last = i + 1 == target->segments;
        if (last != (*at == '\0'))
            return false;
        at += !last;
    }
    *ret_part = part;
    return target->segments > 0;
}

/* In one table; the methods that others of it take at this address are added to `allow`. */
static const struct route *find(const struct route *route, const struct request *request, const char **ret_part, char allow[64])
{
    for (; route->method; route++) {
        if (!matches(route->pattern, request->target, ret_part))
            continue;
        if (strcmp(route->method, request->method) == 0)
            return route;
        size_t used = strlen(allow);
        snprintf(allow + used, 64 - used, "%s%s", used ? ", " : "",
                 strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method);
    }
    return NULL;
}

const struct route *route_find(const struct request *request, const char **ret_part, char allow[64])
{
    *allow = '\0';
    const struct route *route = find(routes, request, ret_part, allow);
    return route ? route : find(pages_table(), request, ret_part, allow);
}
