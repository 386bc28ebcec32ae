/* PubMed XML. Traps: titles and abstracts hold tags of type and formulas, whose text counts; sections of an abstract are
 * labelled; DOIs of cited papers stand in the same record; dates in many shapes. */
#include "engine/sources/pubmed.h"
#include "engine/sources/xml_record.h"

#include "engine/base/bytes.h"

#include <stdio.h>
#include <string.h>

/* The sections of an abstract, each behind its label; one without a heading is called UNLABELLED. */
static void read_sections(struct record *record, const struct _xmlNode *abstract)
{
    PITH_AUTO(bytes_clear) struct bytes text;
    bytes_init(&text, 2 * PAPER_MAX_RECORD);
    const struct _xmlNode *part = xml_record_child(abstract, "AbstractText");
    for (; part; part = xml_record_next(part, "AbstractText")) {
        PITH_AUTO(pith_free_p) char *label = xml_record_attribute(part, "Label");
        PITH_AUTO(pith_free_p) char *section = xml_record_content(part);
        size_t length = label ? strlen(label) : 0;
        bool labelled = length && strcasecmp(label, "UNLABELLED") != 0;
        length -= labelled && label[length - 1] == ':';
        if (!section || !section[strspn(section, " \t\r\n")])
            continue;
        bytes_put(&text, " ", text.length > 0);
        bytes_put(&text, label, labelled ? length : 0);
        bytes_put(&text, ": ", labelled ? 2 : 0);
        bytes_put(&text, section, strlen(section));
    }
    bytes_put_u8(&text, 0);
    if (bytes_done(&text, NULL))
        record_fail(record, "the abstract is larger than %d bytes", PAPER_MAX_RECORD);
    else
        pubmed_abstract(record, (const char *)text.data);
}

/* In English, else in another language or by another hand. */
static void read_abstract(struct record *record, const struct _xmlNode *citation, const struct _xmlNode *article)
{
    const struct _xmlNode *other = xml_record_child(citation, "OtherAbstract");
    read_sections(record, xml_record_child(article, "Abstract"));
    for (; other && !(record->paper.abstract && *record->paper.abstract); other = xml_record_next(other, "OtherAbstract"))
        read_sections(record, other);
}

static void read_title(struct record *record, const struct _xmlNode *article)
{
    PITH_AUTO(pith_free_p) char *english = xml_record_child_content(article, "ArticleTitle");
    PITH_AUTO(pith_free_p) char *vernacular = xml_record_child_content(article, "VernacularTitle");
    pubmed_title(record, english, vernacular);
    xml_record_put(record, &record->paper.title, xml_record_child(article, "Book"), "BookTitle");
}

static void read_authors(struct record *record, const struct _xmlNode *article)
{
    const struct _xmlNode *author = xml_record_child(xml_record_child(article, "AuthorList"), "Author");
    for (; author; author = xml_record_next(author, "Author")) {
        const char *given = xml_record_child(author, "ForeName") ? "ForeName" : "Initials";
        PITH_AUTO(pith_free_p) char *last = xml_record_child_content(author, "LastName");
        PITH_AUTO(pith_free_p) char *first = xml_record_child_content(author, given);
        PITH_AUTO(pith_free_p) char *suffix = xml_record_child_content(author, "Suffix");
        PITH_AUTO(pith_free_p) char *group = xml_record_child_content(author, "CollectiveName");
        if (last)
            record_name(record, first, last, suffix);
        else
            record_author(record, group, group ? strlen(group) : 0);
    }
}

/* Year, Month, Day as elements, or MedlineDate in words. */
static bool read_date(struct record *record, const struct _xmlNode *date)
{
    PITH_AUTO(pith_free_p) char *year = xml_record_child_content(date, "Year");
    PITH_AUTO(pith_free_p) char *month = xml_record_child_content(date, "Month");
    PITH_AUTO(pith_free_p) char *day = xml_record_child_content(date, "Day");
    PITH_AUTO(pith_free_p) char *words = xml_record_child_content(date, "MedlineDate");
    char text[64];
    snprintf(text, sizeof text, "%.20s %.20s %.10s", year ? year : words ? words : "", month ? month : "", month && day ? day : "");
    record_day(&record->paper.published, text);
    return record->paper.published != PITH_NO_DAY;
}

static void read_dates(struct record *record, const struct _xmlNode *article)
{
    const struct _xmlNode *issue = xml_record_child(xml_record_child(article, "Journal"), "JournalIssue");
    const struct _xmlNode *book = xml_record_child(article, "Book");
    const struct _xmlNode *place[] = {xml_record_child(article, "ArticleDate"), xml_record_child(issue, "PubDate"),
                                      xml_record_child(book, "PubDate")};
    for (size_t i = 0; i < sizeof place / sizeof *place; i++)
        if (place[i] && read_date(record, place[i]))
            return;
}

