#include "tests/kill/homes.h"
#include "tests/lib/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_TOPIC = 3 };

void homes_must(bool good, const char *what, const struct pith_error *error)
{
    if (good)
        return;
    fprintf(stderr, "%s: %s\n", what, error ? error->message : "");
    exit(2);
}

struct pith *homes_open(const char *home)
{
    struct pith *pith = NULL;
    struct pith_error error = {0};
    homes_must(pith_open(home, false, &pith, &error) == PITH_OK, "the home does not open", &error);
    return pith;
}

struct pith_vote homes_vote(unsigned number, int verdict)
{
    return (struct pith_vote){.paper = testing_paper_key(number), .verdict = verdict, .day = HOMES_DAY};
}

void homes_make(struct homes_base *base)
{
    size_t length;
    char *lines = testing_papers(PER_TOPIC, &length);
    struct pith *pith = NULL;
    struct pith_error error = {0};
    struct pith_import_report report;
    struct pith_secret *secret;
    struct pith_ranking *ranking;
    struct pith_key_request token = {.size = sizeof token, .way = PITH_TOKEN, .label = "test", .scopes = 15};
    struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .remember = true};
    struct pith_vote votes[] = {homes_vote(0, 1), homes_vote(1, 1), homes_vote(100, -1)}, posted = homes_vote(200, 1);
    snprintf(base->home, sizeof base->home, "%s", testing_folder());
    homes_must(pith_open(base->home, true, &pith, &error) == PITH_OK, "no home", &error);
    homes_must(pith_import(pith, lines, length, HOMES_DAY, &report, &error) == PITH_OK, "no papers", &error);
    homes_must(pith_create_by_code(pith, &secret, &error) == PITH_OK, "no profile", &error);
    snprintf(base->code, sizeof base->code, "%s", secret->text);
    pith_secret_free(secret);
    homes_must(pith_unlock(pith, PITH_RECOVERY_CODE, base->code, strlen(base->code), HOMES_NOW, &error) == PITH_OK, "locked",
               &error);
    homes_must(pith_put_key(pith, &token, &secret, &error) == PITH_OK, "no token", &error);
    snprintf(base->token, sizeof base->token, "%s", secret->text);
    base->slot = secret->slot;
    pith_secret_free(secret);
    homes_must(pith_record(pith, votes, 3, NULL, &error) == PITH_OK, "no votes", &error);
    homes_must(pith_rank(pith, &request, &ranking, &error) == PITH_OK, "no ranking", &error);
    pith_ranking_free(ranking);
    homes_must(pith_post(pith, &posted, NULL, &error) == PITH_OK, "nothing posted", &error);
    pith_close(pith);
    free(lines);
}

static void copy_file(const char *from, const char *to)
{
    size_t length;
    char *bytes = testing_read(from, &length);
    FILE *file = fopen(to, "wb");
    homes_must(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0, "no copy", NULL);
    free(bytes);
}

void homes_fresh(const struct homes_base *base, const char *home, bool empty)
{
    char command[3 * HOMES_PATH], from[HOMES_PATH + 16], to[HOMES_PATH + 16];
    snprintf(command, sizeof command, "rm -rf %s && mkdir -m 700 %s", home, home);
    homes_must(system(command) == 0, "no folder", NULL);
    snprintf(from, sizeof from, "%s/pith.db", base->home);
    snprintf(to, sizeof to, "%s/pith.db", home);
    if (!empty)
        copy_file(from, to);
}

/* ---- what is there afterwards ---- */

static void note_wrong(void *user, bool good, const char *what)
{
    if (!good)
        snprintf(user, 512, "%s", what);
}

void homes_tell(struct pith *pith, char state[HOMES_STATE])
{
    struct pith_error error = {0};
    struct pith_summary summary = {0};
    struct pith_keys *keys = NULL;
    struct pith_settings settings = {0};
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    size_t digests = 0;
    bool good = !pith_summarise(pith, &summary, &error) && !pith_list_keys(pith, &keys, &error) &&
                !pith_get_settings(pith, &settings, &error) && !pith_list_digests(pith, days, &digests, &error);
    snprintf(state, HOMES_STATE, "%svotes %.16s, %zu keys, at most %u, %zu digests", good ? "" : error.message, summary.digest,
             keys ? keys->count : 0, settings.most, digests);
    if (keys)
        pith_keys_free(keys);
}

static bool unlock_any(const struct homes_base *base, struct pith *pith, const char *made)
{
    return pith_unlock(pith, PITH_RECOVERY_CODE, base->code, strlen(base->code), HOMES_NOW, NULL) == PITH_OK ||
           (*made && pith_unlock(pith, PITH_RECOVERY_CODE, made, strlen(made), HOMES_NOW, NULL) == PITH_OK);
}

void homes_state(const struct homes_base *base, const char *home, const char *made, char state[HOMES_STATE])
{
    struct pith *pith = NULL;
    struct pith_error error = {0};
    struct pith_summary summary = {0};
    char wrong[512] = "", told[HOMES_STATE];
    snprintf(state, HOMES_STATE, "none");
    if (pith_open(home, false, &pith, &error) == PITH_NOT_FOUND)
        return;
    if (!pith || pith_summarise(pith, &summary, &error) || !summary.has_profile) {
        snprintf(state, HOMES_STATE, "%lld papers, no profile %s", (long long)summary.papers, error.message);
    } else if (!unlock_any(base, pith, made)) {
        snprintf(state, HOMES_STATE, "nothing opens it");
    } else if (pith_check(pith, note_wrong, wrong, &error)) {
        snprintf(state, HOMES_STATE, "%.400s %.400s", error.message, wrong);
    } else {
        homes_tell(pith, told);
        snprintf(state, HOMES_STATE, "%lld papers, %.900s", (long long)summary.papers, told);
    }
    if (pith)
        pith_close(pith);
}
