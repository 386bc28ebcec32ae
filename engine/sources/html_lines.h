/* html_lines: a mail's HTML as lines of text. */
#ifndef PITH_ENGINE_SOURCES_HTML_LINES_H
#define PITH_ENGINE_SOURCES_HTML_LINES_H

#include "engine/base/bytes.h"

/* Appends the text: what begins or ends a block, and <br>, does so with a line; blanks run together outside <pre>, hard blanks stay;
 * references are the characters. With `own`, what the writer quotes is left out: <blockquote>, the boxes that mail programs put the
 * mail answered into, and all that stands behind Outlook's line. Linear in the length. */
void html_lines(const char *html, size_t length, bool own, struct bytes *out);

#endif
