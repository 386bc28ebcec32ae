/* extra: identifiers that reference managers keep in words, in fields that were made for something else. */
#ifndef PITH_ENGINE_SOURCES_EXTRA_H
#define PITH_ENGINE_SOURCES_EXTRA_H

#include "engine/sources/record.h"

/* "DOI 10.1/x", "PMID: 1", "arXiv: 2506.02483", or an identifier alone; other text is none. */
void extra_key(struct record *record, const char *text);

/* The same of every line, or part up to a semicolon: "Extra", or a journal called "arXiv:1305.4904 [quant-ph]". */
void extra_keys(struct record *record, const char *text);

#endif
