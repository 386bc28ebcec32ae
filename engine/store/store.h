/* store: the SQLite file of a home. store.c alone speaks SQL: every statement is in one list, prepared at open; the files store_*.c
 * ask it (store_inside.h).
 *
 * Two halves: the catalogue (papers, listings, features: public knowledge, in clear, shared by all readers) and, per profile,
 * sealed rows of which the store knows only sizes. */
#ifndef PITH_ENGINE_STORE_STORE_H
#define PITH_ENGINE_STORE_STORE_H

#include "engine/base/bytes.h"
#include "engine/papers/paper.h"
#include "models/embedding.h"
#include <pith/fetch.h>

#include <stdbool.h>
#include <stdint.h>

struct store;

/* Opens HOME/pith.db, creating folder (mode 0700) and file (0600) when `create`. WAL; waits 5 s for another writer; migrates
 * an older schema in one transaction; PITH_INPUT for a file made by a newer pith, PITH_CORRUPT for one that is no database,
 * PITH_NOT_FOUND without `create` when there is none, PITH_IO when the system refuses. Messages name the path and what to do.
 * Where nothing can be written (a read-only folder, a full disk) it opens all the same, to be read: store_begin then says why. */
enum pith_status store_open(const char *home, bool create, struct store **ret_store, struct pith_error *reterr);
void store_close(struct store *store);
PITH_CLEANUP(struct store, store_close);

/* One transaction at a time; every write below needs one (asserted). A durable one is on the disk when commit returns
 * (synchronous=FULL: votes, keys); else it survives a killed process, not a power cut (imports). PITH_IO when another file was put in
 * the place of the one that is open: what is written to that one would be lost. */
enum pith_status store_begin(struct store *store, bool durable, struct pith_error *reterr);
/* A commit that fails has rolled back. One that changed key slots leaves no copy of the old ones in the file or its WAL,
 * unless another reader is just at work. */
enum pith_status store_commit(struct store *store, struct pith_error *reterr);
void store_rollback(struct store *store); /* does nothing outside a transaction: safe on every way out */
/* Begins a durable transaction of which all that follow are parts, until store_end_group: a part that is rolled back leaves the others as
 * they are, and nothing is on the disk before the end. What is read meanwhile nobody else changes. */
enum pith_status store_begin_group(struct store *store, struct pith_error *reterr);
/* Commits all parts, or takes them back. */
enum pith_status store_end_group(struct store *store, bool keep, struct pith_error *reterr);

/* From here until store_end_reading(*ret_reading) everything read is of one moment, whoever writes meanwhile: for all that is told by
 * more than one row. It nests, and inside a transaction it is the transaction's own view. No transaction may begin within. */
enum pith_status store_begin_reading(struct store *store, struct store **ret_reading, struct pith_error *reterr);
void store_end_reading(struct store *reading);
PITH_CLEANUP(struct store, store_end_reading);

/* ---- catalogue ---- */

enum { STORE_MAX_FEATURES = 64 << 10 }; /* bytes of one paper's feature blob */

/* What a record can be recognised by, besides identifiers: its title with its year, or with its abstract's beginning; and, needing no
 * more, its title with its DOI, or with its authors where there is nothing else. */
struct store_marks {
    int64_t mark[2], exact[1];
    size_t count, exacts;
};
/* Of a paper as it was read; its last key is that of its title. */
enum pith_status store_marks_of(const struct paper *paper, struct store_marks *ret_marks, struct pith_error *reterr);

/* Papers that share an identifier with `paper`, or a mark: the title with the year (of a title that tells, not "Editorial") or
 * with the abstract's first 200 folded characters, of any record that was joined to them. Two papers whose identifiers of one kind
 * (paper_kinds) differ are never the same by title, and a title that several such papers have is none of a record without. Chapters of
 * one DOI are the same when their titles are. Distinct, ascending, at most `max`. */
enum pith_status store_same_papers(struct store *store, const struct paper *paper, const struct store_marks *marks, int64_t *ids,
                                   size_t max, size_t *ret_count, struct pith_error *reterr);
