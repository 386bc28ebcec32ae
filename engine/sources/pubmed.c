#include "engine/sources/pubmed.h"

#include <string.h>
#include <strings.h>

/* "[Title in English]." in place: the bracket that opens it is closed at its end. */
static void drop_brackets(char *title)
{
    size_t depth = 0, length = strlen(title), close = 0;
    while (length && strchr(". ", title[length - 1]))
        length--;
    for (size_t at = 0; at < length && *title == '['; at++) {
        depth += title[at] == '[';
        depth -= title[at] == ']' && depth > 0;
        if (depth == 0) {
            close = at;
            break;
        }
    }
    if (close < 3 || close + 1 != length)
        return;
    size_t start = 1 + (title[1] == ' ');
    while (close > start && title[close - 1] == ' ')
        close--;
    memmove(title, title + start, close - start);
    title[close - start] = '\0';
}

void pubmed_title(struct record *record, const char *english, const char *vernacular)
{
    char **title = &record->paper.title;
    bool none = english && strncasecmp(english + strspn(english, "[ "), "Not Available", 13) == 0 && strlen(english) < 20;
    if (!(none && vernacular && *vernacular))
        record_markup(record, title, english);
    record_markup(record, title, vernacular);
    if (*title)
        drop_brackets(*title);
}

void pubmed_abstract(struct record *record, const char *text)
{
    static const char heading[] = "UNLABELLED:";
    if (text && strncasecmp(text, heading, sizeof heading - 1) == 0)
        text += sizeof heading - 1;
    record_markup(record, &record->paper.abstract, text);
}
