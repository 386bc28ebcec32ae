/* The list of a day, in the reader's order. */
#include "api/pages/pages.h"

#include "api/pages/order.h"
#include "api/render/card.h"
#include "api/render/days.h"
#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILTERS " kind category unread least show "

enum { USUAL = 25, MOST = 50, REASONS = 8, CATEGORY = 40 };

/* What is asked for. */
struct asked {
    int32_t day;
    unsigned announce;
    const char *kind, *category, *order; /* "" for any */
    bool unread;
    double least;
    size_t from, show; /* from: 1 is the first */
};

static const char *parameter(const struct exchange *exchange, const char *name)
{
    const char *value = target_parameter(exchange->request->target, name);
    return value ? value : "";
}

/* "2026-12-01", and "20261201" as mails have it. */
static enum pith_status read_day(struct exchange *exchange, int32_t *day)
{
    char text[16];
    const char *value = parameter(exchange, "day");
    if (strlen(value) == 8 && strspn(value, "0123456789") == 8) {
        snprintf(text, sizeof text, "%.4s-%.2s-%.2s", value, value + 4, value + 6);
        value = text;
    }
    if (!*value || pith_day_from_text(value, day))
        return PITH_OK;
    return exchange_refuse(exchange, PROBLEM_UNUSABLE, "day is to be a day, as YYYY-MM-DD");
}

/* A form sends its empty fields too: they ask for nothing. */
static enum pith_status read_asked(struct exchange *exchange, struct asked *asked)
{
    static const char *const kinds[] = {"new", "cross", "replaced"};
    *asked = (struct asked){.day = PITH_NO_DAY, .least = -1, .from = 1, .show = USUAL};
    asked->kind = parameter(exchange, "kind");
    asked->category = parameter(exchange, "category");
    asked->order = parameter(exchange, "order");
    asked->unread = *parameter(exchange, "unread") != '\0';
    enum pith_status status = read_day(exchange, &asked->day);
    if (!status && *parameter(exchange, "least"))
        status = exchange_number(exchange, "least", 0, 1, &asked->least);
    if (!status)
        status = exchange_count(exchange, "from", 1, 1000000, &asked->from);
    if (!status)
        status = exchange_count(exchange, "show", 1, MOST, &asked->show);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(asked->kind, kinds[i]) == 0)
            asked->announce = 1U << i;
    if (!status && *asked->kind && !asked->announce)
        return exchange_refuse(exchange, PROBLEM_UNUSABLE, "kind is new, cross or replaced");
    return status;
}

static bool is_in(const struct pith_ranked *paper, const char *category)
{
    size_t length = strlen(category);
    for (size_t i = 0; i < paper->facts.categories.count; i++) {
        const char *name = paper->facts.categories.item[i];
        if (strncasecmp(name, category, length) == 0 && (!name[length] || name[length] == '.'))
            return true;
    }
    return !length;
}

static bool is_wanted(const struct pith_ranked *paper, const struct asked *asked)
{
    bool read = paper->verdict == 1 || paper->verdict == -1 || paper->later;
    bool kind = !asked->announce || ((unsigned)paper->announce & asked->announce);
    return kind && !(asked->unread && read) && is_in(paper, asked->category) &&
           (asked->least < 0 || paper->probability >= asked->least);
}

static bool is_filtered(const struct asked *asked)
{
    return asked->announce || *asked->category || asked->unread || asked->least >= 0;
}

/* Those that are wanted, in place. */
static void keep_wanted(struct order_list *list, const struct asked *asked)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (is_wanted(&list->row[i], asked))
            list->row[kept++] = list->row[i];
    list->count = kept;
}

/* ---- what stands above the list ---- */

