/* pith-serve: the service as a program. `pith serve` runs it. */
#include "api/listen.h"
#include "api/server.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH = 4096,
    MOST_PEM = 1 << 20,
    OTHER_FILES = 512, /* the store's, of each handle */
    ACTIVATED = 3      /* the first socket that systemd hands over */
};

static const char help[] =
    "pith serve: readers' rankings, votes and profiles over HTTP, as JSON\n"
    "\n"
    "usage: pith serve [OPTION...]\n"
    "\n"
    "  --home DIR                  papers and profiles (else PITH_HOME, else ~/.local/share/pith)\n"
    "  --listen ADDRESS:PORT       where (default 127.0.0.1:8417; port 0: any that is free)\n"
    "  --base-url URL              where readers reach it, for the links in mails (default: http://ADDRESS:PORT)\n"
    "  --cors-origin ORIGIN        pages of this origin (https://reader.example.org) may read what a token gives them "
    "(default: no other's)\n"
    "  --operator-token-file FILE  who holds what it says may make readers and bring in listings; made when it is not "
    "there\n"
    "                              (default: operator.token in the home folder)\n"
    "  --sign-in-file FILE         its two lines, a code and a token, make a link /in/CODE that signs a browser in once, within\n"
    "                              ten minutes: `pith web` gives it one\n"
    "  --certificate FILE, --key FILE\n"
    "                              serve HTTPS, by these PEM files\n"
    "  --workers N                 threads that open profiles (default: as many as there are processors)\n"
    "  --rate N                    requests a second that one token may ask, or one address where none is needed\n"
    "                              (default 50; 0: no limit)\n"
    "  --deadline SECONDS          that a request may take to arrive (default 30)\n"
    "  --connections N, --per-address N\n"
    "                              open at a time (default 1024), and from one address (default 256)\n"
    "  --trusted-proxy ADDRESS[/BITS][,...]\n"
    "                              take the address that asks from a header of this proxy's, and count no connections of "
    "the proxy\n"
    "  --client-address-header NAME\n"
    "                              the header: X-Forwarded-For (default) or Forwarded; the proxy has to write it itself\n"
    "  --answers MIB               memory for answers that are kept, sealed, while nothing changes (default 128; 0: "
    "none)\n"
    "  --quiet                     no line a request on standard error\n"
    "  --help, --version\n"
    "\n"
    "It listens on this machine alone unless told otherwise; before it listens elsewhere, give it a certificate or a "
    "proxy that has one.\n"
    "What can be asked is described at /openapi.json. SIGTERM ends it once what was accepted is answered.\n"
    "\n"
    "Example:\n"
    "  pith serve --listen 127.0.0.1:8417 &\n"
    "  curl -H \"Authorization: Bearer $(cat ~/.local/share/pith/operator.token)\" http://127.0.0.1:8417/v1/days\n";

struct arguments {
    const char *home, *listen, *base_url, *origin, *operator_file, *sign_in, *certificate, *key;
    double rate;
    unsigned workers, deadline, connections, per_address, answers;
    struct proxies proxies;
    bool quiet;
};

static const struct option options[] = {{"home", required_argument, NULL, 'd'},
                                        {"listen", required_argument, NULL, 'l'},
                                        {"base-url", required_argument, NULL, 'b'},
                                        {"cors-origin", required_argument, NULL, 's'},
                                        {"sign-in-file", required_argument, NULL, 'i'},
                                        {"operator-token-file", required_argument, NULL, 'o'},
                                        {"certificate", required_argument, NULL, 'c'},
                                        {"key", required_argument, NULL, 'k'},
                                        {"workers", required_argument, NULL, 'w'},
                                        {"rate", required_argument, NULL, 'r'},
                                        {"deadline", required_argument, NULL, 't'},
                                        {"connections", required_argument, NULL, 'n'},
                                        {"per-address", required_argument, NULL, 'p'},
                                        {"trusted-proxy", required_argument, NULL, 'x'},
                                        {"client-address-header", required_argument, NULL, 'f'},
                                        {"answers", required_argument, NULL, 'a'},
                                        {"quiet", no_argument, NULL, 'q'},
                                        {"help", no_argument, NULL, 'h'},
                                        {"version", no_argument, NULL, 'v'},
                                        {0}};

