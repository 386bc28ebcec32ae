#include "api/render/digest_mail.h"
#include "tests/lib/digests.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct base_url base_url_of(const char *url)
{
    struct base_url base_url;
    cr_assert_eq(base_url_read(url, &base_url, NULL), PITH_OK, "%s", url);
    base_url.answers = true;
    return base_url;
}

static char *mail_of(const struct pith_digest *digest, const char *from, const char *to)
{
    struct mail_format_address sender, recipient;
    const struct base_url base_url = base_url_of("https://pith.example.org");
    char *mail = NULL;
    if (from)
        cr_assert_eq(mail_format_read_address(from, &sender, NULL), PITH_OK);
    if (to)
        cr_assert_eq(mail_format_read_address(to, &recipient, NULL), PITH_OK);
    cr_assert_eq(digest_mail(digest, &base_url, from ? &sender : NULL, to ? &recipient : NULL, &mail, NULL), PITH_OK);
    return mail;
}

/* Its value with folds taken out; "" without one. Static. */
static const char *header(const char *mail, const char *name)
{
    static char value[2000];
    const char *end = strstr(mail, "\r\n\r\n");
    size_t length = 0;
    for (const char *at = mail; at < end; at = strstr(at, "\r\n") + 2) {
        if (strncmp(at, name, strlen(name)) != 0 || at[strlen(name)] != ':')
            continue;
        for (at += strlen(name) + 2; *at != '\r' || at[2] == ' '; at++)
            if (*at != '\r' && *at != '\n')
                value[length++] = *at;
        break;
    }
    value[length] = '\0';
    return value;
}

static void expect_lines_of_ascii(const char *mail)
{
    for (const char *at = mail; *at;) {
        size_t line = strcspn(at, "\r\n");
        cr_expect(line <= 200, "%zu: %.80s", line, at);
        cr_assert(strncmp(at + line, "\r\n", 2) == 0, "a line ends in something else: %.80s", at);
        for (size_t i = 0; i < line; i++)
            cr_assert((unsigned char)at[i] >= ' ' && (unsigned char)at[i] <= '~');
        at += line + 2;
    }
}

Test(digest_mail, has_the_headers_of_a_list_that_one_click_ends)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *mail = mail_of(digest, NULL, NULL);
    static const char *const expected[][2] = {
        {"From", "pith <pith@pith.example.org>"},
        {"To", ""},
        {"Subject", "3 papers for you, Thu 26 Nov: Proteins That Fold Themselves: Diffusion Models over Backbones"},
        {"Date", "Thu, 26 Nov 2026 12:00:00 +0000"},
        {"Message-ID", "<reply_CCCCCCCCCCCCCCCCCCCC@pith.example.org>"},
        {"List-Id", "pith daily digest <digest.pith.example.org>"},
        {"List-Unsubscribe", "<https://pith.example.org/u/stop_DDDDDDDDDDDDDDDDDDDD>"},
        {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"},
        {"Auto-Submitted", "auto-generated"},
        {"MIME-Version", "1.0"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_expect_str_eq(header(mail, expected[i][0]), expected[i][1]);
    cr_expect(strstr(header(mail, "Content-Type"), "multipart/alternative; boundary="));
    expect_lines_of_ascii(mail);
}

Test(digest_mail, is_the_same_for_the_same_digest)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL), *other = digests_make("Another Title");
    PITH_AUTO(pith_free_p)
    char *one = mail_of(digest, NULL, "ann@example.org"), *two = mail_of(digest, NULL, "ann@example.org"),
         *three = mail_of(other, NULL, "ann@example.org");
    cr_expect_str_eq(one, two);
    cr_expect_str_neq(one, three);
}

Test(digest_mail, puts_text_before_html)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *mail = mail_of(digest, NULL, NULL);
    const char *text = strstr(mail, "Content-Type: text/plain; charset=utf-8"),
               *html = strstr(mail, "Content-Type: text/html; charset=utf-8");
    cr_assert(text && html);
    cr_expect(text < html);
}

