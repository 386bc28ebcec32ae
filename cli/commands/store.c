/* Commands that keep the store whole: checking, copying, bringing back, erasing. */
#include "cli/commands/commands.h"
#include <pith/json.h>

#include <stdlib.h>
#include <string.h>

/* ---- an embedding of one's own ---- */

enum pith_status command_learn_embedding(struct call *call, struct pith_error *reterr)
{
    struct pith_embedding embedding;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = pith_learn_embedding(call->pith, call_today(), &embedding, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    printf(call->json ? "{\n  \"papers\": %zu,\n  \"terms\": %zu\n}\n"
                      : "learnt from %zu papers how %zu words and pairs of words go together\n",
           embedding.papers, embedding.terms);
    return PITH_OK;
}

/* ---- check ---- */

struct findings {
    struct call *call;
    struct pith_finding *item;
    size_t count, cap;
    bool wrong;
};

static void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->item[i].what);
    free(findings->item);
}

static void print_finding(const struct call *call, bool good, const char *what)
{
    terminal_style(&call->terminal, good ? STYLE_GOOD : STYLE_BAD);
    fputs(good ? "good   " : "WRONG  ", stdout);
    terminal_style(&call->terminal, STYLE_PLAIN);
    terminal_text(stdout, what);
    putchar('\n');
}

static void note_finding(void *user, bool good, const char *what)
{
    struct findings *findings = user;
    findings->wrong |= !good;
    if (!findings->call->json) {
        terminal_clear_progress(&findings->call->terminal);
        print_finding(findings->call, good, what);
        return;
    }
    char *copy = strdup(what);
    if (!copy || pith_grow(&findings->item, &findings->cap, findings->count + 1, sizeof *findings->item, 1 << 20, NULL)) {
        free(copy);
        return;
    }
    findings->item[findings->count++] = (struct pith_finding){good, copy};
}

/* A profile that does not open for damage is a finding; for any other reason it is left out, and that is said. */
static enum pith_status open_for_check(struct call *call, struct findings *findings, struct pith_error *reterr)
{
    struct pith_error error;
    bool has = false;
    if (call_has_profile(call, &has, &error) == PITH_OK && !has)
        return PITH_OK;
    enum pith_status status = call_unlock_opened(call, &error);
    if (status == PITH_CORRUPT) {
        note_finding(findings, false, error.message);
        return PITH_OK;
    }
    return status ? pith_fail(reterr, status, "%s", error.message) : PITH_OK;
}

enum pith_status command_check(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(findings_clear) struct findings findings = {.call = call};
    char *json = NULL;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = open_for_check(call, &findings, reterr);
    if (!status)
        status = pith_check(call->pith, note_finding, &findings, reterr);
    if (!status && findings.wrong)
        status = pith_fail(reterr, PITH_CORRUPT, "the profile is damaged: restore a backup of the store (`pith restore`)");
    if (call->json && (!status || status == PITH_CORRUPT) &&
        pith_json_findings(findings.item, findings.count, &json, NULL) == PITH_OK) {
        call_print_json(json);
        call->told = status == PITH_CORRUPT; /* the document says it */
    }
    return status;
}

/* ---- backup and restore ---- */

enum pith_status command_backup(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = pith_backup(call->pith, call->words[0], call->force, reterr);
    if (!status && !call->json)
        puts("Backed up: papers in clear, profiles sealed as they are. `pith restore` brings it back.");
    return status;
}

enum pith_status command_restore(struct call *call, struct pith_error *reterr)
{
    char home[CALL_PATH];
    enum pith_status status = call_home(call, home, reterr);
    if (!status)
        status = pith_restore(home, call->words[0], call->force, reterr);
    if (status || call->json)
        return status;
    puts("Restored.");
    if (call->force)
        puts("A store that was there before is kept as pith.db.replaced.");
    return PITH_OK;
}

/* ---- readers ---- */

static void print_ways(const struct pith_reader *reader)
{
    const struct {
        const char *one, *several;
        size_t count;
    } ways[] = {{"passphrase", "passphrases", reader->passphrases},
                {"recovery code", "recovery codes", reader->codes},
                {"key file", "key files", reader->files},
                {"token", "tokens", reader->tokens},
                {"security key", "security keys", reader->security_keys},
                {"TPM", "TPMs", reader->tpms}};
    const char *between = "";
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!ways[i].count)
            continue;
        printf("%s%zu %s", between, ways[i].count, ways[i].count == 1 ? ways[i].one : ways[i].several);
        between = ", ";
    }
    printf("; %zu KiB sealed\n", reader->bytes >> 10);
}

enum pith_status command_readers(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_readers_free_p) struct pith_readers *readers = NULL;
    char *json = NULL;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = pith_list_readers(call->pith, &readers, reterr);
    if (status)
        return status;
    if (call->json) {
        status = pith_json_readers(readers, &json, reterr);
        if (!status)
            call_print_json(json);
        return status;
    }
    for (size_t i = 0; i < readers->count; i++) {
        printf("id:%.8s  %s  ", readers->item[i].id, readers->item[i].named ? "with a name   " : "without a name");
        print_ways(&readers->item[i]);
    }
    return PITH_OK;
}

/* ---- erase ---- */

enum pith_status command_erase(struct call *call, struct pith_error *reterr)
{
    bool has = false;
    enum pith_status status = call_open(call, false, reterr);
    if (!status)
        status = pith_has_profile(call->pith, &has, reterr);
    if (!status && !has)
        status = pith_fail(reterr, PITH_NOT_FOUND, "there is no profile to erase");
    if (!status && !call->yes)
        status = terminal_agree("This destroys the profile: its ways in, its votes, what was learnt. Go on?", "--yes", reterr);
    if (!status)
        status = pith_erase(call->pith, reterr);
    if (status || call->json)
        return status;
    puts("Erased: first the ways in, then all that was sealed.\n"
         "What remains, in clear: the papers and their listings. What pith cannot reach: backups, exports, key files "
         "and a\n"
         "witness kept elsewhere, and old blocks that a solid-state disk or a file system's snapshots may still hold; "
         "without\n"
         "the ways in they are sealed for good.");
    return PITH_OK;
}
