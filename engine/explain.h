/* explain: what pith takes an input for: its format, and its first record field by field. Stores nothing. */
#ifndef PITH_EXPLAIN_H
#define PITH_EXPLAIN_H

#include "pith.h"
#include "sources/sources.h"

/* *ret_explanation is yours to pith_explanation_free. PITH_INPUT as sources_read, when there is nothing to explain. */
enum pith_status explain_input(const struct source_input *from, int32_t today, struct pith_explanation **ret_explanation,
                               struct pith_error *reterr);

#endif
