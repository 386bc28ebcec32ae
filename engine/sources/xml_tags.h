/* xml_tags: where the tags of an XML file stand, without a parser: to cut it into records. */
#ifndef PITH_ENGINE_SOURCES_XML_TAGS_H
#define PITH_ENGINE_SOURCES_XML_TAGS_H

#include <stdbool.h>
#include <stddef.h>

enum tag_kind { TAG_START, TAG_END, TAG_EMPTY };

struct xml_tag {
    enum tag_kind kind;
    const char *begin, *after; /* from '<' to behind '>' */
    const char *name;          /* local */
    size_t name_length;
    size_t attributes; /* as many as there are '=' outside quotes */
};

/* The next start or end tag at or after `at`; comments, sections of CDATA and declarations are skipped. False at the end. */
bool xml_next_tag(const char *at, const char *end, struct xml_tag *tag);
bool xml_is_named(const struct xml_tag *tag, const char *name);

/* Whether the bytes begin with this mark; where they go on behind the next one of it. */
bool xml_begins(const char *at, const char *end, const char *mark);
const char *xml_skip_past(const char *at, const char *end, const char *mark);

#endif
