#include "engine/intake/fetch/run.h"

#include "engine/intake/fetch/harvest.h"
#include "engine/intake/import.h"
#include "engine/sources/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_REQUESTS = 5000 };

struct run {
    struct store *store;
    const struct embedding *embedding; /* NULL: none */
    const struct pith_fetch_request *request;
    struct throttle polite;
    struct harvest harvest;
    struct store_fetch state; /* as it will be kept */
    int32_t reached;          /* the day that the last good run reached */
    struct pith_receipt receipt;
    char fault[sizeof((struct pith_import_problem *)0)->reason]; /* of the first record that could not be used; "" for none */
    size_t newest; /* papers of the last answer but one that is over, and of the last */
    char etag[256], modified[256];
    bool restarted;
};

static void note(struct run *run, const char *text)
{
    if (!*run->receipt.note)
        snprintf(run->receipt.note, sizeof run->receipt.note, "%.*s", PITH_NOTE - 1, text);
}

static void end_early(struct run *run, const char *why)
{
    snprintf(run->receipt.failure, sizeof run->receipt.failure, "%.*s", PITH_NOTE - 1, why);
    run->harvest.done = true;
}

/* ---- one answer ---- */

static void add_report(struct pith_receipt *receipt, const struct pith_import_report *report)
{
    receipt->fetched += report->records + report->hidden;
    receipt->added += report->added;
    receipt->merged += report->merged;
    receipt->hidden += report->hidden;
    receipt->failed += report->skipped;
    if (report->first_day != PITH_NO_DAY && (receipt->first == PITH_NO_DAY || report->first_day < receipt->first))
        receipt->first = report->first_day;
    if (report->last_day > receipt->last)
        receipt->last = report->last_day;
}

static enum pith_status import_answer(struct run *run, const struct http_answer *answer, struct pith_import_report *report,
                                      struct pith_error *reterr)
{
    struct source_memory memory = {answer->body, answer->length};
    const struct pith_input from = sources_memory(&memory);
    const struct import_options options = {
        .today = run->request->today, .embedding = run->embedding, .announce = run->request->announce};
    return import_input(run->store, &from, &options, report, reterr);
}

/* Where a harvest of arXiv's past goes on: which category, and the address. */
static enum pith_status keep_place(struct run *run, struct pith_error *reterr)
{
    const struct harvest *harvest = &run->harvest;
    if (!harvest->past)
        return PITH_OK;
    run->state.next[0] = '\0';
    if (!harvest->done)
        snprintf(run->state.next, sizeof run->state.next, "%zu %s", harvest->category, harvest->url);
    run->state.from = harvest->from;
    enum pith_status status = store_begin(run->store, false, reterr);
    if (!status)
        status = store_put_fetch(run->store, run->receipt.source, &run->state, reterr);
    if (!status)
        status = store_commit(run->store, reterr);
    store_rollback(run->store);
    return status;
}

/* A harvest whose place is no longer known starts again at its first day, once. */
static enum pith_status restart(struct run *run, struct pith_error *reterr)
{
    if (run->restarted) {
        end_early(run, "arXiv does not know the place in its own list any more: try again");
        return PITH_OK;
    }
    run->restarted = true;
    return harvest_start_past(&run->harvest, run->harvest.from, reterr);
}

static enum pith_status take_answer(struct run *run, const struct http_answer *answer, struct pith_error *reterr)
{
    struct pith_import_report report = {0};
    struct pith_error error;
    char why[PITH_NOTE];
    if (run->harvest.past && harvest_is_stale(answer->body, answer->length))
        return restart(run, reterr);
    if (answer->length == 0) {
        snprintf(why, sizeof why, "%.200s answers with nothing at all: try again later", run->harvest.url);
        end_early(run, why);
        return PITH_OK;
    }
    enum pith_status status = import_answer(run, answer, &report, &error);
    if (status == PITH_INPUT) {
        snprintf(why, sizeof why, "%.150s answers with %.60s, which is no listing: %.120s", run->harvest.url,
                 *answer->type ? answer->type : "something", error.message);
        end_early(run, why);
        return PITH_OK;
    }
    if (status)
        return pith_fail(reterr, status, "%s", error.message);
    add_report(&run->receipt, &report);
    if (report.problems && !*run->fault)
        snprintf(run->fault, sizeof run->fault, "%s", report.problem[0].reason);
    run->newest = report.records + report.hidden;
    /* A page of which nothing can be used ends the pages: what follows it would be the same. */
    size_t records = run->newest ? run->newest + report.skipped : 0;
    status = harvest_step(&run->harvest, answer->body, answer->length, records, reterr);
    return status ? status : keep_place(run, reterr);
}

