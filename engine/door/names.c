/* What readers are called. */
#include "engine/door/handle.h"

#include <string.h>

enum pith_status pith_rename(struct pith *pith, const char *reader, struct pith_error *reterr)
{
    enum pith_status status = handle_need(pith, PITH_MAY_VOTE, reterr);
    if (!status && strcmp(reader, PROFILE_UNNAMED) == 0)
        status = pith_fail(reterr, PITH_USAGE, "\"%s\" is what a reader without a name is called: choose another name", reader);
    return status ? status : profile_rename(pith->profile, reader, reterr);
}
