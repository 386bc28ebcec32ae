#include "engine/sources/xml_record.h"

#include "engine/base/bytes.h"
#include "engine/base/unicode.h"
#include "engine/sources/markup.h"
#include "engine/sources/xml_tags.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

enum {
    MAX_ROOT = 8192,
    MAX_DOCUMENT = 4 * PAPER_MAX_RECORD,
    MAX_ATTRIBUTES = 256 /* of an element: the parser compares each with all */
};

PITH_CLEANUP(xmlParserCtxt, xmlFreeParserCtxt);
PITH_CLEANUP(xmlDoc, xmlFreeDoc);

bool xml_record_root_is(const char *bytes, size_t length, const char *name)
{
    struct xml_tag tag;
    return length && *bytes == '<' && xml_next_tag(bytes, bytes + length, &tag) && tag.kind != TAG_END && xml_is_named(&tag, name);
}

/* ---- one record ---- */

struct reading {
    const struct xml_format *format;
    const struct source_context *context;
    const char *at, *end;
    size_t line; /* of `at` */
    struct xml_tag root;
    xmlParserCtxt *parser;
    struct bytes document;
    size_t records;
    bool ended; /* the root's end tag was seen, or a record told that the file is cut off */
};

static void advance(struct reading *reading, const char *to)
{
    for (const char *at = reading->at; at < to && (at = memchr(at, '\n', (size_t)(to - at))) != NULL; at++)
        reading->line++;
    reading->at = to;
}

/* Bytes as XML that the parser takes: valid UTF-8, and no reference to an entity that it does not know. */
static enum pith_status put_clean(struct bytes *out, const char *bytes, size_t length, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    size_t size = 0;
    enum pith_status status = unicode_normalise(bytes, length, false, &normal, &size, reterr);
    if (status)
        return status;
    const char *at = normal, *end = normal + size;
    while (at < end) {
        const char *mark = at + strcspn(at, "&<");
        bytes_put(out, at, (size_t)(mark - at));
        at = mark;
        if (at == end)
            break;
        const char *after = at;
        if (xml_begins(at, end, "<![CDATA["))
            after = xml_skip_past(at, end, "]]>");
        else if (xml_begins(at, end, "<!--"))
            after = xml_skip_past(at, end, "-->");
        if (after > at) {
            bytes_put(out, at, (size_t)(after - at));
            at = after;
        } else if (*at == '&') {
            at += markup_put_reference(out, at, (size_t)(end - at));
        } else {
            bytes_put_u8(out, (uint8_t)*at++);
        }
    }
    return PITH_OK;
}

