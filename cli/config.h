/* config: the file of settings that are no secret (sections.h says how it is written).
 *
 *   [fetch]
 *   contact = reader@example.org
 *   [source "morning"]
 *   from = arxiv:cs.LG+cs.CL
 *   only = new, cross
 *
 * Keys of [fetch]: contact. Of a source: from (needed), only, mirror, local (yes or no). */
#ifndef PITH_CLI_CONFIG_H
#define PITH_CLI_CONFIG_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_MAX_SOURCES = 256 };

struct config_source {
    char *name, *from, *only, *mirror; /* only, mirror: NULL when not given */
    bool local;
    size_t line;
};
struct config {
    char *contact; /* NULL when not given */
    struct config_source *source;
    size_t sources;
};
void config_free(struct config *config);
PITH_CLEANUP(struct config, config_free);

/* Reads `path`; NULL: $XDG_CONFIG_HOME/pith/config, else ~/.config/pith/config, which may be missing: then all is empty. PITH_INPUT
 * names file and line, and what was expected. */
enum pith_status config_read(const char *path, struct config **ret_config, struct pith_error *reterr);
/* The source of this name; NULL for none. */
const struct config_source *config_source(const struct config *config, const char *name);

#endif
