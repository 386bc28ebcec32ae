#include "cli/config.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER "[server]\nurl = http://127.0.0.1:8417\n"
#define SMTP "[smtp]\nurl = smtp://127.0.0.1:25\nfrom = pith@lab.example\n"
#define READER "[reader \"Ann\"]\naddress = ann@lab.example\ntoken-file = tokens/ann\n"

/* The file that holds the text; beside it lies what it names. */
static const char *write_file(const char *text)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/mail.conf", testing_folder());
    FILE *file = fopen(path, "wb");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

static struct mail_config *read_text(const char *text)
{
    PITH_AUTO(config_free_p) struct config *config = NULL;
    struct pith_error error;
    cr_assert_eq(config_read(write_file(text), &config, &error), PITH_OK, "%s", error.message);
    return PITH_TAKE(config->mailing);
}

static void expect_refused(const char *text, const char *expected)
{
    PITH_AUTO(config_free_p) struct config *config = NULL;
    struct pith_error error = {0};
    cr_expect_eq(config_read(write_file(text), &config, &error), PITH_INPUT, "%s", text);
    const char *after = strstr(error.message, "/mail.conf:");
    cr_expect(after, "%s names no file", error.message);
    cr_expect_str_eq(after ? after + strlen("/mail.conf:") : error.message, expected);
    cr_expect_null(config);
}

static void expect_beside(const char *file, const char *name)
{
    size_t length = strlen(file), end = strlen(name);
    cr_expect(*file == '/' && length > end && file[length - end - 1] == '/' && strcmp(file + length - end, name) == 0, "%s", file);
}

Test(mailing, needs_little)
{
    unsetenv("CREDENTIALS_DIRECTORY");
    PITH_AUTO(mail_config_free_p) struct mail_config *mailing = read_text(SERVER SMTP READER);
    cr_expect_str_eq(mailing->url, "http://127.0.0.1:8417");
    cr_expect(!mailing->certificate && !mailing->insecure && !mailing->journal && mailing->in_doubt == MAIL_CONFIG_AGAIN);
    cr_expect_str_eq(mailing->smtp.url, "smtp://127.0.0.1:25");
    cr_expect(!mailing->smtp.user && !mailing->smtp.password_file && !mailing->smtp.certificate && !mailing->smtp.insecure);
    cr_expect(mailing->smtp.starttls == TRANSPORT_REQUIRED && mailing->smtp.retries == 9 && mailing->smtp.timeout == 300);
    cr_assert_eq(mailing->readers, 1);
    cr_expect_str_eq(mailing->reader[0].name, "Ann");
    cr_expect_str_eq(mailing->reader[0].address, "ann@lab.example");
    cr_expect_eq(mailing->reader[0].line, 6);
    expect_beside(mailing->reader[0].token_file, "tokens/ann");
}

Test(mailing, takes_all_that_it_documents)
{
    unsetenv("CREDENTIALS_DIRECTORY");
    PITH_AUTO(mail_config_free_p)
    struct mail_config *mailing = read_text(
        "[mail]\nin-doubt = hold\njournal = j.jsonl\n" READER
        "[reader \"Ben\"]\ntoken-file = /ben\naddress = \"Ben Cole <ben@lab.example>\"\n"
        "[server]\nurl = https://pith.lab.example/\ncertificate = lab.pem\ninsecure = yes\n"
        "[smtp]\nurl = smtps://mail.lab.example\nfrom = \"pith <pith@lab.example>\"\nuser = pith\n"
        "password-file = password\nstarttls = no\ncertificate = /m.pem\ninsecure = yes\nretries = 0\ntimeout = 1\n");
    cr_expect_str_eq(mailing->url, "https://pith.lab.example", "without the last slash");
    cr_expect(mailing->insecure && mailing->in_doubt == MAIL_CONFIG_HOLD);
    cr_expect_str_eq(mailing->journal, "j.jsonl");
    expect_beside(mailing->certificate, "lab.pem");
    expect_beside(mailing->smtp.password_file, "password");
    cr_expect_str_eq(mailing->smtp.certificate, "/m.pem");
    cr_expect_str_eq(mailing->smtp.user, "pith");
    cr_expect(mailing->smtp.insecure && mailing->smtp.starttls == TRANSPORT_NEVER && mailing->smtp.retries == 0 &&
              mailing->smtp.timeout == 1);
    cr_assert_eq(mailing->readers, 2);
    cr_expect_str_eq(mailing->reader[1].token_file, "/ben");
}

Test(mailing, secrets_are_among_the_credentials_of_systemd)
{
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/pith", 1);
    PITH_AUTO(mail_config_free_p)
    struct mail_config *mailing = read_text(SERVER "certificate = lab.pem\n" SMTP
                                                   "user = u\npassword-file = /etc/password\n" READER);
    cr_expect_str_eq(mailing->reader[0].token_file, "/run/credentials/pith/tokens_ann");
    cr_expect_str_eq(mailing->smtp.password_file, "/etc/password");
    expect_beside(mailing->certificate, "lab.pem");
    unsetenv("CREDENTIALS_DIRECTORY");
}

