#include "handle.h"

#include "bibliography.h"
#include "explain.h"
#include "fetch/fetch.h"
#include "import.h"
#include "json_profile.h"
#include "learner.h"
#include "notices.h"
#include "ranker.h"
#include "replay.h"
#include "search.h"
#include "seen.h"
#include "sources/sources.h"
#include "spaces.h"
#include "text.h"
#include "track.h"
#include "vault.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_FOUND = 20, MAX_SHOWN = 1 << 24, EXPLAINED = 1 << 20, OUTGROWN = 2, MAX_BIBLIOGRAPHY = 256 << 20, MOST_SHORTFALLS = 32, OWN_SEED = 1 };

enum pith_status pith_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr)
{
    AUTO(pith_close_p) struct pith *pith = pith_calloc(1, sizeof *pith);
    if (!pith)
        return pith_fail(reterr, PITH_NOMEM, "out of memory");
    enum pith_status status = vault_start(reterr);
    if (!status)
        status = store_open(home, create, &pith->store, reterr);
    pith->home = strdup(home);
    if (!status && !pith->home)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory");
    if (!status)
        status = own_space_load(home, &pith->own, reterr);
    if (status)
        return status;
    spaces_set_own(pith->own.space);
    *ret_pith = TAKE(pith);
    return status;
}

void pith_close(struct pith *pith)
{
    if (!pith)
        return;
    profile_lock(pith->profile);
    store_close(pith->store);
    if (pith->own.space && spaces_own() == pith->own.space)
        spaces_set_own(NULL);
    own_table_clear(&pith->own);
    free(pith->home);
    free(pith->reader);
    free(pith->witness);
    free(pith);
}

void pith_set_progress(struct pith *pith, pith_progress *progress, void *user)
{
    pith->progress = progress;
    pith->progress_user = user;
}

bool pith_day_from_text(const char *text, int32_t *ret_day)
{
    return paper_day_from_text(text, strlen(text), ret_day);
}

const char *pith_day_text(int32_t day, char buffer[16])
{
    return paper_day_text(day, buffer);
}

const char *pith_chance_text(double probability, char buffer[PITH_CHANCE_SIZE])
{
    *buffer = '\0';
    if (probability < 0.01 || probability > 0.99)
        snprintf(buffer, PITH_CHANCE_SIZE, "%s", probability < 0.5 ? "<1%" : ">99%");
    else if (isfinite(probability))
        snprintf(buffer, PITH_CHANCE_SIZE, "%.0f%%", 100 * probability);
    return buffer;
}

/* ---- papers ---- */

struct stage { /* a module's progress, told as one of pith's */
    const struct pith *pith;
    const char *what;
};

static void tell_progress(void *user, size_t done, size_t all)
{
    const struct stage *stage = user;
    if (stage->pith->progress)
        stage->pith->progress(stage->pith->progress_user, stage->what, done, all);
}

/* Features of an older version are derived again before anything reads them. */
enum pith_status handle_refresh(struct pith *pith, struct pith_error *reterr)
{
    struct stage stage = {pith, "deriving features"};
    return import_refresh(pith->store, tell_progress, &stage, reterr);
}

static struct source_input source_of(const struct pith_input *input)
{
    return (struct source_input){.read = input->read, .user = input->user, .size = input->size};
}

static void copy_report(const struct import_report *report, struct pith_import_report *ret_report)
{
    *ret_report = (struct pith_import_report){.format = report->format,
                                              .records = report->records,
                                              .added = report->added,
                                              .merged = report->merged,
                                              .known = report->known,
                                              .skipped = report->skipped,
                                              .first_day = report->first_day,
                                              .last_day = report->last_day,
                                              .problems = report->problems};
    for (size_t i = 0; i < report->problems && i < PITH_IMPORT_PROBLEMS; i++) {
        ret_report->problem[i].line = report->problem[i].line;
        memcpy(ret_report->problem[i].reason, report->problem[i].reason, sizeof ret_report->problem[i].reason);
    }
}

enum pith_status pith_import_input(struct pith *pith, const struct pith_input *input, int32_t today,
                                   struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct stage stage = {pith, "importing"};
    struct import_report report = {0};
    const struct source_input from = source_of(input);
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = import_input(pith->store, &from, &(struct import_options){.today = today, .progress = tell_progress, .user = &stage},
                              &report, reterr);
    if (!status)
        copy_report(&report, ret_report);
    return status;
}

enum pith_status pith_import(struct pith *pith, const void *bytes, size_t length, int32_t today,
                             struct pith_import_report *ret_report, struct pith_error *reterr)
{
    struct stage stage = {pith, "importing"};
    struct import_report report = {0};
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = import_bytes(pith->store, bytes, length, today, tell_progress, &stage, &report, reterr);
    if (!status)
        copy_report(&report, ret_report);
    return status;
}

enum pith_status pith_explain(const struct pith_input *input, int32_t today, struct pith_explanation **ret_explanation,
                              struct pith_error *reterr)
{
    const struct source_input from = source_of(input);
    enum pith_status status = vault_start(reterr); /* keys of titles are hashes */
    return status ? status : explain_input(&from, today, ret_explanation, reterr);
}

/* ---- a table of term vectors of one's own ---- */

