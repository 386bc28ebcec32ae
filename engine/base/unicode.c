#include "engine/base/unicode.h"

#include "engine/base/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { MAX_TEXT = 64 << 20 };

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

struct accent {
    char command;
    uint16_t mark; /* combining */
};
static const struct accent accents[] = {{'`', 0x0300}, {'\'', 0x0301}, {'^', 0x0302}, {'~', 0x0303}, {'=', 0x0304},
                                        {'u', 0x0306}, {'.', 0x0307},  {'"', 0x0308}, {'r', 0x030A}, {'H', 0x030B},
                                        {'v', 0x030C}, {'d', 0x0323},  {'c', 0x0327}, {'k', 0x0328}, {'b', 0x0331}};

struct mail_format {
    const char *command, *text;
};
static const struct mail_format letters[] = {{"ss", "ß"}, {"ae", "æ"}, {"AE", "Æ"}, {"oe", "œ"}, {"OE", "Œ"},
                                             {"aa", "å"}, {"AA", "Å"}, {"o", "ø"},  {"O", "Ø"},  {"l", "ł"},
                                             {"L", "Ł"},  {"i", "ı"},  {"j", "ȷ"}};

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* An accent and its letter at text (after the backslash): \'e \'{e} \v{s} \H o \"{\i}. Returns the bytes used, 0 for none. */
static size_t read_accent(const char *text, size_t length, struct bytes *out)
{
    uint16_t mark = 0;
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        if (length && accents[i].command == text[0])
            mark = accents[i].mark;
    if (!mark)
        return 0;
    size_t at = 1;
    bool wordy = is_letter(text[0]), braced = false;
    if (wordy && (at >= length || (text[at] != '{' && text[at] != ' ')))
        return 0; /* \vs is a macro, \v s an accent */
    while (at < length && text[at] == ' ')
        at++;
    if (at < length && text[at] == '{') {
        braced = true;
        at++;
    }
    if (at + 1 < length && text[at] == '\\' && (text[at + 1] == 'i' || text[at + 1] == 'j'))
        at++;
    if (at >= length || !is_letter(text[at]) || (braced && (at + 1 >= length || text[at + 1] != '}')))
        return 0;
    bytes_put_u8(out, (uint8_t)text[at]);
    put_point(out, mark);
    return at + 1 + braced;
}

/* A letter of its own: \ss \o \L. A blank after it belongs to it. */
static size_t read_letter(const char *text, size_t length, struct bytes *out)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        size_t size = strlen(letters[i].command);
        if (size > length || memcmp(text, letters[i].command, size) != 0 || (size < length && is_letter(text[size])))
            continue;
        bytes_put(out, letters[i].text, strlen(letters[i].text));
        if (size < length && text[size] == ' ')
            return size + 1;
        return size + 2 <= length && text[size] == '{' && text[size + 1] == '}' ? size + 2 : size;
    }
    return 0;
}

/* Replaces accents outside $…$. `{\'e}` loses its braces too. */
static void replace_accents(const char *text, size_t length, struct bytes *out)
{
    bool math = false;
    for (size_t at = 0; at < length;) {
        bool braced = text[at] == '{' && at + 1 < length && text[at + 1] == '\\';
        size_t start = at + braced, used = 0, mark = out->length;
        math ^= text[at] == '$' && (at == 0 || text[at - 1] != '\\');
        if (!math && text[start] == '\\') {
            used = read_accent(text + start + 1, length - start - 1, out);
            if (!used)
                used = read_letter(text + start + 1, length - start - 1, out);
        }
        if (used && braced && (start + 1 + used >= length || text[start + 1 + used] != '}')) {
            out->length = mark; /* the group holds more: leave its brace */
            used = 0;
        }
        if (used) {
            at = start + 1 + used + braced;
        } else {
            bytes_put_u8(out, (uint8_t)text[at]);
            at++;
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

/* Valid UTF-8 with single blanks; *ret_ascii tells whether it needs no composing. PITH_INPUT for NUL. */
static enum pith_status clean(const char *bytes, size_t length, struct bytes *out, bool *ret_ascii, struct pith_error *reterr)
{
    const utf8proc_uint8_t *raw = (const utf8proc_uint8_t *)bytes;
    bool ascii = true;
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
            if (out->length && out->data[out->length - 1] != ' ')
                bytes_put_u8(out, ' ');
            continue;
        }
        if (point < 0x80) {
            bytes_put_u8(out, (uint8_t)point);
            continue;
        }
        ascii = false;
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
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a text");
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
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a text");
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
        return pith_fail(reterr, PITH_NOMEM, "out of memory for a text");
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