static void put_summary(FILE *to, const struct pith_ranking *ranking, const struct asked *asked, size_t count)
{
    size_t votes = ranking->ups + ranking->downs + ranking->pairs;
    fprintf(to, "<p class=\"lead\">");
    if (!ranking->learned)
        fprintf(to, "%zu papers, as the listing has them. Say of a few whether you like them, and the list comes in your order.",
                ranking->listed);
    else
        fprintf(to, "%zu paper%s in your order, learnt from %zu vote%s.", ranking->listed, ranking->listed == 1 ? "" : "s", votes,
                votes == 1 ? "" : "s");
    if (isfinite(ranking->expected) && isfinite(ranking->missed))
        fprintf(to, " Expect to like about %.*f of them.", ranking->expected + ranking->missed < 9.95 ? 1 : 0,
                ranking->expected + ranking->missed);
    if (ranking->learned && !ranking->probabilities)
        fprintf(to, " Chances are shown from %d votes on, with %d of each kind.", PITH_CHANCE_VOTES, PITH_CHANCE_EACH);
    if (is_filtered(asked))
        fprintf(to, " %zu fit%s the filter.", count, count == 1 ? "s" : "");
    fputs("</p>\n", to);
}

static void put_begin(FILE *to, const struct page *page)
{
    if (page_may(page, PITH_MAY_VOTE))
        fprintf(to,
                "<p class=\"note\">You can start from what you have: <a href=\"%sseeds\">your library, or words about your "
                "field</a>.</p>\n",
                page->root);
}

static void put_notices(FILE *to, const struct pith_ranking *ranking)
{
    if (!ranking->shortfalls)
        return;
    fputs("<details class=\"note\"><summary>Something of this listing is missing</summary>\n<ul>\n", to);
    for (size_t i = 0; i < ranking->shortfalls; i++) {
        fputs("<li>", to);
        html_text(to, ranking->shortfall[i]);
        fputs("</li>\n", to);
    }
    fputs("</ul>\n</details>\n", to);
}

static void put_choice(FILE *to, const char *value, const char *label, bool chosen)
{
    fprintf(to, "<option value=\"%s\"%s>%s</option>\n", value, chosen ? " selected" : "", label);
}

static void put_filters(FILE *to, const struct page *page, const struct asked *asked, int32_t day, bool probabilities)
{
    static const struct {
        const char *value, *label;
    } kinds[] = {{"", "all"}, {"new", "new"}, {"cross", "cross-listed"}, {"replaced", "new versions"}},
      chances[] = {{"", "any"}, {"0.25", "25% or more"}, {"0.5", "50% or more"}, {"0.75", "75% or more"}, {"0.9", "90% or more"}};
    char text[16];
    bool set = is_filtered(asked);
    fprintf(to, "<details class=\"filters\"%s><summary>Filter</summary>\n<form action=\"%s./\">\n", set ? " open" : "", page->root);
    fprintf(to,
            "<input type=\"hidden\" name=\"day\" value=\"%s\">\n<p><label for=\"kind\">Announced as</label>\n<select id=\"kind\" "
            "name=\"kind\">\n",
            pith_day_text(day, text));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        put_choice(to, kinds[i].value, kinds[i].label, strcmp(kinds[i].value, asked->kind) == 0);
    fputs("</select></p>\n<p><label for=\"category\">Category</label>\n<input id=\"category\" name=\"category\" "
          "placeholder=\"cs.CL\" size=\"10\" "
          "spellcheck=\"false\" autocapitalize=\"none\" value=\"",
          to);
    html_text(to, asked->category);
    fputs("\"></p>\n", to);
    if (probabilities) {
        fputs("<p><label for=\"least\">Chance</label>\n<select id=\"least\" name=\"least\">\n", to);
        for (size_t i = 0; i < sizeof chances / sizeof *chances; i++)
            put_choice(to, chances[i].value, chances[i].label,
                       *chances[i].value ? asked->least >= 0 && fabs(asked->least - strtod(chances[i].value, NULL)) < 1e-9
                                         : asked->least < 0);
        fputs("</select></p>\n", to);
    }
    fprintf(to, "<p class=\"check\"><label><input type=\"checkbox\" name=\"unread\" value=\"1\"%s> only unread</label></p>\n",
            asked->unread ? " checked" : "");
    fputs("<p><button class=\"quiet\">Show</button>", to);
    if (set)
        fprintf(to, " <a href=\"%s./?day=%s\">Show all</a>", page->root, text);
    fputs("</p>\n</form>\n</details>\n", to);
}

