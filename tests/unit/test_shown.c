#include "engine/crypto/vault.h"
#include "engine/profile/shown.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 6000 };

static void start(void)
{
    cr_assert_eq(vault_start(NULL), PITH_OK);
}

/* Notes papers first, first + 1, … as listed on a day. */
static void note(struct bytes *record, size_t first, size_t count, int32_t day, bool expected)
{
    static struct pith_ranked item[MOST];
    static char key[MOST][24];
    bool changed;
    for (size_t i = 0; i < count; i++) {
        snprintf(key[i], sizeof key[i], "id:%zu", first + i);
        item[i] = (struct pith_ranked){.key = key[i], .day = day};
    }
    const struct pith_ranking ranking = {.item = item, .count = count};
    cr_assert_eq(shown_note(record, &ranking, &changed, NULL), PITH_OK);
    cr_expect_eq(changed, expected);
}

static bool before(const struct bytes *record, const char *key, int32_t day)
{
    PITH_AUTO(shown_clear) struct shown seen = {0};
    cr_assert_eq(shown_read(record, &seen, NULL), PITH_OK);
    return shown_before(&seen, key, day);
}

TestSuite(seen, .init = start);

Test(seen, a_paper_is_known_in_later_listings_only)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 20);
    cr_expect_not(before(&record, "id:1", 100));
    note(&record, 1, 3, 10, true);
    note(&record, 1, 3, 10, false);
    note(&record, 3, 2, 12, true);
    cr_expect_not(before(&record, "id:1", 10), "on its own day it is shown as often as asked");
    cr_expect(before(&record, "id:1", 11));
    cr_expect(before(&record, "id:3", 12), "the first day counts");
    cr_expect_not(before(&record, "id:4", 12));
    cr_expect(before(&record, "id:4", 13));
    cr_expect_not(before(&record, "id:5", 13));
}

Test(seen, of_too_many_the_oldest_go)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    bytes_init(&record, 1 << 20);
    note(&record, 0, MOST, 10, true);
    note(&record, MOST, MOST, 11, true);
    cr_expect_not(before(&record, "id:0", 20));
    cr_expect_not(before(&record, "id:1999", 20));
    cr_expect(before(&record, "id:2000", 20), "%d of %d are kept", SHOWN_MOST, 2 * MOST);
    cr_expect(before(&record, "id:11999", 20));
}

Test(seen, damage_is_told)
{
    PITH_AUTO(bytes_clear) struct bytes record;
    struct shown seen = {0};
    bytes_init(&record, 1 << 20);
    note(&record, 1, 3, 10, true);
    record.length--;
    cr_expect_eq(shown_read(&record, &seen, NULL), PITH_CORRUPT);
    record.length += 2;
    cr_expect_eq(shown_read(&record, &seen, NULL), PITH_CORRUPT);
    record.length--;
    record.data[0] = 2;
    cr_expect_eq(shown_read(&record, &seen, NULL), PITH_CORRUPT);
    cr_expect_null(seen.item);
}
