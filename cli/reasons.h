/* reasons: why a paper stands where it stands, in a few words: the largest contributions to its score, whatever they are. */
#ifndef PITH_CLI_REASONS_H
#define PITH_CLI_REASONS_H

#include <pith/pith.h>

#include <stdbool.h>
#include <stddef.h>

/* Words, authors, categories, …; and what the paper is about as a whole, told by the paper it is nearest to among those voted on. */
struct reason {
    double contribution;
    const char *label;            /* borrowed */
    const struct pith_near *near; /* borrowed; the nearest of those voted on; NULL for other reasons */
};
enum { REASONS_MOST = 16 };
/* The `most` largest, the largest first; returns how many there are. */
size_t reasons_of(const struct pith_ranked *paper, struct reason reason[REASONS_MOST], size_t most);
/* In words, without a sign: "diffusion", "like "Kites in the wind"". */
enum { REASON_TEXT = 512 };
const char *reason_text(const struct reason *reason, char text[REASON_TEXT]);
/* As one line, of those for or those against alone unless `both`: "like "Kites", diffusion", with a sign before each where both. malloc'ed;
 * "" for none. */
enum reasons_side { REASONS_FOR, REASONS_AGAINST, REASONS_BOTH };
enum pith_status reasons_line(const struct pith_ranked *paper, enum reasons_side side, char **ret_line, struct pith_error *reterr);

#endif
