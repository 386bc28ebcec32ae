/* server_inside: what the server's own files share. server.c: start, workers and stop; server_lanes.c: connections, which lane each is
 * on, how many there may be and how long they take; server_requests.c: a request from its head to its answer. These three alone know
 * libmicrohttpd. */
#ifndef PITH_API_SERVER_INSIDE_H
#define PITH_API_SERVER_INSIDE_H

#include "api/room.h"
#include "api/server.h"

#include <pthread.h>

enum {
    SERVER_HANDLES = 8, /* at most, of all lanes */
    SERVER_WORKERS = 64,
    SERVER_LANE = 120,        /* connections of one: libmicrohttpd 0.9.75 sleeps a whole timeout when 128 events come at once */
    SERVER_HEADERS = 32 << 10 /* bytes */
};

struct MHD_Connection;
struct MHD_Daemon;

/* One connection, for the deadline. */
struct line {
    struct line *next, *previous;
    int socket;
    struct job *job; /* the request now being received or answered; NULL between two */
    int64_t since;   /* milliseconds: when the request now being received could begin; 0 while one is being answered */
    struct address peer;
    struct lane *lane;
};

/* A handle that lanes take in turns. */
struct handle {
    pthread_mutex_t lock;
    struct pith *pith;
};

/* A thread of the network: libmicrohttpd with so few connections that it cannot sleep over them. */
struct lane {
    struct server *server;
    struct MHD_Daemon *daemon;
    struct handle *handle;
    unsigned connections; /* under the server's lock */
};

/* One request, from its first line to its answer. */
struct job {
    struct server *server;
    struct MHD_Connection *connection;
    struct job *next;
    struct line *line;
    char *raw;
    const char *place; /* of the target in libmicrohttpd's memory */
    struct target target;
    struct request request;
    struct reply reply;
    char peer[ADDRESS_TEXT];
    struct service_body may;
    char *body;
    size_t cap, given; /* given: what Content-Length says */
    int64_t began;     /* microseconds: the last byte was there */
    bool begun, done;
};

struct worker {
    struct server *server;
    struct pith *pith;
    pthread_t thread;
};

struct server {
    struct service *service;
    struct server_options options;
    struct lane *lane;
    unsigned lanes;
    struct room *places; /* of connections: so many, and of one address */
    struct worker worker[SERVER_WORKERS];
    unsigned workers;
    struct handle handle[SERVER_HANDLES];
    unsigned handles;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wanted, idle, ending;
    struct job *first, *last; /* waiting for a worker */
    size_t waiting, active;   /* active: requests not yet answered */
    struct line lines;        /* a ring */
    bool done;
    pthread_t reaper, doorman;
    bool reaping, admitting;
    int closing; /* an eventfd: no more connections are taken */
};

int64_t server_microseconds(void); /* of a clock that goes forward */

/* ---- server.c ---- */

/* Hands the request to a worker: false when too many wait, or at the end, when nobody would take it up. */
bool server_hand_over(struct job *job);

/* ---- server_lanes.c ---- */

/* Starts the lanes and takes connections. What it started is ended by server_stop also where it fails. */
enum pith_status server_start_lanes(struct server *server, struct pith_error *reterr);
/* Notes that a connection of a lane began (NULL without memory: it is answered nothing), and that it ended; frees. */
struct line *server_join(struct lane *lane, int socket);
void server_leave(struct line *line);
/* A thread that cuts off whoever takes longer over a request than the deadline: libmicrohttpd's own limit starts anew with every byte. */
void *server_reap(void *server);

/* ---- server_requests.c ---- */

/* Has libmicrohttpd work on a lane, and answer what comes. */
enum pith_status server_start_lane(struct lane *lane, struct pith_error *reterr);

#endif
