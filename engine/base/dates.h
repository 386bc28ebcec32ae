/* dates: a day out of any of the spellings that listings and libraries use. */
#ifndef PITH_ENGINE_BASE_DATES_H
#define PITH_ENGINE_BASE_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-07-29", "2026-07-29T00:00:00-04:00", "2016-02", "2014", "2014/07/", "2002 Sep", "1998 Dec-1999 Jan", "Mon, 2 Apr 2007
 * 12:02:40 GMT", "9 Jun 23", "July 2014", "Mar 15, 2023", "Spring 1999", "20210709", "07/2021", "9.7.2021", "Juli 2021". Days since 1970-01-01 as the date is written, whatever
 * the zone; a part left out is the first of it. False when there is no year. */
bool dates_read(const char *text, size_t length, int32_t *ret_day);

/* A moment as the clocks of New York show it, where arXiv announces. */
struct dates_moment {
    int32_t day, written; /* there; as the date is written */
    int minute;           /* of that day */
    bool
        zoned; /* the date has a time and a zone ("GMT", "+0100", "PST"); else a time is taken as UTC, and a day alone as its noon */
};
/* "Thu, 16 Mar 2023 00:40:00 GMT", "2024-02-04T10:00:00Z". Summer time by the rules since 1987 and since 2007. False without a date. */
bool dates_read_eastern(const char *text, size_t length, struct dates_moment *ret_moment);

/* 0 for Sunday to 6 for Saturday. */
int dates_weekday(int32_t day);

/* 1 to 12 of "Sep", "september", "{sep}", "9"; 0 for anything else. */
int dates_month(const char *text, size_t length);

/* The month, and the day where there is one, in what stands beside a year: "4 June", "jan 10", "jul/aug", "12 feb", "6". Parts that
 * are not told are 0. */
void dates_month_day(const char *text, size_t length, int *ret_month, int *ret_day);

/* A day of its parts; month and day 0 when unknown. False for no day of the calendar. */
bool dates_of(int year, int month, int day, int32_t *ret_day);

#endif
