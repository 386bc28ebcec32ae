#include "../api/limits.h"

#include <criterion/criterion.h>

static struct limits *make(double rate, double most)
{
    struct limits *limits = NULL;
    cr_assert_eq(limits_new(rate, most, &limits, NULL), PITH_OK);
    return limits;
}

static size_t take_all(struct limits *limits, const char *who, int64_t at)
{
    size_t taken = 0;
    while (taken < 1000 && limits_take(limits, who, 3, at))
        taken++;
    return taken;
}

Test(limits, give_what_was_saved_up_and_then_the_rate)
{
    AUTO(limits_free_p) struct limits *limits = make(2, 5);
    cr_expect_eq(take_all(limits, "ann", 1000), 5);
    cr_expect_eq(take_all(limits, "ann", 1499), 0, "half a request was saved up");
    cr_expect_eq(take_all(limits, "ann", 2000), 2);
    cr_expect_eq(take_all(limits, "ann", 1000000), 5, "no more than that is saved up");
    cr_expect_eq(take_all(limits, "ann", 500), 0, "a clock that goes back gives nothing");
}

Test(limits, count_each_by_themselves_and_tell_without_taking)
{
    AUTO(limits_free_p) struct limits *limits = make(1, 1);
    for (int i = 0; i < 3; i++)
        cr_expect(limits_allow(limits, "ann", 3, 0));
    cr_expect(limits_take(limits, "ann", 3, 0));
    cr_expect_not(limits_allow(limits, "ann", 3, 0));
    cr_expect(limits_take(limits, "ben", 3, 0));
}

Test(limits, are_none_at_a_rate_of_0)
{
    AUTO(limits_free_p) struct limits *limits = make(0, 0);
    cr_expect_eq(take_all(limits, "ann", 0), 1000);
}
