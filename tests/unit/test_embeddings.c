#include "engine/learning/embeddings.h"
#include "engine/papers/paper_features.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The embedding that comes with pith, from the build tree. */
static const struct embedding *open_shipped(void)
{
    static struct mapped_embedding mapped;
    struct pith_error error;
    unsetenv("PITH_EMBEDDINGS");
    if (!mapped.embedding)
        cr_assert_eq(mapped_embedding_open(&mapped, &error), PITH_OK, "%s", error.message);
    return mapped.embedding;
}

Test(embeddings, the_shipped_table_is_here_and_says_where_it_comes_from)
{
    const struct embedding *embedding = open_shipped();
    const struct embeddings here = {.shipped = embedding, .own = testing_embedding(true)}, none = {0};
    cr_assert_not_null(embedding);
    cr_expect_eq(embedding_origin(embedding)->method, EMBEDDING_CONTRAST);
    cr_expect_gt(embedding_origin(embedding)->papers, 200000);
    cr_expect_neq(embedding_origin(embedding)->trained_day, EMBEDDING_NO_DAY);
    cr_expect_gt(embedding_terms(embedding), 50000);
    cr_expect_eq(embeddings_find(&here, embedding_name(embedding)), embedding);
    cr_expect_eq(embeddings_find(&here, embedding_name(testing_embedding(true))), testing_embedding(true));
    cr_expect_null(embeddings_find(&none, embedding_name(embedding)));
    cr_expect_eq(embeddings_count(&here), 2);
    cr_expect_eq(embeddings_count(&none), 0);
    cr_expect_null(embeddings_find(&here, "00000000000000000000000000000000"));
    cr_expect_null(embeddings_find(&here, ""));
}

static float closeness(const struct embedding *embedding, const char *left, const char *right)
{
    float a[EMBEDDING_MAX_DIMS], b[EMBEDDING_MAX_DIMS], sum = 0, one = 1;
    uint64_t first = feature_key(VIEW_WORD, left, strlen(left)), second = feature_key(VIEW_WORD, right, strlen(right));
    cr_assert_eq(embedding_sum(embedding, &first, &one, 1, a), 1, "%s", left);
    cr_assert_eq(embedding_sum(embedding, &second, &one, 1, b), 1, "%s", right);
    embedding_unit(a, embedding_dims(embedding));
    embedding_unit(b, embedding_dims(embedding));
    for (uint32_t d = 0; d < embedding_dims(embedding); d++)
        sum += a[d] * b[d];
    return sum;
}

Test(embeddings, tokens_of_one_subject_stand_near_each_other)
{
    static const char *const near[][3] = {
        /* the first nearer to the second than to the third */
        {"diffus", "denois", "protein"},   {"robot", "manipul", "telescop"}, {"tumor", "cancer", "compil"},
        {"galaxi", "redshift", "grammar"}, {"theorem", "proof", "patient"},
    };
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        cr_expect_gt(closeness(open_shipped(), near[i][0], near[i][1]), closeness(open_shipped(), near[i][0], near[i][2]), "%s",
                     near[i][0]);
}

/* A file with these bytes, named to the library. */
static void name_file(const void *bytes, size_t length)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/terms.embedding", testing_folder());
    FILE *file = fopen(path, "w");
    cr_assert(file && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
    setenv("PITH_EMBEDDINGS", path, 1);
}

Test(embeddings, a_file_that_is_missing_or_damaged_is_told)
{
    PITH_AUTO(mapped_embedding_clear) struct mapped_embedding mapped = {0};
    struct pith_error error;
    setenv("PITH_EMBEDDINGS", "/nowhere/terms.embedding", 1);
    cr_expect_eq(mapped_embedding_open(&mapped, &error), PITH_NOT_FOUND);
    cr_expect(strstr(error.message, "/nowhere/terms.embedding") && strstr(error.message, "PITH_EMBEDDINGS"), "%s", error.message);
    name_file("no embedding", 12);
    cr_expect_eq(mapped_embedding_open(&mapped, &error), PITH_CORRUPT);
    cr_expect(strstr(error.message, "terms.embedding") && strstr(error.message, "install pith again"), "%s", error.message);
    name_file("", 0);
    cr_expect_eq(mapped_embedding_open(&mapped, &error), PITH_CORRUPT);
    cr_expect_null(mapped.embedding);
}

Test(embeddings, an_empty_name_means_to_do_without)
{
    struct mapped_embedding mapped;
    setenv("PITH_EMBEDDINGS", "", 1);
    cr_expect_eq(mapped_embedding_open(&mapped, NULL), PITH_OK);
    cr_expect_null(mapped.embedding);
}

Test(embeddings, a_named_file_may_be_another_than_the_one_that_comes_with_pith)
{
    const float vector[4] = {1, 0, 0, 1};
    const uint64_t key[2] = {1, 2};
    PITH_AUTO(mapped_embedding_clear) struct mapped_embedding mapped = {0};
    PITH_AUTO(pith_free_p) unsigned char *bytes = NULL;
    struct pith_error error;
    size_t length;
    cr_assert_eq(embedding_make(&(struct embedding_origin){.method = EMBEDDING_LSA}, &(struct embedding_rows){key, vector, 2, 2},
                                &bytes, &length, &error),
                 PITH_OK, "%s", error.message);
    name_file(bytes, length);
    cr_assert_eq(mapped_embedding_open(&mapped, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(embedding_terms(mapped.embedding), 2);
}
