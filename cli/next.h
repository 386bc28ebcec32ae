/* next: what is missing before papers come by themselves in the reader's order, and the command that brings it about. */
#ifndef PITH_CLI_NEXT_H
#define PITH_CLI_NEXT_H

#include "cli/call.h"

/* Prints a line for each thing that is missing, the first to do first: "No listing since Friday: pith update". With --json, JSON Lines of what and do.
 * Asks for nothing: of a locked profile less is known. */
enum pith_status next_print(struct call *call, struct pith_error *reterr);

#endif
