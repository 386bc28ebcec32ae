#include "engine/base/dates.h"

#include "engine/base/days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_TOKENS = 12, DAY_MINUTES = 24 * 60 };

bool dates_of(int year, int month, int day, int32_t *ret_day)
{
    char text[48];
    int length = snprintf(text, sizeof text, "%04d-%02d-%02d", year, month ? month : 1, month && day ? day : 1);
    return year >= 1000 && year <= 9999 && length > 0 && days_from_text(text, (size_t)length, ret_day);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Also of the two bytes of "é"; not of the three of "年". */
static bool is_part_of_word(char byte)
{
    unsigned char value = (unsigned char)byte;
    return is_letter(byte) || (value >= 0x80 && value <= 0xC3);
}

/* Names of other languages, whole, that do not begin as the English ones do. */
static int foreign_month(const char *text, size_t length)
{
    static const char *const names[] = {" ene enero gen gennaio janvier ",
                                        " f\xC3\xA9v f\xC3\xA9vr f\xC3\xA9vrier fev fevereiro ",
                                        " m\xC3\xA4rz m\xC3\xA4r mrz maart mrt ",
                                        " avr avril abr abril ",
                                        " mai mei maio maggio mag maj ",
                                        " juin giugno giu ",
                                        " juil juillet luglio lug ",
                                        " ao\xC3\xBBt aout ago agosto ",
                                        " set setembro settembre setiembre ",
                                        " okt oktober ottobre ott outubro out ",
                                        " ",
                                        " dez dezember dezembro dic diciembre dicembre d\xC3\xA9"
                                        "c d\xC3\xA9"
                                        "cembre "};
    char wanted[24] = " ";
    if (length < 3 || length > sizeof wanted - 3)
        return 0;
    for (size_t i = 0; i < length; i++)
        wanted[i + 1] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]);
    wanted[length + 1] = ' ';
    for (int month = 0; month < 12; month++)
        if (strstr(names[month], wanted))
            return month + 1;
    return 0;
}

int dates_month(const char *text, size_t length)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    while (length && !is_digit(*text) && !is_letter(*text)) {
        text++;
        length--;
    }
    if (length >= 3 && is_letter(*text))
        for (int month = 0; month < 12; month++)
            if (strncasecmp(text, months + 3 * month, 3) == 0)
                return month + 1;
    size_t letters = 0;
    while (letters < length && is_part_of_word(text[letters]))
        letters++;
    if (letters)
        return foreign_month(text, letters);
    if (length && is_digit(*text)) {
        int number = *text - '0';
        if (length > 1 && is_digit(text[1]))
            number = number * 10 + text[1] - '0';
        return number <= 12 ? number : 0;
    }
    return 0;
}

/* Runs of digits or letters; anything else divides them. */
struct token {
    const char *text;
    size_t length;
    int number; /* -1: a word */
};

static size_t read_tokens(const char *text, size_t length, struct token token[MAX_TOKENS])
{
    size_t count = 0, at = 0;
    while (at < length && count < MAX_TOKENS) {
        size_t start = at;
        if (is_digit(text[at])) {
            int number = 0;
            for (; at < length && is_digit(text[at]); at++)
                number = number < 100000 ? number * 10 + text[at] - '0' : number;
            token[count++] = (struct token){text + start, at - start, number};
        } else if (is_letter(text[at])) {
            while (at < length && is_part_of_word(text[at]))
                at++;
            token[count++] = (struct token){text + start, at - start, -1};
        } else {
            at++;
        }
    }
    return count;
}

static int month_of(const struct token *token)
{
    return token->number > 12 ? 0 : dates_month(token->text, token->length);
}

static bool is_year(const struct token *token)
{
    return token->length == 4 && token->number >= 1000;
}

/* Year first: month and day follow, as numbers or a name, or are left out. */
static bool read_year_first(const struct token *token, size_t count, int32_t *ret_day)
{
    int month = count > 1 ? month_of(&token[1]) : 0;
    int day = month && count > 2 && token[2].number <= 31 && token[2].length <= 2 && token[2].number > 0 ? token[2].number : 0;
    return dates_of(token[0].number, month, day, ret_day) || dates_of(token[0].number, month, 0, ret_day);
}

