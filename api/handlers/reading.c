/* What a reader reads: rankings, reasons, searches, the self-test. */
#include "api/routes.h"

#include <pith/json.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL = 20, REASONS = 5, MOST_REASONS = 50 };

static enum pith_status read_announced(struct exchange *exchange, unsigned *announce)
{
    static const char *const names[] = {"new", "cross", "replaced"};
    const char *value = target_parameter(exchange->request->target, "announced");
    for (const char *at = value; at && *at;) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < 3 && (strlen(names[i]) != length || memcmp(names[i], at, length) != 0))
            i++;
        if (i == 3)
            return exchange_refuse(exchange, PROBLEM_UNUSABLE, "announced is to be new, cross, replaced, or several with commas");
        *announce |= 1U << i;
        at += length + (at[length] == ',');
    }
    return PITH_OK;
}

/* `explain`: how many reasons a paper gets, or true or false. */
static enum pith_status read_reasons(struct exchange *exchange, size_t *reasons)
{
    const char *value = target_parameter(exchange->request->target, "explain");
    size_t number = REASONS;
    bool flag = true;
    enum pith_status status = value && strspn(value, "0123456789") == strlen(value)
                                  ? exchange_count(exchange, "explain", 0, MOST_REASONS, &number)
                                  : exchange_flag(exchange, "explain", &flag);
    *reasons = flag ? number : 0;
    return status;
}

static enum pith_status read_request(struct exchange *exchange, struct pith_rank_request *request)
{
    enum pith_status status = exchange_day(exchange, "since", &request->first);
    if (!status)
        status = exchange_day(exchange, "date", &request->last);
    if (!status && request->first != PITH_NO_DAY && request->last != PITH_NO_DAY)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "give date or since, not both");
    if (request->last != PITH_NO_DAY)
        request->first = request->last;
    if (!status)
        status = exchange_number(exchange, "expect", 0, 1000, &request->expect);
    if (!status)
        status = exchange_number(exchange, "diverse", 0, 1, &request->diverse);
    if (!status)
        status = exchange_flag(exchange, "seen", &request->seen);
    if (!status)
        status = read_announced(exchange, &request->announce);
    return status ? status : read_reasons(exchange, &request->reasons);
}

/* Keeps those whose chance is at least that, in place: the others change to the end, to be freed with the rest. */
static size_t keep_likely(struct pith_ranking *ranking, double least)
{
    size_t kept = 0;
    for (size_t i = 0; i < ranking->count; i++)
        if (ranking->item[i].probability >= least) {
            struct pith_ranked other = ranking->item[kept];
            ranking->item[kept++] = ranking->item[i];
            ranking->item[i] = other;
        }
    return kept;
}

enum pith_status reading_ranking(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY};
    struct exchange_page page;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    double least = -1;
    char *json = NULL;
    enum pith_status status = read_request(exchange, &request);
    if (!status)
        status = exchange_number(exchange, "min_probability", 0, 1, &least);
    if (!status)
        status = exchange_page(exchange, USUAL, &page, reterr);
    if (status)
        return status;
    request.limit = least < 0 && request.expect <= 0 ? page.first + page.limit + 1
                                                     : 0; /* one more tells whether the list goes on */
    status = pith_rank(exchange->pith, &request, &ranking, reterr);
    if (status)
        return status;
    if (least >= 0 && !ranking->probabilities)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE,
                               "min_probability needs %d votes with %d of each kind: there are no percentages yet",
                               PITH_CHANCE_VOTES, PITH_CHANCE_EACH);
    size_t first, count = least < 0 ? ranking->count : keep_likely(ranking, least);
    struct pith_ranking shown = *ranking;
    status = exchange_cut(exchange, &page, count, &first, &shown.count, reterr);
    if (status)
        return status;
    shown.item = first ? shown.item + first : shown.item; /* NULL where there is none */
    status = pith_json_ranking(&shown, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status reading_search(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_search_request request = {.size = sizeof request, .limit = USUAL};
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    const char *query = target_parameter(exchange->request->target, "q");
    char *json = NULL;
    if (!query)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "q is missing: the words to search for");
    enum pith_status status = exchange_count(exchange, "limit", 1, EXCHANGE_MOST, &request.limit);
    if (!status)
        status = exchange_flag(exchange, "mine", &request.mine);
    if (!status)
        status = read_reasons(exchange, &request.reasons);
    if (!status)
        status = pith_search(exchange->pith, query, &request, &ranking, reterr);
    if (!status)
        status = pith_json_ranking(ranking, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status reading_why(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *paper = NULL;
    PITH_AUTO(pith_account_free_p) struct pith_account *account = NULL;
    char *json = NULL;
    enum pith_status status = exchange_paper(exchange, &paper, reterr);
    if (!status)
        status = pith_why(exchange->pith, paper->item[0].key, &account, reterr);
    if (!status)
        status = pith_json_account(account, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status reading_replay(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *replay = NULL;
    char *json = NULL;
    enum pith_status status = pith_backtest_votes(exchange->pith, &replay, reterr);
    if (!status)
        status = pith_json_replay(replay, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}
