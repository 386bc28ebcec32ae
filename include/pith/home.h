/* home: a folder with papers and readers' sealed profiles, opened. Memory, progress, days as text.
 *
 * A handle is not thread-safe: open one a thread. Strings are UTF-8. Days are days since 1970-01-01; PITH_NO_DAY: none. Results are freed by
 * their own function, single strings by pith_free; strings inside a result belong to it. The message of an error says what to do. */
#ifndef PITH_HOME_H
#define PITH_HOME_H

#include <pith/status.h>
#include <pith/version.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PITH_NO_DAY INT32_MIN
enum { PITH_CHANCE_SIZE = 8 };

struct pith;

/* Opens a home folder; with `create` makes it. PITH_NOT_FOUND without `create` when there is none. */
enum pith_status pith_open(const char *home, bool create, struct pith **ret_pith, struct pith_error *reterr);
void pith_close(struct pith *pith); /* locks the profile too */
PITH_CLEANUP(struct pith, pith_close);

/* Long work reports here: `what` is a static word or two ("importing", "deriving features", "replaying"). NULL: silence. */
typedef void pith_progress(void *user, const char *what, size_t done, size_t all);
void pith_set_progress(struct pith *pith, pith_progress *progress, void *user);

bool pith_day_from_text(const char *text, int32_t *ret_day); /* "YYYY-MM-DD" */
const char *pith_day_text(int32_t day, char buffer[16]);     /* "" for PITH_NO_DAY */
/* As readers see a chance: "63%", and at the ends "<1%" and ">99%", as no chance is a certainty; "" for NAN. */
const char *pith_chance_text(double probability, char buffer[PITH_CHANCE_SIZE]);

struct pith_summary {
    int64_t papers, days;
    int32_t first_day, last_day;
    int64_t readers;                        /* profiles in the store */
    bool has_profile, unlocked;             /* of the reader that was set */
    size_t ups, downs, pairs, seeds, later; /* 0 while locked */
    size_t given,
        liked;       /* of the last votes, 10 at most, on papers that were given 80% or more before: how many, and how many ups */
    char digest[65]; /* of votes, pairs and settings; "" while locked */
};
enum pith_status pith_summarise(struct pith *pith, struct pith_summary *ret_summary, struct pith_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