/* What was known of the one answer of a feed need not be sent again. */
static bool is_single(const struct harvest *harvest)
{
    return !harvest->past && (harvest->source.service == HARVEST_URL || harvest->source.service == HARVEST_ARXIV);
}

/* Asks until the harvest is done or fails. */
static enum pith_status walk(struct run *run, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (int requests = 0; !status && !run->harvest.done; requests++) {
        PITH_AUTO(http_answer_clear) struct http_answer answer = {0};
        bool single = is_single(&run->harvest);
        const struct http_request request = {.url = run->harvest.url,
                                             .etag = single ? run->state.etag : NULL,
                                             .modified = single ? run->state.modified : NULL,
                                             .contact = run->request->contact,
                                             .local = run->request->local};
        struct pith_error error;
        status = requests < MOST_REQUESTS ? throttle_get(&run->polite, &request, &answer, &error)
                                          : pith_fail(&error, PITH_IO, "more than %d requests: stopped", MOST_REQUESTS);
        if (status) {
            end_early(run, error.message);
            return PITH_OK;
        }
        if (answer.code == 304) {
            run->receipt.unchanged = run->harvest.done = true;
            return PITH_OK;
        }
        if (single) {
            snprintf(run->etag, sizeof run->etag, "%s", answer.etag);
            snprintf(run->modified, sizeof run->modified, "%s", answer.modified);
        }
        status = take_answer(run, &answer, reterr);
    }
    return status;
}

/* ---- a run ---- */

/* "3 https://…": goes on where the last run was cut. */
static bool resume(struct run *run)
{
    char *url;
    size_t category = strtoul(run->state.next, &url, 10);
    if (!*run->state.next || run->harvest.source.service != HARVEST_ARXIV || *url != ' ' ||
        strlen(url + 1) >= sizeof run->harvest.url)
        return false;
    run->harvest.past = true;
    run->harvest.category = category;
    run->harvest.from = run->state.from;
    snprintf(run->harvest.url, sizeof run->harvest.url, "%s", url + 1);
    return true;
}

static bool is_weekday(int32_t day)
{
    int weekday = (day % 7 + 7 + 4) % 7;
    return weekday != 0 && weekday != 6;
}

/* The days since the last run that the day's feed does not hold; also all of them when the feed is an old one under a new date. */
static enum pith_status catch_up(struct run *run, struct pith_error *reterr)
{
    struct pith_receipt *receipt = &run->receipt;
    int32_t feed = receipt->last, today = run->request->today;
    bool nothing_new = receipt->fetched > 0 && receipt->added == 0 && receipt->merged == 0;
    if (run->harvest.past || *receipt->failure || receipt->unchanged || run->reached == PITH_NO_DAY)
        return PITH_OK;
    if (nothing_new && feed == run->reached && today > feed && is_weekday(today)) {
        char text[PITH_NOTE], day[16];
        snprintf(text, sizeof text, "the feed still is that of %s", days_text(feed, day));
        note(run, text);
    }
    bool again = nothing_new && feed > run->reached;
    if (again)
        note(run, "every paper of the feed was known: an old feed under a new date, so the days were asked for one by one");
    if (!again && harvest_days_missed(run->reached, feed != PITH_NO_DAY ? feed : today) == 0)
        return PITH_OK;
    if (!again)
        note(run, "days missed since the last run were asked for too");
    enum pith_status status = harvest_start_past(&run->harvest, run->reached - HARVEST_OVERLAP, reterr);
    return status ? status : walk(run, reterr);
}

/* Today's page of Daily Papers fills over the day. */
static void judge_fill(struct run *run)
{
    char text[PITH_NOTE];
    if (run->harvest.source.service != HARVEST_HF || *run->receipt.failure)
        return;
    if (run->state.usual && 2 * run->newest < run->state.usual && is_weekday(run->request->today)) {
        snprintf(text, sizeof text, "%zu papers so far today, where %zu are usual: fetch again later", run->newest,
                 run->state.usual);
        note(run, text);
    } else if (run->newest) {
        run->state.usual = run->state.usual ? (3 * run->state.usual + run->newest + 2) / 4 : run->newest;
    }
}

