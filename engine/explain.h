/* explain: what pith takes an input for: its format, and its first record field by field. Stores nothing. */
#ifndef PITH_EXPLAIN_H
#define PITH_EXPLAIN_H

#include "status.h"

#include <stdint.h>

/* Lines of text for people; *ret_text is malloc'ed. PITH_INPUT as sources_read, when there is nothing to explain. */
enum pith_status explain_bytes(const char *bytes, size_t length, int32_t today, char **ret_text,
                               struct pith_error *reterr);

#endif
