#include "api/head.h"
#include "api/problem.h"
#include "api/server_inside.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

enum { DATE = 40 };

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
    int64_t took = job->began ? server_microseconds() - job->began : 0;
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

static enum MHD_Result check_header(void *user, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
                                    size_t size)
{
    (void)kind;
    head_field(user, name, name_size, value, size);
    return MHD_YES;
}

static bool refuses_head(struct job *job, const char *method, const char *version)
{
    struct head_check check;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(job->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    head_begin(&check, method, atoi(MHD_get_version()) < 1 ? job->place : NULL, job->raw, version);
    MHD_get_connection_values_n(job->connection, MHD_HEADER_KIND, check_header, &check);
    enum head head = head_end(&check, info ? method + info->header_size : NULL);
    if (head == HEAD_AMBIGUOUS)
        problem_set(&job->reply, PROBLEM_MALFORMED, "the head can be read in two ways, or not at all");
    if (head == HEAD_CHUNKED)
        problem_set(&job->reply, PROBLEM_LENGTH, NULL);
    return head != HEAD_GOOD;
}

static const char *value_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* A header's lines, joined by commas. */
struct lines_of {
    const char *name;
    size_t length;
    char text[SERVER_HEADERS];
};

static enum MHD_Result join_line(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct lines_of *lines = user;
    size_t length = value ? strlen(value) : 0;
    (void)kind;
    if (strcasecmp(name, lines->name) != 0 || length + 2 > sizeof lines->text - lines->length)
        return MHD_YES;
    if (lines->length)
        lines->text[lines->length++] = ',';
    memcpy(lines->text + lines->length, value ? value : "", length + 1);
    lines->length += length;
    return MHD_YES;
}

static void describe_peer(struct job *job)
{
    const struct proxies *proxies = &job->server->options.proxies;
    struct address client = job->line->peer;
    if (proxies_trust(proxies, &client)) {
        struct lines_of lines = {.name = proxies_header(proxies)};
        MHD_get_connection_values(job->connection, MHD_HEADER_KIND, join_line, &lines);
        client = proxies_client(proxies, &client, lines.text);
    }
    address_share(&client, job->peer);
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

/* The headers are there: refuses what can be refused before a body comes. True when there is a reply. */
static bool begin(struct job *job, const char *method, const char *version)
{
    struct pith_error error = {0};
    struct handle *handle = job->line->lane->handle;
    fill_request(job, method);
    if (refuses_head(job, method, version))
        return true;
    if (target_read(job->raw, &job->target, &error)) {
        job->request.target = NULL;
        problem_set(&job->reply, PROBLEM_MALFORMED, error.message);
        return true;
    }
    pthread_mutex_lock(&handle->lock);
    bool refused = service_refuses(job->server->service, handle->pith, &job->request, &job->reply, &job->may);
    pthread_mutex_unlock(&handle->lock);
    if (refused)
        return true;
    const char *length = value_of(job->connection, "Content-Length");
    unsigned long long given = length ? strtoull(length, NULL, 10) : 0;
    size_t most = job->may.most;
    job->given = given < most ? (size_t)given : most;
    if (given <= most)
        return false;
    char detail[64];
    snprintf(detail, sizeof detail, most ? "at most %zu bytes" : "no body is taken here", most);
    problem_set(&job->reply, PROBLEM_LARGE, detail);
    return true;
}

/* Room for more of the body, within what its sender may take. */
static bool make_room(struct job *job, size_t need)
{
    struct room *room = job->server->service->room;
    size_t cap = job->cap * 2 > need ? job->cap * 2 : need;
    if (need <= job->cap)
        return true;
    cap = cap < job->given + 1 ? cap : job->given + 1;
    if (!room_take(room, &job->may.taker, cap - job->cap))
        return false;
    char *grown = realloc(job->body, cap);
    if (!grown) {
        room_give(room, &job->may.taker, cap - job->cap);
        return false;
    }
    job->body = grown;
    job->cap = cap;
    return true;
}

static void take_body(struct job *job, const char *data, size_t length)
{
    if (job->reply.status)
        return; /* refused: what still comes is passed over */
    if (job->request.length + length > job->given) {
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
    job->place = raw;
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
    if (!job || !job->raw || !job->line)
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
    job->began = server_microseconds();
    set_since(server, job->line, 0);
    if (job->reply.status || service_recalls(server->service, &job->request, &job->reply))
        return answer(job);
    return server_hand_over(job) ? MHD_YES : answer_problem(job, PROBLEM_BUSY, NULL);
}

static void end_job(struct job *job)
{
    struct server *server = job->server;
    if (job->line)
        job->line->job = NULL;
    set_since(server, job->line, server_microseconds() / 1000);
    room_give(server->service->room, &job->may.taker, job->cap);
    pthread_mutex_lock(&server->lock);
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

/* The connection of this lane whose head was just read, and of which no handler was told yet. */
static struct line *find_refused(struct lane *lane)
{
    struct line *found = NULL, *lines = &lane->server->lines;
    pthread_mutex_lock(&lane->server->lock);
    for (struct line *line = lines->next; !found && line != lines; line = line->next)
        if (line->lane == lane && line->job && !line->job->begun &&
            MHD_get_connection_info(line->job->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE))
            found = line;
    pthread_mutex_unlock(&lane->server->lock);
    return found;
}

/* libmicrohttpd says why it refuses a head, of a length that is none for example, and then, by a mistake of version 0.9.75, answers twice.
 * So the answer is given here, and the connection ends before it can; by TLS it ends without one. */
static void on_message(void *user, const char *format, va_list arguments)
{
    struct lane *lane = user;
    struct server *server = lane->server;
    struct line *line = find_refused(lane);
    char *whole = NULL, what[64];
    (void)format;
    (void)arguments;
    if (!line)
        return;
    struct job *job = line->job;
    struct reply *reply = &job->reply;
    job->begun = true;
    problem_set(reply, PROBLEM_MALFORMED, "the head can be read in two ways, or not at all");
    int length = asprintf(&whole,
                          "HTTP/1.1 400 Bad Request\r\nContent-Type: %s\r\nCache-Control: no-store\r\n"
                          "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
                          reply->type, reply->length, reply->body ? reply->body : "");
    if (length > 0 && !server->options.certificate)
        send(line->socket, whole, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (length > 0)
        free(whole);
    shutdown(line->socket, SHUT_RDWR);
    service_note(server->service, &job->request, reply, 0, what);
    log_request(job, what, 0);
}

/* A connection's beginning and end. Headers that libmicrohttpd has no room for end it without a word of the request that they were of. */
static void on_connection(void *user, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what)
{
    struct line *line = *context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = server_join(user, info ? info->connect_fd : -1);
        return;
    }
    *context = NULL;
    if (!line)
        return;
    if (line->job) {
        line->job->request.authorization = line->job->request.cookie = NULL; /* their memory was given back */
        end_job(line->job);
    }
    server_leave(line);
}

/* Addresses are taken apart by target_read. */
static size_t leave_escaped(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

enum pith_status server_start_lane(struct lane *lane, struct pith_error *reterr)
{
    struct server *server = lane->server;
    const struct server_options *options = &server->options;
    unsigned flags = MHD_USE_ERROR_LOG | MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     (options->certificate ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key},
                                   {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none = {MHD_OPTION_END, 0, NULL};
    lane->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_message, lane,
                                    MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_LANE, MHD_OPTION_CONNECTION_TIMEOUT,
                                    options->deadline, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)SERVER_HEADERS,
                                    MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped,
                                    NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
                                    lane, MHD_OPTION_ARRAY, options->certificate ? tls : &none, MHD_OPTION_END);
    if (lane->daemon)
        return PITH_OK;
    return pith_fail(reterr, PITH_IO,
                     options->certificate ? "the server cannot start: are certificate and key a pair, in PEM?"
                                          : "the server cannot start");
}
