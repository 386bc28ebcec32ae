/* Files as people have them, and what is right of each: tests/data/cases/expected.tsv. */
#include "engine/intake/import.h"
#include "tests/lib/testing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TODAY = 20800, MOST_PAPERS = 128, TEXT = 4096 };

/* What a new store holds after some files. */
struct outcome {
    enum pith_status status; /* of the last */
    size_t papers, skipped;
    char format[64], days[TEXT];
    struct {
        char title[256], abstract[TEXT], authors[512], categories[256], keys[512];
        char published[16], updated[16], announced[16], version[16], withdrawn[16];
    } paper[MOST_PAPERS];
};

static void join(const struct paper_list *list, bool titles, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < list->count; i++)
        if (titles || strncmp(list->item[i], "title:", 6) != 0)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "; " : "", list->item[i]);
}

static void look(struct store *store, struct outcome *outcome)
{
    for (int64_t id = 0; store_next_paper(store, id, &id, NULL) == PITH_OK;) {
        PITH_AUTO(paper_clear) struct paper paper;
        paper_init(&paper);
        cr_assert_eq(store_get_paper(store, id, &paper, NULL), PITH_OK);
        cr_assert_lt(outcome->papers, MOST_PAPERS);
        size_t i = outcome->papers++;
        snprintf(outcome->paper[i].title, sizeof outcome->paper[i].title, "%s", paper.title);
        snprintf(outcome->paper[i].abstract, sizeof outcome->paper[i].abstract, "%s", paper.abstract);
        join(&paper.authors, true, outcome->paper[i].authors, sizeof outcome->paper[i].authors);
        join(&paper.categories, true, outcome->paper[i].categories, sizeof outcome->paper[i].categories);
        join(&paper.keys, false, outcome->paper[i].keys, sizeof outcome->paper[i].keys);
        pith_day_text(paper.published, outcome->paper[i].published);
        pith_day_text(paper.updated, outcome->paper[i].updated);
        pith_day_text(paper.announced, outcome->paper[i].announced);
        snprintf(outcome->paper[i].version, sizeof outcome->paper[i].version, "%d", paper.version);
        snprintf(outcome->paper[i].withdrawn, sizeof outcome->paper[i].withdrawn, "%d", paper.withdrawn);
    }
    PITH_AUTO(pith_free_p) int32_t *days = NULL;
    size_t count = 0, used = 0;
    char day[16];
    cr_assert_eq(store_days(store, &days, &count, NULL), PITH_OK);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(outcome->days + used, sizeof outcome->days - used, "%s%s", i ? "; " : "",
                                 pith_day_text(days[i], day));
}

/* Imports the files of a row, divided by blanks, into a new store. */
static struct outcome *import_row(const char *files)
{
    PITH_AUTO(store_close_p) struct store *store = NULL;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    char names[512], path[600], *rest = names;
    cr_assert_eq(store_open(testing_folder(), true, &store, NULL), PITH_OK);
    snprintf(names, sizeof names, "%s", files);
    for (char *name; (name = strsep(&rest, " ")) != NULL;) {
        struct pith_import_report report = {0};
        size_t length;
        snprintf(path, sizeof path, "cases/%s", name);
        PITH_AUTO(pith_free_p) char *bytes = testing_read(testing_data(path), &length);
        outcome->status = import_bytes(store, bytes, length, &(struct import_options){.today = TODAY}, &report, NULL);
        outcome->skipped += report.skipped;
        if (!outcome->status)
            snprintf(outcome->format, sizeof outcome->format, "%s", report.format);
    }
    look(store, outcome);
    return outcome;
}

static const char *member_of(const struct outcome *outcome, size_t i, const char *name)
{
    if (i >= outcome->papers)
        return "(no such paper)";
    const struct {
        const char *name, *text;
    } members[] = {{"title", outcome->paper[i].title},     {"abstract", outcome->paper[i].abstract},
                   {"authors", outcome->paper[i].authors}, {"categories", outcome->paper[i].categories},
                   {"keys", outcome->paper[i].keys},       {"published", outcome->paper[i].published},
                   {"updated", outcome->paper[i].updated}, {"announced", outcome->paper[i].announced},
                   {"version", outcome->paper[i].version}, {"withdrawn", outcome->paper[i].withdrawn}};
    for (size_t k = 0; k < sizeof members / sizeof *members; k++)
        if (strcmp(name, members[k].name) == 0)
            return members[k].text;
    cr_expect_fail("the table asks for %s", name);
    return "";
}

static const char *value_of(const struct outcome *outcome, const char *field, char number[24])
{
    const struct {
        const char *name;
        size_t number;
    } counts[] = {{"papers", outcome->papers},
                  {"skipped", outcome->skipped},
                  {"status", outcome->status == PITH_INPUT ? 3 : outcome->status}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(field, counts[i].name) == 0) {
            snprintf(number, 24, "%zu", counts[i].number);
            return number;
        }
    if (strcmp(field, "days") == 0)
        return outcome->days;
    if (strcmp(field, "format") == 0)
        return outcome->format;
    const char *dot = strrchr(field, '.');
    char part[128];
    size_t i = 0;
    cr_assert_not_null(dot, "%s", field);
    snprintf(part, sizeof part, "%.*s", (int)(dot - field), field);
    if (*part != '~')
        return member_of(outcome, (size_t)atoi(part) - 1, dot + 1);
    while (i < outcome->papers && !strcasestr(outcome->paper[i].title, part + 1))
        i++;
    return member_of(outcome, i, dot + 1);
}

Test(cases, each_file_comes_out_right)
{
    size_t length, rows = 0;
    PITH_AUTO(pith_free_p) char *table = testing_read(testing_data("cases/expected.tsv"), &length);
    PITH_AUTO(pith_free_p) struct outcome *outcome = NULL;
    char last[512] = "", number[24], *rest = table;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (!*line || *line == '#')
            continue;
        const char *files = strsep(&line, "\t"), *field = strsep(&line, "\t"), *how = strsep(&line, "\t"), *wanted = line;
        cr_assert(field && how && wanted, "a row of four fields: %s", files);
        if (strcmp(files, last) != 0) {
            free(outcome);
            outcome = import_row(files);
            snprintf(last, sizeof last, "%s", files);
        }
        const char *value = value_of(outcome, field, number);
        cr_expect(strcmp(how, "is") == 0 ? strcmp(value, wanted) == 0 : strstr(value, wanted) != NULL,
                  "%s: %s %s <%s>, and is <%s>", files, field, how, wanted, value);
        rows++;
    }
    cr_expect_gt(rows, 100);
}
