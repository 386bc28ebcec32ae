/* Commands on the profile as a whole: making it, testing it, taking it elsewhere. */
#include "cli/commands/commands.h"
#include "cli/files.h"
#include "cli/passphrase.h"
#include "cli/picture.h"
#include <pith/json.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- init ---- */

static enum pith_status print_state(const struct call *call, const struct pith_summary *summary, struct pith_error *reterr);

static enum pith_status summarise(struct call *call, struct pith_error *reterr)
{
    struct pith_summary summary;
    enum pith_status status = pith_summarise(call->pith, &summary, reterr);
    return status ? status : print_state(call, &summary, reterr);
}

enum pith_status command_init(struct call *call, struct pith_error *reterr)
{
    enum pith_strength strength;
    enum pith_status status = call_strength(call, &strength, reterr);
    if (!status)
        status = call_open(call, true, reterr);
    if (status)
        return status;
    bool has = false;
    status = pith_has_profile(call->pith, &has, reterr);
    if (!status && has)
        status = pith_fail(reterr, PITH_EXISTS, "there is a profile already: nothing was changed");
    if (status)
        return status;
    struct passphrase passphrase;
    status = call_new_passphrase(call, true, &passphrase, reterr);
    if (!status)
        status = pith_create_profile(call->pith, passphrase.text, passphrase.length, strength, reterr);
    passphrase_wipe(&passphrase);
    if (status || call->json)
        return status ? status : summarise(call, reterr);
    puts("Profile made. Your passphrase alone opens it, and pith cannot recover a lost one:\n"
         "`pith key add recovery` prints a code to keep in a safe place.");
    return PITH_OK;
}

/* ---- status ---- */

static void print_summary(const struct call *call, const struct pith_summary *summary)
{
    char first[16], last[16];
    printf("papers   %" PRId64 " on %" PRId64 " listing day%s", summary->papers, summary->days, summary->days == 1 ? "" : "s");
    if (summary->first_day != PITH_NO_DAY)
        printf(", %s to %s", pith_day_text(summary->first_day, first), pith_day_text(summary->last_day, last));
    putchar('\n');
    if (summary->readers > 1)
        printf("readers  %" PRId64 "\n", summary->readers);
    if (summary->readers > 1 && !summary->has_profile && !summary->unlocked)
        puts("profile  say whose with --reader NAME");
    else
        printf("profile  %s\n", summary->unlocked      ? "yes"
                                : summary->has_profile ? "yes, locked"
                                                       : "none: make one with `pith init`");
    if (summary->unlocked)
        printf("votes    %zu up, %zu down, %zu comparison%s\n", summary->ups, summary->downs, summary->pairs,
               summary->pairs == 1 ? "" : "s");
    if (summary->given)
        printf("chances  liked %zu of the last %zu that were given 80%% or more\n", summary->liked, summary->given);
    if (summary->seeds)
        printf("seeds    %zu\n", summary->seeds);
    if (summary->digest[0])
        printf("%s  %s\n", call->digest ? "digest " : "fingerprint", summary->digest);
}

