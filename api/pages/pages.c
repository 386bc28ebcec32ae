#include "api/pages/pages.h"

#include "api/form.h"
#include "api/pages/session.h"
#include "api/writing.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define ENCODED "application/x-www-form-urlencoded"
#define PARTS "multipart/form-data"
#define SAID " said on n "

enum { FORM = 16 << 10, LIBRARY = 16 << 20 /* bytes */, MOST_BACK = 500 };

static const struct route table[] = {
    {"GET", "/", ROUTE_SITE, PITH_MAY_RANK, " day kind category unread least from show order" SAID, NULL, 0, true, page_today},
    {"GET", "/paper/{id}", ROUTE_SITE, PITH_MAY_RANK, SAID, NULL, 0, true, page_paper},
    {"GET", "/search", ROUTE_SITE, PITH_MAY_RANK, " q mine" SAID, NULL, 0, true, page_search},
    {"GET", "/later", ROUTE_SITE, PITH_MAY_RANK | PITH_MAY_VOTE, SAID, NULL, 0, true, page_later},
    {"GET", "/learnt", ROUTE_SITE, PITH_MAY_RANK, SAID, NULL, 0, true, page_learnt},
    {"GET", "/learnt/chances", ROUTE_SITE, PITH_MAY_RANK, SAID, NULL, 0, true, page_chances},
    {"POST", "/vote", ROUTE_SITE, PITH_MAY_VOTE, "", ENCODED, FORM, false, page_vote},
    {"GET", "/seeds", ROUTE_SITE, PITH_MAY_VOTE, SAID, NULL, 0, false, page_seeds},
    {"POST", "/seeds", ROUTE_SITE, PITH_MAY_VOTE, "", PARTS, LIBRARY, false, page_take_seeds},
    {"GET", "/settings", ROUTE_SITE, PITH_MAY_VOTE, SAID, NULL, 0, false, page_settings},
    {"POST", "/settings", ROUTE_SITE, PITH_MAY_VOTE, "", ENCODED, FORM, false, page_take_settings},
    {"GET", "/account", ROUTE_SITE, 0, SAID, NULL, 0, false, page_account},
    {"POST", "/account/add-token", ROUTE_SITE, PITH_MAY_MANAGE, "", ENCODED, FORM, false, page_add_token},
    {"POST", "/account/end-token", ROUTE_SITE, PITH_MAY_MANAGE, "", ENCODED, FORM, false, page_end_token},
    {"GET", "/account/profile.json", ROUTE_SITE, PITH_MAY_EXPORT, "", NULL, 0, false, page_export},
    {"GET", "/account/likes.bib", ROUTE_SITE, PITH_MAY_VOTE, "", NULL, 0, false, page_likes},
    {"POST", "/account/erase", ROUTE_SITE, PITH_MAY_MANAGE, "", ENCODED, FORM, false, page_erase},
    {"POST", "/sign-out", ROUTE_SITE, 0, "", ENCODED, FORM, false, page_sign_out},
    {"GET", "/sign-in", ROUTE_PAGE, 0, " to ", NULL, 0, false, page_sign_in},
    {"POST", "/sign-in", ROUTE_PAGE, 0, "", ENCODED, FORM, false, page_take_token},
    {"GET", "/signed-in", ROUTE_PAGE, 0, " to ", NULL, 0, false, page_signed_in},
    {"GET", "/in/{code}", ROUTE_PAGE, 0, "", NULL, 0, false, page_sign_in_once},
    {"GET", "/assets/pith.css", ROUTE_OPEN, 0, " v ", NULL, 0, false, page_style_sheet},
    {"GET", "/assets/pith.js", ROUTE_OPEN, 0, " v ", NULL, 0, false, page_script},
    {"GET", "/assets/pith.svg", ROUTE_OPEN, 0, "", NULL, 0, false, page_icon},
    {0},
};

const struct route *pages_table(void)
{
    return table;
}

/* ---- who may ---- */

void pages_root(const struct request *request, char root[REPLY_ROOT])
{
    *root = '\0';
    for (size_t i = 1; request->target && i < request->target->segments && i < TARGET_SEGMENTS; i++)
        strcat(root, "../");
}

/* The request's own address from the root: "paper/x?a=b". */
static const char *own_address(const struct request *request)
{
    return request->raw + 1;
}

