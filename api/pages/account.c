/* The reader's profile as a whole: ways in, tokens, taking it out, and its end. */
#include "api/pages/pages.h"

#include "api/form.h"
#include "api/pages/session.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    unsigned scope;
    const char *name, *about;
} scopes[] = {{PITH_MAY_RANK, "rank", "see rankings and reasons"},
              {PITH_MAY_VOTE, "vote", "see and change votes and settings"},
              {PITH_MAY_EXPORT, "export", "take the profile out"},
              {PITH_MAY_MANAGE, "manage", "make and end ways in, erase"}};
enum { SCOPES = sizeof scopes / sizeof *scopes };

static void put_scopes(FILE *to, unsigned some)
{
    bool first = true;
    for (size_t i = 0; i < SCOPES; i++)
        if (some & scopes[i].scope) {
            fprintf(to, "%s%s", first ? "" : ", ", scopes[i].name);
            first = false;
        }
}

/* ---- ways in ---- */

static void put_key(FILE *to, const struct page *page, const struct pith_key *key)
{
    static const char *const ways[] = {[PITH_PASSPHRASE] = "passphrase",
                                       [PITH_RECOVERY_CODE] = "recovery code",
                                       [PITH_KEY_FILE] = "key file",
                                       [PITH_TOKEN] = "token"};
    char day[16];
    fprintf(to, "<li><div><b>%s</b> ", key->damaged ? "damaged" : ways[key->way]);
    if (key->label && *key->label) {
        fputs("<bdi>", to);
        html_text(to, key->label);
        fputs("</bdi>", to);
    }
    fputs("<br><small>", to);
    if (key->way == PITH_TOKEN && !key->damaged) {
        fputs("may ", to);
        put_scopes(to, key->scopes);
    } else if (key->way == PITH_PASSPHRASE) {
        fprintf(to, "%" PRIu64 " passes over %" PRIu64 " MiB", key->operations, key->memory >> 20);
    } else {
        fputs("may do all", to);
    }
    if (key->expires)
        fprintf(to, ", until %s", pith_day_text((int32_t)((key->expires - 1) / 86400), day));
    fputs(key->used ? ", in use here" : "", to);
    fputs("</small></div>\n", to);
    if (key->way == PITH_TOKEN) {
        page_form(to, page, "account/end-token", "");
        fprintf(to,
                "<input type=\"hidden\" name=\"slot\" value=\"%" PRId64 "\"><button class=\"quiet\">End it<span class=\"aside\">: ",
                key->slot);
        html_text(to, key->label ? key->label : "");
        fputs("</span></button>\n</form>\n", to);
    }
    fputs("</li>\n", to);
}

static void put_new_token(FILE *to, const struct page *page)
{
    fputs("<details class=\"note\"><summary>Make a token</summary>\n", to);
    page_form(to, page, "account/add-token", "class=\"sheet\"");
    fputs("<p class=\"field\"><label for=\"label\">What it is for</label>\n<input id=\"label\" name=\"label\" maxlength=\"60\" "
          "required "
          "placeholder=\"phone\"></p>\n<fieldset><legend>What it may</legend>\n",
          to);
    for (size_t i = 0; i < SCOPES; i++)
        fprintf(to, "<label class=\"check\"><input type=\"checkbox\" name=\"%s\" value=\"1\"%s> %s</label>\n", scopes[i].name,
                i < 2 ? " checked" : "", scopes[i].about);
    fputs(
        "</fieldset>\n<p class=\"field\"><label for=\"until\">Last day</label>\n<input id=\"until\" name=\"until\" type=\"date\">\n"
        "<span class=\"hint\">Empty: it does not end.</span></p>\n<p><button>Make it</button></p>\n</form>\n</details>\n",
        to);
}

static enum pith_status put_ways(struct exchange *exchange, FILE *to, const struct page *page, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    enum pith_status status = pith_list_keys(exchange->pith, &keys, reterr);
    if (status)
        return status;
    fputs("<section>\n<h2>Ways in</h2>\n<ul class=\"ways\">\n", to);
    for (size_t i = 0; i < keys->count; i++)
        put_key(to, page, &keys->item[i]);
    fputs("</ul>\n", to);
    put_new_token(to, page);
    fputs("</section>\n", to);
    return PITH_OK;
}

/* ---- the page ---- */

static void put_session(FILE *to, const struct page *page)
{
    fputs("<section>\n<h2>This browser</h2>\n<p>Signed in by a token that may ", to);
    put_scopes(to, page->scopes);
    fputs(". Signing out takes it from this browser; it opens your profile elsewhere until it is ended.</p>\n", to);
    page_form(to, page, "sign-out", "");
    fputs("<button class=\"quiet\">Sign out</button>\n</form>\n</section>\n", to);
}

static void put_export(FILE *to, const struct page *page)
{
    fputs("<section>\n<h2>Take it with you</h2>\n<ul class=\"plainlist\">\n", to);
    if (page_may(page, PITH_MAY_EXPORT))
        fprintf(to,
                "<li><a href=\"%saccount/profile.json\" download>Your profile as JSON</a> <small>votes and what was learnt, in "
                "clear: keep it "
                "where nobody looks</small></li>\n",
                page->root);
    if (page_may(page, PITH_MAY_VOTE))
        fprintf(to, "<li><a href=\"%saccount/likes.bib\" download>The papers you like, as BibTeX</a></li>\n", page->root);
    fputs("</ul>\n</section>\n", to);
}

