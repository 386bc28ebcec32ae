/* BibTeX and BibLaTeX, as reference managers write it. Traps: empty citation keys; values in TeX; the arXiv id may stand in eprint,
 * number, journal, volume, note, DOI or URL; an eprint may be somebody else's; a missing brace must not cost the entries after. */
#include "engine/base/dates.h"
#include "engine/sources/bibtex_scan.h"
#include "engine/sources/extra.h"
#include "engine/sources/markup.h"
#include "engine/sources/record.h"
#include "engine/sources/tex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARENTS = 1 << 20 };

/* When an entry came out, for those that refer to it. */
struct parent {
    char key[BIBTEX_KEY];
    int32_t day;
};
struct parents {
    struct parent *item;
    size_t count, cap;
};

/* The text of the first filled field of these names ("year date"), as it stands; malloc'ed, NULL for none. */
static char *get(const struct bibtex_entry *entry, const char *names)
{
    while (*names) {
        size_t length = strcspn(names, " ");
        for (size_t i = 0; i < entry->fields; i++) {
            const struct bibtex_field *field = &entry->field[i];
            if (field->length && strncmp(field->name, names, length) == 0 && !field->name[length])
                return strndup((const char *)bytes_at(&entry->text, field->at), field->length);
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

/* A title or an abstract: TeX, in which publishers leave HTML. */
static void put_value(struct record *record, char **field, const char *plain)
{
    PITH_AUTO(pith_free_p) char *unmarked = NULL;
    if (plain && !record->status && plain[strcspn(plain, "<&")])
        record->status = markup_plain(plain, strlen(plain), &unmarked, &record->error);
    record_plain(record, field, unmarked ? unmarked : plain);
}

static bool has_nul(const struct bibtex_entry *entry)
{
    return entry->text.length && memchr(entry->text.data, 0, entry->text.length);
}

/* ---- names ---- */

/* Where one of `marks` next stands outside braces; the end when none does. */
static size_t find_outside(const char *text, size_t length, const char *marks)
{
    size_t depth = 0, at = 0;
    for (; at < length && (depth || !strchr(marks, text[at])); at++) {
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
    static const char *const parts[] = {"given=", "prefix=", "family=", "suffix="};
    char name[4][256] = {"", "", "", ""};
    if (!strstr(text, "family="))
        return false;
    for (size_t i = 0; i < 4; i++) {
        const char *part = strstr(text, parts[i]), *value = part ? part + strlen(parts[i]) : "";
        PITH_AUTO(pith_free_p) char *plain = NULL;
        if (!record->status)
            record->status = tex_plain(value, strcspn(value, ","), &plain, &record->error);
        snprintf(name[i], sizeof name[i], "%s", plain ? plain : "");
    }
    PITH_AUTO(pith_free_p) char *last = NULL;
    if (asprintf(&last, "%s %s", name[1], name[2]) < 0)
        last = NULL;
    record_name(record, name[0], last, name[3]);
    return true;
}

/* "Last, First", "von Last, Jr, First", "First von Last", "{A Group}". */
static void put_name(struct record *record, const char *text, size_t length)
{
    char *part[3] = {NULL, NULL, NULL};
    size_t count = 0;
    for (size_t at = 0; at <= length && count < 3; count++) {
        size_t size = count < 2 ? find_outside(text + at, length - at, ",") : length - at;
        if (!record->status)
            record->status = tex_plain(text + at, size, &part[count], &record->error);
        at += size + 1;
    }
    bool others = count == 1 && part[0] && strcasecmp(part[0], "others") == 0;
    bool last = count == 3 && part[2] && record_is_suffix(part[2], strlen(part[2])); /* "King, Bob, III" */
    if (!others && !(count > 1 && strchr(text, '=') && put_extended(record, text)))
        record_name(record, part[count == 3 && !last ? 2 : 1], part[0], count == 3 ? part[last ? 2 : 1] : NULL);
    for (size_t i = 0; i < 3; i++)
        free(part[i]);
}

/* What divides names where no "and" does: semicolons, "&", or commas between whole names ("Ann Lee, Bo Ade, Cy Dow"); 0 for one name. */
static char divider(const char *text, size_t length)
{
    size_t commas = 0, at = 0;
    size_t both = find_outside(text, length, "&");
    if (find_outside(text, length, ";") < length)
        return ';';
    if (both && both + 1 < length && is_blank(text[both + 1]) && (is_blank(text[both - 1]) || text[both - 1] == '\\'))
        return '&';
    while (at < length) {
        size_t size = find_outside(text + at, length - at, ","), first = 0, last = size;
        while (first < size && is_blank(text[at + first]))
            first++;
        while (last > first && is_blank(text[at + last - 1]))
            last--;
        if (!memchr(text + at + first, ' ', last - first))
            return 0;
        commas += at + size < length;
        at += size + 1;
    }
    return commas >= 2 ? ',' : 0;
}

/* The length without "et al." and the commas at the end. */
static size_t drop_others(const char *text, size_t size)
{
    static const char *const others[] = {"et al.", "et al"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t length = strlen(others[i]);
        if (size > length && memchr(" \t\r\n,", text[size - length - 1], 5) &&
            strncasecmp(text + size - length, others[i], length) == 0) {
            size -= length;
            break;
        }
    }
    while (size && (is_blank(text[size - 1]) || text[size - 1] == ',' || text[size - 1] == '\\')) /* of "\&" */
        size--;
    return size;
}

/* One piece between two "and"s; with a comma before the "and" it is a list: "Ann Lee, Bo Ade, and Cy Dow". */
static void put_piece(struct record *record, const char *text, size_t size)
{
    size_t comma = find_outside(text, size, ",");
    bool list = size && text[size - 1] == ',';
    size = drop_others(text, size);
    while (list && comma < size && memchr(text, ' ', comma)) {
        put_piece(record, text, comma);
        comma += 1 + strspn(text + comma + 1, " \t\r\n");
        text += comma;
        size -= comma;
        comma = find_outside(text, size, ",");
    }
    PITH_AUTO(pith_free_p) char *name = size ? strndup(text, size) : NULL;
    if (name)
        put_name(record, name, size);
}

static void put_names(struct record *record, const char *text)
{
    const char *end = text ? text + strlen(text) : NULL;
    size_t left = (size_t)(end - text);
    char mark = left && find_and(text, left) == left ? divider(text, left) : 0;
    for (; left; left = (size_t)(end - text)) {
        size_t length = mark ? find_outside(text, left, (const char[]){mark, 0}) : find_and(text, left), size = length;
        while (size && is_blank(text[size - 1]))
            size--;
        put_piece(record, text, size);
        text += length < left ? length + (mark ? 1 : 3) : left;
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

/* A number of before 2007 with its archive in a field of its own: 0309136 and math.GT. */
static bool put_number(struct record *record, const char *number, const char *archive)
{
    char id[PAPER_KEY_SIZE], key[PAPER_KEY_SIZE];
    size_t name = archive ? strspn(archive, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") : 0;
    if (!name || strspn(number, "0123456789") != 7 || snprintf(id, sizeof id, "%.*s/%.20s", (int)name, archive, number) < 0)
        return false;
    return paper_key_from_text(id, strlen(id), key, NULL) && record_key_string(record, id);
}

/* bioRxiv's and medRxiv's number, or all of its DOI. */
static void put_preprint(struct record *record, const char *eprint)
{
    PITH_AUTO(pith_free_p) char *doi = NULL;
    if (!record_key_string(record, eprint) && *eprint >= '0' && *eprint <= '9' && asprintf(&doi, "10.1101/%s", eprint) > 0)
        record_key_string(record, doi);
}

static void put_eprint(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *eprint = get_plain(entry, record, "eprint arxivid arxiv");
    PITH_AUTO(pith_free_p) char *type = get_plain(entry, record, "archiveprefix eprinttype");
    PITH_AUTO(pith_free_p) char *class = get_plain(entry, record, "primaryclass eprintclass");
    char key[PAPER_KEY_SIZE];
    if (!eprint)
        return;
    size_t length = strcspn(eprint, " [");
    eprint[length ? length : strlen(eprint)] = '\0'; /* "2206.07690 [cs.CL]" */
    if (type && (strcasecmp(type, "biorxiv") == 0 || strcasecmp(type, "medrxiv") == 0)) {
        put_preprint(record, eprint);
        return;
    }
    bool id = paper_key_from_text(eprint, strlen(eprint), key, NULL) && strncmp(key, "arxiv:", 6) == 0;
    if (id && (!type || strcasecmp(type, "arxiv") == 0))
        record_key_string(record, eprint);
    else if (type && (strcasecmp(type, "pubmed") == 0 || strcasecmp(type, "pmid") == 0))
        record_key_of_kind(record, "pmid:", eprint);
    else if (!put_number(record, eprint, class) && !id && type && strcasecmp(type, "arxiv") != 0)
        put_number(record, eprint, type);
}

/* The DOI, whose signs are its own, unless they were written in TeX. */
static void put_doi(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *raw = get(entry, "doi");
    PITH_AUTO(pith_free_p) char *plain = raw && strpbrk(raw, "\\{") ? get_plain(entry, record, "doi") : NULL;
    extra_key(record, plain ? plain : raw);
}

/* Whether a note says where this paper is, not what it says of another. */
static bool is_place(const char *note)
{
    static const char *const words[] = {"available", "at",      "preprint", "also", "as", "online",
                                        "eprint",    "e-print", "on",       "in",   "see"};
    for (bool known = true; known;) {
        note += strspn(note, " \t\r\n,.:(");
        size_t length = strcspn(note, " \t\r\n,.:");
        if (strncasecmp(note, "arxiv", 5) == 0 || strncasecmp(note, "http", 4) == 0)
            return true;
        known = false;
        for (size_t i = 0; i < sizeof words / sizeof *words && length; i++)
            known |= strlen(words[i]) == length && strncasecmp(note, words[i], length) == 0;
        note += length;
    }
    return false;
}

/* Fields that identifiers stand in, by the paper's own name or in what may speak of another's; the url itself is read apart. */
static const struct place {
    const char *name;
    enum { OWN, OTHER, ADDRESS } kind;
    bool archive; /* it may name arXiv */
} places[] = {{"addendum", OTHER, false},
              {"adsurl", ADDRESS, false},
              {"annote", OTHER, false},
              {"archive", OWN, true},
              {"archiveid", OWN, false},
              {"archivelocation", OWN, false},
              {"bdsk-url-1", ADDRESS, false},
              {"bdsk-url-2", ADDRESS, false},
              {"doi-url", ADDRESS, false},
              {"ee", ADDRESS, false},
              {"eid", OWN, false},
              {"howpublished", OTHER, true},
              {"institution", OWN, true},
              {"journal", OWN, true},
              {"journaltitle", OWN, true},
              {"link", ADDRESS, false},
              {"note", OTHER, false},
              {"number", OWN, false},
              {"pages", OWN, false},
              {"publisher", OTHER, true},
              {"report", OWN, false},
              {"reportnumber", OWN, false},
              {"series", OWN, false},
              {"type", OWN, true},
              {"url", OWN, false},
              {"version", OWN, false},
              {"volume", OWN, false}};

static int compare_place(const void *name, const void *place)
{
    return strcmp(name, ((const struct place *)place)->name);
}

/* What one of these fields holds. True when it names arXiv as where the paper is. */
static bool put_place(struct record *record, const struct place *place, const char *text)
{
    if (place->kind == ADDRESS)
        record_key_string(record, text);
    else if (place->kind == OWN || is_place(text))
        put_arxiv(record, text);
    if (place->kind == OTHER)
        extra_keys(record, text);
    return place->archive && strncasecmp(text, "arxiv", 5) == 0;
}

/* A number alone, where another field says that it is arXiv's. */
static void put_bare_arxiv(struct record *record, const struct bibtex_entry *entry)
{
    static const char *const numbers[] = {"eid", "archiveid", "number", "pages", "volume"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        PITH_AUTO(pith_free_p) char *number = get_plain(entry, record, numbers[i]);
        char key[PAPER_KEY_SIZE];
        if (number && paper_key_from_text(number, strlen(number), key, NULL) && strncmp(key, "arxiv:", 6) == 0)
            record_key_string(record, number);
    }
}

static void put_places(struct record *record, const struct bibtex_entry *entry)
{
    bool arxiv = false;
    for (size_t i = 0; i < entry->fields; i++) {
        const struct bibtex_field *field = &entry->field[i];
        const struct place *place = field->length ? bsearch(field->name, places, sizeof places / sizeof *places, sizeof *places,
                                                            compare_place)
                                                  : NULL;
        PITH_AUTO(pith_free_p) char *plain = NULL;
        if (place && !record->status)
            record->status = tex_plain((const char *)entry->text.data + field->at, field->length, &plain, &record->error);
        arxiv |= plain && put_place(record, place, plain);
    }
    if (arxiv)
        put_bare_arxiv(record, entry);
}

static void put_keys(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *pmid = get_plain(entry, record, "pmid pubmedid");
    PITH_AUTO(pith_free_p) char *volume = get_plain(entry, record, "volume");
    PITH_AUTO(pith_free_p) char *url = get(entry, "url"); /* its marks are its own */
    PITH_AUTO(pith_free_p) char *plain_url = url && strpbrk(url, "\\{") ? get_plain(entry, record, "url") : NULL;
    const char *address = plain_url ? plain_url : url;
    put_eprint(record, entry);
    put_doi(record, entry);
    const char *number = pmid && strncasecmp(pmid, "PMID:", 5) == 0 ? pmid + 5 + strspn(pmid + 5, " ") : pmid;
    if (number && strspn(number, "0123456789") == strlen(number))
        record_key_of_kind(record, "pmid:", number);
    put_places(record, entry);
    if (volume && strncmp(volume, "abs/", 4) == 0) /* DBLP: CoRR, volume abs/2206.07690 */
        record_key_string(record, volume + 4);
    if (address && !record_key_string(record, address))
        record_plain(record, &record->paper.url, address);
}

/* ---- the entry ---- */

static int32_t day_of(const struct bibtex_entry *entry, struct record *record)
{
    PITH_AUTO(pith_free_p) char *date = get_plain(entry, record, "date issued");
    PITH_AUTO(pith_free_p) char *year = get_plain(entry, record, "year");
    PITH_AUTO(pith_free_p) char *month = get_plain(entry, record, "month");
    PITH_AUTO(pith_free_p) char *day = get_plain(entry, record, "day");
    int32_t read = PITH_NO_DAY;
    int month_number = 0, day_number = 0;
    record_day(&read, date);
    if (read != PITH_NO_DAY || !year)
        return read;
    if (month)
        dates_month_day(month, strlen(month), &month_number, &day_number);
    if (!day_number && day && strspn(day, "0123456789") == strlen(day) && strlen(day) <= 2)
        day_number = (int)strtol(day, NULL, 10);
    bool plain = strlen(year) == 4 && strspn(year, "0123456789") == 4;
    int number = plain ? (int)strtol(year, NULL, 10) : 0;
    if (!plain || !(dates_of(number, month_number, day_number, &read) || dates_of(number, month_number, 0, &read)))
        record_day(&read, year);
    return read;
}

static int compare_parents(const void *one, const void *other)
{
    return strcasecmp(((const struct parent *)one)->key, ((const struct parent *)other)->key);
}

static void put_date(struct record *record, const struct bibtex_entry *entry, const struct parents *parents)
{
    record->paper.published = day_of(entry, record);
    PITH_AUTO(pith_free_p)
    char *of = record->paper.published == PITH_NO_DAY && parents->count ? get(entry, "crossref xdata") : NULL;
    if (!of || strlen(of) >= BIBTEX_KEY)
        return;
    struct parent wanted = {.day = PITH_NO_DAY};
    snprintf(wanted.key, sizeof wanted.key, "%s", of);
    const struct parent *parent = bsearch(&wanted, parents->item, parents->count, sizeof *parents->item, compare_parents);
    if (parent)
        record->paper.published = parent->day;
}

static void put_title(struct record *record, const struct bibtex_entry *entry)
{
    PITH_AUTO(pith_free_p) char *title = get_plain(entry, record, "title");
    PITH_AUTO(pith_free_p) char *subtitle = get_plain(entry, record, "subtitle");
    PITH_AUTO(pith_free_p) char *both = NULL;
    if (title && subtitle && asprintf(&both, "%s: %s", title, subtitle) < 0)
        both = NULL;
    put_value(record, &record->paper.title, both ? both : title);
}

/* Every field of this name has its own: some exporters write one a keyword. They are divided outside braces. */
static void put_keywords(struct record *record, const struct bibtex_entry *entry)
{
    for (size_t i = 0; i < entry->fields; i++) {
        const struct bibtex_field *field = &entry->field[i];
        if (strcmp(field->name, "keywords") != 0 && strcmp(field->name, "keyword") != 0)
            continue;
        const char *text = (const char *)entry->text.data + field->at;
        for (size_t at = 0; at < field->length && !record->status;) {
            PITH_AUTO(pith_free_p) char *plain = NULL;
            size_t length = find_outside(text + at, field->length - at, ",;");
            record->status = tex_plain(text + at, length, &plain, &record->error);
            record_categories(record, plain, "\n");
            at += length + 1;
        }
    }
}

static void read_entry(const struct bibtex_entry *entry, const struct parents *parents, struct record *record)
{
    PITH_AUTO(pith_free_p) char *author = get(entry, "author");
    PITH_AUTO(pith_free_p) char *names = NULL;
    PITH_AUTO(pith_free_p) char *abstract = get_plain(entry, record, "abstract");
    PITH_AUTO(pith_free_p) char *class = get_plain(entry, record, "primaryclass eprintclass");
    if (entry->fault)
        record_fail(record, "%s", entry->fault);
    else if (has_nul(entry))
        record_fail(record, "the text holds a NUL byte");
    record->paper.part = strcmp(entry->type, "inbook") == 0 || strcmp(entry->type, "incollection") == 0;
    put_title(record, entry);
    put_value(record, &record->paper.abstract, abstract);
    if (abstract && strcasestr(abstract, "title>abstract</"))
        record_drop_heading(record->paper.abstract);
    if (author && strchr(author, '&') && !record->status) /* before it is divided at semicolons: "M&uuml;ller" */
        record->status = markup_plain(author, strlen(author), &names, &record->error);
    put_names(record, names ? names : author);
    put_date(record, entry, parents);
    put_keys(record, entry);
    record_categories(record, class, ", ");
    put_keywords(record, entry);
}

/* Whether a word stands in the bytes, whatever the case. */
static bool holds(const char *bytes, size_t length, const char *word)
{
    const char marks[] = {word[0], (char)(word[0] & ~0x20)}, *end = bytes + length;
    size_t size = strlen(word);
    for (size_t i = 0; i < sizeof marks; i++)
        for (const char *at = bytes; at < end && (at = memchr(at, marks[i], (size_t)(end - at))) != NULL; at++)
            if ((size_t)(end - at) >= size && strncasecmp(at, word, size) == 0)
                return true;
    return false;
}

/* When the entries came out, by key, of a file in which some refer to others: the date is the parent's then. */
static enum pith_status find_parents(struct bibtex_scan *scan, struct bibtex_entry *entry, const char *bytes, size_t length,
                                     struct parents *parents, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    bool refers = holds(bytes, length, "crossref") || holds(bytes, length, "xdata");
    bibtex_scan_init(scan, bytes, length);
    while (refers && !status && bibtex_scan_next(scan, entry)) {
        struct record record;
        record_init(&record, &source_bibtex, RANK_LIBRARY, entry->line);
        int32_t day = entry->fault || has_nul(entry) || !*entry->key ? PITH_NO_DAY : day_of(entry, &record);
        if (day != PITH_NO_DAY)
            status = pith_grow(&parents->item, &parents->cap, parents->count + 1, sizeof *parents->item, MAX_PARENTS, reterr);
        if (day != PITH_NO_DAY && !status) {
            struct parent *parent = &parents->item[parents->count++];
            memcpy(parent->key, entry->key, sizeof parent->key);
            parent->day = day;
        }
        record_clear(&record);
    }
    bibtex_scan_clear(scan);
    if (parents->count)
        qsort(parents->item, parents->count, sizeof *parents->item, compare_parents);
    return status;
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
        return pith_no_memory(reterr);
    struct parents parents = {0};
    bytes_init(&entry->text, PAPER_MAX_RECORD);
    status = find_parents(scan, entry, bytes, length, &parents, reterr);
    bibtex_scan_init(scan, bytes, length);
    while (!status && bibtex_scan_next(scan, entry)) {
        struct record record;
        record_init(&record, &source_bibtex, RANK_LIBRARY, entry->line);
        read_entry(entry, &parents, &record);
        status = record_hand_over(&record, context, reterr);
        if (context->progress)
            context->progress(context->user, (size_t)(scan->at - bytes), length);
    }
    free(parents.item);
    bytes_clear(&entry->text);
    bibtex_scan_clear(scan);
    return status;
}

const struct source source_bibtex = {"bibtex", "BibTeX", .recognise = recognise, .library = true, .read = read};
