/* faults: every allocation, every action on SQLite's files and every system call of the store and the profile made to fail in turn, once
 * and from then on. After each failure: no crash and no leak (the sanitizers see to that); the status is that of a system which refused,
 * never of damage; the store is whole, and as it was before or as it should be after; what was acknowledged is there.
 * usage: faults [EACH]   of every kind and scenario, at most EACH failures (30) spread evenly; 0: all */
#include "tests/kill/watched_files.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1704412800, DAY = 19727 /* 2024-01-05 */, PER_TOPIC = 3, PATH = 600 };

/* ---- what fails ---- */

enum kind { MEMORY, DATABASE_MEMORY, FILES, CALLS, KINDS };
static const char *const kind_name[KINDS] = {"allocation", "allocation of SQLite", "action on SQLite's files", "system call"};

static struct {
    bool armed; /* count, and fail */
    enum kind kind;
    size_t at; /* fail this one; 0: none */
    bool on;   /* and all after it */
    size_t count[KINDS];
    size_t failed;
} faults;

static bool fails(enum kind kind)
{
    if (!faults.armed)
        return false;
    size_t now = ++faults.count[kind];
    bool fail = kind == faults.kind && faults.at && (now == faults.at || (faults.on && now > faults.at));
    faults.failed += fail;
    return fail;
}

/* The linker leads pith's calls here (-Wl,--wrap). */
#define WRAP(kind, type, name, parameters, arguments, failure)                                                                     \
    type __real_##name parameters;                                                                                                 \
    type __wrap_##name parameters;                                                                                                 \
    type __wrap_##name parameters                                                                                                  \
    {                                                                                                                              \
        if (fails(kind)) {                                                                                                         \
            errno = kind == MEMORY ? ENOMEM : EIO;                                                                                 \
            return failure;                                                                                                        \
        }                                                                                                                          \
        return __real_##name arguments;                                                                                            \
    }
WRAP(MEMORY, void *, malloc, (size_t size), (size), NULL)
WRAP(MEMORY, void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(MEMORY, void *, realloc, (void *old, size_t size), (old, size), NULL)
WRAP(MEMORY, void *, reallocarray, (void *old, size_t count, size_t size), (old, count, size), NULL)
WRAP(MEMORY, char *, strdup, (const char *text), (text), NULL)
WRAP(MEMORY, char *, strndup, (const char *text, size_t length), (text, length), NULL)
WRAP(MEMORY, int, vasprintf, (char **text, const char *format, va_list list), (text, format, list), -1)
WRAP(MEMORY, FILE *, open_memstream, (char **text, size_t *size), (text, size), NULL)
WRAP(MEMORY, void *, sodium_malloc, (size_t size), (size), NULL)
WRAP(CALLS, ssize_t, read, (int file, void *bytes, size_t size), (file, bytes, size), -1)
WRAP(CALLS, ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size), -1)
WRAP(CALLS, int, fsync, (int file), (file), -1)
WRAP(CALLS, int, rename, (const char *from, const char *to), (from, to), -1)
WRAP(CALLS, int, link, (const char *from, const char *to), (from, to), -1)
WRAP(CALLS, int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
WRAP(CALLS, char *, mkdtemp, (char *path), (path), NULL)
WRAP(CALLS, int, mknod, (const char *path, mode_t mode, dev_t device), (path, mode, device), -1)
WRAP(CALLS, int, mkstemp64, (char *path), (path), -1)
WRAP(CALLS, FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL)
WRAP(CALLS, FILE *, fdopen, (int file, const char *mode), (file, mode), NULL)

int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = fails(MEMORY) ? -1 : __real_vasprintf(text, format, list);
    va_end(list);
    return length;
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode)
{
    if (!fails(CALLS))
        return __real_open64(path, flags, mode);
    errno = EIO;
    return -1;
}

static sqlite3_mem_methods memory;

static void *database_malloc(int size)
{
    return fails(DATABASE_MEMORY) ? NULL : memory.xMalloc(size);
}

static void *database_realloc(void *old, int size)
{
    return fails(DATABASE_MEMORY) ? NULL : memory.xRealloc(old, size);
}

