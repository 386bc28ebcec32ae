#include "api/render/digest_html.h"

#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

/* api/digest.css. Colours stand there alone, so that a program which drops it shows its own, light or dark. */
extern const char digest_style[];

enum { PREVIEWED = 3 };

#define FONT "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
#define PAGE                                                                                                                       \
    "max-width:640px;margin:0 auto;padding:20px;" FONT "font-size:16px;line-height:1.5;"                                           \
    "overflow-wrap:anywhere;word-break:break-word"
#define TITLE "margin:0 0 4px;font-size:18px;line-height:1.35;font-weight:600"
#define BUTTON                                                                                                                     \
    "display:inline-block;margin:0 6px 0 0;padding:5px 13px;border:1px solid;border-radius:16px;"                                  \
    "font-size:14px;line-height:20px;text-decoration:none"
#define SMALL "font-size:14px;line-height:1.5;"
#define NOTICE "margin:0 0 12px;padding:10px 14px;border:1px solid;border-radius:8px"

/* An element with text; `names`: its classes, "" for none. */
static void put_element(FILE *to, const char *element, const char *names, const char *style, const char *text)
{
    fprintf(to, "<%s%s%s%s style=\"%s\">", element, *names ? " class=\"" : "", names, *names ? "\"" : "", style);
    html_text(to, text);
    fprintf(to, "</%s>\n", element);
}

static void put_list(FILE *to, char *const *line, size_t lines)
{
    fputs("<ul style=\"margin:0;padding:0 0 0 20px\">\n", to);
    for (size_t i = 0; i < lines; i++) {
        fputs("<li style=\"margin:0 0 4px\">", to);
        html_text(to, line[i]);
        fputs("</li>\n", to);
    }
    fputs("</ul>\n", to);
}

static void put_top(FILE *to, const struct pith_digest *digest)
{
    char day[DIGEST_DAY], text[DIGEST_SENTENCE];
    digest_whole_day(digest->day, day);
    put_element(to, "p", "quiet", "margin:0 0 4px;" SMALL, day);
    digest_heading(digest, text);
    put_element(to, "h1", "", "margin:0 0 12px;font-size:26px;line-height:1.25;font-weight:700", text);
    digest_summary(digest, text);
    put_element(to, "p", "", "margin:0 0 16px", text);
    digest_state(digest, text);
    if (*text)
        put_element(to, "p", "notice", NOTICE, text);
}

static void put_thumb(FILE *to, const struct base_url *base_url, const struct pith_digest_item *item, const char *ticket,
                      const char *label)
{
    fprintf(to, "<a class=\"thumb\" href=\"%s/t/%s%s%s\" aria-label=\"%s: number %zu\" style=\"" BUTTON "\">%s</a>\n",
            base_url->base, ticket, *item->trail ? "?m=" : "", item->trail, label, item->number, label);
}

static void put_title(FILE *to, const struct pith_digest_item *item)
{
    bool linked = html_is_link(item->url);
    fprintf(to, "<h3 style=\"" TITLE "\"><span class=\"quiet\">%zu.</span> <bdi>", item->number);
    if (linked) {
        fputs("<a href=\"", to);
        html_text(to, item->url);
        fputs("\" style=\"text-decoration:none\">", to);
    }
    html_text(to, item->title);
    fprintf(to, "%s</bdi></h3>\n", linked ? "</a>" : "");
}

static void put_facts(FILE *to, const struct pith_digest_item *item)
{
    struct digest_facts facts;
    digest_facts(item, &facts);
    fputs("<p class=\"quiet\" style=\"margin:0 0 4px;" SMALL "\">", to);
    for (size_t i = 0; i < facts.count; i++) {
        fputs(i ? " &middot; <bdi>" : "<bdi>", to);
        html_text(to, facts.fact[i]);
        fputs("</bdi>", to);
    }
    fputs("</p>\n", to);
}

static void put_reason(FILE *to, const struct pith_digest_item *item)
{
    char chance[PITH_CHANCE_SIZE], reason[DIGEST_SENTENCE];
    pith_chance_text(item->probability, chance);
    digest_reason(item, reason);
    if (!*chance && !*reason)
        return;
    fputs("<p style=\"margin:0;font-size:15px\">", to);
    if (*chance) {
        fputs("<strong class=\"chance\">", to);
        html_text(to, chance);
        fprintf(to, "</strong>%s", *reason ? " &middot; " : "");
    }
    html_text(to, reason);
    fputs("</p>\n", to);
}

static void put_excerpt(FILE *to, const struct pith_digest_item *item)
{
    if (!*item->excerpt)
        return;
    fputs("<p style=\"margin:6px 0 0;font-size:15px\"><bdi>", to);
    html_text(to, item->excerpt);
    fputs("</bdi></p>\n", to);
}

static void put_acts(FILE *to, const struct base_url *base_url, const struct pith_digest_item *item)
{
    bool votes = *item->up && *item->down && *base_url->base, pdf = html_is_link(item->pdf);
    if (!votes && !pdf)
        return;
    fputs("<p style=\"margin:10px 0 0\">\n", to);
    if (votes) {
        put_thumb(to, base_url, item, item->up, "Like");
        put_thumb(to, base_url, item, item->down, "Not for me");
    }
    if (pdf) {
        fputs("<a href=\"", to);
        html_text(to, item->pdf);
        fprintf(to, "\" aria-label=\"PDF: number %zu\" style=\"" SMALL "padding:6px;text-decoration:none\">PDF</a>\n",
                item->number);
    }
    fputs("</p>\n", to);
}

