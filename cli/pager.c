#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *pager_command(void)
{
    const char *own = getenv("PITH_PAGER"), *usual = getenv("PAGER");
    const char *command = own ? own : usual ? usual : "less";
    return strcmp(command, "cat") == 0 ? "" : command;
}

/* In the child. A command of several words is the shell's to read; 127 says that there is no such program. */
static void become_pager(const char *command, int input, int told)
{
    setenv("LESS", "FRX", 0);
    setenv("LV", "-c", 0);
    dup2(input, STDIN_FILENO);
    if (strpbrk(command, " \t|&;<>()$`\\\"'*?[#~="))
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    else
        execlp(command, command, (char *)NULL);
    if (write(told, "", 1) < 0)
        _exit(126);
    _exit(127);
}

/* Whether the program was started: its end of the pipe closes then, and nothing comes. */
static bool has_started(int told)
{
    char byte;
    ssize_t got;
    do
        got = read(told, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 0;
}

void pager_start(struct pager *pager)
{
    const char *command = pager_command();
    int data[2], told[2];
    if (!*command || pipe2(data, O_CLOEXEC) != 0)
        return;
    if (pipe2(told, O_CLOEXEC) != 0) {
        close(data[0]);
        close(data[1]);
        return;
    }
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        become_pager(command, data[0], told[1]);
    close(told[1]);
    close(data[0]);
    if (child > 0 && has_started(told[0])) {
        dup2(data[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_IGN); /* the reader may have read enough */
        signal(SIGINT, SIG_IGN);  /* that is for the pager */
        pager->child = child;
    } else if (child > 0) {
        waitpid(child, NULL, 0);
        if (getenv("PITH_PAGER") || getenv("PAGER"))
            fprintf(stderr, "pith: the pager %.100s cannot be started; the output goes to the terminal as it is\n", command);
    }
    close(told[0]);
    close(data[1]);
}

void pager_end(struct pager *pager)
{
    if (!pager->child)
        return;
    fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(pager->child, NULL, 0) < 0 && errno == EINTR)
        ;
    *pager = (struct pager){.ended = true};
}
