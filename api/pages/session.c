#include "api/pages/session.h"

#include <pith/pith.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_TOKEN = 256 };

/* Scheme, host and port of the site, and what comes after them. */
static size_t origin_length(const struct base_url *base_url)
{
    const char *host = strstr(base_url->base, "://");
    return host ? (size_t)(host + 3 - base_url->base) + strcspn(host + 3, "/") : strlen(base_url->base);
}

/* Two services on one machine share their host: each has a cookie of its own, by its port. __Host- keeps a cookie of the whole host from
 * being set by a host beside it. */
static void write_name(const struct base_url *base_url, char name[SESSION_NAME])
{
    size_t origin = origin_length(base_url);
    const char *path = base_url->base + origin, *at = path;
    while (at > base_url->base && at[-1] >= '0' && at[-1] <= '9')
        at--;
    bool port = at < path && at - base_url->base > 6 && at[-1] == ':';
    snprintf(name, SESSION_NAME, "__%s-pith%s%.*s", *path ? "Secure" : "Host", port ? "-" : "", port ? (int)(path - at) : 0, at);
}

const char *session_token(const struct base_url *base_url, const struct request *request, size_t *ret_length)
{
    char name[SESSION_NAME];
    write_name(base_url, name);
    size_t length = strlen(name);
    for (const char *at = request->cookie; at && *at;) {
        at += strspn(at, "; ");
        size_t pair = strcspn(at, ";");
        if (pair > length && memcmp(at, name, length) == 0 && at[length] == '=') {
            *ret_length = pair - length - 1;
            return *ret_length && *ret_length <= MOST_TOKEN ? at + length + 1 : NULL;
        }
        at += pair;
    }
    return NULL;
}

enum pith_status session_cookie(const struct base_url *base_url, const char *token, size_t length, int64_t seconds,
                                char **ret_cookie, struct pith_error *reterr)
{
    char name[SESSION_NAME], age[40] = "";
    const char *path = base_url->base + origin_length(base_url);
    write_name(base_url, name);
    if (seconds || !token)
        snprintf(age, sizeof age, "; Max-Age=%" PRId64, token ? seconds : 0);
    int made = asprintf(ret_cookie, "%s=%.*s; Path=%s/%s; HttpOnly; Secure; SameSite=Strict", name, token ? (int)length : 0,
                        token ? token : "", path, age);
    return made > 0 ? PITH_OK : pith_no_memory(reterr);
}

void session_form_token(const char *token, size_t length, char text[SESSION_FORM])
{
    char what[MOST_TOKEN + 16];
    int used = snprintf(what, sizeof what, "form %.*s", (int)length, token);
    pith_fingerprint(what, (size_t)used, text);
    explicit_bzero(what, sizeof what);
}

bool session_same_origin(const struct base_url *base_url, const struct request *request)
{
    if (request->fetch_site && strcmp(request->fetch_site, "same-origin") != 0)
        return false;
    if (!request->origin)
        return request->fetch_site != NULL;
    const char *host = strstr(request->origin, "://");
    size_t length = origin_length(base_url);
    return (strlen(request->origin) == length && strncmp(request->origin, base_url->base, length) == 0) ||
           (host && request->host && strcmp(host + 3, request->host) == 0);
}
