/* feed: what the readers of feeds share: whose feed it is. */
#ifndef PITH_ENGINE_SOURCES_FEED_H
#define PITH_ENGINE_SOURCES_FEED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a feed is of this site: its head, or what its first entry is called by, names it. Entries that link there do not make it one. */
bool feed_is_of(const char *bytes, size_t length, const char *base_url);

#endif
