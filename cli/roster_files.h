/* roster_files: where the secrets of readers stand beside the config file, and what a killed run left there. */
#ifndef PITH_CLI_ROSTER_FILES_H
#define PITH_CLI_ROSTER_FILES_H

#include "cli/roster.h"

/* Where the secret of a profile that is being made stands; its folder and those of tokens and codes are there then. */
enum pith_status roster_files_begin(const struct roster *roster, const char *name, char making[ROSTER_PATH],
                                    struct pith_error *reterr);
/* Takes away what a killed run was writing and never gave its name: NAME.XXXXXX, where no reader is called so. */
enum pith_status roster_files_tidy(const struct roster *roster, struct pith_error *reterr);

#endif
