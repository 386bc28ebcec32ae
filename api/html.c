#include "html.h"

#include <string.h>
#include <strings.h>

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
    size_t scheme = url && strncasecmp(url, "https://", 8) == 0  ? 8
                    : url && strncasecmp(url, "http://", 7) == 0 ? 7
                                                                 : 0;
    if (!scheme || !url[scheme])
        return false;
    for (const unsigned char *at = (const unsigned char *)url; *at; at++)
        if (*at <= ' ' || *at == 0x7f)
            return false;
    return true;
}

void html_head(FILE *to, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light "
          "dark\">\n"
          "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>",
          to);
    html_text(to, title);
    fputs("</title>\n", to);
}

static const char style[] =
    "<style>\n"
    ":root{color-scheme:light "
    "dark;--ground:#fff;--ink:#1b1c1e;--quiet:#55595f;--line:#d3d6da;--link:#0a56b8;--on-link:#fff}\n"
    "@media(prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#e9eaec;--quiet:#aeb3ba;--line:#3d4147;--link:#"
    "8ab8ff;"
    "--on-link:#10131a}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,\"Segoe "
    "UI\",Roboto,"
    "\"Helvetica Neue\",Arial,sans-serif;overflow-wrap:anywhere}\n"
    "main{max-width:36rem;margin:0 auto;padding:12vh 1.25rem 3rem}\n"
    "h1{font-size:1.6rem;line-height:1.25;margin:0 0 1.25rem}\n"
    "p{margin:0 0 1.25rem}\n"
    "blockquote{margin:0 0 1.25rem;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--line);font-size:1.125rem}\n"
    "small{color:var(--quiet);font-size:.9375rem}\n"
    "a{color:var(--link)}\n"
    "button{min-height:2.9rem;padding:.6rem 1.4rem;border:1px solid "
    "var(--link);border-radius:.55rem;background:var(--link);"
    "color:var(--on-link);font:inherit;font-weight:600;cursor:pointer}\n"
    "button.second{background:transparent;color:var(--link)}\n"
    "button:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:3px}\n"
    "</style>\n";

void html_begin(FILE *to, const char *title)
{
    html_head(to, title);
    fprintf(to, "%s</head>\n<body>\n<main>\n<h1>", style);
    html_text(to, title);
    fputs("</h1>\n", to);
}

void html_end(FILE *to)
{
    fputs("</main>\n</body>\n</html>\n", to);
}
