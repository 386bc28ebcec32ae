/* homes: a store with papers, a profile, votes, a model and a message that waits, to do harm to; and what is there afterwards. */
#ifndef PITH_TESTS_KILL_HOMES_H
#define PITH_TESTS_KILL_HOMES_H

#include <pith/pith.h>

enum { HOMES_PATH = 600, HOMES_STATE = 1024, HOMES_NOW = 1704412800, HOMES_DAY = 19727 /* 2024-01-05 */ };

struct homes_base {
    char home[HOMES_PATH], code[128], token[128]; /* closed; what opens its profile */
    int64_t slot;                                 /* of the token */
};
void homes_make(struct homes_base *base);
/* An empty folder, or with a copy of the base's store in it; what was there goes. */
void homes_fresh(const struct homes_base *base, const char *home, bool empty);
struct pith *homes_open(const char *home);
struct pith_vote homes_vote(unsigned number, int verdict);
/* All that counts of an unlocked profile, as text. */
void homes_tell(struct pith *pith, char state[HOMES_STATE]);
/* The same of a home, once it was checked as a whole, and with how many papers it holds; "none" without a store. Damage is told in it.
 * `made`: another code that may open it; "" for none. */
void homes_state(const struct homes_base *base, const char *home, const char *made, char state[HOMES_STATE]);
void homes_must(bool good, const char *what, const struct pith_error *error);

#endif
