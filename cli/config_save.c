#include "cli/config_save.h"

#include "cli/config_edit.h"
#include "cli/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum pith_status config_save(const char *path, const char *text, struct pith_error *reterr)
{
    PITH_AUTO(config_free_p) struct config *read = NULL;
    char trial[CONFIG_PATH + 16];
    struct pith_error error;
    files_make_folders(path);
    snprintf(trial, sizeof trial, "%s.new", path);
    enum pith_status status = files_write_private(trial, text, strlen(text), true, reterr);
    if (status)
        return status;
    status = config_read(trial, &read, &error);
    unlink(trial);
    if (status) {
        const char *what = strncmp(error.message, trial, strlen(trial)) == 0 ? error.message + strlen(trial) : error.message;
        return pith_fail(reterr, status, "%s%.300s (nothing was changed)", path, what);
    }
    return files_replace(path, text, strlen(text), reterr);
}

enum pith_status config_text(const struct config *config, char **ret_text, struct pith_error *reterr)
{
    size_t length;
    char path[CONFIG_PATH];
    if (!*config->path)
        return config_path(NULL, path, reterr);
    if (config->there)
        return files_read(config->path, ret_text, &length, reterr);
    *ret_text = strdup(config_sample);
    return *ret_text ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status config_change(struct call *call, config_edit *edit, void *user, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL, *changed = NULL;
    const struct config *config;
    enum pith_status status = call_config(call, &config, reterr);
    if (!status)
        status = config_text(config, &text, reterr);
    if (!status)
        status = edit(user, text, &changed, reterr);
    if (!status && (!config->there || strcmp(text, changed) != 0))
        status = config_save(config->path, changed, reterr);
    if (!status)
        config_free_p(&call->settings); /* read anew by whoever asks next */
    return status;
}

struct setting {
    struct config_edit_key key;
    const char *value;
};

static enum pith_status set(void *user, const char *text, char **ret_text, struct pith_error *reterr)
{
    const struct setting *setting = user;
    return config_edit_set(text, &setting->key, setting->value, ret_text, reterr);
}

enum pith_status config_put(struct call *call, const char *name, const char *value, struct pith_error *reterr)
{
    struct setting setting = {.value = value};
    enum pith_status status = config_edit_key(name, &setting.key, reterr);
    return status ? status : config_change(call, set, &setting, reterr);
}

enum pith_status config_start(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    enum pith_status status = call_config(call, &config, reterr);
    if (!status && !config->there)
        status = *config->path ? config_save(config->path, config_sample, reterr) : PITH_OK;
    if (!status)
        config_free_p(&call->settings);
    return status;
}
