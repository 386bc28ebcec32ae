/* letter: what a mail is written in: headers, addresses and bodies in printable ASCII (RFC 5322, 2045, 2047). Lines end in CRLF and have at
 * most 78 characters where their words allow it. */
#ifndef PITH_API_LETTER_H
#define PITH_API_LETTER_H

#include "../engine/status.h"

#include <stdio.h>

enum { LETTER_NAME = 200, LETTER_ADDRESS = 255 };

struct letter_address {
    char name[LETTER_NAME]; /* UTF-8; "" for none */
    char address[LETTER_ADDRESS];
};
/* "ann@example.org", "Ann Lee <ann@example.org>", "\"Lee, Ann\" <ann@example.org>". PITH_INPUT for anything else: several addresses,
 * control characters, an address that is not ASCII. */
enum pith_status letter_read_address(const char *text, struct letter_address *ret_address, struct pith_error *reterr);

/* A header of words; other than ASCII as encoded words. */
void letter_header(FILE *to, const char *name, const char *text);
void letter_header_address(FILE *to, const char *name, const struct letter_address *address);
/* Text with lines ending in \n as quoted-printable. */
void letter_body(FILE *to, const char *text);

#endif
