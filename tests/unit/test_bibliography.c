#include "engine/door/bibliography.h"
#include "engine/sources/sources.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS = 4 };

/* Papers whose texts hold what each format takes for its own. */
static void make(struct paper papers[PAPERS])
{
    static const char *const texts[PAPERS][2] = {
        {"Plain words about diffusion", "One sentence. Another one."},
        {"R&D at 100%: a #1 under_score ~ ^ of Müller \xE2\x80\x94 \xE6\x97\xA5\xE6\x9C\xAC",
         "Costs 5% & more; a set {a, b} stays whole."},
        {"Learning $x^2$ with $\\ell_1$ norms", "We bound $\\|x\\|_2 \\le 1$ by 3."},
        {"TY - or ER - in a title", "Quotes \" stay, and 3 < 5."},
    };
    static const char *const keys[PAPERS] = {"arxiv:2506.00001", "doi:10.1101/2025.01.01.123456", "arxiv:2506.00003",
                                             "arxiv:hep-th/9901001"};
    for (size_t i = 0; i < PAPERS; i++) {
        paper_init(&papers[i]);
        papers[i].title = strdup(texts[i][0]);
        papers[i].abstract = strdup(texts[i][1]);
        papers[i].published = (int32_t)(20000 + i);
        cr_assert_eq(paper_list_add(&papers[i].keys, keys[i], strlen(keys[i]), 9, NULL), PITH_OK);
        cr_assert_eq(paper_list_add(&papers[i].authors, "Jane van Doe", 12, 9, NULL), PITH_OK);
        cr_assert_eq(paper_list_add(&papers[i].authors, "Plato", 5, 9, NULL), PITH_OK);
        cr_assert_eq(paper_list_add(&papers[i].categories, "cs.LG", 5, 9, NULL), PITH_OK);
        cr_assert_eq(paper_finish(&papers[i], NULL), PITH_OK);
    }
}

struct reading {
    const struct paper *written;
    size_t papers;
};

static enum pith_status compare(void *user, struct paper *read, struct pith_error *reterr)
{
    struct reading *reading = user;
    const struct paper *written = &reading->written[reading->papers++];
    (void)reterr;
    cr_assert_leq(reading->papers, PAPERS);
    cr_expect_str_eq(read->keys.item[0], written->keys.item[0]);
    cr_expect_str_eq(read->title, written->title);
    cr_expect_str_eq(read->abstract, written->abstract);
    cr_expect_eq(read->published == PITH_NO_DAY ? read->announced : read->published, written->published, "%s", written->title);
    cr_assert_eq(read->authors.count, 2);
    cr_expect_str_eq(read->authors.item[0], "Jane van Doe");
    cr_expect_str_eq(read->authors.item[1], "Plato");
    return PITH_OK;
}

static void problem(void *user, size_t line, const char *reason)
{
    (void)user;
    cr_assert_fail("line %zu: %s", line, reason);
}

