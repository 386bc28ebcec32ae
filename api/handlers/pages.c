/* The pages behind the links in a mail. Whoever has the link may use it; looking at a page changes nothing, as mail scanners look at all of
 * them. The button does what the page says, again without effect, and can be taken back. */
#include "api/routes.h"

#include "api/render/digest_words.h"
#include "api/render/html.h"
#include "api/writing.h"

/* What a link does, in words: before, once it is done, and once it was taken back. */
struct deed {
    const char *question, *about, *button;
    const char *done, *done_about, *undo;
    const char *undone, *undone_about;
};
static const struct deed like = {"Do you like this paper?",
                                 "The button records that you do. It counts the next time your profile is opened.",
                                 "I like it",
                                 "You like this paper",
                                 "That is recorded.",
                                 "Take it back",
                                 "Taken back",
                                 "Nothing is recorded by this link any more."};
static const struct deed dislike = {"Is this paper not for you?",
                                    "The button records that it is not. It counts the next time your profile is opened.",
                                    "Not for me",
                                    "This paper is not for you",
                                    "That is recorded.",
                                    "Take it back",
                                    "Taken back",
                                    "Nothing is recorded by this link any more."};
static const struct deed stop = {"Unsubscribe from the daily digest?",
                                 "The button ends these mails. Your profile and your votes stay as they are.",
                                 "Unsubscribe",
                                 "You are unsubscribed",
                                 "No further digest is mailed to you.",
                                 "Subscribe again",
                                 "You are subscribed",
                                 "The digest is mailed to you again."};

static const struct deed *deed_of(const struct pith_ticket *ticket)
{
    return ticket->kind == PITH_TICKET_MAIL ? &stop : ticket->verdict > 0 ? &like : &dislike;
}

enum moment { BEFORE, DONE, UNDONE };

/* A paper by its title, leading to where it can be read, and who wrote it. */
static void put_paper(FILE *to, struct exchange *exchange, const struct pith_paper *paper)
{
    PITH_AUTO(pith_ranked_free_p) struct pith_ranked *known = NULL;
    bool shown = !pith_show(exchange->pith, paper->key, 0, &known, NULL), linked = shown && html_is_link(known->url);
    fputs("<blockquote><bdi>", to);
    if (linked) {
        fputs("<a href=\"", to);
        html_text(to, known->url);
        fputs("\">", to);
    }
    html_text(to, paper->title);
    fprintf(to, "%s</bdi>", linked ? "</a>" : "");
    if (shown && known->facts.authors.count) {
        fputs("<br><small><bdi>", to);
        html_text(to, known->facts.authors.item[0]);
        fprintf(to, "</bdi>%s</small>", known->facts.authors.count > 1 ? " and others" : "");
    }
    fputs("</blockquote>\n", to);
    if (shown && *known->facts.abstract) {
        fputs("<details><summary>Abstract</summary><p>", to);
        html_text(to, known->facts.abstract);
        fputs("</p></details>\n", to);
    }
}

/* From the page's address to a ticket's, whose trail goes along. */
static void put_action(FILE *to, const struct exchange *exchange, const char *ticket, const char *more, const char *trail)
{
    bool at_undo = exchange->request->target->segments > 2; /* /t/TICKET/undo */
    fprintf(to, "<form method=\"post\" action=\"%s", at_undo ? "../" : "");
    html_text(to, ticket);
    fputs(more, to);
    if (*trail) {
        fputs("?m=", to);
        html_text(to, trail);
    }
    fputs("\">", to);
}

static const char *trail_of(const struct exchange *exchange)
{
    const char *trail = target_parameter(exchange->request->target, "m");
    return trail ? trail : "";
}

/* The paper after this one in the same mail, with its own buttons: they record, as they say what they do. */
static void put_next(FILE *to, struct exchange *exchange)
{
    PITH_AUTO(pith_next_free_p) struct pith_next *next = NULL;
    if (!*trail_of(exchange) ||
        pith_next_paper(exchange->pith, exchange->part, trail_of(exchange), exchange_today(exchange), &next, NULL))
        return;
    fputs("<hr>\n<h2>The next one of this mail</h2>\n", to);
    put_paper(to, exchange, &next->paper);
    fputs("<div class=\"pair\">\n", to);
    put_action(to, exchange, next->up, "", next->trail);
    fputs("<button type=\"submit\">Like</button></form>\n", to);
    put_action(to, exchange, next->down, "", next->trail);
    fputs("<button type=\"submit\" class=\"second\">Not for me</button></form>\n</div>\n", to);
}

