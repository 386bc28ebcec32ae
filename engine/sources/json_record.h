/* json_record: what the JSON sources share. A file is cut into its records by brackets, and each record parsed by itself, so that
 * a broken one costs only itself and memory does not grow with the file. */
#ifndef PITH_ENGINE_SOURCES_JSON_RECORD_H
#define PITH_ENGINE_SOURCES_JSON_RECORD_H

#include "engine/sources/json_members.h"
#include "engine/sources/record.h"

struct json_t; /* a JSON value: only the .c files know the library */

struct json_format {
    const struct source *source;
    enum paper_source_rank rank;
    const char *const *lists; /* members of the top object that hold records, NULL at the end; NULL when none does */
    const char *inside;       /* a member of the top object that has them, or is the one record, in its place; NULL for none */
    /* One record, an object. `list` is the member it stands in; NULL outside of any. */
    void (*read)(const struct json_t *item, const char *list, struct record *record);
};

/* Reads the items of the top array, or of the lists of the top object; else every top object by itself, of which there may be
 * many. A null among items is none. PITH_INPUT when the file breaks off before the first record. */
enum pith_status json_record_read(const char *bytes, size_t length, const struct json_format *format,
                                  const struct source_context *context, struct pith_error *reterr);

/* The same with one object a line, so that a broken one ends with its line. */
enum pith_status json_record_read_lines(const char *bytes, size_t length, const struct json_format *format,
                                        const struct source_context *context, struct pith_error *reterr);

/* ---- members as fields of a paper ---- */

/* A string member; NULL when missing or of another type. Borrowed. */
const char *json_record_string(const struct json_t *object, const char *name);
/* A text member put into a field: a string, a number as it is written, the first of a list. What is none of these puts nothing. */
void json_record_put(struct record *record, char **field, const struct json_t *object, const char *name);
/* A count; PAPER_MISSING when it is none. */
int json_record_count(const struct json_t *object, const char *name);
void json_record_day(int32_t *day, const struct json_t *object, const char *name);
void json_record_key(struct record *record, const struct json_t *object, const char *name);
/* Strings of an array, or a string member of its objects, as categories. */
void json_record_categories(struct record *record, const struct json_t *array, const char *member);
/* A string member as a link; anything else is none. */
void json_record_link(struct record *record, char **field, const struct json_t *object, const char *name);
/* As authors: strings, or objects with the name in `member` or where others have it, or as parts; also all in one string. Those with
 * "hidden": true are left out, and so is what is no name. */
void json_record_authors(struct record *record, const struct json_t *array, const char *member);

#endif
