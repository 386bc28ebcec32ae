#include "cli/mail/journal.h"

#include "cli/files.h"
#include <pith/json.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_ENTRIES = 1 << 20, NAME = 256 };

static const char *const event_names[] = {
    [JOURNAL_NOTHING] = "",  [JOURNAL_CLAIMED] = "claimed", [JOURNAL_HANDING_OVER] = "handing over", [JOURNAL_SENT] = "sent",
    [JOURNAL_TOLD] = "told", [JOURNAL_FAILED] = "failed",   [JOURNAL_REFUSED] = "refused",
};
enum { EVENTS = sizeof event_names / sizeof *event_names };

struct last { /* what was last about one digest */
    int32_t day;
    char *reader;
    enum journal_event event;
};
struct journal {
    const char *path;
    int file;
    struct last *last;
    size_t count, cap;
};

void journal_close(struct journal *journal)
{
    for (size_t i = 0; i < journal->count; i++)
        free(journal->last[i].reader);
    free(journal->last);
    if (journal->file >= 0)
        close(journal->file);
    free(journal);
}

static struct last *find(const struct journal *journal, int32_t day, const char *reader)
{
    for (size_t i = 0; i < journal->count; i++)
        if (journal->last[i].day == day && strcmp(journal->last[i].reader, reader) == 0)
            return &journal->last[i];
    return NULL;
}

enum journal_event journal_last(const struct journal *journal, int32_t day, const char *reader)
{
    const struct last *last = find(journal, day, reader);
    return last ? last->event : JOURNAL_NOTHING;
}

int32_t journal_unfinished(const struct journal *journal, const char *reader, int32_t after, int32_t before)
{
    int32_t next = before;
    for (size_t i = 0; i < journal->count; i++) {
        const struct last *last = &journal->last[i];
        if (last->day > after && last->day < next && strcmp(last->reader, reader) == 0 && last->event != JOURNAL_TOLD &&
            last->event != JOURNAL_REFUSED)
            next = last->day;
    }
    return next < before ? next : PITH_NO_DAY;
}

static enum pith_status keep(struct journal *journal, int32_t day, const char *reader, enum journal_event event,
                             struct pith_error *reterr)
{
    struct last *last = find(journal, day, reader);
    if (last) {
        last->event = event;
        return PITH_OK;
    }
    enum pith_status status = pith_grow(&journal->last, &journal->cap, journal->count + 1, sizeof *journal->last, MOST_ENTRIES,
                                        reterr);
    if (status)
        return status;
    char *copy = strdup(reader);
    if (!copy)
        return pith_no_memory(reterr);
    journal->last[journal->count++] = (struct last){.day = day, .reader = copy, .event = event};
    return PITH_OK;
}

static enum pith_status take_line(struct journal *journal, const char *line, size_t length, size_t number, int32_t first,
                                  struct pith_error *reterr)
{
    char date[NAME] = "", reader[NAME] = "", name[NAME] = "";
    int32_t day;
    size_t event = 1;
    enum pith_status status = pith_json_member(line, length, "date", date, sizeof date, NULL);
    if (!status && pith_day_from_text(date, &day) && day < first)
        return PITH_OK;
    if (!status)
        status = pith_json_member(line, length, "reader", reader, sizeof reader, NULL);
    if (!status)
        status = pith_json_member(line, length, "event", name, sizeof name, NULL);
    while (event < EVENTS && strcmp(event_names[event], name) != 0)
        event++;
    if (status || !pith_day_from_text(date, &day) || !*reader || event == EVENTS)
        return pith_fail(reterr, PITH_CORRUPT, "%.200s:%zu: this is no line of the journal: what was sent cannot be told from it",
                         journal->path, number);
    return keep(journal, day, reader, (enum journal_event)event, reterr);
}

