/* letter: what a mail is written in: headers, addresses and bodies in printable ASCII (RFC 5322, 2045, 2047). Lines end in CRLF and have at
 * most 78 characters where their words allow it. */
#ifndef PITH_API_RENDER_MAIL_FORMAT_H
#define PITH_API_RENDER_MAIL_FORMAT_H

#include <pith/status.h>

#include <stdio.h>

enum { LETTER_NAME = 200, LETTER_ADDRESS = 255 };

struct mail_format_address {
    char name[LETTER_NAME]; /* UTF-8; "" for none */
    char address[LETTER_ADDRESS];
};
/* "ann@example.org", "Ann Lee <ann@example.org>", "\"Lee, Ann\" <ann@example.org>". PITH_INPUT for anything else: several addresses,
 * control characters, an address that is not ASCII. */
enum pith_status mail_format_read_address(const char *text, struct mail_format_address *ret_address, struct pith_error *reterr);

/* A header of words; other than ASCII as encoded words. */
void mail_format_header(FILE *to, const char *name, const char *text);
void mail_format_header_address(FILE *to, const char *name, const struct mail_format_address *address);
/* Text with lines ending in \n as quoted-printable. */
void mail_format_body(FILE *to, const char *text);

#endif
