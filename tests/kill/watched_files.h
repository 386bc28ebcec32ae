/* watched_files: SQLite's files, each action told before it is done, so that a test can note it or make it fail. For one thread. */
#ifndef PITH_TESTS_KILL_WATCHED_FILES_H
#define PITH_TESTS_KILL_WATCHED_FILES_H

#include <stdint.h>

enum watched {
    WATCHED_OPEN, /* `length` 1: the file may be made */
    WATCHED_READ,
    WATCHED_WRITE, /* `bytes` go to `offset` */
    WATCHED_CUT,   /* to `offset` bytes */
    WATCHED_SYNC,  /* all that was written to this file is on the disk once it is done */
    WATCHED_DELETE,
    WATCHED_SIZE,
    WATCHED_LOCK,
    WATCHED_SHARE, /* memory shared with other processes: mapped, locked */
    WATCHED_ACCESS,
};

struct watched_action {
    enum watched what;
    const char *path;
    const void *bytes;
    int length;
    int64_t offset;
};

/* From now on `tell` (NULL: nobody) hears of each action on files opened after the first call; what it returns, a code of SQLite's, is
 * the action's outcome unless it is 0. */
void watch_files(int (*tell)(void *user, const struct watched_action *action), void *user);

#endif
