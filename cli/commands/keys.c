/* Commands on the ways into a profile: passphrases, recovery codes, key files, tokens, and the key kept by the kernel. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include <pith/json.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- listing ---- */

static const struct {
    unsigned scope;
    const char *name;
} scopes[] = {{PITH_MAY_RANK, "rank"}, {PITH_MAY_VOTE, "vote"}, {PITH_MAY_EXPORT, "export"}, {PITH_MAY_MANAGE, "manage"}};
enum { SCOPES = sizeof scopes / sizeof *scopes };

static void print_terms(const struct pith_key *key)
{
    if (key->way == PITH_PASSPHRASE)
        printf("  %" PRIu64 " passes over %" PRIu64 " MiB", key->operations, key->memory >> 20);
    const char *before = "  may ";
    for (size_t i = 0; i < SCOPES; i++)
        if (key->scopes & scopes[i].scope) {
            printf("%s%s", before, scopes[i].name);
            before = ",";
        }
    if (key->expires) {
        char day[16];
        printf("  until %s", pith_day_text((int32_t)(key->expires / 86400), day));
    }
}

static void print_key(const struct call *call, const struct pith_key *key)
{
    static const char *const names[] = {[PITH_PASSPHRASE] = "passphrase", [PITH_RECOVERY_CODE] = "recovery",
                                        [PITH_KEY_FILE] = "file",         [PITH_TOKEN] = "token",
                                        [PITH_FIDO2] = "fido2",           [PITH_TPM] = "tpm"};
    printf("%3" PRId64 "  ", key->slot);
    if (key->damaged) {
        terminal_style(&call->terminal, STYLE_BAD);
        printf("damaged     opens nothing: `pith key revoke %" PRId64 "` removes it", key->slot);
        terminal_style(&call->terminal, STYLE_PLAIN);
        putchar('\n');
        return;
    }
    printf("%-*s", *key->label || key->way == PITH_PASSPHRASE ? 10 : 0, names[key->way]);
    if (*key->label) {
        fputs("  ", stdout);
        terminal_text(stdout, key->label);
    }
    print_terms(key);
    puts(key->used ? "  (opened the profile now)" : "");
}

static void keep_way(struct pith_keys *keys, enum pith_way way)
{
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->item[i].way == way && !keys->item[i].damaged)
            keys->item[kept++] = keys->item[i];
        else
            free(keys->item[i].label);
    }
    keys->count = kept;
}

/* Those of one way, or all for `way` 0. */
static enum pith_status list_keys(struct call *call, int way, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_list_keys(call->pith, &keys, reterr);
    if (status)
        return status;
    if (way)
        keep_way(keys, (enum pith_way)way);
    char *json = NULL;
    if (call->json) {
        status = pith_json_keys(keys, &json, reterr);
        if (!status)
            call_print_json(json);
        return status;
    }
    for (size_t i = 0; i < keys->count; i++)
        print_key(call, &keys->item[i]);
    return PITH_OK;
}

/* ---- adding and changing ---- */

/* Told once: there is no second time to read it. */
static enum pith_status print_secret(const struct call *call, const struct pith_secret *secret, const char *say,
                                     struct pith_error *reterr)
{
    char *json = NULL;
    if (!call->json) {
        puts(say);
        if (*secret->text)
            printf("\n  %s\n", secret->text);
        return PITH_OK;
    }
    enum pith_status status = pith_json_secret(secret, &json, reterr);
    if (!status) {
        size_t length = strlen(json);
        fputs(json, stdout);
        explicit_bzero(json, length);
        free(json);
    }
    return status;
}

static enum pith_status slot_word(const char *word, int64_t *ret_slot, struct pith_error *reterr)
{
    char *end;
    long long slot = strtoll(word, &end, 10);
    if (slot < 1 || *end)
        return pith_fail(reterr, PITH_USAGE, "%s is no key slot's number: `pith key list` shows them", word);
    *ret_slot = slot;
    return PITH_OK;
}

