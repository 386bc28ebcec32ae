/* From nothing to today's ranking: at most five questions, each left out once it is answered by an option, the config or the profile. */
#include "cli/commands/commands.h"
#include "cli/config_save.h"
#include "cli/files.h"
#include "cli/next.h"
#include "cli/passphrase.h"
#include "cli/timers.h"
#include <pith/pith.h>

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER = 1024, TRIES = 3 };
#define KEY_LABEL "pith setup"
#define TOKEN_LABEL "pith digest"

/* A line that the option answers, else the person at the terminal. */
static enum pith_status ask(const char *option, const char *question, const char *instead, char answer[ANSWER],
                            struct pith_error *reterr)
{
    if (!option)
        return terminal_ask(question, instead, answer, ANSWER, reterr);
    return snprintf(answer, ANSWER, "%s", option) < ANSWER ? PITH_OK : pith_fail(reterr, PITH_USAGE, "%s is too long", instead);
}

static bool is_no(const char *answer)
{
    return !*answer || strcasecmp(answer, "no") == 0 || strcasecmp(answer, "n") == 0;
}

static bool is_yes(const char *answer)
{
    return strcasecmp(answer, "yes") == 0 || strcasecmp(answer, "y") == 0;
}

/* ---- 1: the profile ---- */

static enum pith_status make_profile(struct call *call, struct pith_error *reterr)
{
    struct passphrase passphrase;
    enum pith_strength strength;
    enum pith_status status = call_strength(call, &strength, reterr);
    if (!status && !call->new_passphrase_file && !call->passphrase_file)
        fputs("1. A passphrase seals what you like. Nobody can recover it.\n", stderr);
    if (!status)
        status = call_new_passphrase(call, true, &passphrase, reterr);
    if (status)
        return status;
    status = pith_create_profile(call->pith, passphrase.text, passphrase.length, strength, reterr);
    if (!status)
        status = pith_unlock(call->pith, PITH_PASSPHRASE, passphrase.text, passphrase.length, call_now(), reterr);
    passphrase_wipe(&passphrase);
    return status;
}

static enum pith_status open_profile(struct call *call, struct pith_error *reterr)
{
    bool has = false;
    enum pith_status status = call_open(call, true, reterr);
    if (!status)
        status = call_has_profile(call, &has, reterr);
    return status ? status : has ? call_unlock_opened(call, reterr) : make_profile(call, reterr);
}

/* ---- 2: what to fetch ---- */

static bool is_source(const char *word)
{
    return strchr(word, ':') || strcmp(word, "hf") == 0 || strcmp(word, "medrxiv") == 0 || strcmp(word, "biorxiv") == 0;
}

/* What a source is called: what stands before its colon; of an address "feed"; with a number where that is taken. */
static void name_source(const struct config *config, const char *from, char name[64])
{
    char base[32];
    bool address = strstr(from, "://");
    snprintf(base, sizeof base, "%.*s", address ? 4 : (int)strcspn(from, ":"), address ? "feed" : from);
    snprintf(name, 64, "%s", base);
    for (unsigned number = 2; config_source(config, name); number++)
        snprintf(name, 64, "%s-%u", base, number);
}

static enum pith_status put_source(struct call *call, const char *from, struct pith_error *reterr)
{
    const struct config *config;
    char name[64], key[96];
    enum pith_status status = call_config(call, &config, reterr);
    if (status)
        return status;
    name_source(config, from, name);
    snprintf(key, sizeof key, "source.%s.from", name);
    return config_put(call, key, from, reterr);
}

/* "cs.LG cs.CL, hf": the categories are one source of arXiv's, and each of the others is one of its own. */
static enum pith_status put_sources(struct call *call, char *answer, struct pith_error *reterr)
{
    char arxiv[ANSWER] = "arxiv:", *rest = NULL;
    size_t used = strlen(arxiv);
    enum pith_status status = PITH_OK;
    for (char *word = strtok_r(answer, " ,\t+", &rest); !status && word; word = strtok_r(NULL, " ,\t+", &rest)) {
        if (is_source(word))
            status = put_source(call, word, reterr);
        else
            used += (size_t)snprintf(arxiv + used, sizeof arxiv - used, "%s%s", arxiv[used - 1] == ':' ? "" : "+", word);
    }
    return status || !strcmp(arxiv, "arxiv:") ? status : put_source(call, arxiv, reterr);
}

static enum pith_status choose_sources(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    char answer[ANSWER];
    enum pith_status status = call_config(call, &config, reterr);
    if (status || config->sources)
        return status;
    status = ask(
        call->fetch,
        "2. What is to be fetched? Categories of arXiv (cs.LG cs.CL), hf, medrxiv, biorxiv:neuroscience, an address of a feed;\n"
        "   empty for nothing:",
        "--fetch SOURCES", answer, reterr);
    return status || is_no(answer) ? status : put_sources(call, answer, reterr);
}

