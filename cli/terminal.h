/* terminal: what goes to a person. Colour and width where standard output is a terminal, progress on standard error where that
 * is one, a secret read without echo. Text from papers is printed with its control characters taken out. */
#ifndef PITH_CLI_TERMINAL_H
#define PITH_CLI_TERMINAL_H

#include <pith/status.h>

#include <stdbool.h>
#include <stdio.h>

struct terminal {
    bool colour;         /* standard output is a terminal, and neither NO_COLOR nor TERM=dumb says no */
    bool links;          /* standard output is a terminal that is not dumb: hyperlinks can be printed */
    size_t width;        /* columns to wrap at; 0 when standard output is no terminal */
    bool progress;       /* standard error is a terminal */
    bool progress_shown; /* a progress line stands there now */
};

void terminal_start(struct terminal *terminal);

enum terminal_style { STYLE_PLAIN, STYLE_BOLD, STYLE_FAINT, STYLE_GOOD, STYLE_BAD };
/* To standard output; later text has it until STYLE_PLAIN. */
void terminal_style(const struct terminal *terminal, enum terminal_style style);

/* Columns that `text` takes. */
size_t terminal_columns(const char *text);
/* Prints text on one line: control characters become spaces, those that turn the direction of text are named, as <U+202E>. */
void terminal_text(FILE *file, const char *text);
/* The same cut to so many columns, with a … at the end of what was cut; 0: whole. */
void terminal_cut(FILE *file, const char *text, size_t columns);
/* What is printed between these is a hyperlink (OSC 8), where the terminal knows them; none for "". No character of the address can end it. */
void terminal_begin_link(const struct terminal *terminal, const char *address);
void terminal_end_link(const struct terminal *terminal, const char *address);
/* Prints words to standard output, broken where the terminal ends; `indent` columns are printed already, and stand before each
 * further line. Leaves the line open. */
void terminal_wrapped(const struct terminal *terminal, size_t indent, const char *text);

/* A pith_progress: `user` is the terminal. One line on standard error, rewritten; gone when done. */
void terminal_progress(void *user, const char *what, size_t done, size_t all);
void terminal_clear_progress(struct terminal *terminal);

/* Asks on the controlling terminal without echo and reads one line, its end taken off, into `buffer`. PITH_LOCKED without a
 * terminal, PITH_USAGE for a line longer than `size`. An interrupt restores the terminal first. */
enum pith_status terminal_ask_secret(const char *prompt, char *buffer, size_t size, size_t *ret_length, struct pith_error *reterr);
/* Asks on the controlling terminal and reads one line into `buffer`, its end and the blanks around it taken off. PITH_USAGE without a terminal, naming
 * `instead`, the option that answers beforehand. */
enum pith_status terminal_ask(const char *question, const char *instead, char *buffer, size_t size, struct pith_error *reterr);
/* Asks a question that "y" or "yes" agrees to, on the controlling terminal. PITH_USAGE without a terminal, naming `instead`, the
 * option that agrees beforehand; PITH_USAGE too when the answer is no. */
enum pith_status terminal_agree(const char *question, const char *instead, struct pith_error *reterr);

#endif
