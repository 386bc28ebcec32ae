/* arXiv's daily feed in RSS 2.0. Traps: identifier, type and abstract stand in one description; creators are one string, with
 * affiliations in parentheses; an empty channel is a day without papers, but one titled "Feed error" is not. */
#include "engine/sources/arxiv.h"
#include "engine/sources/feed.h"
#include "engine/sources/xml_record.h"

#include <string.h>

static void read_item(const struct _xmlNode *item, struct record *record)
{
    struct paper *paper = &record->paper;
    PITH_AUTO(pith_free_p) char *type = xml_record_child_content(item, "announce_type");
    PITH_AUTO(pith_free_p) char *description = xml_record_child_content(item, "description");
    PITH_AUTO(pith_free_p) char *creator = xml_record_child_content(item, "creator");
    PITH_AUTO(pith_free_p) char *link = xml_record_child_content(item, "link");
    xml_record_put(record, &paper->title, item, "title");
    xml_record_put_key(record, item, "guid");
    if (!record_key_string(record, link) && !paper->keys.count)
        record_string(record, &paper->url, link);
    if (type)
        paper->announce = arxiv_announce(type, strlen(type));
    arxiv_description(record, description);
    arxiv_authors(record, creator);
    xml_record_put_key(record, item, "DOI");
    xml_record_put_day(&paper->announced, item, "pubDate");
    const struct _xmlNode *category = xml_record_child(item, "category");
    for (; category; category = xml_record_next(category, "category")) {
        PITH_AUTO(pith_free_p) char *term = xml_record_content(category);
        record_category(record, term, term ? strlen(term) : 0);
    }
    record_withdrawn_abstract(record);
}

static bool recognise(const char *bytes, size_t length)
{
    return xml_record_root_is(bytes, length, "rss") && feed_is_of(bytes, length, "arxiv.org");
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"item", NULL};
    static const char error[] = "<title>Feed error for query";
    const struct xml_format format = {&source_arxiv_rss, RANK_PUBLISHER, records, read_item};
    if (memmem(bytes, length < 4096 ? length : 4096, error, strlen(error)))
        return pith_fail(reterr, PITH_INPUT, "arXiv answered with an error instead of a feed: is the category right?");
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_arxiv_rss = {"arxiv-rss", "arXiv RSS", .recognise = recognise, .read = read};
