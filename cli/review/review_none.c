/* pith review in a build without curses. */
#include "cli/commands/commands.h"

enum pith_status command_review(struct call *call, struct pith_error *reterr)
{
    (void)call;
    return pith_fail(reterr, PITH_USAGE, "this pith was built without its full screen (-Dreview): `pith rank` prints the list");
}
