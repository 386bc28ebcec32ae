/* Feeds of journals and others, in RSS 2.0, RSS 1.0 and Atom. Traps: anything can stand in one, and most feeds hold no papers; text is HTML
 * in text; the identifier is in any of a dozen places; a name may be one creator or all of them. */
#include "engine/sources/feed.h"

#include "engine/base/dates.h"
#include "engine/sources/arxiv.h"
#include "engine/sources/markup.h"
#include "engine/sources/xml_record.h"
#include "engine/sources/xml_tags.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD = 1 << 16 };

/* ---- whose feed it is ---- */

/* The bytes before the first text of an entry. */
static size_t head_length(const char *bytes, size_t length)
{
    static const char *const texts[] = {"<description", "<summary", "<content", "<dc:description"};
    size_t head = length < HEAD ? length : HEAD;
    const char *entry = memmem(bytes, head, "<item", 5), *other = memmem(bytes, head, "<entry", 6);
    entry = entry ? entry : other;
    for (size_t i = 0; entry && i < sizeof texts / sizeof *texts; i++) {
        const char *text = memmem(entry, (size_t)(bytes + head - entry), texts[i], strlen(texts[i]));
        head = text ? (size_t)(text - bytes) : head;
    }
    return head;
}

bool feed_is_of(const char *bytes, size_t length, const char *base_url)
{
    size_t size = strlen(base_url);
    for (const char *at = bytes, *end = bytes + head_length(bytes, length); at + size <= end; at++)
        if (tolower((unsigned char)*at) == *base_url && strncasecmp(at, base_url, size) == 0)
            return true;
    return false;
}

/* The host of the first link that the head has; "" for none. */
static void find_host(const char *bytes, size_t length, char *host, size_t size)
{
    const char *end = bytes + (length < HEAD ? length : HEAD);
    *host = '\0';
    for (const char *link = bytes; (link = memmem(link, (size_t)(end - link), "link", 4)) != NULL; link += 4) {
        const char *stop = memmem(link, (size_t)(end - link), "</", 2), *limit = memchr(link, '>', (size_t)(end - link));
        if (limit && limit[-1] == '/') /* Atom's is an attribute */
            stop = limit;
        const char *scheme = stop ? memmem(link, (size_t)(stop - link), "://", 3) : NULL;
        size_t used = 0;
        while (scheme && scheme + 3 + used < stop && used < size - 1 &&
               (isalnum((unsigned char)scheme[3 + used]) || strchr(".-", scheme[3 + used])))
            used++;
        if (used && memmem(scheme + 3, used, ".", 1)) {
            snprintf(host, size, "%.*s", (int)used, scheme + 3);
            return;
        }
    }
}

static void name(const char *bytes, size_t length, char *title, size_t size)
{
    char host[128];
    bool atom = xml_record_root_is(bytes, length, "feed") || xml_record_root_is(bytes, length, "entry");
    find_host(bytes, length, host, sizeof host);
    snprintf(title, size, "%s feed%s%s", atom ? "Atom" : "RSS", *host ? " of " : "", host);
}

/* ---- an entry ---- */

/* Text that may be HTML as text. malloc'ed; NULL for none. */
static char *plain_text(const char *text)
{
    char *plain = NULL;
    struct pith_error ignored;
    return !text || markup_plain(text, strlen(text), &plain, &ignored) ? NULL : plain;
}

