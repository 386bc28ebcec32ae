#include "engine/base/unicode.h"
#include "engine/sources/sources.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 300 };

struct got {
    struct {
        char *title, *abstract, *key;
        size_t authors;
        int comments, upvotes;
        int32_t published, announced;
    } paper[MOST];
    size_t papers, problems, last_line;
};

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct got *got = user;
    (void)reterr;
    cr_assert(got->papers < MOST);
    size_t i = got->papers++;
    got->paper[i].title = strdup(paper->title);
    got->paper[i].abstract = strdup(paper->abstract);
    got->paper[i].key = strdup(paper->keys.item[0]);
    got->paper[i].authors = paper->authors.count;
    got->paper[i].comments = paper->comments;
    got->paper[i].upvotes = paper->upvotes;
    got->paper[i].published = paper->published;
    got->paper[i].announced = paper->announced;
    return PITH_OK;
}

static void problem(void *user, size_t line, const char *reason)
{
    struct got *got = user;
    cr_assert(*reason);
    got->problems++;
    got->last_line = line;
}

static void clear(struct got *got)
{
    for (size_t i = 0; i < got->papers; i++) {
        free(got->paper[i].title);
        free(got->paper[i].abstract);
        free(got->paper[i].key);
    }
    free(got);
}

static struct got *read_bytes(const char *bytes, size_t length, const char *format)
{
    struct got *got = calloc(1, sizeof *got);
    struct source_context context = {.paper = take, .problem = problem, .user = got};
    const struct source *source;
    struct pith_error error;
    days_from_text("2026-11-24", 10, &context.today);
    cr_assert_eq(sources_read(bytes, length, &context, &source, &error), PITH_OK, "%s", error.message);
    cr_assert_str_eq(source->name, format);
    return got;
}

static int32_t day(const char *text)
{
    int32_t got;
    cr_assert(days_from_text(text, strlen(text), &got));
    return got;
}

static void compare_page(const char *name, size_t papers, const char *listed)
{
    char path[200];
    size_t length;
    snprintf(path, sizeof path, "listings/%s.txt", name);
    const char *listing = testing_shared(path);
    if (!listing)
        cr_skip("needs ../shared/listings");
    char *bytes = testing_read(listing, &length);
    snprintf(path, sizeof path, "listings/expected/%s.expected.json", name);
    json_t *expected = json_load_file(testing_shared(path), 0, NULL);
    struct got *got = read_bytes(bytes, length, "daily-papers-text");
    cr_assert_eq(got->papers, papers);
    cr_assert_eq(json_array_size(expected), papers);
    cr_expect_eq(got->problems, 0);
    for (size_t i = 0; i < papers; i++) {
        json_t *record = json_array_get(expected, i);
        char *title, *abstract;
        const char *raw = json_string_value(json_object_get(record, "title"));
        unicode_normalise(raw, strlen(raw), true, &title, NULL, NULL);
        raw = json_string_value(json_object_get(record, "abstract"));
        unicode_normalise(raw, strlen(raw), true, &abstract, NULL, NULL);
        cr_expect_str_eq(got->paper[i].title, title);
        cr_expect_str_eq(got->paper[i].abstract, abstract);
        const char *trail = json_string_value(json_object_get(record, "trail"));
        cr_expect_eq(got->paper[i].comments, trail ? atoi(trail) : PAPER_MISSING);
        cr_expect_eq(got->paper[i].upvotes, PAPER_MISSING, "votes are not on such a page");
        cr_expect_eq(got->paper[i].announced, day(listed));
        cr_expect_eq(got->paper[i].published == PITH_NO_DAY, json_object_get(record, "date") == NULL);
        const char *year = json_string_value(json_object_get(record, "year"));
        char text[16];
        if (json_object_get(record, "date"))
            cr_expect_eq(strncmp(days_text(got->paper[i].published, text), year ? year : "2026", 4), 0);
        free(title);
        free(abstract);
    }
    clear(got);
    json_decref(expected);
    free(bytes);
}

