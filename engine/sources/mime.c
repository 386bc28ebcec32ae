#include "engine/sources/mime.h"

#include "engine/base/bytes.h"
#include "engine/sources/charset.h"
#include "engine/sources/html_lines.h"
#include "engine/sources/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DEPTH = 10, MAX_VALUE = 512, MAX_BODY = 64 << 20, MAX_HEADER = 1 << 20 };

/* What counts of a mail's headers, or of a part's. */
struct headers {
    char type[MAX_VALUE], encoding[MAX_VALUE], date[MAX_VALUE];
};

struct walk {
    const struct mime_reader *reader;
    const char *end;
    const char *counted; /* lines are counted up to here */
    size_t line;
    char date[MAX_VALUE];
    bool html; /* take HTML this time */
    size_t texts;
};

/* ---- headers ---- */

static bool is_header(const struct line *line)
{
    size_t name = 0;
    while (name < line->length && name < 60 && (line->text[name] == '-' || (line->text[name] | 0x20) >= 'a') &&
           (line->text[name] | 0x20) <= 'z')
        name++;
    return name > 1 && name < line->length && line->text[name] == ':';
}

bool mime_is_mail(const char *bytes, size_t length)
{
    static const char *const names[] = {
        "From:",         "To:",           "Subject:",      "Return-Path:", "Received:", "Message-ID:",
        "MIME-Version:", "Delivered-To:", "Content-Type:", "Precedence:",  "Reply-To:"};
    const char *at = bytes, *end = bytes + length;
    struct line line;
    size_t number = 0, telling = 0;
    while (number < 200 && lines_next(&at, end, &number, &line) && line.length) {
        if (number == 1 && line_starts(&line, "From "))
            continue;
        if (line.text[0] != ' ' && line.text[0] != '\t' && !is_header(&line))
            return false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            telling += line_begins(&line, names[i]);
    }
    return telling >= 3;
}

static void append(char value[MAX_VALUE], const struct line *line)
{
    size_t used = strlen(value), length = line->length < MAX_VALUE ? line->length : MAX_VALUE;
    if (used < MAX_VALUE - 1)
        snprintf(value + used, MAX_VALUE - used, "%s%.*s", used ? " " : "", (int)length, line->text);
}

/* Reads to behind the empty line that ends them. */
static void read_headers(const char **at, const char *end, struct headers *headers)
{
    static const char *const names[] = {"Content-Type:", "Content-Transfer-Encoding:", "Date:"};
    char *const values[] = {headers->type, headers->encoding, headers->date};
    char *value = NULL;
    struct line line;
    size_t number = 0;
    memset(headers, 0, sizeof *headers);
    while (lines_next(at, end, &number, &line) && line.length) {
        if (line.text[0] != ' ' && line.text[0] != '\t') {
            value = NULL;
            for (size_t i = 0; i < 3; i++) {
                if (!line_begins(&line, names[i]) || *values[i])
                    continue;
                value = values[i];
                line_skip(&line, strlen(names[i]));
            }
        }
        line_skip_blanks(&line);
        if (value)
            append(value, &line);
    }
}

enum pith_status mime_header(const char *bytes, size_t length, const char *name, char **ret_value, struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes value;
    const char *at = bytes, *end = bytes + length;
    struct line line;
    size_t number = 0;
    bool inside = false, found = false;
    bytes_init(&value, MAX_HEADER);
    while (lines_next(&at, end, &number, &line) && line.length) {
        bool goes_on = line.text[0] == ' ' || line.text[0] == '\t';
        inside = goes_on ? inside : !found && line_begins(&line, name);
        found |= inside;
        if (inside && !goes_on)
            line_skip(&line, strlen(name));
        line_skip_blanks(&line);
        if (inside)
            bytes_put(&value, line.text, line.length);
        if (inside)
            bytes_put_u8(&value, ' ');
    }
    bytes_put_u8(&value, 0);
    enum pith_status status = bytes_done(&value, reterr);
    if (!status)
        *ret_value = (char *)PITH_TAKE(value.data);
    return status;
}

/* The boundary in "multipart/mixed; boundary="…"", with the two dashes before it; false when there is none. */
static bool read_boundary(const char *type, char boundary[128])
{
    const char *at = strncasecmp(type, "multipart/", 10) == 0 ? strcasestr(type, "boundary=") : NULL;
    if (!at)
        return false;
    at += strlen("boundary=");
    bool quoted = *at == '"';
    size_t length = quoted ? strcspn(++at, "\"") : strcspn(at, " ;\t");
    if (!length || length > 100)
        return false;
    snprintf(boundary, 128, "--%.*s", (int)length, at);
    return true;
}

/* ---- encodings ---- */

static int hex(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) % 16 : -1;
}

