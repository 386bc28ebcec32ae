/* digests: digests put together by hand, for the suites of what is made of them. */
#ifndef PITH_TESTS_LIB_DIGESTS_H
#define PITH_TESTS_LIB_DIGESTS_H

#include <pith/pith.h>

/* Thu 26 November 2026: three papers for the reader, one to explore, one missed; chances, tickets, a notice and a change. The first title
 * is `title`. Freed by pith_digest_free. */
struct pith_digest *digests_make(const char *title);
/* The same with so many papers. */
struct pith_digest *digests_long(size_t count);
/* The first without votes, chances, or the right to vote. */
struct pith_digest *digests_unlearned(void);
/* Nothing listed, nothing chosen. */
struct pith_digest *digests_empty(void);

#endif
