/* The lines of `pith review`: none wider than it may be, in any charset, whatever a title holds. */
#include "cli/review/pages.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const hostile[] = {
    "",
    " ",
    "word",
    "   blanks   in   a   row   ",
    "Aword that is widerthananyline0123456789012345678901234567890123456789 than a line",
    "\033[2J\033]0;a title\007 moves the cursor\r\n\tand \x7f more \xC2\x9B"
    "31m",
    "\xE2\x80\xAEturned\xE2\x80\xAC around \xE2\x81\xA6 and isolated \xE2\x81\xA9",
    "中文标题没有空格所以必须在任何地方断开这一行否则它不会适合屏幕的宽度",
    "e\xCC\x81\xCC\x81\xCC\x81 combining \xCC\x81\xCC\x82 marks",
    "\xF0\x9F\xA7\x91\xE2\x80\x8D\xF0\x9F\x94\xAC joined \xEF\xB7\xBA",
    "broken \xFF\xC3 bytes \xF0\x9F and an end \xE2\x80",
    "Écoles naïves — “quoted” … α ≤ β",
};
enum { HOSTILE = sizeof hostile / sizeof *hostile };

static size_t width_of(const wchar_t *words)
{
    size_t width = 0;
    for (; *words; words++) {
        cr_expect_geq(wcwidth(*words), 0, "U+%04X cannot be shown", (unsigned)*words);
        cr_expect(MB_CUR_MAX > 1 || *words < 0x80, "U+%04X is not of the charset", (unsigned)*words);
        width += (size_t)wcwidth(*words);
    }
    return width;
}

static void expect_lines_fit(const char *locale)
{
    cr_assert_not_null(setlocale(LC_CTYPE, locale));
    for (size_t width = 1; width < 60; width++)
        for (size_t i = 0; i < HOSTILE; i++) {
            struct text text;
            text_start(&text, width);
            text_put(&text, STYLE_PLAIN, 4, "%s", hostile[i]);
            cr_assert(!text.failed);
            for (size_t l = 0; l < text.count; l++)
                cr_expect(width_of(text.line[l].words) <= width || (width == 1 && wcslen(text.line[l].words) == 1),
                          "%s, line %zu of text %zu at width %zu is too wide", locale, l, i, width);
            text_clear(&text);
        }
}

Test(review_text, no_line_is_too_wide)
{
    expect_lines_fit("C.UTF-8");
    expect_lines_fit("C");
}

/* The lines of a text joined by "|", in UTF-8; static. */
static const char *joined(const struct text *text)
{
    static char all[4000];
    *all = '\0';
    for (size_t i = 0; i < text->count; i++) {
        char *line = text_utf8(text->line[i].words);
        strcat(strcat(all, i ? "|" : ""), line);
        free(line);
    }
    return all;
}

static void expect_text(const char *locale, size_t width, const char *utf8, const char *expected)
{
    struct text text;
    cr_assert_not_null(setlocale(LC_CTYPE, locale));
    text_start(&text, width);
    text_put(&text, STYLE_PLAIN, 2, "%s", utf8);
    cr_expect_str_eq(joined(&text), expected, "%s: %s", locale, joined(&text));
    text_clear(&text);
}

Test(review_text, lines_break_at_blanks)
{
    expect_text("C.UTF-8", 10, "one two three four", "one two|  three|  four");
    expect_text("C.UTF-8", 7, "one two", "one two");
    expect_text("C.UTF-8", 6, "abcdefghij", "abcdef|  ghij");
    expect_text("C.UTF-8", 6, "中文标题没有", "中文标|  题没|  有");
    expect_text("C.UTF-8", 3, "one two", "one|two");
}

Test(review_text, each_charset_gets_what_it_has)
{
    expect_text("C.UTF-8", 60, "Naïve — α", "Naïve — α");
    expect_text("C", 60, "\xE2\x80\x9CNa\xC3\xAFve\xE2\x80\x9D", "\"Na?ve\"");
    expect_text("C", 60, "a\033[31mb", "a [31mb");
    expect_text("C", 60, "\xE2\x80\xAEturned", "<U+202E>turned");
    expect_text("C.UTF-8", 60, "bad \xFF byte", "bad ? byte");
    expect_text("C", 60, "bad \xFF byte", "bad ? byte");
}

Test(review_text, words_are_cut_where_columns_end)
{
    size_t columns;
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    cr_expect_eq(text_fit(L"abcdef", 4, &columns), 4);
    cr_expect_eq(columns, 4);
    cr_expect_eq(text_fit(L"中文标题", 5, &columns), 2);
    cr_expect_eq(columns, 4, "half a character is none");
    cr_expect_eq(text_fit(L"ab", 9, &columns), 2);
    cr_expect_eq(columns, 2);
}

Test(review_text, a_paper_is_shown_whole)
{
    char *authors[] = {"Ada Brown", "Ben Cole"}, *categories[] = {"cs.CL"};
    struct pith_reason reasons[] = {{"word:kite", "kites", 1.5}, {"word:survey", "survey", -0.5}, {"base", "base rate", 0.1}};
    struct pith_near near[] = {{"id:1", "id:1", "Kites in the wind", 1, 0.8}};
    const struct pith_ranked paper = {.key = "arxiv:2401.00001",
                                      .id = "arXiv:2401.00001",
                                      .title = "Kites in a mild wind",
                                      .url = "https://example.org/1",
                                      .day = testing_day(4),
                                      .probability = 0.63,
                                      .upvotes = -1,
                                      .announce = PITH_CROSS,
                                      .verdict = -1,
                                      .later = true,
                                      .reasons = reasons,
                                      .reason_count = 3,
                                      .near = near,
                                      .nears = 1,
                                      .facts = {.authors = {authors, 2},
                                                .categories = {categories, 1},
                                                .abstract = "How kites fly.",
                                                .code = "https://example.org/code"}};
    struct text text;
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    text_start(&text, 80);
    pages_put_paper(&text, &paper);
    cr_expect_str_eq(
        joined(&text),
        "Kites in a mild wind|Ada Brown, Ben Cole|arXiv:2401.00001  cs.CL  listed 2024-01-04  cross-listed|You voted it "
        "down. You set it aside for later.|Chance    63% that you like it|For       kites|Against   survey|Like      "
        "\"Kites in the wind\", which you voted up||How kites fly.||Page      https://example.org/1|Code      "
        "https://example.org/code");
    text_clear(&text);
}

Test(review_text, both_sums_say_why)
{
    struct pith_reason reasons[] = {{"word:kite", "kites", 1.5}, {"base", "base rate", -0.5}};
    struct pith_influence influences[] = {{"id:1", "Kites", NULL, 1, 0.75}, {"id:2", "Sails", "Oars", 0, 0.25}};
    struct pith_account account = {
        .paper = {.title = "Kites in a mild wind", .score = 1, .probability = NAN, .reasons = reasons, .reason_count = 2},
        .learned = true,
        .influences = influences,
        .influence_count = 2};
    struct text text;
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    text_start(&text, 80);
    pages_put_why(&text, &account);
    const char *said = joined(&text);
    static const char *const parts[] = {"Its score is +1.000",     "+1.500  kites",
                                        "-0.500  base rate",       "+0.000  before any vote of yours",
                                        "+0.750  voted up: Kites", "+0.250  preferred: Sails; over: Oars"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_expect(strstr(said, parts[i]), "%s is not in %s", parts[i], said);
    text_clear(&text);
    account.learned = false;
    text_start(&text, 80);
    pages_put_why(&text, &account);
    cr_expect(strstr(joined(&text), "No votes yet"), "%s", joined(&text));
    text_clear(&text);
}
