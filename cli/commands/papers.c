/* Commands on papers: taking them in, putting them in order, and why. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include <pith/json.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 20, REASONS = 4, REASONS_JSON = 10, LONGEST_VALUE = 400, LONGEST_QUERY = 1001 };

/* ---- import ---- */

static const char *name_of(const char *file)
{
    return strcmp(file, "-") == 0 ? "standard input" : file;
}

static void print_problems(const char *file, const struct pith_import_report *report)
{
    for (size_t i = 0; i < report->problems; i++) {
        fputs("pith: ", stderr);
        terminal_text(stderr, name_of(file));
        fprintf(stderr, ":%zu: skipped: ", report->problem[i].line);
        terminal_text(stderr, report->problem[i].reason);
        fputc('\n', stderr);
    }
    if (report->skipped > report->problems)
        fprintf(stderr, "pith: and %zu more records skipped\n", report->skipped - report->problems);
}

static void print_report(const char *file, const struct pith_import_report *report)
{
    char first[16], last[16];
    terminal_text(stdout, name_of(file));
    if (!report->records && !report->skipped) {
        printf(" (%s): no papers: nothing was posted or announced on its days\n", report->format);
        return;
    }
    printf(" (%s): %zu paper%s: %zu new, %zu improved, %zu known", report->format, report->records, report->records == 1 ? "" : "s",
           report->added, report->merged, report->known);
    if (report->skipped)
        printf(", %zu could not be used", report->skipped);
    if (report->first_day != PITH_NO_DAY)
        printf("; listed %s", pith_day_text(report->first_day, first));
    if (report->last_day != report->first_day)
        printf(" to %s", pith_day_text(report->last_day, last));
    putchar('\n');
}

static enum pith_status import_one(struct call *call, const char *file, struct pith_error *reterr)
{
    PITH_AUTO(files_close) struct files_input input = {.file = -1};
    struct pith_import_report report = {0};
    enum pith_status status = files_open(file, &input, reterr);
    if (status)
        return status;
    struct pith_error error;
    status = pith_import_input(call->pith, &input.input, call_today(), &report, &error);
    if (status)
        return pith_fail(reterr, status, "%s: %s", name_of(file), error.message);
    terminal_clear_progress(&call->terminal);
    print_problems(file, &report);
    if (!call->json) {
        print_report(file, &report);
        return call_judge_import(call, name_of(file), &report, reterr);
    }
    char *json = NULL;
    status = pith_json_import(name_of(file), &report, &json, reterr);
    if (!status)
        call_print_json(json);
    return status ? status : call_judge_import(call, name_of(file), &report, reterr);
}

