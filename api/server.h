/* server: the service on a socket. It alone knows libmicrohttpd (server_inside.h).
 *
 * Two kinds of threads: those of the network, the lanes, read requests, refuse what can be refused, and answer what is kept; workers do the rest, so
 * that a long answer holds up nobody else's. Whoever sends slower than the deadline is cut off. */
#ifndef PITH_API_SERVER_H
#define PITH_API_SERVER_H

#include "api/address.h"
#include "api/service.h"

#include <stdbool.h>
#include <stdint.h>

struct server;

struct server_options {
    const char *home;
    int socket;                        /* that listens; taken over once the server has started */
    const char *certificate, *key;     /* PEM text for TLS; NULL: plain HTTP */
    unsigned workers;                  /* 1 to 64 */
    unsigned deadline;                 /* seconds that a request may take to arrive */
    unsigned connections, per_address; /* per_address: none is counted of trusted proxies */
    struct proxies proxies;            /* whose word is taken on the address that asks */
    bool quiet;                        /* no line a request on standard error */
};
/* Starts to serve. The service is borrowed until server_stop. */
enum pith_status server_start(const struct server_options *options, struct service *service, struct server **ret_server,
                              struct pith_error *reterr);
/* Takes no new connection, finishes what was accepted (as long as the deadline), and frees. */
void server_stop(struct server *server);

#endif
