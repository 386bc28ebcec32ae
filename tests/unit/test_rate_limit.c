#include "api/rate_limit.h"

#include <criterion/criterion.h>

static struct rate_limit *make(double rate, double most)
{
    struct rate_limit *limits = NULL;
    cr_assert_eq(rate_limit_new(rate, most, &limits, NULL), PITH_OK);
    return limits;
}

static size_t take_all(struct rate_limit *limits, const char *who, int64_t at)
{
    size_t taken = 0;
    while (taken < 1000 && rate_limit_take(limits, who, 3, at))
        taken++;
    return taken;
}

Test(limits, give_what_was_saved_up_and_then_the_rate)
{
    PITH_AUTO(rate_limit_free_p) struct rate_limit *limits = make(2, 5);
    cr_expect_eq(take_all(limits, "ann", 1000), 5);
    cr_expect_eq(take_all(limits, "ann", 1499), 0, "half a request was saved up");
    cr_expect_eq(take_all(limits, "ann", 2000), 2);
    cr_expect_eq(take_all(limits, "ann", 1000000), 5, "no more than that is saved up");
    cr_expect_eq(take_all(limits, "ann", 500), 0, "a clock that goes back gives nothing");
}

Test(limits, count_each_by_themselves)
{
    PITH_AUTO(rate_limit_free_p) struct rate_limit *limits = make(1, 1);
    cr_expect(rate_limit_take(limits, "ann", 3, 0));
    cr_expect_not(rate_limit_take(limits, "ann", 3, 0));
    cr_expect(rate_limit_take(limits, "ben", 3, 0));
}

Test(limits, are_none_at_a_rate_of_0)
{
    PITH_AUTO(rate_limit_free_p) struct rate_limit *limits = make(0, 0);
    cr_expect_eq(take_all(limits, "ann", 0), 1000);
}
