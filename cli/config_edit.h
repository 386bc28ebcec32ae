/* config_edit: a config file's text with one key, or one section, changed. Comments and all other lines stay as they are, to the byte. */
#ifndef PITH_CLI_CONFIG_EDIT_H
#define PITH_CLI_CONFIG_EDIT_H

#include <pith/status.h>

/* Where a key stands: "smtp.url" is url in [smtp], "source.morning.from" is from in [source "morning"]. */
enum { CONFIG_EDIT_NAME = 256 };
struct config_edit_key {
    char section[CONFIG_EDIT_NAME], title[CONFIG_EDIT_NAME], key[CONFIG_EDIT_NAME]; /* title "" for none */
};
/* PITH_USAGE for what is no such name. */
enum pith_status config_edit_key(const char *name, struct config_edit_key *ret_key, struct pith_error *reterr);

/* Sets the key, in its section, which is made at the end where there is none; `value` "": takes the key out. A line that is commented out,
 * as in a sample, keeps its place: the new one follows it. PITH_USAGE for a value that no line can hold. malloc'ed. */
enum pith_status config_edit_set(const char *text, const struct config_edit_key *key, const char *value, char **ret_text,
                                 struct pith_error *reterr);
/* Takes a section out, up to the next one; a section that is not there is none to take out. `key` is not looked at. */
enum pith_status config_edit_drop(const char *text, const struct config_edit_key *section, char **ret_text,
                                  struct pith_error *reterr);
/* Gives a section another title. */
enum pith_status config_edit_rename(const char *text, const struct config_edit_key *section, const char *title, char **ret_text,
                                    struct pith_error *reterr);

#endif