enum pith_status pith_learn_space(struct pith *pith, int32_t today, struct pith_space *ret_space, struct pith_error *reterr)
{
    struct stage stage = {pith, "learning"};
    AUTO(pith_free_p) unsigned char *bytes = NULL;
    AUTO(own_table_clear) struct own_table before = {0};
    size_t length;
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = own_space_learn(pith->store, pith->home, OWN_SPACE_LEAST, OWN_SEED, today, tell_progress, &stage, &bytes, &length, reterr);
    if (!status)
        status = own_space_save(pith->home, bytes, length, reterr);
    if (status)
        return status;
    before = pith->own;
    spaces_set_own(NULL);
    status = own_space_load(pith->home, &pith->own, reterr);
    if (status || !pith->own.space)
        return status ? status : pith_fail(reterr, PITH_IO, "what was learnt could not be read back");
    spaces_set_own(pith->own.space);
    *ret_space = (struct pith_space){.papers = space_origin(pith->own.space)->papers, .terms = space_terms(pith->own.space)};
    return PITH_OK;
}

/* ---- fetching ---- */

struct wire { /* the network, as polite needs it */
    const struct pith_clock *clock;
    struct http *http;
};

static int64_t wire_now(void *user)
{
    const struct pith_clock *clock = ((struct wire *)user)->clock;
    return clock->now(clock->user);
}

static void wire_sleep(void *user, int64_t milliseconds)
{
    const struct pith_clock *clock = ((struct wire *)user)->clock;
    clock->sleep(clock->user, milliseconds);
}

static enum pith_status wire_get(void *user, const struct http_request *request, struct http_answer *ret_answer,
                                 struct pith_error *reterr)
{
    return http_get(((struct wire *)user)->http, request, ret_answer, reterr);
}

enum pith_status pith_fetch(struct pith *pith, const struct pith_fetch_request *request, struct pith_receipt *ret_receipt,
                            struct pith_error *reterr)
{
    AUTO(http_free_p) struct http *http = NULL;
    enum pith_status status = handle_refresh(pith, reterr);
    if (!status)
        status = http_new(&http, reterr);
    if (status)
        return status;
    struct wire wire = {request->clock, http};
    const struct polite_world world = {wire_now, wire_sleep, wire_get, &wire};
    return fetch_source(pith->store, request, &world, ret_receipt, reterr);
}

void pith_receipts_free(struct pith_receipts *receipts)
{
    free(receipts->item);
    free(receipts);
}

static void copy_receipt(const struct store_receipt *from, struct pith_receipt *to)
{
    *to = (struct pith_receipt){.time = from->time,
                                .first = from->first,
                                .last = from->last,
                                .announced = (size_t)from->announced,
                                .fetched = (size_t)from->fetched,
                                .added = (size_t)from->added,
                                .merged = (size_t)from->merged,
                                .hidden = (size_t)from->hidden,
                                .failed = (size_t)from->failed,
                                .unchanged = from->unchanged};
    snprintf(to->source, sizeof to->source, "%s", from->source);
    snprintf(to->failure, sizeof to->failure, "%s", from->failure);
    snprintf(to->note, sizeof to->note, "%s", from->note);
}

static enum pith_status take_receipt(void *user, const struct store_receipt *receipt, struct pith_error *reterr)
{
    struct pith_receipts *receipts = user;
    (void)reterr;
    copy_receipt(receipt, &receipts->item[receipts->count++]);
    return PITH_OK;
}

enum pith_status pith_list_receipts(struct pith *pith, size_t most, struct pith_receipts **ret_receipts, struct pith_error *reterr)
{
    AUTO(pith_receipts_free_p) struct pith_receipts *receipts = pith_calloc(1, sizeof *receipts);
    if (receipts)
        receipts->item = pith_calloc(most, sizeof *receipts->item);
    if (!receipts || !receipts->item)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the receipts");
    enum pith_status status = store_each_receipt(pith->store, most, take_receipt, receipts, reterr);
    if (!status)
        *ret_receipts = TAKE(receipts);
    return status;
}

static enum pith_status tell_shortfall(void *user, const struct store_receipt *receipt, struct pith_error *reterr)
{
    struct pith_ranking *ranking = user;
    char *line = NULL;
    if (ranking->shortfalls == MOST_SHORTFALLS)
        return PITH_OK;
    enum pith_status status = notices_shortfall(receipt, &line, reterr);
    if (line)
        ranking->shortfall[ranking->shortfalls++] = line;
    return status;
}

/* Of the days covered and, when the newest were asked for, of what should have come since. */
static enum pith_status add_shortfalls(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking *ranking,
                                       struct pith_error *reterr)
{
    ranking->shortfall = pith_calloc(MOST_SHORTFALLS, sizeof *ranking->shortfall);
    if (!ranking->shortfall)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a ranking");
    return store_receipts_of(pith->store, ranking->first, request->last == PITH_NO_DAY ? INT32_MAX : request->last, tell_shortfall,
                             ranking, reterr);
}

void pith_papers_free(struct pith_papers *papers)
{
    for (size_t i = 0; i < papers->count; i++) {
        free(papers->item[i].key);
        free(papers->item[i].id);
        free(papers->item[i].title);
    }
    free(papers->item);
    free(papers);
}

static enum pith_status copy_title(void *user, const struct store_row *row, struct pith_error *reterr)
{
    char **title = user;
    *title = strdup(row->title);
    return *title ? PITH_OK : pith_fail(reterr, PITH_NOMEM, "out of memory for a title");
}

enum pith_status handle_describe(struct pith *pith, int64_t id, char **ret_key, char **ret_id, char **ret_title,
                                 struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    enum pith_status status = store_paper_key(pith->store, id, key, reterr);
    if (!status)
        status = ranker_paper_id(key, ret_id, reterr);
    if (!status)
        status = store_visit_paper(pith->store, id, copy_title, ret_title, reterr);
    if (!status && !(*ret_key = strdup(key)))
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for a paper");
    return status;
}

