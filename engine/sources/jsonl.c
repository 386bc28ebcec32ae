/* JSON Lines: {"id","title","abstract","authors":[],"categories":[],"organisations":[],"date":"YYYY-MM-DD","url","pdf","code","project"}, one
 * paper a line. */
#include "engine/sources/json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* An object on the first line that holds a "title" or an "abstract". */
static bool recognise(const char *bytes, size_t length)
{
    const char *stop = memchr(bytes, '\n', length);
    size_t line = stop ? (size_t)(stop - bytes) : length;
    static const char *const names[] = {"\"title\"", "\"abstract\""};
    for (size_t i = 0; line && bytes[0] == '{' && i < sizeof names / sizeof *names; i++)
        if (memmem(bytes, line, names[i], strlen(names[i])))
            return true;
    return false;
}

static void read_id(const json_t *id, struct record *record)
{
    char key[PAPER_KEY_SIZE];
    if (!id || json_is_null(id))
        return;
    const char *text = json_string_value(id);
    char number[32] = "";
    if (json_is_integer(id))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
    if (!text)
        text = number;
    if (*text && paper_key_of_kind("id:", text, strlen(text), key, &record->paper.version))
        record_key_string(record, key);
    if (record->paper.keys.count && strncmp(record->paper.keys.item[0], "arxiv:", 6) == 0)
        record->paper.source_rank = RANK_PUBLISHER;
}

/* Strings; what else stands there is none and no fault. */
static void read_organisations(const json_t *organisations, struct record *record)
{
    for (size_t i = 0; i < json_array_size(organisations); i++) {
        const json_t *name = json_array_get(organisations, i);
        if (json_is_string(name))
            record_organisation(record, json_string_value(name), json_string_length(name));
    }
}

static void read_line(const json_t *line, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    const json_t *date = json_object_get(line, "date");
    const json_t *categories = json_object_get(line, "categories");
    (void)list;
    read_id(json_object_get(line, "id"), record);
    json_record_put(record, &paper->title, line, "title");
    json_record_put(record, &paper->abstract, line, "abstract");
    record_take_title(record);
    json_record_authors(record, json_object_get(line, "authors"), NULL);
    record_categories(record, json_string_value(categories), ",;");
    json_record_categories(record, categories, NULL);
    if (json_is_string(date)) /* anything else, also a month without its day, is no day to list a paper on */
        days_from_text(json_string_value(date), json_string_length(date), &paper->announced);
    read_organisations(json_object_get(line, "organisations"), record);
    json_record_link(record, &paper->url, line, "url");
    json_record_link(record, &paper->pdf, line, "pdf");
    json_record_link(record, &paper->code, line, "code");
    json_record_link(record, &paper->project, line, "project");
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    const struct json_format format = {&source_jsonl, RANK_LIBRARY, .lists = NULL, .read = read_line};
    return json_record_read_lines(bytes, length, &format, context, reterr);
}

const struct source source_jsonl = {"jsonl", "JSON Lines", .recognise = recognise, .lines = true, .read = read};
