/* xml_record: what the XML sources share. A file is cut into its records by tags, and each record parsed by itself, so that a
 * broken one costs only itself and memory does not grow with the file.
 *
 * Elements are told by local name. No entity but the five of XML, characters by number and the names of HTML is known: what a
 * document type declares is never read, so nothing expands and nothing outside the file is opened. */
#ifndef PITH_ENGINE_SOURCES_XML_RECORD_H
#define PITH_ENGINE_SOURCES_XML_RECORD_H

#include "engine/sources/record.h"

struct _xmlNode; /* an element: only the .c files know the library */

struct xml_format {
    const struct source *source;
    enum paper_source_rank rank;
    const char *const *records; /* names of the elements that are records, NULL at the end; NULL: every child of the root */
    void (*read)(const struct _xmlNode *node, struct record *record);
};

/* Whether the root element has this name: what stands before it is skipped. */
bool xml_record_root_is(const char *bytes, size_t length, const char *name);

/* Reads every record. PITH_INPUT when the file ends before the first of them. */
enum pith_status xml_record_read(const char *bytes, size_t length, const struct xml_format *format,
                                 const struct source_context *context, struct pith_error *reterr);

/* The first child, or the next sibling, of this name; NULL when there is none or `node` is NULL. */
const struct _xmlNode *xml_record_child(const struct _xmlNode *node, const char *name);
const struct _xmlNode *xml_record_next(const struct _xmlNode *node, const char *name);
bool xml_record_is(const struct _xmlNode *node, const char *name);

/* All text in an element, tags left out, or an attribute's; NULL when there is none. malloc'ed. */
char *xml_record_content(const struct _xmlNode *node);
char *xml_record_attribute(const struct _xmlNode *node, const char *name);
/* The content of the first child of this name. malloc'ed. */
char *xml_record_child_content(const struct _xmlNode *node, const char *name);
/* The same put into a field of the paper, or a day, or an identifier. */
void xml_record_put(struct record *record, char **field, const struct _xmlNode *node, const char *child);
void xml_record_put_day(int32_t *day, const struct _xmlNode *node, const char *child);
void xml_record_put_key(struct record *record, const struct _xmlNode *node, const char *child);

#endif
