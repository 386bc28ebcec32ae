/* arxiv: what arXiv's own formats share: how it writes authors, announcements and categories. */
#ifndef PITH_ENGINE_SOURCES_ARXIV_H
#define PITH_ENGINE_SOURCES_ARXIV_H

#include "engine/sources/record.h"

/* "Ben Hayes, Ana Peña (1 and 2) and Others et al": divided at commas and "and" outside parentheses, which are dropped. */
void arxiv_authors(struct record *record, const char *text);

/* "new", "cross", "replace", "replace-cross"; ANNOUNCE_UNKNOWN for anything else. */
enum paper_announce arxiv_announce(const char *text, size_t length);

/* A feed's "arXiv:2604.21935v1 Announce Type: new Abstract: …": identifier, type and abstract; without that beginning all of it
 * is the abstract. */
void arxiv_description(struct record *record, const char *text);

/* Adds a term that is an arXiv category ("cs.LG", "math-ph"), not one of ACM's or MSC's. */
void arxiv_category(struct record *record, const char *term);

#endif
