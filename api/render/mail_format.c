#include "api/render/mail_format.h"

#include <stdbool.h>
#include <string.h>

enum { LINE = 76, WORD = 75 /* characters of an encoded word */ };

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define ATOM LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~"

static const char digits[] = "0123456789ABCDEF";

/* ---- headers ---- */

static bool is_plain(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < ' ' || *at > '~')
            return false;
    return !strstr(text, "=?");
}

/* Bytes of the character that begins there. */
static size_t character(const char *at)
{
    size_t length = 1;
    while (((unsigned char)at[length] & 0xc0) == 0x80)
        length++;
    return length;
}

static bool stays(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Encoded words, each of whole characters, a line each; `column` characters stand on the first. Returns those on the last. */
static size_t put_encoded(FILE *to, const char *text, size_t column)
{
    static const char begin[] = "=?UTF-8?Q?";
    const size_t frame = sizeof begin - 1 + 2;
    bool open = false;
    size_t used = 0;
    while (*text) {
        size_t length = character(text), need = length == 1 && (stays(*text) || *text == ' ') ? 1 : 3 * length;
        if (open && (used + need > WORD || column + need + 2 > LINE)) {
            fputs("?=\r\n ", to);
            column = 1;
            open = false;
        }
        if (!open) {
            if (column + frame + need > LINE && column > 1) {
                fputs("\r\n ", to);
                column = 1;
            }
            fputs(begin, to);
            column += sizeof begin - 1;
            used = frame;
            open = true;
        }
        for (size_t i = 0; i < length; i++)
            if (need == 1)
                fputc(*text == ' ' ? '_' : *text, to);
            else
                fprintf(to, "=%c%c", digits[(unsigned char)text[i] >> 4], digits[text[i] & 15]);
        used += need;
        column += need;
        text += length;
    }
    if (open)
        fputs("?=", to);
    return column + 2;
}

/* Words with a fold where a line would be too long. */
static void put_folded(FILE *to, const char *text, size_t column)
{
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " "), length = strcspn(at + blanks, " ");
        if (blanks && length && column + blanks + length > LINE && column > 1) {
            fputs("\r\n", to);
            column = 0;
        }
        fwrite(at, 1, blanks + length, to);
        column += blanks + length;
        at += blanks + length;
    }
}

void mail_format_header(FILE *to, const char *name, const char *text)
{
    fprintf(to, "%s: ", name);
    if (is_plain(text))
        put_folded(to, text, strlen(name) + 2);
    else
        put_encoded(to, text, strlen(name) + 2);
    fputs("\r\n", to);
}

void mail_format_header_address(FILE *to, const char *name, const struct mail_format_address *address)
{
    size_t column = strlen(name) + 2;
    fprintf(to, "%s: ", name);
    if (!*address->name) {
        fprintf(to, "%s\r\n", address->address);
        return;
    }
    if (!is_plain(address->name)) {
        column = put_encoded(to, address->name, column);
    } else if (address->name[strspn(address->name, ATOM " ")]) {
        fputc('"', to);
        for (const char *at = address->name; *at; at++)
            fprintf(to, "%s%c", *at == '"' || *at == '\\' ? "\\" : "", *at);
        fputc('"', to);
        column += strlen(address->name) + 2;
    } else {
        fputs(address->name, to);
        column += strlen(address->name);
    }
    bool fits = column + strlen(address->address) + 3 <= LINE;
    fprintf(to, "%s <%s>\r\n", fits ? "" : "\r\n", address->address);
}

/* ---- addresses ---- */

/* Atoms with dots between them. */
static bool is_dotted(const char *text, size_t length, const char *letters)
{
    for (size_t at = 0; at <= length; at++) {
        size_t atom = strspn(text + at, letters);
        if (!atom || at + atom > length || (at + atom < length && text[at + atom] != '.'))
            return false;
        at += atom;
    }
    return true;
}

static bool is_address(const char *text, size_t length)
{
    const char *at = memchr(text, '@', length);
    size_t local = at ? (size_t)(at - text) : 0;
    return at && local <= 64 && length < LETTER_ADDRESS && is_dotted(text, local, ATOM) &&
           is_dotted(at + 1, length - local - 1, LETTERS DIGITS "-");
}

/* A name as it stands before an address, its quotes taken off. */
static bool read_name(const char *text, size_t length, char name[LETTER_NAME])
{
    size_t used = 0;
    bool quoted = length >= 2 && *text == '"' && text[length - 1] == '"';
    for (size_t i = quoted; i < length - quoted; i++) {
        if (quoted && text[i] == '\\' && i + 1 < length - quoted)
            i++;
        else if (quoted ? text[i] == '"' : strchr("\"\\()<>[]:;@,", text[i]) != NULL)
            return false;
        if (used + 1 >= LETTER_NAME)
            return false;
        name[used++] = text[i];
    }
    name[used] = '\0';
    return true;
}

/* Its length without blanks at the end. */
static size_t trimmed(const char *text, size_t length)
{
    while (length && text[length - 1] == ' ')
        length--;
    return length;
}

enum pith_status mail_format_read_address(const char *text, struct mail_format_address *ret_address, struct pith_error *reterr)
{
    struct mail_format_address read = {0};
    text += strspn(text, " ");
    size_t length = trimmed(text, strlen(text)), size = length;
    const char *address = text;
    bool good = length > 0;
    for (size_t i = 0; i < length; i++)
        good = good && (unsigned char)text[i] >= ' ' && text[i] != 0x7f;
    const char *open = good && text[length - 1] == '>' ? strrchr(text, '<') : NULL;
    if (open) {
        good = read_name(text, trimmed(text, (size_t)(open - text)), read.name);
        address = open + 1;
        size = (size_t)(text + length - 1 - address);
    }
    if (!good || !is_address(address, size))
        return pith_fail(reterr, PITH_INPUT, "that is to be one address, as ann@example.org or Ann Lee <ann@example.org>");
    memcpy(read.address, address, size);
    *ret_address = read;
    return PITH_OK;
}

/* ---- bodies ---- */

void mail_format_body(FILE *to, const char *text)
{
    size_t column = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '\n') {
            fputs("\r\n", to);
            column = 0;
            continue;
        }
        bool last = at[1] == '\n' || !at[1], blank = *at == ' ' || *at == '\t';
        bool plain = (*at > ' ' && *at <= '~' && *at != '=') || (blank && !last);
        size_t need = plain ? 1 : 3;
        if (column + need > LINE - 1) {
            fputs("=\r\n", to);
            column = 0;
        }
        if (plain)
            fputc(*at, to);
        else
            fprintf(to, "=%c%c", digits[*at >> 4], digits[*at & 15]);
        column += need;
    }
    if (column)
        fputs("\r\n", to);
}
