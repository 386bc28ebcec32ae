/* CSL-JSON, and Zotero's own JSON as Better BibTeX writes it. Traps: parts of a date are numbers or strings; titles hold tags of
 * type; the arXiv id may stand in number, note, archive location, "extra" or the journal's name; notes and files are no papers. */
#include "engine/base/dates.h"
#include "engine/sources/extra.h"
#include "engine/sources/json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A string, or the first of a list of them. */
static const char *text_of(const json_t *item, const char *name)
{
    const json_t *value = json_object_get(item, name);
    return json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
}

/* A number, as one or as a string; a month may be a word. */
static int read_part(const json_t *part)
{
    const char *text = json_string_value(part);
    json_int_t number = text                 ? strtol(text, NULL, 10)
                        : json_is_real(part) ? (json_int_t)json_real_value(part)
                                             : json_integer_value(part);
    if (text && !number)
        number = dates_month(text, strlen(text));
    return number > 0 && number < 10000 ? (int)number : 0;
}

/* [2018, 7, 1]; a month past 12 is a season. */
static bool read_parts(const json_t *parts, int32_t *day)
{
    int year = read_part(json_array_get(parts, 0)), month = read_part(json_array_get(parts, 1));
    int date = read_part(json_array_get(parts, 2));
    month = month <= 12 ? month : 0;
    return year && (dates_of(year, month, date, day) || dates_of(year, month, 0, day) || dates_of(year, 0, 0, day));
}

/* {"date-parts": [[2018, 7, 1]]}, {"year": 2018, "month": 7}, "2018-07-01", 2018, [[2018, 7, 1]], or a list of any of them. */
static void read_date(const json_t *date, int32_t *day)
{
    static const char *const words[] = {"literal", "raw", "date-time", "edtf"};
    const json_t *first = json_array_get(date, 0);
    if (json_is_array(first))
        read_parts(first, day);
    else if (json_is_array(date) && !json_is_object(first) && !read_parts(date, day))
        record_day(day, json_string_value(first));
    date = json_is_object(first) ? first : date;
    if (*day != PITH_NO_DAY)
        return;
    if (json_is_integer(date))
        dates_of(read_part(date), 0, 0, day);
    record_day(day, json_string_value(date));
    if (!json_is_object(date))
        return;
    const json_t *parts = json_object_get(date, "date-parts"), *part = json_array_get(parts, 0);
    read_parts(json_is_array(part) ? part : parts, day);
    int year = read_part(json_object_get(date, "year")), month = read_part(json_object_get(date, "month"));
    int number = read_part(json_object_get(date, "day"));
    if (*day == PITH_NO_DAY && year && !dates_of(year, month <= 12 ? month : 0, number, day))
        dates_of(year, 0, 0, day);
    for (size_t i = 0; i < sizeof words / sizeof *words && *day == PITH_NO_DAY; i++)
        json_record_day(day, date, words[i]);
}

/* "van" + "Thread" */
static void put_name(struct record *record, const json_t *name)
{
    const char *family = json_record_string(name, "family"), *particle = json_record_string(name, "non-dropping-particle");
    const char *literal = json_is_string(name) ? json_string_value(name) : json_record_string(name, "literal");
    PITH_AUTO(pith_free_p) char *whole = NULL;
    if (!literal)
        literal = json_record_string(name, "name");
    if (!particle)
        particle = json_record_string(name, "dropping-particle");
    if (family && particle && asprintf(&whole, "%s %s", particle, family) < 0)
        whole = NULL;
    if (!literal && !family)
        literal = json_record_string(name, "given");
    if (family)
        record_name(record, json_record_string(name, "given"), whole ? whole : family, json_record_string(name, "suffix"));
    else
        record_author(record, literal, literal ? strlen(literal) : 0);
}

static void read_csl(const json_t *item, struct record *record)
{
    static const char *const dates[] = {"issued", "published", "published-print", "published-online", "posted"};
    const json_t *authors = json_object_get(item, "author"), *pmid = json_object_get(item, "PMID");
    for (size_t i = 0; i < json_array_size(authors); i++)
        put_name(record, json_array_get(authors, i));
    if (json_is_object(authors))
        put_name(record, authors);
    char number[24] = "";
    record_abstract(record, text_of(item, "abstract"));
    for (size_t i = 0; i < sizeof dates / sizeof *dates && record->paper.published == PITH_NO_DAY; i++)
        read_date(json_object_get(item, dates[i]), &record->paper.published);
    if (json_is_integer(pmid))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(pmid));
    record_key_of_kind(record, "pmid:", json_is_integer(pmid) ? number : json_string_value(pmid));
    static const char *const places[] = {
        "number", "note", "archive_location", "archive-location", "container-title", "call-number", "page", "volume"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        extra_keys(record, text_of(item, places[i]));
    record_categories(record, json_record_string(item, "keyword"), ",;");
}

