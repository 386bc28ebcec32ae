/* votes: what a reader said of papers. All of it needs an unlocked profile, and the scope that goes with it: PITH_LOCKED without. */
#ifndef PITH_VOTES_H
#define PITH_VOTES_H

#include <pith/papers.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A verdict besides up and down: taken as liked, but weakly, and less the more votes there are. It never replaces a vote. */
enum { PITH_SEED = 2 };
/* Nor are these votes: to set a paper aside to be read, and to take it from there. An up or down takes it from there too. */
enum { PITH_DONE = 3, PITH_LATER = 4 };
struct pith_vote {
    const char *paper; /* key voted on, or the winner of a comparison */
    const char *loser; /* NULL for a thumb */
    int verdict;       /* 1 up, -1 down, 0 none, PITH_SEED, PITH_LATER, PITH_DONE; ignored for a comparison */
    int32_t day;
};
/* Records them all as one change, or nothing. *ret_recorded (may be NULL) counts those that were not standing already. */
enum pith_status pith_record(struct pith *pith, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                             struct pith_error *reterr);
struct pith_lines_request {
    size_t size;       /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    const char *bytes; /* JSON Lines {"id","vote":"up|down|none|later|done","date"} */
    size_t length;
    int32_t today;                                                /* the day of votes without a date */
    void (*problem)(void *user, size_t line, const char *reason); /* told each bad line, from 1; may be NULL */
    void *user;
};
/* Records the votes of all lines as one change. PITH_INPUT where a line is no vote: nothing is recorded then. *ret_recorded as above. */
enum pith_status pith_record_lines(struct pith *pith, const struct pith_lines_request *request, size_t *ret_recorded,
                                   struct pith_error *reterr);

struct pith_seed_report {
    struct pith_import_report import; /* `format` NULL: the file was a list of identifiers */
    size_t seeded, standing;          /* papers taken as liked now; voted on or seeded already */
    size_t unknown;                   /* identifiers that this store does not hold */
};
/* Takes a library, listing or list of identifiers (one a line) as papers liked, with their own days, as one change. `about` (NULL:
 * all): only those with this keyword, category or collection, whatever the case. PITH_INPUT for a file that is none of these. */
enum pith_status pith_seed_file(struct pith *pith, const char *bytes, size_t length, const char *about, int32_t today,
                                struct pith_seed_report *ret_report, struct pith_error *reterr);
/* Takes words about an interest as liked, as if they were a paper. *ret_seeded false: they stood already. PITH_USAGE for none or
 * more than PITH_SEED_MOST bytes of them. */
enum { PITH_SEED_MOST = 240 };
enum pith_status pith_seed_words(struct pith *pith, const char *words, int32_t today, bool *ret_seeded, struct pith_error *reterr);

/* Leaves one vote for the reader that was set, sealed to the profile's public key: works while it is locked, is durable when this
 * returns, and counts from the next unlock. `ticket`: 16 bytes that name the message; the same again, while it waits, changes
 * nothing. NULL: random. PITH_NOMEM when too many wait. */
enum { PITH_TICKET = 16 };
enum pith_status pith_post(struct pith *pith, const struct pith_vote *vote, const unsigned char *ticket, struct pith_error *reterr);

struct pith_standing {                    /* a vote or comparison that stands */
    char *key, *id, *title;               /* title "" when the paper is not in this store */
    char *loser, *loser_id, *loser_title; /* NULL for a thumb */
    int verdict;
    int32_t day;
};
struct pith_votes {
    struct pith_standing *item; /* thumbs by day and key, then comparisons */
    size_t count, ups, downs, pairs, seeds;
};
void pith_votes_free(struct pith_votes *votes);
PITH_CLEANUP(struct pith_votes, pith_votes_free);
enum pith_status pith_list_votes(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr);
/* The reading list: the papers set aside, by day and key; each verdict PITH_LATER, and no counts. */
enum pith_status pith_list_later(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr);
/* The papers voted up (or down, with `verdict` -1; 0: both; PITH_LATER: the reading list) as a library of other programs, UTF-8; those that this store does not
 * hold are left out and counted. Free it with pith_free. */
enum pith_bibliography { PITH_BIBTEX, PITH_RIS, PITH_CSL_JSON, PITH_JSONL };
enum pith_status pith_write_bibliography(struct pith *pith, int verdict, enum pith_bibliography format, char **ret_text,
                                         size_t *ret_missing, struct pith_error *reterr);
/* What undo would take back: the votes that one command or request recorded. PITH_NOT_FOUND when there is nothing. */
enum pith_status pith_last_change(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr);
/* Takes the last change back and lists what was undone. PITH_NOT_FOUND when there is nothing to undo. Until another vote is recorded, it can be
 * brought back; then nothing of it is left. */
enum pith_status pith_undo(struct pith *pith, struct pith_votes **ret_undone, struct pith_error *reterr);
/* Brings the change that was taken back last back, and lists it; again, the one before. PITH_NOT_FOUND when there is none, or a vote came since. */
enum pith_status pith_redo(struct pith *pith, struct pith_votes **ret_redone, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
