/* bibtex_write: a paper as an entry that BibTeX, biber, LaTeX and the readers of libraries take for what it is.
 *
 * Braces pair up in every field as BibTeX counts them, which knows no backslash; nothing in a text is a command but those that this writes,
 * and mathematics of signs and structure alone. Read back by pith, every text is as it was. */
#ifndef PITH_ENGINE_DOOR_BIBTEX_WRITE_H
#define PITH_ENGINE_DOOR_BIBTEX_WRITE_H

#include "engine/base/bytes.h"
#include "engine/papers/paper.h"

void bibtex_write(struct bytes *out, const struct paper *paper);

#endif
