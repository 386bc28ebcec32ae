/* pith review: the loop of a full screen, a key at a time. */
#include "cli/commands/commands.h"
#include "cli/open_link.h"
#include "cli/review/pages.h"
#include "cli/review/screen.h"

#include <ctype.h>
#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wctype.h>

enum {
    LONGEST_QUERY = 256,
    MOST_STEPS = 1000000,
    FAULTS = 20,
    OTHER = 0,
    ESCAPE = 27,
    DELETE = 127,
    REDRAW = 'L' & 31,
    CLEAR_LINE = 'U' & 31
};

struct review {
    struct model model;
    enum { PAGE_NONE, PAGE_WHY, PAGE_HELP } page;
    struct pith_account *account;           /* of the page that tells why */
    size_t scroll, scroll_most, page_lines; /* of the text shown, in lines */
    bool quits;
};

/* ---- keys ---- */

/* The letter that does what a named key does. */
static wint_t letter_of(wint_t named)
{
    switch (named) {
    case KEY_DOWN: return 'j';
    case KEY_UP: return 'k';
    case KEY_NPAGE: return ' ';
    case KEY_PPAGE: return 'b';
    case KEY_HOME: return 'g';
    case KEY_END: return 'G';
    case KEY_ENTER: return '\r';
    case KEY_BACKSPACE: return DELETE;
    case KEY_RESIZE: return REDRAW;
    default: return OTHER;
    }
}

/* False when the terminal is gone. */
static bool read_key(wint_t *ret_key)
{
    for (int faults = 0; faults < FAULTS && isatty(STDIN_FILENO); faults++) {
        errno = 0;
        int kind = get_wch(ret_key);
        if (kind == KEY_CODE_YES)
            *ret_key = letter_of(*ret_key);
        if (kind != ERR)
            return true;
        faults -= errno == EINTR; /* a signal is no fault */
    }
    return false;
}

/* ---- drawing ---- */

static enum pith_status draw(struct review *review, const wchar_t *typed, struct pith_error *reterr)
{
    PITH_AUTO(text_clear) struct text text = {0};
    const struct screen_pane pane = screen_pane(review->page != PAGE_NONE);
    const struct model *model = &review->model;
    const struct pith_ranked *paper = model_paper(model);
    char preferred[MODEL_SAID];
    const char *said = review->page == PAGE_NONE ? model->said : "";
    text_start(&text, pane.width > 0 ? (size_t)pane.width : 1);
    if (review->page == PAGE_HELP)
        pages_put_help(&text);
    else if (review->page == PAGE_WHY)
        pages_put_why(&text, review->account);
    else
        pages_put_paper(&text, paper);
    if (text.failed)
        return pith_no_memory(reterr);
    review->scroll_most = screen_scroll_most(&pane, text.count);
    review->page_lines = screen_page_lines(&pane, text.count);
    review->scroll = review->scroll < review->scroll_most ? review->scroll : review->scroll_most;
    if (!*said && model->before_title && review->page == PAGE_NONE) {
        snprintf(preferred, sizeof preferred, "p: better than the one before, %.400s", model->before_title);
        said = preferred;
    }
    screen_draw(&(struct screen_view){.model = model,
                                      .text = &text,
                                      .page = review->page != PAGE_NONE,
                                      .scroll = review->scroll,
                                      .said = typed ? "Search: " : said,
                                      .typed = typed});
    return PITH_OK;
}

/* A pith_progress. */
static void show_progress(void *user, const char *what, size_t done, size_t all)
{
    char line[128];
    (void)user;
    snprintf(line, sizeof line, all ? "%s: %zu of %zu" : "%s: %zu", what, done, all);
    screen_say(line);
}

static void say_error(struct review *review, const struct pith_error *error)
{
    snprintf(review->model.said, sizeof review->model.said, "%s", error->message);
    *review->model.said = (char)toupper((unsigned char)*review->model.said);
}

/* ---- what keys do ---- */

static void scroll_by(struct review *review, size_t lines, bool back)
{
    if (back)
        review->scroll -= lines < review->scroll ? lines : review->scroll;
    else
        review->scroll += lines; /* drawing holds it in */
}

static void close_page(struct review *review)
{
    review->page = PAGE_NONE;
    review->scroll = 0;
    if (review->account)
        pith_account_free(review->account);
    review->account = NULL;
}

/* On a page of its own keys scroll, or close it. */
static void act_on_page(struct review *review, wint_t key)
{
    switch (key) {
    case 'j': scroll_by(review, 1, false); break;
    case 'k': scroll_by(review, 1, true); break;
    case ' ': scroll_by(review, review->page_lines, false); break;
    case 'b': scroll_by(review, review->page_lines, true); break;
    case 'g': review->scroll = 0; break;
    case 'G': review->scroll = review->scroll_most; break;
    case 'q':
    case 'w':
    case '?':
    case ESCAPE: close_page(review); break;
    default: break;
    }
}

static enum pith_status open_paper(struct review *review, struct pith_error *reterr)
{
    const struct pith_ranked *paper = model_paper(&review->model);
    const char *link = *paper->url ? paper->url : paper->facts.pdf ? paper->facts.pdf : paper->facts.doi;
    if (!link)
        return pith_fail(reterr, PITH_NOT_FOUND, "no link is known of this paper");
    enum pith_status status = open_link(link, true, reterr);
    if (!status)
        snprintf(review->model.said, sizeof review->model.said, "Opened in a browser: %s", link);
    return status;
}