/* As much of a text as fits in a few lines, cut on a character's boundary. */
static void print_value(const char *text, size_t *left)
{
    size_t length = strlen(text), most = length < *left ? length : *left;
    while (most < length && most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
        most--;
    char part[LONGEST_VALUE + 1];
    memcpy(part, text, most);
    part[most] = '\0';
    terminal_text(stdout, part);
    if (most < length)
        fputs(" …", stdout);
    *left -= most < length ? *left : most;
}

static void print_field(const struct pith_field *field)
{
    size_t left = LONGEST_VALUE;
    printf("  %-12s ", field->name);
    for (size_t i = 0; i < field->count && left > 0; i++) {
        fputs(i ? "; " : "", stdout);
        print_value(field->list || *field->value[i] ? field->value[i] : "(none)", &left);
    }
    if (field->list)
        printf(" (%zu)", field->count);
    putchar('\n');
}

static void print_explanation(const char *file, const struct pith_sniffed *sniffed)
{
    terminal_text(stdout, name_of(file));
    printf(": %s (%s): %zu record%s, %zu that cannot be used\n", sniffed->title, sniffed->format, sniffed->records,
           sniffed->records == 1 ? "" : "s", sniffed->skipped);
    if (sniffed->skipped) {
        printf("  %-12s line %zu: ", "first fault", sniffed->fault_line);
        terminal_text(stdout, sniffed->fault);
        putchar('\n');
    }
    for (size_t i = 0; i < sniffed->fields; i++)
        print_field(&sniffed->field[i]);
}

static enum pith_status explain_one(const struct call *call, const char *file, struct pith_error *reterr)
{
    PITH_AUTO(files_close) struct files_input input = {.file = -1};
    PITH_AUTO(pith_sniffed_free_p) struct pith_sniffed *sniffed = NULL;
    char *json = NULL;
    enum pith_status status = files_open(file, &input, reterr);
    if (status)
        return status;
    struct pith_error error;
    status = pith_sniff(&input.input, call_today(), &sniffed, &error);
    if (status)
        return pith_fail(reterr, status, "%s: %s", name_of(file), error.message);
    if (!call->json) {
        print_explanation(file, sniffed);
        return PITH_OK;
    }
    status = pith_json_explanation(name_of(file), sniffed, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* A refused file does not keep the others out; each is reported where it stands, and the command fails in the end. */
enum pith_status command_import(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call->explain ? PITH_OK : call_open(call, true, reterr), worst = PITH_OK;
    if (status)
        return status;
    for (size_t i = 0; i < call->count; i++) {
        struct pith_error error;
        status = call->explain ? explain_one(call, call->words[i], &error) : import_one(call, call->words[i], &error);
        if (!status)
            continue;
        call->told = false;
        call_tell(call, &error, NULL);
        if (!worst || status == PITH_INPUT)
            worst = status;
    }
    return worst;
}

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
                                          .remember = true};
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

static void print_reasons(const struct call *call, const struct pith_ranked *paper, int indent)
{
    size_t column = 0;
    for (size_t i = 0; i < paper->reason_count; i++) {
        const struct pith_reason *reason = &paper->reasons[i];
        if (!pith_reason_is_named(reason))
            continue;
        size_t width = 4 + terminal_columns(reason->label);
        bool full = call->terminal.width && column + width > call->terminal.width;
        if (column == 0 || full) {
            printf("%s%*s", full && column ? "\n" : "", indent, "");
            column = (size_t)indent;
        } else {
            fputs("  ", stdout);
        }
        terminal_style(&call->terminal, reason->contribution < 0 ? STYLE_BAD : STYLE_GOOD);
        fputs(reason->contribution < 0 ? "− " : "+ ", stdout);
        terminal_text(stdout, reason->label);
        terminal_style(&call->terminal, STYLE_PLAIN);
        column += width;
    }
    if (column)
        putchar('\n');
}

static void print_facts(const struct call *call, const struct pith_ranked *paper, bool with_day, int indent)
{
    char day[16];
    printf("%*s", indent, "");
    terminal_style(&call->terminal, STYLE_FAINT);
    terminal_text(stdout, paper->id);
    if (with_day && paper->day != PITH_NO_DAY)
        printf("  %s", pith_day_text(paper->day, day));
    if (paper->upvotes >= 0)
        printf("  %d upvote%s", paper->upvotes, paper->upvotes == 1 ? "" : "s");
    if (paper->announce != PITH_NEW)
        fputs(paper->announce == PITH_CROSS ? "  cross-listed" : "  new version", stdout);
    terminal_style(&call->terminal, STYLE_PLAIN);
    if (paper->withdrawn) {
        terminal_style(&call->terminal, STYLE_BAD);
        fputs("  [withdrawn]", stdout);
        terminal_style(&call->terminal, STYLE_PLAIN);
    }
    if (paper->verdict) {
        terminal_style(&call->terminal, paper->verdict > 0 ? STYLE_GOOD : STYLE_BAD);
        fputs(paper->verdict == PITH_SEED ? "  [seed]" : paper->verdict > 0 ? "  [voted up]" : "  [voted down]", stdout);
        terminal_style(&call->terminal, STYLE_PLAIN);
    }
    putchar('\n');
}

static void print_duplicates(const struct call *call, const struct pith_ranked *paper, int indent)
{
    if (!paper->duplicates)
        return;
    printf("%*s", indent, "");
    terminal_style(&call->terminal, STYLE_FAINT);
    fputs("and under the same title", stdout);
    for (size_t i = 0; i < paper->duplicates; i++) {
        fputs(i ? ", " : " ", stdout);
        terminal_text(stdout, paper->duplicate[i]);
    }
    terminal_style(&call->terminal, STYLE_PLAIN);
    putchar('\n');
}

static void print_title(const struct call *call, const struct pith_ranked *paper, int indent)
{
    terminal_style(&call->terminal, STYLE_BOLD);
    terminal_wrapped(&call->terminal, (size_t)indent, paper->title);
    terminal_style(&call->terminal, STYLE_PLAIN);
    putchar('\n');
}

static int print_percentage(double probability)
{
    char chance[PITH_CHANCE_SIZE];
    return isfinite(probability) ? printf("%4s  ", pith_chance_text(probability, chance)) : 0;
}

static void print_items(const struct call *call, const struct pith_ranking *ranking, bool with_days)
{
    for (size_t i = 0; i < ranking->count; i++) {
        const struct pith_ranked *paper = &ranking->item[i];
        int indent = printf("%4zu  ", paper->rank);
        indent += print_percentage(paper->probability);
        print_title(call, paper, indent);
        print_facts(call, paper, with_days, indent);
        print_reasons(call, paper, indent);
        print_duplicates(call, paper, indent);
    }
}

/* What to expect of the list, and of what it leaves out. */
static void print_line(const struct call *call, const struct pith_ranking *ranking)
{
    terminal_style(&call->terminal, STYLE_FAINT);
    if (ranking->probabilities && ranking->count < ranking->listed)
        printf("about %.1f likes are to be expected above, and %.1f among the %zu papers not shown\n", ranking->expected,
               ranking->missed, ranking->listed - ranking->seen - ranking->count);
    if (ranking->seen)
        printf("%zu that you have seen before %s left out; --seen shows %s\n", ranking->seen, ranking->seen == 1 ? "is" : "are",
               ranking->seen == 1 ? "it" : "them");
    terminal_style(&call->terminal, STYLE_PLAIN);
}

static void print_ranking(const struct call *call, const struct pith_ranking *ranking, bool has_profile)
{
    print_heading(call, ranking);
    print_notice(call, ranking, has_profile);
    print_items(call, ranking, ranking->first != ranking->last);
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
}

enum pith_status command_rank(struct call *call, struct pith_error *reterr)
{
    struct pith_rank_request request;
    enum pith_status status = rank_request(call, &request, reterr);
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
        print_ranking(call, ranking, has_profile);
        return PITH_OK;
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

static void print_matches(const struct call *call, const struct pith_ranking *ranking)
{
    terminal_style(&call->terminal, STYLE_BOLD);
    printf("%zu paper%s", ranking->listed, ranking->listed == 1 ? "" : "s");
    terminal_style(&call->terminal, STYLE_PLAIN);
    if (ranking->count < ranking->listed)
        printf(", the first %zu", ranking->count);
    puts(call->mine && ranking->learned ? ", in your order" : ", the most relevant first");
    print_items(call, ranking, true);
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
                                          .remember = true};
    enum pith_status status = join_query(call, query, reterr);
    if (!status)
        status = call_limit(call, &request.limit, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (!status)
        status = call_has_profile(call, &has_profile, reterr);
    if (!status && call->mine)
        status = call_unlock_opened(call, reterr);
    else if (!status && has_profile)
        status = call_unlock_quietly(call, &unlocked, reterr);
    if (!status)
        status = pith_search(call->pith, query, &request, &ranking, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        print_matches(call, ranking);
        return PITH_OK;
    }
    char *json = NULL;
    status = pith_json_ranking(ranking, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* ---- why ---- */

static void print_contribution(const struct call *call, double contribution)
{
    printf("  ");
    terminal_style(&call->terminal, contribution < 0 ? STYLE_BAD : STYLE_GOOD);
    printf("%+8.3f", contribution);
    terminal_style(&call->terminal, STYLE_PLAIN);
    printf("  ");
}

/* How many of `count` lines to print: a line that sums up the rest must stand for two at least. */
static size_t shown(size_t count, size_t limit)
{
    return limit == 0 || count <= limit + 1 ? count : limit;
}

static void print_rest(const struct call *call, size_t count, double sum)
{
    if (count == 0)
        return;
    print_contribution(call, sum);
    printf("%zu smaller ones (--limit 0 shows all)\n", count);
}

static void print_influences(const struct call *call, const struct pith_account *account, size_t limit)
{
    size_t most = shown(account->influence_count, limit);
    double rest = 0;
    puts("\nWhere that comes from:");
    print_contribution(call, account->prior);
    puts("before any vote of yours");
    for (size_t i = 0; i < account->influence_count; i++) {
        const struct pith_influence *influence = &account->influences[i];
        if (i >= most) {
            rest += influence->contribution;
            continue;
        }
        print_contribution(call, influence->contribution);
        fputs(influence->loser_title ? "pair  " : influence->verdict > 0 ? "up    " : "down  ", stdout);
        terminal_text(stdout, *influence->title ? influence->title : influence->key);
        if (influence->loser_title) {
            fputs("  over  ", stdout);
            terminal_text(stdout, influence->loser_title);
        }
        putchar('\n');
    }
    print_rest(call, account->influence_count - most, rest);
}

static void print_account(const struct call *call, const struct pith_account *account, size_t limit)
{
    const struct pith_ranked *paper = &account->paper;
    print_title(call, paper, 0);
    print_facts(call, paper, true, 0);
    if (!account->learned) {
        puts("no votes yet, so there is nothing to explain; vote with `pith up 3` or `pith down 7`");
        return;
    }
    char chance[PITH_CHANCE_SIZE];
    printf("\nScore %+.3f", paper->score);
    if (isfinite(paper->probability))
        printf(", %s likely to please you", pith_chance_text(paper->probability, chance));
    puts(", the sum of:");
    size_t most = shown(paper->reason_count, limit), hidden = 0;
    double rest = 0;
    for (size_t i = 0; i < paper->reason_count; i++) {
        if (i >= most && strcmp(paper->reasons[i].feature, "base") != 0) {
            rest += paper->reasons[i].contribution;
            hidden++;
            continue;
        }
        print_contribution(call, paper->reasons[i].contribution);
        terminal_text(stdout, paper->reasons[i].label);
        putchar('\n');
    }
    print_rest(call, hidden, rest);
    print_influences(call, account, limit);
}

enum pith_status command_why(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *found = NULL;
    PITH_AUTO(pith_account_free_p) struct pith_account *account = NULL;
    size_t limit = LIMIT;
    enum pith_status status = call_limit(call, &limit, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = call_find(call, call->words[0], &found, reterr);
    if (!status)
        status = pith_why(call->pith, found->item[0].key, &account, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        print_account(call, account, limit);
        return PITH_OK;
    }
    char *json = NULL;
    status = pith_json_account(account, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}
