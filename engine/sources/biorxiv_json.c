/* bioRxiv and medRxiv: answers of their API, and dumps of them with one paper a line. Traps: numbers come as strings; "NA" is
 * nothing; the date is this version's; "not found" is a message in a good answer; abstracts hold marks of the typesetter. */
#include "engine/sources/biorxiv.h"
#include "engine/sources/json_record.h"
#include "engine/sources/markup.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void read_authors(const char *text, struct record *record)
{
    PITH_AUTO(pith_free_p) char *plain = NULL;
    if (text && !record->status)
        record->status = markup_plain(text, strlen(text), &plain, &record->error); /* before it is cut: "M&uuml;ller" */
    for (const char *at = plain; at && *at;) {
        size_t length = strcspn(at, ";");
        record_last_first(record, at, length);
        at += length + (at[length] == ';');
    }
}

/* A string, or NULL for "NA". */
static const char *known(const json_t *item, const char *name)
{
    const char *text = json_record_string(item, name);
    return text && strcasecmp(text, "NA") != 0 ? text : NULL;
}

static void read_version(const json_t *item, struct record *record)
{
    const json_t *version = json_object_get(item, "version");
    const char *text = json_string_value(version);
    long number = text ? strtol(text, NULL, 10) : (long)json_integer_value(version);
    if (number < 1 || number > 10000)
        return;
    record->paper.version = (int)number;
    record->paper.announce = number == 1 ? ANNOUNCE_NEW : ANNOUNCE_REPLACE;
}

static void read_message(const json_t *message, struct record *record)
{
    const char *status = json_record_string(message, "status");
    /* A day without posts is said with a message, and is no fault. */
    record->skip = !status || strcmp(status, "ok") == 0 || strcasestr(status, "no posts found") ||
                   strcasestr(status, "no papers found") || strcasestr(status, "no articles found") ||
                   strcasestr(status, "no records found");
    if (!record->skip)
        record_fail(record, "the server answered: %.200s", status);
}

/* Of /pubs: a preprint and the article that it became. */
static void read_publication(const json_t *item, struct record *record)
{
    struct paper *paper = &record->paper;
    const char *category = known(item, "preprint_category");
    static const char *const dois[] = {"biorxiv_doi", "medrxiv_doi", "preprint_doi", "published_doi"};
    for (size_t i = 0; i < sizeof dois / sizeof *dois; i++)
        record_key_string(record, known(item, dois[i]));
    json_record_put(record, &paper->title, item, "preprint_title");
    json_record_put(record, &paper->abstract, item, "preprint_abstract");
    record_drop_heading(paper->abstract);
    read_authors(json_record_string(item, "preprint_authors"), record);
    record_category(record, category, category ? strlen(category) : 0);
    json_record_day(&paper->published, item, "preprint_date");
    record_withdrawn_abstract(record);
}

static void read_item(const json_t *item, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    const char *category = known(item, "category"), *server = known(item, "server"), *type = known(item, "type");
    if (list && strcmp(list, "messages") == 0) {
        read_message(item, record);
        return;
    }
    if (json_record_string(item, "preprint_title")) {
        read_publication(item, record);
        return;
    }
    json_record_key(record, item, "doi");
    const char *doi = paper->keys.count && strncmp(paper->keys.item[0], "doi:", 4) == 0 ? paper->keys.item[0] + 4 : NULL;
    record_key_string(record, known(item, "published")); /* the journal's */
    biorxiv_text(record, &paper->title, json_record_string(item, "title"));
    biorxiv_text(record, &paper->abstract, json_record_string(item, "abstract"));
    record_drop_heading(paper->abstract);
    read_authors(json_record_string(item, "authors"), record);
    record_category(record, category, category ? strlen(category) : 0);
    read_version(item, record);
    json_record_day(paper->version ? &paper->announced : &paper->published, item, "date");
    if (paper->version == 1)
        paper->published = paper->announced;
    char url[PAPER_KEY_SIZE];
    bool whole = server && doi && paper->version &&
                 snprintf(url, sizeof url, "https://www.%.20s.org/content/%.150sv%d", server, doi, paper->version) > 0;
    for (char *at = url; whole && *at; at++) /* "bioRxiv" */
        *at = (char)(at < url + 30 && *at >= 'A' && *at <= 'Z' ? *at | 0x20 : *at);
    record_string(record, &paper->url, whole ? url : NULL);
    paper->withdrawn |= type && (strncasecmp(type, "withdrawn", 9) == 0 || strncasecmp(type, "retract", 7) == 0);
    record_withdrawn_abstract(record);
}

static bool recognise(const struct json_members *members)
{
    if (*members->bytes == '[') /* the collection alone */
        return json_members_have(members, "doi", 2) && json_members_have(members, "jatsxml", 2);
    if (*members->bytes != '{')
        return false;
    bool answer = json_members_have(members, "collection", 1) || json_members_have(members, "messages", 1);
    bool line = json_members_have(members, "doi", 1) && json_members_have(members, "title", 1) &&
                json_members_have(members, "authors", 1) && json_members_have(members, "date", 1);
    return answer || (line && !json_members_have(members, "id", 1));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"messages", "collection", NULL};
    const struct json_format format = {&source_biorxiv_json, RANK_PUBLISHER, .lists = lists, .read = read_item};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_biorxiv_json = {"biorxiv-json", "bioRxiv JSON", .recognise_json = recognise, .read = read};
