/* screen: the full screen of `pith review`, drawn with curses. The list stands above the paper, in a wide terminal to its left; at the
 * foot what was said last, and the keys. */
#ifndef PITH_CLI_REVIEW_SCREEN_H
#define PITH_CLI_REVIEW_SCREEN_H

#include "cli/review/model.h"
#include "cli/review/text.h"

enum { SCREEN_COLUMNS = 40, SCREEN_ROWS = 10 /* the smallest */ };

/* Takes the terminal over. PITH_USAGE where it cannot show a full screen; it is as it was then. */
enum pith_status screen_open(bool colour, struct pith_error *reterr);
void screen_close(void);

/* Where the text stands: the paper's pane, or for a page of its own all between head and foot. Told anew after every resize. */
struct screen_pane {
    int top, left, height, width;
};
struct screen_pane screen_pane(bool page);
/* The furthest that a text of so many lines can be scrolled in a pane, and the lines that one page of it has. */
size_t screen_scroll_most(const struct screen_pane *pane, size_t lines);
size_t screen_page_lines(const struct screen_pane *pane, size_t lines);

struct screen_view {
    const struct model *model;
    const struct text *text; /* of the paper, or of the page */
    bool page;               /* the text is a page of its own: no list */
    size_t scroll;           /* its first line shown, at most screen_scroll_most */
    const char *said;        /* the line at the foot */
    const wchar_t *typed;    /* after it where something is asked for; NULL: nothing is */
};
/* A terminal that is too small says so instead. */
void screen_draw(const struct screen_view *view);
/* Shows a line at the foot while something takes its time. */
void screen_say(const char *said);

#endif
