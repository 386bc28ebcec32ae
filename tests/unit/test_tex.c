/* TeX as exporters write it: every letter and sign as its character, and commands that leave what they were about. */
#include "engine/base/tex_letters.h"
#include "engine/sources/tex.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static void expect_plain(const char *written, const char *wanted)
{
    PITH_AUTO(pith_free_p) char *got = NULL;
    cr_assert_eq(tex_plain(written, strlen(written), &got, NULL), PITH_OK);
    cr_expect_str_eq(got, wanted, "%s: %s", written, got);
}

static void expect_running(const char *written, bool all, const char *wanted)
{
    PITH_AUTO(pith_free_p) char *got = NULL;
    cr_assert_eq(tex_running(written, strlen(written), all, &got, NULL), PITH_OK);
    cr_expect_str_eq(got, wanted, "%s: %s", written, got);
}

static char *composed(const char *text)
{
    utf8proc_uint8_t *done = NULL;
    utf8proc_map((const utf8proc_uint8_t *)text, 0, &done, UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return (char *)done;
}

/* A pattern with a name for '@' and a letter for '#'. */
static void fill(char out[96], const char *pattern, const char *name, char letter)
{
    size_t length = 0;
    for (; *pattern && length < 60; pattern++) {
        if (*pattern == '@')
            length += (size_t)snprintf(out + length, 36, "%s", name);
        else
            out[length++] = *pattern == '#' ? letter : *pattern;
    }
    out[length] = '\0';
}

/* ---- every character by its name, in every way that exporters put one ---- */

Test(tex, each_name_is_its_character)
{
    static const char *const ways[] = {
        "a{\\@}b", "a\\@{}b", "a{\\ensuremath{\\@}}b", "a{$\\@$}b", "a$\\@$b", "a\\ensuremath{\\@}b", "{{a{\\@}b}}"};
    const char *name, *text;
    for (size_t i = 0; (name = tex_letters_at(i, &text)) != NULL; i++) {
        PITH_AUTO(pith_free_p) char *wanted = NULL;
        char joined[64];
        snprintf(joined, sizeof joined, "a%sb", text);
        wanted = composed(joined);
        for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
            char written[96];
            fill(written, ways[way], name, 0);
            expect_plain(written, wanted);
        }
        char written[96];
        fill(written, "a{\\@}b", name, 0); /* in a listing of arXiv's */
        expect_running(written, true, wanted);
    }
}

Test(tex, the_table_is_in_order)
{
    const char *name, *text, *before = "";
    for (size_t i = 0; (name = tex_letters_at(i, &text)) != NULL; before = name, i++)
        cr_expect_lt(strcmp(before, name), 0, "%s", name);
}

/* ---- every accent over every letter ---- */

Test(tex, accents_over_letters)
{
    static const struct {
        const char *name;
        unsigned mark;
    } accents[] = {{"`", 0x300},
                   {"'", 0x301},
                   {"^", 0x302},
                   {"~", 0x303},
                   {"=", 0x304},
                   {"u", 0x306},
                   {".", 0x307},
                   {"\"", 0x308},
                   {"h", 0x309},
                   {"r", 0x30A},
                   {"H", 0x30B},
                   {"v", 0x30C},
                   {"G", 0x30F},
                   {"f", 0x311},
                   {"d", 0x323},
                   {"c", 0x327},
                   {"k", 0x328},
                   {"b", 0x331},
                   {"textcommabelow", 0x326},
                   {"textogonekcentered", 0x328},
                   {"textsubring", 0x325}};
    static const char *const ways[] = {"x\\@{#}y", "x{\\@{#}}y", "x{\\@ #}y", "x{{\\@{#}}}y"};
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        for (char letter = 'A'; letter <= 'z'; letter = letter == 'Z' ? 'a' : (char)(letter + 1))
            for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
                char written[96], plain[64];
                unsigned char mark[5] = "";
                utf8proc_encode_char((utf8proc_int32_t)accents[i].mark, mark);
                fill(written, ways[way], accents[i].name, letter);
                snprintf(plain, sizeof plain, "x%c%sy", letter, (const char *)mark);
                PITH_AUTO(pith_free_p) char *wanted = composed(plain);
                expect_plain(written, wanted);
                if (way != 3)
                    expect_running(written, false, wanted);
            }
}

