#include "cli/config.h"
#include "cli/config_edit.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE                                                                                                                     \
    "# mine\n[smtp]\n# url = smtp://h   # a comment\nfrom = a@b\n\n# of readers\n[reader \"Ann Lee\"]\naddress = ann@b # "         \
    "hers\ntoken-file = t\n"

static void expect_set(const char *text, const char *name, const char *value, const char *expected)
{
    PITH_AUTO(pith_free_p) char *changed = NULL;
    struct config_edit_key key;
    struct pith_error error = {0};
    cr_assert_eq(config_edit_key(name, &key, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(config_edit_set(text, &key, value, &changed, &error), PITH_OK, "%s", error.message);
    cr_expect_str_eq(changed, expected);
}

Test(config_edit, names_are_sections_titles_and_keys)
{
    struct config_edit_key key;
    cr_assert_eq(config_edit_key("smtp.password-file", &key, NULL), PITH_OK);
    cr_expect(!strcmp(key.section, "smtp") && !*key.title && !strcmp(key.key, "password-file"));
    cr_assert_eq(config_edit_key("reader.Ann B. Lee.address", &key, NULL), PITH_OK);
    cr_expect(!strcmp(key.section, "reader") && !strcmp(key.title, "Ann B. Lee") && !strcmp(key.key, "address"));
    static const char *const wrong[] = {"smtp", "", ".", ".url", "smtp.", "reader.\"A\".address", "a.b]\n[c.d"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(config_edit_key(wrong[i], &key, NULL), PITH_USAGE, "%s", wrong[i]);
}

Test(config_edit, sets_a_key_where_it_belongs)
{
    expect_set("", "smtp.url", "smtp://h", "[smtp]\nurl = smtp://h\n");
    expect_set("[mail]\nto = a@b", "source.x.from", "hf", "[mail]\nto = a@b\n\n[source \"x\"]\nfrom = hf\n");
    expect_set("[smtp]\nurl = one\n[mail]\n", "smtp.url", "two", "[smtp]\nurl = two\n[mail]\n");
    expect_set("[ smtp ]\nurl=one", "smtp.url", "two", "[ smtp ]\nurl = two\n");
    expect_set("[smtp]\nurl = one\n", "smtp.url", "", "[smtp]\n");
    expect_set("[smtp]\n", "mail.to", "", "[smtp]\n");
    expect_set("[smtp]\n# user = u\n\n# about mail\n[mail]\n", "smtp.from", "a@b",
               "[smtp]\nfrom = a@b\n# user = u\n\n# about mail\n[mail]\n");
    expect_set("[smtp]\n# url = x\n# user = u\n", "smtp.url", "smtp://h", "[smtp]\n# url = x\nurl = smtp://h\n# user = u\n");
    expect_set("[mail]\nto = x\n", "mail.to", "Ann <a@b>", "[mail]\nto = \"Ann <a@b>\"\n");
    expect_set(SAMPLE, "reader.Ann Lee.address", "ann@c",
               "# mine\n[smtp]\n# url = smtp://h   # a comment\nfrom = a@b\n\n# of readers\n[reader \"Ann Lee\"]\naddress = "
               "ann@c\ntoken-file = t\n");
}

Test(config_edit, values_that_no_line_holds_are_refused)
{
    PITH_AUTO(pith_free_p) char *changed = NULL;
    struct config_edit_key key;
    cr_assert_eq(config_edit_key("mail.to", &key, NULL), PITH_OK);
    cr_expect_eq(config_edit_set("", &key, "a\nb", &changed, NULL), PITH_USAGE);
    cr_expect_eq(config_edit_set("", &key, "a \"b\"", &changed, NULL), PITH_USAGE);
    cr_expect_null(changed);
}

Test(config_edit, sections_are_dropped_and_renamed_alone)
{
    PITH_AUTO(pith_free_p) char *dropped = NULL, *renamed = NULL, *same = NULL;
    struct config_edit_key key;
    cr_assert_eq(config_edit_key("reader.Ann Lee.address", &key, NULL), PITH_OK);
    cr_assert_eq(config_edit_drop(SAMPLE "[mail]\nto = x\n", &key, &dropped, NULL), PITH_OK);
    cr_expect_str_eq(dropped, "# mine\n[smtp]\n# url = smtp://h   # a comment\nfrom = a@b\n\n# of readers\n[mail]\nto = x\n");
    cr_assert_eq(config_edit_rename(SAMPLE, &key, "Ann", &renamed, NULL), PITH_OK);
    cr_expect(strstr(renamed, "[reader \"Ann\"]\naddress = ann@b # hers\n"));
    cr_assert_eq(config_edit_drop("[mail]\n", &key, &same, NULL), PITH_OK);
    cr_expect_str_eq(same, "[mail]\n");
}

/* Whatever is set reads back as it was set, beside all that stood there. */
Test(config_edit, what_is_set_reads_back)
{
    static const char *const values[] = {"a@b", "Ann Lee <a@b>", "x#y@z", "Ann # Lee <a@b>"};
    struct config_edit_key key;
    char path[4096];
    snprintf(path, sizeof path, "%s/config", testing_folder());
    cr_assert_eq(config_edit_key("mail.to", &key, NULL), PITH_OK);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        PITH_AUTO(pith_free_p) char *changed = NULL;
        PITH_AUTO(config_free_p) struct config *config = NULL;
        struct pith_error error = {0};
        cr_assert_eq(config_edit_set(SAMPLE, &key, values[i], &changed, NULL), PITH_OK);
        FILE *file = fopen(path, "wb");
        cr_assert(file && fputs(changed, file) >= 0 && fclose(file) == 0);
        cr_assert_eq(config_read(path, &config, &error), PITH_OK, "%s", error.message);
        cr_expect_str_eq(config->mailing->to, values[i]);
        cr_expect_eq(config->mailing->readers, 1);
    }
}
