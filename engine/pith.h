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
enum { PITH_CHANCE_SIZE = 8 };

struct pith;

/* Opens a home folder; with `create` makes it. PITH_NOT_FOUND without `create` when there is none. */
enum pith_status pith_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr);
void pith_close(struct pith *pith); /* locks the profile too */
PITH_CLEANUP(struct pith, pith_close);

/* Long work reports here: `what` is a static word or two ("importing", "deriving features", "replaying"). NULL: silence. */
typedef void pith_progress(void *user, const char *what, size_t done, size_t all);
void pith_set_progress(struct pith *pith, pith_progress *progress, void *user);

bool pith_day_from_text(const char *text, int32_t *ret_day); /* "YYYY-MM-DD" */
const char *pith_day_text(int32_t day, char buffer[16]);     /* "" for PITH_NO_DAY */
/* As readers see a chance: "63%", and at the ends "<1%" and ">99%", as no chance is a certainty; "" for NAN. */
const char *pith_chance_text(double probability, char buffer[PITH_CHANCE_SIZE]);

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

/* Where a file's bytes come from, in order: a file of any size, where a format has a record a line. */
struct pith_input {
    /* Puts up to `size` bytes in `buffer`; *ret_got is 0 at the end, and only there. */
    enum pith_status (*read)(void *user, char *buffer, size_t size, size_t *ret_got, struct pith_error *reterr);
    void *user;
    size_t size; /* of the file, for telling progress; 0: unknown */
};
/* As pith_import, in bounded memory. */
enum pith_status pith_import_input(struct pith *pith, const struct pith_input *input, int32_t today,
                                   struct pith_import_report *ret_report, struct pith_error *reterr);

/* What pith takes an input for: the format, and the first record field by field. Stores nothing. */
struct pith_field {
    const char *name; /* "title", "authors", …; static */
    bool list;
    char **value;
    size_t count; /* 1 unless it is a list */
};
struct pith_explanation {
    const char *format, *title; /* "arxiv-rss", "arXiv RSS"; static */
    size_t records, skipped;
    size_t fault_line; /* of the first record that cannot be used, and why; "" when there is none */
    char fault[160];
    struct pith_field *field; /* of the first good record */
    size_t fields;
};
void pith_explanation_free(struct pith_explanation *explanation);
PITH_CLEANUP(struct pith_explanation, pith_explanation_free);
enum pith_status pith_explain(const struct pith_input *input, int32_t today, struct pith_explanation **ret_explanation,
                              struct pith_error *reterr);

/* ---- fetching ---- */

/* What came of one run over a source. */
enum { PITH_SOURCE = 256, PITH_NOTE = 400 };
struct pith_receipt {
    char source[PITH_SOURCE];
    int64_t time;        /* seconds since 1970-01-01 UTC */
    int32_t first, last; /* listing days that papers came for; PITH_NO_DAY for none */
    size_t announced;    /* papers that the source says it has */
    size_t fetched;      /* read from its answers */
    size_t added, merged;
    size_t hidden;           /* not wanted: announced in another way than asked for */
    size_t failed;           /* records that could not be used */
    bool unchanged;          /* the source says that nothing changed since the last run */
    char failure[PITH_NOTE]; /* why the run ended before its end; "" when it did not */
    char note[PITH_NOTE];    /* what else is to be known: "arXiv announced nothing", …; "" for nothing */
};
/* Where the time comes from, and how it is waited for. */
struct pith_clock {
    int64_t (*now)(void *user); /* milliseconds on a clock that only goes forward */
    void (*sleep)(void *user, int64_t milliseconds);
    void *user;
};
struct pith_fetch_request {
    const char *source;  /* "arxiv:cs.LG+cs.CL", "hf", "biorxiv:neuroscience", "medrxiv", "openreview:VENUE", or an address */
    const char *name;    /* what the reader calls it: receipts stand under it; NULL: as `source` */
    const char *contact; /* a mail or web address that the source's keeper can turn to; NULL: none */
    const char *mirror;  /* ask there instead of the service itself, "https://host/path"; NULL: none */
    unsigned announce;   /* papers announced so, in bits of pith_announce; 0: all */
    bool local;          /* addresses of private networks may be asked: for a mirror of one's own */
    int64_t time;        /* now, in seconds since 1970-01-01 UTC */
    int32_t today;
    int32_t since; /* the first day wanted; PITH_NO_DAY: what is new since the last run */
    const struct pith_clock *clock;
};
/* Fetches and imports. A run that fails on the way is PITH_OK with a `failure` in its receipt: what came before is kept. PITH_USAGE
 * for a source that makes no sense. */
