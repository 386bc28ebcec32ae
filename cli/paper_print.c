#include "cli/paper_print.h"

#include "cli/reasons.h"
#include "cli/template.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_AUTHORS = 3, REASONS_SHOWN = 4, LABEL = 14 /* columns before a value of one paper whole */ };

const char *paper_name(const char *id)
{
    return strncmp(id, "title:", 6) == 0 ? "" : id;
}

enum pith_status paper_authors(const struct pith_ranked *paper, bool all, char **ret_authors, struct pith_error *reterr)
{
    const struct pith_names *authors = &paper->facts.authors;
    char *line = NULL;
    size_t length;
    FILE *to = open_memstream(&line, &length);
    if (!to)
        return pith_no_memory(reterr);
    bool cut = !all && authors->count > FIRST_AUTHORS + 1;
    for (size_t i = 0; i < authors->count; i++)
        if (!cut || i < FIRST_AUTHORS || i + 1 == authors->count)
            fprintf(to, "%s%s", i == 0 ? "" : cut && i >= FIRST_AUTHORS ? ", … " : ", ", authors->item[i]);
    if (fclose(to) != 0) {
        free(line);
        return pith_no_memory(reterr);
    }
    *ret_authors = line;
    return PITH_OK;
}

enum pith_status paper_style_of(const struct call *call, struct paper_style *ret_style, struct pith_error *reterr)
{
    if ((call->format != NULL) + call->abstracts + call->oneline > 1)
        return pith_fail(reterr, PITH_USAGE, "give one of --format, --abstracts and --oneline");
    if (call->json && (call->format || call->abstracts || call->oneline))
        return pith_fail(reterr, PITH_USAGE, "--json prints all that is known: leave --format, --abstracts and --oneline out");
    *ret_style = (struct paper_style){.format = call->format, .abstracts = call->abstracts, .oneline = call->oneline};
    return call->format ? template_check(call->format, reterr) : PITH_OK;
}

/* ---- a paper's lines ---- */

void paper_print_title(const struct call *call, const struct pith_ranked *paper, int indent)
{
    terminal_style(&call->terminal, STYLE_BOLD);
    terminal_wrapped(&call->terminal, (size_t)indent, paper->title);
    terminal_style(&call->terminal, STYLE_PLAIN);
    putchar('\n');
}

static enum pith_status print_authors(const struct call *call, const struct pith_ranked *paper, bool all, int indent,
                                      struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *authors = NULL;
    enum pith_status status = paper_authors(paper, all, &authors, reterr);
    if (status || !*authors)
        return status;
    printf("%*s", indent, "");
    terminal_wrapped(&call->terminal, (size_t)indent, authors);
    putchar('\n');
    return PITH_OK;
}

/* The next of some facts on a line. */
static void print_fact(const struct call *call, bool *any, enum terminal_style style, const char *text)
{
    if (!*text)
        return;
    fputs(*any ? "  " : "", stdout);
    *any = true;
    terminal_style(&call->terminal, style);
    terminal_text(stdout, text);
    terminal_style(&call->terminal, STYLE_PLAIN);
}

/* What it is called, leading to where it is read; a paper without an identifier by its address, where it has one. */
static void print_name(const struct call *call, const struct pith_ranked *paper, bool *any)
{
    terminal_begin_link(&call->terminal, paper->url);
    print_fact(call, any, STYLE_FAINT, *paper_name(paper->id) ? paper->id : paper->url);
    terminal_end_link(&call->terminal, paper->url);
}

void paper_print_facts(const struct call *call, const struct pith_ranked *paper, bool with_day, int indent)
{
    const struct pith_names *categories = &paper->facts.categories;
    char day[16], upvotes[32];
    bool any = false;
    printf("%*s", indent, "");
    print_name(call, paper, &any);
    print_fact(call, &any, STYLE_FAINT, categories->count ? categories->item[0] : "");
    print_fact(call, &any, STYLE_FAINT, with_day ? pith_day_text(paper->day, day) : "");
    snprintf(upvotes, sizeof upvotes, "%d upvote%s", paper->upvotes, paper->upvotes == 1 ? "" : "s");
    print_fact(call, &any, STYLE_FAINT, paper->upvotes >= 0 ? upvotes : "");
    print_fact(call, &any, STYLE_FAINT,
               paper->announce == PITH_CROSS ? "cross-listed"
               : paper->announce != PITH_NEW ? "new version"
                                             : "");
    print_fact(call, &any, STYLE_BAD, paper->withdrawn ? "[withdrawn]" : "");
    if (paper->verdict)
        print_fact(call, &any, paper->verdict > 0 ? STYLE_GOOD : STYLE_BAD,
                   paper->verdict == PITH_SEED ? "[seed]"
                   : paper->verdict > 0        ? "[voted up]"
                                               : "[voted down]");
    print_fact(call, &any, STYLE_GOOD, paper->later ? "[later]" : "");
    putchar('\n');
}

