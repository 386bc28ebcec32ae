/* import: a listing's bytes -> sources -> papers -> features -> store. Reading and deriving go on outside of any transaction; records are
 * stored some hundreds at a time, so that others may write while a large file is read, and a killed import leaves whole records. */
#ifndef PITH_ENGINE_INTAKE_IMPORT_H
#define PITH_ENGINE_INTAKE_IMPORT_H

#include "engine/papers/merge.h"
#include "engine/sources/sources.h"
#include "engine/store/store.h"
#include "models/embedding.h"
#include <pith/papers.h>

#include <stdbool.h>

/* Imports one file, from wherever its bytes come. A listing's paper stands on the day that the listing names (paper->listed, announced),
 * else on that of its publication; on none an undated one, one of a library (a source's `library`, or the option), and one whose day is
 * before 1991 or more than a week after `today`. When it fails, what was stored before stays, and the message says how much: nothing of a
 * file of fewer than 256 records. Importing again adds nothing. */
struct import_options {
    int32_t today;
    const struct embedding *embedding; /* that papers are placed in; NULL: none */
    bool library;                      /* the file is what somebody has, not what was announced */
    unsigned announce; /* of what announces papers, those announced so: bits of pith_announce; 0: all. Others are counted */
    /* Hears of each good record, in order, before it is stored; a failure ends the import. NULL: nobody. */
    enum pith_status (*record)(void *record_user, const struct paper *paper, struct pith_error *reterr);
    void *record_user;
    void (*progress)(void *user, size_t done, size_t all); /* may be NULL */
    void *user;
};
enum pith_status import_input(struct store *store, const struct pith_input *from, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr);
/* The same from memory. */
enum pith_status import_bytes(struct store *store, const void *bytes, size_t length, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr);

/* Derives all features and places again when the store's were made by another FEATURES_VERSION, or in another embedding than the
 * options' one; does nothing otherwise, and never anything about places without an embedding. Of the options `embedding`, `progress` and
 * `user` count. */
enum pith_status import_refresh(struct store *store, const struct import_options *options, struct pith_error *reterr);

#endif
