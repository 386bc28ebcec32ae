/* config: the one file of settings that are no secret (sections.h says how it is written). Every command reads it.
 *
 *   [pith]
 *   home = ~/papers
 *   key-file = key                # or passphrase-file, token-file; reader, witness
 *   [fetch]
 *   contact = reader@example.org
 *   [source "morning"]
 *   from = arxiv:cs.LG+cs.CL
 *   only = new, cross
 *
 * Keys of a source: from (needed), only, mirror, local (yes or no). [server], [smtp], [mail] and [reader "NAME"] are of mail_config.h. */
#ifndef PITH_CLI_CONFIG_H
#define PITH_CLI_CONFIG_H

#include "cli/mail/mail_config.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_MAX_SOURCES = 256, CONFIG_PATH = 4096 };

struct config_source {
    char *name, *from, *only, *mirror; /* only, mirror: NULL when not given */
    bool local;
    size_t line;
};
struct config {
    char path[CONFIG_PATH];                                                  /* of the file; "" when no folder for it is known */
    bool there;                                                              /* it was read */
    char *home, *reader, *passphrase_file, *key_file, *token_file, *witness; /* of [pith]; NULL when not given */
    char *contact;                                                           /* likewise */
    struct config_source *source;
    size_t sources;
    struct mail_config *mailing; /* never NULL */
};
void config_free(struct config *config);
PITH_CLEANUP(struct config, config_free);

/* Reads `path`; NULL: $XDG_CONFIG_HOME/pith/config, else ~/.config/pith/config, which may be missing: then all is empty. PITH_INPUT
 * names file and line, and what was expected. */
enum pith_status config_read(const char *path, struct config **ret_config, struct pith_error *reterr);
/* Where that file is. */
enum pith_status config_path(const char *path, char found[CONFIG_PATH], struct pith_error *reterr);
/* The source of this name; NULL for none. */
const struct config_source *config_source(const struct config *config, const char *name);

#endif
