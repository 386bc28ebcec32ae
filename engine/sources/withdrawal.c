#include "engine/sources/withdrawal.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A word, or what divides words: length 0 with the mark in `mark` (0 at either end of the text). */
struct word {
    const char *text;
    size_t length;
    char mark;
};

static bool is_letter(char byte)
{
    return isalnum((unsigned char)byte) || byte == '\'' || ((unsigned char)byte & 0x80);
}

static struct word word_after(const char *at)
{
    struct word word = {0};
    while (*at == ' ' || *at == '-')
        at++;
    word.text = at;
    word.mark = *at;
    while (is_letter(at[word.length]))
        word.length++;
    return word;
}

static struct word word_before(const char *text, const char *at)
{
    struct word word = {0};
    while (at > text && (at[-1] == ' ' || at[-1] == '-'))
        at--;
    word.mark = at > text ? at[-1] : '\0';
    while (at > text && is_letter(at[-1])) {
        at--;
        word.length++;
    }
    word.text = word.length ? at : at - (at > text);
    return word;
}

/* `words` is a list divided by blanks, with one before the first and one behind the last. */
static bool is_any(const struct word *word, const char *words)
{
    char wanted[24];
    if (!word->length || word->length > sizeof wanted - 3)
        return false;
    wanted[0] = ' ';
    for (size_t i = 0; i < word->length; i++)
        wanted[i + 1] = (char)tolower((unsigned char)word->text[i]);
    memcpy(wanted + word->length + 1, " ", 2);
    return strstr(words, wanted) != NULL;
}

static const char things[] =
    " paper preprint article submission manuscript work eprint print note draft report letter thesis document "
    "study publication version chapter ";
static const char before_things[] =
    " this the our my his her its their that said present entire whole full current above arxiv e of "
    "version ";
static const char people[] =
    " i we he she they author authors submitter submitters publisher editor editors chief journal administrators "
    "administrator arxiv biorxiv medrxiv ";
static const char adverbs[] =
    " now temporarily hereby unfortunately since permanently therefore already voluntarily recently officially "
    "formally thus hence both ";
static const char wishes[] =
    " to wish wishes like would want decided must should have has had decide chose chosen will regret are is "
    "need ";

/* ---- what stands around the word ---- */

static bool is_break(const struct word *word, bool strong)
{
    return !word->length && (!word->mark || !strong || word->mark != ',');
}

/* Whether "this paper", with its last word here, is all that the clause is about. */
static bool is_whole_paper(const char *text, struct word thing, bool strong)
{
    static const char prepositions[] = " of in by from to with for on at about into after before than like ";
    if (!is_any(&thing, things))
        return false;
    struct word word = word_before(text, thing.text), first = thing;
    while (is_any(&word, before_things) || is_any(&word, " and ")) {
        first = word;
        word = word_before(text, word.text);
    }
    if (word.length && is_any(&first, " this ") &&
        !is_any(&word, prepositions)) /* "Due to an error this paper has been withdrawn" */
        return true;
    return is_break(&word, strong) || is_any(&word, " unfortunately sorry so hence therefore thus note because since please that ");
}

/* Whether what follows does not turn the word into another statement: "removed from its context". */
static bool ends_well(const char *at, bool removed)
{
    struct word word = word_after(at), next = word_after(word.text + word.length);
    if (!word.length)
        return word.mark != '$' && word.mark != '%';
    if (is_any(&word, " by "))
        return next.length && !isdigit((unsigned char)*next.text);
    if (is_any(&word, " from ")) {
        while (is_any(&next, " the further any "))
            next = word_after(next.text + next.length);
        return is_any(&next, " arxiv biorxiv medrxiv publication consideration circulation submission server ssrn preprints ");
    }
    if (is_any(&word, " in "))
        return !removed && is_any(&next, " favor favour order view light ");
    return is_any(&word, " due because owing since as at pending until following after temporarily ") ||
           (!removed && is_any(&word, " for on and but to while when "));
}

/* "this paper", "it", or nothing, as what somebody withdraws, and how that goes on. */
static bool is_object(const char *at, bool removed)
{
    struct word word = word_after(at);
    if (!word.length)
        return true;
    while (is_any(&word, before_things))
        word = word_after(word.text + word.length);
    return is_any(&word, things) || is_any(&word, " it ") ? ends_well(word.text + word.length, removed) : ends_well(at, removed);
}

static bool is_by_its_people(const char *at)
{
    struct word word = word_after(at);
    if (!is_any(&word, " by "))
        return false;
    do
        word = word_after(word.text + word.length);
    while (is_any(&word, " the its "));
    return is_any(&word, people);
}

static struct word skip_back(const char *text, struct word word, const char *words)
{
    while (is_any(&word, words))
        word = word_before(text, word.text);
    return word;
}

