#include "engine/base/unicode.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static void expect(const char *raw, const char *wanted)
{
    char *got = NULL;
    size_t length;
    cr_assert_eq(unicode_normalise(raw, strlen(raw), true, &got, &length, NULL), PITH_OK);
    cr_expect_str_eq(got, wanted);
    cr_expect_eq(length, strlen(wanted));
    free(got);
}

Test(text, blanks_and_bytes)
{
    expect("  a\t b\r\n\n c\xC2\xA0"
           "d\xE2\x80\x89"
           "e ",
           "a b c d e");
    expect("\xEF\xBB\xBFx", "x");
    expect("caf\xE9 \x93quoted\x94", "café “quoted”"); /* Windows-1252 */
    expect("e\xCC\x81", "é");
    expect("", "");
}

Test(text, markup_is_text)
{
    expect("0<delta<1 and j<i &amp;", "0<delta<1 and j<i &amp;");
}

Test(text, accents_become_letters_outside_of_math)
{
    expect("Fr\\'{e}chet, Aky\\\"urek, H\\\"older, {\\'e}, \\v{s}, \\c{c}", "Fréchet, Akyürek, Hölder, é, š, ç");
    expect("\\\"{\\i} Polyak-\\L ojasiewicz \\ss{} \\o", "ï Polyak-Łojasiewicz ß ø");
    expect("$\\'e$ and \\vs{2} and \\textbf{x}", "$\\'e$ and \\vs{2} and \\textbf{x}");
}

Test(text, a_nul_is_refused)
{
    char *got = NULL;
    cr_expect_eq(unicode_normalise("a\0b", 3, true, &got, NULL, NULL), PITH_INPUT);
    cr_expect_null(got);
}

Test(text, folding_forgets_case_marks_and_blanks)
{
    char *a, *b;
    cr_assert_eq(unicode_fold("Fréchet  Means: A-2", &a, NULL), PITH_OK);
    cr_assert_eq(unicode_fold("FRECHET means, a2", &b, NULL), PITH_OK);
    cr_expect_str_eq(a, b);
    cr_expect_eq(unicode_characters("é→x"), 3);
    free(a);
    free(b);
}

/* What is not composed again was composed already: against utf8proc, over every character alone and with a mark behind it. */
Test(text, a_short_cut_changes_no_text)
{
    for (utf8proc_int32_t point = 0xA1; point < 0x3000; point++) {
        if (utf8proc_category(point) == UTF8PROC_CATEGORY_CN || utf8proc_category(point) == UTF8PROC_CATEGORY_CC ||
            utf8proc_category(point) == UTF8PROC_CATEGORY_ZS || utf8proc_category(point) == UTF8PROC_CATEGORY_CF ||
            utf8proc_category(point) == UTF8PROC_CATEGORY_ZL || utf8proc_category(point) == UTF8PROC_CATEGORY_ZP)
            continue;
        for (int marked = 0; marked < 2; marked++) {
            unsigned char raw[16] = "a";
            utf8proc_ssize_t length = 1 + utf8proc_encode_char(point, raw + 1);
            if (marked)
                length += utf8proc_encode_char(0x338, raw + length);
            raw[length] = '\0';
            PITH_AUTO(pith_free_p) utf8proc_uint8_t *composed = NULL;
            PITH_AUTO(pith_free_p) char *got = NULL;
            cr_assert_gt(utf8proc_map(raw, length, &composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE), 0);
            cr_assert_eq(unicode_normalise((const char *)raw, (size_t)length, false, &got, NULL, NULL), PITH_OK);
            cr_expect_str_eq(got, (const char *)composed, "U+%04X", (unsigned)point);
        }
    }
}
