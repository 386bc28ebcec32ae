#include "cli/review/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AUTHORS = 12, LABEL = 10, NUMBER = 12 };

/* ---- a paper ---- */

/* Names in a row, at most `most`; malloc'ed, NULL when memory is out. */
static char *row_of(const struct pith_names *names, size_t most)
{
    char *row = NULL;
    size_t length;
    FILE *to = open_memstream(&row, &length);
    if (!to)
        return NULL;
    for (size_t i = 0; i < names->count && i < most; i++)
        fprintf(to, "%s%s", i ? ", " : "", names->item[i]);
    if (names->count > most)
        fprintf(to, " and %zu more", names->count - most);
    if (fclose(to) == 0)
        return row;
    free(row);
    return NULL;
}

static void put_facts(struct text *text, const struct pith_ranked *paper)
{
    PITH_AUTO(pith_free_p) char *categories = row_of(&paper->facts.categories, AUTHORS);
    char day[16], upvotes[32] = "";
    bool listed = paper->day != PITH_NO_DAY;
    if (paper->upvotes >= 0)
        snprintf(upvotes, sizeof upvotes, "  %d upvote%s", paper->upvotes, paper->upvotes == 1 ? "" : "s");
    text_put(text, STYLE_FAINT, 0, "%s%s%s%s%s%s%s", paper->id, categories && *categories ? "  " : "", categories ? categories : "",
             listed ? "  listed " : "", listed ? pith_day_text(paper->day, day) : "", upvotes,
             paper->announce == PITH_CROSS      ? "  cross-listed"
             : paper->announce == PITH_REPLACED ? "  new version"
                                                : "");
    if (paper->withdrawn)
        text_put(text, STYLE_BAD, 0, "This paper is withdrawn.");
}

static void put_marks(struct text *text, const struct pith_ranked *paper)
{
    char chance[PITH_CHANCE_SIZE];
    const char *said = paper->verdict == PITH_SEED ? "You took it as a seed."
                       : paper->verdict > 0        ? "You voted it up."
                       : paper->verdict < 0        ? "You voted it down."
                                                   : "";
    text_put(text, paper->verdict < 0 ? STYLE_BAD : STYLE_GOOD, 0, "%s%s%s", said, paper->later && *said ? " " : "",
             paper->later ? "You set it aside for later." : "");
    if (isfinite(paper->probability))
        text_put(text, STYLE_PLAIN, LABEL, "Chance    %s that you like it", pith_chance_text(paper->probability, chance));
}

/* The named reasons of one sign in a row. */
static void put_reasons(struct text *text, const struct pith_ranked *paper, bool speak_for)
{
    PITH_AUTO(pith_free_p) char **label = pith_calloc(paper->reason_count + 1, sizeof *label);
    struct pith_names names = {.item = label};
    for (size_t i = 0; label && i < paper->reason_count; i++)
        if (pith_reason_is_named(&paper->reasons[i]) && (paper->reasons[i].contribution > 0) == speak_for)
            label[names.count++] = paper->reasons[i].label;
    PITH_AUTO(pith_free_p) char *row = names.count ? row_of(&names, names.count) : NULL;
    if (row)
        text_put(text, speak_for ? STYLE_GOOD : STYLE_BAD, LABEL, "%s%s", speak_for ? "For       " : "Against   ", row);
}

static void put_links(struct text *text, const struct pith_ranked *paper)
{
    const struct pith_facts *facts = &paper->facts;
    const struct {
        const char *label, *link;
    } links[] = {
        {"Page", paper->url}, {"PDF", facts->pdf}, {"DOI", facts->doi}, {"Code", facts->code}, {"Project", facts->project}};
    text_blank(text);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].link && *links[i].link)
            text_put(text, STYLE_PLAIN, LABEL, "%-10s%s", links[i].label, links[i].link);
    for (size_t i = 0; i < paper->duplicates; i++)
        text_put(text, STYLE_PLAIN, LABEL, "Also as   %s", paper->duplicate[i]);
}

