#include "cli/call.h"

#include "cli/paper_print.h"
#include "cli/passphrase.h"
#include <pith/json.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *set_or_null(const char *value)
{
    return value && *value ? value : NULL;
}

/* What an option says, else the environment, else NULL. */
static const char *option_or(const char *option, const char *variable)
{
    return option ? option : set_or_null(getenv(variable));
}

enum pith_status call_config(struct call *call, const struct config **ret_config, struct pith_error *reterr)
{
    enum pith_status status = call->settings ? PITH_OK : config_read(call->config, &call->settings, reterr);
    if (!status)
        *ret_config = call->settings;
    return status;
}

static const struct config none = {0};

/* What [pith] says goes with the home that the config file means: for another home none of it counts. */
static const struct config *own_config(const struct call *call)
{
    bool elsewhere = option_or(call->home, "PITH_HOME") && !call->config;
    return call->settings && !elsewhere ? call->settings : &none;
}

const char *call_reader(const struct call *call)
{
    const char *reader = option_or(call->reader, "PITH_READER");
    return reader ? reader : own_config(call)->reader;
}

/* --home, PITH_HOME, the config file, $XDG_DATA_HOME/pith, ~/.local/share/pith: the first that is set. */
enum pith_status call_home(struct call *call, char path[CALL_PATH], struct pith_error *reterr)
{
    const struct config *config;
    const char *home = option_or(call->home, "PITH_HOME");
    const char *data = set_or_null(getenv("XDG_DATA_HOME")), *user = set_or_null(getenv("HOME"));
    int length;
    enum pith_status status = call_config(call, &config, reterr);
    if (status)
        return status;
    if (!home)
        home = config->home;
    if (home)
        length = snprintf(path, CALL_PATH, "%s", home);
    else if (data && *data == '/') /* a relative one is to be ignored, says the XDG base directory specification */
        length = snprintf(path, CALL_PATH, "%s/pith", data);
    else if (user)
        length = snprintf(path, CALL_PATH, "%s/.local/share/pith", user);
    else
        return pith_fail(reterr, PITH_USAGE, "no home folder: HOME is not set; give --home DIR or set PITH_HOME");
    if (length < 0 || length >= CALL_PATH)
        return pith_fail(reterr, PITH_USAGE, "the home folder's name is longer than %d bytes", CALL_PATH - 1);
    return *path ? PITH_OK : pith_fail(reterr, PITH_USAGE, "--home is empty: name a folder");
}

enum pith_status call_open(struct call *call, bool create, struct pith_error *reterr)
{
    char path[CALL_PATH];
    if (call->pith) /* by a command that goes on with another */
        return PITH_OK;
    enum pith_status status = call_home(call, path, reterr);
    if (status)
        return status;
    status = pith_open(path, create, &call->pith, reterr);
    if (status)
        return status;
    const struct config *own = own_config(call);
    const char *witness = option_or(call->witness, "PITH_WITNESS");
    pith_set_progress(call->pith, terminal_progress, &call->terminal);
    status = pith_set_reader(call->pith, call_reader(call), reterr);
    return status ? status : pith_set_witness(call->pith, witness ? witness : own->witness, reterr);
}

enum pith_status call_limit(const struct call *call, size_t *limit, struct pith_error *reterr)
{
    char *end;
    if (!call->limit)
        return PITH_OK;
    unsigned long read = strtoul(call->limit, &end, 10);
    if (call->limit[0] < '0' || call->limit[0] > '9' || *end)
        return pith_fail(reterr, PITH_USAGE, "--limit %s: a number is expected, 0 for all", call->limit);
    *limit = read;
    return PITH_OK;
}

/* ---- unlocking ---- */

/* Where a secret stands. */
struct way {
    enum pith_way way;
    const char *what;
    char file[CALL_PATH]; /* "": none is named */
};

/* In the order in which they are looked for: what the call says, the environment, what systemd handed to a unit, the config file. */
static struct way named_way(const struct call *call)
{
    const struct config *own = own_config(call);
    const char *reader = call_reader(call);
    if (reader && (!own->reader || strcmp(reader, own->reader) != 0)) /* what opens one reader's profile opens no other's */
        own = &none;
    const struct {
        enum pith_way way;
        const char *what, *said, *variable, *credential, *kept;
    } ways[] = {
        {PITH_TOKEN, "token", call->token_file, "PITH_TOKEN_FILE", "pith-token", own->token_file},
        {PITH_KEY_FILE, "key", call->key_file, "PITH_KEY_FILE", "pith-key", own->key_file},
        {PITH_PASSPHRASE, "passphrase", call->passphrase_file, "PITH_PASSPHRASE_FILE", "pith-passphrase", own->passphrase_file},
    };
    enum { WAYS = sizeof ways / sizeof *ways, SAID = WAYS, NAMED = 2 * WAYS, HANDED = 3 * WAYS };
    struct way found = {0};
    for (size_t i = 0; i < 4 * WAYS && !*found.file && !(call->recovery && i >= SAID); i++) {
        size_t at = i % WAYS;
        const char *file = i < SAID     ? ways[at].said
                           : i < NAMED  ? set_or_null(getenv(ways[at].variable))
                           : i < HANDED ? NULL
                                        : ways[at].kept;
        found.way = ways[at].way;
        found.what = ways[at].what;
        if (file)
            snprintf(found.file, sizeof found.file, "%s", file);
        else if (i >= NAMED && i < HANDED)
            passphrase_credential(ways[at].credential, found.file);
    }
    return found;
}

