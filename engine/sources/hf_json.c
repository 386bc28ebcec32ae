/* Hugging Face daily_papers: an array of {"paper": {...}, "numComments", …} as the site's API gives it. */
#include "json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { BEGINNING = 4096 };

static void unref(json_t **json)
{
    json_decref(*json);
}

static bool recognise(const char *bytes, size_t length)
{
    size_t beginning = length < BEGINNING ? length : BEGINNING, at = 1;
    if (!length || bytes[0] != '[')
        return false;
    while (at < length && memchr(" \t\r\n", bytes[at], 4))
        at++;
    if (at < length && bytes[at] == ']') /* a day without papers */
        return true;
    return memmem(bytes, beginning, "\"paper\"", 7) != NULL;
}

static int read_count(const json_t *count)
{
    json_int_t value = json_integer_value(count);
    return json_is_integer(count) && value >= 0 && value <= INT32_MAX ? (int)value : PAPER_MISSING;
}

static const json_t *either(const json_t *first, const json_t *second, const char *member)
{
    const json_t *value = json_object_get(first, member);
    return value && !json_is_null(value) ? value : json_object_get(second, member);
}

static void read_day(const json_t *text, int32_t *day)
{
    if (json_is_string(text))
        paper_day_from_text(json_string_value(text), json_string_length(text), day);
}

static enum pith_status read_record(const json_t *item, struct paper *paper, struct pith_error *reterr)
{
    const json_t *inner = json_object_get(item, "paper");
    const char *id = json_string_value(json_object_get(inner, "id"));
    char key[PAPER_KEY_SIZE];
    if (!json_is_object(inner) || !id || !*id)
        return pith_fail(reterr, PITH_INPUT, "the item has no \"paper\" with an \"id\"");
    if (!paper_key_of_kind("hf:", id, strlen(id), key, &paper->version))
        return pith_fail(reterr, PITH_INPUT, "\"id\" is blank or longer than any identifier");
    paper->source = source_hf_json.name;
    paper->source_rank = RANK_AGGREGATOR;
    paper->upvotes = read_count(json_object_get(inner, "upvotes"));
    paper->comments = read_count(json_object_get(item, "numComments"));
    paper->withdrawn = json_is_string(json_object_get(inner, "withdrawnAt"));
    read_day(json_object_get(inner, "publishedAt"), &paper->published); /* the outer one is shifted by hours */
    read_day(json_object_get(inner, "submittedOnDailyAt"), &paper->announced);
    enum pith_status status = paper_list_add(&paper->keys, key, strlen(key), PAPER_MAX_KEYS, reterr);
    if (!status)
        status = json_record_text(either(inner, item, "title"), "title", &paper->title, reterr);
    if (!status)
        status = json_record_text(either(inner, item, "summary"), "summary", &paper->abstract, reterr);
    if (!status)
        status = json_record_list(json_object_get(inner, "authors"), "authors", "name", &paper->authors, PAPER_MAX_AUTHORS, reterr);
    return status ? status : paper_finish(paper, reterr);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    json_error_t error;
    enum pith_status status = json_record_check_depth(bytes, length, reterr);
    if (status)
        return status;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    AUTO(unref) json_t *root = json_loadb(bytes, length, 0, &error);
    if (!root)
        return pith_fail(reterr, PITH_INPUT, "line %d, column %d: %s", error.line, error.column, error.text);
    for (size_t i = 0; !status && i < json_array_size(root); i++) {
        AUTO(paper_clear) struct paper paper;
        struct pith_error wrong;
        paper_init(&paper);
        status = read_record(json_array_get(root, i), &paper, &wrong);
        if (status == PITH_INPUT) {
            char reason[sizeof wrong.message + 32];
            snprintf(reason, sizeof reason, "item %zu: %s", i + 1, wrong.message);
            context->problem(context->user, 1, reason);
            status = PITH_OK;
        } else if (status) {
            status = pith_fail(reterr, status, "%s", wrong.message);
        } else {
            status = context->paper(context->user, &paper, reterr);
        }
        if (context->progress)
            context->progress(context->user, i + 1, json_array_size(root));
    }
    return status;
}

const struct source source_hf_json = {"hf-json", "Hugging Face daily_papers JSON", recognise, read};