void dates_month_day(const char *text, size_t length, int *ret_month, int *ret_day)
{
    struct token token[MAX_TOKENS];
    size_t count = read_tokens(text, length, token), at = 0;
    *ret_month = *ret_day = 0;
    while (at < count && (token[at].number >= 0 || !month_of(&token[at])))
        at++;
    if (at == count) { /* "6", "06" */
        *ret_month = count == 1 ? month_of(&token[0]) : 0;
        return;
    }
    *ret_month = month_of(&token[at]);
    for (size_t i = at ? at - 1 : 0; i < count && i <= at + 1 && !*ret_day; i++)
        if (i != at && token[i].number > 0 && token[i].number <= 31 && token[i].length <= 2)
            *ret_day = token[i].number;
}

/* Otherwise a month by name, with a day before it or after it, and then the year, of four digits or of two. */
static bool read_named_month(const struct token *token, size_t count, int32_t *ret_day)
{
    size_t at = 0;
    while (at < count && (token[at].number >= 0 || !month_of(&token[at])))
        at++;
    if (at == count)
        return false;
    int month = month_of(&token[at]), day = 0;
    size_t next = at + 1;
    if (at > 0 && token[at - 1].number > 0 && token[at - 1].number <= 31)
        day = token[at - 1].number;
    else if (next + 1 < count && token[next].number > 0 && token[next].number <= 31 && is_year(&token[next + 1]))
        day = token[next++].number;
    if (next < count && is_year(&token[next]))
        return dates_of(token[next].number, month, day, ret_day);
    if (day && next < count && token[next].length == 2 && token[next].number >= 0) /* arXiv began in 1991 */
        return dates_of(token[next].number + (token[next].number < 90 ? 2000 : 1900), month, day, ret_day);
    return false;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + digits[i] - '0';
    return number;
}

/* "07/2021", "9.7.2021", "30/07/2021", "07/30/2021"; of two numbers that may both be months no one is taken. */
static bool read_numbers(const struct token *token, size_t count, int32_t *ret_day)
{
    int one = token[0].number, other = count == 3 ? token[1].number : 0;
    bool numbers = count >= 2 && count <= 3 && one > 0 && one <= 31 && other >= 0 && other <= 31 && is_year(&token[count - 1]);
    if (!numbers)
        return false;
    if (count == 2)
        return one <= 12 && dates_of(token[1].number, one, 0, ret_day);
    bool dotted = token[0].text[token[0].length] == '.';
    if (dotted || one > 12 || one == other)
        return dates_of(token[2].number, other, one, ret_day);
    return other > 12 && dates_of(token[2].number, one, other, ret_day);
}

bool dates_read(const char *text, size_t length, int32_t *ret_day)
{
    struct token token[MAX_TOKENS];
    size_t count = read_tokens(text, length, token);
    if (count && token[0].length == 8 && token[0].number > 0) { /* "20210709" */
        const char *digits = token[0].text;
        if (dates_of(number_of(digits, 4), number_of(digits + 4, 2), number_of(digits + 6, 2), ret_day))
            return true;
    }
    if (count && is_year(&token[0]))
        return read_year_first(token, count, ret_day);
    if (read_named_month(token, count, ret_day) || read_numbers(token, count, ret_day))
        return true;
    for (size_t i = 0; i < count; i++) /* "Spring 1999" */
        if (is_year(&token[i]))
            return dates_of(token[i].number, 0, 0, ret_day);
    return false;
}

/* ---- the clock of New York ---- */

int dates_weekday(int32_t day)
{
    return (int)(((int64_t)day + 4) % 7 + 7) % 7; /* 1970 began on a Thursday */
}

/* The nth Sunday of a month, counted from 1; the last one for 0. */
static int32_t sunday(int year, int month, int nth)
{
    int32_t first = 0;
    dates_of(nth ? year : year + month / 12, nth ? month : month % 12 + 1, 1, &first);
    if (!nth)
        return first - 1 - dates_weekday(first - 1);
    return first + (7 - dates_weekday(first)) % 7 + 7 * (nth - 1);
}

