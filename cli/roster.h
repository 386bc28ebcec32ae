/* roster: the readers of a home: each a profile, a token in tokens/NAME and a recovery code in recovery/NAME beside the config file, both readable
 * by their owner alone, and a section [reader "NAME"] of the config. One roster at a time.
 *
 * What a kill leaves half made is finished by the next roster_add of that name, or taken back by roster_remove: until a reader is whole, the secret
 * that opens the new profile stands in making/NAME. */
#ifndef PITH_CLI_ROSTER_H
#define PITH_CLI_ROSTER_H

#include "cli/call.h"

enum { ROSTER_PATH = 4096 };

struct roster {
    struct call *call; /* with its home open */
    char folder[ROSTER_PATH];
    int lock;
};
/* PITH_USAGE where no folder for a config file is known. */
enum pith_status roster_open(struct call *call, struct roster *ret_roster, struct pith_error *reterr);
void roster_close(struct roster *roster); /* for PITH_AUTO */

/* PITH_USAGE for a name that a file or a section cannot have. */
enum pith_status roster_check_name(const char *name, struct pith_error *reterr);

struct roster_wish {
    const char *name, *address, *seed; /* address, and a file of seeds: NULL for none */
};
enum roster_outcome {
    ROSTER_THERE,    /* nothing was to be done */
    ROSTER_MADE,     /* a new profile, with token and recovery code */
    ROSTER_FINISHED, /* one that was half made is whole */
    ROSTER_CHANGED,  /* its address or seeds */
};
const char *roster_outcome_name(enum roster_outcome outcome);
/* Makes what is missing, and leaves the rest as it is. PITH_INPUT for what is no address or no file of seeds, before anything is made. PITH_EXISTS when there
 * is a reader of this name whose token is not here, or a token without its reader. */
enum pith_status roster_add(struct roster *roster, const struct roster_wish *wish, enum roster_outcome *ret_outcome,
                            struct pith_error *reterr);
/* The profile first, then what opens it and its section. PITH_NOT_FOUND when there is nothing of that name. */
enum pith_status roster_remove(struct roster *roster, const char *name, struct pith_error *reterr);
enum pith_status roster_rename(struct roster *roster, const char *name, const char *other, struct pith_error *reterr);

/* Where a reader's token and recovery code are. */
void roster_token(const struct roster *roster, const char *name, char path[ROSTER_PATH]);
void roster_code(const struct roster *roster, const char *name, char path[ROSTER_PATH]);

/* How a reader of the config stands. */
enum roster_state { ROSTER_WHOLE, ROSTER_HALF, ROSTER_LOST };
enum pith_status roster_state(struct roster *roster, const char *name, enum roster_state *ret_state, struct pith_error *reterr);

#endif