static enum pith_status open_why(struct review *review, struct pith_error *reterr)
{
    const struct pith_ranked *paper = model_paper(&review->model);
    enum pith_status status = pith_why(review->model.pith, paper->key, &review->account, reterr);
    if (!status)
        review->page = PAGE_WHY;
    return status;
}

/* Reads a line at the foot. False when it was given up, or the terminal is gone. */
static bool ask(struct review *review, wchar_t typed[LONGEST_QUERY + 1])
{
    size_t length = 0;
    wint_t key;
    *typed = L'\0';
    while (!draw(review, typed, NULL) && read_key(&key)) {
        if (key == '\r' || key == '\n')
            return length > 0;
        if (key == ESCAPE || ((key == DELETE || key == '\b') && length == 0))
            return false;
        if (key == DELETE || key == '\b')
            length--;
        else if (key == CLEAR_LINE)
            length = 0;
        else if (iswprint(key) && length < LONGEST_QUERY)
            typed[length++] = (wchar_t)key;
        typed[length] = L'\0';
    }
    return false;
}

static enum pith_status search(struct review *review, struct pith_error *reterr)
{
    wchar_t typed[LONGEST_QUERY + 1];
    if (!ask(review, typed))
        return PITH_OK;
    PITH_AUTO(pith_free_p) char *query = text_utf8(typed);
    if (!query)
        return pith_no_memory(reterr);
    return model_search(&review->model, query, reterr);
}

/* Space reads on: more of the paper, else the next one. */
static void read_on(struct review *review)
{
    if (review->scroll < review->scroll_most) {
        scroll_by(review, review->page_lines, false);
        return;
    }
    review->scroll = 0;
    model_move(&review->model, 1);
}

static void go_back(struct review *review)
{
    if (review->model.found)
        model_leave_search(&review->model);
    else
        review->quits = true;
}

static enum pith_status act_on_list(struct review *review, wint_t key, struct pith_error *reterr)
{
    struct model *model = &review->model;
    switch (key) {
    case 'j': model_move(model, 1); return PITH_OK;
    case 'k': model_move(model, -1); return PITH_OK;
    case 'g': model_move(model, -MOST_STEPS); return PITH_OK;
    case 'G': model_move(model, MOST_STEPS); return PITH_OK;
    case ' ': read_on(review); return PITH_OK;
    case 'b': scroll_by(review, review->page_lines, true); return PITH_OK;
    case 'u': return model_vote(model, 1, call_today(), reterr);
    case 'd': return model_vote(model, -1, call_today(), reterr);
    case 'l': return model_vote(model, PITH_LATER, call_today(), reterr);
    case 'p': return model_prefer(model, call_today(), reterr);
    case 'z': return model_undo(model, reterr);
    case 'n': return model_turn(model, 1, reterr);
    case 'N': return model_turn(model, -1, reterr);
    case 'o': return open_paper(review, reterr);
    case 'w': return open_why(review, reterr);
    case '/': return search(review, reterr);
    case '?': review->page = PAGE_HELP; return PITH_OK;
    case ESCAPE: model_leave_search(model); return PITH_OK;
    case 'q': go_back(review); return PITH_OK;
    case REDRAW: return PITH_OK;
    default: return pith_fail(reterr, PITH_USAGE, "this key does nothing here: ? shows the keys");
    }
}

static void act(struct review *review, wint_t key)
{
    struct pith_error error;
    const struct pith_ranked *paper = model_paper(&review->model);
    if (key == REDRAW)
        clearok(stdscr, TRUE);
    if (review->page != PAGE_NONE) {
        act_on_page(review, key);
        return;
    }
    if (act_on_list(review, key, &error))
        say_error(review, &error);
    if (model_paper(&review->model) != paper || review->page != PAGE_NONE)
        review->scroll = 0;
}

/* ---- the command ---- */

static enum pith_status needs(const struct call *call, struct pith_error *reterr)
{
    if (call->json)
        return pith_fail(reterr, PITH_USAGE, "review prints no JSON: `pith rank --json` does");
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
        return pith_fail(reterr, PITH_USAGE, "review needs a terminal, and standard %s is none: `pith rank` prints the list",
                         isatty(STDOUT_FILENO) ? "input" : "output");
    return PITH_OK;
}

static enum pith_status run_screen(struct call *call, struct review *review, struct pith_error *reterr)
{
    wint_t key;
    terminal_clear_progress(&call->terminal);
    enum pith_status status = screen_open(call->terminal.colour, reterr);
    if (status)
        return status;
    pith_set_progress(call->pith, show_progress, NULL);
    while (!review->quits && !(status = draw(review, NULL, reterr)) && read_key(&key))
        act(review, key);
    pith_set_progress(call->pith, terminal_progress, &call->terminal);
    screen_close();
    return status;
}

enum pith_status command_review(struct call *call, struct pith_error *reterr)
{
    struct review review = {.model = {.seen = call->seen}};
    int32_t day = PITH_NO_DAY;
    enum pith_status status = needs(call, reterr);
    if (!status && call->date)
        status = call_day("date", call->date, &day, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    review.model.pith = call->pith;
    if (!status)
        status = model_open(&review.model, day, reterr);
    if (!status)
        status = run_screen(call, &review, reterr);
    close_page(&review);
    model_clear(&review.model);
    return status;
}
