#include "engine/base/unicode.h"

#include "engine/base/bytes.h"
#include "engine/base/tex_letters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_TEXT = 64 << 20, MAX_MARKS = 30 /* UAX #15, stream-safe text: more on one letter is no language's */ };

/* Windows-1252's 0x80..0x9F; 0 where it has nothing. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                          0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                          0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static void put_point(struct bytes *out, utf8proc_int32_t point)
{
    utf8proc_uint8_t raw[4];
    utf8proc_ssize_t length = utf8proc_encode_char(point, raw);
    bytes_put(out, raw, length > 0 ? (size_t)length : 0);
}

/* ---- TeX accents ---- */

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Replaces accents outside $…$. `{\'e}` loses its braces too. */
static void replace_accents(const char *text, size_t length, struct bytes *out)
{
    bool math = false;
    for (size_t at = 0; at < length;) {
        bool braced = text[at] == '{' && at + 1 < length && text[at + 1] == '\\';
        size_t start = at + braced, used = 0, mark = out->length;
        math ^= text[at] == '$' && (at == 0 || text[at - 1] != '\\');
        if (!math && text[start] == '\\')
            used = tex_letters_read(text + start, length - start, out);
        if (used && braced && (start + used >= length || text[start + used] != '}')) {
            out->length = mark; /* the group holds more: leave its brace */
            used = 0;
        }
        if (used) {
            at = start + used + braced;
        } else {
            size_t width = text[at] == '\\' && at + 1 < length && text[at + 1] == '\\' ? 2 : 1; /* "\\" breaks a line */
            bytes_put(out, text + at, width);
            at += width;
        }
    }
}

/* ---- normalising ---- */

static bool is_blank(utf8proc_int32_t point)
{
    return point <= 0x20 || point == 0x7F || (point >= 0x80 && point < 0xA0) || point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200B) || point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000 || point == 0xFEFF;
}

/* Whether a character is put in order among the marks of its letter. */
static bool is_mark(utf8proc_int32_t point)
{
    return point >= 0x300 && utf8proc_get_property(point)->combining_class != 0;
}

/* Valid UTF-8 with single blanks, and no more marks on one letter than MAX_MARKS; *ret_ascii tells whether it needs no composing. PITH_INPUT for NUL. */
static enum pith_status clean(const char *bytes, size_t length, struct bytes *out, bool *ret_ascii, struct pith_error *reterr)
{
    const utf8proc_uint8_t *raw = (const utf8proc_uint8_t *)bytes;
    bool ascii = true;
    size_t marks = 0;
    for (size_t at = 0; at < length;) {
        utf8proc_int32_t point = raw[at];
        size_t width = 1;
        if (point == 0)
            return pith_fail(reterr, PITH_INPUT, "the text holds a NUL byte");
        if (point >= 0x80) {
            utf8proc_ssize_t read = utf8proc_iterate(raw + at, (utf8proc_ssize_t)(length - at), &point);
            if (read > 0)
                width = (size_t)read;
            else /* a stray byte: Windows-1252 is what such files mostly are */
                point = raw[at] < 0xA0 ? (windows_1252[raw[at] - 0x80] ? windows_1252[raw[at] - 0x80] : 0xFFFD) : raw[at];
        }
        at += width;
        if (is_blank(point)) {
            marks = 0;
            if (out->length && out->data[out->length - 1] != ' ')
                bytes_put_u8(out, ' ');
            continue;
        }
        if (point < 0x80) {
            size_t start = at - 1;
            while (at < length && raw[at] > 0x20 && raw[at] < 0x7F) /* the rest of a word at once */
                at++;
            bytes_put(out, raw + start, at - start);
            marks = 0;
            continue;
        }
        ascii = false;
        marks = is_mark(point) ? marks + 1 : 0;
        if (marks <= MAX_MARKS) /* ordering a run of marks takes the square of its length */
            put_point(out, point);
    }
    if (out->length && out->data[out->length - 1] == ' ')
        out->length--;
    *ret_ascii = ascii;
    return bytes_done(out, reterr);
}

/* Whether valid UTF-8 holds only characters that stay as they are in NFC whatever their neighbours: ASCII, U+0080 to U+02FF, Greek
 * letters, the usual punctuation, arrows and operators. Says no when it does not know. */
static bool is_composed(const struct bytes *text)
{
    const unsigned char *at = text->data, *end = at + text->length;
    while (at < end) {
        size_t left = (size_t)(end - at);
        if (at[0] < 0x80)
            at++;
        else if (left >= 2 && (at[0] <= 0xCB || (at[0] == 0xCE && at[1] >= 0x91) || (at[0] == 0xCF && at[1] <= 0x8E)))
            at += 2;
        else if (left >= 3 && at[0] == 0xE2 && ((at[1] == 0x80 && at[2] >= 0x82) || (at[1] >= 0x86 && at[1] <= 0x8B)))
            at += 3;
        else
            return false;
    }
    return true;
}