/* Keeps the marks of a record that is paper `id`: joining must not forget them, or the order of import would show. */
enum pith_status store_mark_paper(struct store *store, int64_t id, const struct store_marks *marks, struct pith_error *reterr);
/* Whether all papers have their marks, which an older pith did not keep; and that they have now. */
enum pith_status store_is_marked(struct store *store, bool *ret_marked, struct pith_error *reterr);
enum pith_status store_set_marked(struct store *store, struct pith_error *reterr);

/* The whole record of a paper; keys in stored order. PITH_NOT_FOUND. *ret_paper is yours to paper_clear; its `source` stays
 * the store's, valid until store_close. */
enum pith_status store_get_paper(struct store *store, int64_t id, struct paper *ret_paper, struct pith_error *reterr);

/* Adds a paper, or rewrites paper `*id` when *id > 0, with its keys, features and place (as in store_put_features). A second
 * paper with the same title and no other key gets the key "title:<hex>.2" and so on. */
enum pith_status store_put_paper(struct store *store, const struct paper *paper, const struct bytes *features,
                                 const struct bytes *place, int64_t *id, struct pith_error *reterr);

/* Two records turned out to be one: moves the listings and keys of `drop` to `keep`, notes that, and deletes `drop`. */
enum pith_status store_join_papers(struct store *store, int64_t keep, int64_t drop, struct pith_error *reterr);

/* Puts a paper at the end of a day's listing; where it stands there already, the strongest announcement stays: new, then cross. */
enum pith_status store_list_paper(struct store *store, int32_t day, int64_t id, enum paper_announce announce, bool *ret_added,
                                  struct pith_error *reterr);

/* The paper with this key (any of its keys). PITH_NOT_FOUND. */
enum pith_status store_find_key(struct store *store, const char *key, int64_t *ret_id, struct pith_error *reterr);

/* The key a paper is called by (its first). PITH_NOT_FOUND. */
enum pith_status store_paper_key(struct store *store, int64_t id, char key[PAPER_KEY_SIZE], struct pith_error *reterr);

/* Papers whose title contains `part` (folded: case, marks and blanks do not matter; PITH_USAGE under 3 letters or digits).
 * Ascending ids, at most `max`; *ret_count may be max when there are more. */
enum pith_status store_find_title(struct store *store, const char *part, int64_t *ids, size_t max, size_t *ret_count,
                                  struct pith_error *reterr);

/* The index of words is behind the papers until it is asked for. The next paper after `after` that it does not hold as it is now;
 * PITH_NOT_FOUND when there is none. */
enum pith_status store_next_unindexed(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr);
enum pith_status store_index_paper(struct store *store, int64_t id, struct pith_error *reterr);
/* Where the index cannot be written: another one in memory, which stands for it until something is written, or the papers changed. Then
 * store_searches_aside tells so no more, and papers are indexed outside of a transaction. */
enum pith_status store_index_aside(struct store *store, struct pith_error *reterr);
bool store_searches_aside(struct store *store);
/* Tells each indexed paper of which the index holds other words than its text. PITH_CORRUPT when the index cannot be read. */
enum pith_status store_check_index(struct store *store, void (*problem)(void *user, int64_t id), void *user, size_t *ret_count,
                                   struct pith_error *reterr);
struct store_match {
    const char *expression; /* of FTS5, over title, abstract, authors, categories */
    int32_t first, last;    /* listing days; PITH_NO_DAY: any */
    size_t most;            /* papers at most */
};
/* Papers that match, by falling relevance, then number; `ids` has room for `most`. PITH_USAGE when the expression is none. */
enum pith_status store_search(struct store *store, const struct store_match *match, int64_t *ids, size_t *ret_count,
                              struct pith_error *reterr);

struct store_counts {
    int64_t papers, days;
    int32_t first_day, last_day; /* PITH_NO_DAY when there is none */
};
enum pith_status store_count(struct store *store, struct store_counts *ret_counts, struct pith_error *reterr);

/* A row for ranking: what is shown, the feature blob, and the place where one is kept. Borrowed, valid during the visit only. */
struct store_row {
    int64_t id;
    int32_t day;
    const char *key, *title;
    int upvotes, comments;
    enum paper_announce announce; /* on that day, as far as the listing said; else how the paper ever was */
    bool withdrawn;
    const void *features;
    size_t features_length;
    struct embedding_kept place;
};
/* A visit may ask the store anything but the function it is visited by. */
typedef enum pith_status store_visit(void *user, const struct store_row *row, struct pith_error *reterr);

