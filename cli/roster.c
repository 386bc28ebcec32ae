#include "cli/roster.h"

#include "cli/config_edit.h"
#include "cli/config_save.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/roster_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define TOKEN_LABEL "reader"

const char *roster_outcome_name(enum roster_outcome outcome)
{
    static const char *const names[] = {
        [ROSTER_THERE] = "there", [ROSTER_MADE] = "made", [ROSTER_FINISHED] = "finished", [ROSTER_CHANGED] = "changed"};
    return names[outcome];
}

/* ---- one at a time ---- */

void roster_close(struct roster *roster)
{
    if (roster->lock >= 0)
        close(roster->lock);
    roster->lock = -1;
}

enum pith_status roster_open(struct call *call, struct roster *ret_roster, struct pith_error *reterr)
{
    const struct config *config;
    struct roster roster = {.call = call, .lock = -1};
    char path[ROSTER_PATH + 16];
    enum pith_status status = call_config(call, &config, reterr);
    if (!status && !*config->path)
        status = config_path(NULL, roster.folder, reterr);
    if (status)
        return status;
    const char *slash = strrchr(config->path, '/');
    snprintf(roster.folder, sizeof roster.folder, "%.*s", slash ? (int)(slash + 1 - config->path) : 2, slash ? config->path : "./");
    snprintf(path, sizeof path, "%s.readers.lock", roster.folder);
    files_make_folders(path);
    roster.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (roster.lock < 0 || flock(roster.lock, LOCK_EX) != 0)
        status = pith_fail(reterr, PITH_IO, "could not lock %s: %s", path, strerror(errno));
    if (!status)
        status = roster_files_tidy(&roster, reterr);
    if (status)
        roster_close(&roster);
    else
        *ret_roster = roster;
    return status;
}

enum pith_status roster_check_name(const char *name, struct pith_error *reterr)
{
    static const char *const taken[] = {"default", ".", ".."};
    size_t length = strlen(name);
    bool good = length > 0 && length <= 200 && *name != '.' && *name != ' ' && name[length - 1] != ' ' &&
                strncmp(name, "id:", 3) != 0;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        good = good && strcmp(name, taken[i]) != 0;
    for (const char *at = name; *at; at++)
        good = good && (unsigned char)*at >= ' ' && *at != 0x7f && !strchr("/\\\"[]", *at);
    return good ? PITH_OK
                : pith_fail(reterr, PITH_USAGE,
                            "%.100s is no name for a reader: it has 1 to 200 bytes, begins with a letter or digit, and is neither "
                            "\"default\" nor has / \\ \" [ or ] in it",
                            *name ? name : "\"\"");
}

/* ---- what opens a reader's profile ---- */

/* Unlocks by the file; *ret_good false: it is not there, or opens nothing. */
static enum pith_status open_by(struct roster *roster, enum pith_way way, const char *path, bool *ret_good,
                                struct pith_error *reterr)
{
    struct passphrase secret;
    struct pith_error error;
    enum pith_status status = passphrase_read_private(&secret, path, "secret", &error);
    bool read = !status, opens_nothing = status == PITH_NOT_FOUND;
    if (read)
        status = pith_unlock(roster->call->pith, way, secret.text, secret.length, call_now(), &error);
    passphrase_wipe(&secret);
    *ret_good = !status;
    opens_nothing = opens_nothing || (read && (status == PITH_NOT_FOUND || status == PITH_LOCKED || status == PITH_USAGE));
    return !status || opens_nothing ? PITH_OK : pith_fail(reterr, status, "%s", error.message);
}

struct adding {
    struct roster *roster;
    const struct roster_wish *wish;
    char token[ROSTER_PATH], code[ROSTER_PATH], making[ROSTER_PATH];
    bool has, half; /* a profile; what makes it */
};

/* The secret is in its file before the profile is: whatever kills this, the next run opens what was made. */
static enum pith_status make_profile(struct adding *adding, struct pith_error *reterr)
{
    struct pith *pith = adding->roster->call->pith;
    struct passphrase secret;
    unsigned char random[32];
    char text[2 * sizeof random + 1];
    enum pith_status status = PITH_OK;
    if (!adding->half) {
        pith_random(random, sizeof random);
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(text + 2 * i, 3, "%02x", random[i]);
        status = files_write_private(adding->making, text, strlen(text), false, reterr);
        explicit_bzero(random, sizeof random);
        explicit_bzero(text, sizeof text);
    }
    if (status)
        return status;
    status = passphrase_read_private(&secret, adding->making, "secret", reterr);
    if (!status)
        status = pith_create_profile(pith, secret.text, secret.length, PITH_INTERACTIVE, reterr);
    if (!status)
        status = pith_unlock(pith, PITH_PASSPHRASE, secret.text, secret.length, call_now(), reterr);
    passphrase_wipe(&secret);
    return status;
}