/* A passphrase slot as the request says, with a passphrase asked for. */
static enum pith_status put_passphrase(struct call *call, struct pith_key_request *request, bool rotate,
                                       struct pith_secret **ret_secret, struct pith_error *reterr)
{
    struct passphrase passphrase;
    enum pith_status status = call_strength(call, &request->strength, reterr);
    if (!status)
        status = call_new_passphrase(call, false, &passphrase, reterr);
    if (status)
        return status;
    request->way = PITH_PASSPHRASE;
    request->passphrase = passphrase.text;
    request->length = passphrase.length;
    status = rotate ? pith_rotate(call->pith, request, ret_secret, reterr) : pith_put_key(call->pith, request, ret_secret, reterr);
    passphrase_wipe(&passphrase);
    return status;
}

static enum pith_status add_passphrase(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .label = call->label};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = put_passphrase(call, &request, false, &secret, reterr);
    return status ? status : print_secret(call, secret, "The profile opens with this passphrase too.", reterr);
}

static enum pith_status add_recovery(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .way = PITH_RECOVERY_CODE, .label = call->label};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_put_key(call->pith, &request, &secret, reterr);
    return status ? status
                  : print_secret(call, secret,
                                 "Your recovery code, shown this once. Write it down and keep it where nobody looks;\n"
                                 "`pith key change --recovery` then sets a new passphrase.",
                                 reterr);
}

/* The file is there before the slot is: a key that was never written down would open for nobody. */
static enum pith_status add_file(struct call *call, const char *name, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .way = PITH_KEY_FILE, .label = call->label};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_put_key(call->pith, &request, &secret, reterr);
    if (status)
        return status;
    status = files_write_private(name, secret->text, strlen(secret->text), false, reterr);
    if (status) {
        pith_revoke_key(call->pith, secret->slot, NULL);
        return status;
    }
    explicit_bzero(secret->text, sizeof secret->text);
    return print_secret(call, secret, "Key file written: whoever has it opens the profile with --key-file.", reterr);
}

struct adding {
    struct call *call;
    struct pith_secret *secret;
};

static enum pith_status put_security_key(void *user, const struct passphrase *pin, struct pith_error *reterr)
{
    struct adding *adding = user;
    struct pith_key_request request = {
        .size = sizeof request, .way = PITH_FIDO2, .label = adding->call->label, .device = pin->text};
    return pith_put_key(adding->call->pith, &request, &adding->secret, reterr);
}

static enum pith_status add_security_key(struct call *call, struct pith_error *reterr)
{
    struct adding adding = {.call = call};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = call_with_pin(put_security_key, &adding, reterr);
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = adding.secret;
    return status ? status
                  : print_secret(
                        call, secret,
                        "The profile opens with this security key too: give --fido2, and touch it. Keep the recovery code, in\n"
                        "case the key is lost.",
                        reterr);
}

static enum pith_status add_tpm(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TPM, .label = call->label, .device = call_tpm()};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_put_key(call->pith, &request, &secret, reterr);
    return status ? status
                  : print_secret(
                        call, secret,
                        "The profile opens with --tpm too, on this machine alone, for whoever may use its TPM. Keep the recovery\n"
                        "code, in case the machine breaks or its TPM is cleared.",
                        reterr);
}

static enum pith_status key_add(struct call *call, struct pith_error *reterr)
{
    const char *kind = call->count > 1 ? call->words[1] : "";
    if (strcmp(kind, "passphrase") == 0 && call->count == 2)
        return add_passphrase(call, reterr);
    if (strcmp(kind, "recovery") == 0 && call->count == 2)
        return add_recovery(call, reterr);
    if (strcmp(kind, "file") == 0 && call->count == 3)
        return add_file(call, call->words[2], reterr);
    if (strcmp(kind, "fido2") == 0 && call->count == 2)
        return add_security_key(call, reterr);
    if (strcmp(kind, "tpm") == 0 && call->count == 2)
        return add_tpm(call, reterr);
    return pith_fail(reterr, PITH_USAGE, "it is pith key add passphrase, recovery, file FILE, fido2 or tpm");
}

