#include "cli/next.h"

#include <pith/json.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SENTENCE = 400, WEEK = 7 };

/* What can be known without asking for anything. */
struct known {
    const struct config *config;
    struct pith_summary summary; /* all 0 while there is no home */
    bool home, codes;            /* codes: some profile has a recovery code */
    struct pith_receipt failed;  /* the newest run of a source that failed; its source "" for none */
    int32_t today;
    bool mailed; /* today's digest is sent or wants no sending; true while that is not known */
};

struct advice {
    char what[SENTENCE];
    const char *command;
};

static int weekday(int32_t day)
{
    return (int)(((day % WEEK) + WEEK + 4) % WEEK); /* 0: Sunday; 1970-01-01 was a Thursday */
}

/* "Friday" of the last days, else "26 May". */
static const char *say_day(int32_t day, int32_t today, char text[32])
{
    time_t seconds = (time_t)day * 86400;
    struct tm civil = {0};
    gmtime_r(&seconds, &civil);
    strftime(text, 32, today - day < WEEK ? "%A" : today - day < 300 ? "%e %B" : "%e %B %Y", &civil);
    return text + (*text == ' ');
}

/* The last day on which a listing is to be expected: sources announce on the days of the working week. */
static int32_t expected_day(int32_t today)
{
    int day = weekday(today);
    return day == 0 ? today - 2 : day == 6 ? today - 1 : today;
}

/* ---- what may be missing, in the order in which it is done ---- */

static bool no_profile(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "There is no profile yet");
    advice->command = known->config->there ? "pith init" : "pith setup";
    return !known->home || known->summary.readers == 0;
}

static bool no_source(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "No source of papers is set");
    advice->command = "pith setup";
    return known->summary.readers > 0 && !known->config->sources && known->summary.papers == 0;
}

static bool no_papers(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "No listing has come yet");
    advice->command = "pith update";
    return known->config->sources && known->summary.last_day == PITH_NO_DAY;
}

static bool source_failed(const struct known *known, struct advice *advice)
{
    size_t length = strlen(known->failed.failure);
    while (length && strchr(".!", known->failed.failure[length - 1]))
        length--;
    snprintf(advice->what, SENTENCE, "%.80s failed (%.*s)", known->failed.source, (int)(length < 200 ? length : 200),
             known->failed.failure);
    advice->command = "pith update";
    return *known->failed.source;
}

static bool old_listing(const struct known *known, struct advice *advice)
{
    char day[32];
    bool old = known->summary.last_day != PITH_NO_DAY && known->summary.last_day < expected_day(known->today);
    if (old)
        snprintf(advice->what, SENTENCE, "No listing since %s", say_day(known->summary.last_day, known->today, day));
    advice->command = known->config->sources ? "pith update" : "pith import FILE, or pith setup to fetch";
    return old && !*known->failed.source;
}

static bool no_code(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "A lost passphrase could not be recovered");
    advice->command = "pith key add recovery";
    return known->summary.readers > 0 && !known->codes;
}

static bool no_reader_named(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "%d readers are here, and none is named", (int)known->summary.readers);
    advice->command = "pith config set pith.reader NAME";
    return known->summary.readers > 1 && !known->summary.has_profile && !known->summary.unlocked &&
           !known->config->mailing->readers;
}

static bool few_votes(const struct known *known, struct advice *advice)
{
    size_t votes = known->summary.ups + known->summary.downs;
    snprintf(advice->what, SENTENCE, "%zu vote%s so far, and chances are shown from %d on", votes, votes == 1 ? "" : "s",
             (int)PITH_CHANCE_VOTES);
    advice->command = "pith rank, then pith up or pith down";
    return known->summary.unlocked && known->summary.papers > 0 && votes < PITH_CHANCE_VOTES;
}

static bool not_mailed(const struct known *known, struct advice *advice)
{
    snprintf(advice->what, SENTENCE, "Today's digest is not sent");
    advice->command = "pith digest --send";
    return !known->mailed;
}

/* ---- looking ---- */

