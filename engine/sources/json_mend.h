/* json_mend: what programs write for JSON and is none, as JSON: NaN and Infinity, numbers that no machine holds, half a surrogate pair, tabs
 * and other control characters in strings, escapes that do not exist ("\alpha"). One such value is not to cost a whole record. */
#ifndef PITH_ENGINE_SOURCES_JSON_MEND_H
#define PITH_ENGINE_SOURCES_JSON_MEND_H

#include "engine/base/bytes.h"

/* Appends the mended text. What is broken in another way stays broken. */
void json_mend(const char *text, size_t length, struct bytes *out);

#endif
