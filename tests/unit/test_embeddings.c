#include "engine/learning/embeddings.h"
#include "engine/papers/paper_features.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <string.h>

/* This suite is linked with the table that comes with pith. */
Test(embeddings, the_shipped_table_is_here_and_says_where_it_comes_from)
{
    const struct embedding *embedding = embeddings_shipped();
    cr_assert_not_null(embedding);
    cr_expect_eq(embeddings_shipped(), embedding, "opened once");
    cr_expect_eq(embedding_origin(embedding)->method, EMBEDDING_CONTRAST);
    cr_expect_gt(embedding_origin(embedding)->papers, 200000);
    cr_expect_neq(embedding_origin(embedding)->trained_day, EMBEDDING_NO_DAY);
    cr_expect_gt(embedding_terms(embedding), 50000);
    cr_expect_eq(embeddings_find(embedding_name(embedding)), embedding);
    cr_expect_null(embeddings_find("00000000000000000000000000000000"));
    cr_expect_null(embeddings_find(""));
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
        cr_expect_gt(closeness(embeddings_shipped(), near[i][0], near[i][1]),
                     closeness(embeddings_shipped(), near[i][0], near[i][2]), "%s", near[i][0]);
}

Test(embeddings, another_table_can_stand_in)
{
    const struct embedding *shipped = embeddings_shipped();
    embeddings_replace(testing_embedding(true));
    cr_expect_eq(embeddings_shipped(), testing_embedding(true));
    cr_expect_null(embeddings_find(embedding_name(shipped)));
    embeddings_replace(NULL);
    cr_expect_null(embeddings_shipped());
    embeddings_replace(shipped);
}
