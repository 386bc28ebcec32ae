#include <pith/status.h>

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer aborts where the C library says no, unless asked not to. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* ---- messages ---- */

Test(status, fail_says_and_returns_what_went_wrong)
{
    struct pith_error error = {0};
    cr_expect_eq(pith_fail(&error, PITH_INPUT, "line %d: %s", 7, "no title"), PITH_INPUT);
    cr_expect_eq(error.status, PITH_INPUT);
    cr_expect_str_eq(error.message, "line 7: no title");
}

Test(status, nobody_need_listen)
{
    cr_expect_eq(pith_fail(NULL, PITH_CORRUPT, "%s", "unheard"), PITH_CORRUPT);
    cr_expect_eq(pith_grow(&(char *){NULL}, &(size_t){0}, 2, 1, 1, NULL), PITH_NOMEM);
}

Test(status, a_long_message_is_cut_between_characters)
{
    struct pith_error error;
    char text[600], start[8];
    for (size_t lead = 0; lead < 8; lead++) { /* the cut falls on each byte of a character in turn */
        memset(start, 'a', lead);
        start[lead] = '\0';
        for (size_t at = 0; at + 4 < sizeof text; at += 4)
            memcpy(text + at, "\xF0\x9D\x94\xB8", 5); /* 𝔸 */
        pith_fail(&error, PITH_IO, "%s%s", start, text);
        size_t length = strlen(error.message);
        cr_expect(length < sizeof error.message && length > sizeof error.message - 9, "cut to %zu", length);
        cr_expect_eq((length - lead) % 4, 0, "after %zu letters a character was cut", lead);
    }
}

Test(status, a_message_that_just_fits_is_whole)
{
    struct pith_error error;
    char text[sizeof error.message];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    pith_fail(&error, PITH_IO, "%s", text);
    cr_expect_str_eq(error.message, text);
    memcpy(text + sizeof text - 3, "\xC3\xA9", 2); /* é as the last one */
    pith_fail(&error, PITH_IO, "%s", text);
    cr_expect_str_eq(error.message, text);
}

/* As every function of pith passes a failure up. */
static enum pith_status read_header(struct pith_error *reterr)
{
    return pith_fail(reterr, PITH_CORRUPT, "byte 3 is not 1");
}

static enum pith_status read_whole(struct pith_error *reterr)
{
    enum pith_status status = read_header(reterr);
    return status ? status : PITH_OK;
}

Test(status, the_message_nearest_the_cause_is_read_at_the_top)
{
    struct pith_error error = {0};
    cr_expect_eq(read_whole(&error), PITH_CORRUPT);
    cr_expect_str_eq(error.message, "byte 3 is not 1");
    cr_expect_eq(read_whole(NULL), PITH_CORRUPT);
}

Test(status, every_status_has_a_name_of_its_own)
{
    for (int one = PITH_OK; one <= PITH_NOMEM; one++) {
        const char *name = pith_status_name((enum pith_status)one);
        cr_expect(name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name));
        cr_expect_str_neq(name, "unknown");
        for (int other = PITH_OK; other < one; other++)
            cr_expect_str_neq(name, pith_status_name((enum pith_status)other));
    }
    cr_expect_str_eq(pith_status_name((enum pith_status)(PITH_NOMEM + 1)), "unknown");
}

/* ---- memory ---- */

Test(status, calloc_zeroes_and_refuses_a_product_that_wraps_around)
{
    PITH_AUTO(pith_free_p) unsigned char *some = pith_calloc(100, 3);
    PITH_AUTO(pith_free_p) unsigned char *none = pith_calloc(0, 8);
    cr_assert_not_null(some);
    cr_expect_not_null(none, "an empty list is not out of memory");
    for (size_t i = 0; i < 300; i++)
        cr_assert_eq(some[i], 0);
    volatile size_t half = SIZE_MAX / 2 + 2; /* twice this is 2: a plain product would get two bytes */
    cr_expect_null(pith_calloc(half, 2));
    cr_expect_null(pith_calloc(2, half));
    cr_expect_null(pith_recalloc(NULL, half, 2));
}

Test(status, recalloc_keeps_what_was_there_when_it_fails)
{
    PITH_AUTO(pith_free_p) char *text = pith_recalloc(NULL, 6, 1);
    cr_assert_not_null(text);
    memcpy(text, "kept!", 6);
    volatile size_t half = SIZE_MAX / 2 + 2;
    cr_expect_null(pith_recalloc(text, half, 2));
    cr_expect_str_eq(text, "kept!");
    char *longer = pith_recalloc(text, 1000, 1);
    cr_assert_not_null(longer);
    text = longer;
    cr_expect_str_eq(text, "kept!");
}

Test(status, grow_doubles_up_to_its_limit_and_says_so_past_it)
{
    PITH_AUTO(pith_free_p) int *list = NULL;
    size_t cap = 0;
    struct pith_error error = {0};
    cr_assert_eq(pith_grow(&list, &cap, 1, sizeof *list, 100, &error), PITH_OK);
    size_t first = cap;
    list[0] = 42;
    cr_assert_eq(pith_grow(&list, &cap, first + 1, sizeof *list, 100, &error), PITH_OK);
    cr_expect_geq(cap, 2 * first, "one at a time must not copy each time");
    cr_assert_eq(pith_grow(&list, &cap, 60, sizeof *list, 100, &error), PITH_OK);
    cr_assert_eq(pith_grow(&list, &cap, cap + 1, sizeof *list, 100, &error), PITH_OK);
    cr_expect_eq(cap, 100, "doubled, but never past the limit");
    list[99] = 7;
    int *before = list;
    cr_expect_eq(pith_grow(&list, &cap, 101, sizeof *list, 100, &error), PITH_NOMEM);
    cr_expect_eq(error.status, PITH_NOMEM);
    cr_expect_not_null(strstr(error.message, "100 items"));
    cr_expect(list == before && cap == 100 && list[0] == 42 && list[99] == 7, "the list is as it was");
}

Test(status, grow_does_nothing_when_there_is_room)
{
    char *list = NULL;
    size_t cap = 8;
    cr_expect_eq(pith_grow(&list, &cap, 8, 1, 4, NULL), PITH_OK, "the limit was asked when the room was made");
    cr_expect(list == NULL && cap == 8);
    cr_expect_eq(pith_grow(&list, &cap, SIZE_MAX / 2, 4, SIZE_MAX, NULL), PITH_NOMEM, "a product that wraps around");
    cr_expect(list == NULL && cap == 8);
}

/* ---- owners ---- */

static size_t freed;

static void count_free(int *number)
{
    freed += (size_t)*number;
}
PITH_CLEANUP(int, count_free);

static int *hand_over(int *number)
{
    PITH_AUTO(count_free_p) int *owner = number;
    return PITH_TAKE(owner);
}

static void keep(int *number)
{
    PITH_AUTO(count_free_p) int *owner = number;
}

Test(status, an_owner_frees_once_unless_it_hands_over)
{
    int one = 1;
    cr_expect_eq(hand_over(&one), &one);
    cr_expect_eq(freed, 0);
    keep(&one);
    cr_expect_eq(freed, 1);
    keep(NULL);
    cr_expect_eq(freed, 1);
}
