/* What a reader says of a paper by its buttons, each a field of one form with the paper's key as its value; and taking the last of it back. */
#include "api/pages/pages.h"

#include "api/form.h"

#include <string.h>

static const struct mark {
    const char *name; /* of the button */
    int verdict;
    enum pages_said said;
} marks[] = {
    {"up", 1, SAID_UP},
    {"down", -1, SAID_DOWN},
    {"later", PITH_LATER, SAID_LATER},
    {"none", 0, SAID_NONE},
    {"not-later", PITH_DONE, SAID_NOT_LATER},
};

static enum pith_status undo(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *undone = NULL;
    enum pith_status status = pith_undo(exchange->pith, &undone, reterr);
    if (status == PITH_NOT_FOUND)
        return pages_done(exchange, "./", SAID_NOTHING_TO_UNDO, NULL, 0, reterr);
    if (status)
        return status;
    return pages_done(exchange, "./", SAID_UNDONE, undone->count == 1 ? undone->item[0].key : NULL, 0, reterr);
}

enum pith_status page_vote(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *paper = NULL;
    struct pith_vote vote = {.day = exchange_today(exchange)};
    if (*form_text(exchange->form, "undo"))
        return undo(exchange, reterr);
    const struct mark *mark = marks, *end = marks + sizeof marks / sizeof *marks;
    while (mark < end && !*form_text(exchange->form, mark->name))
        mark++;
    if (mark == end)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "the form says of no paper what you think of it");
    enum pith_status status = pith_identify(exchange->pith, form_text(exchange->form, mark->name), &paper, reterr);
    if (status)
        return status;
    vote.paper = paper->item[0].key;
    vote.verdict = mark->verdict;
    status = pith_record(exchange->pith, &vote, 1, NULL, reterr);
    return status ? status : pages_done(exchange, "./", mark->said, vote.paper, 0, reterr);
}
