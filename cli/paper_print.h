/* paper_print: papers on standard output, for a person: one in a list, and one whole. */
#ifndef PITH_CLI_PAPER_PRINT_H
#define PITH_CLI_PAPER_PRINT_H

#include "cli/call.h"

/* How a list is printed; zeroed: three or four lines a paper. */
struct paper_style {
    const char *format; /* a template (template.h); NULL: none */
    bool abstracts, oneline;
    bool days; /* name each paper's day */
};
/* By --format, --abstracts and --oneline, of which one may be given. PITH_USAGE names what a template has wrong. */
enum pith_status paper_style_of(const struct call *call, struct paper_style *ret_style, struct pith_error *reterr);
/* The papers of a ranking, a number before each. */
enum pith_status paper_print_list(const struct call *call, const struct pith_ranking *ranking, const struct paper_style *style,
                                  struct pith_error *reterr);
/* All that is known of one. */
enum pith_status paper_print_whole(const struct call *call, const struct pith_ranked *paper, struct pith_error *reterr);

/* "Ada Brown, Ben Cole, Cy Dent, … Zoe Young": the first three and the last, or all; malloc'ed, "" for none. */
enum pith_status paper_authors(const struct pith_ranked *paper, bool all, char **ret_authors, struct pith_error *reterr);
/* As a person can name it again: its identifier; "" where it has none but a hash of its title. */
const char *paper_name(const char *id);
/* Title, and facts on a line. */
void paper_print_title(const struct call *call, const struct pith_ranked *paper, int indent);
void paper_print_facts(const struct call *call, const struct pith_ranked *paper, bool with_day, int indent);

#endif