/* What comes is kept; what does not is told, and the set-up goes on: `pith update` tries again. */
static void fetch(struct call *call)
{
    struct pith_error error;
    if (!call->settings || !call->settings->sources)
        return;
    enum pith_status status = command_update(call, &error);
    if (status)
        call_tell(call, &error, NULL);
    call->told = false;
}

/* ---- 3: where to start from ---- */

static enum pith_status seed(struct call *call, const char *answer, struct pith_error *reterr)
{
    const char *home = getenv("HOME");
    char path[PATH_MAX];
    bool own = strncmp(answer, "~/", 2) == 0 && home, seeded = false;
    snprintf(path, sizeof path, "%s%s", own ? home : "", own ? answer + 1 : answer);
    if (access(path, F_OK) != 0 && (strchr(path, '/') || strlen(path) > PITH_SEED_MOST))
        return pith_fail(reterr, PITH_NOT_FOUND, "there is no file %.300s", path);
    if (access(path, F_OK) != 0) {
        enum pith_status status = pith_seed_words(call->pith, answer, call_today(), &seeded, reterr);
        if (!status)
            printf("\"%s\" is taken as an interest.\n", answer);
        return status;
    }
    const char *words[] = {path}, **before = call->words;
    size_t count = call->count;
    call->words = words;
    call->count = 1;
    enum pith_status status = command_seed(call, reterr);
    call->words = before;
    call->count = count;
    return status;
}

static enum pith_status choose_seeds(struct call *call, struct pith_error *reterr)
{
    struct pith_summary summary;
    char answer[ANSWER];
    enum pith_status status = pith_summarise(call->pith, &summary, reterr);
    if (status || summary.seeds || summary.ups || summary.downs)
        return status;
    for (unsigned turn = 0; turn < TRIES; turn++) {
        struct pith_error error;
        status = ask(
            call->seed,
            "3. What do you like already? A library (BibTeX, RIS, Zotero, …), or words about your interests; empty for nothing:",
            "--seed FILE|WORDS", answer, reterr);
        if (status || is_no(answer))
            return status;
        status = seed(call, answer, &error);
        if (!status || call->seed)
            return status ? pith_fail(reterr, status, "%s", error.message) : PITH_OK;
        call_tell(call, &error, NULL);
        call->told = false;
    }
    return PITH_OK;
}

/* ---- 4: mail ---- */

static enum pith_status put_mail(struct call *call, const char *answer, struct pith_error *reterr)
{
    enum pith_status status = strchr(answer, '@') ? pith_check_address(answer, reterr) : PITH_OK;
    if (status)
        return status;
    if (strchr(answer, '@'))
        return config_put(call, "mail.to", answer, reterr);
    if (strchr(answer, '/'))
        return config_put(call, "mail.maildir", answer, reterr);
    return pith_fail(reterr, PITH_USAGE, "%.100s is no address and no folder: you@example.org, ~/Maildir or no", answer);
}

/* The profile remembers a no: it wants no mail. */
static enum pith_status want_mail(struct call *call, bool wanted, struct pith_error *reterr)
{
    struct pith_settings settings;
    enum pith_status status = pith_get_settings(call->pith, &settings, reterr);
    if (status || settings.mail == wanted)
        return status;
    settings.mail = wanted;
    return pith_put_settings(call->pith, &settings, reterr);
}

static bool is_mailed(const struct call *call)
{
    return call->settings && (call->settings->mailing->to || call->settings->mailing->maildir);
}

static enum pith_status choose_mail(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    struct pith_settings settings;
    char answer[ANSWER];
    enum pith_status status = call_config(call, &config, reterr);
    if (!status)
        status = pith_get_settings(call->pith, &settings, reterr);
    if (status || (!call->mail && (is_mailed(call) || !settings.mail)))
        return status;
    for (unsigned turn = 0; turn < TRIES; turn++) {
        struct pith_error error;
        status = ask(call->mail,
                     "4. Mail you each day's papers? An address, a maildir (~/Maildir), or no:", "--mail ADDRESS|DIR|no", answer,
                     reterr);
        if (status || is_no(answer))
            return status ? status : want_mail(call, false, reterr);
        status = put_mail(call, answer, &error);
        if (!status)
            status = call_config(call, &config, &error);
        if (!status)
            return want_mail(call, true, reterr);
        if (call->mail || turn + 1 == TRIES)
            return pith_fail(reterr, status, "%s", error.message);
        call_tell(call, &error, NULL);
        call->told = false;
    }
    return PITH_OK;
}