enum pith_status pith_fetch(struct pith *pith, const struct pith_fetch_request *request, struct pith_receipt *ret_receipt,
                            struct pith_error *reterr);
struct pith_receipts {
    struct pith_receipt *item; /* the newest first */
    size_t count;
};
void pith_receipts_free(struct pith_receipts *receipts);
PITH_CLEANUP(struct pith_receipts, pith_receipts_free);
enum pith_status pith_list_receipts(struct pith *pith, size_t most, struct pith_receipts **ret_receipts, struct pith_error *reterr);

/* ---- naming papers ---- */

struct pith_paper {
    char *key; /* "arxiv:2506.02483" */
    char *id;  /* for people: "arXiv:2506.02483" */
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

/* The one paper with this identifier, in any spelling; no ranks and no titles. PITH_NOT_FOUND. */
enum pith_status pith_identify(struct pith *pith, const char *identifier, struct pith_papers **ret_paper,
                               struct pith_error *reterr);

/* All days that papers are listed on, ascending; malloc'ed. */
enum pith_status pith_list_days(struct pith *pith, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr);

/* ---- the reader ---- */

enum pith_strength { PITH_INTERACTIVE, PITH_MODERATE, PITH_SENSITIVE };

/* Whose profile is meant from now on: a reader's name (any spelling of the same Unicode text), or NULL for the store's only one.
 * Locks the one that was open. */
enum pith_status pith_set_reader(struct pith *pith, const char *reader, struct pith_error *reterr);
enum pith_status pith_has_profile(struct pith *pith, bool *ret_has, struct pith_error *reterr);
/* Makes that reader's profile; PITH_EXISTS when there is one. Leaves it locked. */
enum pith_status pith_create_profile(struct pith *pith, const char *passphrase, size_t length, enum pith_strength strength,
                                     struct pith_error *reterr);
/* The same, opened by a recovery code that is made up here, told once. */
struct pith_secret;
enum pith_status pith_create_by_code(struct pith *pith, struct pith_secret **ret_code, struct pith_error *reterr);
/* Destroys that reader's profile, key slots first; the papers stay. Needs no key: whoever can write the store can do it anyway. */
enum pith_status pith_erase(struct pith *pith, struct pith_error *reterr);

/* What opens a profile, as its holder has it: what was typed, the file's text, the token's. Numbers are those of key slots. */
enum pith_way { PITH_PASSPHRASE = 1, PITH_RECOVERY_CODE = 2, PITH_KEY_FILE = 3, PITH_TOKEN = 4 };
/* What a token may, in bits; every other way in may everything. */
enum pith_scope {
    PITH_MAY_RANK = 1,   /* see rankings, reasons, the self-test */
    PITH_MAY_VOTE = 2,   /* see and change votes */
    PITH_MAY_EXPORT = 4, /* take the profile out in clear */
    PITH_MAY_MANAGE = 8, /* change ways in, seal anew, take an export in */
};
/* `now`: seconds since 1970-01-01 UTC. PITH_NOT_FOUND without a profile, PITH_USAGE for what was mistyped, PITH_LOCKED for what
 * does not open it (any more), PITH_CORRUPT for damage. Nothing of the secret is kept. A token names its own profile: the reader
 * that was set does not matter then. What waits in the inbox is taken in: pith_received. */
enum pith_status pith_unlock(struct pith *pith, enum pith_way way, const char *text, size_t length, int64_t now,
                             struct pith_error *reterr);
/* By the key that pith_keep_unlocked left with the kernel: PITH_NOT_FOUND when there is none. */
enum pith_status pith_unlock_kept(struct pith *pith, struct pith_error *reterr);
/* Leaves the key with the kernel for so many seconds (at most a week), for this user's processes. PITH_IO where the kernel keeps
 * none. */
enum pith_status pith_keep_unlocked(struct pith *pith, unsigned seconds, struct pith_error *reterr);
/* Takes it back; works on a locked profile. */
enum pith_status pith_forget_kept(struct pith *pith, struct pith_error *reterr);
/* What the way in that opened the profile may; 0 while locked. When it ends, in seconds since 1970-01-01 UTC; 0: never. */
unsigned pith_scopes(const struct pith *pith);
int64_t pith_expires(const struct pith *pith);
/* Messages taken from the inbox at the last unlock (votes, what takes them back, mails turned on or off), and those that were none. */
void pith_received(const struct pith *pith, size_t *ret_taken, size_t *ret_junk);
/* Checks the open profile against a file kept elsewhere, and notes every change there from now on. PITH_CORRUPT when the store is
 * older than the file knows. Before pith_unlock it is kept in mind and done there, before anything is written. NULL: none. */
enum pith_status pith_set_witness(struct pith *pith, const char *path, struct pith_error *reterr);
/* Why the last change could not be noted there, "" when it was. The change itself is recorded. */
const char *pith_unwitnessed(const struct pith *pith);

/* What follows needs an unlocked profile, and the scope that goes with it: PITH_LOCKED without. */

/* A verdict besides up and down: taken as liked, but weakly, and less the more votes there are. It never replaces a vote. */
enum { PITH_SEED = 2 };
struct pith_vote {
    const char *paper; /* key voted on, or the winner of a comparison */
    const char *loser; /* NULL for a thumb */
    int verdict;       /* 1 up, -1 down, 0 none, PITH_SEED; ignored for a comparison */
    int32_t day;
};
/* Records them all as one change, or nothing. *ret_recorded (may be NULL) counts those that were not standing already. */
enum pith_status pith_record(struct pith *pith, const struct pith_vote *votes, size_t count, size_t *ret_recorded,
                             struct pith_error *reterr);
/* JSON Lines {"id","vote":"up|down|none","date"}: all or nothing. `today` for a missing date. On PITH_INPUT nothing is recorded
 * and `problem` was told each bad line. */
enum pith_status pith_record_lines(struct pith *pith, const char *bytes, size_t length, int32_t today,
                                   void (*problem)(void *user, size_t line, const char *reason), void *user, size_t *ret_recorded,
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
/* The papers voted up (or down, with `verdict` -1; 0: both) as a library of other programs, UTF-8; those that this store does not
 * hold are left out and counted. malloc'ed. */
enum pith_bibliography { PITH_BIBTEX, PITH_RIS, PITH_CSL_JSON, PITH_JSONL };
enum pith_status pith_write_bibliography(struct pith *pith, int verdict, enum pith_bibliography format, char **ret_text,
                                         size_t *ret_missing, struct pith_error *reterr);
/* Takes the last change back and lists what was undone. PITH_NOT_FOUND when there is nothing to undo. */
enum pith_status pith_undo(struct pith *pith, struct pith_votes **ret_undone, struct pith_error *reterr);

/* ---- ranking ---- */

/* How a listing announced a paper, in bits: one that says nothing of it counts as new. */
enum pith_announce { PITH_NEW = 1, PITH_CROSS = 2, PITH_REPLACED = 4 };

struct pith_reason {
    char *feature; /* "word:diffus", "bigram:languag model", "author:jane doe", "category:cs.cl", "upvotes:16+", "base", "other" */
    char *label;   /* for people: "diffusion", "language models", "Jane Doe", "cs.CL", "base rate", "everything else" */
    double contribution; /* signed; all of a paper's add up to its score */
};
struct pith_ranked {
    size_t rank;
    char *key, *id, *title, *url;
    int32_t day;
    double score;
    double probability; /* NAN while there are too few votes */
    int upvotes;        /* -1 unknown */
    enum pith_announce announce;
    bool withdrawn;
    int verdict; /* the reader's own, 0 for none */
    char **twin; /* papers of the listing with the same title but for its form, by identifier: shown as this one */
    size_t twins;
    struct pith_reason *reasons; /* by falling size of contribution, "other" last */
    size_t reason_count;
};
struct pith_rank_request {
    int32_t first, last; /* listing days; both PITH_NO_DAY: the newest day; first alone: since; last alone: until */
    bool all;            /* every listed paper, whatever the days say */
    unsigned announce;   /* those announced so, in bits of pith_announce; 0: all */
    size_t limit;        /* 0: all */
    double expect;       /* no more than hold so many likes, in expectation; 0: does not matter. Needs probabilities */
    double unwanted; /* only so long that, as far as votes tell, at most this share of it is unwanted (conformal selection); 0: does
                          * not matter */
    double diverse;  /* 0 to 1: how much papers unlike those above are preferred (maximal marginal relevance) */
    bool seen;       /* also papers that were voted on, or shown in an earlier listing, before the day of this one */
    bool twins;      /* every paper by itself, twins too */
    size_t reasons;  /* named at most per paper, besides "base" and "other" */
    bool remember;   /* keep as the last listing shown, so that ranks can be voted on */
};
struct pith_ranking {
    int32_t first, last;      /* the days covered */
    size_t listed;            /* papers on those days */
    size_t ups, downs, pairs; /* votes learnt from */
    bool learned;             /* false: no votes yet, listing order by popularity where known */
    size_t seen;              /* left out: voted on or shown before */
    double expected, missed;  /* likes expected on the list and below it; NAN without probabilities */
    bool probabilities;       /* false: too few votes for percentages (30, with 3 of each kind) */
    struct pith_ranked *item;
    size_t count;
    char **shortfall; /* what is missing of the days covered, by the last receipt of each source: a line for people each */
    size_t shortfalls;
};
void pith_ranking_free(struct pith_ranking *ranking);
PITH_CLEANUP(struct pith_ranking, pith_ranking_free);
/* Refits first when votes changed (or the store has doubled since). With a locked or missing profile: listing order. */
enum pith_status pith_rank(struct pith *pith, const struct pith_rank_request *request, struct pith_ranking **ret_ranking,
                           struct pith_error *reterr);

struct pith_search_request {
    bool mine;      /* the reader's own order of what matches; else the most relevant first */
    size_t limit;   /* 0: all, at most PITH_SEARCH_MOST */
    size_t reasons; /* as for a ranking */
    bool remember;
};
enum { PITH_SEARCH_MOST = 10000 };
/* Papers by words: "two words" as a phrase, diffus*, -survey, one OR other, title:, author:, category:, since:DAY, until:DAY.
 * `listed` of the ranking counts what matches. PITH_NOT_FOUND when nothing does, PITH_USAGE for a query that makes no sense or a
 * reader's order of a locked profile. */
enum pith_status pith_search(struct pith *pith, const char *query, const struct pith_search_request *request,
                             struct pith_ranking **ret_ranking, struct pith_error *reterr);

struct pith_influence { /* what one vote adds to a paper's score, through the words they share */
    char *key, *title;  /* the voted paper; for a comparison the winner */
    char *loser_title;  /* NULL for a thumb */
    int verdict;
    double contribution;
};
struct pith_account {
    struct pith_ranked paper; /* with all its reasons; rank 0 */
    bool learned;
    double prior;                      /* the part of the score from background papers and base rate, no vote of the reader */
    struct pith_influence *influences; /* by falling size; with `prior` they add up to the score */
    size_t influence_count;
};
void pith_account_free(struct pith_account *account);
PITH_CLEANUP(struct pith_account, pith_account_free);
enum pith_status pith_why(struct pith *pith, const char *key, struct pith_account **ret_account, struct pith_error *reterr);

/* ---- a table of term vectors of one's own ---- */

struct pith_space {
    size_t papers, terms; /* learnt from, and learnt */
};
/* Learns which words go together in this store's papers, for fields that the table which comes with pith has not seen, and keeps that
 * in the home folder (learned.space: public knowledge, in clear). Rankings use it from then on, as far as it helps. Learning again
 * replaces it. PITH_NOT_FOUND for fewer than 5,000 papers. */
enum pith_status pith_learn_space(struct pith *pith, int32_t today, struct pith_space *ret_space, struct pith_error *reterr);

/* ---- self-test ---- */

struct pith_quality {
    double auc, ndcg10, ap, recall10; /* NAN where not defined */
};
struct pith_replay_day {
    int32_t day;
    size_t listed, ups, voted; /* papers that day, ups among them, votes trained on */
    struct pith_quality model, listing, centroid;
};
struct pith_bin {
    double said, liked; /* mean chance given, and share of ups that came of it */
    double low, high;   /* where that share lies: Wilson's 95 % interval */
    size_t count;       /* votes */
};
enum { PITH_BINS = 10, PITH_SETTLED = 100 };
struct pith_replay {
    struct pith_replay_day *day;
    size_t days;
    struct pith_quality model, listing, centroid; /* means over days */
    double brier, log_loss, ece;    /* of the probabilities given to that day's votes before they were seen; NAN when none were */
    size_t probabilities;           /* how many */
    double settled_ece;             /* as ece, of those given from PITH_SETTLED votes on; NAN when none were */
    size_t settled;                 /* how many */
    struct pith_bin bin[PITH_BINS]; /* the same in groups, by falling chance */
    size_t bins;
};
void pith_replay_free(struct pith_replay *replay);
PITH_CLEANUP(struct pith_replay, pith_replay_free);
/* Day by day: train on votes of earlier days only, rank the whole day, score against the day's ups. */
enum pith_status pith_replay_votes(struct pith *pith, struct pith_replay **ret_replay, struct pith_error *reterr);

/* ---- state ---- */

struct pith_summary {
    int64_t papers, days;
    int32_t first_day, last_day;
    int64_t readers;                 /* profiles in the store */
    bool has_profile, unlocked;      /* of the reader that was set */
    size_t ups, downs, pairs, seeds; /* 0 while locked */
    size_t given,
        liked;       /* of the last votes, 10 at most, on papers that were given 80% or more before: how many, and how many ups */
    char digest[65]; /* of votes, pairs and settings; "" while locked */
};
enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr);

/* ---- ways in ---- */

struct pith_key {
    int64_t slot;
    enum pith_way way;
    char *label;                 /* what the reader calls it, "" for none */
    uint64_t operations, memory; /* a passphrase's Argon2id limits; memory in bytes */
    unsigned scopes;             /* a token's, in bits of pith_scope */
    int64_t expires;             /* a token's end; 0 never */
    bool used;                   /* it opened the profile just now */
    bool damaged;                /* its bytes were changed: it opens nothing, and nothing else is known of it */
};
struct pith_keys {
    struct pith_key *item;
    size_t count;
};
void pith_keys_free(struct pith_keys *keys);
PITH_CLEANUP(struct pith_keys, pith_keys_free);
enum pith_status pith_list_keys(struct pith *pith, struct pith_keys **ret_keys, struct pith_error *reterr);

/* What a new way in is to be. */
struct pith_key_request {
    enum pith_way way;
    const char *label;      /* at most 63 bytes; NULL: none */
    const char *passphrase; /* of a passphrase */
    size_t length;
    enum pith_strength strength;
    unsigned scopes; /* of a token */
    int64_t expires;
    int64_t slot; /* replace this slot, whose secret then opens nothing; 0: add one */
};
/* A way in that pith makes up is told once, here: the code, the key file's text, the token. Wiped by pith_secret_free. */
struct pith_secret {
    int64_t slot;
    char text[128]; /* "" for a passphrase */
};
void pith_secret_free(struct pith_secret *secret);
PITH_CLEANUP(struct pith_secret, pith_secret_free);
enum pith_status pith_put_key(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                              struct pith_error *reterr);
/* PITH_NOT_FOUND; PITH_USAGE for the last way in that is no token. */
enum pith_status pith_revoke_key(struct pith *pith, int64_t slot, struct pith_error *reterr);
/* Seals everything anew under a new key, and leaves the requested way in alone: all others, tokens too, end. One transaction: a
 * kill leaves all as before, or all done. */
enum pith_status pith_rotate(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                             struct pith_error *reterr);

/* ---- nothing lost, nothing touched ---- */

/* Looks at everything: the database's pages, every paper's features and place, each key slot, and with an unlocked profile each sealed row.
 * `told` hears each thing that was verified or found wrong. PITH_CORRUPT when anything was wrong. */
enum pith_status pith_check(struct pith *pith, void (*told)(void *user, bool good, const char *what), void *user,
                            struct pith_error *reterr);
/* A consistent copy of the whole store, sealed as it is, mode 0600; others may read and write meanwhile. PITH_EXISTS when the file
 * is there, unless `force`. */
enum pith_status pith_backup(struct pith *pith, const char *path, bool force, struct pith_error *reterr);
/* Puts a backup in a home, once it was checked as a whole. PITH_EXISTS when the home has a store, unless `force`: that one is then
 * kept as pith.db.replaced. No pith may be at work there. */
enum pith_status pith_restore(const char *home, const char *backup, bool force, struct pith_error *reterr);

/* ---- exports ---- */

/* The learned profile in clear, as documented in FORMAT.md (one JSON object), signed by a key of the profile. malloc'ed. */
enum pith_status pith_export(struct pith *pith, char **ret_json, struct pith_error *reterr);
/* An export sealed under a passphrase of its own, and back. malloc'ed. */
enum pith_status pith_seal_export(const char *json, const char *passphrase, size_t length, enum pith_strength strength,
                                  char **ret_sealed, size_t *ret_length, struct pith_error *reterr);
bool pith_is_sealed(const char *bytes, size_t length);
/* PITH_LOCKED for a wrong passphrase, PITH_CORRUPT when the file was changed or cut short. */
enum pith_status pith_open_export(const char *sealed, size_t sealed_length, const char *passphrase, size_t length, char **ret_json,
                                  size_t *ret_length, struct pith_error *reterr);
/* Takes an export in clear into an unlocked profile without votes: its votes and its model. PITH_EXISTS when it has votes,
 * PITH_CORRUPT when it is signed and was changed. `signer` (may be NULL) takes the signer's public key in hex, "" when the export
 * is not signed. */
enum pith_status pith_import_profile(struct pith *pith, const char *json, size_t length, char signer[65],
                                     struct pith_error *reterr);
/* The public key that signs this profile's exports, in hex. */
enum pith_status pith_signer(struct pith *pith, char signer[65], struct pith_error *reterr);

struct pith_diff_vote {
    char *id;     /* for people */
    char *loser;  /* of a comparison; NULL for a thumb */
    int from, to; /* thumbs: verdicts, 0 for none; comparisons: 1 when it stands */
};
struct pith_diff_weight {
    char *feature;   /* "word:diffus" */
    double from, to; /* times its emphasis (FORMAT.md, Model); 0 where it is missing */
};
struct pith_diff {
    struct pith_diff_vote *vote; /* those that differ, by id */
    size_t votes;
    struct pith_diff_weight *weight; /* those that differ, by falling size of the move */
    size_t weights;
    char signer_from[65], signer_to[65]; /* hex; "" when not signed */
};
void pith_diff_free(struct pith_diff *diff);
PITH_CLEANUP(struct pith_diff, pith_diff_free);
/* What changed from one export in clear to another. PITH_CORRUPT when a signed one was changed. */
enum pith_status pith_diff(const char *from, size_t from_length, const char *to, size_t to_length, struct pith_diff **ret_diff,
                           struct pith_error *reterr);

/* ---- settings: what a reader wants of the daily digest; sealed with the profile ---- */

struct pith_settings {
    bool mail; /* digests are wanted; an unsubscribe link takes that away */
    double
        likes; /* "for you" ends where so many likes are to be expected; more than 0, at most 100. Without probabilities: `most` */
    unsigned most; /* papers "for you" at most, 1 to 200 */
    double cost; /* of an interruption, in likes missed: a day is held back while the chance that the digest holds a liked paper is
                        * below cost / (1 + cost); 0 (never) to 100 */
    unsigned explore;  /* labelled picks outside what is known to be liked, 0 to 2 */
    unsigned missed;   /* papers at most of listings that were not mailed, 0 to 20 */
    unsigned announce; /* only those announced so, in bits of pith_announce; 0: all */
};
/* Those that were never set have their defaults. */
enum pith_status pith_get_settings(struct pith *pith, struct pith_settings *ret_settings, struct pith_error *reterr);
/* One change, durable. PITH_USAGE names what is out of range. Needs PITH_MAY_VOTE. */
enum pith_status pith_put_settings(struct pith *pith, const struct pith_settings *settings, struct pith_error *reterr);

/* ---- tickets: what a link in a mail stands for. Sealed under a key of the store; needs no profile key, and tells nothing itself ---- */

enum { PITH_TICKET_TEXT = 96 }; /* characters of a ticket in base64url, and a NUL */
enum pith_ticket_kind { PITH_TICKET_THUMB = 1, PITH_TICKET_REPLY = 2, PITH_TICKET_MAIL = 3 };
struct pith_ticket {
    enum pith_ticket_kind kind;
    int32_t day;             /* of the digest it was in */
    int32_t last;            /* day on which it is good for the last time */
    int verdict;             /* of a thumb: 1 up, -1 down */
    struct pith_paper paper; /* of a thumb; else all NULL */
    bool spent;              /* it was used, and not taken back */
};
void pith_ticket_free(struct pith_ticket *ticket);
PITH_CLEANUP(struct pith_ticket, pith_ticket_free);
/* Opens nothing of the profile. PITH_NOT_FOUND for what is no ticket of this store (or its profile or paper is gone), PITH_LOCKED once
 * its last day is over. */
enum pith_status pith_read_ticket(struct pith *pith, const char *text, int32_t today, struct pith_ticket **ret_ticket,
                                  struct pith_error *reterr);
/* Does once what it says, through the sealed inbox: records its thumb, or unsubscribes. *ret_done false: it was done already. Durable. */
enum pith_status pith_use_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr);
/* Takes that back without a trace: what stood before stands again, unless the reader has voted on the paper since; mail is wanted again.
 * The ticket can be used again. *ret_done false: there was nothing to take back. */