static int file_action(void *user, const struct watched_action *action)
{
    (void)user;
    if (!fails(FILES))
        return SQLITE_OK;
    switch (action->what) {
    case WATCHED_OPEN: return SQLITE_CANTOPEN;
    case WATCHED_READ: return SQLITE_IOERR_READ;
    case WATCHED_WRITE: return faults.at % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case WATCHED_CUT: return SQLITE_IOERR_TRUNCATE;
    case WATCHED_SYNC: return SQLITE_IOERR_FSYNC;
    case WATCHED_DELETE: return SQLITE_IOERR_DELETE;
    case WATCHED_SIZE: return SQLITE_IOERR_FSTAT;
    case WATCHED_LOCK: return SQLITE_IOERR_LOCK;
    case WATCHED_SHARE: return SQLITE_IOERR_SHMMAP;
    case WATCHED_ACCESS: return SQLITE_IOERR_ACCESS;
    }
    return SQLITE_IOERR;
}

static void *json_memory(size_t size)
{
    return __wrap_malloc(size);
}

static void lead_all_here(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory);
    sqlite3_mem_methods led = memory;
    led.xMalloc = database_malloc;
    led.xRealloc = database_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &led);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* each small allocation is one of its own */
    sqlite3_initialize();
    json_set_alloc_funcs(json_memory, free);
    watch_files(file_action, NULL);
}

/* ---- a home to begin with ---- */

static struct {
    char home[PATH], code[128], token[128];
    int64_t slot;
} base;

static void must(bool good, const char *what, const struct pith_error *error)
{
    if (good)
        return;
    fprintf(stderr, "faults: %s: %s\n", what, error ? error->message : "");
    exit(2);
}

static struct pith *open_home(const char *home)
{
    struct pith *pith = NULL;
    struct pith_error error = {0};
    must(pith_open(home, false, &pith, &error) == PITH_OK, "the home does not open", &error);
    return pith;
}

static struct pith_vote a_vote(unsigned number, int verdict)
{
    return (struct pith_vote){.paper = testing_paper_key(number), .verdict = verdict, .day = DAY};
}

static void make_base(void)
{
    size_t length;
    char *lines = testing_papers(PER_TOPIC, &length);
    struct pith *pith = NULL;
    struct pith_error error = {0};
    struct pith_import_report report;
    struct pith_secret *secret;
    struct pith_ranking *ranking;
    struct pith_key_request token = {.way = PITH_TOKEN, .label = "test", .scopes = 15};
    struct pith_rank_request request = {.first = PITH_NO_DAY, .last = PITH_NO_DAY, .remember = true};
    struct pith_vote votes[] = {a_vote(0, 1), a_vote(1, 1), a_vote(100, -1)}, posted = a_vote(200, 1);
    snprintf(base.home, sizeof base.home, "%s", testing_folder());
    must(pith_open(base.home, true, &pith, &error) == PITH_OK, "no home", &error);
    must(pith_import(pith, lines, length, DAY, &report, &error) == PITH_OK, "no papers", &error);
    must(pith_create_by_code(pith, &secret, &error) == PITH_OK, "no profile", &error);
    snprintf(base.code, sizeof base.code, "%s", secret->text);
    pith_secret_free(secret);
    must(pith_unlock(pith, PITH_RECOVERY_CODE, base.code, strlen(base.code), NOW, &error) == PITH_OK, "locked", &error);
    must(pith_put_key(pith, &token, &secret, &error) == PITH_OK, "no token", &error);
    snprintf(base.token, sizeof base.token, "%s", secret->text);
    base.slot = secret->slot;
    pith_secret_free(secret);
    must(pith_record(pith, votes, 3, NULL, &error) == PITH_OK, "no votes", &error);
    must(pith_rank(pith, &request, &ranking, &error) == PITH_OK, "no ranking", &error);
    pith_ranking_free(ranking);
    must(pith_post(pith, &posted, NULL, &error) == PITH_OK, "nothing posted", &error);
    pith_close(pith);
    free(lines);
}

static void copy_file(const char *from, const char *to)
{
    size_t length;
    char *bytes = testing_read(from, &length);
    FILE *file = fopen(to, "wb");
    must(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0, "no copy", NULL);
    free(bytes);
}

/* An empty folder, or with a copy of the base in it; what was there before goes. */
static void fresh_home(const char *home, bool empty)
{
    char command[2 * PATH], from[PATH + 16], to[PATH + 16];
    snprintf(command, sizeof command, "rm -rf %s && mkdir -m 700 %s", home, home);
    must(system(command) == 0, "no folder", NULL);
    snprintf(from, sizeof from, "%s/pith.db", base.home);
    snprintf(to, sizeof to, "%s/pith.db", home);
    if (!empty)
        copy_file(from, to);
}

