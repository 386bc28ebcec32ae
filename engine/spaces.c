#include "spaces.h"

#include <pthread.h>
#include <string.h>

/* In models/shipped.S; weak, so that a program may leave the table out. */
extern const unsigned char space_shipped_start[] __attribute__((weak)), space_shipped_end[] __attribute__((weak));

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct space *opened;
static const struct space *shipped, *own;

static void open_shipped(void)
{
    if (space_shipped_start &&
        space_open(space_shipped_start, (size_t)(space_shipped_end - space_shipped_start), &opened, NULL) == PITH_OK)
        shipped = opened;
}

const struct space *spaces_shipped(void)
{
    pthread_once(&once, open_shipped);
    return shipped;
}

void spaces_replace(const struct space *space)
{
    pthread_once(&once, open_shipped);
    shipped = space;
}

const struct space *spaces_own(void)
{
    return own;
}

void spaces_set_own(const struct space *space)
{
    own = space;
}

const struct space *spaces_find(const char *name)
{
    const struct space *space = spaces_shipped();
    if (space && strcmp(space_name(space), name) == 0)
        return space;
    return own && strcmp(space_name(own), name) == 0 ? own : NULL;
}
