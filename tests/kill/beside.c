/* beside: writers beside readers, each a process of its own with the store open. Nothing is wrong with it, so nothing is called damaged: not
 * by unlocking, reading, ranking, exporting, claiming or checking, while others vote, undo, set, add and revoke keys, rank and import; and
 * no writer is refused because another was first. Every vote that was acknowledged is there.
 * usage: beside [SECONDS]   (6) */
#include "tests/kill/homes.h"
#include "tests/lib/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct homes_base base;
static char home[HOMES_PATH], witness[HOMES_PATH + 16];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* One who has the store open; what it does is any of these, again and again. */
struct part {
    struct pith *pith;
    unsigned number; /* of the process: its votes are on papers of its own */
    unsigned round;
    struct pith_error error;
};

static enum pith_status reopen(struct part *part)
{
    pith_set_reader(part->pith, NULL, NULL);
    enum pith_status status = pith_unlock(part->pith, PITH_TOKEN, base.token, strlen(base.token), HOMES_NOW, &part->error);
    return status ? status : pith_set_witness(part->pith, witness, &part->error);
}

static void vote_of(const struct part *part, struct pith_vote *vote)
{
    *vote = homes_vote(100 * part->number + part->round % 3, part->round / 3 % 2 ? 1 : -1);
}

static enum pith_status do_vote(struct part *part)
{
    struct pith_vote vote;
    vote_of(part, &vote);
    part->round++;
    return pith_record(part->pith, &vote, 1, NULL, &part->error);
}

static enum pith_status do_set(struct part *part)
{
    struct pith_settings settings;
    enum pith_status status = pith_get_settings(part->pith, &settings, &part->error);
    settings.most = 3 + part->round++ % 50;
    return status ? status : pith_put_settings(part->pith, &settings, &part->error);
}

static enum pith_status do_keys(struct part *part)
{
    const struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .label = "beside", .scopes = 1};
    struct pith_secret *secret = NULL;
    enum pith_status status = pith_put_key(part->pith, &request, &secret, &part->error);
    if (!status)
        status = pith_revoke_key(part->pith, secret->slot, &part->error);
    if (secret)
        pith_secret_free(secret);
    return status;
}

static enum pith_status do_rank(struct part *part)
{
    const struct pith_rank_request request = {.size = sizeof request,
                                              .first = PITH_NO_DAY,
                                              .last = PITH_NO_DAY,
                                              .all = true,
                                              .seen = true,
                                              .remember = part->round++ % 2};
    struct pith_ranking *ranking = NULL;
    enum pith_status status = pith_rank(part->pith, &request, &ranking, &part->error);
    if (ranking)
        pith_ranking_free(ranking);
    return status;
}

static enum pith_status do_export(struct part *part)
{
    char *json = NULL;
    enum pith_status status = pith_export(part->pith, &json, &part->error);
    free(json);
    return status;
}

static enum pith_status do_claim(struct part *part)
{
    struct pith_digest *digest = NULL;
    enum pith_status status = pith_claim_digest(part->pith, HOMES_DAY - (int32_t)(part->round++ % 10), HOMES_NOW, &digest,
                                                &part->error);
    if (digest)
        pith_digest_free(digest);
    return status;
}

static enum pith_status do_import(struct part *part)
{
    char *lines = NULL;
    size_t length = 0;
    struct pith_import_report report;
    FILE *file = open_memstream(&lines, &length);
    for (unsigned i = 0; i < 5; i++)
        testing_paper(file, 1000 + 5 * (part->round % 1000) + i, i % TESTING_TOPICS, 1 + part->round % 28);
    fclose(file);
    part->round++;
    enum pith_status status = pith_import(part->pith, lines, length, HOMES_DAY, &report, &part->error);
    free(lines);
    return status;
}

static enum pith_status do_post(struct part *part)
{
    const struct pith_vote vote = homes_vote(900, part->round++ % 2 ? 1 : -1);
    return pith_post(part->pith, &vote, NULL, &part->error);
}

