#include "engine/intake/fetch/http.h"

#include "engine/base/bytes.h"
#include <pith/version.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOWEST = 100, SLOW_SECONDS = 60 }; /* bytes a second, for so long: then it is given up */

struct http {
    CURL *curl;
};

struct exchange { /* one request under way */
    const struct http_request *request;
    struct http_answer *answer;
    struct bytes body;
    bool too_large, refused;
};

void http_answer_clear(struct http_answer *answer)
{
    free(answer->body);
    *answer = (struct http_answer){0};
}

enum pith_status http_new(struct http **ret_http, struct pith_error *reterr)
{
    struct http *http = pith_calloc(1, sizeof *http);
    static bool started;
    if (!started && curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        free(http);
        return pith_fail(reterr, PITH_IO, "the network library does not start");
    }
    started = true;
    if (http)
        http->curl = curl_easy_init();
    if (!http || !http->curl) {
        free(http);
        return pith_no_memory(reterr);
    }
    *ret_http = http;
    return PITH_OK;
}

void http_free(struct http *http)
{
    curl_easy_cleanup(http->curl);
    free(http);
}

/* ---- addresses ---- */

/* Networks that are nobody's on the public one: RFC 6890. */
static bool is_public_v4(uint32_t address)
{
    static const struct {
        uint32_t network;
        int bits;
    } reserved[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
                    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
                    {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3}};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if ((address ^ reserved[i].network) >> (32 - reserved[i].bits) == 0)
            return false;
    return true;
}

static uint32_t embedded_v4(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is_public_v6(const unsigned char address[16])
{
    static const unsigned char none[12], mapped[12] = {[10] = 0xFF, [11] = 0xFF}, translated[12] = {0x00, 0x64, 0xFF, 0x9B};
    if (memcmp(address, none, 12) == 0) /* ::, ::1 and what once embedded IPv4 */
        return false;
    if (memcmp(address, mapped, 12) == 0 || memcmp(address, translated, 12) == 0)
        return is_public_v4(embedded_v4(address + 12));
    if (address[0] == 0x20 && address[1] == 0x02)
        return is_public_v4(embedded_v4(address + 2));
    return (address[0] & 0xE0) == 0x20; /* 2000::/3 is all that is given out */
}

bool http_is_public(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return is_public_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&v6, address, sizeof v6);
    return is_public_v6(v6.sin6_addr.s6_addr);
}

/* The address that is connected to, after names were resolved: a name that changes its mind is refused too. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *exchange = user;
    (void)purpose;
    if (!exchange->request->local && !http_is_public(&address->addr)) {
        exchange->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- an answer ---- */

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    struct exchange *exchange = user;
    bytes_put(&exchange->body, data, size * count);
    exchange->too_large = exchange->body.failed;
    return exchange->too_large ? 0 : size * count;
}

/* The value of a header line when it has this name; copied without blanks around. */
static bool header_is(const char *line, size_t length, const char *name, char *value, size_t size)
{
    size_t skip = strlen(name);
    if (length <= skip || line[skip] != ':' || strncasecmp(line, name, skip) != 0)
        return false;
    for (skip++; skip < length && strchr(" \t", line[skip]); skip++)
        continue;
    while (length > skip && strchr(" \t\r\n", line[length - 1]))
        length--;
    snprintf(value, size, "%.*s", (int)(length - skip), line + skip);
    return true;
}

static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    struct http_answer *answer = ((struct exchange *)user)->answer;
    char seconds[HTTP_MAX_HEADER], *end;
    size_t length = size * count;
    header_is(line, length, "ETag", answer->etag, sizeof answer->etag);
    header_is(line, length, "Last-Modified", answer->modified, sizeof answer->modified);
    header_is(line, length, "Content-Type", answer->type, sizeof answer->type);
    if (header_is(line, length, "Retry-After", seconds, sizeof seconds)) {
        long wait = strtol(seconds, &end, 10);
        answer->retry_after = *seconds && !*end && wait >= 0 ? wait : -1;
    }
    return length;
}

static struct curl_slist *add_header(struct curl_slist *headers, const char *name, const char *value, bool *failed)
{
    char line[HTTP_MAX_HEADER + 32];
    if (!value || !*value)
        return headers;
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(headers, line);
    *failed = *failed || !longer;
    return longer ? longer : headers;
}

static void set_options(CURL *curl, struct exchange *exchange, struct curl_slist *headers, const char *agent)
{
    const struct http_request *request = exchange->request;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, agent);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)HTTP_CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)(request->seconds ? request->seconds : HTTP_SECONDS));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
}

static enum pith_status fail(const struct exchange *exchange, CURLcode code, struct pith_error *reterr)
{
    const char *url = exchange->request->url;
    if (exchange->refused)
        return pith_fail(reterr, PITH_USAGE, "%.200s is an address of a private network: pith does not ask there", url);
    if (exchange->too_large)
        return pith_fail(reterr, PITH_IO, "%.200s answers with more than %zu MiB", url, exchange->body.max >> 20);
    switch ((int)code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return pith_fail(reterr, PITH_USAGE, "%.200s is no http or https address", url);
    case CURLE_PEER_FAILED_VERIFICATION:
        return pith_fail(reterr, PITH_IO, "%.200s does not prove who it is: its certificate is not trusted", url);
    case CURLE_OPERATION_TIMEDOUT: return pith_fail(reterr, PITH_IO, "%.200s is too slow: given up", url);
    case CURLE_PARTIAL_FILE: return pith_fail(reterr, PITH_IO, "the answer of %.200s is cut off", url);
    default: return pith_fail(reterr, PITH_IO, "%.200s could not be fetched: %s", url, curl_easy_strerror(code));
    }
}

static enum pith_status finish(CURL *curl, struct exchange *exchange, struct pith_error *reterr)
{
    const char *location = NULL;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange->answer->code);
    if (curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location) == CURLE_OK && location)
        snprintf(exchange->answer->location, sizeof exchange->answer->location, "%s", location);
    exchange->answer->length = exchange->body.length;
    bytes_put_u8(&exchange->body, 0);
    enum pith_status status = bytes_done(&exchange->body, reterr);
    if (!status)
        exchange->answer->body = (char *)PITH_TAKE(exchange->body.data);
    return status;
}

enum pith_status http_get(struct http *http, const struct http_request *request, struct http_answer *ret_answer,
                          struct pith_error *reterr)
{
    struct http_answer answer = {.retry_after = -1};
    struct exchange exchange = {.request = request, .answer = &answer};
    char agent[HTTP_MAX_HEADER];
    bool failed = false;
    if (strlen(request->url) >= HTTP_MAX_URL)
        return pith_fail(reterr, PITH_USAGE, "an address is longer than %d bytes", HTTP_MAX_URL);
    bytes_init(&exchange.body, (request->most ? request->most : HTTP_MAX_BODY) + 1);
    snprintf(agent, sizeof agent, "pith/" PITH_VERSION "%s%s%s", request->contact ? " (" : "",
             request->contact ? request->contact : "", request->contact ? ")" : "");
    struct curl_slist *headers = add_header(NULL, "If-None-Match", request->etag, &failed);
    headers = add_header(headers, "If-Modified-Since", request->modified, &failed);
    set_options(http->curl, &exchange, headers, agent);
    CURLcode code = failed ? CURLE_OUT_OF_MEMORY : curl_easy_perform(http->curl);
    enum pith_status status = code == CURLE_OK ? finish(http->curl, &exchange, reterr) : fail(&exchange, code, reterr);
    curl_slist_free_all(headers);
    bytes_clear(&exchange.body);
    if (!status)
        *ret_answer = answer;
    return status;
}