/* The slot whose passphrase is to change: the one named, else the one that opened, else the only one there is. */
static enum pith_status passphrase_slot(struct call *call, int64_t *ret_slot, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    int64_t wanted = 0, found = 0;
    size_t count = 0;
    enum pith_status status = call->count > 1 ? slot_word(call->words[1], &wanted, reterr) : PITH_OK;
    if (!status)
        status = pith_list_keys(call->pith, &keys, reterr);
    for (size_t i = 0; !status && i < keys->count; i++) {
        const struct pith_key *key = &keys->item[i];
        if (key->way != PITH_PASSPHRASE || key->damaged || (wanted && key->slot != wanted))
            continue;
        count = key->used ? 1 : count + 1;
        found = key->slot;
        if (key->used)
            break;
    }
    if (!status && !count)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no such passphrase slot: `pith key list` shows them");
    if (!status && count > 1)
        status = pith_fail(reterr, PITH_USAGE, "there are %zu passphrases: say which slot to change", count);
    if (!status)
        *ret_slot = found;
    return status;
}

static enum pith_status key_change(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .label = call->label};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = passphrase_slot(call, &request.slot, reterr);
    if (!status)
        status = put_passphrase(call, &request, false, &secret, reterr);
    return status ? status : print_secret(call, secret, "The passphrase is changed: the old one opens nothing any more.", reterr);
}

static enum pith_status key_rotate(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    struct pith_key_request request = {.size = sizeof request, .label = call->label};
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = put_passphrase(call, &request, true, &secret, reterr);
    return status ? status
                  : print_secret(call, secret,
                                 "All is sealed under a new key, which this passphrase opens. Every other passphrase,\n"
                                 "recovery code, key file and token has ended: make new ones with `pith key add` and\n"
                                 "`pith token add`.",
                                 reterr);
}

/* ---- revoking ---- */

static enum pith_status print_revoked(struct call *call, int64_t slot, struct pith_error *reterr)
{
    struct pith_secret none = {.slot = slot};
    return print_secret(call, &none, "Revoked: it opens nothing any more.", reterr);
}

static enum pith_status key_revoke(struct call *call, struct pith_error *reterr)
{
    int64_t slot = 0;
    if (call->count != 2)
        return pith_fail(reterr, PITH_USAGE, "it is pith key revoke SLOT");
    enum pith_status status = slot_word(call->words[1], &slot, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_revoke_key(call->pith, slot, reterr);
    return status ? status : print_revoked(call, slot, reterr);
}

enum pith_status command_key(struct call *call, struct pith_error *reterr)
{
    const char *what = call->words[0];
    if (strcmp(what, "list") == 0 && call->count == 1)
        return list_keys(call, 0, reterr);
    if (strcmp(what, "add") == 0)
        return key_add(call, reterr);
    if (strcmp(what, "change") == 0 && call->count <= 2)
        return key_change(call, reterr);
    if (strcmp(what, "revoke") == 0)
        return key_revoke(call, reterr);
    if (strcmp(what, "rotate") == 0 && call->count == 1)
        return key_rotate(call, reterr);
    return pith_fail(reterr, PITH_USAGE, "it is pith key list, add, change, revoke or rotate: see `pith key --help`");
}

/* ---- tokens ---- */

static enum pith_status allowed(const char *list, unsigned *ret_scopes, struct pith_error *reterr)
{
    unsigned read = 0;
    for (const char *at = list; at && *at;) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < SCOPES && (strlen(scopes[i].name) != length || strncmp(at, scopes[i].name, length) != 0))
            i++;
        if (i == SCOPES)
            return pith_fail(reterr, PITH_USAGE, "--allow %s: rank, vote, export, manage, or several with commas", list);
        read |= scopes[i].scope;
        at += length + (at[length] == ',');
    }
    if (!read)
        return pith_fail(reterr, PITH_USAGE, "a token needs --allow: rank, vote, export, manage, or several with commas");
    *ret_scopes = read;
    return PITH_OK;
}

/* The last second of that day, UTC. */
static enum pith_status end_of(const char *day, int64_t *ret_end, struct pith_error *reterr)
{
    int32_t until;
    if (!day)
        return PITH_OK;
    if (!pith_day_from_text(day, &until) || until < 1)
        return pith_fail(reterr, PITH_USAGE, "--until %s: a day as YYYY-MM-DD is expected", day);
    *ret_end = ((int64_t)until + 1) * 86400 - 1;
    return PITH_OK;
}

