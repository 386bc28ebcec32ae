#include "tests/fuzz/fuzz.h"

#include "tests/lib/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_broken(const char *fact, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, fact);
    abort();
}

void fuzz_failed_well(enum pith_status status, enum pith_status expected, const struct pith_error *error)
{
    if (status == PITH_OK)
        return;
    if (status != expected || error->status != status)
        fprintf(stderr, "status %s: %s\n", pith_status_name(status), error->message);
    HOLDS(status == expected && error->status == status);
    HOLDS(error->message[0] && memchr(error->message, 0, sizeof error->message));
}

/* Bytes of the character at `text`, its code point in *ret_point; 0 when it is no shortest, valid UTF-8. */
static size_t read_character(const unsigned char *text, uint32_t *ret_point)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : text[0] >> 3 == 30 ? 4 : 0;
    uint32_t point = length > 1 ? text[0] & (0x7FU >> length) : text[0];
    for (size_t i = 1; i < length; i++) {
        if (text[i] >> 6 != 2)
            return 0;
        point = point << 6 | (text[i] & 0x3F);
    }
    *ret_point = point;
    return point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000) ? 0 : length;
}

bool fuzz_is_normal(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    bool blank = true;
    for (size_t length; *at; at += length) {
        uint32_t point = 0;
        length = read_character(at, &point);
        bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        if (!length || control || (blank && point == ' '))
            return false;
        blank = point == ' ';
    }
    return !*text || !blank;
}

unsigned char *fuzz_read_seed(const char *name, size_t *ret_length)
{
    char path[128];
    snprintf(path, sizeof path, "fuzz/%s", name);
    return (unsigned char *)testing_read(testing_data(path), ret_length);
}
