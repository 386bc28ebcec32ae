/* bibtex_scan: the entries of a BibTeX file and their fields, without a word on what they mean. */
#ifndef PITH_ENGINE_SOURCES_BIBTEX_SCAN_H
#define PITH_ENGINE_SOURCES_BIBTEX_SCAN_H

#include "engine/base/bytes.h"

struct bibtex_field {
    char name[32];     /* lower case */
    size_t at, length; /* in the entry's text, outer delimiters off and pieces joined */
};

enum { BIBTEX_KEY = 128, BIBTEX_MAX_FIELDS = 256, BIBTEX_MAX_STRINGS = 4096 };

struct bibtex_entry {
    char type[32];        /* lower case */
    char key[BIBTEX_KEY]; /* of citation; "" for none, cut when longer */
    size_t line;
    struct bibtex_field field[BIBTEX_MAX_FIELDS];
    size_t fields;
    struct bytes text;
    const char *fault; /* what is wrong with it; NULL when it is whole */
};

struct bibtex_scan {
    const char *at, *begin, *end;
    size_t line;                                    /* of `at` */
    struct bibtex_field string[BIBTEX_MAX_STRINGS]; /* @string, in `strings` */
    size_t string_count;
    struct bytes strings;
    size_t fruitless; /* bytes looked at for ends that comments do not have */
    size_t expanded;  /* bytes that macros stood for */
};

void bibtex_scan_init(struct bibtex_scan *scan, const char *bytes, size_t length);
void bibtex_scan_clear(struct bibtex_scan *scan);

/* The next entry; @comment with all that stands in its braces, @preamble, @string and what stands behind a '%' are none. After a broken one, reading goes on at the next line that begins
 * with an entry. False at the end. The entry's `text` was made by bytes_init. */
bool bibtex_scan_next(struct bibtex_scan *scan, struct bibtex_entry *entry);

/* Whether an entry begins here: "@word {". *ret_open is set to behind the brace. */
bool bibtex_scan_is_entry(const char *at, const char *end, const char **ret_open);

#endif
