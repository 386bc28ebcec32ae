#include "cli/sections.h"

#include "cli/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_PATH = 4096 };

struct reading {
    struct sections_line line;
    const char *sections;
    sections_take *take;
    void *user;
};

enum pith_status sections_refuse(const struct sections_line *line, const char *expected, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_INPUT, "%.200s:%zu: %s", line->path, line->line, expected);
}

enum pith_status sections_text(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    if (*field)
        return sections_refuse(line, "this key stands above already", reterr);
    *field = strdup(line->value);
    return *field ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status sections_flag(const struct sections_line *line, bool *flag, struct pith_error *reterr)
{
    char expected[80];
    snprintf(expected, sizeof expected, "%.40s is yes or no", line->key);
    if (strcmp(line->value, "yes") != 0 && strcmp(line->value, "no") != 0)
        return sections_refuse(line, expected, reterr);
    *flag = strcmp(line->value, "yes") == 0;
    return PITH_OK;
}

enum pith_status sections_number(const struct sections_line *line, unsigned least, unsigned most, unsigned *number,
                                 struct pith_error *reterr)
{
    char expected[120], *end;
    unsigned long read = strtoul(line->value, &end, 10);
    snprintf(expected, sizeof expected, "%.40s is a number from %u to %u", line->key, least, most);
    if (line->value[0] < '0' || line->value[0] > '9' || *end || read < least || read > most)
        return sections_refuse(line, expected, reterr);
    *number = (unsigned)read;
    return PITH_OK;
}

static enum pith_status take_path(const struct sections_line *line, const char *path, int length, char **field,
                                  struct pith_error *reterr)
{
    struct sections_line whole = *line;
    if (length < 0 || length >= LONGEST_PATH)
        return sections_refuse(line, "the file's name is too long", reterr);
    whole.value = path;
    return sections_text(&whole, field, reterr);
}

enum pith_status sections_file(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    const char *home = getenv("HOME");
    bool own = strncmp(line->value, "~/", 2) == 0 && home && *home;
    const char *slash = own || *line->value == '/' ? NULL : strrchr(line->path, '/');
    char path[LONGEST_PATH];
    int length = own ? snprintf(path, sizeof path, "%s%s", home, line->value + 1)
                     : snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash + 1 - line->path) : 0, line->path, line->value);
    return take_path(line, path, length, field, reterr);
}

enum pith_status sections_secret(const struct sections_line *line, char **field, struct pith_error *reterr)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    char path[LONGEST_PATH];
    if (*line->value == '/' || *line->value == '~' || !credentials || !*credentials)
        return sections_file(line, field, reterr);
    int length = snprintf(path, sizeof path, "%s/%s", credentials, line->value);
    for (char *at = path + strlen(credentials) + 1; length < LONGEST_PATH && *at; at++)
        *at = *at == '/' ? '_' : *at;
    return take_path(line, path, length, field, reterr);
}

static char *trim(char *text)
{
    char *end = text + strlen(text);
    while (end > text && strchr(" \t\r", end[-1]))
        *--end = '\0';
    return text + strspn(text, " \t");
}

/* Takes the quotes off a text that stands in some. */
static char *unquote(char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

/* A # within quotes or a word (an address) is part of the value. */
static void cut_comment(char *text)
{
    bool quoted = false;
    for (char *at = text; *at; at++) {
        quoted = quoted != (*at == '"');
        if (*at == '#' && !quoted && (at == text || at[-1] == ' ' || at[-1] == '\t')) {
            *at = '\0';
            return;
        }
    }
}

/* "[fetch]" or "[source "morning"]". */
static enum pith_status take_section(struct reading *reading, char *text, struct pith_error *reterr)
{
    size_t length = strlen(text);
    if (text[length - 1] != ']')
        return sections_refuse(&reading->line, reading->sections, reterr);
    text[length - 1] = '\0';
    text = trim(text + 1);
    char *title = text + strcspn(text, " \t\"");
    char *quoted = trim(title);
    if (*quoted && unquote(quoted) == quoted)
        return sections_refuse(&reading->line, reading->sections, reterr);
    reading->line.title = *quoted ? quoted + 1 : NULL;
    *title = '\0';
    reading->line.section = text;
    reading->line.key = reading->line.value = NULL;
    return reading->take(reading->user, &reading->line, reterr);
}

static enum pith_status take_line(struct reading *reading, char *text, struct pith_error *reterr)
{
    cut_comment(text);
    text = trim(text);
    if (!*text)
        return PITH_OK;
    if (*text == '[')
        return take_section(reading, text, reterr);
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return sections_refuse(&reading->line, "expected `key = value`, a section in brackets, or a comment after #", reterr);
    *equals = '\0';
    reading->line.key = trim(text);
    reading->line.value = unquote(trim(equals + 1));
    if (!*reading->line.value)
        return sections_refuse(&reading->line, "the key has no value: leave the line out", reterr);
    if (!reading->line.section)
        return sections_refuse(&reading->line, "a key before any section: put one above it", reterr);
    return reading->take(reading->user, &reading->line, reterr);
}

enum pith_status sections_read(const char *path, const char *sections, sections_take *take, void *user, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *bytes = NULL;
    struct reading reading = {.line.path = path, .sections = sections, .take = take, .user = user};
    size_t length = 0;
    enum pith_status status = files_read(path, &bytes, &length, reterr);
    if (!status && length > SECTIONS_MAX_FILE)
        status = pith_fail(reterr, PITH_INPUT, "%.200s is larger than a config file can be", path);
    if (!status && memchr(bytes, '\0', length))
        status = pith_fail(reterr, PITH_INPUT, "%.200s holds a zero byte: it is no text", path);
    for (char *line = bytes; !status && line;) {
        char *stop = strchr(line, '\n');
        if (stop)
            *stop++ = '\0';
        reading.line.line++;
        status = take_line(&reading, line, reterr);
        line = stop;
    }
    return status;
}
