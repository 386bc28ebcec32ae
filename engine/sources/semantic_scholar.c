/* Semantic Scholar's answers: one paper, a list, a search. Traps: a batch has null for what was not found; almost every member may
 * be null; identifiers are strings or numbers; an error is an object too. */
#include "engine/sources/json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void read_keys(const json_t *ids, struct record *record)
{
    const json_t *pmid = json_object_get(ids, "PubMed");
    char number[32];
    json_record_key(record, ids, "ArXiv");
    json_record_key(record, ids, "DOI");
    if (json_is_integer(pmid)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(pmid));
        record_key_of_kind(record, "pmid:", number);
    } else {
        record_key_of_kind(record, "pmid:", json_string_value(pmid));
    }
}

static void read_paper(const json_t *item, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    static const char *const inner[] = {"citedPaper", "citingPaper", "paper"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++) /* of a list of references, of citations, of snippets */
        if (json_is_object(json_object_get(item, inner[i])))
            item = json_object_get(item, inner[i]);
    const json_t *year = json_object_get(item, "year");
    const json_t *fields = json_object_get(item, "s2FieldsOfStudy");
    char first[32];
    (void)list;
    read_keys(json_object_get(item, "externalIds"), record);
    record_key_of_kind(record, "s2:", json_record_string(item, "paperId"));
    json_record_put(record, &paper->title, item, "title");
    json_record_put(record, &paper->abstract, item, "abstract");
    json_record_authors(record, json_object_get(item, "authors"), "name");
    record_day(&paper->published, json_string_value(year));
    if (json_is_integer(year)) {
        snprintf(first, sizeof first, "%lld", (long long)json_integer_value(year));
        record_day(&paper->published, first);
    }
    json_record_day(&paper->published, item, "publicationDate");
    paper->citations = json_record_count(item, "citationCount");
    json_record_categories(record, json_object_get(item, "fieldsOfStudy"), NULL);
    json_record_categories(record, fields, "category");
    record_string(record, &paper->url, json_record_string(item, "url"));
    json_record_link(record, &paper->pdf, json_object_get(item, "openAccessPdf"), "url");
    record_drop_heading(paper->abstract);
    record_withdrawn_abstract(record);
}

static bool is_error(const struct json_members *members)
{
    return *members->bytes == '{' && !json_members_have(members, "title", 1) &&
           (json_members_have(members, "error", 1) ||
            (json_members_have(members, "message", 1) && json_members_have(members, "code", 1)));
}

static enum pith_status fail_with_error(const char *bytes, size_t length, struct pith_error *reterr)
{
    json_t *answer = json_loadb(bytes, length < PAPER_MAX_RECORD ? length : PAPER_MAX_RECORD, 0, NULL);
    const char *error = json_record_string(answer, "error"), *message = json_record_string(answer, "message");
    const char *reason = message ? message : error ? error : "without a word";
    enum pith_status status = pith_fail(reterr, PITH_INPUT, "the file is no listing but a server's error: %s", reason);
    json_decref(answer);
    return status;
}

static bool recognise(const struct json_members *members)
{
    bool search = *members->bytes == '{' && json_members_have(members, "data", 1) && json_members_have(members, "total", 1);
    for (size_t depth = 1; depth <= 4; depth++)
        if (json_members_have(members, "paperId", depth))
            return true;
    bool list = json_members_have(members, "citedPaper", 3) || json_members_have(members, "citingPaper", 3);
    bool snippets = json_members_have(members, "snippet", 3) && json_members_have(members, "paper", 3);
    if (list || snippets)
        return true;
    return search || is_error(members);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"data", "recommendedPapers", "papers", NULL};
    const struct json_format format = {&source_semantic_scholar, RANK_AGGREGATOR, .lists = lists, .read = read_paper};
    struct json_members members;
    json_members_look(bytes, length, &members);
    if (length && is_error(&members))
        return fail_with_error(bytes, length, reterr);
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_semantic_scholar = {"semantic-scholar", "Semantic Scholar JSON", .recognise_json = recognise,
                                               .read = read};
