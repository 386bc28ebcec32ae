/* tex: the text in what is written in TeX.
 *
 * Accents, letters and signs are the characters that they stand for (tex_letters); of \href, \texorpdfstring and \foreignlanguage the
 * text to be read is kept, once; commands of type (\emph, {\bf …}) go and leave what they were about. What stands between dollars
 * stays as it is, but for a sign alone ($\pm$) and an index alone ($_2$). Linear in the length. */
#ifndef PITH_ENGINE_SOURCES_TEX_H
#define PITH_ENGINE_SOURCES_TEX_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

/* A value of BibTeX: braces protect and go, dashes, quotes and ties are characters. A command that is not known leaves its arguments,
 * and without any its name. malloc'ed, normalised. */
enum pith_status tex_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr);

/* Running text that may hold TeX, as arXiv's: braces that belong to no command, dashes and quotes are text. A command that is not known
 * loses its backslash with `all`, and else stays. malloc'ed, normalised. PITH_INPUT for a NUL byte. */
enum pith_status tex_running(const char *text, size_t length, bool all, char **ret_text, struct pith_error *reterr);

#endif
