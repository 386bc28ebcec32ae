#include "engine/papers/paper_features.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make(struct paper *paper)
{
    paper_init(paper);
    paper->title = strdup("Diffusion models for video");
    paper->abstract = strdup("We train diffusion models. Models of video diffusion models improve.");
    cr_assert_eq(paper_list_add(&paper->authors, "Frédéric Doe", 14, 9, NULL), PITH_OK);
    cr_assert_eq(paper_list_add(&paper->authors, "Frederic DOE", 12, 9, NULL), PITH_OK);
    cr_assert_eq(paper_list_add(&paper->categories, "cs.CV", 5, 9, NULL), PITH_OK);
}

Test(features, counts_names_and_keys)
{
    struct paper paper;
    struct tokens *words;
    struct bytes blob, again;
    struct features features = {0};
    make(&paper);
    bytes_init(&blob, 1 << 16);
    bytes_init(&again, 1 << 16);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &again, NULL), PITH_OK);
    cr_expect(blob.length == again.length && memcmp(blob.data, again.data, blob.length) == 0, "same paper, same bytes");
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    size_t found = 0;
    for (size_t i = 0; i < features.count; i++) {
        const struct feature *feature = &features.item[i];
        char name[FEATURE_NAME_SIZE];
        feature_name(blob.data, blob.length, feature->index, name);
        cr_expect_eq(feature_key(feature->view, name, strlen(name)), feature->key, "%s", name);
        for (size_t j = 0; j < i; j++)
            cr_expect_neq(features.item[j].key, feature->key);
        if (strcmp(name, "diffus model") == 0) {
            cr_expect_eq(feature->view, VIEW_BIGRAM);
            cr_expect(feature->title == 1 && feature->body == 2);
            found++;
        }
        found += feature->view == VIEW_AUTHOR; /* two spellings are one person */
        found += feature->view == VIEW_CATEGORY && strcmp(name, "cs.cv") == 0;
    }
    cr_expect_eq(found, 3);
    char surface[FEATURE_NAME_SIZE];
    cr_expect(feature_surface(words, paper.title, "diffus model", surface));
    cr_expect_str_eq(surface, "Diffusion models");
    cr_expect(!feature_surface(words, paper.title, "absent", surface));
    features_clear(&features);
    bytes_clear(&blob);
    bytes_clear(&again);
    tokens_free(words);
    paper_clear(&paper);
}

/* As long an abstract as is kept, of letters that hardly come twice side by side, with many authors. */
Test(features, of_a_text_too_long_for_a_record_the_beginning_is_counted)
{
    enum { LETTERS = PAPER_MAX_ABSTRACT, AUTHORS = 300 };
    struct paper paper;
    struct tokens *words;
    struct bytes blob;
    struct features features = {0};
    make(&paper);
    free(paper.abstract);
    paper.abstract = calloc(LETTERS + 1, 3);
    for (size_t i = 0; i < LETTERS; i++) {
        unsigned point = 0x4E00 + (unsigned)(i * i * 31 + i * 7) % 20000;
        char letter[] = {(char)(0xE0 | point >> 12), (char)(0x80 | (point >> 6 & 0x3F)), (char)(0x80 | (point & 0x3F))};
        memcpy(paper.abstract + 3 * i, letter, sizeof letter);
    }
    for (size_t i = 0; i < AUTHORS; i++) {
        char name[64];
        int length = snprintf(name, sizeof name, "Author of the number %zu of all of these", i);
        cr_assert_eq(paper_list_add(&paper.authors, name, (size_t)length, 2 * AUTHORS, NULL), PITH_OK);
    }
    bytes_init(&blob, 1 << 16);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    size_t of_view[FEATURE_VIEWS] = {0};
    for (size_t i = 0; i < features.count; i++)
        of_view[features.item[i].view]++;
    cr_expect_gt(of_view[VIEW_WORD], 1000);
    cr_expect_geq(of_view[VIEW_AUTHOR], AUTHORS - 1);
    features_clear(&features);
    bytes_clear(&blob);
    tokens_free(words);
    paper_clear(&paper);
}

