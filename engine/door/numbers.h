/* numbers: which papers the reader's numbers mean: those of the last listing shown. What a person was shown is not replaced by what went to a
 * program. */
#ifndef PITH_ENGINE_DOOR_NUMBERS_H
#define PITH_ENGINE_DOOR_NUMBERS_H

#include "engine/door/handle.h"

struct numbers {
    const char **key; /* borrowed; number 1 first */
    size_t count;
    bool piped; /* went to a program */
};
void numbers_clear(struct numbers *numbers); /* for PITH_AUTO */

/* Those of a ranking, which outlives them. */
enum pith_status numbers_of(const struct pith_ranking *ranking, bool piped, struct numbers *ret_numbers, struct pith_error *reterr);
/* An edit of ROW_LAST_LIST; `numbers` a struct numbers. */
enum pith_status numbers_note(void *numbers, struct bytes *record, bool *ret_changed, struct pith_error *reterr);
/* The key of a number. PITH_NOT_FOUND past the listing's end, or when none was shown yet. */
enum pith_status numbers_find(struct pith *pith, size_t number, char key[PAPER_KEY_SIZE], struct pith_error *reterr);

#endif
