/* What the reader wants of the daily digest. */
#include "api/pages/pages.h"

#include "api/form.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <math.h>
#include <stdlib.h>

static void put_check(FILE *to, const char *name, const char *label, bool on)
{
    fprintf(to, "<label class=\"check\"><input type=\"checkbox\" name=\"%s\" value=\"1\"%s> %s</label>\n", name,
            on ? " checked" : "", label);
}

static void put_number(FILE *to, const char *name, const char *label, const char *range, const char *hint, double value)
{
    fprintf(
        to,
        "<p class=\"field\"><label for=\"%s\">%s</label>\n<input id=\"%s\" name=\"%s\" type=\"number\" %s value=\"%g\" required "
        "aria-describedby=\"%s-hint\">\n<span class=\"hint\" id=\"%s-hint\">%s</span></p>\n",
        name, label, name, name, range, value, name, name, hint);
}

static void put_form(FILE *to, const struct page *page, const struct pith_settings *settings)
{
    unsigned all = PITH_NEW | PITH_CROSS | PITH_REPLACED, announce = settings->announce ? settings->announce : all;
    page_form(to, page, "settings", "class=\"sheet\"");
    fputs("<fieldset><legend>Mail</legend>\n", to);
    put_check(to, "mail", "Send me the daily digest", settings->mail);
    put_number(
        to, "cost", "What an interruption costs", "min=\"0\" max=\"100\" step=\"any\"",
        "In likes missed. A day is silent while the chance that its digest holds a liked paper is small against it; 0: none is.",
        settings->cost);
    fputs("</fieldset>\n<fieldset><legend>How much</legend>\n", to);
    put_number(to, "likes", "Likes to expect", "min=\"0.1\" max=\"100\" step=\"any\"",
               "“For you” ends where so many likes are to be expected.", settings->likes);
    put_number(to, "most", "Papers at most", "min=\"1\" max=\"200\"", "Of those for you.", settings->most);
    put_number(to, "explore", "Papers to explore", "min=\"0\" max=\"2\"",
               "Outside what you are known to like; they teach the most.", settings->explore);
    put_number(to, "missed", "Papers that you missed", "min=\"0\" max=\"20\"", "Of days that no digest was sent for.",
               settings->missed);
    fputs("</fieldset>\n<fieldset><legend>Which papers</legend>\n", to);
    put_check(to, "new", "New ones", announce & PITH_NEW);
    put_check(to, "cross", "Cross-listed ones", announce & PITH_CROSS);
    put_check(to, "replaced", "New versions", announce & PITH_REPLACED);
    fputs("</fieldset>\n<p><button>Save</button></p>\n</form>\n", to);
}

static enum pith_status send_page(struct exchange *exchange, const struct pith_settings *settings, const char *failure,
                                  struct pith_error *reterr)
{
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_SETTINGS, &page, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    snprintf(page.back, sizeof page.back, "./settings");
    page_begin(writing.to, &page, "Settings");
    fputs("<p class=\"lead\">What you want of the daily digest.</p>\n", writing.to);
    if (*failure) {
        fputs("<p class=\"failure\" role=\"alert\">Nothing was saved: ", writing.to);
        html_text(writing.to, failure);
        fputs(".</p>\n", writing.to);
        exchange->reply->status = 422;
    }
    put_form(writing.to, &page, settings);
    page_end(writing.to, &page);
    return pages_send(exchange, &writing, reterr);
}

enum pith_status page_settings(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_settings settings;
    enum pith_status status = pith_get_settings(exchange->pith, &settings, reterr);
    return status ? status : send_page(exchange, &settings, "", reterr);
}

/* A number of the form: false for none. */
static bool read_number(const struct exchange *exchange, const char *name, double *number)
{
    const char *text = form_text(exchange->form, name);
    char *end;
    *number = strtod(text, &end);
    return end != text && !*end && isfinite(*number);
}

static bool read_count(const struct exchange *exchange, const char *name, unsigned *count)
{
    double number = 0;
    bool good = read_number(exchange, name, &number) && number >= 0 && number <= 1e6 && number == floor(number);
    if (good)
        *count = (unsigned)number;
    return good;
}

static unsigned checked(const struct exchange *exchange, const char *name, unsigned bit)
{
    return *form_text(exchange->form, name) ? bit : 0;
}

enum pith_status page_take_settings(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_settings settings;
    struct pith_error error = {0};
    enum pith_status status = pith_get_settings(exchange->pith, &settings, reterr);
    if (status)
        return status;
    settings.mail = checked(exchange, "mail", 1);
    settings.announce = checked(exchange, "new", PITH_NEW) | checked(exchange, "cross", PITH_CROSS) |
                        checked(exchange, "replaced", PITH_REPLACED);
    if (!read_number(exchange, "cost", &settings.cost) || !read_number(exchange, "likes", &settings.likes) ||
        !read_count(exchange, "most", &settings.most) || !read_count(exchange, "explore", &settings.explore) ||
        !read_count(exchange, "missed", &settings.missed))
        return send_page(exchange, &settings, "one of the fields holds no number that fits there", reterr);
    if (!settings.announce)
        return send_page(exchange, &settings, "choose at least one kind of papers", reterr);
    status = pith_put_settings(exchange->pith, &settings, &error);
    if (status == PITH_USAGE)
        return send_page(exchange, &settings, error.message, reterr);
    if (status) {
        *reterr = error;
        return status;
    }
    return pages_done(exchange, "./settings", SAID_SETTINGS, NULL, 0, reterr);
}