/* Of each source the newest run counts: once it answers again, nothing is to be done. */
static enum pith_status find_failure(struct call *call, struct known *known, struct pith_error *reterr)
{
    PITH_AUTO(pith_receipts_free_p) struct pith_receipts *receipts = NULL;
    enum pith_status status = pith_list_receipts(call->pith, 100, &receipts, reterr);
    for (size_t i = 0; !status && i < receipts->count && !*known->failed.source; i++) {
        bool newer = false;
        for (size_t k = 0; k < i; k++)
            newer = newer || strcmp(receipts->item[k].source, receipts->item[i].source) == 0;
        if (!newer && *receipts->item[i].failure)
            known->failed = receipts->item[i];
    }
    return status;
}

static enum pith_status find_codes(struct call *call, struct known *known, struct pith_error *reterr)
{
    PITH_AUTO(pith_readers_free_p) struct pith_readers *readers = NULL;
    enum pith_status status = pith_list_readers(call->pith, &readers, reterr);
    for (size_t i = 0; !status && i < readers->count; i++)
        known->codes = known->codes || readers->item[i].codes > 0;
    return status;
}

static enum pith_status find_mailed(struct call *call, struct known *known, struct pith_error *reterr)
{
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    struct pith_settings settings;
    size_t count = 0;
    if (!known->summary.unlocked || (!known->config->mailing->to && !known->config->mailing->maildir))
        return PITH_OK;
    enum pith_status status = pith_get_settings(call->pith, &settings, reterr);
    if (!status)
        status = pith_list_digests(call->pith, days, &count, reterr);
    known->mailed = status || !settings.mail;
    for (size_t i = 0; i < count; i++)
        known->mailed = known->mailed || (days[i].day == call_utc_today() && days[i].state == PITH_DIGEST_SENT);
    return status;
}

static enum pith_status look(struct call *call, struct known *known, struct pith_error *reterr)
{
    bool has = false, unlocked = false;
    struct pith_error error;
    enum pith_status status = call_open(call, false, &error);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    if (status)
        return pith_fail(reterr, status, "%s", error.message);
    known->home = true;
    if (call_has_profile(call, &has, NULL) == PITH_OK && has) /* of several readers none may be meant */
        status = call_unlock_quietly(call, &unlocked, reterr);
    if (!status)
        status = pith_summarise(call->pith, &known->summary, reterr);
    if (!status)
        status = find_failure(call, known, reterr);
    if (!status)
        status = find_codes(call, known, reterr);
    return status ? status : find_mailed(call, known, reterr);
}

/* ---- saying ---- */

static enum pith_status print(struct call *call, const struct advice *advice, struct pith_error *reterr)
{
    char *json = NULL;
    if (!call->json) {
        terminal_text(stdout, advice->what);
        fputs(": ", stdout);
        terminal_style(&call->terminal, STYLE_BOLD);
        puts(advice->command);
        terminal_style(&call->terminal, STYLE_PLAIN);
        return PITH_OK;
    }
    const struct pith_json_pair pairs[] = {{"what", advice->what}, {"do", advice->command}};
    enum pith_status status = pith_json_line(pairs, 2, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static void nothing_missing(const struct known *known, struct advice *advice)
{
    char day[32];
    snprintf(advice->what, SENTENCE, "Nothing is missing. The newest listing is of %s",
             say_day(known->summary.last_day, known->today, day));
    advice->command = "pith rank";
}

enum pith_status next_print(struct call *call, struct pith_error *reterr)
{
    static bool (*const missing[])(const struct known *known, struct advice *advice) = {
        no_profile, no_source, no_papers, source_failed, old_listing, no_code, no_reader_named, few_votes, not_mailed};
    struct known known = {.today = call_today(), .mailed = true, .summary.last_day = PITH_NO_DAY};
    struct advice advice = {0};
    size_t count = 0;
    enum pith_status status = call_config(call, &known.config, reterr);
    if (!status)
        status = look(call, &known, reterr);
    for (size_t i = 0; !status && i < sizeof missing / sizeof *missing; i++)
        if (missing[i](&known, &advice)) {
            status = print(call, &advice, reterr);
            count++;
        }
    if (status || count)
        return status;
    nothing_missing(&known, &advice);
    return print(call, &advice, reterr);
}
