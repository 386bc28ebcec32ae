/* address: whom a request comes from: the other end of its connection, or who a trusted proxy says stands behind it. */
#ifndef PITH_API_ADDRESS_H
#define PITH_API_ADDRESS_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

struct sockaddr;

enum { ADDRESS_TEXT = 64, ADDRESS_PROXIES = 32, ADDRESS_HOPS = 32 };

/* An IPv4 address as IPv6 maps it (RFC 4291, 2.5.5.2), so that there is one kind; all zeros: not known. */
struct address {
    unsigned char byte[16];
};

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80"; false for anything else. */
bool address_read(const char *text, size_t length, struct address *ret_address);
/* Zeros for what is neither IPv4 nor IPv6. */
struct address address_of(const struct sockaddr *peer);
/* What is counted as one: an IPv4 address; of IPv6 the network of 64 bits, which one host has to itself. */
void address_share(const struct address *address, char text[ADDRESS_TEXT]);

/* The proxies that are taken at their word, and the header that they give it in. */
struct proxies {
    struct {
        struct address address;
        unsigned bits; /* of the 128 that have to be the same */
    } proxy[ADDRESS_PROXIES];
    size_t count;
    bool forwarded; /* they write Forwarded (RFC 7239); else X-Forwarded-For */
};
/* "127.0.0.1,10.0.0.0/8,2001:db8::/32" is added to what is there. PITH_USAGE. */
enum pith_status proxies_add(struct proxies *proxies, const char *list, struct pith_error *reterr);
/* "X-Forwarded-For" or "Forwarded", in any case. PITH_USAGE. */
enum pith_status proxies_set_header(struct proxies *proxies, const char *name, struct pith_error *reterr);
const char *proxies_header(const struct proxies *proxies);
bool proxies_trust(const struct proxies *proxies, const struct address *address);
/* Who asks: `peer`, unless that is a trusted proxy; then the nearest address of the header's `value` (its lines joined by commas) that
 * is none. What anybody but a trusted proxy wrote there counts for nothing. */
struct address proxies_client(const struct proxies *proxies, const struct address *peer, const char *value);

#endif
