/* PubMed's text format, .nbib. Traps: tags of two to four letters filled up with blanks, or not; values that go on after six
 * blanks; the abstract may come twice; identifiers say in brackets what they are. */
#include "engine/sources/pubmed.h"
#include "engine/sources/tagged.h"

#include <string.h>

/* "PMID- 1", "AB  - x", "PMC -1", "TI-". */
static bool read_tag(struct line *line, char tag[TAGGED_TAG])
{
    size_t letters = 0;
    while (letters < line->length && line->text[letters] >= 'A' && line->text[letters] <= 'Z')
        letters++;
    size_t at = letters;
    while (at < line->length && at < 4 && line->text[at] == ' ')
        at++;
    if (letters < 2 || letters > 4 || at == line->length || line->text[at] != '-')
        return false;
    memcpy(tag, line->text, letters);
    tag[letters] = '\0';
    line_skip(line, at + 1);
    line_skip_blanks(line);
    return true;
}

/* "10.1118/1.4748329 [doi]" */
static void read_identifier(struct record *record, const char *text)
{
    const char *kind = strstr(text, " [doi]");
    if (kind)
        record_key(record, text, (size_t)(kind - text));
}

/* "*Neoplasms/drug therapy": the heading alone, as PubMed's XML gives it. */
static void read_heading(struct record *record, const char *text)
{
    size_t star = text[0] == '*';
    record_category(record, text + star, strcspn(text + star, "/"));
}

static void read_keyword(struct record *record, const char *text)
{
    text += *text == '*';
    record_category(record, text, strlen(text));
}

static void read_fields(const struct tagged_fields *fields, struct record *record)
{
    struct paper *paper = &record->paper;
    const char *name = tagged_get(fields, "FAU") ? "FAU" : "AU";
    PITH_AUTO(pith_free_p) char *abstract = tagged_join(fields, "AB", record);
    PITH_AUTO(pith_free_p) char *other = abstract ? NULL : tagged_join(fields, "OAB", record);
    pubmed_title(record, tagged_get(fields, "TI"), tagged_get(fields, "TT"));
    record_markup(record, &paper->title, tagged_get(fields, "BTI"));
    pubmed_abstract(record, abstract ? abstract : other);
    record_day(&paper->published, tagged_get(fields, "DP DEP"));
    record_key_of_kind(record, "pmid:", tagged_get(fields, "PMID"));
    for (size_t i = 0; i < fields->count; i++) {
        const struct tagged_field *field = &fields->item[i];
        if (tagged_is(field, name))
            record_last_first(record, field->text, strlen(field->text));
        else if (tagged_is(field, "CN"))
            record_author(record, field->text, strlen(field->text));
        else if (tagged_is(field, "LID") || tagged_is(field, "AID"))
            read_identifier(record, field->text);
        else if (tagged_is(field, "MH"))
            read_heading(record, field->text);
        else if (tagged_is(field, "OT"))
            read_keyword(record, field->text);
        else if (tagged_is(field, "PT") && strcmp(field->text, "Retracted Publication") == 0)
            record_retracted(record);
        else if (tagged_is(field, "RIN")) /* where the notice stands */
            record_retracted(record);
    }
}

static bool recognise(const char *bytes, size_t length)
{
    const char *at = bytes, *end = bytes + length;
    size_t number = 0, tags = 0;
    struct line line;
    while (number < 20 && lines_next(&at, end, &number, &line)) {
        char tag[TAGGED_TAG];
        if (!read_tag(&line, tag))
            continue;
        if (strcmp(tag, "PMID") == 0 && line.length && *line.text >= '0' && *line.text <= '9')
            return true;
        tags += strlen(tag) > 2;
    }
    return tags >= 3;
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    static const char *const first[] = {"PMID", "OWN", NULL};
    const struct tagged_format format = {&source_nbib, RANK_PUBLISHER, read_tag, first, NULL, read_fields};
    return tagged_read(bytes, length, &format, context, reterr);
}

const struct source source_nbib = {"nbib", "PubMed nbib", .recognise = recognise, .read = read};