static void print_wrong(void *user, bool good, const char *what)
{
    (void)user;
    if (!good)
        fprintf(stderr, "beside: check: %s\n", what);
}

static enum pith_status do_check(struct part *part)
{
    return pith_check(part->pith, print_wrong, NULL, &part->error);
}

static enum pith_status do_list(struct part *part)
{
    struct pith_votes *votes = NULL;
    struct pith_keys *keys = NULL;
    struct pith_summary summary;
    enum pith_status status = pith_list_votes(part->pith, &votes, &part->error);
    if (!status)
        status = pith_list_keys(part->pith, &keys, &part->error);
    if (!status)
        status = pith_summarise(part->pith, &summary, &part->error);
    for (size_t i = 0; !status && i < keys->count; i++)
        if (keys->item[i].damaged)
            status = pith_fail(&part->error, PITH_CORRUPT, "key slot %lld is called damaged", (long long)keys->item[i].slot);
    if (votes)
        pith_votes_free(votes);
    if (keys)
        pith_keys_free(keys);
    return status;
}

static const struct {
    const char *name;
    enum pith_status (*act)(struct part *part);
} parts[] = {
    {"vote", do_vote},     {"vote", do_vote}, {"vote", do_vote},     {"settings", do_set},
    {"keys", do_keys},     {"rank", do_rank}, {"export", do_export}, {"digest", do_claim},
    {"import", do_import}, {"post", do_post}, {"check", do_check},   {"list", do_list},
};
enum { PARTS = sizeof parts / sizeof *parts };

/* What was acknowledged last of each of its papers stands at the end: nobody else votes on them. */
static bool check_votes(struct part *part)
{
    struct pith_votes *votes;
    size_t found = 0, wanted = part->round < 3 ? part->round : 3;
    homes_must(pith_list_votes(part->pith, &votes, &part->error) == PITH_OK, "no votes", &part->error);
    for (unsigned back = 0; back < wanted; back++) {
        struct pith_vote vote;
        part->round--;
        vote_of(part, &vote);
        for (size_t i = 0; i < votes->count; i++)
            found += !votes->item[i].loser && strcmp(votes->item[i].key, vote.paper) == 0 && votes->item[i].verdict == vote.verdict;
    }
    pith_votes_free(votes);
    return found == wanted;
}

static int play(unsigned number, double seconds)
{
    struct part part = {.number = number};
    size_t done = 0;
    double end = now() + seconds;
    part.pith = homes_open(home);
    enum pith_status status = reopen(&part);
    while (!status && now() < end) {
        status = parts[number].act(&part);
        if (!status && ++done % 4 == 0)
            status = reopen(&part);
    }
    if (status)
        fprintf(stderr, "beside: %s, the %zu. time: %s: %s\n", parts[number].name, done + 1, pith_status_name(status),
                part.error.message);
    bool good = !status && (parts[number].act != do_vote || check_votes(&part));
    if (!status && !good)
        fputs("beside: a vote that was acknowledged is not there\n", stderr);
    printf("%s: %zu times\n", parts[number].name, done);
    fflush(stdout);
    pith_close(part.pith);
    return good && done ? 0 : 1;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 6;
    pid_t child[PARTS];
    int failed = 0;
    homes_make(&base);
    snprintf(home, sizeof home, "%s", testing_folder());
    snprintf(witness, sizeof witness, "%s/witness", testing_folder());
    homes_fresh(&base, home, false);
    for (unsigned i = 0; i < PARTS; i++) {
        child[i] = fork();
        homes_must(child[i] >= 0, "no process", NULL);
        if (child[i] == 0)
            _exit(play(i, seconds));
    }
    for (unsigned i = 0; i < PARTS; i++) {
        int status = 1;
        failed |= waitpid(child[i], &status, 0) < 0 || status != 0;
    }
    return failed;
}