/* A way in as a file; one of an earlier run, which nobody was told, gives way. */
static enum pith_status put_way(struct pith *pith, const struct pith_keys *keys, enum pith_way way, const char *path,
                                struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request,
                                       .way = way,
                                       .label = way == PITH_TOKEN ? TOKEN_LABEL : NULL,
                                       .scopes = way == PITH_TOKEN ? PITH_MAY_RANK | PITH_MAY_VOTE : 0};
    for (size_t i = 0; i < keys->count; i++)
        if (keys->item[i].way == way)
            request.slot = keys->item[i].slot;
    enum pith_status status = pith_put_key(pith, &request, &secret, reterr);
    return status ? status : files_write_private(path, secret->text, strlen(secret->text), true, reterr);
}

/* Token and code; then the secret that made the profile opens nothing any more. */
static enum pith_status complete(struct adding *adding, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    struct pith *pith = adding->roster->call->pith;
    enum pith_status status = pith_list_keys(pith, &keys, reterr);
    if (!status)
        status = put_way(pith, keys, PITH_TOKEN, adding->token, reterr);
    if (!status)
        status = put_way(pith, keys, PITH_RECOVERY_CODE, adding->code, reterr);
    for (size_t i = 0; !status && i < keys->count; i++)
        if (keys->item[i].way == PITH_PASSPHRASE)
            status = pith_revoke_key(pith, keys->item[i].slot, reterr);
    return status;
}

static enum pith_status refuse_lost(const struct adding *adding, struct pith_error *reterr)
{
    if (adding->has)
        return pith_fail(
            reterr, PITH_EXISTS,
            "%.100s is a reader here, and %.200s does not open the profile: nothing was changed. Put the token there, or "
            "take the reader away by pith reader remove",
            adding->wish->name, adding->token);
    return pith_fail(reterr, PITH_EXISTS, "%.200s is there, and no reader %.100s is here: move the file away first", adding->token,
                     adding->wish->name);
}

/* Makes the profile, or opens the one that is there. */
static enum pith_status open_or_make(struct adding *adding, struct pith_error *reterr)
{
    bool good = false;
    enum pith_status status = PITH_OK;
    if (adding->has && adding->half) {
        status = open_by(adding->roster, PITH_PASSPHRASE, adding->making, &good, reterr);
        if (!status && good)
            return complete(adding, reterr);
    }
    if (!status && adding->has) {
        status = open_by(adding->roster, PITH_TOKEN, adding->token, &good, reterr);
        return status || good ? status : refuse_lost(adding, reterr);
    }
    if (!status && !adding->half && access(adding->token, F_OK) == 0)
        return refuse_lost(adding, reterr);
    if (!status)
        status = make_profile(adding, reterr);
    return status ? status : complete(adding, reterr);
}

/* ---- config ---- */

struct section {
    const char *name, *address, *other; /* other: its new name */
};

static struct config_edit_key key_of(const char *name, const char *key)
{
    struct config_edit_key made = {.section = "reader"};
    snprintf(made.title, sizeof made.title, "%s", name);
    snprintf(made.key, sizeof made.key, "%s", key);
    return made;
}

static enum pith_status set_section(void *user, const char *text, char **ret_text, struct pith_error *reterr)
{
    const struct section *section = user;
    const struct config_edit_key address = key_of(section->name, "address"), token = key_of(section->name, "token-file");
    PITH_AUTO(pith_free_p) char *once = NULL;
    char file[300];
    snprintf(file, sizeof file, "tokens/%s", section->name);
    enum pith_status status = config_edit_set(text, &address, section->address, &once, reterr);
    return status ? status : config_edit_set(once, &token, file, ret_text, reterr);
}

static enum pith_status drop_section(void *user, const char *text, char **ret_text, struct pith_error *reterr)
{
    const struct section *section = user;
    const struct config_edit_key key = key_of(section->name, "");
    return config_edit_drop(text, &key, ret_text, reterr);
}

