/* arXiv's OAI-PMH pages, arXivRaw and arXiv. Traps: versions in any order; wrapped text; a source type with "I" in it says
 * withdrawn; groups stand among authors as ":" or in pieces; a page can be an error, and "no records" is none. */
#include "engine/sources/arxiv.h"
#include "engine/sources/arxiv_days.h"
#include "engine/sources/xml_record.h"

#include <stdlib.h>
#include <string.h>

static void put_date(int32_t *day, char **text, const struct _xmlNode *version)
{
    free(*text);
    *text = xml_record_child_content(version, "date");
    record_day(day, *text);
}

/* The first version's day is when it was published, the last one's when it was updated. */
static void read_versions(struct record *record, const struct _xmlNode *metadata)
{
    struct paper *paper = &record->paper;
    const struct _xmlNode *version = xml_record_child(metadata, "version");
    PITH_AUTO(pith_free_p) char *first = xml_record_child_content(metadata, "created");
    PITH_AUTO(pith_free_p) char *present = xml_record_child_content(metadata, "updated");
    for (; version; version = xml_record_next(version, "version")) {
        PITH_AUTO(pith_free_p) char *name = xml_record_attribute(version, "version");
        PITH_AUTO(pith_free_p) char *type = xml_record_child_content(version, "source_type");
        long number = name && *name == 'v' ? strtol(name + 1, NULL, 10) : 0;
        if (number == 1)
            put_date(&paper->published, &first, version);
        if (number <= paper->version || number > 10000)
            continue;
        paper->version = (int)number;
        put_date(&paper->updated, &present, version);
        paper->withdrawn = type && strchr(type, 'I');
    }
    arxiv_list_versions(record, first, present);
}

static void read_author_list(struct record *record, const struct _xmlNode *authors)
{
    for (const struct _xmlNode *author = xml_record_child(authors, "author"); author; author = xml_record_next(author, "author")) {
        PITH_AUTO(pith_free_p) char *last = xml_record_child_content(author, "keyname");
        PITH_AUTO(pith_free_p) char *first = xml_record_child_content(author, "forenames");
        PITH_AUTO(pith_free_p) char *suffix = xml_record_child_content(author, "suffix");
        record_name(record, first, last, suffix);
    }
}

static void read_metadata(struct record *record, const struct _xmlNode *metadata)
{
    struct paper *paper = &record->paper;
    const struct _xmlNode *authors = xml_record_child(metadata, "authors");
    PITH_AUTO(pith_free_p) char *categories = xml_record_child_content(metadata, "categories");
    PITH_AUTO(pith_free_p) char *comments = xml_record_child_content(metadata, "comments");
    PITH_AUTO(pith_free_p) char *names = xml_record_content(authors);
    xml_record_put_key(record, metadata, "id");
    xml_record_put_key(record, metadata, "doi");
    xml_record_put(record, &paper->title, metadata, "title");
    xml_record_put(record, &paper->abstract, metadata, "abstract");
    record_categories(record, categories, " \t\r\n");
    if (xml_record_child(authors, "author"))
        read_author_list(record, authors);
    else
        arxiv_authors(record, names);
    xml_record_put_day(&paper->published, metadata, "created");
    xml_record_put_day(&paper->updated, metadata, "updated");
    read_versions(record, metadata);
    record_withdrawn_comment(record, comments);
    record_withdrawn_abstract(record);
}

static void read_error(struct record *record, const struct _xmlNode *error)
{
    PITH_AUTO(pith_free_p) char *code = xml_record_attribute(error, "code");
    PITH_AUTO(pith_free_p) char *text = xml_record_content(error);
    record->skip = code && strcmp(code, "noRecordsMatch") == 0;
    if (!record->skip)
        record_fail(record, "arXiv answered %.40s: %.200s", code ? code : "with an error", text ? text : "");
}

static void read_record(const struct _xmlNode *node, struct record *record)
{
    const struct _xmlNode *header = xml_record_child(node, "header"), *metadata = xml_record_child(node, "metadata");
    if (xml_record_is(node, "error")) {
        read_error(record, node);
        return;
    }
    PITH_AUTO(pith_free_p) char *gone = xml_record_attribute(header, "status");
    const struct _xmlNode *raw = xml_record_child(metadata, "arXivRaw");
    const struct _xmlNode *fields = raw ? raw : xml_record_child(metadata, "arXiv");
    if (fields)
        read_metadata(record, fields);
    else if (metadata)
        record_fail(record, "the record is neither arXivRaw nor arXiv: ask for one of these as metadataPrefix");
    else
        record->skip = header || (gone && strcmp(gone, "deleted") == 0);
}

static bool recognise(const char *bytes, size_t length)
{
    return xml_record_root_is(bytes, length, "OAI-PMH");
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"record", "error", NULL};
    const struct xml_format format = {&source_arxiv_oai, RANK_PUBLISHER, records, read_record};
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_arxiv_oai = {"arxiv-oai", "arXiv OAI-PMH", .recognise = recognise, .read = read};
