/* target: the path and query of a request, taken apart. */
#ifndef PITH_API_TARGET_H
#define PITH_API_TARGET_H

#include <pith/status.h>

#include <stdbool.h>
#include <stddef.h>

enum { TARGET_SEGMENTS = 8, TARGET_PARAMETERS = 16, TARGET_LONGEST = 4096 /* bytes */ };

struct target {
    char text[TARGET_LONGEST + 2];        /* what the others point into */
    const char *segment[TARGET_SEGMENTS]; /* of the path, between slashes, decoded */
    size_t segments;
    struct parameter {
        const char *name, *value;
    } parameter[TARGET_PARAMETERS];
    size_t parameters;
};

/* "/v1/me/votes/doi%3A10.1%2Fx?limit=5": PITH_USAGE for a broken escape, a control character, bytes that are no UTF-8, a parameter
 * given twice, or too much of anything. */
enum pith_status target_read(const char *raw, struct target *ret_target, struct pith_error *reterr);
/* The value of a parameter; NULL when it was not given. */
const char *target_parameter(const struct target *target, const char *name);
/* Undoes % escapes in place, in a query also + for a blank. PITH_USAGE for a broken escape or one of a NUL. */
enum pith_status target_unescape(char *text, bool query, struct pith_error *reterr);
/* Whether it is UTF-8 without control characters; with `lines` line ends and tabs may be there. */
bool target_is_text(const char *text, bool lines);

#endif