Test(mailing, refuses_with_the_line_and_what_was_expected)
{
    static const char sections[] = "a section is [pith], [fetch], [source \"NAME\"], [server], [smtp], [mail] or [reader \"NAME\"]";
    char expected[200];
    snprintf(expected, sizeof expected, "1: %s", sections);
    expect_refused("[servers]\n", expected);
    expect_refused("[reader]\n", expected);
    expect_refused("[smtp \"one\"]\n", expected);
    expect_refused(SERVER "key = 1\n", "3: [server] has the keys url, base-url, certificate and insecure");
    expect_refused(SERVER SERVER, "4: this key stands above already");
    expect_refused(READER READER, "4: a reader of this name stands above already");
    expect_refused("[reader \"\"]\n", "1: a reader's name has 1 to 200 bytes: [reader \"Ann\"]");
    expect_refused("[reader \"A\"]\nname = A\n", "2: a reader has the keys address, maildir and token-file");
    expect_refused("[mail]\nin-doubt = maybe\n", "2: in-doubt is again, hold or sent");
    expect_refused("[mail]\nkey = 1\n",
                   "2: [mail] has the keys to, token-file, sendmail, maildir, journal, in-doubt, reply-to, inbound, "
                   "inbound-user and inbound-password-file");
    expect_refused("[smtp]\nretries = 21\n", "2: retries is a number from 0 to 20");
    expect_refused("[smtp]\ntimeout = 0\n", "2: timeout is a number from 1 to 3600");
    expect_refused("[smtp]\nstarttls = maybe\n", "2: starttls is required, yes (where it is offered) or no");
    expect_refused("[server]\nurl = ftp://h\n", "2: url is http://… or https://…, without user and password");
    expect_refused("[smtp]\nurl = smtp://u:p@h\n", "2: url is smtp://… or smtps://…, without user and password");
}

/* What keeps mails from being sent; "" for nothing. */
static void expect_missing(const char *text, bool everybody, const char *expected)
{
    PITH_AUTO(mail_config_free_p) struct mail_config *mailing = read_text(text);
    struct pith_error error = {0};
    enum pith_status status = mail_config_check_sending(mailing, "mail.conf", everybody, &error);
    cr_expect_eq(status, *expected ? PITH_INPUT : PITH_OK, "%s: %s", text, error.message);
    cr_expect(strstr(error.message, expected), "%s: %s", text, error.message);
}

Test(mailing, what_is_missing_is_told)
{
    expect_refused(SMTP "user = u\n" READER, " in [smtp] user and password-file go together");
    expect_refused(SMTP "[mail]\ninbound-user = u\n", " in [mail] inbound-user and inbound-password-file go together");
    expect_refused(SMTP "[mail]\nsendmail = /s\n", " mail goes one way: url in [smtp], or sendmail or maildir in [mail]");
    expect_refused(SERVER SMTP READER "[reader \"Ben\"]\naddress = b@c\n", "9: the reader needs an address and a token-file");
    expect_missing("", true, "there is no [reader");
    expect_missing(READER, true, "[smtp] needs from");
    expect_missing("[smtp]\nfrom = a@b\n" READER, true, "[smtp] needs a url, or [mail] a sendmail");
    expect_missing("[smtp]\nfrom = a@b\n[mail]\nmaildir = /m\n" READER, true, "is for one's own digest");
    expect_missing(READER "maildir = /m\n", true, "");
    expect_missing("[mail]\nsendmail = /s\n[smtp]\nfrom = a@b\n" READER, true, "");
    expect_missing(SMTP, false, "pith config set mail.to");
    expect_missing("[mail]\nto = a@b\n", false, "");
    expect_missing("[mail]\nmaildir = /m\n", false, "");
}

Test(mailing, answers_are_read_from_a_folder_or_by_imap)
{
    setenv("HOME", "/home/ann", 1);
    PITH_AUTO(mail_config_free_p)
    struct mail_config *folder = read_text("[mail]\ninbound = maildir:~/Mail\nreply-to = p@lab.example\n");
    cr_expect_str_eq(folder->inbound.from, "maildir:/home/ann/Mail");
    cr_expect_str_eq(folder->reply_to, "p@lab.example");
    PITH_AUTO(mail_config_free_p)
    struct mail_config *imap = read_text("[mail]\ninbound = imaps://mail.lab.example/INBOX\n"
                                         "inbound-user = pith\ninbound-password-file = /p\n");
    cr_expect_str_eq(imap->inbound.from, "imaps://mail.lab.example/INBOX");
    cr_expect_str_eq(imap->inbound.user, "pith");
    expect_refused("[mail]\ninbound = maildir:\n", "2: inbound is maildir:DIR, imaps://HOST/INBOX or imap://HOST/INBOX");
    expect_refused("[mail]\ninbound = pop3://h\n", "2: inbound is imap://… or imaps://…, without user and password");
}

Test(mailing, addresses_are_bare_within)
{
    static const char *const wrong[] = {
        "ann",     "<>",     "ann lee@lab.example", "a@b, c@d", "Ann <ann@lab.example", "Ann <a@b> <c>",
        "a@b\x01", "a@b\tc", "Ann <a@b> x",         "> <a@b>"};
    char bare[16], text[200];
    struct pith_error error;
    cr_expect_eq(mail_config_bare("Ann Lee <ann@lab>", bare, sizeof bare, NULL), PITH_OK);
    cr_expect_str_eq(bare, "ann@lab");
    cr_expect_eq(mail_config_bare("ann@lab", bare, sizeof bare, NULL), PITH_OK);
    cr_expect_str_eq(bare, "ann@lab");
    cr_expect_eq(mail_config_bare("0123456789@12345", bare, sizeof bare, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "too long"), "%s", error.message);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(text, sizeof text, "[reader \"A\"]\naddress = %s\n", wrong[i]);
        expect_refused(text, "2: an address is written ann@lab.example or \"Ann Lee <ann@lab.example>\"");
    }
}
