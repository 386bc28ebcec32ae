/* RIS, as reference managers write it. Traps: one blank or two before the dash; junk before the first record; empty tags; values
 * that go on in the next line; dates with empty parts; two names for every field. */
#include "engine/sources/tagged.h"

#include "engine/base/dates.h"

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
}

/* Addresses may be several in one field. */
static void read_addresses(struct record *record, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "; ");
        if (length && !record_key(record, text, length))
            record_text(record, &record->paper.url, text, length);
        text += length + (text[length] != '\0');
    }
}

/* Notes hold an abstract in old files. */
static void read_notes(struct record *record, const struct tagged_fields *fields)
{
    const char *note = tagged_get(fields, "N1");
    if (note && strlen(note) > 300)
        record_string(record, &record->paper.abstract, note);
}

static void read_fields(const struct tagged_fields *fields, struct record *record)
{
    struct paper *paper = &record->paper;
    record_string(record, &paper->title, tagged_get(fields, "TI T1 CT BT"));
    record_string(record, &paper->abstract, tagged_get(fields, "AB N2"));
    record_key_string(record, tagged_get(fields, "DO"));
    for (size_t i = 0; i < fields->count; i++) {
        const struct tagged_field *field = &fields->item[i];
        if (tagged_is(field, "AU") || tagged_is(field, "A1"))
            record_last_first(record, field->text, strlen(field->text));
        else if (tagged_is(field, "KW"))
            record_category(record, field->text, strlen(field->text));
        else if (tagged_is(field, "UR"))
            read_addresses(record, field->text);
        else if ((tagged_is(field, "M1") || tagged_is(field, "C1")) && strncmp(field->text, "arXiv:", 6) == 0)
            record_key_string(record, field->text);
    }
    const char *base = tagged_get(fields, "DB DP");
    if (base && strcasecmp(base, "PubMed") == 0)
        record_key_of_kind(record, "pmid:", tagged_get(fields, "AN"));
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

const struct source source_ris = {"ris", "RIS", recognise, false, read};
