/* bibliography: papers as other programs' libraries read them. One paper at a time, text out. */
#ifndef PITH_ENGINE_DOOR_BIBLIOGRAPHY_H
#define PITH_ENGINE_DOOR_BIBLIOGRAPHY_H

#include "engine/base/bytes.h"
#include "engine/papers/paper.h"
#include <pith/pith.h>

/* Appends one paper; of CSL-JSON an item without the array around it. What a format has no field for is left out. */
enum pith_status bibliography_put(struct bytes *out, const struct paper *paper, enum pith_bibliography format,
                                  struct pith_error *reterr);
/* What stands before the first, between two, and after the last. */
const char *bibliography_before(enum pith_bibliography format);
const char *bibliography_between(enum pith_bibliography format);
const char *bibliography_after(enum pith_bibliography format);

#endif
