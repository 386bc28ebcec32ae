/* reply_quotes: which lines of a mail that answers another its writer wrote, and which are the other mail's.
 *
 * A quote begins with a line that says who wrote when, in any language ("… wrote:", "Am … schrieb …:", "… 写道："), with a block of
 * headers as Outlook puts it ("From: …", "Von: …"), or with a rule; "-- " begins a signature. What follows is not the writer's, unless
 * the quote marks each of its lines with '>': then a paragraph without the marks is. */
#ifndef PITH_ENGINE_DIGEST_REPLY_QUOTES_H
#define PITH_ENGINE_DIGEST_REPLY_QUOTES_H

#include "engine/sources/lines.h"

struct reply_quotes {
    bool ended;  /* nothing more is the writer's */
    bool marked; /* the line before was quoted by '>', or goes on from one that was */
};

/* Whether this line is the writer's own. `rest` is the text behind it, up to `end`. */
bool reply_quotes_is_own(struct reply_quotes *quotes, const struct line *line, const char *rest, const char *end);

/* Whether nobody wrote the mail: an answer that a program gave in somebody's absence, or a notice that it did not arrive. */
bool reply_quotes_is_automatic(const char *mail, size_t length);

#endif
