/* profile_inside: what the profile's own files share. profile.c: the log, what stands, changing it; profile_open.c: opening it;
 * rows.c: its sealed rows; slots.c: whose it is, and the ways in; inbox.c: what came while it was locked. */
#ifndef PITH_ENGINE_PROFILE_PROFILE_INSIDE_H
#define PITH_ENGINE_PROFILE_PROFILE_INSIDE_H

#include "engine/crypto/witness.h"
#include "engine/profile/profile.h"
#include "engine/profile/vote_event.h"

enum { TAG = 16, MAX_ROWS = 1 << 16 };
enum { ROW_SLOT = 0 }; /* the head lists key slots as rows of kind 0 */

/* What the head says of a row: the tag that seals it; of a key slot: its checksum, without a counter. */
struct row {
    int kind;
    int64_t number, counter;
    unsigned char tag[TAG];
};

_Static_assert((int)TAG == VAULT_CHECK && (int)TAG == WITNESS_TAG, "slots' checksums and heads' tags fit in a row's");
_Static_assert((int)VAULT_ID == WITNESS_ID && (int)VAULT_ID == STORE_PROFILE_ID, "one size of id");

/* What stands; strings belong to the events. */
struct fold {
    struct profile_vote *vote;
    size_t votes;
    struct profile_vote *shelf; /* papers set aside to be read */
    size_t shelved;
    struct profile_pair *pair;
    size_t pairs;
};
void fold_clear(struct fold *fold);

struct profile {
    struct store *store;
    struct vault_key *key;
    unsigned char id[VAULT_ID];
    int64_t counter;
    unsigned char head[TAG]; /* the head's own tag */
    int64_t slot;            /* the one that opened it; 0: none */
    uint32_t scopes;
    int64_t expires;
    char *witness; /* NULL: none */
    struct pith_error unwitnessed;
    struct row *row;
    size_t rows, row_cap;
    struct vote_event *event;
    size_t events, event_cap;
    struct fold stands;
};

/* ---- sealed rows ---- */

/* A kind of row, for a message. */
const char *profile_kind_name(int kind);
/* What the head says of a row; NULL when it does not know it. */
struct row *profile_find_row(struct profile *profile, int kind, int64_t number);
/* Adds what the head says of a row, or replaces it. */
enum pith_status profile_note_row(struct profile *profile, const struct row *noted, struct pith_error *reterr);
/* PITH_NOT_FOUND when there is none; PITH_CORRUPT when it does not open or is not the one that the head knows; PITH_IO when another pith
 * changed the profile since the head was read. */
enum pith_status profile_open_row(struct profile *profile, int kind, int64_t number, struct bytes *plain, int64_t *ret_counter,
                                  struct pith_error *reterr);
/* Within a transaction. Seals and notes a row; takes one out; writes the head that lists them. */
enum pith_status profile_write_row(struct profile *profile, int kind, int64_t number, const struct bytes *plain,
                                   struct pith_error *reterr);
enum pith_status profile_delete_row(struct profile *profile, int kind, int64_t number, struct pith_error *reterr);
enum pith_status profile_write_head(struct profile *profile, struct pith_error *reterr);
/* Reads the head: PITH_CORRUPT when it is missing or damaged. */
enum pith_status profile_read_head(struct profile *profile, struct pith_error *reterr);
/* PITH_CORRUPT unless every row that the head lists is there, as it was written, and no other. */
enum pith_status profile_check_rows(struct profile *profile, struct pith_error *reterr);
/* What the head must say of this slot. */
struct row profile_row_of_slot(int64_t number, const void *blob, size_t length);
/* A slot that the head does not know, though it holds the true key, is an old one put back: PITH_LOCKED. */
enum pith_status profile_check_slot(struct profile *profile, const struct row *slot, struct pith_error *reterr);

/* ---- changing ---- */

/* The bookkeeping to go back to when a transaction fails. */
struct before {
    struct row *row;
    size_t rows;
    int64_t counter;
    unsigned char head[TAG];
};
/* Opens a transaction; the profile is as it is now, so what another pith wrote since it was read is there too, and what was borrowed
 * from it is gone. Whatever it returns, profile_finish or profile_abandon has to follow. */
enum pith_status profile_begin(struct profile *profile, bool durable, struct before *before, struct pith_error *reterr);
/* Commits when all went well so far; else everything is as before. */
enum pith_status profile_finish(struct profile *profile, enum pith_status status, struct before *before, struct pith_error *reterr);
/* Everything is as it was when the transaction began. */
void profile_abandon(struct profile *profile, struct before *before);
struct witness_head profile_witness_head(const struct profile *profile);

/* ---- the log ---- */

/* A change's subject: the paper, whether it is set aside, or the two papers whichever won. */
struct subject {
    const char *first, *second; /* second NULL for a verdict */
    bool shelf;
    size_t order;
};
struct subject profile_subject_of(const char *paper, const char *loser, enum profile_verdict verdict, size_t order);
int profile_same_subject(const struct subject *a, const struct subject *b); /* 0: they are; else their order */

/* PITH_USAGE for what no log may hold, PITH_NOMEM for too many at once. */
enum pith_status profile_check_changes(const struct profile_change *changes, size_t count, struct pith_error *reterr);
/* Whether a change would change nothing of what stands. */
bool profile_stands(const struct profile *profile, const struct profile_change *change);
/* Appends an event, not written yet; `first` begins a batch, `name` is its ticket's (0: none). */
enum pith_status profile_append(struct profile *profile, const struct profile_change *change, bool first, uint64_t name,
                                struct pith_error *reterr);
void profile_drop_events(struct profile *profile, size_t keep);
/* The last event on each subject stands. Made before the events are written, taken once they are: that cannot fail. */
enum pith_status profile_make_fold(const struct profile *profile, struct fold *ret_fold, struct pith_error *reterr);
void profile_take_fold(struct profile *profile, struct fold *fold);
/* Writes the segments from the one that holds event `changed` on, and drops those past the end. */
enum pith_status profile_write_segments(struct profile *profile, size_t changed, struct pith_error *reterr);

/* How many messages wait in the inbox. */
enum pith_status profile_count_messages(const struct profile *profile, size_t *ret_count, struct pith_error *reterr);

#endif
