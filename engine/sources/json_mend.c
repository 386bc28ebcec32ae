#include "engine/sources/json_mend.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NUMBER = 18 }; /* digits that surely fit in 64 bits */

/* The code unit of "\uD83D" at `at`; false for anything else. */
static bool read_unit(const char *at, const char *end, unsigned *ret_unit)
{
    char digits[5] = "";
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return false;
    memcpy(digits, at + 2, 4);
    *ret_unit = (unsigned)strtoul(digits, NULL, 16);
    return strspn(digits, "0123456789abcdefABCDEF") == 4;
}

static bool is_surrogate(unsigned unit, bool low)
{
    return unit >= (low ? 0xDC00U : 0xD800U) && unit < (low ? 0xE000U : 0xDC00U);
}

/* Writes the escape at `at`; returns where it ends. */
static const char *mend_escape(const char *at, const char *end, struct bytes *out)
{
    unsigned unit, next;
    if (!read_unit(at, end, &unit)) {
        bool known = end - at > 1 && at[1] && strchr("\"\\/bfnrt", at[1]);
        bytes_put(out, known ? at : "\\\\", 2);
        return known ? at + 2 : at + 1;
    }
    bool pair = is_surrogate(unit, false) && read_unit(at + 6, end, &next) && is_surrogate(next, true);
    if (pair)
        bytes_put(out, at, 12);
    else if (unit == 0 || is_surrogate(unit, false) || is_surrogate(unit, true))
        bytes_put(out, unit ? "\\uFFFD" : " ", unit ? 6 : 1);
    else
        bytes_put(out, at, 6);
    return at + (pair ? 12 : 6);
}

/* From behind the quote to behind the next. */
static const char *mend_string(const char *at, const char *end, struct bytes *out)
{
    while (at < end && *at != '"') {
        if (*at == '\\') {
            at = mend_escape(at, end, out);
            continue;
        }
        bytes_put_u8(out, (unsigned char)*at < 0x20 ? ' ' : (uint8_t)*at);
        at++;
    }
    if (at < end)
        bytes_put_u8(out, (uint8_t)*at++);
    return at;
}

/* A word or a number: what JSON does not know, or cannot hold, becomes null. */
static const char *mend_value(const char *at, const char *end, struct bytes *out)
{
    const char *stop = at;
    size_t digits = 0;
    bool exponent = false;
    for (; stop < end && (isalnum((unsigned char)*stop) || strchr("+-._", *stop)) && *stop; stop++) {
        digits += isdigit((unsigned char)*stop) != 0;
        exponent |= *stop == 'e' || *stop == 'E';
    }
    size_t length = (size_t)(stop - at);
    bool number = isdigit((unsigned char)at[*at == '-' && length > 1]);
    bool known = number ? digits <= LONGEST_NUMBER && !exponent
                        : (length == 4 && (memcmp(at, "true", 4) == 0 || memcmp(at, "null", 4) == 0)) ||
                              (length == 5 && memcmp(at, "false", 5) == 0);
    bytes_put(out, known ? at : "null", known ? length : 4);
    return stop;
}

void json_mend(const char *text, size_t length, struct bytes *out)
{
    const char *at = text, *end = text + length;
    while (at < end) {
        if (*at == '"') {
            bytes_put_u8(out, (uint8_t)*at);
            at = mend_string(at + 1, end, out);
        } else if (isalnum((unsigned char)*at) || *at == '-') {
            at = mend_value(at, end, out);
        } else {
            bytes_put_u8(out, (uint8_t)*at++);
        }
    }
}
