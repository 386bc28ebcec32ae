/* Hugging Face daily_papers: an array of {"paper": {...}, "numComments", …} as the site's API gives it; also one paper, or one item. Traps: the outer
 * publishedAt is shifted by hours; no upvotes is not zero upvotes; hidden authors are not shown. */
#include "engine/sources/hf_item.h"

#include <string.h>

static void read_item(const struct json_t *item, const char *list, struct record *record)
{
    (void)list;
    hf_item_read(item, record);
}

static bool recognise(const char *bytes, size_t length)
{
    size_t at = 1, depth = length && bytes[0] == '{' ? 1 : 2;
    if (!length || (bytes[0] != '[' && bytes[0] != '{'))
        return false;
    bool paper = json_record_has(bytes, length, "title", depth) && json_record_has(bytes, length, "summary", depth) &&
                 (json_record_has(bytes, length, "publishedAt", depth) || json_record_has(bytes, length, "upvotes", depth));
    if (paper || json_record_has(bytes, length, "dailyPapers", 1))
        return true;
    if (depth == 1)
        return json_record_has(bytes, length, "paper", 1) && json_record_has(bytes, length, "publishedAt", 1);
    while (at < length && memchr(" \t\r\n", bytes[at], 4))
        at++;
    if (at < length && bytes[at] == ']') /* a day without papers */
        return true;
    return json_record_has(bytes, length, "paper", 2);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"dailyPapers", NULL};
    const struct json_format format = {&source_hf_json, RANK_AGGREGATOR, .lists = lists, .read = read_item};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_hf_json = {"hf-json", "Hugging Face daily_papers JSON", .recognise = recognise, .read = read};
