/* power_cuts: what SQLite writes to a store is noted while a reader votes, sets, adds keys, imports and ranks. Then the power is cut, on
 * paper: at each barrier (a sync, about to be done or just done) and between, the files are put together anew of what had been synced and
 * of some of what had not, sector by sector. Each such store is whole, and holds all that was acknowledged.
 * usage: power_cuts [CUTS [SEED]]   at least CUTS (1000) of them */
#include "tests/kill/homes.h"
#include "tests/kill/watched_files.h"
#include "tests/lib/testing.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, MOST_FILES = 64, MOST_STATES = 200, NAME = 32 };

/* ---- what was done ---- */

struct event {
    enum { EVENT_MADE, EVENT_GONE, EVENT_WRITE, EVENT_CUT, EVENT_SYNC, EVENT_ACKNOWLEDGED } what;
    char name[NAME]; /* of a file in the home */
    bool durable;    /* a name gone for good */
    unsigned char *bytes;
    size_t length, offset;
};

static struct {
    char home[HOMES_PATH];
    struct event *event;
    size_t count, cap;
    bool noting;
} journal;

static struct event *note(int what, const char *name)
{
    if (pith_grow(&journal.event, &journal.cap, journal.count + 1, sizeof *journal.event, SIZE_MAX / sizeof *journal.event, NULL))
        abort();
    struct event *event = &journal.event[journal.count++];
    *event = (struct event){.what = what};
    snprintf(event->name, sizeof event->name, "%s", name);
    return event;
}

/* Memory shared between processes does not outlive a cut. */
static const char *name_in_home(const char *path)
{
    size_t length = strlen(journal.home);
    const char *name = strncmp(path, journal.home, length) == 0 ? path + length + 1 : NULL;
    return name && !strstr(name, "-shm") ? name : NULL;
}

static int note_action(void *user, const struct watched_action *action)
{
    const char *name = journal.noting ? name_in_home(action->path) : NULL;
    struct event *event;
    (void)user;
    if (!name)
        return SQLITE_OK;
    switch (action->what) {
    case WATCHED_OPEN:
        if (action->length)
            note(EVENT_MADE, name);
        break;
    case WATCHED_DELETE: note(EVENT_GONE, name)->durable = action->length; break;
    case WATCHED_SYNC: note(EVENT_SYNC, name); break;
    case WATCHED_CUT: note(EVENT_CUT, name)->offset = (size_t)action->offset; break;
    case WATCHED_WRITE:
        event = note(EVENT_WRITE, name);
        event->bytes = malloc((size_t)action->length);
        if (!event->bytes)
            abort();
        memcpy(event->bytes, action->bytes, (size_t)action->length);
        event->length = (size_t)action->length;
        event->offset = (size_t)action->offset;
        break;
    case WATCHED_READ:
    case WATCHED_SIZE:
    case WATCHED_LOCK:
    case WATCHED_SHARE:
    case WATCHED_ACCESS: break;
    }
    return SQLITE_OK;
}

/* ---- the day that is noted ---- */

static struct homes_base base;
static char states[MOST_STATES][HOMES_STATE]; /* after each acknowledgement, the first before any */
static size_t acknowledged;
static char rotated[128];

static void acknowledge(struct pith *pith)
{
    char state[HOMES_STATE];
    homes_tell(pith, state);
    note(EVENT_ACKNOWLEDGED, "");
    homes_must(++acknowledged < MOST_STATES, "too long a day", NULL);
    strcpy(states[acknowledged], state);
}

static void must_do(enum pith_status status, const struct pith_error *error)
{
    homes_must(status == PITH_OK, "the day went wrong", error);
}

static struct pith *open_unlocked(void)
{
    struct pith_error error = {0};
    struct pith *pith = homes_open(journal.home);
    must_do(pith_unlock(pith, PITH_RECOVERY_CODE, base.code, strlen(base.code), HOMES_NOW, &error), &error);
    return pith;
}

