/* JSON Lines: {"id","title","abstract","authors":[],"categories":[],"date":"YYYY-MM-DD"}, one paper a line. */
#include "json_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void unref(json_t **json)
{
    json_decref(*json);
}

/* An object on the first line that holds a "title". */
static bool recognise(const char *bytes, size_t length)
{
    const char *stop = memchr(bytes, '\n', length);
    size_t line = stop ? (size_t)(stop - bytes) : length;
    return line && bytes[0] == '{' && memmem(bytes, line, "\"title\"", 7);
}

static enum pith_status read_id(const json_t *id, struct paper *paper, struct pith_error *reterr)
{
    char key[PAPER_KEY_SIZE];
    if (!id || json_is_null(id))
        return PITH_OK;
    if (!json_is_string(id))
        return pith_fail(reterr, PITH_INPUT, "\"id\" is not a string");
    const char *text = json_string_value(id);
    size_t length = json_string_length(id);
    if (!length)
        return PITH_OK;
    if (!paper_key_of_kind("id:", text, length, key, &paper->version))
        return pith_fail(reterr, PITH_INPUT, "\"id\" is blank or longer than any identifier");
    if (strncmp(key, "arxiv:", 6) == 0)
        paper->source_rank = RANK_PUBLISHER;
    return paper_list_add(&paper->keys, key, strlen(key), PAPER_MAX_KEYS, reterr);
}

/* A month without its day ("2024-06") is no day to list a paper on: it stays unknown. */
static bool read_date(const char *text, size_t length, int32_t *day)
{
    char first[16];
    int32_t unused;
    if (paper_day_from_text(text, length, day))
        return true;
    return length < sizeof first - 3 && snprintf(first, sizeof first, "%s-01", text) > 0 &&
           paper_day_from_text(first, length + 3, &unused);
}

static enum pith_status read_record(const json_t *root, struct paper *paper, struct pith_error *reterr)
{
    if (!json_is_object(root))
        return pith_fail(reterr, PITH_INPUT, "the line is no JSON object");
    const json_t *date = json_object_get(root, "date");
    paper->source = source_jsonl.name;
    paper->source_rank = RANK_LIBRARY;
    enum pith_status status = read_id(json_object_get(root, "id"), paper, reterr);
    if (!status)
        status = json_record_text(json_object_get(root, "title"), "title", &paper->title, reterr);
    if (!status)
        status = json_record_text(json_object_get(root, "abstract"), "abstract", &paper->abstract, reterr);
    if (!status)
        status = json_record_list(json_object_get(root, "authors"), "authors", NULL, &paper->authors, PAPER_MAX_AUTHORS, reterr);
    if (!status)
        status = json_record_list(json_object_get(root, "categories"), "categories", NULL, &paper->categories,
                                  PAPER_MAX_CATEGORIES, reterr);
    if (!status && date && !json_is_null(date) &&
        (!json_is_string(date) || !read_date(json_string_value(date), json_string_length(date), &paper->announced)))
        return pith_fail(reterr, PITH_INPUT, "\"date\" is not YYYY-MM-DD");
    return status ? status : paper_finish(paper, reterr);
}

static enum pith_status parse_line(const char *line, size_t length, struct paper *paper, struct pith_error *reterr)
{
    if (length > PAPER_MAX_RECORD)
        return pith_fail(reterr, PITH_INPUT, "the record is larger than %d bytes", PAPER_MAX_RECORD);
    enum pith_status status = json_record_check_depth(line, length, reterr);
    if (status)
        return status;
    json_error_t error;
    AUTO(unref) json_t *root = json_loadb(line, length, 0, &error);
    if (!root)
        return pith_fail(reterr, PITH_INPUT, "column %d: %s", error.column, error.text);
    return read_record(root, paper, reterr);
}

static enum pith_status read_line(const char *line, size_t length, size_t number, const struct source_context *context,
                                  struct pith_error *reterr)
{
    AUTO(paper_clear) struct paper paper;
    struct pith_error error;
    paper_init(&paper);
    enum pith_status status = parse_line(line, length, &paper, &error);
    if (status == PITH_INPUT) {
        context->problem(context->user, number, error.message);
        return PITH_OK;
    }
    if (status)
        return pith_fail(reterr, status, "%s", error.message);
    return context->paper(context->user, &paper, reterr);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    const char *at = bytes, *end = bytes + length;
    if (length >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    enum pith_status status = PITH_OK;
    for (size_t number = 1; !status && at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        size_t blank = 0;
        while (blank < size && memchr(" \t\r", at[blank], 3))
            blank++;
        if (blank < size)
            status = read_line(at, size, number, context, reterr);
        at += size + (stop != NULL);
        if (context->progress)
            context->progress(context->user, (size_t)(at - bytes), length);
    }
    return status;
}

const struct source source_jsonl = {"jsonl", "JSON Lines", recognise, read};
