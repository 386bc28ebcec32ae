/* bare_server: what bench_serve measures the service against: libmicrohttpd in the same setup, with one JSON text for every request.
 * usage: bare_server BYTES   Says at which port of loopback it listens; ends with its standard input. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NETWORK_THREADS = 2, MOST = 1 << 20, MOST_HEADERS = 32 << 10, CONNECTIONS = 1024 }; /* as in api/server.c */

static char text[MOST] = "{\"padding\": \"";
static size_t length;

/* The second call is the first at which an answer keeps the connection. */
static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **state)
{
    static int begun;
    (void)user, (void)url, (void)method, (void)version, (void)data;
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*size) {
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result sent = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return sent;
}

int main(int argc, char **argv)
{
    struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t begun = strlen(text);
    length = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (length < begun + 3 || length >= MOST) {
        fprintf(stderr, "usage: bare_server BYTES, %zu to %d\n", begun + 3, MOST - 1);
        return 2;
    }
    memset(text + begun, 'x', length - begun - 2);
    memcpy(text + length - 2, "\"}", 2);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL,
                                                 MHD_OPTION_SOCK_ADDR, &loopback, MHD_OPTION_THREAD_POOL_SIZE,
                                                 (unsigned)NETWORK_THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MOST_HEADERS, MHD_OPTION_END);
    if (!daemon) {
        fprintf(stderr, "bare_server: cannot listen\n");
        return 1;
    }
    printf("%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (getchar() != EOF)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
