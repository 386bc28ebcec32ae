/* tex_letters: the characters that TeX's commands stand for: accents over letters, letters, Greek, signs.
 *
 * The names are those that Zotero, Better BibTeX, JabRef and BibDesk write, with the text companion, textgreek and the common
 * signs of mathematics. Pure functions of bytes. */
#ifndef PITH_ENGINE_BASE_TEX_LETTERS_H
#define PITH_ENGINE_BASE_TEX_LETTERS_H

#include "engine/base/bytes.h"

/* At text[0] == '\\', an accent with its letter (\'e, \'{\i}, \v s, \'{\^e}, \~\^e) or a character by its name (\ss, \textpm,
 * \alpha). Writes UTF-8, accents as combining marks behind their letter. Returns the bytes of text used, with the blank or "{}" that
 * ends a name; 0 for anything else, and then nothing is written. */
size_t tex_letters_read(const char *text, size_t length, struct bytes *out);

/* The same of a letter of an alphabet of mathematics, alone in its braces: \mathbb{R}, \mathbf{\alpha}. */
size_t tex_letters_of_alphabet(const char *text, size_t length, struct bytes *out);

/* The character of this name, without its backslash; NULL for none. Static. */
const char *tex_letters_named(const char *name, size_t length);

/* Every name in turn with its character, in byte order; NULL past the last. For tests. */
const char *tex_letters_at(size_t index, const char **ret_text);

#endif
