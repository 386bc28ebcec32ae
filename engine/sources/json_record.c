#include "engine/sources/json_record.h"

#include "engine/base/bytes.h"
#include "engine/base/unicode.h"
#include "engine/sources/arxiv.h"
#include "engine/sources/json_mend.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void unref(json_t **json)
{
    json_decref(*json);
}

/* ---- brackets ---- */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && memchr(" \t\r\n,", *at, 5))
        at++;
    return at;
}

/* Behind a string that begins at `at`; NULL when it is broken off. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        at += *at == '\\';
    }
    return NULL;
}

/* Behind the value that begins at `at`; NULL when it is broken off. */
static const char *skip_value(const char *at, const char *end, size_t *deepest)
{
    size_t depth = 0;
    *deepest = 0;
    while (at && at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
        } else if (*at == '{' || *at == '[') {
            *deepest = ++depth > *deepest ? depth : *deepest;
            at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0)
                return at; /* of what the value stands in */
            at++;
            if (--depth == 0)
                return at;
            continue;
        } else if (depth == 0 && memchr(", \t\r\n", *at, 5)) {
            return at;
        } else {
            at++;
        }
        if (depth == 0 && at && (at == end || memchr(",:]} \t\r\n", *at, 8)))
            return at;
    }
    return NULL;
}

/* ---- records ---- */

struct reading {
    const struct json_format *format;
    const struct source_context *context;
    const char *bytes, *at, *end;
    size_t line; /* of `at` */
    size_t records;
    bool cut;
};

static void advance(struct reading *reading, const char *to)
{
    for (const char *at = reading->at; at < to && (at = memchr(at, '\n', (size_t)(to - at))) != NULL; at++)
        reading->line++;
    reading->at = to;
}

/* jansson says nothing of some failures to get memory. */
static bool is_exhausted(const json_error_t *error)
{
    return json_error_code(error) == json_error_out_of_memory || !*error->text;
}

/* What is no UTF-8, and what is no JSON but is written for it, is mended, when that is all that is wrong. */
static json_t *parse(const char *bytes, size_t length, json_error_t *error)
{
    PITH_AUTO(pith_free_p) char *normal = NULL;
    PITH_AUTO(bytes_clear) struct bytes mended;
    size_t size = 0;
    json_t *root = json_loadb(bytes, length, JSON_DECODE_ANY, error);
    bytes_init(&mended, 2 * (size_t)PAPER_MAX_RECORD);
    enum pith_status status = root ? PITH_OK : unicode_normalise(bytes, length, false, &normal, &size, NULL);
    if (status == PITH_NOMEM)
        *error->text = '\0';
    if (root || status)
        return root;
    json_mend(normal, size, &mended);
    json_error_t second;
    if (bytes_done(&mended, NULL)) {
        if (size <= PAPER_MAX_RECORD)
            *error->text = '\0';
        return NULL;
    }
    root = json_loadb((const char *)mended.data, mended.length, JSON_DECODE_ANY, &second);
    if (!root && is_exhausted(&second))
        *error = second;
    return root;
}

static void parse_record(struct reading *reading, const char *bytes, size_t length, const char *list, struct record *record)
{
    json_error_t error;
    PITH_AUTO(unref) json_t *item = parse(bytes, length, &error);
    if (!item && is_exhausted(&error))
        record->status = pith_no_memory(&record->error);
    else if (!item)
        record_fail(record, "column %d: %.200s", error.column, error.text);
    else if (json_is_null(item))
        record->skip = true;
    else if (!json_is_object(item))
        record_fail(record, "the item is no JSON object");
    else
        reading->format->read(item, list, record);
}