enum pith_status pith_return_ticket(struct pith *pith, const char *text, int32_t today, bool *ret_done, struct pith_error *reterr);

/* A mail that answers a digest: "1+ 4- 7+" in its text (quoted lines are passed over), the digest's ticket in In-Reply-To, References or
 * the subject. Left in the sealed inbox as one change. The same mail again changes nothing. */
enum { PITH_REPLY_VOTES = 64 };
struct pith_reply {
    int32_t day; /* of the digest */
    struct {
        unsigned number;
        int verdict;
    } vote[PITH_REPLY_VOTES];
    size_t votes;
    bool known; /* this mail came before */
};
/* PITH_INPUT: no mail, no votes in it, or one that is not clear or of no paper in the digest: nothing is recorded then; PITH_NOT_FOUND: no
 * ticket of this store; PITH_LOCKED: too old. */
enum pith_status pith_post_reply(struct pith *pith, const char *mail, size_t length, int32_t today, struct pith_reply *ret_reply,
                                 struct pith_error *reterr);

/* ---- the daily digest: one a day, composed once ---- */

enum pith_section { PITH_FOR_YOU, PITH_EXPLORE, PITH_MISSED };
struct pith_digest_item {
    enum pith_section section;
    size_t number; /* 1, 2, … through all sections, as replies name it */
    char *key, *id, *title, *url;
    char *authors;  /* for people: "Ada Brown, Ben Cole and 5 others"; "" unknown */
    char *category; /* its first; "" unknown */
    char *reason;   /* one line for people, in plain ASCII but for names; "" for none */
    int32_t day;    /* of its listing */
    enum pith_announce announce;
    bool withdrawn;
    double probability;                                /* NAN where it is not to be shown */
    char up[PITH_TICKET_TEXT], down[PITH_TICKET_TEXT]; /* "" where whoever asks may not vote */
};
enum pith_digest_state {
    PITH_DIGEST_OPEN,    /* composed for a look: nothing was kept */
    PITH_DIGEST_CLAIMED, /* composed, kept, and about to be sent: asked for again, it is the same to the byte */
    PITH_DIGEST_SENT,
    PITH_DIGEST_HELD, /* not worth an interruption */
    PITH_DIGEST_OFF,  /* the reader wants no mail */
};
struct pith_digest {
    int32_t day; /* that it is for */
    enum pith_digest_state state;
    int64_t time;                /* when it was composed, in seconds since 1970-01-01 UTC */
    int32_t first, last;         /* listing days that "for you" was chosen from; PITH_NO_DAY: none was new */
    size_t listed;               /* papers on them */
    size_t ups, downs, pairs;    /* votes learnt from */
    bool learned, probabilities; /* as of a ranking */
    double expected, below;      /* likes expected in "for you", and missed below the line; NAN without probabilities */
    double chance;               /* that it holds a paper to be liked; NAN without probabilities */
    char **notice;               /* what is to be known of the listings: "arXiv posted nothing", …; a sentence each */
    size_t notices;
    char **change; /* what changed since the digest before: votes learnt, words that gained or lost; a sentence each */
    size_t changes;
    struct pith_digest_item *item; /* by section, then in the reader's order */
    size_t count;
    char reply[PITH_TICKET_TEXT]; /* names this digest in answers to it; "" where whoever asks may not vote, or it is not kept */
    char stop[PITH_TICKET_TEXT];  /* unsubscribes */
};
void pith_digest_free(struct pith_digest *digest);
PITH_CLEANUP(struct pith_digest, pith_digest_free);
/* The digest for a day (PITH_NO_DAY: today's): as it was kept, else composed now. Needs PITH_MAY_RANK. `now`: seconds since 1970-01-01
 * UTC. PITH_USAGE for a day to come. */