/* FORMAT.md: mix is the finaliser of MurmurHash3; a title's word is mix(key(word) + 4). */
static uint64_t mix(uint64_t number)
{
    number = (number ^ number >> 33) * UINT64_C(0xff51afd7ed558ccd);
    number = (number ^ number >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return number ^ number >> 33;
}

Test(features, the_words_of_the_title_once_more)
{
    struct paper paper;
    struct tokens *words;
    struct bytes blob;
    struct features features = {0};
    make(&paper);
    bytes_init(&blob, 1 << 16);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    size_t of_title = 0, titles = 0;
    for (size_t i = 0; i < features.count; i++)
        of_title += features.item[i].view == VIEW_WORD && features.item[i].title > 0;
    for (size_t i = 0; i < features.count; i++) {
        const struct feature *feature = &features.item[i];
        char name[FEATURE_NAME_SIZE];
        if (feature->view != VIEW_TITLE)
            continue;
        titles++;
        feature_name(blob.data, blob.length, feature->index, name);
        cr_expect_eq(feature->key, mix(feature_key(VIEW_WORD, name, strlen(name)) + 4), "%s", name);
        cr_expect(strstr("diffus model video", name), "%s is no word of the title", name);
        cr_expect_eq(feature->title, 1);
        cr_expect_eq(feature->body, 0);
    }
    cr_expect_eq(titles, 3);
    cr_expect_eq(titles, of_title);
    features_clear(&features);
    bytes_clear(&blob);
    tokens_free(words);
    paper_clear(&paper);
}

/* Names of the features of a view, one after the other. */
static void names_of(const struct paper *paper, enum feature_view view, char names[256])
{
    PITH_AUTO(tokens_free_p) struct tokens *words = NULL;
    PITH_AUTO(bytes_clear) struct bytes blob;
    PITH_AUTO(features_clear) struct features features = {0};
    bytes_init(&blob, 1 << 16);
    names[0] = '\0';
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    for (size_t i = 0; i < features.count; i++) {
        const struct feature *feature = &features.item[i];
        char name[FEATURE_NAME_SIZE];
        if (feature->view != view)
            continue;
        feature_name(blob.data, blob.length, feature->index, name);
        cr_expect_eq(feature->key, feature_key(view, name, strlen(name)), "%s", name);
        cr_assert(strlen(names) + strlen(name) < 255);
        strcat(strcat(names, name), " ");
    }
}

Test(features, numbers_are_the_levels_they_reach)
{
    static const struct {
        int number;
        const char *names;
    } cases[] = {{PAPER_MISSING, ""}, {0, "0+ "},          {1, "0+ 1+ "},
                 {3, "0+ 1+ 2+ "},    {4, "0+ 1+ 2+ 4+ "}, {INT32_MAX, "0+ 1+ 2+ 4+ 8+ 16+ 32+ 64+ 128+ 256+ 512+ 1024+ "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char names[256];
        struct paper paper;
        make(&paper);
        paper.upvotes = cases[i].number;
        names_of(&paper, VIEW_UPVOTES, names);
        cr_expect_str_eq(names, cases[i].names);
        names_of(&paper, VIEW_COMMENTS, names);
        cr_expect_str_eq(names, "", "what is unknown is not zero");
        paper.upvotes = PAPER_MISSING;
        paper.comments = cases[i].number;
        names_of(&paper, VIEW_COMMENTS, names);
        cr_expect_str_eq(names, cases[i].names);
        paper_clear(&paper);
    }
}

Test(features, age_needs_both_days)
{
    static const struct {
        int32_t published, announced;
        const char *names;
    } cases[] = {{PITH_NO_DAY, 20000, ""},
                 {20000, PITH_NO_DAY, ""},
                 {20000, 20000, "0+ "},
                 {20000, 20002, "0+ 1+ 2+ "},
                 {20001, 20000, "0+ "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char names[256];
        struct paper paper;
        make(&paper);
        paper.published = cases[i].published;
        paper.announced = cases[i].announced;
        names_of(&paper, VIEW_AGE, names);
        cr_expect_str_eq(names, cases[i].names);
        paper_clear(&paper);
    }
}

/* Names whose first letters differ by as much as their views' numbers. */
Test(features, no_two_views_meet_in_one_key)
{
    cr_expect_neq(feature_key(VIEW_AUTHOR, "li", 2), feature_key(VIEW_WORD, "ni", 2));
    cr_expect_neq(feature_key(VIEW_CATEGORY, "gr-qc", 5), feature_key(VIEW_WORD, "dr-qc", 5));
    cr_expect_neq(feature_key(VIEW_CATEGORY, "bio", 3), feature_key(VIEW_AUTHOR, "cio", 3));
}

Test(features, no_two_levels_have_one_key)
{
    struct paper paper;
    struct tokens *words;
    struct bytes blob;
    struct features features = {0};
    make(&paper);
    paper.upvotes = paper.comments = INT32_MAX;
    paper.published = 0;
    paper.announced = INT32_MAX;
    bytes_init(&blob, 1 << 16);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    cr_assert_eq(features_read(blob.data, blob.length, &features, NULL), PITH_OK);
    size_t levels = 0;
    for (size_t i = 0; i < features.count; i++) {
        levels += features.item[i].view >= VIEW_UPVOTES;
        for (size_t j = 0; j < i; j++)
            cr_expect_neq(features.item[i].key, features.item[j].key, "features %zu and %zu", i, j);
    }
    cr_expect_eq(levels, 36);
    features_clear(&features);
    bytes_clear(&blob);
    tokens_free(words);
    paper_clear(&paper);
}

Test(features, damaged_blobs_are_told)
{
    struct paper paper;
    struct tokens *words;
    struct bytes blob;
    struct features features = {0};
    make(&paper);
    bytes_init(&blob, 1 << 16);
    cr_assert_eq(tokens_new(&words, NULL), PITH_OK);
    cr_assert_eq(features_derive(words, &paper, &blob, NULL), PITH_OK);
    for (size_t length = 0; length < blob.length; length++)
        cr_expect_eq(features_read(blob.data, length, &features, NULL), PITH_CORRUPT);
    for (size_t i = 0; i < blob.length; i++) { /* whatever a flip makes of it, reading stays inside */
        blob.data[i] ^= 0x81;
        if (features_read(blob.data, blob.length, &features, NULL) == PITH_OK) {
            char name[FEATURE_NAME_SIZE];
            for (uint32_t j = 0; j < features.count; j++)
                feature_name(blob.data, blob.length, j, name);
        }
        blob.data[i] ^= 0x81;
    }
    features_clear(&features);
    bytes_clear(&blob);
    tokens_free(words);
    paper_clear(&paper);
}
