/* RIS, as reference managers write it. Traps: one blank or two before the dash; junk before the first record; empty tags; values
 * that go on in the next line; dates with empty parts; two names for every field. */
#include "engine/sources/tagged.h"

#include "engine/base/dates.h"
#include "engine/sources/extra.h"

#include <stdio.h>
#include <string.h>

static bool is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

/* "TY  - JOUR", also "TY - JOUR" and "ER  -". */
static bool read_tag(struct line *line, char tag[TAGGED_TAG])
{
    const char *text = line->text;
    if (line->length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        line_skip(line, 3);
        text = line->text;
    }
    if (line->length < 4 || !is_upper(text[0]) || !(is_upper(text[1]) || (text[1] >= '0' && text[1] <= '9')))
        return false;
    size_t at = text[2] != ' ' ? 2 : text[3] == ' ' ? 4 : 3;
    if (at == 2 || at >= line->length || text[at] != '-' || (at + 1 < line->length && text[at + 1] != ' '))
        return false;
    memcpy(tag, text, 2);
    tag[2] = '\0';
    line_skip(line, at + 1);
    line_skip_blanks(line);
    return true;
}

static void read_date(struct record *record, const struct tagged_fields *fields)
{
    static const char *const tags[] = {"DA", "PY", "Y1"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        for (size_t j = 0; j < fields->count && record->paper.published == PITH_NO_DAY; j++)
            if (tagged_is(&fields->item[j], tags[i]))
                record_day(&record->paper.published, fields->item[j].text);
    const char *year = tagged_get(fields, "PY Y1 YR"), *day = tagged_get(fields, "DA");
    char both[64];
    int32_t whole = PITH_NO_DAY;
    if (year && day && strspn(year, "0123456789") == 4 && !strpbrk(day, "/") && strpbrk(day, "AEIOUaeiou")) {
        snprintf(both, sizeof both, "%.4s %.40s", year, day); /* "9 Jul", the year in a field of its own */
        record_day(&whole, both);
    }
    if (whole != PITH_NO_DAY && !dates_read(day, strlen(day), &(int32_t){0}))
        record->paper.published = whole;
}

/* One name, or several behind one tag: "Doe, Jane; Roe, R." */
static void read_authors(struct record *record, const char *text)
{
    if (strchr(text, '&') || !strchr(text, ';')) { /* the semicolon of "&uuml;" */
        record_last_first(record, text, strlen(text));
        return;
    }
    while (*text) {
        size_t length = strcspn(text, ";");
        record_last_first(record, text, length);
        text += length + (text[length] == ';');
    }
}

/* Addresses may be several in one field; a DOI may hold semicolons too. */
static void read_addresses(struct record *record, const char *text)
{
    if (!strpbrk(text, " \t") && record_key_string(record, text))
        return;
    while (*text) {
        size_t length = strcspn(text, "; ");
        if (length && !record_key(record, text, length))
            record_text(record, &record->paper.url, text, length);
        text += length + (text[length] != '\0');
    }
}

/* A DOI, or an arXiv id named as one, where exporters put them, and nothing else of what those fields may hold. */
static void read_place(struct record *record, const struct tagged_field *field)
{
    static const char *const places[] = {"M1", "M2", "M3", "L1", "L2", "L3", "L4", "LK", "LB", "ID", "C1", "C2", "C3",
                                         "C4", "C5", "C6", "C7", "C8", "U1", "U2", "U3", "U4", "U5", "N1", "AN", "DI",
                                         "SP", "IS", "ET", "SV", "JO", "JF", "JA", "T2", "T3", "PB", "CN"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!tagged_is(field, places[i]))
            continue;
        const char *arxiv = strcasestr(field->text, "arXiv:"), *text = field->text;
        bool named = strncasecmp(text, "doi", 3) == 0 || strncasecmp(text, "PMID", 4) == 0 || strncasecmp(text, "PubMed", 6) == 0 ||
                     strncmp(text, "10.", 3) == 0 || strncasecmp(text, "http", 4) == 0;
        if (named)
            extra_keys(record, text);
        else if (arxiv && (arxiv == text || strncasecmp(text, "arxiv", 5) == 0))
            extra_keys(record, arxiv);
    }
}

