#include "cli/review/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASONS = 8, FOUND_MOST = 200 };

__attribute__((format(printf, 2, 3))) static void say(struct model *model, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(model->said, sizeof model->said, format, arguments);
    va_end(arguments);
}

/* ---- what is shown ---- */

const struct pith_ranking *model_list(const struct model *model)
{
    return model->found ? model->found : model->listing;
}

const struct pith_ranked *model_paper(const struct model *model)
{
    return &model_list(model)->item[model->at];
}

bool model_is_unread(const struct pith_ranked *paper)
{
    return (paper->verdict == 0 || paper->verdict == PITH_SEED) && !paper->later;
}

size_t model_unread(const struct model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model_list(model)->count; i++)
        count += model_is_unread(&model_list(model)->item[i]);
    return count;
}

/* The first unread paper from `from` on; the list's length when there is none. */
static size_t next_unread(const struct model *model, size_t from)
{
    while (from < model_list(model)->count && !model_is_unread(&model_list(model)->item[from]))
        from++;
    return from;
}

/* ---- lists ---- */

static void forget_before(struct model *model)
{
    pith_free_p(&model->before);
    pith_free_p(&model->before_title);
}

static void forget_search(struct model *model)
{
    pith_ranking_free_p(&model->found);
    pith_free_p(&model->query);
}

void model_clear(struct model *model)
{
    forget_before(model);
    forget_search(model);
    pith_ranking_free_p(&model->listing);
}

/* The chosen paper becomes the one that was looked at before. */
static void look_away(struct model *model)
{
    const struct pith_ranked *paper = model_paper(model);
    forget_before(model);
    model->before = strdup(paper->key);
    model->before_title = strdup(paper->title);
    if (!model->before || !model->before_title)
        forget_before(model);
}

/* What is to be known of a list before it is read. */
static void say_listing(struct model *model)
{
    const struct pith_ranking *list = model->listing;
    if (!list->learned)
        say(model, "No votes yet, so this is the listing's own order: u votes up, d votes down.");
    else if (list->shortfalls)
        say(model, "Not all is here: %s", list->shortfall[0]);
    else if (!list->probabilities)
        say(model, "Chances come after %d votes with %d of each kind: you have %zu.", PITH_CHANCE_VOTES, PITH_CHANCE_EACH,
            list->ups + list->downs);
    else
        say(model, "%zu of %zu papers are unread.", model_unread(model), list->count);
}

/* Why a day cannot be shown, in words for this command. */
static enum pith_status fail_to_open(const struct model *model, const struct pith_error *error, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 1;
    if (error->status == PITH_NOT_FOUND && !pith_list_days(model->pith, &days, &count, NULL) && count == 0)
        return pith_fail(reterr, PITH_NOT_FOUND,
                         "no paper is listed yet: `pith import FILE` or `pith fetch SOURCE` brings a listing in");
    return pith_fail(reterr, error->status, "%s", error->message);
}

enum pith_status model_open(struct model *model, int32_t day, struct pith_error *reterr)
{
    struct pith_ranking *listing = NULL;
    struct pith_error error;
    const struct pith_rank_request request = {
        .size = sizeof request, .first = day, .last = day, .seen = model->seen, .reasons = REASONS, .remember = true};
    if (pith_rank(model->pith, &request, &listing, &error))
        return fail_to_open(model, &error, reterr);
    if (model->listing)
        look_away(model);
    forget_search(model);
    pith_ranking_free_p(&model->listing);
    model->listing = listing;
    model->at = next_unread(model, 0);
    if (model->at == listing->count)
        model->at = 0;
    say_listing(model);
    return PITH_OK;
}

static void say_end_of_days(struct model *model, int direction, size_t passed)
{
    char day[16];
    pith_day_text(model->listing->first, day);
    if (passed)
        say(model, "You saw every paper of the %s days before: `pith review --seen` shows them.",
            direction > 0 ? "later" : "earlier");
    else if (direction > 0)
        say(model, "%s is the newest day: N shows the day before it.", day);
    else
        say(model, "%s is the oldest day: n shows the day after it.", day);
}

/* A day on which every paper was seen before is passed over. */
enum pith_status model_turn(struct model *model, int direction, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0, passed = 0;
    int32_t here = model->listing->first;
    enum pith_status status = pith_list_days(model->pith, &days, &count, reterr);
    for (size_t i = 0; !status && i < count; i++) {
        int32_t day = days[direction > 0 ? i : count - 1 - i]; /* they ascend */
        if (direction > 0 ? day <= here : day >= here)
            continue;
        struct pith_error error;
        enum pith_status opened = model_open(model, day, &error);
        if (opened != PITH_NOT_FOUND)
            return opened ? pith_fail(reterr, opened, "%s", error.message) : PITH_OK;
        passed++;
    }
    if (!status)
        say_end_of_days(model, direction, passed);
    return status;
}

enum pith_status model_search(struct model *model, const char *query, struct pith_error *reterr)
{
    struct pith_ranking *found = NULL;
    PITH_AUTO(pith_free_p) char *copy = strdup(query);
    const struct pith_search_request request = {.size = sizeof request, .limit = FOUND_MOST, .reasons = REASONS};
    if (!copy)
        return pith_no_memory(reterr);
    enum pith_status status = pith_search(model->pith, query, &request, &found, reterr);
    if (status)
        return status;
    if (!model->found)
        model->listing_at = model->at;
    look_away(model);
    forget_search(model);
    model->found = found;
    model->query = PITH_TAKE(copy);
    model->at = 0;
    say(model, "%zu paper%s match%s, the most relevant first: q shows the day again.", found->listed, found->listed == 1 ? "" : "s",
        found->listed == 1 ? "es" : "");
    return PITH_OK;
}