static void read_creators(const json_t *creators, struct record *record)
{
    for (size_t i = 0; i < json_array_size(creators); i++) {
        const json_t *creator = json_array_get(creators, i);
        const char *type = json_record_string(creator, "creatorType"), *name = json_record_string(creator, "name");
        if (type && strcmp(type, "author") != 0)
            continue;
        record_name(record, json_record_string(creator, "firstName"), json_record_string(creator, "lastName"), NULL);
        record_author(record, name, name ? strlen(name) : 0);
    }
}

static void read_native(const json_t *item, struct record *record)
{
    static const char *const others[] = {"attachment", "note", "annotation"};
    const char *type = json_record_string(item, "itemType");
    const json_t *extra = json_object_get(item, "extra");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        record->skip |= strcmp(type, others[i]) == 0;
    record_abstract(record, text_of(item, "abstractNote"));
    read_creators(json_object_get(item, "creators"), record);
    json_record_day(&record->paper.published, item, "date");
    extra_keys(record, json_string_value(extra));
    for (size_t i = 0; i < json_array_size(extra); i++)
        extra_keys(record, json_string_value(json_array_get(extra, i)));
    extra_keys(record, json_record_string(item, "publicationTitle"));
    extra_keys(record, json_record_string(item, "archiveID"));
    json_record_categories(record, json_object_get(item, "tags"), "tag");
}

static void read_item(const json_t *item, const char *list, struct record *record)
{
    if (json_record_string(json_object_get(item, "data"), "itemType")) /* as Zotero's web API wraps it */
        item = json_object_get(item, "data");
    const char *url = json_record_string(item, "URL"), *type = json_record_string(item, "type");
    (void)list;
    record->paper.part = type &&
                         (strcmp(type, "chapter") == 0 || strcmp(type, "book-chapter") == 0 || strcmp(type, "bookSection") == 0);
    if (!url)
        url = json_record_string(item, "url");
    record_markup(record, &record->paper.title, text_of(item, "title"));
    extra_key(record, text_of(item, "DOI"));
    if (url && !record_key_string(record, url))
        record_string(record, &record->paper.url, url);
    type = json_record_string(item, "itemType");
    record->paper.part |= type && strcmp(type, "bookSection") == 0;
    if (type)
        read_native(item, record);
    else
        read_csl(item, record);
}

/* An item by itself, as doi.org gives it, or Zotero. */
static bool is_one_item(const struct json_members *members)
{
    static const char *const names[] = {"DOI", "issued", "author", "container-title", "citation-key", "URL"};
    bool item = json_members_have(members, "title", 1) && json_members_have(members, "type", 1), told = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !told; i++)
        told = json_members_have(members, names[i], 1);
    return *members->bytes == '{' &&
           ((item && told) || json_members_have(members, "itemType", 1) || json_members_have(members, "itemType", 2));
}

static bool recognise(const struct json_members *members)
{
    bool items = *members->bytes == '[' || json_members_have(members, "items", 1) || json_members_have(members, "references", 1);
    size_t depth = *members->bytes == '[' ? 2 : 3;
    bool crossref = *members->bytes == '{' && json_members_have(members, "message", 1) &&
                    (json_members_have(members, "message-type", 1) || json_members_have(members, "DOI", 2));
    if (crossref || is_one_item(members) || (*members->bytes == '[' && json_members_have(members, "itemType", 3)))
        return true;
    return items && (json_members_have(members, "itemType", depth) || json_members_have(members, "citation-key", depth) ||
                     json_members_have(members, "issued", depth) || json_members_have(members, "container-title", depth) ||
                     (json_members_have(members, "type", depth) && json_members_have(members, "title", depth)));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"items", "references", NULL};
    const struct json_format format = {&source_csl_json, RANK_LIBRARY, .lists = lists, .inside = "message", .read = read_item};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_csl_json = {"csl-json", "CSL-JSON", .recognise_json = recognise, .library = true, .read = read};