Test(sources, real_page_in_blocks_of_may)
{
    compare_page("000_929bbe48956fa9e7", 30, "2026-05-18");
}
Test(sources, real_page_line_after_line)
{
    compare_page("001_85217d1ccac5de9a", 253, "2026-11-24");
}
Test(sources, real_page_in_blocks_of_17_april)
{
    compare_page("002_e87afd2f7957e101", 50, "2026-04-17");
}
Test(sources, real_page_in_blocks_of_14_april)
{
    compare_page("003_20c5495b3fc19fe7", 28, "2026-04-14");
}

Test(sources, real_hugging_face_day)
{
    const char *path = testing_shared("samples/hf-papers/api_daily_papers_2026-06-12_subset.json");
    if (!path)
        cr_skip("needs ../shared/samples");
    size_t length;
    char *bytes = testing_read(path, &length);
    struct got *got = read_bytes(bytes, length, "hf-json");
    cr_expect_eq(got->papers, 8);
    cr_expect_eq(got->problems, 0);
    cr_expect_str_eq(got->paper[0].key, "arxiv:2606.00467");
    cr_expect_eq(got->paper[0].published, day("2026-05-30"));
    cr_expect_eq(got->paper[0].announced, day("2026-06-12"));
    cr_expect_eq(got->paper[0].upvotes >= 0, true, "no upvote is 0, not unknown");
    cr_expect_eq(got->paper[0].authors, 3);
    clear(got);
    free(bytes);
}

Test(sources, a_bad_line_costs_only_itself)
{
    static const char lines[] = "{\"id\":\"arXiv:2506.02483v2\",\"title\":\"One\",\"date\":\"2025-06-02\"}\n"
                                "{\"id\":\"arXiv:2506.02484\",\"title\":\n"
                                "\n"
                                "{\"id\":\"arXiv:2506.02485\",\"abstract\":\"NA\"}\n"
                                "{\"id\":\"x:7\",\"title\":\"Two\",\"unknown\":[[1]]}";
    struct got *got = read_bytes(lines, sizeof lines - 1, "jsonl");
    cr_expect_eq(got->papers, 2);
    cr_expect_eq(got->problems, 2);
    cr_expect_eq(got->last_line, 4);
    cr_expect_str_eq(got->paper[0].key, "arxiv:2506.02483");
    cr_expect_str_eq(got->paper[1].key, "id:x:7");
    clear(got);
}

Test(sources, a_page_that_is_cut_keeps_the_last_title)
{
    static const char page[] =
        "Subscribe\n\nDaily Papers\n\nbyAK and the research community\n\nMay 18\n\nFirst title\n\n"
        "Its abstract, longer than the title.\n\n  \xE2\x80\xA2 2 authors\n\xC2\xB7\nApr 5 2\n\nSecond title\n";
    struct got *got = read_bytes(page, sizeof page - 1, "daily-papers-text");
    cr_expect_eq(got->papers, 2);
    cr_expect_eq(got->problems, 1);
    cr_expect_eq(got->paper[0].comments, 2);
    cr_expect_str_eq(got->paper[1].title, "Second title");
    cr_expect_str_eq(got->paper[1].abstract, "");
    clear(got);
}

static void refuse(const char *bytes, size_t length)
{
    struct got got = {0};
    struct source_context context = {.paper = take, .problem = problem, .user = &got};
    struct pith_error error;
    cr_expect_eq(sources_read(bytes, length, &context, NULL, &error), PITH_INPUT);
    cr_expect_eq(got.papers, 0);
}

Test(sources, refuses_what_it_does_not_know)
{
    refuse("", 0);
    refuse(" \n\n", 3);
    refuse("just some words\nand more\n", 25);
    refuse("\x7F"
           "ELF\0\0",
           6);
    refuse("[{\"paper\":", 10);
    static char deep[4096] = "[{\"paper\":";
    memset(deep + 10, '[', sizeof deep - 10);
    refuse(deep, sizeof deep);
}