/* "this paper has been withdrawn", "paper withdrawn". */
static bool is_passive(const char *text, const struct word *verb, bool removed, bool in_abstract)
{
    static const char auxiliaries[] = " been being is was are were be has have had should must will ";
    const char *after = verb->text + verb->length;
    bool auxiliary = false;
    struct word word = word_before(text, verb->text);
    while (is_any(&word, adverbs) || is_any(&word, auxiliaries)) {
        auxiliary |= is_any(&word, auxiliaries);
        word = word_before(text, word.text);
    }
    if (!auxiliary && removed)
        return false;
    if (is_any(&word, " this ")) { /* "This has been withdrawn by arXiv administrators" */
        struct word before = word_before(text, word.text), next = word_after(after);
        bool begins = !before.length && !before.mark;
        return is_by_its_people(after) || (begins && is_any(&next, " due because owing "));
    }
    bool strong = in_abstract || (!auxiliary && !is_by_its_people(after));
    return is_whole_paper(text, word, strong) && ends_well(after, removed);
}

/* "the authors have withdrawn this paper", "we withdraw it". */
static bool is_active(const char *text, const struct word *verb, bool participle, bool removed)
{
    struct word word = skip_back(text, word_before(text, verb->text), adverbs);
    bool has = is_any(&word, " has have had ");
    if (participle && !has)
        return false;
    word = skip_back(text, skip_back(text, word, wishes), adverbs);
    return is_any(&word, people) && is_object(verb->text + verb->length, removed);
}

/* "Withdrawn by the authors", at the beginning of a statement. */
static bool is_bare(const char *text, const struct word *verb, bool in_abstract)
{
    struct word word = word_before(text, verb->text);
    word = skip_back(text, word, " now temporarily has been ");
    bool begins = in_abstract ? !word.length && !word.mark : is_break(&word, true) && word.mark != '(';
    if (!in_abstract && !word.length && word.mark == ',') { /* "12 pages, withdrawn" */
        struct word counted = word_before(text, word.text);
        begins = is_any(&counted, " pages page pp figures figure tables table ");
    }
    return begins && ends_well(verb->text + verb->length, false);
}

static bool says_gone(const char *text, const struct word *verb, bool in_abstract)
{
    bool removed = is_any(verb, " removed "), participle = removed || is_any(verb, " withdrawn retracted ");
    if (!participle && !is_any(verb, " withdraw withdrew withdraws withdrawing retract retracts retracting "))
        return false;
    return (participle && is_passive(text, verb, removed, in_abstract)) || is_active(text, verb, participle, removed) ||
           (participle && !removed && is_bare(text, verb, in_abstract));
}

/* The word that holds `found`. */
static struct word word_at(const char *text, const char *found)
{
    while (found > text && is_letter(found[-1]))
        found--;
    return word_after(found);
}

static bool says_it(const char *text, bool in_abstract)
{
    /* Parts that no other words have: most texts hold none, and are looked through once for each. */
    static const char *const parts[] = {"ithdr", "etract", "emoved", "ITHDR", "ETRACT", "EMOVED"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *found = strstr(text, parts[i]); found; found = strstr(found + 1, parts[i])) {
            struct word verb = word_at(text, found);
            if (says_gone(text, &verb, in_abstract))
                return true;
        }
    return false;
}

bool withdrawal_in_comment(const char *comment)
{
    return comment && says_it(comment, false);
}

bool withdrawal_in_abstract(const char *abstract)
{
    return abstract && says_it(abstract, true);
}

bool withdrawal_in_title(const char *title)
{
    if (!title)
        return false;
    title += strspn(title, "[(*\"' ");
    struct word word = word_after(title);
    if (strncmp(title, "REMOVED:", 8) == 0 || strncmp(title, "TEMPORARY REMOVAL:", 18) == 0) /* as Elsevier does */
        return true;
    if (is_any(&word, " article paper ")) { /* "Article Withdrawn: …" */
        word = word_after(word.text + word.length);
        return is_any(&word, " retracted withdrawn ") && word.text[word.length] == ':';
    }
    bool adjective = is_any(&word, " retracted withdrawn "), noun = is_any(&word, " retraction withdrawal ");
    if (is_any(&word, " notice statement ")) {
        word = word_after(word.text + word.length);
        struct word of = word;
        word = word_after(word.text + word.length);
        return is_any(&of, " of ") && is_any(&word, " retraction withdrawal ");
    }
    if (!adjective && !noun)
        return false;
    struct word next = word_after(word.text + word.length);
    if (noun && (is_any(&next, " notice note statement ") || (is_any(&next, " of ") && next.text[next.length] == ':')))
        return true;
    if (adjective && is_any(&next, " article paper chapter manuscript preprint "))
        next = word_after(next.text + next.length);
    return !next.length && next.mark && strchr(":])", next.mark) && (adjective || strncasecmp(word.text, "retraction", 10) == 0);
}
