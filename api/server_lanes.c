#include "api/server_inside.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE = 50 /* milliseconds, while the system gives no connection out */ };

/* What a connection is counted by. Those of a trusted proxy come from anywhere, and have all places to share. */
static struct room_taker place_of(const struct server *server, const struct address *peer)
{
    const struct server_options *options = &server->options;
    char text[ADDRESS_TEXT];
    address_share(peer, text);
    return room_taker_of(server->places, text, strlen(text), false,
                         proxies_trust(&options->proxies, peer) ? options->connections : options->per_address);
}

static void leave(struct lane *lane, const struct address *peer)
{
    const struct room_taker place = place_of(lane->server, peer);
    room_give(lane->server->places, &place, 1);
    pthread_mutex_lock(&lane->server->lock);
    lane->connections--;
    pthread_mutex_unlock(&lane->server->lock);
}

static struct address peer_of(int socket)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    getpeername(socket, (struct sockaddr *)&peer, &size);
    return address_of((struct sockaddr *)&peer);
}

struct line *server_join(struct lane *lane, int socket)
{
    struct server *server = lane->server;
    struct line *line = pith_calloc(1, sizeof *line);
    const struct address peer = peer_of(socket);
    if (!line) {
        leave(lane, &peer);
        return NULL;
    }
    line->socket = socket;
    line->since = server_microseconds() / 1000;
    line->peer = peer;
    line->lane = lane;
    pthread_mutex_lock(&server->lock);
    line->next = &server->lines;
    line->previous = server->lines.previous;
    line->previous->next = line;
    server->lines.previous = line;
    pthread_mutex_unlock(&server->lock);
    return line;
}

void server_leave(struct line *line)
{
    struct server *server = line->lane->server;
    leave(line->lane, &line->peer);
    pthread_mutex_lock(&server->lock);
    line->previous->next = line->next;
    line->next->previous = line->previous;
    pthread_mutex_unlock(&server->lock);
    free(line);
}

void *server_reap(void *user)
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
        int64_t now = server_microseconds() / 1000;
        for (struct line *line = server->lines.next; line != &server->lines; line = line->next)
            if (line->since && now - line->since > (int64_t)server->options.deadline * 1000) {
                shutdown(line->socket, SHUT_RDWR);
                line->since = 0;
            }
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* The lane with the fewest connections, with one more. */
static struct lane *take_lane(struct server *server)
{
    struct lane *fewest = server->lane;
    pthread_mutex_lock(&server->lock);
    for (unsigned i = 1; i < server->lanes; i++)
        if (server->lane[i].connections < fewest->connections)
            fewest = &server->lane[i];
    fewest->connections++;
    pthread_mutex_unlock(&server->lock);
    return fewest;
}

static void welcome(struct server *server, int connection, const struct sockaddr_storage *peer, socklen_t size)
{
    const struct address address = address_of((const struct sockaddr *)peer);
    const struct room_taker place = place_of(server, &address);
    if (!room_take(server->places, &place, 1)) {
        close(connection); /* one too many */
        return;
    }
    struct lane *lane = take_lane(server);
    if (MHD_add_connection(lane->daemon, connection, (const struct sockaddr *)peer, size) != MHD_YES)
        leave(lane, &address); /* and it is closed */
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
        if (connection >= 0)
            welcome(server, connection, &peer, size);
        else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            poll(wait, 1, PAUSE);
    }
}

enum pith_status server_start_lanes(struct server *server, struct pith_error *reterr)
{
    unsigned connections = server->options.connections, lanes = (connections + SERVER_LANE - 1) / SERVER_LANE;
    enum pith_status status = room_new(0, connections, &server->places, reterr);
    lanes = lanes > 2 ? lanes : 2;
    server->lane = status ? NULL : pith_calloc(lanes, sizeof *server->lane);
    if (!server->lane)
        return status ? status : pith_no_memory(reterr);
    server->lanes = lanes;
    server->handles = lanes < SERVER_HANDLES ? lanes : SERVER_HANDLES;
    for (size_t i = 0; !status && i < server->handles; i++)
        status = pith_open(server->options.home, true, &server->handle[i].pith, reterr);
    for (size_t i = 0; !status && i < lanes; i++) {
        server->lane[i] = (struct lane){.server = server, .handle = &server->handle[i % server->handles]};
        status = server_start_lane(&server->lane[i], reterr);
    }
    if (status)
        return status;
    server->admitting = pthread_create(&server->doorman, NULL, admit, server) == 0;
    return server->admitting ? PITH_OK : pith_fail(reterr, PITH_IO, "cannot start a thread");
}