static void decode_quoted(const char *at, const char *end, struct bytes *out)
{
    while (at < end) {
        const char *after = at + 1;
        if (*at != '=') {
            bytes_put_u8(out, (uint8_t)*at++);
            continue;
        }
        while (after < end && (*after == ' ' || *after == '\t' || *after == '\r'))
            after++;
        if (after == end || *after == '\n') { /* a line broken for sending */
            at = after < end ? after + 1 : end;
        } else if (end - at > 2 && hex(at[1]) >= 0 && hex(at[2]) >= 0) {
            bytes_put_u8(out, (uint8_t)(hex(at[1]) * 16 + hex(at[2])));
            at += 3;
        } else {
            bytes_put_u8(out, (uint8_t)*at++);
        }
    }
}

static void decode_base64(const char *at, const char *end, struct bytes *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned count = 0;
    for (; at < end && *at != '='; at++) {
        const char *digit = *at ? strchr(digits, *at) : NULL;
        if (!digit)
            continue;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes_put_u8(out, (uint8_t)(bits >> count));
        }
    }
}

static void decode(const char *encoding, const char *at, const char *end, struct bytes *out)
{
    if (strncasecmp(encoding, "quoted-printable", 16) == 0)
        decode_quoted(at, end, out);
    else if (strncasecmp(encoding, "base64", 6) == 0)
        decode_base64(at, end, out);
    else
        bytes_put(out, at, (size_t)(end - at));
}

/* "=?set?B?text?=" at text: writes what it says in UTF-8 and returns its length; 0 for none. */
static size_t put_word(const char *text, const char *end, struct bytes *out)
{
    enum { LONGEST_WORD = 1000 }; /* RFC 2047 has 75 */
    char name[64];
    const char *set = text + 2, *mark, *stop;
    end = end - text > LONGEST_WORD ? text + LONGEST_WORD : end;
    if (end - text < 8 || memcmp(text, "=?", 2) != 0 || !(mark = memchr(set, '?', (size_t)(end - set))))
        return 0;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(set, "?*"), set);
    if (end - mark < 4 || mark[2] != '?' || !memchr("bBqQ", mark[1], 4))
        return 0;
    stop = memmem(mark + 3, (size_t)(end - mark - 3), "?=", 2);
    if (!stop)
        return 0;
    PITH_AUTO(bytes_clear) struct bytes packed;
    PITH_AUTO(bytes_clear) struct bytes body;
    bytes_init(&packed, MAX_HEADER);
    bytes_init(&body, MAX_HEADER);
    bytes_put(&packed, mark + 3, (size_t)(stop - mark - 3));
    bool quoted = (mark[1] | 0x20) == 'q';
    for (size_t i = 0; quoted && i < packed.length; i++)
        packed.data[i] = packed.data[i] == '_' ? ' ' : packed.data[i];
    const char *at = packed.length ? (const char *)packed.data : "";
    decode(quoted ? "quoted-printable" : "base64", at, at + packed.length, &body);
    if (!charset_put(name, body.length ? (const char *)body.data : "", body.length, out))
        bytes_put(out, body.data, body.length);
    return (size_t)(stop + 2 - text);
}

enum pith_status mime_subject(const char *bytes, size_t length, char **ret_subject, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *raw = NULL;
    PITH_AUTO(bytes_clear) struct bytes out;
    enum pith_status status = mime_header(bytes, length, "Subject:", &raw, reterr);
    if (status)
        return status;
    bytes_init(&out, 4 * MAX_HEADER);
    const char *at = raw, *end = raw + strlen(raw), *words = NULL; /* words: where the last one ended */
    while (at < end) {
        const char *begin = at;
        while (words == at && at < end && *at == ' ') /* between two words blanks say nothing */
            words = ++at;
        size_t used = *at == '=' ? put_word(at, end, &out) : 0;
        if (!used) {
            bytes_put(&out, begin, (size_t)(at - begin) + (at < end));
            used = at < end;
        } else {
            words = at + used;
        }
        at += used;
    }
    bytes_put_u8(&out, 0);
    status = bytes_done(&out, reterr);
    if (!status)
        *ret_subject = (char *)PITH_TAKE(out.data);
    return status;
}

/* The value of a parameter: charset="koi8-r". */
static void read_parameter(const char *type, const char *name, char value[64])
{
    const char *at = strcasestr(type, name);
    value[0] = '\0';
    if (!at)
        return;
    at += strlen(name);
    bool quoted = *at == '"';
    at += quoted;
    snprintf(value, 64, "%.*s", (int)strcspn(at, quoted ? "\"" : " ;\t"), at);
}

/* Puts the text of a body in UTF-8: as its part says, or the HTML's own head, or as it is. */
static void put_characters(const char *type, bool html, const struct bytes *body, struct bytes *out)
{
    const char *text = body->length ? (const char *)body->data : "";
    struct charset charset = {0};
    char name[64];
    read_parameter(type, "charset=", name);
    if (!*name && html && charset_look(text, body->length, &charset))
        snprintf(name, sizeof name, "%s", charset.name);
    bool plain = !*name || strcasecmp(name, "us-ascii") == 0 || strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0;
    if (plain || !charset_put(name, text, body->length, out))
        bytes_put(out, text, body->length);
}