static void round_trip(enum pith_bibliography format)
{
    struct paper papers[PAPERS];
    struct bytes out;
    struct pith_error error;
    make(papers);
    bytes_init(&out, 1 << 20);
    struct reading reading = {.written = papers};
    for (size_t i = 0; i < PAPERS; i++) {
        const char *before = i ? bibliography_between(format) : bibliography_before(format);
        bytes_put(&out, before, strlen(before));
        cr_assert_eq(bibliography_put(&out, &papers[i], format, NULL), PITH_OK);
    }
    bytes_put(&out, bibliography_after(format), strlen(bibliography_after(format)));
    struct source_context context = {.today = 20100, .paper = compare, .problem = problem, .user = &reading};
    cr_assert_eq(sources_read((const char *)out.data, out.length, &context, NULL, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(reading.papers, PAPERS);
    bytes_clear(&out);
    for (size_t i = 0; i < PAPERS; i++)
        paper_clear(&papers[i]);
}

Test(bibliography, json_lines_come_back)
{
    round_trip(PITH_JSONL);
}

Test(bibliography, csl_json_comes_back)
{
    round_trip(PITH_CSL_JSON);
}

Test(bibliography, ris_comes_back)
{
    round_trip(PITH_RIS);
}

Test(bibliography, bibtex_comes_back)
{
    round_trip(PITH_BIBTEX);
}

/* ---- BibTeX takes nothing in a text for its own ---- */

/* As BibTeX counts braces, without a word on backslashes: every field's pair up, and no entry ends early. */
static void expect_balanced(const char *text)
{
    long depth = 0;
    for (; *text; text++) {
        depth += (*text == '{') - (*text == '}');
        cr_assert_geq(depth, 0);
        cr_assert(depth > 0 || *text != '=', "a field outside of its entry: %.40s", text);
    }
    cr_assert_eq(depth, 0);
}

static enum pith_status compare_all(void *user, struct paper *read, struct pith_error *reterr)
{
    struct reading *reading = user;
    const struct paper *written = &reading->written[reading->papers++];
    (void)reterr;
    cr_expect_str_eq(read->keys.item[0], written->keys.item[0]);
    cr_expect_str_eq(read->title, written->title);
    cr_expect_str_eq(read->abstract, written->abstract);
    cr_assert_eq(read->authors.count, written->authors.count, "%s", written->title);
    cr_expect_str_eq(read->authors.item[0], written->authors.item[0]);
    cr_assert_eq(read->categories.count, written->categories.count, "%s", written->title);
    cr_expect_str_eq(read->categories.item[0], written->categories.item[0]);
    return PITH_OK;
}

static void expect_safe(const char *text)
{
    struct paper paper;
    struct bytes out;
    struct reading reading = {.written = &paper};
    paper_init(&paper);
    paper.title = strdup(text);
    paper.abstract = strdup(text);
    paper.url = strdup("https://example.org/a_b%20c?d={e}&f=\\g");
    cr_assert_eq(paper_list_add(&paper.keys, "doi:10.5555/a_b<c>d;2-e", 23, 9, NULL), PITH_OK);
    cr_assert_eq(paper_list_add(&paper.authors, text, strlen(text), 9, NULL), PITH_OK);
    cr_assert_eq(paper_list_add(&paper.categories, text, strlen(text), 9, NULL), PITH_OK);
    cr_assert_eq(paper_finish(&paper, NULL), PITH_OK);
    bytes_init(&out, 1 << 20);
    cr_assert_eq(bibliography_put(&out, &paper, PITH_BIBTEX, NULL), PITH_OK);
    bytes_put_u8(&out, 0);
    expect_balanced((const char *)out.data);
    struct source_context context = {.today = 20100, .paper = compare_all, .problem = problem, .user = &reading};
    cr_assert_eq(sources_read((const char *)out.data, out.length - 1, &context, NULL, NULL), PITH_OK);
    cr_expect_eq(reading.papers, 1);
    bytes_clear(&out);
    paper_clear(&paper);
}

Test(bibliography, every_printable_character_in_every_field_of_bibtex)
{
    for (char byte = 0x21; byte < 0x7F; byte++) {
        char text[64];
        snprintf(text, sizeof text, "A%cb %c%cc d%c %c e", byte, byte, byte, byte, byte);
        expect_safe(text);
    }
}

Test(bibliography, bibtex_takes_no_field_no_entry_and_no_command_from_a_text)
{
    static const char *const texts[] = {"Quiet}, url = \"http://evil.example/\", annote = {",
                                        "Sets { and bounds",
                                        "Sets } and bounds",
                                        "}}\n@misc{x, title={y",
                                        "C:\\temp\\new \\input{/etc/passwd}",
                                        "$\\input{/etc/passwd}$ costs",
                                        "$x^^5cinput y$ and",
                                        "$\\left\\{ x \\right.$ open",
                                        "$a}$ b",
                                        "$}{$ b",
                                        "% comment",
                                        "a -- b --- c",
                                        "``q'' ?` !`",
                                        "Lee and Cole",
                                        "and Lee",
                                        "others are",
                                        "a, b; c",
                                        "family=Lee, given=Ann",
                                        "5$ and 6$",
                                        "\"#\" & ~ ^ _ a",
                                        "Ünïcödé → 日本",
                                        "$x_1 < x_2$ holds",
                                        "$\\frac{a}{b} \\in \\mathbb{R}$ x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strchr(texts[i], '\n'))
            expect_safe(texts[i]);
}

Test(bibliography, only_signs_and_structure_stay_commands_in_bibtex)
{
    static const char *const table[][2] = {{"$x^2 \\in \\mathbb{R}$", "$x^2 \\in \\mathbb{R}$"},
                                           {"$\\input{x}$", "\\$\\textbackslash{}input"},
                                           {"$\\write18{ls}$", "\\$\\textbackslash{}write18"},
                                           {"$x^^5c$", "\\$x\\textasciicircum{}\\textasciicircum{}5c"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct paper paper;
        struct bytes out;
        paper_init(&paper);
        paper.title = strdup(table[i][0]);
        bytes_init(&out, 1 << 16);
        cr_assert_eq(paper_finish(&paper, NULL), PITH_OK);
        cr_assert_eq(bibliography_put(&out, &paper, PITH_BIBTEX, NULL), PITH_OK);
        bytes_put_u8(&out, 0);
        cr_expect(strstr((const char *)out.data, table[i][1]), "%s in %s", table[i][1], (const char *)out.data);
        bytes_clear(&out);
        paper_clear(&paper);
    }
}
