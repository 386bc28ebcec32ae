/* Any bytes as a recovery code, a key file and a token: what is taken is written back as the same secret, the rest is told. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/credentials.h"

#include <stdlib.h>
#include <string.h>

static void read_recovery(const char *text, size_t length)
{
    unsigned char secret[CREDENTIALS_RECOVERY], again[CREDENTIALS_RECOVERY];
    char written[CREDENTIALS_RECOVERY_TEXT];
    struct pith_error error;
    enum pith_status status = credentials_read_recovery(text, length, secret, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    credentials_write_recovery(secret, written);
    HOLDS(credentials_read_recovery(written, strlen(written), again, NULL) == PITH_OK);
    HOLDS(memcmp(secret, again, sizeof secret) == 0);
}

static void read_key_file(const char *text, size_t length)
{
    unsigned char secret[CREDENTIALS_SECRET];
    char written[CREDENTIALS_KEY_FILE_TEXT];
    struct pith_error error;
    enum pith_status status = credentials_read_key_file(text, length, secret, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    credentials_write_key_file(secret, written);
    HOLDS(memcmp(written, text, strlen(written) - 1) == 0);
}

static void read_token(const char *text, size_t length)
{
    struct credentials_token token;
    char written[CREDENTIALS_TOKEN_TEXT];
    struct pith_error error;
    enum pith_status status = credentials_read_token(text, length, &token, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    credentials_write_token(&token, written);
    HOLDS(memmem(text, length, written, strlen(written)) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size); /* exactly as long as said: reading past it is seen */
    HOLDS(vault_start(NULL) == PITH_OK && text);
    size = strlen(text);
    read_recovery(text, size);
    read_key_file(text, size);
    read_token(text, size);
    free(text);
    return 0;
}
