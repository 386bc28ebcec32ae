/* faults: every allocation, every action on SQLite's files and every system call of the store and the profile made to fail in turn, once
 * and from then on. After each failure: no crash and no leak (the sanitizers see to that); the status is that of a system which refused,
 * never of damage; the store is whole, and as it was before or as it should be after; what was acknowledged is there.
 * usage: faults [EACH [SCENARIO]]   of every kind and scenario, at most EACH failures (6) spread evenly; 0: all */
#include "tests/kill/homes.h"
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

static struct homes_base base;

/* ---- scenarios: each one call, on a home that is open or not, unlocked or not ---- */

struct run {
    char home[HOMES_PATH], other[HOMES_PATH]; /* `other`: a folder beside it */
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
    return pith_unlock(run->pith, PITH_TOKEN, base.token, strlen(base.token), HOMES_NOW, &run->error);
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
        homes_vote(2, 1), homes_vote(101, -1), {.paper = testing_paper_key(0), .loser = testing_paper_key(300), .day = HOMES_DAY}};
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
    struct pith_vote vote = homes_vote(301, 1);
    return pith_post(run->pith, &vote, NULL, &run->error);
}

static enum pith_status do_put_key(struct run *run)
{
    struct pith_key_request request = {.size = sizeof request, .way = PITH_KEY_FILE, .label = "a file"};
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
    struct pith_key_request request = {.size = sizeof request, .way = PITH_RECOVERY_CODE};
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
    enum pith_status status = pith_claim_digest(run->pith, HOMES_DAY, HOMES_NOW, &digest, &run->error);
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
    enum pith_status status = pith_import(run->pith, lines, length, HOMES_DAY, &report, &run->error);
    free(lines);
    return status;
}

static enum pith_status do_erase(struct run *run)
{
    return pith_erase(run->pith, &run->error);
}

static enum pith_status do_backup(struct run *run)
{
    char path[HOMES_PATH + 16];
    snprintf(path, sizeof path, "%s/backup", run->other);
    return pith_backup(run->pith, path, false, &run->error);
}

static enum pith_status do_restore(struct run *run)
{
    char path[HOMES_PATH + 16];
    snprintf(path, sizeof path, "%s/pith.db", base.home);
    return pith_restore(run->home, path, true, &run->error);
}

static enum pith_status do_rank(struct run *run)
{
    struct pith_rank_request request = {
        .size = sizeof request, .first = testing_day(2), .last = testing_day(2), .remember = true, .reasons = 3};
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
    homes_fresh(&base, run->home, scenario->empty);
    homes_fresh(&base, run->other, true);
    if (!scenario->closed)
        run->pith = homes_open(run->home);
    if (!scenario->closed && !scenario->locked)
        homes_must(do_unlock(run) == PITH_OK, "locked", &run->error);
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
    char state[HOMES_STATE], left[HOMES_PATH + 16];
    enum pith_status status = act(scenario, run);
    if (status && status != PITH_IO && status != PITH_NOMEM)
        report(scenario, run, "told as something else", "");
    homes_state(&base, run->home, run->made, state);
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
    size_t each = argc > 1 ? strtoul(argv[1], NULL, 10) : 6, tried = 0;
    struct run run;
    lead_all_here();
    homes_make(&base);
    snprintf(run.home, sizeof run.home, "%s", testing_folder());
    snprintf(run.other, sizeof run.other, "%s", testing_folder());
    for (size_t i = 0; i < SCENARIOS; i++) {
        const struct scenario *scenario = &scenarios[i];
        char before[HOMES_STATE], after[HOMES_STATE];
        size_t all[KINDS];
        if (argc > 2 && strcmp(argv[2], scenario->name) != 0)
            continue;
        homes_fresh(&base, run.home, scenario->empty);
        homes_state(&base, run.home, "", before);
        faults.at = 0;
        homes_must(act(scenario, &run) == PITH_OK, scenario->name, &run.error);
        memcpy(all, faults.count, sizeof all);
        homes_state(&base, run.home, run.made, after);
        for (enum kind kind = 0; kind < KINDS; kind++)
            tried += fail_each(scenario, &run, kind, all[kind], each, before, after);
        printf("%s: %zu allocations, %zu of SQLite, %zu actions on its files, %zu system calls\n", scenario->name, all[MEMORY],
               all[DATABASE_MEMORY], all[FILES], all[CALLS]);
        fflush(stdout);
    }
    printf("%zu failures, %zu odd\n", tried, odd);
    return odd != 0;
}
