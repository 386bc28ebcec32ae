/* describing: whole values as text, for suites that hold two of them against each other. */
#ifndef PITH_TESTS_LIB_DESCRIBING_H
#define PITH_TESTS_LIB_DESCRIBING_H

#include "engine/papers/paper.h"
#include <pith/digest.h>

/* All that a record says, cut at `size` bytes. */
void describe_paper(const struct paper *paper, char *text, size_t size);
/* All that a digest says, malloc'ed. */
char *describe_digest(const struct pith_digest *digest);

#endif
