/* Any bytes as a sealed export: never opened but as it was sealed, never a crash, and nothing of it shown. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/vault.h"

#include <stdlib.h>
#include <string.h>

enum { OPERATIONS_AT = 16, MEMORY_AT = 24, CHEAP = 8192, LIMIT = 1 << 20 };

static void open_stream(const void *bytes, size_t length)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    struct pith_error error;
    bytes_init(&plain, LIMIT);
    enum pith_status status = vault_stream_open("battery staple", 14, bytes, length, &plain, &error);
    HOLDS(status != PITH_OK);
    fuzz_failed_well(status, status == PITH_LOCKED || status == PITH_INPUT ? status : PITH_CORRUPT, &error);
    HOLDS(plain.length == 0);
}

/* Limits that would cost time and memory are made small: past them the rest is the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HOLDS(vault_start(NULL) == PITH_OK);
    unsigned char *bytes = malloc(size ? size : 1);
    HOLDS(bytes != NULL);
    memcpy(bytes, data, size);
    if (size > MEMORY_AT + 8 && vault_is_stream(bytes, size) && data[size - 1] % 4) {
        memset(bytes + OPERATIONS_AT, 0, 16);
        bytes[OPERATIONS_AT] = 1;
        bytes[MEMORY_AT + 1] = CHEAP >> 8;
        open_stream(bytes, size);
    } else if (size <= MEMORY_AT + 8 || bytes[MEMORY_AT + 2] == 0) {
        open_stream(bytes, size);
    }
    free(bytes);
    return 0;
}
