/* sniff: what pith takes an input for: its format, and its first record field by field. Stores nothing. */
#ifndef PITH_ENGINE_INTAKE_SNIFF_H
#define PITH_ENGINE_INTAKE_SNIFF_H

#include "engine/sources/sources.h"
#include <pith/pith.h>

/* *ret_sniffed is yours to pith_sniffed_free. PITH_INPUT as sources_read, when there is nothing to explain. */
enum pith_status sniff_input(const struct pith_input *from, int32_t today, struct pith_sniffed **ret_sniffed,
                             struct pith_error *reterr);

#endif
