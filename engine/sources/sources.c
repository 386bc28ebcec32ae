#include "sources.h"

#include <string.h>

/* In order of recognition: the strictest first. */
static const struct source *const known[] = {&source_hf_json, &source_jsonl, &source_daily_papers_text};

static void skip_start(const char **bytes, size_t *length)
{
    if (*length >= 3 && memcmp(*bytes, "\xEF\xBB\xBF", 3) == 0) {
        *bytes += 3;
        *length -= 3;
    }
    while (*length && memchr(" \t\r\n", **bytes, 4)) {
        (*bytes)++;
        (*length)--;
    }
}

const struct source *sources_recognise(const char *bytes, size_t length)
{
    skip_start(&bytes, &length);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i]->recognise(bytes, length))
            return known[i];
    return NULL;
}

const char *sources_known(void)
{
    return "Hugging Face daily_papers JSON, JSON Lines with \"title\", or a Daily Papers page as text";
}

enum pith_status sources_read(const char *bytes, size_t length, const struct source_context *context,
                              const struct source **ret_source, struct pith_error *reterr)
{
    if (ret_source)
        *ret_source = NULL;
    if (length > SOURCES_MAX_FILE)
        return pith_fail(reterr, PITH_INPUT, "the file is larger than %d MiB: split it", SOURCES_MAX_FILE >> 20);
    const char *start = bytes;
    size_t left = length;
    skip_start(&start, &left);
    if (!left)
        return pith_fail(reterr, PITH_INPUT, "the file is empty");
    const struct source *source = sources_recognise(bytes, length);
    if (!source)
        return pith_fail(reterr, PITH_INPUT, "unknown format: looked for %s", sources_known());
    if (ret_source)
        *ret_source = source;
    return source->read(bytes, length, context, reterr);
}