static enum pith_status describe_all(struct pith *pith, const int64_t *id, size_t count, struct pith_papers **ret_papers,
                                     struct pith_error *reterr)
{
    AUTO(pith_papers_free_p) struct pith_papers *papers = pith_calloc(1, sizeof *papers);
    if (!papers)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for papers");
    papers->more = count > MAX_FOUND;
    papers->item = pith_calloc(MAX_FOUND, sizeof *papers->item);
    if (!papers->item)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for papers");
    while (papers->count < count && papers->count < MAX_FOUND) {
        struct pith_paper *paper = &papers->item[papers->count++];
        enum pith_status status = handle_describe(pith, id[papers->count - 1], &paper->key, &paper->id, &paper->title, reterr);
        if (status)
            return status;
    }
    *ret_papers = TAKE(papers);
    return PITH_OK;
}

static const char *scope_name(unsigned scope)
{
    switch (scope) {
    case PITH_MAY_RANK: return "rank";
    case PITH_MAY_VOTE: return "vote";
    case PITH_MAY_EXPORT: return "export";
    default: return "manage";
    }
}

/* An unlocked profile, opened by a way in that may do this. 0: whatever it may. */
enum pith_status handle_need(const struct pith *pith, unsigned scope, struct pith_error *reterr)
{
    if (!pith->profile)
        return pith_fail(reterr, PITH_LOCKED, "the profile is locked: its passphrase is needed");
    if (scope & ~profile_scopes(pith->profile))
        return pith_fail(reterr, PITH_LOCKED, "this token may not do that: it was made without --allow %s", scope_name(scope));
    return PITH_OK;
}

/* The key at a rank of the last listing shown. */
static enum pith_status find_rank(struct pith *pith, size_t rank, char key[PAPER_KEY_SIZE], struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes shown;
    bytes_init(&shown, STORE_MAX_SEALED);
    enum pith_status status = handle_need(pith, 0, reterr);
    if (!status)
        status = profile_fetch(pith->profile, ROW_SHOWN, &shown, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "no listing was shown yet: `pith rank` shows one, then ranks can be used");
    if (status)
        return status;
    struct bytes_reader reader;
    bytes_reader_init(&reader, shown.data, shown.length);
    size_t count = bytes_get_count(&reader, 1), length = 0;
    if (rank < 1 || rank > count)
        return pith_fail(reterr, PITH_NOT_FOUND, "the last listing shown has ranks 1 to %zu", count);
    const char *at = "";
    for (size_t i = 0; i < rank; i++)
        at = bytes_get_string(&reader, &length);
    if (reader.failed || length >= PAPER_KEY_SIZE)
        return pith_fail(reterr, PITH_CORRUPT, "the record of the last listing shown is damaged");
    memcpy(key, at, length);
    key[length] = '\0';
    return PITH_OK;
}

static bool is_rank(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && digits <= 7 && !name[digits];
}

/* The paper with this identifier, in a known spelling or as the listing had it. */
static enum pith_status find_identifier(struct pith *pith, const char *name, int64_t *ret_id, struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    if (paper_key_from_text(name, strlen(name), key, NULL)) {
        enum pith_status status = store_find_key(pith->store, key, ret_id, reterr);
        if (status != PITH_NOT_FOUND)
            return status;
        return pith_fail(reterr, PITH_NOT_FOUND, "%s is not in the store: import a listing that holds it", name);
    }
    if (snprintf(key, sizeof key, "id:%s", name) >= (int)sizeof key)
        return PITH_NOT_FOUND;
    return store_find_key(pith->store, key, ret_id, NULL);
}

enum pith_status pith_identify(struct pith *pith, const char *identifier, struct pith_papers **ret_paper, struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = find_identifier(pith, identifier, &id, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_NOT_FOUND, "%s is no identifier of a paper in the store", identifier);
    return status ? status : describe_all(pith, &id, 1, ret_paper, reterr);
}

enum pith_status pith_list_days(struct pith *pith, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr)
{
    return store_days(pith->store, ret_days, ret_count, reterr);
}

enum pith_status pith_find(struct pith *pith, const char *name, struct pith_papers **ret_papers, struct pith_error *reterr)
{
    int64_t id[MAX_FOUND + 1];
    size_t count = 1;
    struct pith_error known = {0};
    enum pith_status status;
    if (is_rank(name)) {
        char key[PAPER_KEY_SIZE];
        status = find_rank(pith, strtoul(name, NULL, 10), key, reterr);
        if (!status)
            status = store_find_key(pith->store, key, id, reterr);
        return status ? status : describe_all(pith, id, 1, ret_papers, reterr);
    }
    status = find_identifier(pith, name, id, &known);
    if (status == PITH_NOT_FOUND && known.status) /* it was an identifier */
        return pith_fail(reterr, PITH_NOT_FOUND, "%s", known.message);
    if (status == PITH_NOT_FOUND)
        status = store_find_title(pith->store, name, id, MAX_FOUND + 1, &count, reterr);
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND,
                           "no paper is called \"%s\": give a rank, an identifier, or at least 3 letters of a title", name);
    return status ? status : describe_all(pith, id, count, ret_papers, reterr);
}

/* ---- votes ---- */

enum pith_status pith_record(struct pith *pith, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                             struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    AUTO(pith_free_p) struct profile_change *change = pith_calloc(count, sizeof *change);
    if (!status && !change)
        status = pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (votes[i].verdict < VERDICT_DOWN || votes[i].verdict > VERDICT_SEED)
            return pith_fail(reterr, PITH_USAGE, "a verdict is 1, -1, 0 or that of a seed");
        change[i] = (struct profile_change){
            votes[i].paper, votes[i].loser, (enum profile_verdict)votes[i].verdict, votes[i].day};
    }
    return profile_record(pith->profile, change, count, ret_recorded, reterr);
}