/* Some votes, and what is not durable between them. */
static void vote_and_rank(struct pith *pith, unsigned round)
{
    struct pith_error error = {0};
    struct pith_ranking *ranking;
    const struct pith_rank_request request = {
        .size = sizeof request, .first = PITH_NO_DAY, .last = PITH_NO_DAY, .all = true, .remember = true};
    for (unsigned topic = 0; topic < TESTING_TOPICS; topic++) {
        const struct pith_vote vote = homes_vote(100 * topic + round % 3, (round + topic) % 2 ? 1 : -1);
        must_do(pith_record(pith, &vote, 1, NULL, &error), &error);
        acknowledge(pith);
        if (topic == 1)
            must_do(pith_rank(pith, &request, &ranking, &error), &error), pith_ranking_free(ranking);
    }
}

static void import_some(struct pith *pith, unsigned round)
{
    char *lines = NULL;
    size_t length = 0;
    struct pith_import_report report;
    struct pith_error error = {0};
    FILE *file = open_memstream(&lines, &length);
    for (unsigned i = 0; i < 20; i++)
        testing_paper(file, 1000 + 20 * round + i, i % TESTING_TOPICS, 1 + round);
    fclose(file);
    must_do(pith_import(pith, lines, length, HOMES_DAY, &report, &error), &error);
    free(lines);
}

static void change_keys(struct pith *pith)
{
    struct pith_error error = {0};
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .label = "another", .scopes = 1};
    struct pith_secret *secret;
    must_do(pith_put_key(pith, &request, &secret, &error), &error);
    acknowledge(pith);
    must_do(pith_revoke_key(pith, secret->slot, &error), &error);
    acknowledge(pith);
    pith_secret_free(secret);
}

static void set_and_claim(struct pith *pith, unsigned round)
{
    struct pith_error error = {0};
    struct pith_settings settings;
    struct pith_digest *digest;
    must_do(pith_get_settings(pith, &settings, &error), &error);
    settings.most = 3 + round;
    must_do(pith_put_settings(pith, &settings, &error), &error);
    acknowledge(pith);
    must_do(pith_claim_digest(pith, HOMES_DAY - (int32_t)round, HOMES_NOW, &digest, &error), &error);
    pith_digest_free(digest);
    acknowledge(pith);
}

static void undo(struct pith *pith)
{
    struct pith_error error = {0};
    struct pith_votes *undone;
    must_do(pith_undo(pith, &undone, &error), &error);
    pith_votes_free(undone);
    acknowledge(pith);
}

/* A message left for a locked profile counts as soon as it is acknowledged, and shows once it is taken in. */
static struct pith *post_and_reopen(struct pith *pith, unsigned round)
{
    struct pith_error error = {0};
    const struct pith_vote vote = homes_vote(300 + round % 3, -1);
    pith_close(pith);
    pith = homes_open(journal.home);
    must_do(pith_post(pith, &vote, NULL, &error), &error);
    note(EVENT_ACKNOWLEDGED, "");
    size_t posted = ++acknowledged;
    must_do(pith_unlock(pith, PITH_RECOVERY_CODE, base.code, strlen(base.code), HOMES_NOW, &error), &error);
    acknowledge(pith);
    memmove(states[posted], states[acknowledged], HOMES_STATE);
    return pith;
}

static void live_the_day(void)
{
    struct pith_error error = {0};
    struct pith_secret *secret;
    const struct pith_key_request request = {.size = sizeof request, .way = PITH_RECOVERY_CODE};
    journal.noting = true;
    struct pith *pith = open_unlocked();
    homes_tell(pith, states[0]);
    for (unsigned round = 0; round < 3; round++) {
        vote_and_rank(pith, round);
        import_some(pith, round);
        set_and_claim(pith, round);
        undo(pith);
        change_keys(pith);
        pith = post_and_reopen(pith, round);
    }
    must_do(pith_rotate(pith, &request, &secret, &error), &error);
    snprintf(rotated, sizeof rotated, "%s", secret->text);
    pith_secret_free(secret);
    acknowledge(pith);
    vote_and_rank(pith, 4);
    pith_close(pith);
    journal.noting = false;
}

/* ---- the disk ---- */

struct disk_file {
    unsigned char *bytes; /* synced */
    size_t length;
    const struct event *pending[4096]; /* written, not synced */
    size_t waiting;
    bool new_name; /* not synced since it was made */
};