static enum pith_status token_add(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *secret = NULL;
    if (call->count != 2)
        return pith_fail(reterr, PITH_USAGE, "it is pith token add NAME --allow SCOPES");
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .label = call->words[1]};
    enum pith_status status = allowed(call->allow, &request.scopes, reterr);
    if (!status)
        status = end_of(call->until, &request.expires, reterr);
    if (!status && request.expires && request.expires < call_now())
        status = pith_fail(reterr, PITH_USAGE, "--until %s is past", call->until);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_put_key(call->pith, &request, &secret, reterr);
    return status
               ? status
               : print_secret(call, secret, "The token, shown this once. Keep it in a file that only its user can read:", reterr);
}

/* A token by its name or slot; several of one name are not guessed among. */
static enum pith_status find_token(struct call *call, const char *name, int64_t *ret_slot, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    size_t found = 0;
    char number[24];
    enum pith_status status = pith_list_keys(call->pith, &keys, reterr);
    for (size_t i = 0; !status && i < keys->count; i++) {
        const struct pith_key *key = &keys->item[i];
        snprintf(number, sizeof number, "%" PRId64, key->slot);
        if (key->way != PITH_TOKEN || (strcmp(key->label, name) != 0 && strcmp(number, name) != 0))
            continue;
        found++;
        *ret_slot = key->slot;
    }
    if (status)
        return status;
    if (found > 1)
        return pith_fail(reterr, PITH_AMBIGUOUS, "%zu tokens are called %s: revoke one by its slot's number", found, name);
    return found ? PITH_OK : pith_fail(reterr, PITH_NOT_FOUND, "no token is called %s: `pith token list` shows them", name);
}

static enum pith_status token_revoke(struct call *call, struct pith_error *reterr)
{
    int64_t slot = 0;
    if (call->count != 2)
        return pith_fail(reterr, PITH_USAGE, "it is pith token revoke NAME");
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = find_token(call, call->words[1], &slot, reterr);
    if (!status)
        status = pith_revoke_key(call->pith, slot, reterr);
    return status ? status : print_revoked(call, slot, reterr);
}

enum pith_status command_token(struct call *call, struct pith_error *reterr)
{
    const char *what = call->words[0];
    if (strcmp(what, "list") == 0 && call->count == 1)
        return list_keys(call, PITH_TOKEN, reterr);
    if (strcmp(what, "add") == 0)
        return token_add(call, reterr);
    if (strcmp(what, "revoke") == 0)
        return token_revoke(call, reterr);
    return pith_fail(reterr, PITH_USAGE, "it is pith token list, add or revoke: see `pith token --help`");
}

/* ---- unlock and lock ---- */

enum { KEPT_BY_DEFAULT = 8 * 3600 };

static enum pith_status duration(const char *text, unsigned *ret_seconds, struct pith_error *reterr)
{
    static const char units[] = "smhd";
    static const unsigned seconds[] = {1, 60, 3600, 86400};
    char *end;
    unsigned long long count = text ? strtoull(text, &end, 10) : 0;
    if (!text)
        return PITH_OK;
    const char *unit = *end && !end[1] ? strchr(units, *end) : NULL;
    if (text[0] < '0' || text[0] > '9' || !unit || count > 1000000)
        return pith_fail(reterr, PITH_USAGE, "--for %s: a time like 30m, 8h or 2d is expected", text);
    *ret_seconds = (unsigned)count * seconds[unit - units];
    return PITH_OK;
}

enum pith_status command_unlock(struct call *call, struct pith_error *reterr)
{
    unsigned seconds = KEPT_BY_DEFAULT;
    enum pith_status status = duration(call->duration, &seconds, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_keep_unlocked(call->pith, seconds, reterr);
    if (status)
        return status;
    time_t end = (time_t)call_now() + (time_t)seconds;
    struct tm local;
    char when[32];
    strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", localtime_r(&end, &local));
    printf("The kernel keeps the key until %s, for your processes alone. `pith lock` ends it.\n", when);
    return PITH_OK;
}

enum pith_status command_lock(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = pith_forget_kept(call->pith, reterr);
    if (!status)
        puts("Locked: the next command asks.");
    return status;
}
