#include "call.h"
#include "../engine/json.h"
#include "passphrase.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *set_or_null(const char *value)
{
    return value && *value ? value : NULL;
}

/* --home, PITH_HOME, $XDG_DATA_HOME/pith, ~/.local/share/pith: the first that is set. */
static enum pith_status home_folder(const struct call *call, char path[PATH_MAX], struct pith_error *reterr)
{
    const char *home = call->home ? call->home : set_or_null(getenv("PITH_HOME"));
    const char *data = set_or_null(getenv("XDG_DATA_HOME")), *user = set_or_null(getenv("HOME"));
    int length;
    if (home)
        length = snprintf(path, PATH_MAX, "%s", home);
    else if (data && *data == '/') /* a relative one is to be ignored, says the XDG base directory specification */
        length = snprintf(path, PATH_MAX, "%s/pith", data);
    else if (user)
        length = snprintf(path, PATH_MAX, "%s/.local/share/pith", user);
    else
        return pith_fail(reterr, PITH_USAGE, "no home folder: HOME is not set; give --home DIR or set PITH_HOME");
    if (length < 0 || length >= PATH_MAX)
        return pith_fail(reterr, PITH_USAGE, "the home folder's name is longer than %d bytes", PATH_MAX - 1);
    return *path ? PITH_OK : pith_fail(reterr, PITH_USAGE, "--home is empty: name a folder");
}

enum pith_status call_open(struct call *call, bool create, struct pith_error *reterr)
{
    char path[PATH_MAX];
    enum pith_status status = home_folder(call, path, reterr);
    if (status)
        return status;
    status = pith_open(path, create, &call->pith, reterr);
    if (status)
        return status;
    pith_set_progress(call->pith, terminal_progress, &call->terminal);
    return PITH_OK;
}

enum pith_status call_unlock_opened(struct call *call, struct pith_error *reterr)
{
    if (!pith_has_profile(call->pith))
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no profile yet: make one with `pith init`");
    struct passphrase passphrase;
    enum pith_status status = passphrase_get(&passphrase, call->passphrase_file, false, reterr);
    if (!status)
        status = pith_unlock(call->pith, passphrase.text, passphrase.length, reterr);
    passphrase_wipe(&passphrase);
    return status;
}

enum pith_status call_unlock(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call_open(call, false, reterr);
    return status ? status : call_unlock_opened(call, reterr);
}

static void list_matches(const struct pith_papers *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        fputs("  ", stderr);
        terminal_text(stderr, matches->item[i].id);
        fputs("  ", stderr);
        terminal_text(stderr, matches->item[i].title);
        fputc('\n', stderr);
    }
    if (matches->more)
        fputs("  and more\n", stderr);
}

void call_tell(struct call *call, const struct pith_error *error, const struct pith_papers *matches)
{
    if (call->told)
        return;
    call->told = true;
    terminal_clear_progress(&call->terminal);
    fputs("pith: ", stderr);
    terminal_text(stderr, error->message);
    fputc('\n', stderr);
    if (matches)
        list_matches(matches);
    char *json = NULL;
    if (call->json && pith_json_error(error, matches, &json) == PITH_OK)
        call_print_json(json);
}

enum pith_status call_find(struct call *call, const char *name, struct pith_papers **ret_paper,
                           struct pith_error *reterr)
{
    AUTO(pith_papers_free_p) struct pith_papers *papers = NULL;
    enum pith_status status = pith_find(call->pith, name, &papers, reterr);
    if (status)
        return status;
    if (papers->count == 1 && !papers->more) {
        *ret_paper = TAKE(papers);
        return PITH_OK;
    }
    struct pith_error error;
    pith_fail(&error, PITH_AMBIGUOUS, "\"%s\" could be any of these; nothing was done: name one by its identifier",
              name);
    call_tell(call, &error, papers);
    if (reterr)
        *reterr = error;
    return PITH_AMBIGUOUS;
}

void call_print_json(char *json)
{
    fputs(json, stdout);
    free(json);
}

int32_t call_today(void)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    local.tm_hour = local.tm_min = local.tm_sec = 0;
    return (int32_t)(timegm(&local) / 86400);
}
