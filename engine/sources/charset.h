/* charset: bytes in the character sets that files and mails name, as UTF-8. */
#ifndef PITH_ENGINE_SOURCES_CHARSET_H
#define PITH_ENGINE_SOURCES_CHARSET_H

#include "engine/base/bytes.h"

/* Appends bytes of this character set ("iso-8859-2", "KOI8-R", "UTF-16LE") as UTF-8; a sequence that is none in it becomes U+FFFD.
 * False, with nothing appended, for a set that is not known. */
bool charset_put(const char *name, const char *bytes, size_t length, struct bytes *out);

/* Whether these bytes must be converted before any format can be told, and to what: files in UTF-16, files with CR for line ends, and
 * files that say what they are in ("% Encoding: Cp1252", <?xml encoding="koi8-r"?>, <meta charset="…">) and are not UTF-8 all the same.
 * What they say is looked for at their beginning. */
struct charset {
    char name[32]; /* "": UTF-8 already */
    bool cr;       /* lines end with CR alone */
    size_t skip;   /* bytes of a byte order mark */
};
bool charset_look(const char *bytes, size_t length, struct charset *ret_charset);

#endif
