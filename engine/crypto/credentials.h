/* credentials: secrets as people and files carry them: recovery codes, key files, tokens, public fingerprints.
 *
 * Pure: text to bytes and back, with checks that tell a typing error from a wrong secret. FORMAT.md has the alphabets. Buffers hold
 * secrets: the caller wipes them. */
#ifndef PITH_ENGINE_CRYPTO_CREDENTIALS_H
#define PITH_ENGINE_CRYPTO_CREDENTIALS_H

#include "engine/crypto/vault.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum {
    CREDENTIALS_RECOVERY = 20,      /* bytes of a recovery code: 160 bits */
    CREDENTIALS_SECRET = 32,        /* bytes of a key file's or a token's secret */
    CREDENTIALS_RECOVERY_TEXT = 48, /* "XXXXX-XXXXX-…", eight groups, and a NUL */
    CREDENTIALS_KEY_FILE_TEXT = 112,
    CREDENTIALS_TOKEN_TEXT = 80,
    CREDENTIALS_HEX32 = 65,
};

/* Eight groups of four characters of five bits (0-9 A-Z without I L O U) and a fifth that checks the group and its place. */
void credentials_write_recovery(const unsigned char secret[CREDENTIALS_RECOVERY], char text[CREDENTIALS_RECOVERY_TEXT]);
/* Takes any case, blanks or hyphens between; I and L are read as 1, O as 0. PITH_USAGE names the group that is mistyped (any one
 * wrong character, or two neighbours exchanged), or says how many characters are missing. */
enum pith_status credentials_read_recovery(const char *text, size_t length, unsigned char secret[CREDENTIALS_RECOVERY],
                                           struct pith_error *reterr);

/* One line: what it is, the secret in hex, a checksum in hex. */
void credentials_write_key_file(const unsigned char secret[CREDENTIALS_SECRET], char text[CREDENTIALS_KEY_FILE_TEXT]);
enum pith_status credentials_read_key_file(const char *text, size_t length, unsigned char secret[CREDENTIALS_SECRET],
                                           struct pith_error *reterr);

/* What a token says: whose profile, and the secret that opens a slot of it. */
struct credentials_token {
    unsigned char profile[VAULT_ID];
    unsigned char secret[CREDENTIALS_SECRET];
};
/* "pith_" and 70 characters of base64url, a checksum among them. */
void credentials_write_token(const struct credentials_token *token, char text[CREDENTIALS_TOKEN_TEXT]);
/* Blanks around it do not matter. PITH_USAGE when it is no token or was mistyped. */
enum pith_status credentials_read_token(const char *text, size_t length, struct credentials_token *ret_token,
                                        struct pith_error *reterr);

/* base64url without padding: (length * 8 + 5) / 6 characters, and a NUL. */
void credentials_write_base64url(const unsigned char *bytes, size_t length, char *text);
/* Reads so many characters as `length` bytes have, no more. False for another character before, or spare bits that are not 0: each run
 * of bytes has one text. `bytes` may then be half filled. */
bool credentials_read_base64url(const char *text, unsigned char *bytes, size_t length);

/* 32 bytes as lower-case hex. */
void credentials_write_hex32(const unsigned char bytes[32], char hex[CREDENTIALS_HEX32]);

#endif
