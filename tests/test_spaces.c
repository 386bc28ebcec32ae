#include "../engine/features.h"
#include "../engine/spaces.h"
#include "testing.h"

#include <criterion/criterion.h>
#include <string.h>

/* This suite is linked with the table that comes with pith. */
Test(spaces, the_shipped_table_is_here_and_says_where_it_comes_from)
{
    const struct space *space = spaces_shipped();
    cr_assert_not_null(space);
    cr_expect_eq(spaces_shipped(), space, "opened once");
    cr_expect_eq(space_origin(space)->method, SPACE_CONTRAST);
    cr_expect_gt(space_origin(space)->papers, 200000);
    cr_expect_neq(space_origin(space)->trained_day, SPACE_NO_DAY);
    cr_expect_gt(space_terms(space), 50000);
    cr_expect_eq(spaces_find(space_name(space)), space);
    cr_expect_null(spaces_find("00000000000000000000000000000000"));
    cr_expect_null(spaces_find(""));
}

static float closeness(const struct space *space, const char *left, const char *right)
{
    float a[SPACE_MAX_DIMS], b[SPACE_MAX_DIMS], sum = 0, one = 1;
    uint64_t first = feature_key(VIEW_WORD, left, strlen(left)), second = feature_key(VIEW_WORD, right, strlen(right));
    cr_assert_eq(space_sum(space, &first, &one, 1, a), 1, "%s", left);
    cr_assert_eq(space_sum(space, &second, &one, 1, b), 1, "%s", right);
    space_unit(a, space_dims(space));
    space_unit(b, space_dims(space));
    for (uint32_t d = 0; d < space_dims(space); d++)
        sum += a[d] * b[d];
    return sum;
}

Test(spaces, words_of_one_subject_stand_near_each_other)
{
    static const char *const near[][3] = {
        /* the first nearer to the second than to the third */
        {"diffus", "denois", "protein"},   {"robot", "manipul", "telescop"}, {"tumor", "cancer", "compil"},
        {"galaxi", "redshift", "grammar"}, {"theorem", "proof", "patient"},
    };
    for (size_t i = 0; i < sizeof near / sizeof *near; i++)
        cr_expect_gt(closeness(spaces_shipped(), near[i][0], near[i][1]), closeness(spaces_shipped(), near[i][0], near[i][2]), "%s",
                     near[i][0]);
}

Test(spaces, another_table_can_stand_in)
{
    const struct space *shipped = spaces_shipped();
    spaces_replace(testing_space(true));
    cr_expect_eq(spaces_shipped(), testing_space(true));
    cr_expect_null(spaces_find(space_name(shipped)));
    spaces_replace(NULL);
    cr_expect_null(spaces_shipped());
    spaces_replace(shipped);
}
