#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <string.h>

#define SECRET "correct horse battery"

static struct pith *open_home(void)
{
    struct pith *pith = NULL;
    struct pith_error error;
    cr_assert_eq(pith_open(testing_folder(), true, &pith, &error), PITH_OK, "%s", error.message);
    return pith;
}

static void make(struct pith *pith, const char *reader)
{
    struct pith_error error;
    cr_assert_eq(pith_set_reader(pith, reader, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(pith, SECRET, strlen(SECRET), PITH_INTERACTIVE, &error), PITH_OK, "%s", error.message);
}

static void ignore(void *user, bool good, const char *what)
{
    (void)user, (void)good, (void)what;
}

static enum pith_status unlock(struct pith *pith, const char *reader)
{
    cr_assert_eq(pith_set_reader(pith, reader, NULL), PITH_OK);
    return pith_unlock(pith, PITH_PASSPHRASE, SECRET, strlen(SECRET), 0, NULL);
}

Test(names, the_first_reader_stays_reachable)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    struct pith_error error = {0};
    make(pith, NULL);
    cr_expect_eq(unlock(pith, "default"), PITH_OK);
    make(pith, "Ann");
    cr_expect_eq(unlock(pith, NULL), PITH_USAGE, "of two nobody is meant");
    cr_expect_eq(unlock(pith, "default"), PITH_OK);
    cr_expect_eq(unlock(pith, "Ann"), PITH_OK);
    cr_assert_eq(pith_set_reader(pith, NULL, NULL), PITH_OK);
    cr_expect_eq(pith_unlock(pith, PITH_PASSPHRASE, SECRET, strlen(SECRET), 0, &error), PITH_USAGE);
    cr_expect(strstr(error.message, "--reader default"), "%s", error.message);
}

Test(names, default_is_nobody_where_each_has_a_name)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    make(pith, "Ann");
    cr_expect_eq(unlock(pith, "default"), PITH_NOT_FOUND);
}

Test(names, a_reader_gets_another_name)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    make(pith, "Ann");
    make(pith, "Ben");
    cr_assert_eq(unlock(pith, "Ann"), PITH_OK);
    cr_expect_eq(pith_rename(pith, "Ben", NULL), PITH_EXISTS);
    cr_expect_eq(pith_rename(pith, "default", NULL), PITH_USAGE);
    cr_expect_eq(pith_rename(pith, "", NULL), PITH_USAGE);
    cr_assert_eq(pith_rename(pith, "Anna", NULL), PITH_OK);
    cr_expect_eq(pith_record(pith, NULL, 0, NULL, NULL), PITH_OK, "it stays open");
    cr_expect_eq(unlock(pith, "Ann"), PITH_NOT_FOUND);
    cr_expect_eq(unlock(pith, "Anna"), PITH_OK);
    cr_expect_eq(unlock(pith, "Ben"), PITH_OK);
    cr_expect_eq(pith_check(pith, ignore, NULL, NULL), PITH_OK, "and whole");
}

Test(names, the_first_reader_gets_a_name)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    make(pith, NULL);
    cr_assert_eq(unlock(pith, NULL), PITH_OK);
    cr_assert_eq(pith_rename(pith, "Ann", NULL), PITH_OK);
    cr_expect_eq(unlock(pith, "Ann"), PITH_OK);
    cr_expect_eq(unlock(pith, "default"), PITH_NOT_FOUND);
}

Test(names, only_an_open_profile_is_renamed)
{
    PITH_AUTO(pith_close_p) struct pith *pith = open_home();
    make(pith, "Ann");
    cr_expect_eq(pith_rename(pith, "Anna", NULL), PITH_LOCKED);
}
