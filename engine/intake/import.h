/* import: a listing's bytes -> sources -> papers -> features -> store, in one transaction a file. */
#ifndef PITH_ENGINE_INTAKE_IMPORT_H
#define PITH_ENGINE_INTAKE_IMPORT_H

#include "engine/sources/sources.h"
#include "engine/store/store.h"
#include "models/embedding.h"
#include <pith/papers.h>

#include <stdbool.h>

/* Imports one file, from wherever its bytes come. A paper stands on the listing of its announced day, else its published day, else `today`.
 * Nothing is stored when it fails. Importing again adds nothing. `progress` may be NULL. */
struct import_options {
    int32_t today;
    const struct embedding *embedding; /* that papers are placed in; NULL: none */
    unsigned announce; /* of what announces papers, those announced so: bits 1 << enum paper_announce; 0: all. Others are counted */
    void (*progress)(void *user, size_t done, size_t all); /* may be NULL */
    void *user;
};
enum pith_status import_input(struct store *store, const struct pith_input *from, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr);
/* The same from memory. */
enum pith_status import_bytes(struct store *store, const void *bytes, size_t length, const struct import_options *options,
                              struct pith_import_report *ret_report, struct pith_error *reterr);

/* Joins two records of one paper into `into`, so that any order of joining gives the same: keys united in a fixed order of
 * kinds (of very many, the first 11 identifiers and 5 title keys), the text of the record with an abstract and the better
 * source_rank, the fuller list of authors and of categories, known values over unknown, the larger count, the earlier published
 * day. *ret_changed tells whether `into` differs from before. */
enum pith_status import_merge(struct paper *into, const struct paper *other, bool *ret_changed, struct pith_error *reterr);

/* Derives all features and places again when the store's were made by another FEATURES_VERSION, or in another embedding than the
 * options' one; does nothing otherwise, and never anything about places without an embedding. Of the options `embedding`, `progress` and
 * `user` count. */
enum pith_status import_refresh(struct store *store, const struct import_options *options, struct pith_error *reterr);

#endif
