/* import: a listing's bytes -> sources -> papers -> features -> store, in one transaction a file. */
#ifndef PITH_ENGINE_INTAKE_IMPORT_H
#define PITH_ENGINE_INTAKE_IMPORT_H

#include "engine/sources/sources.h"
#include "engine/store/store.h"

#include <stdbool.h>

enum { IMPORT_MAX_PROBLEMS = 20 }; /* named; the rest are counted */

struct import_problem {
    size_t line;
    char reason[160];
};

struct import_report {
    const char *format;          /* the source's name, static; NULL when not recognised */
    size_t records;              /* good records read */
    size_t added;                /* papers new to the store */
    size_t merged;               /* known papers whose record changed (better text, another key, …) */
    size_t known;                /* known papers that stayed as they were */
    size_t hidden;               /* good records that were not wanted */
    size_t skipped;              /* bad records */
    int32_t first_day, last_day; /* listing days touched; PAPER_NO_DAY for none */
    struct import_problem problem[IMPORT_MAX_PROBLEMS];
    size_t problems; /* how many of them are filled: min(skipped, IMPORT_MAX_PROBLEMS) */
};

/* Imports one file, from wherever its bytes come. A paper stands on the listing of its announced day, else its published day, else `today`.
 * Nothing is stored when it fails. Importing again adds nothing. `progress` may be NULL. */
struct import_options {
    int32_t today;
    unsigned announce; /* of what announces papers, those announced so: bits 1 << enum paper_announce; 0: all. Others are counted */
    void (*progress)(void *user, size_t done, size_t all); /* may be NULL */
    void *user;
};
enum pith_status import_input(struct store *store, const struct source_input *from, const struct import_options *options,
                              struct import_report *ret_report, struct pith_error *reterr);
/* The same from memory. */
enum pith_status import_bytes(struct store *store, const void *bytes, size_t length, int32_t today,
                              void (*progress)(void *user, size_t done, size_t all), void *user, struct import_report *ret_report,
                              struct pith_error *reterr);

/* Joins two records of one paper into `into`, so that any order of joining gives the same: keys united in a fixed order of
 * kinds (of very many, the first 11 identifiers and 5 title keys), the text of the record with an abstract and the better
 * source_rank, the fuller list of authors and of categories, known values over unknown, the larger count, the earlier published
 * day. *ret_changed tells whether `into` differs from before. */
enum pith_status import_merge(struct paper *into, const struct paper *other, bool *ret_changed, struct pith_error *reterr);

/* Derives all features and places again when the store's were made by another FEATURES_VERSION, or with another table of term vectors
 * than came with this pith (embeddings_shipped); does nothing otherwise, and never anything about places without a table. */
enum pith_status import_refresh(struct store *store, void (*progress)(void *user, size_t done, size_t all), void *user,
                                struct pith_error *reterr);

#endif
