/* text: the characters of a text as a terminal may show them. Control characters become blanks, and characters that turn the direction of what
 * follows are named, as <U+202E>: printed so, they move and turn nothing. Where a terminal shows ASCII alone, letters lose their accents. */
#ifndef PITH_CLI_TEXT_H
#define PITH_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text_part {
    size_t length;  /* bytes of the text that it stands for */
    size_t columns; /* that it takes */
    char shown[16]; /* what to print */
};
/* The character at `text`, which is not at its end. A byte that begins none is a character of its own. */
void text_next(const char *text, bool ascii, struct text_part *ret_part);
/* Columns that the text takes. */
size_t text_columns(const char *text, bool ascii);
/* How many bytes of the text fit in so many columns. */
size_t text_fitting(const char *text, size_t columns, bool ascii);

#endif
