/* Starting from what is there: a library, a list of identifiers, or words about an interest, taken as liked. */
#include "api/pages/pages.h"

#include "api/form.h"
#include "api/render/html.h"
#include "api/writing.h"

#include <string.h>

static enum pith_status send_page(struct exchange *exchange, const char *failure, struct pith_error *reterr)
{
    struct writing writing;
    struct page page;
    enum pith_status status = pages_open(exchange, PAGE_NONE, &page, reterr);
    if (!status)
        status = writing_begin(&writing, reterr);
    if (status)
        return status;
    FILE *to = writing.to;
    snprintf(page.back, sizeof page.back, "./seeds");
    page_begin(to, &page, "Start from what you have");
    fputs("<p class=\"lead\">What you bring counts as liked, but less than a vote, and less the more votes there are.</p>\n", to);
    if (*failure) {
        fputs("<p class=\"failure\" role=\"alert\">Nothing was taken: ", to);
        html_text(to, failure);
        fputs(".</p>\n", to);
        exchange->reply->status = 422;
    }
    page_form(to, &page, "seeds", "class=\"sheet\" enctype=\"multipart/form-data\"");
    fputs("<fieldset><legend>Words</legend>\n<p class=\"field\"><label for=\"words\">What you work on</label>\n"
          "<input id=\"words\" name=\"words\" maxlength=\"240\" required placeholder=\"diffusion models for protein design\" "
          "aria-describedby=\"words-hint\">\n<span class=\"hint\" id=\"words-hint\">Taken as if it were a paper.</span></p>\n"
          "<p><button>Take as liked</button></p>\n</fieldset>\n</form>\n",
          to);
    page_form(to, &page, "seeds", "class=\"sheet\" enctype=\"multipart/form-data\"");
    fputs("<fieldset><legend>A library</legend>\n<p class=\"field\"><label for=\"file\">A file</label>\n"
          "<input id=\"file\" name=\"file\" type=\"file\" aria-describedby=\"file-hint\">\n<span class=\"hint\" "
          "id=\"file-hint\">BibTeX, "
          "RIS, CSL-JSON, Zotero’s RDF, a listing, or identifiers, one a line. Up to 15 MB.</span></p>\n"
          "<p class=\"field\"><label for=\"text\">Or paste it here</label>\n"
          "<textarea id=\"text\" name=\"text\" rows=\"6\" spellcheck=\"false\"></textarea></p>\n"
          "<p class=\"field\"><label for=\"about\">Only those about</label>\n<input id=\"about\" name=\"about\" maxlength=\"120\" "
          "aria-describedby=\"about-hint\">\n<span class=\"hint\" id=\"about-hint\">A keyword, category or collection of the "
          "library; empty: "
          "all.</span></p>\n<p><button>Take as liked</button></p>\n</fieldset>\n</form>\n",
          to);
    page_end(to, &page);
    return pages_send(exchange, &writing, reterr);
}

enum pith_status page_seeds(struct exchange *exchange, struct pith_error *reterr)
{
    return send_page(exchange, "", reterr);
}

/* One of a file, pasted text and words, so that what fails has taken nothing. */
static enum pith_status take(struct exchange *exchange, size_t *ret_taken, struct pith_error *reterr)
{
    struct pith_seed_report report;
    size_t length = 0;
    bool took = false;
    int32_t today = exchange_today(exchange);
    const char *file = form_file(exchange->form, "file", &length), *text = form_text(exchange->form, "text"),
               *words = form_text(exchange->form, "words"), *about = form_text(exchange->form, "about");
    bool pasted = text[strspn(text, " \r\n\t")] != '\0', written = words[strspn(words, " ")] != '\0';
    if ((file != NULL) + pasted + written != 1)
        return pith_fail(reterr, PITH_USAGE,
                         file || pasted || written ? "give a file or paste one, not both" : "the form is empty");
    enum pith_status status = written ? pith_seed_words(exchange->pith, words, today, &took, reterr)
                                      : pith_seed_file(exchange->pith, file ? file : text, file ? length : strlen(text),
                                                       *about ? about : NULL, today, &report, reterr);
    if (!status)
        *ret_taken = written ? took : report.seeded;
    return status;
}

enum pith_status page_take_seeds(struct exchange *exchange, struct pith_error *reterr)
{
    struct pith_error error = {0};
    size_t taken = 0;
    enum pith_status status = take(exchange, &taken, &error);
    if (status == PITH_INPUT || status == PITH_USAGE || status == PITH_NOT_FOUND)
        return send_page(exchange, error.message, reterr);
    if (status) {
        *reterr = error;
        return status;
    }
    return pages_done(exchange, "./", SAID_SEEDED, NULL, taken, reterr);
}
