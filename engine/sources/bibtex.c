/* BibTeX and BibLaTeX, as reference managers write it. Traps: empty citation keys; values in TeX; the arXiv id may stand in eprint,
 * number, journal, volume, note, DOI or URL; an eprint may be somebody else's; a missing brace must not cost the entries after. */
#include "engine/base/dates.h"
#include "engine/sources/bibtex_scan.h"
#include "engine/sources/record.h"
#include "engine/sources/tex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of the first filled field of these names ("year date"), as it stands; malloc'ed, NULL for none. */
static char *get(const struct bibtex_entry *entry, const char *names)
{
    while (*names) {
        size_t length = strcspn(names, " ");
        for (size_t i = 0; i < entry->fields; i++) {
            const struct bibtex_field *field = &entry->field[i];
            if (field->length && strlen(field->name) == length && memcmp(field->name, names, length) == 0)
                return strndup((const char *)entry->text.data + field->at, field->length);
        }
        names += length + (names[length] == ' ');
    }
    return NULL;
}

/* The same without its TeX. */
static char *get_plain(const struct bibtex_entry *entry, struct record *record, const char *names)
{
    PITH_AUTO(pith_free_p) char *text = get(entry, names);
    char *plain = NULL;
    if (text && !record->status)
        record->status = tex_plain(text, strlen(text), &plain, &record->error);
    return plain;
}

static bool has_nul(const struct bibtex_entry *entry)
{
    return entry->text.length && memchr(entry->text.data, 0, entry->text.length);
}

/* ---- names ---- */

/* Where `mark` next stands outside braces; the end when it does not. */
static size_t find_outside(const char *text, size_t length, char mark)
{
    size_t depth = 0, at = 0;
    for (; at < length && (depth || text[at] != mark); at++) {
        depth += text[at] == '{';
        depth -= text[at] == '}' && depth > 0;
    }
    return at;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Where the word "and" next stands outside braces, at its first letter. */
static size_t find_and(const char *text, size_t length)
{
    size_t depth = 0;
    for (size_t at = 0; at < length; at++) {
        depth += text[at] == '{';
        depth -= text[at] == '}' && depth > 0;
        bool word = !depth && at + 3 < length && (at == 0 || is_blank(text[at - 1])) && strncasecmp(text + at, "and", 3) == 0;
        if (word && is_blank(text[at + 3]))
            return at;
    }
    return length;
}

/* "family=Doe, given=Jane, prefix=van" */
static bool put_extended(struct record *record, const char *text)
{
    const char *family = strstr(text, "family="), *given = strstr(text, "given="), *prefix = strstr(text, "prefix=");
    char name[3][256] = {"", "", ""};
    const char *part[3] = {given, prefix, family};
    if (!family)
        return false;
    for (size_t i = 0; i < 3; i++) {
        const char *value = part[i] ? strchr(part[i], '=') + 1 : "";
        snprintf(name[i], sizeof name[i], "%.*s", (int)strcspn(value, ","), value);
    }
    record_name(record, name[0], name[1], name[2]);
    return true;
}

/* "Last, First", "von Last, Jr, First", "First von Last", "{A Group}". */
static void put_name(struct record *record, const char *text, size_t length)
{
    char *part[3] = {NULL, NULL, NULL};
    size_t count = 0;
    for (size_t at = 0; at <= length && count < 3; count++) {
        size_t size = count < 2 ? find_outside(text + at, length - at, ',') : length - at;
        if (!record->status)
            record->status = tex_plain(text + at, size, &part[count], &record->error);
        at += size + 1;
    }
    bool others = count == 1 && part[0] && strcasecmp(part[0], "others") == 0;
    if (!others && !(count > 1 && strchr(text, '=') && put_extended(record, text)))
        record_name(record, part[count == 3 ? 2 : 1], part[0], count == 3 ? part[1] : NULL);
    for (size_t i = 0; i < 3; i++)
        free(part[i]);
}

static void put_names(struct record *record, const char *text)
{
    while (text && *text) {
        size_t left = strlen(text), length = find_and(text, left), size = length;
        while (size && is_blank(text[size - 1]))
            size--;
        if (size) {
            PITH_AUTO(pith_free_p) char *name = strndup(text, size);
            if (name)
                put_name(record, name, size);
        }
        text += length < left ? length + 3 : left;
        text += strspn(text, " \t\r\n");
    }
}

/* ---- identifiers ---- */

/* An arXiv id after "arXiv:" anywhere in the text, or in an address of its. */
static void put_arxiv(struct record *record, const char *text)
{
    const char *at = text ? strcasestr(text, "arxiv:") : NULL;
    if (!at)
        at = text ? strcasestr(text, "arxiv.org/") : NULL;
    if (at) {
        at += strncasecmp(at, "arxiv: ", 7) == 0 ? 7 : 0;
        record_key(record, at, strcspn(at, " \t\r\n,;[])}"));
    }
}

static void put_eprint(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *eprint = get_plain(entry, record, "eprint arxivid");
    PITH_AUTO(pith_free_p) char *type = get_plain(entry, record, "archiveprefix eprinttype");
    char key[PAPER_KEY_SIZE];
    if (!eprint)
        return;
    bool id = paper_key_from_text(eprint, strlen(eprint), key, NULL) && strncmp(key, "arxiv:", 6) == 0;
    if (id && (!type || strcasecmp(type, "arxiv") == 0))
        record_key_string(record, eprint);
    else if (type && (strcasecmp(type, "pubmed") == 0 || strcasecmp(type, "pmid") == 0))
        record_key_of_kind(record, "pmid:", eprint);
}

static void put_keys(struct record *record, const struct bibtex_entry *entry)
{
    enum { JOURNALS = 4 };
    static const char *const places[] = {"number", "journal", "journaltitle", "url", "note", "howpublished", "publisher"};
    PITH_AUTO(pith_free_p) char *doi = get_plain(entry, record, "doi");
    PITH_AUTO(pith_free_p) char *pmid = get_plain(entry, record, "pmid");
    PITH_AUTO(pith_free_p) char *volume = get_plain(entry, record, "volume");
    PITH_AUTO(pith_free_p) char *url = get(entry, "url"); /* its marks are its own */
    put_eprint(record, entry);
    record_key_string(record, doi);
    if (pmid && strspn(pmid, "0123456789") == strlen(pmid))
        record_key_of_kind(record, "pmid:", pmid);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        PITH_AUTO(pith_free_p) char *text = get_plain(entry, record, places[i]);
        if (text && (strncasecmp(text, "arxiv", 5) == 0 || strncasecmp(text, "http", 4) == 0 || i < JOURNALS))
            put_arxiv(record, text); /* a note may speak of another paper's */
    }
    if (volume && strncmp(volume, "abs/", 4) == 0) /* DBLP: CoRR, volume abs/2206.07690 */
        record_key_string(record, volume + 4);
    if (url && !record_key_string(record, url))
        record_string(record, &record->paper.url, url);
}

