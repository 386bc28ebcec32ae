#include "api/form.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ENCODED "application/x-www-form-urlencoded"
#define PARTS "multipart/form-data; boundary=edge"

static enum pith_status take(const char *type, const char *body, struct form *form)
{
    return form_read(type, body, strlen(body), form, NULL);
}

Test(form, reads_fields_as_browsers_send_them)
{
    PITH_AUTO(form_clear) struct form form = {0};
    cr_assert_eq(
        take(ENCODED "; charset=UTF-8", "up=arxiv%3A2401.00001&back=.%2F%3Fday%3D1&words=two+words%0D%0A%C3%A9&empty=", &form),
        PITH_OK);
    cr_expect_str_eq(form_text(&form, "up"), "arxiv:2401.00001");
    cr_expect_str_eq(form_text(&form, "back"), "./?day=1");
    cr_expect_str_eq(form_text(&form, "words"), "two words\r\n\303\251");
    cr_expect_str_eq(form_text(&form, "empty"), "");
    cr_expect_str_eq(form_text(&form, "missing"), "");
    size_t length;
    cr_expect_null(form_file(&form, "up", &length));
}

Test(form, reads_parts_and_files_of_any_bytes)
{
    static const char body[] = "--edge\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nabc\r\n"
                               "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"name=\\\"x\\\".bib\"\r\n"
                               "Content-Type: text/plain\r\n\r\n\0\377\r\n--edg\r\n--edge--\r\n";
    PITH_AUTO(form_clear) struct form form = {0};
    size_t length = 0;
    cr_assert_eq(form_read("multipart/form-data; boundary=\"edge\"", body, sizeof body - 1, &form, NULL), PITH_OK);
    cr_expect_str_eq(form_text(&form, "form"), "abc");
    const char *file = form_file(&form, "file", &length);
    cr_assert(file);
    cr_expect_eq(length, 9);
    cr_expect(memcmp(file, "\0\377\r\n--edg", 9) == 0);
    cr_expect_str_eq(form_text(&form, "file"), "", "a file is no text");
}

Test(form, refuses_what_is_none)
{
    static const struct {
        const char *type, *body;
    } bad[] = {
        {ENCODED, "a=%zz"},
        {ENCODED, "a=%00"},
        {ENCODED, "a=%ff"},
        {ENCODED, "a=%07"},
        {ENCODED, "a=1&a=2"},
        {ENCODED, "=1"},
        {ENCODED, "a%0A=1"},
        {"text/plain", "a=1"},
        {"application/x-www-form-urlencodedX", "a=1"},
        {NULL, "a=1"},
        {"multipart/form-data", "--edge--"},
        {"multipart/form-data; boundary=", "--edge--"},
        {PARTS, "edge"},
        {PARTS, "--edge"},
        {PARTS, "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"},
        {PARTS, "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n1\r\n--edge--"},
        {PARTS, "--edge\r\n--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--edge--"},
        {PARTS, "--edge\r\n--edge--"},
        {PARTS, "--edge\r\nContent-Disposition: form-data\r\n\r\n1\r\n--edge--"},
        {PARTS, "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\377\r\n--edge--"},
        {PARTS, "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--edge"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct form form = {0};
        cr_expect_eq(take(bad[i].type, bad[i].body, &form), PITH_USAGE, "%s: %s", bad[i].type, bad[i].body);
        cr_expect_null(form.text, "untouched");
    }
}

Test(form, has_room_for_so_many_fields_and_no_more)
{
    char body[2000];
    for (size_t count = FORM_FIELDS; count <= FORM_FIELDS + 1; count++) {
        PITH_AUTO(form_clear) struct form form = {0};
        size_t used = 0;
        for (size_t i = 0; i < count; i++)
            used += (size_t)snprintf(body + used, sizeof body - used, "%sf%zu=1", i ? "&" : "", i);
        cr_expect_eq(take(ENCODED, body, &form), count <= FORM_FIELDS ? PITH_OK : PITH_USAGE);
    }
}

Test(form, may_be_empty)
{
    PITH_AUTO(form_clear) struct form form = {0};
    cr_expect_eq(take(NULL, "", &form), PITH_OK);
    cr_expect_eq(form.fields, 0);
}
