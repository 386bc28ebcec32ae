/* A reader's votes. */
#include "api/routes.h"

#include <pith/json.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL = 100 };

static const struct exchange_member vote_members[] = {{"vote", EXCHANGE_TEXT, true}, {"date", EXCHANGE_TEXT, false}, {0}};
static const struct exchange_member votes_members[] = {{"votes", EXCHANGE_LIST, true}, {0}};
static const struct exchange_member comparison_members[] = {
    {"winner", EXCHANGE_TEXT, true}, {"loser", EXCHANGE_TEXT, true}, {"date", EXCHANGE_TEXT, false}, {0}};

static enum pith_status read_date(struct exchange *exchange, const json_t *body, int32_t *ret_day)
{
    const char *date = exchange_text(body, "date");
    *ret_day = exchange_today(exchange);
    if (!date || pith_day_from_text(date, ret_day))
        return PITH_OK;
    return exchange_refuse(exchange, PROBLEM_UNUSABLE, "date is to be a day, as YYYY-MM-DD");
}

/* {"recorded": n, "papers": […]} */
static enum pith_status answer_recorded(struct exchange *exchange, size_t recorded, const struct pith_papers *papers,
                                        struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_json_recorded(recorded, papers, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

/* ---- one ---- */

enum pith_status votes_put(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_papers_free_p) struct pith_papers *paper = NULL;
    struct pith_vote vote = {0};
    size_t recorded = 0;
    enum pith_status status = exchange_body(exchange, vote_members, &body);
    if (!status)
        status = read_date(exchange, body, &vote.day);
    if (status)
        return status;
    const char *cast = exchange_text(body, "vote");
    vote.verdict = strcmp(cast, "up") == 0 ? 1 : strcmp(cast, "down") == 0 ? -1 : 0;
    if (!vote.verdict)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "vote is to be up or down; DELETE takes one back");
    status = exchange_paper(exchange, &paper, reterr);
    if (status)
        return status;
    vote.paper = paper->item[0].key;
    status = pith_record(exchange->pith, &vote, 1, &recorded, reterr);
    return status ? status : answer_recorded(exchange, recorded, paper, reterr);
}

/* The vote that stands on the route's paper; PITH_NOT_FOUND for none. The list is the caller's, cut to that one. */
static enum pith_status standing(struct exchange *exchange, struct pith_votes **ret_votes, size_t *ret_place,
                                 struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *paper = NULL;
    enum pith_status status = exchange_paper(exchange, &paper, reterr);
    if (!status)
        status = pith_list_votes(exchange->pith, ret_votes, reterr);
    for (size_t i = 0; !status && i < (*ret_votes)->count; i++)
        if (!(*ret_votes)->item[i].loser && strcmp((*ret_votes)->item[i].key, paper->item[0].key) == 0) {
            *ret_place = i;
            return PITH_OK;
        }
    return status ? status : pith_fail(reterr, PITH_NOT_FOUND, "no vote stands on %s", paper->item[0].id);
}

static const char *verdict_name(int verdict)
{
    return verdict == PITH_SEED ? "seed" : verdict > 0 ? "up" : "down";
}

enum pith_status votes_get(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    size_t place = 0;
    char day[16];
    enum pith_status status = standing(exchange, &votes, &place, reterr);
    if (status)
        return status;
    const struct pith_standing *vote = &votes->item[place];
    return exchange_document(exchange, 200,
                             json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", vote->id, "key", vote->key, "title", vote->title, "vote",
                                       verdict_name(vote->verdict), "date", pith_day_text(vote->day, day)),
                             reterr);
}

enum pith_status votes_delete(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    size_t place = 0;
    enum pith_status status = standing(exchange, &votes, &place, reterr);
    if (status)
        return status;
    const struct pith_vote none = {.paper = votes->item[place].key, .day = exchange_today(exchange)};
    status = pith_record(exchange->pith, &none, 1, NULL, reterr);
    return status ? status : exchange_nothing(exchange);
}

/* ---- many ---- */

struct bad_votes {
    size_t line; /* of the first, 0 for none */
    char reason[400];
};

static void note_bad(void *user, size_t line, const char *reason)
{
    struct bad_votes *bad = user;
    if (bad->line)
        return;
    bad->line = line;
    strncpy(bad->reason, reason, sizeof bad->reason - 1);
}

/* The list as JSON Lines, which is what the engine records all or nothing. */
static enum pith_status write_lines(const json_t *list, char **ret_lines, size_t *ret_length, struct pith_error *reterr)
{
    FILE *to = open_memstream(ret_lines, ret_length);
    if (!to)
        return pith_no_memory(reterr);
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(list); i++)
        good = json_dumpf(json_array_get(list, i), to, JSON_COMPACT | JSON_ENCODE_ANY) == 0 && fputc('\n', to) != EOF;
    return fclose(to) == 0 && good ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status votes_post(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_free_p) char *lines = NULL;
    struct bad_votes bad = {0};
    size_t length = 0, recorded = 0;
    enum pith_status status = exchange_body(exchange, votes_members, &body);
    if (!status)
        status = write_lines(json_object_get(body, "votes"), &lines, &length, reterr);
    const struct pith_lines_request request = {.size = sizeof request,
                                               .bytes = lines,
                                               .length = length,
                                               .today = exchange_today(exchange),
                                               .problem = note_bad,
                                               .user = &bad};
    if (!status)
        status = pith_record_lines(exchange->pith, &request, &recorded, reterr);
    if (status == PITH_INPUT && bad.line)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "/votes/%zu: %s; nothing was recorded", bad.line - 1, bad.reason);
    return status ? status : answer_recorded(exchange, recorded, NULL, reterr);
}

enum pith_status votes_list(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    struct exchange_page page;
    char *json = NULL;
    enum pith_status status = exchange_page(exchange, USUAL, &page, reterr);
    if (!status)
        status = pith_list_votes(exchange->pith, &votes, reterr);
    if (status)
        return status;
    size_t first;
    struct pith_votes shown = *votes;
    status = exchange_cut(exchange, &page, votes->count, &first, &shown.count, reterr);
    if (status)
        return status;
    shown.item = first ? shown.item + first : shown.item; /* NULL where there is none */
    status = pith_json_votes(&shown, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status votes_compare(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(exchange_drop) json_t *body = NULL;
    PITH_AUTO(pith_papers_free_p) struct pith_papers *winner = NULL, *loser = NULL;
    struct pith_vote vote = {0};
    size_t recorded = 0;
    enum pith_status status = exchange_body(exchange, comparison_members, &body);
    if (!status)
        status = read_date(exchange, body, &vote.day);
    if (!status)
        status = pith_identify(exchange->pith, exchange_text(body, "winner"), &winner, reterr);
    if (!status)
        status = pith_identify(exchange->pith, exchange_text(body, "loser"), &loser, reterr);
    if (status)
        return status;
    vote.paper = winner->item[0].key;
    vote.loser = loser->item[0].key;
    status = pith_record(exchange->pith, &vote, 1, &recorded, reterr);
    return status ? status : answer_recorded(exchange, recorded, NULL, reterr);
}

enum pith_status votes_undo(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    char *json = NULL;
    enum pith_status status = pith_undo(exchange->pith, &undone, reterr);
    if (!status)
        status = pith_json_votes(undone, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status votes_redo(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *redone = NULL;
    char *json = NULL;
    enum pith_status status = pith_redo(exchange->pith, &redone, reterr);
    if (!status)
        status = pith_json_votes(redone, &json, reterr);
    return status ? status : exchange_json(exchange, 200, json);
}
