/* bioRxiv and medRxiv feeds in RSS 1.0. Traps: commas stand between authors and within a name ("Kukla, D., Crampton, A."); the
 * version is in the link alone; text is full of blanks; arXiv's own feeds of before 2024 look alike. */
#include "engine/sources/biorxiv.h"
#include "engine/sources/feed.h"
#include "engine/sources/xml_record.h"

#include <string.h>

/* "D.", "J. -P.": initials belong to the name before. */
static bool is_initials(const char *text, size_t length)
{
    bool capital = false;
    for (size_t i = 0; i < length; i++) {
        if (!memchr(" .-\t\r\n", text[i], 6) && !(text[i] >= 'A' && text[i] <= 'Z'))
            return false;
        capital |= text[i] >= 'A' && text[i] <= 'Z';
    }
    return capital && memchr(text, '.', length);
}

static void read_authors(struct record *record, const char *text)
{
    while (text && *text) {
        size_t name = strcspn(text, ","), whole = name;
        if (text[name] == ',') {
            size_t next = strcspn(text + name + 1, ",");
            if (is_initials(text + name + 1, next))
                whole = name + 1 + next;
        }
        record_last_first(record, text, whole);
        text += whole + (text[whole] == ',');
    }
}

/* "…/857789v1?rss=1" */
static int version_in(const char *link)
{
    const char *mark = link ? strrchr(link, 'v') : NULL;
    size_t digits = mark ? strspn(mark + 1, "0123456789") : 0;
    return digits == 1 && (mark[2] == '?' || !mark[2] || mark[2] == '\n') ? mark[1] - '0' : 0;
}

static void read_item(const struct _xmlNode *item, struct record *record)
{
    struct paper *paper = &record->paper;
    PITH_AUTO(pith_free_p) char *creator = xml_record_child_content(item, "creator");
    PITH_AUTO(pith_free_p) char *title = xml_record_child_content(item, "title");
    PITH_AUTO(pith_free_p) char *description = xml_record_child_content(item, "description");
    PITH_AUTO(pith_free_p) char *link = xml_record_child_content(item, "link");
    PITH_AUTO(pith_free_p) char *section = xml_record_child_content(item, "section");
    if (link && strstr(link, "arxiv.org/")) {
        record_fail(record, "an item of arXiv's feed of before 2024, which is not read: take today's feed, or its OAI-PMH page");
        return;
    }
    xml_record_put_key(record, item, "identifier");
    biorxiv_text(record, &paper->title, title);
    biorxiv_text(record, &paper->abstract, description);
    record_drop_heading(paper->abstract);
    xml_record_put_day(&paper->announced, item, "date");
    if (!record_key_string(record, link) && !paper->keys.count)
        record_string(record, &paper->url, link);
    paper->version = version_in(link);
    paper->announce = paper->version > 1 ? ANNOUNCE_REPLACE : paper->version ? ANNOUNCE_NEW : ANNOUNCE_UNKNOWN;
    read_authors(record, creator);
    record_category(record, section, section ? strlen(section) : 0);
    record_withdrawn_abstract(record);
}

static bool recognise(const char *bytes, size_t length)
{
    static const char space[] = "http://purl.org/rss/1.0/\"";
    /* arXiv's feed of before 2024 is told here what it is */
    return xml_record_root_is(bytes, length, "RDF") && feed_is_of(bytes, length, "rxiv.org") &&
           memmem(bytes, length < 4096 ? length : 4096, space, strlen(space));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"item", NULL};
    const struct xml_format format = {&source_biorxiv_rss, RANK_PUBLISHER, records, read_item};
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_biorxiv_rss = {"biorxiv-rss", "bioRxiv RSS", .recognise = recognise, .read = read};
