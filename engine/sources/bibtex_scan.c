#include "engine/sources/bibtex_scan.h"

#include "engine/papers/paper.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_blank(char byte)
{
    return byte && memchr(blanks, byte, 4);
}

bool bibtex_scan_is_entry(const char *at, const char *end, const char **ret_open)
{
    const char *name = at + 1;
    if (at == end || *at != '@')
        return false;
    while (name < end && is_blank(*name) && name - at < 8)
        name++;
    const char *stop = name;
    while (stop < end && (is_letter(*stop) || (*stop >= '0' && *stop <= '9') || *stop == '_' || *stop == '-'))
        stop++;
    if (stop == name || !is_letter(*name))
        return false;
    while (stop < end && is_blank(*stop))
        stop++;
    if (stop == end || (*stop != '{' && *stop != '('))
        return false;
    *ret_open = stop + 1;
    return true;
}

void bibtex_scan_init(struct bibtex_scan *scan, const char *bytes, size_t length)
{
    scan->at = scan->begin = bytes;
    scan->end = bytes + length;
    scan->line = 1;
    scan->string_count = 0;
    scan->fruitless = scan->expanded = 0;
    bytes_init(&scan->strings, PAPER_MAX_RECORD);
}

void bibtex_scan_clear(struct bibtex_scan *scan)
{
    bytes_clear(&scan->strings);
}

static void advance(struct bibtex_scan *scan, const char *to)
{
    for (const char *at = scan->at; at < to && (at = memchr(at, '\n', (size_t)(to - at))) != NULL; at++)
        scan->line++;
    scan->at = to;
}

/* ---- inside an entry: a cursor that stops where the next entry begins, so that a missing brace costs one entry ---- */

struct cursor {
    const char *at, *begin, *end;
    struct bibtex_scan *scan;
    const char *fault;
};

static bool at_next_entry(const struct cursor *cursor)
{
    const char *open, *before = cursor->at;
    if (*before != '@')
        return false;
    while (before > cursor->begin && (before[-1] == ' ' || before[-1] == '\t'))
        before--;
    return before > cursor->begin && before[-1] == '\n' && bibtex_scan_is_entry(cursor->at, cursor->end, &open);
}

static bool done(struct cursor *cursor)
{
    if (!cursor->fault && (cursor->at >= cursor->end || at_next_entry(cursor)))
        cursor->fault = "the entry has no end: a brace or quote is missing";
    return cursor->fault != NULL;
}

static void skip_blanks(struct cursor *cursor)
{
    while (!done(cursor) && is_blank(*cursor->at))
        cursor->at++;
}

/* What needs no look, in one go. */
static void put_run(struct cursor *cursor, struct bytes *out)
{
    const char *start = cursor->at;
    while (cursor->at < cursor->end && !memchr("{}\\\")@", *cursor->at, 6))
        cursor->at++;
    bytes_put(out, start, (size_t)(cursor->at - start));
}

/* Text to `close` at depth 0. A brace after a backslash does not count. */
static void read_group(struct cursor *cursor, char close, struct bytes *out)
{
    size_t depth = 0;
    for (put_run(cursor, out); !done(cursor); put_run(cursor, out)) {
        char byte = *cursor->at++;
        if (byte == close && depth == 0)
            return;
        if (byte == '\\' && cursor->at < cursor->end && (*cursor->at == '{' || *cursor->at == '}')) {
            bytes_put_u8(out, (uint8_t)byte);
            byte = *cursor->at++;
        } else {
            depth += byte == '{';
            depth -= byte == '}' && depth > 0;
        }
        bytes_put_u8(out, (uint8_t)byte);
    }
}

static size_t read_word(struct cursor *cursor, char *name, size_t size)
{
    size_t length = 0;
    while (!done(cursor) && !is_blank(*cursor->at) && !memchr("=,{}()\"#", *cursor->at, 8)) {
        char byte = *cursor->at++;
        if (length + 1 < size)
            name[length++] = (char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
    }
    name[length] = '\0';
    return length;
}

/* A macro's text; an unknown name, as of a month, stands for itself. Macros of a file that grows by them many times over are not. */
static void put_macro(struct cursor *cursor, const char *name, struct bytes *out)
{
    enum { LARGEST_RATIO = 8, ALWAYS = 1 << 16 };
    struct bibtex_scan *scan = cursor->scan;
    size_t most = LARGEST_RATIO * (size_t)(scan->end - scan->begin) + ALWAYS;
    for (size_t i = scan->string_count; i-- > 0;) {
        if (strcmp(scan->string[i].name, name) != 0)
            continue;
        scan->expanded += scan->string[i].length;
        if (scan->expanded > most)
            cursor->fault = "the macros of the file stand for too much text";
        else
            bytes_put(out, bytes_at(&scan->strings, scan->string[i].at), scan->string[i].length);
        return;
    }
    bytes_put(out, name, strlen(name));
}

/* "{…}", "…", a number or a macro, joined by '#'. */
static void read_value(struct cursor *cursor, struct bytes *out)
{
    char name[64];
    do {
        skip_blanks(cursor);
        if (done(cursor))
            return;
        if (*cursor->at == '{' || *cursor->at == '"') {
            char close = *cursor->at++ == '{' ? '}' : '"';
            read_group(cursor, close, out);
        } else if (read_word(cursor, name, sizeof name)) {
            put_macro(cursor, name, out);
        }
        skip_blanks(cursor);
    } while (!cursor->fault && *cursor->at == '#' && cursor->at++);
}

/* Fields to the closing brace; what is none is skipped. */
static void read_fields(struct cursor *cursor, char close, struct bibtex_entry *entry)
{
    while (!done(cursor)) {
        char name[32];
        skip_blanks(cursor);
        if (done(cursor))
            return;
        if (*cursor->at == close) {
            cursor->at++;
            return;
        }
        size_t length = read_word(cursor, name, sizeof name);
        skip_blanks(cursor);
        if (done(cursor))
            return;
        if (!length || *cursor->at != '=') {
            cursor->at += length == 0;
            continue;
        }
        cursor->at++;
        struct bibtex_field field = {.at = entry->text.length};
        memcpy(field.name, name, sizeof name);
        read_value(cursor, &entry->text);
        field.length = entry->text.length - field.at;
        if (entry->fields < BIBTEX_MAX_FIELDS)
            entry->field[entry->fields++] = field;
    }
}

/* The citation key: to the first comma; there may be none. */
static void read_key(struct cursor *cursor, char close, char key[BIBTEX_KEY])
{
    const char *start = cursor->at, *stop;
    while (!done(cursor) && *cursor->at != ',' && *cursor->at != close && *cursor->at != '=')
        cursor->at++;
    stop = cursor->at;
    if (!cursor->fault && *cursor->at == '=') /* a field already */
        stop = cursor->at = start;
    while (start < stop && is_blank(*start))
        start++;
    while (stop > start && is_blank(stop[-1]))
        stop--;
    size_t length = (size_t)(stop - start) < BIBTEX_KEY ? (size_t)(stop - start) : BIBTEX_KEY - 1;
    memcpy(key, start, length);
    key[length] = '\0';
}

/* Past a comment to the brace that ends it, whatever it holds. One without an end ends with its line: entries may follow. */
static void skip_comment(struct bibtex_scan *scan, struct cursor *cursor, char open, char close)
{
    size_t depth = 1;
    const char *at = cursor->at;
    bool look = scan->fruitless <
                4 * (size_t)(scan->end - scan->begin); /* a file of nothing but such comments is read in linear time */
    for (; look && at < cursor->end && depth; at++) {
        depth += *at == open;
        depth -= *at == close;
    }
    scan->fruitless += depth ? (size_t)(at - cursor->at) : 0;
    const char *line = depth ? memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at)) : NULL;
    cursor->at = !depth ? at : line ? line : cursor->end;
}

