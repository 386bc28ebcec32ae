/* text: UTF-8 made into lines that fit a screen: in the terminal's own charset, control characters taken out, what the charset does
 * not have written in ASCII or as "?", each line no wider than it may be, by wcwidth. No curses here. */
#ifndef PITH_CLI_REVIEW_TEXT_H
#define PITH_CLI_REVIEW_TEXT_H

#include "cli/terminal.h"

#include <wchar.h>

struct text_line {
    enum terminal_style style;
    wchar_t *words;
};
struct text {
    struct text_line *line;
    size_t count, cap;
    size_t width; /* columns of a line */
    bool failed;  /* memory ran out: lines are missing at the end */
};

/* An empty text of that width (at least 1). */
void text_start(struct text *text, size_t width);
void text_clear(struct text *text); /* for PITH_AUTO too */
/* One paragraph, broken at blanks, and within a word that is wider than a line; further lines begin with `indent` blanks. Nothing for
 * "". */
void text_put(struct text *text, enum terminal_style style, size_t indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void text_blank(struct text *text);

/* UTF-8 as the terminal can show it; malloc'ed, NULL when memory is out. */
wchar_t *text_wide(const char *utf8);
/* What was typed, as UTF-8; malloc'ed, NULL when memory is out. */
char *text_utf8(const wchar_t *typed);
/* How many characters of `words` stand in `columns`; *ret_columns are those that they take. */
size_t text_fit(const wchar_t *words, size_t columns, size_t *ret_columns);

#endif
