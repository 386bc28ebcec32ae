/* pages: what `pith review` says of a paper, of its score and of its keys, as text. Nothing is known of it by colour alone. */
#ifndef PITH_CLI_REVIEW_PAGES_H
#define PITH_CLI_REVIEW_PAGES_H

#include "cli/review/text.h"
#include <pith/pith.h>

/* Each adds its paragraphs to a text that was started. */
void pages_put_paper(struct text *text, const struct pith_ranked *paper);
/* Both sums: the score by what the paper has, and by where that comes from. */
void pages_put_why(struct text *text, const struct pith_account *account);
void pages_put_help(struct text *text);

#endif