static enum pith_status rename_section(void *user, const char *text, char **ret_text, struct pith_error *reterr)
{
    const struct section *section = user;
    const struct config_edit_key key = key_of(section->name, ""), token = key_of(section->other, "token-file");
    PITH_AUTO(pith_free_p) char *once = NULL;
    char file[300];
    snprintf(file, sizeof file, "tokens/%s", section->other);
    enum pith_status status = config_edit_rename(text, &key, section->other, &once, reterr);
    return status ? status : config_edit_set(once, &token, file, ret_text, reterr);
}

static const struct mail_config_reader *find_reader(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->mailing->readers; i++)
        if (strcmp(config->mailing->reader[i].name, name) == 0)
            return &config->mailing->reader[i];
    return NULL;
}

/* *ret_changed: the section was not so before. */
static enum pith_status put_section(struct roster *roster, const struct roster_wish *wish, bool *ret_changed,
                                    struct pith_error *reterr)
{
    const struct config *config;
    struct section section = {.name = wish->name, .address = wish->address};
    enum pith_status status = call_config(roster->call, &config, reterr);
    if (status || !wish->address)
        return status;
    const struct mail_config_reader *reader = find_reader(config, wish->name);
    if (reader && strcmp(reader->address, wish->address) == 0)
        return PITH_OK;
    *ret_changed = true;
    return config_change(roster->call, set_section, &section, reterr);
}

/* ---- adding ---- */

static enum pith_status check_wish(const struct roster_wish *wish, struct pith_error *reterr)
{
    struct pith_error error;
    enum pith_status status = roster_check_name(wish->name, reterr);
    if (!status && wish->address && (pith_check_address(wish->address, &error) || strchr(wish->address, '"')))
        status = pith_fail(reterr, PITH_INPUT, "%.100s is no address: write ann@lab.example or Ann Lee <ann@lab.example>",
                           wish->address);
    if (!status && wish->seed && access(wish->seed, R_OK) != 0)
        status = pith_fail(reterr, PITH_INPUT, "could not read the seeds %.200s: %s", wish->seed, strerror(errno));
    return status;
}

/* What was taken before stands, and counts for nothing new. */
static enum pith_status seed(struct adding *adding, bool *ret_changed, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *bytes = NULL;
    struct pith_seed_report report;
    struct pith_error error;
    size_t length;
    if (!adding->wish->seed)
        return PITH_OK;
    enum pith_status status = files_read(adding->wish->seed, &bytes, &length, reterr);
    if (status)
        return status;
    status = pith_seed_file(adding->roster->call->pith, bytes, length, NULL, call_today(), &report, &error);
    if (status)
        return pith_fail(reterr, status, "%.100s is a reader now, without seeds: %.100s: %.250s", adding->wish->name,
                         adding->wish->seed, error.message);
    *ret_changed = *ret_changed || report.seeded;
    return PITH_OK;
}

enum pith_status roster_add(struct roster *roster, const struct roster_wish *wish, enum roster_outcome *ret_outcome,
                            struct pith_error *reterr)
{
    struct adding adding = {.roster = roster, .wish = wish};
    bool changed = false;
    enum pith_status status = check_wish(wish, reterr);
    if (!status)
        status = roster_files_begin(roster, wish->name, adding.making, reterr);
    if (!status)
        status = pith_set_reader(roster->call->pith, wish->name, reterr);
    if (!status)
        status = pith_has_profile(roster->call->pith, &adding.has, reterr);
    if (status)
        return status;
    roster_token(roster, wish->name, adding.token);
    roster_code(roster, wish->name, adding.code);
    adding.half = access(adding.making, F_OK) == 0;
    status = open_or_make(&adding, reterr);
    if (!status)
        status = put_section(roster, wish, &changed, reterr);
    if (!status && adding.half + !adding.has > 0)
        unlink(adding.making);
    if (!status)
        status = seed(&adding, &changed, reterr);
    if (!status)
        *ret_outcome = adding.half ? ROSTER_FINISHED : !adding.has ? ROSTER_MADE : changed ? ROSTER_CHANGED : ROSTER_THERE;
    return status;
}

/* ---- removing and renaming ---- */