/* ---- what stands below it ---- */

/* This list's address with other parameters: its filters, day, order, and what `more` says. */
static void put_address(FILE *to, const struct exchange *exchange, const char *parameters, const char *more)
{
    const struct target *target = exchange->request->target;
    fprintf(to, "./?%s", more);
    for (size_t i = 0; i < target->parameters; i++) {
        char name[40];
        snprintf(name, sizeof name, " %.30s ", target->parameter[i].name);
        if (!strstr(parameters, name) || !*target->parameter[i].value)
            continue;
        fprintf(to, "&amp;%s=", target->parameter[i].name);
        page_escape(to, target->parameter[i].value);
    }
}

static void put_pager(FILE *to, const struct exchange *exchange, const struct asked *asked, int32_t day, size_t count,
                      const char *order)
{
    char text[16], more[120];
    size_t end = asked->from - 1 + asked->show;
    pith_day_text(day, text);
    fputs("<nav class=\"pager\" aria-label=\"More papers\">\n", to);
    if (asked->from > 1) {
        snprintf(more, sizeof more, "day=%s&amp;order=%s&amp;from=%zu", text, order,
                 asked->from > asked->show ? asked->from - asked->show : 1);
        fputs("<a rel=\"prev\" href=\"", to);
        put_address(to, exchange, FILTERS, more);
        fputs("\">Those before</a>\n", to);
    }
    if (end < count) {
        snprintf(more, sizeof more, "day=%s&amp;order=%s&amp;from=%zu", text, order, end + 1);
        fputs("<a rel=\"next\" class=\"button\" href=\"", to);
        put_address(to, exchange, FILTERS, more);
        fputs("\">Next papers</a>\n", to);
    }
    if (count > asked->show && asked->show < MOST) {
        snprintf(more, sizeof more, "day=%s&amp;show=%d", text, MOST);
        fputs("<a href=\"", to);
        put_address(to, exchange, " kind category unread least ", more);
        fprintf(to, "\">%d on a page</a>\n", MOST);
    }
    if (*asked->order) {
        snprintf(more, sizeof more, "day=%s", text);
        fputs("<a href=\"", to);
        put_address(to, exchange, FILTERS, more);
        fputs("\">Order anew, by your latest votes</a>\n", to);
    }
    fputs("</nav>\n", to);
}

static void put_keys(FILE *to)
{
    static const char *const keys[][2] = {{"j", "next paper"}, {"k", "the one before"}, {"space", "abstract"}, {"u", "like"},
                                          {"d", "not for me"}, {"l", "later"},          {"z", "undo"},         {"o", "open"},
                                          {"w", "why"},        {"n", "next day"},       {"/", "search"},       {"?", "these keys"}};
    fputs("<details class=\"keys\" id=\"keys\" data-script hidden><summary>Keys</summary>\n<dl>\n", to);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        fprintf(to, "<div><dt><kbd>%s</kbd></dt><dd>%s</dd></div>\n", keys[i][0], keys[i][1]);
    fputs("</dl>\n</details>\n", to);
}

static enum pith_status put_list(struct exchange *exchange, struct writing *writing, const struct page *page,
                                 const struct asked *asked, int32_t day, const struct order_list *list, struct pith_error *reterr)
{
    size_t first = asked->from - 1 < list->count ? asked->from - 1 : list->count;
    size_t shown = list->count - first < asked->show ? list->count - first : asked->show;
    if (!shown)
        fputs("<p class=\"empty\">No paper of this day fits.</p>\n", writing->to);
    fflush(writing->to);
    enum pith_status status = card_put_all(writing->to, page, list->row + first, shown, writing->length, reterr);
    put_pager(writing->to, exchange, asked, day, list->count, list->name);
    return status;
}