/* Of this article alone: those of cited papers stand deeper. */
static void read_keys(struct record *record, const struct _xmlNode *article, const struct _xmlNode *data)
{
    const struct _xmlNode *id = xml_record_child(xml_record_child(data, "ArticleIdList"), "ArticleId");
    for (; id; id = xml_record_next(id, "ArticleId")) {
        PITH_AUTO(pith_free_p) char *type = xml_record_attribute(id, "IdType");
        PITH_AUTO(pith_free_p) char *text = xml_record_content(id);
        if (type && text && strcmp(type, "doi") == 0)
            record_key_string(record, text);
    }
    for (id = xml_record_child(article, "ELocationID"); id; id = xml_record_next(id, "ELocationID")) {
        PITH_AUTO(pith_free_p) char *type = xml_record_attribute(id, "EIdType");
        PITH_AUTO(pith_free_p) char *valid = xml_record_attribute(id, "ValidYN");
        PITH_AUTO(pith_free_p) char *text = xml_record_content(id);
        if (type && text && strcmp(type, "doi") == 0 && !(valid && strcmp(valid, "N") == 0))
            record_key_string(record, text);
    }
}

static void read_retraction(struct record *record, const struct _xmlNode *citation, const struct _xmlNode *article)
{
    const struct _xmlNode *note = xml_record_child(xml_record_child(citation, "CommentsCorrectionsList"), "CommentsCorrections");
    for (; note; note = xml_record_next(note, "CommentsCorrections")) {
        PITH_AUTO(pith_free_p) char *type = xml_record_attribute(note, "RefType");
        if (type && strcmp(type, "RetractionIn") == 0)
            record_retracted(record);
    }
    const struct _xmlNode *kind = xml_record_child(xml_record_child(article, "PublicationTypeList"), "PublicationType");
    for (; kind; kind = xml_record_next(kind, "PublicationType")) {
        PITH_AUTO(pith_free_p) char *name = xml_record_content(kind);
        if (name && strcmp(name, "Retracted Publication") == 0)
            record->paper.withdrawn = true;
    }
}

static void read_headings(struct record *record, const struct _xmlNode *citation)
{
    const struct _xmlNode *heading = xml_record_child(xml_record_child(citation, "MeshHeadingList"), "MeshHeading");
    for (; heading; heading = xml_record_next(heading, "MeshHeading")) {
        PITH_AUTO(pith_free_p) char *name = xml_record_child_content(heading, "DescriptorName");
        record_category(record, name, name ? strlen(name) : 0);
    }
    const struct _xmlNode *list = xml_record_child(citation, "KeywordList");
    for (; list; list = xml_record_next(list, "KeywordList"))
        for (const struct _xmlNode *keyword = xml_record_child(list, "Keyword"); keyword;
             keyword = xml_record_next(keyword, "Keyword")) {
            PITH_AUTO(pith_free_p) char *name = xml_record_content(keyword);
            record_category(record, name, name ? strlen(name) : 0);
        }
}

static void read_article(const struct _xmlNode *node, struct record *record)
{
    bool book = xml_record_is(node, "PubmedBookArticle");
    const struct _xmlNode *citation = xml_record_child(node, book ? "BookDocument" : "MedlineCitation");
    const struct _xmlNode *article = book ? citation : xml_record_child(citation, "Article");
    const struct _xmlNode *data = book ? citation : xml_record_child(node, "PubmedData");
    PITH_AUTO(pith_free_p) char *pmid = xml_record_child_content(citation, "PMID");
    if (!article) {
        record_fail(record, "the record holds no article");
        return;
    }
    record->paper.part = book && xml_record_child(article, "ArticleTitle");
    record_key_of_kind(record, "pmid:", pmid);
    read_keys(record, article, data);
    read_title(record, article);
    read_abstract(record, citation, article);
    read_authors(record, article);
    read_dates(record, article);
    read_headings(record, citation);
    read_retraction(record, citation, article);
}

static bool recognise(const char *bytes, size_t length)
{
    return xml_record_root_is(bytes, length, "PubmedArticleSet") || xml_record_root_is(bytes, length, "PubmedArticle") ||
           xml_record_root_is(bytes, length, "PubmedBookArticle");
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"PubmedArticle", "PubmedBookArticle", NULL};
    const struct xml_format format = {&source_pubmed_xml, RANK_PUBLISHER, records, read_article};
    return xml_record_read(bytes, length, &format, context, reterr);
}

const struct source source_pubmed_xml = {"pubmed-xml", "PubMed XML", .recognise = recognise, .read = read};
