#include "explain.h"

#include "bytes.h"
#include "sources/sources.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 1 << 20, FIELD = 400 }; /* bytes of the answer, and of one field in it */

struct explaining {
    struct bytes out;
    size_t papers, problems;
    char problem[200];
};

static void put_line(struct explaining *explaining, const char *name, const char *value)
{
    char line[FIELD + 64];
    size_t length = strlen(value);
    while (length > FIELD - 8 || (length > FIELD - 16 && ((unsigned char)value[length] & 0xC0) == 0x80))
        length--; /* on a character's boundary */
    snprintf(line, sizeof line, "  %-12s %.*s%s\n", name, (int)length, value, value[length] ? " …" : "");
    bytes_put(&explaining->out, line, strlen(line));
}

static void put_list(struct explaining *explaining, const char *name, const struct paper_list *list)
{
    char joined[FIELD + 64] = "";
    for (size_t i = 0; i < list->count && strlen(joined) + strlen(list->item[i]) + 16 < FIELD; i++)
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "; " : "", list->item[i]);
    char counted[FIELD + 128];
    snprintf(counted, sizeof counted, "%s%s(%zu)", joined, *joined ? " " : "", list->count);
    if (list->count)
        put_line(explaining, name, counted);
}

static void put_day(struct explaining *explaining, const char *name, int32_t day)
{
    char text[16];
    if (day != PAPER_NO_DAY)
        put_line(explaining, name, paper_day_text(day, text));
}

static void put_number(struct explaining *explaining, const char *name, int number, int unknown)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    if (number != unknown)
        put_line(explaining, name, text);
}

static const char *announce_name(enum paper_announce announce)
{
    switch (announce) {
    case ANNOUNCE_UNKNOWN: return "";
    case ANNOUNCE_NEW: return "new";
    case ANNOUNCE_CROSS: return "cross-listed";
    case ANNOUNCE_REPLACE: return "replaced";
    case ANNOUNCE_REPLACE_CROSS: return "cross-listed, replaced";
    }
    return "";
}

static enum pith_status take_paper(void *user, struct paper *paper, struct pith_error *reterr)
{
    struct explaining *explaining = user;
    (void)reterr;
    if (explaining->papers++)
        return PITH_OK;
    put_list(explaining, "keys", &paper->keys);
    put_number(explaining, "version", paper->version, 0);
    put_line(explaining, "title", paper->title);
    put_line(explaining, "abstract", *paper->abstract ? paper->abstract : "(none)");
    put_list(explaining, "authors", &paper->authors);
    put_list(explaining, "categories", &paper->categories);
    put_day(explaining, "published", paper->published);
    put_day(explaining, "updated", paper->updated);
    put_day(explaining, "listed", paper->announced);
    if (paper->announce != ANNOUNCE_UNKNOWN)
        put_line(explaining, "announced as", announce_name(paper->announce));
    put_number(explaining, "upvotes", paper->upvotes, PAPER_MISSING);
    put_number(explaining, "comments", paper->comments, PAPER_MISSING);
    put_number(explaining, "citations", paper->citations, PAPER_MISSING);
    if (paper->url)
        put_line(explaining, "url", paper->url);
    if (paper->withdrawn)
        put_line(explaining, "withdrawn", "yes");
    return PITH_OK;
}

static void note_problem(void *user, size_t line, const char *reason)
{
    struct explaining *explaining = user;
    if (!explaining->problems++)
        snprintf(explaining->problem, sizeof explaining->problem, "line %zu: %s", line, reason);
}

enum pith_status explain_bytes(const char *bytes, size_t length, int32_t today, char **ret_text,
                               struct pith_error *reterr)
{
    struct explaining explaining = {.papers = 0};
    const struct source *source = NULL;
    char text[400];
    struct bytes whole;
    bytes_init(&explaining.out, LONGEST);
    bytes_init(&whole, 2 * LONGEST);
    struct source_context context = {.today = today, .paper = take_paper, .problem = note_problem, .user = &explaining};
    enum pith_status status = sources_read(bytes, length, &context, &source, reterr);
    if (!status) {
        snprintf(text, sizeof text, "%s (%s): %zu record%s, %zu that cannot be used\n", source->title, source->name,
                 explaining.papers, explaining.papers == 1 ? "" : "s", explaining.problems);
        if (explaining.problems)
            put_line(&explaining, "first fault", explaining.problem);
        bytes_put(&whole, text, strlen(text));
        bytes_put(&whole, explaining.out.data, explaining.out.length);
        bytes_put_u8(&whole, 0);
        status = bytes_done(&whole, reterr);
    }
    if (!status)
        *ret_text = (char *)TAKE(whole.data);
    bytes_clear(&explaining.out);
    bytes_clear(&whole);
    return status;
}
