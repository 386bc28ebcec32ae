#include "api/render/html.h"

#include <string.h>
#include <strings.h>

extern const char page_style[]; /* api/page.css */

/* U+FFFE and U+FFFF are no characters of XML. */
static bool is_no_character(const unsigned char *at)
{
    return at[0] == 0xef && at[1] == 0xbf && (at[2] == 0xbe || at[2] == 0xbf);
}

void html_text(FILE *to, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        switch (*at) {
        case '&': fputs("&amp;", to); break;
        case '<': fputs("&lt;", to); break;
        case '>': fputs("&gt;", to); break;
        case '"': fputs("&quot;", to); break;
        case '\'': fputs("&#39;", to); break;
        default:
            if (is_no_character(at))
                at += 2;
            else if (*at >= ' ' || *at == '\n' || *at == '\t')
                fputc(*at, to);
        }
}

bool html_is_link(const char *url)
{
    size_t scheme = url && strncasecmp(url, "https://", 8) == 0 ? 8 : url && strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
    if (!scheme || !url[scheme])
        return false;
    for (const unsigned char *at = (const unsigned char *)url; *at; at++)
        if (*at <= ' ' || *at == 0x7f)
            return false;
    return true;
}

void html_head(FILE *to, const char *title, const char *style)
{
    static const char *const metas[][2] = {{"viewport", "width=device-width, initial-scale=1"},
                                           {"color-scheme", "light dark"},
                                           {"supported-color-schemes", "light dark"},
                                           {"robots", "noindex, nofollow"}};
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", to);
    for (size_t i = 0; i < sizeof metas / sizeof *metas; i++)
        fprintf(to, "<meta name=\"%s\" content=\"%s\">\n", metas[i][0], metas[i][1]);
    fputs("<title>", to);
    html_text(to, title);
    fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n", style);
}

void html_begin(FILE *to, const char *title)
{
    html_head(to, title, page_style);
    fputs("<body>\n<main>\n<h1>", to);
    html_text(to, title);
    fputs("</h1>\n", to);
}

void html_end(FILE *to)
{
    fputs("</main>\n</body>\n</html>\n", to);
}
