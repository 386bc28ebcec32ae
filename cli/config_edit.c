#include "cli/config_edit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 2 * CONFIG_EDIT_NAME + 16 };

enum pith_status config_edit_key(const char *name, struct config_edit_key *ret_key, struct pith_error *reterr)
{
    const char *first = strchr(name, '.'), *last = strrchr(name, '.');
    struct config_edit_key key = {0};
    if (!first || first == name || !last[1] || strlen(name) >= CONFIG_EDIT_NAME || strpbrk(name, "\"[]\n\r"))
        return pith_fail(reterr, PITH_USAGE,
                         "%.100s names no setting: smtp.url is url in [smtp], source.morning.from is from in [source \"morning\"]",
                         name);
    snprintf(key.section, sizeof key.section, "%.*s", (int)(first - name), name);
    if (last > first)
        snprintf(key.title, sizeof key.title, "%.*s", (int)(last - first - 1), first + 1);
    snprintf(key.key, sizeof key.key, "%s", last + 1);
    *ret_key = key;
    return PITH_OK;
}

/* ---- lines of the text, as they stand ---- */

static size_t line_length(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? (size_t)(end + 1 - line) : strlen(line);
}

static bool is_section(const char *line)
{
    return line[strspn(line, " \t")] == '[';
}

/* A header with the blanks within it made one: sections.c reads it likewise. */
static bool opens(const char *line, const struct config_edit_key *key)
{
    char header[LONGEST], wanted[LONGEST];
    size_t length = 0, all = line_length(line);
    bool quoted = false;
    for (const char *at = line + strspn(line, " \t"); at < line + all && length + 1 < sizeof header; at++) {
        quoted = quoted != (*at == '"');
        if (quoted || (*at != ' ' && *at != '\t' && *at != '\r' && *at != '\n'))
            header[length++] = *at;
        if (*at == ']' && !quoted)
            break;
    }
    header[length] = '\0';
    snprintf(wanted, sizeof wanted, *key->title ? "[%s\"%s\"]" : "[%s]", key->section, key->title);
    return strcmp(header, wanted) == 0;
}

/* Whether the line sets the key; `commented`: whether it would, were it no comment. */
static bool sets(const char *line, const char *key, bool commented)
{
    const char *at = line + strspn(line, " \t");
    if (commented && *at++ != '#')
        return false;
    at += strspn(at, commented ? "# \t" : "");
    size_t length = strlen(key);
    return strncmp(at, key, length) == 0 && at[length + strspn(at + length, " \t")] == '=';
}

/* The section's first line after its header, and where it ends: at the next header, or the text's end. NULL: there is none. */
static const char *find_section(const char *text, const struct config_edit_key *key, const char **ret_header, const char **ret_end)
{
    const char *line = text, *start;
    while (*line && !opens(line, key))
        line += line_length(line);
    if (!*line)
        return NULL;
    *ret_header = line;
    start = line += line_length(line);
    while (*line && !is_section(line))
        line += line_length(line);
    *ret_end = line;
    return start;
}

/* ---- the new text ---- */

static enum pith_status join(const char *before, size_t length, const char *line, const char *after, char **ret_text,
                             struct pith_error *reterr)
{
    bool broken = length && before[length - 1] != '\n' && (*line || *after);
    size_t size = length + strlen(line) + strlen(after) + 2;
    char *text = pith_calloc(size, 1);
    if (!text)
        return pith_no_memory(reterr);
    snprintf(text, size, "%.*s%s%s%s", (int)length, before, broken ? "\n" : "", line, after);
    *ret_text = text;
    return PITH_OK;
}

/* What reads back as the value. */
static enum pith_status write_line(const char *key, const char *value, char **ret_line, struct pith_error *reterr)
{
    size_t length = strlen(value), size = strlen(key) + length + 8;
    bool quoted = length && (strchr(value, '#') || strchr(value, ' ') || strchr(value, '\t'));
    for (const char *at = value; *at; at++)
        if ((unsigned char)*at < ' ' || *at == '"')
            return pith_fail(reterr, PITH_USAGE, "a setting is one line without quotes in it");
    char *line = pith_calloc(size, 1);
    if (!line)
        return pith_no_memory(reterr);
    if (length)
        snprintf(line, size, quoted ? "%s = \"%s\"\n" : "%s = %s\n", key, value);
    *ret_line = line;
    return PITH_OK;
}

static enum pith_status append_section(const char *text, const struct config_edit_key *key, const char *line, char **ret_text,
                                       struct pith_error *reterr)
{
    size_t size = strlen(line) + LONGEST + 4;
    char *added = pith_calloc(size, 1);
    if (!added)
        return pith_no_memory(reterr);
    snprintf(added, size, *key->title ? "%s[%s \"%s\"]\n%s" : "%s[%s]%s\n%s", *text ? "\n" : "", key->section, key->title, line);
    enum pith_status status = join(text, strlen(text), added, "", ret_text, reterr);
    free(added);
    return status;
}

enum pith_status config_edit_set(const char *text, const struct config_edit_key *key, const char *value, char **ret_text,
                                 struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *line = NULL;
    const char *header, *end = NULL, *place = NULL;
    enum pith_status status = write_line(key->key, value, &line, reterr);
    if (status)
        return status;
    const char *start = find_section(text, key, &header, &end);
    if (!start)
        return *value ? append_section(text, key, line, ret_text, reterr) : join(text, strlen(text), "", "", ret_text, reterr);
    for (const char *at = start; at < end; at += line_length(at)) {
        if (sets(at, key->key, false))
            return join(text, (size_t)(at - text), line, at + line_length(at), ret_text, reterr);
        if (sets(at, key->key, true))
            place = at + line_length(at);
    }
    const char
        *last = start; /* after the section's last line that says something: what is blank or a comment may belong to the next */
    for (const char *at = start; at < end; at += line_length(at))
        if (at[strspn(at, " \t")] != '#' && at[strspn(at, " \t")] != '\r' && at[strspn(at, " \t")] != '\n')
            last = at + line_length(at);
    place = place ? place : last;
    return join(text, (size_t)(place - text), line, place, ret_text, reterr);
}

enum pith_status config_edit_drop(const char *text, const struct config_edit_key *section, char **ret_text,
                                  struct pith_error *reterr)
{
    const char *header, *end = NULL;
    if (!find_section(text, section, &header, &end))
        return join(text, strlen(text), "", "", ret_text, reterr);
    return join(text, (size_t)(header - text), "", end, ret_text, reterr);
}

enum pith_status config_edit_rename(const char *text, const struct config_edit_key *section, const char *title, char **ret_text,
                                    struct pith_error *reterr)
{
    const char *header, *end = NULL;
    char line[LONGEST];
    const char *start = find_section(text, section, &header, &end);
    if (!start)
        return join(text, strlen(text), "", "", ret_text, reterr);
    snprintf(line, sizeof line, "[%s \"%s\"]\n", section->section, title);
    return join(text, (size_t)(header - text), line, start, ret_text, reterr);
}
