/* Commands on the profile as a whole: making it, testing it, taking it elsewhere. */
#include "../engine/json.h"
#include "commands.h"
#include "files.h"
#include "passphrase.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- init ---- */

static enum pith_status strength_option(const char *value, enum pith_strength *ret_strength, struct pith_error *reterr)
{
    static const char *const names[] = {
        [PITH_INTERACTIVE] = "interactive", [PITH_MODERATE] = "moderate", [PITH_SENSITIVE] = "sensitive"};
    for (size_t i = 0; value && i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            *ret_strength = (enum pith_strength)i;
            return PITH_OK;
        }
    if (!value)
        return PITH_OK;
    return pith_fail(reterr, PITH_USAGE, "--strength %s: interactive, moderate or sensitive is expected", value);
}

static enum pith_status print_state(const struct call *call, const struct pith_summary *summary,
                                    struct pith_error *reterr);

static enum pith_status summarise(struct call *call, struct pith_error *reterr)
{
    struct pith_summary summary;
    enum pith_status status = pith_summarise(call->pith, &summary, reterr);
    return status ? status : print_state(call, &summary, reterr);
}

enum pith_status command_init(struct call *call, struct pith_error *reterr)
{
    enum pith_strength strength = PITH_MODERATE;
    enum pith_status status = strength_option(call->strength, &strength, reterr);
    if (!status)
        status = call_open(call, true, reterr);
    if (status)
        return status;
    if (pith_has_profile(call->pith))
        return pith_fail(reterr, PITH_EXISTS, "there is a profile already: nothing was changed");
    struct passphrase passphrase;
    status = passphrase_get(&passphrase, call->passphrase_file, true, reterr);
    if (!status)
        status = pith_create_profile(call->pith, passphrase.text, passphrase.length, strength, reterr);
    passphrase_wipe(&passphrase);
    if (status || call->json)
        return status ? status : summarise(call, reterr);
    puts("Profile made. Your passphrase alone opens it: pith cannot recover a lost one.");
    return PITH_OK;
}

/* ---- status ---- */

static void print_summary(const struct pith_summary *summary)
{
    char first[16], last[16];
    printf("papers   %" PRId64 " on %" PRId64 " listing day%s", summary->papers, summary->days,
           summary->days == 1 ? "" : "s");
    if (summary->first_day != PITH_NO_DAY)
        printf(", %s to %s", pith_day_text(summary->first_day, first), pith_day_text(summary->last_day, last));
    printf("\nprofile  %s\n",
           summary->has_profile ? summary->unlocked ? "yes" : "yes, locked" : "none: make one with `pith init`");
    if (summary->unlocked)
        printf("votes    %zu up, %zu down, %zu comparison%s\n", summary->ups, summary->downs, summary->pairs,
               summary->pairs == 1 ? "" : "s");
    if (summary->digest[0])
        printf("digest   %s\n", summary->digest);
}

static enum pith_status print_state(const struct call *call, const struct pith_summary *summary,
                                    struct pith_error *reterr)
{
    char *json = NULL;
    if (!call->json) {
        print_summary(summary);
        return PITH_OK;
    }
    enum pith_status status = pith_json_summary(summary, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* Unlocks for the digest, or when that asks nobody for anything. */
enum pith_status command_status(struct call *call, struct pith_error *reterr)
{
    enum pith_status status = call_open(call, false, reterr);
    if (status)
        return status;
    if (call->digest || (pith_has_profile(call->pith) && passphrase_at_hand(call->passphrase_file)))
        status = call_unlock_opened(call, reterr);
    return status ? status : summarise(call, reterr);
}

/* ---- export and import-profile ---- */

enum pith_status command_export(struct call *call, struct pith_error *reterr)
{
    if (call->format && strcmp(call->format, "json") != 0)
        return pith_fail(reterr, PITH_USAGE, "--format %s: json is the one format", call->format);
    AUTO(pith_free_p) char *json = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_export(call->pith, &json, reterr);
    if (status)
        return status;
    if (call->output && strcmp(call->output, "-") != 0)
        return files_write_private(call->output, json, call->force, reterr);
    fputs(json, stdout);
    return PITH_OK;
}

enum pith_status command_import_profile(struct call *call, struct pith_error *reterr)
{
    AUTO(pith_free_p) char *json = NULL;
    size_t length = 0;
    enum pith_status status = files_read(call->words[0], &json, &length, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_import_profile(call->pith, json, length, reterr);
    if (json)
        explicit_bzero(json, length);
    return status ? status : summarise(call, reterr);
}

/* ---- replay ---- */

static void print_measure(double value)
{
    if (isfinite(value))
        printf("%10.3f", value);
    else
        printf("%10s", "-");
}

static void print_quality(const char *name, const struct pith_quality *quality)
{
    printf("%-14s", name);
    print_measure(quality->auc);
    print_measure(quality->ndcg10);
    print_measure(quality->ap);
    print_measure(quality->recall10);
    putchar('\n');
}

static void print_replay(const struct call *call, const struct pith_replay *replay)
{
    if (replay->days == 0) {
        puts("Nothing to replay yet: it takes a day with an up, after earlier days with an up and a down.");
        return;
    }
    printf("Each day ordered by the votes of earlier days alone, against that day's ups; mean of %zu day%s:\n\n",
           replay->days, replay->days == 1 ? "" : "s");
    terminal_style(&call->terminal, STYLE_BOLD);
    printf("%-14s%10s%10s%10s%10s\n", "", "AUC", "nDCG@10", "AP", "recall@10");
    terminal_style(&call->terminal, STYLE_PLAIN);
    print_quality("pith", &replay->model);
    print_quality("listing order", &replay->listing);
    print_quality("centroid", &replay->centroid);
    if (replay->probabilities)
        printf("\nProbabilities given to %zu vote%s before they were cast: Brier score %.3f, calibration error %.3f\n",
               replay->probabilities, replay->probabilities == 1 ? "" : "s", replay->brier, replay->ece);
}

enum pith_status command_replay(struct call *call, struct pith_error *reterr)
{
    AUTO(pith_replay_free_p) struct pith_replay *replay = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_replay_votes(call->pith, &replay, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (!call->json) {
        print_replay(call, replay);
        return PITH_OK;
    }
    char *json = NULL;
    status = pith_json_replay(replay, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}