/* ---- the entry ---- */

static void put_date(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *date = get_plain(entry, record, "date");
    PITH_AUTO(pith_free_p) char *year = get_plain(entry, record, "year");
    PITH_AUTO(pith_free_p) char *month = get_plain(entry, record, "month");
    record_day(&record->paper.published, date);
    int number = year && strlen(year) >= 4 ? (int)strtol(year, NULL, 10) : 0;
    if (record->paper.published == PITH_NO_DAY && number)
        dates_of(number, month ? dates_month(month, strlen(month)) : 0, 0, &record->paper.published);
}

static void put_title(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *title = get_plain(entry, record, "title");
    PITH_AUTO(pith_free_p) char *subtitle = get_plain(entry, record, "subtitle");
    PITH_AUTO(pith_free_p) char *both = NULL;
    if (title && subtitle && asprintf(&both, "%s: %s", title, subtitle) < 0)
        both = NULL;
    record_string(record, &record->paper.title, both ? both : title);
}

static void read_entry(const struct bibtex_entry *entry, struct record *record)
{
    PITH_AUTO(pith_free_p) char *author = get(entry, "author");
    PITH_AUTO(pith_free_p) char *abstract = get_plain(entry, record, "abstract");
    PITH_AUTO(pith_free_p) char *class = get_plain(entry, record, "primaryclass eprintclass");
    PITH_AUTO(pith_free_p) char *keywords = get_plain(entry, record, "keywords keyword");
    if (entry->fault)
        record_fail(record, "%s", entry->fault);
    else if (has_nul(entry))
        record_fail(record, "the text holds a NUL byte");
    put_title(record, entry);
    record_string(record, &record->paper.abstract, abstract);
    put_names(record, author);
    put_date(record, entry);
    put_keys(record, entry);
    record_categories(record, class, ", ");
    record_categories(record, keywords, ",;");
}

/* An entry in the beginning, where a line begins. */
static bool recognise(const char *bytes, size_t length)
{
    const char *end = bytes + (length < 65536 ? length : 65536), *at = bytes, *open;
    while (at < end) {
        const char *start = at;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        if (bibtex_scan_is_entry(at, bytes + length, &open))
            return true;
        const char *stop = memchr(start, '\n', (size_t)(end - start));
        at = stop ? stop + 1 : end;
    }
    return false;
}

static enum pith_status read(const char *bytes, size_t length, const struct source_context *context, struct pith_error *reterr)
{
    PITH_AUTO(pith_free_p) struct bibtex_scan *scan = pith_calloc(1, sizeof *scan);
    PITH_AUTO(pith_free_p) struct bibtex_entry *entry = pith_calloc(1, sizeof *entry);
    enum pith_status status = PITH_OK;
    if (!scan || !entry)
        return pith_fail(reterr, PITH_NOMEM, "out of memory for BibTeX");
    bibtex_scan_init(scan, bytes, length);
    bytes_init(&entry->text, PAPER_MAX_RECORD);
    while (!status && bibtex_scan_next(scan, entry)) {
        struct record record;
        record_init(&record, &source_bibtex, RANK_LIBRARY, entry->line);
        read_entry(entry, &record);
        status = record_hand_over(&record, context, reterr);
        if (context->progress)
            context->progress(context->user, (size_t)(scan->at - bytes), length);
    }
    bytes_clear(&entry->text);
    bibtex_scan_clear(scan);
    return status;
}

const struct source source_bibtex = {"bibtex", "BibTeX", recognise, false, read};