/* Identifiers, in all places that feeds have for them. */
static void read_keys(struct record *record, const struct _xmlNode *entry)
{
    static const char *const places[] = {"identifier", "doi", "DOI", "guid", "id", "url", "origLink", "link"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (const struct _xmlNode *node = xml_record_child(entry, places[i]); node; node = xml_record_next(node, places[i])) {
            PITH_AUTO(pith_free_p) char *text = xml_record_content(node);
            PITH_AUTO(pith_free_p) char *address = xml_record_attribute(node, "href");
            record_key_string(record, address ? address : text);
        }
}

static void read_authors(struct record *record, const struct _xmlNode *entry)
{
    const struct _xmlNode *creator = xml_record_child(entry, "creator"), *author = xml_record_child(entry, "author");
    bool several = creator && xml_record_next(creator, "creator");
    for (; creator; creator = xml_record_next(creator, "creator")) {
        PITH_AUTO(pith_free_p) char *raw = xml_record_content(creator);
        PITH_AUTO(pith_free_p) char *text = plain_text(raw);
        if (!text)
            continue;
        if (several)
            record_last_first(record, text, strlen(text));
        else if (strchr(text, ';'))
            for (const char *at = text; *at; at += strcspn(at, ";"), at += *at == ';')
                record_last_first(record, at, strcspn(at, ";"));
        else
            arxiv_authors(record, text);
    }
    for (bool none = record->paper.authors.count == 0; none && author; author = xml_record_next(author, "author")) {
        PITH_AUTO(pith_free_p) char *named = xml_record_child_content(author, "name");
        PITH_AUTO(pith_free_p) char *text = named ? NULL : xml_record_content(author); /* "mail@example.org (Name)" */
        char *open = text ? strchr(text, '(') : NULL, *close = open ? strrchr(open, ')') : NULL;
        if (close)
            record_author(record, open + 1, (size_t)(close - open - 1));
        else if (named || (text && !strchr(text, '@')))
            arxiv_authors(record, named ? named : text);
    }
}

/* The longest of what stands for the abstract, without what publishers put around it. */
static void read_abstract(struct record *record, const struct _xmlNode *entry)
{
    static const char *const places[] = {"encoded", "description", "summary", "content", "abstract"};
    PITH_AUTO(pith_free_p) char *longest = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        PITH_AUTO(pith_free_p) char *raw = xml_record_child_content(entry, places[i]);
        PITH_AUTO(pith_free_p) char *text = plain_text(raw);
        if (text && (!longest || strlen(text) > strlen(longest))) {
            char *shorter = longest;
            longest = PITH_TAKE(text);
            text = shorter;
        }
    }
    char *tail = longest ? strstr(longest, "PMID:") : NULL; /* PubMed's own line */
    if (tail && isdigit((unsigned char)tail[5 + strspn(tail + 5, " ")]))
        *tail = '\0';
    arxiv_description(record, longest);
    record_drop_heading(record->paper.abstract);
}

static void read_days(struct record *record, const struct _xmlNode *entry)
{
    struct paper *paper = &record->paper;
    static const char *const out[] = {"publicationDate", "coverDate", "published", "date", "pubDate", "issued"}, *const told[] = {
                                                                                                                     "pubDate",
                                                                                                                     "date",
                                                                                                                     "published",
                                                                                                                     "updated"};
    for (size_t i = 0; i < sizeof out / sizeof *out && paper->published == PITH_NO_DAY; i++)
        xml_record_put_day(&paper->published, entry, out[i]);
    for (size_t i = 0; i < sizeof told / sizeof *told && paper->announced == PITH_NO_DAY; i++)
        xml_record_put_day(&paper->announced, entry, told[i]);
}

