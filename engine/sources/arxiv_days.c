#include "engine/sources/arxiv_days.h"

#include "engine/base/dates.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    HOUR = 60,
    DAY = 24 * HOUR, /* minutes */
    CLOSE = 14 * HOUR,
    ANNOUNCED = 20 * HOUR,
    SAME_ANNOUNCEMENT = 7, /* days between two versions that are news together */
};

enum weekday { SUNDAY, MONDAY, FRIDAY = 5, SATURDAY };

static int weekday_of(int32_t day)
{
    return (day % 7 + 7 + 4) % 7; /* day 0 was a Thursday */
}

/* The nth Sunday of a month, the last for n = 5. */
static int32_t sunday_of(int year, int month, int n)
{
    int32_t day = 0, next = 0;
    dates_of(year, month, 1, &day);
    dates_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, &next);
    day += (7 - weekday_of(day)) % 7 + 7 * (n - 1);
    return day < next ? day : day - 7;
}

/* How far New York is behind, at a moment in minutes since 1970 UTC: summer time by the rules since 1987 and since 2007. */
static int behind(int64_t minute)
{
    char text[16];
    int32_t day = (int32_t)(minute / DAY);
    int year = 0;
    days_text(day, text);
    for (int i = 0; i < 4 && isdigit((unsigned char)text[i]); i++)
        year = 10 * year + text[i] - '0';
    bool late = year >= 2007;
    int64_t begins = (int64_t)sunday_of(year, late ? 3 : 4, late ? 2 : 1) * DAY + 7 * HOUR;
    int64_t ends = (int64_t)sunday_of(year, late ? 11 : 10, late ? 1 : 5) * DAY + 6 * HOUR;
    return minute >= begins && minute < ends ? 4 * HOUR : 5 * HOUR;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

/* "GMT", "EDT", "-0400", "+01:00": minutes ahead of UTC. */
static bool read_zone(const char *at, const char *end, int *ret_ahead)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"Z", 0},    {"EST", -5}, {"EDT", -4},
                 {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    while (at < end && (*at == ' ' || *at == '.' || *at == ':' || isdigit((unsigned char)*at)))
        at++;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if ((size_t)(end - at) >= strlen(zones[i].name) && strncasecmp(at, zones[i].name, strlen(zones[i].name)) == 0) {
            *ret_ahead = zones[i].hours * HOUR;
            return true;
        }
    if (end - at < 5 || (*at != '+' && *at != '-') || !isdigit((unsigned char)at[1]) || !isdigit((unsigned char)at[2]))
        return false;
    const char *rest = at + 3 + (at[3] == ':');
    if (end - rest < 2 || !isdigit((unsigned char)rest[0]) || !isdigit((unsigned char)rest[1]))
        return false;
    *ret_ahead = (two_digits(at + 1) * HOUR + two_digits(rest)) * (*at == '-' ? -1 : 1);
    return true;
}

/* The day and the minute of the day in New York; false without a date. *ret_zoned false: without a time or a zone, taken as UTC. */
static bool read_eastern(const char *text, size_t length, int32_t *ret_day, int *ret_minute, bool *ret_zoned)
{
    const char *end = text + length, *colon = text;
    int32_t day;
    int ahead = 0, of_day = 12 * HOUR;
    *ret_zoned = false;
    if (!dates_read(text, length, &day))
        return false;
    while ((colon = memchr(colon, ':', (size_t)(end - colon))) != NULL) {
        if (colon - text >= 2 && end - colon > 2 && isdigit((unsigned char)colon[-1]) && isdigit((unsigned char)colon[1]) &&
            isdigit((unsigned char)colon[2]))
            break;
        colon++;
    }
    if (colon) {
        int hour = isdigit((unsigned char)colon[-2]) ? two_digits(colon - 2) : colon[-1] - '0';
        of_day = hour * HOUR + two_digits(colon + 1);
        *ret_zoned = read_zone(colon + 3, end, &ahead);
    }
    int64_t minute = (int64_t)day * DAY + of_day - ahead;
    minute -= behind(minute);
    *ret_day = (int32_t)((minute - (minute % DAY + DAY) % DAY) / DAY);
    *ret_minute = (int)((minute % DAY + DAY) % DAY);
    return true;
}

int32_t arxiv_page_after(int32_t day)
{
    int weekday = weekday_of(day);
    return day + (weekday == FRIDAY ? 3 : weekday == SATURDAY ? 2 : 1);
}

bool arxiv_page_of_submission(const char *text, size_t length, int32_t *ret_day)
{
    int32_t day;
    int minute;
    bool zoned;
    if (!read_eastern(text, length, &day, &minute, &zoned))
        return false;
    day += minute >= CLOSE;
    int weekday = weekday_of(day);
    day += weekday == SATURDAY ? 2 : weekday == SUNDAY ? 1 : 0; /* until Monday's close */
    *ret_day = arxiv_page_after(day);
    return true;
}

bool arxiv_page_of_mailing(const char *text, size_t length, int32_t *ret_day, bool *ret_at_hour)
{
    int32_t day;
    int minute;
    bool zoned;
    if (!read_eastern(text, length, &day, &minute, &zoned) || !zoned)
        return false;
    *ret_at_hour = minute >= ANNOUNCED && minute < ANNOUNCED + HOUR;
    day -= minute < CLOSE; /* one that came late: of the evening before */
    *ret_day = arxiv_page_after(day);
    return true;
}

void arxiv_list_versions(struct record *record, const char *first, const char *present)
{
    struct paper *paper = &record->paper;
    int32_t one = PITH_NO_DAY, last = PITH_NO_DAY;
    if (first)
        arxiv_page_of_submission(first, strlen(first), &one);
    if (present)
        arxiv_page_of_submission(present, strlen(present), &last);
    bool replaced = paper->version != 1 && last != PITH_NO_DAY && (one == PITH_NO_DAY || last - one > SAME_ANNOUNCEMENT);
    paper->listed = replaced || one == PITH_NO_DAY ? last : one;
    if (replaced && paper->announce == ANNOUNCE_UNKNOWN && one != PITH_NO_DAY)
        paper->announce = ANNOUNCE_REPLACE;
}
