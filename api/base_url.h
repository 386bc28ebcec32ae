/* site: where readers reach the service, as the links in a mail name it. */
#ifndef PITH_API_BASE_URL_H
#define PITH_API_BASE_URL_H

#include <pith/status.h>

enum { SITE_BASE = 256 };

struct base_url {
    char base[SITE_BASE]; /* "https://pith.example.org", with a path where it lies under one; no slash at its end */
    char host[SITE_BASE]; /* as Message-ID and List-Id name it: "pith.example.org"; "localhost" for an IPv6 address */
};
/* PITH_USAGE for what is no http or https address, or has more than scheme, host, port and path. */
enum pith_status base_url_read(const char *url, struct base_url *ret_site, struct pith_error *reterr);
/* A page's origin as browsers send it, "https://reader.example.org": PITH_USAGE for what has more than scheme, host and port. */
enum pith_status base_url_read_origin(const char *text, char origin[SITE_BASE], struct pith_error *reterr);

#endif
