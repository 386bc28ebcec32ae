/* Papers of the store by words. */
#include "api/pages/pages.h"

#include "api/render/card.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <string.h>

enum { USUAL = 25, REASONS = 8 };

static void put_field(FILE *to, const struct page *page, const char *query, bool mine)
{
    fprintf(to,
            "<form action=\"%ssearch\" role=\"search\" class=\"search\">\n<label class=\"aside\" for=\"q\">Words to search "
            "for</label>\n"
            "<input id=\"q\" type=\"search\" name=\"q\" maxlength=\"400\" required value=\"",
            page->root);
    html_text(to, query);
    fprintf(to,
            "\">\n<button>Search</button>\n<label class=\"check\"><input type=\"checkbox\" name=\"mine\" value=\"true\"%s> in my "
            "order</label>\n"
            "</form>\n",
            mine ? " checked" : "");
}

static void put_help(FILE *to)
{
    fputs("<details class=\"note\"><summary>What can be searched for</summary>\n<ul>\n<li>All words must stand in the paper, in "
          "any form.</li>\n"
          "<li><code>\"two words\"</code> is a phrase, <code>diffus*</code> a beginning; <code>-survey</code> must not stand "
          "there.</li>\n"
          "<li><code>one OR other</code>, <code>title:word</code>, <code>author:\"Jane Doe\"</code>, <code>category:cs.LG</code>, "
          "<code>since:2026-05-01</code>, <code>until:2026-06-30</code></li>\n</ul>\n</details>\n",
          to);
}

static enum pith_status put_found(struct writing *writing, const struct page *page, const struct pith_ranking *found,
                                  struct pith_error *reterr)
{
    fprintf(writing->to, "<p class=\"lead\">%zu paper%s%s.</p>\n", found->listed, found->listed == 1 ? "" : "s",
            found->count < found->listed ? ", the first of them" : "");
    fflush(writing->to);
    return card_put_all(writing->to, page, found->item, found->count, writing->length, reterr);
}

enum pith_status page_search(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *found = NULL;
    struct pith_search_request request = {.size = sizeof request, .limit = USUAL, .reasons = REASONS};
    struct pith_error error = {0};
    struct writing writing;
    struct page page;
    const char *query = target_parameter(exchange->request->target, "q");
    bool asked = query && query[strspn(query, " ")];
    enum pith_status status = exchange_flag(exchange, "mine", &request.mine);
    if (!status)
        status = pages_open(exchange, PAGE_SEARCH, &page, reterr);
    enum pith_status search = !status && asked ? pith_search(exchange->pith, query, &request, &found, &error) : PITH_OK;
    if (search && search != PITH_NOT_FOUND && search != PITH_USAGE) {
        *reterr = error;
        return search;
    }
    pages_come_back(exchange, &page, "./search", " q mine ");
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    page_begin(writing.to, &page, "Search");
    put_field(writing.to, &page, asked ? query : "", request.mine);
    if (search) {
        fputs("<p class=\"empty\" role=\"status\">", writing.to);
        html_text(writing.to, search == PITH_NOT_FOUND ? "No paper here has all of these words." : error.message);
        fputs("</p>\n", writing.to);
    }
    if (found)
        status = put_found(&writing, &page, found, reterr);
    else
        put_help(writing.to);
    page_end(writing.to, &page);
    enum pith_status sent = pages_send(exchange, &writing, reterr);
    return status ? status : sent;
}