/* The papers listed on days first..last, in listing order: day ascending, then position. A paper listed on several of these
 * days is visited once, on the latest. */
enum pith_status store_each_listed(struct store *store, int32_t first, int32_t last, store_visit *visit, void *user,
                                   struct pith_error *reterr);
/* Every paper: those on no listing first, then as above over all days. */
enum pith_status store_each_paper(struct store *store, store_visit *visit, void *user, struct pith_error *reterr);
/* One paper; `day` is its latest listing. PITH_NOT_FOUND. */
enum pith_status store_visit_paper(struct store *store, int64_t id, store_visit *visit, void *user, struct pith_error *reterr);
/* The same with the paper's whole record (as by store_get_paper), which the visit may take texts out of. One statement. */
typedef enum pith_status store_show(void *user, const struct store_row *row, struct paper *record, struct pith_error *reterr);
enum pith_status store_show_paper(struct store *store, int64_t id, store_show *visit, void *user, struct pith_error *reterr);
/* At most `limit` papers spread evenly over all of them, newest first; key and title are "" here and day PITH_NO_DAY: features
 * only. */
enum pith_status store_each_features(struct store *store, int64_t limit, store_visit *visit, void *user, struct pith_error *reterr);
/* The latest listing day not after `not_after`; PITH_NOT_FOUND when nothing is listed. */
enum pith_status store_latest_day(struct store *store, int32_t not_after, int32_t *ret_day, struct pith_error *reterr);
/* All listing days, ascending. *ret_days is malloc'ed. */
enum pith_status store_days(struct store *store, int32_t **ret_days, size_t *ret_count, struct pith_error *reterr);
/* The same with how many papers are listed on each. */
enum pith_status store_listings(struct store *store, struct pith_listing **ret_listings, size_t *ret_count,
                                struct pith_error *reterr);

/* The feature version that the blobs were made with; 0 in a store without papers. */
enum pith_status store_feature_version(struct store *store, int *ret_version, struct pith_error *reterr);
enum pith_status store_set_feature_version(struct store *store, int version, struct pith_error *reterr);
/* The next paper id after `after` (0 to start), for going over all papers; PITH_NOT_FOUND at the end. */
enum pith_status store_next_paper(struct store *store, int64_t after, int64_t *ret_id, struct pith_error *reterr);
/* A paper's features, and its place in the embedding that store_set_place_table names; an empty place keeps none. */
enum pith_status store_put_features(struct store *store, int64_t id, const struct bytes *features, const struct bytes *place,
                                    struct pith_error *reterr);

/* The name (embedding_name) of the embedding that all kept places are in; "" before any. */
enum pith_status store_place_table(struct store *store, char name[EMBEDDING_NAME], struct pith_error *reterr);
enum pith_status store_set_place_table(struct store *store, const char *name, struct pith_error *reterr);

/* A number that changes whenever papers or features do: tells a fitted model that the store is another. */
enum pith_status store_catalogue_stamp(struct store *store, int64_t *ret_stamp, struct pith_error *reterr);

/* ---- fetching ---- */

enum { STORE_ADDRESS = 4096 + 32, STORE_RECEIPTS = 1000 /* kept of each source */ };

/* Where a source was left off. */
struct store_fetch {
    char etag[256], modified[256];
    int32_t day;              /* that the last good run reached; PITH_NO_DAY for none */
    char next[STORE_ADDRESS]; /* of a harvest that was cut: the address to go on at; "" for none */
    int32_t from;             /* the first day of that harvest */
    size_t usual;             /* papers that a run brings, as a rule; 0 unknown */
};
/* All unknown for a source that was never fetched. */
enum pith_status store_get_fetch(struct store *store, const char *source, struct store_fetch *ret_fetch, struct pith_error *reterr);
enum pith_status store_put_fetch(struct store *store, const char *source, const struct store_fetch *fetch,
                                 struct pith_error *reterr);

/* Adds one; the oldest of the source past STORE_RECEIPTS go. */
enum pith_status store_add_receipt(struct store *store, const struct pith_receipt *receipt, struct pith_error *reterr);
typedef enum pith_status store_receipt_visit(void *user, const struct pith_receipt *receipt, struct pith_error *reterr);
/* The newest first, at most `most`. */
enum pith_status store_each_receipt(struct store *store, size_t most, store_receipt_visit *visit, void *user,
                                    struct pith_error *reterr);