/* ---- seeds ---- */

struct seeding {
    struct pith *pith;
    const char *about;
    int32_t today;
    struct profile_change *change; /* keys are owned */
    size_t count, cap;
    struct pith_seed_report *report;
};

static void seeding_clear(struct seeding *seeding)
{
    for (size_t i = 0; i < seeding->count; i++)
        free((char *)seeding->change[i].paper);
    free(seeding->change);
}

static enum pith_status add_seed(struct seeding *seeding, const char *key, int32_t day, struct pith_error *reterr)
{
    enum pith_status status =
        pith_grow(&seeding->change, &seeding->cap, seeding->count + 1, sizeof *seeding->change, PROFILE_MAX_BATCH, reterr);
    if (status)
        return status;
    char *paper = strdup(key);
    if (!paper)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the seeds");
    seeding->change[seeding->count++] = (struct profile_change){.paper = paper, .verdict = VERDICT_SEED, .day = day};
    return PITH_OK;
}

/* By the name that the store calls it now, unless one of its names was voted on. */
static enum pith_status seed_paper(struct seeding *seeding, const char *key, int32_t day, struct pith_error *reterr)
{
    AUTO(paper_clear) struct paper paper;
    paper_init(&paper);
    int64_t id;
    enum pith_status status = store_find_key(seeding->pith->store, key, &id, reterr);
    if (status == PITH_NOT_FOUND) {
        seeding->report->unknown++;
        return PITH_OK;
    }
    if (!status)
        status = store_get_paper(seeding->pith->store, id, &paper, reterr);
    bool voted = false;
    for (size_t i = 0; !status && i < paper.keys.count; i++)
        voted = voted || profile_verdict(seeding->pith->profile, paper.keys.item[i]) != VERDICT_NONE;
    if (!status && voted)
        seeding->report->standing++;
    return status || voted ? status : add_seed(seeding, paper.keys.item[0], day, reterr);
}

static bool is_about(const struct paper *paper, const char *about)
{
    for (size_t i = 0; about && i < paper->categories.count; i++)
        if (strcasecmp(paper->categories.item[i], about) == 0)
            return true;
    return !about;
}

static enum pith_status seed_record(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct seeding *seeding = user;
    int32_t day = paper->announced != PAPER_NO_DAY ? paper->announced : paper->published;
    if (!is_about(paper, seeding->about))
        return PITH_OK;
    return seed_paper(seeding, paper->keys.item[0], day != PAPER_NO_DAY ? day : seeding->today, reterr);
}

static void ignore_problem(void *user, size_t line, const char *reason)
{
    (void)user; /* told when the file was imported */
    (void)line;
    (void)reason;
}

/* A file of which every line is an identifier. */
static enum pith_status seed_lines(struct seeding *seeding, const char *bytes, size_t length, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    size_t number = 0, identifiers = 0;
    for (const char *at = bytes, *end = bytes + length, *stop; !status && at < end; at = stop + 1) {
        char key[PAPER_KEY_SIZE];
        stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *last = stop;
        number++;
        while (at < last && strchr(" \t\r", last[-1]))
            last--;
        if (at == last)
            continue;
        if (!paper_key_from_text(at, (size_t)(last - at), key, NULL))
            return pith_fail(reterr, PITH_INPUT, "line %zu is no identifier, and the file no library that pith reads", number);
        identifiers++;
        status = seed_paper(seeding, key, seeding->today, reterr);
    }
    if (!status && !identifiers)
        return pith_fail(reterr, PITH_INPUT, "the file is empty");
    return status;
}

enum pith_status pith_seed_file(struct pith *pith, const char *bytes, size_t length, const char *about, int32_t today,
                                struct pith_seed_report *ret_report, struct pith_error *reterr)
{
    struct pith_seed_report report = {0};
    AUTO(seeding_clear) struct seeding seeding = {.pith = pith, .about = about, .today = today, .report = &report};
    const struct source_context context = {.today = today, .paper = seed_record, .problem = ignore_problem, .user = &seeding};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    status = pith_import(pith, bytes, length, today, &report.import, reterr);
    if (!status)
        status = sources_read(bytes, length, &context, NULL, reterr);
    else if (status == PITH_INPUT && !sources_recognise(bytes, length))
        status = seed_lines(&seeding, bytes, length, reterr);
    if (!status)
        status = profile_record(pith->profile, seeding.change, seeding.count, &report.seeded, reterr);
    if (status)
        return status;
    report.standing += seeding.count - report.seeded;
    *ret_report = report;
    return PITH_OK;
}

enum pith_status pith_seed_words(struct pith *pith, const char *words, int32_t today, bool *ret_seeded, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *plain = NULL;
    char key[PAPER_KEY_SIZE];
    size_t length, recorded;
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = text_normalise(words, strlen(words), false, &plain, &length, reterr);
    if (status)
        return status;
    if (length == 0 || length > PITH_SEED_MOST)
        return pith_fail(reterr, PITH_USAGE, "give some words about what you are interested in, at most %d bytes", PITH_SEED_MOST);
    snprintf(key, sizeof key, PROFILE_TEXT "%s", plain);
    struct profile_change change = {.paper = key, .verdict = VERDICT_SEED, .day = today};
    status = profile_record(pith->profile, &change, 1, &recorded, reterr);
    if (!status)
        *ret_seeded = recorded > 0;
    return status;
}

struct vote_lines { /* votes read so far; keys are owned */
    struct pith_vote *vote;
    size_t count, cap, bad;
};

