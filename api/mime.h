/* mime: what a mail is written in: headers, addresses and bodies in printable ASCII (RFC 5322, 2045, 2047). Lines end in CRLF and have at
 * most 78 characters where their words allow it. */
#ifndef PITH_API_MIME_H
#define PITH_API_MIME_H

#include "../engine/status.h"

#include <stdio.h>

enum { MIME_NAME = 200, MIME_ADDRESS = 255 };

struct mime_address {
    char name[MIME_NAME]; /* UTF-8; "" for none */
    char address[MIME_ADDRESS];
};
/* "ann@example.org", "Ann Lee <ann@example.org>", "\"Lee, Ann\" <ann@example.org>". PITH_INPUT for anything else: several addresses,
 * control characters, an address that is not ASCII. */
enum pith_status mime_read_address(const char *text, struct mime_address *ret_address, struct pith_error *reterr);

/* A header of words; other than ASCII as encoded words. */
void mime_header(FILE *to, const char *name, const char *text);
void mime_header_address(FILE *to, const char *name, const struct mime_address *address);
/* Text with lines ending in \n as quoted-printable. */
void mime_body(FILE *to, const char *text);

#endif
