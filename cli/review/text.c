#include "cli/review/text.h"

#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The longest that one byte of UTF-8 becomes elsewhere: U+FDFA, of three bytes, is written in 18 letters. */
enum { MOST_LINES = 100000, LONGER = 8, CHARSET = 64 };

/* ---- charsets ---- */

/* Control characters taken out, by the function that the other commands print with. */
static char *clean(const char *utf8)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    if (!to)
        return NULL;
    terminal_text(to, utf8);
    if (fclose(to) == 0)
        return text;
    free(text);
    return NULL;
}

/* The bytes of a character of UTF-8, or of what is none. */
static size_t character_bytes(const char *at)
{
    size_t length = 1;
    while (((unsigned char)at[length] & 0xC0) == 0x80)
        length++;
    return length;
}

/* `left` bytes at `from` to `at`, where there is room for LONGER times as many. A character that the charset does not have and that
 * cannot be written in others becomes "?". Returns the end. */
static char *transcribe(iconv_t charset, char *from, size_t left, char *at)
{
    size_t room = left * LONGER;
    while (left > 0 && iconv(charset, &from, &left, &at, &room) == (size_t)-1) {
        if (errno == E2BIG)
            break;
        size_t bad = character_bytes(from);
        bad = bad < left ? bad : left;
        from += bad;
        left -= bad;
        *at++ = '?';
        room--;
    }
    return at;
}

/* UTF-8 in the locale's charset; takes `text` over. */
static char *in_charset(char *text)
{
    char name[CHARSET];
    const char *charset = nl_langinfo(CODESET);
    if (!text || strcmp(charset, "UTF-8") == 0)
        return text;
    size_t length = strlen(text);
    char *written = malloc(length * LONGER + 1);
    snprintf(name, sizeof name, "%s//TRANSLIT", charset);
    iconv_t to = iconv_open(name, "UTF-8");
    if (written && to != (iconv_t)-1) {
        *transcribe(to, text, length, written) = '\0';
    } else if (written) {
        for (size_t i = 0; i <= length; i++)
            written[i] = (char)((unsigned char)text[i] < 0x80 ? text[i] : '?');
    }
    if (to != (iconv_t)-1)
        iconv_close(to);
    free(text);
    return written;
}

wchar_t *text_wide(const char *utf8)
{
    PITH_AUTO(pith_free_p) char *bytes = in_charset(clean(utf8));
    size_t left = bytes ? strlen(bytes) : 0, count = 0;
    wchar_t *words = bytes ? pith_calloc(left + 1, sizeof *words) : NULL;
    mbstate_t state = {0};
    for (const char *at = bytes; words && left > 0;) {
        wchar_t character;
        size_t length = mbrtowc(&character, at, left, &state);
        if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
            state = (mbstate_t){0};
            character = L'?';
            length = 1;
        }
        words[count++] = wcwidth(character) < 0 ? L'?' : character;
        at += length;
        left -= length;
    }
    return words;
}

char *text_utf8(const wchar_t *typed)
{
    size_t left = wcslen(typed) * sizeof *typed, room = wcslen(typed) * 4;
    char *utf8 = pith_calloc(room + 1, 1), *at = utf8, *from = (char *)(uintptr_t)typed; /* iconv reads it alone */
    iconv_t to = iconv_open("UTF-8", "WCHAR_T");
    if (utf8 && to != (iconv_t)-1)
        iconv(to, &from, &left, &at, &room);
    if (to != (iconv_t)-1)
        iconv_close(to);
    return utf8;
}

/* ---- lines ---- */

static size_t columns_of(wchar_t character)
{
    int columns = wcwidth(character);
    return columns < 0 ? 1 : (size_t)columns;
}

size_t text_fit(const wchar_t *words, size_t columns, size_t *ret_columns)
{
    size_t count = 0, used = 0;
    while (words[count] && used + columns_of(words[count]) <= columns)
        used += columns_of(words[count++]);
    *ret_columns = used;
    return count;
}

void text_start(struct text *text, size_t width)
{
    *text = (struct text){.width = width > 0 ? width : 1};
}

void text_clear(struct text *text)
{
    for (size_t i = 0; i < text->count; i++)
        free(text->line[i].words);
    free(text->line);
    *text = (struct text){0};
}

static void put_line(struct text *text, enum terminal_style style, size_t indent, const wchar_t *words, size_t count)
{
    if (!text->failed)
        text->failed = pith_grow(&text->line, &text->cap, text->count + 1, sizeof *text->line, MOST_LINES, NULL);
    wchar_t *line = text->failed ? NULL : pith_calloc(indent + count + 1, sizeof *line);
    text->failed = !line;
    if (!line)
        return;
    wmemset(line, L' ', indent);
    wmemcpy(line + indent, words, count);
    text->line[text->count++] = (struct text_line){.style = style, .words = line};
}

/* Where a line of `columns` ends: after the last word that fits, or within a word that is wider than it. */
static size_t line_end(const wchar_t *words, size_t columns)
{
    size_t used, count = text_fit(words, columns, &used), end = count;
    if (!words[count])
        return count;
    while (end > 0 && words[end] != L' ')
        end--;
    return end > 0 ? end : count > 0 ? count : 1;
}

void text_put(struct text *text, enum terminal_style style, size_t indent, const char *format, ...)
{
    PITH_AUTO(pith_free_p) char *utf8 = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&utf8, format, arguments);
    va_end(arguments);
    if (length < 0)
        utf8 = NULL; /* it is undefined then */
    PITH_AUTO(pith_free_p) wchar_t *words = utf8 ? text_wide(utf8) : NULL;
    if (!words) {
        text->failed = true;
        return;
    }
    indent = indent * 2 < text->width ? indent : 0;
    size_t before = 0;
    for (const wchar_t *at = words; *at; before = indent) {
        size_t count = line_end(at, text->width - before);
        put_line(text, style, before, at, count);
        for (at += count; *at == L' ';)
            at++;
    }
}

void text_blank(struct text *text)
{
    put_line(text, STYLE_PLAIN, 0, L"", 0);
}
