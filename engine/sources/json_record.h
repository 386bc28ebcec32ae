/* json_record: what the JSON sources share. Guards before parsing, and members of a record as fields of a paper. */
#ifndef PITH_JSON_RECORD_H
#define PITH_JSON_RECORD_H

#include "sources.h"

struct json_t; /* a JSON value: only the .c files know the library */

/* PITH_INPUT when braces and brackets nest deeper than SOURCES_MAX_DEPTH outside strings. */
enum pith_status json_record_check_depth(const char *bytes, size_t length, struct pith_error *reterr);

/* A string member normalised into *ret_text (malloc'ed; NULL when missing or null). PITH_INPUT when it is no string. */
enum pith_status json_record_text(const struct json_t *value, const char *name, char **ret_text, struct pith_error *reterr);

/* An array of strings, or of objects with a string `member` (those with "hidden": true left out), normalised into `list`. */
enum pith_status json_record_list(const struct json_t *array, const char *name, const char *member, struct paper_list *list, size_t max,
                                  struct pith_error *reterr);

#endif