/* "name = value" of an @string goes to the macros. */
static void keep_strings(struct bibtex_scan *scan, const struct bibtex_entry *entry)
{
    for (size_t i = 0; i < entry->fields && scan->string_count < BIBTEX_MAX_STRINGS; i++) {
        struct bibtex_field field = entry->field[i];
        size_t at = scan->strings.length;
        if (field.length > 4096)
            continue;
        bytes_put(&scan->strings, bytes_at(&entry->text, field.at), field.length);
        field.at = at;
        field.length = scan->strings.length - at;
        scan->string[scan->string_count++] = field;
    }
}

static void read_type(const char *at, char type[32])
{
    size_t length = 0;
    while (!is_letter(*at))
        at++;
    for (; length < 31 && (is_letter(*at) || *at == '_' || *at == '-'); at++)
        type[length++] = (char)(is_letter(*at) ? *at | 0x20 : *at);
    type[length] = '\0';
}

/* Where reading goes on: behind the entry, or after a fault at the line that begins the next. */
static const char *find_next(const struct cursor *cursor, const char *start)
{
    const char *open, *at = start;
    if (!cursor->fault)
        return cursor->at;
    while ((at = memchr(at, '\n', (size_t)(cursor->end - at))) != NULL) {
        at++;
        while (at < cursor->end && (*at == ' ' || *at == '\t'))
            at++;
        if (bibtex_scan_is_entry(at, cursor->end, &open))
            return at;
    }
    return cursor->end;
}

static void read_entry(struct bibtex_scan *scan, const char *open, struct bibtex_entry *entry)
{
    struct cursor cursor = {open, open, scan->end, scan, NULL};
    char close = open[-1] == '{' ? '}' : ')';
    entry->text.length = 0;
    entry->text.failed = false;
    entry->fields = 0;
    entry->line = scan->line;
    read_type(scan->at, entry->type);
    entry->key[0] = '\0';
    if (strcmp(entry->type, "comment") == 0) {
        skip_comment(scan, &cursor, open[-1], close);
    } else if (strcmp(entry->type, "preamble") == 0) {
        read_group(&cursor, close, &entry->text);
    } else {
        if (strcmp(entry->type, "string") != 0)
            read_key(&cursor, close, entry->key);
        read_fields(&cursor, close, entry);
    }
    entry->fault = cursor.fault ? cursor.fault : entry->text.failed ? "the entry is too large" : NULL;
    advance(scan, find_next(&cursor, open));
}

/* Whether the line that `at` stands in begins with a '%'. */
static bool is_commented(const struct bibtex_scan *scan, const char *at)
{
    enum { LONGEST = 200 };
    const char *line = at;
    while (line > scan->begin && line[-1] != '\n' && at - line < LONGEST)
        line--;
    if (line > scan->begin && line[-1] != '\n')
        return false;
    while (line < at && is_blank(*line))
        line++;
    return *line == '%';
}

bool bibtex_scan_next(struct bibtex_scan *scan, struct bibtex_entry *entry)
{
    while (scan->at < scan->end) {
        const char *at = memchr(scan->at, '@', (size_t)(scan->end - scan->at)), *open;
        advance(scan, at ? at : scan->end);
        if (!at)
            return false;
        if (!bibtex_scan_is_entry(at, scan->end, &open) || is_commented(scan, at)) {
            advance(scan, at + 1);
            continue;
        }
        read_entry(scan, open, entry);
        if (strcmp(entry->type, "string") == 0)
            keep_strings(scan, entry);
        else if (strcmp(entry->type, "comment") != 0 && strcmp(entry->type, "preamble") != 0)
            return true;
    }
    return false;
}
