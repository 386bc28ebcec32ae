/* config_save: a changed config file, written back only when it reads as one. What is there stays when it does not. */
#ifndef PITH_CLI_CONFIG_SAVE_H
#define PITH_CLI_CONFIG_SAVE_H

#include "cli/call.h"

/* Puts the text in the file. PITH_INPUT names the line that makes no sense, and nothing is changed. */
enum pith_status config_save(const char *path, const char *text, struct pith_error *reterr);
/* The file's text; the sample where there is none. malloc'ed. */
enum pith_status config_text(const struct config *config, char **ret_text, struct pith_error *reterr);
/* Gives the text as it is to be, malloc'ed. */
typedef enum pith_status config_edit(void *user, const char *text, char **ret_text, struct pith_error *reterr);
/* Changes the call's config file by one edit, saved at once. Config read before is gone. */
enum pith_status config_change(struct call *call, config_edit *edit, void *user, struct pith_error *reterr);
/* Sets one key of the call's config file, as config_edit.h names it; "" takes it out. Config read before is gone. */
enum pith_status config_put(struct call *call, const char *name, const char *value, struct pith_error *reterr);

/* Writes the sample where there is no config file yet. */
enum pith_status config_start(struct call *call, struct pith_error *reterr);

/* The sample that is installed, all of it comments but for the sections. */
extern const char config_sample[];

#endif
