#include "api/server.h"

#include "api/problem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    NETWORK_THREADS = 2,
    MOST_WORKERS = 64,
    MOST_WAITING = 4096,     /* requests that wait for a worker */
    MOST_HEADERS = 32 << 10, /* bytes */
    MOST_BODIES = 192 << 20, /* bytes of all that are being received */
    PEER = 64,
    DATE = 40,
    PAUSE = 50, /* milliseconds, while the system gives no connection out */
};

/* One connection, for the deadline. */
struct line {
    struct line *next, *previous;
    int socket;
    struct job *job; /* the request now being received or answered; NULL between two */
    int64_t since;   /* milliseconds: when the request now being received could begin; 0 while one is being answered */
};

/* One request, from its first line to its answer. */
struct job {
    struct server *server;
    struct MHD_Connection *connection;
    struct job *next;
    struct line *line;
    char *raw;
    struct target target;
    struct request request;
    struct reply reply;
    char peer[PEER];
    char *body;
    size_t cap, most;
    int64_t began; /* microseconds: the last byte was there */
    bool begun, done;
};

struct worker {
    struct server *server;
    struct pith *pith;
    pthread_t thread;
};

struct server {
    struct MHD_Daemon *daemon;
    struct service *service;
    struct server_options options;
    struct worker worker[MOST_WORKERS];
    unsigned workers;
    struct pith *network[NETWORK_THREADS]; /* a handle for each of libmicrohttpd's threads */
    _Atomic unsigned handed;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wanted, idle, ending;
    struct job *first, *last;       /* waiting for a worker */
    size_t waiting, bodies, active; /* active: requests not yet answered */
    struct line lines;              /* a ring */
    bool done;
    pthread_t reaper, doorman;
    bool reaping, admitting;
    int closing; /* an eventfd: no more connections are taken */
};

static int64_t microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- answers on the wire ---- */

static void header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && *value)
        MHD_add_response_header(response, name, value);
}

/* What a page may load and run, and who may show it. The pages that a mail leads to bring their style along. */
static void add_page_headers(struct MHD_Response *response, const struct reply *reply)
{
    header(response, "X-Frame-Options", "DENY");
    header(response, "Cross-Origin-Opener-Policy", "same-origin");
    header(response, "Refresh", reply->refresh ? "0; url=../signed-in" : NULL);
    /* With no-referrer a form would not tell its origin. */
    header(response, "Referrer-Policy", reply->strict ? "same-origin" : "no-referrer");
    header(response, "Content-Security-Policy",
           reply->strict
               ? "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
                 "frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
               : "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
}

static const char *cache_control(const struct reply *reply)
{
    return reply->lasting                     ? "public, max-age=31536000, immutable"
           : *reply->etag && !reply->base_url ? "private, no-cache"
                                              : "no-store";
}

static void add_headers(struct MHD_Response *response, const struct reply *reply)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%u", reply->retry);
    header(response, "Content-Type", reply->body ? reply->type : NULL);
    header(response, "Content-Disposition", reply->file);
    header(response, "ETag", reply->base_url ? NULL : reply->etag);
    header(response, "Link", reply->link);
    header(response, "Location", reply->location);
    header(response, "Set-Cookie", reply->cookie);
    header(response, "Connection", reply->cookie ? "close" : NULL); /* its memory is given back, and no token stays there */
    header(response, "Allow", reply->allow);
    header(response, "Retry-After", reply->retry ? seconds : NULL);
    header(response, "WWW-Authenticate", reply->challenge ? "Bearer realm=\"pith\"" : NULL);
    header(response, "Content-Encoding", reply->packed ? "gzip" : NULL);
    header(response, "Vary", *reply->etag ? "Authorization, Cookie, Accept-Encoding" : NULL);
    header(response, "Cache-Control", cache_control(reply));
    header(response, "X-Content-Type-Options", "nosniff");
    header(response, "X-Robots-Tag", "noindex, nofollow");
    if (reply->body && strncmp(reply->type, "text/html", 9) == 0)
        add_page_headers(response, reply);
}