/* ---- scenarios: each one call, on a home that is open or not, unlocked or not ---- */

struct run {
    char home[PATH], other[PATH]; /* `other`: a folder beside it */
    struct pith *pith;
    char made[128]; /* a code that was told */
    struct pith_error error;
};

static enum pith_status do_open(struct run *run)
{
    return pith_open(run->home, false, &run->pith, &run->error);
}

static enum pith_status do_unlock(struct run *run)
{
    return pith_unlock(run->pith, PITH_TOKEN, base.token, strlen(base.token), NOW, &run->error);
}

static enum pith_status do_create(struct run *run)
{
    struct pith_secret *secret = NULL;
    enum pith_status status = pith_open(run->home, true, &run->pith, &run->error);
    if (!status)
        status = pith_create_by_code(run->pith, &secret, &run->error);
    if (!status) {
        snprintf(run->made, sizeof run->made, "%s", secret->text);
        pith_secret_free(secret);
    }
    return status;
}

static enum pith_status do_vote(struct run *run)
{
    struct pith_vote votes[] = {
        a_vote(2, 1), a_vote(101, -1), {.paper = testing_paper_key(0), .loser = testing_paper_key(300), .day = DAY}};
    return pith_record(run->pith, votes, 3, NULL, &run->error);
}

static enum pith_status do_undo(struct run *run)
{
    struct pith_votes *undone = NULL;
    enum pith_status status = pith_undo(run->pith, &undone, &run->error);
    if (undone)
        pith_votes_free(undone);
    return status;
}

static enum pith_status do_settings(struct run *run)
{
    struct pith_settings settings;
    enum pith_status status = pith_get_settings(run->pith, &settings, &run->error);
    settings.most = 7;
    return status ? status : pith_put_settings(run->pith, &settings, &run->error);
}

static enum pith_status do_post(struct run *run)
{
    struct pith_vote vote = a_vote(301, 1);
    return pith_post(run->pith, &vote, NULL, &run->error);
}

static enum pith_status do_put_key(struct run *run)
{
    struct pith_key_request request = {.way = PITH_KEY_FILE, .label = "a file"};
    struct pith_secret *secret = NULL;
    enum pith_status status = pith_put_key(run->pith, &request, &secret, &run->error);
    if (secret)
        pith_secret_free(secret);
    return status;
}

static enum pith_status do_revoke(struct run *run)
{
    return pith_revoke_key(run->pith, base.slot, &run->error);
}

static enum pith_status do_rotate(struct run *run)
{
    struct pith_key_request request = {.way = PITH_RECOVERY_CODE};
    struct pith_secret *secret = NULL;
    enum pith_status status = pith_rotate(run->pith, &request, &secret, &run->error);
    if (!status) {
        snprintf(run->made, sizeof run->made, "%s", secret->text);
        pith_secret_free(secret);
    }
    return status;
}

static enum pith_status do_claim(struct run *run)
{
    struct pith_digest *digest = NULL;
    enum pith_status status = pith_claim_digest(run->pith, DAY, NOW, &digest, &run->error);
    if (digest)
        pith_digest_free(digest);
    return status;
}

static enum pith_status do_import(struct run *run)
{
    char *lines = NULL;
    size_t length = 0;
    struct pith_import_report report;
    bool armed = faults.armed;
    faults.armed = false;
    FILE *file = open_memstream(&lines, &length);
    for (unsigned i = 0; i < 4; i++)
        testing_paper(file, 50 + i, i, 5);
    fclose(file);
    faults.armed = armed;
    enum pith_status status = pith_import(run->pith, lines, length, DAY, &report, &run->error);
    free(lines);
    return status;
}

static enum pith_status do_erase(struct run *run)
{
    return pith_erase(run->pith, &run->error);
}

static enum pith_status do_backup(struct run *run)
{
    char path[PATH + 16];
    snprintf(path, sizeof path, "%s/backup", run->other);
    return pith_backup(run->pith, path, false, &run->error);
}

static enum pith_status do_restore(struct run *run)
{
    char path[PATH + 16];
    snprintf(path, sizeof path, "%s/pith.db", base.home);
    return pith_restore(run->home, path, true, &run->error);
}