static void put_item(FILE *to, const struct base_url *base_url, const struct pith_digest_item *item)
{
    fputs("<div class=\"line\" style=\"padding:16px 0;border-top:1px solid\">\n", to);
    put_title(to, item);
    put_facts(to, item);
    put_reason(to, item);
    put_excerpt(to, item);
    put_acts(to, base_url, item);
    fputs("</div>\n", to);
}

static void put_heading(FILE *to, const char *title, const char *about)
{
    put_element(to, "h2", "", "margin:24px 0 8px;font-size:20px;line-height:1.3;font-weight:700", title);
    if (*about)
        put_element(to, "p", "quiet", "margin:0 0 8px;" SMALL, about);
}

/* What is longer than mail programs show ends with a link. */
static void put_more(FILE *to, const struct pith_digest *digest, const struct base_url *base_url, size_t left)
{
    char address[DIGEST_ADDRESS];
    digest_address(digest, address);
    if (!*base_url->base) {
        fprintf(to, "<p class=\"line\" style=\"margin:0;padding:16px 0;border-top:1px solid\">%zu more paper%s: pith digest</p>\n",
                left, left == 1 ? "" : "s");
        return;
    }
    fprintf(to,
            "<p class=\"line\" style=\"margin:0;padding:16px 0;border-top:1px solid\"><a href=\"%s%s\">%zu more paper%s on the "
            "page</a></p>\n",
            base_url->base, address, left, left == 1 ? "" : "s");
}

static void put_items(struct writing *writing, const struct pith_digest *digest, const struct base_url *base_url)
{
    FILE *to = writing->to;
    for (size_t i = 0; i < digest->count; i++) {
        const struct pith_digest_item *item = &digest->item[i];
        const struct digest_section *section = digest_section(item->section);
        fflush(to);
        if (writing->length > DIGEST_MOST) {
            put_more(to, digest, base_url, digest->count - i);
            return;
        }
        if (!i || item->section != item[-1].section)
            put_heading(to, section->title, section->about);
        put_item(to, base_url, item);
    }
}

static void put_end(FILE *to, const struct pith_digest *digest, const struct base_url *base_url)
{
    const char *sentence[DIGEST_CLOSING];
    char notices[DIGEST_SENTENCE], address[DIGEST_ADDRESS];
    fputs("<div class=\"line quiet\" style=\"margin:24px 0 0;padding:16px 0 0;border-top:1px solid;" SMALL "\">\n", to);
    size_t sentences = digest_closing(digest, base_url, sentence);
    digest_notices(digest, notices);
    if (*notices)
        put_element(to, "p", "", "margin:0 0 8px", notices);
    for (size_t i = 0; i < sentences; i++)
        put_element(to, "p", "", "margin:0 0 8px", sentence[i]);
    digest_address(digest, address);
    if (*base_url->base) {
        fprintf(to,
                "<p style=\"margin:8px 0 0\"><a href=\"%s%s\">Read on the page</a> &middot; <a href=\"%s/settings\">Settings</a>",
                base_url->base, address, base_url->base);
        if (*digest->stop)
            fprintf(to, " &middot; <a href=\"%s/u/%s\">Unsubscribe</a>", base_url->base, digest->stop);
        fputs("</p>\n", to);
    }
    fputs("</div>\n", to);
}

/* What an inbox shows beside the subject, which has the first title: those after it. */
static void put_preview(FILE *to, const struct pith_digest *digest, const char *summary)
{
    bool more = digest->count > 1 && digest->item[1].section == PITH_FOR_YOU;
    fputs("<div style=\"display:none;max-height:0;overflow:hidden\">", to);
    html_text(to, more ? "Also: " : summary);
    for (size_t i = 1; more && i < digest->count && i < PREVIEWED && digest->item[i].section == PITH_FOR_YOU; i++) {
        fputs(i > 1 ? "; " : "", to);
        html_text(to, digest->item[i].title);
    }
    fputs("</div>\n", to);
}

enum pith_status digest_html(const struct pith_digest *digest, const struct base_url *base_url, char **ret_html,
                             struct pith_error *reterr)
{
    struct writing writing;
    char heading[DIGEST_SENTENCE], summary[DIGEST_SENTENCE];
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *to = writing.to;
    digest_heading(digest, heading);
    digest_summary(digest, summary);
    html_head(to, heading, digest_style);
    fputs("<body style=\"margin:0;padding:0\">\n", to);
    put_preview(to, digest, summary);
    fputs("<div role=\"article\" aria-label=\"pith digest\" lang=\"en\" style=\"" PAGE "\">\n", to);
    put_top(to, digest);
    put_items(&writing, digest, base_url);
    if (digest->changes) {
        put_heading(to, "What changed", "");
        put_list(to, digest->change, digest->changes);
    }
    put_end(to, digest, base_url);
    fputs("</div>\n</body>\n</html>\n", to);
    return writing_end(&writing, ret_html, reterr);
}
