#include "engine/sources/arxiv_days.h"

#include <criterion/criterion.h>
#include <string.h>

/* Times of submission, and the page that arXiv's own schedule gives: closes at 14:00 Eastern from Monday to Friday. */
Test(arxiv_days, a_submission_stands_on_the_page_after_its_close)
{
    static const struct {
        const char *time, *page;
    } rows[] = {
        {"2024-03-04T17:59:00Z", "2024-03-05"}, /* Monday, 12:59 in winter time */
        {"2024-03-04T18:59:59Z", "2024-03-05"}, /* 13:59 */
        {"2024-03-04T19:00:00Z", "2024-03-06"}, /* the close is over */
        {"2024-03-11T17:59:00Z", "2024-03-12"}, /* 13:59 in summer time, from the second Sunday of March on */
        {"2024-03-11T18:00:00Z", "2024-03-13"},
        {"2024-03-08T10:00:00Z", "2024-03-11"}, /* Friday before the close: Sunday's mailing, Monday's page */
        {"2024-03-08T20:00:00Z", "2024-03-12"}, /* after it: Monday's mailing */
        {"Sat, 9 Mar 2024 12:00:00 GMT", "2024-03-12"},
        {"Sun, 10 Mar 2024 12:00:00 GMT", "2024-03-12"},
        {"Mon, 11 Mar 2024 17:00:00 GMT", "2024-03-12"},
        {"Wed, 15 Mar 2023 18:34:08 GMT", "2023-03-17"},
        {"Thu, 14 Nov 2024 13:30:00 -0500", "2024-11-15"},
        {"2024-11-03T05:30:00Z", "2024-11-05"},         /* the night in which summer time ends */
        {"2024-03-05", "2024-03-06"},                   /* a day alone counts as its noon */
        {"Mon, 6 Apr 1998 17:30:00 GMT", "1998-04-07"}, /* the rules before 2007 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t day = 0;
        char text[16];
        cr_expect(arxiv_page_of_submission(rows[i].time, strlen(rows[i].time), &day), "%s", rows[i].time);
        cr_expect_str_eq(pith_day_text(day, text), rows[i].page, "%s: %s", rows[i].time, text);
    }
    int32_t day;
    cr_expect_not(arxiv_page_of_submission("soon", 4, &day));
}

Test(arxiv_days, a_mailing_is_the_page_of_the_next_weekday)
{
    static const struct {
        const char *date, *page;
        bool at_hour;
    } rows[] = {
        {"Fri, 17 Mar 23 00:31:14 GMT", "2023-03-17", true}, /* Thursday evening in New York */
        {"Thu, 16 Mar 2023 20:31:14 -0400", "2023-03-17", true},  {"Fri, 17 Mar 2023 09:31:14 +0900", "2023-03-17", true},
        {"Mon, 11 Mar 24 00:35:02 GMT", "2024-03-11", true},      /* Sunday evening */
        {"Fri, 17 Mar 2023 06:00:00 +0000", "2023-03-17", false}, /* late: two in the morning */
        {"Fri, 17 Mar 2023 21:00:00 -0400", "2023-03-20", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t day = 0;
        bool at_hour = !rows[i].at_hour;
        char text[16];
        cr_expect(arxiv_page_of_mailing(rows[i].date, strlen(rows[i].date), &day, &at_hour), "%s", rows[i].date);
        cr_expect_str_eq(pith_day_text(day, text), rows[i].page, "%s: %s", rows[i].date, text);
        cr_expect_eq(at_hour, rows[i].at_hour, "%s", rows[i].date);
    }
    int32_t day;
    bool at_hour;
    cr_expect_not(arxiv_page_of_mailing("Fri, Mar 17, 2023 at 1:31 AM", 28, &day, &at_hour),
                  "a clock without a zone tells no evening");
}
