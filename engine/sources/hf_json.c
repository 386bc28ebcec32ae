/* Hugging Face daily_papers: an array of {"paper": {...}, "numComments", …} as the site's API gives it; also one paper, or one item. Traps: the outer
 * publishedAt is shifted by hours; no upvotes is not zero upvotes; hidden authors are not shown. */
#include "engine/sources/hf_item.h"

#include <string.h>

static void read_item(const struct json_t *item, const char *list, struct record *record)
{
    (void)list;
    hf_item_read(item, record);
}

static bool recognise(const struct json_members *members)
{
    size_t at = 1, depth = *members->bytes == '{' ? 1 : 2;
    bool paper = json_members_have(members, "title", depth) && json_members_have(members, "summary", depth) &&
                 (json_members_have(members, "publishedAt", depth) || json_members_have(members, "upvotes", depth));
    if (paper || json_members_have(members, "dailyPapers", 1))
        return true;
    if (depth == 1)
        return json_members_have(members, "paper", 1) && json_members_have(members, "publishedAt", 1);
    while (at < members->length && memchr(" \t\r\n", members->bytes[at], 4))
        at++;
    if (at < members->length && members->bytes[at] == ']') /* a day without papers */
        return true;
    return json_members_have(members, "paper", 2);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const lists[] = {"dailyPapers", NULL};
    const struct json_format format = {&source_hf_json, RANK_AGGREGATOR, .lists = lists, .read = read_item};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_hf_json = {"hf-json", "Hugging Face daily_papers JSON", .recognise_json = recognise, .read = read};
