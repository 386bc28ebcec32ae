#include "engine/profile/digest_log.h"
#include "engine/store/store.h"
#include "tests/lib/describing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_same(const struct pith_digest *one, const struct pith_digest *other)
{
    char *left = describe_digest(one), *right = describe_digest(other);
    cr_expect_str_eq(left, right);
    free(left);
    free(right);
}

static struct digest_kept make_kept(int32_t day, size_t papers)
{
    struct digest_kept kept = {.digest = pith_calloc(1, sizeof *kept.digest), .number = pith_calloc(papers, sizeof *kept.number)};
    struct pith_digest *digest = kept.digest;
    digest->day = day;
    digest->state = PITH_DIGEST_SENT;
    digest->last = digest->first = day - 1;
    digest->expected = digest->below = digest->chance = NAN;
    digest->notice = pith_calloc(1, sizeof *digest->notice);
    digest->notice[digest->notices++] = strdup("arXiv posted nothing.");
    digest->change = pith_calloc(1, sizeof *digest->change);
    digest->item = pith_calloc(papers, sizeof *digest->item);
    for (size_t i = 0; i < papers; i++) {
        kept.number[i] = (int64_t)(1000 + i);
        digest->item[i] = (struct pith_digest_item){.section = PITH_EXPLORE,
                                                    .number = i + 1,
                                                    .day = day,
                                                    .announce = PITH_CROSS,
                                                    .probability = 0.25,
                                                    .key = strdup("arxiv:2401.00001"),
                                                    .id = strdup("arXiv:2401.00001"),
                                                    .title = strdup("A title"),
                                                    .url = strdup(""),
                                                    .authors = strdup("Ana Pe\xc3\xb1"
                                                                      "a"),
                                                    .category = strdup("cs.LG"),
                                                    .reason = strdup("kites")};
    }
    digest->count = papers;
    return kept;
}

Test(digest_log, comes_back_as_it_was_kept_and_the_oldest_go)
{
    struct digest_log log = {0}, read = {0};
    struct bytes bytes;
    bytes_init(&bytes, STORE_MAX_SEALED);
    for (int32_t day = 0; day < PITH_DIGEST_DAYS + 5; day++) {
        struct digest_kept kept = make_kept(20000 + (day ^ 1), 2);
        cr_assert_eq(digest_log_add(&log, &kept, NULL), PITH_OK);
    }
    cr_assert_eq(log.count, PITH_DIGEST_DAYS);
    cr_assert_eq(digest_log_write(&log, &bytes, NULL), PITH_OK);
    cr_assert_eq(digest_log_read(&bytes, &read, NULL), PITH_OK);
    cr_assert_eq(read.count, PITH_DIGEST_DAYS);
    cr_expect_null(digest_log_find(&read, 20000));
    for (size_t i = 0; i < read.count; i++) {
        expect_same(log.item[i].digest, read.item[i].digest);
        cr_expect_eq(read.item[i].number[1], 1001);
        cr_expect(i == 0 || read.item[i].digest->day > read.item[i - 1].digest->day);
    }
    digest_log_clear(&log);
    digest_log_clear(&read);
    bytes_clear(&bytes);
}

Test(digest_log, too_long_it_loses_its_oldest_lists)
{
    struct digest_log log = {0}, read = {0};
    struct bytes bytes;
    char *title = malloc(40001);
    memset(title, 'x', 40000);
    title[40000] = '\0';
    bytes_init(&bytes, STORE_MAX_SEALED);
    for (int32_t day = 0; day < 10; day++) {
        struct digest_kept kept = make_kept(20000 + day, 100);
        for (size_t i = 0; i < 100; i++) {
            free(kept.digest->item[i].title);
            kept.digest->item[i].title = strdup(title);
        }
        cr_assert_eq(digest_log_add(&log, &kept, NULL), PITH_OK);
    }
    cr_assert_eq(digest_log_write(&log, &bytes, NULL), PITH_OK);
    cr_expect(bytes.length <= 16 << 20);
    cr_assert_eq(digest_log_read(&bytes, &read, NULL), PITH_OK);
    cr_expect_eq(read.count, 10, "every day is known");
    cr_expect_eq(read.item[0].digest->count, 0);
    cr_expect_eq(read.item[9].digest->count, 100);
    digest_log_clear(&log);
    digest_log_clear(&read);
    bytes_clear(&bytes);
    free(title);
}

Test(digest_log, cut_bytes_are_told)
{
    struct digest_log log = {0}, read = {0};
    struct digest_kept kept = make_kept(20000, 2);
    struct bytes bytes;
    bytes_init(&bytes, STORE_MAX_SEALED);
    cr_assert_eq(digest_log_add(&log, &kept, NULL), PITH_OK);
    cr_assert_eq(digest_log_write(&log, &bytes, NULL), PITH_OK);
    size_t whole = bytes.length;
    for (bytes.length = 1; bytes.length < whole; bytes.length++)
        cr_expect_eq(digest_log_read(&bytes, &read, NULL), PITH_CORRUPT, "cut to %zu bytes", bytes.length);
    cr_expect_eq(read.count, 0);
    digest_log_clear(&log);
    bytes_clear(&bytes);
}
