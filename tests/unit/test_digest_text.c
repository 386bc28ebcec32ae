#include "api/render/digest_text.h"
#include "tests/lib/digests.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static char *render(const struct pith_digest *digest)
{
    struct base_url base_url;
    char *text = NULL;
    cr_assert_eq(base_url_read("https://pith.example.org", &base_url, NULL), PITH_OK);
    base_url.answers = true;
    cr_assert_eq(digest_text(digest, &base_url, &text, NULL), PITH_OK);
    return text;
}

Test(digest_text, says_all_that_the_digest_holds)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *text = render(digest);
    static const char *const expected[] = {
        "3 papers for you\nThursday 26 November 2026\n",
        "\n-- \narXiv posted nothing on Wed 25 Nov.\n",
        "\n== For you ==\n",
        "\n== Exploring ==\nGuesses at what else you may like",
        "\n== You may have missed ==\n",
        "\n== What changed ==\n- Learnt from 3 new votes; \"enzyme\" gained the most.\n",
        "\n1.  Proteins That Fold Themselves: Diffusion Models over Backbones\n"
        "    Ada Brown, Ben Cole and 5 others | q-bio.BM | arXiv:2611.00001\n"
        "    92%: because you liked \"Kites\"; diffusion models, protein\n"
        "    Proteins fold by themselves, and a model that undoes noise learns\n"
        "    how. It is tried on backbones...\n"
        "    https://arxiv.org/abs/2611.00001\n"
        "    https://arxiv.org/pdf/2611.00001\n"
        "    Like [1]  Not for me [2]\n",
        "\n[1] https://pith.example.org/t/up-1_",
        "\n[10] https://pith.example.org/t/down-5_",
        "\nPage: https://pith.example.org/?day=20261126\nSettings: https://pith.example.org/settings\n",
        "\n5.  Residues of a Theorem\n    withdrawn | math.AG | arXiv:2611.00005 | listed Mon 23 Nov\n",
        "Unsubscribe: https://pith.example.org/u/stop_",
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_expect(strstr(text, expected[i]), "\"%s\" is missing", expected[i]);
}

Test(digest_text, holds_nothing_that_a_quoting_answer_would_vote_by)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    PITH_AUTO(pith_free_p) char *text = render(digest);
    for (const char *at = text; (at = strpbrk(at, "+-")); at++)
        cr_expect(at == text || at[-1] < '0' || at[-1] > '9', "\"%.8s\"", at - 1);
}

Test(digest_text, is_as_short_as_its_html_and_leads_to_the_rest)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_long(200);
    PITH_AUTO(pith_free_p) char *text = render(digest);
    cr_expect(strlen(text) < 95000, "%zu bytes", strlen(text));
    cr_expect(strstr(text, " more papers are on the page.\n"));
    cr_expect_not(strstr(text, "[400]"));
}

Test(digest_text, parts_what_would_be_a_vote_in_an_abstract)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(NULL);
    free(digest->item[0].excerpt);
    digest->item[0].excerpt = strdup("Over 10+ years, 3- or more");
    PITH_AUTO(pith_free_p) char *text = render(digest);
    cr_expect(strstr(text, "Over 10 + years, 3 - or more"));
}

Test(digest_text, keeps_to_its_width_whatever_a_title_holds)
{
    char title[400];
    memset(title, 'x', sizeof title);
    strcpy(title + 200, " \303\251\303\251 and\nmore \033[31m words to come that fill the line to its very end and beyond it");
    for (size_t i = 60; i < 140; i += 2)
        memcpy(title + i, "\303\251", 2);
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_make(title);
    PITH_AUTO(pith_free_p) char *text = render(digest);
    cr_expect_not(strchr(text, 033));
    cr_expect_not(strstr(text, "and\nmore"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t characters = 0;
        for (const char *at = line; *at; at++)
            characters += ((unsigned char)*at & 0xc0) != 0x80;
        cr_expect(characters <= 72 || strstr(line, "https://"), "%zu: %s", characters, line);
        cr_expect_neq((unsigned char)*line & 0xc0, 0x80, "a character was cut");
    }
}

Test(digest_text, shows_a_chance_only_where_there_is_one)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_unlearned();
    PITH_AUTO(pith_free_p) char *text = render(digest);
    cr_expect_not(strchr(text, '%'));
    cr_expect_not(strstr(text, "/t/"));
    cr_expect_eq(strncmp(text, "3 papers to begin with\n", 23), 0, "whether they are for this reader is not known yet");
}

Test(digest_text, is_short_where_there_is_nothing)
{
    PITH_AUTO(pith_digest_free_p) struct pith_digest *digest = digests_empty();
    PITH_AUTO(pith_free_p) char *text = render(digest);
    cr_expect_str_eq(text, "Nothing new for you\nThursday 26 November 2026\n\nNo listing has come since the digest before.\n\n"
                           "! This digest is not mailed: there is too little in it for an\n  interruption.\n\n\n-- \n"
                           "Page: https://pith.example.org/\nSettings: https://pith.example.org/settings\n");
}
