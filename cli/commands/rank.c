/* Commands that list papers: in the reader's order, and by words. */
#include "cli/commands/commands.h"
#include "cli/paper_print.h"
#include <pith/json.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 20, REASONS = 8 /* of which the list says some */, REASONS_JSON = 10, LONGEST_QUERY = 1001 };

/* ---- rank ---- */

/* "0.3" or "30%". NULL leaves the number as it is. */
static enum pith_status number_option(const char *name, const char *value, double *number, struct pith_error *reterr)
{
    char *end;
    if (!value)
        return PITH_OK;
    double got = strtod(value, &end);
    if (*end == '%') {
        got /= 100;
        end++;
    }
    if (end == value || *end || !isfinite(got))
        return pith_fail(reterr, PITH_USAGE, "--%s %s is no number", name, value);
    *number = got;
    return PITH_OK;
}

static enum pith_status rank_request(const struct call *call, struct pith_rank_request *request, struct pith_error *reterr)
{
    *request = (struct pith_rank_request){.size = sizeof(struct pith_rank_request),
                                          .first = PITH_NO_DAY,
                                          .last = PITH_NO_DAY,
                                          .all = call->all,
                                          .seen = call->seen,
                                          .limit = LIMIT,
                                          .reasons = call->json ? REASONS_JSON : REASONS,
                                          .remember = true,
                                          .piped = call_is_piped(call),
                                          .unread = call->unread};
    if ((call->date != NULL) + (call->since != NULL) + call->all > 1)
        return pith_fail(reterr, PITH_USAGE, "rank takes one of --date, --since and --all");
    enum pith_status status = PITH_OK;
    if (call->date) {
        status = call_day("date", call->date, &request->first, reterr);
        request->last = request->first;
    }
    if (call->since)
        status = call_day("since", call->since, &request->first, reterr);
    if (!status && call->only)
        status = call_only(call->only, &request->announce, reterr);
    if (!status)
        status = number_option("expect", call->expect, &request->expect, reterr);
    if (!status)
        status = number_option("at-most-unwanted", call->unwanted, &request->unwanted, reterr);
    if (!status)
        status = number_option("diverse", call->diverse, &request->diverse, reterr);
    if ((call->expect || call->unwanted) && !call->limit)
        request->limit = 0; /* they say how long the list is */
    if (!status)
        status = call_limit(call, &request->limit, reterr);
    return status;
}

static void print_heading(const struct call *call, const struct pith_ranking *ranking)
{
    char first[16], last[16];
    terminal_style(&call->terminal, STYLE_BOLD);
    fputs(ranking->first == PITH_NO_DAY ? "on no listing" : pith_day_text(ranking->first, first), stdout);
    if (ranking->first != ranking->last)
        printf(" to %s", pith_day_text(ranking->last, last));
    terminal_style(&call->terminal, STYLE_PLAIN);
    printf("  %zu paper%s", ranking->listed, ranking->listed == 1 ? "" : "s");
    if (ranking->count < ranking->listed)
        printf(", the first %zu", ranking->count);
    if (ranking->learned && ranking->ups + ranking->downs + ranking->pairs == 0)
        printf(", ordered by your seeds");
    else if (ranking->learned)
        printf(", ordered by %zu up, %zu down, %zu comparison%s", ranking->ups, ranking->downs, ranking->pairs,
               ranking->pairs == 1 ? "" : "s");
    putchar('\n');
}

/* One line on what the order is, when it is not yet all it can be. */
static void print_notice(const struct call *call, const struct pith_ranking *ranking, bool has_profile)
{
    if (ranking->probabilities)
        return;
    terminal_style(&call->terminal, STYLE_FAINT);
    if (!has_profile)
        puts("no profile yet, so this is the listing's own order; make one with `pith init`");
    else if (!ranking->learned)
        puts("no votes yet, so this is the listing's own order; vote with `pith up 3` or `pith down 7`");
    else
        printf("percentages come after %d votes with %d of each kind (you have %zu)\n", PITH_CHANCE_VOTES, PITH_CHANCE_EACH,
               ranking->ups + ranking->downs);
    terminal_style(&call->terminal, STYLE_PLAIN);
}

/* What to expect of the list, and of what it leaves out. */
static void print_line(const struct call *call, const struct pith_ranking *ranking)
{
    terminal_style(&call->terminal, STYLE_FAINT);
    if (ranking->probabilities && ranking->count < ranking->listed)
        printf("about %.1f likes are to be expected above, and %.1f among the %zu papers not shown\n", ranking->expected,
               ranking->missed, ranking->listed - ranking->seen - ranking->count);
    if (ranking->seen)
        printf("%zu that you have %s %s left out; %s %s\n", ranking->seen, call->unread ? "voted on or seen before" : "seen before",
               ranking->seen == 1 ? "is" : "are", call->unread ? "--seen, without --unread, shows" : "--seen shows",
               ranking->seen == 1 ? "it" : "them");
    terminal_style(&call->terminal, STYLE_PLAIN);
}