void model_leave_search(struct model *model)
{
    if (!model->found)
        return;
    look_away(model);
    forget_search(model);
    model->at = model->listing_at;
    say_listing(model);
}

/* ---- choosing ---- */

static void choose(struct model *model, size_t at)
{
    if (at == model->at)
        return;
    look_away(model);
    model->at = at;
}

void model_move(struct model *model, long steps)
{
    size_t last = model_list(model)->count - 1, back = steps < 0 ? (size_t)-steps : 0, on = steps > 0 ? (size_t)steps : 0;
    *model->said = '\0';
    if (on && model->at == last)
        say(model,
            model->found ? "This is the last paper that was found." : "This is the last paper of the day: n shows the next day.");
    if (back && model->at == 0)
        say(model, "This is the first paper.");
    choose(model,
           back ? model->at - (back < model->at ? back : model->at) : model->at + (on < last - model->at ? on : last - model->at));
}

/* ---- votes ---- */

/* A paper may stand in the listing and among what was found. */
static void mark(struct pith_ranking *list, const char *key, int verdict)
{
    for (size_t i = 0; list && i < list->count; i++) {
        struct pith_ranked *paper = &list->item[i];
        if (strcmp(paper->key, key) != 0)
            continue;
        paper->later = verdict == PITH_LATER;
        if (verdict != PITH_LATER)
            paper->verdict = verdict;
    }
}

static const char *vote_name(int verdict)
{
    static const char *const names[] = {
        "No vote",
        "Voted up", [PITH_SEED] = "Taken as a seed", [PITH_DONE] = "Off the reading list", [PITH_LATER] = "Set aside for later"};
    return verdict < 0 ? "Voted down" : names[verdict];
}

enum pith_status model_vote(struct model *model, int verdict, int32_t today, struct pith_error *reterr)
{
    const struct pith_ranked *paper = model_paper(model);
    size_t recorded = 0;
    const struct pith_vote vote = {.paper = paper->key, .verdict = verdict, .day = today};
    enum pith_status status = pith_record(model->pith, &vote, 1, &recorded, reterr);
    if (status)
        return status;
    mark(model->listing, vote.paper, verdict);
    mark(model->found, vote.paper, verdict);
    size_t next = next_unread(model, model->at);
    const char *undo = recorded ? ", z undoes it" : " already";
    if (next < model_list(model)->count) {
        say(model, "%s%s: %s", vote_name(verdict), undo, paper->title);
        choose(model, next);
    } else {
        say(model, "%s%s. No unread paper follows%s.", vote_name(verdict), undo, model->found ? "" : ": n shows the next day");
    }
    return PITH_OK;
}

enum pith_status model_prefer(struct model *model, int32_t today, struct pith_error *reterr)
{
    const struct pith_ranked *paper = model_paper(model);
    size_t recorded = 0;
    if (!model->before || strcmp(model->before, paper->key) == 0)
        return pith_fail(reterr, PITH_USAGE,
                         "there is nothing to prefer this over: look at another paper first, then at the better one");
    const struct pith_vote vote = {.paper = paper->key, .loser = model->before, .day = today};
    enum pith_status status = pith_record(model->pith, &vote, 1, &recorded, reterr);
    if (!status)
        say(model, "Preferred%s, over: %s", recorded ? ", z undoes it" : " already", model->before_title);
    return status;
}

/* ---- undo ---- */

/* What stands of every paper, told anew: what an undo leaves need not be nothing. */
static enum pith_status refresh_marks(struct model *model, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL, *later = NULL;
    enum pith_status status = pith_list_votes(model->pith, &votes, reterr);
    if (!status)
        status = pith_list_later(model->pith, &later, reterr);
    if (status)
        return status;
    struct pith_ranking *const lists[] = {model->listing, model->found};
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        for (size_t i = 0; lists[l] && i < lists[l]->count; i++)
            lists[l]->item[i].verdict = 0, lists[l]->item[i].later = false;
        for (size_t i = 0; i < votes->count; i++)
            if (!votes->item[i].loser)
                mark(lists[l], votes->item[i].key, votes->item[i].verdict);
        for (size_t i = 0; i < later->count; i++)
            mark(lists[l], later->item[i].key, PITH_LATER);
    }
    return PITH_OK;
}

static void say_undone(struct model *model, const struct pith_votes *undone)
{
    const struct pith_standing *vote = undone->item;
    if (undone->count != 1)
        say(model, "Taken back: %zu changes at once.", undone->count);
    else if (vote->loser)
        say(model, "Taken back: Preferred: %s, over: %s", vote->title, vote->loser_title);
    else
        say(model, "Taken back: %s: %s", vote_name(vote->verdict), *vote->title ? vote->title : vote->id);
}

enum pith_status model_undo(struct model *model, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    enum pith_status status = pith_undo(model->pith, &undone, reterr);
    if (status)
        return status;
    say_undone(model, undone);
    for (size_t i = 0; undone->count == 1 && i < model_list(model)->count; i++)
        if (strcmp(model_list(model)->item[i].key, undone->item[0].key) == 0)
            choose(model, i);
    return refresh_marks(model, reterr);
}