static void vote_lines_clear(struct vote_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free((char *)lines->vote[i].paper);
    free(lines->vote);
}

/* One line; PITH_INPUT or PITH_NOT_FOUND when it cannot be a vote. */
static enum pith_status read_vote(struct pith *pith, const char *line, size_t length, int32_t today, struct vote_lines *lines,
                                  struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    enum profile_verdict verdict;
    int32_t day;
    int64_t id;
    enum pith_status status = json_vote_read(line, length, today, key, &verdict, &day, reterr);
    if (!status)
        status = store_find_key(pith->store, key, &id, reterr);
    if (status == PITH_NOT_FOUND)
        return pith_fail(reterr, PITH_INPUT, "%s is not in the store: import a listing that holds it first", key);
    if (!status)
        status = store_paper_key(pith->store, id, key, reterr);
    if (!status)
        status = pith_grow(&lines->vote, &lines->cap, lines->count + 1, sizeof *lines->vote, PROFILE_MAX_BATCH, reterr);
    if (status)
        return status;
    char *paper = strdup(key);
    if (!paper)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    lines->vote[lines->count++] = (struct pith_vote){.paper = paper, .verdict = verdict, .day = day};
    return PITH_OK;
}

enum pith_status pith_record_lines(struct pith *pith, const char *bytes, size_t length, int32_t today,
                                   void (*problem)(void *user, size_t line, const char *reason), void *user,
                                   size_t *ret_recorded, struct pith_error *reterr)
{
    AUTO(vote_lines_clear) struct vote_lines lines = {0};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    size_t number = 0;
    for (const char *at = bytes, *end = bytes + length; !status && at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        struct pith_error error;
        number++;
        size_t blank = 0;
        while (blank < size && memchr(" \t\r", at[blank], 3))
            blank++;
        if (blank < size)
            status = read_vote(pith, at, size, today, &lines, &error);
        if (status == PITH_INPUT) {
            lines.bad++;
            if (problem)
                problem(user, number, error.message);
            status = PITH_OK;
        } else if (status) {
            return pith_fail(reterr, status, "%s", error.message);
        }
        at += size + (stop != NULL);
    }
    if (status)
        return status;
    if (lines.bad)
        return pith_fail(reterr, PITH_INPUT, "%zu of %zu lines are no votes; nothing was recorded", lines.bad, number);
    return pith_record(pith, lines.vote, lines.count, ret_recorded, reterr);
}

void pith_votes_free(struct pith_votes *votes)
{
    for (size_t i = 0; i < votes->count; i++) {
        struct pith_standing *item = &votes->item[i];
        free(item->key);
        free(item->id);
        free(item->title);
        free(item->loser);
        free(item->loser_id);
        free(item->loser_title);
    }
    free(votes->item);
    free(votes);
}

/* As handle_describe, for a key that this store may not hold: then the title is "". */
static enum pith_status describe_key(struct pith *pith, const char *key, char **ret_key, char **ret_id, char **ret_title,
                                     struct pith_error *reterr)
{
    int64_t id;
    enum pith_status status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        return handle_describe(pith, id, ret_key, ret_id, ret_title, reterr);
    if (status != PITH_NOT_FOUND)
        return status;
    *ret_key = strdup(key);
    *ret_title = strdup(strncmp(key, PROFILE_TEXT, strlen(PROFILE_TEXT)) == 0 ? key + strlen(PROFILE_TEXT) : "");
    status = ranker_paper_id(key, ret_id, reterr);
    return *ret_key && *ret_title ? status : pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
}

struct listing_votes {
    struct pith *pith;
    struct pith_votes *votes;
    size_t cap;
    enum pith_status status; /* of a visit that cannot return one */
    struct pith_error *reterr;
};

static enum pith_status list_vote(struct listing_votes *listing, const struct profile_change *change,
                                  enum profile_verdict verdict, struct pith_error *reterr)
{
    struct pith_votes *votes = listing->votes;
    enum pith_status status =
        pith_grow(&votes->item, &listing->cap, votes->count + 1, sizeof *votes->item, PROFILE_MAX_EVENTS, reterr);
    if (status)
        return status;
    struct pith_standing *item = &votes->item[votes->count++];
    *item = (struct pith_standing){.verdict = verdict, .day = change->day};
    status = describe_key(listing->pith, change->paper, &item->key, &item->id, &item->title, reterr);
    if (!status && change->loser)
        status = describe_key(listing->pith, change->loser, &item->loser, &item->loser_id, &item->loser_title, reterr);
    votes->pairs += change->loser != NULL;
    votes->ups += !change->loser && verdict == VERDICT_UP;
    votes->downs += !change->loser && verdict == VERDICT_DOWN;
    votes->seeds += !change->loser && verdict == VERDICT_SEED;
    return status;
}

static int by_day(const void *a, const void *b)
{
    const struct pith_standing *left = a, *right = b;
    if (!left->loser != !right->loser)
        return left->loser ? 1 : -1;
    if (left->day != right->day)
        return left->day < right->day ? -1 : 1;
    return strcmp(left->key, right->key);
}

enum pith_status pith_list_votes(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr)
{
    AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    struct listing_votes listing = {.pith = pith, .votes = votes};
    size_t count;
    const struct profile_vote *vote = profile_votes(pith->profile, &count);
    for (size_t i = 0; !status && i < count; i++)
        status = list_vote(&listing, &(struct profile_change){.paper = vote[i].paper, .day = vote[i].day}, vote[i].verdict, reterr);
    const struct profile_pair *pair = profile_pairs(pith->profile, &count);
    for (size_t i = 0; !status && i < count; i++)
        status = list_vote(&listing, &(struct profile_change){pair[i].winner, pair[i].loser, VERDICT_NONE, pair[i].day},
                           VERDICT_NONE, reterr);
    if (status)
        return status;
    if (votes->count)
        qsort(votes->item, votes->count, sizeof *votes->item, by_day);
    *ret_votes = TAKE(votes);
    return PITH_OK;
}

