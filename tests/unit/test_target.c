#include "api/target.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static bool reads(const char *raw, struct target *target)
{
    struct pith_error error = {0};
    enum pith_status status = target_read(raw, target, &error);
    cr_expect(status == PITH_OK || (status == PITH_USAGE && *error.message), "%s: %s", raw, error.message);
    return !status;
}

Test(target, takes_path_and_query_apart_before_it_decodes_them)
{
    struct target target;
    cr_assert(reads("/v1/me/votes/doi%3A10.1%2Fx?q=a+b%26c&empty=&bare", &target));
    cr_assert_eq(target.segments, 4);
    cr_expect_str_eq(target.segment[0], "v1");
    cr_expect_str_eq(target.segment[3], "doi:10.1/x", "an escaped slash parts nothing");
    cr_expect_str_eq(target_parameter(&target, "q"), "a b&c", "nor does an escaped &");
    cr_expect_str_eq(target_parameter(&target, "empty"), "");
    cr_expect_str_eq(target_parameter(&target, "bare"), "");
    cr_expect_null(target_parameter(&target, "other"));
    cr_assert(reads("/a+b", &target));
    cr_expect_str_eq(target.segment[0], "a+b", "a plus is a blank in a query alone");
}

Test(target, refuses_what_is_no_text)
{
    static const char *const bad[] = {"",     "v1",       "http://a/b", "/%",      "/%2",        "/%zz",          "/%00",
                                      "/%0a", "/%7f",     "/%ff",       "/%c0%af", "/%ed%a0%80", "/%f4%90%80%80", "/%e2%82",
                                      "/a?%", "/a?b=%0d", "/a?%zz=1"};
    struct target target;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_not(reads(bad[i], &target), "%s", bad[i]);
    cr_expect(reads("/%C3%A9/%e2%82%ac/%f0%9f%98%80", &target));
}

Test(target, refuses_a_parameter_twice_and_too_much_of_anything)
{
    struct target target;
    char many[TARGET_LONGEST + 2] = "/a?", long_path[TARGET_LONGEST + 2];
    cr_expect_not(reads("/a?b=1&b=1", &target));
    cr_expect_not(reads("/a?b=1&%62=1", &target), "in whatever spelling");
    cr_expect(reads("/1/2/3/4/5/6/7/8", &target));
    cr_expect_not(reads("/1/2/3/4/5/6/7/8/9", &target));
    for (int i = 0; i < TARGET_PARAMETERS; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%sp%d=1", i ? "&" : "", i);
    cr_expect(reads(many, &target));
    strcat(many, "&more=1");
    cr_expect_not(reads(many, &target));
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    long_path[TARGET_LONGEST] = '\0';
    cr_expect(reads(long_path, &target));
    long_path[TARGET_LONGEST] = 'a';
    long_path[TARGET_LONGEST + 1] = '\0';
    cr_expect_not(reads(long_path, &target));
}
