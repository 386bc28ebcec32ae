/* model: what `pith review` shows and which paper is chosen; votes, undo, days and search as its keys ask for them. No curses here.
 *
 * A list stays in its order while it is read: votes count from the next list on. Each function that does something leaves a sentence in
 * `said` of what it did; one that fails changes nothing, and its error is the sentence. */
#ifndef PITH_CLI_REVIEW_MODEL_H
#define PITH_CLI_REVIEW_MODEL_H

#include <pith/pith.h>

enum { MODEL_SAID = 512 };

struct model {
    struct pith *pith;                    /* borrowed; its profile is unlocked */
    bool seen;                            /* papers that were seen before a listing's day are shown too */
    struct pith_ranking *listing, *found; /* a day's papers; what a search found, or NULL */
    char *query;                          /* of that search */
    size_t at, listing_at;                /* the paper chosen; that of the listing while a search is shown */
    char *before, *before_title;          /* key and title of the paper that was looked at before this one; NULL for none */
    char said[MODEL_SAID];
};
/* Shows that day's listing (PITH_NO_DAY: the newest), the first unread paper chosen. PITH_NOT_FOUND where nothing is listed, or
 * all was seen before. */
enum pith_status model_open(struct model *model, int32_t day, struct pith_error *reterr);
void model_clear(struct model *model); /* for PITH_AUTO too */

/* The list on the screen, never empty, and its chosen paper. */
const struct pith_ranking *model_list(const struct model *model);
const struct pith_ranked *model_paper(const struct model *model);
/* Neither voted on nor set aside; a seed is no vote. */
bool model_is_unread(const struct pith_ranked *paper);
size_t model_unread(const struct model *model);

/* Chooses the paper `steps` further on, at most the last or first, which is said. */
void model_move(struct model *model, long steps);
/* Votes on the chosen paper (1, -1 or PITH_LATER) and chooses the next unread one below. */
enum pith_status model_vote(struct model *model, int verdict, int32_t today, struct pith_error *reterr);
/* The chosen paper is better than the one looked at before. */
enum pith_status model_prefer(struct model *model, int32_t today, struct pith_error *reterr);
/* Takes the reader's last change back, and chooses its paper where the list has it. */
enum pith_status model_undo(struct model *model, struct pith_error *reterr);
/* The listing of the next day (1) or of the one before (-1) that shows a paper. */
enum pith_status model_turn(struct model *model, int direction, struct pith_error *reterr);
/* Papers by words, the most relevant first; model_leave_search shows the listing again. */
enum pith_status model_search(struct model *model, const char *query, struct pith_error *reterr);
void model_leave_search(struct model *model);

#endif
