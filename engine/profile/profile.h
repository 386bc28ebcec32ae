/* profile: one reader. The log of votes and comparisons, settings, the fitted model's bytes, what was shown last: all sealed.
 *
 * The log is a list of events; what counts is its fold: per paper the latest verdict, and the set of comparisons. Undo drops the
 * last change, so no trace of it is left. Events are kept in sealed segments padded to a step; a sealed head counts every write
 * and lists every row's counter and tag, so that a lost, old or foreign row shows. Every change is one durable transaction,
 * made to the profile as it is then, so that what another pith wrote meanwhile stays. */
#ifndef PITH_ENGINE_PROFILE_PROFILE_H
#define PITH_ENGINE_PROFILE_PROFILE_H

#include "engine/base/bytes.h"
#include "engine/crypto/vault.h"
#include "engine/papers/paper.h"
#include "engine/store/store.h"
#include <pith/status.h>

#include <stdbool.h>
#include <stdint.h>

/* VERDICT_SEED: not voted on, but taken as liked until votes tell more. It never replaces a vote. VERDICT_LATER sets a paper aside to be read,
 * VERDICT_DONE takes it from there: neither is a vote, nor replaces one; an up or down takes the paper from there too. */
enum profile_verdict { VERDICT_DOWN = -1, VERDICT_NONE = 0, VERDICT_UP = 1, VERDICT_SEED = 2, VERDICT_DONE = 3, VERDICT_LATER = 4 };
static inline bool verdict_is_of_shelf(enum profile_verdict verdict)
{
    return verdict >= VERDICT_DONE;
}

/* A verdict that stands. */
struct profile_vote {
    char *paper; /* the paper's key when the vote was cast; of a seed also "text:…", words instead of a paper */
    enum profile_verdict verdict;
    int32_t day;    /* the vote's day */
    uint32_t order; /* among those of one day: a greater one was cast later */
};
/* A comparison that stands: winner over loser. */
struct profile_pair {
    char *winner, *loser;
    int32_t day;
    uint32_t order;
};

enum { PROFILE_MAX_EVENTS = 1000000, PROFILE_MAX_BATCH = 100000 };

struct profile;

/* ---- whose profile ---- */

enum { PROFILE_MAX_NAME = 200 };  /* bytes of a reader's name */
#define PROFILE_UNNAMED "default" /* names the only profile without a name, where no other is called so */

/* The profile of a reader by name (any spelling of the same Unicode text, case kept), or by PROFILE_ID_MARK and the first digits of its
 * id in hex; NULL: the store's only one, PITH_USAGE when there are several. PITH_NOT_FOUND. */
#define PROFILE_ID_MARK "id:"
enum { PROFILE_LEAST_HEX = 8 };
enum pith_status profile_find(struct store *store, const char *reader, struct store_profile *ret_found, struct pith_error *reterr);

/* Makes a profile with one slot, by `terms` and `secret`. With a name (NULL: none) the store keeps its keyed hash in clear and the name itself
 * sealed. PITH_EXISTS when that reader has one, or without a name when there is any. Passphrase: 1 to VAULT_MAX_PASSPHRASE bytes,
 * else PITH_USAGE. */
enum pith_status profile_create_with(struct store *store, const char *reader, const struct vault_slot *terms,
                                     const struct vault_secret *secret, struct pith_error *reterr);
/* With a passphrase slot. */
enum pith_status profile_create(struct store *store, const char *reader, const char *passphrase, size_t length,
                                enum pith_strength strength, struct pith_error *reterr);

/* Destroys the profile: its key slots first, durably, then all else. Needs no key. */
enum pith_status profile_erase(struct store *store, const unsigned char id[VAULT_ID], struct pith_error *reterr);

/* Opens a profile by one of its slots: PITH_LOCKED for a wrong or revoked secret and for a token past `now` (seconds since
 * 1970-01-01 UTC), PITH_CORRUPT when a sealed row is damaged, missing, moved or older than the head says (the message names
 * which). The store is borrowed until lock. A secret of a device is what the caller knows of it (struct device_words): the device is
 * asked, with the statuses of device_ask. */
enum pith_status profile_unlock(struct store *store, const unsigned char id[VAULT_ID], const struct vault_secret *secret,
                                int64_t now, struct profile **ret_profile, struct pith_error *reterr);