/* A number alone, where another field says that it is arXiv's; DBLP's "abs/2206.07690". */
static void read_bare_arxiv(struct record *record, const struct tagged_fields *fields)
{
    static const char *const of[] = {"PB", "JO", "JF", "T2", "DB", "DP"}, *const numbers[] = {"AN", "M1", "M3", "ID", "SP",
                                                                                              "IS", "C1", "C7", "VL", "SV"};
    bool arxiv = false;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        const char *text = tagged_get(fields, of[i]);
        arxiv |= text && (strncasecmp(text, "arxiv", 5) == 0 || strcmp(text, "CoRR") == 0);
    }
    for (size_t i = 0; arxiv && i < sizeof numbers / sizeof *numbers; i++) {
        const char *number = tagged_get(fields, numbers[i]);
        char key[PAPER_KEY_SIZE];
        number = number && strncmp(number, "abs/", 4) == 0 ? number + 4 : number;
        if (number && paper_key_from_text(number, strlen(number), key, NULL) && strncmp(key, "arxiv:", 6) == 0)
            record_key_string(record, number);
    }
}

/* The number of PubMed, where the record says that it comes from there. */
static void read_pmid(struct record *record, const struct tagged_fields *fields)
{
    static const char *const bases[] = {"PubMed", "MEDLINE", "NLM", "PMC", "Ovid MEDLINE", "Europe PMC"}, *const tags[] = {
                                                                                                              "AN", "C7", "ID",
                                                                                                              "PM", "U1"};
    const char *base[2] = {tagged_get(fields, "DB"), tagged_get(fields, "DP")};
    bool known = false;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; base[i] && j < sizeof bases / sizeof *bases; j++)
            known |= strncasecmp(base[i], bases[j], strlen(bases[j])) == 0;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const char *text = strcmp(tags[i], "PM") == 0 || known ? tagged_get(fields, tags[i]) : NULL;
        text = text && strncasecmp(text, "MEDLINE:", 8) == 0 ? text + 8 : text;
        if (text && *text && strlen(text) < 10 && text[strspn(text, "0123456789")] == '\0') {
            record_key_of_kind(record, "pmid:", text);
            return;
        }
    }
}

/* Notes hold an abstract in old files. */
static void read_notes(struct record *record, const struct tagged_fields *fields)
{
    const char *note = tagged_get(fields, "N1");
    if (note && strlen(note) > 300)
        record_markup(record, &record->paper.abstract, note);
}

static void read_fields(const struct tagged_fields *fields, struct record *record)
{
    struct paper *paper = &record->paper;
    PITH_AUTO(pith_free_p) char *abstract = tagged_join(fields, "AB", record);
    PITH_AUTO(pith_free_p) char *second = abstract ? NULL : tagged_join(fields, "N2", record);
    record_markup(record, &paper->title, tagged_get(fields, "TI T1 CT BT"));
    record_abstract(record, abstract ? abstract : second);
    extra_key(record, tagged_get(fields, "DO DI"));
    for (size_t i = 0; i < fields->count; i++) {
        const struct tagged_field *field = &fields->item[i];
        if (tagged_is(field, "AU") || tagged_is(field, "A1"))
            read_authors(record, field->text);
        else if (tagged_is(field, "KW"))
            record_categories(record, field->text, strchr(field->text, '&') ? "\n" : "\n;"); /* EndNote: one a line */
        else if (tagged_is(field, "UR"))
            read_addresses(record, field->text);
        else
            read_place(record, field);
    }
    read_pmid(record, fields);
    read_bare_arxiv(record, fields);
    const char *type = tagged_get(fields, "TY");
    paper->part = type && strncmp(type, "CHAP", 4) == 0;
    read_date(record, fields);
    read_notes(record, fields);
}

static bool recognise(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    size_t number = 0, tags = 0;
    struct line line;
    while (number < 40 && lines_next(&at, end, &number, &line)) {
        char tag[TAGGED_TAG];
        bool found = read_tag(&line, tag);
        if (found && strcmp(tag, "TY") == 0)
            return true;
        tags += found;
    }
    return tags >= 3; /* the first tag may be missing */
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const first[] = {"TY", NULL};
    const struct tagged_format format = {&source_ris, RANK_LIBRARY, read_tag, first, "ER", read_fields};
    return tagged_read(bytes, length, &format, context, reterr);
}

const struct source source_ris = {"ris", "RIS", .recognise = recognise, .library = true, .read = read};
