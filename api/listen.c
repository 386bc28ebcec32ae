#include "api/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum pith_status listen_at(const char *address, int *ret_socket, struct pith_error *reterr)
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

uint16_t listen_port(int socket)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}