/* Whether the secret opens one of its slots: the same failures as unlock's, and nothing of the profile is read. */
enum pith_status profile_prove(struct store *store, const unsigned char id[VAULT_ID], const struct vault_secret *secret,
                               int64_t now, struct pith_error *reterr);
/* As unlock, with the key in hand; the key is taken over whatever happens. PITH_LOCKED when it is not (any more) this
 * profile's. */
enum pith_status profile_open(struct store *store, const unsigned char id[VAULT_ID], struct vault_key **key,
                              struct profile **ret_profile, struct pith_error *reterr);
void profile_lock(struct profile *profile); /* wipes and frees */
PITH_CLEANUP(struct profile, profile_lock);

void profile_write_id(const unsigned char id[VAULT_ID], char hex[2 * VAULT_ID + 1]);

/* The key, borrowed; the profile's id; the reader's name, "" for none. */
const struct vault_key *profile_key(const struct profile *profile);
const unsigned char *profile_id(const struct profile *profile);
enum pith_status profile_name(struct profile *profile, char name[PROFILE_MAX_NAME + 1], struct pith_error *reterr);
/* Gives it another name, or its first, in one transaction. PITH_EXISTS when another reader has it. */
enum pith_status profile_rename(struct profile *profile, const char *reader, struct pith_error *reterr);
/* What the slot that opened it may: a token's scopes, else all bits. */
uint32_t profile_scopes(const struct profile *profile);
int64_t profile_expires(const struct profile *profile); /* a token's end; 0: none */

/* ---- ways in ---- */

struct profile_slot {
    int64_t number;
    struct vault_slot terms;
    char label[VAULT_MAX_LABEL + 1];
    bool used; /* the one that opened the profile */
    bool good; /* false: damaged, or put there by somebody else; terms and label are then empty */
};
/* All slots in order of number; malloc'ed. */
enum pith_status profile_slots(struct profile *profile, struct profile_slot **ret_slots, size_t *ret_count,
                               struct pith_error *reterr);
/* Adds a slot (*number 0: the next number is written there), or replaces slot *number, which then opens nothing any more. Only
 * slots and the head are written. PITH_NOMEM past PROFILE_MAX_SLOTS. */
enum { PROFILE_MAX_SLOTS = 200 };
enum pith_status profile_put_slot(struct profile *profile, int64_t *number, const struct vault_slot *terms,
                                  const struct vault_secret *secret, const char *label, struct pith_error *reterr);
/* Whether a slot of this kind may be put, before its device is asked: PITH_NOT_FOUND for a device without a recovery code beside it, which
 * profile_put_slot refuses too. */
enum pith_status profile_check_device(struct profile *profile, enum pith_way kind, int64_t replaced, struct pith_error *reterr);
/* PITH_NOT_FOUND; PITH_USAGE for the last slot that is no token, and for the last recovery code beside a device. */
enum pith_status profile_revoke_slot(struct profile *profile, int64_t number, struct pith_error *reterr);
/* Seals everything anew under a new key, in one transaction: a kill leaves all as before or all done. One slot is left, the given
 * one: no other secret can wrap a key that it never saw. */
enum pith_status profile_rotate(struct profile *profile, const struct vault_slot *terms, const struct vault_secret *secret,
                                const char *label, struct pith_error *reterr);

/* ---- against an older copy put back ---- */

/* Keeps the head's counter and tag in a file elsewhere, a line a profile. PITH_CORRUPT when the file knows a later head than this
 * profile has: an older copy was put back. From now on every change is noted there. */
enum pith_status profile_witness(struct profile *profile, const char *path, struct pith_error *reterr);
/* Why the last change could not be noted, "" when it was: the change itself is recorded. */
const char *profile_unwitnessed(const struct profile *profile);

/* ---- the inbox: votes left while the profile is locked ---- */

struct profile_change;
/* Leaves one change for a profile, sealed to its public key. One with the same ticket as one that waits changes nothing. */
enum pith_status profile_post(struct store *store, const struct store_profile *to, const unsigned char ticket[STORE_TICKET],
                              const struct profile_change *change, struct pith_error *reterr);
/* Takes what waits in, in the order it came, each vote its own change; what cannot be read is dropped and counted. */
enum pith_status profile_receive(struct profile *profile, size_t *ret_taken, size_t *ret_junk, struct pith_error *reterr);

/* ---- votes ---- */

