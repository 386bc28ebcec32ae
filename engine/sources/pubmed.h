/* pubmed: what PubMed's two formats, XML and nbib, share. */
#ifndef PITH_ENGINE_SOURCES_PUBMED_H
#define PITH_ENGINE_SOURCES_PUBMED_H

#include "engine/sources/record.h"

/* The title in English: brackets around the whole of it say that it was translated, and go; those within it are its own. Where there is
 * none ("[Not Available]."), the title as it was printed. Either may be NULL. */
void pubmed_title(struct record *record, const char *english, const char *vernacular);

/* The abstract, without the heading of a section that has none ("UNLABELLED: "). */
void pubmed_abstract(struct record *record, const char *text);

#endif