static void note_undone(void *user, const struct profile_change *undone, enum profile_verdict now)
{
    struct listing_votes *listing = user;
    (void)now;
    if (!listing->status)
        listing->status = list_vote(listing, undone, undone->verdict, listing->reterr);
}

enum pith_status pith_undo(struct pith *pith, struct pith_votes **ret_undone, struct pith_error *reterr)
{
    AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the votes");
    struct listing_votes listing = {.pith = pith, .votes = votes, .reterr = reterr};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = profile_undo(pith->profile, note_undone, &listing, reterr);
    if (!status)
        status = listing.status;
    if (!status)
        *ret_undone = TAKE(votes);
    return status;
}

/* Appends a paper that the store holds; PITH_NOT_FOUND when it does not. */
static enum pith_status put_paper(struct pith *pith, const char *key, enum pith_bibliography format, bool first,
                                  struct bytes *out, struct pith_error *reterr)
{
    struct paper paper;
    int64_t id;
    enum pith_status status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        status = store_get_paper(pith->store, id, &paper, reterr);
    if (status)
        return status;
    const char *between = first ? bibliography_before(format) : bibliography_between(format);
    bytes_put(out, between, strlen(between));
    status = bibliography_put(out, &paper, format, reterr);
    paper_clear(&paper);
    return status;
}

enum pith_status pith_write_bibliography(struct pith *pith, int verdict, enum pith_bibliography format, char **ret_text,
                                         size_t *ret_missing, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes out;
    size_t votes, missing = 0, written = 0;
    bytes_init(&out, MAX_BIBLIOGRAPHY);
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    const struct profile_vote *vote = profile_votes(pith->profile, &votes);
    for (size_t i = 0; !status && i < votes; i++) {
        if (vote[i].verdict == VERDICT_SEED || (verdict && (int)vote[i].verdict != verdict))
            continue;
        status = put_paper(pith, vote[i].paper, format, written == 0, &out, reterr);
        written += !status;
        missing += status == PITH_NOT_FOUND;
        status = status == PITH_NOT_FOUND ? PITH_OK : status;
    }
    const char *end = bibliography_after(format);
    if (!written)
        bytes_put(&out, bibliography_before(format), strlen(bibliography_before(format)));
    bytes_put(&out, end, strlen(end) + 1); /* the NUL too */
    if (!status)
        status = bytes_done(&out, reterr);
    if (status)
        return status;
    *ret_missing = missing;
    *ret_text = (char *)TAKE(out.data);
    return PITH_OK;
}

/* ---- the model of the votes that stand ---- */

/* The sealed model when it still is what the votes say, else NULL. */
enum pith_status handle_kept_model(struct pith *pith, const char *votes, struct model **ret_model, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes bytes;
    AUTO(model_free_p) struct model *model = NULL;
    bytes_init(&bytes, MODEL_MAX_BYTES);
    *ret_model = NULL;
    enum pith_status status = profile_fetch(pith->profile, ROW_MODEL, &bytes, reterr);
    if (status == PITH_NOT_FOUND)
        return PITH_OK;
    if (!status)
        status = model_read(bytes.data, bytes.length, &model, reterr);
    struct store_counts counts;
    if (!status)
        status = store_count(pith->store, &counts, reterr);
    if (status)
        return status;
    bool outgrown = model->fitted_papers && (uint64_t)counts.papers >= OUTGROWN * model->fitted_papers;
    size_t tables = (spaces_shipped() ? 1U : 0U) + (spaces_own() ? 1U : 0U); /* a table that is new wants a fit too */
    if (model->features_version == FEATURES_VERSION && strcmp(model->votes, votes) == 0 && !outgrown && model_complete(model) &&
        model->spaces == tables)
        *ret_model = TAKE(model);
    return PITH_OK;
}

enum pith_status handle_keep_model(struct pith *pith, const struct model *model, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes bytes;
    bytes_init(&bytes, MODEL_MAX_BYTES);
    enum pith_status status = model_write(model, &bytes, reterr);
    if (status || profile_is_stale(pith->profile)) /* one that is not kept is fitted again */
        return status;
    /* not durable: after a power cut it is fitted again */
    return profile_keep(pith->profile, ROW_MODEL, &bytes, false, reterr);
}

enum pith_status handle_load_learner(struct pith *pith, size_t background, struct learner *learner, struct pith_error *reterr)
{
    size_t votes, pairs;
    const struct profile_vote *vote = profile_votes(pith->profile, &votes);
    const struct profile_pair *pair = profile_pairs(pith->profile, &pairs);
    return learner_load(learner, pith->store, vote, votes, pair, pairs, background, reterr);
}

/* The fitted model, refitted and sealed when votes changed; *ret_model is NULL when there is nothing to learn from. */
enum pith_status handle_current_model(struct pith *pith, struct model **ret_model, struct pith_error *reterr)
{
    char digest[2 * VAULT_DIGEST + 1];
    AUTO(model_free_p) struct model *model = NULL;
    AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = profile_digest(pith->profile, digest, reterr);
    if (!status)
        status = handle_kept_model(pith, digest, &model, reterr);
    if (status || model) {
        *ret_model = TAKE(model);
        return status;
    }
    status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    if (!status)
        status = learner_fit(&learner, NULL, &model, reterr);
    if (status == PITH_NOT_FOUND) {
        *ret_model = NULL;
        return profile_is_stale(pith->profile) ? PITH_OK : profile_drop(pith->profile, ROW_MODEL, reterr);
    }
    if (status)
        return status;
    memcpy(model->votes, digest, sizeof digest);
    status = handle_keep_model(pith, model, reterr);
    if (!status)
        *ret_model = TAKE(model);
    return status;
}

