/* markup: what is HTML in formats that are not: references to characters, and tags of type in titles. */
#ifndef PITH_ENGINE_SOURCES_MARKUP_H
#define PITH_ENGINE_SOURCES_MARKUP_H

#include "engine/base/bytes.h"

/* Writes the reference at text[0] == '&' as XML can take it: the five of XML and characters by number as they are, the names of
 * HTML as their character, anything else with its '&' escaped. Returns how much of text that was, at least 1. */
size_t markup_put_reference(struct bytes *out, const char *text, size_t length);

/* Writes the character that the reference at text[0] == '&' stands for. Returns the length of the reference; 0, and nothing written, for
 * none. */
size_t markup_put_character(struct bytes *out, const char *text, size_t length);

/* Text with every reference to a character as the character; one level only. malloc'ed. */
enum pith_status markup_decode(const char *text, size_t length, char **ret_text, struct pith_error *reterr);

/* Takes the tags of type (<i>, <sub>, <span class="nocase">, <jats:p>, …) out of a text, in place; those that divide words leave a
 * blank. Any other '<' stays: "a<b", "a <b and c> d". */
void markup_strip_tags(char *text);

/* A text that may hold HTML or JATS as it is read: without the tags of type and with its characters for their references, also where
 * both were escaped once more. malloc'ed. */
enum pith_status markup_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr);

#endif
