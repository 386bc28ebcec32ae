#include "engine/door/handle.h"

#include "engine/base/unicode.h"
#include "engine/door/bibliography.h"
#include "engine/door/json_profile.h"
#include "engine/profile/redo.h"
#include "engine/sources/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_BIBLIOGRAPHY = 256 << 20 };

/* ---- votes ---- */

enum pith_status pith_record(struct pith *pith, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                             struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    PITH_AUTO(pith_free_p) struct profile_change *change = pith_calloc(count, sizeof *change);
    if (!status && !change)
        status = pith_no_memory(reterr);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (votes[i].verdict < VERDICT_DOWN || votes[i].verdict > VERDICT_LATER)
            return pith_fail(reterr, PITH_USAGE, "a verdict is 1, -1, 0, that of a seed, later or done");
        change[i] = (struct profile_change){votes[i].paper, votes[i].loser, (enum profile_verdict)votes[i].verdict, votes[i].day};
    }
    return profile_record(pith->profile, change, count, ret_recorded, reterr);
}

/* ---- seeds ---- */

struct seeds {
    struct profile_change *change; /* keys are owned */
    size_t count, cap;
};

struct seeding {
    struct pith *pith;
    const char *about;
    int32_t today;
    struct seeds read; /* as the file calls them */
    struct seeds seed; /* as the store does */
    struct pith_seed_report *report;
};

static void seeds_clear(struct seeds *seeds)
{
    for (size_t i = 0; i < seeds->count; i++)
        free((char *)seeds->change[i].paper);
    free(seeds->change);
}

static void seeding_clear(struct seeding *seeding)
{
    seeds_clear(&seeding->read);
    seeds_clear(&seeding->seed);
}

static enum pith_status add_seed(struct seeds *seeds, const char *key, int32_t day, struct pith_error *reterr)
{
    enum pith_status status = pith_grow(&seeds->change, &seeds->cap, seeds->count + 1, sizeof *seeds->change, PROFILE_MAX_BATCH,
                                        reterr);
    if (status)
        return status;
    char *paper = strdup(key);
    if (!paper)
        return pith_no_memory(reterr);
    seeds->change[seeds->count++] = (struct profile_change){.paper = paper, .verdict = VERDICT_SEED, .day = day};
    return PITH_OK;
}

/* By the name that the store calls it now, unless one of its names was voted on. */
static enum pith_status seed_paper(struct seeding *seeding, const char *key, int32_t day, struct pith_error *reterr)
{
    PITH_AUTO(paper_clear) struct paper paper;
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
    return status || voted ? status : add_seed(&seeding->seed, paper.keys.item[0], day, reterr);
}

static bool is_about(const struct paper *paper, const char *about)
{
    for (size_t i = 0; about && i < paper->categories.count; i++)
        if (strcasecmp(paper->categories.item[i], about) == 0)
            return true;
    return !about;
}

/* A record of a file that is to be seeded: which paper it is shows once it is stored. */
static enum pith_status note_record(void *user, const struct paper *paper, struct pith_error *reterr)
{
    struct seeding *seeding = user;
    int32_t day = paper->announced != PITH_NO_DAY ? paper->announced : paper->published;
    if (!is_about(paper, seeding->about))
        return PITH_OK;
    return add_seed(&seeding->read, paper->keys.item[0], day != PITH_NO_DAY ? day : seeding->today, reterr);
}

static enum pith_status seed_records(struct seeding *seeding, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < seeding->read.count; i++)
        status = seed_paper(seeding, seeding->read.change[i].paper, seeding->read.change[i].day, reterr);
    return status;
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
    PITH_AUTO(seeding_clear) struct seeding seeding = {.pith = pith, .about = about, .today = today, .report = &report};
    const struct import_options options = {.today = today, .library = true, .record = note_record, .record_user = &seeding};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    struct source_memory memory = {bytes, length};
    const struct pith_input from = sources_memory(&memory);
    status = handle_import(pith, &from, &options, &report.import, reterr);
    if (!status)
        status = seed_records(&seeding, reterr);
    else if (status == PITH_INPUT && !sources_recognise(bytes, length))
        status = seed_lines(&seeding, bytes, length, reterr);
    if (!status)
        status = profile_record(pith->profile, seeding.seed.change, seeding.seed.count, &report.seeded, reterr);
    if (status)
        return status;
    report.standing += seeding.seed.count - report.seeded;
    *ret_report = report;
    return PITH_OK;
}

enum pith_status pith_seed_words(struct pith *pith, const char *words, int32_t today, bool *ret_seeded, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *plain = NULL;
    char key[PAPER_KEY_SIZE];
    size_t length, recorded;
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = unicode_normalise(words, strlen(words), false, &plain, &length, reterr);
    if (status)
        return status;
    if (length == 0 || length > PITH_SEED_MOST)
        return pith_fail(reterr, PITH_USAGE, "give some words about what you are interested in, at most %d bytes", PITH_SEED_MOST);
    snprintf(key, sizeof key, PAPER_TEXT "%s", plain);
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
        return pith_no_memory(reterr);
    lines->vote[lines->count++] = (struct pith_vote){.paper = paper, .verdict = verdict, .day = day};
    return PITH_OK;
}

