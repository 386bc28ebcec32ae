#include "cli/open_link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *browser(void)
{
    const char *own = getenv("PITH_BROWSER");
    return own && *own ? own : "xdg-open";
}

bool open_link_has_windows(void)
{
    const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
    return (x11 && *x11) || (wayland && *wayland);
}

/* In the child. Tells why there is no such program. */
static void become_browser(const char *program, const char *address, bool apart, int told)
{
    int nowhere = apart ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;
    for (int i = 0; i < 3 && nowhere >= 0; i++)
        dup2(nowhere, i);
    if (apart && (setsid() < 0 || fork() != 0)) /* whoever started it need not wait for it */
        _exit(0);
    execlp(program, program, address, (char *)NULL);
    int why = errno;
    if (write(told, &why, sizeof why) < 0)
        _exit(126);
    _exit(127);
}

/* 0 once the program was started: its end of the pipe closes then. */
static int why_not_started(int told)
{
    int why = 0;
    ssize_t got;
    do
        got = read(told, &why, sizeof why);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof why ? why : 0;
}

enum pith_status open_link(const char *address, bool apart, struct pith_error *reterr)
{
    const char *program = browser();
    int told[2], state = 0;
    if (pipe2(told, O_CLOEXEC) != 0)
        return pith_fail(reterr, PITH_IO, "could not start a browser: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0)
        become_browser(program, address, apart, told[1]);
    close(told[1]);
    int why = child > 0 ? why_not_started(told[0]) : errno;
    close(told[0]);
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    if (why)
        return pith_fail(reterr, PITH_USAGE, "could not start %.100s (%s): PITH_BROWSER names a browser. The address is %.250s",
                         program, strerror(why), address);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return pith_fail(reterr, PITH_IO, "%.100s could not open %.300s", program, address);
    return PITH_OK;
}