Test(tex, accents_that_stack_and_letters_without_dots)
{
    static const char *const table[][2] = {{"Nguy{\\~\\^e}n", "Nguyễn"},
                                           {"Th{\\'\\u a}ng", "Thắng"},
                                           {"Tr{\\`\\^a}n", "Trần"},
                                           {"B{\\'{\\^e}}", "Bế"},
                                           {"H{\\d{\\^o}}p", "Hộp"},
                                           {"Ph{\\d a}m", "Phạm"},
                                           {"Qu\\'{\\^{o}}c", "Quốc"},
                                           {"\\h{a}", "ả"},
                                           {"D{\\~{u}}ng", "Dũng"},
                                           {"\\'{\\i} \\`\\i{} \\\"{\\i} \\^\\i", "í ì ï î"},
                                           {"\\v{\\j}", "ǰ"},
                                           {"{\\i}", "ı"},
                                           {"\\'{\\ae}", "ǽ"},
                                           {"\\'{\\o}", "ǿ"},
                                           {"\\r{A}", "Å"},
                                           {"\\t{oo}", "o͡o"},
                                           {"\\.I", "İ"},
                                           {"\\'{ê}", "ế"},
                                           {"\\~{}x\\^{}y", "~x^y"},
                                           {"{\\c\\ }", "¸"},
                                           {"{\\not =} {\\not\\in}", "≠ ∉"},
                                           {"\\'{Alvarez}", "Álvarez"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_plain(table[i][0], table[i][1]);
}

/* ---- as the exporters write them ---- */

Test(tex, what_exporters_write)
{
    static const char *const table[][2] = {
        {"{\\textexclamdown}{\\textcent}{\\textsterling}{\\textcurrency}{\\textyen}{\\textbrokenbar}{\\textsection}", "¡¢£¤¥¦§"},
        {"{\\textcopyright}{\\textordfeminine}{\\guillemotleft}{\\textlnot}{\\textregistered}{\\textdegree}{\\textpm}", "©ª«¬®°±"},
        {"{\\texttwosuperior}{\\textthreesuperior}{\\textmu}{\\textparagraph}{\\textperiodcentered}{\\textonesuperior}{"
         "\\textordmasculine}",
         "²³µ¶·¹º"},
        {"{\\guillemotright}{\\textonequarter}{\\textonehalf}{\\textthreequarters}{\\textquestiondown}{\\texttimes}{\\textdiv}",
         "»¼½¾¿×÷"},
        {"{\\AA}{\\AE}{\\DH}{\\O}{\\TH}{\\ss}{\\aa}{\\ae}{\\dh}{\\o}{\\th}{\\DJ}{\\dj}{\\L}{\\l}{\\NG}{\\ng}{\\OE}{\\oe}",
         "ÅÆÐØÞßåæðøþĐđŁłŊŋŒœ"},
        {"{\\\"{A}}{\\c C}{\\k{e}}{\\v S}{\\=u}{\\H{o}}{\\.Z}{\\textcommabelow{T}}{\\u{G}}{\\d{H}}", "ÄÇęŠūőŻȚĞḤ"},
        {"{\\textendash}{\\textemdash}{\\textquoteleft}{\\textquoteright}{\\quotedblbase}{\\textquotedblleft}{\\textquotedblright}",
         "–—‘’„“”"},
        {"{\\textdagger}{\\textdaggerdbl}{\\textbullet}{\\textellipsis}{\\textperthousand}{\\guilsinglleft}{\\guilsinglright}{"
         "\\texteuro}",
         "†‡•…‰‹›€"},
        {"{\\texttrademark}{\\textnumero}{\\textohm}{\\textleftarrow}{\\textrightarrow}{\\textuparrow}{\\textdownarrow}",
         "™№Ω←→↑↓"},
        {"{$\\alpha$}{$\\beta$}{$\\Gamma$}$\\lambda${\\ensuremath{\\mu}}\\textpi{}\\textOmega{}{$\\varsigma$}", "αβΓλμπΩς"},
        {"{$\\leq$}{$\\geq$}{$\\not=$}{$\\approx$}{$\\equiv$}{$\\infty$}{$\\pm$}{$\\times$}{$\\sim$}{$-$}", "≤≥≠≈≡∞±×∼−"},
        {"{$\\forall$}{$\\exists$}{$\\in$}{$\\not\\in$}{$\\emptyset$}{$\\cap$}{$\\cup$}{$\\subset$}{$\\sum$}{$\\int$}{$\\partial$}{"
         "$\\nabla$}",
         "∀∃∈∉∅∩∪⊂∑∫∂∇"},
        {"{$\\rightarrow$}{$\\Rightarrow$}{$\\leftrightarrow$}{$'$}{$\\prime$}{$\\mathbb{R}$}{$\\ell$}{$\\hbar$}", "→⇒↔′′ℝℓℏ"},
        {"{\\textless}{\\textgreater}{\\textbar}{\\textasciitilde}{\\textasciicircum}{\\textbackslash}{\\textunderscore}",
         "<>|~^\\_"},
        {"\\&\\%\\#\\_\\$\\{\\}", "&%#_${}"},
        {"$\\less$i$\\greater$", "<i>"},
        {"{$^{\\circ}$}C {\\ensuremath{^\\circ}}C", "°C °C"},
        {"\\acute{x} is no accent of text", "x is no accent of text"},
        {"{$\\bar{x}$} {$\\hat{\\beta}$}", "x̄ β̂"},
        {"x$^{2}$ H{\\textsubscript{2}}O CO$_2$ 10\\textsuperscript{-3}", "x2 H2O CO2 10-3"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_plain(table[i][0], table[i][1]);
}

/* ---- commands ---- */

Test(tex, commands_leave_what_they_were_about)
{
    static const char *const table[][2] = {
        {"\\emph{In} {\\it vivo} \\textbf{\\textsc{x}} {\\bf b}", "In vivo x b"},
        {"\\href{https://example.org/a_b}{the site}", "the site"},
        {"\\texorpdfstring{$\\Lambda$CDM}{LambdaCDM} now", "LambdaCDM now"},
        {"\\foreignlanguage{ngerman}{Gr{\\\"o}{\\ss}e}", "Größe"},
        {"\\textcolor{red}{warm} \\url{https://example.org}", "warm https://example.org"},
        {"\\enquote{so}", "“so”"},
        {"\\ourmethod{} and \\OurOther: new", "ourmethod and OurOther: new"},
        {"\\unheard{kept} \\SI{3}{\\micro\\meter}", "kept 3 µmeter"},
        {"{\\noopsort{1973b}}1973", "1973"},
        {"a\\\\b \\- c\\,d\\ e~f", "a b c d e f"},
        {"a---b--c ``q'' ?`x", "a—b–c “q” ¿x"},
        {"Masses of $\\Lambda_c^+$ at $\\sqrt{s} = 13$", "Masses of $\\Lambda_c^+$ at $\\sqrt{s} = 13$"},
        {"{NASA} {{BV} Action}", "NASA BV Action"},
        {"5 $ and no more", "5 $ and no more"},
        {"\\", ""},
        {"\\emph", ""},
        {"{\\", ""},
        {"\\'", "'"},
        {"\\(x\\)", "$x$"},
        {"\\hspace{1em}a", "a"},
        {"\\ensuremath{x_1 + x_2}", "$x_1 + x_2$"},
        {"\\emph{open", "open"},
        {"\\ldots{} end\\dots", "… end…"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_plain(table[i][0], table[i][1]);
}

Test(tex, running_text_keeps_what_is_not_tex)
{
    static const char *const table[][2] = {{"\\emph{In} {\\it vivo} {a, b} -- 'x' ~5", "In vivo {a, b} -- 'x' ~5"},
                                           {"Schr\\\"odinger and {\\'e} and \\'{\\i}", "Schrödinger and é and í"},
                                           {"$\\alpha$ and $\\'e$ stay", "$\\alpha$ and $\\'e$ stay"},
                                           {"5\\% \\& \\#1", "5% & #1"},
                                           {"\\href{u}{text}", "text"},
                                           {"C:\\temp\\new", "C:\\temp\\new"},
                                           {"0<delta<1 and {x}", "0<delta<1 and {x}"},
                                           {"\\texorpdfstring{$a$}{a}", "a"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_running(table[i][0], false, table[i][1]);
    expect_running("\\ourmethod and \\unheard{kept} a\\\\b \\\"", true, "ourmethod and unheard{kept} a b \"");
    expect_running("\\ourmethod a\\\\b", false, "\\ourmethod a\\\\b");
}
