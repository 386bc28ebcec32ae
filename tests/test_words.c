#include "../engine/words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Stems in order, a bar where neighbours are not neighbours. */
static const char *stems(const char *text)
{
    static char out[2][2048];
    static unsigned next;
    char *at = out[next++ % 2];
    struct words *words;
    const struct word *list;
    size_t count;
    cr_assert_eq(words_new(&words, NULL), PITH_OK);
    cr_assert_eq(words_split(words, text, strlen(text), &list, &count, NULL), PITH_OK);
    size_t length = 0;
    at[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : list[i].position == list[i - 1].position + 1 ? " " : " | ";
        length += (size_t)snprintf(at + length, 2048 - length, "%s%s", between, list[i].stem);
    }
    words_free(words);
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
