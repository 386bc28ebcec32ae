#include "engine/sources/tagged.h"

#include "engine/base/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 40000 };

struct reading {
    const struct tagged_format *format;
    const struct source_context *context;
    struct tagged_fields fields;
    size_t line; /* where the record starts */
};

bool tagged_is(const struct tagged_field *field, const char *tag)
{
    return strcmp(field->tag, tag) == 0;
}

const char *tagged_get(const struct tagged_fields *fields, const char *tags)
{
    while (*tags) {
        size_t length = strcspn(tags, " ");
        for (size_t i = 0; i < fields->count; i++)
            if (strlen(fields->item[i].tag) == length && memcmp(fields->item[i].tag, tags, length) == 0 && *fields->item[i].text)
                return fields->item[i].text;
        tags += length + (tags[length] == ' ');
    }
    return NULL;
}

char *tagged_join(const struct tagged_fields *fields, const char *tag, struct record *record)
{
    PITH_AUTO(bytes_clear) struct bytes joined;
    bytes_init(&joined, PAPER_MAX_RECORD + 1);
    for (size_t i = 0; i < fields->count; i++) {
        if (!tagged_is(&fields->item[i], tag) || !*fields->item[i].text)
            continue;
        bytes_put(&joined, " ", joined.length > 0);
        bytes_put(&joined, fields->item[i].text, strlen(fields->item[i].text));
    }
    if (!joined.length)
        return NULL;
    bytes_put_u8(&joined, 0);
    if (bytes_done(&joined, NULL)) {
        record_fail(record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
        return NULL;
    }
    return (char *)PITH_TAKE(joined.data);
}

static void clear(struct tagged_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        free(fields->item[i].text);
    free(fields->item);
    *fields = (struct tagged_fields){0};
}

/* Whether there is room for so many bytes more. */
static bool has_room(struct tagged_fields *fields, size_t length)
{
    fields->bytes += length + 1;
    fields->large |= fields->bytes > PAPER_MAX_RECORD || fields->count == MAX_FIELDS;
    return !fields->large;
}

static enum pith_status add(struct tagged_fields *fields, const char *tag, const struct line *value, struct pith_error *reterr)
{
    if (!has_room(fields, value->length))
        return PITH_OK;
    enum pith_status status = pith_grow(&fields->item, &fields->cap, fields->count + 1, sizeof *fields->item, MAX_FIELDS, reterr);
    if (status)
        return status;
    struct tagged_field *field = &fields->item[fields->count];
    memcpy(field->tag, tag, TAGGED_TAG);
    field->text = pith_calloc(value->length + 1, 1); /* whole, with any NUL: the reader of text ends there */
    if (!field->text)
        return pith_no_memory(reterr);
    memcpy(field->text, value->text, value->length);
    field->length = strlen(field->text);
    field->cap = value->length + 1;
    fields->count++;
    return PITH_OK;
}

/* The value goes on in this line. */
static enum pith_status add_more(struct tagged_fields *fields, struct line *line, struct pith_error *reterr)
{
    line_skip_blanks(line);
    if (!line->length || !fields->count || !has_room(fields, line->length))
        return PITH_OK;
    struct tagged_field *field = &fields->item[fields->count - 1];
    if (field->length + line->length + 2 > field->cap) {
        size_t cap = 2 * (field->length + line->length + 2); /* a value of many lines grows by doubling */
        char *longer = pith_recalloc(field->text, cap, 1);
        if (!longer)
            return pith_no_memory(reterr);
        field->text = longer;
        field->cap = cap;
    }
    field->text[field->length] = '\n'; /* a blank, but for who asks for lines */
    memcpy(field->text + field->length + 1, line->text, line->length);
    field->text[field->length + 1 + line->length] = '\0';
    field->length += 1 + strlen(field->text + field->length + 1);
    return PITH_OK;
}

static enum pith_status end_record(struct reading *reading, struct pith_error *reterr)
{
    struct record record;
    if (!reading->fields.count)
        return PITH_OK;
    record_init(&record, reading->format->source, reading->format->rank, reading->line);
    if (reading->fields.large)
        record_fail(&record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    else
        reading->format->read(&reading->fields, &record);
    clear(&reading->fields);
    return record_hand_over(&record, reading->context, reterr);
}

/* A tag that begins a record, with that tag in this one already. */
static bool begins_next(const struct reading *reading, const char *tag)
{
    for (const char *const *first = reading->format->first; *first; first++) {
        if (strcmp(*first, tag) != 0)
            continue;
        for (size_t i = 0; i < reading->fields.count; i++)
            if (tagged_is(&reading->fields.item[i], tag))
                return true;
    }
    return false;
}

static enum pith_status read_tagged(struct reading *reading, const char *tag, const struct line *line, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    if (reading->format->last && strcmp(tag, reading->format->last) == 0)
        return end_record(reading, reterr);
    if (begins_next(reading, tag))
        status = end_record(reading, reterr);
    if (!reading->fields.count)
        reading->line = line->number;
    return status ? status : add(&reading->fields, tag, line, reterr);
}

enum pith_status tagged_read(const char *bytes, size_t length, const struct tagged_format *format,
                             const struct source_context *context, struct pith_error *reterr)
{
    struct reading reading = {.format = format, .context = context};
    const char *at = bytes, *end = bytes + length;
    size_t number = 0;
    struct line line;
    enum pith_status status = PITH_OK;
    while (!status && lines_next(&at, end, &number, &line)) {
        char tag[TAGGED_TAG] = "";
        status = format->tag(&line, tag) ? read_tagged(&reading, tag, &line, reterr) : add_more(&reading.fields, &line, reterr);
        if (context->progress)
            context->progress(context->user, (size_t)(at - bytes), length);
    }
    if (!status)
        status = end_record(&reading, reterr);
    clear(&reading.fields);
    return status;
}
