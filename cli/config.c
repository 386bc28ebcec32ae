#include "config.h"

#include "files.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parsing {
    struct config *config;
    const char *path;
    size_t line;
    enum { NOWHERE, FETCH, SOURCE } section;
    size_t cap;
};

static void source_clear(struct config_source *source)
{
    free(source->name);
    free(source->from);
    free(source->only);
    free(source->mirror);
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->sources; i++)
        source_clear(&config->source[i]);
    free(config->source);
    free(config->contact);
    free(config);
}

const struct config_source *config_source(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->sources; i++)
        if (strcmp(config->source[i].name, name) == 0)
            return &config->source[i];
    return NULL;
}

static enum pith_status fail(const struct parsing *parsing, const char *expected, struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_INPUT, "%.200s:%zu: %s", parsing->path, parsing->line, expected);
}

static char *trim(char *text)
{
    char *end = text + strlen(text);
    while (end > text && strchr(" \t\r", end[-1]))
        *--end = '\0';
    return text + strspn(text, " \t");
}

/* Sources of one name would stand for each other's receipts. */
static enum pith_status open_source(struct parsing *parsing, const char *name, struct pith_error *reterr)
{
    struct config *config = parsing->config;
    if (!*name || strchr(name, ':') || strlen(name) > 200)
        return fail(parsing, "a source's name has 1 to 200 characters and no colon: [source \"morning\"]", reterr);
    if (config_source(config, name))
        return fail(parsing, "a source of this name stands above already", reterr);
    enum pith_status status =
        pith_grow(&config->source, &parsing->cap, config->sources + 1, sizeof *config->source, CONFIG_MAX_SOURCES, reterr);
    if (status)
        return status;
    char *copy = strdup(name);
    if (!copy)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    config->source[config->sources++] = (struct config_source){.name = copy, .line = parsing->line};
    parsing->section = SOURCE;
    return PITH_OK;
}

/* "[fetch]" or "[source "morning"]". */
static enum pith_status take_section(struct parsing *parsing, char *text, struct pith_error *reterr)
{
    static const char expected[] = "a section is [fetch] or [source \"NAME\"]";
    size_t length = strlen(text);
    if (text[length - 1] != ']')
        return fail(parsing, expected, reterr);
    text[length - 1] = '\0';
    text = trim(text + 1);
    if (strcmp(text, "fetch") == 0) {
        parsing->section = FETCH;
        return PITH_OK;
    }
    if (strncmp(text, "source", 6) != 0)
        return fail(parsing, expected, reterr);
    text = trim(text + 6);
    length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return fail(parsing, expected, reterr);
    text[length - 1] = '\0';
    return open_source(parsing, text + 1, reterr);
}

static enum pith_status set_text(struct parsing *parsing, char **field, const char *value, struct pith_error *reterr)
{
    if (*field)
        return fail(parsing, "this key stands above already", reterr);
    *field = strdup(value);
    return *field ? PITH_OK : pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
}

static enum pith_status take_source_key(struct parsing *parsing, const char *key, const char *value, struct pith_error *reterr)
{
    struct config_source *source = &parsing->config->source[parsing->config->sources - 1];
    if (strcmp(key, "from") == 0)
        return set_text(parsing, &source->from, value, reterr);
    if (strcmp(key, "only") == 0)
        return set_text(parsing, &source->only, value, reterr);
    if (strcmp(key, "mirror") == 0)
        return set_text(parsing, &source->mirror, value, reterr);
    if (strcmp(key, "local") != 0)
        return fail(parsing, "a source has the keys from, only, mirror and local", reterr);
    if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        return fail(parsing, "local is yes or no", reterr);
    source->local = strcmp(value, "yes") == 0;
    return PITH_OK;
}

static enum pith_status take_line(struct parsing *parsing, char *text, struct pith_error *reterr)
{
    text = trim(text);
    if (!*text || *text == '#')
        return PITH_OK;
    if (*text == '[')
        return take_section(parsing, text, reterr);
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return fail(parsing, "expected `key = value`, a section in brackets, or a comment after #", reterr);
    *equals = '\0';
    const char *key = trim(text), *value = trim(equals + 1);
    if (!*value)
        return fail(parsing, "the key has no value: leave the line out", reterr);
    switch (parsing->section) {
    case NOWHERE: return fail(parsing, "a key before any section: put [fetch] or [source \"NAME\"] above it", reterr);
    case SOURCE: return take_source_key(parsing, key, value, reterr);
    case FETCH: break;
    }
    return strcmp(key, "contact") == 0 ? set_text(parsing, &parsing->config->contact, value, reterr)
                                       : fail(parsing, "[fetch] has the key contact", reterr);
}

/* Every source must say where it comes from. */
static enum pith_status check(struct parsing *parsing, struct pith_error *reterr)
{
    for (size_t i = 0; i < parsing->config->sources; i++)
        if (!parsing->config->source[i].from) {
            parsing->line = parsing->config->source[i].line;
            return fail(parsing, "the source needs a line like `from = arxiv:cs.LG`", reterr);
        }
    return PITH_OK;
}

static enum pith_status parse(struct parsing *parsing, char *bytes, size_t length, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (length > CONFIG_MAX_FILE)
        return pith_fail(reterr, PITH_INPUT, "%.200s is larger than a config file can be", parsing->path);
    if (memchr(bytes, '\0', length))
        return pith_fail(reterr, PITH_INPUT, "%.200s holds a zero byte: it is no text", parsing->path);
    for (char *line = bytes; !status && line;) {
        char *stop = strchr(line, '\n');
        if (stop)
            *stop++ = '\0';
        parsing->line++;
        status = take_line(parsing, line, reterr);
        line = stop;
    }
    return status ? status : check(parsing, reterr);
}

static bool own_path(char path[PATH_MAX])
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && *config == '/')
        length = snprintf(path, PATH_MAX, "%s/pith/config", config);
    else if (home && *home)
        length = snprintf(path, PATH_MAX, "%s/.config/pith/config", home);
    return length > 0 && length < PATH_MAX;
}

enum pith_status config_read(const char *path, struct config **ret_config, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *bytes = NULL;
    AUTO(config_free_p) struct config *config = pith_calloc(1, sizeof *config);
    char own[PATH_MAX] = "";
    size_t length = 0;
    if (!config)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    enum pith_status status = PITH_OK;
    if (path || own_path(own)) {
        struct pith_error error;
        status = files_read(path ? path : own, &bytes, &length, &error);
        if (status == PITH_NOT_FOUND && !path)
            status = PITH_OK;
        else if (status)
            return pith_fail(reterr, status, "%s", error.message);
    }
    struct parsing parsing = {.config = config, .path = path ? path : own};
    if (bytes)
        status = parse(&parsing, bytes, length, reterr);
    if (!status)
        *ret_config = TAKE(config);
    return status;
}