/* Of each source the newest that covers any of these days. */
enum pith_status store_receipts_of(struct store *store, int32_t first, int32_t last, store_receipt_visit *visit, void *user,
                                   struct pith_error *reterr);

/* ---- profiles: what is sealed stays opaque ---- */

enum {
    STORE_PROFILE_ID = 16,
    STORE_PUBLIC_KEY = 32,
    STORE_NAME = 16, /* bytes of a reader's hashed name */
    STORE_NAME_KEY = 32,
    STORE_TICKET = 16,
    STORE_TICKET_KEY = 32,
    STORE_MAX_SEALED = 64 << 20, /* bytes of a sealed row */
    STORE_MAX_INBOX = 10000,     /* messages that wait for one profile */
    STORE_MAX_MESSAGE = 4096,    /* bytes of one */
};

struct store_profile {
    unsigned char id[STORE_PROFILE_ID];
    unsigned char public_key[STORE_PUBLIC_KEY]; /* X25519, for the sealed inbox */
    bool named;                                 /* a reader without a name: the only one, as a rule */
    unsigned char name[STORE_NAME];             /* keyed hash of the reader's name */
};

/* The profiles of this store; malloc'ed, in order of id. */
enum pith_status store_profiles(struct store *store, struct store_profile **ret_profiles, size_t *ret_count,
                                struct pith_error *reterr);
enum pith_status store_count_profiles(struct store *store, int64_t *ret_count, struct pith_error *reterr);
/* By id, by hashed name: PITH_NOT_FOUND. */
enum pith_status store_find_profile(struct store *store, const unsigned char *id, struct store_profile *ret_profile,
                                    struct pith_error *reterr);
enum pith_status store_named_profile(struct store *store, const unsigned char *name, struct store_profile *ret_profile,
                                     struct pith_error *reterr);
/* PITH_EXISTS when there is one with this id or name. */
enum pith_status store_add_profile(struct store *store, const struct store_profile *profile, struct pith_error *reterr);
enum pith_status store_rename_profile(struct store *store, const unsigned char *profile, const unsigned char *name,
                                      struct pith_error *reterr);
enum pith_status store_set_public_key(struct store *store, const unsigned char *profile, const unsigned char *public_key,
                                      struct pith_error *reterr);
/* All slots of a profile; all of a profile. Neither leaves a copy in the file, as store_commit. */
enum pith_status store_delete_slots(struct store *store, const unsigned char *profile, struct pith_error *reterr);
enum pith_status store_delete_profile(struct store *store, const unsigned char *profile, struct pith_error *reterr);
/* All that what this profile's reader sees depends on, as numbers that rise with each change: its head's counter, the last message of
 * its inbox, the catalogue's stamp, the last receipt. PITH_NOT_FOUND for no profile. */
enum { STORE_STATE = 4 };
enum pith_status store_profile_state(struct store *store, const unsigned char *profile, int64_t state[STORE_STATE],
                                     struct pith_error *reterr);
/* The key that names are hashed with: random, of this store. */
enum pith_status store_name_key(struct store *store, unsigned char key[STORE_NAME_KEY], struct pith_error *reterr);

/* Leaves a sealed message for a profile. One with the ticket of a message that waits is not added. PITH_NOMEM when the inbox is
 * full or the message too long. */
enum pith_status store_post(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                            const struct bytes *message, bool *ret_added, struct pith_error *reterr);
/* In the order they came. */
typedef enum pith_status store_message_visit(void *user, int64_t sequence, const void *message, size_t length,
                                             struct pith_error *reterr);
enum pith_status store_each_message(struct store *store, const unsigned char *profile, store_message_visit *visit, void *user,
                                    struct pith_error *reterr);
enum pith_status store_delete_messages(struct store *store, const unsigned char *profile, int64_t until, struct pith_error *reterr);

/* Takes the message of this ticket back, if it still waits. */
enum pith_status store_withdraw(struct store *store, const unsigned char *profile, const unsigned char ticket[STORE_TICKET],
                                bool *ret_withdrawn, struct pith_error *reterr);

