/* tagged: formats of lines "TAG - value", as RIS and nbib are. */
#ifndef PITH_ENGINE_SOURCES_TAGGED_H
#define PITH_ENGINE_SOURCES_TAGGED_H

#include "engine/sources/lines.h"
#include "engine/sources/record.h"

enum { TAGGED_TAG = 8 };

struct tagged_fields {
    struct tagged_field {
        char tag[TAGGED_TAG];
        char *text;
        size_t length, cap; /* of the text, up to a NUL of the file's; of what is allocated */
    } * item;
    size_t count, cap, bytes;
    bool large; /* more than a record may have */
};

struct tagged_format {
    const struct source *source;
    enum paper_source_rank rank;
    /* Whether a line has a tag; then it moves to the value. Other lines go on with the value before. */
    bool (*tag)(struct line *line, char tag[TAGGED_TAG]);
    const char *const *first; /* tags that begin a record, NULL at the end: again in one record, they begin the next */
    const char *last;         /* the tag that ends a record; NULL for none */
    void (*read)(const struct tagged_fields *fields, struct record *record);
};

enum pith_status tagged_read(const char *bytes, size_t length, const struct tagged_format *format,
                             const struct source_context *context, struct pith_error *reterr);

/* The first filled field of the first of these tags that has one; NULL for none. `tags` are divided by blanks: "TI T1 CT". */
const char *tagged_get(const struct tagged_fields *fields, const char *tags);

/* The filled fields of this tag joined by blanks; malloc'ed, NULL for none. */
char *tagged_join(const struct tagged_fields *fields, const char *tag, struct record *record);

bool tagged_is(const struct tagged_field *field, const char *tag);

#endif
