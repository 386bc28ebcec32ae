/* digest_words: what a digest says in sentences, for its HTML, its text and its subject alike. Plain text; whoever shows it escapes. */
#ifndef PITH_API_RENDER_DIGEST_WORDS_H
#define PITH_API_RENDER_DIGEST_WORDS_H

#include "api/base_url.h"
#include <pith/pith.h>

/* Bytes of HTML, or of text, that a digest has at most: mail programs clip what is longer than 102 kB once it is encoded. What does not fit is on
 * the page. */
enum { DIGEST_MOST = 84000 };
enum { DIGEST_DAY = 48, DIGEST_SENTENCE = 400, DIGEST_FACTS = 6, DIGEST_CLOSING = 4 };

/* "Thu 26 Nov", or "Thursday 26 November 2026". */
void digest_day(int32_t day, char text[DIGEST_DAY]);
void digest_whole_day(int32_t day, char text[DIGEST_DAY]);
/* "7 papers for you"; "12 papers to begin with" before the first vote */
void digest_heading(const struct pith_digest *digest, char text[DIGEST_SENTENCE]);
/* What the papers were chosen from, how many likes are to be expected among them and missed below, and what that is learnt from. */
void digest_summary(const struct pith_digest *digest, char text[DIGEST_SENTENCE]);
/* Why it is not mailed; "" when it is. */
void digest_state(const struct pith_digest *digest, char text[DIGEST_SENTENCE]);
/* How to read it and to vote, a sentence each; their number. */
size_t digest_closing(const struct pith_digest *digest, const struct base_url *base_url, const char *sentence[DIGEST_CLOSING]);

/* Why it is here: "because you liked "Kites"; diffusion models", "diffusion models; less: survey"; "" for nothing. */
void digest_reason(const struct pith_digest_item *item, char text[DIGEST_SENTENCE]);
/* What is to be known of the listings, all notices in one line; "" for nothing. */
void digest_notices(const struct pith_digest *digest, char text[DIGEST_SENTENCE]);
/* Where the day is read in a browser: "/?day=20261126", behind the base URL. An answer that quotes it votes by nothing. */
enum { DIGEST_ADDRESS = 40 };
void digest_address(const struct pith_digest *digest, char address[DIGEST_ADDRESS]);

struct digest_section {
    const char *title, *about; /* `about`: "" for nothing */
};
const struct digest_section *digest_section(enum pith_section section);

/* What is to be known of a paper besides its title, in the order it is shown in. Borrowed from the item and from here. */
struct digest_facts {
    const char *fact[DIGEST_FACTS];
    size_t count;
    char day[DIGEST_DAY + 8];
};
void digest_facts(const struct pith_digest_item *item, struct digest_facts *ret_facts);

#endif