/* ---- tickets in mails: 16 bytes that name one ---- */

/* The key that tickets are sealed under: random, of this store. */
enum pith_status store_ticket_key(struct store *store, unsigned char key[STORE_TICKET_KEY], struct pith_error *reterr);
/* Notes that a ticket was used; *ret_fresh false: it was already. Those whose last day is before `today` are forgotten. */
enum pith_status store_spend(struct store *store, const unsigned char ticket[STORE_TICKET], int32_t last, int32_t today,
                             bool *ret_fresh, struct pith_error *reterr);
/* As if it had not been used; *ret_taken false: it had not. */
enum pith_status store_take_spent_back(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_taken,
                                       struct pith_error *reterr);
enum pith_status store_is_spent(struct store *store, const unsigned char ticket[STORE_TICKET], bool *ret_spent,
                                struct pith_error *reterr);
/* The papers that a paper's number of some time ago can mean: itself, and what papers of that number were joined to. Ascending. */
enum pith_status store_follow(struct store *store, int64_t id, int64_t *ids, size_t max, size_t *ret_count,
                              struct pith_error *reterr);

/* Key slots: `kind` and `blob` are vault's. Putting replaces; deleting what is not there is no error, here and below. */
typedef enum pith_status store_slot_visit(void *user, int64_t slot, int kind, const void *blob, size_t length,
                                          struct pith_error *reterr);
enum pith_status store_each_slot(struct store *store, const unsigned char *profile, store_slot_visit *visit, void *user,
                                 struct pith_error *reterr);
enum pith_status store_put_slot(struct store *store, const unsigned char *profile, int64_t slot, int kind, const struct bytes *blob,
                                struct pith_error *reterr);
enum pith_status store_delete_slot(struct store *store, const unsigned char *profile, int64_t slot, struct pith_error *reterr);

/* Sealed rows, by kind and number; `counter` is the row's version, bound by vault as associated data. */
enum pith_status store_put_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number, int64_t counter,
                                  const struct bytes *blob, struct pith_error *reterr);
enum pith_status store_delete_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number,
                                     struct pith_error *reterr);
/* PITH_NOT_FOUND when there is no such row. *blob is cleared and filled. */
enum pith_status store_get_sealed(struct store *store, const unsigned char *profile, int kind, int64_t number, int64_t *ret_counter,
                                  struct bytes *blob, struct pith_error *reterr);
typedef enum pith_status store_sealed_visit(void *user, int kind, int64_t number, int64_t counter, const void *blob, size_t length,
                                            struct pith_error *reterr);
/* All rows of a profile, by kind and number. */
enum pith_status store_each_sealed(struct store *store, const unsigned char *profile, store_sealed_visit *visit, void *user,
                                   struct pith_error *reterr);

/* ---- the file as a whole ---- */

/* Has SQLite look at every page and index; `problem` is told what is wrong, at most 20 times. */
enum pith_status store_check(struct store *store, void (*problem)(void *user, const char *what), void *user,
                             struct pith_error *reterr);
/* Holds all that is kept of every paper (record, text, features, keys, listings) against the checksum that was written with it; `problem`
 * is told the number of each that differs or is missing. *ret_count papers, *ret_unknown of them without a checksum yet. */
enum pith_status store_check_papers(struct store *store, void (*problem)(void *user, int64_t id), void *user, size_t *ret_count,
                                    size_t *ret_unknown, struct pith_error *reterr);
/* Gives checksums to papers that an older pith stored. */
enum pith_status store_seal_all(struct store *store, struct pith_error *reterr);
/* Writes a consistent copy, mode 0600, while others read and write; it is on the disk when this returns. PITH_EXISTS when `path`
 * is there, unless `force`: then the old one is replaced once the new one is whole. Outside a transaction. */
enum pith_status store_backup(struct store *store, const char *path, bool force, struct pith_error *reterr);
/* Puts a backup in the place of a home's store, once it has been opened and checked as a copy: PITH_CORRUPT, PITH_NOT_FOUND,
 * PITH_INPUT leave everything as it was. PITH_EXISTS when the home has a store, unless `force`: then that one is kept as
 * pith.db.replaced. PITH_IO while anybody has that store open. */
enum pith_status store_restore(const char *home, const char *backup, bool force, struct pith_error *reterr);

#endif
