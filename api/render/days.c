#include "api/render/days.h"

#include "api/render/digest_words.h"
#include "api/render/html.h"

#include <string.h>

enum { STRIP = 7 };

static void put_day(FILE *to, const struct page *page, int32_t day, bool here, const char *more)
{
    char text[16], words[DIGEST_DAY];
    digest_day(day, words); /* "Thu 26 Nov" */
    const char *number = strchr(words, ' '), *month = strrchr(words, ' ');
    fprintf(to, "<li><a href=\"%s./?day=%s", page->root, pith_day_text(day, text));
    html_text(to, more);
    fprintf(to, "\"%s><span>%.*s</span>%.*s<em>%s</em></a></li>\n", here ? " aria-current=\"date\"" : "", (int)(number - words),
            words, (int)(month - number), number, month);
}

/* To the day before the strip's first, or behind its last. */
static void put_step(FILE *to, const struct page *page, int32_t day, const char *rel, const char *label, const char *sign,
                     const char *more)
{
    char text[16];
    fprintf(to, "<a class=\"step\" rel=\"%s\" data-day href=\"%s./?day=%s", rel, page->root, pith_day_text(day, text));
    html_text(to, more);
    fprintf(to, "\" aria-label=\"%s\">%s</a>\n", label, sign);
}

void days_put(FILE *to, const struct page *page, const int32_t *day, size_t count, int32_t shown, const char *more)
{
    char text[16];
    size_t at = 0;
    while (at + 1 < count && day[at] < shown)
        at++;
    size_t end = at + 1 + STRIP / 2 > count ? count : at + 1 + STRIP / 2;
    size_t first = end > STRIP ? end - STRIP : 0;
    end = first + STRIP < count ? first + STRIP : count;
    fputs("<nav class=\"days\" aria-label=\"Days\">\n", to);
    if (at > 0)
        put_step(to, page, day[at - 1], "prev", "The day before", "‹", more);
    fputs("<ol>\n", to);
    for (size_t i = first; i < end; i++)
        put_day(to, page, day[i], i == at, more);
    fputs("</ol>\n", to);
    if (at + 1 < count)
        put_step(to, page, day[at + 1], "next", "The next day", "›", more);
    fprintf(to,
            "<form action=\"%s./\"><label class=\"aside\" for=\"day\">Another day</label><input id=\"day\" type=\"date\" "
            "name=\"day\" value=\"%s\"",
            page->root, pith_day_text(shown, text));
    if (count) {
        fprintf(to, " min=\"%s\"", pith_day_text(day[0], text));
        fprintf(to, " max=\"%s\"", pith_day_text(day[count - 1], text));
    }
    fputs("><button class=\"plain\">Go</button></form>\n</nav>\n", to);
}
