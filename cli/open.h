/* open: a link shown in the reader's browser. */
#ifndef PITH_CLI_OPEN_H
#define PITH_CLI_OPEN_H

#include <pith/status.h>

/* Starts the browser that PITH_BROWSER names (a program, looked for in PATH), else xdg-open, with `address` as its one argument. It
 * runs on by itself: it has no terminal, what it prints is dropped, and nobody waits for it. PITH_USAGE for what is no address of the
 * web, PITH_IO where the program cannot be started. */
enum pith_status open_link(const char *address, struct pith_error *reterr);

#endif
