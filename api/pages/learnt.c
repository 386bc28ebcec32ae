/* What pith has learnt of its reader: in words, over time, and how true its chances came. */
#include "api/pages/pages.h"

#include "api/render/charts.h"
#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EACH = 12, STRETCHES = 24, WEEK = 7 };

static const char *const kinds[PITH_TRAIT_KINDS] = {[PITH_TRAIT_WORD] = "Words",
                                                    [PITH_TRAIT_AUTHOR] = "Authors",
                                                    [PITH_TRAIT_CATEGORY] = "Categories",
                                                    [PITH_TRAIT_ORGANISATION] = "Organisations"};

static size_t count_of(const struct pith_traits *traits, enum pith_trait_kind kind, bool good)
{
    size_t count = 0;
    for (size_t i = 0; i < traits->count; i++)
        count += traits->item[i].kind == kind && (traits->item[i].weight > 0) == good;
    return count;
}

/* A bar beside each, against the strongest of its kind. */
static void put_traits(FILE *to, const struct pith_traits *traits, enum pith_trait_kind kind, bool good, double most)
{
    if (!count_of(traits, kind, good)) {
        fputs("<p class=\"empty\">none yet</p>\n", to);
        return;
    }
    fputs("<ol class=\"traits\">\n", to);
    for (size_t i = 0; i < traits->count; i++) {
        const struct pith_trait *trait = &traits->item[i];
        if (trait->kind != kind || (trait->weight > 0) != good)
            continue;
        fputs("<li><bdi>", to);
        html_text(to, trait->label);
        fprintf(
            to,
            "</bdi><svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"%s\" width=\"%.1f\" "
            "height=\"6\"/></svg></li>\n",
            good ? "yes" : "no", most > 0 ? 100 * fabs(trait->weight) / most : 0);
    }
    fputs("</ol>\n", to);
}

static void put_kind(FILE *to, const struct pith_traits *traits, enum pith_trait_kind kind)
{
    double most = 0;
    for (size_t i = 0; i < traits->count; i++)
        if (traits->item[i].kind == kind)
            most = fmax(most, fabs(traits->item[i].weight));
    if (most <= 0)
        return;
    fprintf(to, "<section class=\"pair\">\n<h2>%s</h2>\n<div>\n<h3>For</h3>\n", kinds[kind]);
    put_traits(to, traits, kind, true, most);
    fputs("</div>\n<div>\n<h3>Against</h3>\n", to);
    put_traits(to, traits, kind, false, most);
    fputs("</div>\n</section>\n", to);
}

/* ---- votes over time ---- */

/* Stretches of weeks, so many that all votes lie in them. */
static void put_votes(FILE *to, const struct pith_votes *votes, int32_t today)
{
    struct charts_stretch stretch[STRETCHES] = {0};
    int32_t first = today, length;
    for (size_t i = 0; i < votes->count; i++)
        first = votes->item[i].day < first ? votes->item[i].day : first;
    length = WEEK * ((today - first) / (STRETCHES * WEEK) + 1);
    for (size_t i = 0; i < STRETCHES; i++) {
        char day[DIGEST_DAY];
        digest_day(today - length * (int32_t)(STRETCHES - i) + 1, day);
        snprintf(stretch[i].label, sizeof stretch[i].label, "%s", day + strcspn(day, " ") + 1);
    }
    for (size_t i = 0; i < votes->count; i++) {
        const struct pith_standing *vote = &votes->item[i];
        int32_t back = (today - vote->day) / length;
        if (vote->loser || back < 0 || back >= STRETCHES)
            continue;
        stretch[STRETCHES - 1 - back].ups += vote->verdict == 1;
        stretch[STRETCHES - 1 - back].downs += vote->verdict == -1;
    }
    fprintf(to, "<section>\n<h2>Votes over time</h2>\n<p class=\"lead\">%zu liked, %zu not", votes->ups, votes->downs);
    if (votes->pairs)
        fprintf(to, ", %zu compared", votes->pairs);
    if (votes->seeds)
        fprintf(to, ", %zu to start from", votes->seeds);
    fprintf(to, length > WEEK ? ". A bar is %d weeks.</p>\n" : ". A bar is a week.</p>\n", length / WEEK);
    charts_votes(to, stretch, STRETCHES);
    fputs("</section>\n", to);
}

static void put_given(FILE *to, const struct page *page, const struct pith_summary *summary)
{
    fputs("<section>\n<h2>How true the chances came</h2>\n", to);
    if (summary->given)
        fprintf(to, "<p class=\"lead\">Of the last %zu papers voted on that were given 80%% or more, %zu were liked.</p>\n",
                summary->given, summary->liked);
    fprintf(to,
            "<p><a class=\"button quiet\" href=\"%slearnt/chances\">Test it on your own past</a></p>\n<p class=\"hint\">Learns "
            "from the votes before "
            "each day and orders that day anew. It takes a while.</p>\n</section>\n",
            page->root);
}