/* Minutes that New York is behind UTC, at a minute since 1970: summer time begins and ends at two in the morning. */
static int behind(int64_t minute)
{
    char written[16];
    int32_t day = (int32_t)(minute / DAY_MINUTES);
    int year = (int)strtol(days_text(day, written), NULL, 10);
    bool late = year >= 2007;
    int64_t begins = (int64_t)sunday(year, late ? 3 : 4, late ? 2 : 1) * DAY_MINUTES + 7 * 60;
    int64_t ends = (int64_t)sunday(year, late ? 11 : 10, late ? 1 : 0) * DAY_MINUTES + 6 * 60;
    return minute >= begins && minute < ends ? 4 * 60 : 5 * 60;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

/* "00:31", "1:31 AM": minutes of the day. Returns what stands behind it; NULL for none. */
static const char *read_clock(const char *text, const char *end, int *ret_minutes)
{
    const char *colon = text;
    while ((colon = memchr(colon, ':', (size_t)(end - colon))) != NULL) {
        if (colon > text && end - colon > 2 && is_digit(colon[-1]) && is_digit(colon[1]) && is_digit(colon[2]))
            break;
        colon++;
    }
    if (!colon)
        return NULL;
    int hours = colon - text >= 2 && is_digit(colon[-2]) ? two_digits(colon - 2) : colon[-1] - '0';
    int minutes = two_digits(colon + 1);
    const char *at = colon + 3;
    while (at < end && (is_digit(*at) || *at == ':' || *at == '.' || *at == ' ')) /* seconds */
        at++;
    bool afternoon = end - at >= 2 && strncasecmp(at, "PM", 2) == 0,
         named = afternoon || (end - at >= 2 && strncasecmp(at, "AM", 2) == 0);
    hours = named ? hours % 12 + (afternoon ? 12 : 0) : hours;
    *ret_minutes = 60 * hours + minutes;
    at += named ? 2 : 0;
    while (at < end && *at == ' ')
        at++;
    return hours < 24 && minutes < 60 ? at : NULL;
}

/* "GMT", "EDT", "-0400", "+01:00": minutes ahead of UTC. False for none. */
static bool read_zone(const char *at, const char *end, int *ret_ahead)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"GMT", 0},  {"UTC", 0},  {"UT", 0},   {"Z", 0},    {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                 {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"CET", 1},  {"CEST", 2}, {"BST", 1},  {"JST", 9}};
    size_t letters = 0;
    while (at + letters < end && is_letter(at[letters]))
        letters++;
    for (size_t i = 0; letters && i < sizeof zones / sizeof *zones; i++)
        if (strlen(zones[i].name) == letters && strncasecmp(at, zones[i].name, letters) == 0) {
            *ret_ahead = zones[i].hours * 60;
            return true;
        }
    if (end - at < 5 || (*at != '+' && *at != '-') || !is_digit(at[1]) || !is_digit(at[2]))
        return false;
    const char *rest = at + 3 + (at[3] == ':');
    if (end - rest < 2 || !is_digit(rest[0]) || !is_digit(rest[1]))
        return false;
    *ret_ahead = (two_digits(at + 1) * 60 + two_digits(rest)) * (*at == '-' ? -1 : 1);
    return true;
}

bool dates_read_eastern(const char *text, size_t length, struct dates_moment *ret_moment)
{
    const char *end = text + length;
    struct dates_moment moment = {0};
    int clock = 0, ahead = 0;
    if (!dates_read(text, length, &moment.written))
        return false;
    const char *after = read_clock(text, end, &clock);
    if (!after) { /* a day alone */
        moment.day = moment.written;
        moment.minute = DAY_MINUTES / 2;
        *ret_moment = moment;
        return true;
    }
    moment.zoned = read_zone(after, end, &ahead);
    int64_t minute = (int64_t)moment.written * DAY_MINUTES + clock - ahead;
    minute -= behind(minute);
    moment.minute = (int)((minute % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES);
    moment.day = (int32_t)((minute - moment.minute) / DAY_MINUTES);
    *ret_moment = moment;
    return true;
}
