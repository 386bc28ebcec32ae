#include "engine/intake/sniff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FIELDS = 20 };

struct explaining {
    struct pith_sniffed *sniffed;
    enum pith_status status;
};

void pith_sniffed_free(struct pith_sniffed *sniffed)
{
    for (size_t i = 0; i < sniffed->fields; i++) {
        struct pith_field *field = &sniffed->field[i];
        for (size_t j = 0; j < field->count; j++)
            free(field->value[j]);
        free(field->value);
    }
    free(sniffed->field);
    free(sniffed);
}

/* One more field, of `count` values; the first failure stays. */
static void put_field(struct explaining *explaining, const char *name, bool list, const char *const *value, size_t count)
{
    struct pith_sniffed *sniffed = explaining->sniffed;
    if (explaining->status || sniffed->fields == MOST_FIELDS)
        return;
    struct pith_field *field = &sniffed->field[sniffed->fields++];
    *field = (struct pith_field){.name = name, .list = list, .value = pith_calloc(count + 1, sizeof *field->value)};
    explaining->status = field->value ? PITH_OK : PITH_NOMEM;
    for (size_t i = 0; !explaining->status && i < count; i++) {
        field->value[i] = strdup(value[i]);
        explaining->status = field->value[i] ? PITH_OK : PITH_NOMEM;
        field->count += field->value[i] != NULL;
    }
}

static void put_text(struct explaining *explaining, const char *name, const char *value)
{
    put_field(explaining, name, false, &value, 1);
}

static void put_link(struct explaining *explaining, const char *name, const char *link)
{
    if (link)
        put_text(explaining, name, link);
}

static void put_list(struct explaining *explaining, const char *name, const struct paper_list *list)
{
    if (list->count)
        put_field(explaining, name, true, (const char *const *)list->item, list->count);
}

static void put_day(struct explaining *explaining, const char *name, int32_t day)
{
    char text[16];
    if (day != PITH_NO_DAY)
        put_text(explaining, name, days_text(day, text));
}

static void put_number(struct explaining *explaining, const char *name, int number, int unknown)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    if (number != unknown)
        put_text(explaining, name, text);
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
    if (explaining->sniffed->records++)
        return PITH_OK;
    put_list(explaining, "keys", &paper->keys);
    put_number(explaining, "version", paper->version, 0);
    put_text(explaining, "title", paper->title);
    put_text(explaining, "abstract", paper->abstract);
    put_list(explaining, "authors", &paper->authors);
    put_list(explaining, "categories", &paper->categories);
    put_list(explaining, "organisations", &paper->organisations);
    put_day(explaining, "published", paper->published);
    put_day(explaining, "updated", paper->updated);
    put_day(explaining, "listed", paper->listed != PITH_NO_DAY ? paper->listed : paper->announced);
    if (paper->announce != ANNOUNCE_UNKNOWN)
        put_text(explaining, "announced as", announce_name(paper->announce));
    put_number(explaining, "upvotes", paper->upvotes, PAPER_MISSING);
    put_number(explaining, "comments", paper->comments, PAPER_MISSING);
    put_number(explaining, "citations", paper->citations, PAPER_MISSING);
    put_link(explaining, "url", paper->url);
    put_link(explaining, "pdf", paper->pdf);
    put_link(explaining, "code", paper->code);
    put_link(explaining, "project", paper->project);
    if (paper->withdrawn)
        put_text(explaining, "withdrawn", "yes");
    return explaining->status ? pith_no_memory(reterr) : PITH_OK;
}

static void note_name(void *user, const char *title)
{
    struct pith_sniffed *sniffed = ((struct explaining *)user)->sniffed;
    snprintf(sniffed->title, sizeof sniffed->title, "%s", title);
}

static void note_problem(void *user, size_t line, const char *reason)
{
    struct pith_sniffed *sniffed = ((struct explaining *)user)->sniffed;
    if (sniffed->skipped++)
        return;
    sniffed->fault_line = line;
    snprintf(sniffed->fault, sizeof sniffed->fault, "%s", reason);
}

enum pith_status sniff_input(const struct pith_input *from, int32_t today, struct pith_sniffed **ret_sniffed,
                             struct pith_error *reterr)
{
    PITH_AUTO(pith_sniffed_free_p) struct pith_sniffed *sniffed = pith_calloc(1, sizeof *sniffed);
    if (sniffed)
        sniffed->field = pith_calloc(MOST_FIELDS, sizeof *sniffed->field);
    if (!sniffed || !sniffed->field)
        return pith_no_memory(reterr);
    struct explaining explaining = {.sniffed = sniffed};
    const struct source_context context = {
        .today = today, .paper = take_paper, .problem = note_problem, .named = note_name, .user = &explaining};
    const struct source *source = NULL;
    enum pith_status status = sources_read_input(from, &context, &source, reterr);
    if (status)
        return status;
    sniffed->format = source->name;
    *ret_sniffed = PITH_TAKE(sniffed);
    return PITH_OK;
}
