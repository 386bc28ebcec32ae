/* sum: numbers that add up, one under the other, each with a bar to the left (against) or to the right (for) of a middle line. */
#ifndef PITH_API_RENDER_SUM_H
#define PITH_API_RENDER_SUM_H

#include <stdio.h>

/* From its caption to its total. `scale`: the number whose bar fills its half. */
void sum_begin(FILE *to, const char *caption);
/* `mark`: "" or a word before the label ("liked"); `href`: NULL for no link, an escaped address else. */
void sum_row(FILE *to, const char *mark, const char *label, const char *href, double value, double scale);
void sum_end(FILE *to, const char *label, double value);

#endif
