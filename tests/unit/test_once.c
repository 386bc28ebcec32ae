#include "engine/profile/once.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static struct once_request request(unsigned name, unsigned body)
{
    struct once_request made = {{0}, {0}};
    memcpy(made.name, &name, sizeof name);
    memcpy(made.body, &body, sizeof body);
    return made;
}

static void add(struct bytes *record, unsigned name, const char *text, size_t length, int64_t now)
{
    const struct once_request of = request(name, 1);
    const struct once_answer answer = {now + DAY, 201, (const unsigned char *)text, length};
    cr_assert_eq(once_add(record, &of, &answer, now, NULL), PITH_OK);
}

static enum pith_status find(const struct bytes *record, unsigned name, unsigned body, int64_t now, struct once_answer *ret_answer)
{
    const struct once_request of = request(name, body);
    return once_find(record, &of, now, ret_answer, NULL);
}

Test(once, tells_an_answer_again_for_a_day)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    struct once_answer answer;
    bytes_init(&record, 1 << 20);
    cr_expect_eq(find(&record, 7, 1, 0, &answer), PITH_NOT_FOUND);
    add(&record, 7, "seven", 5, 100);
    add(&record, 8, "", 0, 200);
    cr_assert_eq(find(&record, 7, 1, 100 + DAY - 1, &answer), PITH_OK);
    cr_expect_eq(answer.status, 201);
    cr_expect_eq(answer.length, 5);
    cr_expect_eq(memcmp(answer.text, "seven", 5), 0);
    cr_expect_eq(find(&record, 7, 2, 100, &answer), PITH_EXISTS, "with another body");
    cr_expect_eq(find(&record, 7, 1, 100 + DAY, &answer), PITH_NOT_FOUND, "its time is over");
    cr_expect_eq(find(&record, 8, 1, 100 + DAY, &answer), PITH_OK);
    cr_expect_eq(answer.length, 0);
    size_t before = record.length;
    add(&record, 9, "nine!", 5, 100 + DAY);
    cr_expect_eq(record.length, before, "what is over makes room");
}

Test(once, forgets_the_oldest_of_too_many)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    PITH_AUTO(pith_free_p) char *text = calloc(40000, 1);
    struct once_answer answer;
    bytes_init(&record, 1 << 20);
    for (unsigned i = 0; i < 20; i++) {
        add(&record, i, text, 40000, 0);
        cr_assert_leq(record.length, ONCE_MOST);
    }
    for (unsigned i = 0; i < 20; i++)
        cr_expect_eq(find(&record, i, 1, 1, &answer), i < 14 ? PITH_NOT_FOUND : PITH_OK, "%u", i);
}

Test(once, keeps_of_a_long_answer_that_it_was_given)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    PITH_AUTO(pith_free_p) char *text = calloc(1, ONCE_MOST);
    struct once_answer answer;
    bytes_init(&record, 1 << 20);
    add(&record, 1, text, ONCE_MOST, 0);
    cr_assert_eq(find(&record, 1, 1, 1, &answer), PITH_OK);
    cr_expect_eq(answer.length, 0);
    cr_expect_eq(answer.status, 201);
}

Test(once, reads_no_record_that_is_none)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    struct once_answer answer;
    bytes_init(&record, 1 << 20);
    add(&record, 1, "one", 3, 0);
    add(&record, 2, "two", 3, 0);
    size_t whole = record.length;
    for (record.length = 1; record.length < whole; record.length++) {
        enum pith_status status = find(&record, 2, 1, 1, &answer);
        cr_expect_eq(status, PITH_CORRUPT, "cut to %zu bytes", record.length);
    }
    record.data[0] = 2;
    cr_expect_eq(find(&record, 1, 1, 1, &answer), PITH_CORRUPT, "of another version");
    const struct once_request of = request(3, 1);
    cr_expect_eq(once_add(&record, &of, &(struct once_answer){.expires = 9}, 1, NULL), PITH_CORRUPT);
}
