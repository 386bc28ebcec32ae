/* The service: run as it is, or for one reader's browser on this machine. */
#include "cli/commands/commands.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    USUAL_PORT = 8417,
    LASTS = 7 * 86400 /* seconds, should the end of the command not come to take its token back */,
    CODE = 32 /* bytes */,
    HANDED_OVER = 3 /* the socket, as systemd does it */
};
#define LABEL "pith web"

/* pith-serve: installed in libexec/pith beside bin, or in the folder that both were built in. */
static enum pith_status find_service(char path[PATH_MAX], struct pith_error *reterr)
{
    static const char *const places[] = {"../libexec/pith/pith-serve", "../api/pith-serve"};
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own);
    const char *slash = length > 0 ? memrchr(own, '/', (size_t)length) : NULL;
    for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++)
        if (snprintf(path, PATH_MAX, "%.*s/%s", (int)(slash - own), own, places[i]) < PATH_MAX && access(path, X_OK) == 0)
            return PITH_OK;
    return pith_fail(reterr, PITH_NOT_FOUND, "pith-serve, the service, is not installed beside this pith");
}

/* Becomes the service. */
enum pith_status command_serve(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) const char **arguments = pith_calloc(call->count + 6, sizeof *arguments);
    const struct config *config;
    char path[PATH_MAX], home[CALL_PATH];
    size_t count = 0;
    if (!arguments)
        return pith_no_memory(reterr);
    enum pith_status status = find_service(path, reterr);
    if (!status)
        status = call_home(call, home, reterr);
    if (!status)
        status = call_config(call, &config, reterr);
    if (status)
        return status;
    arguments[count++] = "pith-serve";
    arguments[count++] = "--home";
    arguments[count++] = home;
    if (config->mailing->base_url) { /* the same option among the words comes later, and counts */
        arguments[count++] = "--base-url";
        arguments[count++] = config->mailing->base_url;
    }
    memcpy(arguments + count, call->words, call->count * sizeof *arguments);
    execv(path, (char *const *)(const void *)arguments);
    return pith_fail(reterr, PITH_IO, "could not run %.200s: %s", path, strerror(errno));
}

/* ---- for one reader's browser ---- */

struct web {
    char home[CALL_PATH], service[PATH_MAX];
    char code[2 * CODE + 1];   /* of the link that signs in once */
    struct pith_secret *token; /* that the link signs in by; a way in of its own, taken back at the end */
    int socket;                /* that the service listens at */
    unsigned port;
    char link[PATH_MAX]; /* a file that leads a browser on: the link stands in no command line */
    pid_t child;
};

/* A token of this command's own, in the slot of the one before, should that have been left. */
static enum pith_status make_token(struct call *call, struct web *web, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    struct pith_key_request request = {.size = sizeof request,
                                       .way = PITH_TOKEN,
                                       .label = LABEL,
                                       .scopes = PITH_MAY_RANK | PITH_MAY_VOTE | PITH_MAY_EXPORT | PITH_MAY_MANAGE,
                                       .expires = call_now() + LASTS};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_list_keys(call->pith, &keys, reterr);
    for (size_t i = 0; !status && i < keys->count; i++)
        if (keys->item[i].way == PITH_TOKEN && keys->item[i].label && strcmp(keys->item[i].label, LABEL) == 0)
            request.slot = keys->item[i].slot;
    if (!status)
        status = pith_put_key(call->pith, &request, &web->token, reterr);
    if (call->pith)
        pith_close(call->pith);
    call->pith = NULL;
    return status;
}

/* The token ends with the command; one that cannot be taken back ends by itself. */
static void end_token(const struct web *web)
{
    struct pith *pith = NULL;
    if (!pith_open(web->home, false, &pith, NULL) &&
        !pith_unlock(pith, PITH_TOKEN, web->token->text, strlen(web->token->text), call_now(), NULL))
        pith_revoke_key(pith, web->token->slot, NULL);
    if (pith)
        pith_close(pith);
}

static bool bind_port(int socket, unsigned port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return bind(socket, (const struct sockaddr *)&address, sizeof address) == 0 && listen(socket, SOMAXCONN) == 0;
}

/* At the port that was asked for, else at the usual one or, where that is taken, any. */
static enum pith_status open_port(const struct call *call, struct web *web, struct pith_error *reterr)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    char *end = NULL;
    int one = 1;
    unsigned long port = call->port ? strtoul(call->port, &end, 10) : USUAL_PORT;
    if (call->port && (end == call->port || *end || port < 1 || port > UINT16_MAX))
        return pith_fail(reterr, PITH_USAGE, "--port %s: a number from 1 to %d is expected", call->port, UINT16_MAX);
    web->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(web->socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (web->socket < 0 || (!bind_port(web->socket, (unsigned)port) && (call->port || !bind_port(web->socket, 0))) ||
        getsockname(web->socket, (struct sockaddr *)&address, &size) != 0)
        return pith_fail(reterr, PITH_IO, "could not listen at 127.0.0.1:%lu: %s", port, strerror(errno));
    web->port = ntohs(address.sin_port);
    return PITH_OK;
}

