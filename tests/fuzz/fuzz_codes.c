/* Any bytes as a recovery code, a key file and a token: what is taken is written back as the same secret, the rest is told. */
#include "fuzz.h"

#include "../../engine/codes.h"

#include <stdlib.h>
#include <string.h>

static void read_recovery(const char *text, size_t length)
{
    unsigned char secret[CODES_RECOVERY], again[CODES_RECOVERY];
    char written[CODES_RECOVERY_TEXT];
    struct pith_error error;
    enum pith_status status = codes_read_recovery(text, length, secret, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    codes_write_recovery(secret, written);
    HOLDS(codes_read_recovery(written, strlen(written), again, NULL) == PITH_OK);
    HOLDS(memcmp(secret, again, sizeof secret) == 0);
}

static void read_key_file(const char *text, size_t length)
{
    unsigned char secret[CODES_SECRET];
    char written[CODES_KEY_FILE_TEXT];
    struct pith_error error;
    enum pith_status status = codes_read_key_file(text, length, secret, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    codes_write_key_file(secret, written);
    HOLDS(memcmp(written, text, strlen(written) - 1) == 0);
}

static void read_token(const char *text, size_t length)
{
    struct codes_token token;
    char written[CODES_TOKEN_TEXT];
    struct pith_error error;
    enum pith_status status = codes_read_token(text, length, &token, &error);
    fuzz_failed_well(status, PITH_USAGE, &error);
    if (status)
        return;
    codes_write_token(&token, written);
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
