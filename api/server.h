/* server: the service on a socket. The only file that knows libmicrohttpd.
 *
 * Two kinds of threads: those of the network read requests, refuse what can be refused, and answer what is kept; workers do the rest, so
 * that a long answer holds up nobody else's. Whoever sends slower than the deadline is cut off. */
#ifndef PITH_API_SERVER_H
#define PITH_API_SERVER_H

#include "api/service.h"

#include <stdbool.h>
#include <stdint.h>

struct server;

struct server_options {
    const char *home;
    int socket;                    /* that listens; taken over once the server has started */
    const char *certificate, *key; /* PEM text for TLS; NULL: plain HTTP */
    unsigned workers;              /* 1 to 64 */
    unsigned deadline;             /* seconds that a request may take to arrive */
    unsigned connections, per_address;
    bool quiet; /* no line a request on standard error */
};
/* A socket that listens at "127.0.0.1:8417", "[::1]:8417"; port 0: any that is free. PITH_USAGE for an address that is none, PITH_IO when
 * it is taken. */
enum pith_status server_listen(const char *address, int *ret_socket, struct pith_error *reterr);
uint16_t server_port(int socket);
/* Starts to serve. The service is borrowed until server_stop. */
enum pith_status server_start(const struct server_options *options, struct service *service, struct server **ret_server,
                              struct pith_error *reterr);
/* Takes no new connection, finishes what was accepted (as long as the deadline), and frees. */
void server_stop(struct server *server);

#endif
