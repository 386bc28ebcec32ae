#include "api/base_url.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static enum pith_status refuse(const char *url, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_USAGE, "%.80s is no address that links can begin with: give it as https://pith.example.org", url);
}

/* How many bytes a host takes: a name, an IPv4 address, or an IPv6 address in brackets. */
static size_t host_length(const char *at)
{
    if (*at != '[')
        return strspn(at, LETTERS DIGITS ".-");
    size_t inside = strspn(at + 1, DIGITS "abcdefABCDEF:.");
    return inside && at[1 + inside] == ']' ? inside + 2 : 0;
}

enum pith_status base_url_read(const char *url, struct base_url *ret_site, struct pith_error *reterr)
{
    size_t length = strlen(url);
    const char *host = strncmp(url, "https://", 8) == 0 ? url + 8 : strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
    size_t name = host && length < SITE_BASE ? host_length(host) : 0;
    if (!name || *host == '.' || *host == '-')
        return refuse(url, reterr);
    const char *rest = host + name;
    if (*rest == ':') {
        size_t port = strspn(rest + 1, DIGITS);
        if (!port || port > 5)
            return refuse(url, reterr);
        rest += 1 + port;
    }
    if ((*rest && *rest != '/') || rest[strspn(rest, LETTERS DIGITS "-._~/")])
        return refuse(url, reterr);
    *ret_site = (struct base_url){.host = "localhost"};
    if (*host != '[')
        memcpy(ret_site->host, host, name);
    while (length && url[length - 1] == '/')
        length--;
    memcpy(ret_site->base, url, length);
    return PITH_OK;
}

enum pith_status base_url_read_origin(const char *text, char origin[SITE_BASE], struct pith_error *reterr)
{
    struct base_url base_url;
    const char *host = strstr(text, "://");
    if (!host || strchr(host + 3, '/') || strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") || base_url_read(text, &base_url, NULL))
        return pith_fail(reterr, PITH_USAGE, "%.80s is no origin of pages: give it as browsers send it, https://reader.example.org",
                         text);
    memcpy(origin, base_url.base, SITE_BASE);
    return PITH_OK;
}
