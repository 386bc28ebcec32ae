/* One paper: all that is known of it, and how its score comes about, as a sum twice over. */
#include "api/pages/pages.h"

#include "api/render/card.h"
#include "api/render/html.h"
#include "api/render/sum.h"
#include "api/writing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 14, VOTES = 12, REASONS = 8 };

static double largest(double a, double b)
{
    return fabs(a) > fabs(b) ? fabs(a) : fabs(b);
}

static void put_properties(FILE *to, const struct pith_account *account)
{
    const struct pith_ranked *paper = &account->paper;
    double scale = 0, rest = 0;
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < paper->reason_count; i++)
        scale = largest(scale, paper->reasons[i].contribution);
    sum_begin(to, "By what the paper is");
    for (size_t i = 0; i < paper->reason_count; i++) {
        const struct pith_reason *reason = &paper->reasons[i];
        if (strcmp(reason->feature, "other") != 0 && (shown < TERMS || strcmp(reason->feature, "base") == 0)) {
            sum_row(to, "", reason->label, NULL, reason->contribution, scale);
            shown++;
        } else {
            rest += reason->contribution;
            left++;
        }
    }
    if (left) {
        char label[48];
        snprintf(label, sizeof label, left == 1 ? "everything else" : "%zu smaller ones", left);
        sum_row(to, "", label, NULL, rest, scale);
    }
    sum_end(to, "Score", paper->score);
}

static enum pith_status put_vote(FILE *to, const struct page *page, const struct pith_influence *vote, double scale,
                                 struct pith_error *reterr)
{
    struct writing address;
    PITH_AUTO(pith_free_p) char *href = NULL;
    enum pith_status status = writing_begin(&address, reterr);
    if (status)
        return status;
    card_address(address.to, page, vote->key);
    status = writing_end(&address, &href, reterr);
    if (!status)
        sum_row(to,
                vote->loser_title   ? "preferred"
                : vote->verdict > 0 ? "liked"
                                    : "not for you",
                vote->title, href, vote->contribution, scale);
    return status;
}

static enum pith_status put_votes(FILE *to, const struct page *page, const struct pith_account *account, struct pith_error *reterr)
{
    double scale = fabs(account->prior), rest = 0;
    enum pith_status status = PITH_OK;
    size_t left = 0;
    for (size_t i = 0; i < account->influence_count; i++)
        scale = largest(scale, account->influences[i].contribution);
    sum_begin(to, "By your votes");
    sum_row(to, "", "before any vote of yours", NULL, account->prior, scale);
    for (size_t i = 0; !status && i < account->influence_count; i++)
        if (i < VOTES) {
            status = put_vote(to, page, &account->influences[i], scale, reterr);
        } else {
            rest += account->influences[i].contribution;
            left++;
        }
    if (left) {
        char label[48];
        snprintf(label, sizeof label, "%zu smaller one%s", left, left == 1 ? "" : "s");
        sum_row(to, "", label, NULL, rest, scale);
    }
    sum_end(to, "Score", account->paper.score);
    return status;
}

static void put_nears(FILE *to, const struct page *page, const struct pith_ranked *paper)
{
    if (!paper->nears)
        return;
    fputs("<section>\n<h2>Most like it, of what you voted on</h2>\n<ul class=\"plainlist\">\n", to);
    for (size_t i = 0; i < paper->nears; i++) {
        const struct pith_near *near = &paper->near[i];
        fputs("<li><a href=\"", to);
        card_address(to, page, near->key);
        fputs("\"><bdi>", to);
        html_text(to, near->title);
        fprintf(to, "</bdi></a> <small>%s</small></li>\n",
                near->verdict < 0            ? "not for you"
                : near->verdict == PITH_SEED ? "seed"
                                             : "liked");
    }
    fputs("</ul>\n</section>\n", to);
}

static enum pith_status put_account(FILE *to, const struct page *page, const struct pith_account *account,
                                    struct pith_error *reterr)
{
    char chance[PITH_CHANCE_SIZE];
    if (!account->learned) {
        fputs("<p class=\"empty\">Nothing is learnt yet, so nothing speaks for or against it.</p>\n", to);
        return PITH_OK;
    }
    fputs("<section class=\"sums\">\n<h2>Why it stands where it stands</h2>\n<p class=\"lead\">The same score twice over", to);
    pith_chance_text(account->paper.probability, chance);
    if (*chance) {
        fputs("; it makes a chance of ", to);
        html_text(to, chance);
    }
    fputs(". To the right is what speaks for the paper.</p>\n", to);
    put_properties(to, account);
    enum pith_status status = put_votes(to, page, account, reterr);
    fputs("</section>\n", to);
    return status;
}

enum pith_status page_paper(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *named = NULL;
    PITH_AUTO(pith_ranked_free_p) struct pith_ranked *paper = NULL;
    PITH_AUTO(pith_account_free_p) struct pith_account *account = NULL;
    struct writing writing;
    struct page page;
    enum pith_status status = exchange_paper(exchange, &named, reterr);
    if (!status)
        status = pages_open(exchange, PAGE_NONE, &page, reterr);
    if (!status)
        status = pith_show(exchange->pith, named->item[0].key, REASONS, &paper, reterr);
    if (!status)
        status = pith_why(exchange->pith, named->item[0].key, &account, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    snprintf(page.back, sizeof page.back, "./%.*s", PAGE_BACK - 3, exchange->request->raw + 1);
    page.back[strcspn(page.back, "?")] = '\0';
    page.bare = true;
    page_begin(writing.to, &page, paper->title);
    card_put(writing.to, &page, paper, CARD_WHOLE);
    put_nears(writing.to, &page, paper);
    status = put_account(writing.to, &page, account, reterr);
    page_end(writing.to, &page);
    enum pith_status sent = pages_send(exchange, &writing, reterr);
    return status ? status : sent;
}
