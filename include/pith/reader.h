/* reader: whose profile it is, and what opens it. */
#ifndef PITH_READER_H
#define PITH_READER_H

#include <pith/home.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How long deriving a key from a passphrase takes an attacker, and you: libsodium's Argon2id presets. */
enum pith_strength { PITH_INTERACTIVE, PITH_MODERATE, PITH_SENSITIVE };

/* Whose profile is meant from now on: a reader's name (any spelling of the same Unicode text), "default" for the one without a name, "id:" and eight or more of its first
 * digits in hex as pith_list_readers tells it, or NULL for the store's only one. Locks the one that was open. */
enum pith_status pith_set_reader(struct pith *pith, const char *reader, struct pith_error *reterr);
/* Gives the open profile another name. Needs PITH_MAY_VOTE. PITH_EXISTS when another reader here has it. */
enum pith_status pith_rename(struct pith *pith, const char *reader, struct pith_error *reterr);
enum pith_status pith_has_profile(struct pith *pith, bool *ret_has, struct pith_error *reterr);
/* Whose profiles are here, as far as that can be told without a key: their names cannot. */
struct pith_reader {
    char id[33]; /* hex */
    bool named;
    size_t passphrases, codes, files, tokens; /* ways in of each kind */
    size_t bytes;                             /* sealed */
    size_t security_keys, tpms;               /* ways in too */
};
struct pith_readers {
    struct pith_reader *item; /* by id */
    size_t count;
};
void pith_readers_free(struct pith_readers *readers);
PITH_CLEANUP(struct pith_readers, pith_readers_free);
enum pith_status pith_list_readers(struct pith *pith, struct pith_readers **ret_readers, struct pith_error *reterr);

/* Whether a passphrase that somebody just made up is worth anything: PITH_USAGE, with advice, when it is not. For whoever asks for one:
 * what follows takes any. */
enum { PITH_PASSPHRASE_LEAST = 8 /* characters */ };
enum pith_status pith_check_passphrase(const char *passphrase, size_t length, struct pith_error *reterr);

/* Makes that reader's profile; PITH_EXISTS when there is one. Leaves it locked. */
enum pith_status pith_create_profile(struct pith *pith, const char *passphrase, size_t length, enum pith_strength strength,
                                     struct pith_error *reterr);
/* The same, opened by a recovery code that is made up here, told once. */
struct pith_secret;
enum pith_status pith_create_by_code(struct pith *pith, struct pith_secret **ret_code, struct pith_error *reterr);
/* Destroys that reader's profile (where one is open, that one), key slots first; the papers stay. Needs no key: whoever can write the store can do it anyway. */
enum pith_status pith_erase(struct pith *pith, struct pith_error *reterr);

/* What opens a profile, as its holder has it: what was typed, the file's text, the token's; a security key's PIN ("" without one), the
 * TPM's name as tpm2-tss has it ("": the first that answers). Numbers are those of key slots. */
enum pith_way { PITH_PASSPHRASE = 1, PITH_RECOVERY_CODE = 2, PITH_KEY_FILE = 3, PITH_TOKEN = 4, PITH_FIDO2 = 5, PITH_TPM = 6 };
/* What a token may, in bits; every other way in may everything. */
enum pith_scope {
    PITH_MAY_RANK = 1,   /* see rankings, reasons, the self-test */
    PITH_MAY_VOTE = 2,   /* see and change votes */
    PITH_MAY_EXPORT = 4, /* take the profile out in clear */
    PITH_MAY_MANAGE = 8, /* change ways in, seal anew, take an export in */
};
/* `now`: seconds since 1970-01-01 UTC. PITH_NOT_FOUND without a profile, PITH_USAGE for what was mistyped, PITH_LOCKED for what
 * does not open it (any more), PITH_CORRUPT for damage. Nothing of the secret is kept. A token names its own profile: the reader
 * that was set does not matter then. What waits in the inbox is taken in: pith_received.
 * A security key waits up to a minute for a touch: tell its holder before. PITH_USAGE also when its PIN is needed, before any touch;
 * PITH_IO when no device answers. */
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
    size_t size; /* sizeof of this struct, as the program was compiled: later versions add members at the end */
    enum pith_way way;
    const char *label;      /* at most 63 bytes; NULL: none */
    const char *passphrase; /* of a passphrase */
    size_t length;
    enum pith_strength strength;
    unsigned scopes; /* of a token */
    int64_t expires;
    int64_t slot; /* replace this slot, whose secret then opens nothing; 0: add one */
    const char
        *device; /* a security key's PIN, a TPM's name; NULL: none. Either needs a recovery code beside it: else PITH_NOT_FOUND */
};
/* A way in that pith makes up is told once, here: the code, the key file's text, the token. Wiped by pith_secret_free. */
struct pith_secret {
    int64_t slot;
    char text[128]; /* "" for a passphrase and a device */
};
void pith_secret_free(struct pith_secret *secret);
PITH_CLEANUP(struct pith_secret, pith_secret_free);
enum pith_status pith_put_key(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                              struct pith_error *reterr);
/* PITH_NOT_FOUND; PITH_USAGE for the last way in that is no token, and for the last recovery code beside a device. */
enum pith_status pith_revoke_key(struct pith *pith, int64_t slot, struct pith_error *reterr);
/* Seals everything anew under a new key, and leaves the requested way in alone: all others, tokens too, end. One transaction: a
 * kill leaves all as before, or all done. */
enum pith_status pith_rotate(struct pith *pith, const struct pith_key_request *request, struct pith_secret **ret_secret,
                             struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
