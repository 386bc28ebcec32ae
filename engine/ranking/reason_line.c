#include "engine/ranking/reason_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMED = 3, TITLE = 60 /* bytes of a title that is named, about */ };

/* What a label says, whatever its case and without where it stands: "Reasoning (in the title)" says reasoning. */
static bool says_the_same(const char *one, const char *other)
{
    size_t length = strcspn(one, "(");
    length -= length > 0 && one[length] == '(';
    return strncasecmp(one, other, length) == 0 && (!other[length] || strncmp(other + length, " (", 2) == 0);
}

static bool is_said_above(const struct pith_ranked *paper, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if ((paper->reasons[k].contribution > 0) == (paper->reasons[i].contribution > 0) &&
            says_the_same(paper->reasons[i].label, paper->reasons[k].label))
            return true;
    return false;
}

bool pith_reason_is_whole(const struct pith_reason *reason)
{
    return strncmp(reason->feature, "space:", 6) == 0;
}

bool pith_reason_is_named(const struct pith_reason *reason)
{
    return strcmp(reason->feature, "base") != 0 && strcmp(reason->feature, "other") != 0 && !pith_reason_is_whole(reason);
}

double reason_line_whole(const struct pith_ranked *paper)
{
    double whole = 0;
    for (size_t i = 0; i < paper->reason_count; i++)
        if (pith_reason_is_whole(&paper->reasons[i]))
            whole += paper->reasons[i].contribution;
    return whole;
}

/* A title cut at a blank, where it is too long. */
static void put_title(FILE *to, const char *title)
{
    size_t length = strlen(title), cut = TITLE;
    if (length <= TITLE + 10) {
        fprintf(to, "\"%s\"", title);
        return;
    }
    while (cut > TITLE / 2 && title[cut] != ' ')
        cut--;
    while (((unsigned char)title[cut] & 0xC0) == 0x80)
        cut--;
    fprintf(to, "\"%.*s...\"", (int)cut, title);
}

/* What the paper as a whole is like: the nearest of those voted on, where one is near. */
static void put_whole(FILE *to, const struct pith_ranked *paper)
{
    if (!paper->nears) {
        fputs("what it is about as a whole", to);
        return;
    }
    fputs("close to ", to);
    put_title(to, paper->near[0].title);
    fputs(paper->near[0].verdict < 0 ? " (not for you)" : " (liked)", to);
}

/* Up to NAMED reasons of one sign, the largest first; returns how many. */
static size_t put_reasons(FILE *to, const struct pith_ranked *paper, bool speaks_for, const char *lead)
{
    double whole = reason_line_whole(paper);
    bool tells_whole = whole != 0 && (whole > 0) == speaks_for;
    size_t named = 0;
    for (size_t i = 0; i <= paper->reason_count && named < NAMED; i++) {
        const struct pith_reason *reason = i < paper->reason_count ? &paper->reasons[i] : NULL;
        if (reason && (!pith_reason_is_named(reason) || reason->contribution == 0 || (reason->contribution > 0) != speaks_for ||
                       is_said_above(paper, i)))
            continue;
        if (tells_whole && (!reason || fabs(whole) >= fabs(reason->contribution))) {
            fputs(named++ ? ", " : lead, to);
            put_whole(to, paper);
            tells_whole = false;
        }
        if (reason && named < NAMED) {
            fputs(named++ ? ", " : lead, to);
            fputs(reason->label, to);
        }
    }
    return named;
}

enum pith_status pith_reason_line(const struct pith_ranked *paper, char **ret_line, struct pith_error *reterr)
{
    char *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);
    if (!to)
        return pith_no_memory(reterr);
    if (!paper->reason_count && paper->upvotes > 0)
        fprintf(to, "%d upvotes", paper->upvotes);
    else if (!put_reasons(to, paper, true, ""))
        put_reasons(to, paper, false, "against: ");
    if (fclose(to) != 0) {
        free(line);
        return pith_no_memory(reterr);
    }
    *ret_line = line;
    return PITH_OK;
}