static enum pith_status do_rank(struct run *run)
{
    struct pith_rank_request request = {.first = testing_day(2), .last = testing_day(2), .remember = true, .reasons = 3};
    struct pith_ranking *ranking = NULL;
    enum pith_status status = pith_rank(run->pith, &request, &ranking, &run->error);
    if (ranking)
        pith_ranking_free(ranking);
    return status;
}

static enum pith_status do_why(struct run *run)
{
    struct pith_account *account = NULL;
    enum pith_status status = pith_why(run->pith, testing_paper_key(2), &account, &run->error);
    if (account)
        pith_account_free(account);
    return status;
}

static enum pith_status do_read(struct run *run)
{
    struct pith_votes *votes = NULL;
    struct pith_summary summary;
    struct pith_keys *keys = NULL;
    char *json = NULL;
    enum pith_status status = pith_list_votes(run->pith, &votes, &run->error);
    if (!status)
        status = pith_summarise(run->pith, &summary, &run->error);
    if (!status)
        status = pith_list_keys(run->pith, &keys, &run->error);
    if (!status)
        status = pith_export(run->pith, &json, &run->error);
    if (votes)
        pith_votes_free(votes);
    if (keys)
        pith_keys_free(keys);
    free(json);
    return status;
}

static void note_wrong(void *user, bool good, const char *what)
{
    if (!good)
        snprintf(user, 512, "%s", what);
}

static enum pith_status do_check(struct run *run)
{
    char wrong[512] = "";
    return pith_check(run->pith, note_wrong, wrong, &run->error);
}

