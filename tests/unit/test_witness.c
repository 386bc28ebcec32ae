#include "engine/crypto/witness.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct witness_head first = {.id = {1}, .counter = 7, .tag = {7}}, later = {.id = {1}, .counter = 9, .tag = {9}},
                                 other = {.id = {2}, .counter = 3, .tag = {3}};

static const char *path(void)
{
    static char name[4096];
    snprintf(name, sizeof name, "%s/witness", testing_folder());
    return name;
}

Test(witness, a_file_that_is_not_there_says_nothing)
{
    cr_expect_eq(witness_check(path(), &first, NULL), PITH_OK);
}

Test(witness, an_older_head_is_told_and_a_later_one_taken)
{
    struct pith_error error;
    const char *file = path();
    cr_assert_eq(witness_note(file, &first, NULL), PITH_OK);
    cr_expect_eq(witness_check(file, &first, NULL), PITH_OK);
    cr_expect_eq(witness_check(file, &later, NULL), PITH_OK);
    cr_assert_eq(witness_note(file, &later, NULL), PITH_OK);
    cr_expect_eq(witness_check(file, &first, &error), PITH_CORRUPT);
    cr_expect(strstr(error.message, "write 7 of at least 9"), "%s", error.message);
}

Test(witness, two_heads_of_one_number_are_told)
{
    struct witness_head fork = later;
    struct pith_error error;
    const char *file = path();
    fork.tag[15] = 1;
    cr_assert_eq(witness_note(file, &later, NULL), PITH_OK);
    cr_expect_eq(witness_check(file, &fork, &error), PITH_CORRUPT);
    cr_expect(strstr(error.message, "two copies"), "%s", error.message);
}

Test(witness, each_profile_has_its_line)
{
    const char *file = path();
    struct stat stat_of;
    cr_assert_eq(witness_note(file, &later, NULL), PITH_OK);
    cr_assert_eq(witness_note(file, &other, NULL), PITH_OK);
    cr_assert_eq(witness_note(file, &other, NULL), PITH_OK);
    cr_expect_eq(witness_check(file, &first, NULL), PITH_CORRUPT, "the other's line took nothing away");
    cr_expect_eq(witness_check(file, &other, NULL), PITH_OK);
    size_t length;
    char *text = testing_read(file, &length);
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    cr_expect_eq(lines, 2, "%s", text);
    cr_assert_eq(stat(file, &stat_of), 0);
    cr_expect_eq(stat_of.st_mode & 0777, 0600);
    free(text);
}

Test(witness, another_file_is_refused_and_left_alone)
{
    const char *file = path();
    FILE *out = fopen(file, "w");
    cr_assert(out);
    fputs("a letter to my aunt\n", out);
    fclose(out);
    cr_expect_eq(witness_check(file, &first, NULL), PITH_INPUT);
    cr_expect_eq(witness_note(file, &first, NULL), PITH_INPUT);
    size_t length;
    char *text = testing_read(file, &length);
    cr_expect_str_eq(text, "a letter to my aunt\n");
    free(text);
    cr_expect_eq(witness_note("/nowhere/at/all", &first, NULL), PITH_IO);
}