/* Leave for the origin that was named to read this; what is kept on the way is not another origin's. */
static void add_leave(struct MHD_Response *response, const struct job *job)
{
    const struct service *service = job->server->service;
    if (!*service->origin)
        return;
    header(response, "Vary", "Origin");
    if (!service_shares(service, &job->request))
        return;
    header(response, "Access-Control-Allow-Origin", service->origin);
    header(response, "Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After");
    if (job->reply.status != 204 || !*job->reply.allow)
        return;
    header(response, "Access-Control-Allow-Methods", job->reply.allow);
    header(response, "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-None-Match");
}

static void log_request(const struct job *job, const char *what, int64_t took)
{
    char date[DATE];
    time_t now = time(NULL);
    struct tm utc;
    if (job->server->options.quiet)
        return;
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    fprintf(stderr, "%s %s %d %zu bytes %.1f ms\n", date, what, job->reply.status, job->reply.length, (double)took / 1000);
}

static enum MHD_Result answer(struct job *job)
{
    struct reply *reply = &job->reply;
    char what[64];
    if (!reply->body && reply->status != 204 && reply->status != 303 && reply->status != 304)
        problem_set(reply, PROBLEM_INTERNAL, NULL);
    int64_t took = job->began ? microseconds() - job->began : 0;
    service_note(job->server->service, &job->request, reply, took, what);
    log_request(job, what, took);
    struct MHD_Response *response = MHD_create_response_from_buffer(reply->length, reply->body ? reply->body : (char *)"",
                                                                    reply->body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    add_headers(response, reply);
    add_leave(response, job);
    reply->body = NULL;
    enum MHD_Result sent = MHD_queue_response(job->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result answer_problem(struct job *job, enum problem problem, const char *detail)
{
    problem_set(&job->reply, problem, detail);
    return answer(job);
}

/* ---- what came ---- */

/* What libmicrohttpd lets pass, and a proxy in front may read in another way: two lengths, a length beside chunks, bytes of 0. */
struct header_check {
    const char *end; /* of the last value; NULL for none */
    unsigned lengths, chunks, hosts, proofs, cookies;
    bool zero;
};

/* Before 1.0 libmicrohttpd ends a value at its first 0. That shows by where the next header lies: behind two bytes, once CR and LF. Since
 * 1.0 it refuses such a line by itself, and leaves other bytes there. */
static bool hides_zero(const struct header_check *check, const char *name, const char *value, size_t size)
{
    return atoi(MHD_get_version()) < 1 && (value[size + 1] || (check->end && name != check->end + 2));
}

static enum MHD_Result check_header(void *user, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
                                    size_t size)
{
    struct header_check *check = user;
    (void)kind;
    check->zero = check->zero || memchr(name, 0, name_size) || !value || memchr(value, 0, size) ||
                  hides_zero(check, name, value, size);
    check->end = value ? value + size : NULL;
    check->lengths += strcasecmp(name, "Content-Length") == 0;
    check->chunks += strcasecmp(name, "Transfer-Encoding") == 0;
    check->hosts += strcasecmp(name, "Host") == 0;
    check->proofs += strcasecmp(name, "Authorization") == 0;
    check->cookies += strcasecmp(name, "Cookie") == 0;
    return MHD_YES;
}

static bool refuses_headers(struct job *job, const char *version)
{
    struct header_check check = {0};
    MHD_get_connection_values_n(job->connection, MHD_HEADER_KIND, check_header, &check);
    if (check.zero || check.lengths > 1 || check.hosts > 1 || check.proofs > 1 || check.cookies > 1 ||
        (check.chunks && check.lengths) || (!check.hosts && strcmp(version, "HTTP/1.1") == 0)) {
        problem_set(&job->reply, PROBLEM_MALFORMED, "the headers can be read in two ways, or not at all");
        return true;
    }
    if (check.chunks)
        problem_set(&job->reply, PROBLEM_LENGTH, NULL);
    return check.chunks;
}

static const char *value_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static void describe_peer(struct job *job)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(job->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    socklen_t size = !info                                      ? 0
                     : info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                                : sizeof(struct sockaddr_in);
    if (!info || getnameinfo(info->client_addr, size, job->peer, sizeof job->peer, NULL, 0, NI_NUMERICHOST) != 0)
        strcpy(job->peer, "unknown");
}

static void fill_request(struct job *job, const char *method)
{
    struct MHD_Connection *connection = job->connection;
    describe_peer(job);
    job->request = (struct request){
        .method = strcmp(method, "HEAD") == 0 ? "GET" : method,
        .raw = job->raw,
        .target = &job->target,
        .authorization = value_of(connection, "Authorization"),
        .content_type = value_of(connection, "Content-Type"),
        .accept = value_of(connection, "Accept"),
        .accept_encoding = value_of(connection, "Accept-Encoding"),
        .if_none_match = value_of(connection, "If-None-Match"),
        .idempotency_key = value_of(connection, "Idempotency-Key"),
        .cookie = value_of(connection, "Cookie"),
        .host = value_of(connection, "Host"),
        .fetch_site = value_of(connection, "Sec-Fetch-Site"),
        .origin = value_of(connection, "Origin"),
        .asked_method = value_of(connection, "Access-Control-Request-Method"),
        .body = "",
        .peer = job->peer,
        .now = time(NULL),
    };
}

static void wipe(const char *proof)
{
    if (proof)
        explicit_bzero((char *)(uintptr_t)proof, strlen(proof));
}

static enum MHD_Result wipe_cookie(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)user;
    (void)kind;
    (void)name;
    wipe(value);
    return MHD_YES;
}

/* A connection's memory is used again for its next request: of this one no token stays there. */
static void wipe_proof(struct job *job)
{
    wipe(job->request.authorization);
    if (job->request.cookie) /* libmicrohttpd has taken a copy apart */
        MHD_get_connection_values(job->connection, MHD_COOKIE_KIND, wipe_cookie, NULL);
    wipe(job->request.cookie);
}

/* This thread's own handle. */
static struct pith *network_handle(struct server *server)
{
    static __thread struct pith *mine;
    static __thread const struct server *of;
    if (of != server) { /* tests start one server after the other */
        mine = server->network[server->handed++ % NETWORK_THREADS];
        of = server;
    }
    return mine;
}

/* The headers are there: refuses what can be refused before a body comes. True when there is a reply. */
static bool begin(struct job *job, const char *method, const char *version)
{
    struct pith_error error = {0};
    size_t most = 0;
    fill_request(job, method);
    if (target_read(job->raw, &job->target, &error)) {
        job->request.target = NULL;
        problem_set(&job->reply, PROBLEM_MALFORMED, error.message);
        return true;
    }
    if (refuses_headers(job, version))
        return true;
    if (service_refuses(job->server->service, network_handle(job->server), &job->request, &job->reply, &most))
        return true;
    const char *length = value_of(job->connection, "Content-Length");
    unsigned long long given = length ? strtoull(length, NULL, 10) : 0;
    job->most = most;
    if (given <= most)
        return false;
    char detail[64];
    snprintf(detail, sizeof detail, most ? "at most %zu bytes" : "no body is taken here", most);
    problem_set(&job->reply, PROBLEM_LARGE, detail);
    return true;
}

/* Room for more of the body, within what all bodies together may take. */
static bool make_room(struct job *job, size_t need)
{
    struct server *server = job->server;
    if (need <= job->cap)
        return true;
    size_t cap = job->cap * 2 > need ? job->cap * 2 : need;
    pthread_mutex_lock(&server->lock);
    bool room = server->bodies + (cap - job->cap) <= MOST_BODIES;
    if (room)
        server->bodies += cap - job->cap;
    pthread_mutex_unlock(&server->lock);
    char *grown = room ? realloc(job->body, cap) : NULL;
    if (room && !grown) {
        pthread_mutex_lock(&server->lock);
        server->bodies -= cap - job->cap;
        pthread_mutex_unlock(&server->lock);
    }
    if (!grown)
        return false;
    job->body = grown;
    job->cap = cap;
    return true;
}

static void take_body(struct job *job, const char *data, size_t length)
{
    if (job->reply.status)
        return; /* refused: what still comes is passed over */
    if (job->request.length + length > job->most) {
        problem_set(&job->reply, PROBLEM_LARGE, NULL);
    } else if (!make_room(job, job->request.length + length + 1)) {
        problem_set(&job->reply, PROBLEM_BUSY, NULL);
    } else {
        memcpy(job->body + job->request.length, data, length);
        job->request.length += length;
        job->body[job->request.length] = '\0';
        job->request.body = job->body;
    }
}

/* ---- workers ---- */

static void *work(void *user)
{
    struct worker *worker = user;
    struct server *server = worker->server;
    pthread_mutex_lock(&server->lock);
    for (;;) {
        while (!server->first && !server->done)
            pthread_cond_wait(&server->wanted, &server->lock);
        struct job *job = server->first;
        if (!job)
            break;
        server->first = job->next;
        server->waiting--;
        pthread_mutex_unlock(&server->lock);
        service_answers(server->service, worker->pith, &job->request, &job->reply);
        job->done = true;
        MHD_resume_connection(job->connection);
        pthread_mutex_lock(&server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* Hands the request to a worker: false when too many wait, or at the end, when nobody would take it up. */
static bool hand_over(struct job *job)
{
    struct server *server = job->server;
    pthread_mutex_lock(&server->lock);
    bool room = server->waiting < MOST_WAITING && !server->done;
    if (room) {
        MHD_suspend_connection(job->connection);
        job->next = NULL;
        if (server->first)
            server->last->next = job;
        else
            server->first = job;
        server->last = job;
        server->waiting++;
        pthread_cond_signal(&server->wanted);
    }
    pthread_mutex_unlock(&server->lock);
    return room;
}

/* ---- libmicrohttpd's callbacks ---- */

static void set_since(struct server *server, struct line *line, int64_t since)
{
    pthread_mutex_lock(&server->lock);
    if (line)
        line->since = since;
    pthread_mutex_unlock(&server->lock);
}

/* The request line is there: the only time that the target comes as it was sent. */
static void *on_target(void *user, const char *raw, struct MHD_Connection *connection)
{
    struct server *server = user;
    struct job *job = pith_calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->server = server;
    job->connection = connection;
    job->raw = strdup(raw);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    job->line = info ? info->socket_context : NULL;
    if (job->line)
        job->line->job = job;
    pthread_mutex_lock(&server->lock);
    server->active++;
    pthread_mutex_unlock(&server->lock);
    return job;
}

/* Called with the headers, with each piece of the body, at its end, and once more when a worker is done. Answering at the first call
 * closes the connection, so that is for refusals alone. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *length, void **state)
{
    struct server *server = user;
    struct job *job = *state;
    (void)connection;
    (void)url;
    if (!job || !job->raw)
        return MHD_NO;
    if (job->done)
        return answer(job);
    if (!job->begun) {
        job->begun = true;
        return begin(job, method, version) ? answer(job) : MHD_YES;
    }
    if (*length) {
        take_body(job, data, *length);
        *length = 0;
        return MHD_YES;
    }
    job->began = microseconds();
    set_since(server, job->line, 0);
    if (job->reply.status || service_recalls(server->service, &job->request, &job->reply))
        return answer(job);
    return hand_over(job) ? MHD_YES : answer_problem(job, PROBLEM_BUSY, NULL);
}

static void end_job(struct job *job)
{
    struct server *server = job->server;
    if (job->line)
        job->line->job = NULL;
    set_since(server, job->line, microseconds() / 1000);
    pthread_mutex_lock(&server->lock);
    server->bodies -= job->cap;
    server->active--;
    if (!server->active)
        pthread_cond_signal(&server->idle);
    pthread_mutex_unlock(&server->lock);
    wipe_proof(job);
    reply_clear(&job->reply);
    free(job->body);
    free(job->raw);
    free(job);
}

static void on_end(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
    (void)user;
    (void)connection;
    (void)how;
    if (*state)
        end_job(*state);
    *state = NULL;
}

/* A connection's beginning and end. Headers that libmicrohttpd has no room for end it without a word of the request that they were of. */
static void on_connection(void *user, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct server *server = user;
    struct line *line = *context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (!line)
            return;
        if (line->job) {
            line->job->request.authorization = line->job->request.cookie = NULL; /* their memory was given back */
            end_job(line->job);
        }
        pthread_mutex_lock(&server->lock);
        line->previous->next = line->next;
        line->next->previous = line->previous;
        pthread_mutex_unlock(&server->lock);
        free(line);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    line = pith_calloc(1, sizeof *line);
    if (!line || !info) {
        free(line);
        return;
    }
    line->socket = info->connect_fd;
    line->since = microseconds() / 1000;
    pthread_mutex_lock(&server->lock);
    line->next = &server->lines;
    line->previous = server->lines.previous;
    line->previous->next = line;
    server->lines.previous = line;
    pthread_mutex_unlock(&server->lock);
    *context = line;
}

/* Cuts off whoever takes longer over a request than the deadline: libmicrohttpd's own limit starts anew with every byte. */
static void *reap(void *user)
{
    struct server *server = user;
    pthread_mutex_lock(&server->lock);
    while (!server->done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 250000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&server->ending, &server->lock, &until);
        int64_t now = microseconds() / 1000;
        for (struct line *line = server->lines.next; line != &server->lines; line = line->next)
            if (line->since && now - line->since > (int64_t)server->options.deadline * 1000) {
                shutdown(line->socket, SHUT_RDWR);
                line->since = 0;
            }
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* Takes connections and hands them to libmicrohttpd. That could listen itself, but not cease to and go on with what it has:
 * MHD_quiesce_daemon and its threads both take the socket off their lists, without a lock, and who comes second ends the process. */
static void *admit(void *user)
{
    struct server *server = user;
    struct pollfd wait[] = {{server->closing, POLLIN, 0}, {server->options.socket, POLLIN, 0}};
    for (;;) {
        poll(wait, 2, -1);
        if (wait[0].revents)
            return NULL;
        struct sockaddr_storage peer;
        socklen_t size = sizeof peer;
        int connection = accept4(server->options.socket, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (connection >= 0) /* MHD_add_connection closes it where it is one too many */
            MHD_add_connection(server->daemon, connection, (struct sockaddr *)&peer, size);
        else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            poll(wait, 1, PAUSE);
    }
}

/* Addresses are taken apart by target_read. */
static size_t leave_escaped(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

static void ignore_message(void *user, const char *format, va_list arguments)
{
    (void)user;
    (void)format;
    (void)arguments;
}

/* ---- start and stop ---- */

enum pith_status server_listen(const char *address, int *ret_socket, struct pith_error *reterr)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : 0;
    if (!colon || !length || length >= sizeof host || !colon[1] || strlen(colon + 1) > 5 ||
        strtoul(colon + 1, NULL, 10) > UINT16_MAX)
        return pith_fail(reterr, PITH_USAGE, "%s is no address: give it as 127.0.0.1:8417", address);
    bool brackets = *address == '[' && address[length - 1] == ']';
    memcpy(host, address + brackets, length - 2U * brackets);
    host[length - 2U * brackets] = '\0';
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return pith_fail(reterr, PITH_USAGE, "%s is no address: give numbers, as 127.0.0.1:8417 or [::1]:8417", address);
    int one = 1, made = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = made >= 0 && setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                bind(made, found->ai_addr, found->ai_addrlen) == 0 && listen(made, SOMAXCONN) == 0;
    int error = errno;
    freeaddrinfo(found);
    if (!good) {
        if (made >= 0)
            close(made);
        return pith_fail(reterr, PITH_IO, "cannot listen at %s: %s", address, strerror(error));
    }
    *ret_socket = made;
    return PITH_OK;
}

uint16_t server_port(int socket)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

static enum pith_status start_daemon(struct server *server, struct pith_error *reterr)
{
    const struct server_options *options = &server->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     (options->certificate ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key},
                                   {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none = {MHD_OPTION_END, 0, NULL};
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, ignore_message, NULL, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)NETWORK_THREADS, MHD_OPTION_CONNECTION_LIMIT, options->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        options->per_address, MHD_OPTION_CONNECTION_TIMEOUT, options->deadline, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)MOST_HEADERS, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_ARRAY, options->certificate ? tls : &none, MHD_OPTION_END);
    if (!server->daemon)
        return pith_fail(reterr, PITH_IO,
                         options->certificate ? "the server cannot start: are certificate and key a pair, in PEM?"
                                              : "the server cannot start");
    server->admitting = pthread_create(&server->doorman, NULL, admit, server) == 0;
    return server->admitting ? PITH_OK : pith_fail(reterr, PITH_IO, "cannot start a thread");
}

static enum pith_status start_workers(struct server *server, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < NETWORK_THREADS; i++)
        status = pith_open(server->options.home, true, &server->network[i], reterr);
    for (unsigned i = 0; !status && i < server->options.workers; i++) {
        struct worker *worker = &server->worker[i];
        worker->server = server;
        status = pith_open(server->options.home, true, &worker->pith, reterr);
        if (!status && pthread_create(&worker->thread, NULL, work, worker) != 0) {
            pith_close(worker->pith);
            status = pith_fail(reterr, PITH_IO, "cannot start a thread");
        }
        server->workers += !status;
    }
    if (!status) {
        server->reaping = pthread_create(&server->reaper, NULL, reap, server) == 0;
        status = server->reaping ? PITH_OK : pith_fail(reterr, PITH_IO, "cannot start a thread");
    }
    return status;
}

enum pith_status server_start(const struct server_options *options, struct service *service, struct server **ret_server,
                              struct pith_error *reterr)
{
    struct server *server = pith_calloc(1, sizeof *server);
    if (!server)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the server");
    server->options = *options;
    server->service = service;
    server->lines.next = server->lines.previous = &server->lines;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->wanted, NULL);
    pthread_cond_init(&server->idle, NULL);
    pthread_cond_init(&server->ending, NULL);
    server->closing = eventfd(0, EFD_CLOEXEC);
    enum pith_status status = server->closing < 0 ? pith_fail(reterr, PITH_IO, "cannot start: %s", strerror(errno))
                              : options->workers < 1 || options->workers > MOST_WORKERS
                                  ? pith_fail(reterr, PITH_USAGE, "there are 1 to %d workers", MOST_WORKERS)
                                  : start_workers(server, reterr);
    if (!status)
        status = start_daemon(server, reterr);
    if (status) {
        server_stop(server);
        return status;
    }
    *ret_server = server;
    return PITH_OK;
}

/* Until all that was accepted is answered, or the deadline is over. */
static void wait_for_answers(struct server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += server->options.deadline;
    pthread_mutex_lock(&server->lock);
    int error = 0;
    while (server->active && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&server->idle, &server->lock, &until);
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    if (server->admitting) {
        eventfd_write(server->closing, 1);
        pthread_join(server->doorman, NULL);
        close(server->options.socket);
        wait_for_answers(server);
    }
    pthread_mutex_lock(&server->lock);
    server->done = true;
    pthread_cond_broadcast(&server->wanted);
    pthread_cond_broadcast(&server->ending);
    pthread_mutex_unlock(&server->lock);
    for (unsigned i = 0; i < server->workers; i++)
        pthread_join(server->worker[i].thread, NULL);
    if (server->reaping)
        pthread_join(server->reaper, NULL);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    for (unsigned i = 0; i < server->workers; i++)
        pith_close(server->worker[i].pith);
    for (size_t i = 0; i < NETWORK_THREADS; i++)
        if (server->network[i])
            pith_close(server->network[i]);
    if (server->closing >= 0)
        close(server->closing);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->wanted);
    pthread_cond_destroy(&server->idle);
    pthread_cond_destroy(&server->ending);
    free(server);
}
