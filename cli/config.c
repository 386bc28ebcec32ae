#include "cli/config.h"

#include "cli/sections.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char expected[] = "a section is [fetch] or [source \"NAME\"]";

struct parsing {
    struct config *config;
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

/* Sources of one name would stand for each other's receipts. */
static enum pith_status open_source(struct parsing *parsing, const struct sections_line *line, struct pith_error *reterr)
{
    struct config *config = parsing->config;
    if (!*line->title || strchr(line->title, ':') || strlen(line->title) > 200)
        return sections_refuse(line, "a source's name has 1 to 200 characters and no colon: [source \"morning\"]", reterr);
    if (config_source(config, line->title))
        return sections_refuse(line, "a source of this name stands above already", reterr);
    enum pith_status status = pith_grow(&config->source, &parsing->cap, config->sources + 1, sizeof *config->source,
                                        CONFIG_MAX_SOURCES, reterr);
    if (status)
        return status;
    char *copy = strdup(line->title);
    if (!copy)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    config->source[config->sources++] = (struct config_source){.name = copy, .line = line->line};
    return PITH_OK;
}

static enum pith_status take_source_key(struct config_source *source, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "from") == 0)
        return sections_text(line, &source->from, reterr);
    if (strcmp(line->key, "only") == 0)
        return sections_text(line, &source->only, reterr);
    if (strcmp(line->key, "mirror") == 0)
        return sections_text(line, &source->mirror, reterr);
    if (strcmp(line->key, "local") == 0)
        return sections_flag(line, &source->local, reterr);
    return sections_refuse(line, "a source has the keys from, only, mirror and local", reterr);
}

static enum pith_status take(void *user, const struct sections_line *line, struct pith_error *reterr)
{
    struct parsing *parsing = user;
    if (strcmp(line->section, "source") == 0 && line->title)
        return line->key ? take_source_key(&parsing->config->source[parsing->config->sources - 1], line, reterr)
                         : open_source(parsing, line, reterr);
    if (strcmp(line->section, "fetch") != 0 || line->title)
        return sections_refuse(line, expected, reterr);
    if (!line->key)
        return PITH_OK;
    return strcmp(line->key, "contact") == 0 ? sections_text(line, &parsing->config->contact, reterr)
                                             : sections_refuse(line, "[fetch] has the key contact", reterr);
}

/* Every source must say where it comes from. */
static enum pith_status check(const struct config *config, const char *path, struct pith_error *reterr)
{
    for (size_t i = 0; i < config->sources; i++)
        if (!config->source[i].from)
            return sections_refuse(&(struct sections_line){.path = path, .line = config->source[i].line},
                                   "the source needs a line like `from = arxiv:cs.LG`", reterr);
    return PITH_OK;
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
    PITH_AUTO(config_free_p) struct config *config = pith_calloc(1, sizeof *config);
    char own[PATH_MAX] = "";
    if (!config)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for the config file");
    struct parsing parsing = {.config = config};
    enum pith_status status = PITH_OK;
    if (path || own_path(own)) {
        struct pith_error error;
        status = sections_read(path ? path : own, expected, take, &parsing, &error);
        if (status == PITH_NOT_FOUND && !path)
            status = PITH_OK;
        else if (status)
            return pith_fail(reterr, status, "%s", error.message);
    }
    if (!status)
        status = check(config, path ? path : own, reterr);
    if (!status)
        *ret_config = PITH_TAKE(config);
    return status;
}