/* ---- 5: what opens the profile when nobody is there ---- */

/* A way in as a file beside the config. One that an earlier run left is used when it opens the profile, and else written anew. */
static enum pith_status put_way(struct call *call, enum pith_way way, const char *name, const char *setting,
                                struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    const char *label = way == PITH_TOKEN ? TOKEN_LABEL : KEY_LABEL, *slash = strrchr(call->settings->path, '/');
    struct pith_key_request request = {
        .size = sizeof request, .way = way, .label = label, .scopes = way == PITH_TOKEN ? PITH_MAY_RANK | PITH_MAY_VOTE : 0};
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash + 1 - call->settings->path) : 0, call->settings->path, name);
    enum pith_status status = pith_list_keys(call->pith, &keys, reterr);
    for (size_t i = 0; !status && i < keys->count; i++) /* of a run that was killed: its secret may be in no file */
        if (keys->item[i].way == way && keys->item[i].label && strcmp(keys->item[i].label, label) == 0)
            request.slot = keys->item[i].slot;
    if (!status)
        status = pith_put_key(call->pith, &request, &secret, reterr);
    if (!status)
        status = files_write_private(path, secret->text, strlen(secret->text), true, reterr);
    if (!status)
        status = config_put(call, setting, name, reterr);
    if (!status)
        printf(way == PITH_TOKEN ? "%s is a token that the mail is made by. It may rank and vote, and nothing else.\n"
                                 : "%s opens your profile. Whoever can read this file can read your votes.\n",
               path);
    return status;
}

static enum pith_status put_mail_token(struct call *call, struct pith_error *reterr)
{
    bool needed = is_mailed(call) && !call->settings->mailing->token_file;
    return needed ? put_way(call, PITH_TOKEN, "digest.token", "mail.token-file", reterr) : PITH_OK;
}

static enum pith_status choose_way(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    char answer[ANSWER];
    enum pith_status status = call_config(call, &config, reterr);
    if (status || config->key_file || config->passphrase_file || config->token_file)
        return status;
    for (unsigned turn = 0; turn < TRIES; turn++) {
        status = ask(
            call->unlock_at_login,
            "5. Open your profile without asking while you are logged in? Then a key file lies beside the config file. yes or no:",
            "--unlock yes|no", answer, reterr);
        if (status)
            return status;
        if (is_yes(answer))
            return put_way(call, PITH_KEY_FILE, "key", "pith.key-file", reterr);
        if (is_no(answer))
            return put_mail_token(call, reterr);
        if (call->unlock_at_login)
            break;
    }
    return pith_fail(reterr, PITH_USAGE, "%.100s: yes or no is expected", answer);
}

/* ---- each morning ---- */

static void start_timers(struct call *call)
{
    struct pith_error error;
    const struct config *config;
    char line[4 * PATH_MAX];
    if (call_config(call, &config, NULL) || !config->sources)
        return;
    if (timers_can()) {
        if (timers_install(call, is_mailed(call), &error))
            call_tell(call, &error, NULL);
        else
            printf("Timers of systemd %s on the mornings of weekdays: systemctl --user list-timers\n",
                   is_mailed(call) ? "fetch and mail" : "fetch");
        call->told = false;
    } else if (timers_crontab(call, is_mailed(call), line, sizeof line, NULL) == PITH_OK) {
        printf("systemd does not run here. For every morning, add this line by crontab -e:\n  %s\n", line);
    }
}

static enum pith_status end(struct call *call, struct pith_error *reterr)
{
    struct pith_summary summary;
    enum pith_status status = pith_summarise(call->pith, &summary, reterr);
    if (!status && summary.last_day != PITH_NO_DAY) {
        putchar('\n');
        call->no_pager = true; /* what is next stands below it */
        status = command_rank(call, reterr);
    }
    if (status)
        return status;
    puts("\nWhat is next:");
    return next_print(call, reterr);
}

enum pith_status command_setup(struct call *call, struct pith_error *reterr)
{
    const struct config *config;
    enum pith_status status = call_config(call, &config, reterr);
    if (!status)
        status = open_profile(call, reterr);
    if (!status && !config->there)
        status = config_start(call, reterr);
    if (!status)
        status = choose_sources(call, reterr);
    if (!status)
        status = choose_seeds(call, reterr);
    if (!status)
        status = choose_mail(call, reterr);
    if (!status)
        status = choose_way(call, reterr);
    if (!status)
        status = call_config(call, &config, reterr);
    if (status)
        return status;
    fetch(call);
    start_timers(call);
    return end(call, reterr);
}
