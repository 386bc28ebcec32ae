#include "engine/papers/paper.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_key(const char *text, const char *wanted, int wanted_version)
{
    char key[PAPER_KEY_SIZE] = "";
    int version = -1;
    bool known = paper_key_from_text(text, strlen(text), key, &version);
    cr_expect_eq(known, wanted != NULL, "%s", text);
    if (known && wanted) {
        cr_expect_str_eq(key, wanted);
        cr_expect_eq(version, wanted_version, "%s", text);
    }
}

Test(paper, identifiers_in_every_spelling)
{
    expect_key("2506.02483", "arxiv:2506.02483", 0);
    expect_key("arXiv:2506.02483v2", "arxiv:2506.02483", 2);
    expect_key("ARXIV:2506.02483", "arxiv:2506.02483", 0);
    expect_key("oai:arXiv.org:2604.21935v1", "arxiv:2604.21935", 1);
    expect_key("https://arxiv.org/abs/2506.02483v3?x=1#y", "arxiv:2506.02483", 3);
    expect_key("http://export.arxiv.org/pdf/2506.02483.pdf", "arxiv:2506.02483", 0);
    expect_key("https://doi.org/10.48550/arXiv.2506.02483", "arxiv:2506.02483", 0);
    expect_key("https://huggingface.co/papers/2506.02483", "arxiv:2506.02483", 0);
    expect_key("math.GT/0309136", "arxiv:math/0309136", 0);
    expect_key("hep-th/9901001v2", "arxiv:hep-th/9901001", 2);
    expect_key("https://doi.org/10.1234/ABC.5", "doi:10.1234/abc.5", 0);
    expect_key("doi:10.1101/2020.01.02.345v3", "doi:10.1101/2020.01.02.345", 0);
    expect_key(" 10.1234/a,10.1234/b ", "doi:10.1234/a", 0);
}

Test(paper, what_is_no_identifier)
{
    expect_key("1234.12345", NULL, 0);
    expect_key("2312.0075", NULL, 0);
    expect_key("2313.00751", NULL, 0);
    expect_key("704.0001", NULL, 0);
    expect_key("A paper on 2506.02483", NULL, 0);
    expect_key("", NULL, 0);
    expect_key("10.5/", NULL, 0);
}

Test(paper, days_there_and_back)
{
    char text[16];
    int32_t day;
    cr_assert(days_from_text("1970-01-01", 10, &day));
    cr_expect_eq(day, 0);
    cr_assert(days_from_text("2026-6-30", 9, &day));
    cr_expect_str_eq(days_text(day, text), "2026-06-30");
    cr_assert(days_from_text("2024-02-29T20:00:00Z", 20, &day));
    cr_expect_str_eq(days_text(day, text), "2024-02-29");
    cr_expect(!days_from_text("2025-02-29", 10, &day));
    cr_expect(!days_from_text("yesterday", 9, &day));
    cr_expect_str_eq(days_text(PITH_NO_DAY, text), "");
}
