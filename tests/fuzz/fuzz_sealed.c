/* Any bytes as a sealed row, and as what is sealed: a row comes back as it was, or not at all.
 * An input is kind, number and counter of the place, a byte each, and the row. */
#include "tests/fuzz/fuzz.h"

#include "engine/crypto/vault.h"

#include <stdlib.h>
#include <string.h>

enum { PLACE = 3, LIMIT = 1 << 20, STEP = 64 };

static const unsigned char profile[VAULT_ID] = "fuzzed profile";
static struct vault_key *key;

static void unlock(void)
{
    size_t length;
    struct vault_secret secret = {PITH_PASSPHRASE, "correct horse", 13};
    HOLDS(vault_start(NULL) == PITH_OK);
    PITH_AUTO(pith_free_p) unsigned char *slot = fuzz_read_seed("slot/passphrase", &length);
    HOLDS(vault_unwrap(profile, &secret, slot, length, &key, NULL) == PITH_OK);
}

static void open_row(const struct vault_place *place, const uint8_t *row, size_t length)
{
    PITH_AUTO(bytes_clear) struct bytes plain;
    struct pith_error error;
    bytes_init(&plain, LIMIT);
    enum pith_status status = vault_open(key, place, row, length, &plain, &error);
    fuzz_failed_well(status, PITH_CORRUPT, &error);
    HOLDS(status == PITH_OK || plain.length == 0);
    HOLDS(status || plain.length + VAULT_OVERHEAD < length);
}

/* Seals the bytes, opens them, and then opens them changed where they themselves say. */
static void seal_row(const struct vault_place *place, const uint8_t *text, size_t length)
{
    PITH_AUTO(bytes_clear) struct bytes sealed, plain;
    bytes_init(&sealed, LIMIT);
    bytes_init(&plain, LIMIT);
    HOLDS(vault_seal(key, place, text, length, STEP, &sealed, NULL) == PITH_OK);
    HOLDS((sealed.length - VAULT_OVERHEAD) % STEP == 0 && sealed.length - VAULT_OVERHEAD > length);
    HOLDS(vault_open(key, place, sealed.data, sealed.length, &plain, NULL) == PITH_OK);
    HOLDS(plain.length == length && (!length || memcmp(plain.data, text, length) == 0));
    plain.length = 0;
    sealed.data[length ? text[length / 2] % sealed.length : 0] ^= 1;
    HOLDS(vault_open(key, place, sealed.data, sealed.length, &plain, NULL) == PITH_CORRUPT && plain.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!key)
        unlock();
    if (size < PLACE || size > LIMIT / 2)
        return 0;
    enum vault_row_kind kind = (enum vault_row_kind)(data[0] % ROW_LAST_LIST + 1);
    struct vault_place place = {profile, kind, data[1], data[2]};
    open_row(&place, data + PLACE, size - PLACE);
    seal_row(&place, data + PLACE, size - PLACE);
    return 0;
}
