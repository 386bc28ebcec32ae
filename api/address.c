#include "api/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static struct address map(const void *four)
{
    struct address address;
    memcpy(address.byte, mapped, 12);
    memcpy(address.byte + 12, four, 4);
    return address;
}

static bool is_mapped(const struct address *address)
{
    return memcmp(address->byte, mapped, sizeof mapped) == 0;
}

/* Digits, and no more than a port has. */
static bool is_port(const char *text, size_t length)
{
    return length >= 1 && length <= 5 && strspn(text, "0123456789") >= length;
}

/* Without brackets or port; `six`: IPv6 alone. */
static bool read_plain(const char *text, size_t length, bool six, struct address *ret_address)
{
    char host[INET6_ADDRSTRLEN];
    struct in_addr four_bytes;
    struct in6_addr six_bytes;
    if (!length || length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    if (!six && inet_pton(AF_INET, host, &four_bytes) == 1)
        *ret_address = map(&four_bytes);
    else if (inet_pton(AF_INET6, host, &six_bytes) == 1)
        memcpy(ret_address->byte, &six_bytes, sizeof ret_address->byte);
    else
        return false;
    return true;
}

bool address_read(const char *text, size_t length, struct address *ret_address)
{
    const char *end = text + length, *colon = memchr(text, ':', length), *close = memchr(text, ']', length);
    if (length && *text == '[') {
        bool good = close && (close + 1 == end || (close[1] == ':' && is_port(close + 2, (size_t)(end - close) - 2)));
        return good && read_plain(text + 1, (size_t)(close - text) - 1, true, ret_address);
    }
    if (!colon || memchr(colon + 1, ':', (size_t)(end - colon) - 1))
        return read_plain(text, length, false, ret_address);
    return is_port(colon + 1, (size_t)(end - colon) - 1) && read_plain(text, (size_t)(colon - text), false, ret_address);
}

struct address address_of(const struct sockaddr *peer)
{
    struct address address = {{0}};
    if (peer->sa_family == AF_INET)
        address = map(&((const struct sockaddr_in *)peer)->sin_addr);
    else if (peer->sa_family == AF_INET6)
        memcpy(address.byte, &((const struct sockaddr_in6 *)peer)->sin6_addr, sizeof address.byte);
    return address;
}

void address_share(const struct address *address, char text[ADDRESS_TEXT])
{
    struct address network = *address;
    if (is_mapped(address)) {
        inet_ntop(AF_INET, address->byte + 12, text, ADDRESS_TEXT);
        return;
    }
    memset(network.byte + 8, 0, 8);
    inet_ntop(AF_INET6, network.byte, text, ADDRESS_TEXT);
}

/* ---- proxies ---- */

static enum pith_status add_one(struct proxies *proxies, const char *text, size_t length, struct pith_error *reterr)
{
    const char *slash = memchr(text, '/', length), *digits = slash ? slash + 1 : text + length;
    size_t size = slash ? (size_t)(slash - text) : length;
    struct address address;
    if (!read_plain(text, size, false, &address) || (slash && !is_port(digits, (size_t)(text + length - digits))))
        return pith_fail(reterr, PITH_USAGE, "%.*s is no address of a proxy: give it as 127.0.0.1 or 10.0.0.0/8", (int)length,
                         text);
    unsigned most = is_mapped(&address) ? 32 : 128;
    unsigned long bits = slash ? strtoul(digits, NULL, 10) : most;
    if (bits > most)
        return pith_fail(reterr, PITH_USAGE, "%.*s has more bits than its address", (int)length, text);
    if (proxies->count == ADDRESS_PROXIES)
        return pith_fail(reterr, PITH_USAGE, "at most %d proxies can be trusted", ADDRESS_PROXIES);
    proxies->proxy[proxies->count].address = address;
    proxies->proxy[proxies->count++].bits = (unsigned)bits + 128 - most;
    return PITH_OK;
}

enum pith_status proxies_add(struct proxies *proxies, const char *list, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (const char *at = list; !status; at++) {
        size_t length = strcspn(at, ",");
        status = add_one(proxies, at, length, reterr);
        at += length;
        if (!*at)
            break;
    }
    return status;
}

enum pith_status proxies_set_header(struct proxies *proxies, const char *name, struct pith_error *reterr)
{
    proxies->forwarded = strcasecmp(name, "Forwarded") == 0;
    if (proxies->forwarded || strcasecmp(name, "X-Forwarded-For") == 0)
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE, "%s is no header that addresses are read from: X-Forwarded-For and Forwarded are", name);
}

