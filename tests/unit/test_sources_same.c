/* The same papers written in one format after another are read as the same papers, with the same features. */
#include "engine/papers/paper_features.h"
#include "engine/sources/sources.h"
#include "tests/lib/rendering.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

static const char own_papers[] =
    "{\"id\":\"arXiv:2401.00101\",\"title\":\"Mending kites in a mild wind\",\"abstract\":\"We mend kites. Kites that fly mend no "
    "kites.\",\"authors\":[\"Bo Lindqvist\",\"Quinn Reel\"],\"categories\":[\"cs.RO\",\"physics.flu-dyn\"]}\n"
    "{\"id\":\"arXiv:2401.00102\",\"title\":\"When a<b and j<i, kites & strings fly\",\"abstract\":\"For 0<delta<1 we show a > b & "
    "c.\",\"authors\":[\"Ana Pe\xC3\xB1"
    "a\",\"Hal \xC3\x89ole\"],\"categories\":[\"math.GT\"]}\n"
    "{\"id\":\"arXiv:2401.00103\",\"title\":\"\\\"Wind\\\" and 'rain': a 5% rise\",\"abstract\":\"It rained #1 of 100% days; 3_4 "
    "of "
    "them.\",\"authors\":[\"Lou Gale\"],\"categories\":[\"physics.ao-ph\"]}\n"
    "{\"id\":\"arXiv:2401.00104\",\"title\":\"\xCE\xA9-kites, na\xC3\xAFvely\",\"abstract\":\"\xCE\xA9 is "
    "large.\",\"authors\":[\"Ida "
    "Wind\",\"C. Thread\",\"Dora Knott\"],\"categories\":[\"cs.RO\"]}\n";

/* What is read is compared with what was written, one by one. */
struct comparing {
    const char *format;
    const struct rendering_papers *papers;
    struct tokens *words;
    bool texts; /* character by character; else only what is learnt from */
    size_t read, unlike;
};

static void expect_list(const struct comparing *comparing, const struct paper_list *read, const struct paper_list *written)
{
    cr_expect_eq(read->count, written->count, "%s", comparing->format);
    for (size_t i = 0; i < read->count && i < written->count; i++)
        cr_expect_str_eq(read->item[i], written->item[i], "%s", comparing->format);
}

static bool same_features(struct tokens *words, const struct paper *one, const struct paper *other)
{
    PITH_AUTO(bytes_clear) struct bytes first;
    PITH_AUTO(bytes_clear) struct bytes second;
    bytes_init(&first, 1 << 20);
    bytes_init(&second, 1 << 20);
    cr_assert_eq(features_derive(words, one, &first, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, other, &second, NULL), PITH_OK);
    return first.length == second.length && memcmp(first.data, second.data, first.length) == 0;
}

static void tell_lists(const char *what, const struct paper_list *read, const struct paper_list *written)
{
    for (size_t i = 0; i < read->count || i < written->count; i++) {
        const char *one = i < read->count ? read->item[i] : "", *other = i < written->count ? written->item[i] : "";
        if (strcmp(one, other) != 0)
            fprintf(stderr, "  %s %zu: \"%s\" was \"%s\"\n", what, i, one, other);
    }
}

static void tell_texts(const char *what, const char *read, const char *written)
{
    size_t same = 0;
    while (read[same] && read[same] == written[same])
        same++;
    same = same > 20 ? same - 20 : 0;
    if (strcmp(read, written) != 0)
        fprintf(stderr, "  %s: \"%.60s\" was \"%.60s\"\n", what, read + same, written + same);
}

static void tell_difference(const char *format, const struct paper *read, const struct paper *written)
{
    fprintf(stderr, "%s: %s\n", format, written->keys.item[0]);
    tell_texts("title", read->title, written->title);
    tell_texts("abstract", read->abstract, written->abstract);
    tell_lists("author", &read->authors, &written->authors);
    tell_lists("category", &read->categories, &written->categories);
}

static enum pith_status take(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct comparing *comparing = user;
    (void)reterr;
    cr_assert_lt(comparing->read, comparing->papers->count);
    const struct paper *written = &comparing->papers->paper[comparing->read++];
    cr_expect_str_eq(paper->keys.item[0], written->keys.item[0], "%s", comparing->format);
    if (!same_features(comparing->words, paper, written)) {
        comparing->unlike++;
        tell_difference(comparing->format, paper, written);
    }
    if (!comparing->texts)
        return PITH_OK;
    cr_expect_str_eq(paper->title, written->title, "%s", comparing->format);
    cr_expect_str_eq(paper->abstract, written->abstract, "%s", comparing->format);
    expect_list(comparing, &paper->authors, &written->authors);
    expect_list(comparing, &paper->categories, &written->categories);
    return PITH_OK;
}

static void take_problem(void *user, size_t line, const char *reason)
{
    const struct comparing *comparing = user;
    cr_expect_fail("%s: line %zu: %s", comparing->format, line, reason);
}

static void check(const struct rendering *rendering, const struct rendering_papers *papers, bool texts)
{
    size_t length;
    char *bytes = rendering_write(rendering, papers->paper, papers->count, &length);
    struct comparing comparing = {.format = rendering->format, .papers = papers, .texts = texts};
    struct source_context context = {.today = 20000, .paper = take, .problem = take_problem, .user = &comparing};
    const struct source *source = NULL;
    struct pith_error error = {0};
    cr_assert_eq(tokens_new(&comparing.words, NULL), PITH_OK);
    cr_expect_eq(sources_read(bytes, length, &context, &source, &error), PITH_OK, "%s", error.message);
    cr_assert_not_null(source, "%s", rendering->format);
    cr_expect_str_eq(source->name, rendering->format);
    cr_expect_eq(comparing.read, papers->count, "%s", rendering->format);
    cr_expect_eq(comparing.unlike, 0, "%s: %zu of %zu papers have other features", rendering->format, comparing.unlike,
                 comparing.read);
    tokens_free(comparing.words);
    free(bytes);
}

Test(sources_same, in_every_format)
{
    struct rendering_papers papers = {0};
    rendering_read(&papers, own_papers, sizeof own_papers - 1, 10);
    cr_assert_eq(papers.count, 4);
    const struct rendering *rendering;
    for (size_t i = 0; (rendering = rendering_at(i)) != NULL; i++)
        check(rendering, &papers, true);
    rendering_clear(&papers);
}

Test(sources_same, real_papers_have_the_same_features_in_every_format)
{
    enum { MOST = 600 };
    struct rendering_papers papers = {0};
    glob_t days;
    char pattern[4096];
    const char *data = testing_shared("data/days");
    if (!data)
        cr_skip("needs ../shared/data/days");
    snprintf(pattern, sizeof pattern, "%s/*.jsonl", data);
    cr_assert_eq(glob(pattern, 0, NULL, &days), 0);
    for (size_t i = 0; i < days.gl_pathc && papers.count < MOST; i += 20) {
        size_t length;
        char *bytes = testing_read(days.gl_pathv[i], &length);
        rendering_read(&papers, bytes, length, papers.count + MOST / 4 < MOST ? papers.count + MOST / 4 : MOST);
        free(bytes);
    }
    globfree(&days);
    cr_assert_gt(papers.count, MOST / 2);
    const struct rendering *rendering;
    for (size_t i = 0; (rendering = rendering_at(i)) != NULL; i++)
        check(rendering, &papers, false);
    rendering_clear(&papers);
}
