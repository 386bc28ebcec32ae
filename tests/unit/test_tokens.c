#include "engine/base/unicode.h"
#include "engine/papers/tokens.h"
#include "engine/sources/sources.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stems in order, a bar where neighbours are not neighbours. */
static const char *stems(const char *text)
{
    static char out[2][2048];
    static unsigned next;
    char *at = out[next++ % 2];
    struct tokens *words;
    const struct word *list;
    size_t count;
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(tokens_split(words, text, strlen(text), &list, &count, NULL), PITH_OK);
    size_t length = 0;
    at[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : list[i].position == list[i - 1].position + 1 ? " " : " | ";
        length += (size_t)snprintf(at + length, 2048 - length, "%s%s", between, list[i].stem);
    }
    tokens_free(words);
    return at;
}

Test(words, stems_without_stop_words)
{
    cr_expect_str_eq(stems("We show that the Models of self-attention are learning."), "model self attent learn");
    cr_expect_str_eq(stems("GPT-4 beats 42 of BERT's 3D runs"), "gpt beat bert 3d run");
}

Test(words, a_sentence_ends_the_neighbourhood)
{
    cr_expect_str_eq(stems("deep networks. large data; e.g. this"), "deep network | larg data");
}

Test(words, lost_tex_gives_the_same_words)
{
    static const char *const pair[][2] = {
        {"Let $A\\in R^{n\\times d}$ be", "Let Ain R^{ntimes d} be"},
        {"up to $10{,}000\\times$ faster", "up to 10{,}000times faster"},
        {"\\textbf{L}azy {\\em conditional} \\emph{x-ray}", "Lazy conditional x-ray"},
        {"$\\beta$-VAE with $\\ell_1$ norm, 93.70\\%", "beta-VAE with ell_1 norm, 93.70%"},
    };
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        cr_expect_str_eq(stems(pair[i][0]), stems(pair[i][1]));
}

Test(words, letters_of_any_script_and_width)
{
    cr_expect_str_eq(stems("Fréchet FRECHET"), "frechet frechet");
    cr_expect_str_eq(stems("\xEF\xAC\x81ne-tuning"), "fine tune"); /* the ligature fi */
    cr_expect_str_eq(stems("\xCE\x94\xCF\x80 x"), "\xCE\xB4\xCF\x80");
    cr_expect_str_eq(stems("\xFF\xFE ok \x80"), "ok");
}

Test(words, where_no_blanks_part_words_letters_side_by_side_are_words)
{
    cr_expect_str_eq(stems("强化学习"), "强化 化学 学习");
    cr_expect_str_eq(stems("强化学习。图像"), "强化 化学 学习 | 图像");
    cr_expect_str_eq(stems("深度学习,图"), "深度 度学 学习 图");
    cr_expect_str_eq(stems("用BERT模型GPT-4"), "用 bert 模型 gpt");
    cr_expect_str_eq(stems("ニューラル翻訳"), "ニュ ュー ーラ ラル ル翻 翻訳");
    cr_expect_str_eq(stems("การเรยน"), "การ ารเ รเร เรย รยน");
    cr_expect_str_eq(stems("ไทย中文"), "ไทย 中文");
    cr_expect_str_eq(stems("深層 学習"), "深層 学習");
    cr_expect_str_eq(stems("модель языка"), "модель языка");
}

Test(words, a_word_of_letters_side_by_side_is_where_they_stand)
{
    static const char text[] = "a 强化学习";
    struct tokens *words;
    const struct word *list;
    size_t count;
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(tokens_split(words, text, strlen(text), &list, &count, NULL), PITH_OK);
    cr_assert_eq(count, 3);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(list[i].start, 2 + 3 * i);
        cr_expect_eq(list[i].end, 8 + 3 * i);
    }
    tokens_free(words);
}

/* ---- the same papers from arXiv and from Daily Papers pages ---- */

struct text {
    char *folded, *title;
};

struct texts {
    struct text *item;
    size_t count;
};

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct texts *texts = user;
    texts->item = realloc(texts->item, (texts->count + 1) * sizeof *texts->item);
    cr_assert(texts->item);
    struct text *text = &texts->item[texts->count++];
    text->title = strdup(paper->title);
    return unicode_fold(paper->title, &text->folded, reterr);
}

static void ignore(void *user, size_t line, const char *reason)
{
    (void)user, (void)line, (void)reason;
}

static void read_all(const char *pattern, struct texts *texts)
{
    glob_t found;
    cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "%s", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct source_context context = {.paper = take, .problem = ignore, .user = texts};
        size_t length;
        char *bytes = testing_read(found.gl_pathv[i], &length);
        cr_assert_eq(sources_read(bytes, length, &context, NULL, NULL), PITH_OK, "%s", found.gl_pathv[i]);
        free(bytes);
    }
    globfree(&found);
}

static void texts_clear(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->item[i].folded);
        free(texts->item[i].title);
    }
    free(texts->item);
}

static int by_folded(const void *a, const void *b)
{
    return strcmp(((const struct text *)a)->folded, ((const struct text *)b)->folded);
}

Test(words, titles_of_both_sources_give_the_same_words)
{
    PITH_AUTO(texts_clear) struct texts pages = {0};
    PITH_AUTO(texts_clear) struct texts listings = {0};
    char pattern[4096];
    if (!testing_shared("listings") || !testing_shared("data/days"))
        cr_skip("needs ../shared/listings and ../shared/data/days");
    snprintf(pattern, sizeof pattern, "%s/*.txt", testing_shared("listings"));
    read_all(pattern, &pages);
    snprintf(pattern, sizeof pattern, "%s/*.jsonl", testing_shared("data/days"));
    read_all(pattern, &listings);
    qsort(listings.item, listings.count, sizeof *listings.item, by_folded);
    size_t both = 0;
    for (size_t i = 0; i < pages.count; i++) {
        const struct text *same = bsearch(&pages.item[i], listings.item, listings.count, sizeof *listings.item, by_folded);
        if (!same)
            continue;
        both++;
        cr_expect_str_eq(stems(pages.item[i].title), stems(same->title));
    }
    cr_expect_geq(both, 15, "only %zu papers stand in both", both);
}
