/* pith.h: the one public door of libpith. A home folder with papers and one reader's sealed profile, and what can be asked.
 *
 * Not thread-safe per handle; open one a thread. Strings are UTF-8. Days are days since 1970-01-01; PITH_NO_DAY: none.
 * Results are freed by their own function; strings inside belong to them. Statuses: status.h; the message says what to do. */
#ifndef PITH_PITH_H
#define PITH_PITH_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PITH_NO_DAY INT32_MIN

struct pith;

/* Opens a home folder; with `create` makes it. PITH_NOT_FOUND without `create` when there is none. */
enum pith_status pith_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr);
void pith_close(struct pith *pith); /* locks the profile too */
PITH_CLEANUP(struct pith, pith_close);

/* Long work reports here: `what` is a static word or two ("importing", "deriving features", "replaying"). NULL: silence. */
typedef void pith_progress(void *user, const char *what, size_t done, size_t all);
void pith_set_progress(struct pith *pith, pith_progress *progress, void *user);

bool pith_day_from_text(const char *text, int32_t *ret_day);       /* "YYYY-MM-DD" */
const char *pith_day_text(int32_t day, char buffer[16]);           /* "" for PITH_NO_DAY */

/* ---- papers ---- */

enum { PITH_IMPORT_PROBLEMS = 20 };
struct pith_import_report {
    const char *format; /* "arxiv-rss", "hf-json", "bibtex", "jsonl", … (README.md); NULL when not recognised */
    size_t records, added, merged, known, skipped;
    int32_t first_day, last_day; /* listing days touched */
    size_t problems;             /* filled below; `skipped` counts all */
    struct {
        size_t line;
        char reason[160];
    } problem[PITH_IMPORT_PROBLEMS];
};
/* One file's bytes, as one transaction; the format is told from content. `today`: the listing day of a file that names none. */
enum pith_status pith_import(struct pith *pith, const void *bytes, size_t length, int32_t today,
                             struct pith_import_report *ret_report, struct pith_error *reterr);

struct pith_paper {
    char *key;   /* "arxiv:2506.02483" */
    char *id;    /* for people: "arXiv:2506.02483" */
    char *title;
};
struct pith_papers {
    struct pith_paper *item;
    size_t count;
    bool more; /* there are more than were listed */
};
void pith_papers_free(struct pith_papers *papers);
PITH_CLEANUP(struct pith_papers, pith_papers_free);
/* Papers called `name`: a rank in the last listing shown ("3"; needs an unlocked profile), an identifier in any spelling, or a
 * part of a title. One or more (at most 20); the caller must not guess among several. PITH_NOT_FOUND for none. */
enum pith_status pith_find(struct pith *pith, const char *name, struct pith_papers **ret_papers, struct pith_error *reterr);

/* ---- the reader ---- */

enum pith_strength { PITH_INTERACTIVE, PITH_MODERATE, PITH_SENSITIVE };
/* Makes the profile; PITH_EXISTS when there is one. Leaves it locked. */
enum pith_status pith_create_profile(struct pith *pith, const char *passphrase, size_t length, enum pith_strength strength,
                                     struct pith_error *reterr);
/* PITH_NOT_FOUND without a profile, PITH_LOCKED for a wrong passphrase, PITH_CORRUPT for damage. The passphrase is not kept. */
enum pith_status pith_unlock(struct pith *pith, const char *passphrase, size_t length, struct pith_error *reterr);
bool pith_has_profile(struct pith *pith);
/* Everything below needs an unlocked profile: PITH_LOCKED without. */

struct pith_vote {
    const char *paper; /* key voted on, or the winner of a comparison */
    const char *loser; /* NULL for a thumb */
    int verdict;       /* 1 up, -1 down, 0 none; ignored for a comparison */
    int32_t day;
};
/* Records them all as one change, or nothing. *ret_recorded (may be NULL) counts those that were not standing already. */
enum pith_status pith_record(struct pith *pith, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                             struct pith_error *reterr);
/* JSON Lines {"id","vote":"up|down|none","date"}: all or nothing. `today` for a missing date. On PITH_INPUT nothing is recorded
 * and `problem` was told each bad line. */
enum pith_status pith_record_lines(struct pith *pith, const char *bytes, size_t length, int32_t today,
                                   void (*problem)(void *user, size_t line, const char *reason), void *user,
                                   size_t *ret_recorded, struct pith_error *reterr);

