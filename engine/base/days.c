#include "engine/base/days.h"

#include <stdio.h>

/* The arithmetic is H. Hinnant's ("chrono-compatible low-level date algorithms"). */
enum { DAYS_BEFORE_1970 = 719468 };

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int32_t day_of(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int of_era = year - era * 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_BEFORE_1970;
}

static void date_of(int32_t day, int *year, int *month, int *day_of_month)
{
    int32_t shifted = day + DAYS_BEFORE_1970, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int32_t in_era = shifted - era * 146097;
    int32_t of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int32_t in_year = in_era - (365 * of_era + of_era / 4 - of_era / 100), shifted_month = (5 * in_year + 2) / 153;
    *day_of_month = in_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month + (shifted_month < 10 ? 3 : -9);
    *year = of_era + era * 400 + (*month <= 2);
}

static bool read_number(const char **at, const char *end, int most_digits, int *ret_number)
{
    int number = 0, digits = 0;
    while (*at < end && is_digit(**at) && digits < most_digits) {
        number = number * 10 + (*(*at)++ - '0');
        digits++;
    }
    *ret_number = number;
    return digits > 0;
}

bool days_from_text(const char *text, size_t length, int32_t *ret_day)
{
    const char *at = text, *end = text + length;
    int year, month, day, back_year, back_month, back_day;
    if (length < 8 || !is_digit(text[3]) || !read_number(&at, end, 4, &year) || at == end || *at++ != '-' ||
        !read_number(&at, end, 2, &month) || at == end || *at++ != '-' || !read_number(&at, end, 2, &day))
        return false;
    if (at != end && *at != 'T' && *at != ' ')
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    int32_t made = day_of(year, month, day);
    date_of(made, &back_year, &back_month, &back_day);
    if (back_month != month || back_day != day) /* the 30th of February */
        return false;
    *ret_day = made;
    return true;
}

const char *days_text(int32_t day, char buffer[16])
{
    int year, month, day_of_month;
    buffer[0] = '\0';
    if (day <= -DAYS_BEFORE_1970 || day > 2932896) /* unknown, or no year of four digits */
        return buffer;
    date_of(day, &year, &month, &day_of_month);
    snprintf(buffer, 16, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day_of_month % 100);
    return buffer;
}
