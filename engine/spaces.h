/* spaces: the tables of term vectors that are here. One is linked into pith: constant data, opened at first need, the same for
 * every store and reader, so no call carries it along. */
#ifndef PITH_SPACES_H
#define PITH_SPACES_H

#include "../models/space.h"

/* The table that came with pith, or NULL in a program that was linked without it. */
const struct space *spaces_shipped(void);
/* Takes another table (NULL: none) for the shipped one, for tests and measurements; it must outlive every use. Not while another
 * thread is in the library. */
void spaces_replace(const struct space *space);
/* The table learnt from the reader's own store, or NULL; and takes another one for it (NULL: none), which must outlive every use. Not
 * while another thread is in the library. */
const struct space *spaces_own(void);
void spaces_set_own(const struct space *space);
/* The table of this name (space_name), or NULL. */
const struct space *spaces_find(const char *name);

#endif
