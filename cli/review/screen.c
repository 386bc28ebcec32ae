#include "cli/review/screen.h"

#include <curses.h>
#include <math.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

#undef columns /* macros of term.h */
#undef lines

/* From WIDE columns on the list stands beside the paper, from NAMING on the program's name in the head. */
enum { WIDE = 120, NAMING = 60, LIST_WIDEST = 90, FOOT = 2, HEAD = 1, MARGIN = 2, RANK = 4, PAIR_GOOD = 1, PAIR_BAD };

/* ---- the terminal ---- */

void screen_close(void)
{
    SCREEN *screen = set_term(NULL);
    set_term(screen);
    endwin();
    delscreen(screen);
}

/* Whether the terminal is known, and its cursor can be moved about. */
static bool shows_screens(void)
{
    int found = 0;
    if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return false;
    const char *move_cursor = tigetstr("cup");
    bool shows = move_cursor && move_cursor != (const char *)-1;
    del_curterm(cur_term);
    return shows;
}

enum pith_status screen_open(bool colour, struct pith_error *reterr)
{
    const char *name = getenv("TERM");
    if (!shows_screens() || !newterm(NULL, stdout, stdin))
        return pith_fail(reterr, PITH_USAGE, "this terminal (TERM=%s) shows no full screen: `pith rank` prints the list",
                         name ? name : "");
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    if (colour && has_colors()) {
        start_color();
        use_default_colors();
        init_pair(PAIR_GOOD, COLOR_GREEN, -1);
        init_pair(PAIR_BAD, COLOR_RED, -1);
    }
    return PITH_OK;
}

static attr_t look_of(enum terminal_style style)
{
    bool colour = has_colors() && COLOR_PAIRS > PAIR_BAD;
    switch (style) {
    case STYLE_PLAIN: return A_NORMAL;
    case STYLE_BOLD: return A_BOLD;
    case STYLE_FAINT: return A_DIM;
    case STYLE_GOOD: return colour ? (attr_t)COLOR_PAIR(PAIR_GOOD) : A_NORMAL;
    case STYLE_BAD: return colour ? (attr_t)COLOR_PAIR(PAIR_BAD) : A_NORMAL;
    }
    return A_NORMAL;
}

/* ---- where things stand ---- */

static bool is_wide(void)
{
    return COLS >= WIDE;
}

static int list_width(void)
{
    return is_wide() ? (COLS * 2 / 5 < LIST_WIDEST ? COLS * 2 / 5 : LIST_WIDEST) : COLS;
}

static int list_height(void)
{
    int body = LINES - HEAD - FOOT;
    return is_wide() ? body : body / 3;
}

struct screen_pane screen_pane(bool page)
{
    int body = LINES - HEAD - FOOT;
    if (page)
        return (struct screen_pane){HEAD, 0, body, COLS};
    if (is_wide())
        return (struct screen_pane){HEAD, list_width() + MARGIN + 1, body, COLS - list_width() - MARGIN - 1};
    return (struct screen_pane){HEAD + list_height() + 1, 0, body - list_height() - 1, COLS};
}

size_t screen_page_lines(const struct screen_pane *pane, size_t lines)
{
    size_t height = pane->height > 1 ? (size_t)pane->height : 2;
    return lines > height ? height - 1 : height; /* the last says that there is more */
}

size_t screen_scroll_most(const struct screen_pane *pane, size_t lines)
{
    size_t shown = screen_page_lines(pane, lines);
    return lines > shown ? lines - shown : 0;
}

/* ---- drawing ---- */

static void draw_words(int y, int x, int width, attr_t look, const wchar_t *words)
{
    size_t columns, count = text_fit(words, width > 0 ? (size_t)width : 0, &columns);
    attr_set(look & ~A_COLOR, (short)PAIR_NUMBER(look), NULL);
    mvaddnwstr(y, x, words, (int)count);
    attr_set(A_NORMAL, 0, NULL);
}

/* UTF-8, cut where the width ends, which dots say. */
static void draw_text(int y, int x, int width, attr_t look, const char *utf8)
{
    PITH_AUTO(pith_free_p) wchar_t *words = text_wide(utf8);
    size_t columns, count = words ? text_fit(words, width > 0 ? (size_t)width : 0, &columns) : 0;
    if (words && words[count] && width > 3) {
        count = text_fit(words, (size_t)width - 3, &columns);
        wmemcpy(words + count, L"...", wcslen(words + count) < 3 ? wcslen(words + count) : 3);
        words[count + 3 < wcslen(words) ? count + 3 : wcslen(words)] = L'\0';
    }
    if (words)
        draw_words(y, x, width, look, words);
}

