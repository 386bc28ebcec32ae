/* unicode: making one text of many spellings.
 *
 * Pure functions of bytes. Knows nothing of papers or weights. */
#ifndef PITH_ENGINE_BASE_UNICODE_H
#define PITH_ENGINE_BASE_UNICODE_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Source text -> the text pith keeps and shows: valid UTF-8 (a stray byte is read as Windows-1252), BOM dropped, NFC, every
 * blank or control character or run of them one space, trimmed; of more than 30 marks on one letter the first 30. With `accents`, TeX's accents and characters outside $…$ are
 * what they stand for (\'e, {\"o}, \v{s}, \L, \textpm …). Markup is left alone: "0<delta<1" is text.
 * PITH_INPUT for a NUL byte. *ret_text is NUL-terminated and malloc'ed; ret_length may be NULL. */
enum pith_status unicode_normalise(const char *bytes, size_t length, bool accents, char **ret_text, size_t *ret_length,
                                   struct pith_error *reterr);

/* Folds for comparing titles: NFKD, marks stripped, lower case, letters and digits of any script only, joined. malloc'ed. */
enum pith_status unicode_fold(const char *text, char **ret_folded, struct pith_error *reterr);

/* Characters that turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069) are none that a title needs, and can make it
 * look like another: marks them, by a replaced *text, as "<U+202E>" or, in JSON, as the escape \u202e, which reads as the same. */
enum pith_status text_mark_directions(char **text, bool json, struct pith_error *reterr);

/* Number of characters (code points) of valid UTF-8. */
size_t unicode_characters(const char *text);

#endif