/* The page leads on by a relative address, so that it works below any path. */
static void put_page(FILE *to, struct exchange *exchange, const struct pith_ticket *ticket, enum moment moment)
{
    const struct deed *deed = deed_of(ticket);
    char day[DIGEST_DAY];
    html_begin(to, moment == BEFORE ? deed->question : moment == DONE ? deed->done : deed->undone);
    if (ticket->kind == PITH_TICKET_THUMB) {
        put_paper(to, exchange, &ticket->paper);
        digest_day(ticket->day, day);
        fprintf(to, "<p><small>From the digest of %s.</small></p>\n", day);
    }
    fprintf(to, "<p>%s</p>\n", moment == BEFORE ? deed->about : moment == DONE ? deed->done_about : deed->undone_about);
    put_action(to, exchange, exchange->part, moment == DONE ? "/undo" : "", trail_of(exchange));
    fprintf(to, "<button type=\"submit\"%s>%s</button></form>\n", moment == BEFORE ? "" : " class=\"second\"",
            moment == DONE ? deed->undo : deed->button);
    if (ticket->kind == PITH_TICKET_THUMB && moment != BEFORE)
        put_next(to, exchange);
    html_end(to);
}

static enum pith_status answer(struct exchange *exchange, const struct pith_ticket *ticket, enum moment moment,
                               struct pith_error *reterr)
{
    struct writing writing;
    char *page = NULL;
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    put_page(writing.to, exchange, ticket, moment);
    status = writing_end(&writing, &page, reterr);
    if (!status)
        reply_take(exchange->reply, 200, TYPE_HTML, page);
    return status;
}

/* The route's ticket, if it is of the kind that belongs there. */
static enum pith_status read_ticket(struct exchange *exchange, enum pith_ticket_kind kind, struct pith_ticket **ret_ticket,
                                    struct pith_error *reterr)
{
    PITH_AUTO(pith_ticket_free_p) struct pith_ticket *ticket = NULL;
    enum pith_status status = pith_read_ticket(exchange->pith, exchange->part, exchange_today(exchange), &ticket, reterr);
    if (!status && ticket->kind != kind)
        status = pith_fail(reterr, PITH_NOT_FOUND, "that is a ticket of another kind");
    if (!status)
        *ret_ticket = PITH_TAKE(ticket);
    return status;
}

static enum pith_status look(struct exchange *exchange, enum pith_ticket_kind kind, struct pith_error *reterr)
{
    PITH_AUTO(pith_ticket_free_p) struct pith_ticket *ticket = NULL;
    enum pith_status status = read_ticket(exchange, kind, &ticket, reterr);
    return status ? status : answer(exchange, ticket, ticket->spent ? DONE : BEFORE, reterr);
}

static enum pith_status use(struct exchange *exchange, enum pith_ticket_kind kind, struct pith_error *reterr)
{
    PITH_AUTO(pith_ticket_free_p) struct pith_ticket *ticket = NULL;
    bool done;
    enum pith_status status = read_ticket(exchange, kind, &ticket, reterr);
    if (!status)
        status = pith_use_ticket(exchange->pith, exchange->part, exchange_today(exchange), &done, reterr);
    return status ? status : answer(exchange, ticket, DONE, reterr);
}

static enum pith_status take_back(struct exchange *exchange, enum pith_ticket_kind kind, struct pith_error *reterr)
{
    PITH_AUTO(pith_ticket_free_p) struct pith_ticket *ticket = NULL;
    bool done;
    enum pith_status status = read_ticket(exchange, kind, &ticket, reterr);
    if (!status)
        status = pith_return_ticket(exchange->pith, exchange->part, exchange_today(exchange), &done, reterr);
    return status ? status : answer(exchange, ticket, UNDONE, reterr);
}

enum pith_status page_thumb(struct exchange *exchange, struct pith_error *reterr)
{
    return look(exchange, PITH_TICKET_THUMB, reterr);
}

enum pith_status page_record_thumb(struct exchange *exchange, struct pith_error *reterr)
{
    return use(exchange, PITH_TICKET_THUMB, reterr);
}

enum pith_status page_return_thumb(struct exchange *exchange, struct pith_error *reterr)
{
    return take_back(exchange, PITH_TICKET_THUMB, reterr);
}

enum pith_status page_mail(struct exchange *exchange, struct pith_error *reterr)
{
    return look(exchange, PITH_TICKET_MAIL, reterr);
}

enum pith_status page_stop_mail(struct exchange *exchange, struct pith_error *reterr)
{
    return use(exchange, PITH_TICKET_MAIL, reterr);
}

enum pith_status page_return_mail(struct exchange *exchange, struct pith_error *reterr)
{
    return take_back(exchange, PITH_TICKET_MAIL, reterr);
}