void pages_put_paper(struct text *text, const struct pith_ranked *paper)
{
    PITH_AUTO(pith_free_p) char *authors = row_of(&paper->facts.authors, AUTHORS);
    const char *abstract = paper->facts.abstract;
    text_put(text, STYLE_BOLD, 0, "%s", paper->title);
    text_put(text, STYLE_PLAIN, 0, "%s", authors ? authors : "");
    put_facts(text, paper);
    put_marks(text, paper);
    put_reasons(text, paper, true);
    put_reasons(text, paper, false);
    for (size_t i = 0; i < paper->nears; i++)
        text_put(text, paper->near[i].verdict < 0 ? STYLE_BAD : STYLE_GOOD, LABEL, "Like      \"%s\", which you %s",
                 paper->near[i].title,
                 paper->near[i].verdict == PITH_SEED ? "took as a seed"
                 : paper->near[i].verdict < 0        ? "voted down"
                                                     : "voted up");
    text_blank(text);
    text_put(text, abstract && *abstract ? STYLE_PLAIN : STYLE_FAINT, 0, "%s",
             abstract && *abstract ? abstract : "No abstract is known of this paper.");
    put_links(text, paper);
}

/* ---- why ---- */

static void put_term(struct text *text, double contribution, const char *kind, const char *label)
{
    text_put(text, contribution < 0 ? STYLE_BAD : STYLE_GOOD, NUMBER, "%+10.3f  %s%s", contribution, kind, label);
}

static void put_influence(struct text *text, const struct pith_influence *influence)
{
    const char *title = *influence->title ? influence->title : influence->key;
    if (influence->loser_title)
        text_put(text, influence->contribution < 0 ? STYLE_BAD : STYLE_GOOD, NUMBER, "%+10.3f  preferred: %s; over: %s",
                 influence->contribution, title, influence->loser_title);
    else
        put_term(text, influence->contribution, influence->verdict > 0 ? "voted up: " : "voted down: ", title);
}

void pages_put_why(struct text *text, const struct pith_account *account)
{
    const struct pith_ranked *paper = &account->paper;
    char chance[PITH_CHANCE_SIZE];
    text_put(text, STYLE_BOLD, 0, "%s", paper->title);
    text_blank(text);
    if (!account->learned) {
        text_put(text, STYLE_PLAIN, 0, "No votes yet, so there is nothing to explain: u votes up, d votes down.");
        return;
    }
    if (isfinite(paper->probability))
        text_put(text, STYLE_PLAIN, 0,
                 "The chance that you like it is %s. Its score is %+.3f, the sum of what stands in the paper:",
                 pith_chance_text(paper->probability, chance), paper->score);
    else
        text_put(text, STYLE_PLAIN, 0, "Its score is %+.3f, the sum of what stands in the paper:", paper->score);
    for (size_t i = 0; i < paper->reason_count; i++)
        put_term(text, paper->reasons[i].contribution, "", paper->reasons[i].label);
    text_blank(text);
    text_put(text, STYLE_PLAIN, 0, "The same score is the sum of what your votes say of it:");
    put_term(text, account->prior, "", "before any vote of yours");
    for (size_t i = 0; i < account->influence_count; i++)
        put_influence(text, &account->influences[i]);
}

/* ---- help ---- */

void pages_put_help(struct text *text)
{
    static const struct {
        const char *key, *what;
    } keys[] = {
        {"j, k, arrows", "the next paper, the one before; g and G: the first, the last"},
        {"space", "more of the paper, then the next one; b: back"},
        {"u", "you like the paper: vote up"},
        {"d", "you do not: vote down"},
        {"l", "set the paper aside to read later"},
        {"p", "you like the paper better than the one you looked at before"},
        {"z", "take the last change back, as `pith undo` does"},
        {"o", "open the paper's page in a browser (PITH_BROWSER, else xdg-open)"},
        {"w", "why the paper stands where it stands: both sums"},
        {"/", "search all papers; q shows the day again"},
        {"n, N", "the next day's listing, the day before"},
        {"?", "this help"},
        {"q", "back, or quit"},
    };
    text_put(text, STYLE_BOLD, 0, "Keys of pith review");
    text_blank(text);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        text_put(text, STYLE_PLAIN, 14, "%-14s%s", keys[i].key, keys[i].what);
    text_blank(text);
    text_put(text, STYLE_PLAIN, 0,
             "In the list + is a vote up, - a vote down, L a paper set aside for later, s a seed. A vote is kept as it is made and "
             "shows "
             "the next unread paper. The order stays while you read; the next list is ordered by all your votes.");
}