static void draw_head(const struct model *model)
{
    static const char name[] = "pith review";
    char head[MODEL_SAID], day[16];
    const struct pith_ranking *list = model_list(model);
    if (model->found)
        snprintf(head, sizeof head, "Search: %.300s  %zu of %zu papers", model->query, list->count, list->listed);
    else
        snprintf(head, sizeof head, "%s  %zu paper%s, %zu unread", pith_day_text(list->first, day), list->count,
                 list->count == 1 ? "" : "s", model_unread(model));
    bool names = COLS >= NAMING;
    draw_text(0, 0, COLS - (names ? (int)sizeof name + 1 : 0), A_BOLD, head);
    if (names)
        draw_text(0, COLS - (int)sizeof name + 1, (int)sizeof name - 1, A_BOLD, name);
}

static char mark_of(const struct pith_ranked *paper)
{
    if (paper->later)
        return 'L';
    return paper->verdict == PITH_SEED ? 's' : paper->verdict > 0 ? '+' : paper->verdict < 0 ? '-' : ' ';
}

static void draw_row(int y, int width, const struct pith_ranked *paper, bool chances, bool chosen)
{
    char row[32], chance[PITH_CHANCE_SIZE];
    attr_t look = model_is_unread(paper) ? A_NORMAL : look_of(paper->verdict < 0 ? STYLE_BAD : STYLE_GOOD);
    if (chosen)
        look |= A_REVERSE;
    int used = snprintf(row, sizeof row, "%c%c%*zu ", chosen ? '>' : ' ', mark_of(paper), RANK, paper->rank);
    if (chances)
        used += snprintf(row + used, sizeof row - (size_t)used, "%4s ", pith_chance_text(paper->probability, chance));
    if (chosen)
        mvhline(y, 0, ' ' | A_REVERSE, width);
    draw_text(y, 0, used, look, row);
    draw_text(y, used, width - used, look, paper->title);
}

/* The chosen paper stands in the middle, as far as the list's ends allow. Returns its row. */
static int draw_list(const struct model *model)
{
    const struct pith_ranking *list = model_list(model);
    bool has_lines = MB_CUR_MAX > 1; /* other charsets' lines come out as letters in some terminals */
    size_t height = (size_t)list_height(), half = height / 2, top = model->at > half ? model->at - half : 0;
    if (top + height > list->count)
        top = list->count > height ? list->count - height : 0;
    for (size_t i = 0; i < height && top + i < list->count; i++)
        draw_row(HEAD + (int)i, list_width(), &list->item[top + i], list->probabilities, top + i == model->at);
    if (is_wide())
        mvvline(HEAD, list_width() + 1, has_lines ? 0 : '|', (int)height);
    else
        mvhline(HEAD + (int)height, 0, has_lines ? 0 : '-', COLS);
    return HEAD + (int)(model->at - top);
}

static void draw_pane(const struct screen_view *view)
{
    const struct screen_pane pane = screen_pane(view->page);
    const struct text *text = view->text;
    size_t shown = screen_page_lines(&pane, text->count);
    for (size_t i = 0; i < shown && view->scroll + i < text->count; i++) {
        const struct text_line *line = &text->line[view->scroll + i];
        draw_words(pane.top + (int)i, pane.left, pane.width, look_of(line->style), line->words);
    }
    if (view->scroll + shown < text->count)
        draw_text(pane.top + (int)shown, pane.left, pane.width, A_DIM, "(space shows more)");
}

static void draw_foot(const struct screen_view *view)
{
    static const char keys[] = "u up  d down  l later  p prefer  z undo  o open  w why  / search  n day  ? help";
    draw_text(LINES - 2, 0, COLS, A_BOLD, view->said);
    draw_text(LINES - 1, 0, COLS, A_DIM,
              view->typed  ? "Enter searches, Esc goes back"
              : view->page ? "j, k, space scroll  q back"
                           : keys);
}

/* What is asked for is typed behind the question; its end stays in sight. */
static void draw_typed(const struct screen_view *view)
{
    PITH_AUTO(pith_free_p) wchar_t *question = text_wide(view->said);
    size_t before = 0, room, columns;
    const wchar_t *typed = view->typed;
    if (question)
        text_fit(question, (size_t)COLS / 2, &before);
    room = (size_t)COLS - before - 1;
    while (typed[text_fit(typed, room, &columns)])
        typed++;
    draw_words(LINES - 2, (int)before, (int)room, A_NORMAL, typed);
    move(LINES - 2, (int)(before + columns));
}

void screen_draw(const struct screen_view *view)
{
    char small[128];
    int row = 0;
    erase();
    if (COLS < SCREEN_COLUMNS || LINES < SCREEN_ROWS) {
        snprintf(small, sizeof small, "Too small: %d by %d is needed.", SCREEN_COLUMNS, SCREEN_ROWS);
        draw_text(0, 0, COLS, A_NORMAL, small);
        refresh();
        return;
    }
    draw_head(view->model);
    if (!view->page)
        row = draw_list(view->model);
    draw_pane(view);
    draw_foot(view);
    move(row, 0); /* where a screen reader looks */
    if (view->typed)
        draw_typed(view);
    curs_set(view->typed ? 1 : 0);
    refresh();
}

void screen_say(const char *said)
{
    move(LINES - 2, 0);
    clrtoeol();
    draw_text(LINES - 2, 0, COLS, A_BOLD, said);
    refresh();
}