enum pith_status pith_get_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                 struct pith_error *reterr);
/* Composes and keeps it, so that it may be sent, once: open becomes claimed; what is claimed or sent stays; held and off are not kept.
 * PITH_USAGE also for a day more than 14 days ago; PITH_IO when somebody else changed the profile meanwhile: unlock and ask again. */
enum pith_status pith_claim_digest(struct pith *pith, int32_t day, int64_t now, struct pith_digest **ret_digest,
                                   struct pith_error *reterr);
/* It has been sent, and its papers count as shown. Again changes nothing. PITH_NOT_FOUND when it was not claimed. */
enum pith_status pith_settle_digest(struct pith *pith, int32_t day, struct pith_error *reterr);
/* Days whose digest is kept, the newest first, 62 at most. */
struct pith_digest_day {
    int32_t day;
    enum pith_digest_state state; /* claimed or sent */
    size_t papers;
};
enum { PITH_DIGEST_DAYS = 62 };
enum pith_status pith_list_digests(struct pith *pith, struct pith_digest_day days[PITH_DIGEST_DAYS], size_t *ret_count,
                                   struct pith_error *reterr);

/* ---- for a service that answers many readers ---- */

/* All that an answer to a token's holder depends on, as bytes that are others as soon as any of it changes. Needs no key and tells
 * nothing. PITH_USAGE for what is no token, PITH_LOCKED for one of no profile here. */
