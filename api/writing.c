#include "api/writing.h"

#include <stdlib.h>

enum pith_status writing_begin(struct writing *writing, struct pith_error *reterr)
{
    *writing = (struct writing){0};
    writing->to = open_memstream(&writing->text, &writing->length);
    return writing->to ? PITH_OK : pith_no_memory(reterr);
}

enum pith_status writing_end(struct writing *writing, char **ret_text, struct pith_error *reterr)
{
    int failed = ferror(writing->to);
    if (fclose(writing->to) != 0 || failed) {
        free(writing->text);
        return pith_no_memory(reterr);
    }
    *ret_text = writing->text;
    return PITH_OK;
}
