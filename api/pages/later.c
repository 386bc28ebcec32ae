/* The reading list: what was set aside, the newest first. */
#include "api/pages/pages.h"

#include "api/render/card.h"
#include "api/writing.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 50, REASONS = 8 };

/* Each paper as a list has it; those that this store does not hold any more are left out. */
static enum pith_status show_all(struct exchange *exchange, const struct pith_votes *list, struct pith_ranked **paper,
                                 size_t *ret_count, struct pith_error *reterr)
{
    for (size_t i = list->count; i-- > 0 && *ret_count < MOST;) {
        enum pith_status status = pith_show(exchange->pith, list->item[i].key, REASONS, &paper[*ret_count], reterr);
        if (status && status != PITH_NOT_FOUND)
            return status;
        *ret_count += !status;
    }
    return PITH_OK;
}

static enum pith_status put_list(struct writing *writing, const struct page *page, struct pith_ranked *const *paper, size_t count,
                                 size_t all, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct pith_ranked *row = pith_calloc(count + 1, sizeof *row);
    if (!row)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count; i++)
        row[i] = *paper[i]; /* borrowed */
    if (count)
        fprintf(writing->to, "<p class=\"lead\">%zu paper%s to read%s. A like or a “not for me” takes a paper off the list.</p>\n",
                all, all == 1 ? "" : "s", count < all ? ", the newest of them" : "");
    else
        fputs("<p class=\"empty\">Nothing is set aside. <b>Later</b> under a paper puts it here.</p>\n", writing->to);
    fflush(writing->to);
    return card_put_all(writing->to, page, row, count, writing->length, reterr);
}

enum pith_status page_later(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *list = NULL;
    struct pith_ranked *paper[MOST] = {0};
    struct writing writing;
    struct page page;
    size_t count = 0;
    enum pith_status status = pages_open(exchange, PAGE_LATER, &page, reterr);
    if (!status)
        status = pith_list_later(exchange->pith, &list, reterr);
    if (!status)
        status = show_all(exchange, list, paper, &count, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (!status) {
        snprintf(page.back, sizeof page.back, "./later");
        page_begin(writing.to, &page, "Later");
        status = put_list(&writing, &page, paper, count, list->count, reterr);
        page_end(writing.to, &page);
        enum pith_status sent = pages_send(exchange, &writing, reterr);
        status = status ? status : sent;
    }
    for (size_t i = 0; i < count; i++)
        pith_ranked_free(paper[i]);
    return status;
}