/* A name and the file that it leads to; names change in order, and for good with a sync of their folder. */
struct disk {
    struct disk_file file[MOST_FILES];
    size_t files;
    struct disk_name {
        char name[NAME];
        int file; /* -1: gone */
    } change[2 * MOST_FILES];
    size_t changes, settled;
};

static int find_name(const struct disk *disk, const char *name, size_t changes)
{
    while (changes--)
        if (strcmp(disk->change[changes].name, name) == 0)
            return disk->change[changes].file;
    return -1;
}

static void change_name(struct disk *disk, const char *name, int file)
{
    homes_must(disk->changes < 2 * MOST_FILES, "too many names", NULL);
    snprintf(disk->change[disk->changes].name, NAME, "%s", name);
    disk->change[disk->changes++].file = file;
}

static void add_file(struct disk *disk, const char *name, bool settled)
{
    homes_must(disk->files < MOST_FILES, "too many files", NULL);
    disk->file[disk->files].new_name = !settled;
    change_name(disk, name, (int)disk->files++);
}

static void apply(unsigned char **bytes, size_t *length, const struct event *event, size_t from, size_t to)
{
    size_t end = event->what == EVENT_CUT ? event->offset : event->offset + to;
    if (event->what == EVENT_CUT || end > *length) {
        unsigned char *grown = realloc(*bytes, end + 1);
        homes_must(grown, "no memory", NULL);
        if (end > *length)
            memset(grown + *length, 0, end - *length);
        *bytes = grown;
        *length = end;
    }
    if (event->what == EVENT_WRITE)
        memcpy(*bytes + event->offset + from, event->bytes + from, to - from);
}

static void sync_file(struct disk *disk, struct disk_file *file)
{
    for (size_t i = 0; i < file->waiting; i++)
        apply(&file->bytes, &file->length, file->pending[i], 0, file->pending[i]->length);
    file->waiting = 0;
    if (file->new_name)
        disk->settled = disk->changes;
    file->new_name = false;
}

static void do_event(struct disk *disk, const struct event *event)
{
    int at = find_name(disk, event->name, disk->changes);
    switch (event->what) {
    case EVENT_ACKNOWLEDGED: break;
    case EVENT_MADE:
        if (at < 0)
            add_file(disk, event->name, false);
        break;
    case EVENT_GONE:
        if (at >= 0)
            change_name(disk, event->name, -1);
        if (event->durable)
            disk->settled = disk->changes;
        break;
    case EVENT_SYNC:
        if (at >= 0)
            sync_file(disk, &disk->file[at]);
        break;
    case EVENT_WRITE:
    case EVENT_CUT:
        homes_must(at >= 0 && disk->file[at].waiting < 4096, "a write to no file", NULL);
        disk->file[at].pending[disk->file[at].waiting++] = event;
        break;
    }
}

/* ---- cuts ---- */

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(random_state >> 33) % below;
}

/* How much of what was not synced is on the disk after all: none, half of the writes, half of the sectors, all. */
enum luck { NOTHING, SOME_WRITES, SOME_SECTORS, EVERYTHING, LUCKS };

static void put_together(const struct disk_file *file, enum luck luck, unsigned char **bytes, size_t *length)
{
    *bytes = malloc(file->length + 1);
    homes_must(*bytes, "no memory", NULL);
    if (file->length)
        memcpy(*bytes, file->bytes, file->length);
    *length = file->length;
    for (size_t i = 0; i < file->waiting; i++) {
        const struct event *event = file->pending[i];
        if (luck == NOTHING || (luck == SOME_WRITES && draw(2)))
            continue;
        if (luck != SOME_SECTORS || event->what == EVENT_CUT) {
            if (luck != SOME_SECTORS || draw(2))
                apply(bytes, length, event, 0, event->length);
            continue;
        }
        for (size_t from = 0; from < event->length; from += SECTOR)
            if (draw(2))
                apply(bytes, length, event, from, from + SECTOR < event->length ? from + SECTOR : event->length);
    }
}