static enum pith_status send_nothing(struct exchange *exchange, struct page *page, struct pith_error *reterr)
{
    struct writing writing;
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    page_begin(writing.to, page, "Today");
    fputs("<p class=\"empty\">No listing has come yet. <code>pith fetch arxiv:cs.LG</code> brings one in, and so does <code>pith "
          "import "
          "FILE</code>.</p>\n",
          writing.to);
    page_end(writing.to, page);
    return pages_send(exchange, &writing, reterr);
}

/* Forms come back to this list in this order. */
static void come_back(struct exchange *exchange, struct page *page, const struct order_list *list)
{
    char more[ORDER_NAME + 8];
    pages_come_back(exchange, page, "./", " day kind category unread least from show ");
    snprintf(more, sizeof more, "%corder=%.*s", strchr(page->back, '?') ? '&' : '?', ORDER_NAME - 1, list->name);
    if (*list->name && strlen(page->back) + strlen(more) < PAGE_BACK)
        strcat(page->back, more);
}

/* What the page of a day shows. */
struct shown {
    const struct pith_ranking *ranking;
    const struct order_list *list;
    const int32_t *day; /* every listing day, for the strip of days */
    size_t days;
};

static enum pith_status send_list(struct exchange *exchange, struct page *page, const struct asked *asked,
                                  const struct shown *shown, struct pith_error *reterr)
{
    const struct pith_ranking *ranking = shown->ranking;
    struct writing writing;
    char title[DIGEST_DAY];
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    come_back(exchange, page, shown->list);
    digest_whole_day(ranking->last, title);
    page_begin(writing.to, page, title);
    days_put(writing.to, page, shown->day, shown->days, ranking->last, "");
    put_summary(writing.to, ranking, asked, shown->list->count);
    if (!ranking->learned)
        put_begin(writing.to, page);
    put_notices(writing.to, ranking);
    put_filters(writing.to, page, asked, ranking->last, ranking->probabilities);
    status = put_list(exchange, &writing, page, asked, ranking->last, shown->list, reterr);
    put_keys(writing.to);
    page_end(writing.to, page);
    enum pith_status sent = pages_send(exchange, &writing, reterr);
    return status ? status : sent;
}

/* A day without a listing leads to the last one before it. */
static bool lead_to_day(struct exchange *exchange, int32_t asked, const int32_t *day, size_t days, enum pith_status *ret_status,
                        struct pith_error *reterr)
{
    char address[40], text[16];
    size_t at = 0;
    while (at + 1 < days && day[at + 1] <= asked)
        at++;
    if (day[at] == asked)
        return false;
    snprintf(address, sizeof address, "./?day=%s", pith_day_text(day[at], text));
    *ret_status = pages_lead(exchange, address, reterr);
    return true;
}

enum pith_status page_today(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_ranking_free_p) struct pith_ranking *ranking = NULL;
    PITH_AUTO(order_clear) struct order_list list = {0};
    PITH_AUTO(pith_free_p) int32_t *day = NULL;
    struct asked asked;
    struct page page;
    size_t days = 0;
    enum pith_status status = read_asked(exchange, &asked);
    if (!status)
        status = pages_open(exchange, PAGE_TODAY, &page, reterr);
    if (!status)
        status = pith_list_days(exchange->pith, &day, &days, reterr);
    if (status)
        return status;
    if (!days)
        return send_nothing(exchange, &page, reterr);
    if (asked.day != PITH_NO_DAY && lead_to_day(exchange, asked.day, day, days, &status, reterr))
        return status;
    size_t most = asked.from + asked.show; /* one more tells whether the list goes on */
    const struct pith_rank_request request = {
        .size = sizeof request, .first = asked.day, .last = asked.day, .limit = is_filtered(&asked) ? 0 : most, .reasons = REASONS};
    status = pith_rank(exchange->pith, &request, &ranking, reterr);
    if (!status)
        status = order_make(exchange, asked.order, &(struct order_from){ranking, most, REASONS}, &list, reterr);
    if (status)
        return status;
    keep_wanted(&list, &asked);
    return send_list(exchange, &page, &asked, &(struct shown){ranking, &list, day, days}, reterr);
}