static enum pith_status read_count(const char *name, const char *value, unsigned least, unsigned most, unsigned *ret_count,
                                   struct pith_error *reterr)
{
    char *end;
    unsigned long read = strtoul(value, &end, 10);
    if (end == value || *end || *value == '-' || read < least || read > most)
        return pith_fail(reterr, PITH_USAGE, "--%s is to be a number from %u to %u", name, least, most);
    *ret_count = (unsigned)read;
    return PITH_OK;
}

/* Takes the options; help and version print and end the program. */
static enum pith_status read_arguments(int argc, char **argv, struct arguments *arguments, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    char *end;
    opterr = 0;
    for (int letter; !status && (letter = getopt_long(argc, argv, "h", options, NULL)) != -1;)
        switch (letter) {
        case 'd': arguments->home = optarg; break;
        case 'l': arguments->listen = optarg; break;
        case 'b': arguments->base_url = optarg; break;
        case 's': arguments->origin = optarg; break;
        case 'o': arguments->operator_file = optarg; break;
        case 'i': arguments->sign_in = optarg; break;
        case 'c': arguments->certificate = optarg; break;
        case 'k': arguments->key = optarg; break;
        case 'w': status = read_count("workers", optarg, 1, 64, &arguments->workers, reterr); break;
        case 't': status = read_count("deadline", optarg, 1, 3600, &arguments->deadline, reterr); break;
        case 'n': status = read_count("connections", optarg, 1, 100000, &arguments->connections, reterr); break;
        case 'p': status = read_count("per-address", optarg, 1, 100000, &arguments->per_address, reterr); break;
        case 'a': status = read_count("answers", optarg, 0, 65536, &arguments->answers, reterr); break;
        case 'x': status = proxies_add(&arguments->proxies, optarg, reterr); break;
        case 'f': status = proxies_set_header(&arguments->proxies, optarg, reterr); break;
        case 'r':
            arguments->rate = strtod(optarg, &end);
            if (end == optarg || *end || !(arguments->rate >= 0 && arguments->rate <= 1e6))
                status = pith_fail(reterr, PITH_USAGE, "--rate is to be a number from 0 to 1000000");
            break;
        case 'q': arguments->quiet = true; break;
        case 'h': fputs(help, stdout); exit(0);
        case 'v': puts("pith-serve " PITH_VERSION); exit(0);
        default:
            status = pith_fail(reterr, PITH_USAGE, "%s is no option of pith serve, or needs a value: see `pith serve --help`",
                               argv[optind - 1]);
        }
    if (!status && optind < argc)
        status = pith_fail(reterr, PITH_USAGE, "pith serve takes no \"%s\": see `pith serve --help`", argv[optind]);
    if (!status && !arguments->certificate != !arguments->key)
        status = pith_fail(reterr, PITH_USAGE, "--certificate and --key go together");
    return status;
}

/* ---- files ---- */

static enum pith_status find_home(const char *given, char path[PATH], struct pith_error *reterr)
{
    const char *home = given ? given : getenv("PITH_HOME"), *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
    int length = -1;
    if (home && *home)
        length = snprintf(path, PATH, "%s", home);
    else if (data && *data == '/')
        length = snprintf(path, PATH, "%s/pith", data);
    else if (user && *user)
        length = snprintf(path, PATH, "%s/.local/share/pith", user);
    return length > 0 && length < PATH ? PITH_OK : pith_fail(reterr, PITH_USAGE, "where is the home folder? Give --home DIR");
}

static enum pith_status read_file(const char *path, size_t most, char **ret_text, struct pith_error *reterr)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    PITH_AUTO(pith_free_p) char *text = pith_calloc(most + 1, 1);
    size_t length = file && text ? fread(text, 1, most, file) : 0;
    bool good = file && text && !ferror(file) && length > 0;
    int error = errno;
    if (file)
        fclose(file);
    if (!good)
        return pith_fail(reterr, file ? PITH_IO : PITH_NOT_FOUND, "cannot read %s: %s", path,
                         file ? "it is empty" : strerror(error));
    *ret_text = PITH_TAKE(text);
    return PITH_OK;
}

/* A finished file gets its name only once all of it is on the disk; an empty one, left by a service that was stopped or had no room, is
 * replaced. */
