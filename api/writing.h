/* writing: a text that grows in memory while it is written to a stream. */
#ifndef PITH_API_WRITING_H
#define PITH_API_WRITING_H

#include <pith/status.h>

#include <stdio.h>

struct writing {
    FILE *to;
    char *text;
    size_t length;
};
enum pith_status writing_begin(struct writing *writing, struct pith_error *reterr);
/* Hands the text over, malloc'ed; PITH_NOMEM when not all of it found room. */
enum pith_status writing_end(struct writing *writing, char **ret_text, struct pith_error *reterr);

#endif
