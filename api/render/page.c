#include "api/render/page.h"

#include "api/render/html.h"

#include <string.h>

extern const char pages_style[], pages_script[]; /* api/pages/pith.css, api/pages/pith.js */

bool page_may(const struct page *page, enum pith_scope scope)
{
    return (page->scopes & (unsigned)scope) != 0;
}

void page_escape(FILE *to, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || strchr("-._~", *at);
        fprintf(to, plain ? "%c" : "%%%02X", *at);
    }
}

void page_anchor(const char *key, char anchor[PAGE_ANCHOR])
{
    char hex[33];
    pith_fingerprint(key, strlen(key), hex);
    snprintf(anchor, PAGE_ANCHOR, "p%.8s", hex);
}

/* An asset's address changes with its content, so that a browser may keep it. */
static void put_asset(FILE *to, const struct page *page, const char *name, const char *content)
{
    char hex[33];
    pith_fingerprint(content, strlen(content), hex);
    fprintf(to, "%sassets/%s?v=%.12s", page->root, name, hex);
}

static void put_head(FILE *to, const struct page *page, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex, nofollow\">\n"
          "<title>",
          to);
    html_text(to, title);
    fputs(" · pith</title>\n<link rel=\"stylesheet\" href=\"", to);
    put_asset(to, page, "pith.css", pages_style);
    fprintf(to, "\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"%sassets/pith.svg\">\n", page->root);
    fputs("<script defer src=\"", to);
    put_asset(to, page, "pith.js", pages_script);
    fputs("\"></script>\n</head>\n", to);
}

static void put_tabs(FILE *to, const struct page *page)
{
    static const struct {
        enum page_tab tab;
        const char *address, *name;
        unsigned scopes;
    } tabs[] = {
        {PAGE_TODAY, "./", "Today", PITH_MAY_RANK},
        {PAGE_LATER, "later", "Later", PITH_MAY_VOTE},
        {PAGE_SEARCH, "search", "Search", PITH_MAY_RANK},
        {PAGE_LEARNT, "learnt", "Learnt", PITH_MAY_RANK},
        {PAGE_SETTINGS, "settings", "Settings", PITH_MAY_VOTE},
        {PAGE_ACCOUNT, "account", "Account", 0},
    };
    fputs("<nav aria-label=\"Pages\">\n<ul>\n", to);
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
        if ((page->scopes & tabs[i].scopes) == tabs[i].scopes)
            fprintf(to, "<li><a href=\"%s%s\"%s>%s</a></li>\n", page->root, tabs[i].address,
                    page->tab == tabs[i].tab ? " aria-current=\"page\"" : "", tabs[i].name);
    fputs("</ul>\n</nav>\n", to);
}

void page_begin(FILE *to, const struct page *page, const char *title)
{
    put_head(to, page, title);
    fprintf(to,
            "<body%s>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<header class=\"top\">\n<div>\n"
            "<a class=\"brand\" href=\"%s./\">pith</a>\n",
            page->wide ? " class=\"wide\"" : "", page->root);
    if (*page->form_token)
        put_tabs(to, page);
    fputs("</div>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n", to);
    if (page->bare)
        return;
    fputs("<h1>", to);
    html_text(to, title);
    fputs("</h1>\n", to);
}

static void put_message(FILE *to, const struct page *page)
{
    fprintf(to, "<div class=\"said\" role=\"status\" id=\"said\"%s>\n<p>", *page->message ? "" : " hidden");
    html_text(to, page->message);
    fputs("</p>\n", to);
    if (page_may(page, PITH_MAY_VOTE))
        fprintf(to, "<button type=\"submit\" form=\"vote\" name=\"undo\" value=\"1\" class=\"plain\"%s>Undo</button>\n",
                page->undo ? "" : " hidden");
    fputs("</div>\n", to);
}

void page_end(FILE *to, const struct page *page)
{
    if (*page->form_token) {
        page_vote_form(to, page);
        put_message(to, page);
    }
    fputs("</main>\n</body>\n</html>\n", to);
}

void page_form(FILE *to, const struct page *page, const char *action, const char *more)
{
    fprintf(to, "<form method=\"post\" action=\"%s%s\"%s%s>\n", page->root, action, *more ? " " : "", more);
    if (*page->form_token)
        fprintf(to, "<input type=\"hidden\" name=\"form\" value=\"%s\">\n", page->form_token);
}

void page_vote_form(FILE *to, const struct page *page)
{
    page_form(to, page, "vote", "id=\"vote\" hidden");
    fputs("<input type=\"hidden\" name=\"back\" value=\"", to);
    html_text(to, page->back);
    fputs("\">\n</form>\n", to);
}
