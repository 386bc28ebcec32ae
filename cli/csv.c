#include "cli/csv.h"

#include <stdbool.h>
#include <string.h>

struct reading {
    char *at;
    size_t line;
    char comma;
};

/* The first of the signs in the first row, outside quotes; a comma where there is none. */
static char find_comma(const char *text)
{
    bool quoted = false;
    for (; *text && (quoted || *text != '\n'); text++) {
        quoted = quoted != (*text == '"');
        if (!quoted && strchr(",;\t", *text))
            return *text;
    }
    return ',';
}

static bool is_end(char c)
{
    return c == '\n' || c == '\0';
}

/* A field in quotes, with two for one; NULL: it does not end as one does. The reading stands behind it. */
static char *take_quoted(struct reading *reading)
{
    char *start = ++reading->at, *to = start;
    bool shut = false;
    while (!shut && !is_end(*reading->at)) {
        shut = *reading->at == '"' && reading->at[1] != '"';
        reading->at += *reading->at == '"'; /* of two, the second is kept */
        if (!shut)
            *to++ = *reading->at++;
    }
    while (*reading->at == ' ' || *reading->at == '\r')
        reading->at++;
    if (!shut || (!is_end(*reading->at) && *reading->at != reading->comma))
        return NULL;
    *to = '\0';
    return start;
}

static char *take_plain(struct reading *reading)
{
    char *start = reading->at, *end;
    while (!is_end(*reading->at) && *reading->at != reading->comma)
        reading->at++;
    for (end = reading->at; end > start && strchr(" \t\r", end[-1]);)
        end--;
    if (end < reading->at)
        *end = '\0'; /* the field's own end is cut once what parts it was seen */
    return start;
}

static void skip_row(struct reading *reading)
{
    while (!is_end(*reading->at))
        reading->at++;
}

static void take_row(struct reading *reading, struct csv_row *row)
{
    for (bool more = true; more;) {
        while (*reading->at == ' ' || (*reading->at == '\t' && reading->comma != '\t'))
            reading->at++;
        char *field = *reading->at == '"' ? take_quoted(reading) : take_plain(reading);
        row->fault = field ? row->fault : "its quotes do not match";
        more = *reading->at == reading->comma;
        if (row->count < CSV_FIELDS && field)
            row->field[row->count++] = field;
        else if (field)
            row->fault = "it has too many fields";
        if (row->fault) {
            skip_row(reading);
            return;
        }
        if (more)
            *reading->at++ = '\0';
    }
}

enum pith_status csv_read(char *text, csv_take *take, void *user, struct pith_error *reterr)
{
    struct reading reading = {.at = text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0), .line = 1};
    reading.comma = find_comma(reading.at);
    enum pith_status status = PITH_OK;
    while (!status && *reading.at) {
        struct csv_row row = {.line = reading.line};
        take_row(&reading, &row);
        bool more = *reading.at == '\n';
        if (more)
            *reading.at++ = '\0';
        reading.line++;
        bool empty = !row.fault && row.count == 1 && !*row.field[0];
        if (!empty)
            status = take(user, &row, reterr);
        if (!more)
            break;
    }
    return status;
}