/* Lines as far as they are whole; *ret_whole: how many bytes they take. */
static enum pith_status take_lines(struct journal *journal, const char *bytes, size_t length, int32_t first, size_t *ret_whole,
                                   struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    size_t at = 0, number = 0;
    for (const char *stop; !status && (stop = memchr(bytes + at, '\n', length - at)); at = (size_t)(stop - bytes) + 1)
        status = take_line(journal, bytes + at, (size_t)(stop - bytes) - at, ++number, first, reterr);
    *ret_whole = at;
    return status;
}

/* A folder that is not to be read was not made here; some file systems have nothing to bring to the disk. */
static bool sync_folder(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return errno == EACCES;
    bool good = fsync(file) == 0 || errno == EINVAL || errno == EROFS;
    close(file);
    return good;
}

/* Brings the names on the way to a file to the disk: else a power cut takes it with all that it says. */
static bool sync_folders(const char *path)
{
    char folder[4096];
    bool good = snprintf(folder, sizeof folder, "%s%s", *path == '/' ? "" : "./", path) < (int)sizeof folder;
    for (char *slash; good && (slash = strrchr(folder, '/'));) {
        *slash = '\0';
        good = sync_folder(*folder ? folder : "/");
    }
    return good;
}

static enum pith_status lock(struct journal *journal, struct pith_error *reterr)
{
    files_make_folders(journal->path);
    journal->file = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal->file < 0)
        return pith_fail(reterr, PITH_IO, "could not open the journal %.200s: %s", journal->path, strerror(errno));
    if (flock(journal->file, LOCK_EX | LOCK_NB) == 0)
        return PITH_OK;
    return errno == EWOULDBLOCK
               ? pith_fail(reterr, PITH_EXISTS, "another pith mail is at work with the journal %.200s", journal->path)
               : pith_fail(reterr, PITH_IO, "could not lock the journal %.200s: %s", journal->path, strerror(errno));
}

enum pith_status journal_open(const char *path, int32_t first, struct journal **ret_journal, bool *ret_torn,
                              struct pith_error *reterr)
{
    PITH_AUTO(journal_close_p) struct journal *journal = pith_calloc(1, sizeof *journal);
    PITH_AUTO(pith_free_p) char *bytes = NULL;
    size_t length = 0, whole = 0;
    if (!journal)
        return pith_no_memory(reterr);
    journal->path = path;
    journal->file = -1;
    enum pith_status status = lock(journal, reterr);
    if (!status)
        status = files_read(path, &bytes, &length, reterr);
    if (!status)
        status = take_lines(journal, bytes, length, first, &whole, reterr);
    if (!status && whole < length && ftruncate(journal->file, (off_t)whole) != 0)
        status = pith_fail(reterr, PITH_IO, "could not cut a torn line off the journal %.200s: %s", path, strerror(errno));
    if (!status && whole == 0 && !sync_folders(path)) /* new, or no line was written since it was */
        status = pith_fail(reterr, PITH_IO, "could not keep the journal %.200s: %s", path, strerror(errno));
    if (status)
        return status;
    *ret_torn = whole < length;
    *ret_journal = PITH_TAKE(journal);
    return PITH_OK;
}

enum pith_status journal_put(struct journal *journal, const struct journal_entry *entry, int64_t now, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *line = NULL;
    char day[16], stamp[32] = "";
    time_t seconds = (time_t)now;
    struct tm utc;
    if (gmtime_r(&seconds, &utc))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    const struct pith_json_pair pairs[] = {{"time", stamp},
                                           {"date", pith_day_text(entry->day, day)},
                                           {"reader", entry->reader},
                                           {"event", event_names[entry->event]},
                                           {"message_id", entry->inbox_message_id},
                                           {"reason", entry->reason}};
    enum pith_status status = pith_json_line(pairs, sizeof pairs / sizeof *pairs, &line, reterr);
    if (status)
        return status;
    if (write(journal->file, line, strlen(line)) != (ssize_t)strlen(line) || fdatasync(journal->file) != 0)
        return pith_fail(reterr, PITH_IO, "could not write to the journal %.200s: %s", journal->path, strerror(errno));
    return keep(journal, entry->day, entry->reader, entry->event, reterr);
}
