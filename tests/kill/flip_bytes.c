/* flip_bytes: a small store with every byte flipped, one at a time. Each flip is told by opening, unlocking or checking, or else
 * changes nothing that is the reader's: the digest of votes and the exported model are the same. Unused space (a zero among zeros)
 * is tried at every 64th byte.
 *
 * A flip that nothing tells is harmless for one of these reasons: it is in unused space of a page; it is in a field of the file's
 * header that SQLite ignores or rewrites (write counters, version stamps); it is in the catalogue, public text in clear which is
 * not sealed, so that the paper itself shows it; it is the name hash or a counter that only tells two readers apart; or it is the key
 * of tickets, and links sealed under it before are refused. */
#include "engine/learning/embeddings.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 2, UNUSED_STEP = 64, NOW = 1000 };

struct original {
    char *file;
    size_t length;
    char digest[65];
    char *exported; /* without its signature's wrapping: the same key signs */
    char token[128];
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "flip_bytes: %s\n", what);
    exit(2);
}

static void ignore(void *user, bool good, const char *what)
{
    (void)user, (void)good, (void)what;
}

/* Two days, votes, a comparison, a model, a listing shown, a token, a vote in the inbox. */
static void make_home(const char *home, struct original *original)
{
    struct pith *pith;
    struct pith_import_report report;
    struct pith_secret *secret;
    struct pith_ranking *ranking;
    struct pith_key_request token = {.size = sizeof token, .way = PITH_TOKEN, .label = "test", .scopes = 15};
    struct pith_rank_request request = {.size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .remember = true};
    size_t length;
    char *lines = testing_papers(2, &length);
    must(testing_open(home, true, &pith, NULL) == PITH_OK, "no home");
    must(pith_import(pith, lines, length, 0, &report, NULL) == PITH_OK, "no papers");
    must(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL) == PITH_OK, "no profile");
    must(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, NOW, NULL) == PITH_OK, "locked");
    must(pith_put_key(pith, &token, &secret, NULL) == PITH_OK, "no token");
    strcpy(original->token, secret->text);
    pith_secret_free(secret);
    struct pith_vote votes[] = {{.paper = testing_paper_key(0), .verdict = 1, .day = testing_day(5)},
                                {.paper = testing_paper_key(100), .verdict = -1, .day = testing_day(5)},
                                {.paper = testing_paper_key(200), .loser = testing_paper_key(300), .day = testing_day(5)}};
    must(pith_record(pith, votes, 3, NULL, NULL) == PITH_OK, "no votes");
    must(pith_rank(pith, &request, &ranking, NULL) == PITH_OK, "no ranking");
    pith_ranking_free(ranking);
    pith_close(pith);
    free(lines);
}

/* What is the reader's, when nothing tells of damage. */
static bool read_home(const char *home, const struct original *original, char digest[65], char **ret_exported)
{
    struct pith *pith = NULL;
    struct pith_summary summary;
    bool good = testing_open(home, false, &pith, NULL) == PITH_OK &&
                pith_unlock(pith, PITH_TOKEN, original->token, strlen(original->token), NOW, NULL) == PITH_OK &&
                pith_check(pith, ignore, NULL, NULL) == PITH_OK && pith_summarise(pith, &summary, NULL) == PITH_OK &&
                pith_export(pith, ret_exported, NULL) == PITH_OK;
    if (good)
        strcpy(digest, summary.digest);
    if (pith)
        pith_close(pith);
    return good;
}

static void write_file(const char *path, const char *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
    must(file >= 0 && write(file, bytes, length) == (ssize_t)length, "the copy cannot be written");
    close(file);
}

static bool is_unused(const struct original *original, size_t at)
{
    for (size_t i = at < 8 ? 0 : at - 8; i < at + 9 && i < original->length; i++)
        if (original->file[i])
            return false;
    return at % UNUSED_STEP != 0;
}

/* Every byte whose turn it is; the number of flips told and harmless is printed. Returns whether none did harm. */
static bool flip_all(const char *home, const struct original *original, size_t process)
{
    size_t told = 0, harmless = 0, harm = 0;
    char path[4096], wal[4200], shm[4200], digest[65], *exported = NULL;
    snprintf(path, sizeof path, "%s/pith.db", home);
    snprintf(wal, sizeof wal, "%s-wal", path);
    snprintf(shm, sizeof shm, "%s-shm", path);
    for (size_t at = process; at < original->length; at += PROCESSES) {
        if (is_unused(original, at))
            continue;
        original->file[at] ^= 1;
        write_file(path, original->file, original->length);
        original->file[at] ^= 1;
        unlink(wal);
        unlink(shm);
        if (!read_home(home, original, digest, &exported)) {
            told++;
            continue;
        }
        bool same = strcmp(digest, original->digest) == 0 && strcmp(exported, original->exported) == 0;
        if (!same)
            fprintf(stderr, "flip_bytes: byte %zu (page %zu) changed the profile, and nothing told\n", at, at / 4096 + 1);
        harmless += same;
        harm += !same;
        free(exported);
    }
    printf("process %zu of %d: %zu flips told, %zu harmless, %zu harmful\n", process + 1, PROCESSES, told, harmless, harm);
    return harm == 0 && told > harmless / 4;
}

int main(void)
{
    struct original original = {0};
    char path[4096];
    const char *home = testing_folder();
    testing_shipped = testing_embedding(true); /* so that places are kept too */
    make_home(home, &original);
    must(read_home(home, &original, original.digest, &original.exported), "the store is not whole to begin with");
    snprintf(path, sizeof path, "%s/pith.db", home);
    original.file = testing_read(path, &original.length);
    printf("%zu bytes\n", original.length);
    fflush(stdout);
    pid_t child[PROCESSES];
    for (size_t i = 0; i < PROCESSES; i++) {
        const char *copy = testing_folder();
        child[i] = fork();
        must(child[i] >= 0, "no process");
        if (child[i] == 0)
            _exit(flip_all(copy, &original, i) && fflush(stdout) == 0 ? 0 : 1);
    }
    int failed = 0;
    for (size_t i = 0; i < PROCESSES; i++) {
        int status = 1;
        failed |= waitpid(child[i], &status, 0) < 0 || status != 0;
    }
    free(original.file);
    free(original.exported);
    return failed;
}
