#include "cli/mail/journal.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NOON = 12 * 3600 };

static const char *a_path(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/state/pith/mail.jsonl", testing_folder());
    return path;
}

static struct journal *open_from(const char *path, unsigned day, bool torn)
{
    struct journal *journal;
    struct pith_error error;
    bool was_torn;
    cr_assert_eq(journal_open(path, testing_day(day), &journal, &was_torn, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(was_torn, torn);
    return journal;
}

static void put(struct journal *journal, unsigned day, const char *reader, enum journal_event event)
{
    const struct journal_entry entry = {.day = testing_day(day), .reader = reader, .event = event};
    cr_assert_eq(journal_put(journal, &entry, NOON, NULL), PITH_OK);
}

static void add_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "ab");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void expect_text(const char *path, const char *expected)
{
    size_t length;
    char *text = testing_read(path, &length);
    cr_expect_str_eq(text, expected);
    free(text);
}

Test(journal, is_lines_that_only_its_owner_reads)
{
    const char *path = a_path();
    struct stat about;
    PITH_AUTO(journal_close_p) struct journal *journal = open_from(path, 1, false);
    const struct journal_entry entry = {.day = testing_day(2),
                                        .reader = "Ben \"B\" Cole",
                                        .event = JOURNAL_FAILED,
                                        .inbox_message_id = "<one@lab.example>",
                                        .reason = "451 later"};
    put(journal, 2, "Ann", JOURNAL_CLAIMED);
    cr_assert_eq(journal_put(journal, &entry, NOON, NULL), PITH_OK);
    expect_text(path, "{\"time\":\"1970-01-01T12:00:00Z\",\"date\":\"2024-01-02\",\"reader\":\"Ann\",\"event\":\"claimed\"}\n"
                      "{\"time\":\"1970-01-01T12:00:00Z\",\"date\":\"2024-01-02\",\"reader\":\"Ben \\\"B\\\" Cole\",\"event\":"
                      "\"failed\",\"message_id\":\"<one@lab.example>\",\"reason\":\"451 later\"}\n");
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600U);
}

Test(journal, what_was_last_is_known_again)
{
    static const enum journal_event events[] = {JOURNAL_CLAIMED, JOURNAL_HANDING_OVER, JOURNAL_SENT,
                                                JOURNAL_TOLD,    JOURNAL_FAILED,       JOURNAL_REFUSED};
    const char *path = a_path();
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct journal *journal = open_from(path, 1, false);
        cr_expect_eq(journal_last(journal, testing_day(2), "Ann"), i ? events[i - 1] : JOURNAL_NOTHING);
        put(journal, 2, "Ann", events[i]);
        cr_expect_eq(journal_last(journal, testing_day(2), "Ann"), events[i]);
        cr_expect_eq(journal_last(journal, testing_day(3), "Ann"), JOURNAL_NOTHING);
        cr_expect_eq(journal_last(journal, testing_day(2), "Ben"), JOURNAL_NOTHING);
        journal_close(journal);
    }
    PITH_AUTO(journal_close_p) struct journal *later = open_from(path, 3, false);
    cr_expect_eq(journal_last(later, testing_day(2), "Ann"), JOURNAL_NOTHING, "days before the first are passed over");
}

