/* Commands on sources: fetching what they announce, and what came of it. */
#include "cli/commands/commands.h"
#include <pith/json.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECEIPTS = 20 };

static int64_t clock_now(void *user)
{
    struct timespec time;
    (void)user;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* A person at a terminal is told why nothing happens. */
static void clock_sleep(void *user, int64_t milliseconds)
{
    struct call *call = user;
    struct timespec wait = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    if (milliseconds > 2000)
        terminal_progress(&call->terminal, "waiting, as a guest does: seconds", (size_t)(milliseconds / 1000), 0);
    while (nanosleep(&wait, &wait) != 0 && errno == EINTR)
        continue;
    terminal_clear_progress(&call->terminal);
}

static void print_receipt(const struct call *call, const struct pith_receipt *receipt)
{
    char first[16], last[16];
    terminal_style(&call->terminal, STYLE_BOLD);
    terminal_text(stdout, receipt->source);
    terminal_style(&call->terminal, STYLE_PLAIN);
    if (receipt->unchanged)
        printf(": unchanged since the last run");
    else
        printf(": %zu announced, %zu fetched, %zu new, %zu merged, %zu hidden, %zu failed", receipt->announced, receipt->fetched,
               receipt->added, receipt->merged, receipt->hidden, receipt->failed);
    if (receipt->fetched && receipt->first != PITH_NO_DAY)
        printf("; listed %s", pith_day_text(receipt->first, first));
    if (receipt->fetched && receipt->last != receipt->first)
        printf(" to %s", pith_day_text(receipt->last, last));
    putchar('\n');
    if (*receipt->note) {
        fputs("  ", stdout);
        terminal_text(stdout, receipt->note);
        putchar('\n');
    }
    if (*receipt->failure) {
        terminal_style(&call->terminal, STYLE_BAD);
        fputs(receipt->failed && !receipt->fetched ? "  failed: " : "  cut short: ", stdout);
        terminal_text(stdout, receipt->failure);
        terminal_style(&call->terminal, STYLE_PLAIN);
        putchar('\n');
    }
}

/* One source; a run that was cut short counts as failed, though what came is kept. */
static enum pith_status fetch_one(struct call *call, const struct config *config, const struct config_source *source,
                                  const char *from, struct pith_receipt *receipt, struct pith_error *reterr)
{
    const struct pith_clock clock = {clock_now, clock_sleep, call};
    struct pith_fetch_request request = {.size = sizeof request,
                                         .source = source ? source->from : from,
                                         .name = source ? source->name : from,
                                         .contact = config->contact,
                                         .mirror = source ? source->mirror : NULL,
                                         .local = source && source->local,
                                         .time = call_now(),
                                         .today = call_today(),
                                         .since = PITH_NO_DAY,
                                         .clock = &clock};
    const char *only = call->only ? call->only : source ? source->only : NULL;
    enum pith_status status = only ? call_only(only, &request.announce, reterr) : PITH_OK;
    if (!status && call->since)
        status = call_day("since", call->since, &request.since, reterr);
    if (!status)
        status = pith_fetch(call->pith, &request, receipt, reterr);
    if (status)
        return status;
    if (!call->json)
        print_receipt(call, receipt);
    bool unusable = receipt->failed && !receipt->fetched; /* what came, not the way here */
    return *receipt->failure ? pith_fail(reterr, unusable ? PITH_INPUT : PITH_IO, "%s: %s", receipt->source, receipt->failure)
                             : PITH_OK;
}

static enum pith_status print_receipts(const struct pith_receipts *receipts, struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_json_receipts(receipts, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* Sources one after the other: one that fails costs none of the others, and the command fails in the end. */
static enum pith_status fetch_each(struct call *call, const struct config *config, const char *const *names, size_t count,
                                   struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_receipt *receipt = pith_calloc(count, sizeof *receipt);
    struct pith_receipts receipts = {.item = receipt};
    enum pith_status worst = PITH_OK;
    if (!receipt)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++) {
        struct pith_error error;
        const struct config_source *source = config_source(config, names[i]);
        enum pith_status status = fetch_one(call, config, source, names[i], &receipt[receipts.count], &error);
        if (!status || *receipt[receipts.count].failure) {
            receipts.count++;
        } else {
            call->told = false;
            call_tell(call, &error, NULL);
        }
        if (status && !worst) {
            worst = status;
            *reterr = error;
        }
    }
    if (call->json && receipts.count) {
        enum pith_status status = print_receipts(&receipts, reterr);
        worst = worst ? worst : status;
    }
    call->told = worst != PITH_OK; /* each where it stands: in its receipt, or above */
    return worst;
}

enum pith_status command_fetch(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    enum pith_status status = call_config(call, &config, reterr);
    if (!status)
        status = call_open(call, true, reterr);
    return status ? status : fetch_each(call, config, call->words, call->count, reterr);
}

enum pith_status command_update(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    PITH_AUTO(pith_free_p) const char **names = NULL;
    enum pith_status status = call_config(call, &config, reterr);
    if (!status && !config->sources)
        status = pith_fail(reterr, PITH_USAGE,
                           "no source is configured: `pith config set source.morning.from arxiv:cs.LG` sets one up");
    if (status)
        return status;
    names = pith_calloc(config->sources, sizeof *names);
    if (!names)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < config->sources; i++)
        names[i] = config->source[i].name;
    status = call_open(call, true, reterr);
    return status ? status : fetch_each(call, config, names, config->sources, reterr);
}

static void print_time(int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm local;
    char text[32] = "";
    if (localtime_r(&time, &local))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M  ", &local);
    fputs(text, stdout);
}

enum pith_status command_receipts(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_receipts_free_p) struct pith_receipts *receipts = NULL;
    size_t limit = RECEIPTS;
    enum pith_status status = call_limit(call, &limit, reterr);
    if (!status)
        status = call_open(call, false, reterr);
    if (!status)
        status = pith_list_receipts(call->pith, limit ? limit : 10000, &receipts, reterr);
    if (status)
        return status;
    if (call->json)
        return print_receipts(receipts, reterr);
    for (size_t i = 0; i < receipts->count; i++) {
        print_time(receipts->item[i].time);
        print_receipt(call, &receipts->item[i]);
    }
    if (!receipts->count)
        puts("nothing was fetched yet");
    return PITH_OK;
}
