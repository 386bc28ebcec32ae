#include "engine/sources/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { BEGINNING = 1 << 16, DECLARED = 2048 };

/* ---- converting ---- */

/* Names that files use and iconv does not know. */
static const char *known_name(const char *name)
{
    static const char *const others[][2] = {
        {"cp1252", "WINDOWS-1252"},  {"cp1250", "WINDOWS-1250"}, {"cp1251", "WINDOWS-1251"},    {"ansi", "WINDOWS-1252"},
        {"ansinew", "WINDOWS-1252"}, {"latin-1", "ISO-8859-1"},  {"latin-2", "ISO-8859-2"},     {"latin-9", "ISO-8859-15"},
        {"applemac", "MACINTOSH"},   {"macroman", "MACINTOSH"},  {"macosroman", "MACINTOSH"},   {"x-mac-roman", "MACINTOSH"},
        {"x-sjis", "SHIFT_JIS"},     {"utf8", "UTF-8"},          {"utf-8-unix", "UTF-8"},       {"utf-8-dos", "UTF-8"},
        {"ks_c_5601-1987", "CP949"}, {"gb2312", "GB18030"},      {"iso-8859-1", "WINDOWS-1252"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcasecmp(name, others[i][0]) == 0)
            return others[i][1];
    return name;
}

static void close_converter(iconv_t *converter)
{
    if (*converter != (iconv_t)-1)
        iconv_close(*converter);
}

bool charset_put(const char *name, const char *bytes, size_t length, struct bytes *out)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    PITH_AUTO(close_converter) iconv_t converter = iconv_open("UTF-8", known_name(name));
    if (converter == (iconv_t)-1)
        return false;
    char *at = (char *)(uintptr_t)bytes; /* iconv reads it alone */
    while (length && !out->failed) {
        char piece[4096], *into = piece;
        size_t room = sizeof piece;
        size_t done = iconv(converter, &at, &length, &into, &room);
        bytes_put(out, piece, (size_t)(into - piece));
        if (done == (size_t)-1 && errno != E2BIG && length) {
            bytes_put(out, unknown, sizeof unknown - 1);
            at++;
            length--;
        }
    }
    return true;
}

/* ---- looking ---- */

static void set_name(struct charset *charset, const char *name, size_t length)
{
    length = length < sizeof charset->name ? length : sizeof charset->name - 1;
    memcpy(charset->name, name, length);
    charset->name[length] = '\0';
}

/* UTF-16, by its mark or by the NULs beside ASCII. */
static bool look_wide(const char *bytes, size_t length, struct charset *charset)
{
    size_t even = 0, odd = 0, most = length < 512 ? length & ~(size_t)1 : 512;
    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        set_name(charset, bytes[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE", 8);
        charset->skip = 2;
        return true;
    }
    for (size_t i = 0; i < most; i++) {
        even += i % 2 == 0 && !bytes[i];
        odd += i % 2 == 1 && !bytes[i];
    }
    if (most < 8 || (even > most / 20 && odd > most / 20) || (even < most / 4 && odd < most / 4))
        return false;
    set_name(charset, even > odd ? "UTF-16BE" : "UTF-16LE", 8);
    return true;
}

/* BibDesk tells its own in words: "string encoding Unicode (UTF-8)", "Western (Mac OS Roman)". */
static void read_in_words(const char *at, const char *end, struct charset *charset)
{
    static const char *const words[][2] = {{"(UTF-8)", "UTF-8"},
                                           {"(Mac OS Roman)", "MACINTOSH"},
                                           {"(ISO Latin 1)", "WINDOWS-1252"},
                                           {"(Windows Latin 1)", "WINDOWS-1252"},
                                           {"(ISO Latin 2)", "ISO-8859-2"},
                                           {"(Windows Latin 2)", "WINDOWS-1250"},
                                           {"(Windows, DOS)", "GB18030"},
                                           {"(Shift JIS)", "SHIFT_JIS"},
                                           {"(ASCII)", "WINDOWS-1252"}};
    at += at < end && *at == ' ';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((size_t)(end - at) >= strlen(words[i][0]) && memcmp(at, words[i][0], strlen(words[i][0])) == 0)
            set_name(charset, words[i][1], strlen(words[i][1]));
}

/* Whether ASCII is itself in this set: else a declaration in ASCII cannot be right ("Unicode", UTF-16, EBCDIC). */
static bool holds_ascii(const char *name)
{
    static const char sample[] = "@Az09{}<>=\"&\n";
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, 64);
    bool same = charset_put(name, sample, sizeof sample - 1, &out) && out.length == sizeof sample - 1 && !out.failed;
    return same && memcmp(out.data, sample, sizeof sample - 1) == 0;
}

/* The name behind a word that announces one: Encoding: Cp1252, encoding="koi8-r", charset=…, coding: latin-1. */
static void look_declared(const char *bytes, size_t length, struct charset *charset)
{
    static const char *const words[] = {"encoding", "charset", "coding"};
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *end = bytes + (length < DECLARED ? length : DECLARED);
    for (const char *at = bytes; at < end; at++) {
        if ((*at | 0x20) != 'e' && (*at | 0x20) != 'c')
            continue;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            size_t size = strlen(words[i]), name = 0;
            if ((size_t)(end - at) < size || strncasecmp(at, words[i], size) != 0)
                continue;
            const char *value = at + size;
            while (value < end && memchr(" :=\"'", *value, 5))
                value++;
            while (value + name < end && strchr(alphabet, value[name]) && value[name])
                name++;
            if (value > at + size && name > 2) {
                set_name(charset, value, name);
                read_in_words(value + name, end, charset);
                return;
            }
        }
    }
}

/* Whether bytes are UTF-8, as far as they go. */
static bool is_utf8(const char *bytes, size_t length)
{
    size_t more = 0;
    for (size_t at = 0; at < length; at++) {
        unsigned char byte = (unsigned char)bytes[at];
        if (more ? (byte & 0xC0) != 0x80 : (byte >= 0x80 && byte < 0xC2) || byte > 0xF4)
            return false;
        more = more ? more - 1 : byte < 0x80 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    }
    return true;
}

bool charset_look(const char *bytes, size_t length, struct charset *ret_charset)
{
    size_t beginning = length < BEGINNING ? length : BEGINNING;
    *ret_charset = (struct charset){0};
    if (look_wide(bytes, length, ret_charset))
        return true;
    ret_charset->cr = beginning && !memchr(bytes, '\n', beginning) && memchr(bytes, '\r', beginning);
    look_declared(bytes, length, ret_charset);
    if (strncasecmp(known_name(ret_charset->name), "UTF-8", 5) == 0 ||
        (*ret_charset->name && (is_utf8(bytes, length) || !holds_ascii(ret_charset->name))))
        ret_charset->name[0] = '\0';
    return ret_charset->cr || *ret_charset->name;
}
