#include "tests/lib/digests.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *write_as(enum pith_form form, const char *base_url, bool answers)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make("Kites in the wind");
    char *text = NULL;
    const struct pith_form_request request = {.size = sizeof request,
                                              .digest = digest,
                                              .form = form,
                                              .base_url = base_url,
                                              .answers = answers,
                                              .from = "pith <pith@lab.example>",
                                              .to = "ann@home.example",
                                              .reply_to = "Votes <votes@lab.example>"};
    struct pith_error error = {0};
    cr_assert_eq(pith_write_digest(&request, &text, &error), PITH_OK, "%s", error.message);
    return text;
}

Test(digest_forms, without_a_service_nothing_is_linked_to_one)
{
    for (enum pith_form form = PITH_FORM_TEXT; form <= PITH_FORM_MAIL; form++) {
        PITH_AUTO(pith_free_p) char *text = write_as(form, NULL, false);
        cr_expect(strstr(text, "Kites in"), "%s", text);
        cr_expect_not(strstr(text, "/t/") || strstr(text, "/u/") || strstr(text, "/settings") || strstr(text, "\"/"), "%s", text);
        cr_expect_not(strstr(text, "List-Unsubscribe") || strstr(text, "answering") || strstr(text, "Reply-To"));
        cr_expect(strstr(text, "pith up"), "it says how to vote");
    }
}

Test(digest_forms, with_one_links_lead_there)
{
    for (enum pith_form form = PITH_FORM_TEXT; form <= PITH_FORM_HTML; form++) {
        PITH_AUTO(pith_free_p) char *text = write_as(form, "https://pith.example.org/mine", false);
        cr_expect(strstr(text, "https://pith.example.org/mine/t/") && strstr(text, "https://pith.example.org/mine/u/"));
        cr_expect_not(strstr(text, "pith up") || strstr(text, "answering this mail"));
    }
}

Test(digest_forms, answers_are_asked_for_where_they_are_read)
{
    PITH_AUTO(pith_free_p) char *mail = write_as(PITH_FORM_MAIL, NULL, true), *text = write_as(PITH_FORM_TEXT, NULL, true);
    cr_expect(strstr(mail, "Reply-To: pith <votes@lab.example>\r\n"), "%s", mail);
    cr_expect(strstr(mail, "Message-ID: <") && strstr(mail, "@lab.example>\r\n"), "of the host it is from");
    cr_expect(strstr(text, "also vote by answering"), "%s", text);
}

Test(digest_forms, message_ids_and_refusals)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make("Kites");
    struct pith_form_request request = {.size = sizeof request, .digest = digest, .form = PITH_FORM_MAIL};
    char id[PITH_MESSAGE_ID], again[PITH_MESSAGE_ID], *text = NULL;
    cr_assert_eq(pith_message_id(&request, id, NULL), PITH_OK);
    cr_assert_eq(pith_message_id(&request, again, NULL), PITH_OK);
    cr_expect_str_eq(id, again);
    cr_expect(strstr(id, "@localhost>"));
    request.base_url = "ftp://pith";
    cr_expect_eq(pith_write_digest(&request, &text, NULL), PITH_USAGE);
    request.base_url = NULL;
    request.from = "nobody";
    cr_expect_eq(pith_write_digest(&request, &text, NULL), PITH_INPUT);
    cr_expect_eq(pith_message_id(&request, id, NULL), PITH_INPUT);
    cr_expect_null(text);
    cr_expect_eq(pith_check_address("Ann <ann@lab.example>", NULL), PITH_OK);
    cr_expect_eq(pith_check_address("a@b, c@d", NULL), PITH_INPUT);
}
