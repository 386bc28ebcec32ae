/* Stands before libfido2's own list of devices and its way to them: the security keys that are plugged in are the sockets named in PITH_TEST_KEYS, with
 * colons between (tests/lib/security_key.py answers there). Loaded by LD_PRELOAD; all else is libfido2's own code. */
#include <dlfcn.h>
#include <fido.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct plug {
    int socket;
};

static void *plug_open(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct plug *plug = calloc(1, sizeof *plug);
    if (!plug || strlen(path) >= sizeof address.sun_path) {
        free(plug);
        return NULL;
    }
    memcpy(address.sun_path, path, strlen(path));
    plug->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (plug->socket >= 0 && connect(plug->socket, (const struct sockaddr *)&address, sizeof address) == 0)
        return plug;
    if (plug->socket >= 0)
        close(plug->socket);
    free(plug);
    return NULL;
}

static void plug_close(void *handle)
{
    close(((struct plug *)handle)->socket);
    free(handle);
}

static int plug_read(void *handle, unsigned char *buffer, size_t length, int patience)
{
    struct pollfd wait = {.fd = ((struct plug *)handle)->socket, .events = POLLIN};
    return poll(&wait, 1, patience) == 1 ? (int)recv(wait.fd, buffer, length, 0) : -1;
}

/* The first byte is the number of the report, always 0. */
static int plug_write(void *handle, const unsigned char *buffer, size_t length)
{
    ssize_t sent = send(((struct plug *)handle)->socket, buffer + 1, length - 1, MSG_NOSIGNAL);
    return sent < 0 ? -1 : (int)sent + 1;
}

static const fido_dev_io_t plug = {plug_open, plug_close, plug_read, plug_write};

int fido_dev_open(fido_dev_t *key, const char *path)
{
    int (*open)(fido_dev_t *, const char *);
    void *found = dlsym(RTLD_NEXT, "fido_dev_open");
    memcpy(&open, &found, sizeof open);
    fido_dev_set_io_functions(key, &plug);
    return open(key, path);
}

int fido_dev_info_manifest(fido_dev_info_t *list, size_t most, size_t *ret_count)
{
    const char *named = getenv("PITH_TEST_KEYS");
    char *paths = strdup(named ? named : ""), *rest = NULL;
    size_t count = 0;
    for (char *path = strtok_r(paths, ":", &rest); path && count < most; path = strtok_r(NULL, ":", &rest))
        if (fido_dev_info_set(list, count, path, "pith", "a key of the tests", &plug, NULL) == FIDO_OK)
            count++;
    free(paths);
    *ret_count = count;
    return FIDO_OK;
}