static void print_reasons(const struct call *call, const struct pith_ranked *paper, int indent)
{
    struct reason reason[REASONS_MOST];
    char text[REASON_TEXT];
    size_t count = reasons_of(paper, reason, REASONS_SHOWN), column = 0;
    for (size_t i = 0; i < count; i++) {
        const char *words = reason_text(&reason[i], text);
        size_t width = 4 + terminal_columns(words);
        bool full = call->terminal.width && column && column + width > call->terminal.width;
        if (column == 0 || full) {
            printf("%s%*s", full ? "\n" : "", indent, "");
            column = (size_t)indent;
        } else {
            fputs("  ", stdout);
        }
        terminal_style(&call->terminal, reason[i].contribution < 0 ? STYLE_BAD : STYLE_GOOD);
        fputs(reason[i].contribution < 0 ? "− " : "+ ", stdout);
        terminal_wrapped(&call->terminal, column + 2, words);
        terminal_style(&call->terminal, STYLE_PLAIN);
        column += width;
    }
    if (column)
        putchar('\n');
}

static void print_duplicates(const struct call *call, const struct pith_ranked *paper, int indent)
{
    size_t named = 0;
    for (size_t i = 0; i < paper->duplicates; i++) {
        const char *name = paper_name(paper->duplicate[i]);
        if (!*name)
            continue;
        if (named++ == 0) {
            printf("%*s", indent, "");
            terminal_style(&call->terminal, STYLE_FAINT);
            fputs("and under the same title ", stdout);
        } else {
            fputs(", ", stdout);
        }
        terminal_text(stdout, name);
    }
    if (!named)
        return;
    terminal_style(&call->terminal, STYLE_PLAIN);
    putchar('\n');
}

static void print_abstract(const struct call *call, const struct pith_ranked *paper, int indent)
{
    if (!*paper->facts.abstract)
        return;
    printf("\n%*s", indent, "");
    terminal_wrapped(&call->terminal, (size_t)indent, paper->facts.abstract);
    fputs("\n\n", stdout);
}

static int print_number(const struct pith_ranked *paper)
{
    char chance[PITH_CHANCE_SIZE];
    int used = printf("%4zu  ", paper->rank);
    return used + (isfinite(paper->probability) ? printf("%4s  ", pith_chance_text(paper->probability, chance)) : 0);
}

/* As much of the title as the line holds, and the identifier. */
static void print_oneline(const struct call *call, const struct pith_ranked *paper)
{
    size_t width = call->terminal.width;
    const char *mark = paper->verdict == PITH_SEED ? "s " : paper->verdict > 0 ? "+ " : paper->verdict < 0 ? "− " : "  ";
    const char *name = paper_name(paper->id);
    size_t used = (size_t)print_number(paper) + 2, rest = *name ? 2 + terminal_columns(name) : 0;
    terminal_style(&call->terminal, paper->verdict < 0 ? STYLE_BAD : STYLE_GOOD);
    fputs(mark, stdout);
    terminal_style(&call->terminal, STYLE_PLAIN);
    terminal_begin_link(&call->terminal, paper->url);
    terminal_cut(stdout, paper->title, !width ? 0 : width > used + rest + 8 ? width - used - rest : 8);
    terminal_end_link(&call->terminal, paper->url);
    if (*name) {
        terminal_style(&call->terminal, STYLE_FAINT);
        fputs("  ", stdout);
        terminal_text(stdout, name);
        terminal_style(&call->terminal, STYLE_PLAIN);
    }
    putchar('\n');
}

enum pith_status paper_print_list(const struct call *call, const struct pith_ranking *ranking, const struct paper_style *style,
                                  struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (size_t i = 0; !status && i < ranking->count; i++) {
        const struct pith_ranked *paper = &ranking->item[i];
        if (style->format) {
            status = template_print(style->format, paper, reterr);
            continue;
        }
        if (style->oneline) {
            print_oneline(call, paper);
            continue;
        }
        int indent = print_number(paper);
        paper_print_title(call, paper, indent);
        status = print_authors(call, paper, false, indent, reterr);
        paper_print_facts(call, paper, style->days, indent);
        print_reasons(call, paper, indent);
        print_duplicates(call, paper, indent);
        if (style->abstracts)
            print_abstract(call, paper, indent);
    }
    return status;
}

/* ---- one paper whole ---- */