bool call_names_way(const struct call *call)
{
    const struct way way = named_way(call);
    return call->recovery || call->fido2 || call->tpm || *way.file;
}

enum pith_status call_has_profile(struct call *call, bool *ret_has, struct pith_error *reterr)
{
    struct way way = named_way(call);
    if (*way.file && way.way == PITH_TOKEN) {
        *ret_has = true;
        return PITH_OK;
    }
    return pith_has_profile(call->pith, ret_has, reterr);
}

/* Votes, mails turned off and what else came through the inbox are no surprise then. */
static void tell_received(struct call *call)
{
    size_t taken, junk;
    pith_received(call->pith, &taken, &junk);
    if (taken)
        fprintf(stderr, "pith: %zu message%s from the inbox taken in\n", taken, taken == 1 ? "" : "s");
    if (junk)
        fprintf(stderr, "pith: %zu message%s in the inbox could not be read, and %s dropped\n", junk, junk == 1 ? "" : "s",
                junk == 1 ? "was" : "were");
}

static enum pith_status unlock_by(struct call *call, enum pith_way way, struct passphrase *secret, struct pith_error *reterr)
{
    enum pith_status status = pith_unlock(call->pith, way, secret->text, secret->length, call_now(), reterr);
    if (!status)
        tell_received(call);
    return status;
}

static enum pith_status unlock_by_key(void *user, const struct passphrase *pin, struct pith_error *reterr)
{
    struct call *call = user;
    return pith_unlock(call->pith, PITH_FIDO2, pin->text, pin->length, call_now(), reterr);
}

enum pith_status call_with_pin(enum pith_status (*ask)(void *user, const struct passphrase *pin, struct pith_error *reterr),
                               void *user, struct pith_error *reterr)
{
    struct passphrase pin = {0};
    fputs("Touch the security key when it blinks.\n", stderr);
    enum pith_status status = ask(user, &pin, reterr);
    if (status != PITH_USAGE)
        return status;
    status = passphrase_ask(&pin, "PIN of the security key: ", NULL, reterr);
    if (!status) {
        pin.text[pin.length] = '\0';
        status = ask(user, &pin, reterr);
    }
    passphrase_wipe(&pin);
    return status;
}

const char *call_tpm(void)
{
    const char *name = option_or(NULL, "PITH_TPM");
    return name ? name : "";
}

static enum pith_status unlock_by_device(struct call *call, struct pith_error *reterr)
{
    const char *name = call_tpm();
    enum pith_status status = call->tpm ? pith_unlock(call->pith, PITH_TPM, name, strlen(name), call_now(), reterr)
                                        : call_with_pin(unlock_by_key, call, reterr);
    if (!status)
        tell_received(call);
    return status;
}

enum pith_status call_unlock_quietly(struct call *call, bool *ret_unlocked, struct pith_error *reterr)
{
    struct way way = named_way(call);
    struct passphrase secret;
    bool device = call->fido2 || call->tpm;
    *ret_unlocked = false;
    if (call->recovery && !device)
        return PITH_OK;
    enum pith_status status;
    if (device) {
        status = unlock_by_device(call, reterr);
    } else if (*way.file) {
        status = passphrase_read(&secret, way.file, way.what, reterr);
        if (!status)
            status = unlock_by(call, way.way, &secret, reterr);
        passphrase_wipe(&secret);
    } else {
        status = pith_unlock_kept(call->pith, reterr);
        if (status == PITH_NOT_FOUND)
            return PITH_OK;
        if (!status)
            tell_received(call);
    }
    *ret_unlocked = !status;
    return status;
}

enum pith_status call_unlock_opened(struct call *call, struct pith_error *reterr)
{
    struct passphrase secret;
    bool unlocked = pith_scopes(call->pith) != 0, has = false;
    if (unlocked)
        return PITH_OK;
    enum pith_status status = call_unlock_quietly(call, &unlocked, reterr);
    if (status || unlocked)
        return status;
    status = pith_has_profile(call->pith, &has, reterr);
    if (!status && !has)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no profile yet: make one with `pith init`");
    if (status)
        return status;
    status = passphrase_ask(&secret, call->recovery ? "Recovery code: " : "Passphrase: ", NULL, reterr);
    if (!status)
        status = unlock_by(call, call->recovery ? PITH_RECOVERY_CODE : PITH_PASSPHRASE, &secret, reterr);
    passphrase_wipe(&secret);
    return status;
}

