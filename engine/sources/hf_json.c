/* Hugging Face daily_papers: an array of {"paper": {...}, "numComments", …} as the site's API gives it. Traps: the outer
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
    size_t at = 1;
    if (!length || bytes[0] != '[')
        return false;
    while (at < length && memchr(" \t\r\n", bytes[at], 4))
        at++;
    if (at < length && bytes[at] == ']') /* a day without papers */
        return true;
    return json_record_has(bytes, length, "paper", 2);
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    const struct json_format format = {&source_hf_json, RANK_AGGREGATOR, NULL, read_item};
    return json_record_read(bytes, length, &format, context, reterr);
}

const struct source source_hf_json = {"hf-json", "Hugging Face daily_papers JSON", recognise, false, read};
