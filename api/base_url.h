/* site: how readers reach the service: by the links in a mail, and by answers to it. */
#ifndef PITH_API_BASE_URL_H
#define PITH_API_BASE_URL_H

#include <pith/status.h>

#include <stdbool.h>

enum { SITE_BASE = 256 };

struct base_url {
    char base
        [SITE_BASE]; /* "https://pith.example.org", with a path where it lies under one; no slash at its end; "" without a service: nothing is
                                    * linked */
    char host[SITE_BASE];     /* as Message-ID and List-Id name it: "pith.example.org"; "localhost" for an IPv6 address */
    bool answers;             /* answers to a mail are read: it says so */
    char reply_to[SITE_BASE]; /* where they go; "": to whom the mail is from */
};
/* PITH_USAGE for what is no http or https address, or has more than scheme, host, port and path. */
enum pith_status base_url_read(const char *url, struct base_url *ret_site, struct pith_error *reterr);
/* A page's origin as browsers send it, "https://reader.example.org": PITH_USAGE for what has more than scheme, host and port. */
enum pith_status base_url_read_origin(const char *text, char origin[SITE_BASE], struct pith_error *reterr);

#endif
