/* open_link: an address of the web, opened by the reader's browser: PITH_BROWSER, else xdg-open. */
#ifndef PITH_CLI_OPEN_LINK_H
#define PITH_CLI_OPEN_LINK_H

#include <pith/status.h>

#include <stdbool.h>

/* Starts the browser with the address as its argument, and waits for it; with `apart` it has no terminal and nobody waits. PITH_USAGE when
 * there is no such program, PITH_IO when it says that it failed. */
enum pith_status open_link(const char *address, bool apart, struct pith_error *reterr);
/* Whether a browser comes in a window of its own, so that it needs no terminal. */
bool open_link_has_windows(void);

#endif
