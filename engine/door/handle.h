/* handle: what is behind a struct pith, and what its parts share: papers.c, numbers.c (which papers numbers mean), votes.c (what the reader said), ranking.c (what was learnt from
 * it), reader.c (ways in, exports, keeping it whole), digest.c (settings, tickets, the daily digest) and service.c (many readers). No
 * other file includes it. */
#ifndef PITH_ENGINE_DOOR_HANDLE_H
#define PITH_ENGINE_DOOR_HANDLE_H

#include "engine/crypto/vault.h"
#include "engine/intake/import.h"
#include "engine/learning/embedding_learn.h"
#include "engine/learning/embeddings.h"
#include "engine/learning/learner.h"
#include "engine/learning/model.h"
#include "engine/profile/profile.h"
#include "engine/sources/sources.h"
#include "engine/store/store.h"
#include <pith/pith.h>

struct pith {
    struct store *store;
    char *home;
    struct mapped_embedding shipped; /* comes with pith */
    struct own_embedding own;        /* learnt from this store, when it was */
    struct embeddings embeddings;    /* what scores by: those two, unless a test puts others in their place */
    char *reader;                    /* NULL: the store's only one */
    char *witness;                   /* NULL: none */
    struct profile *profile;         /* NULL while locked */
    size_t taken, junk;              /* of the inbox at the last unlock */
    struct handle_fit {              /* a model fitted while reading, not kept yet */
        bool made;
        struct bytes model; /* empty: there is nothing to learn from */
        char votes[2 * VAULT_FINGERPRINT + 1];
    } fit;
    struct pith_error unkept; /* why what was shown could not be kept */
    pith_progress *progress;
    void *progress_user;
};

/* PITH_LOCKED without an unlocked profile, or when its way in may not do all of `scope` (bits of pith_scope; 0: whatever it
 * may), or has ended meanwhile. The profile is as it is now; what was borrowed from it before is gone. */
enum pith_status handle_need(struct pith *pith, unsigned scope, struct pith_error *reterr);
/* The same, with the profile and the papers as they are at one moment until *ret_reading ends. */
enum pith_status handle_read(struct pith *pith, unsigned scope, struct store **ret_reading, struct pith_error *reterr);
/* Derives features of an older version again, before anything reads them. */
enum pith_status handle_refresh(struct pith *pith, struct pith_error *reterr);
/* As pith_import_input; of the options `embedding`, `progress` and `user` are the handle's. */
enum pith_status handle_import(struct pith *pith, const struct pith_input *from, const struct import_options *options,
                               struct pith_import_report *ret_report, struct pith_error *reterr);
/* Key, identifier for people and title of a paper of the store; what was made before a failure is the caller's too. */
enum pith_status handle_describe(struct pith *pith, int64_t id, char **ret_key, char **ret_id, char **ret_title,
                                 struct pith_error *reterr);
/* The same of a key that this store may not hold: then the title is "", or of a seed by words these. */
enum pith_status handle_describe_key(struct pith *pith, const char *key, char **ret_key, char **ret_id, char **ret_title,
                                     struct pith_error *reterr);
/* Takes a caller's request, which begins with its size, into `ret_request` of this version's `size`: members that the caller's version
 * did not have are 0. PITH_USAGE when the size was not set, or says more than this version knows. */
enum pith_status handle_take_request(const void *request, void *ret_request, size_t size, struct pith_error *reterr);

/* A module's progress, told as one of pith's: handle_progress takes a stage as its user. */
struct handle_stage {
    const struct pith *pith;
    const char *what;
};
void handle_progress(void *stage, size_t done, size_t all); /* stage: a struct handle_stage */
/* The sealed model when it still is what the votes (their digest) say, else NULL. */
enum pith_status handle_kept_model(struct pith *pith, const char *votes, struct model **ret_model, struct pith_error *reterr);
/* The fitted model, fitted again when votes changed; *ret_model is NULL when there is nothing to learn from. It is kept by handle_keep. */
enum pith_status handle_current_model(struct pith *pith, struct model **ret_model, struct pith_error *reterr);
/* Once reading has ended: keeps a model that was fitted, and makes these edits too, at most HANDLE_EDITS. Where nothing can be written
 * that is no failure, but told by pith_unkept: showing needs no write. */
enum { HANDLE_EDITS = 4 };
enum pith_status handle_keep(struct pith *pith, const struct profile_edit *edits, size_t count, struct pith_error *reterr);

/* An edit of ROW_SHOWN: notes the papers of a ranking, `user`, each with its listing's day, as shown. */
enum pith_status handle_note_shown(void *ranking, struct bytes *record, bool *ret_changed, struct pith_error *reterr);

/* What the reader said, and so many papers without a vote, to learn from. */
enum pith_status handle_load_learner(struct pith *pith, size_t background, struct learner *learner, struct pith_error *reterr);

#endif
