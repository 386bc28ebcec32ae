#include "api/render/card.h"

#include "api/render/html.h"
#include "api/writing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    TITLE = 320,
    NAME = 60,
    NEAR = 90,
    CHIP = 40,
    CHIPS = 4,
    FIRST_AUTHORS = 3,
    ADDRESS = 300,
    ABSTRACT = 4000 /* bytes of HTML */
};

void card_address(FILE *to, const struct page *page, const char *key)
{
    fprintf(to, "%spaper/", page->root);
    page_escape(to, key);
}

/* Bytes that html_text makes of a byte. */
static size_t escaped(char c)
{
    return c == '&' || c == '\'' ? 5 : c == '<' || c == '>' ? 4 : c == '"' ? 6 : 1;
}

/* How much of a text makes at most so many bytes of HTML: all of it, or up to the end of a word. */
static size_t fitting(const char *text, size_t most)
{
    size_t used = 0, at = 0, word = 0;
    for (; text[at] && used + escaped(text[at]) <= most; at++) {
        used += escaped(text[at]);
        if (text[at] == ' ')
            word = at;
    }
    if (!text[at])
        return at;
    if (word > at / 2)
        return word;
    while (at && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static size_t html_length(const char *text)
{
    size_t length = 0;
    for (; *text; text++)
        length += escaped(*text);
    return length;
}

/* False when not all of it was put. */
static bool put_cut(FILE *to, const char *text, size_t most)
{
    size_t length = fitting(text, most);
    PITH_AUTO(pith_free_p) char *part = strndup(text, length);
    html_text(to, part ? part : "");
    if (text[length])
        fputs("…", to);
    return !text[length];
}

static bool is_short_link(const char *url)
{
    return html_is_link(url) && strlen(url) <= ADDRESS;
}

static void put_title(FILE *to, const struct page *page, const struct pith_ranked *paper, const char *anchor, bool whole)
{
    fprintf(to, "<h%c id=\"%st\"><a href=\"", whole ? '1' : '2', anchor);
    if (is_short_link(paper->url))
        html_text(to, paper->url);
    else
        card_address(to, page, paper->key);
    fputs("\"><bdi>", to);
    put_cut(to, paper->title, whole ? CARD_WHOLE : TITLE);
    fprintf(to, "</bdi></a></h%c>\n", whole ? '1' : '2');
}

/* The first three and the last, as that is who led the work; on the paper's own page all. */
static void put_authors(FILE *to, const struct pith_names *authors, bool whole)
{
    size_t last = authors->count ? authors->count - 1 : 0;
    for (size_t i = 0; i < authors->count; i++) {
        bool shown = whole || i < FIRST_AUTHORS || i == last;
        if (!shown && i == FIRST_AUTHORS)
            fputs(", …", to);
        if (!shown)
            continue;
        fputs(i == 0 ? "<bdi>" : !whole && i == last && last > FIRST_AUTHORS ? " <bdi>" : ", <bdi>", to);
        put_cut(to, authors->item[i], whole ? CARD_WHOLE : NAME);
        fputs("</bdi>", to);
    }
}

static void put_by(FILE *to, const struct pith_ranked *paper, bool whole)
{
    const struct pith_facts *facts = &paper->facts;
    if (!facts->authors.count && !facts->organisations.count)
        return;
    fputs("<p class=\"by\">", to);
    put_authors(to, &facts->authors, whole);
    for (size_t i = 0; i < facts->organisations.count && (whole || i < 1); i++) {
        fputs(facts->authors.count || i ? " <b>" : "<b>", to);
        put_cut(to, facts->organisations.item[i], NAME);
        fputs("</b>", to);
    }
    fputs("</p>\n", to);
}

static void put_fact(FILE *to, const char *text)
{
    fputs("<li>", to);
    put_cut(to, text, NAME);
    fputs("</li>", to);
}

static void put_facts(FILE *to, const struct page *page, const struct pith_ranked *paper, bool whole)
{
    const struct pith_facts *facts = &paper->facts;
    char day[16];
    fputs("<ul class=\"facts\">", to);
    if (paper->withdrawn)
        put_fact(to, "withdrawn");
    for (size_t i = 0; i < facts->categories.count && (whole || i < 2); i++)
        put_fact(to, facts->categories.item[i]);
    if (paper->announce == PITH_CROSS)
        put_fact(to, "cross-listed");
    if (paper->announce == PITH_REPLACED)
        put_fact(to, "new version");
    if (paper->upvotes > 0)
        fprintf(to, "<li>%d upvote%s</li>", paper->upvotes, paper->upvotes == 1 ? "" : "s");
    if (whole && facts->comments > 0)
        fprintf(to, "<li>%d comment%s</li>", facts->comments, facts->comments == 1 ? "" : "s");
    if (whole && facts->citations >= 0)
        fprintf(to, "<li>%d citation%s</li>", facts->citations, facts->citations == 1 ? "" : "s");
    if (strncmp(paper->id, "title:", 6) != 0)
        put_fact(to, paper->id);
    if (paper->day != PITH_NO_DAY && page->tab != PAGE_TODAY)
        put_fact(to, pith_day_text(paper->day, day));
    for (size_t i = 0; whole && i < paper->duplicates; i++)
        put_fact(to, paper->duplicate[i]);
    fputs("</ul>\n", to);
}

/* ---- why it stands here ---- */

static bool is_named(const struct pith_reason *reason)
{
    return reason->contribution != 0 && pith_reason_is_named(reason);
}

/* What a label says, without where it stands: "Reasoning (in the title)" says reasoning. */
static bool is_said_above(const struct pith_ranked *paper, size_t at)
{
    const char *label = paper->reasons[at].label;
    size_t length = strcspn(label, "(");
    while (length && label[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < at; i++) {
        const char *other = paper->reasons[i].label;
        if (is_named(&paper->reasons[i]) && strncasecmp(other, label, length) == 0 &&
            (!other[length] || strncmp(other + length, " (", 2) == 0))
            return true;
    }
    return false;
}

static void put_chips(FILE *to, const struct pith_ranked *paper)
{
    size_t shown = 0;
    for (size_t i = 0; i < paper->reason_count && shown < CHIPS; i++) {
        const struct pith_reason *reason = &paper->reasons[i];
        if (!is_named(reason) || is_said_above(paper, i))
            continue;
        fputs(reason->contribution > 0 ? " <i>" : " <i class=\"no\"><span class=\"aside\">against: </span>", to);
        put_cut(to, reason->label, CHIP);
        fputs("</i>", to);
        shown++;
    }
}

static void put_near(FILE *to, const struct page *page, const struct pith_near *near)
{
    fputs(near->verdict < 0 ? " <span>like what you did not want: “<a href=\"" : " <span>because you liked “<a href=\"", to);
    card_address(to, page, near->key);
    fputs("\"><bdi>", to);
    put_cut(to, near->title, NEAR);
    fputs("</bdi></a>”</span>", to);
}

static void put_reason(FILE *to, const struct page *page, const struct pith_ranked *paper)
{
    char chance[PITH_CHANCE_SIZE];
    pith_chance_text(paper->probability, chance);
    if (!*chance && !paper->nears && !paper->reason_count)
        return;
    fputs("<p class=\"reason\">", to);
    if (*chance) {
        fputs("<strong><span class=\"aside\">Chance that you like it: </span>", to);
        html_text(to, chance);
        fputs("</strong>", to);
    }
    if (paper->nears)
        put_near(to, page, &paper->near[0]);
    put_chips(to, paper);
    fputs("</p>\n", to);
}

/* ---- what can be done ---- */

static void put_button(FILE *to, const char *key, const char *anchor, const char *mark, const char *off, bool pressed,
                       const char *label)
{
    fprintf(to, "<button form=\"vote\" name=\"%s\" value=\"", pressed ? off : mark);
    html_text(to, key);
    fprintf(to, "\" data-mark=\"%s\" aria-pressed=\"%s\" aria-describedby=\"%st\">%s</button>\n", mark, pressed ? "true" : "false",
            anchor, label);
}

static void put_link(FILE *to, const char *url, const char *label)
{
    if (!is_short_link(url))
        return;
    fputs("<a href=\"", to);
    html_text(to, url);
    fprintf(to, "\">%s</a>\n", label);
}

static void put_acts(FILE *to, const struct page *page, const struct pith_ranked *paper, const char *anchor, bool whole)
{
    fputs("<div class=\"acts\">\n", to);
    if (page_may(page, PITH_MAY_VOTE)) {
        put_button(to, paper->key, anchor, "up", "none", paper->verdict == 1, "Like");
        put_button(to, paper->key, anchor, "down", "none", paper->verdict == -1, "Not for me");
        put_button(to, paper->key, anchor, "later", "not-later", paper->later, "Later");
    }
    fputs("<span class=\"links\">\n", to);
    put_link(to, paper->facts.pdf, "PDF");
    put_link(to, paper->facts.code, "Code");
    put_link(to, paper->facts.project, "Project");
    put_link(to, paper->facts.doi, "DOI");
    if (!whole) {
        fputs("<a class=\"why\" href=\"", to);
        card_address(to, page, paper->key);
        fputs("\">Why</a>\n", to);
    }
    fputs("</span>\n</div>\n", to);
}

static void put_abstract(FILE *to, const struct page *page, const struct pith_ranked *paper, size_t most)
{
    bool whole = most == CARD_WHOLE;
    if (!*paper->facts.abstract)
        return;
    fprintf(to,
            whole ? "<div class=\"abstract\"><h2 class=\"aside\">Abstract</h2>\n<p>" : "<details><summary>Abstract</summary>\n<p>");
    bool all = put_cut(to, paper->facts.abstract, most);
    if (!all) {
        fputs(" <a href=\"", to);
        card_address(to, page, paper->key);
        fputs("\">All of it</a>", to);
    }
    fputs(whole ? "</p></div>\n" : "</p></details>\n", to);
}

void card_put(FILE *to, const struct page *page, const struct pith_ranked *paper, size_t abstract)
{
    char anchor[PAGE_ANCHOR];
    bool whole = abstract == CARD_WHOLE;
    page_anchor(paper->key, anchor);
    fprintf(to, "<article class=\"paper\" id=\"%s\" aria-labelledby=\"%st\">\n", anchor, anchor);
    put_title(to, page, paper, anchor, whole);
    put_by(to, paper, whole);
    put_facts(to, page, paper, whole);
    put_reason(to, page, paper);
    put_abstract(to, page, paper, abstract);
    put_acts(to, page, paper, anchor, whole);
    fputs("</article>\n", to);
}

/* ---- a page of them ---- */

/* How many bytes each abstract may have so that all of them together have at most `room`. */
static size_t share(const struct pith_ranked *paper, size_t count, size_t room)
{
    size_t most = ABSTRACT;
    for (; most >= 100; most -= 50) {
        size_t all = 0;
        for (size_t i = 0; i < count; i++) {
            size_t length = html_length(paper[i].facts.abstract);
            all += length < most ? length : most;
        }
        if (all <= room)
            return most;
    }
    return most;
}

enum pith_status card_put_all(FILE *to, const struct page *page, const struct pith_ranked *paper, size_t count, size_t used,
                              struct pith_error *reterr)
{
    struct writing bare;
    PITH_AUTO(pith_free_p) char *text = NULL;
    enum pith_status status = writing_begin(&bare, reterr);
    if (status)
        return status;
    for (size_t i = 0; i < count; i++)
        card_put(bare.to, page, &paper[i], 1);
    status = writing_end(&bare, &text, reterr);
    if (status)
        return status;
    used += strlen(text);
    size_t most = share(paper, count, used < CARD_PAGE ? CARD_PAGE - used : 0);
    for (size_t i = 0; i < count; i++)
        card_put(to, page, &paper[i], most);
    return PITH_OK;
}
