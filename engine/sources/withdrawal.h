/* withdrawal: whether a text says that the paper it belongs to is withdrawn or retracted.
 *
 * Only the whole paper counts: "Section 5 has been removed", "an earlier paper that has been withdrawn" and "withdrawn funds" say
 * nothing of it. English alone is read. */
#ifndef PITH_ENGINE_SOURCES_WITHDRAWAL_H
#define PITH_ENGINE_SOURCES_WITHDRAWAL_H

#include <stdbool.h>

/* "Paper withdrawn", "v2: this preprint has been withdrawn by its authors", "We withdraw this paper". */
bool withdrawal_in_comment(const char *comment);
/* The same in running text, where a word alone or behind a comma says less. */
bool withdrawal_in_abstract(const char *abstract);
/* "RETRACTED: …", "Retraction notice to …", "[Withdrawn] …". */
bool withdrawal_in_title(const char *title);

#endif
