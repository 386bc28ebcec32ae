/* redo: the changes that were taken back last, kept sealed until another is recorded, so that they can be brought back (FORMAT.md, "Taken back"). */
#ifndef PITH_ENGINE_PROFILE_REDO_H
#define PITH_ENGINE_PROFILE_REDO_H

#include "engine/profile/profile.h"

/* What undo would take back, in the order in which it was recorded. PITH_NOT_FOUND when there is nothing. */
enum pith_status profile_last_change(struct profile *profile, void (*visit)(void *user, const struct profile_change *change),
                                     void *user, struct pith_error *reterr);
/* Records the change that was taken back last again, as it was. PITH_NOT_FOUND when there is none, or another change came since. */
enum pith_status profile_redo(struct profile *profile, void (*visit)(void *user, const struct profile_change *change), void *user,
                              struct pith_error *reterr);

/* For profile.c, inside a transaction. */
/* The change from event `keep` on is about to be taken back. */
enum pith_status redo_note(struct profile *profile, size_t keep, struct pith_error *reterr);
/* Another change was recorded: what was taken back is gone for good. */
enum pith_status redo_forget(struct profile *profile, struct pith_error *reterr);

#endif