enum { PITH_STATE = 16 };
enum pith_status pith_state(struct pith *pith, const char *token, size_t length, unsigned char state[PITH_STATE],
                            struct pith_error *reterr);

/* Finished answers, each sealed under the token that asked, in at most so many bytes. Safe to use from several threads. */
struct pith_answers;
enum pith_status pith_answers_new(size_t most_bytes, struct pith_answers **ret_answers, struct pith_error *reterr);
void pith_answers_free(struct pith_answers *answers);
PITH_CLEANUP(struct pith_answers, pith_answers_free);
struct pith_question {
    const char *token;
    size_t token_length;
    const char *what;           /* what was asked, in a form of the caller's own */
    const unsigned char *state; /* PITH_STATE bytes: an answer in another state is none */
};
void pith_answers_keep(struct pith_answers *answers, const struct pith_question *question, int64_t expires, const void *answer,
                       size_t length);
/* Whether there is one; malloc'ed. */
bool pith_answers_find(struct pith_answers *answers, const struct pith_question *question, int64_t now, char **ret_answer,
                       size_t *ret_length);

/* Random bytes; whether two secrets are the same, in a time that does not tell where they differ; 32 hex digits that tell two texts
 * apart. */
void pith_random(void *bytes, size_t length);
bool pith_same(const void *a, const void *b, size_t length);
void pith_fingerprint(const void *bytes, size_t length, char hex[33]);

#endif
