#include "engine/sources/arxiv_days.h"

#include "engine/base/dates.h"

#include <string.h>

enum {
    HOUR = 60, /* minutes */
    CLOSE = 14 * HOUR,
    ANNOUNCED = 20 * HOUR,
    SAME_ANNOUNCEMENT = 7, /* days between two versions that are news together */
};

enum weekday { SUNDAY, MONDAY, FRIDAY = 5, SATURDAY };

int32_t arxiv_page_after(int32_t day)
{
    int weekday = dates_weekday(day);
    return day + (weekday == FRIDAY ? 3 : weekday == SATURDAY ? 2 : 1);
}

bool arxiv_page_of_submission(const char *text, size_t length, int32_t *ret_day)
{
    struct dates_moment moment;
    if (!dates_read_eastern(text, length, &moment))
        return false;
    int32_t day = moment.day + (moment.minute >= CLOSE);
    int weekday = dates_weekday(day);
    day += weekday == SATURDAY ? 2 : weekday == SUNDAY ? 1 : 0; /* until Monday's close */
    *ret_day = arxiv_page_after(day);
    return true;
}

bool arxiv_page_of_mailing(const char *text, size_t length, int32_t *ret_day, bool *ret_at_hour)
{
    struct dates_moment moment;
    if (!dates_read_eastern(text, length, &moment) || !moment.zoned)
        return false;
    *ret_at_hour = moment.minute >= ANNOUNCED && moment.minute < ANNOUNCED + HOUR;
    *ret_day = arxiv_page_after(moment.day - (moment.minute < CLOSE)); /* one that came late: of the evening before */
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