/* One change of a batch: a verdict on a paper, or (loser set) a comparison. Keys are borrowed. */
struct profile_change {
    const char *paper; /* the key voted on, or the winner */
    const char *loser; /* NULL for a verdict */
    enum profile_verdict verdict;
    int32_t day;
};

/* Records a batch as one change (one undo takes it back), durable when this returns. What stands already is not recorded
 * again; *ret_recorded (may be NULL) counts what was. A comparison against its opposite replaces it. PITH_USAGE when a paper
 * is compared with itself. */
enum pith_status profile_record(struct profile *profile, const struct profile_change *changes, size_t count, size_t *ret_recorded,
                                struct pith_error *reterr);

/* Takes the last change back. PITH_NOT_FOUND when there is none. `visit` (may be NULL) is told each event undone, with the
 * verdict that stands now. */
enum pith_status profile_undo(struct profile *profile,
                              void (*visit)(void *user, const struct profile_change *undone, enum profile_verdict now), void *user,
                              struct pith_error *reterr);

/* What stands, in order of paper key (votes) and of winner, loser (pairs). Borrowed until the next change. */
const struct profile_vote *profile_votes(const struct profile *profile, size_t *ret_count);
const struct profile_pair *profile_pairs(const struct profile *profile, size_t *ret_count);
/* The papers set aside to be read, in order of paper key; their day is when. Borrowed likewise. */
const struct profile_vote *profile_shelf(const struct profile *profile, size_t *ret_count);
/* Whether one of these keys is among them. */
bool profile_is_later(const struct profile *profile, const char *paper);
/* The verdict on a paper. */
enum profile_verdict profile_verdict(const struct profile *profile, const char *paper);

/* Hex digest of what stands (votes, pairs): equal states, equal digests, however they came about. */
enum pith_status profile_fingerprint(const struct profile *profile, char hex[2 * VAULT_FINGERPRINT + 1], struct pith_error *reterr);

/* Opaque bytes kept sealed: the fitted model (ROW_MODEL), settings (ROW_SETTINGS), the last listing shown (ROW_LAST_LIST), chances given (ROW_GIVEN),
 * digests (ROW_DIGESTS), papers shown (ROW_SHOWN), answered requests (ROW_ONCE).
 * PITH_NOT_FOUND when never kept. `durable` as store_begin. Keeping equal bytes again writes nothing. */
enum pith_status profile_keep(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, bool durable,
                              struct pith_error *reterr);
enum pith_status profile_fetch(struct profile *profile, enum vault_row_kind kind, struct bytes *plain, struct pith_error *reterr);
/* Forgets it; nothing happens when it is not there. */
enum pith_status profile_drop(struct profile *profile, enum vault_row_kind kind, struct pith_error *reterr);

/* Reads, changes and keeps such bytes within one transaction. `edit` gets them empty when they were never kept; those it
 * leaves empty are kept no longer. */
struct profile_edit {
    enum vault_row_kind kind;
    enum pith_status (*edit)(void *user, struct bytes *plain, bool *ret_changed, struct pith_error *reterr);
    void *user;
};
enum pith_status profile_edit(struct profile *profile, const struct profile_edit *edits, size_t count, bool durable,
                              struct pith_error *reterr);
/* Which version of them this profile was read with, 0 for none; and keeps others, durably, in place of that version alone: PITH_EXISTS
 * when another pith was first. */
int64_t profile_row_counter(const struct profile *profile, enum vault_row_kind kind);
enum pith_status profile_keep_over(struct profile *profile, enum vault_row_kind kind, const struct bytes *plain, int64_t counter,
                                   struct pith_error *reterr);

/* Whether another pith changed the profile since this one read it. */
bool profile_is_stale(const struct profile *profile);
/* Reads it again then; what was borrowed from it is gone. PITH_LOCKED when the way in that opened it has ended: it was revoked, all was
 * sealed anew, or the profile erased. */
enum pith_status profile_refresh(struct profile *profile, struct pith_error *reterr);

/* How much is sealed in this profile: rows of all kinds together and their bytes, events in the log, messages in the inbox. All were opened and found whole by this call; else
 * PITH_CORRUPT names the row. */
struct profile_extent {
    size_t rows, bytes, events, messages;
};
enum pith_status profile_check(struct profile *profile, struct profile_extent *ret_extent, struct pith_error *reterr);

#endif