static void print_value(const struct call *call, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    terminal_style(&call->terminal, STYLE_FAINT);
    printf("%-*s", LABEL, label);
    terminal_style(&call->terminal, STYLE_PLAIN);
    terminal_wrapped(&call->terminal, LABEL, value);
    putchar('\n');
}

static void print_link(const struct call *call, const char *label, const char *address)
{
    if (!address || !*address)
        return;
    terminal_style(&call->terminal, STYLE_FAINT);
    printf("%-*s", LABEL, label);
    terminal_style(&call->terminal, STYLE_PLAIN);
    terminal_begin_link(&call->terminal, address);
    terminal_text(stdout, address);
    terminal_end_link(&call->terminal, address);
    putchar('\n');
}

static void print_names(const struct call *call, const char *label, const struct pith_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (i == 0) {
            terminal_style(&call->terminal, STYLE_FAINT);
            printf("%-*s", LABEL, label);
            terminal_style(&call->terminal, STYLE_PLAIN);
            terminal_text(stdout, names->item[i]);
        } else {
            fputs(", ", stdout);
            terminal_text(stdout, names->item[i]);
        }
    if (names->count)
        putchar('\n');
}

static void print_day(const struct call *call, const char *label, int32_t day)
{
    char text[16];
    print_value(call, label, pith_day_text(day, text));
}

static void print_count(const struct call *call, const char *label, int count)
{
    char text[16];
    snprintf(text, sizeof text, "%d", count);
    if (count >= 0)
        print_value(call, label, text);
}

static void print_vote(const struct call *call, const struct pith_ranked *paper)
{
    const char *said = paper->verdict == PITH_SEED ? "a seed"
                       : paper->verdict > 0        ? "up"
                       : paper->verdict < 0        ? "down"
                                                   : "none yet";
    char text[64];
    snprintf(text, sizeof text, "%s%s", said, paper->later ? "; on your reading list" : "");
    print_value(call, "your vote", text);
}

/* For, against, and like what: a line each. */
static enum pith_status print_why(const struct call *call, const struct pith_ranked *paper, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) char *speaks_for = NULL;
    PITH_AUTO(pith_free_p) char *against = NULL;
    enum pith_status status = reasons_line(paper, REASONS_FOR, &speaks_for, reterr);
    if (!status)
        status = reasons_line(paper, REASONS_AGAINST, &against, reterr);
    if (status || !paper->reason_count)
        return status;
    char score[32], chance[PITH_CHANCE_SIZE];
    snprintf(score, sizeof score, "%+.2f", paper->score);
    print_value(call, "chance", pith_chance_text(paper->probability, chance));
    if (!isfinite(paper->probability))
        print_value(call, "score", score);
    print_value(call, "for", *speaks_for ? speaks_for : "little");
    print_value(call, "against", *against ? against : "little");
    for (size_t i = 0; i < paper->nears; i++) {
        terminal_style(&call->terminal, STYLE_FAINT);
        printf("%-*s", LABEL, i ? "" : "nearest");
        terminal_style(&call->terminal, STYLE_PLAIN);
        fputs(paper->near[i].verdict < 0 ? "voted down: " : paper->near[i].verdict == PITH_SEED ? "seed: " : "liked: ", stdout);
        terminal_wrapped(&call->terminal, LABEL, paper->near[i].title);
        putchar('\n');
    }
    return PITH_OK;
}

enum pith_status paper_print_whole(const struct call *call, const struct pith_ranked *paper, struct pith_error *reterr)
{
    const struct pith_facts *facts = &paper->facts;
    paper_print_title(call, paper, 0);
    enum pith_status status = print_authors(call, paper, true, 0, reterr);
    print_abstract(call, paper, 0);
    if (!*facts->abstract)
        putchar('\n');
    if (paper->withdrawn)
        print_value(call, "state", "withdrawn");
    print_value(call, "identifier", paper_name(paper->id));
    print_names(call, "organisation", &facts->organisations);
    print_names(call, "categories", &facts->categories);
    print_link(call, "page", paper->url);
    print_link(call, "PDF", facts->pdf);
    print_link(call, "DOI", facts->doi);
    print_link(call, "code", facts->code);
    print_link(call, "project", facts->project);
    print_day(call, "published", facts->published);
    print_day(call, "updated", facts->updated);
    print_day(call, "listed", paper->day);
    if (paper->announce != PITH_NEW)
        print_value(call, "announced as", paper->announce == PITH_CROSS ? "a cross-list" : "a new version");
    print_count(call, "upvotes", facts->upvotes);
    print_count(call, "comments", facts->comments);
    print_count(call, "citations", facts->citations);
    putchar('\n');
    print_vote(call, paper);
    return status ? status : print_why(call, paper, reterr);
}