/* A link in a mail is another site's: the browser keeps the cookie back, and sends it with what this page leads to. */
static void lead_on(struct reply *reply)
{
    static const char text[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>pith</title>\n"
                               "<meta http-equiv=\"refresh\" content=\"0\">\n</head>\n<body>\n<main>\n<h1>pith</h1>\n"
                               "<p><a href=\"\">Open the page</a></p>\n</main>\n</body>\n</html>\n";
    reply_take(reply, 200, TYPE_HTML, strdup(text));
}

void pages_ask_token(const struct service *service, const struct request *request, bool ended, struct reply *reply)
{
    struct writing writing;
    char root[REPLY_ROOT];
    bool get = strcmp(request->method, "GET") == 0;
    reply->base_url = true;
    if (!ended && get && request->fetch_site && strcmp(request->fetch_site, "cross-site") == 0) {
        lead_on(reply);
        return;
    }
    pages_root(request, root);
    if (writing_begin(&writing, NULL))
        return;
    fprintf(writing.to, "%ssign-in", root);
    if (get && *own_address(request) && strlen(own_address(request)) < MOST_BACK) {
        fputs("?to=.%2F", writing.to);
        page_escape(writing.to, own_address(request));
    }
    if (!writing_end(&writing, &reply->location, NULL))
        reply->status = 303;
    if (ended)
        session_cookie(&service->base_url, NULL, 0, 0, &reply->cookie, NULL);
}

const char *pages_refuse_form(const struct exchange *exchange)
{
    char right[SESSION_FORM];
    const char *given = form_text(exchange->form, "form");
    session_form_token(exchange->token, exchange->token_length, right);
    if (!session_same_origin(&exchange->service->base_url, exchange->request))
        return "it was sent by a page of another site";
    return strlen(given) == sizeof right - 1 && pith_same(given, right, sizeof right)
               ? NULL
               : "it is of another sign-in: load the page again";
}

/* ---- what pages share ---- */

static const struct {
    const char *code, *about_paper, *about_many;
    bool undo;
} said_words[] = {
    [SAID_NOTHING] = {"", "", "", false},
    [SAID_UP] = {"up", "You like “%s”.", "You like it.", true},
    [SAID_DOWN] = {"down", "“%s” is not for you.", "It is not for you.", true},
    [SAID_LATER] = {"later", "“%s” is on your reading list.", "It is on your reading list.", true},
    [SAID_NONE] = {"none", "Your vote on “%s” is taken back.", "Your vote is taken back.", true},
    [SAID_NOT_LATER] = {"not-later", "“%s” is off your reading list.", "It is off your reading list.", true},
    [SAID_UNDONE] = {"undone", "Undone, for “%s”.", "Your last change is undone.", false},
    [SAID_NOTHING_TO_UNDO] = {"nothing", "There is nothing to undo.", "There is nothing to undo.", false},
    [SAID_SEEDED] = {"seeded", "", "Papers taken as liked: %zu.", true},
    [SAID_SETTINGS] = {"settings", "", "Your settings are saved.", false},
    [SAID_TOKEN_ENDED] = {"ended", "", "That token opens nothing any more.", false},
};
enum { SAID_CODES = sizeof said_words / sizeof *said_words, MOST_TITLE = 90 };

/* A title, cut between two words. */
static void cut_title(const char *title, char cut[MOST_TITLE + 8])
{
    size_t length = strlen(title);
    if (length > MOST_TITLE) {
        for (length = MOST_TITLE; length > MOST_TITLE / 2 && title[length] != ' ';)
            length--;
        while (length && ((unsigned char)title[length] & 0xc0) == 0x80)
            length--;
    }
    snprintf(cut, MOST_TITLE + 8, "%.*s%s", (int)length, title, title[length] ? "…" : "");
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the words above */
static void write_message(struct exchange *exchange, enum pages_said said, const char *key, size_t count,
                          char message[PAGE_MESSAGE])
{
    PITH_AUTO(pith_papers_free_p) struct pith_papers *paper = NULL;
    char title[MOST_TITLE + 8] = "";
    if (key && *key && !pith_identify(exchange->pith, key, &paper, NULL))
        cut_title(paper->item[0].title, title);
    if (*title && *said_words[said].about_paper)
        snprintf(message, PAGE_MESSAGE, said_words[said].about_paper, title);
    else
        snprintf(message, PAGE_MESSAGE, said_words[said].about_many, count);
}
#pragma GCC diagnostic pop

static void read_message(struct exchange *exchange, struct page *page)
{
    const struct target *target = exchange->request->target;
    const char *code = target_parameter(target, "said"), *key = target_parameter(target, "on"),
               *number = target_parameter(target, "n");
    for (size_t i = 1; code && i < SAID_CODES; i++)
        if (strcmp(said_words[i].code, code) == 0) {
            write_message(exchange, (enum pages_said)i, key, number ? strtoul(number, NULL, 10) : 0, page->message);
            page->undo = said_words[i].undo && page_may(page, PITH_MAY_VOTE);
        }
}

enum pith_status pages_open(struct exchange *exchange, enum page_tab tab, struct page *ret_page, struct pith_error *reterr)
{
    (void)reterr;
    *ret_page = (struct page){.tab = tab, .scopes = pith_scopes(exchange->pith), .back = "./"};
    pages_root(exchange->request, ret_page->root);
    if (exchange->token) {
        session_form_token(exchange->token, exchange->token_length, ret_page->form_token);
        read_message(exchange, ret_page);
    }
    return PITH_OK;
}

void pages_come_back(struct exchange *exchange, struct page *page, const char *path, const char *parameters)
{
    const struct target *target = exchange->request->target;
    FILE *to = fmemopen(page->back, PAGE_BACK - 1, "w");
    if (!to)
        return;
    fputs(path, to);
    bool first = true;
    for (size_t i = 0; i < target->parameters; i++) {
        char name[40];
        snprintf(name, sizeof name, " %.30s ", target->parameter[i].name);
        if (!strstr(parameters, name) || !*target->parameter[i].value)
            continue;
        fprintf(to, "%c%s=", first ? '?' : '&', target->parameter[i].name);
        page_escape(to, target->parameter[i].value);
        first = false;
    }
    if (fclose(to) != 0 || strlen(page->back) + 2 >= PAGE_BACK)
        snprintf(page->back, PAGE_BACK, "%s", path); /* too long to be kept */
}

enum pith_status pages_send(struct exchange *exchange, struct writing *writing, struct pith_error *reterr)
{
    char *text = NULL;
    enum pith_status status = writing_end(writing, &text, reterr);
    exchange->reply->strict = true;
    if (!status)
        reply_take(exchange->reply, exchange->reply->status ? exchange->reply->status : 200, TYPE_HTML, text);
    return status;
}

enum pith_status pages_lead(struct exchange *exchange, const char *address, struct pith_error *reterr)
{
    char root[REPLY_ROOT];
    pages_root(exchange->request, root);
    free(exchange->reply->location);
    exchange->reply->location = NULL;
    if (asprintf(&exchange->reply->location, "%s%s", root, address) < 0)
        return pith_no_memory(reterr);
    exchange->reply->status = 303;
    return PITH_OK;
}

/* Whether it is an address below the root, and of nothing but what pages write there. */
static bool is_below(const char *back)
{
    return strncmp(back, "./", 2) == 0 && strlen(back) < PAGE_BACK && !strstr(back, "//") && !strstr(back, "..") &&
           back[strspn(back, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%/?=&+")] == '\0';
}

const char *pages_back(const char *given, const char *usual)
{
    return is_below(given) ? given : usual;
}

static enum pith_status tell_script(struct exchange *exchange, enum pages_said said, const char *key, size_t count,
                                    struct pith_error *reterr)
{
    char message[PAGE_MESSAGE];
    write_message(exchange, said, key, count, message);
    return exchange_document(exchange, 200,
                             json_pack("{s:s, s:s, s:s, s:b}", "said", said_words[said].code, "message", message, "key",
                                       key ? key : "", "undo", said_words[said].undo),
                             reterr);
}

enum pith_status pages_done(struct exchange *exchange, const char *usual, enum pages_said said, const char *key, size_t count,
                            struct pith_error *reterr)
{
    struct writing writing;
    char anchor[PAGE_ANCHOR] = "";
    PITH_AUTO(pith_free_p) char *address = NULL;
    const char *accept = exchange->request->accept;
    if (accept && strncmp(accept, TYPE_JSON, strlen(TYPE_JSON)) == 0)
        return tell_script(exchange, said, key, count, reterr);
    const char *back = pages_back(form_text(exchange->form, "back"), usual);
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    fprintf(writing.to, "%s%csaid=%s", back, strchr(back, '?') ? '&' : '?', said_words[said].code);
    if (key && *key) {
        page_anchor(key, anchor);
        fputs("&on=", writing.to);
        page_escape(writing.to, key);
    }
    if (count)
        fprintf(writing.to, "&n=%zu", count);
    if (*anchor)
        fprintf(writing.to, "#%s", anchor);
    status = writing_end(&writing, &address, reterr);
    return status ? status : pages_lead(exchange, address, reterr);
}
