/* Commands on the reader's votes. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/paper_print.h"
#include <pith/json.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REASONS = 8 };

static void free_found(struct pith_papers **found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pith_papers_free_p(&found[i]);
    free(found);
}

/* Finds each word's paper, all before anything is recorded. */
static enum pith_status find_each(struct call *call, const char **words, size_t count, struct pith_papers ***ret_found,
                                  struct pith_error *reterr)
{
    struct pith_papers **found = pith_calloc(count, sizeof *found);
    if (!found)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        enum pith_status status = call_find(call, words[i], &found[i], reterr);
        if (status) {
            free_found(found, count);
            return status;
        }
    }
    *ret_found = found;
    return PITH_OK;
}

/* Borrows the found papers into one list. */
static enum pith_status print_recorded_json(struct pith_papers **found, size_t count, size_t recorded, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_paper *items = pith_calloc(count, sizeof *items);
    if (!items)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        items[i] = found[i]->item[0];
    char *json = NULL;
    enum pith_status status = pith_json_recorded(recorded, &(struct pith_papers){.item = items, .count = count}, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static void print_mark(const struct call *call, int verdict)
{
    static const char *const words[] = {"down ", "none ", "up   ", "seed ", "done ", "later "}; /* from -1 on */
    bool thumb = verdict == 1 || verdict == PITH_SEED;
    terminal_style(&call->terminal, thumb ? STYLE_GOOD : verdict < 0 ? STYLE_BAD : STYLE_FAINT);
    fputs(words[verdict + 1], stdout);
    terminal_style(&call->terminal, STYLE_PLAIN);
}

static void print_named(const char *id, const char *title)
{
    const char *name = paper_name(id);
    terminal_text(stdout, name);
    if (title && *title) {
        fputs(*name ? "  " : "", stdout);
        terminal_text(stdout, title);
    } else if (!*name) {
        fputs("a paper that is not in this store", stdout);
    }
}

static void print_voted(const struct call *call, struct pith_papers **found, size_t count, int verdict, size_t recorded)
{
    for (size_t i = 0; i < count; i++) {
        print_mark(call, verdict);
        print_named(found[i]->item[0].id, found[i]->item[0].title);
        putchar('\n');
    }
    if (recorded < count)
        printf("%zu of %zu stood already\n", count - recorded, count);
}

/* Records the votes; with --post they are left in the inbox, sealed to the profile, which stays locked. */
static enum pith_status record(struct call *call, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                               struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (!call->post)
        return pith_record(call->pith, votes, count, ret_recorded, reterr);
    for (size_t i = 0; !status && i < count; i++)
        status = pith_post(call->pith, &votes[i], NULL, reterr);
    *ret_recorded = count;
    return status;
}

static enum pith_status open_for_votes(struct call *call, struct pith_error *reterr)
{
    return call->post ? call_open(call, false, reterr) : call_unlock(call, reterr);
}

static enum pith_status record_thumbs(struct call *call, struct pith_papers **found, int verdict, struct pith_error *reterr)
{
    size_t count = call->count, recorded = 0;
    PITH_AUTO(pith_free_p) struct pith_vote *votes = pith_calloc(count, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        votes[i] = (struct pith_vote){.paper = found[i]->item[0].key, .verdict = verdict, .day = call_today()};
    enum pith_status status = record(call, votes, count, &recorded, reterr);
    if (status)
        return status;
    if (call->json)
        return print_recorded_json(found, count, recorded, reterr);
    print_voted(call, found, count, verdict, recorded);
    return PITH_OK;
}

static enum pith_status thumbs(struct call *call, int verdict, struct pith_error *reterr)
{
    enum pith_status status = open_for_votes(call, reterr);
    if (status)
        return status;
    struct pith_papers **found = NULL;
    status = find_each(call, call->words, call->count, &found, reterr);
    if (status)
        return status;
    status = record_thumbs(call, found, verdict, reterr);
    free_found(found, call->count);
    return status;
}

enum pith_status command_up(struct call *call, struct pith_error *reterr)
{
    return thumbs(call, 1, reterr);
}

enum pith_status command_down(struct call *call, struct pith_error *reterr)
{
    return thumbs(call, -1, reterr);
}

/* On the reading list, or with --done off it. */
enum pith_status command_later(struct call *call, struct pith_error *reterr)
{
    return thumbs(call, call->done ? PITH_DONE : PITH_LATER, reterr);
}

/* The last of `found` lost to each of the others. */
static enum pith_status record_comparisons(struct call *call, struct pith_papers **found, size_t count, struct pith_error *reterr)
{
    size_t winners = count - 1, recorded = 0;
    PITH_AUTO(pith_free_p) struct pith_vote *votes = pith_calloc(winners, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    const struct pith_paper *loser = &found[winners]->item[0];
    for (size_t i = 0; i < winners; i++)
        votes[i] = (struct pith_vote){.paper = found[i]->item[0].key, .loser = loser->key, .day = call_today()};
    enum pith_status status = record(call, votes, winners, &recorded, reterr);
    if (status)
        return status;
    if (call->json)
        return print_recorded_json(found, count, recorded, reterr);
    for (size_t i = 0; i < winners; i++) {
        print_named(found[i]->item[0].id, found[i]->item[0].title);
        fputs("\n  over ", stdout);
        print_named(loser->id, loser->title);
        putchar('\n');
    }
    if (recorded < winners)
        printf("%zu of %zu stood already\n", winners - recorded, winners);
    return PITH_OK;
}

enum pith_status command_prefer(struct call *call, struct pith_error *reterr)
{
    size_t count = call->count;
    if (strcmp(call->words[count - 2], "over") != 0)
        return pith_fail(reterr, PITH_USAGE, "prefer needs the word \"over\" before the last paper: pith prefer 2 5 over 1");
    enum pith_status status = open_for_votes(call, reterr);
    if (status)
        return status;
    call->words[count - 2] = call->words[count - 1];
    struct pith_papers **found = NULL;
    status = find_each(call, call->words, count - 1, &found, reterr);
    if (status)
        return status;
    status = record_comparisons(call, found, count - 1, reterr);
    free_found(found, count - 1);
    return status;
}

static void print_votes(const struct call *call, const struct pith_votes *votes)
{
    for (size_t i = 0; i < votes->count; i++) {
        const struct pith_standing *vote = &votes->item[i];
        char day[16];
        terminal_style(&call->terminal, STYLE_FAINT);
        printf("%-10s  ", pith_day_text(vote->day, day));
        terminal_style(&call->terminal, STYLE_PLAIN);
        if (vote->loser)
            fputs("pair ", stdout);
        else
            print_mark(call, vote->verdict);
        print_named(vote->id, vote->title);
        if (vote->loser) {
            fputs("\n            over ", stdout);
            print_named(vote->loser_id, vote->loser_title);
        }
        putchar('\n');
    }
}

static enum pith_status show_votes(const struct call *call, const struct pith_votes *votes, struct pith_error *reterr)
{
    char *json = NULL;
    if (!call->json) {
        print_votes(call, votes);
        return PITH_OK;
    }
    enum pith_status status = pith_json_votes(votes, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* What one command recorded may be a whole library: the person is shown it first. */
static enum pith_status agree_to_undo(const struct call *call, const struct pith_votes *last, struct pith_error *reterr)
{
    char question[120];
    if (!call->json) {
        puts("This would be taken back:");
        print_votes(call, last);
        fflush(stdout);
    }
    snprintf(question, sizeof question, "Take these %zu votes back?", last->count);
    return terminal_agree(question, "--yes", reterr);
}

enum pith_status command_undo(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *last = NULL, *undone = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_last_change(call->pith, &last, reterr);
    if (!status && last->count > 1 && !call->yes)
        status = agree_to_undo(call, last, reterr);
    if (!status)
        status = pith_undo(call->pith, &undone, reterr);
    if (status)
        return status;
    if (!call->json)
        puts("Taken back (pith redo brings it back):");
    return show_votes(call, undone, reterr);
}

enum pith_status command_redo(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *redone = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_redo(call->pith, &redone, reterr);
    if (status)
        return status;
    if (!call->json)
        puts("Brought back:");
    return show_votes(call, redone, reterr);
}

static void print_counts(const struct pith_votes *votes)
{
    printf("%zu up, %zu down, %zu comparison%s", votes->ups, votes->downs, votes->pairs, votes->pairs == 1 ? "" : "s");
    if (votes->seeds)
        printf(", %zu seed%s", votes->seeds, votes->seeds == 1 ? "" : "s");
    putchar('\n');
}

enum pith_status command_votes(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_list_votes(call->pith, &votes, reterr);
    if (status)
        return status;
    call_page(call);
    status = show_votes(call, votes, reterr);
    if (!status && !call->json)
        print_counts(votes);
    return status;
}

static enum pith_status bibliography_format(const char *name, enum pith_bibliography *ret_format, struct pith_error *reterr)
{
    static const char *const names[] = {
        [PITH_BIBTEX] = "bibtex", [PITH_RIS] = "ris", [PITH_CSL_JSON] = "csl-json", [PITH_JSONL] = "jsonl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) {
            *ret_format = (enum pith_bibliography)i;
            return PITH_OK;
        }
    return pith_fail(reterr, PITH_USAGE, "--format %s: bibtex, ris, csl-json or jsonl is expected", name);
}

/* The reading list as papers to read. */
static enum pith_status list_later(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    struct paper_style style = {.abstracts = call->abstracts, .oneline = call->oneline, .days = true};
    struct pith_search_request request = {
        .size = sizeof request, .mine = call->mine, .reasons = REASONS, .remember = true, .piped = call_is_piped(call)};
    char *json = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_rank_later(call->pith, &request, &ranking, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        call_page(call);
        return paper_print_list(call, ranking, &style, reterr);
    }
    status = pith_json_ranking(ranking, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static enum pith_status check_list(const struct call *call, struct pith_error *reterr)
{
    bool file = call->format || call->output;
    if (call->later && (call->ups || call->downs))
        return pith_fail(reterr, PITH_USAGE, "list takes --later, or --ups and --downs");
    if (call->abstracts && call->oneline)
        return pith_fail(reterr, PITH_USAGE, "give one of --abstracts and --oneline");
    if ((call->abstracts || call->oneline || call->mine) && (!call->later || file))
        return pith_fail(reterr, PITH_USAGE,
                         "--abstracts, --oneline and --mine are for list --later without --format and --output");
    return PITH_OK;
}

enum pith_status command_list(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    enum pith_bibliography format = PITH_BIBTEX;
    size_t missing = 0;
    int verdict = call->later ? PITH_LATER : call->ups == call->downs ? (call->ups ? 0 : 1) : call->ups ? 1 : -1;
    enum pith_status status = check_list(call, reterr);
    if (!status && call->later && !call->format && !call->output)
        return list_later(call, reterr);
    if (!status && call->format)
        status = bibliography_format(call->format, &format, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_write_bibliography(call->pith, verdict, format, &text, &missing, reterr);
    if (status)
        return status;
    if (missing)
        fprintf(stderr, "pith: %zu voted paper%s not in this store and left out\n", missing, missing == 1 ? " is" : "s are");
    if (call->output && strcmp(call->output, "-") != 0)
        return files_write_private(call->output, text, strlen(text), call->force, reterr);
    fputs(text, stdout);
    return PITH_OK;
}

static void print_bad_line(void *user, size_t line, const char *reason)
{
    const struct call *call = user;
    fputs("pith: ", stderr);
    terminal_text(stderr, strcmp(call->from, "-") == 0 ? "standard input" : call->from);
    fprintf(stderr, ":%zu: ", line);
    terminal_text(stderr, reason);
    fputc('\n', stderr);
}

/* ---- answers to a digest ---- */

static void print_reply(const struct call *call, const struct pith_reply *reply)
{
    char day[16];
    if (reply->known)
        printf("this mail came before: nothing was changed\n");
    printf("digest of %s\n", pith_day_text(reply->day, day));
    for (size_t i = 0; i < reply->votes; i++) {
        print_mark(call, reply->vote[i].verdict);
        printf("%u\n", reply->vote[i].number);
    }
}

/* The mail's ticket names the reader, and its votes are left in the sealed inbox: nothing is unlocked. */
static enum pith_status vote_from_mail(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *mail = NULL;
    struct pith_reply reply;
    char *json = NULL;
    size_t length = 0;
    enum pith_status status = files_read(call->from_mail, &mail, &length, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (!status)
        status = pith_post_reply(call->pith, mail, length, call_utc_today(), &reply, reterr);
    if (status)
        return status;
    if (!call->json) {
        print_reply(call, &reply);
        return PITH_OK;
    }
    status = pith_json_reply(&reply, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

enum pith_status command_vote(struct call *call, struct pith_error *reterr)
{
    if (!call->from == !call->from_mail)
        return pith_fail(
            reterr, PITH_USAGE,
            "vote needs --from FILE (JSON Lines of votes) or --from-mail FILE (an answer to a digest); - for standard input");
    if (call->from_mail)
        return vote_from_mail(call, reterr);
    PITH_AUTO(pith_free_p) char *lines = NULL;
    size_t length = 0, recorded = 0;
    enum pith_status status = files_read(call->from, &lines, &length, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    const struct pith_lines_request request = {
        .size = sizeof request, .bytes = lines, .length = length, .today = call_today(), .problem = print_bad_line, .user = call};
    if (!status)
        status = pith_record_lines(call->pith, &request, &recorded, reterr);
    if (status)
        return status;
    if (!call->json) {
        printf("%zu vote%s recorded\n", recorded, recorded == 1 ? "" : "s");
        return PITH_OK;
    }
    char *json = NULL;
    status = pith_json_recorded(recorded, NULL, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* ---- seeds ---- */

static enum pith_status print_seeded(const struct call *call, const char *what, const struct pith_seed_report *report,
                                     struct pith_error *reterr)
{
    char *json = NULL;
    if (call->json) {
        enum pith_status status = pith_json_seeded(what, report, &json, reterr);
        if (!status)
            call_print_json(json);
        return status;
    }
    terminal_text(stdout, what);
    printf(": %zu taken as liked", report->seeded);
    if (report->standing)
        printf(", %zu voted on or taken already", report->standing);
    if (report->unknown)
        printf(", %zu not in the store", report->unknown);
    if (report->import.skipped)
        printf(", %zu could not be used", report->import.skipped);
    putchar('\n');
    return PITH_OK;
}

static enum pith_status seed_file(struct call *call, const char *name, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *bytes = NULL;
    size_t length = 0;
    struct pith_seed_report report;
    struct pith_error error;
    enum pith_status status = files_read(name, &bytes, &length, reterr);
    if (status)
        return status;
    status = pith_seed_file(call->pith, bytes, length, call->about, call_today(), &report, &error);
    if (status)
        return pith_fail(reterr, status, "%s: %s", name, error.message);
    terminal_clear_progress(&call->terminal);
    for (size_t i = 0; i < report.import.problems; i++) {
        fputs("pith: ", stderr);
        terminal_text(stderr, name);
        fprintf(stderr, ":%zu: skipped: ", report.import.problem[i].line);
        terminal_text(stderr, report.import.problem[i].reason);
        fputc('\n', stderr);
    }
    status = print_seeded(call, name, &report, reterr);
    return status ? status : call_judge_import(call, name, &report.import, reterr);
}

static enum pith_status seed_paper(struct call *call, const char *name, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *found = NULL;
    struct pith_seed_report report = {0};
    enum pith_status status = call_find(call, name, &found, reterr);
    if (status)
        return status;
    struct pith_vote vote = {.paper = found->item[0].key, .verdict = PITH_SEED, .day = call_today()};
    status = pith_record(call->pith, &vote, 1, &report.seeded, reterr);
    report.standing = 1 - report.seeded;
    return status ? status : print_seeded(call, found->item[0].title, &report, reterr);
}

static enum pith_status seed_words(struct call *call, const char *words, struct pith_error *reterr)
{
    bool seeded = false;
    enum pith_status status = pith_seed_words(call->pith, words, call_today(), &seeded, reterr);
    struct pith_seed_report report = {.seeded = seeded, .standing = !seeded};
    return status ? status : print_seeded(call, words, &report, reterr);
}

/* Every seed that stands is taken back, as one change. */
static enum pith_status forget_seeds(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    PITH_AUTO(pith_free_p) struct pith_vote *change = NULL;
    size_t count = 0;
    enum pith_status status = pith_list_votes(call->pith, &votes, reterr);
    if (status)
        return status;
    change = pith_calloc(votes->count, sizeof *change);
    if (!change)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < votes->count; i++)
        if (!votes->item[i].loser && votes->item[i].verdict == PITH_SEED)
            change[count++] = (struct pith_vote){.paper = votes->item[i].key, .day = call_today()};
    status = pith_record(call->pith, change, count, NULL, reterr);
    if (!status && !call->json)
        printf("%zu seed%s forgotten\n", count, count == 1 ? "" : "s");
    return status;
}

/* An argument is a file that is there, else words when there is a blank in it, else the name of a paper. */
enum pith_status command_seed(struct call *call, struct pith_error *reterr)
{
    if (call->forget == (call->count > 0))
        return pith_fail(reterr, PITH_USAGE, "seed takes files, papers or \"words about an interest\"; or --forget alone");
    enum pith_status status = call_unlock(call, reterr);
    if (!status && call->forget)
        return forget_seeds(call, reterr);
    for (size_t i = 0; !status && i < call->count; i++) {
        const char *word = call->words[i];
        if (strcmp(word, "-") == 0 || access(word, F_OK) == 0)
            status = seed_file(call, word, reterr);
        else
            status = strchr(word, ' ') ? seed_words(call, word, reterr) : seed_paper(call, word, reterr);
    }
    return status;
}
