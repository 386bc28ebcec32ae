#include "cli/open.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_of_the_web(const char *address)
{
    return strncasecmp(address, "https://", 8) == 0 || strncasecmp(address, "http://", 7) == 0;
}

/* In the child: a grandchild becomes the browser, so that nobody has to wait for it. Writes why it could not. */
static void become_browser(const char *browser, const char *address, int told)
{
    sigset_t none;
    int nowhere = open("/dev/null", O_RDWR), why;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; i < 3 && nowhere >= 0; i++)
        dup2(nowhere, i);
    setsid();
    pid_t child = fork();
    if (child > 0)
        _exit(0);
    if (child == 0)
        execlp(browser, browser, address, (char *)NULL);
    why = errno;
    _exit(write(told, &why, sizeof why) < 0 ? 126 : 127);
}

/* What the child wrote; the end of the pipe alone says that the browser runs. */
static int hear(int end)
{
    int why = 0;
    while (read(end, &why, sizeof why) < 0 && errno == EINTR)
        continue;
    return why;
}

enum pith_status open_link(const char *address, struct pith_error *reterr)
{
    const char *named = getenv("PITH_BROWSER"), *browser = named && *named ? named : "xdg-open";
    int ends[2], why = 0;
    if (!is_of_the_web(address))
        return pith_fail(reterr, PITH_USAGE, "%s is no address of the web", address);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pith_fail(reterr, PITH_IO, "could not start %s: %s", browser, strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become_browser(browser, address, ends[1]);
    if (child < 0)
        why = errno;
    close(ends[1]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (child > 0)
        why = hear(ends[0]);
    close(ends[0]);
    return why ? pith_fail(reterr, PITH_IO, "could not start %s: %s. PITH_BROWSER names another program", browser, strerror(why))
               : PITH_OK;
}