static void read_categories(struct record *record, const struct _xmlNode *entry)
{
    static const char *const places[] = {"category", "subject", "section"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (const struct _xmlNode *node = xml_record_child(entry, places[i]); node; node = xml_record_next(node, places[i])) {
            PITH_AUTO(pith_free_p) char *term = xml_record_attribute(node, "term");
            PITH_AUTO(pith_free_p) char *text = xml_record_content(node);
            record_category(record, term ? term : text, strlen(term ? term : text ? text : ""));
        }
}

static void read_link(struct record *record, const struct _xmlNode *entry)
{
    const struct _xmlNode *link = xml_record_child(entry, "link");
    PITH_AUTO(pith_free_p) char *address = xml_record_attribute(link, "href");
    PITH_AUTO(pith_free_p) char *text = xml_record_content(link);
    const char *url = address ? address : text ? text + strspn(text, " \t\r\n") : "";
    if (strncasecmp(url, "http", 4) == 0)
        record_string(record, &record->paper.url, url);
}

/* What a journal says of an article and a blog does not: PRISM's names, or a place where nothing but papers stands. */
static bool is_of_journal(const struct _xmlNode *entry, const char *url)
{
    static const char *const names[] = {"publicationName", "issn", "eIssn", "startingPage", "volume"};
    static const char *const hosts[] = {"jmlr.org/papers",
                                        "proceedings.mlr.press/",
                                        "aclanthology.org/",
                                        "openaccess.thecvf.com/",
                                        "papers.nips.cc/",
                                        "papers.neurips.cc/",
                                        "ieeexplore.ieee.org/document",
                                        "dl.acm.org/doi",
                                        "sciencedirect.com/science/article",
                                        "hal.science/",
                                        "eprint.iacr.org/",
                                        "nature.com/articles"};
    bool told = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        told |= xml_record_child(entry, names[i]) != NULL;
    for (size_t i = 0; url && i < sizeof hosts / sizeof *hosts; i++)
        told |= strstr(url, hosts[i]) != NULL;
    return told;
}

static void read_entry(const struct _xmlNode *entry, struct record *record)
{
    struct paper *paper = &record->paper;
    PITH_AUTO(pith_free_p) char *raw = xml_record_child_content(entry, "title");
    PITH_AUTO(pith_free_p) char *title = plain_text(raw);
    read_keys(record, entry);
    read_link(record, entry);
    if (!paper->keys.count && !is_of_journal(entry, paper->url)) {
        record_fail(record, "the entry names no paper: no DOI, no identifier of arXiv or PubMed, no journal");
        return;
    }
    record_string(record, &paper->title, title);
    read_abstract(record, entry);
    read_authors(record, entry);
    read_days(record, entry);
    read_categories(record, entry);
    record_withdrawn_abstract(record);
}

/* ---- the whole ---- */

struct counting { /* the context, as the entries see it */
    const struct source_context *whole;
    size_t papers, problems;
};

static enum pith_status count_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct counting *counting = user;
    counting->papers++;
    return counting->whole->paper(counting->whole->user, paper, reterr);
}

static void count_problem(void *user, size_t line, const char *reason)
{
    struct counting *counting = user;
    counting->problems++;
    counting->whole->problem(counting->whole->user, line, reason);
}

static void tell_progress(void *user, size_t done, size_t all)
{
    const struct source_context *whole = ((struct counting *)user)->whole;
    if (whole->progress)
        whole->progress(whole->user, done, all);
}

static bool recognise(const char *bytes, size_t length)
{
    static const char space[] = "http://purl.org/rss/1.0/\"";
    return xml_record_root_is(bytes, length, "rss") || xml_record_root_is(bytes, length, "feed") ||
           xml_record_root_is(bytes, length, "entry") ||
           (xml_record_root_is(bytes, length, "RDF") && memmem(bytes, length < 4096 ? length : 4096, space, strlen(space)));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const records[] = {"item", "entry", NULL};
    const struct xml_format format = {&source_feed, RANK_RENDERING, records, read_entry};
    struct counting counting = {.whole = context};
    const struct source_context counted = {context->today, count_paper, count_problem, tell_progress, .user = &counting};
    char title[SOURCES_TITLE];
    enum pith_status status = xml_record_read(bytes, length, &format, &counted, reterr);
    if (status || counting.papers || !counting.problems)
        return status;
    name(bytes, length, title, sizeof title);
    return pith_fail(reterr, PITH_INPUT,
                     "%s: none of its %zu entries names a paper, by a DOI, an identifier of arXiv or PubMed, or its journal", title,
                     counting.problems);
}

const struct source source_feed = {"feed", "RSS or Atom feed", .recognise = recognise, .read = read, .name_of = name};