Test(digest_mail, names_people_in_any_script)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p)
    char *mail = mail_of(digest, "\"Lee, Ann\" <ann@example.org>", " J\303\266rg \320\226\320\270 <j.b+x@mail.example.org> ");
    cr_expect_str_eq(header(mail, "From"), "\"Lee, Ann\" <ann@example.org>");
    cr_expect_str_eq(header(mail, "To"), "=?UTF-8?Q?J=C3=B6rg_=D0=96=D0=B8?= <j.b+x@mail.example.org>");
    expect_lines_of_ascii(mail);
}

Test(digest_mail, takes_one_address_and_nothing_else)
{
    static const char *const refused[] = {"",
                                          " ",
                                          "ann",
                                          "ann@",
                                          "@example.org",
                                          "ann@example.org\r\nBcc: ben@example.org",
                                          "Ann\r\nBcc: x <ann@example.org>",
                                          "ann@example.org, ben@example.org",
                                          "Ann <ann@example.org>, Ben <ben@example.org>",
                                          "Ann <ann@example.org> <ben@example.org>",
                                          "ann@@example.org",
                                          "ann..lee@example.org",
                                          ".ann@example.org",
                                          "ann@example..org",
                                          "ann lee@example.org",
                                          "\303\266@example.org",
                                          "Ann <ann@example.org",
                                          "Ann ann@example.org>",
                                          "\"Ann\" Lee\" <ann@example.org>",
                                          "a:b <ann@example.org>",
                                          "Ann\t<ann@example.org>"};
    struct mail_format_address address = {.address = "as it was"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        cr_expect_eq(mail_format_read_address(refused[i], &address, NULL), PITH_INPUT, "%s", refused[i]);
    cr_expect_str_eq(address.address, "as it was");
    cr_assert_eq(mail_format_read_address("\"An\\\"n\" <ann@example.org>", &address, NULL), PITH_OK);
    cr_expect_str_eq(address.name, "An\"n");
}

Test(digest_mail, holds_up_against_any_title)
{
    char title[1200] = "=?UTF-8?Q?fake?= <script> \342\200\256";
    while (strlen(title) < 1100)
        strcat(title, "\346\227\245\346\234\254");
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(title);
    PITH_AUTO(pith_free_p) char *mail = mail_of(digest, NULL, NULL);
    const char *subject = header(mail, "Subject");
    cr_expect(strncmp(subject, "=?UTF-8?Q?3_papers_for_you=2C_Thu_26_Nov=3A_=3D=3FUTF=2D8", 50) == 0, "%s", subject);
    expect_lines_of_ascii(mail);
    digest->stop[0] = digest->reply[0] = '\0';
    PITH_AUTO(pith_free_p) char *bare = mail_of(digest, NULL, NULL);
    cr_expect_str_eq(header(bare, "List-Unsubscribe"), "");
    cr_expect_str_eq(header(bare, "List-Unsubscribe-Post"), "");
    cr_expect(strstr(header(bare, "Message-ID"), "@pith.example.org>"));
}

Test(digest_mail, knows_where_it_comes_from)
{
    static const char *const bad[] = {
        "",           "pith.example.org", "ftp://x",        "https://",          "https://x/?q", "https://x y",
        "https://x#", "https://a@b",      "https://x:port", "https://x:1234567", "https://.x",   "javascript://x"};
    static const char *const good[][3] = {{"https://pith.example.org/", "https://pith.example.org", "pith.example.org"},
                                          {"http://127.0.0.1:8417", "http://127.0.0.1:8417", "127.0.0.1"},
                                          {"http://[::1]:80/a/b/", "http://[::1]:80/a/b", "localhost"}};
    struct base_url base_url;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(base_url_read(bad[i], &base_url, NULL), PITH_USAGE, "%s", bad[i]);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        base_url = base_url_of(good[i][0]);
        cr_expect_str_eq(base_url.base, good[i][1]);
        cr_expect_str_eq(base_url.host, good[i][2]);
    }
}