static enum pith_status print_ranking(const struct call *call, const struct pith_ranking *ranking, bool has_profile,
                                      struct paper_style style, struct pith_error *reterr)
{
    style.days = ranking->first != ranking->last;
    if (style.format) /* it says itself what is printed */
        return paper_print_list(call, ranking, &style, reterr);
    print_heading(call, ranking);
    print_notice(call, ranking, has_profile);
    enum pith_status status = paper_print_list(call, ranking, &style, reterr);
    if (status)
        return status;
    if (call->unwanted && !ranking->count)
        puts("your votes cannot vouch for any list as clean as that: allow more, or vote more papers down");
    print_line(call, ranking);
    for (size_t i = 0; i < ranking->shortfalls; i++) {
        terminal_style(&call->terminal, STYLE_FAINT);
        fputs("not all is here: ", stdout);
        terminal_wrapped(&call->terminal, 0, ranking->shortfall[i]);
        terminal_style(&call->terminal, STYLE_PLAIN);
        putchar('\n');
    }
    if (ranking->shortfalls)
        puts("pith update asks again for what is missing");
    return PITH_OK;
}

enum pith_status command_rank(struct call *call, struct pith_error *reterr)
{
    struct pith_rank_request request;
    struct paper_style style;
    enum pith_status status = rank_request(call, &request, reterr);
    if (!status)
        status = paper_style_of(call, &style, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (status)
        return status;
    bool has_profile = false;
    status = call_has_profile(call, &has_profile, reterr);
    if (!status && has_profile)
        status = call_unlock_opened(call, reterr);
    if (status)
        return status;
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    status = pith_rank(call->pith, &request, &ranking, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        call_page(call);
        return print_ranking(call, ranking, has_profile, style, reterr);
    }
    char *json = NULL;
    status = pith_json_ranking(ranking, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* ---- search ---- */

/* The words of the command line as one query: an argument with a blank in it was one phrase. */
static enum pith_status join_query(const struct call *call, char query[LONGEST_QUERY], struct pith_error *reterr)
{
    size_t length = 0;
    for (size_t i = 0; i < call->count; i++) {
        const char *word = call->words[i], *colon = strchr(word, ':');
        bool phrase = call->count > 1 && strchr(word, ' ') && !strchr(word, '"');
        int prefix = phrase && colon && colon < strchr(word, ' ') ? (int)(colon + 1 - word) : 0;
        int put = snprintf(query + length, LONGEST_QUERY - length, "%s%.*s%s%s%s", i ? " " : "", prefix, word, phrase ? "\"" : "",
                           word + prefix, phrase ? "\"" : "");
        length += put > 0 ? (size_t)put : 0;
        if (length >= LONGEST_QUERY)
            return pith_fail(reterr, PITH_USAGE, "the query is longer than %d bytes", LONGEST_QUERY - 1);
    }
    return PITH_OK;
}

static enum pith_status print_matches(const struct call *call, const struct pith_ranking *ranking, struct paper_style style,
                                      struct pith_error *reterr)
{
    style.days = true;
    if (style.format)
        return paper_print_list(call, ranking, &style, reterr);
    terminal_style(&call->terminal, STYLE_BOLD);
    printf("%zu paper%s", ranking->listed, ranking->listed == 1 ? "" : "s");
    terminal_style(&call->terminal, STYLE_PLAIN);
    if (ranking->count < ranking->listed)
        printf(", the first %zu", ranking->count);
    puts(call->mine && ranking->learned ? ", in your order" : ", the most relevant first");
    return paper_print_list(call, ranking, &style, reterr);
}

enum pith_status command_search(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    char query[LONGEST_QUERY];
    bool has_profile = false, unlocked = false;
    struct pith_search_request request = {.size = sizeof request,
                                          .mine = call->mine,
                                          .limit = LIMIT,
                                          .reasons = call->json ? REASONS_JSON : REASONS,
                                          .remember = true,
                                          .piped = call_is_piped(call),
                                          .unread = call->unread};
    struct paper_style style;
    enum pith_status status = join_query(call, query, reterr);
    if (!status)
        status = paper_style_of(call, &style, reterr);
    if (!status)
        status = call_limit(call, &request.limit, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (!status)
        status = call_has_profile(call, &has_profile, reterr);
    if (!status && call->mine)
        status = call_unlock_opened(call, reterr);
    else if (!status && call->unread && has_profile)
        status = call_unlock_opened(call, reterr);
    else if (!status && has_profile)
        status = call_unlock_quietly(call, &unlocked, reterr);
    if (!status)
        status = pith_search(call->pith, query, &request, &ranking, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        call_page(call);
        return print_matches(call, ranking, style, reterr);
    }
    char *json = NULL;
    status = pith_json_ranking(ranking, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}
