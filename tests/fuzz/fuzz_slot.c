/* Any bytes as a key slot: nothing opens but the true slot, and nobody is made to wait or to spend memory for less. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/vault.h"

#include <stdlib.h>
#include <string.h>

enum { CHECK = 16, MEMORY_AT = 10, CHEAP = 1 << 20 };

static const unsigned char profile[VAULT_ID] = "fuzzed profile";
static const char passphrase[] = "correct horse";
static unsigned char *golden; /* the slot that opens */
static size_t golden_length;

static void open_slot(const unsigned char *slot, size_t length)
{
    struct vault_key *key = NULL;
    struct pith_error error;
    struct vault_secret secret = {PITH_PASSPHRASE, passphrase, strlen(passphrase)};
    enum pith_status status = vault_unwrap(profile, &secret, slot, length, &key, &error);
    fuzz_failed_well(status, status == PITH_LOCKED ? PITH_LOCKED : PITH_CORRUPT, &error);
    HOLDS((status == PITH_OK) == (key != NULL));
    HOLDS(status == PITH_CORRUPT || (slot[0] == 1 && slot[1] >= PITH_PASSPHRASE && slot[1] <= PITH_TPM));
    HOLDS((status == PITH_OK) == (length == golden_length && memcmp(slot, golden, length) == 0));
    HOLDS(!memmem(error.message, strnlen(error.message, sizeof error.message), passphrase, strlen(passphrase)) || !status);
    vault_key_free(key);
}

/* The same with its checksum made right, as an attacker would: past the first check. Dear parameters are left alone. */
static void open_checked(const uint8_t *data, size_t size)
{
    unsigned char *slot = malloc(size);
    HOLDS(slot != NULL);
    memcpy(slot, data, size);
    vault_hash16(slot, size - CHECK, slot + size - CHECK);
    struct bytes_reader reader;
    bytes_reader_init(&reader, slot + MEMORY_AT, sizeof(uint64_t));
    uint64_t memory = bytes_get_u64(&reader);
    if (memory <= CHEAP || memory > (uint64_t)1 << 40)
        open_slot(slot, size);
    free(slot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!golden) {
        HOLDS(vault_start(NULL) == PITH_OK);
        golden = fuzz_read_seed("slot/passphrase", &golden_length);
    }
    open_slot(data, size);
    if (size > MEMORY_AT + sizeof(uint64_t) + CHECK)
        open_checked(data, size);
    return 0;
}