/* In the child: the socket and the pipe where the service looks for them. */
static void become_service(const struct web *web, int told, const sigset_t *signals)
{
    char number[24];
    int handed = fcntl(web->socket, F_DUPFD, HANDED_OVER + 1), input = fcntl(told, F_DUPFD, HANDED_OVER + 1);
    snprintf(number, sizeof number, "%d", (int)getpid());
    setenv("LISTEN_PID", number, 1);
    setenv("LISTEN_FDS", "1", 1);
    sigprocmask(SIG_SETMASK, signals, NULL);
    if (handed >= 0 && input >= 0 && dup2(handed, HANDED_OVER) >= 0 && dup2(input, STDIN_FILENO) >= 0) {
        close(handed);
        close(input);
        execl(web->service, "pith-serve", "--home", web->home, "--quiet", "--sign-in-file", "-", (char *)NULL);
    }
    _exit(127);
}

static enum pith_status start_service(struct web *web, const sigset_t *signals, struct pith_error *reterr)
{
    int ends[2];
    char lines[512];
    unsigned char random[CODE];
    pith_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(web->code + 2 * i, 3, "%02x", random[i]);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return pith_fail(reterr, PITH_IO, "could not start the service: %s", strerror(errno));
    web->child = fork();
    if (web->child == 0)
        become_service(web, ends[0], signals);
    close(ends[0]);
    int length = snprintf(lines, sizeof lines, "%s\n%s\n", web->code, web->token->text);
    bool told = web->child > 0 && write(ends[1], lines, (size_t)length) == length;
    close(ends[1]);
    explicit_bzero(lines, sizeof lines);
    return told ? PITH_OK : pith_fail(reterr, PITH_IO, "could not start the service: %s", strerror(errno));
}

/* ---- the browser ---- */

/* A page of one's own that leads on: what a program is started with, every user of the machine can see. */
static enum pith_status write_link(struct web *web, struct pith_error *reterr)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char page[512];
    snprintf(web->link, sizeof web->link, "%s/pith-web-XXXXXX.html", folder && *folder == '/' ? folder : "/tmp");
    int file = mkstemps(web->link, 5);
    int length = snprintf(page, sizeof page,
                          "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>pith</title><meta "
                          "http-equiv=\"refresh\" content=\"0; url=http://127.0.0.1:%u/in/%s\"></head><body><p><a "
                          "href=\"http://127.0.0.1:%u/in/%s\">Sign in to pith</a></p></body></html>\n",
                          web->port, web->code, web->port, web->code);
    bool good = file >= 0 && write(file, page, (size_t)length) == length;
    if (file >= 0)
        close(file);
    return good ? PITH_OK : pith_fail(reterr, PITH_IO, "could not write %.200s: %s", web->link, strerror(errno));
}

static void open_browser(const struct web *web, const sigset_t *signals)
{
    pid_t child = fork();
    if (child != 0)
        return;
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3 && nowhere >= 0; i++)
        dup2(nowhere, i);
    sigprocmask(SIG_SETMASK, signals, NULL);
    execlp("xdg-open", "xdg-open", web->link, (char *)NULL);
    _exit(127);
}

/* Until the service ends, or is told to by a signal to this command. */
static enum pith_status wait_for_end(const struct web *web, const sigset_t *ends, struct pith_error *reterr)
{
    int state = 0, got;
    for (;;) {
        sigwait(ends, &got);
        if (got != SIGCHLD)
            kill(web->child, SIGTERM);
        if (waitpid(web->child, &state, WNOHANG) == web->child)
            break;
    }
    return WIFEXITED(state) && WEXITSTATUS(state) == 0 ? PITH_OK : pith_fail(reterr, PITH_IO, "the service ended before its time");
}

static enum pith_status serve_browser(const struct call *call, struct web *web, struct pith_error *reterr)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, &before);
    enum pith_status status = start_service(web, &before, reterr);
    if (status)
        return status;
    printf("pith is at http://127.0.0.1:%u/in/%s\nThis link signs one browser in, within ten minutes. Ctrl-C ends it.\n", web->port,
           web->code);
    fflush(stdout);
    if (!call->no_browser && !write_link(web, NULL))
        open_browser(web, &before);
    status = wait_for_end(web, &ends, reterr);
    if (*web->link)
        unlink(web->link);
    return status;
}

enum pith_status command_web(struct call *call, struct pith_error *reterr)
{
    struct web web = {.socket = -1};
    enum pith_status status = find_service(web.service, reterr);
    if (!status)
        status = call_home(call, web.home, reterr);
    if (!status)
        status = open_port(call, &web, reterr);
    if (!status)
        status = make_token(call, &web, reterr);
    if (!status)
        status = serve_browser(call, &web, reterr);
    if (web.token) {
        end_token(&web);
        pith_secret_free(web.token);
    }
    if (web.socket >= 0)
        close(web.socket);
    return status;
}
