/* passphrase: where the reader's passphrase comes from: a file that an option or PITH_PASSPHRASE_FILE names, else the terminal.
 * Never the command line. Held in memory kept off the swap, overwritten by passphrase_wipe. */
#ifndef PITH_PASSPHRASE_H
#define PITH_PASSPHRASE_H

#include "../engine/status.h"

#include <stdbool.h>

enum { PASSPHRASE_MAX = 1024 };

struct passphrase {
    char text[PASSPHRASE_MAX + 1]; /* not NUL-terminated */
    size_t length;
};

/* The file's first line, or what is typed; `twice` asks again to be sure. `file` NULL: PITH_PASSPHRASE_FILE, else the
 * terminal. */
enum pith_status passphrase_get(struct passphrase *passphrase, const char *file, bool twice, struct pith_error *reterr);
/* A file is named, so that getting one needs nobody at the terminal. */
bool passphrase_at_hand(const char *file);
void passphrase_wipe(struct passphrase *passphrase);

#endif