static void write_out(const struct disk *disk, const char *home, enum luck luck)
{
    char path[HOMES_PATH + NAME + 2];
    size_t changes = disk->settled;
    if (luck == EVERYTHING)
        changes = disk->changes;
    else if (luck != NOTHING)
        changes += draw((unsigned)(disk->changes - disk->settled) + 1);
    homes_fresh(&base, home, true);
    for (size_t i = 0; i < changes; i++) {
        int at = find_name(disk, disk->change[i].name, changes);
        if (at < 0)
            continue;
        unsigned char *bytes;
        size_t length;
        put_together(&disk->file[at], luck, &bytes, &length);
        snprintf(path, sizeof path, "%s/%s", home, disk->change[i].name);
        FILE *file = fopen(path, "wb");
        homes_must(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0, "no file", NULL);
        free(bytes);
    }
}

/* The state without the number of papers: what was imported may be gone. */
static bool is_state(const char *got, const char *wanted)
{
    const char *papers = strstr(got, " papers, ");
    return papers && strcmp(papers + strlen(" papers, "), wanted) == 0;
}

static size_t cuts, odd;

static void cut(const struct disk *disk, const char *home, size_t event, size_t done, enum luck luck)
{
    char state[HOMES_STATE];
    write_out(disk, home, luck);
    homes_state(&base, home, rotated, state);
    cuts++;
    if (is_state(state, states[done]) || (done < acknowledged && is_state(state, states[done + 1])))
        return;
    odd++;
    fprintf(stderr, "power_cuts: before event %zu (luck %d, %zu acknowledged): %s, not %s\n", event, luck, done, state,
            states[done]);
}

static bool is_barrier(size_t at)
{
    return (at < journal.count && journal.event[at].what == EVENT_SYNC) || (at && journal.event[at - 1].what == EVENT_SYNC) ||
           (at && journal.event[at - 1].what == EVENT_ACKNOWLEDGED);
}

/* The whole day again and again, until there were enough. */
static void cut_through(const struct disk *start, const char *home, size_t most)
{
    static struct disk disk;
    for (size_t rounds = 0; cuts < most; rounds++) {
        size_t done = 0;
        disk = *start;
        for (size_t i = 0; i < disk.files; i++) {
            disk.file[i].bytes = malloc(start->file[i].length + 1);
            homes_must(disk.file[i].bytes, "no memory", NULL);
            memcpy(disk.file[i].bytes, start->file[i].bytes, start->file[i].length);
        }
        for (size_t at = 0; at <= journal.count; at++) {
            for (enum luck luck = 0; luck < LUCKS && is_barrier(at) && (rounds == 0 || cuts < most); luck++)
                cut(&disk, home, at, done, luck);
            if (!is_barrier(at) && draw(8) == 0 && cuts < most)
                cut(&disk, home, at, done, SOME_WRITES + draw(2));
            if (at == journal.count)
                break;
            done += journal.event[at].what == EVENT_ACKNOWLEDGED;
            do_event(&disk, &journal.event[at]);
        }
        for (size_t i = 0; i < disk.files; i++)
            free(disk.file[i].bytes);
    }
}

int main(int argc, char **argv)
{
    static struct disk start;
    char path[HOMES_PATH + 16], home[HOMES_PATH];
    size_t most = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
    random_state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    watch_files(note_action, NULL);
    homes_make(&base);
    snprintf(journal.home, sizeof journal.home, "%s", testing_folder());
    snprintf(home, sizeof home, "%s", testing_folder());
    homes_fresh(&base, journal.home, false);
    add_file(&start, "pith.db", true);
    start.settled = start.changes;
    snprintf(path, sizeof path, "%s/pith.db", journal.home);
    start.file[0].bytes = (unsigned char *)testing_read(path, &start.file[0].length);
    live_the_day();
    cut_through(&start, home, most);
    printf("%zu events, %zu acknowledged; %zu cuts, %zu odd\n", journal.count, acknowledged, cuts, odd);
    for (size_t i = 0; i < journal.count; i++)
        free(journal.event[i].bytes);
    free(journal.event);
    free(start.file[0].bytes);
    return odd != 0;
}
