#include "engine/sources/hf_item.h"

#include <jansson.h>
#include <string.h>

/* {"name": "NJU", "fullname": "Nanjing University"}: the full name where there is one. */
static void read_organisation(const json_t *organisation, struct record *record)
{
    const char *name = json_record_string(organisation, "fullname");
    if (!name || !*name)
        name = json_record_string(organisation, "name");
    record_organisation(record, name, name ? strlen(name) : 0);
}

void hf_item_read(const struct json_t *item, struct record *record)
{
    struct paper *paper = &record->paper;
    const json_t *inner = json_object_get(item, "paper");
    if (!json_is_object(inner)) /* one paper by itself */
        inner = item;
    const char *id = json_record_string(inner, "id");
    char key[PAPER_KEY_SIZE];
    if (id && !record_key_string(record, id) && paper_key_of_kind("hf:", id, strlen(id), key, NULL))
        record_key_string(record, key);
    paper->upvotes = json_record_count(inner, "upvotes");
    paper->comments = json_record_count(item, "numComments");
    paper->withdrawn = json_is_string(json_object_get(inner, "withdrawnAt"));
    json_record_day(&paper->published, inner, "publishedAt");
    json_record_day(&paper->announced, inner, "submittedOnDailyAt");
    json_record_put(record, &paper->title, inner, "title");
    json_record_put(record, &paper->title, item, "title");
    json_record_put(record, &paper->abstract, inner, "summary");
    json_record_put(record, &paper->abstract, item, "summary");
    json_record_authors(record, json_object_get(inner, "authors"), "name");
    read_organisation(json_object_get(inner, "organization"), record);
    read_organisation(json_object_get(item, "organization"), record);
    json_record_link(record, &paper->code, inner, "githubRepo");
    json_record_link(record, &paper->project, inner, "projectPage");
}
