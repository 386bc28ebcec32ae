#include "engine/sources/xml_tags.h"

#include <string.h>

const char *xml_skip_past(const char *at, const char *end, const char *mark)
{
    const char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));
    return found ? found + strlen(mark) : end;
}

bool xml_begins(const char *at, const char *end, const char *mark)
{
    return (size_t)(end - at) >= strlen(mark) && memcmp(at, mark, strlen(mark)) == 0;
}

/* A document type, with what it declares in brackets. */
static const char *skip_declaration(const char *at, const char *end)
{
    const char *close = memchr(at, '>', (size_t)(end - at)), *bracket = memchr(at, '[', (size_t)(end - at));
    if (bracket && (!close || bracket < close)) {
        const char *after = memchr(bracket, ']', (size_t)(end - bracket));
        close = after ? memchr(after, '>', (size_t)(end - after)) : NULL;
    }
    return close ? close + 1 : end;
}

/* Past the attributes: a '>' in quotes does not end a tag, another '<' breaks it off. */
static const char *skip_attributes(const char *at, const char *end, size_t *ret_attributes)
{
    char quote = 0;
    *ret_attributes = 0;
    for (; at < end && *at != '<'; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '>')
            return at + 1;
        else
            *ret_attributes += *at == '=';
    }
    return at;
}

static void name_tag(struct xml_tag *tag, const char *name, const char *end)
{
    tag->name = name;
    const char *at = name;
    for (; at < end && !memchr(" \t\r\n/>", *at, 6); at++)
        if (*at == ':')
            tag->name = at + 1;
    tag->name_length = (size_t)(at - tag->name);
}

bool xml_next_tag(const char *at, const char *end, struct xml_tag *tag)
{
    while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        if (xml_begins(at, end, "<!--")) {
            at = xml_skip_past(at + 4, end, "-->");
        } else if (xml_begins(at, end, "<![CDATA[")) {
            at = xml_skip_past(at, end, "]]>");
        } else if (xml_begins(at, end, "<!")) {
            at = skip_declaration(at, end);
        } else if (xml_begins(at, end, "<?")) {
            at = xml_skip_past(at, end, "?>");
        } else {
            bool closing = xml_begins(at, end, "</");
            tag->begin = at;
            tag->after = skip_attributes(at + 1, end, &tag->attributes);
            name_tag(tag, at + 1 + closing, tag->after);
            tag->kind = closing ? TAG_END : tag->after[-1] == '>' && tag->after[-2] == '/' ? TAG_EMPTY : TAG_START;
            return true;
        }
    }
    return false;
}

bool xml_is_named(const struct xml_tag *tag, const char *name)
{
    return strlen(name) == tag->name_length && memcmp(tag->name, name, tag->name_length) == 0;
}
