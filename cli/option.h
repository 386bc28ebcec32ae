/* option: how a table says what options a command takes. */
#ifndef PITH_CLI_OPTION_H
#define PITH_CLI_OPTION_H

#include "cli/call.h"

#include <stddef.h>

struct option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* what it takes, for help; NULL for a flag */
    size_t member;     /* of struct call: const char * with a value, bool for a flag */
    const char *help;  /* NULL: an older name that still works, and that help leaves out */
};

#define MEMBER(name) offsetof(struct call, name)
#define ONLY                                                                                                                       \
    {                                                                                                                              \
        "only", 0, "KINDS", MEMBER(only), "those announced so: new, cross, replaced, or several with commas"                       \
    }

/* Of the commands that list and show papers (reading_options.c); each ends with a zeroed one. */
extern const struct option rank_options[], search_options[], review_options[], list_options[], later_options[], show_options[],
    open_options[], days_options[], page_options[];

#endif