const char *proxies_header(const struct proxies *proxies)
{
    return proxies->forwarded ? "Forwarded" : "X-Forwarded-For";
}

bool proxies_trust(const struct proxies *proxies, const struct address *address)
{
    for (size_t i = 0; i < proxies->count; i++) {
        const unsigned char *trusted = proxies->proxy[i].address.byte;
        unsigned bits = proxies->proxy[i].bits, whole = bits / 8, rest = bits % 8;
        unsigned char mask = (unsigned char)(0xff00U >> rest);
        if (memcmp(trusted, address->byte, whole) == 0 && (!rest || ((trusted[whole] ^ address->byte[whole]) & mask) == 0))
            return true;
    }
    return false;
}

/* One hop's text: of X-Forwarded-For all of it, of Forwarded what stands behind "for=". */
struct hop {
    const char *text;
    size_t length;
};

static struct hop trim(struct hop hop)
{
    while (hop.length && strchr(" \t", *hop.text)) {
        hop.text++;
        hop.length--;
    }
    while (hop.length && strchr(" \t", hop.text[hop.length - 1]))
        hop.length--;
    return hop;
}

/* The length up to one of `ends` that stands in no quotation marks. */
static size_t part(const char *text, size_t length, const char *ends)
{
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && strchr(ends, text[i]))
            return i;
    }
    return length;
}

/* The value of "for" among the pairs of one element; empty for none. */
static struct hop find_for(struct hop element)
{
    for (size_t at = 0; at < element.length;) {
        size_t length = part(element.text + at, element.length - at, ";");
        struct hop pair = trim((struct hop){element.text + at, length});
        if (pair.length >= 4 && strncasecmp(pair.text, "for=", 4) == 0) {
            struct hop value = {pair.text + 4, pair.length - 4};
            bool quoted = value.length >= 2 && *value.text == '"' && value.text[value.length - 1] == '"';
            return quoted ? (struct hop){value.text + 1, value.length - 2} : value;
        }
        at += length + 1;
    }
    return (struct hop){element.text, 0};
}

/* The last hops of the header, in their order; how many. */
static size_t read_hops(const struct proxies *proxies, const char *value, struct hop hop[ADDRESS_HOPS])
{
    size_t count = 0, length = strlen(value);
    for (size_t at = 0; at < length;) {
        size_t size = proxies->forwarded ? part(value + at, length - at, ",") : strcspn(value + at, ",");
        struct hop element = trim((struct hop){value + at, size});
        at += size + 1;
        if (!element.length)
            continue; /* RFC 9110, 5.6.1.2 */
        if (count == ADDRESS_HOPS)
            memmove(hop, hop + 1, --count * sizeof *hop);
        hop[count++] = proxies->forwarded ? find_for(element) : element;
    }
    return count;
}

struct address proxies_client(const struct proxies *proxies, const struct address *peer, const char *value)
{
    struct hop hop[ADDRESS_HOPS];
    struct address client = *peer, next;
    size_t count = value && proxies_trust(proxies, peer) ? read_hops(proxies, value, hop) : 0;
    while (count && proxies_trust(proxies, &client)) {
        count--;
        if (!address_read(hop[count].text, hop[count].length, &next))
            break; /* "unknown", or a name of the proxy's own: the proxy stands for it */
        client = next;
    }
    return client;
}
