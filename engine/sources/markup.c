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

size_t markup_put_character(struct bytes *out, const char *text, size_t length)
{
    char name[MAX_NAME];
    size_t size = read_reference(text, length, name);
    unsigned point = size ? read_point(name) : 0;
    if (point)
        put_point(out, point);
    return point ? size : 0;
}

enum pith_status markup_decode(const char *text, size_t length, char **ret_text, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes out;
    bytes_init(&out, length + 1); /* a character is never longer than its reference */
    for (size_t at = 0; at < length;) {
        const char *mark = memchr(text + at, '&', length - at);
        size_t run = mark ? (size_t)(mark - text) - at : length - at;
        bytes_put(&out, text + at, run);
        at += run;
        size_t size = at < length && text[at] == '&' ? markup_put_character(&out, text + at, length - at) : 0;
        if (!size && at < length)
            bytes_put_u8(&out, (uint8_t)text[at]);
        at += size ? size : at < length;
    }
    bytes_put_u8(&out, 0);
    enum pith_status status = bytes_done(&out, reterr);
    if (!status) {
        *ret_text = (char *)out.data;
        out.data = NULL;
    }
    return status;
}

/* ---- tags ---- */

enum { MAX_TAG = 400, MAX_HIDDEN = 1000 };

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_' || byte == ':' || byte == '.';
}

/* Behind the attributes, name="value" or name=value, a '/' and the '>' of a tag; NULL when it is none: "a <b and c> d" is text. */
static const char *skip_attributes(const char *at, const char *end)
{
    while (at < end) {
        while (at < end && memchr(" \t\r\n/", *at, 5))
            at++;
        if (at == end)
            return NULL;
        if (*at == '>')
            return at + 1;
        const char *name = at;
        while (at < end && is_name(*at))
            at++;
        if (at == name || at == end || *at != '=')
            return NULL;
        at++;
        char quote = at < end && (*at == '"' || *at == '\'') ? *at++ : 0;
        while (at < end && (quote ? *at != quote : !memchr(" \t\r\n>", *at, 5)))
            at++;
        at += quote && at < end;
    }
    return NULL;
}

/* What becomes of the tags of type, by local name. */
static const struct {
    const char *name;
    bool blank; /* it divides words */
} tags[] = {{"i", false},
            {"b", false},
            {"em", false},
            {"strong", false},
            {"sub", false},
            {"sup", false},
            {"span", false},
            {"p", true},
            {"br", true},
            {"scp", false},
            {"sc", false},
            {"u", false},
            {"s", false},
            {"tt", false},
            {"italic", false},
            {"bold", false},
            {"roman", false},
            {"title", true},
            {"sec", true},
            {"div", true},
            {"inf", false},
            {"li", true},
            {"ul", true},
            {"ol", true},
            {"small", false},
            {"big", false},
            {"a", false},
            {"font", false},
            {"code", false},
            {"cite", false},
            {"q", false},
            {"strike", false},
            {"underline", false},
            {"label", true},
            {"h1", true},
            {"h2", true},
            {"h3", true},
            {"h4", true},
            {"hr", true},
            {"img", true},
            {"table", true},
            {"tr", true},
            {"td", true},
            {"th", true},
            {"tbody", true},
            {"blockquote", true},
            {"article-title", true},
            {"list", true},
            {"list-item", true},
            {"xref", false},
            {"ext-link", false},
            {"styled-content", false},
            {"monospace", false},
            {"sans-serif", false},
            {"overline", false},
            {"inline-formula", false},
            {"disp-formula", true},
            {"alternatives", false},
            {"named-content", false},
            {"body", true},
            {"html", true},
            {"abstract", true},
            {"nobr", false},
            {"wbr", false},
            {"dl", true},
            {"dt", true},
            {"dd", true},
            {"pre", true},
            {"section", true},
            {"abbr", false},
            {"mark", false},
            {"var", false}};

/* A tag of type at text[0] == '<': its length, and whether it divides words; 0 for anything else. */
static size_t type_tag(const char *text, size_t length, bool *ret_blank)
{
    size_t at = length > 1 && text[1] == '/' ? 2 : 1, size = 0;
    const char *name = text + at, *end = text + (length < MAX_TAG ? length : MAX_TAG);
    bool known = false, mathematics = false;
    while (name + size < end && is_name(name[size]) && name[size] != '.')
        size++;
    const char *colon = size ? memrchr(name, ':', size) : NULL;
    if (colon) { /* jats:p, mml:mi */
        mathematics = strncasecmp(name, "mml:", 4) == 0 || strncasecmp(name, "m:", 2) == 0;
        size -= (size_t)(colon + 1 - name);
        name = colon + 1;
    }
    *ret_blank = false;
    for (size_t i = 0; i < sizeof tags / sizeof *tags && !known; i++) {
        known = strlen(tags[i].name) == size && strncasecmp(name, tags[i].name, size) == 0;
        *ret_blank = known && tags[i].blank;
    }
    mathematics |= size == 4 && strncasecmp(name, "math", 4) == 0;
    const char *after = known || mathematics ? skip_attributes(name + size, end) : NULL;
    return after ? (size_t)(after - text) : 0;
}

/* Elements whose content is no text: a formula said again in TeX. */
static size_t hidden_element(const char *text, const char *end)
{
    static const char *const names[][2] = {{"<!--", "-->"},
                                           {"<jats:tex-math", "</jats:tex-math>"},
                                           {"<tex-math", "</tex-math>"},
                                           {"<mml:annotation", "</mml:annotation>"},
                                           {"<annotation", "</annotation>"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size = strlen(names[i][0]);
        if ((size_t)(end - text) < size || strncasecmp(text, names[i][0], size) != 0)
            continue;
        const char *limit = end - text > MAX_HIDDEN ? text + MAX_HIDDEN : end;
        const char *close = memmem(text, (size_t)(limit - text), names[i][1], strlen(names[i][1]));
        return close ? (size_t)(close - text) + strlen(names[i][1]) : 0;
    }
    return 0;
}

void markup_strip_tags(char *text)
{
    const char *at = text, *end = text + strlen(text);
    char *out = text;
    while (at < end) {
        bool blank = false;
        size_t size = *at == '<' ? type_tag(at, (size_t)(end - at), &blank) : 0;
        if (*at == '<' && !size)
            size = hidden_element(at, end);
        at += size;
        if (!size)
            *out++ = *at++;
        else if (blank)
            *out++ = ' ';
    }
    *out = '\0';
}

enum pith_status markup_plain(const char *text, size_t length, char **ret_text, struct pith_error *reterr)
{
    enum { ROUNDS = 3 }; /* "&amp;lt;i&amp;gt;": what was escaped twice on its way */
    char *plain = strndup(text, length);
    for (int round = 0; plain && round < ROUNDS; round++) {
        if (strchr(plain, '<'))
            markup_strip_tags(plain);
        const char *reference = strchr(plain, '&');
        if (!reference || !strchr(reference, ';'))
            break;
        char *decoded = NULL;
        enum pith_status status = markup_decode(plain, strlen(plain), &decoded, reterr);
        free(plain);
        if (status)
            return status;
        plain = decoded;
    }
    if (!plain)
        return pith_no_memory(reterr);
    if (strchr(plain, '<'))
        markup_strip_tags(plain);
    *ret_text = plain;
    return PITH_OK;
}
