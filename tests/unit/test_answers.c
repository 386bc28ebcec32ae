#include "engine/profile/answers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct answer voted(int32_t digest)
{
    return (struct answer){.digest = digest, .told = PITH_NO_DAY, .votes = 2, .vote = {{1, 1}, {300, -1}}};
}

static struct answer failed(int32_t digest, const char *fault)
{
    struct answer answer = {.digest = digest, .told = PITH_NO_DAY};
    snprintf(answer.fault, sizeof answer.fault, "%s", fault);
    return answer;
}

static struct answers written_and_read(const struct answers *answers)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    struct answers read = {0};
    bytes_init(&bytes, 1 << 20);
    cr_assert_eq(answers_write(answers, &bytes, NULL), PITH_OK);
    cr_assert_eq(answers_read(&bytes, &read, NULL), PITH_OK);
    return read;
}

Test(answers, are_read_as_they_were_written)
{
    struct answers answers = {0};
    const struct answer one = voted(20000), two = failed(20001, "it is not clear");
    answers_add(&answers, &one);
    answers_add(&answers, &two);
    answers.item[0].told = 20002;
    const struct answers read = written_and_read(&answers);
    cr_assert_eq(read.count, 2);
    cr_expect(read.item[0].digest == 20000 && read.item[0].told == 20002 && read.item[0].votes == 2);
    cr_expect(read.item[0].vote[1].number == 300 && read.item[0].vote[1].verdict == -1 && !*read.item[0].fault);
    cr_expect_str_eq(read.item[1].fault, "it is not clear");
    cr_expect(!read.item[1].votes && read.item[1].told == PITH_NO_DAY);
    const struct answers none = written_and_read(&(struct answers){0});
    cr_expect_eq(none.count, 0);
}

Test(answers, the_oldest_go)
{
    struct answers answers = {0};
    for (int32_t day = 0; day < ANSWERS_MOST + 3; day++) {
        const struct answer answer = voted(day);
        answers_add(&answers, &answer);
    }
    cr_assert_eq(answers.count, ANSWERS_MOST);
    cr_expect_eq(answers.item[0].digest, 3);
    cr_expect_eq(answers.item[ANSWERS_MOST - 1].digest, ANSWERS_MOST + 2);
    cr_expect_eq(written_and_read(&answers).count, ANSWERS_MOST);
}

Test(answers, each_is_told_by_one_digest)
{
    struct answer answer = voted(1);
    cr_expect(answers_is_told(&answer, 5) && answers_is_told(&answer, 6));
    answer.told = 5;
    cr_expect(answers_is_told(&answer, 5) && !answers_is_told(&answer, 6));
}

Test(answers, bytes_that_are_none_are_damage)
{
    PITH_AUTO(bytes_clear) struct bytes bytes;
    PITH_AUTO(bytes_clear) struct bytes cut;
    struct answers answers = {0}, read = {.count = 7};
    const struct answer one = voted(20000), two = failed(20001, "no");
    bytes_init(&bytes, 1 << 20);
    bytes_init(&cut, 1 << 20);
    cr_expect(answers_read(&bytes, &read, NULL) == PITH_OK && read.count == 0, "no bytes, no answers");
    answers_add(&answers, &one);
    answers_add(&answers, &two);
    cr_assert_eq(answers_write(&answers, &bytes, NULL), PITH_OK);
    for (size_t length = 1; length < bytes.length; length++) {
        cut.length = 0;
        bytes_put(&cut, bytes.data, length);
        cr_expect_eq(answers_read(&cut, &read, NULL), PITH_CORRUPT, "%zu bytes of %zu", length, bytes.length);
    }
    bytes_put_u8(&bytes, 0);
    cr_expect_eq(answers_read(&bytes, &read, NULL), PITH_CORRUPT);
    answers.item[0].vote[0].verdict = 0;
    cr_assert_eq(answers_write(&answers, &bytes, NULL), PITH_OK);
    cr_expect_eq(answers_read(&bytes, &read, NULL), PITH_CORRUPT, "neither up nor down");
}
