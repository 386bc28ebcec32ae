/* The arXiv snapshot, JSON Lines as Kaggle and others pass it on. Traps: any member may be null; text is wrapped; ids may have lost
 * a zero on their way through a spreadsheet, and are then no ids; nothing but the text says withdrawn. */
#include "engine/sources/arxiv.h"
#include "engine/sources/arxiv_days.h"
#include "engine/sources/json_record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void read_authors(const json_t *line, struct record *record)
{
    const json_t *parsed = json_object_get(line, "authors_parsed");
    for (size_t i = 0; i < json_array_size(parsed); i++) {
        const json_t *name = json_array_get(parsed, i); /* last, first, suffix, affiliation */
        record_name(record, json_string_value(json_array_get(name, 1)), json_string_value(json_array_get(name, 0)),
                    json_string_value(json_array_get(name, 2)));
    }
    if (!record->paper.authors.count)
        arxiv_authors(record, json_record_string(line, "authors"));
}

static void read_versions(const json_t *versions, struct record *record)
{
    struct paper *paper = &record->paper;
    const char *first = NULL, *present = NULL;
    for (size_t i = 0; i < json_array_size(versions); i++) {
        const json_t *version = json_array_get(versions, i);
        const char *name = json_record_string(version, "version");
        long number = name && *name == 'v' ? strtol(name + 1, NULL, 10) : 0;
        if (number == 1)
            record_day(&paper->published, first = json_record_string(version, "created"));
        if (number <= paper->version || number > 10000)
            continue;
        paper->version = (int)number;
        record_day(&paper->updated, present = json_record_string(version, "created"));
    }
    arxiv_list_versions(record, first, present);
}

static void read_line(const json_t *line, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    (void)list;
    json_record_key(record, line, "id");
    json_record_key(record, line, "doi");
    json_record_put(record, &paper->title, line, "title");
    json_record_put(record, &paper->abstract, line, "abstract");
    record_categories(record, json_record_string(line, "categories"), " \t\n");
    read_authors(line, record);
    read_versions(json_object_get(line, "versions"), record);
    record_withdrawn_comment(record, json_record_string(line, "comments"));
    record_withdrawn_abstract(record);
}

static bool recognise(const struct json_members *members)
{
    return *members->bytes == '{' && json_members_have(members, "id", 1) &&
           (json_members_have(members, "authors_parsed", 1) || json_members_have(members, "update_date", 1));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    const struct json_format format = {&source_arxiv_snapshot, RANK_PUBLISHER, .lists = NULL, .read = read_line};
    return json_record_read_lines(bytes, length, &format, context, reterr);
}

const struct source source_arxiv_snapshot = {"arxiv-snapshot", "arXiv snapshot", .recognise_json = recognise, .lines = true,
                                             .read = read};
