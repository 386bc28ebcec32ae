/* pager: long output a screen at a time, as git does it: through PITH_PAGER, else PAGER, else less. */
#ifndef PITH_CLI_PAGER_H
#define PITH_CLI_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

struct pager {
    pid_t child; /* 0: none */
    bool ended;  /* there was one, and standard output ended with it */
};
/* From here on standard output goes through the pager, unless that is named "" or cat, or cannot be started. Standard output is a terminal. */
void pager_start(struct pager *pager);
/* Ends the output and waits until the reader has read it; without a pager does nothing. What the reader did not want to see is no loss. */
void pager_end(struct pager *pager);

#endif