static enum pith_status print_state(const struct call *call, const struct pith_summary *summary, struct pith_error *reterr)
{
    char *json = NULL;
    if (!call->json) {
        print_summary(call, summary);
        return PITH_OK;
    }
    enum pith_status status = pith_json_summary(summary, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
}

/* Unlocks for the fingerprint, or when that asks nobody for anything. */
enum pith_status command_status(struct call *call, struct pith_error *reterr)
{
    bool has = false, unlocked = false;
    enum pith_status status = call_open(call, false, reterr);
    if (status)
        return status;
    if (call->fingerprint || call->digest)
        status = call_unlock_opened(call, reterr);
    else if (call_has_profile(call, &has, NULL) == PITH_OK && has) /* of several readers none may be meant */
        status = call_unlock_quietly(call, &unlocked, reterr);
    return status ? status : summarise(call, reterr);
}

/* ---- export and import-profile ---- */

/* Under a passphrase of its own, asked for after the profile's. */
static enum pith_status export_sealed(struct call *call, const char *json, struct pith_error *reterr)
{
    enum pith_strength strength;
    struct passphrase passphrase;
    PITH_AUTO(pith_free_p) char *sealed = NULL;
    size_t length = 0;
    enum pith_status status = call_strength(call, &strength, reterr);
    if (!status && !call->new_passphrase_file && call->terminal.width)
        puts("The export gets a passphrase of its own.");
    if (!status)
        status = call_new_passphrase(call, false, &passphrase, reterr);
    if (status)
        return status;
    status = pith_seal_export(json, passphrase.text, passphrase.length, strength, &sealed, &length, reterr);
    passphrase_wipe(&passphrase);
    return status ? status : files_write_private(call->sealed, sealed, length, call->force, reterr);
}

enum pith_status command_export(struct call *call, struct pith_error *reterr)
{
    if (call->format && strcmp(call->format, "json") != 0)
        return pith_fail(reterr, PITH_USAGE, "--format %s: json is the one format", call->format);
    if (call->sealed && call->output)
        return pith_fail(reterr, PITH_USAGE, "--sealed and --output name two files: give one");
    enum pith_status status = PITH_OK;
    if (!call->sealed && !call->yes)
        status = terminal_agree("This writes your votes and what was learnt from them in clear. Go on?", "--yes", reterr);
    PITH_AUTO(pith_free_p) char *json = NULL;
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_export(call->pith, &json, reterr);
    if (!status && call->sealed)
        status = export_sealed(call, json, reterr);
    else if (!status && call->output && strcmp(call->output, "-") != 0)
        status = files_write_private(call->output, json, strlen(json), call->force, reterr);
    else if (!status)
        fputs(json, stdout);
    if (json)
        explicit_bzero(json, strlen(json));
    return status;
}

/* An export from a file, opened when it is sealed: its passphrase is that of --export-passphrase-file, else asked for. */
static enum pith_status read_export(const struct call *call, const char *name, char **ret_json, size_t *ret_length,
                                    struct pith_error *reterr)
{
    char *bytes = NULL, prompt[300];
    size_t length = 0;
    struct passphrase passphrase;
    char credential[PASSPHRASE_PATH];
    const char *file = call->export_passphrase_file;
    enum pith_status status = files_read(name, &bytes, &length, reterr);
    if (status || !pith_is_sealed(bytes, length)) {
        *ret_json = bytes;
        *ret_length = length;
        return status;
    }
    snprintf(prompt, sizeof prompt, "Passphrase of %.200s: ", name);
    if (!file && passphrase_credential("pith-export-passphrase", credential))
        file = credential;
    status = file ? passphrase_read(&passphrase, file, "passphrase", reterr) : passphrase_ask(&passphrase, prompt, NULL, reterr);
    if (!status)
        status = pith_open_export(bytes, length, passphrase.text, passphrase.length, ret_json, ret_length, reterr);
    passphrase_wipe(&passphrase);
    free(bytes);
    return status;
}

enum pith_status command_import_profile(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *json = NULL;
    char signer[65] = "";
    size_t length = 0;
    enum pith_status status = read_export(call, call->words[0], &json, &length, reterr);
    if (!status)
        status = call_unlock(call, reterr);
    if (!status)
        status = pith_import_profile(call->pith, json, length, signer, reterr);
    if (json)
        explicit_bzero(json, length);
    if (status)
        return status;
    if (!call->json && *signer)
        printf("signed   by %s, and unchanged since\n", signer);
    else if (!call->json)
        puts("signed   by nobody");
    return summarise(call, reterr);
}

/* ---- diff ---- */

enum { MOVED = 20 };

static const char *verdict_word(int verdict)
{
    return verdict == PITH_SEED ? "seed" : verdict > 0 ? "up" : verdict < 0 ? "down" : "none";
}

static void print_diff_vote(const struct pith_diff_vote *vote)
{
    if (vote->loser)
        printf("%s %s over %s\n", vote->to ? "+" : "-", vote->id, vote->loser);
    else
        printf("%s %-5s %s%s%s%s\n", vote->to ? "+" : "-", verdict_word(vote->to ? vote->to : vote->from), vote->id,
               vote->from && vote->to ? " (was " : "", vote->from && vote->to ? verdict_word(vote->from) : "",
               vote->from && vote->to ? ")" : "");
}

static void print_diff(const struct pith_diff *diff, size_t limit)
{
    bool same = *diff->signer_from && strcmp(diff->signer_from, diff->signer_to) == 0;
    printf("%zu vote%s and %zu weight%s differ; %s\n", diff->votes, diff->votes == 1 ? "" : "s", diff->weights,
           diff->weights == 1 ? "" : "s",
           same                                     ? "both are signed by the same profile"
           : *diff->signer_from && *diff->signer_to ? "they are signed by different profiles"
                                                    : "not both are signed");
    for (size_t i = 0; i < diff->votes; i++)
        print_diff_vote(&diff->vote[i]);
    for (size_t i = 0; i < diff->weights && (!limit || i < limit); i++) {
        const struct pith_diff_weight *weight = &diff->weight[i];
        printf("%+9.4f  ", weight->to - weight->from);
        terminal_text(stdout, weight->feature);
        printf("  %.4f to %.4f\n", weight->from, weight->to);
    }
    if (limit && diff->weights > limit)
        printf("and %zu more (--limit 0 prints all)\n", diff->weights - limit);
}

enum pith_status command_diff(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_diff_free_p) struct pith_diff *diff = NULL;
    PITH_AUTO(pith_free_p) char *from = NULL;
    PITH_AUTO(pith_free_p) char *to = NULL;
    char *json = NULL;
    size_t from_length = 0, to_length = 0, limit = MOVED;
    enum pith_status status = call_limit(call, &limit, reterr);
    if (!status)
        status = read_export(call, call->words[0], &from, &from_length, reterr);
    if (!status)
        status = read_export(call, call->words[1], &to, &to_length, reterr);
    if (!status)
        status = pith_diff(from, from_length, to, to_length, &diff, reterr);
    if (status)
        return status;
    if (!call->json) {
        print_diff(diff, limit);
        return PITH_OK;
    }
    status = pith_json_diff(diff, limit, &json, reterr);
    if (!status)
        call_print_json(json);
    return status;
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

/* Likes among the first ten of all days: recall is of as many as could stand there. */
static double found(const struct pith_backtest *replay, size_t of)
{
    double sum = 0;
    for (size_t i = 0; i < replay->days; i++) {
        const struct pith_backtest_day *day = &replay->day[i];
        const struct pith_quality *quality[] = {&day->model, &day->centroid, &day->listing};
        sum += quality[of]->recall10 * (double)(day->ups < 10 ? day->ups : 10);
    }
    return sum;
}

static void print_found(const struct pith_backtest *replay)
{
    size_t likes = 0;
    for (size_t i = 0; i < replay->days; i++)
        likes += replay->day[i].ups;
    printf("\nIn the first ten of each day, your order found %.0f of %zu like%s. The centroid of your votes would have found %.0f, "
           "the order "
           "of the listing %.0f.\n",
           found(replay, 0), likes, likes == 1 ? "" : "s", found(replay, 1), found(replay, 2));
}

static void print_replay(const struct call *call, const struct pith_backtest *replay)
{
    if (replay->days == 0) {
        puts("Nothing to replay yet: it takes a day with an up, after earlier days with an up and a down.");
        return;
    }
    printf("Each day ordered by the votes of earlier days alone, against that day's ups; mean of %zu day%s:\n\n", replay->days,
           replay->days == 1 ? "" : "s");
    terminal_style(&call->terminal, STYLE_BOLD);
    printf("%-14s%10s%10s%10s%10s\n", "", "AUC", "nDCG@10", "AP", "recall@10");
    terminal_style(&call->terminal, STYLE_PLAIN);
    print_quality("pith", &replay->model);
    print_quality("listing order", &replay->listing);
    print_quality("centroid", &replay->centroid);
    print_found(replay);
    if (replay->probabilities)
        printf("\nProbabilities given to %zu vote%s before they were cast: Brier score %.3f, log loss %.3f, calibration error %.3f",
               replay->probabilities, replay->probabilities == 1 ? "" : "s", replay->brier, replay->log_loss, replay->ece);
    if (replay->settled && replay->settled < replay->probabilities)
        printf(" (%.3f from %d votes on)", replay->settled_ece, PITH_SETTLED);
    if (replay->probabilities)
        putchar('\n');
    if (replay->told)
        printf("Of the listings of %zu day%s pith expected %.1f likes, %.1f of them in the first ten. You gave %.0f, %.0f of them "
               "in the first ten.\n",
               replay->told, replay->told == 1 ? "" : "s", replay->expected, replay->expected_first, replay->liked,
               replay->liked_first);
    picture_print(&call->terminal, replay);
}

static enum pith_status write_picture(const struct call *call, const struct pith_backtest *replay, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *svg = NULL;
    if (!replay->bins)
        return pith_fail(reterr, PITH_NOT_FOUND, "no chance was given to a vote before it was cast: there is nothing to draw yet");
    enum pith_status status = picture_svg(replay, &svg, reterr);
    return status ? status : files_write_private(call->picture, svg, strlen(svg), call->force, reterr);
}

enum pith_status command_replay(struct call *call, struct pith_error *reterr)
{
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *replay = NULL;
    enum pith_status status = call_unlock(call, reterr);
    if (!status)
        status = pith_backtest_votes(call->pith, &replay, reterr);
    if (status)
        return status;
    terminal_clear_progress(&call->terminal);
    if (call->picture)
        status = write_picture(call, replay, reterr);
    if (status)
        return status;
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