static enum pith_status put_all(struct exchange *exchange, FILE *to, const struct page *page, const struct pith_traits *traits,
                                struct pith_error *reterr)
{
    PITH_AUTO(pith_votes_free_p) struct pith_votes *votes = NULL;
    struct pith_summary summary;
    enum pith_status status = pith_summarise(exchange->pith, &summary, reterr);
    if (!status && page_may(page, PITH_MAY_VOTE))
        status = pith_list_votes(exchange->pith, &votes, reterr);
    if (status)
        return status;
    if (traits->count) {
        fputs("<p class=\"lead\">What speaks most for a paper, and what most against it. Longer bars weigh more.</p>\n", to);
        for (size_t i = 0; i < PITH_TRAIT_KINDS; i++)
            put_kind(to, traits, (enum pith_trait_kind)i);
    } else {
        fputs("<p class=\"empty\">Nothing yet: it learns from your first vote on.</p>\n", to);
    }
    if (votes && votes->count)
        put_votes(to, votes, exchange_today(exchange));
    if (traits->count)
        put_given(to, page, &summary);
    if (page_may(page, PITH_MAY_VOTE))
        fprintf(to,
                "<p class=\"note\">It can also <a href=\"%sseeds\">start from what you have</a>: a library, or words about your "
                "field.</p>\n",
                page->root);
    return PITH_OK;
}

enum pith_status page_learnt(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_traits_free_p) struct pith_traits *traits = NULL;
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_LEARNT, &page, reterr);
    if (!status)
        status = pith_list_traits(exchange->pith, EACH, &traits, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    page.wide = true;
    snprintf(page.back, sizeof page.back, "./learnt");
    page_begin(writing.to, &page, "What pith has learnt");
    status = put_all(exchange, writing.to, &page, traits, reterr);
    page_end(writing.to, &page);
    enum pith_status sent = pages_send(exchange, &writing, reterr);
    return status ? status : sent;
}

/* ---- the self-test ---- */

static void put_quality(FILE *to, const char *name, const struct pith_quality *quality)
{
    const double all[] = {quality->auc, quality->ndcg10, quality->ap, quality->recall10};
    fprintf(to, "<tr><th scope=\"row\">%s</th>", name);
    for (size_t i = 0; i < 4; i++)
        fprintf(to, isfinite(all[i]) ? "<td>%.3f</td>" : "<td>–</td>", all[i]);
    fputs("</tr>\n", to);
}

static void put_replay(FILE *to, const struct pith_backtest *replay)
{
    if (replay->probabilities < CHARTS_LEAST) {
        fprintf(to,
                "<p class=\"empty\">There are %zu votes with a chance given before them; the picture is drawn from %d on.</p>\n",
                replay->probabilities, CHARTS_LEAST);
    } else {
        fprintf(to,
                "<p class=\"lead\">%zu votes, each with the chance that was given before it was cast. On the diagonal they came "
                "true; a line shows "
                "how far a group may be off it by chance alone. They are off by %.1f points in the mean.</p>\n",
                replay->probabilities, 100 * replay->ece);
        charts_reliability(to, replay);
    }
    if (!replay->days)
        return;
    fprintf(to,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"How good the order would have been\">\n<table "
            "class=\"numbers\">\n"
            "<caption>How good the order would have been, the mean of %zu days</caption>\n<thead><tr><td></td><th "
            "scope=\"col\">AUC</th><th "
            "scope=\"col\">nDCG@10</th><th scope=\"col\">AP</th><th scope=\"col\">recall@10</th></tr></thead>\n<tbody>\n",
            replay->days);
    put_quality(to, "pith", &replay->model);
    put_quality(to, "the listing’s order", &replay->listing);
    put_quality(to, "centroid of your votes", &replay->centroid);
    fputs("</tbody>\n</table>\n</div>\n", to);
}

enum pith_status page_chances(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_backtest_free_p) struct pith_backtest *replay = NULL;
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_LEARNT, &page, reterr);
    if (!status)
        status = pith_backtest_votes(exchange->pith, &replay, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    page.wide = true;
    snprintf(page.back, sizeof page.back, "./learnt/chances");
    page_begin(writing.to, &page, "How true the chances came");
    put_replay(writing.to, replay);
    page_end(writing.to, &page);
    return pages_send(exchange, &writing, reterr);
}
