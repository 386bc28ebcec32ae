/* lines: a text line by line, for the formats that are written that way. */
#ifndef PITH_ENGINE_SOURCES_LINES_H
#define PITH_ENGINE_SOURCES_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct line {
    const char *text; /* not NUL-terminated; blanks at the end and CR stripped */
    size_t length, number;
};

/* The next line at *at; *number counts them. False at the end. */
bool lines_next(const char **at, const char *end, size_t *number, struct line *line);

bool line_starts(const struct line *line, const char *prefix);
/* The same, whatever the case. */
bool line_begins(const struct line *line, const char *prefix);
bool line_is(const struct line *line, const char *text);

/* Drops bytes, or blanks, from its start. */
void line_skip(struct line *line, size_t length);
void line_skip_blanks(struct line *line);

/* A number of at most `most` digits at *at, which moves behind it. False when there is none. */
bool lines_number(const char **at, const char *end, int most, int *ret_number);

#endif
