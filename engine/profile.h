/* profile: one reader. The log of votes and comparisons, settings, the fitted model's bytes, what was shown last: all sealed.
 *
 * The log is a list of events; what counts is its fold: per paper the latest verdict, and the set of comparisons. Undo drops the
 * last change, so no trace of it is left. Events are kept in sealed segments padded to a step; a sealed head counts every write
 * and lists every row's counter and tag, so that a lost, old or foreign row shows. Every change is one durable transaction. */
#ifndef PITH_PROFILE_H
#define PITH_PROFILE_H

#include "bytes.h"
#include "paper.h"
#include "status.h"
#include "store.h"
#include "vault.h"

#include <stdbool.h>
#include <stdint.h>

enum profile_verdict { VERDICT_DOWN = -1, VERDICT_NONE = 0, VERDICT_UP = 1 };

/* A verdict that stands. */
struct profile_vote {
    char *paper; /* the paper's key when the vote was cast */
    enum profile_verdict verdict;
    int32_t day; /* the vote's day */
};
/* A comparison that stands: winner over loser. */
struct profile_pair {
    char *winner, *loser;
    int32_t day;
};

enum { PROFILE_MAX_EVENTS = 1000000, PROFILE_MAX_BATCH = 100000 };

struct profile;

/* Makes a profile in the store with one passphrase slot. PITH_EXISTS when the store has one. Passphrase: 1 to
 * VAULT_MAX_PASSPHRASE bytes, else PITH_USAGE. */
enum pith_status profile_create(struct store *store, const char *passphrase, size_t length, enum vault_strength strength,
                                struct pith_error *reterr);

/* Opens the store's profile: PITH_NOT_FOUND without one, PITH_LOCKED for a wrong passphrase, PITH_CORRUPT when a sealed row is
 * damaged, missing, moved or older than the head says (the message names which). The store is borrowed until lock. */
enum pith_status profile_unlock(struct store *store, const char *passphrase, size_t length, struct profile **ret_profile,
                                struct pith_error *reterr);
/* As unlock, with the key of profile `id` in hand; the key is taken over whatever happens. */
enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr);
void profile_lock(struct profile *profile); /* wipes and frees */
PITH_CLEANUP(struct profile, profile_lock);

/* One change of a batch: a verdict on a paper, or (loser set) a comparison. Keys are borrowed. */
struct profile_change {
    const char *paper;   /* the key voted on, or the winner */
    const char *loser;   /* NULL for a verdict */
    enum profile_verdict verdict;
    int32_t day;
};

/* Records a batch as one change (one undo takes it back), durable when this returns. What stands already is not recorded
 * again; *ret_recorded (may be NULL) counts what was. A comparison against its opposite replaces it. PITH_USAGE when a paper
 * is compared with itself. */
enum pith_status profile_record(struct profile *profile, const struct profile_change *changes, size_t count,
                                size_t *ret_recorded, struct pith_error *reterr);

/* Takes the last change back. PITH_NOT_FOUND when there is none. `visit` (may be NULL) is told each event undone, with the
 * verdict that stands now. */
enum pith_status profile_undo(struct profile *profile,
                              void (*visit)(void *user, const struct profile_change *undone, enum profile_verdict now),
                              void *user, struct pith_error *reterr);

/* What stands, in order of paper key (votes) and of winner, loser (pairs). Borrowed until the next change. */
const struct profile_vote *profile_votes(const struct profile *profile, size_t *ret_count);
const struct profile_pair *profile_pairs(const struct profile *profile, size_t *ret_count);
/* The verdict on a paper. */
enum profile_verdict profile_verdict(const struct profile *profile, const char *paper);

/* Hex digest of what stands (votes, pairs, settings): equal states, equal digests, however they came about. */
enum pith_status profile_digest(const struct profile *profile, char hex[2 * VAULT_DIGEST + 1], struct pith_error *reterr);

/* Opaque bytes kept sealed: the fitted model (ROW_MODEL), settings (ROW_SETTINGS), the last listing shown (ROW_SHOWN).
 * PITH_NOT_FOUND when never kept. `durable` as store_begin. Keeping equal ROW_SHOWN bytes again writes nothing. */
enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, bool durable,
                              struct pith_error *reterr);
enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain,
                               struct pith_error *reterr);
/* Forgets it; nothing happens when it is not there. */
enum pith_status profile_drop(struct profile *profile, enum vault_row_kind kind, struct pith_error *reterr);

#endif
