#include "engine/door/bibliography.h"
#include "engine/sources/sources.h"

#include <criterion/criterion.h>
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
