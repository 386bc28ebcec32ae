/* What a slot keeps of its device lies in clear: whoever writes the disk may put anything there. */
#include "engine/crypto/device.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Whether one record is refused in a sentence, and no secret given. Nothing is plugged in where the tests run: a record that is whole finds
 * no device. */
static void expect_refused(enum pith_way kind, const unsigned char *record, size_t length)
{
    static const unsigned char untouched[DEVICE_SECRET] = {0};
    unsigned char secret[DEVICE_SECRET] = {0};
    struct pith_error error = {0};
    enum pith_status status = device_ask(kind, &(struct device_words){"nowhere", 7}, record, length, secret, &error);
    cr_expect(status == PITH_CORRUPT || status == PITH_IO, "kind %d, %zu bytes: status %d", (int)kind, length, (int)status);
    cr_expect(strlen(error.message) > 10);
    cr_expect_arr_eq(secret, untouched, sizeof secret);
}

Test(device, a_record_of_any_bytes_and_length_is_refused_in_a_sentence)
{
    unsigned char *record = malloc(VAULT_MAX_RECORD);
    unsigned seed = 7;
    cr_assert(record && vault_start(NULL) == PITH_OK);
    for (size_t i = 0; i < VAULT_MAX_RECORD; i++)
        record[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
    for (size_t length = 1; length <= VAULT_MAX_RECORD; length = length < 80 ? length + 1 : length * 3 / 2) {
        unsigned char *exact = malloc(length); /* so that a byte past the end shows */
        cr_assert(exact);
        memcpy(exact, record, length);
        expect_refused(PITH_FIDO2, exact, length);
        expect_refused(PITH_TPM, exact, length);
        exact[0] = 0; /* sizes that begin small */
        expect_refused(PITH_FIDO2, exact, length);
        expect_refused(PITH_TPM, exact, length);
        free(exact);
    }
    free(record);
}

Test(device, words_that_are_too_long_are_refused)
{
    char *words = calloc(1, 4096);
    unsigned char record[80] = {0}, secret[DEVICE_SECRET];
    struct bytes made;
    bytes_init(&made, VAULT_MAX_RECORD);
    cr_assert(words && vault_start(NULL) == PITH_OK);
    memset(words, 'x', 4095);
    enum pith_status status = device_make(PITH_TPM, &(struct device_words){words, 4095}, &made, secret, NULL);
    cr_expect(status == PITH_USAGE || status == PITH_IO);
    status = device_ask(PITH_FIDO2, &(struct device_words){words, 4095}, record, sizeof record, secret, NULL);
    cr_expect(status == PITH_USAGE || status == PITH_IO);
    bytes_clear(&made);
    free(words);
}
