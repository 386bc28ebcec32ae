/* journal: what the mail bot did, kept so that a killed one knows where it was. JSON Lines, only ever added to, each line on the disk
 * before what follows it is done:
 *   {"time":"2026-11-26T06:00:03Z","date":"2026-11-26","reader":"Ann","event":"handing over","inbox_message_id":"<…>"}
 * One bot at a time: the file is locked while it is open. */
#ifndef PITH_CLI_MAIL_JOURNAL_H
#define PITH_CLI_MAIL_JOURNAL_H

#include <pith/pith.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum journal_event {
    JOURNAL_NOTHING,
    JOURNAL_CLAIMED,      /* the digest is this bot's to send */
    JOURNAL_HANDING_OVER, /* all but the end of the mail has gone out; whether it was taken is not known */
    JOURNAL_SENT,         /* the mail server took it */
    JOURNAL_TOLD,         /* and the service knows */
    JOURNAL_FAILED,       /* it was not taken; another attempt may do better */
    JOURNAL_REFUSED,      /* it will not be taken */
};
struct journal_entry {
    int32_t day; /* of the digest */
    const char *reader;
    enum journal_event event;
    const char *inbox_message_id, *reason; /* NULL: none */
};

struct journal;

/* Opens, makes and locks the file, and reads what was last about each reader's digests of `first` and later days. A torn last line, left
 * by a bot that was killed, is cut off: *ret_torn. PITH_EXISTS when another bot is at work, PITH_CORRUPT for a line that is none. */
enum pith_status journal_open(const char *path, int32_t first, struct journal **ret_journal, bool *ret_torn,
                              struct pith_error *reterr);
void journal_close(struct journal *journal);
PITH_CLEANUP(struct journal, journal_close);

/* On the disk when this returns. `now`: seconds since 1970-01-01 UTC. */
enum pith_status journal_put(struct journal *journal, const struct journal_entry *entry, int64_t now, struct pith_error *reterr);
enum journal_event journal_last(const struct journal *journal, int32_t day, const char *reader);
/* The next day after `after` (PITH_NO_DAY: the first) and before `before` on which a digest of this reader was left unfinished: claimed,
 * failed, handed over or sent, and the service not told. PITH_NO_DAY for none. */
int32_t journal_unfinished(const struct journal *journal, const char *reader, int32_t after, int32_t before);

#endif
