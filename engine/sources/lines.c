#include "engine/sources/lines.h"

#include <string.h>
#include <strings.h>

bool lines_next(const char **at, const char *end, size_t *number, struct line *line)
{
    if (*at >= end)
        return false;
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    size_t length = (size_t)((stop ? stop : end) - *at);
    *line = (struct line){*at, length, ++*number};
    *at += length + (stop != NULL);
    while (line->length && memchr(" \t\r", line->text[line->length - 1], 3))
        line->length--;
    return true;
}

bool line_starts(const struct line *line, const char *prefix)
{
    return line->length >= strlen(prefix) && memcmp(line->text, prefix, strlen(prefix)) == 0;
}

bool line_begins(const struct line *line, const char *prefix)
{
    return line->length >= strlen(prefix) && strncasecmp(line->text, prefix, strlen(prefix)) == 0;
}

bool line_is(const struct line *line, const char *text)
{
    return line->length == strlen(text) && line_starts(line, text);
}

void line_skip(struct line *line, size_t length)
{
    line->text += length;
    line->length -= length;
}

void line_skip_blanks(struct line *line)
{
    while (line->length && (*line->text == ' ' || *line->text == '\t'))
        line_skip(line, 1);
}

bool lines_number(const char **at, const char *end, int most, int *ret_number)
{
    int number = 0, digits = 0;
    for (; *at < end && **at >= '0' && **at <= '9' && digits < most; digits++)
        number = number * 10 + (*(*at)++ - '0');
    *ret_number = number;
    return digits > 0;
}