/* The record from here to `stop`. */
static enum pith_status read_record(struct reading *reading, const char *stop, size_t deepest, const char *list,
                                    struct pith_error *reterr)
{
    struct record record;
    size_t length = (size_t)(stop - reading->at);
    record_init(&record, reading->format->source, reading->format->rank, reading->line);
    if (deepest > SOURCES_MAX_DEPTH)
        record_fail(&record, "JSON nested deeper than %d", SOURCES_MAX_DEPTH);
    else if (length > PAPER_MAX_RECORD)
        record_fail(&record, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    else
        parse_record(reading, reading->at, length, list, &record);
    advance(reading, stop);
    reading->records++;
    const struct source_context *context = reading->context;
    if (context->progress)
        context->progress(context->user, (size_t)(reading->at - reading->bytes), (size_t)(reading->end - reading->bytes));
    return record_hand_over(&record, context, reterr);
}

/* Items from behind '[' to behind ']'. */
static enum pith_status read_items(struct reading *reading, const char *list, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    while (!status && !reading->cut) {
        size_t deepest;
        advance(reading, skip_blanks(reading->at, reading->end));
        if (reading->at < reading->end && *reading->at == ']') {
            advance(reading, reading->at + 1);
            return PITH_OK;
        }
        const char *stop = reading->at < reading->end ? skip_value(reading->at, reading->end, &deepest) : NULL;
        if (stop && stop > reading->at)
            status = read_record(reading, stop, deepest, list, reterr);
        else
            reading->cut = true;
    }
    return status;
}

static const char *find_list(const struct json_format *format, const char *name, size_t length)
{
    for (const char *const *list = format->lists; list && *list; list++)
        if (strlen(*list) == length && memcmp(*list, name, length) == 0)
            return *list;
    return NULL;
}

/* Where the value of the next member begins, behind ':'; NULL when there is none. */
static const char *next_member(const char *at, const char *end, const char **ret_name, size_t *ret_length)
{
    at = skip_blanks(at, end);
    const char *stop = at < end && *at == '"' ? skip_string(at, end) : NULL;
    if (!stop)
        return NULL;
    *ret_name = at + 1;
    *ret_length = (size_t)(stop - 1 - *ret_name);
    at = skip_blanks(stop, end);
    return at < end && *at == ':' ? skip_blanks(at + 1, end) : NULL;
}

/* The lists of an object, from its brace on. *ret_found tells whether it has one; else nothing was moved. */
static enum pith_status read_lists(struct reading *reading, bool *ret_found, struct pith_error *reterr)
{
    const char *at = reading->at + 1, *value, *name;
    size_t length, deepest;
    enum pith_status status = PITH_OK;
    *ret_found = false;
    while (!status && (value = next_member(at, reading->end, &name, &length)) != NULL) {
        const char *list = find_list(reading->format, name, length);
        if (list && value < reading->end && *value == '[') {
            *ret_found = true;
            advance(reading, value + 1);
            status = read_items(reading, list, reterr);
            at = reading->at;
        } else {
            const char *after = skip_value(value, reading->end, &deepest);
            if (!after)
                break;
            at = after;
        }
    }
    at = skip_blanks(at, reading->end);
    if (!*ret_found || reading->cut)
        return status;
    reading->cut = at == reading->end || *at != '}';
    advance(reading, reading->cut ? at : at + 1);
    return status;
}

/* The value of a member of the object at `at`; NULL when it has none. */
static const char *find_member(const struct reading *reading, const char *wanted)
{
    const char *at = reading->at + 1, *value, *name;
    size_t length, deepest;
    while (at && (value = next_member(at, reading->end, &name, &length)) != NULL) {
        if (strlen(wanted) == length && memcmp(name, wanted, length) == 0)
            return value;
        at = skip_value(value, reading->end, &deepest);
    }
    return NULL;
}

static enum pith_status read_top(struct reading *reading, struct pith_error *reterr)
{
    bool lists = false;
    size_t deepest;
    if (*reading->at == '[') {
        advance(reading, reading->at + 1);
        return read_items(reading, NULL, reterr);
    }
    enum pith_status status = reading->format->lists && *reading->at == '{' ? read_lists(reading, &lists, reterr) : PITH_OK;
    if (status || lists)
        return status;
    const char *stop = skip_value(reading->at, reading->end, &deepest);
    reading->cut = !stop || stop == reading->at;
    return reading->cut ? PITH_OK : read_record(reading, stop, deepest, NULL, reterr);
}

/* {"status": "ok", "message": {…}}: reads the inner object, and goes on behind the outer. */
static enum pith_status read_inside(struct reading *reading, struct pith_error *reterr)
{
    size_t deepest;
    const char *inner = reading->format->inside && *reading->at == '{' ? find_member(reading, reading->format->inside) : NULL;
    if (!inner || inner == reading->end || *inner != '{')
        return read_top(reading, reterr);
    const char *stop = skip_value(reading->at, reading->end, &deepest);
    advance(reading, inner);
    enum pith_status status = read_top(reading, reterr);
    if (stop)
        advance(reading, stop);
    else
        reading->cut = true;
    return status;
}

static void start(struct reading *reading, const char *bytes, size_t length)
{
    reading->bytes = reading->at = bytes;
    reading->end = bytes + length;
    reading->line = 1;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        reading->at += 3;
}

enum pith_status json_record_read(const char *bytes, size_t length, const struct json_format *format,
                                  const struct source_context *context, struct pith_error *reterr)
{
    struct reading reading = {.format = format, .context = context};
    enum pith_status status = PITH_OK;
    start(&reading, bytes, length);
    while (!status && !reading.cut) {
        advance(&reading, skip_blanks(reading.at, reading.end));
        if (reading.at == reading.end)
            break;
        status = read_inside(&reading, reterr);
    }
    if (!status && reading.cut && !reading.records)
        return pith_fail(reterr, PITH_INPUT, "line %zu: the JSON is broken before its first record", reading.line);
    if (!status && reading.cut)
        context->problem(context->user, reading.line, "the JSON is broken or cut off here: the rest was not read");
    return status;
}

enum pith_status json_record_read_lines(const char *bytes, size_t length, const struct json_format *format,
                                        const struct source_context *context, struct pith_error *reterr)
{
    struct reading reading = {.format = format, .context = context};
    enum pith_status status = PITH_OK;
    start(&reading, bytes, length);
    while (!status && reading.at < reading.end) {
        const char *stop = memchr(reading.at, '\n', (size_t)(reading.end - reading.at));
        const char *end = stop ? stop : reading.end;
        while (reading.at < end && memchr(" \t\r", *reading.at, 3))
            reading.at++;
        size_t deepest = 0;
        if (reading.at < end) {
            skip_value(reading.at, end, &deepest);
            status = read_record(&reading, end, deepest, NULL, reterr);
        }
        advance(&reading, stop ? stop + 1 : end);
    }
    return status;
}

/* ---- members ---- */

const char *json_record_string(const struct json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

void json_record_put(struct record *record, char **field, const struct json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    char number[32];
    if (json_is_array(value))
        value = json_array_get(value, 0);
    if (json_is_string(value)) {
        record_text(record, field, json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        record_string(record, field, number);
    }
}

int json_record_count(const struct json_t *object, const char *name)
{
    const json_t *count = json_object_get(object, name);
    json_int_t value = json_integer_value(count);
    return json_is_integer(count) && value >= 0 && value <= INT32_MAX ? (int)value : PAPER_MISSING;
}

void json_record_day(int32_t *day, const struct json_t *object, const char *name)
{
    record_day(day, json_record_string(object, name));
}

void json_record_key(struct record *record, const struct json_t *object, const char *name)
{
    record_key_string(record, json_record_string(object, name));
}

void json_record_categories(struct record *record, const struct json_t *array, const char *member)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        const json_t *text = member ? json_object_get(item, member) : item;
        if (json_is_string(text))
            record_category(record, json_string_value(text), json_string_length(text));
    }
}

/* A name in one piece, wherever an object has it. */
static const json_t *whole_name(const json_t *item, const char *member)
{
    static const char *const members[] = {"name", "fullname", "full_name", "fullName", "display_name", "literal", "preferredName"};
    const json_t *name = member ? json_object_get(item, member) : NULL;
    for (size_t i = 0; i < sizeof members / sizeof *members && !json_is_string(name); i++)
        name = json_object_get(item, members[i]);
    return name;
}

/* OpenReview's name of a profile, "~Ulla_Ek1", as the person's. */
static void put_profile(struct record *record, const char *profile)
{
    char name[200];
    size_t length = strlen(++profile);
    while (length && profile[length - 1] >= '0' && profile[length - 1] <= '9')
        length--;
    if (length >= sizeof name)
        return;
    for (size_t i = 0; i < length; i++)
        name[i] = (char)(profile[i] == '_' ? ' ' : profile[i]);
    record_author(record, name, length);
}

static void put_author(struct record *record, const json_t *item, const char *member)
{
    static const char *const parts[][3] = {{"given", NULL, "family"},
                                           {"first", "middle", "last"},
                                           {"firstName", "middleName", "lastName"},
                                           {"first_name", "middle_name", "last_name"}};
    if (json_is_true(json_object_get(item, "hidden")))
        return;
    const json_t *name = json_is_string(item) ? item : whole_name(item, member);
    for (size_t i = 0; !json_is_string(name) && i < sizeof parts / sizeof *parts; i++) {
        const char *last = json_record_string(item, parts[i][2]), *first = json_record_string(item, parts[i][0]);
        const char *middle = last && parts[i][1] ? json_record_string(item, parts[i][1]) : NULL;
        char given[200];
        if (!last)
            continue;
        snprintf(given, sizeof given, "%s %s", first ? first : "", middle ? middle : "");
        record_name(record, middle ? given : first, last, json_record_string(item, "suffix"));
        return;
    }
    if (!json_is_string(name))
        name = json_object_get(item, "username");
    const char *text = json_is_string(name) ? json_string_value(name) : "";
    if (*text == '~' && strchr(text, '_')) /* first and last names */
        put_profile(record, json_string_value(name));
    else if (*text && *text != '~')
        record_author(record, text, json_string_length(name));
}

void json_record_link(struct record *record, char **field, const struct json_t *object, const char *name)
{
    const json_t *address = json_object_get(object, name);
    if (json_is_string(address))
        record_link(record, field, json_string_value(address), json_string_length(address));
}

void json_record_authors(struct record *record, const struct json_t *array, const char *member)
{
    const char *text = json_string_value(array);
    if (text && strchr(text, ';')) {
        for (; *text; text += strcspn(text, ";"), text += *text == ';')
            record_last_first(record, text, strcspn(text, ";"));
    } else if (text) {
        arxiv_authors(record, text);
    } else if (json_is_object(array)) {
        put_author(record, array, member);
    }
    for (size_t i = 0; i < json_array_size(array); i++)
        put_author(record, json_array_get(array, i), member);
}
