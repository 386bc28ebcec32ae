#include "engine/sources/markup.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_NAME = 32 };

static void put_point(struct bytes *out, unsigned point)
{
    if (point < 0x80) {
        bytes_put_u8(out, (uint8_t)point);
    } else if (point < 0x800) {
        bytes_put_u8(out, (uint8_t)(0xC0 | point >> 6));
        bytes_put_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        bytes_put_u8(out, (uint8_t)(0xE0 | point >> 12));
        bytes_put_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        bytes_put_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    } else {
        bytes_put_u8(out, (uint8_t)(0xF0 | point >> 18));
        bytes_put_u8(out, (uint8_t)(0x80 | (point >> 12 & 0x3F)));
        bytes_put_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        bytes_put_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    }
}

static bool is_xml_name(const char *name)
{
    static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A character that text may hold; 0 for none. */
static unsigned read_number(const char *digits)
{
    char *end;
    bool hexadecimal = *digits == 'x' || *digits == 'X';
    if (hexadecimal)
        digits++;
    unsigned long point = strtoul(digits, &end, hexadecimal ? 16 : 10);
    bool good = end != digits && !*end && point >= 0x20 && point < 0x110000 && !(point >= 0xD800 && point < 0xE000) &&
                (point & 0xFFFE) != 0xFFFE;
    return good || (end != digits && !*end && (point == 9 || point == 10 || point == 13)) ? (unsigned)point : 0;
}

/* "&name;" at text: its length with both marks and the name alone; 0 when it is none. */
static size_t read_reference(const char *text, size_t length, char name[MAX_NAME])
{
    size_t size = 1;
    while (size < length && size < MAX_NAME && text[size] != ';' && !memchr(" &<>\"", text[size], 5))
        size++;
    if (size < 2 || size >= length || size >= MAX_NAME || text[size] != ';')
        return 0;
    memcpy(name, text + 1, size - 1);
    name[size - 1] = '\0';
    return size + 1;
}

/* The character that a name stands for in XML or HTML, or a number; 0 for none. */
static unsigned read_point(const char *name)
{
    if (*name == '#')
        return name[1] == '-' || name[1] == '+' || name[1] == ' ' ? 0 : read_number(name + 1);
    if (strcmp(name, "apos") == 0)
        return '\'';
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    return entity ? entity->value : 0;
}

size_t markup_put_reference(struct bytes *out, const char *text, size_t length)
{
    char name[MAX_NAME];
    size_t size = read_reference(text, length, name);
    unsigned point = size ? read_point(name) : 0;
    if (!point) {
        bytes_put(out, "&amp;", 5);
        return 1;
    }
    if (*name == '#' || is_xml_name(name))
        bytes_put(out, text, size);
    else
        put_point(out, point);
    return size;
}

enum pith_status markup_decode(const char *text, size_t length, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, length + 1); /* a character is never longer than its reference */
    for (size_t at = 0; at < length;) {
        char name[MAX_NAME];
        size_t size = text[at] == '&' ? read_reference(text + at, length - at, name) : 0;
        unsigned point = size ? read_point(name) : 0;
        if (point)
            put_point(&out, point);
        else
            bytes_put_u8(&out, (uint8_t)text[at]);
        at += point ? size : 1;
    }
    bytes_put_u8(&out, 0);
    enum pith_status status = bytes_done(&out, reterr);
    if (!status) {
        *ret_text = (char *)out.data;
        out.data = NULL;
    }
    return status;
}

/* The length of a tag of type at text[0] == '<'; 0 for anything else. */
static size_t type_tag(const char *text)
{
    static const char *const names[] = {"i", "b",  "em",     "strong", "sub",   "sup", "span", "p",     "br",   "scp", "sc",
                                        "u", "tt", "italic", "bold",   "title", "sec", "div",  "jats:", "mml:", "inf"};
    const char *name = text + 1 + (text[1] == '/'), *end = strchr(text, '>');
    if (!end || end - text > 400)
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(name, names[i], length) == 0 && (names[i][length - 1] == ':' || memchr(" />", name[length], 3)))
            return (size_t)(end + 1 - text);
    }
    return 0;
}

void markup_strip_tags(char *text)
{
    char *out = text;
    for (const char *at = text; *at;) {
        size_t size = *at == '<' ? type_tag(at) : 0;
        at += size;
        if (!size)
            *out++ = *at++;
    }
    *out = '\0';
}
