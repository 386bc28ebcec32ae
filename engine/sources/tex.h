/* tex: the text in a value written in TeX. */
#ifndef PITH_ENGINE_SOURCES_TEX_H
#define PITH_ENGINE_SOURCES_TEX_H

#include <pith/status.h>

#include <stddef.h>

/* Accents and letters as such, protective braces and commands of type gone with their arguments kept, dashes and quotes as
 * characters. What stands between dollars stays as it is, but for a lone index. malloc'ed, normalised. */
enum pith_status tex_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr);

#endif