static bool name_token(const char *made, const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && about.st_size == 0)
        return rename(made, path) == 0;
    return link(made, path) == 0 || errno == EEXIST; /* that of another process, made meanwhile, is as good */
}

static bool write_token(int file)
{
    unsigned char bytes[32];
    char text[SERVICE_OPERATOR] = "pith_operator_";
    pith_random(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(text + 14 + 2 * i, 3, "%02x", bytes[i]);
    strcat(text, "\n");
    size_t length = strlen(text), put = 0;
    for (ssize_t some = 1; put < length && some > 0; put += some > 0 ? (size_t)some : 0)
        some = write(file, text + put, length - put);
    explicit_bzero(text, sizeof text);
    return put == length && fsync(file) == 0;
}

/* Makes a token file, readable by its owner alone, whole or not at all. */
static enum pith_status make_token(const char *path, struct pith_error *reterr)
{
    char made[PATH + 64];
    int length = snprintf(made, sizeof made, "%s.XXXXXX", path);
    int file = length > 0 && length < (int)sizeof made ? mkostemp(made, O_CLOEXEC) : -1;
    if (file < 0)
        return pith_fail(reterr, PITH_IO, "cannot write %s: %s", path, strerror(errno));
    bool good = write_token(file);
    int error = errno;
    good = close(file) == 0 && good;
    if (good && !name_token(made, path)) {
        error = errno;
        good = false;
    }
    unlink(made);
    return good ? PITH_OK : pith_fail(reterr, PITH_IO, "cannot write %s: %s", path, strerror(error));
}

static enum pith_status read_token(const char *path, char token[SERVICE_OPERATOR], struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL;
    struct stat about;
    bool there = stat(path, &about) == 0 && about.st_size > 0;
    enum pith_status status = there ? PITH_OK : make_token(path, reterr);
    if (!status)
        status = read_file(path, SERVICE_OPERATOR, &text, reterr);
    if (status)
        return status;
    size_t length = strcspn(text, "\r\n");
    if (stat(path, &about) != 0 || about.st_mode & 077)
        return pith_fail(reterr, PITH_USAGE, "%s can be read by others: chmod 600 it, or delete it for a new one", path);
    if (length < 32 || length >= SERVICE_OPERATOR)
        return pith_fail(reterr, PITH_INPUT, "%s is to hold a token of 32 to %d characters; delete it for a new one", path,
                         SERVICE_OPERATOR - 1);
    memcpy(token, text, length);
    token[length] = '\0';
    explicit_bzero(text, strlen(text));
    return PITH_OK;
}

/* The code and the token of a link that signs in once, in place: each a line. */
static enum pith_status split_lines(char *text, const char **ret_code, const char **ret_token, struct pith_error *reterr)
{
    char *end = strchr(text, '\n'), *token = end ? end + 1 : NULL;
    if (!end || end - text < 32 || !*token || strlen(token) > 256)
        return pith_fail(reterr, PITH_INPUT,
                         "the sign-in file is to hold a code of at least 32 characters and a token, each a line");
    *end = '\0';
    token[strcspn(token, "\r\n")] = '\0';
    *ret_code = text;
    *ret_token = token;
    return PITH_OK;
}

/* ---- running ---- */

static int activated_socket(void)
{
    const char *process = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    if (!process || !count || strtol(process, NULL, 10) != getpid() || strtol(count, NULL, 10) < 1)
        return -1;
    fcntl(ACTIVATED, F_SETFD, FD_CLOEXEC);
    fcntl(ACTIVATED, F_SETFL, fcntl(ACTIVATED, F_GETFL) | O_NONBLOCK);
    return ACTIVATED;
}

/* "http://127.0.0.1:8417" of a socket that listens there. */
static void describe(const struct arguments *arguments, int socket, char url[SITE_BASE])
{
    const char *address = arguments->listen, *colon = strrchr(address, ':');
    snprintf(url, SITE_BASE, "http%s://%.*s:%u", arguments->certificate ? "s" : "",
             (int)(colon ? colon - address : (ptrdiff_t)strlen(address)), address, listen_port(socket));
}

/* Whether only this machine reaches such an address. */
static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0;
}

