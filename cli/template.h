/* template: papers printed in a form of the reader's own, as `{rank} {title}`: a name in braces stands for what is known of the paper. {{ and }}
 * are braces; \n, \t and \\ a line's end, a tab and a backslash. */
#ifndef PITH_CLI_TEMPLATE_H
#define PITH_CLI_TEMPLATE_H

#include <pith/pith.h>

/* PITH_USAGE for a name that is none (and lists those that are), or a brace that stands alone. */
enum pith_status template_check(const char *text, struct pith_error *reterr);
/* One paper by a template that was checked, and a line's end. What is unknown is empty; control characters are blanks. */
enum pith_status template_print(const char *text, const struct pith_ranked *paper, struct pith_error *reterr);

#endif