enum pith_status pith_record_lines(struct pith *pith, const struct pith_lines_request *request, size_t *ret_recorded,
                                   struct pith_error *reterr)
{
    PITH_AUTO(vote_lines_clear) struct vote_lines lines = {0};
    struct pith_lines_request asked;
    enum pith_status status = handle_take_request(request, &asked, sizeof asked, reterr);
    if (!status)
        status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    size_t number = 0;
    for (const char *at = asked.bytes, *end = asked.bytes + asked.length; !status && at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        struct pith_error error;
        number++;
        size_t blank = 0;
        while (blank < size && memchr(" \t\r", at[blank], 3))
            blank++;
        if (blank < size)
            status = read_vote(pith, at, size, asked.today, &lines, &error);
        if (status == PITH_INPUT) {
            lines.bad++;
            if (asked.problem)
                asked.problem(asked.user, number, error.message);
            status = PITH_OK;
        } else if (status) {
            return pith_fail(reterr, status, "%s", error.message);
        }
        at += size + (stop != NULL);
    }
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

struct listing_votes {
    struct pith *pith;
    struct pith_votes *votes;
    size_t cap;
    enum pith_status status; /* of a visit that cannot return one */
    struct pith_error *reterr;
};

static enum pith_status list_vote(struct listing_votes *listing, const struct profile_change *change, enum profile_verdict verdict,
                                  struct pith_error *reterr)
{
    struct pith_votes *votes = listing->votes;
    enum pith_status status = pith_grow(&votes->item, &listing->cap, votes->count + 1, sizeof *votes->item, PROFILE_MAX_EVENTS,
                                        reterr);
    if (status)
        return status;
    struct pith_standing *item = &votes->item[votes->count++];
    *item = (struct pith_standing){.verdict = verdict, .day = change->day};
    status = handle_describe_key(listing->pith, change->paper, &item->key, &item->id, &item->title, reterr);
    if (!status && change->loser)
        status = handle_describe_key(listing->pith, change->loser, &item->loser, &item->loser_id, &item->loser_title, reterr);
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
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    struct listing_votes listing = {.pith = pith, .votes = votes};
    size_t count = 0;
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
    *ret_votes = PITH_TAKE(votes);
    return PITH_OK;
}

enum pith_status pith_list_later(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    struct listing_votes listing = {.pith = pith, .votes = votes};
    size_t count;
    const struct profile_vote *later = profile_shelf(pith->profile, &count);
    for (size_t i = 0; !status && i < count; i++)
        status = list_vote(&listing, &(struct profile_change){.paper = later[i].paper, .day = later[i].day}, VERDICT_LATER, reterr);
    if (status)
        return status;
    if (votes->count)
        qsort(votes->item, votes->count, sizeof *votes->item, by_day);
    *ret_votes = PITH_TAKE(votes);
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
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    struct listing_votes listing = {.pith = pith, .votes = votes, .reterr = reterr};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = profile_undo(pith->profile, note_undone, &listing, reterr);
    if (!status)
        status = listing.status;
    if (!status)
        *ret_undone = PITH_TAKE(votes);
    return status;
}

static void note_change(void *user, const struct profile_change *change)
{
    note_undone(user, change, VERDICT_NONE);
}

/* The votes that a visit of the profile tells of. */
static enum pith_status list_change(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr,
                                    enum pith_status (*visit)(struct profile *profile,
                                                              void (*visit)(void *user, const struct profile_change *change),
                                                              void *user, struct pith_error *reterr))
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = pith_calloc(1, sizeof *votes);
    if (!votes)
        return pith_no_memory(reterr);
    struct listing_votes listing = {.pith = pith, .votes = votes, .reterr = reterr};
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status)
        status = visit(pith->profile, note_change, &listing, reterr);
    if (!status)
        status = listing.status;
    if (!status)
        *ret_votes = PITH_TAKE(votes);
    return status;
}

enum pith_status pith_last_change(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr)
{
    return list_change(pith, ret_votes, reterr, profile_last_change);
}

enum pith_status pith_redo(struct pith *pith, struct pith_votes **ret_redone, struct pith_error *reterr)
{
    return list_change(pith, ret_redone, reterr, profile_redo);
}

/* Appends a paper that the store holds; PITH_NOT_FOUND when it does not. */
static enum pith_status put_paper(struct pith *pith, const char *key, enum pith_bibliography format, bool first, struct bytes *out,
                                  struct pith_error *reterr)
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
    PITH_AUTO(bytes_clear) struct bytes out;
    size_t votes, missing = 0, written = 0;
    bytes_init(&out, MAX_BIBLIOGRAPHY);
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (status)
        return status;
    const struct profile_vote *vote = verdict == VERDICT_LATER ? profile_shelf(pith->profile, &votes)
                                                               : profile_votes(pith->profile, &votes);
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
    PITH_AUTO(pith_free_p) char *text = (char *)PITH_TAKE(out.data);
    status = text_mark_directions(&text, format == PITH_CSL_JSON || format == PITH_JSONL, reterr);
    if (status)
        return status;
    *ret_missing = missing;
    *ret_text = PITH_TAKE(text);
    return PITH_OK;
}
