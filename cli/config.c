#include "cli/config.h"

#include "cli/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char expected[] = "a section is [pith], [fetch], [source \"NAME\"], [server], [smtp], [mail] or [reader \"NAME\"]";

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
    char *const owned[] = {config->home,       config->reader,  config->passphrase_file, config->key_file,
                           config->token_file, config->witness, config->contact};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    free(config->source);
    mail_config_free_p(&config->mailing);
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
        return pith_no_memory(reterr);
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

static enum pith_status take_own_key(struct config *config, const struct sections_line *line, struct pith_error *reterr)
{
    if (strcmp(line->key, "home") == 0)
        return sections_file(line, &config->home, reterr);
    if (strcmp(line->key, "reader") == 0)
        return sections_text(line, &config->reader, reterr);
    if (strcmp(line->key, "passphrase-file") == 0)
        return sections_secret(line, &config->passphrase_file, reterr);
    if (strcmp(line->key, "key-file") == 0)
        return sections_secret(line, &config->key_file, reterr);
    if (strcmp(line->key, "token-file") == 0)
        return sections_secret(line, &config->token_file, reterr);
    if (strcmp(line->key, "witness") == 0)
        return sections_file(line, &config->witness, reterr);
    return sections_refuse(line, "[pith] has the keys home, reader, passphrase-file, key-file, token-file and witness", reterr);
}

static enum pith_status take_fetch_key(struct config *config, const struct sections_line *line, struct pith_error *reterr)
{
    return strcmp(line->key, "contact") == 0 ? sections_text(line, &config->contact, reterr)
                                             : sections_refuse(line, "[fetch] has the key contact", reterr);
}

static enum pith_status take(void *user, const struct sections_line *line, struct pith_error *reterr)
{
    struct parsing *parsing = user;
    struct config *config = parsing->config;
    if (strcmp(line->section, "source") == 0 && line->title)
        return line->key ? take_source_key(&config->source[config->sources - 1], line, reterr) : open_source(parsing, line, reterr);
    if (strcmp(line->section, "fetch") == 0 && !line->title)
        return line->key ? take_fetch_key(config, line, reterr) : PITH_OK;
    if (strcmp(line->section, "pith") == 0 && !line->title)
        return line->key ? take_own_key(config, line, reterr) : PITH_OK;
    bool known = false;
    enum pith_status status = mail_config_take(config->mailing, line, &known, reterr);
    return status || known ? status : sections_refuse(line, expected, reterr);
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

/* False: no folder is known. */
static bool own_path(char path[CONFIG_PATH])
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && *config == '/')
        length = snprintf(path, CONFIG_PATH, "%s/pith/config", config);
    else if (home && *home)
        length = snprintf(path, CONFIG_PATH, "%s/.config/pith/config", home);
    return length > 0 && length < CONFIG_PATH;
}

enum pith_status config_path(const char *path, char found[CONFIG_PATH], struct pith_error *reterr)
{
    if (!path)
        return own_path(found)
                   ? PITH_OK
                   : pith_fail(reterr, PITH_USAGE, "no folder for the config file: HOME is not set; give --config FILE");
    return snprintf(found, CONFIG_PATH, "%s", path) < CONFIG_PATH
               ? PITH_OK
               : pith_fail(reterr, PITH_USAGE, "the config file's name is too long");
}

enum pith_status config_read(const char *path, struct config **ret_config, struct pith_error *reterr)
{
    PITH_AUTO(config_free_p) struct config *config = pith_calloc(1, sizeof *config);
    if (!config)
        return pith_no_memory(reterr);
    struct parsing parsing = {.config = config};
    struct pith_error error;
    enum pith_status status = mail_config_new(&config->mailing, reterr);
    if (!status)
        status = config_path(path, config->path, reterr);
    if (status == PITH_USAGE && !path) { /* nowhere: then nothing is set */
        *config->path = '\0';
        status = PITH_OK;
    }
    if (status)
        return status;
    struct stat found; /* a folder of another user's, which cannot be looked into, has no file of one's own */
    bool there = *config->path && (path || stat(config->path, &found) == 0);
    status = there ? sections_read(config->path, expected, take, &parsing, &error) : PITH_NOT_FOUND;
    if (status && (status != PITH_NOT_FOUND || path))
        return pith_fail(reterr, status, "%s", error.message);
    config->there = !status;
    status = check(config, config->path, reterr);
    if (!status)
        status = mail_config_check(config->mailing, config->path, reterr);
    if (!status)
        *ret_config = PITH_TAKE(config);
    return status;
}