/* The root's start tag, which names the namespaces, around the record. */
static enum pith_status build_document(struct reading *reading, const char *bytes, size_t length, struct pith_error *reterr)
{
    const struct xml_tag *root = &reading->root;
    struct bytes *document = &reading->document;
    const char *name = root->begin + 1;
    document->length = 0;
    document->failed = false;
    enum pith_status status = put_clean(document, root->begin, (size_t)(root->after - root->begin), reterr);
    if (!status)
        status = put_clean(document, bytes, length, reterr);
    bytes_put(document, "</", 2);
    bytes_put(document, name, (size_t)(root->name + root->name_length - name));
    bytes_put(document, ">", 1);
    if (!status && bytes_done(document, NULL))
        status = pith_fail(reterr, PITH_INPUT, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    return status;
}

static void fail_parsing(struct record *record, xmlParserCtxt *parser)
{
    const char *reason = parser->lastError.message ? parser->lastError.message : "not well-formed";
    record_fail(record, "broken XML: %.*s", (int)(strcspn(reason, "\n") < 120 ? strcspn(reason, "\n") : 120), reason);
}

static void parse_record(struct reading *reading, const char *bytes, size_t length, struct record *record)
{
    if (length > PAPER_MAX_RECORD) {
        record_fail(record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
        return;
    }
    record->status = build_document(reading, bytes, length, &record->error);
    if (record->status)
        return;
    PITH_AUTO(xmlFreeDoc_p)
    xmlDoc *document = xmlCtxtReadMemory(
        reading->parser, (const char *)reading->document.data, (int)reading->document.length, NULL, "UTF-8",
        XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    const xmlNode *node = root ? root->children : NULL;
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    if (node)
        reading->format->read(node, record);
    else
        fail_parsing(record, reading->parser);
}

/* ---- all records ---- */

static bool is_record(const struct xml_format *format, const struct xml_tag *tag)
{
    if (!format->records)
        return true;
    for (const char *const *name = format->records; *name; name++)
        if (xml_is_named(tag, *name))
            return true;
    return false;
}

static void check_attributes(const struct xml_tag *tag, struct record *record)
{
    if (tag->attributes > MAX_ATTRIBUTES)
        record_fail(record, "an element has more than %d attributes", MAX_ATTRIBUTES);
}

/* Where the record that begins with `first` ends; NULL and a fault in the record when it is broken off. *ret_stop is where to
 * read on. A record within a record of the same name is one only where every child of the root is. */
static const char *find_end(struct reading *reading, const struct xml_tag *first, const char **ret_stop, struct record *record)
{
    const struct xml_format *format = reading->format;
    struct xml_tag tag = *first;
    size_t depth = 1, same = 1;
    *ret_stop = first->after;
    check_attributes(first, record);
    if (first->kind == TAG_EMPTY)
        return first->after;
    while (xml_next_tag(tag.after, reading->end, &tag)) {
        bool own = tag.name_length == first->name_length && memcmp(tag.name, first->name, tag.name_length) == 0;
        if (tag.kind == TAG_START && format->records && is_record(format, &tag)) {
            *ret_stop = tag.begin;
            record_fail(record, "the record has no end");
            return NULL;
        }
        check_attributes(&tag, record);
        if (tag.kind == TAG_START && ++depth > SOURCES_MAX_DEPTH)
            record_fail(record, "XML nested deeper than %d", SOURCES_MAX_DEPTH);
        same += tag.kind == TAG_START && own;
        depth -= tag.kind == TAG_END && depth > 0;
        same -= tag.kind == TAG_END && own;
        if (!same) {
            *ret_stop = tag.after;
            return tag.after;
        }
    }
    *ret_stop = reading->end;
    reading->ended = true;
    record_fail(record, "the file ends within this record");
    return NULL;
}

static enum pith_status read_one(struct reading *reading, const struct xml_tag *tag, struct pith_error *reterr)
{
    const char *stop;
    struct record record;
    advance(reading, tag->begin);
    record_init(&record, reading->format->source, reading->format->rank, reading->line);
    const char *end = find_end(reading, tag, &stop, &record);
    if (end && !record.status)
        parse_record(reading, tag->begin, (size_t)(end - tag->begin), &record);
    reading->records++;
    advance(reading, stop);
    return record_hand_over(&record, reading->context, reterr);
}

static enum pith_status read_records(struct reading *reading, const char *bytes, struct pith_error *reterr)
{
    const struct source_context *context = reading->context;
    struct xml_tag tag;
    enum pith_status status = PITH_OK;
    while (!status && !reading->ended && xml_next_tag(reading->at, reading->end, &tag)) {
        bool root = tag.name_length == reading->root.name_length && memcmp(tag.name, reading->root.name, tag.name_length) == 0;
        reading->ended |= tag.kind == TAG_END && root;
        if (tag.kind != TAG_END && is_record(reading->format, &tag))
            status = read_one(reading, &tag, reterr);
        else
            advance(reading, tag.after);
        if (context->progress)
            context->progress(context->user, (size_t)(reading->at - bytes), (size_t)(reading->end - bytes));
    }
    return status;
}

enum pith_status xml_record_read(const char *bytes, size_t length, const struct xml_format *format,
                                 const struct source_context *context, struct pith_error *reterr)
{
    PITH_AUTO(xmlFreeParserCtxt_p) xmlParserCtxt *parser = xmlNewParserCtxt();
    struct reading reading = {format, context, .at = bytes, .end = bytes + length, .line = 1, .parser = parser};
    if (!parser)
        return pith_no_memory(reterr);
    if (!xml_next_tag(bytes, bytes + length, &reading.root) || reading.root.kind == TAG_END)
        return pith_fail(reterr, PITH_INPUT, "the file holds no XML");
    if (reading.root.after - reading.root.begin > MAX_ROOT || reading.root.after[-1] != '>')
        return pith_fail(reterr, PITH_INPUT, "the first tag of the XML is broken");
    if (reading.root.kind == TAG_EMPTY)
        return PITH_OK;
    bytes_init(&reading.document, MAX_DOCUMENT);
    bool single = format->records && is_record(format, &reading.root); /* one record, without what holds many */
    advance(&reading, single ? reading.root.begin : reading.root.after);
    enum pith_status status = single ? read_one(&reading, &reading.root, reterr) : read_records(&reading, bytes, reterr);
    reading.ended |= single;
    bytes_clear(&reading.document);
    if (!status && !reading.ended && !reading.records)
        status = pith_fail(reterr, PITH_INPUT, "the XML ends before its first record");
    else if (!status && !reading.ended)
        context->problem(context->user, reading.line, "the file ends before the XML does: it may have been cut off");
    return status;
}

/* ---- looking into a record ---- */

bool xml_record_is(const struct _xmlNode *node, const char *name)
{
    const char *prefix = strchr((const char *)node->name, ':'); /* where a prefix was never declared */
    return node->type == XML_ELEMENT_NODE && strcmp(prefix ? prefix + 1 : (const char *)node->name, name) == 0;
}

static const struct _xmlNode *find(const struct _xmlNode *node, const char *name)
{
    while (node && !xml_record_is(node, name))
        node = node->next;
    return node;
}

const struct _xmlNode *xml_record_child(const struct _xmlNode *node, const char *name)
{
    return node ? find(node->children, name) : NULL;
}

const struct _xmlNode *xml_record_next(const struct _xmlNode *node, const char *name)
{
    return node ? find(node->next, name) : NULL;
}

char *xml_record_content(const struct _xmlNode *node)
{
    return node ? (char *)xmlNodeGetContent(node) : NULL;
}

char *xml_record_attribute(const struct _xmlNode *node, const char *name)
{
    return node ? (char *)xmlGetProp(node, (const xmlChar *)name) : NULL;
}

char *xml_record_child_content(const struct _xmlNode *node, const char *name)
{
    return xml_record_content(xml_record_child(node, name));
}

void xml_record_put(struct record *record, char **field, const struct _xmlNode *node, const char *child)
{
    PITH_AUTO(pith_free_p) char *text = xml_record_child_content(node, child);
    record_string(record, field, text);
}

void xml_record_put_day(int32_t *day, const struct _xmlNode *node, const char *child)
{
    PITH_AUTO(pith_free_p) char *text = xml_record_child_content(node, child);
    record_day(day, text);
}

void xml_record_put_key(struct record *record, const struct _xmlNode *node, const char *child)
{
    PITH_AUTO(pith_free_p) char *text = xml_record_child_content(node, child);
    record_key_string(record, text);
}
