/* Commands on one paper: all that is known of it, where it is read, and how its score comes about. */
#include "cli/commands/commands.h"
#include "cli/open_link.h"
#include "cli/paper_print.h"
#include <pith/json.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 20, REASONS = 20 };

/* Opens the home folder and what it takes to find a paper so called: a number is one of the profile's. */
static enum pith_status open_to_find(struct call *call, const char *name, struct pith_error *reterr)
{
    bool has_profile = false, unlocked = false;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = call_has_profile(call, &has_profile, reterr);
    if (status || !has_profile)
        return status;
    return name[strspn(name, "0123456789")] ? call_unlock_quietly(call, &unlocked, reterr) : call_unlock_opened(call, reterr);
}

/* ---- show ---- */

enum pith_status command_show(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *found = NULL;
    PITH_AUTO(pith_ranked_free_p) struct pith_ranked *paper = NULL;
    char *json = NULL;
    bool has_profile = false;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = call_has_profile(call, &has_profile, reterr);
    if (!status && has_profile)
        status = call_unlock_opened(call, reterr);
    if (!status)
        status = call_find(call, call->words[0], &found, reterr);
    if (!status)
        status = pith_show(call->pith, found->item[0].key, REASONS, &paper, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        call_page(call);
        return paper_print_whole(call, paper, reterr);
    }
    status = pith_json_shown(paper, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* ---- open ---- */

static enum pith_status print_opened(const struct call *call, const struct pith_ranked *paper, const char *address,
                                     struct pith_error *reterr)
{
    char *line = NULL;
    const struct pith_json_pair pairs[] = {{"id", paper->id}, {"title", paper->title}, {"opened", address}};
    if (!call->json) {
        fputs("opened ", stdout);
        terminal_text(stdout, address);
        putchar('\n');
        return PITH_OK;
    }
    enum pith_status status = pith_json_line(pairs, sizeof pairs / sizeof *pairs, &line, reterr);
    if (!status)
        call_print_json(line);
    return status;
}

enum pith_status command_open(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *found = NULL;
    PITH_AUTO(pith_ranked_free_p) struct pith_ranked *paper = NULL;
    enum pith_status status = open_to_find(call, call->words[0], reterr);
    if (!status)
        status = call_find(call, call->words[0], &found, reterr);
    if (!status)
        status = pith_show(call->pith, found->item[0].key, 0, &paper, reterr);
    if (status)
        return status;
    const char *address = call->pdf ? paper->facts.pdf : paper->url;
    if (!address || !*address)
        return pith_fail(reterr, PITH_NOT_FOUND, "no %s of \"%.200s\" is known", call->pdf ? "PDF" : "address", paper->title);
    status = open_link(address, false, reterr);
    return status ? status : print_opened(call, paper, address, reterr);
}

/* ---- days ---- */

static void print_days(const struct call *call, const struct pith_listing *listing, size_t count)
{
    static const char names[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* day 0 was a Thursday */
    char day[16];
    for (size_t i = 0; i < count; i++) {
        printf("%s ", pith_day_text(listing[i].day, day));
        terminal_style(&call->terminal, STYLE_FAINT);
        fputs(names[(listing[i].day % 7 + 7) % 7], stdout);
        terminal_style(&call->terminal, STYLE_PLAIN);
        printf("  %zu paper%s\n", listing[i].papers, listing[i].papers == 1 ? "" : "s");
    }
    if (!count)
        puts("no listing is here yet: `pith fetch` or `pith import` brings one in");
}

/* The newest first. */
enum pith_status command_days(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_listing *listings = NULL;
    char *json = NULL;
    size_t limit = 0, count = 0;
    enum pith_status status = call_limit(call, &limit, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (!status)
        status = pith_list_listings(call->pith, &listings, &count, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < count / 2; i++) {
        struct pith_listing early = listings[i];
        listings[i] = listings[count - 1 - i];
        listings[count - 1 - i] = early;
    }
    count = limit && limit < count ? limit : count;
    if (!call->json) {
        call_page(call);
        print_days(call, listings, count);
        return PITH_OK;
    }
    status = pith_json_listings(listings, count, &json, reterr);
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
    paper_print_title(call, paper, 0);
    paper_print_facts(call, paper, true, 0);
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
        call_page(call);
        print_account(call, account, limit);
        return PITH_OK;
    }
    char *json = NULL;
    status = pith_json_account(account, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}
