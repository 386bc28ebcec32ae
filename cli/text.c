#include "cli/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* The bytes of the character at `text` and its code. */
static size_t decode(const char *text, uint32_t *ret_code)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0xC0 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    uint32_t code = length == 1 ? byte[0] : byte[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xC0) != 0x80) {
            *ret_code = byte[0];
            return 1;
        }
        code = code << 6 | (byte[i] & 0x3FU);
    }
    *ret_code = code;
    return length;
}

/* What turns the direction of what follows. */
static bool turns(uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

/* C0, DEL and C1: what could move the cursor or name a window. And what ends a line or a paragraph. */
static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

/* The nearest that ASCII has. */
static void spell_ascii(uint32_t code, char shown[16])
{
    static const char letters[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty" /* from U+00C0 */
                                  "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL" /* to U+017F */
                                  "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
    static const struct {
        uint32_t first, last;
        const char *text;
    } marks[] = {{0x2010, 0x2015, "-"}, {0x2212, 0x2212, "-"},   {0x2018, 0x201B, "'"}, {0x201C, 0x201F, "\""},
                 {0xAB, 0xAB, "\""},    {0xBB, 0xBB, "\""},      {0xB7, 0xB7, "-"},     {0x2022, 0x2022, "*"},
                 {0xA0, 0xA0, " "},     {0x2026, 0x2026, "..."}, {0x2502, 0x2502, "|"}, {0x2500, 0x2500, "-"}};
    strcpy(shown, "?");
    if (code >= 0xC0 && code < 0x180)
        shown[0] = letters[code - 0xC0];
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (code >= marks[i].first && code <= marks[i].last)
            strcpy(shown, marks[i].text);
}

/* A mark that stands on the letter before it. */
static bool is_combining(uint32_t code)
{
    return code >= 0x300 && code < 0x370;
}

void text_next(const char *text, bool ascii, struct text_part *ret_part)
{
    uint32_t code;
    struct text_part part = {.length = decode(text, &code)};
    int columns = 1;
    if (is_control(code)) {
        part.shown[0] = ' ';
    } else if (turns(code)) {
        snprintf(part.shown, sizeof part.shown, "<U+%04X>", (unsigned)code);
        columns = (int)strlen(part.shown);
    } else if (ascii && code >= 0x80) {
        if (!is_combining(code))
            spell_ascii(code, part.shown);
        columns = (int)strlen(part.shown);
    } else {
        memcpy(part.shown, text, part.length);
        columns = code < 0x80 ? 1 : wcwidth((wchar_t)code);
    }
    part.columns = columns < 0 ? 1 : (size_t)columns;
    *ret_part = part;
}

size_t text_columns(const char *text, bool ascii)
{
    struct text_part part;
    size_t all = 0;
    for (; *text; text += part.length) {
        text_next(text, ascii, &part);
        all += part.columns;
    }
    return all;
}

size_t text_fitting(const char *text, size_t columns, bool ascii)
{
    struct text_part part;
    size_t used = 0, at = 0;
    for (; text[at]; at += part.length) {
        text_next(text + at, ascii, &part);
        if (used + part.columns > columns)
            break;
        used += part.columns;
    }
    return at;
}
