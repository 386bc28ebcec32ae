#include "engine/base/dates.h"

#include "engine/base/days.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_TOKENS = 12 };

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
            while (at < length && is_letter(text[at]))
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

bool dates_read(const char *text, size_t length, int32_t *ret_day)
{
    struct token token[MAX_TOKENS];
    size_t count = read_tokens(text, length, token);
    if (count && is_year(&token[0]))
        return read_year_first(token, count, ret_day);
    if (read_named_month(token, count, ret_day))
        return true;
    for (size_t i = 0; i < count; i++) /* "Spring 1999" */
        if (is_year(&token[i]))
            return dates_of(token[i].number, 0, 0, ret_day);
    return false;
}

bool dates_read_eastern(const char *text, size_t length, int32_t *ret_day)
{
    int32_t day;
    if (!dates_read(text, length, &day))
        return false;
    const char *colon = memchr(text, ':', length);
    bool gmt = memmem(text, length, "GMT", 3) || memmem(text, length, "UT", 2) || memmem(text, length, "+0000", 5);
    int hour = colon && colon - text >= 2 && is_digit(colon[-1]) ? colon[-1] - '0' : 12;
    if (colon && colon - text >= 2 && is_digit(colon[-2]))
        hour += 10 * (colon[-2] - '0');
    if (gmt && hour < 4) /* five hours behind in winter; no listing goes out in the hour between */
        day--;
    *ret_day = day;
    return true;
}
