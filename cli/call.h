/* call: one call of pith. What the command line said, and what every command does with it: open, unlock, find, report. */
#ifndef PITH_CALL_H
#define PITH_CALL_H

#include "../engine/pith.h"
#include "terminal.h"

/* Options not given are NULL or false. */
struct call {
    const char *home, *passphrase_file;
    bool json, help, version;
    const char *strength, *date, *since, *limit, *from, *format, *output;
    bool all, force, digest;
    const char **words; /* what is no option, after the command's name */
    size_t count;
    struct terminal terminal;
    struct pith *pith;
    bool told; /* the failure has been reported already */
};

/* Opens the home folder the call or the environment names. */
enum pith_status call_open(struct call *call, bool create, struct pith_error *reterr);
/* Opens it and unlocks the profile. */
enum pith_status call_unlock(struct call *call, struct pith_error *reterr);
/* Unlocks the profile of an open home folder. */
enum pith_status call_unlock_opened(struct call *call, struct pith_error *reterr);
/* The one paper called `name`; several are listed, and it is PITH_AMBIGUOUS. */
enum pith_status call_find(struct call *call, const char *name, struct pith_papers **ret_paper,
                           struct pith_error *reterr);
/* Reports a failure: the sentence to standard error and, with --json, an error document to standard output. `matches` may be
 * NULL. Once only. */
void call_tell(struct call *call, const struct pith_error *error, const struct pith_papers *matches);
/* Prints a JSON document and frees it. */
void call_print_json(char *json);
/* Today in local time. */
int32_t call_today(void);

#endif
