#include "engine/digest/mail_votes.h"
#include "engine/sources/mime.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS = 12, DAY_SECONDS = 86400 };

static int64_t morning(unsigned day)
{
    return (int64_t)testing_day(day) * DAY_SECONDS;
}

/* A home with a reader and the second day's digest, sent. */
static struct pith *open_home(struct pith_digest **ret_digest)
{
    struct pith *pith;
    struct pith_import_report report;
    char *text = NULL;
    size_t length;
    FILE *lines = open_memstream(&text, &length);
    for (unsigned i = 0; i < 2 * PAPERS; i++)
        testing_paper(lines, i, i % TESTING_TOPICS, 2);
    fclose(lines);
    cr_assert_eq(pith_open(testing_folder(), true, &pith, NULL), PITH_OK);
    cr_assert_eq(pith_import(pith, text, length, 0, &report, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    cr_assert_eq(pith_claim_digest(pith, testing_day(2), morning(2), ret_digest, NULL), PITH_OK);
    cr_assert_eq((*ret_digest)->count, PAPERS);
    cr_assert_eq(pith_settle_digest(pith, testing_day(2), NULL), PITH_OK);
    free(text);
    return pith;
}

/* A mail with this header line (without its end) and text; static buffer. */
static const char *mail_of(const char *header, const char *text)
{
    static char mail[8192];
    snprintf(mail, sizeof mail,
             "From: reader@example.org\r\nTo: pith@example.org\r\n%s\r\nMessage-ID: <1@example.org>\r\nDate: Wed, 3 "
             "Jan 2024 08:00:00 +0100\r\n"
             "Content-Type: text/plain; charset=utf-8\r\n\r\n%s",
             header, text);
    return mail;
}

static const char *answer_to(const char *ticket, const char *text)
{
    char header[256];
    snprintf(header, sizeof header, "In-Reply-To: <%s@pith.example.org>", ticket);
    return mail_of(header, text);
}

static enum pith_status post(struct pith *pith, const char *mail, struct pith_reply *reply, struct pith_error *error)
{
    return pith_post_reply(pith, mail, strlen(mail), testing_day(3), reply, error);
}

/* What a text votes, as "1+ 4-", or the message of why it does not; static buffer. */
static const char *votes_in(const char *text)
{
    static char votes[1024];
    struct pith_reply reply = {0};
    struct pith_error error;
    const char *mail = mail_of("Subject: Re: papers", text);
    enum pith_status status = reply_votes(mail, strlen(mail), PAPERS, &reply, &error);
    size_t length = 0;
    if (status) {
        cr_expect_eq(status, PITH_INPUT);
        return strcpy(votes, error.message);
    }
    for (size_t i = 0; i < reply.votes; i++)
        length += (size_t)snprintf(votes + length, sizeof votes - length, "%s%u%c", i ? " " : "", reply.vote[i].number,
                                   reply.vote[i].verdict > 0 ? '+' : '-');
    return votes;
}

Test(reply, votes_are_read_in_every_clear_form)
{
    cr_expect_str_eq(votes_in("1+ 4- 7+\n"), "1+ 4- 7+");
    cr_expect_str_eq(votes_in("7+\n4-\r\n1+"), "1+ 4- 7+");
    cr_expect_str_eq(votes_in("Hello,\n\n  1 +, 4-;7+  \n\nthank you!\n"), "1+ 4- 7+");
    cr_expect_str_eq(votes_in("1+4-7+"), "1+ 4- 7+");
    cr_expect_str_eq(votes_in("3+ 3+\n3+"), "3+");
    cr_expect_str_eq(votes_in("2\xe2\x88\x92 5\xe2\x80\x93"), "2- 5-");
    cr_expect_str_eq(votes_in("12-"), "12-");
}

Test(reply, what_is_quoted_or_below_is_passed_over)
{
    cr_expect_str_eq(votes_in("1+\n> 2+\n>3-\n"), "1+");
    cr_expect_str_eq(votes_in("1+\n-- \n2+\n"), "1+");
    cr_expect_str_eq(votes_in("1+\nOn Wed, 3 Jan 2024 at 06:00, pith\n<pith@example.org> wrote:\n2+\n"), "1+");
    cr_expect_str_eq(votes_in("1+\n-----Original Message-----\n2+\n"), "1+");
    cr_expect_str_eq(votes_in("1+\nI liked 2+ too, and call me at +49 30 901820-555\n+49 30 901820\n"), "1+");
    cr_expect(strstr(votes_in("On it.\n> 2+\n"), "no line of votes"));
    cr_expect(strstr(votes_in(""), "no line of votes"));
}

Test(reply, quotes_of_every_style_and_language_count_for_nothing)
{
    static const char *const quotes[] = {
        "On Wed, Jan 3, 2024 at 6:00 AM Pith <pith@example.org> wrote:",
        "Am Mi., 3. Jan. 2024 um 06:00 Uhr schrieb Pith <pith@example.org>:",
        "Pith schrieb am 03.01.24 um 06:00:",
        "Le mer. 3 janv. 2024 \xC3\xA0 06:00, Pith <pith@example.org> a \xC3\xA9"
        "crit\xC2\xA0:",
        "El mi\xC3\xA9, 3 ene 2024 a las 6:00, Pith (<pith@example.org>) escribi\xC3\xB3:",
        "Il giorno mer 3 gen 2024 alle ore 06:00 Pith <pith@example.org> ha scritto:",
        "Em qua., 3 de jan. de 2024 \xC3\xA0s 06:00, Pith <pith@example.org> escreveu:",
        "Op wo 3 jan 2024 om 06:00 schreef Pith <pith@example.org>:",
        "Den ons 3 jan. 2024 kl 06:00 skrev Pith <pith@example.org>:",
        "\xC5\x9Br., 3 sty 2024 o 06:00 Pith <pith@example.org> napisa\xC5\x82(a):",
        "\xD1\x81\xD1\x80, 3 \xD1\x8F\xD0\xBD\xD0\xB2. 2024 \xD0\xB3. \xD0\xB2 06:00, Pith <pith@example.org>:",
        "Pith <pith@example.org> \xE4\xBA\x8E"
        "2024\xE5\xB9\xB4"
        "1\xE6\x9C\x88"
        "3\xE6\x97\xA5 06:00\xE5\x86\x99\xE9\x81\x93\xEF\xBC\x9A",
        "2024\xE5\xB9\xB4"
        "1\xE6\x9C\x88"
        "3\xE6\x97\xA5(\xE6\xB0\xB4) 6:00 Pith <pith@example.org>:",
        "Pith\nwrote:",
        "Le 03/01/2024, Pith a\n\xC3\xA9"
        "crit :\n<pith@example.org>:",
        "________________________________\nFrom: Pith",
        "-----Urspr\xC3\xBCngliche Nachricht-----",
        "---------- Forwarded message ---------",
        "-- ",
        "*From:* Pith <pith@example.org>\n*Sent:* today",
        "Von: Pith <pith@example.org>\nGesendet: Mittwoch, 3. Januar 2024 06:00\nAn: Ann\nBetreff: Papers",
        "De : Pith\nEnvoy\xC3\xA9 : mercredi 3 janvier\n\xC3\x80 : Ann",
        "\xE5\x8F\x91\xE4\xBB\xB6\xE4\xBA\xBA: Pith\n\xE5\x8F\x91\xE9\x80\x81\xE6\x97\xB6\xE9\x97\xB4: 2024",
        "Begin forwarded message:\n\nFrom: Pith <pith@example.org>"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        char text[1024];
        snprintf(text, sizeof text, "1+ 2-\n\n%s\n\n7+ 8-\n", quotes[i]);
        cr_expect_str_eq(votes_in(text), "1+ 2-", "%s: %s", quotes[i], votes_in(text));
    }
}

Test(reply, what_stands_under_a_marked_quote_is_the_writers)
{
    cr_expect_str_eq(votes_in("On 3 Jan 2024 Pith <pith@example.org> wrote:\n> 1. A title\n> 3+\n\n2+\n"), "2+");
    cr_expect_str_eq(votes_in("On 3 Jan 2024 Pith <pith@example.org> wrote:\n> a long line that was wrapped\n3+ 4+\n\n2+\n"), "2+");
    cr_expect_str_eq(votes_in("These I read today, and my votes are:\n2+ 5-\n"), "2+ 5-");
}

/* The votes in a mail with this header and body. */
static const char *votes_in_mail(const char *header, const char *body)
{
    static char votes[512];
    char mail[4096];
    struct pith_reply reply = {0};
    struct pith_error error;
    size_t length = 0;
    votes[0] = '\0';
    snprintf(mail, sizeof mail, "From: a@example.org\nTo: b@example.org\nSubject: Re: papers\n%s\n\n%s", header, body);
    if (reply_votes(mail, strlen(mail), PAPERS, &reply, &error))
        return strcpy(votes, error.message);
    for (size_t i = 0; i < reply.votes; i++)
        length += (size_t)snprintf(votes + length, sizeof votes - length, "%s%u%c", i ? " " : "", reply.vote[i].number,
                                   reply.vote[i].verdict > 0 ? '+' : '-');
    return votes;
}

Test(reply, quotes_in_html_count_for_nothing)
{
    static const char html[] = "Content-Type: text/html; charset=utf-8";
    static const char *const quotes[] = {
        "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">On a day Pith wrote:<br></div><blockquote>7+ "
        "8-</blockquote></div>",
        "<blockquote type=\"cite\"><div>7+ 8-</div></blockquote>",
        "<div id=\"divRplyFwdMsg\"><hr><b>From:</b> Pith</div><div>7+ 8-</div>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Von:</b> Pith</p></div><p>7+ 8-</p>",
        "<hr><p>7+ 8-</p>",
        "<div id=\"appendonsend\"></div><div>7+ 8-</div>",
        "<div class=\"yahoo_quoted\"><div>x</div><div>7+ 8-</div></div>",
        "<div class=\"moz-cite-prefix\">Am 3.1. schrieb Pith:<br></div><blockquote type=\"cite\">7+ 8-</blockquote>",
        "<div><b>From:</b> Pith<br><b>Sent:</b> today<br></div><div>7+ 8-</div>",
        "<p>-- <br>7+ 8-</p>"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        char body[1024];
        snprintf(body, sizeof body,
                 "<html><head><style>7+ 8-</style></head><body><div>1+&nbsp;2-</div><p>Thanks &amp; bye</p>%s</body></html>",
                 quotes[i]);
        cr_expect_str_eq(votes_in_mail(html, body), "1+ 2-", "%s", quotes[i]);
    }
    cr_expect_str_eq(votes_in_mail(html, "<blockquote>7+</blockquote><div>1+</div>"), "1+");
}

Test(reply, what_a_program_sends_votes_for_nothing)
{
    static const char *const headers[] = {"Auto-Submitted: auto-replied",
                                          "Auto-Submitted: auto-generated (vacation)",
                                          "X-Autoreply: yes",
                                          "Precedence: auto_reply",
                                          "Precedence: bulk",
                                          "X-Auto-Response-Suppress: All",
                                          "X-Autorespond: Re",
                                          "Content-Type: multipart/report; report-type=delivery-status",
                                          "Return-Path: <>",
                                          "X-Failed-Recipients: b@example.org"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        cr_expect(strstr(votes_in_mail(headers[i], "2+\n"), "sent by a program"), "%s: %s", headers[i],
                  votes_in_mail(headers[i], "2+\n"));
    cr_expect_str_eq(votes_in_mail("Auto-Submitted: no\nReturn-Path: <a@example.org>\nPrecedence: normal", "2+\n"), "2+");
}

/* Mails as programs write them in many languages: tests/data/cases/replies.txt, each behind a line "==== " and what it votes. */
Test(reply, mails_of_every_program_vote_for_what_their_writers_wrote)
{
    size_t length, mails = 0;
    PITH_AUTO(pith_free_p) char *all = testing_read(testing_data("cases/replies.txt"), &length);
    for (char *at = all, *next; at && *at; at = next) {
        char *mail = strchr(at, '\n') + 1, votes[256] = "refused";
        next = strstr(mail, "\n==== ");
        size_t size = next ? (size_t)(++next - mail) : strlen(mail);
        struct pith_reply reply = {0};
        struct pith_error error;
        enum pith_status status = reply_votes(mail, size, 20, &reply, &error);
        mail[-1] = '\0';
        for (size_t i = 0, used = 0; !status && i < reply.votes; i++)
            used += (size_t)snprintf(votes + used, sizeof votes - used, "%s%u%c", i ? " " : "", reply.vote[i].number,
                                     reply.vote[i].verdict > 0 ? '+' : '-');
        cr_expect_str_eq(votes, at + 5, "mail %zu votes %s, and says %s:\n%.300s", mails, at + 5, votes, mail);
        mails++;
    }
    cr_expect_gt(mails, 200);
}

Test(reply, what_is_not_clear_is_told_and_not_guessed)
{
    const char *unclear[] = {"+1", "+1 -2", "1 +2", "1+ 4", "1+\n3 4-", "- 3", "1++", "1+-"};
    for (size_t i = 0; i < sizeof unclear / sizeof *unclear; i++)
        cr_expect(strstr(votes_in(unclear[i]), "not clear"), "%s: %s", unclear[i], votes_in(unclear[i]));
    cr_expect(strstr(votes_in("1+ 13-"), "no 13"));
    cr_expect(strstr(votes_in("0+"), "no 0"));
    cr_expect(strstr(votes_in("2+ 2-"), "both up and down"));
}

Test(reply, counts_once_as_one_change_while_locked)
{
    struct pith_digest *digest;
    struct pith *pith = open_home(&digest);
    struct pith_reply reply;
    struct pith_error error;
    struct pith_summary before, after;
    cr_assert_eq(pith_summarise(pith, &before, NULL), PITH_OK);
    cr_assert_eq(pith_set_reader(pith, NULL, NULL), PITH_OK);
    const char *mail = answer_to(digest->reply, "1+ 4-\n12+\n");
    cr_assert_eq(post(pith, mail, &reply, &error), PITH_OK, "%s", error.message);
    cr_expect(!reply.known && reply.votes == 3 && reply.day == testing_day(2));
    cr_expect(reply.vote[1].number == 4 && reply.vote[1].verdict == -1);
    cr_assert_eq(post(pith, mail, &reply, NULL), PITH_OK);
    cr_expect(reply.known);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    cr_assert_eq(post(pith, mail, &reply, NULL), PITH_OK);
    cr_expect(reply.known, "also after it was taken in");
    struct pith_votes *votes;
    cr_assert_eq(pith_list_votes(pith, &votes, NULL), PITH_OK);
    cr_assert_eq(votes->count, 3);
    for (size_t i = 0; i < 3; i++) {
        const unsigned number[] = {1, 4, 12};
        bool found = false;
        for (size_t k = 0; k < 3; k++)
            found |= strcmp(votes->item[k].key, digest->item[number[i] - 1].key) == 0 &&
                     votes->item[k].verdict == (i == 1 ? -1 : 1);
        cr_expect(found, "paper %u", number[i]);
        cr_expect_eq(votes->item[i].day, testing_day(3));
    }
    pith_votes_free(votes);
    cr_assert_eq(pith_undo(pith, &votes, NULL), PITH_OK);
    cr_expect_eq(votes->count, 3, "one change");
    pith_votes_free(votes);
    cr_assert_eq(pith_summarise(pith, &after, NULL), PITH_OK);
    cr_expect_str_eq(after.digest, before.digest);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(reply, the_ticket_is_found_wherever_mail_programs_keep_it)
{
    struct pith_digest *digest;
    struct pith *pith = open_home(&digest);
    struct pith_reply reply;
    struct pith_error error;
    char header[1024];
    const char *const form[] = {"in-reply-to:\r\n <%s@host>", "References: <a@b> <%s@host>\r\n\t<later@example.org>",
                                "Subject: Re: [pith:%s] today", "In-Reply-To: <other@host>\r\nReferences: <%s@host>"};
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        char *end = strstr(form[i], "%s");
        snprintf(header, sizeof header, "%.*s%s%s", (int)(end - form[i]), form[i], digest->reply, end + 2);
        cr_expect_eq(post(pith, mail_of(header, "1+"), &reply, &error), PITH_OK, "%zu: %s", i, error.message);
    }
    snprintf(header, sizeof header, "In-Reply-To: <%s@host>", digest->item[0].up);
    cr_expect_eq(post(pith, mail_of(header, "1+"), &reply, NULL), PITH_NOT_FOUND, "a link is no digest's name");
    char wrong[PITH_TICKET_TEXT];
    strcpy(wrong, digest->reply);
    wrong[3] = wrong[3] == 'a' ? 'b' : 'a';
    cr_expect_eq(post(pith, answer_to(wrong, "1+"), &reply, NULL), PITH_NOT_FOUND);
    for (char *at = wrong; *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    cr_expect_eq(post(pith, answer_to(wrong, "1+"), &reply, NULL), PITH_NOT_FOUND);
    cr_expect_eq(post(pith, mail_of("Subject: Re: papers", "1+"), &reply, &error), PITH_NOT_FOUND);
    cr_expect(strstr(error.message, "answers no digest"));
    snprintf(header, sizeof header, "Subject: papers\r\n\r\nIn-Reply-To: <%s@host>", digest->reply);
    cr_expect_eq(post(pith, mail_of(header, "1+"), &reply, NULL), PITH_NOT_FOUND, "a body is no header");
    cr_expect_eq(post(pith, "1+ 2+", &reply, NULL), PITH_INPUT);
    const char *mail = answer_to(digest->reply, "1+");
    cr_expect_eq(pith_post_reply(pith, mail, strlen(mail), testing_day(2) + 45, &reply, NULL), PITH_OK);
    cr_expect_eq(pith_post_reply(pith, mail, strlen(mail), testing_day(2) + 46, &reply, NULL), PITH_LOCKED);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(reply, nothing_is_recorded_of_one_that_is_wrong)
{
    struct pith_digest *digest;
    struct pith *pith = open_home(&digest);
    struct pith_reply reply = {.day = 77};
    struct pith_error error;
    struct pith_votes *votes;
    cr_expect_eq(post(pith, answer_to(digest->reply, "1+ 13+"), &reply, &error), PITH_INPUT);
    cr_expect(strstr(error.message, "1 to 12"), "%s", error.message);
    cr_expect_eq(reply.day, 77, "untouched");
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    cr_assert_eq(pith_list_votes(pith, &votes, NULL), PITH_OK);
    cr_expect_eq(votes->count, 0);
    pith_votes_free(votes);
    pith_digest_free(digest);
    pith_close(pith);
}

/* What a mail program makes of it: parts, encodings. */
Test(reply, packed_texts_are_unpacked_first)
{
    struct pith_digest *digest;
    struct pith *pith = open_home(&digest);
    struct pith_reply reply;
    struct pith_error error;
    char mail[2048];
    snprintf(mail, sizeof mail,
             "From: reader@example.org\nTo: pith@example.org\nSubject: Re: papers\nIn-Reply-To: "
             "<%s@host>\nMIME-Version: 1.0\n"
             "Content-Type: multipart/alternative; boundary=\"x\"\n\n--x\nContent-Type: "
             "text/plain\nContent-Transfer-Encoding: base64\n\n"
             "MSsgNC0K\n--x\nContent-Type: text/html\n\n<p>9+</p>\n--x--\n",
             digest->reply);
    cr_assert_eq(post(pith, mail, &reply, &error), PITH_OK, "%s", error.message);
    cr_expect(reply.votes == 2 && reply.vote[1].number == 4);
    snprintf(mail, sizeof mail,
             "From: reader@example.org\nTo: pith@example.org\nSubject: Re: papers\nIn-Reply-To: <%s@host>\n"
             "Content-Type: text/html\n\n<div>5+ 6-</div><blockquote>On Monday pith wrote:<br>7+</blockquote>\n",
             digest->reply);
    cr_assert_eq(post(pith, mail, &reply, &error), PITH_OK, "%s", error.message);
    cr_expect(reply.votes == 2 && reply.vote[0].number == 5 && reply.vote[1].verdict == -1);
    pith_digest_free(digest);
    pith_close(pith);
}

Test(reply, headers_are_joined_and_told_from_others)
{
    const char *mail = "Subject: one\r\n\ttwo\nX-Subject: three\nsubject: four\n\nSubject: five\n";
    char *value;
    cr_assert_eq(mime_header(mail, strlen(mail), "Subject:", &value, NULL), PITH_OK);
    cr_expect_str_eq(value, "one two ");
    free(value);
    cr_assert_eq(mime_header(mail, strlen(mail), "From:", &value, NULL), PITH_OK);
    cr_expect_str_eq(value, "");
    free(value);
}
