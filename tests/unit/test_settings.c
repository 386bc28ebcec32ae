#include "engine/profile/settings.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct pith *open_home(const char *folder, bool create)
{
    struct pith *pith;
    struct pith_error error;
    cr_assert_eq(pith_open(folder, create, &pith, &error), PITH_OK, "%s", error.message);
    if (create)
        cr_assert_eq(pith_create_profile(pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(pith_unlock(pith, PITH_PASSPHRASE, "word", 4, 0, NULL), PITH_OK);
    return pith;
}

static void expect_same(const struct pith_settings *one, const struct pith_settings *other)
{
    cr_expect_eq(one->mail, other->mail);
    cr_expect_eq(one->likes, other->likes);
    cr_expect_eq(one->most, other->most);
    cr_expect_eq(one->cost, other->cost);
    cr_expect_eq(one->explore, other->explore);
    cr_expect_eq(one->missed, other->missed);
    cr_expect_eq(one->announce, other->announce);
}

Test(settings, have_defaults_and_stay_as_they_were_put)
{
    const char *folder = testing_folder();
    struct pith *pith = open_home(folder, true);
    struct pith_settings expected = settings_default(), read;
    const struct pith_settings other = {.likes = 2.5, .most = 200, .cost = 0.25, .explore = 2, .missed = 20, .announce = PITH_NEW};
    cr_assert_eq(pith_get_settings(pith, &read, NULL), PITH_OK);
    expect_same(&read, &expected);
    cr_expect(read.mail && read.likes == 5 && read.most == 12 && read.cost == 0 && read.explore == 1 && read.missed == 3);
    cr_assert_eq(pith_put_settings(pith, &other, NULL), PITH_OK);
    pith_close(pith);
    pith = open_home(folder, false);
    cr_assert_eq(pith_get_settings(pith, &read, NULL), PITH_OK);
    expect_same(&read, &other);
    pith_close(pith);
}

Test(settings, out_of_range_are_refused_by_name)
{
    const struct {
        struct pith_settings settings;
        const char *named;
    } wrong[] = {
        {{.likes = 0, .most = 1}, "likes"},
        {{.likes = -1, .most = 1}, "likes"},
        {{.likes = 100.5, .most = 1}, "likes"},
        {{.likes = (double)NAN, .most = 1}, "likes"},
        {{.likes = 1, .most = 0}, "1 to 200"},
        {{.likes = 1, .most = 201}, "1 to 200"},
        {{.likes = 1, .most = 1, .cost = -0.1}, "interruption"},
        {{.likes = 1, .most = 1, .cost = 101}, "interruption"},
        {{.likes = 1, .most = 1, .cost = (double)NAN}, "interruption"},
        {{.likes = 1, .most = 1, .explore = 3}, "explore"},
        {{.likes = 1, .most = 1, .missed = 21}, "missed"},
        {{.likes = 1, .most = 1, .announce = 8}, "announced"},
    };
    struct pith *pith = open_home(testing_folder(), true);
    struct pith_settings expected = settings_default(), read;
    struct pith_error error;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(pith_put_settings(pith, &wrong[i].settings, &error), PITH_USAGE, "%zu", i);
        cr_expect(strstr(error.message, wrong[i].named), "%zu: %s", i, error.message);
    }
    cr_assert_eq(pith_get_settings(pith, &read, NULL), PITH_OK);
    expect_same(&read, &expected);
    pith_close(pith);
}

Test(settings, need_the_profile_and_the_scope)
{
    struct pith *pith = open_home(testing_folder(), true);
    struct pith_key_request request = {.size = sizeof request, .way = PITH_TOKEN, .scopes = PITH_MAY_RANK};
    struct pith_secret *token;
    struct pith_settings settings = settings_default();
    cr_assert_eq(pith_put_key(pith, &request, &token, NULL), PITH_OK);
    cr_assert_eq(pith_set_reader(pith, NULL, NULL), PITH_OK);
    cr_expect_eq(pith_get_settings(pith, &settings, NULL), PITH_LOCKED);
    cr_expect_eq(pith_put_settings(pith, &settings, NULL), PITH_LOCKED);
    cr_assert_eq(pith_unlock(pith, PITH_TOKEN, token->text, strlen(token->text), 0, NULL), PITH_OK);
    cr_expect_eq(pith_get_settings(pith, &settings, NULL), PITH_OK);
    cr_expect_eq(pith_put_settings(pith, &settings, NULL), PITH_LOCKED);
    pith_secret_free(token);
    pith_close(pith);
}

Test(settings, damaged_bytes_are_told)
{
    struct pith_settings settings = settings_default(), read = {.most = 77};
    struct bytes bytes;
    bytes_init(&bytes, 100);
    cr_assert_eq(settings_write(&settings, &bytes, NULL), PITH_OK);
    cr_assert_eq(settings_read(&bytes, &read, NULL), PITH_OK);
    expect_same(&read, &settings);
    read.most = 77;
    size_t whole = bytes.length;
    for (bytes.length = 0; bytes.length < whole; bytes.length++)
        cr_expect_eq(settings_read(&bytes, &read, NULL), PITH_CORRUPT, "cut to %zu bytes", bytes.length);
    bytes_put_u8(&bytes, 0);
    cr_expect_eq(settings_read(&bytes, &read, NULL), PITH_CORRUPT, "one byte more");
    bytes.data[0] = 2;
    bytes.length--;
    cr_expect_eq(settings_read(&bytes, &read, NULL), PITH_CORRUPT, "a newer version");
    cr_expect_eq(read.most, 77, "untouched");
    bytes_clear(&bytes);
}
