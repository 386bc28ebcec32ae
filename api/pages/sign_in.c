/* Signing in, by a token or by a link that works once; and out. */
#include "api/pages/pages.h"

#include "api/form.h"
#include "api/pages/session.h"
#include "api/rate_limit.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <string.h>
#include <time.h>

enum { STAY = 90 * 86400 /* seconds */ };

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum pith_status send_form(struct exchange *exchange, const char *to, const char *failure, struct pith_error *reterr)
{
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_NONE, &page, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *out = writing.to;
    page_begin(out, &page, "Sign in");
    fputs("<p class=\"lead\">The day’s papers in your order, and what it has learnt from you.</p>\n", out);
    if (*failure) {
        fputs("<p class=\"failure\" role=\"alert\" id=\"failure\">", out);
        html_text(out, failure);
        fputs("</p>\n", out);
    }
    page_form(out, &page, "sign-in", "class=\"sheet\"");
    fprintf(out,
            "<label for=\"token\">Your token</label>\n"
            "<input id=\"token\" name=\"token\" type=\"password\" autocomplete=\"current-password\" required "
            "spellcheck=\"false\" autocapitalize=\"none\"%s autofocus>\n"
            "<p class=\"hint\">It begins with pith_. Whoever runs this service gave it to you, or "
            "<code>pith token add browser --allow rank,vote</code> makes one.</p>\n"
            "<label class=\"check\"><input type=\"checkbox\" name=\"stay\" value=\"1\"> Stay signed in on this device</label>\n"
            "<input type=\"hidden\" name=\"to\" value=\"",
            *failure ? " aria-invalid=\"true\" aria-describedby=\"failure\"" : "");
    html_text(out, to);
    fputs("\">\n<p><button type=\"submit\">Sign in</button></p>\n</form>\n", out);
    page_end(out, &page);
    return pages_send(exchange, &writing, reterr);
}

static const char *wanted(const struct exchange *exchange)
{
    const char *to = target_parameter(exchange->request->target, "to");
    return pages_back(to ? to : "", "./");
}

enum pith_status page_sign_in(struct exchange *exchange, struct pith_error *reterr)
{
    return send_form(exchange, wanted(exchange), "", reterr);
}

/* Leads on over a page that sees whether the browser kept the cookie. */
static enum pith_status keep_token(struct exchange *exchange, const char *token, size_t length, int64_t seconds,
                                   struct pith_error *reterr)
{
    return session_cookie(&exchange->service->base_url, token, length, seconds, &exchange->reply->cookie, reterr);
}

static enum pith_status lead_in(struct exchange *exchange, const char *to, struct pith_error *reterr)
{
    struct writing writing;
    PITH_AUTO(pith_free_p) char *address = NULL;
    enum pith_status status = writing_begin(&writing, reterr);
    if (status)
        return status;
    fputs("signed-in?to=", writing.to);
    page_escape(writing.to, pages_back(to, "./"));
    status = writing_end(&writing, &address, reterr);
    return status ? status : pages_lead(exchange, address, reterr);
}

enum pith_status page_take_token(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(form_clear) struct form form = {0};
    const struct request *request = exchange->request;
    struct service *service = exchange->service;
    enum pith_status status = form_read(request->content_type, request->body, request->length, &form, reterr);
    if (status)
        return status;
    if (!session_same_origin(&service->base_url, request))
        return exchange_refuse(exchange, PROBLEM_FORBIDDEN, "The form was sent by a page of another site.");
    const char *token = form_text(&form, "token"), *to = form_text(&form, "to");
    token += strspn(token, " \t\r\n");
    size_t length = strcspn(token, " \t\r\n");
    status = length ? pith_unlock(exchange->pith, PITH_TOKEN, token, length, request->now, reterr) : PITH_USAGE;
    bool good = !status && (pith_scopes(exchange->pith) & PITH_MAY_RANK);
    if (status && status != PITH_LOCKED && status != PITH_USAGE && status != PITH_NOT_FOUND)
        return status;
    if (!good) {
        if (!rate_limit_take(service->failures, request->peer, strlen(request->peer), milliseconds()))
            return exchange_refuse(exchange, PROBLEM_MANY, "too many wrong tokens came from this address");
        exchange->reply->status = status ? 401 : 403;
        return send_form(exchange, pages_back(to, "./"),
                         status ? "This token opens nothing here. Was it copied whole? It may also have ended."
                                : "This token may not see rankings: sign in with one that has the scope rank.",
                         reterr);
    }
    int64_t seconds = *form_text(&form, "stay") ? STAY : 0, ends = pith_expires(exchange->pith);
    if (seconds && ends && ends - request->now < seconds)
        seconds = ends - request->now;
    status = keep_token(exchange, token, length, seconds, reterr);
    return status ? status : lead_in(exchange, to, reterr);
}

enum pith_status page_signed_in(struct exchange *exchange, struct pith_error *reterr)
{
    size_t length;
    if (session_token(&exchange->service->base_url, exchange->request, &length))
        return pages_lead(exchange, wanted(exchange), reterr);
    return send_form(exchange, wanted(exchange),
                     "Your browser did not keep the sign-in. It keeps one over https, or from this machine itself, and "
                     "only where cookies are allowed.",
                     reterr);
}

/* The browser came from a file or a terminal: what it is led to by this page is the site's own, and gets the cookie. */
enum pith_status page_sign_in_once(struct exchange *exchange, struct pith_error *reterr)
{
    struct writing writing;
    struct page page;
    PITH_AUTO(pith_free_p) char *token = NULL;
    size_t length = 0;
    if (!service_take_link(exchange->service, exchange->part, exchange->request->now, &token, &length))
        return pith_fail(reterr, PITH_NOT_FOUND, "this link has been used, or is too old");
    enum pith_status status = keep_token(exchange, token, length, 0, reterr);
    explicit_bzero(token, length);
    if (!status)
        status = pages_open(exchange, PAGE_NONE, &page, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    exchange->reply->refresh = true;
    page_begin(writing.to, &page, "You are signed in");
    fputs("<p><a class=\"button\" href=\"../signed-in\">Open today’s papers</a></p>\n", writing.to);
    page_end(writing.to, &page);
    return pages_send(exchange, &writing, reterr);
}

enum pith_status page_sign_out(struct exchange *exchange, struct pith_error *reterr)
{
    enum pith_status status = session_cookie(&exchange->service->base_url, NULL, 0, 0, &exchange->reply->cookie, reterr);
    return status ? status : pages_lead(exchange, "sign-in", reterr);
}