/* ---- parts ---- */

static size_t line_at(struct walk *walk, const char *at)
{
    for (const char *mark = walk->counted; mark < at && (mark = memchr(mark, '\n', (size_t)(at - mark))) != NULL; mark++)
        walk->line++;
    if (at > walk->counted)
        walk->counted = at;
    return walk->line;
}

static enum pith_status hand_over(struct walk *walk, const struct headers *headers, const char *at, const char *end,
                                  struct pith_error *reterr)
{
    PITH_AUTO(bytes_clear) struct bytes body;
    PITH_AUTO(bytes_clear) struct bytes decoded;
    PITH_AUTO(bytes_clear) struct bytes text;
    bytes_init(&body, MAX_BODY);
    bytes_init(&decoded, 4 * (size_t)MAX_BODY);
    bytes_init(&text, 4 * (size_t)MAX_BODY + MAX_VALUE);
    size_t line = line_at(walk, at);
    bytes_put(&text, "Date: ", 6);
    bytes_put(&text, walk->date, strlen(walk->date));
    bytes_put(&text, "\n\n", 2);
    decode(headers->encoding, at, end, &body);
    put_characters(headers->type, walk->html, &body, walk->html ? &decoded : &text);
    if (walk->html)
        html_lines(decoded.length ? (const char *)decoded.data : "", decoded.length, walk->reader->own, &text);
    enum pith_status status = bytes_done(&text, reterr);
    walk->texts++;
    line = line > 2 ? line - 2 : 1; /* of what was put before it */
    return status ? status : walk->reader->text(walk->reader->user, (const char *)text.data, text.length, line, reterr);
}

static enum pith_status read_part(struct walk *walk, const char *at, const char *end, unsigned depth, struct pith_error *reterr);

static enum pith_status read_parts(struct walk *walk, const char *boundary, const char *at, const char *end, unsigned depth,
                                   struct pith_error *reterr)
{
    const char *part = NULL;
    struct line line;
    size_t number = 0;
    enum pith_status status = PITH_OK;
    while (!status && at < end) {
        const char *begin = at;
        lines_next(&at, end, &number, &line);
        if (!line_starts(&line, boundary))
            continue;
        line_skip(&line, strlen(boundary));
        if (line.length && !line_is(&line, "--"))
            continue;
        if (part)
            status = read_part(walk, part, begin, depth + 1, reterr);
        part = line.length ? NULL : at;
    }
    return status || !part ? status : read_part(walk, part, end, depth + 1, reterr); /* the last boundary is missing */
}

/* A mail or a part of one: headers and body. */
static enum pith_status read_part(struct walk *walk, const char *at, const char *end, unsigned depth, struct pith_error *reterr)
{
    struct headers headers;
    char boundary[128];
    if (depth > MAX_DEPTH)
        return PITH_OK;
    read_headers(&at, end, &headers);
    if (*headers.date)
        memcpy(walk->date, headers.date, sizeof walk->date);
    if (read_boundary(headers.type, boundary))
        return read_parts(walk, boundary, at, end, depth, reterr);
    if (strncasecmp(headers.type, "message/rfc822", 14) == 0)
        return read_part(walk, at, end, depth + 1, reterr);
    bool plain = !*headers.type || strncasecmp(headers.type, "text/plain", 10) == 0;
    bool html = strncasecmp(headers.type, "text/html", 9) == 0;
    return (walk->html ? html : plain) ? hand_over(walk, &headers, at, end, reterr) : PITH_OK;
}

static enum pith_status read_mail(struct walk *walk, const char *at, const char *end, struct pith_error *reterr)
{
    walk->date[0] = '\0';
    walk->texts = 0;
    walk->html = false;
    enum pith_status status = read_part(walk, at, end, 0, reterr);
    if (status || walk->texts)
        return status;
    walk->html = true;
    return read_part(walk, at, end, 0, reterr);
}

enum pith_status mime_read(const char *bytes, size_t length, const struct mime_reader *reader, struct pith_error *reterr)
{
    struct walk walk = {.reader = reader, .end = bytes + length, .counted = bytes, .line = 1};
    const char *at = bytes, *mail = bytes;
    struct line line;
    size_t number = 0;
    bool empty = true, mailbox = length >= 5 && memcmp(bytes, "From ", 5) == 0;
    enum pith_status status = PITH_OK;
    while (!status && mailbox && at < walk.end) {
        const char *begin = at;
        lines_next(&at, walk.end, &number, &line);
        bool next = empty && line_starts(&line, "From ");
        empty = !line.length;
        if (next && begin > mail)
            status = read_mail(&walk, mail, begin, reterr);
        mail = next ? at : mail;
    }
    return status ? status : read_mail(&walk, mail, walk.end, reterr);
}