Test(journal, days_left_unfinished_come_in_order)
{
    const char *path = a_path();
    struct journal *journal = open_from(path, 1, false);
    put(journal, 6, "Ann", JOURNAL_SENT);
    put(journal, 2, "Ann", JOURNAL_HANDING_OVER);
    put(journal, 3, "Ann", JOURNAL_TOLD);
    put(journal, 4, "Ann", JOURNAL_REFUSED);
    put(journal, 5, "Ann", JOURNAL_FAILED);
    put(journal, 2, "Ben", JOURNAL_TOLD);
    journal_close(journal);
    journal = open_from(path, 1, false);
    cr_expect_eq(journal_unfinished(journal, "Ann", PITH_NO_DAY, testing_day(9)), testing_day(2));
    cr_expect_eq(journal_unfinished(journal, "Ann", testing_day(2), testing_day(9)), testing_day(5));
    cr_expect_eq(journal_unfinished(journal, "Ann", testing_day(5), testing_day(9)), testing_day(6));
    cr_expect_eq(journal_unfinished(journal, "Ann", testing_day(6), testing_day(9)), PITH_NO_DAY);
    cr_expect_eq(journal_unfinished(journal, "Ann", testing_day(5), testing_day(6)), PITH_NO_DAY);
    cr_expect_eq(journal_unfinished(journal, "Ben", PITH_NO_DAY, testing_day(9)), PITH_NO_DAY);
    journal_close(journal);
}

Test(journal, a_torn_last_line_is_cut_off)
{
    static const char whole[] = "{\"date\":\"2024-01-02\",\"reader\":\"Ann\",\"event\":\"sent\"}\n";
    const char *path = a_path();
    journal_close(open_from(path, 1, false));
    add_text(path, whole);
    add_text(path, "{\"date\":\"2024-01-02\",\"reader\":\"Ann\",\"event\":\"told\"}");
    PITH_AUTO(journal_close_p) struct journal *journal = open_from(path, 1, true);
    cr_expect_eq(journal_last(journal, testing_day(2), "Ann"), JOURNAL_SENT);
    expect_text(path, whole);
    put(journal, 2, "Ann", JOURNAL_TOLD);
    journal_close(PITH_TAKE(journal));
    journal = open_from(path, 1, false);
    cr_expect_eq(journal_last(journal, testing_day(2), "Ann"), JOURNAL_TOLD);
}

Test(journal, a_line_that_is_none_is_told_and_nothing_changed)
{
    static const char *const wrong[] = {"\n",
                                        "{}\n",
                                        "no JSON\n",
                                        "{\"date\":\"2024-01-02\",\"reader\":\"Ann\",\"event\":\"lost\"}\n",
                                        "{\"date\":\"2024-01-32\",\"reader\":\"Ann\",\"event\":\"sent\"}\n",
                                        "{\"date\":\"2024-01-02\",\"reader\":\"\",\"event\":\"sent\"}\n"};
    static const char whole[] = "{\"date\":\"2024-01-02\",\"reader\":\"Ann\",\"event\":\"sent\"}\n";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *path = a_path();
        struct journal *journal = NULL;
        struct pith_error error;
        char expected[600];
        bool torn;
        journal_close(open_from(path, 1, false));
        add_text(path, whole);
        add_text(path, wrong[i]);
        cr_expect_eq(journal_open(path, testing_day(1), &journal, &torn, &error), PITH_CORRUPT, "%s", wrong[i]);
        cr_expect(strstr(error.message, "mail.jsonl:2: this is no line of the journal"), "%s", error.message);
        cr_expect_null(journal);
        snprintf(expected, sizeof expected, "%s%s", whole, wrong[i]);
        expect_text(path, expected);
    }
}

Test(journal, is_open_once_at_a_time)
{
    const char *path = a_path();
    struct journal *journal = open_from(path, 1, false), *other = NULL;
    struct pith_error error;
    bool torn;
    cr_expect_eq(journal_open(path, testing_day(1), &other, &torn, &error), PITH_EXISTS);
    cr_expect(strstr(error.message, "another pith mail is at work"), "%s", error.message);
    cr_expect_null(other);
    journal_close(journal);
    journal_close(open_from(path, 1, false));
}

Test(journal, a_folder_is_no_journal)
{
    struct journal *journal = NULL;
    struct pith_error error;
    bool torn;
    cr_expect_eq(journal_open(testing_folder(), testing_day(1), &journal, &torn, &error), PITH_IO);
    cr_expect(strstr(error.message, "could not open the journal"), "%s", error.message);
    cr_expect_null(journal);
}