static enum pith_status fetch_all(struct run *run, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (run->request->since == PITH_NO_DAY && resume(run)) {
        note(run, "went on where the last run was cut");
        status = walk(run, reterr);
        if (!status && !*run->receipt.failure)
            status = harvest_start(&run->harvest, &run->harvest.source, run->request->mirror, run->reached, PITH_NO_DAY,
                                   run->request->today, reterr);
    }
    if (!status && !*run->receipt.failure)
        status = walk(run, reterr);
    if (!status && run->harvest.source.service == HARVEST_ARXIV)
        status = catch_up(run, reterr);
    if (!status)
        judge_fill(run);
    return status;
}

/* Records that could not be used: the whole run has failed when all of them are. */
static void judge_records(struct run *run)
{
    struct pith_receipt *receipt = &run->receipt;
    char text[PITH_NOTE];
    if (!receipt->failed || *receipt->failure)
        return;
    snprintf(text, sizeof text, "%s%zu record%s could %sbe used: %s", receipt->fetched ? "" : "none of ", receipt->failed,
             receipt->failed == 1 ? "" : "s", receipt->fetched ? "not " : "", run->fault);
    if (receipt->fetched)
        note(run, text);
    else
        end_early(run, text);
}

/* That there was nothing, by who has nothing. */
static const char *nothing_from(enum harvest_service service)
{
    switch (service) {
    case HARVEST_ARXIV: return "arXiv announced nothing";
    case HARVEST_BIORXIV: return "bioRxiv posted nothing";
    case HARVEST_MEDRXIV: return "medRxiv posted nothing";
    case HARVEST_HF:
    case HARVEST_OPENREVIEW:
    case HARVEST_URL: return "nothing was announced";
    }
    return "nothing was announced";
}

/* What the receipt says when all is over, and where the next run begins. */
static void conclude(struct run *run)
{
    struct pith_receipt *receipt = &run->receipt;
    judge_records(run);
    int32_t today = run->request->today;
    receipt->announced = run->harvest.announced > receipt->fetched + receipt->failed ? run->harvest.announced
                                                                                     : receipt->fetched + receipt->failed;
    if (!receipt->fetched && !receipt->unchanged && !*receipt->failure)
        note(run, nothing_from(run->harvest.source.service));
    if (!*receipt->failure && !receipt->unchanged) {
        bool feed = run->harvest.source.service == HARVEST_ARXIV && !run->harvest.past && receipt->last != PITH_NO_DAY;
        int32_t day = feed ? receipt->last : today;
        run->state.day = day > run->state.day ? day : run->state.day;
        if (*run->etag || *run->modified) {
            snprintf(run->state.etag, sizeof run->state.etag, "%s", run->etag);
            snprintf(run->state.modified, sizeof run->state.modified, "%s", run->modified);
        }
    }
    if (receipt->first == PITH_NO_DAY)
        receipt->first = receipt->last = today;
    if (*receipt->failure && receipt->last < today)
        receipt->last = today; /* what is missing is missing of today's */
}

static enum pith_status keep(struct run *run, struct pith_error *reterr)
{
    enum pith_status status = store_begin(run->store, true, reterr);
    if (!status)
        status = store_put_fetch(run->store, run->receipt.source, &run->state, reterr);
    if (!status)
        status = store_add_receipt(run->store, &run->receipt, reterr);
    if (!status)
        status = store_commit(run->store, reterr);
    store_rollback(run->store);
    return status;
}

enum pith_status fetch_source(struct store *store, const struct embedding *embedding, const struct pith_fetch_request *request,
                              const struct throttle_world *world, struct pith_receipt *ret_receipt, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct run *run = pith_calloc(1, sizeof *run);
    struct harvest_source source;
    const char *name = request->name ? request->name : request->source;
    if (!run)
        return pith_no_memory(reterr);
    enum pith_status status = harvest_parse(request->source, &source, reterr);
    if (!status && strlen(name) >= PITH_SOURCE)
        status = pith_fail(reterr, PITH_USAGE,
                           "the name of a source is longer than %d bytes: give it a short one in the config file", PITH_SOURCE - 1);
    if (status)
        return status;
    *run = (struct run){.store = store,
                        .embedding = embedding,
                        .request = request,
                        .polite = {.world = world},
                        .receipt = {.time = request->time, .first = PITH_NO_DAY, .last = PITH_NO_DAY}};
    snprintf(run->receipt.source, sizeof run->receipt.source, "%s", name);
    status = store_get_fetch(store, name, &run->state, reterr);
    run->reached = run->state.day;
    if (!status)
        status = harvest_start(&run->harvest, &source, request->mirror, run->reached, request->since, request->today, reterr);
    if (!status)
        status = fetch_all(run, reterr);
    if (status)
        return status;
    conclude(run);
    status = keep(run, reterr);
    if (!status)
        *ret_receipt = run->receipt;
    return status;
}