enum pith_status call_new_passphrase(struct call *call, bool of_new_profile, struct passphrase *passphrase,
                                     struct pith_error *reterr)
{
    char credential[CALL_PATH];
    const char *file = call->new_passphrase_file;
    if (!file && of_new_profile)
        file = option_or(call->passphrase_file, "PITH_PASSPHRASE_FILE");
    if (!file && passphrase_credential("pith-new-passphrase", credential))
        file = credential;
    enum pith_status status = file ? passphrase_read(passphrase, file, "passphrase", reterr)
                                   : passphrase_ask(passphrase, "New passphrase: ", "Again, to be sure: ", reterr);
    if (!status)
        status = pith_check_passphrase(passphrase->text, passphrase->length, reterr);
    if (status)
        passphrase_wipe(passphrase);
    return status;
}

enum pith_status call_only(const char *value, unsigned *ret_announce, struct pith_error *reterr)
{
    static const struct {
        const char *name;
        unsigned bit;
    } kinds[] = {{"new", PITH_NEW}, {"cross", PITH_CROSS}, {"replaced", PITH_REPLACED}};
    unsigned announce = 0;
    for (const char *at = value; *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", "), i = 0;
        while (i < sizeof kinds / sizeof *kinds && (strlen(kinds[i].name) != length || strncmp(at, kinds[i].name, length) != 0))
            i++;
        if (i == sizeof kinds / sizeof *kinds)
            return pith_fail(reterr, PITH_USAGE, "--only %s: give new, cross, replaced, or several with commas", value);
        announce |= kinds[i].bit;
        at += length;
    }
    *ret_announce = announce;
    return PITH_OK;
}

enum pith_status call_day(const char *name, const char *value, int32_t *ret_day, struct pith_error *reterr)
{
    if (pith_day_from_text(value, ret_day))
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE, "--%s %s: a day is written YYYY-MM-DD", name, value);
}

enum pith_status call_strength(const struct call *call, enum pith_strength *ret_strength, struct pith_error *reterr)
{
    static const char *const names[] = {
        [PITH_INTERACTIVE] = "interactive", [PITH_MODERATE] = "moderate", [PITH_SENSITIVE] = "sensitive"};
    *ret_strength = PITH_MODERATE;
    if (!call->strength)
        return PITH_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(call->strength, names[i]) == 0) {
            *ret_strength = (enum pith_strength)i;
            return PITH_OK;
        }
    return pith_fail(reterr, PITH_USAGE, "--strength %s: interactive, moderate or sensitive is expected", call->strength);
}

enum pith_status call_unlock(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call_open(call, false, reterr);
    return status ? status : call_unlock_opened(call, reterr);
}

static void list_matches(const struct pith_papers *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        const char *name = paper_name(matches->item[i].id);
        fputs("  ", stderr);
        terminal_text(stderr, name);
        fputs(*name ? "  " : "", stderr);
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

enum pith_status call_find(struct call *call, const char *name, struct pith_papers **ret_paper, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *papers = NULL;
    enum pith_status status = pith_find(call->pith, name, &papers, reterr);
    if (status)
        return status;
    if (papers->count == 1 && !papers->more) {
        *ret_paper = PITH_TAKE(papers);
        return PITH_OK;
    }
    struct pith_error error;
    pith_fail(&error, PITH_AMBIGUOUS,
              "\"%s\" could be any of these; nothing was done: name one by its identifier or its whole title", name);
    call_tell(call, &error, papers);
    if (reterr)
        *reterr = error;
    return PITH_AMBIGUOUS;
}

bool call_is_piped(const struct call *call)
{
    return call->json || !call->terminal.width;
}

void call_page(struct call *call)
{
    if (!call_is_piped(call) && !call->no_pager && !call->pager.child)
        pager_start(&call->pager);
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

int32_t call_utc_today(void)
{
    return (int32_t)(call_now() / 86400);
}

int64_t call_now(void)
{
    return (int64_t)time(NULL);
}

enum pith_status call_judge_import(struct call *call, const char *file, const struct pith_import_report *report,
                                   struct pith_error *reterr)
{
    if (!report->format || report->records || report->hidden || !report->skipped)
        return PITH_OK;
    call->told |= call->json; /* the report that was printed says it */
    return pith_fail(reterr, PITH_INPUT, "%s: none of its %zu record%s could be used: %.200s", file, report->skipped,
                     report->skipped == 1 ? "" : "s", report->problems ? report->problem[0].reason : "");
}