/* Each connection is an open file, and the system gives a process 1,024 unless it asks for more. */
static void raise_open_files(unsigned connections)
{
    struct rlimit limit;
    rlim_t need = connections + connections / 50 + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return;
    limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < need)
        fprintf(stderr,
                "pith-serve: %u connections need %llu open files, and the system allows %llu: raise LimitNOFILE= of the "
                "unit, or ulimit -n\n",
                connections, (unsigned long long)need, (unsigned long long)limit.rlim_cur);
}

static enum pith_status serve(const struct arguments *arguments, const sigset_t *ends, struct pith_error *reterr)
{
    char home[PATH], path[PATH + 32], token[SERVICE_OPERATOR], url[SITE_BASE];
    PITH_AUTO(service_free_p) struct service *service = NULL;
    PITH_AUTO(pith_close_p) struct pith *pith = NULL;
    PITH_AUTO(pith_free_p) char *certificate = NULL, *key = NULL, *link = NULL;
    const char *link_code = NULL, *link_token = NULL;
    struct server *server = NULL;
    int socket = activated_socket();
    raise_open_files(arguments->connections);
    enum pith_status status = find_home(arguments->home, home, reterr);
    if (!status)
        status = pith_open(home, true, &pith, reterr); /* the folder is made before a token is put there */
    snprintf(path, sizeof path, "%s/operator.token", home);
    if (!status)
        status = read_token(arguments->operator_file ? arguments->operator_file : path, token, reterr);
    if (!status && arguments->certificate)
        status = read_file(arguments->certificate, MOST_PEM, &certificate, reterr);
    if (!status && arguments->key)
        status = read_file(arguments->key, MOST_PEM, &key, reterr);
    if (!status && arguments->sign_in)
        status = read_file(arguments->sign_in, 1024, &link, reterr);
    if (!status && link)
        status = split_lines(link, &link_code, &link_token, reterr);
    if (!status && socket < 0)
        status = listen_at(arguments->listen, &socket, reterr);
    describe(arguments, socket, url);
    const struct service_options what = {.operator_token = token,
                                         .base_url = arguments->base_url ? arguments->base_url : url,
                                         .origin = arguments->origin,
                                         .rate = arguments->rate,
                                         .answers = (size_t)arguments->answers << 20,
                                         .link_code = link_code,
                                         .link_token = link_token,
                                         .now = time(NULL)};
    if (!status)
        status = service_new(&what, &service, reterr);
    explicit_bzero(token, sizeof token);
    if (link)
        explicit_bzero(link, 1024);
    const struct server_options how = {.home = home,
                                       .socket = socket,
                                       .certificate = certificate,
                                       .key = key,
                                       .workers = arguments->workers,
                                       .deadline = arguments->deadline,
                                       .connections = arguments->connections,
                                       .per_address = arguments->per_address,
                                       .proxies = arguments->proxies,
                                       .quiet = arguments->quiet};
    if (!status)
        status = server_start(&how, service, &server, reterr);
    if (status)
        return status;
    fprintf(stderr, "pith-serve: listening on %s\n", url);
    if (!certificate && !is_loopback(arguments->listen))
        fputs("pith-serve: requests and tokens go in clear there: give it --certificate and --key, or a proxy that has "
              "them\n",
              stderr);
    int ended;
    sigwait(ends, &ended);
    server_stop(server);
    return PITH_OK;
}

int main(int argc, char **argv)
{
    struct pith_error error = {0};
    sigset_t ends;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct arguments arguments = {.listen = "127.0.0.1:8417",
                                  .rate = 50,
                                  .workers = processors > 0 && processors <= 64 ? (unsigned)processors : 2,
                                  .deadline = 30,
                                  .connections = 1024,
                                  .per_address = 256,
                                  .answers = 128};
    prctl(PR_SET_DUMPABLE, 0); /* no core file, and no other process of this user reads what is in memory */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* for all threads: one waits for them */
    signal(SIGPIPE, SIG_IGN);
    enum pith_status status = read_arguments(argc, argv, &arguments, &error);
    if (!status)
        status = serve(&arguments, &ends, &error);
    if (!status)
        return 0;
    fprintf(stderr, "pith-serve: %s\n", error.message);
    return status == PITH_USAGE ? 2 : status == PITH_INPUT ? 3 : 1;
}
