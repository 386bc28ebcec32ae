/* keeping: nothing lost, nothing touched: checks and backups. */
#ifndef PITH_KEEPING_H
#define PITH_KEEPING_H

#include <pith/home.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Looks at everything: the database's pages, every paper's features and place, each key slot, and with an unlocked profile each sealed row.
 * `told` hears each thing that was verified or found wrong. PITH_CORRUPT when anything was wrong. */
enum pith_status pith_check(struct pith *pith, void (*told)(void *user, bool good, const char *what), void *user,
                            struct pith_error *reterr);
/* A consistent copy of the whole store, sealed as it is, mode 0600; others may read and write meanwhile. PITH_EXISTS when the file
 * is there, unless `force`. */
enum pith_status pith_backup(struct pith *pith, const char *path, bool force, struct pith_error *reterr);
/* Puts a backup in a home, once it was checked as a whole. PITH_EXISTS when the home has a store, unless `force`: that one is then
 * kept as pith.db.replaced. PITH_IO while a pith has that store open. */
enum pith_status pith_restore(const char *home, const char *backup, bool force, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