struct pith_standing { /* a vote or comparison that stands */
    char *key, *id, *title;          /* title "" when the paper is not in this store */
    char *loser, *loser_id, *loser_title; /* NULL for a thumb */
    int verdict;
    int32_t day;
};
struct pith_votes {
    struct pith_standing *item; /* thumbs by day and key, then comparisons */
    size_t count, ups, downs, pairs;
};
void pith_votes_free(struct pith_votes *votes);
PITH_CLEANUP(struct pith_votes, pith_votes_free);
enum pith_status pith_list_votes(struct pith *pith, struct pith_votes **ret_votes, struct pith_error *reterr);
/* Takes the last change back and lists what was undone. PITH_NOT_FOUND when there is nothing to undo. */
enum pith_status pith_undo(struct pith *pith, struct pith_votes **ret_undone, struct pith_error *reterr);

/* ---- ranking ---- */

struct pith_reason {
    char *feature;       /* "word:diffus", "bigram:languag model", "author:jane doe", "category:cs.cl", "base", "other" */
    char *label;         /* for people: "diffusion", "language models", "Jane Doe", "cs.CL", "base rate", "everything else" */
    double contribution; /* signed; all of a paper's add up to its score */
};
struct pith_ranked {
    size_t rank;
    char *key, *id, *title, *url;
    int32_t day;
    double score;
    double probability; /* NAN while there are too few votes */
    int upvotes;        /* -1 unknown */
    int verdict;        /* the reader's own, 0 for none */
    struct pith_reason *reasons; /* by falling size of contribution, "other" last */
    size_t reason_count;
};
struct pith_rank_request {
    int32_t first, last; /* listing days; both PITH_NO_DAY: the newest day; first alone: since; last alone: until */
    bool all;            /* every listed paper, whatever the days say */
    size_t limit;        /* 0: all */
    size_t reasons;      /* named at most per paper, besides "base" and "other" */
    bool remember;       /* keep as the last listing shown, so that ranks can be voted on */
};
struct pith_ranking {
    int32_t first, last;      /* the days covered */
    size_t listed;            /* papers on those days */
    size_t ups, downs, pairs; /* votes learnt from */
    bool learned;             /* false: no votes yet, listing order by popularity where known */
    bool probabilities;       /* false: too few votes for percentages (30, with 3 of each kind) */
    struct pith_ranked *item;
    size_t count;
};
void pith_ranking_free(struct pith_ranking *ranking);
PITH_CLEANUP(struct pith_ranking, pith_ranking_free);
/* Refits first when votes changed (or the store grew by a tenth). With a locked or missing profile: listing order. */
enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr);

struct pith_influence { /* what one vote adds to a paper's score, through the words they share */
    char *key, *title;  /* the voted paper; for a comparison the winner */
    char *loser_title;  /* NULL for a thumb */
    int verdict;
    double contribution;
};
struct pith_account {
    struct pith_ranked paper; /* with all its reasons; rank 0 */
    bool learned;
    double prior;             /* the part of the score from background papers and base rate, no vote of the reader */
    struct pith_influence *influences; /* by falling size; with `prior` they add up to the score */
    size_t influence_count;
};
void pith_account_free(struct pith_account *account);
PITH_CLEANUP(struct pith_account, pith_account_free);
enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr);

/* ---- self-test ---- */

struct pith_quality {
    double auc, ndcg10, ap, recall10; /* NAN where not defined */
};
struct pith_replay_day {
    int32_t day;
    size_t listed, ups, voted; /* papers that day, ups among them, votes trained on */
    struct pith_quality model, listing, centroid;
};
struct pith_replay {
    struct pith_replay_day *day;
    size_t days;
    struct pith_quality model, listing, centroid; /* means over days */
    double brier, ece;     /* of the probabilities given to that day's votes before they were seen; NAN when none were */
    size_t probabilities;  /* how many */
};
void pith_replay_free(struct pith_replay *replay);
PITH_CLEANUP(struct pith_replay, pith_replay_free);
/* Day by day: train on votes of earlier days only, rank the whole day, score against the day's ups. */
enum pith_status pith_replay_votes(struct pith *pith, struct pith_replay **ret_replay, struct pith_error *reterr);

/* ---- state ---- */

struct pith_summary {
    int64_t papers, days;
    int32_t first_day, last_day;
    bool has_profile, unlocked;
    size_t ups, downs, pairs;   /* 0 while locked */
    char digest[65];            /* of votes, pairs and settings; "" while locked */
};
enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr);

/* The learned profile in clear, as documented in FORMAT.md (one JSON object). malloc'ed. */
enum pith_status pith_export(struct pith *pith, char **ret_json, struct pith_error *reterr);
/* Takes an export into an unlocked profile without votes: its votes and its model. PITH_EXISTS when it has votes. */
enum pith_status pith_import_profile(struct pith *pith, const char *json, size_t length, struct pith_error *reterr);

#endif
