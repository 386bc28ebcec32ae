/* Zotero RDF. Traps: an item is any child of the root but attachments, notes and collections; the journal inside it has a title
 * of its own; identifiers are words ("DOI 10…") or nested; arXiv ids hide in "Extra". */
#include "engine/sources/extra.h"
#include "engine/sources/xml_record.h"

#include <string.h>

static void read_authors(struct record *record, const struct _xmlNode *item)
{
    const struct _xmlNode *list = xml_record_child(xml_record_child(item, "authors"), "Seq");
    for (const struct _xmlNode *entry = xml_record_child(list, "li"); entry; entry = xml_record_next(entry, "li")) {
        const struct _xmlNode *person = xml_record_child(entry, "Person");
        PITH_AUTO(pith_free_p) char *last = xml_record_child_content(person, "surname");
        const char *given = xml_record_child(person, "givenName") ? "givenName" : "givenname";
        PITH_AUTO(pith_free_p) char *first = xml_record_child_content(person, given);
        record_name(record, first, last, NULL);
    }
}

static void read_identifiers(struct record *record, const struct _xmlNode *item)
{
    for (const struct _xmlNode *id = xml_record_child(item, "identifier"); id; id = xml_record_next(id, "identifier")) {
        PITH_AUTO(pith_free_p) char *text = xml_record_content(id); /* of dcterms:URI too */
        extra_key(record, text);
        if (text && xml_record_child(id, "URI"))
            record_string(record, &record->paper.url, text);
    }
    const struct _xmlNode *journal = xml_record_child(xml_record_child(item, "isPartOf"), "Journal");
    PITH_AUTO(pith_free_p) char *extra = xml_record_child_content(item, "description");
    PITH_AUTO(pith_free_p) char *journal_title = xml_record_child_content(journal, "title");
    const struct _xmlNode *id = xml_record_child(journal, "identifier");
    extra_keys(record, extra);
    extra_keys(record, journal_title);
    for (; id; id = xml_record_next(id, "identifier")) {
        PITH_AUTO(pith_free_p) char *text = xml_record_content(id);
        if (text && strncmp(text + strspn(text, " \t\r\n"), "DOI ", 4) == 0)
            extra_key(record, text);
    }
}

static bool is_no_paper(const struct _xmlNode *item)
{
    static const char *const others[] = {"Attachment", "Memo", "Collection", "Journal", "Series", "UserItem"};
    PITH_AUTO(pith_free_p) char *type = xml_record_child_content(item, "itemType");
    bool other = type && (strcmp(type, "attachment") == 0 || strcmp(type, "note") == 0);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        other |= xml_record_is(item, others[i]);
    return other;
}

static void read_item(const struct _xmlNode *item, struct record *record)
{
    struct paper *paper = &record->paper;
    if (is_no_paper(item)) {
        record->skip = true;
        return;
    }
    PITH_AUTO(pith_free_p) char *type = xml_record_child_content(item, "itemType");
    paper->part = xml_record_is(item, "BookSection") || (type && strcmp(type, "bookSection") == 0);
    PITH_AUTO(pith_free_p) char *title = xml_record_child_content(item, "title");
    PITH_AUTO(pith_free_p) char *abstract = xml_record_child_content(item, "abstract");
    record_markup(record, &paper->title, title);
    record_markup(record, &paper->abstract, abstract);
    xml_record_put_day(&paper->published, item, "date");
    read_authors(record, item);
    read_identifiers(record, item);
    const struct _xmlNode *subject = xml_record_child(item, "subject");
    for (; subject; subject = xml_record_next(subject, "subject")) {
        PITH_AUTO(pith_free_p) char *text = xml_record_content(subject);
        record_category(record, text, text ? strlen(text) : 0);
    }
}

static bool recognise(const char *bytes, size_t length)
{
    static const char space[] = "http://www.zotero.org/namespaces/export#", biblio[] = "http://purl.org/net/biblio#";
    size_t beginning = length < 4096 ? length : 4096;
    return xml_record_root_is(bytes, length, "RDF") &&
           (memmem(bytes, beginning, space, strlen(space)) || memmem(bytes, beginning, biblio, strlen(biblio)));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    const struct xml_format format = {&source_zotero_rdf, RANK_LIBRARY, NULL, read_item};
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_zotero_rdf = {"zotero-rdf", "Zotero RDF", .recognise = recognise, .library = true, .read = read};
