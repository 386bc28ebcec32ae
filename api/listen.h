/* listen: the socket that the service listens at. */
#ifndef PITH_API_LISTEN_H
#define PITH_API_LISTEN_H

#include <pith/status.h>

#include <stdint.h>

/* A socket that listens at "127.0.0.1:8417", "[::1]:8417"; port 0: any that is free. PITH_USAGE for an address that is none, PITH_IO when
 * it is taken. */
enum pith_status listen_at(const char *address, int *ret_socket, struct pith_error *reterr);
uint16_t listen_port(int socket);

#endif