static enum pith_status finish(const struct bytes *text, bool ascii, char **ret_text, size_t *ret_length, struct pith_error *reterr)
{
    char *done;
    if (ascii || is_composed(text)) {
        done = strndup(text->length ? (const char *)text->data : "", text->length);
    } else {
        utf8proc_uint8_t *composed = NULL;
        utf8proc_ssize_t length = utf8proc_map(text->data, (utf8proc_ssize_t)text->length, &composed,
                                               UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        done = length >= 0 ? (char *)composed : NULL;
    }
    if (!done)
        return pith_no_memory(reterr);
    *ret_text = done;
    if (ret_length)
        *ret_length = strlen(done);
    return PITH_OK;
}

enum pith_status unicode_normalise(const char *bytes, size_t length, bool accented, char **ret_text, size_t *ret_length,
                                   struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes cleaned;
    PITH_AUTO(bytes_clear) struct bytes lettered;
    bytes_init(&cleaned, MAX_TEXT);
    bytes_init(&lettered, MAX_TEXT);
    bool ascii = true;
    enum pith_status status = clean(bytes, length, &cleaned, &ascii, reterr);
    if (status)
        return status;
    if (!accented || !cleaned.length || !memchr(cleaned.data, '\\', cleaned.length))
        return finish(&cleaned, ascii, ret_text, ret_length, reterr);
    replace_accents((const char *)cleaned.data, cleaned.length, &lettered);
    status = bytes_done(&lettered, reterr);
    return status ? status : finish(&lettered, false, ret_text, ret_length, reterr);
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text & 0x80)
            return false;
    return true;
}

static enum pith_status fold_ascii(const char *text, char **ret_folded, struct pith_error *reterr)
{
    char *folded = pith_calloc(strlen(text) + 1, 1), *out = folded;
    if (!folded)
        return pith_no_memory(reterr);
    for (; *text; text++) {
        if (is_letter(*text))
            *out++ = (char)(*text | 0x20);
        else if (*text >= '0' && *text <= '9')
            *out++ = *text;
    }
    *ret_folded = folded;
    return PITH_OK;
}

enum pith_status unicode_fold(const char *text, char **ret_folded, struct pith_error *reterr)
{
    if (is_ascii(text))
        return fold_ascii(text, ret_folded, reterr);
    PITH_AUTO(pith_free_p) utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, 0, &mapped,
                                           UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                                               UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    if (length < 0)
        return pith_fail(reterr, length == UTF8PROC_ERROR_NOMEM ? PITH_NOMEM : PITH_INPUT, "a text is not UTF-8");
    char *folded = pith_calloc((size_t)length + 1, 1), *out = folded;
    if (!folded)
        return pith_no_memory(reterr);
    for (utf8proc_ssize_t at = 0; at < length;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t width = utf8proc_iterate(mapped + at, length - at, &point);
        if (width <= 0)
            break;
        utf8proc_category_t category = utf8proc_category(point);
        if ((category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
            (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)) {
            memcpy(out, mapped + at, (size_t)width);
            out += width;
        }
        at += width;
    }
    *ret_folded = folded;
    return PITH_OK;
}

size_t unicode_characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* ---- marks of direction ---- */

/* The code point of a mark at `text`, all of three bytes that begin with E2; 0 for none. */
static unsigned direction_at(const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] != 0xE2 || !byte[1] || !byte[2])
        return 0;
    unsigned code = 0x2000U | (byte[1] & 0x3FU) << 6 | (byte[2] & 0x3FU);
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ? code : 0;
}

enum pith_status text_mark_directions(char **text, bool json, struct pith_error *reterr)
{
    enum { MARK = 8 };
    size_t marks = 0;
    for (const char *at = *text; *at; at++)
        marks += direction_at(at) != 0;
    if (!marks)
        return PITH_OK;
    char *marked = pith_calloc(strlen(*text) + marks * MARK + 1, 1), *to = marked;
    if (!marked)
        return pith_no_memory(reterr);
    for (const char *at = *text; *at; at++) {
        unsigned code = direction_at(at);
        if (!code) {
            *to++ = *at;
            continue;
        }
        to += sprintf(to, json ? "\\u%04x" : "<U+%04X>", code);
        at += 2;
    }
    free(*text);
    *text = marked;
    return PITH_OK;
}
