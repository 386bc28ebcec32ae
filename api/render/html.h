/* html: text as HTML or XML, and the frame that the pages of the service share. Pages load nothing, run nothing, and read well on a
 * phone, in the dark, and aloud. */
#ifndef PITH_API_RENDER_HTML_H
#define PITH_API_RENDER_HTML_H

#include <stdbool.h>
#include <stdio.h>

/* Escaped for content and for values in double quotes, in HTML and in XML; what XML has no place for is left out. */
void html_text(FILE *to, const char *text);
/* Whether an address may be linked to: http or https. */
bool html_is_link(const char *url);

/* What every document begins with, up to <body>; the style is a style sheet of ours. */
void html_head(FILE *to, const char *title, const char *style);
/* A page from <html> to <h1>, and its end. */
void html_begin(FILE *to, const char *title);
void html_end(FILE *to);

#endif
