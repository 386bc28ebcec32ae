/* Any text where papers, people and reasons stand in a digest, and any bytes as an address: the HTML has no more markup than with plain
 * words, the text keeps its width, the mail is lines of ASCII. */
#include "api/render/digest_html.h"
#include "api/render/digest_mail.h"
#include "api/render/digest_text.h"
#include "engine/base/unicode.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/digests.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 3000 };

static size_t count(const char *text, char c)
{
    size_t found = 0;
    for (; *text; text++)
        found += *text == c;
    return found;
}

static char *own(const char *text)
{
    char *copy = strdup(text);
    HOLDS(copy);
    return copy;
}

/* A digest with these words wherever words come from elsewhere. */
static struct pith_digest *digest_of(const char *words)
{
    struct pith_digest *digest = digests_make(words);
    struct pith_digest_item *item = digest->item;
    char **const places[] = {&item->id, &item->authors, &item->category, &item->reason, &digest->notice[0], &digest->change[0]};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        free(*places[i]);
        *places[i] = own(words);
    }
    return digest;
}

static void check_mail(const char *mail)
{
    for (const char *at = mail; *at;) {
        size_t line = strcspn(at, "\r\n");
        HOLDS(line < 998 && strncmp(at + line, "\r\n", 2) == 0);
        for (size_t i = 0; i < line; i++)
            HOLDS((unsigned char)at[i] >= ' ' && (unsigned char)at[i] <= '~');
        at += line + 2;
    }
}

static void check_digest(const char *words)
{
    struct base_url base_url;
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digest_of(words), *plain = digest_of("plain");
    PITH_AUTO(pith_free_p) char *html = NULL, *expected = NULL, *text = NULL, *mail = NULL;
    HOLDS(base_url_read("https://pith.example.org", &base_url, NULL) == PITH_OK);
    base_url.answers = true;
    HOLDS(digest_html(digest, &base_url, &html, NULL) == PITH_OK && digest_html(plain, &base_url, &expected, NULL) == PITH_OK);
    HOLDS(digest_text(digest, &base_url, &text, NULL) == PITH_OK);
    HOLDS(digest_mail(digest, &base_url, NULL, NULL, &mail, NULL) == PITH_OK);
    HOLDS(count(html, '<') == count(expected, '<') && count(html, '>') == count(expected, '>'));
    HOLDS(count(html, '"') == count(expected, '"'));
    check_mail(mail);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        HOLDS(unicode_characters(line) <= 72 || strstr(line, "https://"));
}

static void check_address(const char *words)
{
    struct mail_format_address address;
    struct pith_error error = {0};
    struct base_url base_url;
    PITH_AUTO(pith_free_p) char *mail = NULL;
    enum pith_status status = mail_format_read_address(words, &address, &error);
    HOLDS(status == PITH_OK || (status == PITH_INPUT && *error.message));
    if (status)
        return;
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_empty();
    HOLDS(base_url_read("https://pith.example.org", &base_url, NULL) == PITH_OK);
    base_url.answers = true;
    HOLDS(digest_mail(digest, &base_url, &address, &address, &mail, NULL) == PITH_OK);
    check_mail(mail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char raw[MOST + 1];
    PITH_AUTO(pith_free_p) char *words = NULL;
    if (size > MOST)
        return 0;
    memcpy(raw, data, size);
    raw[size] = '\0';
    check_address(raw);
    if (!unicode_normalise(raw, strlen(raw), false, &words, NULL, NULL) && *words)
        check_digest(words);
    return 0;
}
