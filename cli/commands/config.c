/* The config file: shown, one key of it read or set, or the whole edited. */
#include "cli/commands/commands.h"
#include "cli/config_edit.h"
#include "cli/config_save.h"
#include "cli/files.h"
#include "cli/sections.h"
#include <pith/json.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- showing ---- */

struct looking {
    struct call *call;
    const char *name; /* the one key looked for; NULL: all */
    char value[CONFIG_PATH];
    bool found;
};

static enum pith_status look(void *user, const struct sections_line *line, struct pith_error *reterr)
{
    struct looking *looking = user;
    char name[3 * CONFIG_EDIT_NAME];
    if (!line->key)
        return PITH_OK;
    snprintf(name, sizeof name, "%s%s%s.%s", line->section, line->title ? "." : "", line->title ? line->title : "", line->key);
    if (looking->name) {
        if (strcmp(name, looking->name) == 0)
            looking->found = snprintf(looking->value, sizeof looking->value, "%s", line->value) > 0;
        return PITH_OK;
    }
    if (!looking->call->json) {
        terminal_text(stdout, name);
        fputs(" = ", stdout);
        terminal_text(stdout, line->value);
        putchar('\n');
        return PITH_OK;
    }
    char *json = NULL;
    const struct pith_json_pair pairs[] = {{"name", name}, {"value", line->value}};
    enum pith_status status = pith_json_line(pairs, 2, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

static enum pith_status show(struct call *call, const char *name, struct pith_error *reterr)
{
    const struct config *config;
    struct looking looking = {.call = call, .name = name};
    enum pith_status status = call_config(call, &config, reterr);
    if (status)
        return status;
    if (!name && !call->json)
        printf("%s%s\n", *config->path ? config->path : "no folder for a config file is known: HOME is not set",
               config->there || !*config->path ? "" : " (not there yet: `pith setup` or `pith config edit` makes it)");
    if (config->there)
        status = sections_read(config->path, "", look, &looking, reterr);
    if (status || !name)
        return status;
    if (!looking.found)
        return pith_fail(reterr, PITH_NOT_FOUND, "%.200s is not set", name);
    terminal_text(stdout, looking.value);
    putchar('\n');
    return PITH_OK;
}

/* ---- editing ---- */

static enum pith_status run_editor(const char *path, struct pith_error *reterr)
{
    const char *editor = getenv("VISUAL");
    int state = 0;
    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if (!editor || !*editor)
        editor = "vi";
    pid_t child = fork();
    if (child == 0) { /* an editor may come with options: "code --wait" */
        char command[CONFIG_EDIT_NAME + 8];
        snprintf(command, sizeof command, "exec %.200s \"$1\"", editor);
        execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0
               ? PITH_OK
               : pith_fail(reterr, PITH_IO, "the editor %.100s failed: nothing was changed (EDITOR names another)", editor);
}

/* What was edited is kept aside when it does not read, so that no work is lost. */
static enum pith_status edit(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *text = NULL, *edited = NULL;
    struct pith_error error;
    char path[CONFIG_PATH], draft[CONFIG_PATH + 16];
    size_t length;
    enum pith_status status = config_path(call->config, path, reterr);
    if (status)
        return status;
    snprintf(draft, sizeof draft, "%s.draft", path);
    if (files_read(path, &text, &length, NULL)) {
        files_make_folders(path);
        text = strdup(config_sample);
    }
    if (!text)
        return pith_no_memory(reterr);
    if (access(draft, F_OK) != 0)
        status = files_write_private(draft, text, strlen(text), true, reterr);
    if (!status)
        status = run_editor(draft, reterr);
    if (!status)
        status = files_read(draft, &edited, &length, reterr);
    if (status)
        return status;
    status = config_save(path, edited, &error);
    if (status)
        return pith_fail(reterr, status, "%.300s. What you wrote waits in %.100s: `pith config edit` goes on with it",
                         error.message, draft);
    unlink(draft);
    return PITH_OK;
}

enum pith_status command_config(struct call *call, struct pith_error *reterr)
{
    const char *what = call->count ? call->words[0] : "";
    if (!call->count)
        return show(call, NULL, reterr);
    if (strcmp(what, "get") == 0 && call->count == 2)
        return show(call, call->words[1], reterr);
    if (strcmp(what, "set") == 0 && call->count == 3)
        return config_put(call, call->words[1], call->words[2], reterr);
    if (strcmp(what, "edit") == 0 && call->count == 1)
        return edit(call, reterr);
    return pith_fail(reterr, PITH_USAGE,
                     "it is pith config, pith config get NAME, pith config set NAME VALUE, or pith config edit");
}
