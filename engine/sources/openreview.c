/* OpenReview notes, of both versions of its API. Traps: the first has bare values where the second has {"value": …}; reviews and
 * decisions stand among submissions; times are in milliseconds; authors are missing while a review is blind. */
#include "engine/sources/json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const json_t *content(const json_t *note, const char *name)
{
    const json_t *value = json_object_get(json_object_get(note, "content"), name);
    const json_t *inner = json_object_get(value, "value");
    return inner ? inner : value;
}

static void put(struct record *record, char **field, const json_t *value)
{
    if (json_is_string(value))
        record_text(record, field, json_string_value(value), json_string_length(value));
}

/* Milliseconds since 1970. */
static void read_time(const json_t *note, const char *name, int32_t *day)
{
    const json_t *time = json_object_get(note, name);
    json_int_t value = json_integer_value(time) / 86400000;
    if (json_is_integer(time) && value > 0 && value < 100000)
        *day = (int32_t)value;
}

static void read_times(const json_t *note, struct record *record)
{
    static const char *const first[] = {"pdate", "odate", "cdate", "tcdate"}, *const last[] = {"mdate", "tmdate"};
    for (size_t i = 0; i < 4 && record->paper.published == PITH_NO_DAY; i++)
        read_time(note, first[i], &record->paper.published);
    for (size_t i = 0; i < 2 && record->paper.updated == PITH_NO_DAY; i++)
        read_time(note, last[i], &record->paper.updated);
}

static void read_note(const json_t *note, const char *list, struct record *record)
{
    struct paper *paper = &record->paper;
    const char *id = json_record_string(note, "id"), *forum = json_record_string(note, "forum");
    const json_t *area = content(note, "primary_area"), *venue = content(note, "venue");
    (void)list;
    if (!id || !forum || strcmp(id, forum) != 0 || json_is_string(json_object_get(note, "replyto"))) {
        record->skip = id && forum; /* a review, a comment, a decision */
        if (!record->skip)
            record_fail(record, "the note has no \"id\" and \"forum\": it is no submission");
        return;
    }
    record_key_of_kind(record, "openreview:", forum);
    put(record, &paper->title, content(note, "title"));
    put(record, &paper->abstract, content(note, "abstract"));
    json_record_authors(record, content(note, "authors"), "fullname");
    if (json_is_string(area))
        record_category(record, json_string_value(area), json_string_length(area));
    json_record_categories(record, content(note, "keywords"), NULL);
    read_times(note, record);
    const char *states[] = {json_string_value(venue), json_string_value(content(note, "venueid"))};
    bool gone = false;
    for (size_t i = 0; i < 2; i++)
        gone |= states[i] && (strcasestr(states[i], "withdrawn") || strcasestr(states[i], "desk rejected") ||
                              strcasestr(states[i], "desk_rejected"));
    paper->withdrawn = gone || json_is_integer(json_object_get(note, "ddate"));
    char url[PAPER_KEY_SIZE];
    if (strlen(forum) < 100 && snprintf(url, sizeof url, "https://openreview.net/forum?id=%s", forum) > 0)
        record_string(record, &paper->url, url);
}

static bool recognise(const struct json_members *members)
{
    size_t depth = *members->bytes == '[' ? 2 : 1; /* a dump of notes: in one list, or one after the other */
    return json_members_have(members, "notes", 1) ||
           (json_members_have(members, "forum", depth) && json_members_have(members, "content", depth));
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"notes", NULL};
    const struct json_format format = {&source_openreview, RANK_PUBLISHER, .lists = lists, .read = read_note};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_openreview = {"openreview", "OpenReview JSON", .recognise_json = recognise, .read = read};
