/* call: one call of pith. What the command line said, and what every command does with it: open, unlock, find, report. */
#ifndef PITH_CLI_CALL_H
#define PITH_CLI_CALL_H

#include "cli/config.h"
#include "cli/pager.h"
#include "cli/terminal.h"
#include <pith/pith.h>

struct passphrase;

/* Options not given are NULL or false. */
struct call {
    const char *home, *reader, *passphrase_file, *key_file, *token_file, *witness;
    bool json, help, version;
    const char *strength, *date, *since, *limit, *from, *format, *output, *sealed, *label, *allow, *until, *duration, *only, *about,
        *config, *expect, *unwanted, *diverse, *picture, *dry_run, *doubt, *from_mail;
    const char *new_passphrase_file, *export_passphrase_file;
    const char *port, *to, *fetch, *seed, *mail, *unlock_at_login, *inbound;
    bool send, fido2, tpm, all, no_browser, force, fingerprint, digest, recovery, post, yes, ups, downs, explain, mine, forget,
        seen, abstracts, oneline, no_pager, unread, pdf, later, done;
    const char **words; /* what is no option, after the command's name */
    size_t count;
    struct terminal terminal;
    struct pager pager;
    struct pith *pith;
    struct config *settings; /* NULL until call_config has read it */
    bool told;               /* the failure has been reported already */
};

/* The config file that the call names, else the user's own; read once, borrowed. */
enum pith_status call_config(struct call *call, const struct config **ret_config, struct pith_error *reterr);

/* The reader that the call, the environment or the config file names; NULL for none. */
const char *call_reader(const struct call *call);
/* Opens the home folder the call or the environment names. */
enum pith_status call_open(struct call *call, bool create, struct pith_error *reterr);
/* Opens it and unlocks the profile. What is open, or unlocked, stays so. */
enum pith_status call_unlock(struct call *call, struct pith_error *reterr);
/* Unlocks the profile of an open home folder: by a token, key or passphrase file or the recovery code that the call or the
 * environment names, by a security key or the TPM where the call says so, else by the key that `pith unlock` left with the kernel, else by the passphrase, asked for. */
enum pith_status call_unlock_opened(struct call *call, struct pith_error *reterr);
/* As far as that asks nobody for anything: *ret_unlocked tells. */
enum pith_status call_unlock_quietly(struct call *call, bool *ret_unlocked, struct pith_error *reterr);
/* Does `ask` with a security key's PIN in the passphrase: without one first, and with what its holder types where the key has one. */
enum pith_status call_with_pin(enum pith_status (*ask)(void *user, const struct passphrase *pin, struct pith_error *reterr),
                               void *user, struct pith_error *reterr);
/* The TPM's name as tpm2-tss has it: of the environment, else "" for the first that answers. */
const char *call_tpm(void);
/* Whether the call, the environment or the config file says what opens the profile. */
bool call_names_way(const struct call *call);
/* Whether the reader meant has a profile, or a token names one. */
enum pith_status call_has_profile(struct call *call, bool *ret_has, struct pith_error *reterr);
/* A new passphrase: --new-passphrase-file, else asked for twice. For a new profile, --passphrase-file will do. */
enum pith_status call_new_passphrase(struct call *call, bool of_new_profile, struct passphrase *passphrase,
                                     struct pith_error *reterr);
/* --limit, else *limit stays. */
enum pith_status call_limit(const struct call *call, size_t *limit, struct pith_error *reterr);
/* "new,cross" as bits of pith_announce; a day that an option names. */
enum pith_status call_only(const char *value, unsigned *ret_announce, struct pith_error *reterr);
enum pith_status call_day(const char *name, const char *value, int32_t *ret_day, struct pith_error *reterr);
enum pith_status call_strength(const struct call *call, enum pith_strength *ret_strength, struct pith_error *reterr);
/* The one paper called `name`; several are listed, and it is PITH_AMBIGUOUS. */
enum pith_status call_find(struct call *call, const char *name, struct pith_papers **ret_paper, struct pith_error *reterr);
/* Reports a failure: the sentence to standard error and, with --json, an error document to standard output. `matches` may be
 * NULL. Once only. */
void call_tell(struct call *call, const struct pith_error *error, const struct pith_papers *matches);
/* Whether what is printed goes to a program: JSON, or standard output is no terminal. */
bool call_is_piped(const struct call *call);
/* From here on the output goes through the pager, where it goes to a person and --no-pager does not say no. */
void call_page(struct call *call);
/* Prints a JSON document and frees it. */
void call_print_json(char *json);
/* Today in local time; today as the service counts days, by UTC; now, in seconds since 1970-01-01 UTC. */
int32_t call_today(void);
int32_t call_utc_today(void);
int64_t call_now(void);
/* Where the home folder is: by the call, the environment, the config file, or the usual place; it need not exist. */
enum { CALL_PATH = 4096 };
enum pith_status call_home(struct call *call, char path[CALL_PATH], struct pith_error *reterr);

/* Whether an import came to something: PITH_INPUT, told at the end of the command, when none of a file's records could be used. Some
 * that could not cost nothing but themselves: the report counts them. */
enum pith_status call_judge_import(struct call *call, const char *file, const struct pith_import_report *report,
                                   struct pith_error *reterr);

#endif
