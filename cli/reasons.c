#include "cli/reasons.h"

#include "cli/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TITLE_COLUMNS = 60, LINE_MOST = 4 };

/* What a label says, whatever its case and without where it stands: "Reasoning (in the title)" says reasoning. */
static bool says_the_same(const char *one, const char *other)
{
    size_t length = strcspn(one, "(");
    while (length && one[length - 1] == ' ')
        length--;
    return strncasecmp(one, other, length) == 0 && (!other[length] || strncmp(other + length, " (", 2) == 0);
}

static bool is_said(const struct reason *said, size_t count, const struct pith_reason *reason)
{
    for (size_t i = 0; i < count; i++)
        if ((said[i].contribution > 0) == (reason->contribution > 0) && !said[i].near &&
            says_the_same(reason->label, said[i].label))
            return true;
    return false;
}

/* Keeps the order by size; what does not fit any more falls off the end. */
static size_t insert(struct reason *reason, size_t count, size_t most, struct reason one)
{
    size_t at = count;
    while (at > 0 && fabs(reason[at - 1].contribution) < fabs(one.contribution))
        at--;
    if (at >= most)
        return count;
    count = count < most ? count + 1 : most;
    memmove(reason + at + 1, reason + at, (count - at - 1) * sizeof *reason);
    reason[at] = one;
    return count;
}

/* Many words that each add little can add up to more than any that is named: then that is said. */
static double sum_of_rest(const struct pith_ranked *paper)
{
    for (size_t i = 0; i < paper->reason_count; i++)
        if (strcmp(paper->reasons[i].feature, "other") == 0)
            return paper->reasons[i].contribution;
    return 0;
}

size_t reasons_of(const struct pith_ranked *paper, struct reason reason[REASONS_MOST], size_t most)
{
    double whole = 0, rest = sum_of_rest(paper);
    size_t count = 0;
    most = most < REASONS_MOST ? most : REASONS_MOST;
    for (size_t i = 0; i < paper->reason_count; i++) {
        const struct pith_reason *one = &paper->reasons[i];
        if (pith_reason_is_whole(one))
            whole += one->contribution;
        else if (pith_reason_is_named(one) && one->contribution != 0 && !is_said(reason, count, one))
            count = insert(reason, count, most, (struct reason){one->contribution, one->label, NULL});
    }
    if (whole != 0)
        count = insert(reason, count, most,
                       (struct reason){whole, "what it is about as a whole", paper->nears ? &paper->near[0] : NULL});
    if (rest != 0 && (!count || fabs(rest) > fabs(reason[0].contribution)))
        count = insert(reason, count, most, (struct reason){rest, "many words that each count little", NULL});
    return count;
}

/* Bytes of a title that is named among others, cut at a blank. */
static size_t cut_title(const char *title)
{
    size_t cut = text_fitting(title, TITLE_COLUMNS, false), at = cut;
    if (!title[cut])
        return cut;
    while (at > cut / 2 && title[at] != ' ')
        at--;
    return title[at] == ' ' ? at : cut;
}

const char *reason_text(const struct reason *reason, char text[REASON_TEXT])
{
    if (!reason->near) {
        snprintf(text, REASON_TEXT, "%s", reason->label);
        return text;
    }
    const char *title = reason->near->title;
    size_t cut = cut_title(title);
    while (cut > REASON_TEXT - 64 || ((unsigned char)title[cut] & 0xC0) == 0x80) /* a letter may carry many marks */
        cut--;
    snprintf(text, REASON_TEXT, "like \"%.*s%s\"%s", (int)cut, title, title[cut] ? "…" : "",
             reason->near->verdict < 0 ? ", which you voted down" : "");
    return text;
}

enum pith_status reasons_line(const struct pith_ranked *paper, enum reasons_side side, char **ret_line, struct pith_error *reterr)
{
    struct reason reason[REASONS_MOST];
    char *line = NULL, text[REASON_TEXT];
    size_t length, count = reasons_of(paper, reason, REASONS_MOST), put = 0;
    FILE *to = open_memstream(&line, &length);
    if (!to)
        return pith_no_memory(reterr);
    for (size_t i = 0; i < count && put < LINE_MOST; i++) {
        bool against = reason[i].contribution < 0;
        if (side != REASONS_BOTH && against != (side == REASONS_AGAINST))
            continue;
        const char *mark = side != REASONS_BOTH ? "" : against ? "− " : "+ ";
        fprintf(to, "%s%s%s", put == 0 ? "" : side == REASONS_BOTH ? "  " : ", ", mark, reason_text(&reason[i], text));
        put++;
    }
    if (fclose(to) != 0) {
        free(line);
        return pith_no_memory(reterr);
    }
    *ret_line = line;
    return PITH_OK;
}
