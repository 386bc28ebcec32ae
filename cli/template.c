#include "cli/template.h"

#include "cli/paper_print.h"
#include "cli/reasons.h"
#include "cli/terminal.h"

#include <math.h>
#include <string.h>

/* What a name stands for: puts its text to `to`. */
typedef enum pith_status put_field(FILE *to, const struct pith_ranked *paper, struct pith_error *reterr);

static enum pith_status put_text(FILE *to, const char *text)
{
    if (text)
        terminal_text(to, text);
    return PITH_OK;
}

static enum pith_status put_day(FILE *to, int32_t day)
{
    char text[16];
    fputs(pith_day_text(day, text), to);
    return PITH_OK;
}

static enum pith_status put_count(FILE *to, int count)
{
    if (count >= 0)
        fprintf(to, "%d", count);
    return PITH_OK;
}

static enum pith_status put_names(FILE *to, const struct pith_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        fputs(i ? ", " : "", to);
        terminal_text(to, names->item[i]);
    }
    return PITH_OK;
}

#define FIELD(name) static enum pith_status put_##name(FILE *to, const struct pith_ranked *paper, struct pith_error *reterr)
/* One that cannot fail. */
#define PLAIN_FIELD(name, put)                                                                                                     \
    FIELD(name)                                                                                                                    \
    {                                                                                                                              \
        (void)reterr;                                                                                                              \
        return put;                                                                                                                \
    }

PLAIN_FIELD(id, put_text(to, paper_name(paper->id)))
PLAIN_FIELD(title, put_text(to, paper->title))
PLAIN_FIELD(all_authors, put_names(to, &paper->facts.authors))
PLAIN_FIELD(abstract, put_text(to, paper->facts.abstract))
PLAIN_FIELD(categories, put_names(to, &paper->facts.categories))
PLAIN_FIELD(organisations, put_names(to, &paper->facts.organisations))
PLAIN_FIELD(page, put_text(to, paper->url))
PLAIN_FIELD(pdf, put_text(to, paper->facts.pdf))
PLAIN_FIELD(doi, put_text(to, paper->facts.doi))
PLAIN_FIELD(code, put_text(to, paper->facts.code))
PLAIN_FIELD(project, put_text(to, paper->facts.project))
PLAIN_FIELD(date, put_day(to, paper->day))
PLAIN_FIELD(published, put_day(to, paper->facts.published))
PLAIN_FIELD(updated, put_day(to, paper->facts.updated))
PLAIN_FIELD(upvotes, put_count(to, paper->upvotes))
PLAIN_FIELD(comments, put_count(to, paper->facts.comments))
PLAIN_FIELD(citations, put_count(to, paper->facts.citations))
PLAIN_FIELD(near, put_text(to, paper->nears ? paper->near[0].title : ""))
PLAIN_FIELD(vote, put_text(to, paper->verdict == PITH_SEED ? "seed"
                               : paper->verdict > 0        ? "up"
                               : paper->verdict < 0        ? "down"
                               : paper->later              ? "later"
                                                           : ""))

FIELD(rank)
{
    (void)reterr;
    fprintf(to, "%zu", paper->rank);
    return PITH_OK;
}

FIELD(score)
{
    (void)reterr;
    if (paper->reason_count)
        fprintf(to, "%.4f", paper->score);
    return PITH_OK;
}

FIELD(chance)
{
    char text[PITH_CHANCE_SIZE];
    (void)reterr;
    fputs(pith_chance_text(paper->probability, text), to);
    return PITH_OK;
}

FIELD(authors)
{
    PITH_AUTO(pith_free_p) char *authors = NULL;
    enum pith_status status = paper_authors(paper, false, &authors, reterr);
    return status ? status : put_text(to, authors);
}

FIELD(reason)
{
    PITH_AUTO(pith_free_p) char *line = NULL;
    enum pith_status status = reasons_line(paper, REASONS_BOTH, &line, reterr);
    return status ? status : put_text(to, line);
}

static const struct {
    const char *name;
    put_field *put;
} fields[] = {
    {"rank", put_rank},
    {"chance", put_chance},
    {"score", put_score},
    {"title", put_title},
    {"authors", put_authors},
    {"all_authors", put_all_authors},
    {"abstract", put_abstract},
    {"id", put_id},
    {"categories", put_categories},
    {"organisations", put_organisations},
    {"page", put_page},
    {"pdf", put_pdf},
    {"doi", put_doi},
    {"code", put_code},
    {"project", put_project},
    {"date", put_date},
    {"published", put_published},
    {"updated", put_updated},
    {"upvotes", put_upvotes},
    {"comments", put_comments},
    {"citations", put_citations},
    {"vote", put_vote},
    {"reason", put_reason},
    {"near", put_near},
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* The field of the name in braces at `at`; FIELDS for none. */
static size_t find_field(const char *at, size_t length)
{
    size_t i = 0;
    while (i < FIELDS && (strlen(fields[i].name) != length || strncmp(at, fields[i].name, length) != 0))
        i++;
    return i;
}

static enum pith_status refuse_name(const char *name, size_t length, struct pith_error *reterr)
{
    char list[400] = "";
    for (size_t i = 0; i < FIELDS; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", fields[i].name);
    }
    return pith_fail(reterr, PITH_USAGE, "--format: {%.*s} is no field; there are %s", (int)(length < 40 ? length : 40), name,
                     list);
}

enum pith_status template_check(const char *text, struct pith_error *reterr)
{
    for (const char *at = text; *at; at++) {
        if ((*at == '{' || *at == '}') && at[1] == *at) {
            at++;
        } else if (*at == '{') {
            size_t length = strcspn(at + 1, "{}");
            if (at[1 + length] != '}')
                return pith_fail(reterr, PITH_USAGE, "--format: a { has no }; {{ stands for the brace itself");
            if (find_field(at + 1, length) == FIELDS)
                return refuse_name(at + 1, length, reterr);
            at += length + 1;
        } else if (*at == '}') {
            return pith_fail(reterr, PITH_USAGE, "--format: a } has no {; }} stands for the brace itself");
        }
    }
    return PITH_OK;
}

enum pith_status template_print(const char *text, const struct pith_ranked *paper, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (const char *at = text; *at && !status; at++) {
        if ((*at == '{' || *at == '}') && at[1] == *at) {
            putchar(*at++);
        } else if (*at == '{') {
            size_t length = strcspn(at + 1, "}");
            status = fields[find_field(at + 1, length)].put(stdout, paper, reterr);
            at += length + 1;
        } else if (*at == '\\' && at[1] && strchr("nt\\", at[1])) {
            at++;
            putchar(*at == 'n' ? '\n' : *at == 't' ? '\t' : '\\');
        } else {
            putchar(*at);
        }
    }
    putchar('\n');
    return status;
}