/* ---- ranking ---- */

void pith_ranking_free(struct pith_ranking *ranking)
{
    for (size_t i = 0; i < ranking->count; i++)
        ranker_clear(&ranking->item[i]);
    for (size_t i = 0; i < ranking->shortfalls; i++)
        free(ranking->shortfall[i]);
    free(ranking->shortfall);
    free(ranking->item);
    free(ranking);
}

static enum pith_status remember(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes shown;
    bytes_init(&shown, STORE_MAX_SEALED);
    bytes_put_varint(&shown, ranking->count);
    for (size_t i = 0; i < ranking->count; i++)
        bytes_put_string(&shown, ranking->item[i].key, strlen(ranking->item[i].key));
    enum pith_status status = bytes_done(&shown, reterr);
    return status ? status : profile_keep(pith->profile, ROW_SHOWN, &shown, false, reterr);
}

enum pith_status handle_note_seen(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes record;
    bool changed = false;
    bytes_init(&record, STORE_MAX_SEALED);
    enum pith_status status = profile_fetch(pith->profile, ROW_SEEN, &record, reterr);
    if (!status || status == PITH_NOT_FOUND)
        status = seen_note(&record, ranking, &changed, reterr);
    return status || !changed ? status : profile_keep(pith->profile, ROW_SEEN, &record, false, reterr);
}

static enum pith_status fetch_given(struct pith *pith, struct bytes *record, struct pith_error *reterr)
{
    enum pith_status status = profile_fetch(pith->profile, ROW_GIVEN, record, reterr);
    return status == PITH_NOT_FOUND ? PITH_OK : status;
}

/* The chances that this ranking gives, for counting later what came of them. */
static enum pith_status remember_given(struct pith *pith, const struct pith_ranking *ranking, struct pith_error *reterr)
{
    AUTO(bytes_clear) struct bytes record;
    bool changed = false;
    bytes_init(&record, STORE_MAX_SEALED);
    if (!ranking->probabilities)
        return PITH_OK;
    enum pith_status status = fetch_given(pith, &record, reterr);
    if (!status)
        status = track_note(&record, ranking, &changed, reterr);
    return status || !changed ? status : profile_keep(pith->profile, ROW_GIVEN, &record, false, reterr);
}

static void unwanted_clear(struct ranker_unwanted *unwanted)
{
    free(unwanted->score);
}

static enum pith_status load_unwanted(struct pith *pith, struct ranker_unwanted *unwanted, struct pith_error *reterr)
{
    AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    return status ? status : learner_unwanted(&learner, &unwanted->score, &unwanted->count, reterr);
}

static enum pith_status check_request(const struct pith_rank_request *request, struct pith_error *reterr)
{
    if (!(request->expect >= 0) || !(request->unwanted >= 0 && request->unwanted < 1) || !(request->diverse >= 0 && request->diverse <= 1))
        return pith_fail(reterr, PITH_USAGE, "a number of likes is not negative, a share of unwanted papers from 0 to below 1, diversity from 0 "
                                             "to 1");
    return PITH_OK;
}

enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr)
{
    AUTO(model_free_p) struct model *model = NULL;
    AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    AUTO(unwanted_clear) struct ranker_unwanted unwanted = {0};
    enum pith_status status = pith->profile ? handle_need(pith, PITH_MAY_RANK, reterr) : PITH_OK;
    if (!status)
        status = check_request(request, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    if (!status && model && request->unwanted > 0)
        status = load_unwanted(pith, &unwanted, reterr);
    if (!status)
        status = ranker_rank(pith->store, model, pith->profile, request, &unwanted, NULL, &ranking, reterr);
    if (!status)
        status = add_shortfalls(pith, request, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember_given(pith, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = handle_note_seen(pith, ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember(pith, ranking, reterr);
    if (!status)
        *ret_ranking = TAKE(ranking);
    return status;
}

enum pith_status pith_search(struct pith *pith, const char *query, const struct pith_search_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr)
{
    AUTO(model_free_p) struct model *model = NULL;
    AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    AUTO(pith_free_p) int64_t *ids = pith_calloc(PITH_SEARCH_MOST, sizeof *ids);
    struct stage stage = {pith, "indexing"};
    size_t count = 0;
    if (!ids)
        return pith_fail(reterr, PITH_NOMEM, "out of memory to search");
    if (request->mine && !pith->profile)
        return pith_fail(reterr, PITH_LOCKED, "the order of your own needs your profile: unlock it");
    enum pith_status status = pith->profile ? handle_need(pith, PITH_MAY_RANK, reterr) : PITH_OK;
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = search_papers(pith->store, query, tell_progress, &stage, ids, PITH_SEARCH_MOST, &count, reterr);
    if (!status && count == 0)
        status = pith_fail(reterr, PITH_NOT_FOUND, "no paper of this store matches \"%s\"", query);
    if (!status && pith->profile)
        status = handle_current_model(pith, &model, reterr);
    if (!status)
        status = ranker_rank_papers(pith->store, model, pith->profile, ids, count, request->mine && model, request->limit,
                                    request->reasons, &ranking, reterr);
    if (!status && request->remember && pith->profile)
        status = remember(pith, ranking, reterr);
    if (!status)
        *ret_ranking = TAKE(ranking);
    return status;
}

void pith_account_free(struct pith_account *account)
{
    ranker_clear(&account->paper);
    for (size_t i = 0; i < account->influence_count; i++) {
        free(account->influences[i].key);
        free(account->influences[i].title);
        free(account->influences[i].loser_title);
    }
    free(account->influences);
    free(account);
}

static int by_influence(const void *a, const void *b)
{
    const struct pith_influence *left = a, *right = b;
    double l = fabs(left->contribution), r = fabs(right->contribution);
    if (l != r)
        return l > r ? -1 : 1;
    return strcmp(left->key, right->key);
}

static enum pith_status name_influence(struct pith *pith, const struct learner *learner, size_t i,
                                       struct pith_influence *influence, struct pith_error *reterr)
{
    const struct learner_pair *pair = i < learner->papers ? NULL : &learner->pair[i - learner->papers];
    const struct learner_paper *paper = &learner->paper[pair ? pair->winner : i];
    AUTO(pith_free_p) char *id = NULL;
    influence->verdict = pair ? VERDICT_NONE : paper->verdict;
    enum pith_status status = describe_key(pith, paper->key, &influence->key, &id, &influence->title, reterr);
    if (status || !pair)
        return status;
    AUTO(pith_free_p) char *loser_key = NULL;
    AUTO(pith_free_p) char *loser_id = NULL;
    return describe_key(pith, learner->paper[pair->loser].key, &loser_key, &loser_id, &influence->loser_title, reterr);
}

/* Which votes made the score what it is. The rest of it, from background papers and rounding, is the prior's part. */
static enum pith_status account_for(struct pith *pith, const struct model *model, const struct features *features,
                                    struct pith_account *account, struct pith_error *reterr)
{
    AUTO(learner_clear) struct learner learner = {0};
    enum pith_status status = handle_load_learner(pith, LEARNER_BACKGROUND, &learner, reterr);
    if (status)
        return status;
    size_t most = learner.papers + learner.pairs;
    AUTO(pith_free_p) double *influence = pith_calloc(most, sizeof *influence);
    account->influences = pith_calloc(most, sizeof *account->influences);
    if (!influence || !account->influences)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    status = learner_influence(&learner, model, features, influence, reterr);
    account->prior = account->paper.score;
    for (size_t i = 0; !status && i < most; i++) {
        if (influence[i] == 0)
            continue;
        struct pith_influence *item = &account->influences[account->influence_count++];
        item->contribution = influence[i];
        account->prior -= influence[i];
        status = name_influence(pith, &learner, i, item, reterr);
    }
    if (!status && account->influence_count)
        qsort(account->influences, account->influence_count, sizeof *account->influences, by_influence);
    return status;
}

enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr)
{
    AUTO(pith_account_free_p) struct pith_account *account = pith_calloc(1, sizeof *account);
    AUTO(model_free_p) struct model *model = NULL;
    AUTO(features_clear) struct features features = {0};
    if (!account)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for explaining a score");
    int64_t id;
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (!status)
        status = store_find_key(pith->store, key, &id, reterr);
    if (!status)
        status = handle_current_model(pith, &model, reterr);
    if (!status)
        status = ranker_explain(pith->store, model, pith->profile, id, EXPLAINED, &account->paper, &features, reterr);
    if (!status && model)
        status = account_for(pith, model, &features, account, reterr);
    if (status)
        return status;
    account->learned = model != NULL;
    *ret_account = TAKE(account);
    return PITH_OK;
}

/* ---- self-test and state ---- */

void pith_replay_free(struct pith_replay *replay)
{
    free(replay->day);
    free(replay);
}

enum pith_status pith_replay_votes(struct pith *pith, struct pith_replay **ret_replay, struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_RANK, reterr);
    if (!status)
        status = handle_refresh(pith, reterr);
    if (status)
        return status;
    size_t votes, pairs;
    const struct profile_vote *vote = profile_votes(pith->profile, &votes);
    const struct profile_pair *pair = profile_pairs(pith->profile, &pairs);
    return replay_votes(pith->store, vote, votes, pair, pairs, pith->progress, pith->progress_user, ret_replay, reterr);
}

enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr)
{
    struct store_counts counts;
    struct pith_summary summary = {.unlocked = pith->profile != NULL};
    enum pith_status status = store_count_profiles(pith->store, &summary.readers, reterr);
    if (!status && (pith->reader || summary.readers == 1))
        status = pith_has_profile(pith, &summary.has_profile, reterr);
    if (!status)
        status = store_count(pith->store, &counts, reterr);
    if (!status && pith->profile)
        status = profile_digest(pith->profile, summary.digest, reterr);
    if (status)
        return status;
    summary.papers = counts.papers;
    summary.days = counts.days;
    summary.first_day = counts.first_day;
    summary.last_day = counts.last_day;
    if (pith->profile) {
        size_t votes;
        const struct profile_vote *vote = profile_votes(pith->profile, &votes);
        for (size_t i = 0; i < votes; i++) {
            summary.ups += vote[i].verdict == VERDICT_UP;
            summary.downs += vote[i].verdict == VERDICT_DOWN;
            summary.seeds += vote[i].verdict == VERDICT_SEED;
        }
        profile_pairs(pith->profile, &summary.pairs);
        AUTO(bytes_clear) struct bytes record;
        bytes_init(&record, STORE_MAX_SEALED);
        status = fetch_given(pith, &record, reterr);
        if (!status)
            status = track_count(&record, vote, votes, &summary.given, &summary.liked, reterr);
        if (status)
            return status;
    }
    *ret_summary = summary;
    return PITH_OK;
}