enum pith_status roster_remove(struct roster *roster, const char *name, struct pith_error *reterr)
{
    const struct config *config;
    struct section section = {.name = name};
    char path[3][ROSTER_PATH];
    bool has = false, any;
    enum pith_status status = roster_check_name(name, reterr);
    if (!status)
        status = call_config(roster->call, &config, reterr);
    if (!status)
        status = roster_files_begin(roster, name, path[0], reterr);
    if (!status)
        status = pith_set_reader(roster->call->pith, name, reterr);
    if (!status)
        status = pith_has_profile(roster->call->pith, &has, reterr);
    if (status)
        return status;
    roster_token(roster, name, path[1]);
    roster_code(roster, name, path[2]);
    any = has || find_reader(config, name);
    for (size_t i = 0; i < 3; i++)
        any = any || access(path[i], F_OK) == 0;
    if (!any)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no reader %.100s: `pith reader list` shows them", name);
    if (has)
        status = pith_erase(roster->call->pith, reterr);
    if (!status)
        status = config_change(roster->call, drop_section, &section, reterr);
    for (size_t i = 0; !status && i < 3; i++)
        if (unlink(path[i]) != 0 && errno != ENOENT)
            status = pith_fail(reterr, PITH_IO, "could not remove %.200s: %s", path[i], strerror(errno));
    return status;
}

static enum pith_status move(const char *from, const char *to, struct pith_error *reterr)
{
    return access(from, F_OK) != 0 || rename(from, to) == 0
               ? PITH_OK
               : pith_fail(reterr, PITH_IO, "could not rename %.200s: %s", from, strerror(errno));
}

static enum pith_status has_reader(struct roster *roster, const char *name, bool *ret_has, struct pith_error *reterr)
{
    enum pith_status status = pith_set_reader(roster->call->pith, name, reterr);
    return status ? status : pith_has_profile(roster->call->pith, ret_has, reterr);
}

/* The name in the profile; one that an earlier run has given it already is kept. */
static enum pith_status rename_profile(struct roster *roster, const char *name, const char *other, const char *token,
                                       const char *new_token, struct pith_error *reterr)
{
    bool has = false, taken = false, good = false;
    enum pith_status status = has_reader(roster, other, &taken, reterr);
    if (!status)
        status = has_reader(roster, name, &has, reterr);
    if (!status && has && taken)
        return pith_fail(reterr, PITH_EXISTS, "there is a reader %.100s already: nothing was changed", other);
    bool begun = taken && access(token, F_OK) == 0 && access(new_token, F_OK) != 0;
    if (!status && !has && !begun)
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no reader %.100s: `pith reader list` shows them", name);
    if (status || begun)
        return status;
    status = open_by(roster, PITH_TOKEN, token, &good, reterr);
    if (!status && !good)
        status = pith_fail(reterr, PITH_LOCKED, "%.200s does not open the profile of %.100s: put its token there", token, name);
    return status ? status : pith_rename(roster->call->pith, other, reterr);
}

enum pith_status roster_rename(struct roster *roster, const char *name, const char *other, struct pith_error *reterr)
{
    const struct config *config;
    struct section section = {.name = name, .other = other};
    char token[ROSTER_PATH], code[ROSTER_PATH], new_token[ROSTER_PATH], new_code[ROSTER_PATH];
    enum pith_status status = roster_check_name(name, reterr);
    if (!status)
        status = roster_check_name(other, reterr);
    if (!status)
        status = call_config(roster->call, &config, reterr);
    if (status)
        return status;
    roster_token(roster, name, token);
    roster_code(roster, name, code);
    roster_token(roster, other, new_token);
    roster_code(roster, other, new_code);
    status = rename_profile(roster, name, other, token, new_token, reterr);
    if (!status && find_reader(config, name)) /* before its files, which tell a run that comes after a kill where this one was */
        status = config_change(roster->call, rename_section, &section, reterr);
    if (!status)
        status = move(code, new_code, reterr);
    return status ? status : move(token, new_token, reterr);
}

enum pith_status roster_state(struct roster *roster, const char *name, enum roster_state *ret_state, struct pith_error *reterr)
{
    char token[ROSTER_PATH], making[ROSTER_PATH];
    bool has = false, good = false;
    roster_token(roster, name, token);
    enum pith_status status = roster_files_begin(roster, name, making, reterr);
    if (!status)
        status = has_reader(roster, name, &has, reterr);
    if (!status && has)
        status = open_by(roster, PITH_TOKEN, token, &good, reterr);
    if (!status)
        *ret_state = access(making, F_OK) == 0 ? ROSTER_HALF : good ? ROSTER_WHOLE : ROSTER_LOST;
    return status;
}
