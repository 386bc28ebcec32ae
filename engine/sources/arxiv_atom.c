/* arXiv in Atom: answers of its API, and the daily feed. Traps: children in any order; an error is an entry with "/api/errors"
 * in its id; "published" is the submission in one and the announcement in the other; a title may be "0". */
#include "engine/sources/arxiv.h"
#include "engine/sources/arxiv_days.h"
#include "engine/sources/feed.h"
#include "engine/sources/xml_record.h"

#include <string.h>

static void read_authors(struct record *record, const struct _xmlNode *entry)
{
    for (const struct _xmlNode *author = xml_record_child(entry, "author"); author; author = xml_record_next(author, "author")) {
        PITH_AUTO(pith_free_p) char *name = xml_record_child_content(author, "name");
        record_author(record, name, name ? strlen(name) : 0);
    }
    PITH_AUTO(pith_free_p) char *creator = xml_record_child_content(entry, "creator"); /* the daily feed: one string */
    if (!record->paper.authors.count)
        arxiv_authors(record, creator);
}

static void read_categories(struct record *record, const struct _xmlNode *entry)
{
    PITH_AUTO(pith_free_p) char *primary = xml_record_attribute(xml_record_child(entry, "primary_category"), "term");
    arxiv_category(record, primary);
    const struct _xmlNode *category = xml_record_child(entry, "category");
    for (; category; category = xml_record_next(category, "category")) {
        PITH_AUTO(pith_free_p) char *term = xml_record_attribute(category, "term");
        arxiv_category(record, term);
    }
}

static void read_links(struct record *record, const struct _xmlNode *entry, bool known)
{
    for (const struct _xmlNode *link = xml_record_child(entry, "link"); link && !known; link = xml_record_next(link, "link")) {
        PITH_AUTO(pith_free_p) char *address = xml_record_attribute(link, "href");
        known = record_key_string(record, address);
        record_string(record, &record->paper.url, address);
    }
}

/* The daily feed gives the day of the announcement, the API the days of the first and of this version. */
static void read_days(struct record *record, const struct _xmlNode *entry, bool daily)
{
    struct paper *paper = &record->paper;
    xml_record_put_day(daily ? &paper->announced : &paper->published, entry, "published");
    if (daily)
        return;
    PITH_AUTO(pith_free_p) char *first = xml_record_child_content(entry, "published");
    PITH_AUTO(pith_free_p) char *present = xml_record_child_content(entry, "updated");
    record_day(&paper->updated, present);
    arxiv_list_versions(record, first, present);
}

static void read_announcement(struct record *record, const struct _xmlNode *entry)
{
    PITH_AUTO(pith_free_p) char *type = xml_record_child_content(entry, "announce_type");
    PITH_AUTO(pith_free_p) char *summary = xml_record_child_content(entry, "summary");
    if (type)
        record->paper.announce = arxiv_announce(type, strlen(type));
    arxiv_description(record, summary);
}

static void read_entry(const struct _xmlNode *entry, struct record *record)
{
    PITH_AUTO(pith_free_p) char *id = xml_record_child_content(entry, "id");
    PITH_AUTO(pith_free_p) char *comment = xml_record_child_content(entry, "comment");
    if (id && strstr(id, "/api/errors")) {
        PITH_AUTO(pith_free_p) char *reason = xml_record_child_content(entry, "summary");
        record_fail(record, "arXiv answered with an error: %.200s", reason ? reason : "");
        return;
    }
    bool known = record_key_string(record, id);
    bool daily = xml_record_child(entry, "announce_type") || (id && strstr(id, "oai:arXiv.org:"));
    read_links(record, entry, known);
    read_announcement(record, entry);
    read_days(record, entry, daily);
    if (!record->paper.keys.count && !xml_record_child(entry, "published"))
        record_fail(record, "the entry has neither an identifier nor a date");
    xml_record_put(record, &record->paper.title, entry, "title");
    read_authors(record, entry);
    read_categories(record, entry);
    xml_record_put_key(record, entry, "doi");
    xml_record_put_key(record, entry, "DOI");
    record_withdrawn_comment(record, comment);
    record_withdrawn_abstract(record);
}

static bool recognise(const char *bytes, size_t length)
{
    return (xml_record_root_is(bytes, length, "feed") || xml_record_root_is(bytes, length, "entry")) &&
           (feed_is_of(bytes, length, "arxiv.org") || feed_is_of(bytes, length, "arxiv query"));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"entry", NULL};
    const struct xml_format format = {&source_arxiv_atom, RANK_PUBLISHER, records, read_entry};
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_arxiv_atom = {"arxiv-atom", "arXiv Atom", .recognise = recognise, .read = read};