static const struct scenario {
    const char *name;
    enum pith_status (*act)(struct run *run);
    bool closed, locked, empty; /* what the home is before: not opened, not unlocked, not there */
} scenarios[] = {
    {.name = "open", .act = do_open, .closed = true},
    {.name = "unlock and take in what waits", .act = do_unlock, .locked = true},
    {.name = "make a profile", .act = do_create, .closed = true, .empty = true},
    {.name = "vote", .act = do_vote},
    {.name = "undo", .act = do_undo},
    {.name = "settings", .act = do_settings},
    {.name = "leave a vote in the inbox", .act = do_post, .locked = true},
    {.name = "add a key", .act = do_put_key},
    {.name = "revoke a key", .act = do_revoke},
    {.name = "rotate", .act = do_rotate},
    {.name = "claim a digest", .act = do_claim},
    {.name = "import", .act = do_import, .locked = true},
    {.name = "erase", .act = do_erase, .locked = true},
    {.name = "back up", .act = do_backup, .locked = true},
    {.name = "restore", .act = do_restore, .closed = true},
    {.name = "rank", .act = do_rank},
    {.name = "why", .act = do_why},
    {.name = "read", .act = do_read},
    {.name = "check", .act = do_check},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* ---- what is there afterwards ---- */

enum { STATE = 1024 };

static bool unlock_any(struct pith *pith, const char *made)
{
    return pith_unlock(pith, PITH_RECOVERY_CODE, base.code, strlen(base.code), NOW, NULL) == PITH_OK ||
           (*made && pith_unlock(pith, PITH_RECOVERY_CODE, made, strlen(made), NOW, NULL) == PITH_OK);
}

/* All that counts, as text; "none" without a store. Damage is told in it. */
static void read_state(const char *home, const char *made, char state[STATE])
{
    struct pith *pith = NULL;
    struct pith_error error = {0};
    struct pith_summary summary;
    struct pith_keys *keys = NULL;
    struct pith_settings settings;
    struct pith_digest_day days[PITH_DIGEST_DAYS];
    size_t digests = 0;
    char wrong[512] = "";
    snprintf(state, STATE, "none");
    if (pith_open(home, false, &pith, NULL) == PITH_NOT_FOUND)
        return;
    if (!pith || pith_summarise(pith, &summary, &error) || !summary.has_profile) {
        snprintf(state, STATE, "%lld papers, no profile %s", pith ? (long long)summary.papers : -1, error.message);
    } else if (!unlock_any(pith, made)) {
        snprintf(state, STATE, "nothing opens it");
    } else {
        bool good = !pith_check(pith, note_wrong, wrong, &error) && !pith_summarise(pith, &summary, &error) &&
                    !pith_list_keys(pith, &keys, &error) && !pith_get_settings(pith, &settings, &error) &&
                    !pith_list_digests(pith, days, &digests, &error);
        snprintf(state, STATE, "%s%s%lld papers, votes %.16s, %zu keys, at most %u, %zu digests", good ? "" : error.message, wrong,
                 (long long)summary.papers, summary.digest, keys ? keys->count : 0, good ? settings.most : 0, digests);
    }
    if (keys)
        pith_keys_free(keys);
    if (pith)
        pith_close(pith);
}

/* ---- failing ---- */

static size_t odd;

static void report(const struct scenario *scenario, const struct run *run, const char *what, const char *state)
{
    odd++;
    fprintf(stderr, "faults: %s, %s %zu%s failing: %s (%s: %s) %s\n", scenario->name, kind_name[faults.kind], faults.at,
            faults.on ? " and all after it" : "", what, pith_status_name(run->error.status), run->error.message, state);
}

/* Runs a scenario in a fresh home with failures set up or not. */
static enum pith_status act(const struct scenario *scenario, struct run *run)
{
    run->pith = NULL;
    *run->made = '\0';
    run->error = (struct pith_error){0};
    fresh_home(run->home, scenario->empty);
    fresh_home(run->other, true);
    if (!scenario->closed)
        run->pith = open_home(run->home);
    if (!scenario->closed && !scenario->locked)
        must(do_unlock(run) == PITH_OK, "locked", &run->error);
    memset(faults.count, 0, sizeof faults.count);
    faults.failed = 0;
    faults.armed = true;
    enum pith_status status = scenario->act(run);
    faults.armed = false;
    if (run->pith)
        pith_close(run->pith);
    return status;
}

static void fail_once(const struct scenario *scenario, struct run *run, const char *before, const char *after)
{
    char state[STATE], left[PATH + 16];
    enum pith_status status = act(scenario, run);
    if (status && status != PITH_IO && status != PITH_NOMEM)
        report(scenario, run, "told as something else", "");
    read_state(run->home, run->made, state);
    bool is_before = strcmp(state, before) == 0, is_after = strcmp(state, after) == 0;
    /* a store without a profile yet is no harm; erasing destroys the ways in first */
    bool begun = (scenario->empty && strstr(state, "no profile")) ||
                 (scenario->act == do_erase && strcmp(state, "nothing opens it") == 0);
    if (!status && !is_after)
        report(scenario, run, "acknowledged, and not there:", state);
    else if (!is_before && !is_after && !begun)
        report(scenario, run, "neither as before nor as after:", state);
    snprintf(left, sizeof left, "%s/backup", run->other);
    if (status && access(left, F_OK) == 0)
        report(scenario, run, "failed, and yet there is a backup", "");
}

/* Of `all` failures at most `each`, the first always. */
static size_t fail_each(const struct scenario *scenario, struct run *run, enum kind kind, size_t all, size_t each,
                        const char *before, const char *after)
{
    size_t step = each && all > each ? (all + each - 1) / each : 1, tried = 0;
    for (size_t at = 1; at <= all; at += step)
        for (int on = 0; on < 2; on++) {
            faults.kind = kind;
            faults.at = at + (at > 1 && step > 1 ? at % step : 0); /* not always at the same place of a rhythm */
            faults.on = on;
            fail_once(scenario, run, before, after);
            tried++;
        }
    return tried;
}

int main(int argc, char **argv)
{
    size_t each = argc > 1 ? strtoul(argv[1], NULL, 10) : 30, tried = 0;
    struct run run;
    lead_all_here();
    make_base();
    snprintf(run.home, sizeof run.home, "%s", testing_folder());
    snprintf(run.other, sizeof run.other, "%s", testing_folder());
    for (size_t i = 0; i < SCENARIOS; i++) {
        const struct scenario *scenario = &scenarios[i];
        char before[STATE], after[STATE];
        size_t all[KINDS];
        fresh_home(run.home, scenario->empty);
        read_state(run.home, "", before);
        faults.at = 0;
        must(act(scenario, &run) == PITH_OK, scenario->name, &run.error);
        memcpy(all, faults.count, sizeof all);
        read_state(run.home, run.made, after);
        for (enum kind kind = 0; kind < KINDS; kind++)
            tried += fail_each(scenario, &run, kind, all[kind], each, before, after);
        printf("%s: %zu allocations, %zu of SQLite, %zu actions on its files, %zu system calls\n", scenario->name, all[MEMORY],
               all[DATABASE_MEMORY], all[FILES], all[CALLS]);
        fflush(stdout);
    }
    printf("%zu failures, %zu odd\n", tried, odd);
    return odd != 0;
}
