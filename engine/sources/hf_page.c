/* A Hugging Face papers page as HTML: its data stand as JSON in an attribute, data-props of what data-target calls DailyPapers.
 * Traps: the attribute may be megabytes; on search pages the results are one list and the day's papers another. */
#include "engine/sources/hf_item.h"
#include "engine/sources/markup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void read_item(const struct json_t *item, const char *list, struct record *record)
{
    (void)list;
    hf_item_read(item, record);
}

static bool recognise(const char *bytes, size_t length)
{
    bool html = (length >= 14 && strncasecmp(bytes, "<!doctype html", 14) == 0) ||
                (length >= 5 && strncasecmp(bytes, "<html", 5) == 0);
    return html && memmem(bytes, length, "data-target=\"DailyPapers\"", 25);
}

/* The data-props of the element that the mark stands in. */
static bool find_data(const char *bytes, size_t length, const char **ret_data, size_t *ret_length)
{
    static const char mark[] = "data-target=\"DailyPapers\"", name[] = "data-props=\"";
    const char *end = bytes + length, *target = memmem(bytes, length, mark, strlen(mark));
    const char *data = target ? memmem(target, (size_t)(end - target), name, strlen(name)) : NULL;
    if (!data)
        return false;
    data += strlen(name);
    const char *close = memchr(data, '"', (size_t)(end - data));
    *ret_data = data;
    *ret_length = (size_t)((close ? close : end) - data);
    return true;
}

/* A member with an array in it. */
static bool has_list(const char *json, const char *name)
{
    const char *at = strstr(json, name);
    at = at ? at + strlen(name) + strspn(at + strlen(name), " ") : "";
    return *at == ':' && at[1 + strspn(at + 1, " ")] == '[';
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const day[] = {"dailyPapers", NULL}, *const search[] = {"searchResults", NULL};
    struct json_format format = {&source_hf_page, RANK_AGGREGATOR, .lists = day, .read = read_item};
    PITH_AUTO(pith_free_p) char *json = NULL;
    const char *data;
    size_t size;
    if (!find_data(bytes, length, &data, &size))
        return pith_fail(reterr, PITH_INPUT, "the page holds no papers: Hugging Face may have changed it");
    enum pith_status status = markup_decode(data, size, &json, reterr);
    if (status)
        return status;
    size = strlen(json);
    if (has_list(json, "\"searchResults\""))
        format.lists = search;
    else if (!has_list(json, "\"dailyPapers\""))
        return pith_fail(reterr, PITH_INPUT, "the page holds no papers: Hugging Face may have changed it");
    return json_record_read(json, size, &format, context, reterr);
}

const struct source source_hf_page = {"hf-page", "Hugging Face papers page", .recognise = recognise, .read = read};
