/* tokens: a text -> the words that learning counts.
 *
 * The same sentence from arXiv and from a page that lost `$` and `\\` gives the same words. Pure; knows nothing of papers. */
#ifndef PITH_ENGINE_PAPERS_TOKENS_H
#define PITH_ENGINE_PAPERS_TOKENS_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORDS_MAX_STEM = 64 }; /* bytes; a longer run of letters is cut there */

struct tokens; /* one run's memory: buffers and the cache of stems; reuse it over many texts, one per thread */

struct word {
    const char *stem; /* Snowball English stem, lower case, NUL-terminated; valid until tokens_free */
    uint32_t stem_length;
    uint32_t stem_id;    /* equal stems of one struct words have equal ids, counted from 0 */
    uint32_t position;   /* neighbours differ by one; what stands between (by the recipe in words.c) leaves a gap */
    uint32_t start, end; /* byte range of the word as it stood in the text; where no blanks part words, ranges overlap */
};

enum pith_status tokens_new(struct tokens **ret_words, struct pith_error *reterr);
void tokens_free(struct tokens *words);
PITH_CLEANUP(struct tokens, tokens_free);

/* Splits valid UTF-8 into words, stop words left out. In scripts without blanks between words (Chinese, Japanese, Thai, Lao, Khmer,
 * Burmese) two letters side by side count as a word, three of an alphabet; a shorter run is one. *ret_list is borrowed until the next split. */
enum pith_status tokens_split(struct tokens *words, const char *text, size_t length, const struct word **ret_list,
                              size_t *ret_count, struct pith_error *reterr);

#endif
