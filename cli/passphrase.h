/* passphrase: where the secret that opens a profile comes from: a file that an option or the environment names, else the terminal.
 * Never the command line. Held in memory kept off the swap, overwritten by passphrase_wipe. */
#ifndef PITH_CLI_PASSPHRASE_H
#define PITH_CLI_PASSPHRASE_H

#include <pith/status.h>

#include <stdbool.h>

enum { PASSPHRASE_MAX = 1024, PASSPHRASE_PATH = 4096 };

struct passphrase {
    char text[PASSPHRASE_MAX + 1]; /* not NUL-terminated */
    size_t length;
};

/* The first line of the file `name`; `what` says in errors what it should hold: "passphrase", "token", "key". */
enum pith_status passphrase_read(struct passphrase *passphrase, const char *name, const char *what, struct pith_error *reterr);
/* The same for a program that nobody watches: a file that others can read is refused, not warned of, unless it is a
 * credential that systemd loaded. PITH_USAGE. */
enum pith_status passphrase_read_private(struct passphrase *passphrase, const char *name, const char *what,
                                         struct pith_error *reterr);
/* Where systemd put the credential of this name for the unit ($CREDENTIALS_DIRECTORY). False, and "", where it put none. */
bool passphrase_credential(const char *name, char path[PASSPHRASE_PATH]);
/* What is typed after `prompt`, without echo; with `again` once more after that, to be sure. */
enum pith_status passphrase_ask(struct passphrase *passphrase, const char *prompt, const char *again, struct pith_error *reterr);
void passphrase_wipe(struct passphrase *passphrase);

#endif