static void put_end(FILE *to, const struct page *page)
{
    fputs("<section>\n<h2>The end</h2>\n<details class=\"note\"><summary>Erase the profile</summary>\n", to);
    page_form(to, page, "account/erase", "class=\"sheet\"");
    fputs("<p>Votes, settings and all that was learnt are destroyed, keys first. There is no way back.</p>\n"
          "<p class=\"field\"><label for=\"sure\">Write <b>erase</b> to be sure</label>\n<input id=\"sure\" name=\"sure\" required "
          "pattern=\"erase\" "
          "autocomplete=\"off\" autocapitalize=\"none\"></p>\n<p><button class=\"quiet\">Erase "
          "everything</button></p>\n</form>\n</details>\n"
          "</section>\n",
          to);
}

static enum pith_status send_page(struct exchange *exchange, const struct pith_secret *made, const char *failure,
                                  struct pith_error *reterr)
{
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_ACCOUNT, &page, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *to = writing.to;
    snprintf(page.back, sizeof page.back, "./account");
    page_begin(to, &page, "Account");
    if (*failure) {
        fputs("<p class=\"failure\" role=\"alert\">Nothing was changed: ", to);
        html_text(to, failure);
        fputs(".</p>\n", to);
        exchange->reply->status = 422;
    }
    if (made)
        fprintf(to, "<div class=\"made\" role=\"status\"><p>The new token, shown this once:</p>\n<p><code>%s</code></p></div>\n",
                made->text);
    put_session(to, &page);
    if (page_may(&page, PITH_MAY_MANAGE))
        status = put_ways(exchange, to, &page, reterr);
    put_export(to, &page);
    if (page_may(&page, PITH_MAY_MANAGE))
        put_end(to, &page);
    page_end(to, &page);
    enum pith_status sent = pages_send(exchange, &writing, reterr);
    return status ? status : sent;
}

enum pith_status page_account(struct exchange *exchange, struct pith_error *reterr)
{
    return send_page(exchange, NULL, "", reterr);
}

enum pith_status page_add_token(struct exchange *exchange, struct pith_error *reterr)
{
    PITH_AUTO(pith_secret_free_p) struct pith_secret *made = NULL;
    struct pith_error error = {0};
    const char *until = form_text(exchange->form, "until"), *label = form_text(exchange->form, "label");
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .label = label};
    int32_t last = 0;
    for (size_t i = 0; i < SCOPES; i++)
        request.scopes |= *form_text(exchange->form, scopes[i].name) ? scopes[i].scope : 0;
    if (!label[strspn(label, " ")])
        return send_page(exchange, NULL, "a token needs a name, so that you know it again", reterr);
    if (!request.scopes)
        return send_page(exchange, NULL, "choose at least one thing that the token may", reterr);
    if (*until && (!pith_day_from_text(until, &last) || last < exchange_today(exchange)))
        return send_page(exchange, NULL, "its last day is to be one to come", reterr);
    request.expires = *until ? ((int64_t)last + 1) * 86400 : 0;
    enum pith_status status = pith_put_key(exchange->pith, &request, &made, &error);
    if (status == PITH_USAGE || status == PITH_NOMEM)
        return send_page(exchange, NULL, error.message, reterr);
    if (status) {
        *reterr = error;
        return status;
    }
    return send_page(exchange, made, "", reterr);
}

/* Whether the slot is a token's: other ways in are changed where a passphrase can be typed. */
static enum pith_status is_token(struct exchange *exchange, int64_t slot, struct pith_error *reterr)
{
    PITH_AUTO(pith_keys_free_p) struct pith_keys *keys = NULL;
    enum pith_status status = pith_list_keys(exchange->pith, &keys, reterr);
    for (size_t i = 0; !status && i < keys->count; i++)
        if (keys->item[i].slot == slot && keys->item[i].way == PITH_TOKEN)
            return PITH_OK;
    return status ? status : pith_fail(reterr, PITH_NOT_FOUND, "there is no such token");
}

enum pith_status page_end_token(struct exchange *exchange, struct pith_error *reterr)
{
    int64_t slot = strtoll(form_text(exchange->form, "slot"), NULL, 10);
    enum pith_status status = is_token(exchange, slot, reterr);
    if (!status)
        status = pith_revoke_key(exchange->pith, slot, reterr);
    return status ? status : pages_done(exchange, "./account", SAID_TOKEN_ENDED, NULL, 0, reterr);
}

enum pith_status page_export(struct exchange *exchange, struct pith_error *reterr)
{
    char *json = NULL;
    enum pith_status status = pith_export(exchange->pith, &json, reterr);
    exchange->reply->file = "attachment; filename=\"pith-profile.json\"";
    return status ? status : exchange_json(exchange, 200, json);
}

enum pith_status page_likes(struct exchange *exchange, struct pith_error *reterr)
{
    char *text = NULL;
    size_t missing;
    enum pith_status status = pith_write_bibliography(exchange->pith, 1, PITH_BIBTEX, &text, &missing, reterr);
    if (status)
        return status;
    exchange->reply->file = "attachment; filename=\"likes.bib\"";
    reply_take(exchange->reply, 200, "application/x-bibtex; charset=utf-8", text);
    return PITH_OK;
}

enum pith_status page_erase(struct exchange *exchange, struct pith_error *reterr)
{
    if (strcmp(form_text(exchange->form, "sure"), "erase") != 0)
        return send_page(exchange, NULL, "write erase into the field to be sure", reterr);
    enum pith_status status = pith_erase(exchange->pith, reterr);
    if (!status)
        status = session_cookie(&exchange->service->base_url, NULL, 0, 0, &exchange->reply->cookie, reterr);
    return status ? status : pages_lead(exchange, "sign-in", reterr);
}
